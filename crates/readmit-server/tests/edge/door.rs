//! A server with a toy router on a real socket, and a client that can misbehave.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot set up its server has failed"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use readmit_server::http::body::StrictForm;
use readmit_server::http::body::StrictJson;
use readmit_server::http::client_address::ClientAddress;
use readmit_server::http::layers::EdgeConfig;
use readmit_server::http::layers::RequestHead;
use readmit_server::http::layers::edge;
use readmit_server::http::listen::Limits;
use readmit_server::http::listen::Listener;
use readmit_server::http::listen::ListenerConfig;
use readmit_server::http::listen::TlsFiles;
use readmit_server::http::origin::PublicOrigin;
use readmit_server::http::rejection::Rejection;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A server with a toy router, and a count of the moves that reached a handler.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) moves: Arc<AtomicUsize>,
    pub(crate) panics: Arc<AtomicU64>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) served: JoinSet<()>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    step: u64,
    user_id: String,
}

fn toy(moves: &Arc<AtomicUsize>) -> Router {
    let (by_form, by_json) = (Arc::clone(moves), Arc::clone(moves));
    let form = move |StrictForm(asked): StrictForm<Move>| async move {
        by_form.fetch_add(1, Ordering::SeqCst);
        format!("{}:{}", asked.step, asked.user_id)
    };
    let json = move |StrictJson(asked): StrictJson<Move>| async move {
        by_json.fetch_add(1, Ordering::SeqCst);
        format!("{}:{}", asked.step, asked.user_id)
    };
    Router::new()
        .route("/", get(|| async { "landing" }))
        .route("/reset", get(|| async { "page" }).post(form))
        .route("/api/v1/move", post(json))
        .route("/who", get(|client: ClientAddress| async move { client.source_key() }))
        .route("/help/{code}", get(|| async { "help" }))
        .route("/panic", get(panics))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(400)).await }))
        .route("/journey", get(|| async { ([("support-code", "JJJJ-JJJJ-JJJJ")], "journey") }))
        .route(
            "/static/app.0a1b.css",
            get(|| async {
                let keep = ("cache-control", "public, max-age=31536000, immutable");
                ([keep, ("content-type", "text/css; charset=utf-8")], "css")
            }),
        )
        .route(
            "/cached-fault",
            get(|| async { (http::StatusCode::INTERNAL_SERVER_ERROR, [("cache-control", "public")], "oh") }),
        )
}

async fn panics() -> Response {
    panic!("canary")
}

fn error_page(head: &RequestHead, rejection: Rejection) -> Response {
    format!("page of {} with {}", rejection.reason(), head.support_code).into_response()
}

fn fresh_code() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1000);
    format!("R7K4-92QD-{}", NEXT.fetch_add(1, Ordering::SeqCst))
}

pub(crate) fn short() -> Limits {
    let moment = Duration::from_millis(300);
    Limits { header: moment, body: moment, idle: 2 * moment, handshake: moment, ..Limits::default() }
}

impl Door {
    pub(crate) async fn open() -> Self {
        Self::with(Limits::default(), None, &[]).await
    }

    pub(crate) async fn with(limits: Limits, tls: Option<TlsFiles>, proxies: &[&str]) -> Self {
        let bind = "127.0.0.1:0".parse().unwrap();
        let trusted_proxies: Vec<_> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        let drain = Duration::from_secs(2);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener =
            Listener::bind(ListenerConfig { bind, tls, trusted_proxies: trusted_proxies.clone(), drain, limits })
                .await
                .unwrap();
        let address = listener.address();
        let origins = ["127.0.0.1", "localhost"]
            .map(|host| PublicOrigin::parse(&format!("{scheme}://{host}:{}", address.port())).unwrap());
        let mut config = EdgeConfig::new(origins.to_vec(), Arc::new(fresh_code), Arc::new(error_page));
        config.trusted_proxies = trusted_proxies;
        let (moves, panics) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&config.panics));
        let router = edge(toy(&moves), config);
        let (stop, stopped) = oneshot::channel::<()>();
        let mut served = JoinSet::new();
        served.spawn(listener.serve(router, async { stopped.await.unwrap_or(()) }));
        Self { address, moves, panics, stop: Some(stop), served }
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends bytes as they are and reads until the server closes.
    pub(crate) async fn raw(&self, request: &str) -> Answer {
        let mut tcp = TcpStream::connect(self.address).await.unwrap();
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        tokio::time::timeout(Duration::from_secs(20), tcp.read_to_end(&mut bytes)).await.unwrap().unwrap();
        Answer::new(&bytes)
    }

    /// One request with the right Host and these further header lines.
    pub(crate) async fn ask(&self, method: &str, target: &str, headers: &str, body: &str) -> Answer {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        self.raw(&format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{length}{headers}\r\n{body}",
            self.host()
        ))
        .await
    }

    pub(crate) fn moves(&self) -> usize {
        self.moves.load(Ordering::SeqCst)
    }
}

/// A response as text.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let of_name = |line: &'_ str| line.split_once(": ").is_some_and(|(found, _)| found.eq_ignore_ascii_case(name));
        self.head
            .lines()
            .filter(|line| of_name(line))
            .filter_map(|line| line.split_once(": "))
            .map(|(_, value)| value)
            .collect()
    }

    pub(crate) fn support_code(&self) -> &str {
        let codes = self.header("support-code");
        assert_eq!(codes.len(), 1, "{self:?}");
        codes[0]
    }
}

pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
pub(crate) const JSON: &str = "Content-Type: application/json\r\n";
pub(crate) const OURS: &str = "Sec-Fetch-Site: same-origin\r\n";
