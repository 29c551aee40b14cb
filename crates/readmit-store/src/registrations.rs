//! What accounts can prove with: registered methods, and contacts of the directory that stand in for them.

use crate::DirectoryError;
use crate::KeyError;
use crate::Keys;
use crate::Place;
use crate::Seal;
use crate::StoreError;
use crate::Tx;
use crate::args;
use crate::directory::document;
use crate::directory::from_document;
use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::ids::AccountId;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::registration::Contact;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::registration::Source;
use readmit_core::text::EmailAddress;
use readmit_core::text::PhoneNumber;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// An attribute of the directory that a method can use as it stands.
#[derive(Clone, Copy, Debug)]
pub struct DirectoryContact {
    /// Names the contact within each account, always the same, so that its wrong answers can be counted.
    pub id: RegistrationId,
    /// The method that uses it.
    pub method: Method,
    /// The attribute, as the reference names it.
    pub attribute: &'static str,
}

/// What the directory's contacts serve. `mail` is not among them: it opens with the password that was forgotten.
pub const DIRECTORY_CONTACTS: [DirectoryContact; 4] = [
    directory_contact(0x5e1f_0001, Method::Sms, "mobilePhone"),
    directory_contact(0x5e1f_0002, Method::VoiceMobile, "mobilePhone"),
    directory_contact(0x5e1f_0003, Method::VoiceOffice, "businessPhones"),
    directory_contact(0x5e1f_0004, Method::Email, "otherMails"),
];

const fn directory_contact(bits: u128, method: Method, attribute: &'static str) -> DirectoryContact {
    DirectoryContact { id: RegistrationId::from_bits(bits), method, attribute }
}

impl DirectoryContact {
    /// The value that the account has: of several, the first one.
    #[must_use]
    pub fn value<'a>(&self, account: &'a Account) -> Option<&'a str> {
        let value = match self.method {
            Method::Sms | Method::VoiceMobile => account.mobile_phone.as_ref(),
            Method::VoiceOffice => account.business_phones.first(),
            Method::Email => account.other_mails.first(),
            Method::AppCode | Method::Questions => None,
        };
        value.map(String::as_str).filter(|value| !value.trim().is_empty())
    }
}

/// A method to register.
#[derive(Clone)]
pub struct NewRegistration {
    /// Names it.
    pub id: RegistrationId,
    /// Kind of proof.
    pub method: Method,
    /// What it reaches.
    pub reach: Reach,
    /// When.
    pub at: Timestamp,
}

/// What a registration reaches, and what it keeps secret. Does not print.
#[derive(Clone)]
pub enum Reach {
    /// An address or a number, as it was given.
    Contact(String),
    /// An authenticator app: its seed in Base32 (RFC 4648).
    Seed(Zeroizing<String>),
    /// Answers to questions: their number, and the PHC string of the answer.
    Answers(Vec<(u32, Zeroizing<String>)>),
}

/// What a registration keeps secret. Does not print.
pub enum RegistrationSecret {
    /// The seed of an authenticator app, in Base32.
    Seed(Zeroizing<String>),
    /// Numbers of questions with the PHC strings of their answers.
    Answers(Vec<(u32, Zeroizing<String>)>),
}

/// A registered method with its time, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRow {
    /// The registration.
    pub registration: Registration,
    /// Since when; `None` for contacts of the directory.
    pub registered_at: Option<Timestamp>,
}

fn place(tenant: TenantId, account: AccountId, id: RegistrationId) -> Place {
    Place { table: "registrations", column: "secret", row: format!("{account}/{id}"), tenant: tenant.to_string() }
}

/// The contact that a method makes of a text.
fn contact(method: Method, text: &str) -> Contact {
    match method {
        Method::Sms | Method::VoiceMobile | Method::VoiceOffice => match PhoneNumber::parse(text) {
            Ok(phone) => Contact::Phone { number: phone.number, extension: phone.extension_stripped },
            Err(problem) => Contact::MalformedPhone { raw: text.to_owned(), problem },
        },
        Method::Email => match EmailAddress::parse(text) {
            Ok(address) => Contact::Mailbox(address),
            Err(_) => Contact::MalformedMailbox(text.to_owned()),
        },
        Method::AppCode => Contact::App,
        Method::Questions => Contact::Questions(text.split(',').filter(|number| !number.is_empty()).count()),
    }
}

