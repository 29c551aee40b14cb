//! From a journey as it stands to the page that shows it.

use super::failure::FieldIssue;
use super::letters;
use super::moves;
use super::moves::PasswordProblem;
use super::problems;
use super::subject::Seen;
use super::view;
use super::view::PageKind;
use crate::app::Parts;
use crate::http::csrf;
use crate::http::problem::FieldProblem;
use crate::pages;
use crate::pages::Delivery;
use crate::pages::DoneAim;
use crate::pages::Frame;
use crate::pages::Gates;
use crate::pages::Mask;
use crate::pages::MethodChoice;
use crate::pages::Paused;
use crate::pages::Rule;
use crate::pages::RuleKind;
use crate::pages::RuleState;
use crate::pages::Template;
use crate::text::Lang;
use crate::text::Text;
use crate::text::questions;
use crate::text::t;
use crate::text::tv;
use crate::text::when;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use readmit_core::cause::Cause;
use readmit_core::challenge::Challenge;
use readmit_core::decision;
use readmit_core::decision::Facts;
use readmit_core::ids::RegistrationId;
use readmit_core::journey::Issue;
use readmit_core::journey::Journey;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_passwords::Problem;

/// What a request adds to the page of a journey.
#[derive(Default)]
pub struct Notes {
    /// What the last move left to mend.
    pub issue: Option<Issue>,
    /// What is wrong with a field.
    pub field: Option<(&'static str, FieldIssue)>,
    /// Everything wrong with the new password.
    pub problems: Vec<PasswordProblem>,
    /// The second password was another.
    pub confirm_differs: bool,
    /// What was typed, except secrets.
    pub typed: String,
    /// The phone gate that is being opened.
    pub phone: Option<RegistrationId>,
    /// How far the code's message has come.
    pub delivery: Option<String>,
}

/// One request's view of one journey.
pub struct Shown<'a> {
    /// Everything long-lived.
    pub app: &'a Parts,
    /// The journey.
    pub seen: &'a Seen,
    /// Language of the page.
    pub lang: Lang,
    /// The moment.
    pub now: Timestamp,
}

/// The token of a journey's forms. The journey is the session: only its holder can have seen one.
#[must_use]
pub fn form_token(app: &Parts, seen: &Seen) -> String {
    csrf::token(&app.edge_keys.csrf, seen.row.journey.head.id.to_string().as_bytes())
}

