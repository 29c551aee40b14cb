//! The directory took the order and never answered: an unknown outcome is never shown as a failure.

use std::borrow::Cow;

use askama::Template;
use askama::filters::Safe;

use super::Frame;
use super::Mask;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// `GET /reset/{journey}` while the outcome is unknown.
#[derive(Template)]
#[template(path = "unconfirmed.html")]
pub struct UnconfirmedPage {
    /// Shared.
    pub frame: Frame,
    /// Where we write once we know.
    pub mask: Option<Mask>,
}

impl UnconfirmedPage {
    fn notice(&self) -> Option<Safe<String>> {
        let mask = self.mask.as_ref()?.html(self.frame.lang);
        Some(self.frame.rich(Text::UnconfirmedMail, &[], &[("mask", mask)]))
    }
}

impl Page for UnconfirmedPage {
    const NAME: Text = Text::PageUnconfirmed;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::UnconfirmedTitle).into()
    }

    fn shows_account(&self) -> bool {
        true
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = Self {
            frame: Frame::journey_sample(lang), mask: Some(Mask::new("r•••••@p•••••.example"))
        };
        vec![("unconfirmed", page)]
    }
}
