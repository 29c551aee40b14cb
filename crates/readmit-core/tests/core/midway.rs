//! What changes under a journey: policy, account, contacts, time.

use crate::fixture;
use crate::fixture::at;
use crate::fixture::edit_policy;
use crate::story::Story;
use crate::story::far;
use crate::story::reasons;
use crate::story::sends;
use crate::story::written;
use readmit_core::account::Role;
use readmit_core::activity::Reason;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::decision::Directory;
use readmit_core::decision::Facts;
use readmit_core::ids::AccountId;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Input;
use readmit_core::journey::Issue;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::journey::Subject;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::order::Aim;
use readmit_core::policy::Enabled;
use readmit_core::registration::Family;
use readmit_core::registration::Method;

#[test]
fn a_journey_never_moves_to_another_account() {
    let mut story = Story::proven();
    let before = story.journey.clone();
    story.facts.account.id = AccountId::from_bits(2);
    let step = story.submits(1);
    assert_eq!((step.next, step.issue), (before, Some(Issue::NotNow)));
    assert!(step.effects.is_empty());
    let of_another = fixture::asked(Subject::Account(AccountId::from_bits(1)), Aim::Reset);
    let step = journey::begin(&of_another, &story.facts, at(0));
    assert_eq!(step.next.state, State::Closed(Outcome::NotVerified));
}

#[test]
fn a_code_to_a_contact_that_was_changed_since_is_dead() {
    let new = fixture::phone("+44 7700900456");
    let moved = || {
        let mut story = Story::with_gates(1);
        story.chooses(Method::Sms, Some(fixture::MOBILE), 1);
        fixture::change_contact(&mut story.facts, Method::Sms, &new);
        story.waits(10);
        story
    };
    let mut story = moved();
    let step = story.types(1);
    assert_eq!((step.issue, step.guess, story.is_choosing()), (Some(Issue::NotOffered), None, true));
    let mut story = moved();
    let step = story.does(Input::Resend(fixture::fresh(2)));
    assert_eq!((step.issue, sends(&step)), (Some(Issue::NotOffered), 0), "nor does a code go to the new one");
}

#[test]
fn a_gate_falls_when_its_contact_is_changed_and_may_be_passed_anew() {
    let mut story = Story::proven();
    fixture::change_contact(&mut story.facts, Method::Email, &fixture::mailbox("eve@evil.example"));
    let step = story.submits(1);
    assert!(!written(&step) && story.is_choosing());
    assert_eq!((story.journey.passed().len(), reasons(&step)), (1, vec![Reason::NoLongerAllowed]));
    story.passes(Method::Email);
    assert!(written(&story.submits(2)));
}

#[test]
fn a_first_gate_that_fell_does_not_help_a_second_one() {
    let mut story = Story::with_gates(2);
    story.passes(Method::Email);
    story.facts.registrations.retain(|one| one.method != Method::Email);
    story.passes(Method::AppCode);
    assert!(story.is_choosing());
    assert_eq!(story.journey.passed().len(), 1);
}

#[test]
fn a_first_gate_that_falls_while_the_second_is_answered_does_not_help_it() {
    let mut story = Story::with_gates(2);
    story.passes(Method::Email);
    story.chooses(Method::AppCode, None, 1);
    let elsewhere = fixture::mailbox("eve@evil.example");
    fixture::change_contact(&mut story.facts, Method::Email, &elsewhere);
    story.does(Input::Answer(Answer::App(Some(7))));
    assert!(story.is_choosing());
    assert_eq!(story.journey.passed().len(), 1);
}

type Restriction = (fn(&mut Facts), Outcome);

