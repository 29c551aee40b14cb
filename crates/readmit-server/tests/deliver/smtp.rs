//! The mail driver against the SMTP server.

use std::time::Duration;

use readmit_server::deliver::Channel;
use readmit_server::deliver::Delivered;
use readmit_server::deliver::Driver;
use readmit_server::deliver::MailConfig;
use readmit_server::deliver::MailSecurity;
use readmit_server::deliver::Message;
use readmit_server::deliver::Reason;
use readmit_server::deliver::Smtp;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::message;
use crate::reason;
use crate::sink::Sink;

const HERE: [&str; 2] = ["localhost", "127.0.0.1"];

fn config(port: u16, security: MailSecurity) -> MailConfig {
    let login = security != MailSecurity::None;
    MailConfig {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        security,
        username: login.then(|| "sspr".to_owned()),
        password_file: login.then(|| "mail.password".into()),
        from: "no-reply@reset.example.test".to_owned(),
        ehlo_name: None,
        ca_file: None,
    }
}

fn driver(config: &MailConfig, password: &str) -> Driver {
    let password = config.username.is_some().then(|| Zeroizing::new(password.to_owned()));
    Driver::Smtp(Box::new(Smtp::new(config, password).unwrap()))
}

fn protected(sink: &Sink, security: MailSecurity) -> Driver {
    let port = sink.port(if security == MailSecurity::Tls { "tls" } else { "starttls" });
    driver(&MailConfig { ca_file: Some(sink.ca_file()), ..config(port, security) }, "lab")
}

fn mail(to: &str) -> Message {
    message(Channel::Mail, to)
}

/// The headers with folded lines joined, and the body.
fn parts(raw: &str) -> (Vec<String>, String) {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    (head.split("\r\n").map(str::to_owned).collect(), body.to_owned())
}

#[tokio::test]
async fn a_mail_arrives_whole_by_starttls_and_a_second_one_uses_the_same_session() {
    let Some(sink) = Sink::start(&HERE, &["--mechanisms", "PLAIN"]) else {
        return;
    };
    let driver = protected(&sink, MailSecurity::Starttls);
    assert_eq!(
        driver.send(&mail("kim@larkfield.example")).await,
        Delivered::Accepted { provider_code: "2.0.0 queued as SINK1".to_owned() }
    );
    assert_eq!(reason(&driver.send(&mail("lee@larkfield.example")).await).0, "accepted");

    let seen = sink.seen().await;
    assert_eq!(seen, serde_json::json!({"ehlo": 2, "auth": [["PLAIN", true]], "mail": 2}));
    let arrived = sink.messages().await;
    assert_eq!(arrived.len(), 2);
    let first = &arrived[0];
    assert_eq!(first["to"], serde_json::json!(["kim@larkfield.example"]));
    assert_eq!((first["tls"].as_bool(), first["authenticated"].as_bool()), (Some(true), Some(true)));
    assert_eq!(
        (first["from"].as_str(), first["helo"].as_str()),
        (Some("no-reply@reset.example.test"), Some("reset.example.test"))
    );
}

#[tokio::test]
async fn a_mail_has_the_headers_and_both_parts() {
    let Some(sink) = Sink::start(&HERE, &[]) else {
        return;
    };
    let driver = driver(&config(sink.port("plain"), MailSecurity::None), "");
    assert_eq!(reason(&driver.send(&mail("kim@larkfield.example")).await).0, "accepted");
    let (head, body) = parts(sink.messages().await[0]["raw"].as_str().unwrap());
    for line in [
        "To: kim@larkfield.example",
        "Date: Sun, 01 Mar 2026 08:09:10 +0000",
        "Message-ID: <0199-abc@reset.example.test>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "Support-Code: 7Q4W-M2KD",
        "Content-Language: de",
        "MIME-Version: 1.0",
    ] {
        assert!(head.iter().any(|found| found == line), "{line} is not in {head:#?}");
    }
    let starting = |name: &str| head.iter().find(|line| line.starts_with(name)).unwrap();
    assert!(starting("From: ").ends_with("<no-reply@reset.example.test>") && starting("From: ").contains("=?utf-8?"));
    assert!(starting("Subject: ").contains("=?utf-8?"));
    assert!(starting("Content-Type: ").starts_with("Content-Type: multipart/alternative; boundary="));
    let (plain, html) = (
        body.find("Content-Type: text/plain; charset=utf-8").unwrap(),
        body.find("Content-Type: text/html; charset=utf-8").unwrap(),
    );
    assert!(plain < html, "the last part is the one preferred (RFC 2046)");
}

