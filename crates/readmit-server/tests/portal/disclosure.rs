//! What a stranger can learn: in uniform mode nothing, in helpful mode only so much.

use jiff::SignedDuration;
use readmit_core::account::Authority;
use readmit_core::account::UserType;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_store::Member;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::stage::Stage;
use crate::visitor::Answer;
use crate::visitor::Visitor;

const ABLE: &str = "able@larkfield.example";

/// Strict and uniform, for the members of one group, with one account of each class.
async fn uniform() -> Stage {
    let stage = Stage::empty().await;
    let group = stage.group("Staff").await;
    stage
        .policy(Preset::Strict, |values| {
            values.enabled = Enabled::Selected;
            values.include_groups = vec![group];
        })
        .await;
    for class in
        ["able", "also-able", "outside", "half", "nothing", "disabled", "guest", "robot", "on-premises", "malformed"]
    {
        let person = stage
            .person_with(class, |account| match class {
                "disabled" => account.enabled = false,
                "guest" => account.user_type = UserType::Guest,
                "robot" => account.user_type = UserType::Service,
                "on-premises" => account.authority = Authority::OnPremises,
                "malformed" => account.other_mails = vec!["no address".to_owned()],
                _ => {}
            })
            .await;
        if class != "outside" {
            stage.joins(group, Member::Account(person.id)).await;
        }
        if !["nothing", "malformed"].contains(&class) {
            stage.registers_email(&person, &format!("{class}@example.com")).await;
        }
        if !["nothing", "half"].contains(&class) {
            stage.registers_app(&person).await;
        }
    }
    stage
}

const CLASSES: [&str; 12] = [
    ABLE,
    "also-able@larkfield.example",
    "outside@larkfield.example",
    "half@larkfield.example",
    "nothing@larkfield.example",
    "disabled@larkfield.example",
    "guest@larkfield.example",
    "robot@larkfield.example",
    "on-premises@larkfield.example",
    "malformed@larkfield.example",
    "unknown@larkfield.example",
    "unknown@elsewhere.example",
];

/// What is left of an answer when everything that is one's own is taken out.
fn outline(answer: &Answer) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| match name.as_str() {
            "support-code" | "set-cookie" => format!("{name}: {}", value.len()),
            _ => format!("{name}: {}", value.to_str().unwrap()),
        })
        .collect();
    headers.sort();
    let mut json = answer.json();
    blank(&mut json);
    format!("{} {headers:?} {json}", answer.status)
}

