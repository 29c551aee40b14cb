//! The rows of the troubleshooting matrix, as a visitor meets them: page, document, audit.

use http::StatusCode;
use jiff::SignedDuration;
use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::account::SignInModel;
use readmit_core::account::UserType;
use readmit_core::code::SsprCode;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use readmit_server::text::Lang;
use readmit_server::text::Text;
use readmit_server::text::codes::code_text;
use readmit_server::text::t;
use readmit_server::text::tv;
use readmit_store::Member;

use crate::browser::Browser;
use crate::stage::Stage;
use crate::visitor::Visitor;

const REFUSED: &str = "Self-service password reset flow activity progress failure JourneyRefused";

/// A refusal at the first step, through both doors, in both languages, and in the audit.
async fn refuses(stage: &Stage, user_id: &str, code: SsprCode, status: u16) {
    for lang in [Lang::En, Lang::De] {
        let words = code_text(code);
        let mut visitor = Visitor::of(stage);
        visitor.headers = vec![("accept-language", lang.tag().to_owned())];
        let begun = visitor.begins(user_id).await;
        let (json, view) = (begun.json(), begun.view());
        assert_eq!(begun.status.as_u16(), status, "{user_id}: {}", begun.body);
        assert_eq!((json["code"].as_str(), view["code"].as_str()), (Some(code.code()), Some(code.code())));
        assert_eq!((json["title"].as_str(), view["page"].as_str()), (Some(t(lang, words.title)), Some("refused")));
        let support_code = json["support_code"].as_str().unwrap();
        assert_eq!(begun.headers["support-code"], support_code);
        assert_eq!(stage.audit_of(support_code).await, [REFUSED]);

        let mut visitor = Visitor::of(stage);
        visitor.headers = vec![("accept-language", lang.tag().to_owned())];
        let mut browser = Browser::opening(visitor, "/reset").await;
        browser.begins(user_id).await;
        assert_eq!((browser.answered.as_u16(), browser.title()), (status, t(lang, words.title).to_owned()));
        let happened = tv(lang, words.happened, &[("organization", "Larkfield Hospital".into())]);
        for line in [happened.as_str(), t(lang, words.act), t(lang, words.who), t(lang, words.technical), code.code()] {
            assert!(browser.says(line), "{line}: {}", browser.words());
        }
        assert!(browser.says(user_id), "the lines to send hold the user ID");
        browser.opens(&format!("/help/{}?mkt={}", code.code(), lang.tag())).await;
        assert_eq!(browser.page.status, StatusCode::OK);
        assert!(browser.shows(words.remedy) && browser.shows(words.title));
    }
}

/// The page without a code.
async fn does_not_verify(stage: &Stage, user_id: &str) {
    let begun = Visitor::of(stage).begins(user_id).await;
    assert_eq!((begun.status.as_u16(), begun.page().as_str()), (403, "could_not_verify"), "{user_id}: {}", begun.body);
    assert_eq!((begun.json()["code"].as_str(), begun.view()["code"].as_str()), (None, None));
    let mut browser = Browser::of(stage).await;
    browser.begins(user_id).await;
    assert_eq!(browser.answered.as_u16(), 403);
    assert_eq!(browser.title(), t(Lang::En, Text::CouldNotVerifyTitle));
    assert!(!browser.says("SSPR_"));
}

#[tokio::test]
async fn code_9_where_reset_is_off() {
    let stage = Stage::with(Preset::Recommended, |values| values.enabled = Enabled::None).await;
    stage.person("robin").await;
    refuses(&stage, "robin@larkfield.example", SsprCode::TenantSSPRFlagDisabled, 403).await;
}

#[tokio::test]
async fn code_10_where_passwords_are_not_written_back() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    on_premises(&stage).await;
    refuses(&stage, "olga@larkfield.example", SsprCode::WritebackNotEnabled, 403).await;
}

#[tokio::test]
async fn code_30_where_no_agent_is_connected() {
    let stage = Stage::with(Preset::Recommended, |values| values.writeback = true).await;
    on_premises(&stage).await;
    refuses(&stage, "olga@larkfield.example", SsprCode::OnPremisesConnectivityError, 503).await;
}

async fn on_premises(stage: &Stage) {
    let change = |account: &mut readmit_core::account::Account| {
        account.authority = Authority::OnPremises;
        account.sign_in_model = SignInModel::PassThrough;
    };
    let olga = stage.person_with("olga", change).await;
    stage.registers_email(&olga, "olga@private.example").await;
    stage.registers_app(&olga).await;
}

#[tokio::test]
async fn code_11_where_no_policy_was_ever_saved() {
    let stage = Stage::empty().await;
    stage.person("robin").await;
    refuses(&stage, "robin@larkfield.example", SsprCode::SsprNotEnabledInUserPolicy, 403).await;
}

