//! What keeps the person out.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// `GET /reset/{journey}/trouble`: forgotten, or locked. Only links, no form.
#[derive(Template)]
#[template(path = "trouble.html")]
pub struct TroublePage {
    /// Shared.
    pub frame: Frame,
}

impl Page for TroublePage {
    const NAME: Text = Text::PageTrouble;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::TroubleTitle).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(1)
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let frame = Frame::journey_sample(lang);
        vec![("trouble", Self { frame })]
    }
}
