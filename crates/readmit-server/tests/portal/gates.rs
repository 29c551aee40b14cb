//! Each check alone, in pairs, and what must not get through.

use jiff::SignedDuration;
use readmit_core::account::Account;
use readmit_core::account::Role;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use readmit_store::Reach;
use serde_json::Value;
use serde_json::json;

use crate::arrange::right_answer;
use crate::stage::Stage;
use crate::stage::digits;
use crate::visitor::Answer;
use crate::visitor::Visitor;

const MOBILE: &str = "+44 7700900123";
const OFFICE: &str = "+44 2079460456";
const METHODS: [Method; 6] = Method::ALL;

/// The reference's preset with every method and this many gates.
pub(crate) async fn all_methods(required: u8) -> Stage {
    Stage::with(Preset::Entra, |values| {
        values.enabled = Enabled::All;
        values.methods = METHODS.to_vec();
        values.required = required;
        values.account_counts = readmit_core::policy::AccountCounts::Proved;
    })
    .await
}

pub(crate) async fn registers(stage: &Stage, account: &Account, method: Method) {
    match method {
        Method::AppCode => stage.registers_app(account).await,
        Method::Email => stage.registers_email(account, &format!("{}@private.example", account.first_name)).await,
        Method::Questions => stage.registers_questions(account, &[1, 2, 3, 4, 5]).await,
        Method::Sms | Method::VoiceMobile => stage.registers(account, method, Reach::Contact(MOBILE.to_owned())).await,
        Method::VoiceOffice => stage.registers(account, method, Reach::Contact(OFFICE.to_owned())).await,
    };
}

fn number(method: Method) -> &'static str {
    if method == Method::VoiceOffice { OFFICE } else { MOBILE }
}

fn answers(view: &Value) -> Value {
    let asked = view["questions"].as_array().unwrap().iter();
    asked
        .map(|question| {
            let number: u32 = question["id"].as_str().unwrap().parse().unwrap();
            json!({ "question_id": question["id"], "answer": right_answer(number).to_uppercase() })
        })
        .collect()
}

/// One gate, as its owner passes it.
async fn passes(visitor: &mut Visitor<'_>, account: &Account, method: Method) -> Answer {
    let stage = visitor.stage;
    let phone = Some(number(method)).filter(|_| method.asks_phone());
    let chosen = visitor.chooses(method.name(), phone).await;
    assert_eq!((chosen.status.as_u16(), chosen.page().as_str()), (200, "challenge"), "{method:?}: {}", chosen.body);
    match method {
        Method::AppCode => visitor.answers(&stage.app_code(0)).await,
        Method::Questions => visitor.moves("answer", json!({ "answers": answers(&chosen.view()) })).await,
        Method::Email => {
            let code = stage.code_to(&format!("{}@private.example", account.first_name)).await;
            visitor.answers(&code).await
        }
        Method::Sms | Method::VoiceMobile | Method::VoiceOffice => {
            let to: String = number(method).chars().filter(|sign| *sign != ' ').collect();
            let code = stage.code_to(&to).await;
            visitor.answers(&code).await
        }
    }
}

#[tokio::test]
async fn each_method_alone_is_enough_where_one_is_asked() {
    let stage = all_methods(1).await;
    for method in METHODS {
        let account = stage.person(&method.name().replace('_', "-")).await;
        registers(&stage, &account, method).await;
        let mut visitor = Visitor::of(&stage);
        let begun = visitor.begins(account.upn.as_str()).await;
        assert_eq!(begun.view()["methods"].as_array().unwrap().len(), 1, "{}", begun.body);
        let passed = passes(&mut visitor, &account, method).await;
        assert_eq!(passed.page(), "password", "{method:?}: {}", passed.body);
        assert_eq!(visitor.sets("Seven quiet herons wade 7").await.page(), "done");
        assert!(stage.accepts(&account, "Seven quiet herons wade 7").await);
        stage.wait(SignedDuration::from_mins(61));
    }
}