#[tokio::test]
async fn lines_that_begin_with_a_dot_arrive_as_written() {
    let Some(sink) = Sink::start(&HERE, &[]) else {
        return;
    };
    let mut mail = mail("kim@larkfield.example");
    mail.text = Zeroizing::new("one\n.\n..two\r.three\r\nend".to_owned());
    mail.html = None;
    assert_eq!(reason(&driver(&config(sink.port("plain"), MailSecurity::None), "").send(&mail).await).0, "accepted");
    let (head, body) = parts(sink.messages().await[0]["raw"].as_str().unwrap());
    assert_eq!(body, "one\r\n.\r\n..two\r\n.three\r\nend\r\n");
    assert!(head.iter().any(|line| line == "Content-Type: text/plain; charset=utf-8"));
}

#[tokio::test]
async fn implicit_tls_and_login_carry_a_mail() {
    let Some(sink) = Sink::start(&HERE, &["--mechanisms", "LOGIN"]) else {
        return;
    };
    assert_eq!(reason(&protected(&sink, MailSecurity::Tls).send(&mail("kim@larkfield.example")).await).0, "accepted");
    let arrived = sink.messages().await;
    assert_eq!((arrived[0]["tls"].as_bool(), arrived[0]["authenticated"].as_bool()), (Some(true), Some(true)));
    assert_eq!(sink.seen().await["auth"], serde_json::json!([["LOGIN", true]]));
}

#[tokio::test]
async fn each_fault_of_the_relay_has_its_own_end() {
    let Some(sink) = Sink::start(&HERE, &["--slow", "0.5"]) else {
        return;
    };
    let driver = protected(&sink, MailSecurity::Starttls);
    for (to, end) in [
        ("tempfail@x.test", ("retry", Some(Reason::Unavailable), "4.3.0")),
        ("reject@x.test", ("failed", Some(Reason::Refused), "5.1.1")),
        ("greylist@x.test", ("retry", Some(Reason::Unavailable), "4.7.1")),
        ("greylist@x.test", ("accepted", None, "2.0.0 queued as SINK1")),
        ("drop@x.test", ("retry", Some(Reason::Connect), "connection-lost")),
        ("slow@x.test", ("accepted", None, "2.0.0 queued as SINK2")),
    ] {
        let found = reason(&driver.send(&mail(to)).await);
        assert_eq!((found.0, found.1, found.2.as_str()), end, "{to}");
    }
    let ids: Vec<usize> =
        sink.messages().await.iter().map(|one| one["raw"].as_str().unwrap().matches("<0199-abc@").count()).collect();
    assert_eq!(ids, [1, 1]);
}

#[tokio::test]
async fn a_refused_login_can_be_tried_again_and_a_missing_one_too() {
    let Some(sink) = Sink::start(&HERE, &[]) else {
        return;
    };
    let good = MailConfig { ca_file: Some(sink.ca_file()), ..config(sink.port("starttls"), MailSecurity::Starttls) };
    let wrong = reason(&driver(&good, "wrong").send(&mail("kim@x.test")).await);
    assert_eq!(wrong, ("retry", Some(Reason::Auth), "5.7.8".to_owned()));
    let none = MailConfig { username: None, password_file: None, ..good };
    let missing = reason(&driver(&none, "").send(&mail("kim@x.test")).await);
    assert_eq!((missing.0, missing.1), ("retry", Some(Reason::Auth)));
    assert!(sink.messages().await.is_empty());
}

