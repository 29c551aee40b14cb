//! Which registrations an account can use now, and which policy offers each.

use crate::cause::Cause;
use crate::challenge::Gate;
use crate::decision::Facts;
use crate::ids::RegistrationId;
use crate::registration::Contact;
use crate::registration::LIFETIME_FAILURES;
use crate::registration::Method;
use crate::registration::Registration;
use crate::registration::TrustRoot;
use crate::text::Masked;
use crate::throttle::Block;

/// The administrator policy is fixed: these methods, two gates.
pub const ADMINISTRATOR_METHODS: [Method; 5] =
    [Method::AppCode, Method::Sms, Method::VoiceMobile, Method::VoiceOffice, Method::Email];

/// Which decision offers a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferedBy {
    /// The organization's policy.
    SsprPolicy,
    /// The fixed policy for administrators.
    AdministratorPolicy,
}

impl OfferedBy {
    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SsprPolicy => "sspr_policy",
            Self::AdministratorPolicy => "administrator_policy",
        }
    }
}

/// One registration, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// Which registration.
    pub registration: RegistrationId,
    /// Its method.
    pub method: Method,
    /// What a proof with it rests on; `None` for contacts that cannot be used.
    pub root: Option<TrustRoot>,
    /// As pages show it.
    pub masked: Option<Masked>,
    /// Who offers it; `None` when nobody does.
    pub offered_by: Option<OfferedBy>,
    /// Why it cannot be used; `None` when it can.
    pub reason: Option<Cause>,
    /// A block that closes it for now; a blocked registration is usable later.
    pub blocked: Option<Block>,
}

impl Assessed {
    /// Whether it counts towards the gates, apart from blocks.
    #[must_use]
    pub fn fit(&self) -> bool {
        self.reason.is_none()
    }

    /// Whether it can be used now.
    #[must_use]
    pub fn usable(&self) -> bool {
        self.fit() && self.blocked.is_none()
    }

    /// Whether two gates with these would be two proofs.
    fn differs(&self, method: Method, root: Option<&TrustRoot>) -> bool {
        self.method != method && self.root.as_ref() != root
    }

    fn differs_from(&self, other: &Self) -> bool {
        self.differs(other.method, other.root.as_ref())
    }
}

/// Judges every registration of the account, in the order in which pages offer them.
#[must_use]
pub fn assess(facts: &Facts, blocks: &[Block]) -> Vec<Assessed> {
    let mut assessed: Vec<Assessed> = facts.registrations.iter().map(|one| assess_one(facts, one, blocks)).collect();
    assessed.sort_by_key(|one| one.method);
    assessed
}

fn assess_one(facts: &Facts, registration: &Registration, blocks: &[Block]) -> Assessed {
    let method = registration.method;
    let offered_by = offered_by(facts, method);
    let reason = if offered_by.is_none() {
        Some(Cause::MethodNotAllowed)
    } else if registration.failures >= LIFETIME_FAILURES {
        Some(Cause::RegistrationWornOut)
    } else {
        unfit_contact(facts, registration)
    };
    Assessed {
        registration: registration.id,
        method,
        root: registration.trust_root(),
        masked: registration.masked(),
        offered_by,
        reason,
        blocked: blocks.iter().find(|block| block.family == method.family()).copied(),
    }
}

fn offered_by(facts: &Facts, method: Method) -> Option<OfferedBy> {
    if facts.account.is_administrator() {
        return ADMINISTRATOR_METHODS.contains(&method).then_some(OfferedBy::AdministratorPolicy);
    }
    let policy = facts.policy.as_ref()?;
    policy.values.methods.contains(&method).then_some(OfferedBy::SsprPolicy)
}

fn unfit_contact(facts: &Facts, registration: &Registration) -> Option<Cause> {
    match &registration.contact {
        Contact::MalformedMailbox(_) | Contact::MalformedPhone { .. } => Some(Cause::ContactMalformed),
        Contact::Questions(answered) => {
            let wanted = facts.policy.as_ref().map_or(3, |policy| policy.values.questions_to_reset);
            (*answered < usize::from(wanted)).then_some(Cause::MethodsMissing)
        }
        Contact::Mailbox(_) | Contact::Phone { .. } | Contact::App => None,
    }
}

/// Whether what was proved, or is being proved, is still on file as it was then, and still allowed.
/// A block does not undo what was proved before it.
#[must_use]
pub fn stands(assessed: &[Assessed], registration: RegistrationId, method: Method, root: &TrustRoot) -> bool {
    assessed.iter().any(|one| {
        one.registration == registration && one.method == method && one.root.as_ref() == Some(root) && one.fit()
    })
}

/// What the next gate may be: usable now, different by method and by trust root from the passed gates that still stand,
/// and no first gate that no second one could follow.
#[must_use]
pub fn offered<'a>(facts: &Facts, assessed: &'a [Assessed], passed: &[Gate]) -> Vec<&'a Assessed> {
    let standing: Vec<&Gate> =
        passed.iter().filter(|gate| stands(assessed, gate.registration, gate.method, &gate.root)).collect();
    let alone = questions_stand_alone(facts);
    let needs_second = standing.is_empty() && facts.gates_required() > 1;
    assessed
        .iter()
        .filter(|one| one.usable())
        .filter(|one| one.method != Method::Questions || alone || !standing.is_empty())
        .filter(|one| standing.iter().all(|gate| one.differs(gate.method, Some(&gate.root))))
        .filter(|one| !needs_second || assessed.iter().any(|other| other.fit() && other.differs_from(one)))
        .collect()
}

/// How many gates these registrations can make, up to `wanted`: methods and trust roots all different,
/// and a question never alone or first outside the reference's preset.
#[must_use]
pub fn reachable_gates(facts: &Facts, assessed: &[&Assessed], wanted: usize) -> usize {
    let rooted = || assessed.iter().filter(|one| one.root.is_some());
    let alone = questions_stand_alone(facts);
    let mut best = 0;
    for first in rooted().filter(|one| alone || one.method != Method::Questions) {
        let second = rooted().any(|other| other.differs_from(first));
        best = best.max(1 + usize::from(second));
    }
    best.min(wanted)
}

fn questions_stand_alone(facts: &Facts) -> bool {
    facts.policy.as_ref().is_some_and(|policy| policy.questions_stand_alone())
}
