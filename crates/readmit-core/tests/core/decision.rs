//! `decide` in tables: every check, every code, every cause.

use crate::fixture;
use crate::fixture::edit_policy;
use crate::fixture::facts_with;
use crate::fixture::group;
use crate::fixture::keep;
use jiff::SignedDuration;
use readmit_core::account::Role;
use readmit_core::account::UserType;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::decision::CheckId;
use readmit_core::decision::CheckOutcome;
use readmit_core::decision::Decision;
use readmit_core::decision::Directory;
use readmit_core::decision::Evidence;
use readmit_core::decision::Facts;
use readmit_core::decision::decide;
use readmit_core::group::GroupGraph;
use readmit_core::licence::HeldLicence;
use readmit_core::licence::LicenceSource;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::methods::OfferedBy;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use std::sync::Arc;

pub(crate) type Spoil = fn(&mut Facts);

pub(crate) fn decided(spoil: impl FnOnce(&mut Facts)) -> Decision {
    decide(&facts_with(spoil), fixture::start())
}

/// Each line spoils one thing, and exactly the named check fails, with the named code and cause.
pub(crate) fn fails(check: CheckId, code: Option<SsprCode>, cause: Cause, spoil: Spoil) {
    let decision = decided(spoil);
    assert_eq!(decision.first_failure(), Some((check, cause)), "{cause}");
    assert_eq!(decision.code(), code, "{cause}");
    assert!(!decision.able(), "{cause}");
    assert_eq!(decision.findings.first().map(|finding| finding.cause), Some(cause));
}

pub(crate) fn passes(what: &str, spoil: impl FnOnce(&mut Facts)) {
    let decision = decided(spoil);
    assert_eq!(decision.first_failure(), None, "{what}");
    assert_eq!(decision.code(), None, "{what}");
}

fn block(facts: &mut Facts, family: Family) {
    facts.attempts.0.extend((0..5).map(|minute| (family, fixture::at(-600 + 60 * minute))));
}

fn select(facts: &mut Facts, include: &[u128], exclude: &[u128]) {
    edit_policy(facts, |policy| {
        policy.values.enabled = Enabled::Selected;
        policy.values.include_groups = include.iter().map(|number| group(*number)).collect();
        policy.values.exclude_groups = exclude.iter().map(|number| group(*number)).collect();
    });
}

/// Groups 1 to 9; 1 is in 2, 2 in 3, 3 in 1 again; 4 is in 5. The account is in 1 and 4.
fn nest(facts: &mut Facts) {
    let groups = (1..10).map(|number| (group(number), format!("group {number}"))).collect();
    let nested = [(1, 2), (2, 3), (3, 1), (4, 5)].map(|(inner, outer)| (group(inner), group(outer)));
    facts.graph = Arc::new(GroupGraph::new(groups, &nested));
    facts.direct_groups = vec![group(1), group(4)];
}

fn administrator(facts: &mut Facts) {
    facts.account.roles = vec![Role::HelpdeskAdministrator];
}

fn license(facts: &mut Facts, plan: Plan, source: LicenceSource) {
    facts.tenant.plan = TenantPlan::Licensed(Plan::P1);
    facts.licences = vec![HeldLicence { plan, source }];
}

