//! One attempt to reset or unlock, as a value: six states, moved only by [`Journey::step`].
//!
//! ```text
//! begin ─► Choosing ─choose─► Challenged ─right─► Choosing (more gates) or Proven (enough)
//!             ▲                   │ wrong: stay, tries − 1
//!             └─ burnt, expired, another way
//! Proven ─new password─► Writing ─applied─► Closed
//!    ▲                      │ directory's policy, withdrawn
//!    └──────────────────────┤
//!                           └─ silent ─► Unconfirmed ─reconciled─► Closed
//! ```

mod exchange;
mod moves;
mod writing;

pub use exchange::Answer;
pub use exchange::Asked;
pub use exchange::Delivery;
pub use exchange::Effect;
pub use exchange::Guess;
pub use exchange::Input;
pub use exchange::Issue;
pub use exchange::Notice;
pub use exchange::PasswordVerdict;
pub use exchange::Step;

use crate::activity::Activity;
use crate::activity::ActivityName;
use crate::activity::ActivityResult;
use crate::activity::Reason;
use crate::cause::Cause;
use crate::challenge::Challenge;
use crate::challenge::Gate;
use crate::code::SsprCode;
use crate::decision;
use crate::decision::CheckId;
use crate::decision::Decision;
use crate::decision::Facts;
use crate::ids::AccountId;
use crate::ids::JourneyId;
use crate::ids::OrderId;
use crate::ids::PolicyVersion;
use crate::ids::RegistrationId;
use crate::order::Aim;
use crate::policy::Disclosure;
use crate::registration::Family;
use crate::throttle::Limits;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde::de::Error as _;

/// One attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journey {
    /// What never changes.
    pub head: Head,
    /// Numbers of the orders given so far: none is given twice, whatever became of it.
    pub orders: Vec<OrderId>,
    /// Where it stands.
    pub state: State,
}

/// Whose journey it is. Fixed at the start: no later input can name an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An account.
    Account(AccountId),
    /// Nobody: the same pages, and nothing comes of it.
    Decoy,
}

/// What never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Its id, and its public support code.
    pub id: JourneyId,
    /// Whose.
    pub subject: Subject,
    /// What for.
    pub aim: Aim,
    /// The policy at the start; the stricter of this one and today's wins.
    pub policy: Option<PolicyVersion>,
    /// Gates asked at the start.
    pub gates: u8,
    /// What its visitor may learn: the more discreet of this and today's policy wins.
    pub disclosure: Disclosure,
    /// Start.
    pub started_at: Timestamp,
    /// Nothing but a running write goes on after this.
    pub deadline: Timestamp,
}

/// Where a journey stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The next gate is to be chosen.
    Choosing {
        /// Gates passed so far.
        passed: Vec<Gate>,
    },
    /// A gate is in progress.
    Challenged {
        /// Gates passed so far.
        passed: Vec<Gate>,
        /// The gate.
        challenge: Challenge,
    },
    /// Enough gates: the new password may be set.
    Proven {
        /// Gates passed.
        passed: Vec<Gate>,
    },
    /// An order is on its way.
    Writing {
        /// Gates passed.
        passed: Vec<Gate>,
        /// The order.
        order: OrderId,
    },
    /// An order was granted, and nothing was heard.
    Unconfirmed {
        /// Gates passed.
        passed: Vec<Gate>,
        /// The order.
        order: OrderId,
    },
    /// The end.
    Closed(Outcome),
}

/// How a journey ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The new password is in force.
    Reset,
    /// The account is unlocked.
    Unlocked,
    /// Reconciled: nothing was written.
    NotApplied,
    /// Refused with a public code.
    Refused(SsprCode),
    /// The account could not be verified; no code.
    NotVerified,
    /// Too many attempts.
    Throttled {
        /// When it may be tried again.
        until: Timestamp,
    },
    /// The time ran out.
    Lapsed,
    /// The person stopped.
    Cancelled,
}

/// Starts a journey. Refusals are journeys too: closed at once, with their code and their trace in the audit.
///
/// Facts of another account than the subject's are refused as an account that cannot be verified.
#[must_use]
pub fn begin(asked: &Asked, facts: &Facts, now: Timestamp) -> Step {
    let decision = decision::decide(facts, now);
    let life = SignedDuration::from_secs(i64::from(facts.values().journey_life_s));
    let head = Head {
        id: asked.id,
        subject: asked.subject,
        aim: aim(asked, facts),
        policy: decision.policy_version,
        gates: decision.gates_required,
        disclosure: facts.values().disclosure,
        started_at: now,
        deadline: now.saturating_add(life).unwrap_or(Timestamp::MAX),
    };
    if !head.concerns(facts) {
        return Step::ended(head, Outcome::NotVerified, Activity::setback(Reason::AccountNotVerified, None));
    }
    let Some((check, cause)) = decision.first_failure() else {
        let next = Journey { head, orders: Vec::new(), state: State::Choosing { passed: Vec::new() } };
        return Step::moved(next, Activity::progress(Reason::JourneyStarted, None));
    };
    let outcome = refusal(check, &decision, now);
    let activity = refusal_activity((check, cause), outcome, Reason::JourneyRefused);
    if outcome == Outcome::NotVerified {
        // Nothing of the head may tell an account that is not served from none at all.
        return Step::ended(unknown_head(asked, asked.subject, now), outcome, activity);
    }
    Step::ended(head, outcome, activity)
}

