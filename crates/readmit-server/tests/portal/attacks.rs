//! Attacks on addresses and redirects: nobody else gets a message, and nobody is led away.

use readmit_core::preset::Preset;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::input::raw;
use crate::stage::Stage;
use crate::visitor::Visitor;

/// Mike and an attacker at the same organization; one gate.
async fn kelvin() -> Stage {
    let stage = Stage::with(Preset::Recommended, |values| {
        values.required = 1;
        values.alternate_login = true;
    })
    .await;
    let proxy = vec!["m.fisher@larkfield.example".to_owned()];
    let mike = stage.person_with("mike.fisher", |account| account.proxy_addresses = proxy).await;
    stage.registers_email(&mike, "mike@private.example").await;
    stage
}

#[tokio::test]
async fn a_message_goes_to_who_is_registered_or_to_nobody() {
    let stage = kelvin().await;
    let victim = "mike.fisher@larkfield.example";
    let mut visitor = Visitor::of(&stage);
    let mut bodies = Vec::new();
    for user in [
        json!([victim, "eve@evil.example"]),
        json!({ "0": victim, "1": "eve@evil.example" }),
        json!(format!("{victim},eve@evil.example")),
        json!(format!("{victim};eve@evil.example")),
        json!(format!("{victim} eve@evil.example")),
        json!(format!("{victim}\r\nBcc:eve@evil.example")),
        json!(format!("{victim}%0d%0aBcc:eve@evil.example")),
        json!(format!("{victim}\u{0}eve@evil.example")),
        json!(format!("\"{victim}\"<eve@evil.example>")),
        json!(format!("{victim}@evil.example")),
        json!(format!("{victim}|eve@evil.example")),
    ] {
        bodies.push(json!({ "user_id": user, "aim": "reset", "human_check": visitor.human_check().await }).to_string());
    }
    for field in ["email", "to", "destination", "phone", "method_id"] {
        let check = visitor.human_check().await;
        bodies.push(json!({ "user_id": victim, field: "eve@evil.example", "human_check": check }).to_string());
    }
    let check = visitor.human_check().await;
    bodies.push(format!("{{\"user_id\":\"{victim}\",\"user_id\":\"eve@evil.example\",\"human_check\":{check}}}"));
    for body in bodies {
        let answer = raw(&mut visitor, "/api/v1/reset/journeys", "application/json", body.clone()).await;
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{body}: {}", answer.body);
    }
    visitor.begins(victim).await;
    let view = visitor.sees().await;
    for extra in ["email", "to", "destination", "user_id", "userId", "phone"] {
        let body = json!({ "step": view["step"], "method_id": view["methods"][0]["id"], extra: "+44 7700900666" });
        visitor.moves("choose", body).await;
    }
    for ids in [json!([view["methods"][0]["id"], "eve@evil.example"]), json!("eve@evil.example")] {
        let answer = visitor.moves("choose", json!({ "method_id": ids })).await;
        assert!(matches!(answer.status.as_u16(), 400 | 409), "{}", answer.body);
    }
    let sent = stage.delivered().await;
    assert!(
        sent.iter().all(|item| item.to == "mike@private.example"),
        "{:?}",
        sent.iter().map(|item| &item.to).collect::<Vec<_>>()
    );
    assert!(sent.len() <= 1);
}

#[tokio::test]
async fn a_name_that_only_looks_alike_reaches_nobody() {
    let stage = kelvin().await;
    for (typed, reaches) in [
        ("mike.fisher@larkfield.example", true),
        ("MIKE.FISHER@LARKFIELD.EXAMPLE", true),
        ("m.fisher@larkfield.example", true),
        ("m\u{131}ke.f\u{131}sher@larkfield.example", false),
        ("m\u{130}ke.fisher@larkfield.example", false),
        ("mike.fi\u{17f}her@larkfield.example", false),
        ("mi\u{212a}e.fisher@larkfield.example", false),
        ("mike.\u{fb01}sher@larkfield.example", false),
        ("mik\u{435}.fisher@larkfield.example", false),
        ("mike\u{200d}.fisher@larkfield.example", false),
        ("mike.fisher@larkfi\u{435}ld.example", false),
        ("mike.fisher+tag@larkfield.example", false),
        ("\"mike.fisher\"@larkfield.example", false),
        ("mike.fisher@larkfield.example.evil.example", false),
        ("mike.fisher@xn--larkfild-e8a.example", false),
    ] {
        let stage_before = stage.delivered().await.len();
        let mut visitor = Visitor::of(&stage);
        let begun = visitor.begins(typed).await;
        if begun.page() == "choose" {
            visitor.chooses("email", None).await;
        }
        let sent = stage.delivered().await;
        assert!(sent.iter().all(|item| item.to == "mike@private.example"));
        // A compatibility form may be folded into the name: then exactly its owner gets the code, else nobody.
        let reached = sent.len() > stage_before;
        assert!(reached || !reaches, "{typed:?}: {} {}", begun.status, begun.body);
        stage.wait(jiff::SignedDuration::from_hours(3));
    }
}

#[tokio::test]
async fn no_address_leads_away() {
    let stage = kelvin().await;
    let mut browser = Browser::of(&stage).await;
    browser.begins("mike.fisher@larkfield.example").await;
    let journey = browser.path.split('/').nth(2).unwrap().to_owned();
    for target in [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "%2f%2fevil.example",
        "javascript:alert(1)",
        "@evil.example",
        "%0d%0aLocation:%20https://evil.example",
        "%09//evil.example",
    ] {
        for name in ["next", "return_url", "redirect", "continue", "url", "ru"] {
            for path in
                ["/".to_owned(), "/reset".to_owned(), format!("/reset/{journey}"), format!("/reset/{journey}/contact")]
            {
                browser.visitor.get(&format!("{path}?{name}={}", target.replace('\\', "%5c"))).await;
            }
        }
    }
    for path in [
        "//evil.example",
        "/reset/..%2f..%2fevil.example",
        "/%2f%2fevil.example",
        "/reset//evil.example/",
        "/reset/@evil.example",
    ] {
        browser.visitor.get(path).await;
    }
    for answer in stage.answered.lock().unwrap().iter() {
        let location = answer.split("\"location\": \"").nth(1).and_then(|rest| rest.split('"').next());
        assert!(
            location.is_none_or(|to| to == "/reset" || to.starts_with("/reset/") && !to.contains("evil")),
            "{location:?}"
        );
    }
}

#[tokio::test]
async fn every_answer_forbids_frames_scripts_of_others_and_caches() {
    let stage = kelvin().await;
    let mut browser = Browser::of(&stage).await;
    browser.begins_reset("mike.fisher@larkfield.example").await;
    browser.submits("/cancel", &[]).await;
    browser.opens("/no/such/page").await;
    browser.opens("/reset/AAAAAAAAAAAA").await;
    browser.visitor.get("/api/v1/reset/journeys/AAAAAAAAAAAA").await;
    let unreadable: Value = json!([]);
    browser.visitor.post_json("/api/v1/reset/journeys", &unreadable).await;
    for answer in stage.answered.lock().unwrap().iter() {
        for part in [
            "frame-ancestors 'none'",
            "\"x-frame-options\": \"DENY\"",
            "default-src 'none'",
            "\"x-content-type-options\": \"nosniff\"",
            "\"support-code\": \"",
            "\"cache-control\": \"no-store\"",
        ] {
            assert!(answer.contains(part), "{part}: {answer}");
        }
        assert!(!answer.contains("access-control-allow-origin"));
    }
}
