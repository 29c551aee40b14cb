//! What a person sees: one struct a page, named like its template, each with samples.
//!
//! A page is a plain value: everything on it arrives in its fields, already decided. Texts with variables that depend on
//! what happened (errors by a field, notes) arrive as words in the person's language; [`crate::text`] makes them.

pub mod icon;

mod frame;
mod gallery;
mod mask;

mod cancelled;
mod challenge;
mod choose;
mod contact;
mod could_not_verify;
mod done;
mod error;
mod help;
mod lapsed;
mod locked;
mod outbox;
mod password;
mod phone;
mod questions;
mod refused;
mod stale;
mod throttled;
mod trouble;
mod unconfirmed;
mod waiting;
mod who;
mod writing;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::text::Lang;
use crate::text::Text;
use crate::text::t;
use crate::text::tv;

pub use askama::Template;
pub use cancelled::CancelledPage;
pub use challenge::ChallengePage;
pub use challenge::Delivery;
pub use choose::ChoosePage;
pub use choose::Gates;
pub use choose::MethodChoice;
pub use contact::ContactPage;
pub use contact::ContactState;
pub use could_not_verify::CouldNotVerifyPage;
pub use done::DoneAim;
pub use done::DonePage;
pub use error::ErrorPage;
pub use frame::Frame;
pub use gallery::gallery;
pub use help::HelpPage;
pub use lapsed::LapsedPage;
pub use locked::LockedPage;
pub use mask::Mask;
pub use outbox::Channel;
pub use outbox::OutboxItem;
pub use outbox::OutboxPage;
pub use password::PasswordPage;
pub use password::Problem;
pub use password::Rule;
pub use password::RuleKind;
pub use password::RuleState;
pub use phone::PhonePage;
pub use questions::Question;
pub use questions::QuestionsPage;
pub use refused::RefusedPage;
pub use stale::StalePage;
pub use throttled::Paused;
pub use throttled::ThrottledPage;
pub use trouble::TroublePage;
pub use unconfirmed::UnconfirmedPage;
pub use waiting::WaitingPage;
pub use who::HumanCheck;
pub use who::WhoPage;
pub use writing::WritingPage;

/// A page of the portal. [`askama::Template::render`] gives its HTML.
pub trait Page: Template + Sized {
    /// Its name in the lines that a person sends when they ask for help.
    const NAME: Text;

    /// What all pages share.
    fn frame(&self) -> &Frame;

    /// The question or result of the page: its `h1` and, with the organization, its `title`.
    fn title(&self) -> Cow<'_, str>;

    /// The step of three that the person is in, if the page belongs to one.
    fn steps(&self) -> Option<u8> {
        None
    }

    /// Whether the bar with what the person typed stands above the content.
    fn shows_account(&self) -> bool {
        self.steps().is_some()
    }

    /// Whether a try just failed; the title then says so (WCAG 3.3.1).
    fn failed(&self) -> bool {
        false
    }

    /// One page for each state worth looking at, with a short name each, made of invented people.
    fn samples(lang: Lang) -> Vec<(&'static str, Self)>;

    /// The `title` element.
    fn title_line(&self) -> String {
        let frame = self.frame();
        let key = if self.failed() { Text::PageTitleError } else { Text::PageTitle };
        let args = [("title", self.title().into_owned().into()), ("organization", frame.organization.as_str().into())];
        tv(frame.lang, key, &args)
    }

    /// The three steps with their names.
    fn step_names(&self) -> [(u8, &'static str); 3] {
        let lang = self.frame().lang;
        [(1, t(lang, Text::StepAccount)), (2, t(lang, Text::StepCheck)), (3, t(lang, Text::StepPassword))]
    }

    /// The lines that a person sends when they ask for help.
    fn block(&self) -> String {
        self.frame().block(Self::NAME)
    }
}
