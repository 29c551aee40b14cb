//! Too many tries: until when, and what still works.

use std::borrow::Cow;

use askama::Template;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::code::SsprCode;
use readmit_core::registration::Family;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// What pauses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Paused {
    /// One family of checks, or the account.
    Family(Family),
    /// The connection.
    Source,
}

/// Status 429 (0101).
#[derive(Template)]
#[template(path = "throttled.html")]
pub struct ThrottledPage {
    /// Shared; carries the code 0101.
    pub frame: Frame,
    /// What pauses.
    pub paused: Paused,
    /// Until when.
    pub until: Timestamp,
    /// Whether another check of this journey still works.
    pub others_work: bool,
}

impl ThrottledPage {
    fn lead(&self) -> String {
        let text = match self.paused {
            Paused::Family(Family::Phone) => Text::ThrottledLeadPhone,
            Paused::Family(Family::Email) => Text::ThrottledLeadEmail,
            Paused::Family(Family::App) => Text::ThrottledLeadApp,
            Paused::Family(Family::Questions) => Text::ThrottledLeadQuestions,
            Paused::Family(Family::Account) => Text::ThrottledLeadAccount,
            Paused::Source => Text::ThrottledLeadSource,
        };
        self.frame.tv(text, &[("until", self.frame.until(self.until).into())])
    }
}

/// The family's name inside a sentence, for [`Text::ChooseNotePaused`]; the account has none there.
pub(super) fn family_name(family: Family) -> Text {
    match family {
        Family::Phone => Text::FamilyPhone,
        Family::Email => Text::FamilyEmail,
        Family::App => Text::FamilyApp,
        Family::Questions => Text::FamilyQuestions,
        Family::Account => Text::ThrottledTitle,
    }
}

impl Page for ThrottledPage {
    const NAME: Text = Text::PageThrottled;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::ThrottledTitle).into()
    }

    fn shows_account(&self) -> bool {
        true
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |paused, others_work| {
            let frame = Frame::journey_sample(lang).with_code(SsprCode::Throttled);
            Self { until: frame.now + SignedDuration::from_mins(24 * 60 + 33), paused, others_work, frame }
        };
        vec![
            ("phone", page(Paused::Family(Family::Phone), true)),
            ("email", page(Paused::Family(Family::Email), true)),
            ("app", page(Paused::Family(Family::App), true)),
            ("questions", page(Paused::Family(Family::Questions), true)),
            ("account", page(Paused::Family(Family::Account), false)),
            ("source", page(Paused::Source, false)),
        ]
    }
}
