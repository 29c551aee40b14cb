//! The demo's outbox in the browser. Only `readmit demo` mounts it; no configuration names it.

use crate::app::App;
use crate::deliver::Channel;
use crate::deliver::MemoryItem;
use crate::deliver::MemoryOutbox;
use crate::http::layers::RequestSupportCode;
use crate::pages;
use crate::pages::Frame;
use crate::pages::OutboxItem;
use crate::pages::OutboxPage;
use crate::pages::Template as _;
use crate::text::Lang;
use axum::Extension;
use axum::Json;
use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;
use axum::response::IntoResponse as _;
use axum::response::Response;
use axum::routing::get;
use http::HeaderMap;
use http::StatusCode;
use http::header::ACCEPT_LANGUAGE;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::Serialize;

#[derive(Clone)]
struct Shown {
    app: App,
    outbox: MemoryOutbox,
}

#[derive(Deserialize)]
struct Asked {
    mkt: Option<String>,
}

#[derive(Serialize)]
struct Items {
    items: Vec<MemoryItem>,
    next: Option<String>,
}

/// `GET /demo/outbox.json` and `GET /demo/outbox`, newest message first. They belong behind the edge like everything
/// else, because a page of another origin must not read codes.
pub fn router(app: App, outbox: MemoryOutbox) -> Router {
    Router::new()
        .route("/demo/outbox.json", get(json))
        .route("/demo/outbox", get(page))
        .with_state(Shown { app, outbox })
}

async fn json(State(shown): State<Shown>) -> Json<Items> {
    Json(Items { items: newest_first(&shown.outbox), next: None })
}

async fn page(
    State(shown): State<Shown>,
    Extension(code): Extension<RequestSupportCode>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let wishes = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let frame = Frame {
        lang: Lang::negotiate(wishes, asked.mkt.as_deref(), None),
        organization: "Readmit".to_owned(),
        path: "/demo/outbox".to_owned(),
        support_code: code.0.as_ref().to_owned(),
        now: shown.app.clock.now(),
        zone: TimeZone::UTC,
        user_id: None,
        journey: None,
        csrf: String::new(),
        step: 0,
        helpdesk: None,
        code: None,
    };
    let items = newest_first(&shown.outbox).into_iter().map(item).collect();
    match (OutboxPage { frame, items }).render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn newest_first(outbox: &MemoryOutbox) -> Vec<MemoryItem> {
    let mut items = outbox.items();
    items.reverse();
    items
}

fn item(from: MemoryItem) -> OutboxItem {
    OutboxItem {
        id: from.id,
        at: from.at,
        channel: match from.channel {
            Channel::Mail => pages::Channel::Mail,
            Channel::Sms => pages::Channel::Sms,
            Channel::Voice => pages::Channel::Voice,
        },
        to: from.to,
        subject: from.subject,
        text: from.text,
        support_code: Some(from.support_code).filter(|code| !code.is_empty()),
    }
}
