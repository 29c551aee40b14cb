//! Who is told what, and that nothing secret is told to anybody.

use std::io;
use std::sync::Arc;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use jiff::SignedDuration;
use readmit_core::account::Role;
use readmit_core::policy::Disclosure;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use readmit_server::text::Lang;
use readmit_server::text::Text;
use readmit_server::text::tv;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::arrange::right_answer;
use crate::browser::Browser;
use crate::codes::other_than;
use crate::journeys::NEW_PASSWORD;
use crate::moves::MAILBOX;
use crate::moves::USER;
use crate::stage::APP_SECRET;
use crate::stage::OLD_PASSWORD;
use crate::stage::Stage;
use crate::visitor::Visitor;

/// One gate by the app; where messages go is each test's own.
async fn one_gate() -> Stage {
    Stage::with(Preset::Recommended, |values| values.required = 1).await
}

async fn resets(stage: &Stage, user: &str) {
    let mut visitor = Visitor::of(stage);
    visitor.begins(user).await;
    visitor.chooses("app_code", None).await;
    visitor.answers(&stage.app_code(0)).await;
    let set = visitor.sets(NEW_PASSWORD).await;
    assert_eq!(set.page(), "done", "{}", set.body);
}

fn recipients(sent: &[readmit_server::deliver::MemoryItem], subject: &str) -> Vec<String> {
    let mut all: Vec<String> =
        sent.iter().filter(|item| item.subject.as_deref() == Some(subject)).map(|item| item.to.clone()).collect();
    all.sort();
    all
}

fn about(text: Text) -> String {
    tv(Lang::En, text, &[("organization", "Larkfield Hospital".into())])
}

#[tokio::test]
async fn a_reset_is_told_to_every_address_on_file_before_it() {
    let stage = one_gate().await;
    let robin = stage
        .person_with("robin", |account| {
            account.mail = Some("robin@larkfield.example".to_owned());
            account.other_mails = vec!["robin@home.example".to_owned(), "ROBIN@larkfield.example".to_owned()];
        })
        .await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    resets(&stage, USER).await;
    let sent = stage.delivered().await;
    assert_eq!(
        recipients(&sent, &about(Text::MailResetSubject)),
        ["robin@home.example", "robin@larkfield.example", MAILBOX]
    );
    assert!(sent.iter().all(|item| !item.text.contains(NEW_PASSWORD) && !item.text.contains("://")));
}

#[tokio::test]
async fn who_has_no_address_is_told_at_the_user_id() {
    let stage = one_gate().await;
    let robin = stage.person("robin").await;
    stage.registers_app(&robin).await;
    resets(&stage, USER).await;
    assert_eq!(recipients(&stage.delivered().await, &about(Text::MailResetSubject)), [USER]);
}

#[tokio::test]
async fn the_reference_may_keep_quiet() {
    let stage = Stage::with(Preset::Entra, |values| {
        values.enabled = Enabled::All;
        values.methods = vec![Method::AppCode];
        values.notify_users = false;
        values.classes = 0;
    })
    .await;
    let robin = stage.person("robin").await;
    stage.registers_app(&robin).await;
    resets(&stage, USER).await;
    assert_eq!(stage.delivered().await.len(), 0);
}

#[tokio::test]
async fn an_administrators_reset_is_told_to_all_other_global_administrators() {
    let stage = one_gate().await;
    for name in ["ga1", "ga2"] {
        stage.administrator(name, Role::GlobalAdministrator).await;
    }
    stage
        .person_with("ga3", |account| {
            account.roles = vec![Role::GlobalAdministrator];
            account.enabled = false;
        })
        .await;
    stage.administrator("helper", Role::HelpdeskAdministrator).await;
    let admin = stage.administrator("admin", Role::GlobalAdministrator).await;
    stage.registers_app(&admin).await;
    stage.registers_email(&admin, "admin@private.example").await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("admin@larkfield.example").await;
    visitor.chooses("app_code", None).await;
    visitor.answers(&stage.app_code(0)).await;
    visitor.chooses("email", None).await;
    let code = stage.code_to("admin@private.example").await;
    visitor.answers(&code).await;
    assert_eq!(visitor.sets(NEW_PASSWORD).await.page(), "done");
    let sent = stage.delivered().await;
    assert_eq!(recipients(&sent, &about(Text::MailAdminSubject)), ["ga1@larkfield.example", "ga2@larkfield.example"]);
    let robin = stage.person("robin").await;
    stage.registers_app(&robin).await;
    resets(&stage, USER).await;
    assert_eq!(
        recipients(&stage.delivered().await, &about(Text::MailAdminSubject)).len(),
        2,
        "none for people without a role"
    );
}