fn blank(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match name.as_str() {
                    "id" | "journey" | "support_code" | "mark" => *value = json!(value.as_str().map(str::len)),
                    "masked" => *value = json!(value.as_str().map(|text| text.matches('•').count())),
                    _ => blank(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Everything a stranger can do without the owner's codes, until the account is blocked and beyond.
async fn transcript(stage: &Stage, user: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut visitor = Visitor::of(stage);
    seen.push(outline(&visitor.begins(user).await));
    seen.push(outline(&visitor.chooses("email", None).await));
    seen.push(outline(&visitor.moves("resend", json!({})).await));
    stage.delivered().await;
    for code in ["12345", "000000", "000001", "000002"] {
        seen.push(outline(&visitor.answers(code).await));
    }
    seen.push(outline(&visitor.chooses("email", None).await));
    stage.wait(SignedDuration::from_secs(10));
    seen.push(outline(&visitor.chooses("email", None).await));
    stage.wait(SignedDuration::from_secs(10));
    seen.push(outline(&visitor.moves("resend", json!({})).await));
    seen.push(outline(&visitor.moves("contact", json!({})).await));
    stage.wait(SignedDuration::from_secs(10));
    seen.push(outline(&visitor.moves("contact", json!({})).await));
    seen.push(outline(&visitor.moves("another-way", json!({})).await));
    seen.push(outline(&visitor.chooses("app_code", None).await));
    seen.push(outline(&visitor.answers("000000").await));
    seen.push(outline(&visitor.moves("password", json!({ "new_password": "x" })).await));
    for code in ["000003", "000004"] {
        stage.wait(SignedDuration::from_secs(10));
        visitor.moves("another-way", json!({})).await;
        seen.push(outline(&visitor.chooses("email", None).await));
        seen.push(outline(&visitor.answers(code).await));
    }
    seen.push(outline(&visitor.moves("cancel", json!({})).await));
    seen.push(outline(&Visitor::of(stage).begins(user).await));
    stage.delivered().await;
    seen
}

#[tokio::test]
async fn uniform_tells_no_class_from_another_not_even_by_its_blocks() {
    let mut transcripts = Vec::new();
    for user in CLASSES {
        let stage = uniform().await;
        transcripts.push((user, transcript(&stage, user).await));
    }
    let (_, able) = &transcripts[0];
    assert!(able.last().unwrap().starts_with("429"), "{able:#?}");
    assert!(able.iter().any(|line| line.contains("\"challenge\":{")));
    for (user, other) in &transcripts {
        for (step, (own, theirs)) in able.iter().zip(other).enumerate() {
            assert_eq!(own, theirs, "{user} at {step}");
        }
    }
}

#[tokio::test]
async fn uniform_pages_are_alike_too() {
    let mut transcripts: Vec<Vec<(u16, String, usize)>> = Vec::new();
    for user in CLASSES {
        let stage = uniform().await;
        let mut browser = Browser::of(&stage).await;
        let mut seen = Vec::new();
        browser.begins_reset(user).await;
        let note = |browser: &Browser<'_>| {
            (browser.answered.as_u16(), browser.title(), browser.words().replace(user, "").split(' ').count())
        };
        seen.push(note(&browser));
        browser.chooses(readmit_server::text::Text::MethodEmailTitle, None).await;
        stage.delivered().await;
        let path = browser.path.clone();
        browser.opens(&path).await;
        seen.push(note(&browser));
        browser.submits("/answer", &[("code", "000000")]).await;
        seen.push(note(&browser));
        transcripts.push(seen);
    }
    transcripts.dedup();
    assert_eq!(transcripts.len(), 1, "{transcripts:#?}");
}

#[tokio::test]
async fn a_decoy_is_the_same_each_time_and_on_every_server() {
    let stage = uniform().await;
    let replica = stage.replica().await;
    let masks = |view: Value| -> Vec<Value> {
        view["methods"].as_array().unwrap().iter().map(|one| one["masked"].clone()).collect()
    };
    let first = masks(Visitor::of(&stage).begins("unknown@larkfield.example").await.view());
    assert_eq!(first, masks(Visitor::of(&replica).begins("UNKNOWN@larkfield.example").await.view()));
    assert_ne!(first, masks(Visitor::of(&stage).begins("vera@larkfield.example").await.view()));
}

#[tokio::test]
async fn two_decoys_share_no_send_limit() {
    let stage = uniform().await;
    for name in ["una", "una.b", "uno", "urs", "ute", "uwe"] {
        let mut visitor = Visitor::of(&stage);
        visitor.begins(&format!("{name}@larkfield.example")).await;
        assert_eq!(visitor.chooses("email", None).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn nothing_leaves_for_a_decoy_but_the_owner_reads_why_once_an_hour() {
    let stage = uniform().await;
    for user in ["unknown@larkfield.example", "disabled@larkfield.example", "nobody@elsewhere.example"] {
        transcript(&stage, user).await;
    }
    assert_eq!(stage.delivered().await.len(), 0);
    for _ in 0..3 {
        Visitor::of(&stage).begins("outside@larkfield.example").await;
    }
    let sent = stage.delivered().await;
    assert_eq!(sent.iter().map(|item| item.to.as_str()).collect::<Vec<_>>(), ["outside@example.com"]);
    assert!(sent[0].text.contains("SSPR_0013"), "{}", sent[0].text);
    stage.wait(SignedDuration::from_mins(61));
    Visitor::of(&stage).begins("outside@larkfield.example").await;
    assert_eq!(stage.delivered().await.len(), 2);
    let audit = stage.audit_of(&sent[0].support_code).await;
    assert!(audit[0].ends_with("failure JourneyRefused"), "the administrator reads the reason: {audit:#?}");
}

#[tokio::test]
async fn ten_refusals_an_hour_are_told_then_a_source_is_answered_uniformly() {
    let stage = Stage::with(Preset::Recommended, |values| values.disclosure_budget = 10).await;
    let robin = stage.person("robin").await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    stage.registers_app(&robin).await;
    for number in 0..10 {
        for _ in 0..2 {
            let begun = Visitor::of(&stage).begins(&format!("guess{number}@larkfield.example")).await;
            assert_eq!(begun.status, 403, "the same user ID again costs nothing more: {number}");
        }
    }
    let mut decoy = Visitor::of(&stage);
    let begun = decoy.begins("guess10@larkfield.example").await;
    assert_eq!((begun.status.as_u16(), begun.page().as_str()), (201, "choose"), "{}", begun.body);
    let mut real = Visitor::of(&stage);
    real.begins("robin@larkfield.example").await;
    let wrong_number = real.chooses("sms", Some("+44 7700900999")).await;
    assert_eq!(
        (wrong_number.status.as_u16(), wrong_number.page().as_str()),
        (200, "challenge"),
        "{}",
        wrong_number.body
    );
    assert_eq!(stage.delivered().await.len(), 0);
    let mut elsewhere = Visitor::of(&stage);
    elsewhere.address = 9;
    assert_eq!(elsewhere.begins("guess11@larkfield.example").await.status, 403);
    stage.wait(SignedDuration::from_mins(61));
    assert_eq!(Visitor::of(&stage).begins("guess12@larkfield.example").await.status, 403);
}

#[tokio::test]
async fn uniform_takes_any_number_and_counts_a_mismatch() {
    let stage =
        Stage::with(Preset::Recommended, |values| values.disclosure = readmit_core::policy::Disclosure::Uniform).await;
    let robin = stage.person("robin").await;
    stage.registers_sms(&robin, "+44 7700900123").await;
    stage.registers_app(&robin).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    for number in 0..4 {
        let chosen = visitor.chooses("sms", Some(&format!("+44 770090020{number}"))).await;
        assert_eq!(chosen.page(), "challenge", "{}", chosen.body);
        stage.wait(SignedDuration::from_secs(10));
        assert_eq!(visitor.moves("another-way", json!({})).await.page(), "choose");
    }
    assert_eq!(visitor.chooses("sms", Some("+44 7700900204")).await.status, 429);
    assert_eq!(
        (
            stage.count("PhoneNumberMismatch").await,
            stage.delivered().await.iter().filter(|item| item.to.starts_with('+')).count()
        ),
        (5, 0)
    );
}

#[tokio::test]
async fn masks_show_two_digits_or_three_letters_and_no_length() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let mut masks = Vec::new();
    for (name, mailbox, number) in [
        ("a", "a@b.example", "+44 7700900123"),
        ("b", "a.very.long.mailbox.name@big-provider.of.many.labels.example", "+49 30123"),
    ] {
        let person = stage.person(name).await;
        stage.registers_email(&person, mailbox).await;
        stage.registers_sms(&person, number).await;
        let view = Visitor::of(&stage).begins(person.upn.as_str()).await.view();
        masks.push(view["methods"].as_array().unwrap().iter().map(|one| one["masked"].clone()).collect::<Vec<_>>());
        stage.wait(SignedDuration::from_secs(10));
    }
    assert_eq!(
        masks,
        [[json!("••••••23"), json!("a•••••@b•••••.example")], [json!("••••••23"), json!("a•••••@b•••••.example")]]
    );
}

#[tokio::test]
async fn no_answer_ever_holds_a_whole_contact_or_a_code() {
    let stage = Stage::with(Preset::Recommended, |_| {}).await;
    let robin =
        stage.person_with("robin", |account| account.mail = Some("robin.primary@mail.example".to_owned())).await;
    stage.registers_email(&robin, "robin@private.example").await;
    stage.registers_sms(&robin, "+44 2079460456").await;
    let mut browser = Browser::of(&stage).await;
    browser.begins_reset("robin@larkfield.example").await;
    browser.chooses(readmit_server::text::Text::MethodEmailTitle, None).await;
    let mail = stage.code_to("robin@private.example").await;
    let path = browser.path.clone();
    browser.opens(&path).await;
    browser.submits("/answer", &[("code", &mail)]).await;
    browser.chooses(readmit_server::text::Text::MethodSmsTitle, Some("+44 2079460456")).await;
    let text = stage.code_to("+442079460456").await;
    browser.opens(&path).await;
    browser.submits("/answer", &[("code", &text)]).await;
    browser
        .submits(
            "/password",
            &[("new_password", "seven quiet herons wade"), ("confirm_password", "seven quiet herons wade")],
        )
        .await;
    for (at, answer) in stage.answered.lock().unwrap().iter().enumerate() {
        for secret in ["robin@private.example", "robin.primary@", "2079460456", mail.as_str(), text.as_str(), "herons"]
        {
            assert!(!answer.contains(secret), "{secret} in answer {at}: {answer}");
        }
    }
}