impl Shown<'_> {
    /// What all pages of the journey share.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let (journey, facts) = (&self.seen.row.journey, self.seen.facts.as_ref());
        let id = journey.head.id.to_string();
        Frame {
            lang: self.lang,
            organization: facts.map_or_else(|| "Readmit".to_owned(), |facts| facts.tenant.name.clone()),
            path: format!("/reset/{id}"),
            support_code: id.clone(),
            now: self.now,
            zone: facts.map_or(TimeZone::UTC, |facts| letters::zone(&facts.tenant)),
            user_id: Some(self.seen.user_id.to_string()),
            journey: Some(id),
            csrf: form_token(self.app, self.seen),
            step: u64::try_from(self.seen.row.version).unwrap_or_default(),
            helpdesk: facts.map(|facts| facts.values().helpdesk_link.clone()).filter(|link| !link.is_empty()),
            code: view::code(journey, self.now),
        }
    }

    /// The HTML of the page that the journey is on.
    ///
    /// # Errors
    /// The template engine's.
    pub fn render(&self, notes: &Notes) -> Result<String, askama::Error> {
        let (journey, facts) = (&self.seen.row.journey, self.seen.facts.as_ref());
        let frame = self.frame();
        match view::page(journey, facts, self.now) {
            PageKind::Choose => self.choose(frame, notes),
            PageKind::Challenge => self.challenge(frame, notes),
            PageKind::Password => self.password(frame, notes),
            PageKind::Writing => pages::WritingPage { frame, look_in_s: 2 }.render(),
            PageKind::Unconfirmed => pages::UnconfirmedPage { frame, mask: self.first_notice() }.render(),
            PageKind::Done => self.done(frame),
            PageKind::Refused => pages::RefusedPage { frame, register_at: None }.render(),
            PageKind::CouldNotVerify => pages::CouldNotVerifyPage { frame }.render(),
            PageKind::Throttled => self.throttled(frame),
            PageKind::Lapsed => pages::LapsedPage { frame }.render(),
            PageKind::Cancelled => pages::CancelledPage { frame }.render(),
        }
    }

    fn gates(&self) -> Gates {
        let journey = &self.seen.row.journey;
        let required = self.seen.facts.as_ref().map_or(journey.head.gates, |facts| journey.gates_required(facts));
        Gates { required, passed: u8::try_from(journey.passed().len()).unwrap_or(u8::MAX) }
    }

    fn choose(&self, frame: Frame, notes: &Notes) -> Result<String, askama::Error> {
        let Some(facts) = &self.seen.facts else {
            return pages::LapsedPage { frame }.render();
        };
        let offered = view::offered(&self.seen.row.journey, facts, self.now);
        let phone = notes.phone.and_then(|id| offered.iter().find(|one| one.registration == id));
        if let Some(one) = phone.filter(|one| one.method.asks_phone()) {
            let page = pages::PhonePage {
                gates: self.gates(),
                method_id: one.registration.to_string(),
                method: one.method,
                mask: Mask::new(one.masked.as_ref().map(|masked| masked.text.clone()).unwrap_or_default()),
                typed: notes.typed.clone(),
                error: self.error(notes, "phone"),
                frame,
            };
            return page.render();
        }
        let methods = offered.into_iter().map(|one| MethodChoice {
            id: one.registration.to_string(),
            method: one.method,
            mask: one.masked.map(|masked| Mask::new(masked.text)),
            asks_phone: one.method.asks_phone(),
        });
        let note = notes.issue.map(|issue| issue_words(issue, self.seen, self.lang, self.now));
        pages::ChoosePage { gates: self.gates(), methods: methods.collect(), note, frame }.render()
    }

    fn error(&self, notes: &Notes, field: &str) -> Option<String> {
        if let Some((name, issue)) = notes.field.filter(|(name, _)| *name == field) {
            return Some(problems::field_words(name, issue, self.lang));
        }
        let of_field = match notes.issue? {
            Issue::PhoneMismatch => field == "phone",
            Issue::WrongAnswer { .. } => field == "code" || field == "answers",
            Issue::SendWait(_) => field == "phone",
            Issue::NotNow
            | Issue::NotOffered
            | Issue::Burnt
            | Issue::CodeExpired
            | Issue::FamilyBlocked { .. }
            | Issue::PasswordRefused
            | Issue::DirectoryPolicy(_)
            | Issue::NotChanged => false,
        };
        notes.issue.filter(|_| of_field).map(|issue| issue_words(issue, self.seen, self.lang, self.now))
    }

    fn challenge(&self, frame: Frame, notes: &Notes) -> Result<String, askama::Error> {
        let State::Challenged { challenge, .. } = &self.seen.row.journey.state else {
            return pages::LapsedPage { frame }.render();
        };
        if challenge.method == Method::Questions {
            return self.questions(frame, challenge, notes);
        }
        let sends = challenge.method.sends();
        let registration = self.seen.facts.as_ref().and_then(|facts| facts.registration(challenge.registration));
        let resend_at = challenge.sent_at.saturating_add(view::RESEND_AFTER).unwrap_or(self.now);
        // Rounded up: the offer must not come before the server honours it.
        let wait = (resend_at.duration_since(self.now).as_millis().max(0) + 999) / 1000;
        let by_mail = challenge.method == Method::Email;
        let head = self
            .seen
            .facts
            .as_ref()
            .filter(|_| by_mail)
            .map(|facts| letters::letterhead(facts, self.lang, self.seen.row.journey.head.id, challenge.sent_at));
        let note = match notes.issue {
            Some(issue @ Issue::SendWait(_)) => Some(issue_words(issue, self.seen, self.lang, self.now)),
            _ => None,
        };
        let page = pages::ChallengePage {
            gates: self.gates(),
            method: challenge.method,
            mask: registration.and_then(|one| one.masked()).map(|masked| Mask::new(masked.text)),
            digits: challenge.digits,
            mark: sends.then(|| challenge.mark.clone()),
            expires_at: sends.then_some(challenge.expires_at),
            tries_left: challenge.tries_left,
            resend_in_s: if sends { u32::try_from(wait).unwrap_or_default() } else { 0 },
            typed: notes.typed.clone(),
            error: self.error(notes, "code"),
            note,
            sender: by_mail.then(|| self.app.mail_from.clone()),
            subject: head.map(|head| head.code_subject()),
            delivery: delivery(notes.delivery.as_deref()),
            frame,
        };
        page.render()
    }

    fn questions(&self, frame: Frame, challenge: &Challenge, notes: &Notes) -> Result<String, askama::Error> {
        let drawn = challenge
            .questions
            .iter()
            .map(|number| pages::Question { id: number.to_string(), text: questions::question(self.lang, *number) });
        let page = pages::QuestionsPage {
            gates: self.gates(),
            questions: drawn.collect(),
            tries_left: challenge.tries_left,
            error: self.error(notes, "answers"),
            frame,
        };
        page.render()
    }

    fn password(&self, frame: Frame, notes: &Notes) -> Result<String, askama::Error> {
        let Some(facts) = &self.seen.facts else {
            return pages::LapsedPage { frame }.render();
        };
        let mut problems: Vec<pages::Problem> = notes.problems.iter().map(shown_problem).collect();
        if let Some(Issue::DirectoryPolicy(cause)) = notes.issue {
            problems.push(directory_problem(cause));
        }
        let page = pages::PasswordPage {
            rules: shown_rules(facts, &notes.problems),
            set_by: facts.tenant.name.clone(),
            problems,
            confirm_differs: notes.confirm_differs,
            frame,
        };
        page.render()
    }

    fn first_notice(&self) -> Option<Mask> {
        self.notices().into_iter().next()
    }

    fn notices(&self) -> Vec<Mask> {
        let facts = self.seen.facts.as_ref().filter(|facts| facts.values().notify_users);
        let addresses = facts.map(letters::addresses_on_file).unwrap_or_default();
        addresses.iter().map(|address| Mask::new(address.masked().text)).collect()
    }

    fn done(&self, frame: Frame) -> Result<String, askama::Error> {
        let aim = match self.seen.row.journey.state {
            State::Closed(Outcome::Unlocked) => DoneAim::Unlock,
            _ => DoneAim::Reset,
        };
        let (at, notices) = (self.now, self.notices());
        pages::DonePage { aim, at, directory: None, also_unlocked: false, notices, sign_in: None, frame }.render()
    }

    fn throttled(&self, mut frame: Frame) -> Result<String, askama::Error> {
        let (journey, facts) = (&self.seen.row.journey, self.seen.facts.as_ref());
        frame.code = Some(readmit_core::code::SsprCode::Throttled);
        let until = view::blocked_until(journey, facts, self.now).unwrap_or(self.now);
        let family = facts.map_or(Family::Account, |facts| {
            let blocks = decision::decide(facts, self.now).blocks;
            let of_account = blocks.iter().find(|block| block.family == Family::Account);
            of_account
                .or_else(|| blocks.iter().max_by_key(|block| block.until))
                .map_or(Family::Account, |one| one.family)
        });
        pages::ThrottledPage { paused: Paused::Family(family), until, others_work: false, frame }.render()
    }
}

