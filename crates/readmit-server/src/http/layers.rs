//! The edge: what happens to every request before a route sees it, and to every response after.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use futures_util::FutureExt;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::Uri;
use http::header::ACCEPT_LANGUAGE;
use http::header::CACHE_CONTROL;
use http::header::CONTENT_LENGTH;
use http::header::CONTENT_TYPE;
use http::header::SERVER;
use http_body_util::Limited;
use hyper::body::Body as _;
use tokio::time::Instant;

use super::client_address::AddressRange;
use super::client_address::ClientAddress;
use super::client_address::PeerAddress;
use super::csrf;
use super::origin;
use super::origin::PublicOrigin;
use super::rejection::Rejection;

/// The header that every response carries. A handler that shows a journey sets the journey's code;
/// else the request's own is sent.
pub const SUPPORT_CODE: HeaderName = HeaderName::from_static("support-code");

/// The default bound of a request's body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The bounds of a request's header: fields, and bytes in all. The listener itself reads twice as much,
/// so that what is a little too large is still answered as everything else.
const HEADER_FIELDS: usize = 64;
const HEADER_LIMIT: usize = 16 * 1024;

/// Makes the page or the problem document of a request that was turned away. Its status is
/// overwritten with [`Rejection::status`].
pub type ErrorPage = Arc<dyn Fn(&RequestHead, Rejection) -> Response + Send + Sync>;

/// Draws a support code, as shown: `R7K4-92QD-MX3T`.
pub type FreshCode = Arc<dyn Fn() -> String + Send + Sync>;

/// What the edge is told.
#[derive(Clone)]
pub struct EdgeConfig {
    /// The origins under which we are reached; all others are refused.
    pub origins: Vec<PublicOrigin>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<AddressRange>,
    /// Bytes of a request's body.
    pub body_limit: usize,
    /// For each request.
    pub support_code: FreshCode,
    /// Renders rejections, and bare 404 and 405 of the router.
    pub error_page: ErrorPage,
    /// Counts caught panics: each is an incident.
    pub panics: Arc<AtomicU64>,
}

impl EdgeConfig {
    /// No proxy is trusted, bodies have [`BODY_LIMIT`].
    #[must_use]
    pub fn new(origins: Vec<PublicOrigin>, support_code: FreshCode, error_page: ErrorPage) -> Self {
        Self {
            origins,
            trusted_proxies: Vec::new(),
            body_limit: BODY_LIMIT,
            support_code,
            error_page,
            panics: Arc::default(),
        }
    }
}

/// The request's own support code: a request extension, for handlers that have no journey yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestSupportCode(pub Arc<str>);

/// What is left of a request when its error page is made.
#[derive(Clone, Debug)]
pub struct RequestHead {
    /// As sent.
    pub method: Method,
    /// Tells the HTML doors from the JSON ones, and carries `?mkt=`. Never to be shown or logged.
    pub uri: Uri,
    /// For the language of the page.
    pub accept_language: Option<HeaderValue>,
    /// What the response's header will say.
    pub support_code: Arc<str>,
}

/// Puts the edge around all routes and the fallback of `router`. From outside in: support code, log
/// line, headers, error pages, Host, path, origin of writes, size of the body, panics.
///
/// Handlers find [`ClientAddress`], [`RequestSupportCode`] and the [`PublicOrigin`] addressed among the
/// request's extensions. `Cache-Control: no-store` is added unless a successful response says otherwise.
pub fn edge(router: Router, config: EdgeConfig) -> Router {
    router.layer(axum::middleware::from_fn_with_state(Arc::new(config), pass))
}

/// Replaces the process's panic hook by one that logs the place and never the message, which may hold
/// what somebody typed. For the binary's start.
pub fn log_panics_without_their_message() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

async fn pass(State(config): State<Arc<EdgeConfig>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let peer = request.extensions().get::<PeerAddress>().map(|peer| peer.0.ip());
    let peer = peer.unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
    let client = ClientAddress::of(peer, request.headers(), &config.trusted_proxies);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut head = RequestHead {
        method: request.method().clone(),
        uri: request.uri().clone(),
        accept_language: request.headers().get(ACCEPT_LANGUAGE).cloned(),
        support_code: (config.support_code)().into(),
    };
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(RequestSupportCode(Arc::clone(&head.support_code)));
    let response = match admitted(&config, request) {
        Ok(request) => run(&config, request, next).await,
        Err(rejection) => rejection.into_response(),
    };
    if let Some(code) = response.headers().get(SUPPORT_CODE).and_then(|code| code.to_str().ok()) {
        head.support_code = code.into();
    }
    let (rejection, mut response) = rendered(&config, &head, response);
    dress(&config, &head, &mut response);
    tracing::info!(
        method = known(&head.method),
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        support_code = &*head.support_code,
        client = client.log_prefix(),
        rejection = rejection.map(Rejection::reason),
        "request"
    );
    response
}

