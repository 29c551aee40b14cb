//! What goes into a step of a journey, and what comes out of it.

use super::Head;
use super::Journey;
use super::Outcome;
use super::State;
use super::Subject;
use crate::activity::Activity;
use crate::activity::Reason;
use crate::cause::Cause;
use crate::challenge::FreshCode;
use crate::ids::JourneyId;
use crate::ids::OrderId;
use crate::ids::RegistrationId;
use crate::order::Aim;
use crate::order::Candidate;
use crate::order::Receipt;
use crate::order::WriteOrder;
use crate::registration::Family;
use crate::registration::Method;
use crate::secret::CodeDigest;
use crate::secret::OneTimeCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// What a visitor asks for.
pub struct Asked {
    /// Id of the new journey.
    pub id: JourneyId,
    /// Whose.
    pub subject: Subject,
    /// What for.
    pub aim: Aim,
}

/// A move.
#[derive(Clone)]
pub enum Input {
    /// Start this gate.
    Choose {
        /// With which registration.
        registration: RegistrationId,
        /// For phone gates: the number as typed.
        typed_phone: Option<String>,
        /// Code, hash, mark.
        fresh: FreshCode,
    },
    /// Answer the gate in progress.
    Answer(Answer),
    /// Send a new code for the gate in progress.
    Resend(FreshCode),
    /// Leave the gate in progress.
    AnotherWay,
    /// Set the new password.
    NewPassword {
        /// Number of the order.
        order: OrderId,
        /// The password, hashed or sealed.
        candidate: Candidate,
        /// What the rules say.
        verdict: PasswordVerdict,
    },
    /// What came of the order.
    Receipt {
        /// Which order.
        order: OrderId,
        /// What came of it.
        receipt: Receipt,
    },
    /// Ask a person for help; honoured from ten seconds after a message was sent.
    AskHelpdesk,
    /// Stop.
    Cancel,
    /// Nothing: only let the time be looked at.
    Look,
}

/// An answer, as far as it was worked out at the edge.
#[derive(Clone)]
pub enum Answer {
    /// Keyed hash of the typed code, for codes that were sent.
    Code(CodeDigest),
    /// The time step that the typed authenticator code belongs to; `None` when to none.
    App(Option<u64>),
    /// Whether all answers agree with what is on file.
    Questions(bool),
    /// Something that cannot be an answer to this challenge.
    Misfit,
}

/// What the password rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// Fit.
    Accepted,
    /// Against a rule that the person was shown.
    Refused,
    /// On or near a list of banned terms.
    Banned,
}

/// Something the person can mend on the same page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issue {
    /// The move makes no sense now (0107).
    NotNow,
    /// This method is not offered now.
    NotOffered,
    /// The number typed is not the one on file.
    PhoneMismatch,
    /// A message went there a moment ago: from when on another may go, or help be asked for.
    SendWait(Timestamp),
    /// Not the right answer.
    WrongAnswer {
        /// Tries left of this challenge.
        tries_left: u8,
    },
    /// Too many wrong answers to this challenge.
    Burnt,
    /// The code's time ran out.
    CodeExpired,
    /// The family is closed.
    FamilyBlocked {
        /// Which.
        family: Family,
        /// Until when.
        until: Timestamp,
    },
    /// The password is against a rule.
    PasswordRefused,
    /// The directory's policy said no; holds the rule.
    DirectoryPolicy(Cause),
    /// The order was withdrawn: nothing was changed.
    NotChanged,
}

/// What is to be done, by somebody else, after this step is safe.
pub enum Effect {
    /// Send a code by mail or text message.
    Send(Delivery),
    /// Speak a code by phone.
    Call(Delivery),
    /// Count as a send and send nothing: the same limits show, whatever number was typed.
    Pretend(Delivery),
    /// Mark an authenticator's time step as used, in the same transaction.
    ConsumeStep {
        /// Whose app.
        registration: RegistrationId,
        /// Which step.
        step: u64,
    },
    /// Write the password.
    Write(WriteOrder),
    /// Find out what became of an order.
    Reconcile(OrderId),
    /// Tell the person.
    NotifyUser(Notice),
    /// Tell the other Global Administrators.
    NotifyAdmins,
    /// Ask a person to help.
    AskHelpdesk,
}

/// A code on its way.
pub struct Delivery {
    /// To which registration.
    pub registration: RegistrationId,
    /// By which method.
    pub method: Method,
    /// The code.
    pub code: OneTimeCode,
    /// The two letters.
    pub mark: String,
    /// After this it must not be delivered.
    pub expires_at: Timestamp,
}

/// What a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The password was reset.
    PasswordReset,
    /// The account was unlocked.
    Unlocked,
    /// An order that could not be confirmed was not carried out.
    NotApplied,
    /// A family was closed after too many wrong answers.
    Blocked(Family),
}

/// How a judged guess went. Where a step says nothing, nothing was compared and the count is given back too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Right: the attempt is not counted.
    Right,
    /// Wrong: it stays counted.
    Wrong,
}

/// What a move makes.
pub struct Step {
    /// The journey after it.
    pub next: Journey,
    /// What is to be done.
    pub effects: Vec<Effect>,
    /// What the audit says.
    pub activity: Vec<Activity>,
    /// What the person can mend.
    pub issue: Option<Issue>,
    /// How a guess went, if one was judged.
    pub guess: Option<Guess>,
}

impl Step {
    pub(super) fn moved(next: Journey, activity: Activity) -> Self {
        Self { next, effects: Vec::new(), activity: vec![activity], issue: None, guess: None }
    }

    pub(super) fn refused(same: Journey, issue: Issue) -> Self {
        let activity = vec![Activity::setback(Reason::IllegalMove, None)];
        Self { next: same, effects: Vec::new(), activity, issue: Some(issue), guess: None }
    }

    /// The end of a journey.
    pub(super) fn closed(journey: Journey, outcome: Outcome, activity: Activity) -> Self {
        Self::moved(journey.in_state(State::Closed(outcome)), activity)
    }

    /// A journey that ends as it begins.
    pub(super) fn ended(head: Head, outcome: Outcome, activity: Activity) -> Self {
        Self::moved(Journey { head, orders: Vec::new(), state: State::Closed(outcome) }, activity)
    }

    /// Nothing happened, and nothing is to be recorded.
    pub(super) fn still(journey: Journey) -> Self {
        Self { next: journey, effects: Vec::new(), activity: Vec::new(), issue: None, guess: None }
    }

    pub(super) fn with_issue(mut self, issue: Issue) -> Self {
        self.issue = Some(issue);
        self
    }

    pub(super) fn with_guess(mut self, guess: Guess) -> Self {
        self.guess = Some(guess);
        self
    }
}
