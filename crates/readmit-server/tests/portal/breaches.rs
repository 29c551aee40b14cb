//! Ways in that were found by attacking: each stays shut.

use jiff::SignedDuration;
use readmit_core::policy::Disclosure;
use readmit_core::preset::Preset;
use serde_json::Value;
use serde_json::json;

use crate::stage::Stage;
use crate::visitor::Visitor;

const USER: &str = "robin@larkfield.example";
const MAILBOX: &str = "robin@private.example";
const NOBODY: &str = "nobody@larkfield.example";

async fn uniform() -> Stage {
    Stage::with(Preset::Recommended, |values| values.disclosure = Disclosure::Uniform).await
}

fn copy<'a>(visitor: &Visitor<'a>) -> Visitor<'a> {
    let mut copy = Visitor::of(visitor.stage);
    copy.cookie.clone_from(&visitor.cookie);
    copy.journey.clone_from(&visitor.journey);
    copy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_given_back_in_one_journey_let_no_guess_of_another_be_free() {
    for _ in 0..6 {
        let stage = Stage::with(Preset::Recommended, |values| values.required = 1).await;
        let robin = stage.person("robin").await;
        stage.registers_app(&robin).await;
        let mut pair = Vec::new();
        for _ in 0..2 {
            let mut visitor = Visitor::of(&stage);
            visitor.begins(USER).await;
            visitor.chooses("app_code", None).await;
            pair.push(visitor);
        }
        // Eight tabs of each journey, turn by turn: of each eight one is judged, the others give their count back.
        let mut tabs: Vec<Visitor<'_>> = (0..8).flat_map(|_| pair.iter().map(copy).collect::<Vec<_>>()).collect();
        let guesses = tabs.iter_mut().zip(0..).map(async |(tab, number)| {
            tab.moves("answer", json!({ "step": 2, "code": format!("{number:06}") })).await.status.as_u16()
        });
        let statuses = futures_util::future::join_all(guesses).await;
        assert_eq!(
            stage.count("WrongAnswer").await,
            stage.attempts(&robin).await,
            "{statuses:?} {:?}",
            stage.audit().await
        );
    }
}

#[tokio::test]
async fn a_replaced_token_is_renewed_by_the_answer_alone_not_by_a_step_that_anybody_can_repeat() {
    let stage = Stage::with(Preset::Recommended, |values| values.required = 2).await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    let mut owner = Visitor::of(&stage);
    owner.begins(USER).await;
    owner.chooses("email", None).await;
    let mut old = copy(&owner);
    let code = stage.code_to(MAILBOX).await;
    owner.answers(&code).await;
    let view = owner.chooses("app_code", None).await.view();
    let before = old.cookie.clone();
    let seen = old.sees().await;
    assert_eq!(seen["page"], "challenge", "the old token may still read");
    let methods: Vec<Value> = stage.registrations(&robin).await.iter().map(|one| json!(one.id.to_string())).collect();
    for method_id in methods {
        let step = view["step"].as_i64().unwrap() - 1;
        old.moves("choose", json!({ "step": step, "method_id": method_id })).await;
        assert_eq!(old.cookie, before, "no new token");
    }
}

#[tokio::test]
async fn the_made_up_number_of_a_decoy_agrees_with_nothing_that_is_typed() {
    let stage = uniform().await;
    let mut tried = 0;
    for number in 0..24 {
        let mut visitor = Visitor::of(&stage);
        let view = visitor.begins(&format!("nobody{number}@larkfield.example")).await.view();
        let sms = view["methods"].as_array().unwrap().iter().find(|one| one["asks_phone"] == true).cloned();
        let Some(sms) = sms else { continue };
        let shown = sms["masked"].as_str().unwrap();
        let made_up = format!("+44 77009000{}", &shown[shown.len() - 2..]);
        let before = stage.count("PhoneNumberMismatch").await;
        visitor.chooses(sms["method"].as_str().unwrap(), Some(&made_up)).await;
        assert_eq!(stage.count("PhoneNumberMismatch").await, before + 1, "{made_up}");
        tried += 1;
        stage.wait(SignedDuration::from_mins(3));
    }
    assert!(tried > 0);
}

#[tokio::test]
async fn the_method_ids_of_a_decoy_do_not_tell_one_another() {
    let stage = uniform().await;
    let ids = |view: Value| {
        let methods = view["methods"].as_array().unwrap().clone();
        methods.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = ids(Visitor::of(&stage).begins(NOBODY).await.view());
    let again = ids(Visitor::of(&stage).begins(NOBODY).await.view());
    assert!(first.len() > 1 && first == again);
    let heads: std::collections::BTreeSet<&str> = first.iter().map(|id| &id[..8]).collect();
    assert_eq!(heads.len(), first.len(), "{first:?}");
}

#[tokio::test]
async fn an_account_that_is_not_served_and_no_account_are_told_alike_to_programs() {
    let stage = Stage::with(Preset::Recommended, |values| values.required = 1).await;
    stage.person_with("robin", |account| account.enabled = false).await;
    let mut views = Vec::new();
    for user_id in [USER, NOBODY] {
        for aim in ["reset", "unlock"] {
            let mut visitor = Visitor::of(&stage);
            let human_check = visitor.human_check().await;
            let body = json!({ "user_id": user_id, "aim": aim, "human_check": human_check });
            let mut view = visitor.post_json("/api/v1/reset/journeys", &body).await.view();
            view["journey"] = Value::Null;
            view["support_code"] = Value::Null;
            views.push(view);
        }
    }
    assert_eq!(views[0], views[2]);
    assert_eq!(views[1], views[3]);
}
