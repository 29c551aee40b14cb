//! The wait that stands in for the proof of work where no script runs.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::HumanCheck;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// The answer to a `POST /reset` without a nonce that came before its wait was over. Sends the same fields again.
#[derive(Template)]
#[template(path = "waiting.html")]
pub struct WaitingPage {
    /// Shared.
    pub frame: Frame,
    /// The user ID that was typed.
    pub typed: String,
    /// The human check; its ticket carries the wait on.
    pub human: HumanCheck,
    /// Seconds still to wait, as told to the person.
    pub seconds: u8,
}

impl WaitingPage {
    fn act(&self) -> String {
        self.frame.tv(Text::WaitingAct, &[("seconds", self.seconds.into())])
    }
}

impl Page for WaitingPage {
    const NAME: Text = Text::PageWaiting;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.tv(Text::WaitingTitle, &[("seconds", self.seconds.into())]).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(1)
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let user = "robin.sample@larkfield.example";
        let page = Self {
            frame: Frame { user_id: Some(user.to_owned()), ..Frame::sample(lang, "/reset") },
            typed: user.to_owned(),
            human: HumanCheck {
                challenge: "sample-challenge".to_owned(),
                bits: 16,
                ticket: "sample-ticket".to_owned(),
            },
            seconds: 5,
        };
        vec![("wait", page)]
    }
}
