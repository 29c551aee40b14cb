//! Many at once, on SQLite and on PostgreSQL: each guess is counted before it is judged.

// The store's launcher of PostgreSQL; it speaks through `tokio_postgres`.
#[path = "../../../readmit-store/tests/common/mod.rs"]
mod beds;

use readmit_core::account::Account;
use readmit_core::preset::Preset;
use serde_json::json;

use crate::codes::other_than;
use crate::moves::MAILBOX;
use crate::moves::USER;
use crate::stage::Stage;
use crate::visitor::Visitor;

async fn scene(url: &str) -> (Stage, Account) {
    let stage = Stage::on(url, None).await;
    stage.policy(Preset::Recommended, |values| values.required = 1).await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    (stage, robin)
}

async fn challenged<'a>(stage: &'a Stage, method: &str) -> Visitor<'a> {
    let mut visitor = Visitor::of(stage);
    visitor.begins(USER).await;
    visitor.chooses(method, None).await;
    visitor
}

/// Every future at once.
async fn at_once<T>(all: Vec<impl Future<Output = T>>) -> Vec<T> {
    futures_util::future::join_all(all).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_guesses_in_thirty_journeys_five_are_compared() {
    for bed in beds::beds().await {
        let (stage, _) = scene(&bed.url).await;
        let replica = stage.replica().await;
        let mut visitors = Vec::new();
        for number in 0..30 {
            visitors.push(challenged(if number % 2 == 0 { &stage } else { &replica }, "app_code").await);
        }
        let wrong = other_than(&stage.app_code(7));
        let guesses = visitors.iter_mut().map(|visitor| visitor.answers(&wrong)).collect();
        let statuses: Vec<u16> = at_once(guesses).await.into_iter().map(|answer| answer.status.as_u16()).collect();
        assert!(statuses.iter().all(|status| [422, 429].contains(status)), "{bed}: {statuses:?}");
        assert_eq!(stage.count("WrongAnswer").await, 5, "{bed}: {statuses:?}");
        assert!(stage.count("TooManyAppAttempts").await >= 25, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_guesses_in_one_journey_one_is_compared_and_no_other_counts() {
    for bed in beds::beds().await {
        let (stage, robin) = scene(&bed.url).await;
        let visitor = challenged(&stage, "email").await;
        let code: u32 = stage.code_to(MAILBOX).await.parse().unwrap();
        let mut tabs: Vec<Visitor<'_>> = (0..30).map(|_| copy(&visitor)).collect();
        let guesses = tabs.iter_mut().zip(1..).map(async |(tab, number)| {
            let guess = format!("{:06}", (code + number) % 1_000_000);
            tab.moves("answer", json!({ "step": 2, "code": guess })).await.status.as_u16()
        });
        let statuses = at_once(guesses.collect()).await;
        assert_eq!(statuses.iter().filter(|status| **status != 409).count(), 1, "{bed}: {statuses:?}");
        let compared = stage.count("WrongAnswer").await;
        assert!(compared <= 1, "{bed}");
        assert_eq!(stage.attempts(&robin).await, compared, "{bed}: what was not compared does not count");
    }
}

fn copy<'a>(visitor: &Visitor<'a>) -> Visitor<'a> {
    let mut copy = Visitor::of(visitor.stage);
    copy.cookie.clone_from(&visitor.cookie);
    copy.journey.clone_from(&visitor.journey);
    copy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_app_code_sent_by_many_opens_one_gate() {
    for bed in beds::beds().await {
        let (stage, _) = scene(&bed.url).await;
        let mut visitors = Vec::new();
        for _ in 0..5 {
            visitors.push(challenged(&stage, "app_code").await);
        }
        let code = stage.app_code(0);
        let answered = at_once(visitors.iter_mut().map(|visitor| visitor.answers(&code)).collect()).await;
        let passed = answered.iter().filter(|answer| answer.page() == "password").count();
        assert_eq!((passed, stage.count("CompletedGate").await), (1, 1), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_code_pressed_thrice_at_once_is_one_gate_and_the_password_one_write() {
    for bed in beds::beds().await {
        let (stage, robin) = scene(&bed.url).await;
        let visitor = challenged(&stage, "email").await;
        let code = stage.code_to(MAILBOX).await;
        let mut tabs: Vec<Visitor<'_>> = (0..3).map(|_| copy(&visitor)).collect();
        let pressed = tabs.iter_mut().map(async |tab| tab.moves("answer", json!({ "step": 2, "code": code })).await);
        let answers = at_once(pressed.collect()).await;
        assert!(answers.iter().all(|answer| answer.status == 200 && answer.page() == "password"), "{bed}");
        assert_eq!(stage.count("CompletedGate").await, 1, "{bed}");
        let winner = tabs.into_iter().find(|tab| tab.cookie != visitor.cookie).unwrap();
        let mut tabs: Vec<Visitor<'_>> = (0..3).map(|_| copy(&winner)).collect();
        let password = json!({ "step": 3, "new_password": crate::journeys::NEW_PASSWORD });
        let pressed = tabs.iter_mut().map(async |tab| tab.moves("password", password.clone()).await.page());
        assert_eq!(at_once(pressed.collect()).await, ["done", "done", "done"], "{bed}");
        assert_eq!(stage.writes(&robin).await, 2, "{bed}");
    }
}
