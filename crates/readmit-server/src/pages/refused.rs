//! The pages of the codes: what happened, what to do, who can help.

use std::borrow::Cow;

use askama::Template;
use askama::filters::Safe;
use readmit_core::code::SsprCode;

use super::Frame;
use super::Page;
use super::frame::escape;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::codes::CodeText;
use crate::text::codes::code_text;

/// An expected “no”. The code is the frame's; a frame without one shows 0900.
#[derive(Template)]
#[template(path = "refused.html")]
pub struct RefusedPage {
    /// Shared; carries the code.
    pub frame: Frame,
    /// Where methods are registered afterwards; told with code 14.
    pub register_at: Option<String>,
}

impl RefusedPage {
    fn code(&self) -> SsprCode {
        self.frame.code.unwrap_or(SsprCode::Fault)
    }

    fn words(&self) -> CodeText {
        code_text(self.code())
    }

    fn happened(&self) -> String {
        let organization = [("organization", self.frame.organization.as_str().into())];
        self.frame.tv(self.words().happened, &organization)
    }

    fn act(&self) -> &'static str {
        self.frame.t(self.words().act)
    }

    fn who(&self) -> &'static str {
        self.frame.t(self.words().who)
    }

    fn register(&self) -> Option<Safe<String>> {
        let at = self.register_at.as_deref().filter(|_| self.code() == SsprCode::UserNotProperlyConfigured)?;
        let link = format!(r#"<a class="ltr" href="{0}">{0}</a>"#, escape(at));
        Some(self.frame.rich(Text::RefusedRegister, &[], &[("link", link)]))
    }

    /// Whether trying again later, without anybody's help, can work.
    fn may_retry(&self) -> bool {
        match self.code() {
            SsprCode::OnPremisesConnectivityError
            | SsprCode::Lapsed
            | SsprCode::ContactUnreachable
            | SsprCode::BannedPassword
            | SsprCode::RefusedByDirectoryPolicy
            | SsprCode::PageStale
            | SsprCode::Fault => true,
            SsprCode::TenantSSPRFlagDisabled
            | SsprCode::WritebackNotEnabled
            | SsprCode::SsprNotEnabledInUserPolicy
            | SsprCode::UserNotLicensed
            | SsprCode::UserNotMemberOfScopedAccessGroup
            | SsprCode::UserNotProperlyConfigured
            | SsprCode::OnPremisesAdminActionRequired
            | SsprCode::Throttled
            | SsprCode::AccountTypeNotServed => false,
        }
    }

    /// The button to a person: the form to the administrators by its verb, else as the frame calls it.
    fn write(&self) -> &'static str {
        match (self.frame.helpdesk(), &self.frame.journey) {
            (None, Some(_)) => self.frame.t(Text::RefusedWrite),
            _ => self.frame.person().1,
        }
    }
}

impl Page for RefusedPage {
    const NAME: Text = Text::PageRefused;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(self.words().title).into()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |code| Self {
            frame: Frame::journey_sample(lang).with_code(code),
            register_at: Some("https://reset.larkfield.example/security-info".to_owned()),
        };
        let mut samples: Vec<(&'static str, Self)> =
            SsprCode::ALL.iter().map(|code| (code.code(), page(*code))).collect();
        let mut desk = page(SsprCode::UserNotLicensed);
        desk.frame.helpdesk = Some("tel:+441632960123".to_owned());
        samples.push(("helpdesk", desk));
        samples
    }
}
