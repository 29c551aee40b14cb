//! What each code means, generated from the catalogue.

use std::borrow::Cow;

use askama::Template;
use readmit_core::code::SsprCode;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::codes::code_text;

/// `GET /help` and `GET /help/SSPR_0009`…
#[derive(Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// Shared.
    pub frame: Frame,
    /// The code; nothing for the index.
    pub about: Option<SsprCode>,
}

impl HelpPage {
    fn all(&self) -> &'static [SsprCode] {
        SsprCode::ALL
    }

    fn name_of(&self, code: &SsprCode) -> &'static str {
        self.frame.t(code_text(*code).title)
    }

    fn act(&self, code: &SsprCode) -> &'static str {
        self.frame.t(code_text(*code).act)
    }

    fn who(&self, code: &SsprCode) -> &'static str {
        self.frame.t(code_text(*code).who)
    }

    fn technical(&self, code: &SsprCode) -> &'static str {
        self.frame.t(code_text(*code).technical)
    }

    fn remedy(&self, code: &SsprCode) -> &'static str {
        self.frame.t(code_text(*code).remedy)
    }

    fn happened(&self, code: &SsprCode) -> String {
        let organization = [("organization", self.frame.organization.as_str().into())];
        self.frame.tv(code_text(*code).happened, &organization)
    }
}

impl Page for HelpPage {
    const NAME: Text = Text::PageHelp;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        match self.about {
            None => self.frame.t(Text::HelpTitle).into(),
            Some(code) => self
                .frame
                .tv(
                    Text::HelpTitleCode,
                    &[("code", code.code().into()), ("title", self.frame.t(code_text(code).title).into())],
                )
                .into(),
        }
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |about: Option<SsprCode>| Self {
            frame: Frame::sample(lang, &about.map_or("/help".to_owned(), |code| format!("/help/{}", code.code()))),
            about,
        };
        let mut desk = page(None);
        desk.frame.helpdesk = Some("helpdesk@larkfield.example".to_owned());
        let mut samples = vec![("index", page(None)), ("helpdesk", desk)];
        samples.extend(SsprCode::ALL.iter().map(|code| (code.code(), page(Some(*code)))));
        samples
    }
}
