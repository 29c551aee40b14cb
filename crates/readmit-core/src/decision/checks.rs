//! The nine checks, each with what it looked at, and what an administrator should know besides.

use super::Check;
use super::CheckId;
use super::CheckOutcome;
use super::Directory;
use super::Evidence;
use super::Facts;
use super::Finding;
use super::throttled;
use crate::account::Authority;
use crate::account::UserType;
use crate::cause::Cause;
use crate::ids::GroupId;
use crate::licence::Entitlement;
use crate::licence::LicenceSource;
use crate::licence::TenantPlan;
use crate::methods;
use crate::methods::Assessed;
use crate::policy::Enabled;
use crate::registration::Contact;
use crate::registration::Family;
use crate::throttle::Block;
use jiff::Timestamp;

fn check(id: CheckId, outcome: CheckOutcome, evidence: Vec<(&'static str, Evidence)>) -> Check {
    Check { id, outcome, evidence }
}

fn pass_or(fails: bool, cause: Cause) -> CheckOutcome {
    if fails { CheckOutcome::Fail(cause) } else { CheckOutcome::Pass }
}

pub(super) fn account_served(facts: &Facts) -> Check {
    let account = &facts.account;
    let served = account.user_type == UserType::Member;
    let outcome = if !served {
        CheckOutcome::Fail(Cause::AccountTypeNotServed)
    } else {
        pass_or(!account.enabled, Cause::AccountDisabled)
    };
    check(CheckId::E1, outcome, vec![("enabled", Evidence::Flag(account.enabled)), ("member", Evidence::Flag(served))])
}

/// The blocks in force, beside what they close.
pub(super) struct Throttle<'a> {
    facts: &'a Facts,
    fit: Vec<&'a Assessed>,
    blocks: &'a [Block],
    /// Gates asked, if they would be possible without any block; what is missing anyway is no block's fault.
    wanted: usize,
}

impl<'a> Throttle<'a> {
    pub(super) fn of(facts: &'a Facts, methods: &'a [Assessed], blocks: &'a [Block], required: u8) -> Self {
        let fit: Vec<&Assessed> = methods.iter().filter(|one| one.fit()).collect();
        let required = usize::from(required);
        let possible = methods::reachable_gates(facts, &fit, required);
        let wanted = if possible >= required { required } else { 0 };
        Self { facts, fit, blocks, wanted }
    }

    /// Whether blocks that last beyond this moment leave the account less than it could do without them.
    fn closed_at(&self, moment: Timestamp) -> bool {
        let lasts = |block: &Block| block.until > moment;
        if self.blocks.iter().any(|block| block.family == Family::Account && lasts(block)) {
            return true;
        }
        let open: Vec<&Assessed> =
            self.fit.iter().copied().filter(|one| !one.blocked.as_ref().is_some_and(lasts)).collect();
        open.len() < self.fit.len() && methods::reachable_gates(self.facts, &open, self.wanted) < self.wanted
    }

    /// The block that stands in the way: the account's own, or one that closes too much.
    fn cause(&self) -> Option<Cause> {
        let of_account = self.blocks.iter().find(|block| block.family == Family::Account);
        let of_method = |block: &&Block| self.fit.iter().any(|one| one.blocked == Some(**block));
        let block = of_account.or_else(|| self.blocks.iter().find(of_method))?;
        self.closed_at(Timestamp::MIN).then(|| throttled(block.family))
    }

    /// When enough is open again; `None` where nothing is closed.
    pub(super) fn opens_at(&self) -> Option<Timestamp> {
        self.cause()?;
        let ends = self.blocks.iter().map(|block| block.until);
        ends.filter(|end| !self.closed_at(*end)).min()
    }
}

/// Fails on a block of the account, and where blocks leave too few of the methods that would be enough.
pub(super) fn not_throttled(throttle: &Throttle<'_>) -> Check {
    let evidence = throttle.blocks.iter().map(|block| (block.family.name(), Evidence::Time(block.until))).collect();
    check(CheckId::E2, throttle.cause().map_or(CheckOutcome::Pass, CheckOutcome::Fail), evidence)
}

