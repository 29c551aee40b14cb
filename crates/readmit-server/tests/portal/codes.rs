//! The life of a code: replaced, burnt, expired, and bound to its own journey.

use jiff::SignedDuration;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use serde_json::json;

use crate::gates::all_methods;
use crate::gates::registers;
use crate::journeys::NEW_PASSWORD;
use crate::stage::Stage;
use crate::visitor::Visitor;

#[tokio::test]
async fn a_new_code_kills_the_old_one_and_keeps_the_tries() {
    let stage = all_methods(1).await;
    let account = stage.person("robin").await;
    registers(&stage, &account, Method::Email).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    visitor.chooses("email", None).await;
    let first = stage.code_to("robin@private.example").await;
    visitor.answers(&other_than(&first)).await;
    stage.wait(SignedDuration::from_secs(10));
    let view = visitor.moves("resend", json!({})).await.view();
    assert_eq!(view["challenge"]["tries_left"], 2);
    let second = stage.code_to("robin@private.example").await;
    assert_ne!(first, second);
    assert_eq!(visitor.answers(&first).await.status, 422);
    assert_eq!(visitor.answers(&second).await.page(), "password");
}

/// A code that is certainly wrong.
pub(crate) fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

#[tokio::test]
async fn three_wrong_answers_burn_a_code_for_good() {
    let stage = all_methods(1).await;
    let account = stage.person("robin").await;
    registers(&stage, &account, Method::Email).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    visitor.chooses("email", None).await;
    let code = stage.code_to("robin@private.example").await;
    for left in [2, 1] {
        assert_eq!(visitor.answers(&other_than(&code)).await.view()["challenge"]["tries_left"], left);
    }
    let burnt = visitor.answers(&other_than(&code)).await;
    assert_eq!(
        (burnt.status.as_u16(), burnt.page().as_str(), burnt.json()["fields"][0]["rule"].as_str()),
        (422, "choose", Some("burnt"))
    );
    assert_eq!(visitor.answers(&code).await.status, 409, "nothing is asked now");
    stage.wait(SignedDuration::from_secs(10));
    visitor.chooses("email", None).await;
    assert_eq!(visitor.answers(&code).await.status, 422, "and the new challenge does not know it");
}

#[tokio::test]
async fn a_code_ends_after_five_minutes_and_its_end_costs_nothing() {
    let stage = all_methods(1).await;
    let account = stage.person("robin").await;
    registers(&stage, &account, Method::Email).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    for _ in 0..2 {
        visitor.chooses("email", None).await;
        let code = stage.code_to("robin@private.example").await;
        stage.wait(SignedDuration::from_secs(300));
        let late = visitor.answers(&code).await;
        assert_eq!(
            (late.status.as_u16(), late.json()["fields"][0]["rule"].as_str()),
            (422, Some("expired")),
            "{}",
            late.body
        );
    }
    visitor.chooses("email", None).await;
    let code = stage.code_to("robin@private.example").await;
    stage.wait(SignedDuration::from_secs(299));
    assert_eq!(visitor.answers(&code).await.page(), "password");
}

#[tokio::test]
async fn the_code_of_one_journey_opens_no_other() {
    let stage = all_methods(1).await;
    let account = stage.person("robin").await;
    registers(&stage, &account, Method::Email).await;
    let stranger = stage.person("eve").await;
    stage.registers_email(&stranger, "eve@private.example").await;
    let mut codes = Vec::new();
    let mut visitors = Vec::new();
    for (user, to) in
        [("robin", "robin@private.example"), ("robin", "robin@private.example"), ("eve", "eve@private.example")]
    {
        let mut visitor = Visitor::of(&stage);
        visitor.begins(&format!("{user}@larkfield.example")).await;
        visitor.chooses("email", None).await;
        codes.push(stage.code_to(to).await);
        visitors.push(visitor);
        stage.wait(SignedDuration::from_secs(10));
    }
    for code in [&codes[0], &codes[2]] {
        assert_eq!(visitors[1].answers(code).await.status, 422);
    }
    assert_eq!(visitors[1].answers(&codes[1]).await.page(), "password");
    assert_eq!(visitors[0].answers(&codes[0]).await.page(), "password");
    assert_eq!(visitors[0].sets(NEW_PASSWORD).await.status, 422, "three kinds of signs here");
}

#[tokio::test]
async fn one_strict_gate_asks_eight_digits() {
    let stage = Stage::with(Preset::Strict, |values| values.required = 1).await;
    let account = stage.person("robin").await;
    registers(&stage, &account, Method::Email).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    assert_eq!(visitor.chooses("email", None).await.view()["challenge"]["digits"], 8);
    let code = stage.code_to("robin@private.example").await;
    assert_eq!(code.len(), 8);
    assert_eq!(visitor.answers(&code[..6]).await.json()["fields"][0]["rule"], "shape");
    assert_eq!(visitor.answers(&code).await.page(), "password");
}
