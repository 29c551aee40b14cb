//! Host, path and origin: what is refused before any work.

use std::sync::atomic::Ordering;

use readmit_server::http::listen::Limits;

use crate::door::Door;
use crate::door::FORM;
use crate::door::OURS;

#[tokio::test]
async fn only_a_configured_host_is_answered() {
    let door = Door::open().await;
    let host = door.host();
    let port = door.address.port();
    let get = |headers: String| format!("GET /reset HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    let absolute = |target: &str, host: &str| {
        format!("GET http://{target}/reset HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    };
    for (request, status) in [
        (get(format!("Host: {host}\r\n")), 200),
        (get(format!("Host: LOCALHOST:{port}\r\n")), 200),
        (get("Host: evil.example\r\n".into()), 421),
        (get(format!("Host: evil.example:{port}\r\n")), 421),
        (get("Host: 127.0.0.1\r\n".into()), 421),
        (get(format!("Host: {host}.evil.example\r\n")), 421),
        (get(format!("Host: 127.0.0.1.evil:{port}\r\n")), 421),
        (get(format!("Host: localhost.:{port}\r\n")), 421),
        (get(format!("Host: {host}:evil@x\r\n")), 400),
        (get(format!("Host: good@{host}\r\n")), 400),
        (get(format!("Host: {host}, evil.example\r\n")), 400),
        (get(format!("Host: {host}/reset\r\n")), 400),
        (get(format!("Host: {host}\r\nHost: {host}\r\n")), 400),
        (get(format!("Host: {host}\r\nHost: evil.example\r\n")), 400),
        (get(format!("Host: evil.example\r\nHost: {host}\r\n")), 400),
        (get("Host: \r\n".into()), 400),
        (get(String::new()), 400),
        (absolute(&host, &host), 400),
        (absolute("evil.example", &host), 400),
        (absolute(&host, "evil.example"), 400),
        (format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), 400),
        ("GET /reset HTTP/1.0\r\n\r\n".into(), 400),
    ] {
        let answer = door.raw(&request).await;
        assert_eq!(answer.status, status, "{request}\n{answer:?}");
        answer.support_code();
        assert!(status == 200 || !answer.body.contains("evil"), "{answer:?}");
    }
}

#[tokio::test]
async fn no_header_stands_in_for_the_host() {
    let door = Door::open().await;
    let foreign = format!(
        "GET /reset HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {}\r\nConnection: close\r\n\r\n",
        door.host()
    );
    assert_eq!(door.raw(&foreign).await.status, 421);
    for header in [
        "X-Forwarded-Host: evil.example",
        "Forwarded: host=evil.example",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Port: 1",
        "X-Host: evil.example",
        "X-Original-URL: /panic",
    ] {
        let answer = door.ask("GET", "/reset", &format!("{header}\r\n"), "").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "page"), "{header}");
    }
}