/// A journey for a user ID that names no account, where no decoy is wanted.
#[must_use]
pub fn unknown(asked: &Asked, now: Timestamp) -> Step {
    let head = unknown_head(asked, Subject::Decoy, now);
    Step::ended(head, Outcome::NotVerified, Activity::setback(Reason::AccountNotVerified, None))
}

fn unknown_head(asked: &Asked, subject: Subject, now: Timestamp) -> Head {
    Head {
        id: asked.id,
        subject,
        aim: asked.aim,
        policy: None,
        gates: 0,
        disclosure: Disclosure::Helpful,
        started_at: now,
        deadline: now,
    }
}

/// Where an account cannot be unlocked without a new password, the journey offers the reset instead.
fn aim(asked: &Asked, facts: &Facts) -> Aim {
    match asked.aim {
        Aim::Unlock if facts.may_unlock() => Aim::Unlock,
        Aim::Unlock | Aim::Reset => Aim::Reset,
    }
}

fn refusal(check: CheckId, decision: &Decision, now: Timestamp) -> Outcome {
    match decision::public_code(check) {
        None => Outcome::NotVerified,
        Some(SsprCode::Throttled) => Outcome::Throttled { until: decision.blocked_until().unwrap_or(now) },
        Some(code) => Outcome::Refused(code),
    }
}

fn refusal_activity((check, cause): (CheckId, Cause), outcome: Outcome, reason: Reason) -> Activity {
    let (name, reason) = match check {
        CheckId::E1 => (ActivityName::FlowProgress, Reason::AccountNotVerified),
        CheckId::E2 => (ActivityName::Blocked, throttled_by(cause)),
        CheckId::E3 | CheckId::E4 | CheckId::E5 | CheckId::E6 | CheckId::E7 | CheckId::E8 | CheckId::E9 => {
            (ActivityName::FlowProgress, reason)
        }
    };
    let code = match outcome {
        Outcome::Refused(code) => Some(code),
        Outcome::Throttled { .. } => Some(SsprCode::Throttled),
        Outcome::Reset
        | Outcome::Unlocked
        | Outcome::NotApplied
        | Outcome::NotVerified
        | Outcome::Lapsed
        | Outcome::Cancelled => None,
    };
    let result = if name == ActivityName::Blocked { ActivityResult::Success } else { ActivityResult::Failure };
    Activity { name, result, reason, method: None, code }
}

fn throttled_by(cause: Cause) -> Reason {
    let family = Family::ALL.into_iter().find(|family| decision::throttled(*family) == cause);
    family.map_or(Reason::TooManyJourneys, moves::too_many)
}

impl Head {
    /// Whether these are the facts of the subject. A decoy's are nobody's.
    fn concerns(&self, facts: &Facts) -> bool {
        match self.subject {
            Subject::Account(account) => account == facts.account.id,
            Subject::Decoy => true,
        }
    }
}

impl Journey {
    /// One move. Total: a move that makes no sense returns the same state and [`Issue::NotNow`].
    #[must_use]
    pub fn step(self, input: Input, facts: &Facts, now: Timestamp) -> Step {
        if let Input::AskHelpdesk = input {
            return self.ask_helpdesk(now);
        }
        match &self.state {
            State::Closed(_) => Step::refused(self, Issue::NotNow),
            State::Writing { order, .. } => {
                let order = *order;
                writing::writing(self, order, &input)
            }
            State::Unconfirmed { order, .. } => {
                let order = *order;
                writing::unconfirmed(self, order, &input)
            }
            State::Choosing { .. } | State::Challenged { .. } | State::Proven { .. } => {
                self.step_under_way(input, facts, now)
            }
        }
    }