#[test]
fn an_account_in_order_is_able_and_every_check_is_in_the_trace() {
    let decision = decided(|_| {});
    assert!(decision.able());
    let ids: Vec<_> = decision.checks.iter().map(|check| check.id.id()).collect();
    assert_eq!(ids, ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"]);
    assert_eq!((decision.gates_required, decision.findings.len()), (2, 1));
    assert_eq!(decision.findings[0].cause, Cause::MethodNotAllowed, "questions are on file, and off");
}

#[test]
fn an_account_that_is_not_served_gets_no_code() {
    let types: [(Cause, Spoil); 3] = [
        (Cause::AccountDisabled, |facts| facts.account.enabled = false),
        (Cause::AccountTypeNotServed, |facts| facts.account.user_type = UserType::Guest),
        (Cause::AccountTypeNotServed, |facts| facts.account.user_type = UserType::Service),
    ];
    for (cause, spoil) in types {
        fails(CheckId::E1, None, cause, spoil);
    }
}

const SWITCHES: [(CheckId, SsprCode, Cause, Spoil); 7] = [
    (CheckId::E3, SsprCode::TenantSSPRFlagDisabled, Cause::SsprDisabledForTenant, |facts| {
        edit_policy(facts, |policy| policy.values.enabled = Enabled::None);
    }),
    (CheckId::E3, SsprCode::TenantSSPRFlagDisabled, Cause::AdministratorResetForbidden, |facts| {
        administrator(facts);
        edit_policy(facts, |policy| policy.values.admins_allowed = false);
    }),
    (CheckId::E4, SsprCode::SsprNotEnabledInUserPolicy, Cause::NoResetPolicy, |facts| facts.policy = None),
    (CheckId::E5, SsprCode::UserNotLicensed, Cause::UserNotLicensed, |facts| {
        facts.tenant.plan = TenantPlan::Licensed(Plan::P1);
    }),
    (CheckId::E6, SsprCode::UserNotMemberOfScopedAccessGroup, Cause::NotInEnabledGroup, |facts| {
        select(facts, &[], &[]);
    }),
    (CheckId::E8, SsprCode::WritebackNotEnabled, Cause::WritebackDisabled, |facts| {
        fixture::on_premises(facts);
        edit_policy(facts, |policy| policy.values.writeback = false);
    }),
    (CheckId::E9, SsprCode::OnPremisesConnectivityError, Cause::NoAgentEnrolled, |facts| {
        fixture::on_premises(facts);
        facts.directory = Directory::Unreachable(Cause::NoAgentEnrolled);
    }),
];

#[test]
fn each_switch_gives_its_code_and_cause() {
    for (check, code, cause, spoil) in SWITCHES {
        fails(check, Some(code), cause, spoil);
    }
}

#[test]
fn an_administrator_has_two_gates_and_no_questions_whatever_the_policy_says() {
    let facts = facts_with(|facts| {
        administrator(facts);
        select(facts, &[9], &[]);
        edit_policy(facts, |policy| {
            policy.preset = Preset::Entra;
            policy.values.required = 1;
            policy.values.methods = vec![Method::Questions];
        });
    });
    let decision = decide(&facts, fixture::start());
    assert!(decision.able());
    assert_eq!(decision.gates_required, 2);
    for method in &decision.methods {
        let offered = (method.method != Method::Questions).then_some(OfferedBy::AdministratorPolicy);
        assert_eq!(method.offered_by, offered, "{}", method.method.name());
    }
    assert_eq!(decision.findings.last().map(|finding| finding.cause), Some(Cause::AdministratorPolicyApplies));
}

#[test]
fn an_administrator_needs_no_policy_and_no_scope_but_the_tenants_switch_counts_not() {
    passes("no policy", |facts| {
        administrator(facts);
        facts.policy = None;
    });
    passes("switched off for the others", |facts| {
        administrator(facts);
        edit_policy(facts, |policy| policy.values.enabled = Enabled::None);
    });
    let one = decided(|facts| {
        administrator(facts);
        keep(facts, &[Method::Questions, Method::Email]);
    });
    assert_eq!(one.first_failure(), Some((CheckId::E7, Cause::TooFewMethods)));
}

#[test]
fn a_licence_counts_directly_and_by_a_direct_group_only() {
    let held = |plan, source| decided(|facts| license(facts, plan, source)).first_failure();
    let missing = Some((CheckId::E5, Cause::UserNotLicensed));
    assert_eq!(held(Plan::P1, LicenceSource::Direct), None);
    assert_eq!(held(Plan::BusinessStandard, LicenceSource::Group("Sales".to_owned())), None);
    assert_eq!(held(Plan::P2, LicenceSource::NestedGroup("Sales".to_owned())), missing);
    assert_eq!(held(Plan::Free, LicenceSource::Direct), missing);
    let nested = decided(|facts| license(facts, Plan::P2, LicenceSource::NestedGroup("Sales".to_owned())));
    let Some((_, Evidence::List(shown))) = nested.checks[4].evidence.last() else { panic!("no licences in the trace") };
    assert!(shown[0].contains("only nested"), "{shown:?}");
}

#[test]
fn writeback_needs_the_larger_licence() {
    let on_premises = |plan| {
        decided(|facts| {
            fixture::on_premises(facts);
            license(facts, plan, LicenceSource::Direct);
        })
        .first_failure()
    };
    assert_eq!(on_premises(Plan::BusinessPremium), None);
    assert_eq!(on_premises(Plan::BusinessStandard), Some((CheckId::E5, Cause::UserNotLicensed)));
}

#[test]
fn scope_follows_nesting_through_cycles_and_an_excluded_group_wins() {
    let scope = |include: &[u128], exclude: &[u128]| {
        decided(|facts| {
            nest(facts);
            select(facts, include, exclude);
        })
        .code()
    };
    let outside = Some(SsprCode::UserNotMemberOfScopedAccessGroup);
    assert_eq!(scope(&[1], &[]), None, "directly");
    assert_eq!(scope(&[3], &[]), None, "through two, in a cycle");
    assert_eq!(scope(&[9, 5], &[]), None, "one of several");
    assert_eq!(scope(&[9], &[]), outside);
    assert_eq!(scope(&[], &[]), outside, "no group is nobody");
    assert_eq!(scope(&[77], &[]), outside, "a group that is gone");
    assert_eq!(scope(&[1], &[5]), outside, "excluded through nesting");
    assert_eq!(scope(&[1], &[9]), None);
}

#[test]
fn an_excluded_group_is_out_also_where_everybody_is_in() {
    let decision = decided(|facts| {
        nest(facts);
        select(facts, &[], &[3]);
        edit_policy(facts, |policy| policy.values.enabled = Enabled::All);
    });
    assert_eq!(decision.code(), Some(SsprCode::UserNotMemberOfScopedAccessGroup));
    assert!(decision.checks[5].evidence.contains(&("membership", Evidence::Name("nested"))));
    assert!(decision.checks[5].evidence.contains(&("excluded_by", Evidence::List(vec!["group 3".to_owned()]))));
}

#[test]
fn a_blocked_account_is_throttled_until_its_block_ends() {
    let decision = decided(|facts| block(facts, Family::Account));
    assert_eq!(decision.first_failure(), Some((CheckId::E2, Cause::ThrottledAccount)));
    assert_eq!(decision.code(), Some(SsprCode::Throttled));
    assert_eq!(decision.blocked_until(), Some(fixture::at(-360) + SignedDuration::from_hours(24)));
}

#[test]
fn a_blocked_family_throttles_only_where_too_little_is_left() {
    let families = [
        (Family::Phone, Cause::ThrottledPhone, Method::Sms),
        (Family::Email, Cause::ThrottledEmail, Method::Email),
        (Family::App, Cause::ThrottledApp, Method::AppCode),
        (Family::Questions, Cause::ThrottledQuestions, Method::Questions),
    ];
    for (family, cause, method) in families {
        let other = if method == Method::Email { Method::AppCode } else { Method::Email };
        let decision = decided(|facts| {
            edit_policy(facts, |policy| policy.values.methods = Method::ALL.to_vec());
            keep(facts, &[method, other]);
            block(facts, family);
        });
        assert_eq!(decision.first_failure(), Some((CheckId::E2, cause)));
        passes("enough is left", |facts| block(facts, family));
    }
}

#[test]
fn a_throttled_person_is_told_the_first_moment_at_which_enough_is_open() {
    let decision = decided(|facts| {
        keep(facts, &[Method::Email, Method::Sms, Method::AppCode]);
        block(facts, Family::Email);
        facts.attempts.0.extend((0..5).map(|minute| (Family::App, fixture::at(-3_000 + 60 * minute))));
    });
    let app_opens = fixture::at(-2_760) + SignedDuration::from_hours(24);
    assert_eq!(decision.blocked_until(), Some(app_opens), "then app and text message are enough");
}

#[test]
fn what_is_missing_anyway_is_not_put_down_to_a_block() {
    let decision = decided(|facts| {
        keep(facts, &[Method::Sms]);
        block(facts, Family::Phone);
    });
    assert_eq!(decision.first_failure(), Some((CheckId::E7, Cause::TooFewMethods)));
}

#[test]
fn a_directory_of_unknown_health_stops_nobody() {
    let decision = decided(|facts| {
        fixture::on_premises(facts);
        facts.directory = Directory::Unknown;
    });
    assert!(decision.able());
    assert_eq!(decision.checks[8].outcome, CheckOutcome::Unknown);
}

type Fault = (Spoil, Option<SsprCode>, Cause);

/// One fault for each check, in their order; E4 is apart, for it cannot fail beside E3.
const FAULTS: [Fault; 8] = [
    (|facts| facts.account.enabled = false, None, Cause::AccountDisabled),
    (|facts| block(facts, Family::Account), Some(SsprCode::Throttled), Cause::ThrottledAccount),
    (
        |facts| edit_policy(facts, |policy| policy.values.enabled = Enabled::None),
        Some(SsprCode::TenantSSPRFlagDisabled),
        Cause::SsprDisabledForTenant,
    ),
    (
        |facts| facts.tenant.plan = TenantPlan::Licensed(Plan::P1),
        Some(SsprCode::UserNotLicensed),
        Cause::UserNotLicensed,
    ),
    (
        |facts| {
            nest(facts);
            edit_policy(facts, |policy| policy.values.exclude_groups = vec![group(1)]);
        },
        Some(SsprCode::UserNotMemberOfScopedAccessGroup),
        Cause::NotInEnabledGroup,
    ),
    (|facts| facts.registrations.clear(), Some(SsprCode::UserNotProperlyConfigured), Cause::MethodsMissing),
    (
        |facts| edit_policy(facts, |policy| policy.values.writeback = false),
        Some(SsprCode::WritebackNotEnabled),
        Cause::WritebackDisabled,
    ),
    (
        |facts| facts.directory = Directory::Unreachable(Cause::DirectoryUnreachable),
        Some(SsprCode::OnPremisesConnectivityError),
        Cause::DirectoryUnreachable,
    ),
];

#[test]
fn the_first_failing_check_gives_the_code_and_every_one_is_found() {
    for first in 0..FAULTS.len() {
        let decision = decided(|facts| {
            fixture::on_premises(facts);
            FAULTS[first..].iter().for_each(|(spoil, _, _)| spoil(facts));
        });
        let causes: Vec<Cause> = decision.findings.iter().map(|finding| finding.cause).collect();
        let expected: Vec<Cause> = FAULTS[first..].iter().map(|(_, _, cause)| *cause).collect();
        assert_eq!(decision.code(), FAULTS[first].1);
        assert!(causes.starts_with(&expected), "{causes:?}");
    }
}
