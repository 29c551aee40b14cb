//! A page out of date.

use std::borrow::Cow;

use askama::Template;
use readmit_core::code::SsprCode;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// A step that is over, or a move the journey does not allow now (0107, status 409), with the way to the current page.
#[derive(Template)]
#[template(path = "stale.html")]
pub struct StalePage {
    /// Shared.
    pub frame: Frame,
}

impl Page for StalePage {
    const NAME: Text = Text::PageStale;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::StaleTitle).into()
    }

    fn shows_account(&self) -> bool {
        true
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let frame = Frame::journey_sample(lang).with_code(SsprCode::PageStale);
        vec![("stale", Self { frame })]
    }
}