pub(super) fn reset_enabled(facts: &Facts) -> Check {
    if facts.account.is_administrator() {
        let allowed = facts.values().admins_allowed;
        let evidence = vec![("admins.sspr_allowed", Evidence::Flag(allowed))];
        return check(CheckId::E3, pass_or(!allowed, Cause::AdministratorResetForbidden), evidence);
    }
    let Some(policy) = &facts.policy else {
        return check(CheckId::E3, CheckOutcome::NotApplicable, Vec::new());
    };
    let (name, off) = match policy.values.enabled {
        Enabled::None => ("none", true),
        Enabled::Selected => ("selected", false),
        Enabled::All => ("all", false),
    };
    check(CheckId::E3, pass_or(off, Cause::SsprDisabledForTenant), vec![("sspr.enabled", Evidence::Name(name))])
}

pub(super) fn policy_defined(facts: &Facts) -> Check {
    if facts.account.is_administrator() {
        return check(CheckId::E4, CheckOutcome::NotApplicable, Vec::new());
    }
    let defined = facts.policy.is_some();
    check(CheckId::E4, pass_or(!defined, Cause::NoResetPolicy), vec![("policy", Evidence::Flag(defined))])
}

pub(super) fn licensed(facts: &Facts) -> Check {
    let plan = ("tenant_plan", Evidence::Name(facts.tenant.plan.name()));
    if facts.tenant.plan == TenantPlan::Unlimited {
        return check(CheckId::E5, CheckOutcome::NotApplicable, vec![plan]);
    }
    let wanted = match facts.account.authority {
        Authority::Cloud => Entitlement::CloudReset,
        Authority::OnPremises => Entitlement::Writeback,
    };
    let held = facts.licences.iter().map(|one| match &one.source {
        LicenceSource::Direct => one.plan.name().to_owned(),
        LicenceSource::Group(group) => format!("{} (group {group})", one.plan.name()),
        LicenceSource::NestedGroup(group) => {
            format!("{} (only nested, through group {group})", one.plan.name())
        }
    });
    let evidence = vec![plan, ("licences", Evidence::List(held.collect()))];
    let granted = facts.licences.iter().any(|one| one.grants(wanted));
    check(CheckId::E5, pass_or(!granted, Cause::UserNotLicensed), evidence)
}

pub(super) fn in_scope(facts: &Facts) -> Check {
    let Some(policy) = facts.policy.as_ref().filter(|_| !facts.account.is_administrator()) else {
        return check(CheckId::E6, CheckOutcome::NotApplicable, Vec::new());
    };
    let values = &policy.values;
    let named = |groups: &[GroupId]| groups.iter().map(|id| facts.graph.name(*id).unwrap_or("?").to_owned()).collect();
    if values.exclude_groups.is_empty() && values.enabled != Enabled::Selected {
        return check(CheckId::E6, CheckOutcome::Pass, Vec::new());
    }
    let mine = facts.graph.membership(&facts.direct_groups);
    let found = |groups: &[GroupId]| groups.iter().copied().find(|id| facts.graph.contains(&mine, *id));
    let mut evidence = vec![("include_groups", Evidence::List(named(&values.include_groups)))];
    let excluded = found(&values.exclude_groups);
    let included = found(&values.include_groups);
    for (what, group) in [("excluded_by", excluded), ("member_of", included)] {
        if let Some(group) = group {
            let through = if facts.direct_groups.contains(&group) { "direct" } else { "nested" };
            evidence.push((what, Evidence::List(named(&[group]))));
            evidence.push(("membership", Evidence::Name(through)));
        }
    }
    let inside = excluded.is_none() && (values.enabled != Enabled::Selected || included.is_some());
    check(CheckId::E6, pass_or(!inside, Cause::NotInEnabledGroup), evidence)
}

