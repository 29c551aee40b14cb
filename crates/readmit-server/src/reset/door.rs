//! What every request to the portal brings along, whichever door it came through.

use super::failure::Failure;
use super::hold;
use super::hold::Hold;
use crate::app::App;
use crate::http::client_address::ClientAddress;
use crate::http::cookies;
use crate::http::layers::RequestSupportCode;
use crate::http::layers::SUPPORT_CODE;
use crate::text::Lang;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::HeaderValue;
use http::header::ACCEPT_LANGUAGE;
use http::header::SET_COOKIE;
use http::request::Parts;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use std::convert::Infallible;
use std::net::IpAddr;
use std::net::Ipv4Addr;

/// Name of the cookie that holds a journey.
pub const COOKIE: &str = "__Host-readmit_reset";

/// A request, without its body.
pub struct Door {
    /// Everything long-lived.
    pub app: App,
    /// Who asks.
    pub client: ClientAddress,
    /// The language wished by `?mkt=`, if any.
    pub mkt: Option<Lang>,
    /// The language wished by the address or the browser.
    pub lang: Lang,
    /// The request's own support code, for answers that belong to no journey.
    pub support_code: JourneyId,
    /// The moment of the request.
    pub now: Timestamp,
    /// Path without query.
    pub path: String,
    token: Option<String>,
}

impl FromRequestParts<App> for Door {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let accepted = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mkt = parts.uri.query().and_then(mkt);
        let own = parts.extensions.get::<RequestSupportCode>().and_then(|code| code.0.parse().ok());
        let nobody = ClientAddress::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Self {
            app: app.clone(),
            client: parts.extensions.get::<ClientAddress>().cloned().unwrap_or(nobody),
            mkt,
            lang: mkt.unwrap_or_else(|| Lang::negotiate(accepted, None, None)),
            support_code: own.unwrap_or_else(|| JourneyId::from_random(0)),
            now: app.clock.now(),
            path: parts.uri.path().to_owned(),
            token: cookies::read(&parts.headers, COOKIE).map(ToOwned::to_owned),
        })
    }
}

/// Reads `?mkt=de-DE`.
fn mkt(query: &str) -> Option<Lang> {
    let value = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "mkt").map(|(_, value)| value)?;
    Lang::of_tag(&value)
}

impl Door {
    /// The browser's hold on the journey of this path; everything else is not found.
    pub async fn hold(&self, id: &str) -> Result<Hold, Failure> {
        let id: JourneyId = id.parse().map_err(|_| Failure::NotFound)?;
        let held = hold::hold(&self.app, id, self.token.as_deref()).await?;
        Ok(Hold { lang: self.mkt.unwrap_or(held.lang), ..held })
    }
}

/// Names the journey in the header, and hands over a new token.
pub fn finished(mut response: Response, journey: JourneyId, token: Option<&hold::Token>) -> Response {
    if let Ok(value) = HeaderValue::from_str(&journey.to_string()) {
        response.headers_mut().insert(SUPPORT_CODE, value);
    }
    if let Some(cookie) = token.and_then(|token| cookies::set(&token.text)) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
