//! The phone number that the person completes before a text message or a call.

use std::borrow::Cow;

use askama::Template;
use askama::filters::Safe;
use readmit_core::registration::Method;

use super::Frame;
use super::Gates;
use super::Mask;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::t;
use crate::text::tv;

/// A number of a range kept for examples (Ofcom), to show the form.
const EXAMPLE: &str = "+44 7700 900000";

/// `GET /reset/{journey}?method=<id>`, and 422 of `POST …/choose`. Fields: `method_id`, `phone`, `csrf`, `step`.
#[derive(Template)]
#[template(path = "phone.html")]
pub struct PhonePage {
    /// Shared.
    pub frame: Frame,
    /// Gates asked for and passed.
    pub gates: Gates,
    /// The chosen method.
    pub method_id: String,
    /// Its kind: text message or call.
    pub method: Method,
    /// The number on file, masked.
    pub mask: Mask,
    /// What was typed before, kept in the field.
    pub typed: String,
    /// What is wrong with the field; see [`PhonePage::empty`], [`PhonePage::misshapen`], [`PhonePage::mismatch`].
    pub error: Option<String>,
}

impl PhonePage {
    /// Nothing was typed.
    pub fn empty(lang: Lang) -> String {
        tv(lang, Text::PhoneErrorEmpty, &[("example", EXAMPLE.into())])
    }

    /// Not a number with country code.
    pub fn misshapen(lang: Lang) -> String {
        tv(lang, Text::PhoneErrorShape, &[("example", EXAMPLE.into())])
    }

    /// Not the number on file; it counted as a try.
    pub fn mismatch(lang: Lang) -> String {
        t(lang, Text::PhoneErrorMismatch).to_owned()
    }

    fn lead(&self) -> Safe<String> {
        self.frame.rich(Text::PhoneLead, &[], &[("mask", self.mask.html(self.frame.lang))])
    }

    fn hint(&self) -> Safe<String> {
        let example = format!(r#"<span class="ltr nowrap">{EXAMPLE}</span>"#);
        self.frame.rich(Text::PhoneHint, &[], &[("example", example)])
    }

    fn button(&self) -> Text {
        match self.method {
            Method::VoiceMobile | Method::VoiceOffice => Text::PhoneSendCall,
            Method::Sms | Method::AppCode | Method::Email | Method::Questions => Text::PhoneSendText,
        }
    }
}

impl Page for PhonePage {
    const NAME: Text = Text::PagePhone;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::PhoneTitle).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(2)
    }

    fn failed(&self) -> bool {
        self.error.is_some()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |method, typed: &str, error| Self {
            frame: Frame::journey_sample(lang),
            gates: Gates { required: 2, passed: 0 },
            method_id: "m2".to_owned(),
            method,
            mask: Mask::new("••••••67"),
            typed: typed.to_owned(),
            error,
        };
        vec![
            ("text", page(Method::Sms, "", None)),
            ("call", page(Method::VoiceMobile, "", Some(Self::empty(lang)))),
            ("shape", page(Method::Sms, "07700 900967", Some(Self::misshapen(lang)))),
            ("mismatch", page(Method::Sms, "+44 7700 900867", Some(Self::mismatch(lang)))),
        ]
    }
}