pub(super) fn enough_methods(facts: &Facts, methods: &[Assessed], required: u8) -> Check {
    let wanted = usize::from(required);
    let fit: Vec<&Assessed> = methods.iter().filter(|one| one.fit()).collect();
    let gates = methods::reachable_gates(facts, &fit, wanted);
    let evidence = vec![
        ("gates_required", Evidence::Count(wanted)),
        ("gates_possible", Evidence::Count(gates)),
        ("usable", Evidence::List(fit.iter().map(|one| one.method.name().to_owned()).collect())),
    ];
    if gates >= wanted {
        return check(CheckId::E7, CheckOutcome::Pass, evidence);
    }
    let cause = if methods.iter().any(|one| one.reason == Some(Cause::ContactMalformed)) {
        Cause::ContactMalformed
    } else if share_a_root(&fit) {
        Cause::SameTrustRoot
    } else if !fit.is_empty() {
        Cause::TooFewMethods
    } else if methods.iter().any(|one| one.reason == Some(Cause::RegistrationWornOut)) {
        Cause::RegistrationWornOut
    } else if methods.iter().any(|one| one.reason == Some(Cause::MethodNotAllowed)) {
        Cause::MethodNotAllowed
    } else {
        Cause::MethodsMissing
    };
    check(CheckId::E7, CheckOutcome::Fail(cause), evidence)
}

/// Whether two methods rest on one thing: a text message and a call to one number, say.
fn share_a_root(fit: &[&Assessed]) -> bool {
    let shared = |one: &Assessed| fit.iter().any(|other| other.method != one.method && other.root == one.root);
    fit.iter().any(|one| shared(one))
}

pub(super) fn writeback_enabled(facts: &Facts) -> Check {
    if facts.account.authority == Authority::Cloud {
        return check(CheckId::E8, CheckOutcome::NotApplicable, Vec::new());
    }
    let on = facts.policy.as_ref().is_some_and(|policy| policy.values.writeback);
    check(CheckId::E8, pass_or(!on, Cause::WritebackDisabled), vec![("on_premises.writeback", Evidence::Flag(on))])
}

pub(super) fn directory_reachable(facts: &Facts) -> Check {
    let outcome = match facts.directory {
        Directory::BuiltIn => CheckOutcome::NotApplicable,
        Directory::Connected => CheckOutcome::Pass,
        Directory::Unreachable(cause) => CheckOutcome::Fail(cause),
        Directory::Unknown => CheckOutcome::Unknown,
    };
    check(CheckId::E9, outcome, Vec::new())
}

pub(super) fn findings(facts: &Facts, checks: &[Check], methods: &[Assessed]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for one in checks {
        if let CheckOutcome::Fail(cause) = one.outcome {
            findings.push(Finding { cause, evidence: one.evidence.clone() });
        }
    }
    for one in methods {
        let Some(cause) = one.reason else { continue };
        if findings.iter().all(|known| known.cause != cause) {
            findings.push(Finding { cause, evidence: vec![("method", Evidence::Name(one.method.name()))] });
        }
    }
    let stripped = facts.registrations.iter().find_map(|one| match &one.contact {
        Contact::Phone { extension: Some(extension), .. } => Some((one.method, extension)),
        Contact::Phone { .. }
        | Contact::Mailbox(_)
        | Contact::MalformedMailbox(_)
        | Contact::MalformedPhone { .. }
        | Contact::App
        | Contact::Questions(_) => None,
    });
    if let Some((method, extension)) = stripped {
        findings.push(Finding {
            cause: Cause::PhoneExtensionStripped,
            evidence: vec![("method", Evidence::Name(method.name())), ("extension", Evidence::Text(extension.clone()))],
        });
    }
    if facts.account.is_administrator() {
        let roles = facts.account.roles.iter().map(|role| role.name().to_owned()).collect();
        let evidence = vec![("roles", Evidence::List(roles))];
        findings.push(Finding { cause: Cause::AdministratorPolicyApplies, evidence });
    }
    findings
}
