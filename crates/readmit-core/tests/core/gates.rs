//! One gate: numbers, codes, tries, waits, blocks, help.

use crate::fixture;
use crate::fixture::at;
use crate::fixture::edit_policy;
use crate::fixture::keep;
use crate::story::Story;
use crate::story::reasons;
use crate::story::sends;
use crate::story::uniform;
use crate::story::written;
use readmit_core::activity::ActivityName;
use readmit_core::activity::Reason;
use readmit_core::code::SsprCode;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Effect;
use readmit_core::journey::Guess;
use readmit_core::journey::Input;
use readmit_core::journey::Issue;
use readmit_core::journey::Notice;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::order::Aim;
use readmit_core::policy::Disclosure;
use readmit_core::preset::Preset;
use readmit_core::registration::Family;
use readmit_core::registration::Method;

#[test]
fn a_refused_beginning_is_a_closed_journey_with_its_code_in_the_audit() {
    let facts = fixture::facts_with(|facts| facts.policy = None);
    let step = journey::begin(&fixture::asked(fixture::owner(&facts), Aim::Reset), &facts, at(0));
    let code = SsprCode::SsprNotEnabledInUserPolicy;
    assert_eq!(step.next.state, State::Closed(Outcome::Refused(code)));
    assert_eq!(step.activity[0].code, Some(code));
}

#[test]
fn a_throttled_beginning_says_which_family_and_until_when() {
    let facts = fixture::facts_with(|facts| {
        keep(facts, &[Method::Email, Method::Sms]);
        facts.attempts.0.extend((0..5).map(|minute| (Family::Phone, at(60 * minute))));
    });
    let step = journey::begin(&fixture::asked(fixture::owner(&facts), Aim::Reset), &facts, at(300));
    let until = at(240 + 86_400);
    assert_eq!(step.next.state, State::Closed(Outcome::Throttled { until }));
    assert_eq!((step.activity[0].name, step.activity[0].reason), (ActivityName::Blocked, Reason::TooManyPhoneAttempts));
}

#[test]
fn a_wrong_number_is_told_where_the_policy_is_helpful() {
    let mut story = Story::with_gates(1);
    for typed in [Some("+44 7700900124"), Some(""), Some("123"), None] {
        let step = story.chooses(Method::Sms, typed, 1);
        assert_eq!((step.issue, step.guess), (Some(Issue::PhoneMismatch), Some(Guess::Wrong)));
        assert!(step.effects.is_empty() && story.is_choosing());
    }
    let step = story.chooses(Method::Sms, Some("0044 7700-900123"), 1);
    assert_eq!((step.issue, step.guess, sends(&step)), (None, Some(Guess::Right), 1));
}

#[test]
fn a_wrong_number_looks_like_a_right_one_where_the_policy_is_discreet() {
    let play = |number| {
        let mut story = Story::with_gates(1);
        uniform(&mut story.facts);
        let first = story.chooses(Method::Sms, Some(number), 1);
        if sends(&first) > 0 {
            story.facts.sends.push((fixture::id(Method::Sms), story.now));
        }
        let again = story.does(Input::Resend(fixture::fresh(2)));
        let code = story.types(9);
        story.waits(10);
        let later = story.does(Input::Resend(fixture::fresh(3)));
        let seen = (first.issue, again.issue, code.issue, later.issue, story.tries_left());
        (seen, sends(&first) + sends(&later), first.guess)
    };
    let (right, wrong) = (play(fixture::MOBILE), play("+44 7700900124"));
    assert_eq!(right.0, wrong.0);
    assert_eq!((right.1, wrong.1), (2, 0));
    assert_eq!((right.2, wrong.2), (Some(Guess::Right), Some(Guess::Wrong)));
}

#[test]
fn a_discreet_journey_stays_discreet_under_a_helpful_policy() {
    let mut story = Story::with_gates(1);
    story.journey.head.disclosure = Disclosure::Uniform;
    let step = story.chooses(Method::Sms, Some("+44 7700900124"), 1);
    assert_eq!((step.issue, sends(&step), story.tries_left()), (None, 0, Some(3)));
}

#[test]
fn after_a_wrong_number_no_code_is_right() {
    let mut story = Story::with_gates(1);
    uniform(&mut story.facts);
    story.chooses(Method::Sms, Some("+44 7700900124"), 1);
    assert_eq!(story.types(1).issue, Some(Issue::WrongAnswer { tries_left: 2 }));
    story.waits(10);
    story.does(Input::Resend(fixture::fresh(2)));
    assert_eq!(story.types(2).issue, Some(Issue::WrongAnswer { tries_left: 1 }));
}

