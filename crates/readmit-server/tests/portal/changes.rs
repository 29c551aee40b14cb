//! What changes around a journey while it is under way.

use jiff::SignedDuration;
use readmit_core::account::UserType;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use readmit_store::Member;
use serde_json::json;

use crate::journeys::NEW_PASSWORD;
use crate::moves::MAILBOX;
use crate::moves::STEPS;
use crate::moves::Step;
use crate::moves::USER;
use crate::moves::at;
use crate::moves::goes_on;
use crate::moves::larkfield;
use crate::moves::robin;
use crate::stage::Stage;
use crate::visitor::Visitor;

/// What may happen to an account between two steps, and what its owner is told then.
#[derive(Clone, Copy, Debug)]
enum Change {
    Disabled,
    NoMember,
    ResetOff,
    OutOfGroup,
    MethodsGone,
}

const CHANGES: [(Change, Option<&str>, &str); 5] = [
    (Change::Disabled, None, "AccountNotVerified"),
    (Change::NoMember, None, "AccountNotVerified"),
    (Change::ResetOff, Some("SSPR_0009"), "NoLongerAllowed"),
    (Change::OutOfGroup, Some("SSPR_0013"), "NoLongerAllowed"),
    (Change::MethodsGone, Some("SSPR_0014"), "NoLongerAllowed"),
];

#[tokio::test]
async fn every_restriction_counts_at_every_step_from_the_moment_it_is_made() {
    for step in STEPS {
        for (change, code, reason) in CHANGES {
            let stage = Stage::empty().await;
            let group = stage.group("Staff").await;
            let selected = |values: &mut readmit_core::policy::Values| {
                values.enabled = Enabled::Selected;
                values.include_groups = vec![group];
            };
            stage.policy(Preset::Recommended, selected).await;
            let robin = robin(&stage).await;
            stage.joins(group, Member::Account(robin.id)).await;
            let mut visitor = at(&stage, step).await;
            let view = visitor.sees().await;
            match change {
                Change::Disabled => stage.changes(&robin, |account| account.enabled = false).await,
                Change::NoMember => stage.changes(&robin, |account| account.user_type = UserType::Guest).await,
                Change::ResetOff => stage.policy(Preset::Recommended, |values| values.enabled = Enabled::None).await,
                Change::OutOfGroup => stage.leaves(group, Member::Account(robin.id)).await,
                Change::MethodsGone => stage.removes(&robin, Method::AppCode).await,
            }
            let shown = visitor.sees().await;
            assert_eq!(shown["code"].as_str(), code, "{step:?} {change:?}: a reload tells it already");
            let refused = goes_on(&mut visitor, step, &view).await;
            assert_eq!(
                (refused.status.as_u16(), refused.json()["code"].as_str()),
                (403, code),
                "{step:?} {change:?}: {}",
                refused.body
            );
            let audit = stage.audit_of(&visitor.journey).await;
            assert!(audit.last().unwrap().ends_with(&format!("failure {reason}")), "{step:?} {change:?}: {audit:#?}");
            assert_eq!(stage.writes(&robin).await, 1);
        }
    }
}

#[tokio::test]
async fn a_deleted_account_takes_its_journeys_along() {
    for step in STEPS {
        let (stage, robin) = larkfield().await;
        let mut visitor = at(&stage, step).await;
        let view = visitor.sees().await;
        stage.delivered().await;
        stage.deletes(&robin).await;
        assert_eq!(goes_on(&mut visitor, step, &view).await.status, 404, "{step:?}");
    }
}

#[tokio::test]
async fn more_gates_asked_since_the_start_are_asked_and_fewer_are_not_given() {
    let stage = Stage::with(Preset::Recommended, |values| values.required = 1).await;
    let account = robin(&stage).await;
    let mut visitor = at(&stage, Step::Between).await;
    assert_eq!(visitor.sees().await["page"], "password");
    stage.policy(Preset::Recommended, |values| values.required = 2).await;
    let refused = visitor.sets(NEW_PASSWORD).await;
    assert_eq!((refused.status.as_u16(), refused.page().as_str()), (422, "choose"), "{}", refused.body);
    assert_eq!(refused.view()["gates"], json!({ "required": 2, "passed": 1 }));
    assert_eq!(stage.writes(&account).await, 1);
    visitor.chooses("app_code", None).await;
    assert_eq!(visitor.answers(&stage.app_code(0)).await.page(), "password");
    stage.wait(SignedDuration::from_mins(2));

    let mut strict = Visitor::of(&stage);
    strict.begins(USER).await;
    stage.policy(Preset::Recommended, |values| values.required = 1).await;
    strict.chooses("app_code", None).await;
    let passed = strict.answers(&stage.app_code(0)).await;
    assert_eq!((passed.page().as_str(), passed.view()["gates"]["required"].as_u64()), ("choose", Some(2)));
}

#[tokio::test]
async fn a_code_to_a_contact_that_was_changed_proves_nothing() {
    let (stage, robin) = larkfield().await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    let mut visitor = at(&stage, Step::Challenged).await;
    let code = stage.code_to(MAILBOX).await;
    stage.removes(&robin, Method::Email).await;
    stage.registers_email(&robin, "new@private.example").await;
    let refused = visitor.answers(&code).await;
    assert_eq!((refused.status.as_u16(), refused.page().as_str()), (422, "choose"), "{}", refused.body);
    assert_eq!(stage.count("CompletedGate").await, 0);

    let mut visitor = Visitor::of(&stage);
    visitor.begins(USER).await;
    visitor.chooses("sms", Some("+44 7700900123")).await;
    let code = stage.code_to("+447700900123").await;
    visitor.answers(&code).await;
    visitor.chooses("app_code", None).await;
    visitor.answers(&stage.app_code(0)).await;
    stage.removes(&robin, Method::Sms).await;
    let refused = visitor.sets(NEW_PASSWORD).await;
    assert_eq!(
        (refused.status.as_u16(), refused.page().as_str()),
        (422, "choose"),
        "a proof that no longer stands: {}",
        refused.body
    );
    assert_eq!(stage.writes(&robin).await, 1);
}

#[tokio::test]
async fn a_reset_ends_every_other_journey_of_the_account_and_none_of_others() {
    let (stage, robin) = larkfield().await;
    let eve = stage.person("eve").await;
    stage.registers_email(&eve, "eve@private.example").await;
    stage.registers_app(&eve).await;
    let mut stranger = Visitor::of(&stage);
    stranger.begins("eve@larkfield.example").await;
    let mut proven = at(&stage, Step::Proven).await;
    stage.wait(SignedDuration::from_secs(61));
    let mut winner = at(&stage, Step::Between).await;
    stage.wait(SignedDuration::from_secs(11));
    let mut challenged = at(&stage, Step::Challenged).await;
    let code = stage.code_to(MAILBOX).await;
    winner.chooses("app_code", None).await;
    winner.answers(&stage.app_code(0)).await;
    assert_eq!(winner.sets(NEW_PASSWORD).await.page(), "done");
    assert_eq!(challenged.answers(&code).await.status, 409);
    assert_eq!(proven.sets("another password entirely").await.status, 409);
    for visitor in [&mut challenged, &mut proven] {
        assert_eq!(visitor.sees().await["page"], "cancelled");
        let audit = stage.audit_of(&visitor.journey).await;
        assert!(audit.iter().any(|line| line.ends_with("failure NoLongerAllowed")), "{audit:#?}");
    }
    assert_eq!(stage.writes(&robin).await, 2);
    assert_eq!(stranger.sees().await["page"], "choose");
}
