//! Stored journeys of every released version: each is read, means what it meant, and is written again byte for byte.

use crate::fixture;
use crate::fixture::at;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::decision::Facts;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Input;
use readmit_core::journey::Journey;
use readmit_core::journey::Outcome;
use readmit_core::journey::PasswordVerdict;
use readmit_core::journey::State;
use readmit_core::journey::Subject;
use readmit_core::order::Aim;
use readmit_core::order::Candidate;
use readmit_core::order::PasswordHash;
use readmit_core::order::Receipt;
use readmit_core::registration::Method;

/// A journey played from the beginning.
fn played(facts: &Facts, inputs: Vec<Input>) -> Journey {
    let begun = journey::begin(&fixture::asked(fixture::owner(facts), Aim::Reset), facts, at(0)).next;
    inputs.into_iter().fold(begun, |journey, input| journey.step(input, facts, at(20)).next)
}

fn choose(method: Method, phone: Option<&str>) -> Input {
    let typed_phone = phone.map(ToOwned::to_owned);
    Input::Choose { registration: fixture::id(method), typed_phone, fresh: fixture::fresh(1) }
}

fn first_gate() -> Vec<Input> {
    vec![choose(Method::Sms, Some(fixture::MOBILE)), Input::Answer(Answer::Code(fixture::digest(1)))]
}

fn proof() -> Vec<Input> {
    let mut inputs = first_gate();
    inputs.extend([choose(Method::Email, None), Input::Answer(Answer::Code(fixture::digest(1)))]);
    inputs
}

fn order() -> Vec<Input> {
    let candidate = Candidate::Hashed(PasswordHash::new("$argon2id$new".to_owned()));
    let mut inputs = proof();
    inputs.push(Input::NewPassword { order: fixture::order(1), candidate, verdict: PasswordVerdict::Accepted });
    inputs
}

fn then(mut inputs: Vec<Input>, receipt: Receipt) -> Vec<Input> {
    inputs.push(Input::Receipt { order: fixture::order(1), receipt });
    inputs
}

fn questions(facts: &mut Facts) {
    fixture::edit_policy(facts, |policy| policy.values.methods = Method::ALL.to_vec());
}

/// One more way of reading a file than by its text: the journey that it must hold.
fn check(file: &str, journey: &Journey) {
    let text = file.trim_end();
    assert_eq!(journey.to_json().as_deref().ok(), Some(text));
    assert_eq!(Journey::from_json(text).as_ref().ok(), Some(journey));
}

#[test]
fn choosing() {
    check(include_str!("golden/v1-choosing.json"), &played(&fixture::facts(), first_gate()));
}

#[test]
fn challenged() {
    let journey = played(&fixture::facts(), vec![choose(Method::Email, None)]);
    check(include_str!("golden/v1-challenged.json"), &journey);
}

#[test]
fn challenged_with_questions() {
    let mut inputs = first_gate();
    inputs.push(choose(Method::Questions, None));
    let journey = played(&fixture::facts_with(questions), inputs);
    check(include_str!("golden/v1-challenged-questions.json"), &journey);
}

#[test]
fn proven() {
    check(include_str!("golden/v1-proven.json"), &played(&fixture::facts(), proof()));
}

#[test]
fn proven_again_after_a_refusal_of_the_directory() {
    let journey = played(&fixture::facts(), then(order(), Receipt::AgainstPolicy(Cause::OnpremPolicyAge)));
    check(include_str!("golden/v1-proven-again.json"), &journey);
}

#[test]
fn writing() {
    check(include_str!("golden/v1-writing.json"), &played(&fixture::facts(), order()));
}

#[test]
fn unconfirmed() {
    let journey = played(&fixture::facts(), then(order(), Receipt::Silent));
    check(include_str!("golden/v1-unconfirmed.json"), &journey);
}

#[test]
fn closed() {
    let journey = played(&fixture::facts(), then(order(), Receipt::Applied));
    check(include_str!("golden/v1-closed.json"), &journey);
}

#[test]
fn every_outcome() {
    let outcomes = [
        Outcome::Reset,
        Outcome::Unlocked,
        Outcome::NotApplied,
        Outcome::Refused(SsprCode::OnPremisesAdminActionRequired),
        Outcome::NotVerified,
        Outcome::Throttled { until: at(86_400) },
        Outcome::Lapsed,
        Outcome::Cancelled,
    ];
    let lines: Vec<&str> = include_str!("golden/v1-outcomes.jsonl").lines().collect();
    assert_eq!(lines.len(), outcomes.len());
    for (line, outcome) in lines.into_iter().zip(outcomes) {
        let mut journey = journey::unknown(&fixture::asked(Subject::Decoy, Aim::Unlock), at(0)).next;
        journey.state = State::Closed(outcome);
        check(line, &journey);
    }
}

#[test]
fn a_version_that_is_not_known_is_not_guessed_at() {
    let text = include_str!("golden/v1-choosing.json");
    for other in [text.replace("\"v\":1", "\"v\":2"), text.replace("\"v\":1", "\"v\":1,\"w\":0"), "{}".to_owned()] {
        assert!(Journey::from_json(&other).is_err(), "{other}");
    }
}
