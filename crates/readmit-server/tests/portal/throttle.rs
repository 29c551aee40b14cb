//! Counters, blocks and limits: what is counted, for how long, and what nobody can go around.

use http::StatusCode;
use jiff::SignedDuration;
use readmit_core::account::Account;
use readmit_core::policy::AccountCounts;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_core::registration::Family;
use readmit_server::app::SourceLimits;
use readmit_server::text::Text;
use serde_json::json;

use crate::browser::Browser;
use crate::codes::other_than;
use crate::journeys::NEW_PASSWORD;
use crate::stage::OLD_PASSWORD;
use crate::stage::Stage;
use crate::visitor::Visitor;

const USER: &str = "robin@larkfield.example";
const MAILBOX: &str = "robin@private.example";

/// One gate is enough; Robin has a mailbox and the app.
async fn one_gate() -> (Stage, Account) {
    let stage = Stage::with(Preset::Recommended, |values| values.required = 1).await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    (stage, robin)
}

/// A wrong app code in a journey of its own.
async fn guesses_wrong(stage: &Stage, user: &str) -> u16 {
    let mut visitor = Visitor::of(stage);
    let begun = visitor.begins(user).await;
    if begun.page() != "choose"
        || begun.view()["methods"].as_array().unwrap().iter().all(|one| one["method"] != "app_code")
    {
        return 429;
    }
    visitor.chooses("app_code", None).await;
    visitor.answers(&other_than(&stage.app_code(7))).await.status.as_u16()
}

#[tokio::test]
async fn five_wrong_in_an_hour_close_their_family_for_a_day_and_no_other() {
    let (stage, _) = one_gate().await;
    for guess in 0..4 {
        assert_eq!(guesses_wrong(&stage, USER).await, 422, "{guess}");
        stage.wait(SignedDuration::from_mins(14));
    }
    assert_eq!(guesses_wrong(&stage, USER).await, 429, "the fifth, in the 56th minute");
    let mut visitor = Visitor::of(&stage);
    let view = visitor.begins(USER).await.view();
    assert_eq!(view["methods"].as_array().unwrap().len(), 1, "{view}");
    visitor.chooses("email", None).await;
    let code = stage.code_to(MAILBOX).await;
    assert_eq!(visitor.answers(&code).await.page(), "password", "another family is open");
}

#[tokio::test]
async fn four_in_an_hour_for_ever_close_nothing() {
    let (stage, _) = one_gate().await;
    for _ in 0..12 {
        assert_eq!(guesses_wrong(&stage, USER).await, 422);
        stage.wait(SignedDuration::from_mins(15));
    }
}

#[tokio::test]
async fn a_block_ends_when_it_was_to_end_whatever_is_tried_during_it() {
    let (stage, robin) = one_gate().await;
    stage.removes(&robin, readmit_core::registration::Method::Email).await;
    let mut open = Visitor::of(&stage);
    open.begins(USER).await;
    open.chooses("app_code", None).await;
    for _ in 0..5 {
        guesses_wrong(&stage, USER).await;
    }
    let blocked = open.answers(&stage.app_code(0)).await;
    assert_eq!(
        (blocked.status.as_u16(), blocked.json()["code"].as_str()),
        (429, Some("SSPR_0101")),
        "not compared, though right"
    );
    for _ in 0..23 {
        stage.wait(SignedDuration::from_hours(1));
        assert_eq!(guesses_wrong(&stage, USER).await, 429);
    }
    assert_eq!(stage.count("WrongAnswer").await, 5);
    stage.wait(SignedDuration::from_secs(3_599));
    assert_eq!(Visitor::of(&stage).begins(USER).await.headers["retry-after"], "1");
    stage.wait(SignedDuration::from_secs(1));
    let mut visitor = Visitor::of(&stage);
    visitor.begins(USER).await;
    visitor.chooses("app_code", None).await;
    assert_eq!(visitor.answers(&stage.app_code(0)).await.page(), "password");
    assert!(stage.accepts(&robin, OLD_PASSWORD).await, "signing in was never touched");
}

