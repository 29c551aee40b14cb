//! May this account reset? All checks, in the reference's order, each with its evidence.

use crate::account::Account;
use crate::account::Authority;
use crate::account::Tenant;
use crate::cause::Cause;
use crate::code::SsprCode;
use crate::group::GroupGraph;
use crate::ids::GroupId;
use crate::ids::PolicyVersion;
use crate::ids::RegistrationId;
use crate::licence::HeldLicence;
use crate::methods;
use crate::methods::Assessed;
use crate::policy::Policy;
use crate::policy::Values;
use crate::preset::Preset;
use crate::registration::Family;
use crate::registration::Registration;
use crate::throttle::Attempts;
use crate::throttle::Block;
use crate::throttle::Limits;
use jiff::Timestamp;
use std::sync::Arc;

mod checks;

use checks::Throttle;

/// Everything that a decision may look at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The organization.
    pub tenant: Tenant,
    /// Its policy; `None` when none was ever saved (code 11).
    pub policy: Option<Arc<Policy>>,
    /// Whose password.
    pub account: Account,
    /// Groups that hold the account itself.
    pub direct_groups: Vec<GroupId>,
    /// The organization's groups.
    pub graph: Arc<GroupGraph>,
    /// What the account can prove with.
    pub registrations: Vec<Registration>,
    /// Licences that reach the account.
    pub licences: Vec<HeldLicence>,
    /// Counted attempts, without the one that the move at hand has just counted.
    pub attempts: Attempts,
    /// Messages sent in the last day, by registration.
    pub sends: Vec<(RegistrationId, Timestamp)>,
    /// The account's directory.
    pub directory: Directory,
}

/// How the account's directory does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directory {
    /// The built-in one.
    BuiltIn,
    /// Behind an agent that is connected.
    Connected,
    /// Not reachable, and why.
    Unreachable(Cause),
    /// Not known at the moment.
    Unknown,
}

/// The checks, in the order of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckId {
    /// The account is one that self-service serves.
    E1,
    /// No block is in force.
    E2,
    /// Reset is on for the organization.
    E3,
    /// A policy exists.
    E4,
    /// A licence is held.
    E5,
    /// The account is in scope.
    E6,
    /// Enough usable methods.
    E7,
    /// Writeback is on.
    E8,
    /// The directory can be reached.
    E9,
}

impl CheckId {
    /// `E1` … `E9`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::E1 => "E1",
            Self::E2 => "E2",
            Self::E3 => "E3",
            Self::E4 => "E4",
            Self::E5 => "E5",
            Self::E6 => "E6",
            Self::E7 => "E7",
            Self::E8 => "E8",
            Self::E9 => "E9",
        }
    }

    /// What it asks, as a stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::E1 => "account_served",
            Self::E2 => "not_throttled",
            Self::E3 => "reset_enabled",
            Self::E4 => "policy_defined",
            Self::E5 => "licensed",
            Self::E6 => "in_scope",
            Self::E7 => "enough_methods",
            Self::E8 => "writeback_enabled",
            Self::E9 => "directory_reachable",
        }
    }
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// In order.
    Pass,
    /// Not in order, and why.
    Fail(Cause),
    /// Does not concern this account.
    NotApplicable,
    /// Could not be found out; does not stop anybody.
    Unknown,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A word or a name.
    Text(String),
    /// A stable name.
    Name(&'static str),
    /// A count.
    Count(usize),
    /// Yes or no.
    Flag(bool),
    /// Several.
    List(Vec<String>),
    /// A moment.
    Time(Timestamp),
}

/// One check with what it looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which one.
    pub id: CheckId,
    /// What it found.
    pub outcome: CheckOutcome,
    /// What it looked at.
    pub evidence: Vec<(&'static str, Evidence)>,
}

/// Something an administrator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub cause: Cause,
    /// What shows it.
    pub evidence: Vec<(&'static str, Evidence)>,
}

/// The decision with its whole trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// All nine, in order.
    pub checks: Vec<Check>,
    /// Gates that this account needs.
    pub gates_required: u8,
    /// The version that was looked at.
    pub policy_version: Option<PolicyVersion>,
    /// Every registration, judged.
    pub methods: Vec<Assessed>,
    /// Blocks in force.
    pub blocks: Vec<Block>,
    /// Causes of the failed checks first, then what is worth knowing.
    pub findings: Vec<Finding>,
    opens_at: Option<Timestamp>,
}

impl Decision {
    /// Whether the account can reset now.
    #[must_use]
    pub fn able(&self) -> bool {
        self.first_failure().is_none()
    }

    /// The first check that fails, with its cause.
    #[must_use]
    pub fn first_failure(&self) -> Option<(CheckId, Cause)> {
        self.failures().next()
    }

