//! Bodies that can be read in two ways, or are too large.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::door::Answer;
use crate::door::Door;
use crate::door::FORM;
use crate::door::JSON;
use crate::door::OURS;

const FORMS: &[&str] = &[
    "step=1&user_id=a&user_id=b",
    "step=1&user_id[]=a",
    "step=1&user_id=a&user_id[0]=b",
    "step=1&user_id=a&admin=1",
    "step=1",
    "",
    "step=x&user_id=a",
    "step=1&user_id=%C0%AF",
    "step=1&user_id=%E0%80%AF",
    "step=1&user_id=%ff",
    "step=1&user_id=%zz",
    "step=1&user_id=%",
    "step=1&user_id=a%00",
    "step=1&user_id",
    "step=1&&user_id=a",
    "\u{feff}step=1&user_id=a",
    "{\"step\":1,\"user_id\":\"a\"}",
    "step=1&user_id=a\r\n",
    "step=1&user_id=a b",
];

const NOT_FORMS: &[&str] = &[
    "",
    "Content-Type: text/plain\r\n",
    JSON,
    "Content-Type: multipart/form-data; boundary=x\r\n",
    "Content-Type: application/x-www-form-urlencoded; charset=utf-16\r\n",
];

const JSONS: &[&str] = &[
    r#"{"step":1,"user_id":"a","user_id":"b"}"#,
    r#"{"step":1,"user_id":["a","b"]}"#,
    r#"{"step":1,"user_id":{"a":1}}"#,
    r#"{"step":1,"user_id":null}"#,
    r#"{"step":1,"user_id":"a","admin":true}"#,
    r#"{"step":"1","user_id":"a"}"#,
    r#"{"step":1,"user_id":"a"}x"#,
    r#"{"step":1,"user_id":"a"}{}"#,
    "\u{feff}{\"step\":1,\"user_id\":\"a\"}",
    "[]",
    "null",
    "",
    "step=1&user_id=a",
    r#"{"step":1,"user_id":"\ud800"}"#,
    r#"{"step":1,"user_id":"a\u0000"}"#,
    r#"{"step":1,"user_id":[[[[[[[[[[]]]]]]]]]]}"#,
    r#"{"step":1.5,"user_id":"a"}"#,
    r#"{"step":1,"user_id":"a",}"#,
    r#"{"us\u0065r_id":"a","user_id":"b","step":1}"#,
];

const NOT_JSON: &[&str] = &[
    "",
    "Content-Type: text/plain\r\n",
    FORM,
    "Content-Type: application/json; charset=utf-16\r\n",
    "Content-Type: application/problem+json\r\n",
];

#[tokio::test]
async fn an_ambiguous_body_reaches_nobody() {
    let door = Door::open().await;
    let mut corpus: Vec<(&str, String, &str)> = Vec::new();
    for body in FORMS {
        corpus.push(("/reset", format!("{FORM}{OURS}"), body));
    }
    for kind in NOT_FORMS {
        corpus.push(("/reset", format!("{kind}{OURS}"), "step=1&user_id=a"));
    }
    corpus.push(("/reset", format!("{FORM}{FORM}{OURS}"), "step=1&user_id=a"));
    corpus.push(("/reset", format!("{FORM}Content-Encoding: gzip\r\n{OURS}"), "step=1&user_id=a"));
    for body in JSONS {
        corpus.push(("/api/v1/move", format!("{JSON}{OURS}"), body));
    }
    for kind in NOT_JSON {
        corpus.push(("/api/v1/move", format!("{kind}{OURS}"), r#"{"step":1,"user_id":"a"}"#));
    }
    for (path, headers, body) in &corpus {
        let answer = door.ask("POST", path, headers, body).await;
        assert_eq!(answer.status, 400, "{path} {headers} {body} {answer:?}");
        assert!(answer.body.ends_with(answer.support_code()), "{answer:?}");
    }
    assert_eq!(door.moves(), 0);
    assert!(corpus.len() >= 50);
}

#[tokio::test]
async fn a_plain_body_is_read() {
    let door = Door::open().await;
    let form = "step=1&user_id=Zo%C3%AB";
    let answer = door.ask("POST", "/reset", &format!("{FORM}{OURS}"), form).await;
    assert_eq!(answer.body, "1:Zoë");
    let json = r#"{"step":1,"user_id":"Zoë"}"#;
    let answer = door.ask("POST", "/api/v1/move", &format!("{JSON}{OURS}"), json).await;
    assert_eq!(answer.body, "1:Zoë");
}

#[tokio::test]
async fn a_body_in_utf16_or_broken_utf8_reaches_nobody() {
    let door = Door::open().await;
    let utf16: Vec<u8> = "\u{feff}{\"step\":1,\"user_id\":\"a\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let client = reqwest::Client::builder().build().unwrap();
    for body in
        [utf16, b"{\"step\":1,\"user_id\":\"\xc0\xaf\"}".to_vec(), b"{\"step\":1,\"user_id\":\"\xff\"}".to_vec()]
    {
        let request = client
            .post(door.url("/api/v1/move"))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json");
        assert_eq!(request.body(body).send().await.unwrap().status(), 400);
    }
    assert_eq!(door.moves(), 0);
}

#[tokio::test]
async fn a_large_body_is_refused_announced_or_not() {
    let door = Door::open().await;
    let headers = format!("{FORM}{OURS}");
    let announced = door.ask("POST", "/reset", &format!("{headers}Content-Length: 65537\r\n"), "").await;
    assert_eq!(announced.status, 413);
    announced.support_code();
    let chunk = format!("4000\r\n{}\r\n", "a".repeat(0x4000)).repeat(5);
    let request = format!(
        "POST /reset HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}Transfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n",
        door.host()
    );
    assert_eq!(door.raw(&request).await.status, 413);
    assert_eq!(door.moves(), 0);
    let largest = format!("step=1&user_id={}", "a".repeat(65_536 - 15));
    assert_eq!(door.ask("POST", "/reset", &headers, &largest).await.status, 200);
}

#[tokio::test]
async fn a_client_that_is_still_sending_sees_the_refusal() {
    let door = Door::open().await;
    let mut tcp = TcpStream::connect(door.address).await.unwrap();
    let host = door.host();
    let head = format!("POST /reset HTTP/1.1\r\nHost: {host}\r\n{FORM}{OURS}Content-Length: 200000\r\n\r\n");
    tcp.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        tcp.write_all(&[b'a'; 20_000]).await.unwrap();
    }
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(Answer::new(&bytes).status, 413);
}
