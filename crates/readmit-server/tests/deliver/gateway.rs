//! The HTTP gateway driver against a gateway that answers from a script.

use std::time::Duration;

use readmit_server::deliver::Channel;
use readmit_server::deliver::Delivered;
use readmit_server::deliver::Driver;
use readmit_server::deliver::Gateway;
use readmit_server::deliver::GatewayConfig;
use readmit_server::deliver::Message;
use readmit_server::deliver::Reason;
use zeroize::Zeroizing;

use crate::message;
use crate::reason;
use crate::stub::Answer;
use crate::stub::Stub;

const NUMBER: &str = "+14255550100";
const JSON: &str = r#"
url = "http://127.0.0.1:PORT/v1/messages"
headers = { Content-Type = "application/json", X-Team = "lab" }
body = '{"to":"{{to}}","text":"{{text}}","ref":"{{id}}","language":"{{locale}}"}'
auth = "bearer"
secret_file = "sms.secret"
success_pointer = "/messages/0/ok"
id_pointer = "/messages/0/id"
"#;

fn config(toml: &str, stub: &Stub) -> GatewayConfig {
    toml::from_str(&toml.replace("PORT", &stub.port.to_string())).unwrap()
}

fn driver(toml: &str, stub: &Stub) -> Driver {
    let secret = toml.contains("secret_file").then(|| Zeroizing::new("s3cret".to_owned()));
    Driver::Gateway(Box::new(Gateway::new(&config(toml, stub), secret.as_ref()).unwrap()))
}

fn sms() -> Message {
    message(Channel::Sms, NUMBER)
}

fn good() -> Answer {
    (202, &[], r#"{"messages":[{"ok":true,"id":"SM-77"}]}"#.to_owned())
}

#[tokio::test]
async fn a_json_gateway_gets_the_text_as_written_and_its_id_comes_back() {
    let stub = Stub::start(vec![good()]).await;
    assert_eq!(driver(JSON, &stub).send(&sms()).await, Delivered::Accepted { provider_code: "SM-77".to_owned() });
    let asked = stub.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.uri.as_str()), ("POST", "/v1/messages"));
    let header = |name: &str| asked.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(
        (header("idempotency-key"), header("authorization"), header("x-team")),
        ("0199-abc", "Bearer s3cret", "lab")
    );
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"to": NUMBER, "text": sms().text.as_str(), "ref": "0199-abc", "language": "de"})
    );
}

#[tokio::test]
async fn a_query_and_a_form_are_percent_encoded() {
    let stub = Stub::start(vec![(200, &[], "OK 9".to_owned()), (200, &[], "OK 9".to_owned())]).await;
    let query = "url = \"http://127.0.0.1:PORT/send?to={{to}}&text={{text}}\"\nmethod = \"GET\"\nsuccess_text = \"OK\"";
    assert_eq!(reason(&driver(query, &stub).send(&sms()).await), ("accepted", None, "200".to_owned()));
    let form = "url = \"http://127.0.0.1:PORT/{{id}}\"\nheaders = { content-type = \"application/x-www-form-urlencoded\" }\n\
                body = \"to={{to}}&text={{text}}\"\nauth = \"basic\"\nusername = \"team\"\nsecret_file = \"x\"";
    assert_eq!(reason(&driver(form, &stub).send(&sms()).await).0, "accepted");

    let asked = stub.asked();
    let pairs = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
    let expected = vec![("to".to_owned(), NUMBER.to_owned()), ("text".to_owned(), sms().text.as_str().to_owned())];
    assert_eq!(pairs(asked[0].uri.strip_prefix("/send?").unwrap()), expected);
    assert_eq!((asked[0].method.as_str(), asked[0].headers.contains_key("authorization")), ("GET", false));
    assert_eq!((pairs(&asked[1].body), asked[1].uri.as_str()), (expected, "/0199-abc"));
    assert_eq!(asked[1].headers["authorization"], "Basic dGVhbTpzM2NyZXQ=");
}

#[tokio::test]
async fn an_xml_gateway_gets_well_formed_text() {
    let stub = Stub::start(vec![(200, &[], String::new())]).await;
    let xml = "url = \"http://127.0.0.1:PORT/\"\nheaders = { content-type = \"text/xml; charset=utf-8\" }\nbody = \"<sms><t>{{text}}</t></sms>\"";
    assert_eq!(reason(&driver(xml, &stub).send(&sms()).await).0, "accepted");
    let body = stub.asked().remove(0).body;
    assert_eq!(
        body,
        "<sms><t>Code KM: 123456&#10;.&#10;.bcc&#10;für &quot;Sie&quot; &amp; &lt;alle&gt;&#10;</t></sms>"
    );
}