#[tokio::test]
async fn a_certificate_that_is_not_good_gets_no_login() {
    let Some(sink) = Sink::start(&["other.example.test"], &[]) else {
        return;
    };
    for security in [MailSecurity::Starttls, MailSecurity::Tls] {
        let named = reason(&protected(&sink, security).send(&mail("kim@x.test")).await);
        assert_eq!(named, ("retry", Some(Reason::Tls), "certificate-name".to_owned()));
        let port = sink.port(if security == MailSecurity::Tls { "tls" } else { "starttls" });
        let unknown = reason(&driver(&config(port, security), "lab").send(&mail("kim@x.test")).await);
        assert_eq!(unknown, ("retry", Some(Reason::Tls), "certificate-unknown-issuer".to_owned()));
    }
    let seen = sink.seen().await;
    assert_eq!((&seen["auth"], &seen["mail"]), (&serde_json::json!([]), &serde_json::json!(0)));
}

#[tokio::test]
async fn a_relay_without_starttls_gets_nothing_when_it_is_asked_for() {
    let Some(sink) = Sink::start(&HERE, &[]) else {
        return;
    };
    let found =
        reason(&driver(&config(sink.port("plain"), MailSecurity::Starttls), "lab").send(&mail("kim@x.test")).await);
    assert_eq!(found, ("retry", Some(Reason::Tls), "starttls-not-offered".to_owned()));
    assert_eq!(sink.seen().await["mail"], 0);
}

#[tokio::test]
async fn a_crafted_field_adds_no_recipient_and_no_header() {
    let Some(sink) = Sink::start(&HERE, &[]) else {
        return;
    };
    let driver = driver(&config(sink.port("plain"), MailSecurity::None), "");
    for to in [
        "kim@x.test\r\nRCPT TO:<eve@x.test>",
        "kim@x.test,eve@x.test",
        "kim@x.test> SIZE=1",
        "\"kim eve\"@x.test",
        "Kim <kim@x.test>",
    ] {
        assert_eq!(
            reason(&driver.send(&mail(to)).await),
            ("failed", Some(Reason::Malformed), "address".to_owned()),
            "{to:?}"
        );
    }
    let crafted = |change: fn(&mut Message)| {
        let mut mail = mail("kim@x.test");
        change(&mut mail);
        mail
    };
    for bad in [
        crafted(|mail| mail.id = "a>\r\nBcc: eve@x.test".to_owned()),
        crafted(|mail| mail.support_code = "A\r\nBcc: eve@x.test".to_owned()),
    ] {
        assert_eq!(reason(&driver.send(&bad).await), ("failed", Some(Reason::Malformed), "message".to_owned()));
    }
    assert_eq!(sink.seen().await["mail"], 0);

    let survives = crafted(|mail| {
        mail.subject = Some("Hi\r\nBcc: eve@x.test\r\n\r\nbody".to_owned());
        mail.from_name = "Bank\r\nBcc: eve@x.test\n Reset now https://evil.test/x \u{202e}".to_owned();
        mail.locale = "de\r\nBcc: eve@x.test".to_owned();
    });
    assert_eq!(reason(&driver.send(&survives).await).0, "accepted");
    let arrived = sink.messages().await;
    let (head, _) = parts(arrived[0]["raw"].as_str().unwrap());
    assert_eq!(arrived[0]["to"], serde_json::json!(["kim@x.test"]));
    assert!(head.iter().all(|line| !line.to_lowercase().starts_with("bcc")), "{head:#?}");
    // "Bank Bcc: Reset now" as an encoded word: the link is gone.
    let from = "From: =?utf-8?b?QmFuayBCY2M6IFJlc2V0IG5vdw==?= <no-reply@reset.example.test>";
    assert!(head.iter().any(|line| line == from), "{head:#?}");
}