fn restrictions() -> [Restriction; 8] {
    [
        (|facts| facts.account.enabled = false, Outcome::NotVerified),
        (
            |facts| edit_policy(facts, |policy| policy.values.enabled = Enabled::None),
            Outcome::Refused(SsprCode::TenantSSPRFlagDisabled),
        ),
        (|facts| facts.policy = None, Outcome::Refused(SsprCode::SsprNotEnabledInUserPolicy)),
        (
            |facts| edit_policy(facts, |policy| policy.values.enabled = Enabled::Selected),
            Outcome::Refused(SsprCode::UserNotMemberOfScopedAccessGroup),
        ),
        (|facts| facts.tenant.plan = TenantPlan::Licensed(Plan::P1), Outcome::Refused(SsprCode::UserNotLicensed)),
        (|facts| facts.registrations.clear(), Outcome::Refused(SsprCode::UserNotProperlyConfigured)),
        (
            |facts| edit_policy(facts, |policy| policy.values.methods = vec![Method::Email]),
            Outcome::Refused(SsprCode::UserNotProperlyConfigured),
        ),
        (
            |facts| facts.attempts.0.extend((1..6).map(|second| (Family::Account, at(second)))),
            Outcome::Throttled { until: at(5 + 86_400) },
        ),
    ]
}

/// Every restriction, set while a journey stands at each of its steps, counts at the next move.
#[test]
fn a_restriction_in_the_middle_stops_the_journey_at_its_next_move() {
    let stands: [fn(&mut Story); 4] = [
        |_| {},
        |story| drop(story.chooses(Method::Email, None, 1)),
        |story| drop(story.passes(Method::Email)),
        |story| {
            story.passes(Method::Email);
            story.passes(Method::AppCode);
        },
    ];
    for (restrict, outcome) in restrictions() {
        for stand in stands {
            let mut story = Story::with_gates(2);
            stand(&mut story);
            story.waits(10);
            restrict(&mut story.facts);
            assert!(!matches!(story.journey.state, State::Closed(_)));
            let step = if story.challenge().is_some() { story.types(1) } else { story.submits(1) };
            assert_eq!(story.outcome(), Some(outcome));
            assert!(!written(&step) && !step.activity.is_empty());
        }
    }
}

#[test]
fn the_journey_that_completes_a_block_by_beginning_goes_on() {
    let mut story = Story::with_gates(1);
    story.facts.attempts.0 = (0..5).map(|minute| (Family::Account, at(60 * minute - 240))).collect();
    story.passes(Method::Email);
    assert!(story.is_proven());
}

#[test]
fn a_second_gate_asked_for_in_the_middle_must_be_passed() {
    let mut story = Story::with_gates(1);
    story.passes(Method::Email);
    edit_policy(&mut story.facts, |policy| policy.values.required = 2);
    assert!(!written(&story.submits(1)) && story.is_choosing());
    story.passes(Method::AppCode);
    assert!(written(&story.submits(2)));
    let mut story = Story::with_gates(2);
    edit_policy(&mut story.facts, |policy| policy.values.required = 1);
    story.passes(Method::Email);
    assert!(story.is_choosing(), "a looser policy helps only the next journey");
}

#[test]
fn a_role_given_in_the_middle_brings_the_administrator_policy() {
    let mut story = Story::with_gates(2);
    story.passes(Method::Email);
    story.passes(Method::Questions);
    story.facts.account.roles = vec![Role::UserAdministrator];
    assert!(!written(&story.submits(1)) && story.is_choosing());
    assert_eq!(story.journey.passed().len(), 1, "the questions fell");
}

#[test]
fn a_journey_lapses_at_its_deadline_whatever_is_asked() {
    let mut story = Story::proven();
    story.waits(899);
    assert_eq!(story.outcome(), None);
    story.waits(1);
    assert_eq!(story.outcome(), Some(Outcome::Lapsed));
    let step = story.submits(1);
    assert_eq!(story.journey.state, State::Closed(Outcome::Lapsed));
    assert!(!written(&step));
}

#[test]
fn a_lost_directory_stops_a_journey_under_way() {
    let mut story = Story::of(far());
    story.passes(Method::Email);
    story.facts.directory = Directory::Unreachable(Cause::DirectoryUnreachable);
    story.passes(Method::AppCode);
    assert_eq!(story.outcome(), Some(Outcome::Refused(SsprCode::OnPremisesConnectivityError)));
}