#[tokio::test]
async fn a_gateway_that_fails_twice_is_asked_again_under_the_same_key() {
    let stub =
        Stub::start(vec![(500, &[], String::new()), (503, &[("retry-after", "3")], String::new()), good()]).await;
    let driver = driver(JSON, &stub);
    let mut ends = Vec::new();
    for _ in 0..3 {
        ends.push(driver.send(&sms()).await);
    }
    let retry =
        |code: &str, after| Delivered::Retry { provider_code: code.to_owned(), reason: Reason::Unavailable, after };
    let accepted = Delivered::Accepted { provider_code: "SM-77".to_owned() };
    assert_eq!(ends, [retry("500", None), retry("503", Some(Duration::from_secs(3))), accepted]);
    let keys: Vec<_> = stub.asked().iter().map(|asked| asked.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys, ["0199-abc", "0199-abc", "0199-abc"]);
}

#[tokio::test]
async fn a_gateway_that_is_busy_says_how_long() {
    let stub = Stub::start(vec![
        (429, &[("retry-after", "17")], String::new()),
        (
            429,
            &[("date", "Sun, 01 Mar 2026 08:00:00 GMT"), ("retry-after", "Sun, 01 Mar 2026 08:00:40 GMT")],
            String::new(),
        ),
        (429, &[("retry-after", "999999")], String::new()),
        (429, &[("retry-after", "soon")], String::new()),
    ])
    .await;
    let driver = driver(JSON, &stub);
    for seconds in [Some(17), Some(40), Some(3600), None] {
        let after = seconds.map(Duration::from_secs);
        assert_eq!(
            driver.send(&sms()).await,
            Delivered::Retry { provider_code: "429".to_owned(), reason: Reason::Throttled, after }
        );
    }
}

type End = (&'static str, Option<Reason>, &'static str);