impl Tx {
    /// Registers a method; an account has one registration of each. It wins over a contact of the directory.
    pub async fn add_registration(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        new: &NewRegistration,
        seal: &Seal,
    ) -> Result<(), RegistrationError> {
        const KNOWN: &str = "SELECT id FROM registrations WHERE tenant = $1 AND account = $2 AND method = $3 LIMIT 1";
        const SQL: &str = "INSERT INTO registrations (tenant, account, id, method, contact, secret, registered_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        self.lock_account(tenant, account).await?;
        let method = new.method.name();
        let known: Option<(RegistrationId,)> = self.opt(KNOWN, args![tenant, account, method]).await?;
        if known.is_some() {
            return Err(DirectoryError::taken("method", method).into());
        }
        let (text, secret) = match &new.reach {
            Reach::Contact(text) => (text.clone(), None),
            Reach::Seed(seed) => (String::new(), Some(Zeroizing::new(seed.as_bytes().to_vec()))),
            Reach::Answers(answers) => {
                let numbers: Vec<String> = answers.iter().map(|(number, _)| number.to_string()).collect();
                let pairs: Vec<(u32, &str)> = answers.iter().map(|(number, phc)| (*number, phc.as_str())).collect();
                (numbers.join(","), Some(Zeroizing::new(document(&pairs)?.into_bytes())))
            }
        };
        let sealed = match secret {
            Some(secret) => Some(seal.keys.seal(&place(tenant, account, new.id), seal.nonce, &secret)?),
            None => None,
        };
        self.exec(SQL, args![tenant, account, new.id, method, text, sealed, new.at]).await?;
        Ok(())
    }

    /// Forgets the registration of a method, with its count of wrong answers. `false` if there was none.
    pub async fn remove_registration(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        method: Method,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "DELETE FROM registrations WHERE tenant = $1 AND account = $2 AND method = $3 RETURNING id";
        const DRAWN: &str = "DELETE FROM drawn_questions WHERE tenant = $1 AND account = $2";
        let gone: Vec<(RegistrationId,)> = self.all(SQL, args![tenant, account, method.name()]).await?;
        for (id,) in &gone {
            self.forget_use(tenant, account, *id).await?;
        }
        if method == Method::Questions {
            self.exec(DRAWN, args![tenant, account]).await?;
        }
        Ok(!gone.is_empty())
    }

    /// Everything that the account can prove with: registered methods, and contacts of the directory for the others.
    pub async fn registrations(
        &mut self,
        tenant: TenantId,
        account: &Account,
    ) -> Result<Vec<RegistrationRow>, StoreError> {
        const SQL: &str = "SELECT id, method, contact, registered_at FROM registrations WHERE tenant = $1 AND account = $2 \
             ORDER BY registered_at, id";
        const USE: &str =
            "SELECT registration, failures, last_step FROM registration_use WHERE tenant = $1 AND account = $2";
        let rows: Vec<(RegistrationId, String, String, Timestamp)> = self.all(SQL, args![tenant, account.id]).await?;
        let used: Vec<(RegistrationId, u32, Option<u64>)> = self.all(USE, args![tenant, account.id]).await?;
        let used: HashMap<_, _> = used.into_iter().map(|(id, failures, step)| (id, (failures, step))).collect();
        let mut all = Vec::with_capacity(rows.len() + DIRECTORY_CONTACTS.len());
        for (id, method, text, at) in rows {
            let method = Method::parse(&method).ok_or_else(|| StoreError::Bad("a cell is no method".to_owned()))?;
            all.push((id, method, contact(method, &text), Source::Registered, Some(at)));
        }
        let registered: Vec<Method> = all.iter().map(|(_, method, ..)| *method).collect();
        for standing in DIRECTORY_CONTACTS.iter().filter(|standing| !registered.contains(&standing.method)) {
            if let Some(value) = standing.value(account) {
                let source = Source::Directory(standing.attribute);
                all.push((standing.id, standing.method, contact(standing.method, value), source, None));
            }
        }
        let rows = all.into_iter().map(|(id, method, contact, source, registered_at)| {
            let (failures, last_step) = used.get(&id).copied().unwrap_or_default();
            let registration = Registration { id, method, contact, source, failures, last_step };
            RegistrationRow { registration, registered_at }
        });
        Ok(rows.collect())
    }