#[tokio::test]
async fn no_spelling_address_language_or_door_has_a_counter_of_its_own() {
    let stage = Stage::with(Preset::Recommended, |values| {
        values.required = 1;
        values.alternate_login = true;
    })
    .await;
    let proxy = vec!["bird@larkfield.example".to_owned()];
    let robin = stage.person_with("robin", |account| account.proxy_addresses = proxy).await;
    stage.registers_app(&robin).await;
    let replica = stage.replica().await;
    for (at, name) in
        ["ROBIN@larkfield.example", "bird@LARKFIELD.example", " robin@larkfield.example ", "Robin@Larkfield.Example"]
            .iter()
            .enumerate()
    {
        let mut visitor = Visitor::of(if at % 2 == 0 { &stage } else { &replica });
        visitor.address = u8::try_from(at).unwrap() + 10;
        visitor.headers = vec![("accept-language", "de".to_owned()), ("x-forwarded-for", format!("198.51.100.{at}"))];
        visitor.begins(name).await;
        visitor.chooses("app_code", None).await;
        assert_eq!(visitor.answers(&other_than(&stage.app_code(7))).await.status, 422);
    }
    let mut browser = Browser::of(&stage).await;
    browser.begins_reset(USER).await;
    browser.chooses(Text::MethodAppTitle, None).await;
    browser.submits("/answer", &[("code", &other_than(&stage.app_code(7)))]).await;
    assert_eq!(browser.answered, StatusCode::TOO_MANY_REQUESTS);
    for name in [USER, "bird@larkfield.example", "ＲＯＢＩＮ@larkfield.example"] {
        assert_ne!(guesses_wrong(&replica, name).await, 422, "{name}");
    }
    assert_eq!(stage.count("WrongAnswer").await, 5);
}

#[tokio::test]
async fn an_administrator_lifts_a_block() {
    let (stage, robin) = one_gate().await;
    for _ in 0..5 {
        guesses_wrong(&stage, USER).await;
    }
    stage.unblocks(&robin, Family::App).await;
    assert_eq!(guesses_wrong(&stage, USER).await, 422);
}

#[tokio::test]
async fn right_answers_and_what_is_not_compared_are_given_back() {
    let (stage, robin) = one_gate().await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    for _ in 0..5 {
        let mut visitor = Visitor::of(&stage);
        visitor.begins(USER).await;
        let chosen = visitor.chooses("sms", Some("+44 7700900123")).await;
        assert_eq!(chosen.status, 200, "{}", chosen.body);
        stage.wait(SignedDuration::from_secs(301));
        let late = visitor.answers("123456").await;
        assert_eq!(late.json()["fields"][0]["rule"], "expired");
        let odd = visitor.moves("password", json!({ "new_password": NEW_PASSWORD })).await;
        assert_eq!(odd.status, 409);
    }
    let view = Visitor::of(&stage).begins(USER).await.view();
    assert_eq!(view["methods"].as_array().unwrap().len(), 3, "five late answers close nothing: {view}");
    for _ in 0..8 {
        let mut visitor = Visitor::of(&stage);
        visitor.begins(USER).await;
        visitor.chooses("app_code", None).await;
        let wrong_kind = visitor.moves("password", json!({ "new_password": NEW_PASSWORD })).await;
        assert_eq!(wrong_kind.status, 409, "{}", wrong_kind.body);
    }
    for _ in 0..4 {
        assert_eq!(guesses_wrong(&stage, USER).await, 422);
    }
    let mut visitor = Visitor::of(&stage);
    visitor.begins(USER).await;
    visitor.chooses("app_code", None).await;
    assert_eq!(visitor.answers(&stage.app_code(0)).await.page(), "password");
    assert_eq!(guesses_wrong(&stage, USER).await, 429);
    assert_eq!(stage.count("WrongAnswer").await, 5, "the right one was not among the five");
}

#[tokio::test]
async fn a_reset_clears_the_counters() {
    let (stage, robin) = one_gate().await;
    for round in 0..3 {
        for _ in 0..4 {
            assert_eq!(guesses_wrong(&stage, USER).await, 422);
        }
        let mut visitor = Visitor::of(&stage);
        visitor.begins(USER).await;
        visitor.chooses("app_code", None).await;
        visitor.answers(&stage.app_code(0)).await;
        let password = format!("{NEW_PASSWORD} {round}");
        assert_eq!(visitor.sets(&password).await.page(), "done");
        assert!(stage.accepts(&robin, &password).await);
        stage.wait(SignedDuration::from_mins(2));
    }
}