#[tokio::test]
async fn a_path_written_otherwise_is_no_page() {
    let door = Door::open().await;
    for path in [
        "/help/a%2fb",
        "/help/%61",
        "/help/a;x=y",
        "/help/a%00",
        "/help/..",
        "/./reset",
        "//reset",
        "/reset/",
        "/reset/.",
        "/%2e/reset",
        "/%2E%2e/reset",
        "/..;/reset",
        "/reset;x=y",
        "/reset%2f",
        "/%2freset",
        "/reset%00",
        "/reset%20",
        "/%72eset",
        "/RESET",
        "/reset.json",
        "/a/../reset",
        "/static/../panic",
        "/static/%2e%2e/panic",
        "/panic/",
        "//panic",
        "/nothing",
        "*",
    ] {
        let answer = door.ask("GET", path, "X-Original-URL: /reset\r\nX-Rewrite-URL: /reset\r\n", "").await;
        assert_eq!(answer.status, 404, "{path} {answer:?}");
        assert_eq!(answer.body, format!("page of not-found with {}", answer.support_code()), "{path}");
    }
    for (path, allowed) in [("/reset\\x", [400, 404]), ("/reset#x", [200, 404])] {
        let answer = door.ask("GET", path, "", "").await;
        assert!(allowed.contains(&answer.status), "{path} {answer:?}");
    }
    assert_eq!(door.ask("GET", "/help/SSPR_0009", "", "").await.status, 200);
    assert_eq!(door.ask("GET", "/reset?mkt=de", "", "").await.status, 200);
    assert_eq!(door.panics.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn only_our_own_pages_move_anything() {
    let door = Door::open().await;
    let own = format!("Origin: http://{}\r\n", door.host());
    let body = "step=1&user_id=a";
    for (headers, status) in [
        (OURS.to_owned(), 200),
        (own.clone(), 200),
        (format!("{OURS}{own}"), 200),
        (String::new(), 403),
        ("Origin: null\r\n".into(), 403),
        ("Origin: https://evil.example\r\n".into(), 403),
        (format!("Origin: http://localhost:{}\r\n", door.address.port()), 403),
        ("Origin: http://127.0.0.1\r\n".into(), 403),
        ("Sec-Fetch-Site: cross-site\r\n".into(), 403),
        ("Sec-Fetch-Site: same-site\r\n".into(), 403),
        ("Sec-Fetch-Site: none\r\n".into(), 403),
        (format!("Sec-Fetch-Site: cross-site\r\n{own}"), 403),
        (format!("{OURS}Sec-Fetch-Site: cross-site\r\n"), 403),
        (format!("{OURS}Origin: null\r\n"), 403),
        (format!("Referer: http://{}/reset\r\n", door.host()), 403),
    ] {
        let before = door.moves();
        let answer = door.ask("POST", "/reset", &format!("{FORM}{headers}"), body).await;
        assert_eq!(answer.status, status, "{headers} {answer:?}");
        assert_eq!(door.moves() - before, usize::from(status == 200), "{headers}");
    }
}

#[tokio::test]
async fn no_other_method_passes_and_none_is_overridden() {
    let door = Door::open().await;
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X-EVIL"] {
        assert_eq!(door.ask(method, "/reset", "", "").await.status, 403, "{method}");
        assert_eq!(door.ask(method, "/reset", OURS, "").await.status, 405, "{method}");
    }
    let overridden = door
        .ask(
            "GET",
            "/reset?_method=POST",
            &format!("{FORM}X-HTTP-Method-Override: POST\r\nX-HTTP-Method: POST\r\n"),
            "",
        )
        .await;
    assert_eq!((overridden.status, overridden.body.as_str()), (200, "page"));
    assert_eq!(
        door.ask("POST", "/reset", &format!("{FORM}X-HTTP-Method-Override: GET\r\n"), "step=1&user_id=a").await.status,
        403
    );
    assert_eq!(door.moves(), 0);
}

#[tokio::test]
async fn a_client_cannot_choose_its_address_but_a_proxy_can() {
    let spoofed = "X-Forwarded-For: 198.51.100.7\r\nX-Real-IP: 198.51.100.7\r\nForwarded: for=198.51.100.7\r\nCF-Connecting-IP: 198.51.100.7\r\n";
    let direct = Door::open().await;
    assert_eq!(direct.ask("GET", "/who", spoofed, "").await.body, "127.0.0.1");
    let proxied = Door::with(Limits::default(), None, &["127.0.0.0/8"]).await;
    assert_eq!(proxied.ask("GET", "/who", spoofed, "").await.body, "198.51.100.7");
    assert_eq!(proxied.ask("GET", "/who", "X-Real-IP: 198.51.100.7\r\n", "").await.body, "127.0.0.1");
    let chain = "X-Forwarded-For: 6.6.6.6, 2001:db8::1, 127.0.0.9\r\n";
    assert_eq!(proxied.ask("GET", "/who", chain, "").await.body, "2001:db8::/64");
}
