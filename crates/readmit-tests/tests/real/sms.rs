//! Codes by text message, through a gateway that has its moods.

use std::time::Duration;

use readmit_tests::Client;
use readmit_tests::GatewayStub;
use readmit_tests::Installation;
use readmit_tests::Server;
use serde_json::json;

use crate::OLD;
use crate::case;
use crate::causes;
use crate::is;
use crate::last_delivery;
use crate::visitor;

const PHONE: &str = "+1 4255550100";

/// An installation with this gateway, and somebody there who waits for a text message.
async fn waiting(section: &str) -> (Installation, Server, Client) {
    let site = Installation::new(None);
    site.add(section);
    let upn = site.has("kim", OLD, &["--mobile-phone", PHONE]);
    let server = site.serve();
    let mut client = visitor(&site, &upn).await;
    let chosen = client.chooses("sms", Some(PHONE)).await;
    assert_eq!(chosen.page(), "challenge", "{}", chosen.body);
    (site, server, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stumbles_is_asked_again_under_the_same_key() {
    let stub = GatewayStub::start(&[(500, ""), (200, "{\"id\":\"SM42\"}")]);
    let (site, _server, mut client) = waiting(&stub.section("sms", "id_pointer = \"/id\"")).await;
    let case = case(&site, &client, is("accepted")).await;
    assert_eq!(last_delivery(&case)["provider_code"], "SM42");
    assert_eq!(last_delivery(&case)["tries"], 2);
    let asked = stub.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].header("idempotency-key"), asked[1].header("idempotency-key"));
    assert!(asked[0].header("idempotency-key").is_some());
    assert_eq!(asked[0].body, asked[1].body);
    let sent: serde_json::Value = serde_json::from_str(&asked[1].body).unwrap();
    assert_eq!(sent["to"], "+14255550100");
    let text = sent["text"].as_str().unwrap();
    let digits = text.split(|sign: char| !sign.is_ascii_digit()).find(|run| run.len() == 6).unwrap();
    assert_eq!(client.answers(digits).await.page(), "password", "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_an_answer_of_200_is_an_error() {
    let stub = GatewayStub::start(&[(200, "{\"accepted\":false}")]);
    let (site, _server, mut client) = waiting(&stub.section("sms", "success_pointer = \"/accepted\"")).await;
    let case = case(&site, &client, is("failed")).await;
    assert_eq!(stub.asked().len(), 1, "the gateway understood and said no");
    assert_eq!(causes(&case), ["delivery-failed"], "{case:#}");
    assert_eq!(client.sees().await.unwrap().page(), "challenge", "the journey stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_the_person_gets_the_two_links() {
    // Nobody listens there.
    let port = readmit_tests::installation::free_port();
    let (site, _server, mut client) =
        waiting(&format!("[sms]\nurl = \"http://127.0.0.1:{port}/send\"\nauth = \"none\"")).await;
    let tried = |case: &serde_json::Value| last_delivery(case)["tries"].as_i64().is_some_and(|tries| tries >= 1);
    let case = case(&site, &client, tried).await;
    assert!(matches!(last_delivery(&case)["state"].as_str(), Some("queued" | "failed")), "{case:#}");
    assert!(last_delivery(&case)["provider_code"].is_string(), "the timeline says why: {case:#}");
    let page = client.get(&format!("/reset/{}", client.journey())).await.unwrap();
    let address = |verb: &str| format!("/reset/{}/{verb}", client.journey());
    for verb in ["resend", "contact"] {
        assert!(page.body.contains(&address(verb)), "{verb}: {}", page.body);
    }
    let early = client.does("resend", json!({})).await;
    assert_eq!((early.status, early.page().as_str()), (429, "challenge"), "{}", early.body);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let asked = client.does("contact", json!({})).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    let again = client.does("resend", json!({})).await;
    assert_eq!((again.status, again.page().as_str()), (200, "challenge"), "{}", again.body);
}