async fn asks_for_help(stage: &Stage, user: &str) {
    let mut visitor = Visitor::of(stage);
    visitor.begins(user).await;
    let asked = visitor.moves("contact", json!({})).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
}

fn help_for(user: &str) -> String {
    tv(Lang::En, Text::MailContactSubject, &[("user", user.into())])
}

#[tokio::test]
async fn a_call_for_help_goes_to_the_first_tier_that_somebody_holds() {
    for (roles, expected) in [
        (vec![("ga", Role::GlobalAdministrator)], vec!["ga"]),
        (vec![("ga", Role::GlobalAdministrator), ("ua", Role::UserAdministrator)], vec!["ua"]),
        (
            vec![
                ("ga", Role::GlobalAdministrator),
                ("ua", Role::UserAdministrator),
                ("ha", Role::HelpdeskAdministrator),
                ("pa", Role::PasswordAdministrator),
            ],
            vec!["ha", "pa"],
        ),
        (vec![("reader", Role::ReportsReader)], vec![]),
    ] {
        let stage = one_gate().await;
        for (name, role) in roles {
            stage.administrator(name, role).await;
        }
        let robin = stage.person("robin").await;
        stage.registers_app(&robin).await;
        asks_for_help(&stage, USER).await;
        let expected: Vec<String> = expected.into_iter().map(|name| format!("{name}@larkfield.example")).collect();
        assert_eq!(recipients(&stage.delivered().await, &help_for(USER)), expected);
    }
}

#[tokio::test]
async fn a_refused_person_can_call_for_help_and_the_mail_says_why() {
    let stage = one_gate().await;
    stage.administrator("helper", Role::HelpdeskAdministrator).await;
    stage.person("robin").await;
    let mut browser = Browser::of(&stage).await;
    browser.begins(USER).await;
    let link = browser.link(readmit_server::text::t(Lang::En, Text::RefusedWrite));
    browser.opens(&link).await;
    browser.submits("/contact", &[]).await;
    assert_eq!(browser.answered, 303);
    assert_eq!(browser.title(), readmit_server::text::t(Lang::En, Text::ContactSentTitle));
    let mail = stage.newest_to("helper@larkfield.example").await;
    let code = browser.page.headers["support-code"].to_str().unwrap();
    assert!(mail.text.contains("SSPR_0014") && mail.text.contains(USER) && mail.text.contains(code), "{}", mail.text);
}

#[tokio::test]
async fn help_is_called_once_an_hour_an_account_and_twenty_times_an_hour_an_organization() {
    let stage = one_gate().await;
    stage.administrator("helper", Role::HelpdeskAdministrator).await;
    stage.person("robin").await;
    for _ in 0..3 {
        asks_for_help(&stage, USER).await;
    }
    assert_eq!(stage.delivered().await.len(), 1);
    for number in 0..25 {
        stage.person(&format!("p{number}")).await;
        asks_for_help(&stage, &format!("p{number}@larkfield.example")).await;
    }
    assert_eq!(stage.delivered().await.len(), 20);
    stage.wait(SignedDuration::from_mins(61));
    asks_for_help(&stage, USER).await;
    assert_eq!(stage.delivered().await.len(), 21);
}

#[tokio::test]
async fn the_help_desks_own_address_takes_the_place_of_roles() {
    let stage =
        Stage::with(Preset::Recommended, |values| values.helpdesk_link = "desk@larkfield.example".to_owned()).await;
    stage.administrator("helper", Role::HelpdeskAdministrator).await;
    stage.person("robin").await;
    asks_for_help(&stage, USER).await;
    assert_eq!(recipients(&stage.delivered().await, &help_for(USER)), ["desk@larkfield.example"]);
    let mut browser = Browser::of(&stage).await;
    browser.begins(USER).await;
    assert!(browser.page.body.contains("mailto:desk@larkfield.example"));
    stage
        .policy(Preset::Recommended, |values| values.helpdesk_link = "https://desk.larkfield.example/".to_owned())
        .await;
    let mut browser = Browser::of(&stage).await;
    browser.begins(USER).await;
    assert!(browser.page.body.contains("href=\"https://desk.larkfield.example/\""));
}