#[test]
fn three_wrong_answers_burn_the_challenge() {
    let mut story = Story::with_gates(1);
    story.chooses(Method::Email, None, 1);
    assert_eq!(story.types(8).issue, Some(Issue::WrongAnswer { tries_left: 2 }));
    assert_eq!(story.does(Input::Answer(Answer::Misfit)).issue, Some(Issue::WrongAnswer { tries_left: 1 }));
    let step = story.types(9);
    assert_eq!(step.issue, Some(Issue::Burnt));
    assert_eq!(reasons(&step), [Reason::WrongAnswer, Reason::ChallengeBurnt]);
    assert_eq!(story.types(1).issue, Some(Issue::NotNow), "the right code comes too late");
}

#[test]
fn a_new_code_kills_the_old_one_and_gives_no_try_back() {
    let mut story = Story::with_gates(1);
    story.chooses(Method::Email, None, 1);
    story.types(9);
    story.waits(10);
    assert_eq!(sends(&story.does(Input::Resend(fixture::fresh(2)))), 1);
    assert_eq!(story.tries_left(), Some(2));
    assert_eq!(story.types(1).issue, Some(Issue::WrongAnswer { tries_left: 1 }));
    assert_eq!(story.types(2).issue, None);
    assert!(story.is_proven());
}

#[test]
fn sends_to_one_contact_wait() {
    let mut story = Story::with_gates(1);
    story.facts.sends.push((fixture::id(Method::Email), at(-5)));
    let step = story.chooses(Method::Email, None, 1);
    assert_eq!((step.issue, sends(&step)), (Some(Issue::SendWait(at(5))), 0));
    assert!(story.is_choosing());
    story.waits(5);
    story.chooses(Method::Email, None, 2);
    let step = story.does(Input::Resend(fixture::fresh(3)));
    assert_eq!((step.issue, sends(&step)), (Some(Issue::SendWait(at(15))), 0));
    assert_eq!(story.types(2).issue, None, "the code that went out still counts");
}

#[test]
fn five_messages_an_hour_go_to_one_contact_but_ten_in_the_preset_of_the_reference() {
    let mut story = Story::with_gates(1);
    story.facts.sends = (0..5).map(|minute| (fixture::id(Method::Email), at(60 * minute - 300))).collect();
    assert_eq!(story.chooses(Method::Email, None, 1).issue, Some(Issue::SendWait(at(3_300))));
    edit_policy(&mut story.facts, |policy| policy.preset = Preset::Entra);
    assert_eq!(story.chooses(Method::Email, None, 1).issue, None);
}

#[test]
fn a_code_expires_and_what_does_not_travel_lasts_as_long_as_the_journey() {
    let mut story = Story::with_gates(1);
    story.chooses(Method::Email, None, 1);
    story.waits(299);
    assert_eq!(story.challenge().map(|challenge| challenge.expires_at), Some(at(300)));
    story.waits(1);
    let step = story.types(1);
    assert_eq!((step.issue, step.guess), (Some(Issue::CodeExpired), None));
    story.chooses(Method::AppCode, None, 2);
    assert_eq!(story.challenge().map(|challenge| challenge.expires_at), Some(at(900)));
    story.waits(599);
    story.does(Input::Answer(Answer::App(Some(7))));
    assert!(story.is_proven());
}

#[test]
fn the_fifth_wrong_answer_closes_the_family_in_the_same_move() {
    let mut story = Story::with_gates(1);
    story.facts.attempts.0 = (0..4).map(|minute| (Family::Email, at(60 * minute - 600))).collect();
    story.chooses(Method::Email, None, 1);
    let step = story.types(9);
    let until = at(86_400);
    assert_eq!(step.issue, Some(Issue::FamilyBlocked { family: Family::Email, until }));
    assert!(story.is_choosing());
    assert!(matches!(step.effects[..], [Effect::NotifyUser(Notice::Blocked(Family::Email))]));
    assert_eq!(reasons(&step), [Reason::WrongAnswer, Reason::TooManyEmailAttempts]);
    story.facts.attempts.0.push((Family::Email, at(0)));
    assert_eq!(story.chooses(Method::Email, None, 2).issue, step.issue);
    assert!(story.passes(Method::AppCode).issue.is_none(), "the other ways stay open");
}

#[test]
fn the_fifth_wrong_number_closes_the_phone() {
    for disclosure in [Disclosure::Helpful, Disclosure::Uniform] {
        let mut story = Story::with_gates(1);
        edit_policy(&mut story.facts, |policy| policy.values.disclosure = disclosure);
        story.facts.attempts.0 = (0..4).map(|minute| (Family::Phone, at(60 * minute - 600))).collect();
        let step = story.chooses(Method::Sms, Some("+44 7700900124"), 1);
        assert!(matches!(step.issue, Some(Issue::FamilyBlocked { family: Family::Phone, .. })));
        assert!(story.is_choosing() && sends(&step) == 0);
    }
}

#[test]
fn the_fifth_attempt_may_still_be_right() {
    let mut story = Story::with_gates(1);
    story.facts.attempts.0 = (0..4).map(|minute| (Family::Email, at(60 * minute - 600))).collect();
    assert_eq!(story.passes(Method::Email).guess, Some(Guess::Right));
    assert!(story.is_proven());
}

