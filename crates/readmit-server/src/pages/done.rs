//! The good end: what is true now.

use std::borrow::Cow;

use askama::Template;
use askama::filters::Safe;
use jiff::Timestamp;

use super::Frame;
use super::Mask;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;

/// What the journey was for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DoneAim {
    /// A new password.
    Reset,
    /// Unlock alone; the password stays.
    Unlock,
}

/// `GET /reset/{journey}` after the write.
#[derive(Template)]
#[template(path = "done.html")]
pub struct DonePage {
    /// Shared.
    pub frame: Frame,
    /// What was done.
    pub aim: DoneAim,
    /// When it was in force.
    pub at: Timestamp,
    /// The directory it was written to, if it has a name that people know.
    pub directory: Option<String>,
    /// Whether a reset also unlocked the account.
    pub also_unlocked: bool,
    /// Where the notice went, at least the first is shown.
    pub notices: Vec<Mask>,
    /// Where the person signs in.
    pub sign_in: Option<String>,
}

impl DonePage {
    fn is_reset(&self) -> bool {
        self.aim == DoneAim::Reset
    }

    fn lead(&self) -> String {
        let time = ("time", self.frame.short(self.at).into());
        match (self.aim, &self.directory) {
            (DoneAim::Unlock, _) => self.frame.tv(Text::DoneUnlockLead, &[time]),
            (DoneAim::Reset, None) => self.frame.tv(Text::DoneSaved, &[time]),
            (DoneAim::Reset, Some(directory)) => {
                self.frame.tv(Text::DoneSavedIn, &[time, ("directory", directory.as_str().into())])
            }
        }
    }

    fn notice(&self) -> Option<Safe<String>> {
        let (first, more) = self.notices.split_first()?;
        let mask = [("mask", first.html(self.frame.lang))];
        Some(match more.len() {
            0 => self.frame.rich(Text::DoneNotice, &[], &mask),
            count => self.frame.rich(Text::DoneNoticeMore, &[("count", count.into())], &mask),
        })
    }
}

impl Page for DonePage {
    const NAME: Text = Text::PageDone;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        let key = match self.aim {
            DoneAim::Reset => Text::DoneResetTitle,
            DoneAim::Unlock => Text::DoneUnlockTitle,
        };
        self.frame.t(key).into()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let private = || Mask::new("r•••••@p•••••.example");
        let page = |aim, directory: Option<&str>, notices| {
            let frame = Frame::journey_sample(lang);
            Self {
                aim,
                at: frame.now,
                directory: directory.map(str::to_owned),
                also_unlocked: aim == DoneAim::Reset,
                notices,
                sign_in: Some("/sign-in".to_owned()),
                frame,
            }
        };
        let mut bare = page(DoneAim::Unlock, None, vec![]);
        bare.sign_in = None;
        vec![
            ("reset", page(DoneAim::Reset, None, vec![private(), Mask::new("r•••••@l•••••.example")])),
            ("directory", page(DoneAim::Reset, Some("LARKFIELD"), vec![private()])),
            ("unlock", bare),
        ]
    }
}
