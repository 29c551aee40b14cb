//! The first page, and the pages of requests that belong to no journey.

use super::door;
use super::door::Door;
use super::failure::Failure;
use super::failure::FieldIssue;
use super::problems;
use crate::app::Parts;
use crate::fault::Fault;
use crate::http::human_check;
use crate::http::human_check::WaitTicket;
use crate::http::status;
use crate::pages;
use crate::pages::Frame;
use crate::pages::HumanCheck;
use crate::pages::Paused;
use crate::pages::Template;
use crate::pages::ThrottledPage;
use crate::pages::WaitingPage;
use crate::pages::WhoPage;
use crate::text::Lang;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderValue;
use http::StatusCode;
use http::header::RETRY_AFTER;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use readmit_core::code::SsprCode;
use std::sync::Mutex;
use std::sync::PoisonError;

/// How long the name on the first page may lag behind the database.
const LAG: SignedDuration = SignedDuration::from_secs(10);
/// Seconds of the wait that works without script.
const WAIT_S: u8 = 5;

/// Whose first page it is: with one organization its own, else ours.
#[derive(Clone)]
pub struct Host {
    name: String,
    zone: TimeZone,
    example: Option<String>,
    helpdesk: Option<String>,
}

/// The host of the first page, read at most every ten seconds.
#[derive(Default)]
pub struct HostCache(Mutex<Option<(Timestamp, Host)>>);

impl HostCache {
    async fn read(&self, app: &Parts, now: Timestamp) -> Host {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, host)) = kept
            && now.duration_since(at).abs() < LAG
        {
            return host;
        }
        let host = look_up(app).await.unwrap_or_else(|_| Host::ours());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, host.clone()));
        host
    }
}

impl Host {
    fn ours() -> Self {
        Self { name: "Readmit".to_owned(), zone: TimeZone::UTC, example: None, helpdesk: None }
    }
}

async fn look_up(app: &Parts) -> Result<Host, Fault> {
    let cache = app.facts.clone();
    app.store
        .read(async move |tx| {
            let tenants = tx.tenants(None, 2).await?.items;
            let [only] = tenants.as_slice() else {
                return Ok(Host::ours());
            };
            let domain = tx.domains(only.tenant.id).await?.into_iter().next();
            let policy = tx.cached_policy(&cache, only).await?;
            Ok(Host {
                name: only.tenant.name.clone(),
                zone: super::letters::zone(&only.tenant),
                example: domain.map(|domain| format!("name@{domain}")),
                helpdesk: policy.map(|policy| policy.values.helpdesk_link.clone()).filter(|link| !link.is_empty()),
            })
        })
        .await
}

async fn frame(door: &Door) -> (Frame, Option<String>) {
    let host = door.app.host.read(&door.app, door.now).await;
    (bare_frame(door, host.clone()), host.example)
}

fn bare_frame(door: &Door, host: Host) -> Frame {
    Frame {
        lang: door.lang,
        organization: host.name,
        path: "/reset".to_owned(),
        support_code: door.support_code.to_string(),
        now: door.now,
        zone: host.zone,
        user_id: None,
        journey: None,
        csrf: String::new(),
        step: 0,
        helpdesk: host.helpdesk,
        code: None,
    }
}

/// `GET /reset`.
pub async fn show(door: Door) -> Response {
    who(&door, "", None, StatusCode::OK).await
}