/// A listener that says these bytes, each after something was received, and then keeps still.
async fn scripted(lines: &'static [&'static str]) -> (u16, tokio::task::JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = [0; 1024];
        for line in lines {
            stream.write_all(line.as_bytes()).await.unwrap();
            if stream.read(&mut heard).await.unwrap_or(0) == 0 {
                return;
            }
        }
        tokio::time::sleep(Duration::from_secs(120)).await;
    });
    (port, tasks)
}

#[tokio::test]
async fn what_was_said_before_tls_is_not_believed_after_it() {
    let (port, _tasks) =
        scripted(&["220 hi\r\n", "250-hi\r\n250 STARTTLS\r\n", "220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n235 in\r\n"])
            .await;
    let found = reason(&driver(&config(port, MailSecurity::Starttls), "lab").send(&mail("kim@x.test")).await);
    assert_eq!(found, ("retry", Some(Reason::Tls), "bytes-before-tls".to_owned()));
}

#[tokio::test]
async fn a_server_that_speaks_something_else_is_told_apart() {
    let (port, _tasks) = scripted(&["HTTP/1.1 400 Bad Request\r\n"]).await;
    let plain = |port| driver(&config(port, MailSecurity::None), "");
    assert_eq!(reason(&plain(port).send(&mail("kim@x.test")).await).1, Some(Reason::Answer));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(
        reason(&plain(closed).send(&mail("kim@x.test")).await),
        ("retry", Some(Reason::Connect), "connect".to_owned())
    );
    let nowhere = MailConfig { host: "relay.invalid".to_owned(), ..config(25, MailSecurity::None) };
    assert_eq!(
        reason(&driver(&nowhere, "").send(&mail("kim@x.test")).await),
        ("retry", Some(Reason::Dns), "dns".to_owned())
    );
    let (busy, _tasks) = scripted(&["554 5.3.2 no service\r\n"]).await;
    assert_eq!(
        reason(&plain(busy).send(&mail("kim@x.test")).await),
        ("retry", Some(Reason::Unavailable), "5.3.2".to_owned())
    );
}

#[tokio::test]
async fn a_relay_that_keeps_still_is_left_after_twenty_seconds() {
    let (port, _tasks) = scripted(&["220 hi\r\n"]).await;
    let found = driver(&config(port, MailSecurity::None), "").send(&mail("kim@x.test")).await;
    assert_eq!(found, Delivered::Retry { provider_code: "command".to_owned(), reason: Reason::Timeout, after: None });
}

#[test]
fn a_mail_section_that_makes_no_sense_is_told_by_key() {
    let told = |change: fn(&mut MailConfig)| {
        let mut section = config(25, MailSecurity::Starttls);
        change(&mut section);
        section.check().unwrap_err()
    };
    assert!(config(25, MailSecurity::Starttls).check().is_ok());
    assert!(told(|c| c.host = "smtp://relay".to_owned()).contains("mail.host"));
    assert!(told(|c| c.port = Some(0)).contains("mail.port"));
    assert!(told(|c| c.from = "Readmit <a@b.test>".to_owned()).contains("mail.from"));
    assert!(told(|c| c.ehlo_name = Some("a b".to_owned())).contains("mail.ehlo_name"));
    assert!(told(|c| c.password_file = None).contains("mail.password_file"));
    assert!(told(|c| c.username = None).contains("mail.username"));
    assert!(told(|c| c.security = MailSecurity::None).contains("unprotected"));
    let missing = MailConfig { ca_file: Some("no/such/ca.pem".into()), ..config(25, MailSecurity::Starttls) };
    assert!(Smtp::new(&missing, Some(Zeroizing::new("x".to_owned()))).err().unwrap().contains("mail.ca_file"));
    assert!(toml::from_str::<MailConfig>("host='a'\nfrom='a@b.test'\npassword='x'").is_err());
    let least: MailConfig = toml::from_str("host='a'\nfrom='a@b.test'").unwrap();
    assert_eq!((least.security, least.check()), (MailSecurity::Starttls, Ok(())));
}
