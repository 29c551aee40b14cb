//! The new password: its rules before typing, its problems after.

use std::borrow::Cow;

use askama::Template;
use askama::filters::Safe;

use super::Frame;
use super::Page;
use super::icon;
use crate::text::Lang;
use crate::text::Text;
use crate::text::t;
use crate::text::tv;

/// What a rule asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// At least so many characters.
    MinLength(u32),
    /// At most so many characters.
    MaxLength(u32),
    /// So many of the four kinds: small letter, capital, digit, other.
    Classes(u32),
    /// Without the person's or the organization's name.
    NoName,
    /// None of the last so many passwords.
    NotLast(u32),
    /// Not common, not leaked.
    NotCommon,
    /// No control or format characters.
    PlainSigns,
    /// History, which this directory does not enforce on a reset.
    HistoryUnenforced,
}

/// How a rule stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RuleState {
    /// Not judged yet.
    Open,
    /// Met by what was sent.
    Met,
    /// Broken by what was sent.
    Broken,
    /// Judged when saving, by the server or the directory.
    Later,
}

/// One effective rule of this person.
#[derive(Clone, Copy)]
pub struct Rule {
    /// What it asks for.
    pub kind: RuleKind,
    /// How it stands.
    pub state: RuleState,
}

impl Rule {
    /// What script needs to judge the rule while typing; empty for rules that only the server can judge.
    fn attributes(&self) -> Safe<String> {
        let class = match self.state {
            RuleState::Open => "",
            RuleState::Met => " class=\"ok\"",
            RuleState::Broken => " class=\"stop\"",
            RuleState::Later => " class=\"later\"",
        };
        let live = match self.kind {
            RuleKind::MinLength(n) => format!(" data-rule=\"min_length\" data-n=\"{n}\""),
            RuleKind::MaxLength(n) => format!(" data-rule=\"max_length\" data-n=\"{n}\""),
            RuleKind::Classes(n) => format!(" data-rule=\"classes\" data-n=\"{n}\""),
            RuleKind::NoName
            | RuleKind::NotLast(_)
            | RuleKind::NotCommon
            | RuleKind::PlainSigns
            | RuleKind::HistoryUnenforced => String::new(),
        };
        Safe(format!("{class}{live}"))
    }

    fn verdict(&self, frame: &Frame) -> String {
        match self.state {
            RuleState::Open | RuleState::Later => String::new(),
            RuleState::Met => format!("{} ", frame.t(Text::PasswordMet)),
            RuleState::Broken => format!("{} ", frame.t(Text::PasswordNotMet)),
        }
    }

    fn line(&self, frame: &Frame) -> String {
        let counted = |text, n: u32| frame.tv(text, &[("n", n.into())]);
        match self.kind {
            RuleKind::MinLength(n) => counted(Text::RuleMinLength, n),
            RuleKind::MaxLength(n) => counted(Text::RuleMaxLength, n),
            RuleKind::Classes(n) => counted(Text::RuleClasses, n),
            RuleKind::NotLast(n) => counted(Text::RuleNotLast, n),
            RuleKind::NoName => frame.tv(Text::RuleNoName, &[("organization", frame.organization.as_str().into())]),
            RuleKind::NotCommon => frame.t(Text::RuleNotCommon).to_owned(),
            RuleKind::PlainSigns => frame.t(Text::RulePlainSigns).to_owned(),
            RuleKind::HistoryUnenforced => frame.t(Text::RuleHistoryUnenforced).to_owned(),
        }
    }
}

/// What is wrong with a new password; each becomes one sentence by the field.
#[derive(Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was typed.
    Empty,
    /// Too short: wanted, had.
    TooShort { want: u32, have: u32 },
    /// Too long: allowed, had.
    TooLong { want: u32, have: u32 },
    /// Too few of the four kinds of signs: wanted, had.
    Classes { want: u32, have: u32 },
    /// A control or format character.
    Signs,
    /// Close to a commonly used word (the word is never told).
    Common,
    /// On a list of leaked passwords.
    Breached,
    /// Holds a word that the organization bans, as it was typed.
    OrganizationTerm { found: String },
    /// Holds a name, as it was typed.
    Name { found: String },
    /// Scored too low.
    Weak,
    /// The last password.
    Same,
    /// The directory: too short.
    DirectoryLength,
    /// The directory: too few kinds of signs.
    DirectoryComplexity,
    /// The directory: used before.
    DirectoryHistory,
    /// The directory: changed too recently.
    DirectoryAge,
    /// The directory: refused by a filter.
    DirectoryFilter,
    /// The directory: refused without telling which rule.
    DirectoryOther,
}

impl Problem {
    /// The sentence for the page and for `fields[].text` of the JSON answer.
    pub fn words(&self, lang: Lang) -> String {
        let pair = |text, want: &u32, have: &u32| tv(lang, text, &[("want", (*want).into()), ("have", (*have).into())]);
        let found = |text, found: &String| tv(lang, text, &[("found", found.as_str().into())]);
        let plain = |text| t(lang, text).to_owned();
        match self {
            Self::Empty => plain(Text::ProblemEmpty),
            Self::TooShort { want, have } => pair(Text::ProblemTooShort, want, have),
            Self::TooLong { want, have } => pair(Text::ProblemTooLong, want, have),
            Self::Classes { want, have } => pair(Text::ProblemClasses, want, have),
            Self::Signs => plain(Text::ProblemSigns),
            Self::Common => plain(Text::ProblemCommon),
            Self::Breached => plain(Text::ProblemBreached),
            Self::OrganizationTerm { found: word } => found(Text::ProblemOrganizationTerm, word),
            Self::Name { found: word } => found(Text::ProblemName, word),
            Self::Weak => plain(Text::ProblemWeak),
            Self::Same => plain(Text::ProblemSame),
            Self::DirectoryLength => plain(Text::ProblemDirectoryLength),
            Self::DirectoryComplexity => plain(Text::ProblemDirectoryComplexity),
            Self::DirectoryHistory => plain(Text::ProblemDirectoryHistory),
            Self::DirectoryAge => plain(Text::ProblemDirectoryAge),
            Self::DirectoryFilter => plain(Text::ProblemDirectoryFilter),
            Self::DirectoryOther => plain(Text::ProblemDirectoryOther),
        }
    }
}

