//! `/healthz` and `/readyz`, for load balancers and supervisors: outside the edge, so that they answer by any name.

use crate::app::App;
use crate::disk::Disk;
use crate::disk::Room;
use crate::http::layers::SUPPORT_CODE;
use crate::start::SCHEMA;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::response::Response;
use axum::routing::get;
use http::HeaderValue;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_store::AuditFilter;
use readmit_store::AuditScope;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;
use serde::Serialize;
use std::time::Duration;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Times in the database may be this far ahead of ours. A code of an app lives 30 s.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

#[derive(Clone)]
struct Watched {
    app: App,
    disk: Option<Disk>,
}

/// Whether traffic should come here: `ready` is all of `checks`.
#[derive(Clone, Debug, Serialize)]
pub struct Readiness {
    /// The answer.
    pub ready: bool,
    /// Its parts.
    pub checks: Vec<Condition>,
}

/// One part of it. Details are the doctor's to tell: this page is for everybody.
#[derive(Clone, Debug, Serialize)]
pub struct Condition {
    /// `database`, `schema`, `clock` or `disk`.
    pub id: &'static str,
    /// Whether it holds.
    pub ok: bool,
}

/// `GET /healthz`: 200 while the process answers. `GET /readyz`: 200 or 503 with a [`Readiness`].
pub fn router(app: App, disk: Option<Disk>) -> Router {
    Router::new().route("/healthz", get(healthy)).route("/readyz", get(ready)).with_state(Watched { app, disk })
}

async fn healthy(State(watched): State<Watched>) -> Response {
    dressed(&watched.app, "ok\n".into_response())
}

async fn ready(State(watched): State<Watched>) -> Response {
    let readiness = readiness(&watched.app, watched.disk.as_ref()).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    dressed(&watched.app, (status, Json(readiness)).into_response())
}

fn dressed(app: &App, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let code = app.support_code().ok().and_then(|code| HeaderValue::from_str(&code.to_string()).ok());
    if let Some(code) = code {
        headers.insert(SUPPORT_CODE, code);
    }
    response
}

/// Asks the database and the disk, for at most 2 s each.
pub async fn readiness(app: &App, disk: Option<&Disk>) -> Readiness {
    let schema = tokio::time::timeout(PATIENCE, app.store.schema_version()).await.unwrap_or(Err(StoreError::Busy));
    let mut checks = vec![
        Condition { id: "database", ok: schema.is_ok() },
        Condition { id: "schema", ok: schema == Ok(SCHEMA) },
        Condition { id: "clock", ok: clock_agrees(&app.store, app.clock.now()).await },
    ];
    if let Some(disk) = disk {
        checks.push(Condition { id: "disk", ok: disk.room().is_ok_and(|room| room == Room::Enough) });
    }
    Readiness { ready: checks.iter().all(|check| check.ok), checks }
}

/// Whether nothing in the audit, by whichever server, is from more than 30 s ahead of our clock.
pub async fn clock_agrees(store: &Store, now: Timestamp) -> bool {
    let since = now.saturating_add(SKEW).ok();
    let filter = AuditFilter { since, ..AuditFilter::new(AuditScope::All) };
    let ahead = store.read(async move |tx: &mut Tx| tx.audit_items(&filter, None, 1).await);
    let ahead = tokio::time::timeout(PATIENCE, ahead).await.unwrap_or(Err(StoreError::Busy));
    ahead.is_ok_and(|page| page.items.is_empty())
}