    /// The first failure that ends a journey which has begun: blocks only close their own family there.
    #[must_use]
    pub fn first_failure_under_way(&self) -> Option<(CheckId, Cause)> {
        self.failures().find(|(check, _)| *check != CheckId::E2)
    }

    /// The public code; `None` when able, and when the account could not be verified (E1).
    #[must_use]
    pub fn code(&self) -> Option<SsprCode> {
        self.first_failure().and_then(|(check, _)| public_code(check))
    }

    /// When a throttled account may come back: as soon as enough gates are open again.
    /// Where no check fails for a block, the end of the last one.
    #[must_use]
    pub fn blocked_until(&self) -> Option<Timestamp> {
        self.opens_at.or_else(|| self.blocks.iter().map(|block| block.until).max())
    }

    fn failures(&self) -> impl Iterator<Item = (CheckId, Cause)> + '_ {
        self.checks.iter().filter_map(|check| match check.outcome {
            CheckOutcome::Fail(cause) => Some((check.id, cause)),
            CheckOutcome::Pass | CheckOutcome::NotApplicable | CheckOutcome::Unknown => None,
        })
    }
}

/// The code that a failed check gives.
#[must_use]
pub fn public_code(check: CheckId) -> Option<SsprCode> {
    match check {
        CheckId::E1 => None,
        CheckId::E2 => Some(SsprCode::Throttled),
        CheckId::E3 => Some(SsprCode::TenantSSPRFlagDisabled),
        CheckId::E4 => Some(SsprCode::SsprNotEnabledInUserPolicy),
        CheckId::E5 => Some(SsprCode::UserNotLicensed),
        CheckId::E6 => Some(SsprCode::UserNotMemberOfScopedAccessGroup),
        CheckId::E7 => Some(SsprCode::UserNotProperlyConfigured),
        CheckId::E8 => Some(SsprCode::WritebackNotEnabled),
        CheckId::E9 => Some(SsprCode::OnPremisesConnectivityError),
    }
}

impl Facts {
    /// The values in force; the recommended ones stand in where no policy exists.
    #[must_use]
    pub fn values(&self) -> std::borrow::Cow<'_, Values> {
        self.policy.as_ref().map_or_else(
            || std::borrow::Cow::Owned(Preset::Recommended.values()),
            |policy| std::borrow::Cow::Borrowed(&policy.values),
        )
    }

    /// A registration of this account.
    #[must_use]
    pub fn registration(&self, id: RegistrationId) -> Option<&Registration> {
        self.registrations.iter().find(|one| one.id == id)
    }

    /// Whether the account can be unlocked without a new password: only a directory's accounts are ever locked there.
    #[must_use]
    pub fn may_unlock(&self) -> bool {
        let on = self.policy.as_ref().is_some_and(|policy| policy.values.unlock_without_reset);
        on && self.account.authority == Authority::OnPremises
    }

    /// Gates that the account needs: administrators always two.
    #[must_use]
    pub fn gates_required(&self) -> u8 {
        if self.account.is_administrator() {
            return 2;
        }
        self.policy.as_ref().map_or(2, |policy| policy.values.required)
    }
}

/// Runs every check. Pure and total; the same facts give the same decision.
#[must_use]
pub fn decide(facts: &Facts, now: Timestamp) -> Decision {
    let values = facts.values();
    let blocks = facts.attempts.blocks(Limits::of(&values), now);
    let methods = methods::assess(facts, &blocks);
    let gates_required = facts.gates_required();
    let throttle = Throttle::of(facts, &methods, &blocks, gates_required);
    let checks = vec![
        checks::account_served(facts),
        checks::not_throttled(&throttle),
        checks::reset_enabled(facts),
        checks::policy_defined(facts),
        checks::licensed(facts),
        checks::in_scope(facts),
        checks::enough_methods(facts, &methods, gates_required),
        checks::writeback_enabled(facts),
        checks::directory_reachable(facts),
    ];
    let opens_at = throttle.opens_at();
    let findings = checks::findings(facts, &checks, &methods);
    let policy_version = facts.policy.as_ref().map(|policy| policy.version);
    Decision { checks, gates_required, policy_version, methods, blocks, findings, opens_at }
}

/// The cause id of a closed family.
#[must_use]
pub fn throttled(family: Family) -> Cause {
    match family {
        Family::Phone => Cause::ThrottledPhone,
        Family::Email => Cause::ThrottledEmail,
        Family::App => Cause::ThrottledApp,
        Family::Questions => Cause::ThrottledQuestions,
        Family::Account => Cause::ThrottledAccount,
    }
}
