//! Moves in any order, with the owner's codes at hand: a password is set by two passed gates of the journey, or not at all.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use readmit_core::preset::Preset;
use serde_json::Value;
use serde_json::json;

use crate::codes::other_than;
use crate::moves::MAILBOX;
use crate::moves::USER;
use crate::stage::Stage;
use crate::visitor::Visitor;

/// Numbers that look random and are the same each time (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A journey with what is known to have been proved in it.
struct Walk<'a> {
    visitor: Visitor<'a>,
    proved: BTreeSet<&'static str>,
    /// The newest code that was sent in it.
    code: Option<String>,
}

impl<'a> Walk<'a> {
    async fn of(stage: &'a Stage) -> Self {
        let mut visitor = Visitor::of(stage);
        visitor.begins(USER).await;
        Self { visitor, proved: BTreeSet::new(), code: None }
    }

    /// The number of a move that goes on from here.
    fn sensible(&self, view: &Value, either: u64) -> u64 {
        match (view["page"].as_str(), view["challenge"]["method"].as_str()) {
            (Some("choose"), _) => either * 2,
            (Some("challenge"), Some("app_code")) => 5,
            (Some("challenge"), _) => 3,
            _ => 10,
        }
    }

    async fn chooses(&mut self, method: &str) {
        let view = self.visitor.sees().await;
        let offered = view["methods"].as_array().unwrap().iter().find(|one| one["method"] == method).cloned();
        let id = offered.map_or(json!("00000000-0000-4064-8000-000000000000"), |one| one["id"].clone());
        let phone = if method == "sms" { json!("+44 7700900123") } else { json!(null) };
        let chosen = self.visitor.moves("choose", json!({ "method_id": id, "phone": phone })).await;
        self.notes_a_send(chosen.status.as_u16(), method).await;
    }

    async fn notes_a_send(&mut self, status: u16, method: &str) {
        let to = match method {
            "email" => MAILBOX,
            "sms" => "+447700900123",
            _ => return,
        };
        if status == 200 {
            self.code = Some(self.visitor.stage.code_to(to).await);
        }
    }

    async fn answers(&mut self, code: &str) {
        let view = self.visitor.sees().await;
        let before = view["gates"]["passed"].as_u64();
        let answered = self.visitor.moves("answer", json!({ "code": code })).await;
        let rest = answered.view();
        if answered.status == 200 && (rest["gates"]["passed"].as_u64() > before || rest["page"] == "password") {
            let method = view["challenge"]["method"].as_str().unwrap();
            let (known, right) = match method {
                "app_code" => ("app_code", code == self.visitor.stage.app_code(0)),
                "email" => ("email", self.code.as_deref() == Some(code)),
                _ => ("sms", self.code.as_deref() == Some(code)),
            };
            assert!(right, "{method} was passed with a code that is not its own");
            self.proved.insert(known);
        }
    }
}

#[tokio::test]
async fn no_order_of_moves_sets_a_password_without_two_gates() {
    let stage = Stage::with(Preset::Recommended, |values| {
        values.throttle_attempts = 100;
        values.refuse_last = false;
    })
    .await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    stage.registers_app(&robin).await;
    let (mut dice, mut done, mut refused) = (Dice(2026), 0, 0);
    for _ in 0..60 {
        let mut walks = [Walk::of(&stage).await, Walk::of(&stage).await];
        for _ in 0..20 {
            let (at, other) = if dice.below(4) == 0 { (1, 0) } else { (0, 1) };
            let foreign = walks[other].code.clone();
            let own = walks[at].code.clone();
            let walk = &mut walks[at];
            let number = match (dice.below(2), walk.visitor.sees().await) {
                (0, view) => walk.sensible(&view, dice.below(2)),
                _ => dice.below(11),
            };
            match number {
                0 | 1 => walk.chooses(["email", "sms"][usize::try_from(dice.below(2)).unwrap()]).await,
                2 => walk.chooses("app_code").await,
                3 | 4 => walk.answers(&own.unwrap_or_default()).await,
                5 | 6 => walk.answers(&stage.app_code(0)).await,
                7 => walk.answers(&foreign.unwrap_or_else(|| other_than(&stage.app_code(9)))).await,
                8 => {
                    walk.visitor.moves("another-way", json!({})).await;
                }
                9 => {
                    let view = walk.visitor.sees().await;
                    let method = view["challenge"]["method"].as_str().unwrap_or_default().to_owned();
                    let sent = walk.visitor.moves("resend", json!({})).await;
                    walk.notes_a_send(sent.status.as_u16(), &method).await;
                }
                _ => {
                    let set = walk.visitor.sets("seven quiet herons wade").await;
                    let is_done = set.status == 200 && set.page() == "done";
                    assert!(!is_done || walk.proved.len() >= 2, "{:?}", walk.proved);
                    done += i64::from(is_done);
                    refused += i64::from(!is_done);
                }
            }
            stage.wait(SignedDuration::from_secs(31));
        }
        stage.wait(SignedDuration::from_hours(25));
    }
    assert_eq!(stage.writes(&robin).await, 1 + done);
    assert!(done > 3 && refused > 20, "the walk came everywhere: {done} {refused}");
}