/// The checks that need no route, in order of cost; all of them before any work.
fn admitted(config: &EdgeConfig, request: Request) -> Result<Request, Rejection> {
    let (mut parts, body) = request.into_parts();
    let sizes = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    if parts.headers.len() > HEADER_FIELDS || sizes.sum::<usize>() > HEADER_LIMIT {
        return Err(Rejection::HeadersTooLarge);
    }
    let origin = origin::addressed(&parts, &config.origins)?;
    origin::exact_path(parts.uri.path())?;
    csrf::same_origin(&parts.method, &parts.headers, origin)?;
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if announced.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > config.body_limit) {
        return Err(Rejection::BodyTooLarge);
    }
    parts.extensions.insert(origin.clone());
    let body = if body.is_end_stream() { body } else { Body::new(Limited::new(body, config.body_limit)) };
    Ok(Request::from_parts(parts, body))
}

async fn run(config: &EdgeConfig, request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            config.panics.fetch_add(1, Ordering::Relaxed);
            discard(panic);
            Rejection::Panicked.into_response()
        }
    }
}

/// A panic's message may hold anything, so nobody looks at it. Dropping it may panic once more.
fn discard(panic: Box<dyn Any + Send>) {
    let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(panic)));
}

/// Gives a rejection its page, keeping headers such as `Allow`.
fn rendered(config: &EdgeConfig, head: &RequestHead, mut response: Response) -> (Option<Rejection>, Response) {
    let is_bare = !response.headers().contains_key(CONTENT_TYPE);
    let rejection = response.extensions_mut().remove::<Rejection>().or(match response.status() {
        StatusCode::NOT_FOUND if is_bare => Some(Rejection::NotFound),
        StatusCode::METHOD_NOT_ALLOWED if is_bare => Some(Rejection::MethodNotAllowed),
        _ => None,
    });
    let Some(why) = rejection else {
        return (None, response);
    };
    let mut page = (config.error_page)(head, why);
    *page.status_mut() = why.status();
    for (name, value) in response.headers() {
        if *name != CONTENT_LENGTH && *name != CONTENT_TYPE && !page.headers().contains_key(name) {
            page.headers_mut().append(name, value.clone());
        }
    }
    (rejection, page)
}

/// The headers of H-10, on every response and not only on pages; a document's policies not on its parts.
fn dress(config: &EdgeConfig, head: &RequestHead, response: &mut Response) {
    let is_success = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    headers.remove(SERVER);
    let kind = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_part = PARTS.iter().any(|part| kind.starts_with(part));
    let of_documents = OF_DOCUMENTS.iter().filter(|_| !is_part);
    for (name, value) in OF_ALL.iter().chain(of_documents) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if config.origins.iter().any(PublicOrigin::is_https) {
        headers.insert(
            http::header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    if !is_success || !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    give_support_code(headers, &head.support_code);
}

fn give_support_code(headers: &mut HeaderMap, code: &str) {
    if let Ok(code) = HeaderValue::from_str(code) {
        headers.insert(SUPPORT_CODE, code);
    }
}

/// The method for the log line; what a client invents is not copied there.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// H-10, and `X-Frame-Options` for browsers that do not know `frame-ancestors`.
const OF_ALL: [(&str, &str); 7] = [
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// The long ones of H-10. They say nothing about what is only part of a document ([`PARTS`]), and weigh as much as a
/// third of the page.
const OF_DOCUMENTS: [(&str, &str); 2] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; worker-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (
        "permissions-policy",
        "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(), \
         geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
         picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()",
    ),
];

/// Media types of what is never a document itself.
const PARTS: [&[u8]; 2] = [b"text/css", b"text/javascript"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fixed_header_is_a_valid_one() {
        for (name, value) in OF_ALL.into_iter().chain(OF_DOCUMENTS) {
            assert!(name.parse::<HeaderName>().is_ok() && HeaderValue::from_str(value).is_ok(), "{name}");
            assert!(!value.contains("  "), "{name} has a doubled blank");
        }
    }

    #[test]
    fn an_invented_method_is_not_copied_into_the_log() {
        assert_eq!(known(&Method::POST), "POST");
        assert_eq!(known(&Method::from_bytes(b"X-EVIL").unwrap()), "other");
    }
}