#[tokio::test]
async fn code_12_where_a_licence_is_missing_and_not_where_it_is_held() {
    let mut stage = Stage::empty().await;
    let oakham = stage.licensed_tenant(2, "oakham.example").await;
    stage.tenant = oakham;
    stage.policy(Preset::Recommended, |_| {}).await;
    let named = |name: &str| {
        let upn = format!("{name}@oakham.example");
        move |account: &mut readmit_core::account::Account| account.upn = upn.parse().unwrap()
    };
    stage.person_with("bare", named("bare")).await;
    let held = stage.person_with("held", named("held")).await;
    stage.registers_email(&held, "held@private.example").await;
    stage.registers_app(&held).await;
    let (holder, now) = (Member::Account(held.id), stage.app.clock.now());
    let unit = async move |tx: &mut readmit_store::Tx| {
        tx.assign_licence(oakham, holder, readmit_core::licence::Plan::P1, now).await
    };
    assert!(stage.app.store.write(unit).await.unwrap());
    let begun = Visitor::of(&stage).begins("bare@oakham.example").await;
    assert_eq!((begun.status.as_u16(), begun.json()["code"].as_str()), (403, Some("SSPR_0012")), "{}", begun.body);
    assert_eq!(begun.json()["title"], t(Lang::En, code_text(SsprCode::UserNotLicensed).title));
    assert_eq!(Visitor::of(&stage).begins("held@oakham.example").await.page(), "choose");
}

#[tokio::test]
async fn code_13_outside_the_groups_and_a_journey_inside_however_deep() {
    let stage = Stage::empty().await;
    let (nurses, ward) = (stage.group("Nurses").await, stage.group("Ward 7").await);
    stage.joins(nurses, Member::Group(ward)).await;
    stage.joins(ward, Member::Group(nurses)).await;
    stage
        .policy(Preset::Recommended, |values| {
            values.enabled = Enabled::Selected;
            values.include_groups = vec![nurses];
        })
        .await;
    for name in ["inside", "outside"] {
        let person = stage.person(name).await;
        stage.registers_email(&person, "x@private.example").await;
        stage.registers_app(&person).await;
        if name == "inside" {
            stage.joins(ward, Member::Account(person.id)).await;
        }
    }
    refuses(&stage, "outside@larkfield.example", SsprCode::UserNotMemberOfScopedAccessGroup, 403).await;
    assert_eq!(Visitor::of(&stage).begins("inside@larkfield.example").await.page(), "choose");
}

#[tokio::test]
async fn code_14_for_nothing_on_file_one_of_two_one_root_and_malformed_numbers() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    stage.person("nothing").await;
    let half = stage.person("half").await;
    stage.registers_email(&half, "half@private.example").await;
    let same = stage.person("same").await;
    stage.registers_sms(&same, "+44 7700900123").await;
    stage.registers(&same, Method::VoiceMobile, readmit_store::Reach::Contact("+44 7700 900 123".to_owned())).await;
    let bad = stage.person_with("bad", |account| account.mobile_phone = Some("07700 900123".to_owned())).await;
    stage.registers_app(&bad).await;
    for name in ["nothing", "half", "same", "bad"] {
        refuses(&stage, &format!("{name}@larkfield.example"), SsprCode::UserNotProperlyConfigured, 403).await;
    }
}

#[tokio::test]
async fn an_account_that_is_unknown_disabled_or_no_member_could_not_be_verified() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    stage.person_with("off", |account| account.enabled = false).await;
    stage.person_with("guest", |account| account.user_type = UserType::Guest).await;
    stage.person_with("robot", |account| account.user_type = UserType::Service).await;
    for name in ["off", "guest", "robot", "stranger"] {
        does_not_verify(&stage, &format!("{name}@larkfield.example")).await;
    }
    does_not_verify(&stage, "somebody@elsewhere.example").await;
    assert_eq!(stage.count("AccountNotVerified").await, 10);
}

#[tokio::test]
async fn a_proxy_address_verifies_only_with_alternate_login() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let proxy = vec!["bird@larkfield.example".to_owned()];
    let robin = stage.person_with("robin", |account| account.proxy_addresses = proxy).await;
    stage.registers_email(&robin, "robin@private.example").await;
    stage.registers_app(&robin).await;
    does_not_verify(&stage, "bird@larkfield.example").await;
    stage.policy(Preset::Recommended, |values| values.alternate_login = true).await;
    assert_eq!(Visitor::of(&stage).begins("bird@larkfield.example").await.page(), "choose");
}

