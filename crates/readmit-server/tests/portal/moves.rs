//! Moves out of order, made twice, from elsewhere, or too late.

use http::StatusCode;
use jiff::SignedDuration;
use readmit_core::account::Account;
use readmit_core::preset::Preset;
use readmit_server::text::Lang;
use readmit_server::text::Text;
use readmit_server::text::t;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::codes::other_than;
use crate::journeys::NEW_PASSWORD;
use crate::stage::OLD_PASSWORD;
use crate::stage::Stage;
use crate::visitor::Answer;
use crate::visitor::Visitor;

pub(crate) const USER: &str = "robin@larkfield.example";
pub(crate) const MAILBOX: &str = "robin@private.example";

pub(crate) async fn larkfield() -> (Stage, Account) {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let robin = robin(&stage).await;
    (stage, robin)
}

pub(crate) async fn robin(stage: &Stage) -> Account {
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    robin
}

/// A journey at one of its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    Choosing,
    Challenged,
    Between,
    Proven,
}

pub(crate) const STEPS: [Step; 4] = [Step::Choosing, Step::Challenged, Step::Between, Step::Proven];

pub(crate) async fn at(stage: &Stage, step: Step) -> Visitor<'_> {
    let mut visitor = Visitor::of(stage);
    visitor.begins(USER).await;
    if step == Step::Choosing {
        return visitor;
    }
    visitor.chooses("email", None).await;
    if step == Step::Challenged {
        return visitor;
    }
    let code = stage.code_to(MAILBOX).await;
    visitor.answers(&code).await;
    if step == Step::Proven {
        visitor.chooses("app_code", None).await;
        assert_eq!(visitor.answers(&stage.app_code(0)).await.page(), "password");
    }
    visitor
}

/// The move that would go on from a step.
pub(crate) async fn goes_on(visitor: &mut Visitor<'_>, step: Step, view: &Value) -> Answer {
    match step {
        Step::Choosing | Step::Between => {
            let id = view["methods"][0]["id"].clone();
            visitor.moves("choose", json!({ "step": view["step"], "method_id": id })).await
        }
        Step::Challenged => {
            let code = visitor.stage.code_to(MAILBOX).await;
            visitor.moves("answer", json!({ "step": view["step"], "code": code })).await
        }
        Step::Proven => visitor.moves("password", json!({ "step": view["step"], "new_password": NEW_PASSWORD })).await,
    }
}

#[tokio::test]
async fn a_stale_step_is_a_409_with_the_current_page_and_an_audit_line() {
    let (stage, _) = larkfield().await;
    let mut visitor = at(&stage, Step::Challenged).await;
    for step in [-1, 0, 1, 3, 99] {
        let stale = visitor.moves("answer", json!({ "step": step, "code": "123456" })).await;
        assert_eq!(
            (stale.status.as_u16(), stale.json()["code"].as_str(), stale.page().as_str()),
            (409, Some("SSPR_0107"), "challenge"),
            "{step}"
        );
    }
    assert_eq!(visitor.sees().await["challenge"]["tries_left"], 3);
    assert_eq!(
        stage.audit_of(&visitor.journey).await.iter().filter(|line| line.ends_with("failure IllegalMove")).count(),
        5
    );
    let path = format!("/reset/{}", visitor.journey);
    let mut browser = Browser::opening(visitor, &path).await;
    browser.submits("/answer", &[("step", "1"), ("code", "123456")]).await;
    assert_eq!((browser.answered, browser.title()), (StatusCode::CONFLICT, t(Lang::En, Text::StaleTitle).to_owned()));
    let link = browser.link(t(Lang::En, Text::StaleAct));
    browser.opens(&link).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ChallengeTitleEmail));
}

#[tokio::test]
async fn a_move_that_makes_no_sense_is_a_409_audited_and_without_effect() {
    let (stage, robin) = larkfield().await;
    for step in STEPS {
        let mut visitor = at(&stage, step).await;
        let before = visitor.sees().await;
        let moves = [
            ("answer", json!({ "code": "123456" }), Step::Challenged),
            ("resend", json!({}), Step::Challenged),
            ("another-way", json!({}), Step::Challenged),
            ("password", json!({ "new_password": NEW_PASSWORD }), Step::Proven),
        ];
        for (verb, body, own) in moves {
            if own == step {
                continue;
            }
            let refused = visitor.moves(verb, body).await;
            assert_eq!(
                (refused.status.as_u16(), refused.json()["code"].as_str()),
                (409, Some("SSPR_0107")),
                "{step:?} {verb}"
            );
            assert_eq!(refused.view()["page"], before["page"]);
        }
        let expected = if step == Step::Challenged { 1 } else { 3 + usize::from(step != Step::Proven) };
        let audit = stage.audit_of(&visitor.journey).await;
        assert_eq!(audit.iter().filter(|line| line.ends_with("IllegalMove")).count(), expected, "{step:?} {audit:#?}");
        stage.wait(SignedDuration::from_hours(25));
    }
    assert_eq!(stage.writes(&robin).await, 1);
}

