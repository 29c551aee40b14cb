//! One method of one account: what a person can prove with.

use crate::ids::RegistrationId;
use crate::text::EmailAddress;
use crate::text::Masked;
use crate::text::PhoneNumber;
use crate::text::PhoneProblem;
use serde::Deserialize;
use serde::Serialize;

/// Kind of proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Code from an authenticator app (RFC 6238).
    AppCode,
    /// Code by text message to the mobile phone.
    Sms,
    /// Code spoken by a call to the mobile phone.
    VoiceMobile,
    /// Code spoken by a call to the office phone.
    VoiceOffice,
    /// Code by e-mail to an alternate mailbox.
    Email,
    /// Answers given earlier.
    Questions,
}

/// The counter that a guess burns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The typed number, text messages and calls.
    Phone,
    /// Codes by e-mail.
    Email,
    /// Authenticator codes.
    App,
    /// Security questions.
    Questions,
    /// Journeys of the account.
    Account,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 5] = [Self::Phone, Self::Email, Self::App, Self::Questions, Self::Account];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::App => "app",
            Self::Questions => "questions",
            Self::Account => "account",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(given: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == given)
    }
}

impl Method {
    /// Every method, most secure first: the order in which pages offer them.
    pub const ALL: [Self; 6] =
        [Self::AppCode, Self::Sms, Self::VoiceMobile, Self::VoiceOffice, Self::Email, Self::Questions];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AppCode => "app_code",
            Self::Sms => "sms",
            Self::VoiceMobile => "voice_mobile",
            Self::VoiceOffice => "voice_office",
            Self::Email => "email",
            Self::Questions => "questions",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(given: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == given)
    }

    /// Which counter its guesses burn.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::AppCode => Family::App,
            Self::Sms | Self::VoiceMobile | Self::VoiceOffice => Family::Phone,
            Self::Email => Family::Email,
            Self::Questions => Family::Questions,
        }
    }

    /// Whether the full number is typed before anything is sent.
    #[must_use]
    pub fn asks_phone(self) -> bool {
        self.family() == Family::Phone
    }

    /// Whether a code travels to the person.
    #[must_use]
    pub fn sends(self) -> bool {
        match self {
            Self::Sms | Self::VoiceMobile | Self::VoiceOffice | Self::Email => true,
            Self::AppCode | Self::Questions => false,
        }
    }
}

/// Where a contact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Registered for verification.
    Registered,
    /// Taken from an attribute of the directory, as the reference names it.
    Directory(&'static str),
}

/// What a registration reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// A mailbox.
    Mailbox(EmailAddress),
    /// A mailbox whose address cannot be used.
    MalformedMailbox(String),
    /// A phone; whether an extension was taken off.
    Phone {
        /// The number that is used.
        number: PhoneNumber,
        /// What was stripped.
        extension: Option<String>,
    },
    /// A number that cannot be used, as it stands on file.
    MalformedPhone {
        /// As it stands.
        raw: String,
        /// What is wrong with it.
        problem: PhoneProblem,
    },
    /// An authenticator app.
    App,
    /// Answers to this many questions.
    Questions(usize),
}

/// One method of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Names it within the account.
    pub id: RegistrationId,
    /// Kind of proof.
    pub method: Method,
    /// What it reaches.
    pub contact: Contact,
    /// Where it stands.
    pub source: Source,
    /// Wrong answers over its whole life; at [`LIFETIME_FAILURES`] it must be registered again.
    pub failures: u32,
    /// Last time step accepted (RFC 6238: each step once).
    pub last_step: Option<u64>,
}

/// SP 800-63B-4 §3.2.2: no more than 100 failures, then the authenticator must be bound again.
pub const LIFETIME_FAILURES: u32 = 100;

/// What a proof rests on: two gates need two of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustRoot {
    /// A mailbox, by its canonical address without a sub-address.
    Mailbox(String),
    /// A phone, by its digits.
    Number(String),
    /// The authenticator app.
    App,
    /// What the person knows.
    Knowledge,
}

impl Registration {
    /// What a proof with this registration rests on; `None` for contacts that cannot be used.
    #[must_use]
    pub fn trust_root(&self) -> Option<TrustRoot> {
        match &self.contact {
            Contact::Mailbox(address) => Some(TrustRoot::Mailbox(address.mailbox())),
            Contact::Phone { number, .. } => Some(TrustRoot::Number(number.destination())),
            Contact::App => Some(TrustRoot::App),
            Contact::Questions(_) => Some(TrustRoot::Knowledge),
            Contact::MalformedMailbox(_) | Contact::MalformedPhone { .. } => None,
        }
    }

    /// The contact as pages may show it; `None` where there is nothing to show.
    #[must_use]
    pub fn masked(&self) -> Option<Masked> {
        match &self.contact {
            Contact::Mailbox(address) => Some(address.masked()),
            Contact::Phone { number, .. } => Some(number.masked()),
            Contact::App | Contact::Questions(_) | Contact::MalformedMailbox(_) | Contact::MalformedPhone { .. } => {
                None
            }
        }
    }
}