#[tokio::test]
async fn the_administrator_policy_applies_to_administrators() {
    let stage = Stage::with(Preset::Entra, |values| {
        values.enabled = Enabled::All;
        values.methods = vec![Method::Email, Method::Questions];
    })
    .await;
    let admin = stage.administrator("admin", Role::UserAdministrator).await;
    stage.registers_email(&admin, "admin@private.example").await;
    stage.registers_questions(&admin, &[1, 2, 3, 4, 5]).await;
    refuses(&stage, "admin@larkfield.example", SsprCode::UserNotProperlyConfigured, 403).await;
    stage.registers_app(&admin).await;
    let view = Visitor::of(&stage).begins("admin@larkfield.example").await.view();
    assert_eq!(view["gates"]["required"], 2);
    let methods: Vec<_> = view["methods"].as_array().unwrap().iter().map(|one| one["method"].clone()).collect();
    assert_eq!(methods, ["app_code", "email"]);
    stage.policy(Preset::Recommended, |values| values.admins_allowed = false).await;
    refuses(&stage, "admin@larkfield.example", SsprCode::TenantSSPRFlagDisabled, 403).await;
}

#[tokio::test]
async fn a_relay_that_takes_nothing_leaves_two_ways_on() {
    let stage = Stage::without_mail().await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, "robin@private.example").await;
    stage.registers_app(&robin).await;
    let mut browser = Browser::of(&stage).await;
    browser.begins_reset("robin@larkfield.example").await;
    browser.chooses(Text::MethodEmailTitle, None).await;
    stage.delivered().await;
    let path = browser.path.clone();
    browser.opens(&path).await;
    assert!(browser.shows(Text::ChallengeFailed), "{}", browser.words());
    stage.wait(SignedDuration::from_secs(9));
    browser.submits("/resend", &[]).await;
    assert_eq!(browser.answered, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(browser.page.headers["retry-after"], "1");
    stage.wait(SignedDuration::from_secs(1));
    browser.submits("/resend", &[]).await;
    assert_eq!(
        (browser.answered, browser.title()),
        (StatusCode::SEE_OTHER, t(Lang::En, Text::ChallengeTitleEmail).to_owned())
    );
    let link = browser.link(t(Lang::En, Text::LinkContact));
    browser.opens(&link).await;
    browser.submits("/contact", &[]).await;
    assert_eq!(browser.answered, StatusCode::TOO_MANY_REQUESTS, "ten seconds after the newest message");
    stage.wait(SignedDuration::from_secs(10));
    browser.opens(&link).await;
    browser.submits("/contact", &[]).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ContactSentTitle));
    browser.opens(&path).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ChallengeTitleEmail), "the journey stays");
    assert_eq!((stage.count("NewCodeSent").await, stage.count("ContactedAdministrator").await), (1, 2));
}

#[tokio::test]
async fn the_page_helps_to_find_a_message() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let robin =
        stage.person_with("robin", |account| account.business_phones = vec!["+1 4255550100 x123".to_owned()]).await;
    stage.registers_email(&robin, "robin@private.example").await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    let challenge = visitor.chooses("email", None).await.view()["challenge"].clone();
    let subject = tv(Lang::En, Text::MailCodeSubject, &[("organization", "Larkfield Hospital".into())]);
    assert_eq!(challenge["sender"], "reset@larkfield.example");
    assert_eq!(
        (challenge["subject"].as_str(), challenge["masked"].as_str()),
        (Some(subject.as_str()), Some("r•••••@p•••••.example"))
    );
    assert_eq!(stage.newest_to("robin@private.example").await.subject, Some(subject.clone()));
    let path = format!("/reset/{}", visitor.journey);
    let mut browser = Browser::opening(visitor, &path).await;
    for words in
        [subject.as_str(), "reset@larkfield.example", "r•••••@p•••••.example", t(Lang::En, Text::ChallengeAdviceJunk)]
    {
        assert!(browser.says(words), "{words}: {}", browser.words());
    }
    browser.submits("/another-way", &[]).await;
    browser.chooses(Text::MethodVoiceOfficeTitle, Some("+1 425 555 0100")).await;
    assert!(browser.says("••••••00") && browser.shows(Text::ChallengeAdviceCall), "{}", browser.words());
    assert_eq!(stage.newest_to("+14255550100").await.to, "+14255550100", "without the extension");
}

#[tokio::test]
async fn a_phone_number_that_differs_is_told_by_its_field_and_counts() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let robin = stage.person("robin").await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    stage.registers_app(&robin).await;
    let mut browser = Browser::of(&stage).await;
    browser.begins_reset("robin@larkfield.example").await;
    browser.chooses(Text::MethodSmsTitle, Some("+44 7700 900124")).await;
    assert_eq!(
        (browser.answered, browser.title()),
        (StatusCode::UNPROCESSABLE_ENTITY, t(Lang::En, Text::PhoneTitle).to_owned())
    );
    assert!(browser.says(&tv(Lang::En, Text::PhoneErrorMismatch, &[("example", "+44 7700 900123".into())])));
    assert_eq!(browser.value("phone"), "+44 7700 900124", "what was typed is kept");
    assert_eq!((stage.count("PhoneNumberMismatch").await, stage.delivered().await.len()), (1, 0));
}