    /// What a registration keeps secret: a seed or answers; `None` for other methods and for contacts of the directory.
    pub async fn registration_secret(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        id: RegistrationId,
        keys: &Keys,
    ) -> Result<Option<RegistrationSecret>, KeyError> {
        const SQL: &str = "SELECT method, secret FROM registrations WHERE tenant = $1 AND account = $2 AND id = $3";
        let row: Option<(String, Option<Vec<u8>>)> = self.opt(SQL, args![tenant, account, id]).await?;
        let Some((method, Some(sealed))) = row else {
            return Ok(None);
        };
        let opened = keys.open(&place(tenant, account, id), &sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| KeyError::Sealed)?;
        if method == Method::Questions.name() {
            let pairs: Vec<(u32, String)> = from_document(text)?;
            let answers = pairs.into_iter().map(|(number, phc)| (number, Zeroizing::new(phc))).collect();
            return Ok(Some(RegistrationSecret::Answers(answers)));
        }
        Ok(Some(RegistrationSecret::Seed(Zeroizing::new(text.to_owned()))))
    }

    /// Counts a wrong answer against a registration, for its whole life.
    pub async fn count_failure(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        id: RegistrationId,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO registration_use (tenant, account, registration, failures, last_step) \
             VALUES ($1, $2, $3, 1, NULL) ON CONFLICT (tenant, account, registration) \
             DO UPDATE SET failures = registration_use.failures + 1";
        self.exec(SQL, args![tenant, account, id]).await.map(drop)
    }

    /// Uses up a time step of an authenticator app, and all before it (RFC 6238 §5.2: each step once).
    ///
    /// [`StoreError::Conflict`] if it, or a later one, was used already: the unit must end then.
    pub async fn consume_step(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        id: RegistrationId,
        step: u64,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO registration_use (tenant, account, registration, failures, last_step) \
             VALUES ($1, $2, $3, 0, $4) ON CONFLICT (tenant, account, registration) DO UPDATE SET last_step = excluded.last_step \
             WHERE registration_use.last_step IS NULL OR registration_use.last_step < excluded.last_step";
        let step = i64::try_from(step).map_err(|_| StoreError::Bad("a time step out of range".to_owned()))?;
        match self.exec(SQL, args![tenant, account, id, step]).await? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    pub(crate) async fn forget_use(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        id: RegistrationId,
    ) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM registration_use WHERE tenant = $1 AND account = $2 AND registration = $3";
        self.exec(SQL, args![tenant, account, id]).await.map(drop)
    }

    /// The questions that the account is asked until a reset succeeds: those drawn before, else `fresh` from now on.
    pub async fn drawn_questions(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        fresh: &[u32],
    ) -> Result<Vec<u32>, StoreError> {
        const PUT: &str =
            "INSERT INTO drawn_questions (tenant, account, questions) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        const SQL: &str = "SELECT questions FROM drawn_questions WHERE tenant = $1 AND account = $2";
        self.exec(PUT, args![tenant, account, document(&fresh)?]).await?;
        let (questions,): (String,) = self.one(SQL, args![tenant, account]).await?;
        from_document(&questions)
    }

    /// Lets the next journey draw other questions: after a reset.
    pub async fn forget_drawn_questions(&mut self, tenant: TenantId, account: AccountId) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM drawn_questions WHERE tenant = $1 AND account = $2";
        self.exec(SQL, args![tenant, account]).await.map(drop)
    }
}

/// Why a method was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The account has a registration of the method already, or the database failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The secret could not be sealed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        Self::Directory(error.into())
    }
}
