//! The code field, and what to do when no code comes.

use std::borrow::Cow;

use askama::Template;
use askama::filters::Safe;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::registration::Method;

use super::Frame;
use super::Gates;
use super::Mask;
use super::Page;
use super::frame::escape;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::tv;

/// How far the message of a challenge has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing to say: an app, or nothing known yet.
    Silent,
    /// Handed to the outbox.
    Sending,
    /// The first mail server took it; that is not yet the mailbox.
    Accepted,
    /// It could not be sent.
    Failed,
}

/// `GET /reset/{journey}` while a code is asked for, and 422 of `POST …/answer`. Fields: `code`, `csrf`, `step`.
///
/// “Try again” and the way to a person stand in the page from the start; the server honours them from 10 s after a send.
#[derive(Template)]
#[template(path = "challenge.html")]
pub struct ChallengePage {
    /// Shared.
    pub frame: Frame,
    /// Gates asked for and passed.
    pub gates: Gates,
    /// Kind of the challenge; security questions have a page of their own.
    pub method: Method,
    /// Where the code went, masked; nothing for an app.
    pub mask: Option<Mask>,
    /// Digits of the code, 6 or 8.
    pub digits: u8,
    /// The two letters that message and page share.
    pub mark: Option<String>,
    /// Until when the code works; nothing for an app.
    pub expires_at: Option<Timestamp>,
    /// Tries left of this challenge.
    pub tries_left: u8,
    /// Seconds until the server sends again; 0 = now.
    pub resend_in_s: u32,
    /// What was typed before, kept in the field.
    pub typed: String,
    /// What is wrong with the field; see [`ChallengePage::wrong`] and the keys `ChallengeError…`.
    pub error: Option<String>,
    /// What happened just before: [`Text::ChallengeResent`], [`Text::ChallengeWait`], [`Text::ChallengeLimit`].
    pub note: Option<String>,
    /// Address that the mail comes from.
    pub sender: Option<String>,
    /// Subject of the mail.
    pub subject: Option<String>,
    /// How far the message has come.
    pub delivery: Delivery,
}

impl ChallengePage {
    /// A wrong code, with the tries that are left.
    pub fn wrong(lang: Lang, method: Method, tries_left: u8) -> String {
        let key = match method {
            Method::AppCode => Text::ChallengeErrorWrongApp,
            Method::Sms | Method::VoiceMobile | Method::VoiceOffice | Method::Email | Method::Questions => {
                Text::ChallengeErrorWrong
            }
        };
        tv(lang, key, &[("tries", tries_left.into())])
    }

    fn mask_html(&self) -> String {
        self.mask.as_ref().map(|mask| mask.html(self.frame.lang)).unwrap_or_default()
    }

    fn lead(&self) -> Safe<String> {
        let text = match self.method {
            Method::AppCode | Method::Questions => Text::ChallengeLeadApp,
            Method::Sms => Text::ChallengeLeadSms,
            Method::VoiceMobile | Method::VoiceOffice => Text::ChallengeLeadVoice,
            Method::Email => Text::ChallengeLeadEmail,
        };
        let organization = [("organization", self.frame.organization.as_str().into())];
        self.frame.rich(text, &organization, &[("mask", self.mask_html())])
    }

    fn label(&self) -> String {
        self.frame.tv(Text::ChallengeLabel, &[("digits", self.digits.into())])
    }

    fn hint(&self) -> String {
        match self.expires_at {
            Some(at) => self.frame.tv(Text::ChallengeHint, &[("until", self.frame.short(at).into())]),
            None => self.frame.t(Text::ChallengeHintApp).to_owned(),
        }
    }

    fn mark_line(&self) -> Option<Safe<String>> {
        let mark = format!(r#"<strong class="ltr">{}</strong>"#, escape(self.mark.as_deref()?));
        Some(self.frame.rich(Text::ChallengeMark, &[], &[("mark", mark)]))
    }

    fn tries(&self) -> String {
        self.frame.tv(Text::ChallengeTries, &[("tries", self.tries_left.into())])
    }

    fn status(&self) -> Option<&'static str> {
        match self.delivery {
            Delivery::Silent => None,
            Delivery::Sending => Some(self.frame.t(Text::ChallengeSending)),
            Delivery::Accepted => Some(self.frame.t(match self.method {
                Method::Sms => Text::ChallengeAcceptedSms,
                Method::VoiceMobile | Method::VoiceOffice => Text::ChallengeAcceptedVoice,
                Method::Email | Method::AppCode | Method::Questions => Text::ChallengeAccepted,
            })),
            Delivery::Failed => Some(self.frame.t(Text::ChallengeFailed)),
        }
    }

