//! Whole journeys by forms alone: no script runs here.

use http::StatusCode;
use jiff::SignedDuration;
use readmit_core::preset::Preset;
use readmit_server::text::Lang;
use readmit_server::text::Text;
use readmit_server::text::t;
use readmit_server::text::tv;

use crate::browser::Browser;
use crate::journeys::NEW_PASSWORD;
use crate::stage::OLD_PASSWORD;
use crate::stage::Stage;
use crate::visitor::Visitor;

async fn larkfield() -> (Stage, readmit_core::account::Account) {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, "robin@private.example").await;
    stage.registers_app(&robin).await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    (stage, robin)
}

#[tokio::test]
async fn a_whole_journey_works_without_script() {
    let (stage, robin) = larkfield().await;
    let mut browser = Browser::of(&stage).await;
    assert_eq!(browser.title(), t(Lang::En, Text::WhoTitle));
    assert!(browser.shows(Text::WhoLabel));
    browser.begins("robin@larkfield.example").await;
    assert_eq!(browser.answered, StatusCode::SEE_OTHER);
    assert_eq!(browser.title(), t(Lang::En, Text::TroubleTitle));
    let link = browser.link(t(Lang::En, Text::TroubleLocked));
    browser.opens(&link).await;
    assert_eq!(browser.title(), t(Lang::En, Text::LockedTitle));
    let link = browser.link(t(Lang::En, Text::LockedButton));
    browser.opens(&link).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ChooseTitle));
    browser.chooses(Text::MethodSmsTitle, Some("+44 7700 900123")).await;
    assert_eq!(
        (browser.answered, browser.title()),
        (StatusCode::SEE_OTHER, t(Lang::En, Text::ChallengeTitleSms).to_owned())
    );
    assert!(browser.says("••••••23"), "{}", browser.words());
    let code = stage.code_to("+447700900123").await;
    browser.submits("/answer", &[("code", &code)]).await;
    assert_eq!(
        (browser.answered, browser.title()),
        (StatusCode::SEE_OTHER, t(Lang::En, Text::ChooseTitleSecond).to_owned())
    );
    browser.chooses(Text::MethodAppTitle, None).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ChallengeTitleApp));
    browser.submits("/answer", &[("code", &stage.app_code(0))]).await;
    assert_eq!(browser.title(), t(Lang::En, Text::PasswordTitle));
    browser.submits("/password", &[("new_password", NEW_PASSWORD), ("confirm_password", NEW_PASSWORD)]).await;
    assert_eq!((browser.answered, browser.page.status), (StatusCode::SEE_OTHER, StatusCode::OK));
    assert_eq!(browser.title(), t(Lang::En, Text::DoneResetTitle));
    assert!(browser.says("r•••••@p•••••.example"), "the notice is announced: {}", browser.words());
    assert!(stage.accepts(&robin, NEW_PASSWORD).await && !stage.accepts(&robin, OLD_PASSWORD).await);
}

#[tokio::test]
async fn the_wait_is_timed_by_the_server_and_keeps_what_was_typed() {
    let (stage, _) = larkfield().await;
    let mut browser = Browser::of(&stage).await;
    browser.submits("/reset", &[("user_id", "robin@larkfield.example")]).await;
    let ticket = browser.value("ticket");
    stage.wait(SignedDuration::from_millis(4_999));
    browser.submits("/reset", &[]).await;
    assert!(browser.shows(Text::WaitingLead));
    assert_eq!((browser.value("user_id").as_str(), browser.value("ticket")), ("robin@larkfield.example", ticket));
    stage.wait(SignedDuration::from_millis(1));
    browser.submits("/reset", &[]).await;
    assert_eq!(browser.title(), t(Lang::En, Text::TroubleTitle));
}

#[tokio::test]
async fn a_proof_of_work_needs_no_wait() {
    let (stage, _) = larkfield().await;
    let mut browser = Browser::of(&stage).await;
    let check = browser.visitor.human_check().await;
    let fields = [
        ("user_id", "robin@larkfield.example"),
        ("challenge", check["challenge"].as_str().unwrap()),
        ("nonce", check["nonce"].as_str().unwrap()),
    ];
    browser.submits("/reset", &fields).await;
    assert_eq!(browser.title(), t(Lang::En, Text::TroubleTitle));
}

/// A browser on the page of the new password.
async fn at_the_password(stage: &Stage) -> Browser<'_> {
    let mut visitor = Visitor::of(stage);
    visitor.begins("robin@larkfield.example").await;
    visitor.chooses("app_code", None).await;
    visitor.answers(&stage.app_code(0)).await;
    visitor.chooses("email", None).await;
    let code = stage.code_to("robin@private.example").await;
    visitor.answers(&code).await;
    let path = format!("/reset/{}", visitor.journey);
    Browser::opening(visitor, &path).await
}

