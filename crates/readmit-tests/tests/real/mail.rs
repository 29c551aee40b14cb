//! Codes by mail, through a server that speaks STARTTLS and does not always want to.

use readmit_tests::Client;
use readmit_tests::Installation;
use readmit_tests::SmtpSink;

use crate::NEW;
use crate::OLD;
use crate::case;
use crate::causes;
use crate::is;
use crate::last_delivery;
use crate::visitor;

/// An installation that sends under STARTTLS, and somebody there who waits for a code at this mailbox.
async fn waiting_at(sink: &SmtpSink, mailbox: &str) -> (Installation, readmit_tests::Server, Client, String) {
    let site = Installation::new(None);
    site.add(&sink.starttls_section(&site.file("keys/mail.password")));
    let upn = site.has("kim", OLD, &["--other-mail", mailbox]);
    let server = site.serve();
    let mut client = visitor(&site, &upn).await;
    assert_eq!(client.chooses("email", None).await.page(), "challenge");
    (site, server, client, upn)
}

#[tokio::test(flavor = "multi_thread")]
async fn greylisting_delays_a_code_and_nothing_else() {
    let Some(sink) = SmtpSink::start() else {
        return;
    };
    let mailbox = "greylist-kim@mail.example";
    let (site, _server, mut client, upn) = waiting_at(&sink, mailbox).await;
    let code = sink.awaits_code(mailbox).await;
    let message = sink.messages(mailbox).await.remove(0);
    assert_eq!((&message["tls"], &message["authenticated"]), (&true.into(), &true.into()));
    let waiting = case(&site, &client, is("accepted")).await;
    assert_eq!(causes(&waiting), ["mail-accepted-by-relay"], "{waiting:#}");
    assert_eq!(client.answers(&code).await.page(), "password");
    assert_eq!(client.sets(NEW).await.page(), "done");
    assert!(site.accepts(&upn, NEW) && !site.accepts(&upn, OLD));
    let case = case(&site, &client, is("accepted")).await;
    let first = &case["deliveries"][0];
    assert_eq!((first["kind"].as_str(), first["state"].as_str()), (Some("code"), Some("accepted")), "{case:#}");
    assert_eq!(first["tries"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_who_is_refused_is_a_bounce() {
    let Some(sink) = SmtpSink::start() else {
        return;
    };
    let (site, _server, mut client, _) = waiting_at(&sink, "reject-kim@mail.example").await;
    let case = case(&site, &client, is("failed")).await;
    assert!(causes(&case).contains(&"mail-bounced"), "{case:#}");
    let code = last_delivery(&case)["provider_code"].as_str().unwrap();
    assert!(code.contains("5.1.1"), "{code}");
    assert_eq!(client.sees().await.unwrap().page(), "challenge", "the journey stays");
    assert_eq!(client.does("another-way", serde_json::json!({})).await.page(), "choose");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_is_busy_is_told_while_we_try_again() {
    let Some(sink) = SmtpSink::start() else {
        return;
    };
    let (site, _server, mut client, _) = waiting_at(&sink, "tempfail-kim@mail.example").await;
    let tried = |case: &serde_json::Value| last_delivery(case)["tries"].as_i64().is_some_and(|tries| tries >= 2);
    let case = case(&site, &client, tried).await;
    let last = last_delivery(&case);
    assert_eq!(last["state"], "queued", "{case:#}");
    assert!(last["provider_code"].as_str().unwrap().contains("4.3.0"), "{last}");
    assert_eq!(client.sees().await.unwrap().page(), "challenge", "the journey stays");
}