#[tokio::test]
async fn every_pair_of_roots_is_two_gates_and_one_root_never() {
    let stage = all_methods(2).await;
    for (at, first) in METHODS.into_iter().enumerate() {
        for second in METHODS.into_iter().skip(at + 1) {
            let account = stage.person(&format!("{}-{}", first.name(), second.name()).replace('_', "-")).await;
            registers(&stage, &account, first).await;
            registers(&stage, &account, second).await;
            let mut visitor = Visitor::of(&stage);
            let begun = visitor.begins(account.upn.as_str()).await;
            if [first, second] == [Method::Sms, Method::VoiceMobile] {
                assert_eq!(begun.json()["code"], "SSPR_0014", "one number is one root");
                continue;
            }
            let between = passes(&mut visitor, &account, first).await;
            let left: Vec<_> =
                between.view()["methods"].as_array().unwrap().iter().map(|one| one["method"].clone()).collect();
            assert_eq!((between.page().as_str(), left), ("choose", vec![json!(second.name())]));
            assert_eq!(passes(&mut visitor, &account, second).await.page(), "password", "{first:?} {second:?}");
            stage.wait(SignedDuration::from_hours(25));
        }
    }
}

#[tokio::test]
async fn a_call_speaks_the_code_twice_in_the_language_of_the_account() {
    let stage = all_methods(1).await;
    for (locale, name, twice) in [("en", "anna", "Once more"), ("de", "birgit", "Noch einmal")] {
        let account = stage.person_with(name, |account| account.locale = Some(locale.to_owned())).await;
        registers(&stage, &account, Method::VoiceMobile).await;
        let mut visitor = Visitor::of(&stage);
        visitor.begins(account.upn.as_str()).await;
        let mark = visitor.chooses("voice_mobile", Some(MOBILE)).await.view()["challenge"]["mark"].clone();
        let call = stage.newest_to("+447700900123").await;
        let code = digits(&call.text);
        let spoken: Vec<String> = code.chars().map(String::from).collect();
        assert_eq!(call.text.matches(&spoken.join(", ")).count(), 2, "{}", call.text);
        assert!(call.text.contains(twice), "{}", call.text);
        let letters: Vec<String> = mark.as_str().unwrap().chars().map(String::from).collect();
        assert!(call.text.contains(&letters.join(", ")), "{}", call.text);
        assert_eq!(visitor.answers(&code).await.page(), "password");
        stage.wait(SignedDuration::from_secs(11));
    }
}

#[tokio::test]
async fn page_and_message_carry_the_same_two_letters() {
    let stage = all_methods(1).await;
    let account = stage.person("robin").await;
    registers(&stage, &account, Method::Email).await;
    registers(&stage, &account, Method::Sms).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    for (method, to, phone) in [("email", "robin@private.example", None), ("sms", "+447700900123", Some(MOBILE))] {
        let view = visitor.chooses(method, phone).await.view();
        let mark = view["challenge"]["mark"].as_str().unwrap().to_owned();
        assert_eq!(mark.chars().filter(char::is_ascii_uppercase).count(), 2);
        assert!(stage.newest_to(to).await.text.contains(&mark));
        visitor.moves("another-way", json!({})).await;
    }
}

#[tokio::test]
async fn an_app_code_counts_one_step_before_to_one_after_and_each_step_once() {
    let stage = all_methods(1).await;
    for (steps, accepted) in [(-3, false), (-2, false), (-1, true), (0, true), (1, true), (2, false), (3, false)] {
        let account = stage.person(&format!("app{}", steps + 3)).await;
        registers(&stage, &account, Method::AppCode).await;
        let mut visitor = Visitor::of(&stage);
        visitor.begins(account.upn.as_str()).await;
        visitor.chooses("app_code", None).await;
        let answered = visitor.answers(&stage.app_code(steps)).await;
        assert_eq!(answered.page() == "password", accepted, "{steps}: {}", answered.body);
        let mut again = Visitor::of(&stage);
        again.begins(account.upn.as_str()).await;
        again.chooses("app_code", None).await;
        assert_eq!(again.answers(&stage.app_code(steps)).await.status, 422, "a used step is used everywhere");
        if accepted {
            assert_eq!(again.answers(&stage.app_code(steps - 1)).await.status, 422, "and all before it");
        }
    }
}

#[tokio::test]
async fn the_drawn_questions_stay_until_a_reset() {
    let stage = all_methods(1).await;
    let account = stage.person("robin").await;
    stage.registers_questions(&account, &(1..=20).collect::<Vec<_>>()).await;
    let mut drawn = Vec::new();
    for _ in 0..3 {
        let mut visitor = Visitor::of(&stage);
        visitor.begins("robin@larkfield.example").await;
        for _ in 0..2 {
            let view = visitor.chooses("questions", None).await.view();
            drawn.push(view["questions"].clone());
            visitor.moves("another-way", json!({})).await;
        }
    }
    assert_eq!(drawn[0].as_array().unwrap().len(), 3);
    drawn.dedup();
    assert_eq!(drawn.len(), 1, "the same each time");
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    assert_eq!(passes(&mut visitor, &account, Method::Questions).await.page(), "password");
    visitor.sets("Seven quiet herons wade 7").await;
    let mut others = Vec::new();
    for _ in 0..4 {
        let mut visitor = Visitor::of(&stage);
        visitor.begins("robin@larkfield.example").await;
        let view = visitor.chooses("questions", None).await.view();
        others.push(view["questions"].clone());
        passes_questions(&mut visitor, &view).await;
        visitor.sets(&format!("Seven quiet herons wade {}", others.len())).await;
    }
    assert!(others.iter().any(|other| *other != drawn[0]), "drawn anew after a reset");
}

