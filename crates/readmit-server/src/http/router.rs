//! The only list of HTTP paths.

use super::layers::EdgeConfig;
use super::layers::RequestHead;
use super::layers::edge;
use super::problem::Problem;
use super::rejection::Rejection;
use crate::app::App;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::pages::ErrorPage;
use crate::pages::Template;
use crate::reset;
use crate::reset::door::Door;
use crate::reset::landing;
use crate::static_files;
use crate::text::Lang;
use crate::text::t;
use axum::Router;
use axum::extract::Path;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use readmit_core::code::SsprCode;
use readmit_core::ids::SupportCode;
use std::sync::Arc;

/// Every route with everything around it.
pub fn router(app: App, more: Router) -> Router {
    let config = EdgeConfig {
        trusted_proxies: app.trusted_proxies.clone(),
        ..EdgeConfig::new(app.origins.clone(), Arc::new(fresh_support_code), error_page(app.clock.clone()))
    };
    let routes = Router::new()
        .route("/", get(async || Redirect::to("/reset")))
        .route("/static/{name}", get(static_files::serve))
        .route("/favicon.ico", get(static_files::favicon))
        .route("/help", get(async |door: Door| landing::help(door, None).await))
        .route("/help/{code}", get(help))
        .merge(reset::routes::router())
        .merge(reset::api::router())
        .with_state(app)
        .merge(more);
    edge(routes, config)
}

async fn help(door: Door, Path(code): Path<String>) -> Response {
    match SsprCode::ALL.iter().find(|known| known.code() == code) {
        Some(known) => landing::help(door, Some(*known)).await,
        None => landing::not_found(&door),
    }
}

fn fresh_support_code() -> String {
    // Without randomness nothing else works either; the code is no secret.
    SupportCode::from_random(Entropy::new().u64().unwrap_or_default()).to_string()
}

/// HTML for pages, a problem document for the JSON door: decided by the path that was asked for.
fn error_page(clock: Clock) -> super::layers::ErrorPage {
    Arc::new(move |head: &RequestHead, rejection: Rejection| {
        let accepted = head.accept_language.as_ref().and_then(|value| value.to_str().ok());
        let lang = Lang::negotiate(accepted, None, None);
        let mut frame = landing::plain_frame(lang, head.support_code.to_string(), clock.now());
        if rejection.status() == StatusCode::INTERNAL_SERVER_ERROR {
            frame.code = Some(SsprCode::Fault);
        }
        let page = ErrorPage { frame, status: rejection.status() };
        if head.uri.path().starts_with("/api/") {
            return problem(&page, rejection).into_response();
        }
        (rejection.status(), Html(page.render().unwrap_or_default())).into_response()
    })
}

fn problem(page: &ErrorPage, rejection: Rejection) -> Problem {
    use crate::pages::Page as _;
    Problem {
        status: rejection.status(),
        kind: format!("/help#{}", rejection.reason()),
        title: page.title().into_owned(),
        detail: t(page.frame.lang, crate::text::Text::Error400Lead).to_owned(),
        code: page.frame.code.map(|code| code.code().to_owned()),
        support_code: page.frame.support_code.clone(),
        fields: Vec::new(),
        view: None,
    }
}