    /// Time and policy are looked at before every move: the restriction of today counts, not that of the start.
    fn step_under_way(self, input: Input, facts: &Facts, now: Timestamp) -> Step {
        if !self.head.concerns(facts) {
            return Step::refused(self, Issue::NotNow);
        }
        if now >= self.head.deadline {
            return Step::closed(self, Outcome::Lapsed, Activity::setback(Reason::Lapsed, None));
        }
        let decision = decision::decide(facts, now);
        if let Some((check, cause)) = decision.first_failure_under_way() {
            let outcome = refusal(check, &decision, now);
            let activity = refusal_activity((check, cause), outcome, Reason::NoLongerAllowed);
            return Step::closed(self, outcome, activity);
        }
        if let Some(until) = self.blocked_since(facts, &decision) {
            let outcome = Outcome::Throttled { until };
            let activity = refusal_activity((CheckId::E2, Cause::ThrottledAccount), outcome, Reason::NoLongerAllowed);
            return Step::closed(self, outcome, activity);
        }
        if let Input::Cancel = input {
            return Step::closed(self, Outcome::Cancelled, Activity::progress(Reason::Cancelled, None));
        }
        moves::under_way(self, input, facts, &decision, now)
    }

    /// The end of a block of the whole account that other journeys completed after this one began.
    /// The journey whose own beginning was the last one counted goes on.
    fn blocked_since(&self, facts: &Facts, decision: &Decision) -> Option<Timestamp> {
        let block = decision.blocks.iter().find(|block| block.family == Family::Account)?;
        let completed_at = block.until.checked_sub(Limits::of(&facts.values()).block).ok()?;
        (completed_at > self.head.started_at).then_some(block.until)
    }

    /// A message needs a moment to arrive: until then there is nothing to ask for.
    fn ask_helpdesk(self, now: Timestamp) -> Step {
        let (method, from) = match &self.state {
            State::Challenged { challenge, .. } => (Some(challenge.method), challenge.help_from()),
            State::Choosing { .. }
            | State::Proven { .. }
            | State::Writing { .. }
            | State::Unconfirmed { .. }
            | State::Closed(_) => (None, None),
        };
        if let Some(from) = from.filter(|from| now < *from) {
            let activity = Activity::setback(Reason::ContactedAdministrator, method);
            return Step::moved(self, activity).with_issue(Issue::SendWait(from));
        }
        let mut step = Step::moved(self, Activity::progress(Reason::ContactedAdministrator, method));
        step.effects.push(Effect::AskHelpdesk);
        step
    }

    /// Which counter a move would burn. The caller counts it, committed, before it asks for the step.
    #[must_use]
    pub fn counts(&self, input: &Input, facts: &Facts) -> Option<(Family, RegistrationId)> {
        match (&self.state, input) {
            (State::Challenged { challenge, .. }, Input::Answer(_)) => {
                Some((challenge.method.family(), challenge.registration))
            }
            (State::Choosing { .. }, Input::Choose { registration, .. }) => {
                let method = facts.registration(*registration)?.method;
                method.asks_phone().then_some((Family::Phone, *registration))
            }
            _ => None,
        }
    }

    /// Gates passed so far.
    #[must_use]
    pub fn passed(&self) -> &[Gate] {
        match &self.state {
            State::Choosing { passed }
            | State::Challenged { passed, .. }
            | State::Proven { passed }
            | State::Writing { passed, .. }
            | State::Unconfirmed { passed, .. } => passed,
            State::Closed(_) => &[],
        }
    }

    /// Gates that are asked now: the stricter of the start's policy and today's.
    #[must_use]
    pub fn gates_required(&self, facts: &Facts) -> u8 {
        self.head.gates.max(facts.gates_required())
    }

    /// What its visitor may learn now.
    #[must_use]
    pub fn disclosure(&self, facts: &Facts) -> Disclosure {
        match (self.head.disclosure, facts.values().disclosure) {
            (Disclosure::Helpful, Disclosure::Helpful) => Disclosure::Helpful,
            (Disclosure::Uniform, _) | (_, Disclosure::Uniform) => Disclosure::Uniform,
        }
    }

    /// The end, if it is reached; a deadline that has passed is one.
    #[must_use]
    pub fn outcome(&self, now: Timestamp) -> Option<Outcome> {
        match &self.state {
            State::Closed(outcome) => Some(*outcome),
            State::Choosing { .. } | State::Challenged { .. } | State::Proven { .. } => {
                (now >= self.head.deadline).then_some(Outcome::Lapsed)
            }
            State::Writing { .. } | State::Unconfirmed { .. } => None,
        }
    }

    /// The stored form: one JSON document with a version.
    ///
    /// # Errors
    /// Never for a journey made by this crate; the error is the serializer's.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Stored { v: STORED_VERSION, journey: self })
    }

    /// Reads the stored form of every released version.
    ///
    /// # Errors
    /// Text that no released version wrote.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let stored: Stored<Self> = serde_json::from_str(text)?;
        if stored.v != STORED_VERSION {
            return Err(serde_json::Error::custom(format_args!("a journey of version {} is not known", stored.v)));
        }
        Ok(stored.journey)
    }

    /// The same journey in another state.
    fn in_state(self, state: State) -> Self {
        Self { state, ..self }
    }
}

const STORED_VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<J> {
    v: u8,
    journey: J,
}
