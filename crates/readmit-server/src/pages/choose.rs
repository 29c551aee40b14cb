//! The choice of a method.

use std::borrow::Cow;

use askama::Template;
use askama::filters::Safe;
use readmit_core::registration::Method;

use super::Frame;
use super::Mask;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::t;
use crate::text::tv;

/// How many gates the policy asks for and how many are passed.
#[derive(Clone, Copy)]
pub struct Gates {
    /// One or two.
    pub required: u8,
    /// Fewer than required.
    pub passed: u8,
}

impl Gates {
    /// “First check of two”.
    pub fn kicker(&self, frame: &Frame) -> String {
        frame.tv(Text::Gate, &[("number", (self.passed + 1).into())])
    }
}

/// One row of the list: a method that this person can use now.
#[derive(Clone)]
pub struct MethodChoice {
    /// What the form sends as `method_id`.
    pub id: String,
    /// Its kind.
    pub method: Method,
    /// Its masked contact, if it has one.
    pub mask: Option<Mask>,
    /// Whether the number must be typed first; the row then leads to `?method=<id>`, the [`super::PhonePage`].
    pub asks_phone: bool,
}

impl MethodChoice {
    fn icon(&self) -> &'static str {
        match self.method {
            Method::AppCode => icon::APP,
            Method::Sms => icon::SMS,
            Method::VoiceMobile => icon::PHONE,
            Method::VoiceOffice => icon::OFFICE,
            Method::Email => icon::MAIL,
            Method::Questions => icon::QUESTION,
        }
    }

    fn name(&self) -> Text {
        match self.method {
            Method::AppCode => Text::MethodAppTitle,
            Method::Sms => Text::MethodSmsTitle,
            Method::VoiceMobile => Text::MethodVoiceMobileTitle,
            Method::VoiceOffice => Text::MethodVoiceOfficeTitle,
            Method::Email => Text::MethodEmailTitle,
            Method::Questions => Text::MethodQuestionsTitle,
        }
    }

    fn small(&self, frame: &Frame) -> Safe<String> {
        let text = match self.method {
            Method::AppCode => Text::MethodAppSmall,
            Method::Sms => Text::MethodSmsSmall,
            Method::VoiceMobile => Text::MethodVoiceMobileSmall,
            Method::VoiceOffice => Text::MethodVoiceOfficeSmall,
            Method::Email => Text::MethodEmailSmall,
            Method::Questions => Text::MethodQuestionsSmall,
        };
        let mask = self.mask.as_ref().map(|mask| mask.html(frame.lang)).unwrap_or_default();
        frame.rich(text, &[], &[("mask", mask)])
    }
}

/// `GET /reset/{journey}` while a method is to be chosen. Fields: `method_id`, `csrf`, `step`.
#[derive(Template)]
#[template(path = "choose.html")]
pub struct ChoosePage {
    /// Shared.
    pub frame: Frame,
    /// Gates asked for and passed.
    pub gates: Gates,
    /// The methods, most secure first.
    pub methods: Vec<MethodChoice>,
    /// What happened just before: [`Text::ChooseNoteBurnt`], [`Text::ChooseNoteExpired`], [`Text::ChooseNotePaused`],
    /// [`Text::ChooseNoteNotOffered`].
    pub note: Option<String>,
}

impl ChoosePage {
    fn lead(&self) -> &'static str {
        self.frame.t(if self.gates.passed == 0 { Text::ChooseLead } else { Text::ChooseLeadSecond })
    }
}

impl Page for ChoosePage {
    const NAME: Text = Text::PageChoose;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        let key = if self.gates.passed == 0 { Text::ChooseTitle } else { Text::ChooseTitleSecond };
        self.frame.t(key).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(2)
    }

    fn failed(&self) -> bool {
        self.note.is_some()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let choice = |id: &str, method, mask: Option<&str>, asks_phone| MethodChoice {
            id: id.to_owned(),
            method,
            mask: mask.map(Mask::new),
            asks_phone,
        };
        let page = |passed, note: Option<String>| Self {
            frame: Frame::journey_sample(lang),
            gates: Gates { required: 2, passed },
            methods: vec![
                choice("m1", Method::AppCode, None, false),
                choice("m2", Method::Sms, Some("••••••67"), true),
                choice("m3", Method::VoiceMobile, Some("••••••67"), true),
                choice("m4", Method::VoiceOffice, Some("••••••12"), true),
                choice("m5", Method::Email, Some("r•••••@p•••••.example"), false),
                choice("m6", Method::Questions, None, false),
            ],
            note,
        };
        let frame = Frame::journey_sample(lang);
        let paused = tv(
            lang,
            Text::ChooseNotePaused,
            &[
                ("family", t(lang, super::throttled::family_name(readmit_core::registration::Family::Phone)).into()),
                ("until", frame.until(frame.now + jiff::SignedDuration::from_hours(24)).into()),
            ],
        );
        let mut one = page(0, Some(t(lang, Text::ChooseNoteExpired).to_owned()));
        one.gates.required = 1;
        vec![
            ("first", page(0, None)),
            ("second", page(1, None)),
            ("burnt", page(0, Some(t(lang, Text::ChooseNoteBurnt).to_owned()))),
            ("paused", page(0, Some(paused))),
            ("not-offered", page(0, Some(t(lang, Text::ChooseNoteNotOffered).to_owned()))),
            ("one-gate", one),
        ]
    }
}