#[tokio::test]
async fn a_decoy_calls_nobody_and_its_page_says_the_same() {
    let stage = Stage::with(Preset::Recommended, |values| values.disclosure = Disclosure::Uniform).await;
    stage.administrator("helper", Role::HelpdeskAdministrator).await;
    for number in 0..21 {
        asks_for_help(&stage, &format!("nobody{number}@larkfield.example")).await;
    }
    stage.policy(Preset::Recommended, |_| {}).await;
    asks_for_help(&stage, "somebody@larkfield.example").await;
    assert_eq!(stage.delivered().await.len(), 0);
    stage.person("robin").await;
    asks_for_help(&stage, USER).await;
    assert_eq!(stage.delivered().await.len(), 1, "decoys take nobody's place among the twenty");
}

#[tokio::test]
async fn a_block_is_told_to_its_owner_once() {
    let stage = one_gate().await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    for _ in 0..9 {
        let mut visitor = Visitor::of(&stage);
        if visitor.begins(USER).await.view()["methods"].as_array().unwrap().len() == 2 {
            visitor.chooses("app_code", None).await;
            visitor.answers(&other_than(&stage.app_code(7))).await;
        }
    }
    let sent = stage.delivered().await;
    assert_eq!(recipients(&sent, &about(Text::MailBlockSubject)), [MAILBOX]);
}

/// A log that is read back.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_in_a_log_an_answer_or_the_database() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let stage = Stage::with(Preset::Recommended, |values| values.methods = Method::ALL.to_vec()).await;
    let robin = stage.person("robin").await;
    stage.registers_email(&robin, MAILBOX).await;
    stage.registers_app(&robin).await;
    stage.registers_questions(&robin, &[1, 2, 3, 4, 5]).await;
    let mut tokens = Vec::new();
    let mut visitor = Visitor::of(&stage);
    visitor.begins(USER).await;
    tokens.push(visitor.cookie.clone().unwrap());
    visitor.chooses("email", None).await;
    let code = stage.code_to(MAILBOX).await;
    let wrong = other_than(&code);
    visitor.answers(&wrong).await;
    visitor.answers(&code).await;
    tokens.push(visitor.cookie.clone().unwrap());
    let view = visitor.chooses("questions", None).await.view();
    let asked = view["questions"].as_array().unwrap().iter();
    let wrong_answers: Vec<_> =
        asked.map(|one| json!({ "question_id": one["id"], "answer": "canary of a guess" })).collect();
    visitor.moves("answer", json!({ "answers": wrong_answers })).await;
    visitor.moves("another-way", json!({})).await;
    visitor.chooses("app_code", None).await;
    let app_code = stage.app_code(0);
    visitor.answers(&app_code).await;
    tokens.push(visitor.cookie.clone().unwrap());
    visitor.sets("canary robin").await;
    let path = format!("/reset/{}", visitor.journey);
    let mut browser = Browser::opening(visitor, &path).await;
    browser
        .submits("/password", &[("new_password", "canary-one robin"), ("confirm_password", "canary-two robin")])
        .await;
    browser.submits("/password", &[("new_password", NEW_PASSWORD), ("confirm_password", NEW_PASSWORD)]).await;
    assert!(browser.shows(Text::DoneNotYou));
    stage.app.store.close().await;
    let failed = browser.visitor.moves("answer", json!({ "step": 1, "code": "999999" })).await;
    assert_eq!(failed.status, 503);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("support_code") && log.len() > 1_000, "the log was read: {log}");
    let mut secrets: Vec<String> =
        [NEW_PASSWORD, OLD_PASSWORD, "canary", APP_SECRET, MAILBOX].map(str::to_owned).to_vec();
    for code in [code, app_code] {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, code.as_bytes());
        secrets.extend([hex(code.as_bytes()), hex(digest.as_ref()), BASE64.encode(&code), BASE64.encode(digest), code]);
    }
    secrets.push(wrong);
    secrets.extend((1..=5).map(right_answer));
    let database = stage.database_bytes();
    let database = String::from_utf8_lossy(&database);
    let answers: String = stage.answered.lock().unwrap().concat();
    for secret in secrets.iter().chain(&tokens) {
        assert!(!log.contains(secret.as_str()), "{secret} in the log");
        assert!(!contains_alone(&answers, secret), "{secret} in an answer");
    }
    // The mailbox on file stands in the database: it is where codes are sent.
    for secret in secrets.iter().filter(|secret| *secret != MAILBOX).chain(&tokens) {
        assert!(!contains_alone(&database, secret), "{secret} in the database");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the text stands there, and not only as six digits inside a longer number.
fn contains_alone(text: &str, secret: &str) -> bool {
    let is_digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_hexdigit());
    text.match_indices(secret).any(|(at, found)| {
        let alone = !is_digit(text[..at].chars().next_back()) && !is_digit(text[at + found.len()..].chars().next());
        alone || secret.len() > 6
    })
}
