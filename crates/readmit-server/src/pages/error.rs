//! Bad requests and faults: bland, with the support code and a way back.

use std::borrow::Cow;

use askama::Template;
use http::StatusCode;
use readmit_core::code::SsprCode;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// Any 4xx or 5xx that no other page speaks for.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Shared; carries 0900 for faults of ours.
    pub frame: Frame,
    /// The status; one without words of its own reads as 400 or 500.
    pub status: StatusCode,
}

impl ErrorPage {
    fn lead(&self) -> &'static str {
        self.frame.t(words(self.status).1)
    }

    fn act(&self) -> &'static str {
        self.frame.t(words(self.status).2)
    }
}

/// Title, what happened, what to do.
fn words(status: StatusCode) -> (Text, Text, Text) {
    match status.as_u16() {
        403 => (Text::Error403Title, Text::Error403Lead, Text::Error403Act),
        404 => (Text::Error404Title, Text::Error404Lead, Text::Error404Act),
        405 => (Text::Error405Title, Text::Error405Lead, Text::Error405Act),
        413 => (Text::Error413Title, Text::Error413Lead, Text::Error413Act),
        421 => (Text::Error421Title, Text::Error421Lead, Text::Error421Act),
        429 => (Text::Error429Title, Text::Error429Lead, Text::Error429Act),
        502..=504 => (Text::Error503Title, Text::Error503Lead, Text::Error503Act),
        500.. => (Text::Error500Title, Text::Error500Lead, Text::Error500Act),
        _ => (Text::Error400Title, Text::Error400Lead, Text::Error400Act),
    }
}

impl Page for ErrorPage {
    const NAME: Text = Text::PageError;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(words(self.status).0).into()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |frame: Frame, status| Self { frame, status };
        let bare = || Frame::sample(lang, "/reset");
        let fault = || Frame::journey_sample(lang).with_code(SsprCode::Fault);
        vec![
            ("400", page(Frame::journey_sample(lang), StatusCode::BAD_REQUEST)),
            ("403", page(bare(), StatusCode::FORBIDDEN)),
            ("404", page(bare(), StatusCode::NOT_FOUND)),
            ("405", page(bare(), StatusCode::METHOD_NOT_ALLOWED)),
            ("413", page(bare(), StatusCode::PAYLOAD_TOO_LARGE)),
            ("421", page(bare(), StatusCode::MISDIRECTED_REQUEST)),
            ("429", page(bare(), StatusCode::TOO_MANY_REQUESTS)),
            ("500", page(fault(), StatusCode::INTERNAL_SERVER_ERROR)),
            ("503", page(fault(), StatusCode::SERVICE_UNAVAILABLE)),
        ]
    }
}
