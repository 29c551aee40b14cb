//! The account could not be verified: the same page whatever the reason, without a code.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::codes::code_text;

/// Unknown, disabled or otherwise not to be told.
#[derive(Template)]
#[template(path = "could_not_verify.html")]
pub struct CouldNotVerifyPage {
    /// Shared; `user_id` is shown as it was typed, `code` stays empty.
    pub frame: Frame,
}

impl CouldNotVerifyPage {
    /// “Ask the help desk to reset your password.”
    fn ask(&self) -> &'static str {
        let code = readmit_core::code::SsprCode::UserNotLicensed;
        self.frame.t(code_text(code).act)
    }
}

impl Page for CouldNotVerifyPage {
    const NAME: Text = Text::PageCouldNotVerify;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::CouldNotVerifyTitle).into()
    }

    fn shows_account(&self) -> bool {
        true
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |frame| Self { frame };
        vec![
            ("journey", page(Frame::journey_sample(lang))),
            (
                "bare",
                page(Frame {
                    user_id: Some("robin.sampel@larkfield.example".to_owned()),
                    ..Frame::sample(lang, "/reset")
                }),
            ),
        ]
    }
}
