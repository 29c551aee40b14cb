//! The new password is on its way to a directory.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// `GET /reset/{journey}` while the directory has not answered. With script the page looks again by itself.
#[derive(Template)]
#[template(path = "writing.html")]
pub struct WritingPage {
    /// Shared.
    pub frame: Frame,
    /// Seconds until script looks again, at least 1.
    pub look_in_s: u32,
}

impl Page for WritingPage {
    const NAME: Text = Text::PageWriting;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::WritingTitle).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(3)
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = Self { frame: Frame::journey_sample(lang), look_in_s: 600 };
        vec![("writing", page)]
    }
}
