//! Facts about nobody, the same each time they are asked for, so that a decoy journey looks like any other.

use crate::app::Parts;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::decision::Directory;
use readmit_core::decision::Facts;
use readmit_core::group::GroupGraph;
use readmit_core::ids::AccountId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::RegistrationId;
use readmit_core::licence::TenantPlan;
use readmit_core::policy::Disclosure;
use readmit_core::policy::Enabled;
use readmit_core::policy::Policy;
use readmit_core::preset::Preset;
use readmit_core::registration::Contact;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::registration::Source;
use readmit_core::text::EmailAddress;
use readmit_core::text::Identifier;
use readmit_core::text::PhoneNumber;
use readmit_core::text::Upn;
use readmit_core::throttle::Attempts;
use readmit_store::Purpose;
use std::sync::Arc;

/// Facts for this user ID. `policy` is the organization's own, so that gates, digits and times agree with it.
pub(super) fn facts(app: &Parts, tenant: Tenant, policy: Option<Arc<Policy>>, user_id: &Identifier) -> Option<Facts> {
    let bits = app.keys.mac(Purpose::Decoy, &[tenant.id.to_string().as_bytes(), user_id.canonical().as_bytes()]);
    let policy = open_policy(policy);
    // Ids like those of real registrations: none tells another.
    let id = |method: Method| {
        let own = app.keys.mac(Purpose::Decoy, &[&bits, method.name().as_bytes()]);
        RegistrationId::from_bits(u128::from_be_bytes(own.first_chunk().copied().unwrap_or_default()))
    };
    let registrations = registrations(&policy, bits, user_id.canonical(), id);
    Some(Facts {
        tenant: Tenant { plan: TenantPlan::Unlimited, ..tenant },
        policy: Some(Arc::new(policy)),
        account: nobody(user_id)?,
        direct_groups: Vec::new(),
        graph: Arc::new(GroupGraph::default()),
        registrations,
        licences: Vec::new(),
        attempts: Attempts::default(),
        sends: Vec::new(),
        directory: Directory::BuiltIn,
    })
}

/// The organization's policy, opened for everybody and always discreet.
fn open_policy(policy: Option<Arc<Policy>>) -> Policy {
    let mut policy = policy.map_or_else(
        || Policy { version: PolicyVersion(0), preset: Preset::Recommended, values: Preset::Recommended.values() },
        Arc::unwrap_or_clone,
    );
    policy.values.enabled = Enabled::All;
    policy.values.include_groups.clear();
    policy.values.exclude_groups.clear();
    policy.values.disclosure = Disclosure::Uniform;
    policy
}

/// Whether these are the facts of a decoy.
pub(super) fn is_nobody(account: &Account) -> bool {
    account.id == AccountId::from_bits(0)
}

fn nobody(user_id: &Identifier) -> Option<Account> {
    Some(Account {
        id: AccountId::from_bits(0),
        upn: Upn::parse(user_id.typed()).or_else(|_| Upn::parse("nobody@nowhere.invalid")).ok()?,
        display_name: String::new(),
        first_name: String::new(),
        last_name: String::new(),
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
    })
}

fn registrations(
    policy: &Policy,
    bits: [u8; 32],
    name: &str,
    id: impl Fn(Method) -> RegistrationId,
) -> Vec<Registration> {
    let [first, second, third, ..] = bits;
    let allowed = |method: &Method| policy.values.methods.contains(method);
    let mut methods: Vec<Method> = Vec::new();
    methods.extend(Some(Method::Email).filter(allowed));
    let phone = if first % 4 == 0 { Method::VoiceOffice } else { Method::Sms };
    methods.extend([phone, Method::Sms, Method::VoiceMobile].into_iter().find(allowed));
    if second % 3 == 0 || methods.len() < usize::from(policy.values.required) {
        methods.extend(Some(Method::AppCode).filter(allowed));
    }
    let made = methods.iter().filter_map(|method| {
        let contact = match method {
            Method::Email => Contact::Mailbox(mailbox(second, third, name)?),
            Method::Sms | Method::VoiceMobile | Method::VoiceOffice => {
                // Of ten digits the last two are shown. Whoever could guess the others would see that it costs nothing.
                let digits = u64::from_be_bytes(bits.last_chunk().copied()?) % 1_000_000_000;
                let number = PhoneNumber::parse(&format!("+44 7{digits:09}")).ok()?.number;
                Contact::Phone { number, extension: None }
            }
            Method::AppCode => Contact::App,
            Method::Questions => return None,
        };
        let (method, source) = (*method, Source::Registered);
        Some(Registration { id: id(method), method, contact, source, failures: 0, last_step: None })
    });
    made.collect()
}

/// Private mailboxes mostly begin like the user ID, at one of few providers.
fn mailbox(provider: u8, letter: u8, name: &str) -> Option<EmailAddress> {
    let own = name.chars().next().filter(char::is_ascii_lowercase);
    let first = own.unwrap_or(char::from(b'a' + letter % 26));
    let domain = ["g.com", "o.com", "p.org", "i.com", "w.net"].get(usize::from(provider) % 5)?;
    EmailAddress::parse(&format!("{first}x@{domain}")).ok()
}
