//! What every page shares: whose portal, which language, which journey, whom to ask.

use askama::filters::Safe;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use readmit_core::code::SsprCode;

use crate::static_files;
use crate::text::Arg;
use crate::text::Lang;
use crate::text::Text;
use crate::text::codes::code_text;
use crate::text::t;
use crate::text::tv;
use crate::text::when;

/// What all pages share. Every text in it is data and gets escaped.
#[derive(Clone)]
pub struct Frame {
    /// Language of the page.
    pub lang: Lang,
    /// The organization's name as people know it.
    pub organization: String,
    /// Path of this page for a GET, without query: the language menu leads there with `?mkt=`.
    pub path: String,
    /// The support code as it is read aloud, `R7K4-92QD-MX3T`.
    pub support_code: String,
    /// The moment of this page.
    pub now: Timestamp,
    /// The tenant's time zone.
    pub zone: TimeZone,
    /// What the person typed as user ID, never what we know.
    pub user_id: Option<String>,
    /// The journey as it stands in its paths.
    pub journey: Option<String>,
    /// Token bound to the session; empty where a page has no form.
    pub csrf: String,
    /// The step that a form of this page answers.
    pub step: u64,
    /// The organization's help desk: an `https:`, `http:`, `mailto:` or `tel:` link, or a mail address. Others are not shown.
    pub helpdesk: Option<String>,
    /// The public code, on pages that say no.
    pub code: Option<SsprCode>,
}

impl Frame {
    /// The words of a message without variables.
    pub fn t(&self, text: Text) -> &'static str {
        t(self.lang, text)
    }

    /// The words of a message with variables.
    pub fn tv(&self, text: Text, args: &[Arg<'_>]) -> String {
        tv(self.lang, text, args)
    }

    /// A message whose variables hold HTML of ours; the words and `args` are escaped, `html` is not.
    pub fn rich(&self, text: Text, args: &[Arg<'_>], html: &[(&'static str, String)]) -> Safe<String> {
        // Each fragment is stood in for by one private-use character while the words are escaped.
        let places = ('\u{E000}'..='\u{E0FF}').map(String::from);
        let stand_ins: Vec<(String, &(&'static str, String))> = places.zip(html).collect();
        let mut all: Vec<Arg<'_>> = args.to_vec();
        for (stand_in, (name, _)) in &stand_ins {
            all.push((name, stand_in.as_str().into()));
        }
        let mut words = escape(&self.tv(text, &all));
        for (stand_in, (_, fragment)) in &stand_ins {
            words = words.replace(stand_in.as_str(), fragment);
        }
        Safe(words)
    }

    /// Path of a static file under its hashed name.
    pub fn asset(&self, name: &str) -> &'static str {
        static_files::url(name)
    }

    /// The languages of the menu.
    pub fn languages(&self) -> &'static [Lang] {
        Lang::ALL
    }

    /// The first page, in this language.
    pub fn start(&self) -> String {
        format!("/reset?mkt={}", self.lang.tag())
    }

    /// A page of the journey: `""` is its current page, `"/contact"` the one to ask for help.
    pub fn page(&self, rest: &str) -> String {
        match &self.journey {
            Some(journey) => format!("/reset/{journey}{rest}"),
            None => self.start(),
        }
    }

    /// The index of the help pages.
    pub fn help(&self) -> String {
        format!("/help?mkt={}", self.lang.tag())
    }

    /// The help page of a code.
    pub fn help_for(&self, code: &SsprCode) -> String {
        format!("/help/{}?mkt={}", code.code(), self.lang.tag())
    }

    /// What was typed, cut before the `@` so that it can wrap there.
    pub fn typed(&self) -> Option<(&str, &str)> {
        let typed = self.user_id.as_deref().filter(|typed| !typed.is_empty())?;
        let cut = typed.rfind('@').unwrap_or(typed.len());
        typed.split_at_checked(cut)
    }

    /// Link and label of the help desk, if it is one that a person can follow.
    pub fn helpdesk(&self) -> Option<(String, String)> {
        let given = self.helpdesk.as_deref()?.trim();
        for scheme in ["mailto:", "tel:"] {
            if let Some(rest) = given.strip_prefix(scheme) {
                return Some((given.to_owned(), rest.to_owned()));
            }
        }
        if given.starts_with("https://") || given.starts_with("http://") {
            let label = given.split_once("://").map_or(given, |(_, rest)| rest);
            return Some((given.to_owned(), label.trim_end_matches('/').to_owned()));
        }
        let address = given.contains('@') && !given.contains([':', '/', ' ', '<', '>', '?']);
        address.then(|| (format!("mailto:{given}"), given.to_owned()))
    }

    /// The link that leads to a person: the help desk, else the form to the administrators, else the help pages.
    pub fn person(&self) -> (String, &'static str) {
        if let Some((href, _)) = self.helpdesk() {
            return (href, self.t(Text::LinkHelpdesk));
        }
        if self.journey.is_some() {
            return (self.page("/contact"), self.t(Text::LinkContact));
        }
        (self.help(), self.t(Text::LinkHelp))
    }

    /// A moment of today as a person waits for it, with zone and offset.
    pub fn until(&self, at: Timestamp) -> String {
        when::until(self.lang, at, self.now, &self.zone)
    }

    /// A time of day with the zone's name.
    pub fn short(&self, at: Timestamp) -> String {
        when::short(self.lang, at, &self.zone)
    }

    /// What the code means, for an administrator.
    pub fn technical(&self) -> Option<String> {
        self.code.map(|code| format!("{}: {}", code.code(), self.t(code_text(code).technical)))
    }

    /// The lines to send: support code, page, date, time with zone and in UTC, user ID, code. One a line, plain text.
    pub fn block(&self, page: Text) -> String {
        let mut lines = vec![
            self.tv(Text::BlockCode, &[("code", self.support_code.as_str().into())]),
            self.tv(Text::BlockPage, &[("page", self.t(page).into())]),
            self.tv(Text::BlockDate, &[("date", when::date(self.lang, self.now, &self.zone).into())]),
            self.tv(
                Text::BlockTime,
                &[
                    ("time", when::exact(self.now, &self.zone).into()),
                    ("zone", when::zone_name(&self.zone).into()),
                    ("utc", self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()),
                ],
            ),
        ];
        if let Some(user) = self.user_id.as_deref().filter(|user| !user.is_empty()) {
            lines.push(self.tv(Text::BlockUser, &[("user", user.into())]));
        }
        if let Some(code) = self.code {
            let name = format!("{} {}", code.code(), code.name());
            lines.push(self.tv(Text::BlockSspr, &[("sspr", name.into())]));
        }
        lines.join("\n")
    }

    /// A page of an invented organization, for samples.
    pub fn sample(lang: Lang, path: &str) -> Self {
        Self {
            lang,
            organization: "Larkfield Hospital".to_owned(),
            path: path.to_owned(),
            support_code: "R7K4-92QD-MX3T".to_owned(),
            now: Timestamp::from_second(1_794_926_169).unwrap_or(Timestamp::UNIX_EPOCH),
            zone: TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC),
            user_id: None,
            journey: None,
            csrf: "sample-token".to_owned(),
            step: 3,
            helpdesk: None,
            code: None,
        }
    }

    /// A page inside a journey of an invented person, for samples.
    pub fn journey_sample(lang: Lang) -> Self {
        const JOURNEY: &str = "R7K492QDMX3T";
        Self {
            user_id: Some("robin.sample@larkfield.example".to_owned()),
            journey: Some(JOURNEY.to_owned()),
            ..Self::sample(lang, &format!("/reset/{JOURNEY}"))
        }
    }

    /// The same page with a code.
    pub fn with_code(self, code: SsprCode) -> Self {
        Self { code: Some(code), ..self }
    }
}

