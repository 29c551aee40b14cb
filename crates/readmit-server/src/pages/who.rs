//! The first page: who are you.

use std::borrow::Cow;

use askama::Template;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::t;
use crate::text::tv;

/// The human check that the page carries in hidden fields.
#[derive(Clone)]
pub struct HumanCheck {
    /// What the browser works on: SHA-256 of `challenge:nonce` begins with [`HumanCheck::bits`] zero bits.
    pub challenge: String,
    /// Zero bits asked for, at most 32.
    pub bits: u8,
    /// The ticket of the wait, for a browser without script; the server timed its start.
    pub ticket: String,
}

/// `GET /reset`, and 422 of `POST /reset`. Fields: `user_id`, `challenge`, `nonce`, `ticket`, `csrf`.
#[derive(Template)]
#[template(path = "who.html")]
pub struct WhoPage {
    /// Shared.
    pub frame: Frame,
    /// What was typed before, kept in the field.
    pub typed: String,
    /// The human check.
    pub human: HumanCheck,
    /// What is wrong with the field: [`Text::WhoErrorEmpty`], [`Text::WhoErrorShape`], [`Text::WhoErrorLong`],
    /// [`Text::WhoErrorHuman`].
    pub error: Option<String>,
    /// A user ID to show as an example, such as `name@larkfield.example`.
    pub example: Option<String>,
    /// Where a person who knows their password changes it.
    pub change_url: Option<String>,
}

impl WhoPage {
    fn hint(&self) -> String {
        match &self.example {
            Some(example) => self.frame.tv(Text::WhoHintExample, &[("example", example.as_str().into())]),
            None => self.frame.t(Text::WhoHint).to_owned(),
        }
    }
}

impl Page for WhoPage {
    const NAME: Text = Text::PageWho;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::WhoTitle).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(1)
    }

    fn shows_account(&self) -> bool {
        false
    }

    fn failed(&self) -> bool {
        self.error.is_some()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let example = "name@larkfield.example";
        let page = |typed: &str, error: Option<String>| Self {
            frame: Frame::sample(lang, "/reset"),
            typed: typed.to_owned(),
            human: HumanCheck {
                challenge: "sample-challenge".to_owned(),
                bits: 16,
                ticket: "sample-ticket".to_owned(),
            },
            error,
            example: Some(example.to_owned()),
            change_url: None,
        };
        let shape = tv(lang, Text::WhoErrorShape, &[("example", example.into())]);
        let mut bare = page("", Some(t(lang, Text::WhoErrorEmpty).to_owned()));
        bare.example = None;
        bare.frame.helpdesk = Some("https://desk.larkfield.example/".to_owned());
        bare.change_url = Some("/change-password".to_owned());
        let long = page("robin.sample@larkfield.example", Some(t(lang, Text::WhoErrorLong).to_owned()));
        let human = page("robin.sample@larkfield.example", Some(t(lang, Text::WhoErrorHuman).to_owned()));
        vec![
            ("first", page("", None)),
            ("shape", page("robin.sample@", Some(shape))),
            ("empty", bare),
            ("long", long),
            ("human", human),
        ]
    }
}
