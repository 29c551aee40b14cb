//! An SMS gateway that answers from a script and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http_body_util::BodyExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// One request as it came.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

/// Status, headers and body of one answer; status 0 keeps still.
pub(crate) type Answer = (u16, &'static [(&'static str, &'static str)], String);

#[derive(Clone, Default)]
struct Book {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A running gateway; ends with the value.
pub(crate) struct Stub {
    pub(crate) port: u16,
    book: Book,
    _tasks: JoinSet<()>,
}

impl Stub {
    pub(crate) async fn start(script: Vec<Answer>) -> Self {
        let book = Book::default();
        book.script.lock().unwrap().extend(script);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().fallback(answer).with_state(book.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { port, book, _tasks: tasks }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.book.asked.lock().unwrap())
    }
}

async fn answer(State(book): State<Book>, request: axum::extract::Request) -> Response {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let asked = Asked { method: head.method.to_string(), uri: head.uri.to_string(), headers: head.headers, body };
    book.asked.lock().unwrap().push(asked);
    let next = book.script.lock().unwrap().pop_front();
    let (status, headers, body) = next.unwrap();
    if status == 0 {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body)).unwrap()
}
