//! What we write and say: codes by mail, text message and call; notices; the request for help.
//!
//! No message holds a link with a token, and no link at all but the help desk's words. A code stands only in the three
//! code messages, whose bodies wipe themselves.

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use readmit_core::code::SsprCode;
use readmit_core::registration::Family;
use zeroize::Zeroizing;

use crate::pages::DoneAim;
use crate::text::Arg;
use crate::text::Lang;
use crate::text::Text;
use crate::text::codes::code_text;
use crate::text::t;
use crate::text::tv;
use crate::text::when;

/// What all messages share.
#[derive(Clone)]
pub struct Letterhead {
    /// The account's language.
    pub lang: Lang,
    /// The organization's name.
    pub organization: String,
    /// The support code as it is read aloud.
    pub support_code: String,
    /// The moment of the act that the message tells of.
    pub now: Timestamp,
    /// The tenant's time zone.
    pub zone: TimeZone,
    /// The help desk in words: a number, an address, a link.
    pub helpdesk: Option<String>,
}

/// A mail in words: subject, plain text, HTML of the same.
pub struct MailWords {
    /// One line.
    pub subject: String,
    /// Plain text, lines parted by `\n`.
    pub text: Zeroizing<String>,
    /// A whole HTML document.
    pub html: Zeroizing<String>,
}

/// The mail that carries a code.
pub fn code_mail(head: &Letterhead, code: &str, mark: &str, until: Timestamp) -> Result<MailWords, askama::Error> {
    let parts = vec![
        Part::Words(head.named(Text::MailCodeIntro)),
        Part::Code(Zeroizing::new(code.to_owned())),
        Part::Words(head.tv(Text::MailCodeUntil, &[("until", head.short(until).into())])),
        Part::Words(head.tv(Text::MailCodeMark, &[("mark", mark.into())])),
        Part::Words(head.named(Text::MailCodeNever)),
        Part::Words(head.t(Text::MailCodeNotYou)),
    ];
    head.mail(head.code_subject(), &parts)
}

/// The text message that carries a code: one line in the GSM alphabet, as long as the organization's name is.
pub fn code_sms(head: &Letterhead, code: &str, mark: &str, until: Timestamp) -> Zeroizing<String> {
    let args = [
        ("organization", head.organization.as_str().into()),
        ("code", code.into()),
        ("mark", mark.into()),
        ("until", when::clock(until, &head.zone).into()),
    ];
    Zeroizing::new(head.tv(Text::SmsCode, &args))
}

/// What a call says: the code twice, digit by digit.
pub fn code_call(head: &Letterhead, code: &str, mark: &str) -> Zeroizing<String> {
    let spelled = |text: &str| {
        let signs: Vec<String> = text.chars().map(String::from).collect();
        signs.join(", ")
    };
    let digits = Zeroizing::new(spelled(code));
    let args = [
        ("organization", head.organization.as_str().into()),
        ("digits", digits.as_str().into()),
        ("mark", spelled(mark).into()),
    ];
    Zeroizing::new(head.tv(Text::VoiceCode, &args))
}

/// To the person, at every address on file before: the password was reset, or the account unlocked.
pub fn done_notice(head: &Letterhead, user: &str, aim: DoneAim) -> Result<MailWords, askama::Error> {
    let (subject, intro) = match aim {
        DoneAim::Reset => (Text::MailResetSubject, Text::MailResetIntro),
        DoneAim::Unlock => (Text::MailUnlockSubject, Text::MailUnlockIntro),
    };
    let mut parts = vec![
        Part::Words(head.t(Text::MailGreeting)),
        Part::Words(head.tv(intro, &[("user", user.into()), ("time", head.moment(head.now).into())])),
        Part::Words(head.t(Text::MailResetYou)),
        Part::Words(head.t(Text::MailResetNotYou)),
    ];
    parts.extend(head.desk());
    parts.push(Part::Words(head.t(Text::MailNoLinks)));
    head.mail(head.named(subject), &parts)
}

