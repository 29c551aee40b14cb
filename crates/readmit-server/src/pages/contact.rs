//! Ask the administrators for help.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// Before and after the message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ContactState {
    /// Asks whether to send.
    Asking,
    /// Sent, or for a decoy dropped: the page is the same.
    Sent,
    /// One was sent within the hour.
    Already,
}

/// `GET /reset/{journey}/contact`, and the answer to its form. Fields: `csrf`, `step`.
#[derive(Template)]
#[template(path = "contact.html")]
pub struct ContactPage {
    /// Shared.
    pub frame: Frame,
    /// Before or after.
    pub state: ContactState,
}

impl ContactPage {
    fn outcome(&self) -> Option<&'static str> {
        match self.state {
            ContactState::Asking => None,
            ContactState::Sent => Some(self.frame.t(Text::ContactSentLead)),
            ContactState::Already => Some(self.frame.t(Text::ContactAlreadyLead)),
        }
    }
}

impl Page for ContactPage {
    const NAME: Text = Text::PageContact;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        let key = match self.state {
            ContactState::Asking => Text::ContactTitle,
            ContactState::Sent => Text::ContactSentTitle,
            ContactState::Already => Text::ContactAlreadyTitle,
        };
        self.frame.t(key).into()
    }

    fn shows_account(&self) -> bool {
        true
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |state| Self { frame: Frame::journey_sample(lang), state };
        vec![
            ("asking", page(ContactState::Asking)),
            ("sent", page(ContactState::Sent)),
            ("already", page(ContactState::Already)),
        ]
    }
}