    fn advice(&self) -> Vec<Safe<String>> {
        let plain = |text| Safe(escape(self.frame.t(text)));
        let number = || self.frame.rich(Text::ChallengeAdviceNumber, &[], &[("mask", self.mask_html())]);
        match self.method {
            Method::AppCode | Method::Questions => vec![plain(Text::ChallengeAdviceApp)],
            Method::Sms => vec![plain(Text::ChallengeAdviceSignal), number()],
            Method::VoiceMobile | Method::VoiceOffice => {
                vec![plain(Text::ChallengeAdviceCall), number()]
            }
            Method::Email => {
                let mut lines = Vec::new();
                if let (Some(sender), Some(subject)) = (&self.sender, &self.subject) {
                    let sender = format!(r#"<bdi class="ltr">{}</bdi>"#, escape(sender).replace('@', "<wbr>@"));
                    let subject = [("subject", subject.as_str().into())];
                    lines.push(self.frame.rich(Text::ChallengeAdviceSender, &subject, &[("sender", sender)]));
                }
                lines.push(plain(Text::ChallengeAdviceJunk));
                lines.push(plain(Text::ChallengeAdviceMailbox));
                lines
            }
        }
    }

    fn can_resend(&self) -> bool {
        self.method != Method::AppCode
    }

    fn again(&self) -> Text {
        match self.method {
            Method::VoiceMobile | Method::VoiceOffice => Text::ChallengeAgainCall,
            Method::AppCode | Method::Sms | Method::Email | Method::Questions => Text::ChallengeAgain,
        }
    }
}

impl Page for ChallengePage {
    const NAME: Text = Text::PageChallenge;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        let key = match self.method {
            Method::AppCode | Method::Questions => Text::ChallengeTitleApp,
            Method::Sms => Text::ChallengeTitleSms,
            Method::VoiceMobile | Method::VoiceOffice => Text::ChallengeTitleVoice,
            Method::Email => Text::ChallengeTitleEmail,
        };
        self.frame.t(key).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(2)
    }

    fn failed(&self) -> bool {
        self.error.is_some()
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let sms = || sample(lang, Method::Sms, Some("••••••67"));
        let email = || sample(lang, Method::Email, Some("r•••••@p•••••.example"));
        let said = |text| Some(crate::text::t(lang, text).to_owned());
        let digits = |text| Some(tv(lang, text, &[("digits", 6.into())]));
        let later = |text, frame: &Frame| {
            let until = frame.until(frame.now + SignedDuration::from_mins(20));
            Some(tv(lang, text, &[("until", until.into())]))
        };
        let mut wrong = sms();
        wrong.typed = "482915".to_owned();
        wrong.tries_left = 2;
        wrong.error = Some(Self::wrong(lang, Method::Sms, 2));
        let mut empty = sms();
        empty.error = digits(Text::ChallengeErrorEmpty);
        empty.resend_in_s = 0;
        let mut shape = email();
        shape.typed = "48 29".to_owned();
        shape.error = digits(Text::ChallengeErrorShape);
        shape.delivery = Delivery::Accepted;
        let mut expired = email();
        expired.error = said(Text::ChallengeErrorExpired);
        expired.note = later(Text::ChallengeLimit, &expired.frame);
        let mut call = sample(lang, Method::VoiceOffice, Some("••••••12"));
        call.delivery = Delivery::Failed;
        call.note = later(Text::ChallengeWait, &call.frame);
        let mut again = email();
        again.note = said(Text::ChallengeResent);
        let mut app = sample(lang, Method::AppCode, None);
        app.delivery = Delivery::Silent;
        let mut used = sample(lang, Method::AppCode, None);
        used.error = said(Text::ChallengeErrorUsed);
        let mut other = sample(lang, Method::AppCode, None);
        other.error = Some(Self::wrong(lang, Method::AppCode, 1));
        let mut eight = email();
        eight.digits = 8;
        eight.gates.required = 1;
        vec![
            ("sms", sms()),
            ("wrong", wrong),
            ("empty", empty),
            ("email", email()),
            ("shape", shape),
            ("expired", expired),
            ("call", call),
            ("again", again),
            ("app", app),
            ("app-used", used),
            ("app-wrong", other),
            ("eight", eight),
        ]
    }
}

fn sample(lang: Lang, method: Method, mask: Option<&str>) -> ChallengePage {
    let frame = Frame::journey_sample(lang);
    let app = method == Method::AppCode;
    let subject = tv(lang, Text::MailCodeSubject, &[("organization", frame.organization.as_str().into())]);
    ChallengePage {
        gates: Gates { required: 2, passed: 0 },
        method,
        mask: mask.map(Mask::new),
        digits: 6,
        mark: (!app).then(|| "KM".to_owned()),
        expires_at: (!app).then_some(frame.now + SignedDuration::from_mins(5)),
        tries_left: 3,
        resend_in_s: 10,
        typed: String::new(),
        error: None,
        note: None,
        sender: Some("reset@larkfield.example".to_owned()),
        subject: Some(subject),
        delivery: if app { Delivery::Silent } else { Delivery::Sending },
        frame,
    }
}