#[test]
fn under_a_block_nothing_is_compared() {
    let mut story = Story::with_gates(1);
    story.chooses(Method::Email, None, 1);
    story.facts.attempts.0 = (0..5).map(|minute| (Family::Email, at(60 * minute - 600))).collect();
    let step = story.types(1);
    assert!(matches!(step.issue, Some(Issue::FamilyBlocked { family: Family::Email, .. })));
    assert_eq!((step.guess, story.is_choosing()), (None, true));
}

#[test]
fn questions_come_second_and_alone_only_in_the_preset_of_the_reference() {
    let mut story = Story::with_gates(2);
    assert_eq!(story.chooses(Method::Questions, None, 1).issue, Some(Issue::NotOffered));
    story.passes(Method::Email);
    story.passes(Method::Questions);
    assert!(story.is_proven());
    let mut story = Story::with_gates(1);
    edit_policy(&mut story.facts, |policy| policy.preset = Preset::Entra);
    story.passes(Method::Questions);
    assert!(story.is_proven());
    edit_policy(&mut story.facts, |policy| policy.preset = Preset::Recommended);
    let step = story.submits(1);
    assert!(!written(&step) && story.is_choosing(), "the stricter preset of today wins");
}

#[test]
fn answers_to_no_questions_at_all_are_wrong() {
    let mut story = Story::with_gates(2);
    story.passes(Method::Email);
    let mut fresh = fixture::fresh(2);
    fresh.questions.clear();
    story.does(Input::Choose { registration: fixture::id(Method::Questions), typed_phone: None, fresh });
    let step = story.does(Input::Answer(Answer::Questions(true)));
    assert_eq!(step.issue, Some(Issue::WrongAnswer { tries_left: 2 }));
}

#[test]
fn each_time_step_of_an_authenticator_is_accepted_once_and_none_before_it() {
    let app = |last, given| {
        let mut story = Story::with_gates(1);
        story.facts.registrations.iter_mut().for_each(|one| one.last_step = last);
        story.chooses(Method::AppCode, None, 1);
        let step = story.does(Input::Answer(Answer::App(given)));
        (step.guess, step.effects.len(), story.is_proven())
    };
    assert_eq!(app(None, Some(7)), (Some(Guess::Right), 1, true));
    assert_eq!(app(Some(6), Some(7)), (Some(Guess::Right), 1, true));
    assert_eq!(app(Some(7), Some(7)), (Some(Guess::Wrong), 0, false));
    assert_eq!(app(Some(8), Some(7)), (Some(Guess::Wrong), 0, false));
    assert_eq!(app(None, None), (Some(Guess::Wrong), 0, false));
}

#[test]
fn an_answer_of_another_kind_is_wrong() {
    let mut story = Story::with_gates(1);
    story.chooses(Method::Email, None, 1);
    assert_eq!(story.does(Input::Answer(Answer::Questions(true))).guess, Some(Guess::Wrong));
    assert_eq!(story.does(Input::Answer(Answer::App(Some(7)))).guess, Some(Guess::Wrong));
}

#[test]
fn help_is_asked_for_from_ten_seconds_after_a_send() {
    let mut story = Story::with_gates(2);
    assert_eq!(story.does(Input::AskHelpdesk).effects.len(), 1, "nothing was sent yet");
    story.chooses(Method::Email, None, 1);
    story.waits(9);
    let before = story.journey.clone();
    let step = story.does(Input::AskHelpdesk);
    assert_eq!((step.issue, step.effects.len()), (Some(Issue::SendWait(at(10))), 0));
    assert_eq!((story.journey.clone(), step.activity.len()), (before, 1));
    story.waits(1);
    let step = story.does(Input::AskHelpdesk);
    assert!(step.issue.is_none() && matches!(step.effects[..], [Effect::AskHelpdesk]));
}

#[test]
fn help_is_asked_for_at_once_where_nothing_travels_and_from_every_end() {
    let mut story = Story::with_gates(1);
    story.chooses(Method::AppCode, None, 1);
    assert!(matches!(story.does(Input::AskHelpdesk).effects[..], [Effect::AskHelpdesk]));
    story.does(Input::Cancel);
    let step = story.does(Input::AskHelpdesk);
    assert!(matches!(step.effects[..], [Effect::AskHelpdesk]));
    assert_eq!(story.outcome(), Some(Outcome::Cancelled));
}

#[test]
fn one_gate_in_the_strict_preset_has_a_code_of_eight_digits() {
    let digits = |gates| {
        let mut story = Story::with_gates(gates);
        edit_policy(&mut story.facts, |policy| policy.preset = Preset::Strict);
        story.chooses(Method::Email, None, 1);
        story.challenge().map(|challenge| challenge.digits)
    };
    assert_eq!((digits(1), digits(2)), (Some(8), Some(6)));
}
