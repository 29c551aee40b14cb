//! What no form of ours sends, and what people mistype: a clear answer, and nothing lost.

use axum::body::Body;
use http::Request;
use jiff::SignedDuration;
use readmit_core::preset::Preset;
use readmit_server::text::Lang;
use readmit_server::text::Text;
use readmit_server::text::t;
use readmit_server::text::tv;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::moves::MAILBOX;
use crate::moves::STEPS;
use crate::moves::Step;
use crate::moves::USER;
use crate::moves::at;
use crate::moves::larkfield;
use crate::stage::Stage;
use crate::visitor::Answer;
use crate::visitor::Visitor;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body as it stands.
pub(crate) async fn raw(visitor: &mut Visitor<'_>, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header("content-type", kind).header("sec-fetch-site", "same-origin");
    visitor.send(request.body(body.into()).unwrap()).await
}

/// Refused as unreadable, with a support code, and the journey as before.
async fn is_unreadable(visitor: &mut Visitor<'_>, path: &str, kind: &str, body: &[u8]) {
    let before = visitor.sees().await;
    let answer = raw(visitor, path, kind, body.to_vec()).await;
    let shown = String::from_utf8_lossy(body);
    assert_eq!(answer.status, 400, "{path} {kind} {shown}: {}", answer.body);
    let code = answer.headers["support-code"].to_str().unwrap();
    if path.starts_with("/api/") {
        assert_eq!((answer.json()["status"].as_u64(), answer.json()["support_code"].as_str()), (Some(400), Some(code)));
    } else {
        assert!(answer.body.contains(code) && answer.body.contains("href=\"/reset"), "a way back: {}", answer.body);
    }
    assert_eq!(visitor.sees().await, before, "{shown}");
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn a_document_that_can_be_read_in_two_ways_or_none_is_a_400_and_moves_nothing() {
    let (stage, _) = larkfield().await;
    for step in STEPS {
        let mut visitor = at(&stage, step).await;
        let base = format!("/api/v1/reset/journeys/{}", visitor.journey);
        let (verb, field, good) = match step {
            Step::Choosing | Step::Between => ("choose", "method_id", "\"00000000-0000-4064-8000-000000000000\""),
            Step::Challenged => ("answer", "code", "\"123456\""),
            Step::Proven => ("password", "new_password", "\"seven quiet herons wade\""),
        };
        let number = visitor.sees().await["step"].as_i64().unwrap();
        let whole = format!("{{\"step\":{number},\"{field}\":{good}}}");
        let mut bodies: Vec<Vec<u8>> = [
            String::new(),
            "null".to_owned(),
            "[]".to_owned(),
            format!("[{whole}]"),
            format!("{whole}{whole}"),
            format!("{whole} x"),
            format!("\u{feff}{whole}"),
            format!("{{\"step\":{number},\"{field}\":{good},\"{field}\":{good}}}"),
            format!("{{\"step\":{number},\"step\":{number},\"{field}\":{good}}}"),
            format!("{{\"step\":{number},\"{field}\":[{good}]}}"),
            format!("{{\"step\":{number},\"{field}\":{{\"a\":{good}}}}}"),
            format!("{{\"step\":{number},\"{field}\":null}}"),
            format!("{{\"step\":{number},\"{field}\":0}}"),
            format!("{{\"step\":{number},\"{field}\":false}}"),
            format!("{{\"step\":{number},\"{field}\":1e5}}"),
            format!("{{\"step\":{number},\"{field}\":\"a\\u0000b\"}}"),
            format!("{{\"step\":{number},\"{field}\":\"\\ud800\"}}"),
            format!("{{\"step\":{number}}}"),
            format!("{{\"{field}\":{good}}}"),
            format!("{{\"step\":\"{number}\",\"{field}\":{good}}}"),
            format!("{{\"step\":{number}.5,\"{field}\":{good}}}"),
            format!("{{\"step\":null,\"{field}\":{good}}}"),
            format!("{{\"step\":{number},\"{field}\":{good},\"admin\":true}}"),
            format!("{{\"step\":{number},\"{field}\":{good},\"account\":\"eve\"}}"),
            format!("{{\"step\":{number},\"{field}\":{good},}}"),
            format!("{{'step':{number}}}"),
            "[".repeat(10_000),
        ]
        .into_iter()
        .map(String::into_bytes)
        .collect();
        bodies.extend([utf16(&whole), b"{\"step\":1,\"code\":\"\xc0\xaf\"}".to_vec(), b"\xff\xfe".to_vec()]);
        for body in bodies {
            is_unreadable(&mut visitor, &format!("{base}/{verb}"), JSON, &body).await;
        }
        for kind in ["text/plain", FORM, "application/json; charset=utf-16", "multipart/form-data; boundary=x", ""] {
            is_unreadable(&mut visitor, &format!("{base}/{verb}"), kind, whole.as_bytes()).await;
        }
        stage.wait(SignedDuration::from_hours(1));
    }
    assert_eq!(stage.count("WrongAnswer").await, 0);
}

#[tokio::test]
async fn a_form_that_no_browser_sends_is_a_400_and_moves_nothing() {
    let (stage, _) = larkfield().await;
    for step in STEPS {
        let visitor = at(&stage, step).await;
        let path = format!("/reset/{}", visitor.journey);
        let browser = Browser::opening(visitor, &path).await;
        let (csrf, number) = (browser.value("csrf"), browser.value("step"));
        let mut visitor = browser.visitor;
        let (verb, field, rest) = match step {
            Step::Choosing | Step::Between => ("choose", "method_id=00000000-0000-4064-8000-000000000000", ""),
            Step::Challenged => ("answer", "code=123456", ""),
            Step::Proven => ("password", "new_password=seven+quiet+herons", "&confirm_password=seven+quiet+herons"),
        };
        let name = field.split('=').next().unwrap();
        let whole = format!("csrf={csrf}&step={number}&{field}{rest}");
        for body in [
            format!("{whole}&{field}"),
            format!("{whole}&step={number}"),
            format!("{whole}&csrf={csrf}"),
            format!("{whole}&{name}[]=x"),
            format!("{whole}&admin=true"),
            format!("{whole}&user_id=eve"),
            format!("csrf={csrf}&step={number}{rest}"),
            format!("csrf={csrf}&{field}{rest}"),
            format!("csrf={csrf}&step=&{field}{rest}"),
            format!("csrf={csrf}&step=1e0&{field}{rest}"),
            format!("csrf={csrf}&step=-1&{field}{rest}"),
            format!("csrf={csrf}&step=99999999999999999999&{field}{rest}"),
            format!("csrf={csrf}&step={number}&{name}=%C0%AF{rest}"),
            format!("csrf={csrf}&step={number}&{name}=%FF{rest}"),
            format!("csrf={csrf}&step={number}&{name}=a%00b{rest}"),
            format!("csrf={csrf}&step={number}&{name}=%4{rest}"),
            format!("csrf={csrf}&step={number}&{name}{rest}"),
            format!("{whole}&"),
        ] {
            is_unreadable(&mut visitor, &format!("{path}/{verb}"), FORM, body.as_bytes()).await;
        }
        for kind in
            [JSON, "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=latin1"]
        {
            is_unreadable(&mut visitor, &format!("{path}/{verb}"), kind, whole.as_bytes()).await;
        }
        stage.wait(SignedDuration::from_hours(1));
    }
}

#[tokio::test]
async fn a_body_beyond_64_kib_is_a_413() {
    let (stage, _) = larkfield().await;
    let mut visitor = at(&stage, Step::Challenged).await;
    let path = format!("/api/v1/reset/journeys/{}/answer", visitor.journey);
    let body = json!({ "step": 2, "code": "1".repeat(70_000) }).to_string();
    assert_eq!(raw(&mut visitor, &path, JSON, body).await.status, 413);
    assert_eq!(visitor.sees().await["challenge"]["tries_left"], 3);
}

#[tokio::test]
async fn a_user_id_that_is_none_is_told_by_its_field_and_kept() {
    let (stage, _) = larkfield().await;
    let example = tv(Lang::En, Text::WhoErrorShape, &[("example", "name@company.example".into())]);
    let long = format!("{}@larkfield.example", "a".repeat(400));
    for (typed, rule, words) in [
        ("", "empty", t(Lang::En, Text::WhoErrorEmpty)),
        ("   ", "empty", t(Lang::En, Text::WhoErrorEmpty)),
        (long.as_str(), "too_long", t(Lang::En, Text::WhoErrorLong)),
        ("robin@larkfield.example,eve@evil.example", "shape", &example),
        ("robin@larkfield.example\r\nBcc: eve@evil.example", "shape", &example),
        ("\"robin\"<eve@evil.example>", "shape", &example),
        ("robin\u{202e}@larkfield.example", "shape", &example),
        ("robin\u{7}@larkfield.example", "shape", &example),
        ("<script>alert(1)</script>", "shape", &example),
    ] {
        let answer = Visitor::of(&stage).begins(typed).await;
        let field = answer.json()["fields"][0].clone();
        assert_eq!(
            (answer.status.as_u16(), field["field"].as_str(), field["rule"].as_str()),
            (422, Some("user_id"), Some(rule)),
            "{typed:?}: {}",
            answer.body
        );
        let mut browser = Browser::of(&stage).await;
        browser.submits("/reset", &[("user_id", typed)]).await;
        assert_eq!(browser.answered, 422, "{typed:?}");
        assert!(browser.says(words), "{typed:?}: {}", browser.words());
        assert!(!browser.page.body.contains("<script>alert"));
        assert_eq!(browser.value("user_id"), typed, "what was typed is kept");
    }
}

#[tokio::test]
async fn nothing_is_an_answer_but_the_answer() {
    let (stage, _) = larkfield().await;
    for step in [Step::Challenged, Step::Choosing, Step::Between] {
        let mut visitor = at(&stage, step).await;
        let number = visitor.sees().await["step"].clone();
        for code in
            ["", " ", "-", "１２３４５６", "1e5", "12345", "1234567", "+12345", "0x1234", "١٢٣٤٥٦", &"9".repeat(5_000)]
        {
            let answer = visitor.moves("answer", json!({ "step": number, "code": code })).await;
            assert!(matches!(answer.status.as_u16(), 422 | 409), "{code}: {}", answer.body);
            if step == Step::Challenged {
                assert_eq!(answer.json()["fields"][0]["field"], "code");
                assert_eq!(visitor.sees().await["step"], number, "{code}: no try is taken");
            } else {
                break;
            }
        }
        let answers = visitor.moves("answer", json!({ "answers": [] })).await;
        assert!(matches!(answers.status.as_u16(), 422 | 409), "{}", answers.body);
        stage.wait(SignedDuration::from_hours(1));
    }
    assert_eq!(stage.count("CompletedGate").await, 1, "that of the last step's own arranging");
}

#[tokio::test]
async fn odd_passwords_are_refused_with_their_reason_and_the_journey_stays() {
    let (stage, robin) = larkfield().await;
    let mut visitor = at(&stage, Step::Proven).await;
    let long = "herons ".repeat(40);
    for (typed, rule) in [
        ("", "length"),
        ("short", "length"),
        (long.as_str(), "length"),
        ("seven quiet\u{0}herons", ""),
        ("seven quiet\u{7}herons", "characters"),
        ("seven quiet\u{200d}herons", "characters"),
        ("seven quiet\u{202e}herons", "characters"),
        ("robin robin robin", "name"),
        (crate::stage::OLD_PASSWORD, "same_as_last"),
    ] {
        let refused = visitor.sets(typed).await;
        if rule.is_empty() {
            assert_eq!(refused.status, 400, "NUL is no text");
            continue;
        }
        let problem = refused.json();
        assert_eq!(
            (refused.status.as_u16(), problem["fields"][0]["field"].as_str()),
            (422, Some("new_password")),
            "{typed:?}"
        );
        assert_eq!(problem["fields"][0]["rule"], rule, "{typed:?}");
        assert_eq!(
            (refused.page().as_str(), problem["view"]["step"].clone()),
            ("password", visitor.sees().await["step"].clone())
        );
    }
    assert_eq!(stage.writes(&robin).await, 1);
    assert_eq!(visitor.sets("  дождь идёт тихо 雨 ").await.page(), "done", "other scripts and blanks are fine");
    assert!(stage.accepts(&robin, "  дождь идёт тихо 雨 ").await);
    assert!(!stage.accepts(&robin, "дождь идёт тихо 雨").await);
}

#[tokio::test]
async fn a_form_without_its_token_or_with_anothers_is_a_403() {
    let (stage, _) = larkfield().await;
    let (owner, other) = (at(&stage, Step::Choosing).await, at(&stage, Step::Choosing).await);
    let path = format!("/reset/{}", other.journey);
    let foreign = Browser::opening(other, &path).await.value("csrf");
    let path = format!("/reset/{}", owner.journey);
    let browser = Browser::opening(owner, &path).await;
    let (own, step) = (browser.value("csrf"), browser.value("step"));
    let mut visitor = browser.visitor;
    let before = visitor.sees().await;
    for verb in ["choose", "answer", "resend", "another-way", "password", "contact", "cancel"] {
        let rest = match verb {
            "choose" => "&method_id=00000000-0000-4064-8000-000000000000",
            "answer" => "&code=123456",
            "password" => "&new_password=seven+quiet+herons&confirm_password=seven+quiet+herons",
            _ => "",
        };
        for token in [String::new(), "csrf=&".to_owned(), format!("csrf={foreign}&"), format!("csrf={}x&", own)] {
            let answer = raw(&mut visitor, &format!("{path}/{verb}"), FORM, format!("{token}step={step}{rest}")).await;
            assert_eq!(answer.status, 403, "{verb} {token}: {}", answer.body);
        }
    }
    assert_eq!(visitor.sees().await, before);
}

#[tokio::test]
async fn what_another_site_sends_is_a_403() {
    let (stage, _) = larkfield().await;
    let mut visitor = at(&stage, Step::Choosing).await;
    let before = visitor.sees().await;
    let journey = visitor.journey.clone();
    let ours = crate::stage::ORIGIN;
    for (headers, allowed) in [
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "none")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", "https://evil.example")], false),
        (vec![("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
        (vec![("x-http-method-override", "GET")], false),
        (vec![], false),
        (vec![("origin", ours)], true),
    ] {
        for (path, kind, body) in [
            (format!("/api/v1/reset/journeys/{journey}/cancel"), JSON, "{\"step\":99}"),
            (format!("/reset/{journey}/cancel"), FORM, "csrf=x&step=99"),
            ("/reset".to_owned(), FORM, "user_id=robin"),
            ("/api/v1/reset/journeys".to_owned(), JSON, "{}"),
        ] {
            let mut request = Request::post(&path).header("content-type", kind);
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let answer = visitor.send(request.body(Body::from(body)).unwrap()).await;
            let refused = answer.status == 403 && answer.body.contains(t(Lang::En, Text::Error403Title));
            let is_form = allowed && path.ends_with("cancel") && kind == FORM;
            assert_eq!(refused, !allowed || is_form, "{path} {headers:?}: {} {}", answer.status, answer.body);
        }
    }
    assert_eq!(visitor.sees().await, before);
}

#[tokio::test]
async fn the_language_is_the_addresss_then_the_browsers_and_stays_with_the_journey() {
    let (stage, _) = larkfield().await;
    let mut visitor = Visitor::of(&stage);
    visitor.headers = vec![("accept-language", "fr, de-AT;q=0.8, en;q=0.5".to_owned())];
    let browser = Browser::opening(visitor, "/reset").await;
    assert_eq!((browser.lang(), browser.title()), (Lang::De, t(Lang::De, Text::WhoTitle).to_owned()));
    let mut browser = Browser::opening(browser.visitor, "/reset?mkt=en-GB").await;
    assert_eq!(browser.lang(), Lang::En);
    browser.begins_reset(USER).await;
    assert_eq!(browser.title(), t(Lang::En, Text::ChooseTitle), "the choice is carried on");
    let path = browser.path.split('?').next().unwrap().to_owned();
    browser.opens(&format!("{path}?mkt=de")).await;
    browser.opens(&path).await;
    assert_eq!(browser.title(), t(Lang::De, Text::ChooseTitle), "and stays");
    browser.opens(&format!("{path}?mkt=tlh")).await;
    assert_eq!(browser.lang(), Lang::De, "an unknown wish changes nothing");
    browser.chooses(Text::MethodEmailTitle, None).await;
    let mail = stage.newest_to(MAILBOX).await;
    let subject = tv(Lang::De, Text::MailCodeSubject, &[("organization", "Larkfield Hospital".into())]);
    assert_eq!(mail.subject, Some(subject), "an account without a language gets the page's");
}

#[tokio::test]
async fn an_account_with_a_language_gets_its_messages_in_it() {
    let stage = Stage::with(Preset::Recommended, |values| values.required = 1).await;
    let robin = stage.person_with("robin", |account| account.locale = Some("de-AT".to_owned())).await;
    stage.registers_email(&robin, MAILBOX).await;
    let mut visitor = Visitor::of(&stage);
    visitor.begins(USER).await;
    visitor.chooses("email", None).await;
    let subject = tv(Lang::De, Text::MailCodeSubject, &[("organization", "Larkfield Hospital".into())]);
    assert_eq!(stage.newest_to(MAILBOX).await.subject, Some(subject));
    assert_eq!(visitor.sees().await["page"], Value::from("challenge"));
}