#[tokio::test]
async fn the_same_move_again_does_nothing_and_shows_the_page() {
    let (stage, robin) = larkfield().await;
    let mut visitor = Visitor::of(&stage);
    let view = visitor.begins(USER).await.view();
    let email = view["methods"].as_array().unwrap().iter().find(|one| one["method"] == "email").unwrap()["id"].clone();
    for _ in 0..3 {
        let chosen = visitor.moves("choose", json!({ "step": 1, "method_id": email })).await;
        assert_eq!((chosen.status.as_u16(), chosen.page().as_str()), (200, "challenge"));
    }
    assert_eq!(stage.delivered().await.len(), 1);
    let code = stage.code_to(MAILBOX).await;
    let wrong = json!({ "step": 2, "code": other_than(&code) });
    assert_eq!(visitor.moves("answer", wrong.clone()).await.status, 422);
    for _ in 0..7 {
        let again = visitor.moves("answer", wrong.clone()).await;
        assert_eq!((again.status.as_u16(), again.view()["challenge"]["tries_left"].as_u64()), (200, Some(2)));
    }
    assert_eq!(stage.count("WrongAnswer").await, 1, "a wrong code pressed twice is one try");
    let another = visitor.moves("answer", json!({ "step": 2, "code": code })).await;
    assert_eq!(another.status, 409, "other content at an old step is stale");
    assert_eq!(visitor.moves("answer", json!({ "step": 3, "code": code })).await.page(), "choose");
    visitor.chooses("app_code", None).await;
    visitor.answers(&stage.app_code(0)).await;
    let last = json!({ "step": visitor.sees().await["step"], "new_password": NEW_PASSWORD });
    for _ in 0..3 {
        assert_eq!(visitor.moves("password", last.clone()).await.page(), "done");
    }
    assert_eq!(stage.writes(&robin).await, 2);
}

#[tokio::test]
async fn back_reload_and_a_second_tab_break_nothing() {
    let (stage, robin) = larkfield().await;
    let mut browser = Browser::of(&stage).await;
    browser.begins_reset(USER).await;
    let path = browser.path.clone();
    let choosing = browser.page.body.clone();
    browser.chooses(Text::MethodEmailTitle, None).await;
    browser.opens(&path).await;
    browser.opens(&path).await;
    let code = stage.code_to(MAILBOX).await;
    let journey = path.split('?').next().unwrap();
    browser.opens(&format!("{journey}/trouble")).await;
    assert_eq!(
        browser.title(),
        t(Lang::En, Text::ChallengeTitleEmail),
        "the trouble page leads on once a gate is begun"
    );
    browser.page.body = choosing;
    browser.chooses(Text::MethodEmailTitle, None).await;
    assert_eq!(
        (browser.answered, browser.title()),
        (StatusCode::SEE_OTHER, t(Lang::En, Text::ChallengeTitleEmail).to_owned()),
        "back, and the same again"
    );
    let first_tab = browser.page.body.clone();
    browser.submits("/answer", &[("code", &code)]).await;
    browser.page.body = first_tab;
    browser.submits("/another-way", &[]).await;
    assert_eq!(browser.answered, StatusCode::CONFLICT, "the second tab is out of date");
    browser.opens(&path).await;
    browser.chooses(Text::MethodAppTitle, None).await;
    browser.submits("/answer", &[("code", &stage.app_code(0))]).await;
    let proven = browser.page.body.clone();
    for _ in 0..2 {
        browser.page.body.clone_from(&proven);
        browser.submits("/password", &[("new_password", NEW_PASSWORD), ("confirm_password", NEW_PASSWORD)]).await;
        assert_eq!(
            (browser.answered, browser.title()),
            (StatusCode::SEE_OTHER, t(Lang::En, Text::DoneResetTitle).to_owned())
        );
    }
    assert_eq!((stage.writes(&robin).await, stage.delivered().await.len()), (2, 2), "one code, one notice");
}

#[tokio::test]
async fn without_the_cookie_no_door_opens() {
    let (stage, _) = larkfield().await;
    let owner = at(&stage, Step::Challenged).await;
    let mut other = at(&stage, Step::Choosing).await;
    other.journey.clone_from(&owner.journey);
    let code = stage.code_to(MAILBOX).await;
    for cookie in
        [None, Some("AAAA".to_owned()), other.cookie.clone(), owner.cookie.as_ref().map(|token| format!("{token}A"))]
    {
        let mut thief = Visitor::of(&stage);
        thief.cookie.clone_from(&cookie);
        thief.journey.clone_from(&owner.journey);
        let json = format!("/api/v1/reset/journeys/{}", owner.journey);
        let html = format!("/reset/{}", owner.journey);
        for path in [&json, &html, &format!("{html}/trouble"), &format!("{html}/locked"), &format!("{html}/contact")] {
            let seen = thief.get(path).await;
            assert_eq!(seen.status, 404, "{path}");
            assert!(!seen.body.contains("p•••••"), "nothing of it is told");
        }
        for verb in ["choose", "answer", "resend", "another-way", "password", "contact", "cancel"] {
            let body = match verb {
                "choose" => json!({ "step": 2, "method_id": "x" }),
                "answer" => json!({ "step": 2, "code": code }),
                "password" => json!({ "step": 2, "new_password": NEW_PASSWORD }),
                _ => json!({ "step": 2 }),
            };
            assert_eq!(thief.moves(verb, body).await.status, 404, "{verb}");
        }
        assert_eq!(
            thief.post_form(&format!("{html}/answer"), &[("csrf", "x"), ("step", "2"), ("code", &code)]).await.status,
            404
        );
    }
    for id in ["AAAAAAAAAAAA", "x", "..", "%00"] {
        assert!(matches!(other.get(&format!("/reset/{id}")).await.status.as_u16(), 400 | 404), "{id}");
    }
}

