//! A locked account of the built-in directory.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// `GET /reset/{journey}/locked` for an account with nothing to unlock: says so and offers a reset.
#[derive(Template)]
#[template(path = "locked.html")]
pub struct LockedPage {
    /// Shared.
    pub frame: Frame,
}

impl Page for LockedPage {
    const NAME: Text = Text::PageLocked;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::LockedTitle).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(1)
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let frame = Frame::journey_sample(lang);
        vec![("locked", Self { frame })]
    }
}