fn delivery(state: Option<&str>) -> Delivery {
    match state {
        Some("queued") => Delivery::Sending,
        Some("accepted" | "delivered") => Delivery::Accepted,
        Some("failed" | "expired") => Delivery::Failed,
        _ => Delivery::Silent,
    }
}

/// The sentence for what the person can mend.
#[must_use]
pub fn issue_words(issue: Issue, seen: &Seen, lang: Lang, now: Timestamp) -> String {
    let zone = seen.facts.as_ref().map_or(TimeZone::UTC, |facts| letters::zone(&facts.tenant));
    let until = |text, at| tv(lang, text, &[("until", when::until(lang, at, now, &zone).into())]);
    let plain = |text| t(lang, text).to_owned();
    match issue {
        Issue::NotNow => plain(Text::StaleLead),
        Issue::NotOffered => plain(Text::ChooseNoteNotOffered),
        Issue::PhoneMismatch => tv(lang, Text::PhoneErrorMismatch, &[("example", "+44 7700 900123".into())]),
        Issue::SendWait(at) if at.duration_since(now) <= view::RESEND_AFTER => until(Text::ChallengeWait, at),
        Issue::SendWait(at) => until(Text::ChallengeLimit, at),
        Issue::WrongAnswer { tries_left } => match challenged_method(&seen.row.journey) {
            Some(Method::Questions) => pages::QuestionsPage::wrong(lang, tries_left),
            method => pages::ChallengePage::wrong(lang, method.unwrap_or(Method::Email), tries_left),
        },
        Issue::Burnt => plain(Text::ChooseNoteBurnt),
        Issue::CodeExpired => plain(Text::ChooseNoteExpired),
        Issue::FamilyBlocked { family, until: at } => {
            let name = t(lang, family_name(family));
            let when = when::until(lang, at, now, &zone);
            tv(lang, Text::ChooseNotePaused, &[("family", name.into()), ("until", when.into())])
        }
        Issue::PasswordRefused => tv(lang, Text::PasswordProblems, &[("count", 1.into())]),
        Issue::DirectoryPolicy(cause) => directory_problem(cause).words(lang),
        Issue::NotChanged => plain(Text::Error503Lead),
    }
}