#[tokio::test]
async fn each_gate_gives_a_new_cookie_and_the_old_one_reads_for_thirty_seconds() {
    let (stage, _) = larkfield().await;
    let mut visitor = at(&stage, Step::Challenged).await;
    let planted = visitor.cookie.clone();
    let code = stage.code_to(MAILBOX).await;
    visitor.answers(&code).await;
    assert_ne!(planted, visitor.cookie);
    let mut attacker = Visitor::of(&stage);
    attacker.cookie.clone_from(&planted);
    attacker.journey.clone_from(&visitor.journey);
    stage.wait(SignedDuration::from_secs(29));
    let seen = attacker.sees().await;
    assert_eq!(seen["page"], "choose");
    assert_eq!(attacker.moves("answer", json!({ "step": 2, "code": other_than(&code) })).await.status, 409);
    let id = seen["methods"][0]["id"].clone();
    assert_eq!(attacker.moves("choose", json!({ "step": seen["step"], "method_id": id })).await.status, 409);
    assert_eq!(attacker.moves("cancel", json!({ "step": seen["step"] })).await.status, 409);
    stage.wait(SignedDuration::from_secs(2));
    assert_eq!(attacker.get(&format!("/api/v1/reset/journeys/{}", visitor.journey)).await.status, 404);
    assert_eq!(attacker.cookie, planted);
    visitor.chooses("app_code", None).await;
    let before = visitor.cookie.clone();
    assert_eq!(visitor.answers(&stage.app_code(0)).await.page(), "password");
    assert_ne!(before, visitor.cookie, "a cookie at the start and at each gate");
    assert_eq!(visitor.sets(NEW_PASSWORD).await.page(), "done");
}

#[tokio::test]
async fn who_lost_the_answer_of_a_gate_sends_it_again_and_goes_on() {
    let (stage, _) = larkfield().await;
    let mut visitor = at(&stage, Step::Challenged).await;
    let kept = visitor.cookie.clone();
    let code = stage.code_to(MAILBOX).await;
    visitor.answers(&code).await;
    visitor.cookie = kept;
    stage.wait(SignedDuration::from_secs(29));
    let again = visitor.moves("answer", json!({ "step": 2, "code": code })).await;
    assert_eq!((again.status.as_u16(), again.page().as_str()), (200, "choose"));
    stage.wait(SignedDuration::from_secs(29));
    assert_eq!(visitor.chooses("app_code", None).await.page(), "challenge");
    assert_eq!(stage.count("CompletedGate").await, 1);
}

#[tokio::test]
async fn a_journey_lapses_after_fifteen_minutes_at_every_step() {
    let (stage, robin) = larkfield().await;
    for step in STEPS {
        let mut visitor = at(&stage, step).await;
        let view = visitor.sees().await;
        stage.delivered().await;
        stage.wait(SignedDuration::from_secs(900));
        assert_eq!(visitor.sees().await["page"], "lapsed");
        let late = goes_on(&mut visitor, step, &view).await;
        assert_eq!(
            (late.status.as_u16(), late.json()["code"].as_str(), late.page().as_str()),
            (409, Some("SSPR_0102"), "lapsed"),
            "{step:?}"
        );
        assert!(stage.audit_of(&visitor.journey).await.iter().any(|line| line.ends_with("failure Lapsed")), "{step:?}");
        let path = format!("/reset/{}", visitor.journey);
        let browser = Browser::opening(visitor, &path).await;
        assert_eq!(browser.title(), t(Lang::En, Text::LapsedTitle));
        stage.wait(SignedDuration::from_hours(25));
    }
    assert_eq!(stage.writes(&robin).await, 1);
}

#[tokio::test]
async fn a_closed_journey_stays_closed() {
    let (stage, robin) = larkfield().await;
    let mut visitor = at(&stage, Step::Proven).await;
    assert_eq!(visitor.moves("cancel", json!({})).await.page(), "cancelled");
    for (verb, body) in [
        ("password", json!({ "new_password": NEW_PASSWORD })),
        ("answer", json!({ "code": "123456" })),
        ("resend", json!({})),
        ("another-way", json!({})),
        ("cancel", json!({})),
    ] {
        let refused = visitor.moves(verb, body).await;
        assert_eq!((refused.status.as_u16(), refused.page().as_str()), (409, "cancelled"), "{verb}: {}", refused.body);
    }
    assert!(stage.accepts(&robin, OLD_PASSWORD).await);
}