#[tokio::test]
async fn a_hundred_wrong_answers_of_one_registration_end_it() {
    let (stage, robin) = one_gate().await;
    stage.removes(&robin, readmit_core::registration::Method::Email).await;
    let app = stage.registrations(&robin).await[0].id;
    stage.wears_out(&robin, app, 98).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins(USER).await;
    visitor.chooses("app_code", None).await;
    assert_eq!(visitor.answers(&other_than(&stage.app_code(7))).await.status, 422);
    let hundredth = visitor.answers(&other_than(&stage.app_code(8))).await;
    assert_eq!(
        (hundredth.status.as_u16(), hundredth.json()["code"].as_str()),
        (403, Some("SSPR_0014")),
        "{}",
        hundredth.body
    );
    let after = visitor.answers(&stage.app_code(0)).await;
    assert_eq!(
        (after.status.as_u16(), after.json()["code"].as_str()),
        (403, Some("SSPR_0014")),
        "the right code is refused"
    );
    assert_eq!(Visitor::of(&stage).begins(USER).await.json()["code"], "SSPR_0014");
    stage.removes(&robin, readmit_core::registration::Method::AppCode).await;
    stage.registers_app(&robin).await;
    assert_eq!(Visitor::of(&stage).begins(USER).await.page(), "choose", "registered again");
}

#[tokio::test]
async fn a_destination_gets_one_code_in_ten_seconds_five_an_hour_ten_a_day() {
    let (stage, _) = one_gate().await;
    let mut sent = 0;
    let mut refusals = Vec::new();
    for hour in 0..3 {
        for minute in 0..7 {
            let mut visitor = Visitor::of(&stage);
            visitor.begins(USER).await;
            let chosen = visitor.chooses("email", None).await;
            match chosen.status.as_u16() {
                200 => {
                    sent += 1;
                    stage.delivered().await;
                }
                status => {
                    refusals.push((hour, minute, status, chosen.headers["retry-after"].to_str().unwrap().to_owned()))
                }
            }
            if minute == 0 && hour == 0 {
                let soon = visitor.moves("resend", json!({})).await;
                assert_eq!((soon.status.as_u16(), soon.headers["retry-after"].to_str().unwrap()), (429, "10"));
            }
            stage.wait(SignedDuration::from_secs(60));
        }
        stage.wait(SignedDuration::from_mins(53));
    }
    assert_eq!((sent, stage.delivered().await.len()), (10, 10));
    assert_eq!(refusals.len(), 11);
    assert!(refusals.iter().all(|(_, _, status, _)| *status == 429), "{refusals:?}");
    assert_eq!(refusals[0], (0, 5, 429, "3300".to_owned()));
    assert_eq!(
        refusals.last().unwrap().3,
        (24 * 3600 - 2 * 3600 - 6 * 60).to_string(),
        "the first of the ten is a day old then"
    );
    assert_eq!(stage.count("TooManyEmailAttempts").await, 0, "no block comes of it");
}

#[tokio::test]
async fn five_journeys_that_proved_something_and_led_nowhere_close_the_account() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    for _ in 0..9 {
        let mut visitor = Visitor::of(&stage);
        visitor.begins(USER).await;
        visitor.moves("cancel", json!({})).await;
    }
    for step in 0..5 {
        let mut visitor = Visitor::of(&stage);
        assert_eq!(visitor.begins(USER).await.page(), "choose", "{step}");
        visitor.chooses("app_code", None).await;
        assert_eq!(visitor.answers(&stage.app_code(0)).await.page(), "choose");
        assert_eq!(visitor.moves("cancel", json!({})).await.page(), "cancelled");
        stage.wait(SignedDuration::from_mins(2));
    }
    let begun = Visitor::of(&stage).begins(USER).await;
    assert_eq!((begun.status.as_u16(), begun.page().as_str()), (429, "throttled"));
    assert_eq!(stage.count("TooManyJourneys").await, 1);
    stage.unblocks(&robin, Family::Account).await;
    assert_eq!(Visitor::of(&stage).begins(USER).await.page(), "choose");
}

