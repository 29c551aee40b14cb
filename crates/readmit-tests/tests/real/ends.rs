//! How a server ends, and how it speaks TLS.

use std::time::Duration;
use std::time::Instant;

use readmit_tests::Client;
use readmit_tests::Installation;
use readmit_tests::Protocol;
use readmit_tests::SmtpSink;
use readmit_tests::mail::certificates;
use reqwest::Version;
use tokio::task::JoinSet;

use crate::ADDRESS;
use crate::NEW;
use crate::OLD;
use crate::visitor;

/// Resets under way when the server is told to end: more than its cores can hash at once.
const PEOPLE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_requests_end_and_takes_no_more() {
    let Some(sink) = SmtpSink::start() else {
        return;
    };
    let site = Installation::new(None);
    site.add(&sink.section());
    let server = site.serve();
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let mailbox = format!("box-{number}@mail.example");
        let upn = site.has(&format!("kim-{number}"), OLD, &["--other-mail", &mailbox]);
        let mut client = visitor(&site, &upn).await;
        client.chooses("email", None).await;
        let code = sink.awaits_code(&mailbox).await;
        assert_eq!(client.answers(&code).await.page(), "password");
        people.push((upn, client));
    }
    let mut under_way = JoinSet::new();
    for (upn, mut client) in people {
        let step = client.sees().await.unwrap().step();
        under_way.spawn(async move {
            let body = serde_json::json!({ "step": step, "new_password": NEW });
            let answer = client.moves("password", &body).await;
            (upn, answer, Instant::now())
        });
    }
    tokio::time::sleep(Duration::from_millis(40)).await;
    let asked = Instant::now();
    server.ask_to_end();
    let ended = under_way.join_all().await;
    assert!(ended.iter().any(|(_, _, at)| *at > asked), "nothing was under way any more");
    for (upn, answer, _) in ended {
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.page().as_str()), (200, "done"), "{}", answer.body);
        assert!(site.accepts(&upn, NEW));
    }
    let (code, _) = server.wait();
    assert_eq!(code, Some(0));
    assert!(asked.elapsed() < Duration::from_secs(10));
    assert!(Client::new(&site.origin(), ADDRESS, Protocol::Http1).get("/healthz").await.is_err());
    assert_eq!(site.asks(&["audit", "verify"]).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_handshake_chooses_http_2() {
    let site = Installation::new(None);
    certificates(&site.file("keys"), &["127.0.0.1"]);
    let keys = "[server]\ntls_cert_file = \"keys/cert.pem\"\ntls_key_file = \"keys/key.pem\"\n";
    site.edit(|text| text.replace("\"http://", "\"https://").replace("[server]\n", keys));
    let upn = site.has("kim", OLD, &["--mail", "kim@mail.example", "--other-mail", "kim@mail.example"]);
    let server = site.serve();
    assert!(server.origin().starts_with("https://127.0.0.1:"));
    let ca = site.file("keys/ca.pem");
    let mut client = Client::over_tls(server.origin(), &ca, None);
    let begun = client.begins(&upn).await;
    assert_eq!((begun.status, begun.version), (201, Version::HTTP_2), "{}", begun.body);
    assert_eq!(client.sees().await.unwrap().page(), "choose");
    let mut old = Client::over_tls(server.origin(), &ca, Some(Protocol::Http1));
    let page = old.get("/reset").await.unwrap();
    assert_eq!((page.status, page.version), (200, Version::HTTP_11));
    assert!(page.headers.contains_key("strict-transport-security"));
    let mut plain = Client::new(&site.origin(), ADDRESS, Protocol::Http1);
    assert!(plain.get("/reset").await.is_err(), "nothing is served in the clear");
}