/// The first page again, with what was typed and what is wrong with it.
pub(super) async fn again(door: &Door, typed: &str, field: &'static str, issue: FieldIssue) -> Response {
    let words = problems::field_words(field, issue, door.lang);
    who(door, typed, Some(words), StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn who(door: &Door, typed: &str, error: Option<String>, status: StatusCode) -> Response {
    let (frame, example) = frame(door).await;
    let rendered = fresh_check(door).and_then(|human| {
        let page = WhoPage { frame, typed: typed.to_owned(), human, error, example, change_url: None };
        page.render().map_err(Fault::from)
    });
    answer(door, status, rendered)
}

fn fresh_check(door: &Door) -> Result<HumanCheck, Fault> {
    let (key, entropy) = (&door.app.edge_keys.human_check, &door.app.entropy);
    let challenge = human_check::issue(key, door.now, entropy.bytes()?);
    let ticket = WaitTicket::issue(key, door.now, entropy.bytes()?);
    let bits = u8::try_from(challenge.bits).unwrap_or(u8::MAX);
    Ok(HumanCheck { challenge: challenge.challenge, bits, ticket: ticket.as_str().to_owned() })
}

/// Without a proof of work, and before the five seconds are over.
pub(super) async fn wait(door: &Door, typed: &str, ticket: &str) -> Response {
    let (frame, _) = frame(door).await;
    let rendered = fresh_check(door).and_then(|fresh| {
        let human = HumanCheck { ticket: ticket.to_owned(), ..fresh };
        WaitingPage { frame, typed: typed.to_owned(), human, seconds: WAIT_S }.render().map_err(Fault::from)
    });
    answer(door, StatusCode::OK, rendered)
}

/// What came instead of a journey.
pub(super) async fn failed(door: &Door, failure: &Failure) -> Response {
    let Failure::SourceLimit(until) = failure else {
        return error_page(door, failure);
    };
    let (mut frame, _) = frame(door).await;
    frame.code = Some(SsprCode::Throttled);
    let page = ThrottledPage { frame, paused: Paused::Source, until: *until, others_work: false };
    let mut response = answer(door, StatusCode::TOO_MANY_REQUESTS, page.render().map_err(Fault::from));
    let seconds = until.duration_since(door.now).as_secs().max(1).to_string();
    response.headers_mut().extend(HeaderValue::from_str(&seconds).ok().map(|value| (RETRY_AFTER, value)));
    response
}

/// The page of a request that came to nothing. Our own trouble is logged here, once.
pub(super) fn error_page(door: &Door, failure: &Failure) -> Response {
    let status = match failure {
        Failure::NotFound => StatusCode::NOT_FOUND,
        Failure::Forged => StatusCode::FORBIDDEN,
        Failure::Malformed | Failure::Field(_, _) => StatusCode::BAD_REQUEST,
        Failure::SourceLimit(_) => status::of_code(SsprCode::Throttled),
        Failure::Fault(fault) if fault.passes() => StatusCode::SERVICE_UNAVAILABLE,
        Failure::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let Failure::Fault(fault) = failure {
        tracing::error!(support_code = %door.support_code, "request failed: {fault}");
    }
    let mut frame = bare_frame(door, Host::ours());
    if matches!(failure, Failure::Fault(_)) {
        frame.code = Some(SsprCode::Fault);
    }
    let html = pages::ErrorPage { frame, status }.render().unwrap_or_default();
    let mut response = door::finished((status, Html(html)).into_response(), door.support_code, None);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

fn answer(door: &Door, status: StatusCode, rendered: Result<String, Fault>) -> Response {
    match rendered {
        Ok(html) => door::finished((status, Html(html)).into_response(), door.support_code, None),
        Err(fault) => error_page(door, &Failure::Fault(fault)),
    }
}

/// `GET /help` and `GET /help/SSPR_0009`: what each code means.
pub async fn help(door: Door, about: Option<SsprCode>) -> Response {
    let (mut frame, _) = frame(&door).await;
    frame.path.clone_from(&door.path);
    answer(&door, StatusCode::OK, pages::HelpPage { frame, about }.render().map_err(Fault::from))
}

/// The page of a path that does not exist.
pub fn not_found(door: &Door) -> Response {
    error_page(door, &Failure::NotFound)
}

/// A frame for pages outside every journey, such as the error pages of the edge.
#[must_use]
pub fn plain_frame(lang: Lang, support_code: String, now: Timestamp) -> Frame {
    let Host { name, zone, example: _, helpdesk } = Host::ours();
    Frame {
        lang,
        organization: name,
        path: "/reset".to_owned(),
        support_code,
        now,
        zone,
        user_id: None,
        journey: None,
        csrf: String::new(),
        step: 0,
        helpdesk,
        code: None,
    }
}