#[tokio::test]
async fn the_reference_counts_journeys_begun() {
    let stage = Stage::with(Preset::Entra, |values| {
        values.enabled = Enabled::All;
        assert_eq!(values.account_counts, AccountCounts::Begun);
    })
    .await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    let mut last = Visitor::of(&stage);
    for _ in 0..5 {
        last = Visitor::of(&stage);
        assert_eq!(last.begins(USER).await.page(), "choose");
    }
    assert_eq!(Visitor::of(&stage).begins(USER).await.page(), "throttled");
    last.chooses("email", None).await;
    let code = stage.code_to(MAILBOX).await;
    assert_eq!(last.answers(&code).await.page(), "password", "the fifth goes on");
}

#[tokio::test]
async fn a_source_begins_thirty_journeys_an_hour_with_proof_and_five_with_the_wait() {
    let stage = Stage::limited(SourceLimits::default()).await;
    stage.policy(Preset::Recommended, |_| {}).await;
    for number in 0..30 {
        let begun = Visitor::of(&stage).begins(&format!("u{number}@larkfield.example")).await;
        assert_eq!(begun.status, 403, "{number}");
    }
    let mut visitor = Visitor::of(&stage);
    visitor.headers = vec![("x-forwarded-for", "203.0.113.9".to_owned()), ("forwarded", "for=203.0.113.9".to_owned())];
    let over = visitor.begins(USER).await;
    assert_eq!((over.status.as_u16(), over.json()["code"].as_str()), (429, Some("SSPR_0101")), "{}", over.body);
    assert!(over.headers.contains_key("retry-after"));
    visitor.address = 2;
    assert_eq!(visitor.begins(USER).await.status, 403, "another source is another source");
    for number in 0..6 {
        let mut browser = Browser::of(&stage).await;
        browser.begins(&format!("w{number}@larkfield.example")).await;
        assert_eq!(browser.answered.as_u16(), if number < 5 { 403 } else { 429 }, "{number}");
    }
    stage.wait(SignedDuration::from_mins(61));
    assert_eq!(Visitor::of(&stage).begins(USER).await.status, 403);
}

#[tokio::test]
async fn a_human_check_serves_once_and_cannot_be_made_up() {
    let (stage, _) = one_gate().await;
    let mut visitor = Visitor::of(&stage);
    let check = visitor.human_check().await;
    let begin = |check: &serde_json::Value| json!({ "user_id": USER, "aim": "reset", "human_check": check });
    let path = "/api/v1/reset/journeys";
    assert_eq!(visitor.post_json(path, &begin(&check)).await.status, 201);
    let again = visitor.post_json(path, &begin(&check)).await;
    assert_eq!((again.status.as_u16(), again.json()["fields"][0]["field"].as_str()), (422, Some("human_check")));
    let fresh = visitor.human_check().await;
    let challenge = fresh["challenge"].as_str().unwrap();
    let (head, tail) = challenge.split_at(challenge.len() - 1);
    let forged = format!("{head}{}", if tail == "A" { "B" } else { "A" });
    for (challenge, nonce) in [
        (forged.as_str(), fresh["nonce"].as_str().unwrap()),
        (challenge, "0x"),
        (challenge, ""),
        ("", "1"),
        (challenge, "01"),
    ] {
        let refused = visitor.post_json(path, &begin(&json!({ "challenge": challenge, "nonce": nonce }))).await;
        assert_eq!(refused.status, 422, "{challenge} {nonce}: {}", refused.body);
    }
    stage.wait(SignedDuration::from_mins(10));
    assert_eq!(visitor.post_json(path, &begin(&fresh)).await.status, 422, "expired");
    let mut browser = Browser::of(&stage).await;
    let ticket = browser.value("ticket");
    browser.begins(USER).await;
    browser.opens("/reset").await;
    browser.submits("/reset", &[("user_id", USER), ("ticket", &ticket)]).await;
    assert_eq!(browser.answered, StatusCode::UNPROCESSABLE_ENTITY, "a ticket serves once too");
    assert!(browser.shows(Text::WhoErrorHuman));
}