/// To all other Global Administrators: an administrator reset their own password.
pub fn administrator_notice(head: &Letterhead, user: &str) -> Result<MailWords, askama::Error> {
    let parts = vec![
        Part::Words(head.t(Text::MailGreeting)),
        Part::Words(head.tv(Text::MailAdminIntro, &[("user", user.into()), ("time", head.moment(head.now).into())])),
        Part::Words(head.t(Text::MailAdminAct)),
        Part::Words(head.t(Text::MailNoLinks)),
        Part::Words(head.named(Text::MailAdminWhy)),
    ];
    head.mail(head.named(Text::MailAdminSubject), &parts)
}

/// To the administrators who can help: this person asks for it. `page` is the page's name, `code` the code it showed.
pub fn contact_mail(
    head: &Letterhead,
    user: &str,
    page: Text,
    code: Option<SsprCode>,
) -> Result<MailWords, askama::Error> {
    let mut parts = vec![
        Part::Words(head.t(Text::MailGreeting)),
        Part::Words(head.tv(Text::MailContactIntro, &[("user", user.into())])),
    ];
    match code {
        None => parts.push(Part::Words(head.t(Text::MailContactNoReason))),
        Some(code) => {
            let name = format!("{} {}", code.code(), code.name());
            let words = code_text(code);
            parts.push(Part::Words(head.tv(Text::MailContactReason, &[("code", name.into())])));
            parts.push(Part::Words(head.t(words.technical)));
            parts.push(Part::Words(head.t(words.remedy)));
        }
    }
    parts.push(Part::Words(head.tv(Text::MailContactPage, &[("page", t(head.lang, page).into())])));
    parts.push(Part::Words(head.tv(Text::MailContactTime, &[("time", head.moment(head.now).into())])));
    parts.push(Part::Words(head.t(Text::MailContactAct)));
    parts.push(Part::Words(head.named(Text::MailContactWhy)));
    head.mail(head.tv(Text::MailContactSubject, &[("user", user.into())]), &parts)
}

/// To the person: one family of checks, or self-service as a whole, pauses.
pub fn block_notice(
    head: &Letterhead,
    user: &str,
    family: Family,
    until: Timestamp,
) -> Result<MailWords, askama::Error> {
    let intro = match family {
        Family::Phone => Text::MailBlockIntroPhone,
        Family::Email => Text::MailBlockIntroEmail,
        Family::App => Text::MailBlockIntroApp,
        Family::Questions => Text::MailBlockIntroQuestions,
        Family::Account => Text::MailBlockIntroAccount,
    };
    let mut parts = vec![
        Part::Words(head.t(Text::MailGreeting)),
        Part::Words(head.tv(intro, &[("user", user.into()), ("until", head.moment(until).into())])),
        Part::Words(head.t(Text::MailBlockFine)),
        Part::Words(head.t(Text::MailBlockNotYou)),
    ];
    parts.extend(head.desk());
    parts.push(Part::Words(head.t(Text::MailNoLinks)));
    head.mail(head.named(Text::MailBlockSubject), &parts)
}

/// To the person, where pages tell nobody: why it was not possible.
pub fn why_notice(head: &Letterhead, user: &str, code: SsprCode) -> Result<MailWords, askama::Error> {
    let words = code_text(code);
    let mut parts = vec![
        Part::Words(head.t(Text::MailGreeting)),
        Part::Words(head.tv(Text::MailWhyIntro, &[("user", user.into()), ("time", head.moment(head.now).into())])),
        Part::Words(head.named(words.happened)),
        Part::Words(head.t(words.act)),
        Part::Words(head.t(words.who)),
        Part::Words(head.tv(Text::MailWhyCode, &[("code", code.code().into())])),
        Part::Words(head.t(Text::MailWhyNotYou)),
    ];
    parts.extend(head.desk());
    parts.push(Part::Words(head.t(Text::MailNoLinks)));
    head.mail(head.named(Text::MailWhySubject), &parts)
}