#[tokio::test]
async fn the_rules_stand_there_before_anything_is_typed() {
    let (stage, _) = larkfield().await;
    let browser = at_the_password(&stage).await;
    let rules = [
        tv(Lang::En, Text::RuleMinLength, &[("n", 12.into())]),
        tv(Lang::En, Text::RuleMaxLength, &[("n", 256.into())]),
        tv(Lang::En, Text::RuleNoName, &[("organization", "Larkfield Hospital".into())]),
        tv(Lang::En, Text::RuleNotLast, &[("n", 1.into())]),
    ];
    for rule in rules {
        assert!(browser.says(&rule), "{rule}: {}", browser.words());
    }
}

#[tokio::test]
async fn two_different_passwords_keep_the_journey_and_show_no_secret() {
    let (stage, robin) = larkfield().await;
    let mut browser = at_the_password(&stage).await;
    browser
        .submits("/password", &[("new_password", NEW_PASSWORD), ("confirm_password", "another thing entirely")])
        .await;
    assert_eq!(browser.answered, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.title(), t(Lang::En, Text::PasswordTitle));
    assert!(browser.shows(Text::ProblemConfirm));
    assert!(!browser.page.body.contains(NEW_PASSWORD) && !browser.page.body.contains("another thing"));
    assert_eq!(stage.writes(&robin).await, 1);
    browser.submits("/password", &[("new_password", NEW_PASSWORD), ("confirm_password", NEW_PASSWORD)]).await;
    assert_eq!(browser.title(), t(Lang::En, Text::DoneResetTitle));
}

#[tokio::test]
async fn all_problems_of_a_password_are_told_at_once() {
    let (stage, _) = larkfield().await;
    let mut browser = at_the_password(&stage).await;
    browser.submits("/password", &[("new_password", "robin"), ("confirm_password", "robin")]).await;
    assert_eq!(browser.answered, StatusCode::UNPROCESSABLE_ENTITY);
    let short = tv(Lang::En, Text::ProblemTooShort, &[("want", 12.into()), ("have", 5.into())]);
    let named = tv(Lang::En, Text::ProblemName, &[("found", "robin".into())]);
    for problem in [short, named] {
        assert!(browser.says(&problem), "{problem}: {}", browser.words());
    }
    browser.submits("/password", &[("new_password", OLD_PASSWORD), ("confirm_password", OLD_PASSWORD)]).await;
    assert_eq!(browser.answered, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.shows(Text::ProblemSame), "{}", browser.words());
    browser
        .submits(
            "/password",
            &[("new_password", "seven\u{200b}quiet herons"), ("confirm_password", "seven\u{200b}quiet herons")],
        )
        .await;
    assert!(browser.shows(Text::ProblemSigns), "{}", browser.words());
    browser.submits("/password", &[("new_password", NEW_PASSWORD), ("confirm_password", NEW_PASSWORD)]).await;
    assert_eq!(browser.title(), t(Lang::En, Text::DoneResetTitle));
}

#[tokio::test]
async fn a_wrong_code_is_told_by_the_field_and_kept() {
    let (stage, _) = larkfield().await;
    let mut browser = Browser::of(&stage).await;
    browser.begins_reset("robin@larkfield.example").await;
    browser.chooses(Text::MethodEmailTitle, None).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ChallengeTitleEmail));
    let code = stage.code_to("robin@private.example").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    browser.submits("/answer", &[("code", wrong)]).await;
    assert_eq!(browser.answered, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.says(&tv(Lang::En, Text::ChallengeErrorWrong, &[("tries", 2.into())])), "{}", browser.words());
    assert!(browser.page.body.contains("aria-invalid=\"true\"") && browser.page.body.contains("<title>Error: "));
    assert_eq!(browser.value("code"), wrong);
    browser.submits("/answer", &[("code", "12 34")]).await;
    assert_eq!(browser.answered, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.says(&tv(Lang::En, Text::ChallengeErrorShape, &[("digits", 6.into())])));
    browser.submits("/answer", &[("code", &format!(" {}-{} ", &code[..3], &code[3..]))]).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ChooseTitleSecond));
}

#[tokio::test]
async fn every_page_of_a_journey_has_its_code_its_title_and_its_way_to_a_person() {
    let (stage, _) = larkfield().await;
    let mut browser = Browser::of(&stage).await;
    let mut pages = vec![browser.page.body.clone()];
    browser.begins("robin@larkfield.example").await;
    pages.push(browser.page.body.clone());
    let journey = browser.path.split('/').nth(2).unwrap().to_owned();
    for part in ["/locked", "", "/contact"] {
        browser.opens(&format!("/reset/{journey}{part}")).await;
        assert_eq!(browser.page.status, StatusCode::OK);
        assert_eq!(browser.page.headers["support-code"].to_str().unwrap(), journey);
        assert_eq!(browser.page.headers["cache-control"], "no-store");
        pages.push(browser.page.body.clone());
    }
    for page in pages {
        assert_eq!(page.matches("<h1>").count(), 1);
        assert_eq!(page.matches("<form").count(), page.matches("method=\"post\"").count());
        for input in page.split("<input").skip(1).filter(|input| !input.contains("type=\"hidden\"")) {
            let id = input.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
            assert!(page.contains(&format!("<label for=\"{id}\"")), "{id} has a label");
        }
        assert!(page.contains("class=\"id ltr\""), "the support code is on the page");
    }
}