#[tokio::test]
async fn too_many_tries_are_told_with_their_end_and_its_zone() {
    let stage = Stage::with(Preset::Entra, |values| values.enabled = Enabled::All).await;
    let robin = stage.person("robin").await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    for _ in 0..4 {
        assert_eq!(visitor.chooses("sms", Some("+44 7700900999")).await.status, 422);
        stage.wait(SignedDuration::from_mins(1));
    }
    let fifth = visitor.chooses("sms", Some("+44 7700900999")).await;
    assert_eq!((fifth.status.as_u16(), fifth.json()["code"].as_str()), (429, Some("SSPR_0101")));
    assert_eq!(fifth.headers["retry-after"], "86400");
    let again = Visitor::of(&stage).begins("robin@larkfield.example").await;
    assert_eq!((again.status.as_u16(), again.page().as_str()), (429, "throttled"));
    assert_eq!(again.view()["blocked_until"], "2027-01-16T08:04:00Z");
    let mut browser = Browser::of(&stage).await;
    browser.begins("robin@larkfield.example").await;
    assert_eq!(browser.answered, StatusCode::TOO_MANY_REQUESTS);
    assert!(browser.page.headers.contains_key("retry-after"));
    assert_eq!(browser.title(), t(Lang::En, Text::ThrottledTitle));
    assert!(browser.says("08:04 tomorrow (Europe/London, UTC+00:00)"), "{}", browser.words());
    let audit = stage.audit().await;
    let blocked = audit.iter().filter(|line| line.starts_with("Blocked from self-service password reset success"));
    assert_eq!(blocked.count(), 3, "once when it closed, once for each journey refused: {audit:#?}");
}

#[tokio::test]
async fn the_pause_of_questions_and_of_the_account_has_words_of_its_own() {
    let stage = Stage::with(Preset::Entra, |values| {
        values.enabled = Enabled::All;
        values.methods = vec![Method::Questions, Method::Email];
        values.account_counts = readmit_core::policy::AccountCounts::Begun;
    })
    .await;
    let robin = stage.person("robin").await;
    stage.registers_questions(&robin, &[1, 2, 3, 4, 5]).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    for _ in 0..5 {
        if visitor.sees().await["page"] == "choose" {
            visitor.chooses("questions", None).await;
        }
        let questions = visitor.sees().await["questions"].clone();
        let asked = questions.as_array().unwrap().iter();
        let answers: Vec<_> =
            asked.map(|one| serde_json::json!({ "question_id": one["id"], "answer": "no idea" })).collect();
        visitor.moves("answer", serde_json::json!({ "answers": answers })).await;
    }
    let mut browser = Browser::of(&stage).await;
    browser.begins("robin@larkfield.example").await;
    let until = "08:00 tomorrow (Europe/London, UTC+00:00)";
    assert!(
        browser.says(&tv(Lang::En, Text::ThrottledLeadQuestions, &[("until", until.into())])),
        "{}",
        browser.words()
    );
    assert_eq!(stage.count("TooManyQuestionsAttempts").await, 2);

    let anna = stage.person("anna").await;
    stage.registers_email(&anna, "anna@private.example").await;
    for _ in 0..5 {
        assert_eq!(Visitor::of(&stage).begins("anna@larkfield.example").await.page(), "choose");
    }
    let mut browser = Browser::of(&stage).await;
    browser.begins("anna@larkfield.example").await;
    assert_eq!(browser.answered, StatusCode::TOO_MANY_REQUESTS);
    assert!(browser.says(&tv(Lang::En, Text::ThrottledLeadAccount, &[("until", until.into())])), "{}", browser.words());
    assert_eq!(stage.count("TooManyJourneys").await, 1);
}

#[tokio::test]
async fn a_database_that_is_gone_is_a_503_with_a_support_code() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    stage.person("robin").await;
    let mut browser = Browser::of(&stage).await;
    let check = browser.visitor.human_check().await;
    stage.app.store.close().await;
    let body = serde_json::json!({ "user_id": "robin@larkfield.example", "aim": "reset", "human_check": check });
    let answer = browser.visitor.post_json("/api/v1/reset/journeys", &body).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (503, Some("SSPR_0900")), "{}", answer.body);
    assert_eq!(answer.headers["support-code"], answer.json()["support_code"].as_str().unwrap());
    assert!(answer.headers.contains_key("retry-after"));
    browser.submits("/reset", &[("user_id", "robin@larkfield.example")]).await;
    stage.wait(SignedDuration::from_secs(5));
    browser.submits("/reset", &[]).await;
    assert_eq!(browser.answered, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.title(), t(Lang::En, Text::Error503Title));
    assert!(browser.says(browser.page.headers["support-code"].to_str().unwrap()));
}
