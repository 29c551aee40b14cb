//! The time is over.

use std::borrow::Cow;

use askama::Template;
use readmit_core::code::SsprCode;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// The journey is over its 15 minutes (0102, status 409).
#[derive(Template)]
#[template(path = "lapsed.html")]
pub struct LapsedPage {
    /// Shared.
    pub frame: Frame,
}

impl Page for LapsedPage {
    const NAME: Text = Text::PageLapsed;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::LapsedTitle).into()
    }

    fn shows_account(&self) -> bool {
        true
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let frame = Frame::journey_sample(lang).with_code(SsprCode::Lapsed);
        vec![("lapsed", Self { frame })]
    }
}
