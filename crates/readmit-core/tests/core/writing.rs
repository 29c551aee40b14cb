//! From the new password to the receipt.

use crate::fixture;
use crate::fixture::at;
use crate::fixture::edit_policy;
use crate::story::Story;
use crate::story::far;
use crate::story::hashed;
use crate::story::reasons;
use crate::story::written;
use readmit_core::activity::ActivityName;
use readmit_core::activity::Reason;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::decision::Facts;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Effect;
use readmit_core::journey::Input;
use readmit_core::journey::Issue;
use readmit_core::journey::Outcome;
use readmit_core::journey::PasswordVerdict;
use readmit_core::journey::State;
use readmit_core::order::Aim;
use readmit_core::order::Candidate;
use readmit_core::order::Receipt;
use readmit_core::order::SealedPassword;
use readmit_core::registration::Method;

#[test]
fn a_refused_password_changes_nothing() {
    for (verdict, reason) in [
        (PasswordVerdict::Refused, Reason::PasswordRefused),
        (PasswordVerdict::Banned, Reason::FuzzyPolicyViolationInvalidPassword),
    ] {
        let mut story = Story::proven();
        let step = story.hands_in(1, hashed(), verdict);
        assert_eq!((step.issue, reasons(&step)), (Some(Issue::PasswordRefused), vec![reason]));
        assert!(step.effects.is_empty() && story.is_proven());
        assert!(written(&story.submits(1)), "its number was not used");
    }
}

#[test]
fn a_reset_without_a_password_is_no_move() {
    let mut story = Story::proven();
    let step = story.hands_in(1, Candidate::Nothing, PasswordVerdict::Accepted);
    assert_eq!((step.issue, written(&step)), (Some(Issue::NotNow), false));
}

#[test]
fn an_order_number_is_used_once() {
    let mut story = Story::writing(far());
    story.hears(1, Receipt::Withdrawn);
    assert_eq!(story.submits(1).issue, Some(Issue::NotNow));
    assert!(written(&story.submits(2)));
    assert_eq!(story.hears(1, Receipt::Applied).issue, Some(Issue::NotNow), "a stale receipt");
    assert!(matches!(story.journey.state, State::Writing { .. }));
}

#[test]
fn the_proof_names_what_was_passed() {
    let mut story = Story::with_gates(2);
    story.passes(Method::Email);
    story.passes(Method::AppCode);
    let step = story.submits(1);
    let Some(Effect::Write(order)) = step.effects.first() else { panic!("nothing written") };
    let methods: Vec<Method> = order.proof.gates().iter().map(|gate| gate.method).collect();
    assert_eq!(methods, [Method::Email, Method::AppCode]);
    assert_eq!((order.id, order.account, order.aim), (fixture::order(1), story.facts.account.id, Aim::Reset));
}

#[test]
fn each_receipt_leads_where_it_must() {
    let code = SsprCode::OnPremisesAdminActionRequired;
    let rule = Cause::OnpremPolicyHistory;
    let proven = [
        (Receipt::AgainstPolicy(rule), Issue::DirectoryPolicy(rule)),
        (Receipt::Withdrawn, Issue::NotChanged),
        (Receipt::NotApplied, Issue::NotChanged),
    ];
    for (receipt, issue) in proven {
        let mut story = Story::writing(far());
        assert_eq!(story.hears(1, receipt).issue, Some(issue));
        assert!(story.is_proven() && story.journey.passed().len() == 2);
    }
    let mut story = Story::writing(far());
    story.hears(1, Receipt::Refused(code));
    assert_eq!(story.outcome(), Some(Outcome::Refused(code)));
}

#[test]
fn while_an_order_is_out_neither_time_nor_policy_nor_person_ends_the_journey() {
    let mut story = Story::writing(far());
    story.waits(3_600);
    story.facts.account.enabled = false;
    let before = story.journey.clone();
    assert!(story.does(Input::Look).activity.is_empty());
    for input in [Input::Cancel, Input::AnotherWay, Input::Answer(Answer::Misfit)] {
        assert_eq!(story.does(input).issue, Some(Issue::NotNow));
    }
    assert_eq!(story.hears(2, Receipt::Applied).issue, Some(Issue::NotNow), "another order's receipt");
    assert_eq!((&story.journey, story.outcome()), (&before, None));
    story.hears(1, Receipt::Applied);
    assert_eq!(story.outcome(), Some(Outcome::Reset));
}

#[test]
fn silence_is_reconciled_and_told_as_it_is() {
    for (receipt, outcome) in [
        (Receipt::Applied, Outcome::Reset),
        (Receipt::NotApplied, Outcome::NotApplied),
        (Receipt::Refused(SsprCode::OnPremisesAdminActionRequired), Outcome::NotApplied),
    ] {
        let mut story = Story::writing(far());
        let step = story.hears(1, Receipt::Silent);
        assert!(matches!(step.effects[..], [Effect::Reconcile(order)] if order == fixture::order(1)));
        story.waits(3_600);
        assert_eq!(story.outcome(), None, "it never lapses");
        assert_eq!(story.hears(1, Receipt::Silent).issue, Some(Issue::NotNow));
        let step = story.hears(1, receipt);
        assert_eq!(story.outcome(), Some(outcome));
        assert!(matches!(step.effects.first(), Some(Effect::NotifyUser(_))));
    }
}

#[test]
fn a_late_receipt_does_not_reopen_a_closed_journey() {
    let mut story = Story::writing(far());
    story.hears(1, Receipt::Applied);
    let closed = story.journey.clone();
    for receipt in [Receipt::Withdrawn, Receipt::Silent, Receipt::Applied] {
        assert_eq!(story.hears(1, receipt).issue, Some(Issue::NotNow));
    }
    assert_eq!(story.journey, closed);
}

#[test]
fn an_unlock_is_offered_only_where_there_is_something_to_unlock() {
    let begin = |facts: &Facts| journey::begin(&fixture::asked(fixture::owner(facts), Aim::Unlock), facts, at(0)).next;
    let mut facts = far();
    assert_eq!(begin(&facts).head.aim, Aim::Reset, "not allowed");
    edit_policy(&mut facts, |policy| policy.values.unlock_without_reset = true);
    let journey = begin(&facts);
    assert_eq!(journey.head.aim, Aim::Unlock);
    let cloud = fixture::facts_with(|facts| edit_policy(facts, |policy| policy.values.unlock_without_reset = true));
    assert_eq!(begin(&cloud).head.aim, Aim::Reset, "a cloud account is never locked");
    let mut story = Story { facts, now: at(0), journey };
    story.passes(Method::Email);
    story.passes(Method::AppCode);
    let sealed = Candidate::Sealed(vec![SealedPassword(vec![1])]);
    assert_eq!(story.hands_in(1, sealed, PasswordVerdict::Accepted).issue, Some(Issue::NotNow));
    edit_policy(&mut story.facts, |policy| policy.values.unlock_without_reset = false);
    let step = story.hands_in(1, Candidate::Nothing, PasswordVerdict::Accepted);
    assert!(!written(&step) && step.issue == Some(Issue::NotOffered), "switched off in the middle");
    edit_policy(&mut story.facts, |policy| policy.values.unlock_without_reset = true);
    assert!(written(&story.hands_in(1, Candidate::Nothing, PasswordVerdict::Accepted)));
    let step = story.hears(1, Receipt::Applied);
    assert_eq!((story.outcome(), step.activity[0].name), (Some(Outcome::Unlocked), ActivityName::UnlockAccount));
}