/// Text made safe for an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_that_a_person_can_follow_become_the_help_desk() {
        let desk = |given: &str| {
            let frame = Frame { helpdesk: Some(given.to_owned()), ..Frame::sample(Lang::En, "/reset") };
            frame.helpdesk().map(|(href, _)| href)
        };
        assert_eq!(desk("help@larkfield.example").as_deref(), Some("mailto:help@larkfield.example"));
        assert_eq!(desk("tel:+441632960123").as_deref(), Some("tel:+441632960123"));
        assert_eq!(desk("https://desk.larkfield.example/").as_deref(), Some("https://desk.larkfield.example/"));
        for bad in ["javascript:alert(1)", "data:text/html,x@y", "JaVaScRiPt:x@y", "room 5", "", "//x@y/z"] {
            assert_eq!(desk(bad), None, "{bad}");
        }
    }

    #[test]
    fn rich_words_are_escaped_and_only_our_fragments_are_not() {
        let frame = Frame::sample(Lang::En, "/reset");
        let said = frame.rich(
            Text::ChallengeAdviceSender,
            &[("subject", "<b>\u{E000}".into())],
            &[("sender", "<bdi>a</bdi>".to_owned())],
        );
        assert!(said.0.contains("from <bdi>a</bdi> with"), "{}", said.0);
        assert!(said.0.contains("&lt;b&gt;"), "{}", said.0);
    }

    #[test]
    fn the_lines_to_send_hold_what_a_case_needs() {
        let frame = Frame::journey_sample(Lang::En).with_code(SsprCode::UserNotMemberOfScopedAccessGroup);
        assert_eq!(
            frame.block(Text::PageRefused),
            "Support code: R7K4-92QD-MX3T\n\
             Page: Reset: not possible\n\
             Date: Tuesday 17 November 2026\n\
             Time: 14:36:09 UTC+00:00 (Europe/London), 2026-11-17T14:36:09Z\n\
             User ID: robin.sample@larkfield.example\n\
             Code: SSPR_0013 UserNotMemberOfScopedAccessGroup"
        );
    }
}