fn challenged_method(journey: &Journey) -> Option<Method> {
    match &journey.state {
        State::Challenged { challenge, .. } => Some(challenge.method),
        State::Choosing { .. }
        | State::Proven { .. }
        | State::Writing { .. }
        | State::Unconfirmed { .. }
        | State::Closed(_) => None,
    }
}

fn family_name(family: Family) -> Text {
    match family {
        Family::Phone => Text::FamilyPhone,
        Family::Email => Text::FamilyEmail,
        Family::App => Text::FamilyApp,
        Family::Questions | Family::Account => Text::FamilyQuestions,
    }
}

fn directory_problem(cause: Cause) -> pages::Problem {
    match cause.id() {
        "onprem-policy-length" => pages::Problem::DirectoryLength,
        "onprem-policy-complexity" => pages::Problem::DirectoryComplexity,
        "onprem-policy-history" => pages::Problem::DirectoryHistory,
        "onprem-policy-age" => pages::Problem::DirectoryAge,
        "onprem-policy-filter" => pages::Problem::DirectoryFilter,
        _ => pages::Problem::DirectoryOther,
    }
}

/// Each problem of a new password as a field of a problem document.
#[must_use]
pub fn password_fields(all: &[PasswordProblem], lang: Lang) -> Vec<FieldProblem> {
    let field = |problem: &PasswordProblem| FieldProblem {
        field: "new_password".to_owned(),
        rule: match problem {
            PasswordProblem::Rule(problem) => problem.rule().name(),
            PasswordProblem::Sign(_) => readmit_passwords::Rule::Characters.name(),
        }
        .to_owned(),
        text: shown_problem(problem).words(lang),
    };
    all.iter().map(field).collect()
}

fn shown_problem(problem: &PasswordProblem) -> pages::Problem {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    match problem {
        PasswordProblem::Sign(_) => pages::Problem::Signs,
        PasswordProblem::Rule(Problem::Empty) => pages::Problem::Empty,
        PasswordProblem::Rule(Problem::TooShort { min, count }) => {
            pages::Problem::TooShort { want: u32::from(*min), have: number(*count) }
        }
        PasswordProblem::Rule(Problem::TooLong { max, count }) => {
            pages::Problem::TooLong { want: u32::from(*max), have: number(*count) }
        }
        PasswordProblem::Rule(Problem::Classes { wanted, found }) => {
            pages::Problem::Classes { want: u32::from(*wanted), have: u32::from(*found) }
        }
        PasswordProblem::Rule(Problem::Name { found, .. }) => pages::Problem::Name { found: found.clone() },
        PasswordProblem::Rule(Problem::SameAsLast) => pages::Problem::Same,
    }
}

/// The rules that will be applied, each as it stands after what was sent.
fn shown_rules(facts: &Facts, problems: &[PasswordProblem]) -> Vec<Rule> {
    let rules = moves::rules(facts);
    let broken = |test: fn(&Problem) -> bool| {
        problems.iter().any(|problem| matches!(problem, PasswordProblem::Rule(rule) if test(rule)))
    };
    let state = |is_broken: bool| match (is_broken, problems.is_empty()) {
        (true, _) => RuleState::Broken,
        (false, true) => RuleState::Open,
        (false, false) => RuleState::Met,
    };
    let short = broken(|one| matches!(one, Problem::TooShort { .. } | Problem::Empty));
    let long = broken(|one| matches!(one, Problem::TooLong { .. }));
    let mut all = vec![
        Rule { kind: RuleKind::MinLength(u32::from(rules.min_length)), state: state(short) },
        Rule { kind: RuleKind::MaxLength(u32::from(rules.max_length)), state: state(long) },
    ];
    if rules.classes > 0 {
        let few = broken(|one| matches!(one, Problem::Classes { .. }));
        all.push(Rule { kind: RuleKind::Classes(u32::from(rules.classes)), state: state(few) });
    }
    let signs = problems.iter().any(|problem| matches!(problem, PasswordProblem::Sign(_)));
    all.push(Rule { kind: RuleKind::NoName, state: state(broken(|one| matches!(one, Problem::Name { .. }))) });
    all.push(Rule { kind: RuleKind::PlainSigns, state: state(signs) });
    if facts.values().refuse_last {
        let same = broken(|one| matches!(one, Problem::SameAsLast));
        let state = if same { RuleState::Broken } else { RuleState::Later };
        all.push(Rule { kind: RuleKind::NotLast(1), state });
    }
    all
}
