//! HTTP/2, TLS, and limits of the protocols.

use std::time::Duration;
use std::time::Instant;

use readmit_server::http::listen::Limits;
use readmit_server::http::listen::ListenFault;
use readmit_server::http::listen::Listener;
use readmit_server::http::listen::ListenerConfig;
use readmit_server::http::listen::TlsFiles;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::door::Door;
use crate::door::short;

#[tokio::test]
async fn too_many_or_too_long_headers_are_refused() {
    let door = Door::open().await;
    let long = |length| format!("X-Long: {}\r\n", "a".repeat(length));
    assert_eq!(door.ask("GET", "/reset", &long(15_000), "").await.status, 200);
    for headers in [long(17_000), "X-Many: a\r\n".repeat(70)] {
        let answer = door.ask("GET", "/reset", &headers, "").await;
        assert_eq!(answer.status, 431);
        answer.support_code();
    }
    for headers in [long(70_000), "X-Many: a\r\n".repeat(200)] {
        assert_eq!(door.ask("GET", "/reset", &headers, "").await.status, 431);
    }
}

#[tokio::test]
async fn http2_with_prior_knowledge_obeys_the_same_rules() {
    let door = Door::open().await;
    let client =
        reqwest::Client::builder().http2_prior_knowledge().resolve("evil.example", door.address).build().unwrap();
    let page = client.get(door.url("/reset")).send().await.unwrap();
    assert_eq!(page.version(), http::Version::HTTP_2);
    assert!(page.headers().contains_key("content-security-policy"));

    let evil = format!("http://evil.example:{}/reset", door.address.port());
    let post = |site, body| {
        let request = client.post(door.url("/reset")).header("sec-fetch-site", site);
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let form = || "step=1&user_id=a".to_owned();
    for (request, status) in [
        (client.get(door.url("/reset")), 200),
        (client.get(door.url("/reset")).header("host", "evil.example"), 400),
        (client.get(evil), 421),
        (client.get(door.url("//reset")), 404),
        (client.get(door.url("/panic")), 500),
        (post("same-origin", form()), 200),
        (post("cross-site", form()), 403),
        (post("same-origin", "a".repeat(65_537)), 413),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert!(answer.headers().contains_key("support-code"), "{status}");
    }
    assert_eq!(door.moves(), 1);
}

#[tokio::test]
async fn tls_speaks_http2_by_alpn_and_promises_to_stay() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles { certificate: folder.path().join("tls.pem"), key: folder.path().join("tls.key") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let door = Door::with(short(), Some(files.clone()), &[]).await;
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let page = client.get(format!("https://localhost:{}/reset", door.address.port())).send().await.unwrap();
    assert_eq!((page.status().as_u16(), page.version()), (200, http::Version::HTTP_2));
    assert_eq!(page.headers()["strict-transport-security"], "max-age=63072000; includeSubDomains");

    let started = Instant::now();
    let silent = door.raw("").await;
    assert_eq!(silent.status, 0);
    assert!(started.elapsed() >= Duration::from_millis(250) && started.elapsed() < Duration::from_secs(5));
    let plain = door.raw("GET / HTTP/1.1\r\n\r\n").await;
    assert_ne!(plain.status, 200);

    let swapped = TlsFiles { certificate: files.key.clone(), key: files.certificate };
    let config = ListenerConfig {
        bind: "127.0.0.1:0".parse().unwrap(),
        tls: Some(swapped),
        trusted_proxies: Vec::new(),
        drain: Duration::ZERO,
        limits: short(),
    };
    assert!(matches!(Listener::bind(config).await, Err(ListenFault::Tls { .. })));
}

#[tokio::test]
async fn plain_http_is_not_offered_to_the_network() {
    let config = |bind: &str, proxies: &[&str]| ListenerConfig {
        bind: bind.parse().unwrap(),
        tls: None,
        trusted_proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
        drain: Duration::ZERO,
        limits: Limits::default(),
    };
    let refused = Listener::bind(config("0.0.0.0:0", &[])).await.err().unwrap();
    assert!(refused.to_string().contains("in the clear") && refused.to_string().contains("tls_cert_file"), "{refused}");
    assert!(matches!(Listener::bind(config("[::]:0", &[])).await, Err(ListenFault::Cleartext { .. })));
    assert!(Listener::bind(config("0.0.0.0:0", &["192.0.2.1"])).await.is_ok());
    assert!(Listener::bind(config("127.0.0.1:0", &[])).await.is_ok());
}

/// An HTTP/2 frame (RFC 9113 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    [&[0, 0, length, kind, flags][..], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn a_flood_of_reset_streams_ends_the_connection() {
    let door = Door::open().await;
    let host = door.host();
    let length = u8::try_from(host.len()).unwrap();
    let headers = [&[0x82, 0x86, 0x84, 0x01, length], host.as_bytes()].concat();
    let mut flood = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    flood.extend(frame(4, 0, 0, &[]));
    for stream in (1..4_000).step_by(2) {
        flood.extend(frame(1, 5, stream, &headers));
        flood.extend(frame(3, 0, stream, &8_u32.to_be_bytes()));
    }
    let mut tcp = TcpStream::connect(door.address).await.unwrap();
    // The server may close before it has read all of it.
    let _ = tcp.write_all(&flood).await;
    let mut bytes = Vec::new();
    let _ =
        tokio::time::timeout(Duration::from_secs(5), tcp.read_to_end(&mut bytes)).await.expect("the server hangs up");
    let calm = [&frame(7, 0, 0, &[])[3..5], &[0, 0, 0, 0]].concat();
    let goaway = bytes.windows(calm.len()).position(|window| window == calm).expect("a GOAWAY frame");
    assert_eq!(bytes[goaway + 10..goaway + 14], 11_u32.to_be_bytes(), "ENHANCE_YOUR_CALM");
}