/// `GET /reset/{journey}` once the gates are passed, and 422 of `POST …/password`.
/// Fields: `new_password`, `confirm_password`, `csrf`, `step`. Passwords never come back into the fields.
#[derive(Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    /// Shared.
    pub frame: Frame,
    /// The effective rules.
    pub rules: Vec<Rule>,
    /// Who set them: the organization or its directory.
    pub set_by: String,
    /// What is wrong with the password that was sent.
    pub problems: Vec<Problem>,
    /// Whether the second field held something else.
    pub confirm_differs: bool,
}

impl PasswordPage {
    fn live(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.state != RuleState::Later)
    }

    fn later(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.state == RuleState::Later)
    }

    fn has_live(&self) -> bool {
        self.live().next().is_some()
    }

    fn has_later(&self) -> bool {
        self.later().next().is_some()
    }

    fn set_by(&self) -> String {
        self.frame.tv(Text::PasswordSetBy, &[("owner", self.set_by.as_str().into())])
    }

    fn count_line(&self, met: usize) -> String {
        let all = self.live().count();
        self.frame.tv(Text::PasswordMetCount, &[("met", met.into()), ("all", all.into())])
    }

    /// The count after a failed try; empty before the first one.
    fn met_line(&self) -> String {
        if self.live().all(|rule| rule.state == RuleState::Open) {
            return String::new();
        }
        self.count_line(self.live().filter(|rule| rule.state == RuleState::Met).count())
    }

    /// The sentence for each possible count of the rules that script judges, parted by `|`.
    fn counts(&self) -> String {
        let lines: Vec<String> = (0..=self.live().count()).map(|met| self.count_line(met)).collect();
        lines.join("|")
    }

    /// Id and words of each problem.
    fn problem_lines(&self) -> Vec<(String, String)> {
        (1..)
            .zip(&self.problems)
            .map(|(number, problem)| (problem_id(number), problem.words(self.frame.lang)))
            .collect()
    }

    fn described_by(&self) -> String {
        let mut ids = vec!["rules-title".to_owned(), "rules-state".to_owned()];
        ids.extend((1..=self.problems.len()).map(problem_id));
        ids.join(" ")
    }

    fn faults(&self) -> usize {
        self.problems.len() + usize::from(self.confirm_differs)
    }

    fn summary(&self) -> String {
        self.frame.tv(Text::PasswordProblems, &[("count", self.faults().into())])
    }
}

fn problem_id(number: usize) -> String {
    format!("new_password-error-{number}")
}

impl Page for PasswordPage {
    const NAME: Text = Text::PagePassword;

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn title(&self) -> Cow<'_, str> {
        self.frame.t(Text::PasswordTitle).into()
    }

    fn steps(&self) -> Option<u8> {
        Some(3)
    }

    fn failed(&self) -> bool {
        self.faults() > 0
    }

    fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let rule = |kind, state| Rule { kind, state };
        let page = |rules, problems, confirm_differs| Self {
            frame: Frame::journey_sample(lang),
            rules,
            set_by: "Larkfield Hospital".to_owned(),
            problems,
            confirm_differs,
        };
        let fresh = |length, classes| {
            vec![
                rule(RuleKind::MinLength(14), length),
                rule(RuleKind::Classes(3), classes),
                rule(RuleKind::NoName, RuleState::Later),
                rule(RuleKind::NotLast(1), RuleState::Later),
                rule(RuleKind::NotCommon, RuleState::Later),
            ]
        };
        let odd = vec![
            rule(RuleKind::MinLength(8), RuleState::Met),
            rule(RuleKind::MaxLength(256), RuleState::Met),
            rule(RuleKind::PlainSigns, RuleState::Broken),
            rule(RuleKind::NotLast(24), RuleState::Later),
            rule(RuleKind::HistoryUnenforced, RuleState::Later),
        ];
        let short = Problem::TooShort { want: 14, have: 11 };
        let robin = Problem::Name { found: "robin".to_owned() };
        vec![
            ("fresh", page(fresh(RuleState::Open, RuleState::Open), vec![], false)),
            ("short", page(fresh(RuleState::Broken, RuleState::Met), vec![short.clone()], false)),
            ("several", page(fresh(RuleState::Broken, RuleState::Met), vec![short, robin], true)),
            ("differs", page(fresh(RuleState::Met, RuleState::Met), vec![], true)),
            ("every", page(odd, every_problem(), false)),
        ]
    }
}

fn every_problem() -> Vec<Problem> {
    let found = || "Larkfield".to_owned();
    vec![
        Problem::Empty,
        Problem::TooLong { want: 256, have: 300 },
        Problem::Classes { want: 3, have: 2 },
        Problem::Signs,
        Problem::Common,
        Problem::Breached,
        Problem::OrganizationTerm { found: found() },
        Problem::Weak,
        Problem::Same,
        Problem::DirectoryLength,
        Problem::DirectoryComplexity,
        Problem::DirectoryHistory,
        Problem::DirectoryAge,
        Problem::DirectoryFilter,
        Problem::DirectoryOther,
    ]
}
