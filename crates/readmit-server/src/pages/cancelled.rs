//! Stopped.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// The person stopped the journey.
#[derive(Template)]
#[template(path = "cancelled.html")]
pub struct CancelledPage {
    /// Shared.
    pub frame: Frame,
}

impl Page for CancelledPage {
    const NAME: Text = Text::PageCancelled;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::CancelledTitle).into()
    }

    fn shows_account(&self) -> bool {
        true
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let frame = Frame::journey_sample(lang);
        vec![("cancelled", Self { frame })]
    }
}
