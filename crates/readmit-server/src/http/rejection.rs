//! Requests turned away before any work, as values; a page or a problem document is made of them later.

use axum::response::IntoResponse;
use axum::response::Response;
use http::StatusCode;

/// A body that can be read in two ways, or not at all. The reason is ours and constant, so it
/// may be logged; nothing of the body is in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadInput {
    /// One of `content-type`, `encoding`, `syntax`, `duplicate`, `depth`, `fields`, `cut-off`.
    pub reason: &'static str,
}

/// Why the door, or an extractor behind it, turned a request away. As a response it has the status,
/// no body, and itself as an extension: `layers::edge` renders it with the error page it was given,
/// unless a layer further in took the extension out and rendered it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rejection {
    /// 404: no such page, or a path not written byte for byte as we write it.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 400: no Host, two of them, an absolute target, user information in it.
    MalformedTarget,
    /// 421: a Host that is not ours.
    UnknownHost,
    /// 403: not sent by a page of ours.
    CrossSite,
    /// 431: more or longer header fields than any browser of ours sends.
    HeadersTooLarge,
    /// 413.
    BodyTooLarge,
    /// 408: the body did not arrive in time.
    BodyTooSlow,
    /// 400: see [`BadInput`].
    BadInput(BadInput),
    /// 500: our code panicked; counted.
    Panicked,
}

impl Rejection {
    /// The status that the response has.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::MalformedTarget | Self::BadInput(_) => StatusCode::BAD_REQUEST,
            Self::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A constant word for logs, statistics and problem types.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::MalformedTarget => "malformed-target",
            Self::UnknownHost => "unknown-host",
            Self::CrossSite => "cross-site",
            Self::HeadersTooLarge => "headers-too-large",
            Self::BodyTooLarge => "body-too-large",
            Self::BodyTooSlow => "body-too-slow",
            Self::BadInput(input) => input.reason,
            Self::Panicked => "fault",
        }
    }
}

impl From<BadInput> for Rejection {
    fn from(input: BadInput) -> Self {
        Self::BadInput(input)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
