//! What every response carries, and what the log does not.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use readmit_server::http::listen::Limits;

use crate::door::Door;
use crate::door::FORM;
use crate::door::OURS;

#[tokio::test]
async fn every_response_has_the_headers_and_its_own_support_code() {
    let door = Door::open().await;
    let mut codes = BTreeSet::new();
    for (method, path, headers, status) in [
        ("GET", "/", "", 200),
        ("HEAD", "/", "", 200),
        ("GET", "/nothing", "", 404),
        ("HEAD", "/nothing", "", 404),
        ("GET", "/re%73et", "", 404),
        ("DELETE", "/reset", OURS, 405),
        ("POST", "/reset", "", 403),
        ("POST", "/reset", OURS, 400),
        ("GET", "/panic", "", 500),
        ("GET", "/cached-fault", "", 500),
    ] {
        let answer = door.ask(method, path, headers, "").await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(codes.insert(answer.support_code().to_owned()), "{answer:?}");
        assert_eq!(answer.header("cache-control"), ["no-store"], "{path}");
        assert_eq!(
            answer.header("content-security-policy"),
            [
                "default-src 'none'; script-src 'self'; worker-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
            ]
        );
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
            ("origin-agent-cluster", "?1"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), [value], "{path}");
        }
        assert_eq!(answer.header("permissions-policy").len(), 1);
        for absent in ["server", "x-powered-by", "strict-transport-security", "access-control-allow-origin"] {
            assert!(answer.header(absent).is_empty(), "{path} {absent}");
        }
        assert!(!answer.body.contains("canary"));
    }
    assert_eq!(door.panics.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_handler_may_show_its_journeys_code_and_cache_what_is_hashed() {
    let door = Door::open().await;
    assert_eq!(door.ask("GET", "/journey", "", "").await.support_code(), "JJJJ-JJJJ-JJJJ");
    let asset = door.ask("GET", "/static/app.0a1b.css", "", "").await;
    assert_eq!(asset.header("cache-control"), ["public, max-age=31536000, immutable"]);
    for (name, count) in [("x-content-type-options", 1), ("content-security-policy", 0), ("permissions-policy", 0)] {
        assert_eq!(asset.header(name).len(), count, "{name} of a style sheet");
    }
    let refused = door.ask("DELETE", "/reset", OURS, "").await;
    assert_eq!(refused.header("allow"), ["GET,HEAD,POST"]);
}

/// Collects what is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn one_log_line_a_request_and_nothing_of_its_content() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter("readmit_server=trace")
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let door = Door::with(Limits::default(), None, &["127.0.0.0/8"]).await;
    let secret = format!(
        "Cookie: __Host-readmit_reset=CANARY\r\nUser-Agent: CANARY\r\nX-Forwarded-For: 198.51.100.77\r\n{FORM}"
    );
    let mut codes = Vec::new();
    for (method, path, body) in [
        ("POST", "/reset?CANARY=1", "step=1&user_id=CANARY"),
        ("POST", "/reset", "step=1&user_id=%CANARY"),
        ("GET", "/CANARY", ""),
        ("GET", "/CANARY%0d%0a{\"x\":\"CANARY\"}", ""),
        ("CANARY", "/reset", ""),
        ("GET", "/panic", ""),
    ] {
        let answer = door.ask(method, path, &format!("{OURS}{secret}"), body).await;
        codes.push(answer.support_code().to_owned());
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    assert!(!text.contains("198.51.100.77"), "{text}");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let field = |name: &str| {
        let values = lines.iter().map(|line| line["fields"][name].to_string());
        values.collect::<Vec<_>>().join(" ").replace('"', "")
    };
    assert_eq!(field("status"), "200 400 404 404 405 500");
    assert_eq!(field("route"), "/reset /reset - - /reset /panic");
    assert_eq!(field("method"), "POST POST GET GET other GET");
    let rejections = "null encoding not-found not-found method-not-allowed fault";
    assert_eq!(field("rejection"), rejections);
    assert_eq!(field("client"), ["198.51.100.0/24"; 6].join(" "));
    assert_eq!(field("support_code"), codes.join(" "));
}