impl Letterhead {
    /// Subject of the code mail, for the page that tells what to look for.
    pub fn code_subject(&self) -> String {
        self.named(Text::MailCodeSubject)
    }

    fn t(&self, text: Text) -> String {
        t(self.lang, text).to_owned()
    }

    fn tv(&self, text: Text, args: &[Arg<'_>]) -> String {
        tv(self.lang, text, args)
    }

    /// A message whose only variable is the organization.
    fn named(&self, text: Text) -> String {
        self.tv(text, &[("organization", self.organization.as_str().into())])
    }

    fn short(&self, at: Timestamp) -> String {
        when::short(self.lang, at, &self.zone)
    }

    fn moment(&self, at: Timestamp) -> String {
        when::moment(self.lang, at, &self.zone)
    }

    fn desk(&self) -> Option<Part> {
        let helpdesk = self.helpdesk.as_deref()?;
        let words = helpdesk.strip_prefix("tel:").or_else(|| helpdesk.strip_prefix("mailto:")).unwrap_or(helpdesk);
        Some(Part::Words(self.tv(Text::MailHelpdesk, &[("helpdesk", words.into())])))
    }

    fn mail(&self, subject: String, parts: &[Part]) -> Result<MailWords, askama::Error> {
        let text = TextMail { head: self, parts }.render()?;
        let html = HtmlMail { head: self, subject: &subject, parts }.render()?;
        Ok(MailWords { subject, text: Zeroizing::new(text), html: Zeroizing::new(html) })
    }

    fn support_line(&self) -> String {
        self.tv(Text::MailSupportCode, &[("code", self.support_code.as_str().into())])
    }
}

/// One paragraph of a mail.
enum Part {
    Words(String),
    Code(Zeroizing<String>),
}

impl Part {
    fn words(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Code(code) => code,
        }
    }

    fn is_code(&self) -> bool {
        matches!(self, Self::Code(_))
    }
}

#[derive(Template)]
#[template(path = "mail/mail.txt")]
struct TextMail<'a> {
    head: &'a Letterhead,
    parts: &'a [Part],
}

impl TextMail<'_> {
    fn support_line(&self) -> String {
        self.head.support_line()
    }
}

#[derive(Template)]
#[template(path = "mail/mail.html")]
struct HtmlMail<'a> {
    head: &'a Letterhead,
    subject: &'a str,
    parts: &'a [Part],
}