async fn passes_questions(visitor: &mut Visitor<'_>, view: &Value) {
    let answered = visitor.moves("answer", json!({ "answers": answers(view) })).await;
    assert_eq!(answered.page(), "password", "{}", answered.body);
}

#[tokio::test]
async fn one_wrong_answer_of_three_is_wrong_and_none_says_which() {
    let stage = all_methods(1).await;
    let account = stage.person("robin").await;
    registers(&stage, &account, Method::Questions).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    let view = visitor.chooses("questions", None).await.view();
    let mut documents = Vec::new();
    for wrong in 0..2 {
        let mut given = answers(&view);
        given[wrong]["answer"] = json!("something else");
        let answered = visitor.moves("answer", json!({ "answers": given })).await;
        assert_eq!(answered.status, 422);
        documents.push(answered.json()["fields"][0]["rule"].clone());
    }
    assert_eq!(documents, ["wrong", "wrong"]);
    let given: Value = answers(&view).as_array().unwrap()[..2].iter().cloned().collect();
    let fewer = visitor.moves("answer", json!({ "answers": given })).await;
    assert_eq!((fewer.status.as_u16(), fewer.json()["fields"][0]["rule"].as_str()), (422, Some("empty")));
    assert_eq!(fewer.view()["challenge"], Value::Null);
    assert_eq!(visitor.sees().await["challenge"]["tries_left"], 1, "an empty answer costs no try");
}

#[tokio::test]
async fn an_administrator_passes_two_gates_and_never_questions() {
    let stage = all_methods(1).await;
    let admin = stage.administrator("admin", Role::ReportsReader).await;
    for method in [Method::Questions, Method::Email, Method::AppCode] {
        registers(&stage, &admin, method).await;
    }
    let mut visitor = Visitor::of(&stage);
    let view = visitor.begins("admin@larkfield.example").await.view();
    assert_eq!(view["gates"]["required"], 2);
    assert!(view["methods"].as_array().unwrap().iter().all(|one| one["method"] != "questions"));
    assert_eq!(passes(&mut visitor, &admin, Method::Email).await.page(), "choose");
    assert_eq!(passes(&mut visitor, &admin, Method::AppCode).await.page(), "password");
}

#[tokio::test]
async fn a_number_is_known_however_it_is_typed_and_no_other_is() {
    let stage = all_methods(1).await;
    for (at, typed) in [
        "+447700900123",
        "+44 7700 900-123",
        "00447700900123",
        "447700900123",
        "+44 (7700) 900/123",
        "＋４４ ７７００９００１２３",
        "\u{200e}+44\u{a0}7700900123",
    ]
    .into_iter()
    .enumerate()
    {
        let account = stage.person(&format!("p{at}")).await;
        registers(&stage, &account, Method::Sms).await;
        let mut visitor = Visitor::of(&stage);
        visitor.begins(account.upn.as_str()).await;
        let chosen = visitor.chooses("sms", Some(typed)).await;
        assert_eq!(chosen.page(), "challenge", "{typed:?}: {}", chosen.body);
        stage.wait(SignedDuration::from_hours(1));
    }
    let robin = stage.person("robin").await;
    registers(&stage, &robin, Method::Sms).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins("robin@larkfield.example").await;
    for (typed, rule) in [
        ("07700900123", "mismatch"),
        ("7700900123", "mismatch"),
        ("+44 (0)7700900123", "mismatch"),
        ("+44 770090012", "mismatch"),
        ("", "empty"),
        ("   ", "empty"),
        ("+44 SEVEN", "shape"),
        ("123", "shape"),
    ] {
        let chosen = visitor.chooses("sms", Some(typed)).await;
        assert_eq!(
            (chosen.status.as_u16(), chosen.json()["fields"][0]["rule"].as_str()),
            (422, Some(rule)),
            "{typed:?}: {}",
            chosen.body
        );
    }
    assert_eq!(stage.count("PhoneNumberMismatch").await, 4, "what is no number is no try");
}
