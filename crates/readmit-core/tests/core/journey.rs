//! How journeys begin, go on and end.

use crate::fixture;
use crate::fixture::at;
use crate::fixture::keep;
use crate::story::Story;
use crate::story::sends;
use crate::story::written;
use readmit_core::activity::ActivityName;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Effect;
use readmit_core::journey::Guess;
use readmit_core::journey::Input;
use readmit_core::journey::Issue;
use readmit_core::journey::Notice;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::journey::Subject;
use readmit_core::order::Aim;
use readmit_core::order::Receipt;
use readmit_core::registration::Family;
use readmit_core::registration::Method;

#[test]
fn two_gates_and_a_password_reset_it() {
    let mut story = Story::with_gates(2);
    assert_eq!(sends(&story.chooses(Method::Email, None, 1)), 1);
    assert_eq!(story.types(1).guess, Some(Guess::Right));
    assert!(story.is_choosing());
    story.passes(Method::Sms);
    assert!(story.is_proven());
    assert!(written(&story.submits(1)));
    let step = story.hears(1, Receipt::Applied);
    assert_eq!(story.outcome(), Some(Outcome::Reset));
    assert_eq!(step.activity[0].name, ActivityName::ResetPassword);
    assert!(matches!(step.effects[..], [Effect::NotifyUser(Notice::PasswordReset), Effect::NotifyAdmins]));
}

#[test]
fn an_unknown_user_is_not_verified() {
    let step = journey::unknown(&fixture::asked(Subject::Decoy, Aim::Reset), at(0));
    assert_eq!(step.next.state, State::Closed(Outcome::NotVerified));
}

#[test]
fn another_way_leads_back_and_keeps_the_gates_passed() {
    let mut story = Story::with_gates(2);
    story.passes(Method::Email);
    story.chooses(Method::AppCode, None, 2);
    story.does(Input::AnotherWay);
    assert!(story.is_choosing());
    assert_eq!(story.journey.passed().len(), 1);
    assert_eq!(story.does(Input::AnotherWay).issue, Some(Issue::NotNow));
}

#[test]
fn one_proof_never_counts_twice() {
    let mut story = Story::with_gates(2);
    story.passes(Method::Sms);
    for method in [Method::Sms, Method::VoiceMobile] {
        let step = story.chooses(method, Some(fixture::MOBILE), 2);
        assert_eq!((step.issue, sends(&step)), (Some(Issue::NotOffered), 0), "{}", method.name());
    }
    assert_eq!(story.types(1).issue, Some(Issue::NotNow));
    assert_eq!(story.submits(1).issue, Some(Issue::NotNow));
    assert_eq!(story.journey.passed().len(), 1);
}

#[test]
fn what_is_not_on_file_or_not_allowed_cannot_be_chosen() {
    let mut story = Story::of(fixture::facts());
    assert_eq!(story.chooses(Method::Questions, None, 1).issue, Some(Issue::NotOffered), "not allowed");
    keep(&mut story.facts, &[Method::Email, Method::AppCode]);
    assert_eq!(story.chooses(Method::Sms, Some(fixture::MOBILE), 1).issue, Some(Issue::NotOffered), "gone");
}

#[test]
fn a_cancelled_journey_is_closed() {
    let mut story = Story::with_gates(2);
    story.does(Input::Cancel);
    assert_eq!(story.outcome(), Some(Outcome::Cancelled));
    assert_eq!(story.passes(Method::Email).issue, Some(Issue::NotNow));
}

#[test]
fn what_a_move_counts_is_known_before_it_is_judged() {
    let mut story = Story::with_gates(2);
    let choose =
        |method| Input::Choose { registration: fixture::id(method), typed_phone: None, fresh: fixture::fresh(1) };
    let counts = |story: &Story, input: &Input| story.journey.counts(input, &story.facts).map(|(family, _)| family);
    assert_eq!(counts(&story, &choose(Method::Sms)), Some(Family::Phone));
    assert_eq!(counts(&story, &choose(Method::Email)), None);
    assert_eq!(counts(&story, &Input::Answer(Answer::Misfit)), None);
    story.chooses(Method::Email, None, 1);
    assert_eq!(counts(&story, &Input::Answer(Answer::Misfit)), Some(Family::Email));
    assert_eq!(counts(&story, &choose(Method::Sms)), None);
    assert_eq!(counts(&story, &Input::Resend(fixture::fresh(2))), None);
}
