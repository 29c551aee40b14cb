//! One able account with every method on file, to be spoilt by each test.

use readmit_core::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::challenge::FreshCode;
use readmit_core::decision::Directory;
use readmit_core::decision::Facts;
use readmit_core::group::GroupGraph;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::JourneyId;
use readmit_core::ids::OrderId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::journey::Asked;
use readmit_core::journey::Subject;
use readmit_core::licence::TenantPlan;
use readmit_core::order::Aim;
use readmit_core::policy::Policy;
use readmit_core::preset::Preset;
use readmit_core::registration::Contact;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::registration::Source;
use readmit_core::secret::CodeDigest;
use readmit_core::secret::OneTimeCode;
use readmit_core::text::EmailAddress;
use readmit_core::text::PhoneNumber;
use readmit_core::text::Upn;
use readmit_core::throttle::Attempts;
use std::sync::Arc;

pub(crate) const MOBILE: &str = "+44 7700900123";
pub(crate) const OFFICE: &str = "+44 2079460123";

/// The moment at which every test begins.
pub(crate) fn start() -> Timestamp {
    at(0)
}

/// This many seconds after the beginning.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap_or(Timestamp::MAX)
}

/// What a registration of this method is called: the methods' order, counted from 1.
pub(crate) fn id(method: Method) -> RegistrationId {
    let place = Method::ALL.iter().position(|one| *one == method).unwrap_or(0);
    RegistrationId::from_bits(place as u128 + 1)
}

pub(crate) fn group(number: u128) -> GroupId {
    GroupId::from_bits(number)
}

pub(crate) fn order(number: u8) -> OrderId {
    OrderId::from_bits(u128::from(number))
}

pub(crate) fn phone(text: &str) -> Contact {
    let Ok(parsed) = PhoneNumber::parse(text) else { unreachable!("{text} is a number") };
    Contact::Phone { number: parsed.number, extension: parsed.extension_stripped }
}

pub(crate) fn mailbox(text: &str) -> Contact {
    let Ok(address) = EmailAddress::parse(text) else { unreachable!("{text} is an address") };
    Contact::Mailbox(address)
}

pub(crate) fn registration(method: Method) -> Registration {
    let contact = match method {
        Method::AppCode => Contact::App,
        Method::Sms | Method::VoiceMobile => phone(MOBILE),
        Method::VoiceOffice => phone(OFFICE),
        Method::Email => mailbox("ada@home.example"),
        Method::Questions => Contact::Questions(5),
    };
    Registration { id: id(method), method, contact, source: Source::Registered, failures: 0, last_step: None }
}

/// A cloud account of an unlimited organization with preset `recommended`, every method on file.
pub(crate) fn facts() -> Facts {
    let Ok(upn) = Upn::parse("ada@larkfield.example") else { unreachable!("a user ID") };
    Facts {
        tenant: Tenant {
            id: TenantId::from_bits(1),
            name: "Larkfield".to_owned(),
            plan: TenantPlan::Unlimited,
            time_zone: "Europe/London".to_owned(),
        },
        policy: Some(Arc::new(Policy {
            version: PolicyVersion(1),
            preset: Preset::Recommended,
            values: Preset::Recommended.values(),
        })),
        account: Account {
            id: AccountId::from_bits(1),
            upn,
            display_name: "Ada Moss".to_owned(),
            first_name: "Ada".to_owned(),
            last_name: "Moss".to_owned(),
            mail: None,
            proxy_addresses: Vec::new(),
            mobile_phone: None,
            business_phones: Vec::new(),
            other_mails: Vec::new(),
            authority: Authority::Cloud,
            sign_in_model: SignInModel::CloudOnly,
            user_type: UserType::Member,
            roles: Vec::new(),
            enabled: true,
            locale: None,
        },
        direct_groups: Vec::new(),
        graph: Arc::new(GroupGraph::default()),
        registrations: Method::ALL.into_iter().map(registration).collect(),
        licences: Vec::new(),
        attempts: Attempts::default(),
        sends: Vec::new(),
        directory: Directory::BuiltIn,
    }
}

/// The facts with one thing spoilt.
pub(crate) fn facts_with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = facts();
    change(&mut facts);
    facts
}

pub(crate) fn edit_policy(facts: &mut Facts, change: impl FnOnce(&mut Policy)) {
    if let Some(policy) = &mut facts.policy {
        change(Arc::make_mut(policy));
    }
}

/// Leaves only these methods on file.
pub(crate) fn keep(facts: &mut Facts, methods: &[Method]) {
    facts.registrations.retain(|one| methods.contains(&one.method));
}

pub(crate) fn change_contact(facts: &mut Facts, method: Method, contact: &Contact) {
    let of = facts.registrations.iter_mut().filter(|one| one.method == method);
    of.for_each(|one| one.contact = contact.clone());
}

pub(crate) fn on_premises(facts: &mut Facts) {
    facts.account.authority = Authority::OnPremises;
    facts.directory = Directory::Connected;
    edit_policy(facts, |policy| policy.values.writeback = true);
}

pub(crate) fn asked(subject: Subject, aim: Aim) -> Asked {
    Asked { id: JourneyId::from_random(7), subject, aim }
}

pub(crate) fn owner(facts: &Facts) -> Subject {
    Subject::Account(facts.account.id)
}

/// The keyed hash of the `number`th code that is drawn in a test.
pub(crate) fn digest(number: u8) -> CodeDigest {
    CodeDigest::new([number; 32])
}

pub(crate) fn fresh(number: u8) -> FreshCode {
    let Some(code) = OneTimeCode::from_random(u64::from(number), 6) else { unreachable!("six digits") };
    FreshCode { code, digest: digest(number), mark: "KM".to_owned(), questions: vec![3, 5, 8] }
}
