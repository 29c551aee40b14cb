//! What both doors show of a journey: the JSON of it, and the choice of page.

use super::letters;
use super::moves;
use super::subject::Seen;
use crate::app::Parts;
use crate::text::Lang;
use crate::text::questions;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::challenge::Challenge;
use readmit_core::code::SsprCode;
use readmit_core::decision;
use readmit_core::decision::Facts;
use readmit_core::journey::Journey;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::methods;
use readmit_core::methods::Assessed;
use readmit_core::order::Aim;
use readmit_core::registration::Method;
use serde::Serialize;

/// After a send, this long until “try again” is honoured.
pub const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// Which page a journey is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// The next gate is chosen.
    Choose,
    /// A gate is answered.
    Challenge,
    /// The new password is set.
    Password,
    /// The write is under way.
    Writing,
    /// The outcome of a write is being found out.
    Unconfirmed,
    /// It worked.
    Done,
    /// A public code.
    Refused,
    /// The account could not be verified.
    CouldNotVerify,
    /// Too many attempts.
    Throttled,
    /// The time ran out.
    Lapsed,
    /// The person stopped, or nothing was changed.
    Cancelled,
}

/// The JSON of a journey.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    journey: String,
    support_code: String,
    step: i64,
    page: PageKind,
    aim: Aim,
    expires_at: Timestamp,
    gates: GatesView,
    methods: Vec<MethodView>,
    challenge: Option<ChallengeView>,
    questions: Option<Vec<QuestionView>>,
    rules: Option<Vec<RuleView>>,
    outcome: Option<&'static str>,
    code: Option<&'static str>,
    blocked_until: Option<Timestamp>,
}

/// Gates asked and passed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct GatesView {
    /// Asked.
    pub required: u8,
    /// Passed.
    pub passed: usize,
}

/// One way to prove.
#[derive(Clone, Debug, Serialize)]
pub struct MethodView {
    /// For `method_id`.
    pub id: String,
    /// Its kind.
    pub method: Method,
    /// As pages show it.
    pub masked: Option<String>,
    /// Whether the full number is asked first.
    pub asks_phone: bool,
}