impl HtmlMail<'_> {
    fn support_line(&self) -> String {
        self.head.support_line()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn head(lang: Lang) -> Letterhead {
        Letterhead {
            lang,
            organization: "Larkfield Hospital".to_owned(),
            support_code: "R7K4-92QD-MX3T".to_owned(),
            now: "2026-11-17T14:36:09Z".parse().unwrap(),
            zone: TimeZone::get("Europe/London").unwrap(),
            helpdesk: Some("tel:+441632960123".to_owned()),
        }
    }

    fn soon(head: &Letterhead) -> Timestamp {
        head.now + SignedDuration::from_mins(5)
    }

    const USER: &str = "robin.sample@larkfield.example";

    fn every_mail(lang: Lang) -> Vec<MailWords> {
        let head = head(lang);
        let mut all = vec![
            code_mail(&head, "482915", "KM", soon(&head)),
            done_notice(&head, USER, DoneAim::Reset),
            done_notice(&head, USER, DoneAim::Unlock),
            administrator_notice(&head, USER),
            contact_mail(&head, USER, Text::PageChallenge, None),
            contact_mail(&head, USER, Text::PageRefused, Some(SsprCode::UserNotLicensed)),
        ];
        all.extend(Family::ALL.map(|family| block_notice(&head, USER, family, soon(&head))));
        all.extend(SsprCode::ALL.iter().map(|code| why_notice(&head, USER, *code)));
        all.into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn every_mail_is_whole_in_every_language() {
        for lang in [Lang::En, Lang::De, Lang::Qps] {
            for mail in every_mail(lang) {
                for body in [mail.text.as_str(), mail.html.as_str(), mail.subject.as_str()] {
                    assert!(!body.contains("{$") && !body.contains("{{"), "{body}");
                    assert!(!body.contains("http") && !body.contains("href"), "no link: {body}");
                }
                assert!(mail.text.contains("R7K4-92QD-MX3T") && mail.html.contains("R7K4-92QD-MX3T"));
                assert!(!mail.subject.contains('\n') && mail.subject.chars().count() < 90, "{}", mail.subject);
                assert!(!mail.text.contains('<') && !mail.text.contains("&#"), "{}", *mail.text);
            }
        }
    }

    #[test]
    fn the_pseudo_language_leaves_no_words_of_a_mail_outside_the_catalogue() {
        for mail in every_mail(Lang::Qps) {
            let mut rest = mail.text.to_string();
            for code in SsprCode::ALL {
                rest = rest.replace(code.code(), "").replace(code.name(), "");
            }
            for known in ["Larkfield Hospital", USER, "Europe/London", "UTC", "R7K4-92QD-MX3T", "KM"] {
                rest = rest.replace(known, "");
            }
            let outside: Vec<&str> = rest
                .split(|c: char| !c.is_alphabetic())
                .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic()))
                .collect();
            assert!(outside.is_empty(), "{outside:?} in {rest}");
        }
    }

    #[test]
    fn the_code_stands_once_in_each_body_and_never_in_the_subject() {
        for lang in [Lang::En, Lang::De] {
            let head = head(lang);
            let mail = code_mail(&head, "482915", "KM", soon(&head)).unwrap();
            assert_eq!(mail.text.matches("482915").count(), 1);
            assert!(mail.text.contains("\n482915\n"), "{}", *mail.text);
            assert_eq!(mail.html.matches("482915").count(), 1);
            assert!(!mail.subject.contains("482915"));
            assert!(mail.text.contains("KM") && mail.text.contains("14:41"));
        }
    }

    #[test]
    fn a_text_message_is_one_part_of_the_gsm_alphabet() {
        for lang in [Lang::En, Lang::De] {
            let head = head(lang);
            let sms = code_sms(&head, "48291507", "KM", soon(&head));
            assert!(sms.len() <= 160, "{}: {}", sms.len(), *sms);
            let gsm = |c: char| c.is_ascii_alphanumeric() || " .,:-?'()/äöüÄÖÜß".contains(c);
            assert!(sms.chars().all(gsm), "{}", *sms);
            assert!(sms.contains("KM") && sms.contains("48291507") && sms.contains("14:41"));
        }
    }

    #[test]
    fn a_call_says_the_code_twice_digit_by_digit() {
        for lang in [Lang::En, Lang::De] {
            let said = code_call(&head(lang), "482915", "KM");
            assert_eq!(said.matches("4, 8, 2, 9, 1, 5").count(), 2, "{}", *said);
            assert!(said.contains("K, M"), "{}", *said);
        }
    }

    #[test]
    fn names_cannot_carry_markup_into_a_mail() {
        let mut head = head(Lang::En);
        head.organization = "<img src=x>".to_owned();
        let mail = done_notice(&head, "<b>@x", DoneAim::Reset).unwrap();
        assert!(!mail.html.contains("<img") && !mail.html.contains("<b>"), "{}", *mail.html);
    }

    #[test]
    fn a_notice_says_when_with_zone_and_what_to_do() {
        let mail = done_notice(&head(Lang::En), USER, DoneAim::Reset).unwrap();
        assert!(mail.text.contains("14:36 on Tuesday 17 November 2026 (Europe/London, UTC+00:00)"), "{}", *mail.text);
        assert!(mail.text.contains("Help desk: +441632960123"));
        assert!(mail.text.contains("If it was not you"));
    }
}