const ANSWERS: [(u16, &str, End); 9] = [
    (200, r#"{"error":"no credit"}"#, ("failed", Some(Reason::Refused), "200")),
    (200, r#"{"messages":[{"ok":false}]}"#, ("failed", Some(Reason::Refused), "200")),
    (200, r#"{"messages":[{"ok":null}]}"#, ("failed", Some(Reason::Refused), "200")),
    (200, "not json", ("failed", Some(Reason::Refused), "200")),
    (200, r#"{"messages":[{"ok":1,"id":42}]}"#, ("accepted", None, "42")),
    (200, r#"{"messages":[{"ok":1,"id":"for kim@x.test"}]}"#, ("accepted", None, "200")),
    (204, "", ("failed", Some(Reason::Answer), "204")),
    (400, "", ("failed", Some(Reason::Refused), "400")),
    (401, "", ("failed", Some(Reason::Auth), "401")),
];

#[tokio::test]
async fn success_is_what_the_configuration_calls_success() {
    let script = ANSWERS.iter().map(|(status, body, _)| -> Answer { (*status, &[], (*body).to_owned()) });
    let stub = Stub::start(script.collect()).await;
    let driver = driver(JSON, &stub);
    for (status, body, end) in ANSWERS {
        let found = reason(&driver.send(&sms()).await);
        assert_eq!((found.0, found.1, found.2.as_str()), end, "{status} {body}");
    }
}

#[tokio::test]
async fn success_can_be_a_text_in_the_answer() {
    let stub = Stub::start(vec![(200, &[], "ERR 9".to_owned()), (200, &[], "9 OK".to_owned())]).await;
    let text = "url = \"http://127.0.0.1:PORT/?t={{text}}\"\nmethod = \"GET\"\nsuccess_text = \"OK\"";
    let driver = driver(text, &stub);
    assert_eq!(reason(&driver.send(&sms()).await).1, Some(Reason::Refused));
    assert_eq!(reason(&driver.send(&sms()).await).0, "accepted");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let long = format!("{{\"messages\":[{{\"ok\":true}}],\"x\":\"{}\"}}", "y".repeat(70_000));
    let stub = Stub::start(vec![(200, &[], long)]).await;
    let found = reason(&driver(JSON, &stub).send(&sms()).await);
    assert_eq!(found, ("failed", Some(Reason::Answer), "answer-too-long".to_owned()));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Stub::start(vec![good()]).await;
    let location: &'static str = format!("http://127.0.0.1:{}/", target.port).leak();
    let headers: &'static [(&str, &str)] = vec![("location", location)].leak();
    for status in [302, 307] {
        let stub = Stub::start(vec![(status, headers, String::new())]).await;
        assert_eq!(
            reason(&driver(JSON, &stub).send(&sms()).await),
            ("failed", Some(Reason::Answer), status.to_string())
        );
    }
    assert!(target.asked().is_empty());
}

#[tokio::test]
async fn a_gateway_that_cannot_be_reached_is_tried_again() {
    let still = Stub::start(vec![(0, &[], String::new())]).await;
    assert_eq!(
        reason(&driver(JSON, &still).send(&sms()).await),
        ("retry", Some(Reason::Timeout), "timeout".to_owned())
    );
    let cleartext = Stub::start(Vec::new()).await;
    let tls = JSON.replace("http://", "https://");
    assert_eq!(
        reason(&driver(&tls, &cleartext).send(&sms()).await),
        ("retry", Some(Reason::Tls), "tls-handshake".to_owned())
    );
    let nowhere = JSON.replace("127.0.0.1:PORT", "gateway.invalid");
    assert_eq!(
        reason(&driver(&nowhere, &cleartext).send(&sms()).await),
        ("retry", Some(Reason::Dns), "dns".to_owned())
    );
    let closed = JSON.replace("PORT", "1");
    assert_eq!(
        reason(&driver(&closed, &cleartext).send(&sms()).await),
        ("retry", Some(Reason::Connect), "connect".to_owned())
    );
}

/// What is replaced in the good section, by what, and what is then told.
const NONSENSE: [(&str, &str, &str); 19] = [
    ("http://", "ftp://", "url must begin"),
    ("http://", "http://a:b@", "url must not hold a login"),
    ("127.0.0.1", "{{to}}.test", "only after the host"),
    ("/v1", "/{{phone}}", "unknown template field {{phone}}"),
    ("{{text}}", "{{secret}}", "body: unknown template field"),
    ("{{text}}", "{{text", "not closed"),
    ("\"{{to}}\"", "{{to}}", "inside quotes"),
    ("application/json", "application/pdf", "content-type must be"),
    ("Content-Type = \"application/json\", ", "", "body needs a content-type"),
    ("X-Team = \"lab\"", "X-Team = \"{{to}}\"", "must not hold a template field"),
    ("X-Team", "Authorization", "set by us"),
    ("X-Team = \"lab\"", "X-Team = \"a\\r\\nb\"", "cannot be sent"),
    ("auth = \"bearer\"", "auth = \"basic\"", "needs username and secret_file"),
    ("auth = \"bearer\"", "", "need auth"),
    ("auth = \"bearer\"", "auth = \"bearer\"\nmethod = \"GET\"", "carries no body"),
    ("auth = \"bearer\"", "auth = \"bearer\"\nmethod = \"DELETE\"", "method must be"),
    ("auth = \"bearer\"", "auth = \"bearer\"\nsuccess_status = [302]", "success_status"),
    ("auth = \"bearer\"", "auth = \"bearer\"\nsuccess_text = \"OK\"", "exclude each other"),
    ("/messages/0/id", "messages.0.id", "id_pointer must be"),
];

#[test]
fn a_gateway_section_that_makes_no_sense_is_told_by_key() {
    let json = |old: &str, new: &str| {
        assert!(JSON.contains(old), "{old}");
        toml::from_str::<GatewayConfig>(&JSON.replace("PORT", "80").replace(old, new)).unwrap().check()
    };
    assert_eq!(json("lab", "lab"), Ok(()));
    for (old, new, told) in NONSENSE {
        let found = json(old, new).unwrap_err();
        assert!(found.contains(told), "{new}: {found}");
    }
    let config: GatewayConfig = toml::from_str(&JSON.replace("PORT", "80")).unwrap();
    assert!(Gateway::new(&config, None).err().unwrap().contains("secret_file"));
    assert!(toml::from_str::<GatewayConfig>("url='http://a'\npassword='x'").is_err());
}