#[derive(Clone, Debug, Serialize)]
struct ChallengeView {
    method: Method,
    masked: Option<String>,
    digits: u8,
    mark: Option<String>,
    expires_at: Timestamp,
    tries_left: u8,
    resend_at: Option<Timestamp>,
    sender: Option<String>,
    subject: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct QuestionView {
    id: String,
    text: String,
}

/// One rule that the new password will meet.
#[derive(Clone, Debug, Serialize)]
pub struct RuleView {
    /// Which one.
    pub rule: &'static str,
    /// Its number, where it has one.
    pub value: Option<u16>,
    /// Who judges it.
    pub enforced_by: &'static str,
}

/// What can be chosen now.
#[must_use]
pub fn offered(journey: &Journey, facts: &Facts, now: Timestamp) -> Vec<Assessed> {
    let decision = decision::decide(facts, now);
    methods::offered(facts, &decision.methods, journey.passed()).into_iter().cloned().collect()
}

/// Which page a journey is on at this moment.
#[must_use]
pub fn page(journey: &Journey, facts: Option<&Facts>, now: Timestamp) -> PageKind {
    if let Some(outcome) = journey.outcome(now) {
        return match outcome {
            Outcome::Reset | Outcome::Unlocked => PageKind::Done,
            Outcome::Refused(_) => PageKind::Refused,
            Outcome::NotVerified => PageKind::CouldNotVerify,
            Outcome::Throttled { .. } => PageKind::Throttled,
            Outcome::Lapsed => PageKind::Lapsed,
            Outcome::Cancelled | Outcome::NotApplied => PageKind::Cancelled,
        };
    }
    match &journey.state {
        State::Choosing { .. } => match facts {
            Some(facts) if offered(journey, facts, now).is_empty() => PageKind::Throttled,
            Some(_) | None => PageKind::Choose,
        },
        State::Challenged { .. } => PageKind::Challenge,
        State::Proven { .. } => PageKind::Password,
        State::Writing { .. } => PageKind::Writing,
        State::Unconfirmed { .. } => PageKind::Unconfirmed,
        State::Closed(_) => PageKind::Lapsed,
    }
}

/// The public code of a journey's end.
#[must_use]
pub fn code(journey: &Journey, now: Timestamp) -> Option<SsprCode> {
    match journey.outcome(now)? {
        Outcome::Refused(code) => Some(code),
        Outcome::Throttled { .. } => Some(SsprCode::Throttled),
        Outcome::Lapsed => Some(SsprCode::Lapsed),
        Outcome::NotApplied => Some(SsprCode::OnPremisesConnectivityError),
        Outcome::Reset | Outcome::Unlocked | Outcome::NotVerified | Outcome::Cancelled => None,
    }
}

/// When a throttled person may come back.
#[must_use]
pub fn blocked_until(journey: &Journey, facts: Option<&Facts>, now: Timestamp) -> Option<Timestamp> {
    if let Some(Outcome::Throttled { until }) = journey.outcome(now) {
        return Some(until);
    }
    let facts = facts?;
    matches!(page(journey, Some(facts), now), PageKind::Throttled)
        .then(|| decision::decide(facts, now).blocked_until())
        .flatten()
}

/// The JSON of a journey as it stands.
#[must_use]
pub fn view(app: &Parts, seen: &Seen, lang: Lang, now: Timestamp) -> View {
    let (journey, facts) = (&seen.row.journey, seen.facts.as_ref());
    let page = page(journey, facts, now);
    let challenge = match (&journey.state, page) {
        (State::Challenged { challenge, .. }, PageKind::Challenge) => Some(challenge),
        _ => None,
    };
    View {
        journey: journey.head.id.to_string(),
        support_code: journey.head.id.to_string(),
        step: seen.row.version,
        page,
        aim: journey.head.aim,
        expires_at: journey.head.deadline,
        gates: GatesView {
            // Of an account that could not be verified not even this is told.
            required: facts
                .filter(|_| page != PageKind::CouldNotVerify)
                .map_or(journey.head.gates, |facts| journey.gates_required(facts)),
            passed: journey.passed().len(),
        },
        methods: facts
            .filter(|_| page == PageKind::Choose)
            .map_or_else(Vec::new, |facts| method_views(journey, facts, now)),
        challenge: challenge.map(|challenge| challenge_view(app, seen, challenge, lang)),
        questions: challenge.filter(|one| one.method == Method::Questions).map(|one| question_views(one, lang)),
        rules: facts.filter(|_| page == PageKind::Password).map(rule_views),
        outcome: journey.outcome(now).map(outcome_name),
        code: code(journey, now).map(SsprCode::code),
        blocked_until: blocked_until(journey, facts, now),
    }
}

fn method_views(journey: &Journey, facts: &Facts, now: Timestamp) -> Vec<MethodView> {
    let offered = offered(journey, facts, now).into_iter();
    offered
        .map(|one| MethodView {
            id: one.registration.to_string(),
            method: one.method,
            masked: one.masked.map(|masked| masked.text),
            asks_phone: one.method.asks_phone(),
        })
        .collect()
}

fn challenge_view(app: &Parts, seen: &Seen, challenge: &Challenge, lang: Lang) -> ChallengeView {
    let facts = seen.facts.as_ref();
    let registration = facts.and_then(|facts| facts.registration(challenge.registration));
    let by_mail = challenge.method == Method::Email;
    let sends = challenge.method.sends();
    let subject = facts
        .filter(|_| by_mail)
        .map(|facts| letters::letterhead(facts, lang, seen.row.journey.head.id, challenge.sent_at).code_subject());
    ChallengeView {
        method: challenge.method,
        masked: registration.and_then(|one| one.masked()).map(|masked| masked.text),
        digits: challenge.digits,
        mark: sends.then(|| challenge.mark.clone()),
        expires_at: challenge.expires_at,
        tries_left: challenge.tries_left,
        resend_at: sends.then(|| challenge.sent_at.saturating_add(RESEND_AFTER).unwrap_or(Timestamp::MAX)),
        sender: by_mail.then(|| app.mail_from.clone()),
        subject,
    }
}

fn question_views(challenge: &Challenge, lang: Lang) -> Vec<QuestionView> {
    let numbers = challenge.questions.iter();
    numbers.map(|number| QuestionView { id: number.to_string(), text: questions::question(lang, *number) }).collect()
}

/// The rules that will be applied, in the order of the page.
#[must_use]
pub fn rule_views(facts: &Facts) -> Vec<RuleView> {
    let rules = moves::rules(facts);
    let ours = |rule, value| RuleView { rule, value, enforced_by: "readmit" };
    let mut views = vec![ours("min_length", Some(rules.min_length)), ours("max_length", Some(rules.max_length))];
    if rules.classes > 0 {
        views.push(ours("classes", Some(u16::from(rules.classes))));
    }
    views.push(ours("name", None));
    if facts.values().refuse_last {
        views.push(ours("same_as_last", None));
    }
    views.push(ours("characters", None));
    views
}

pub(crate) fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Reset => "reset",
        Outcome::Unlocked => "unlocked",
        Outcome::NotApplied => "not_applied",
        Outcome::Refused(_) => "refused",
        Outcome::NotVerified => "not_verified",
        Outcome::Throttled { .. } => "throttled",
        Outcome::Lapsed => "lapsed",
        Outcome::Cancelled => "cancelled",
    }
}
