//! Moves while an order is out. Neither the clock nor the policy ends these states: only what became of the order.

use super::Effect;
use super::Input;
use super::Issue;
use super::Journey;
use super::Notice;
use super::Outcome;
use super::State;
use super::Step;
use crate::activity::Activity;
use crate::activity::ActivityName;
use crate::activity::ActivityResult;
use crate::activity::Reason;
use crate::code::SsprCode;
use crate::ids::OrderId;
use crate::order::Aim;
use crate::order::Receipt;

/// An order is on its way.
pub(super) fn writing(journey: Journey, order: OrderId, input: &Input) -> Step {
    let Some(receipt) = receipt_of(order, input) else {
        return not_a_receipt(journey, input);
    };
    let passed = journey.passed().to_vec();
    let aim = journey.head.aim;
    match receipt {
        Receipt::Applied => applied(journey, Reason::PasswordReset),
        Receipt::AgainstPolicy(rule) => {
            let activity = written(aim, Reason::RefusedByDirectoryPolicy, Some(SsprCode::RefusedByDirectoryPolicy));
            Step::moved(journey.in_state(State::Proven { passed }), activity).with_issue(Issue::DirectoryPolicy(*rule))
        }
        Receipt::Refused(code) => {
            Step::closed(journey, Outcome::Refused(*code), written(aim, Reason::WriteRefused, Some(*code)))
        }
        Receipt::Withdrawn | Receipt::NotApplied => {
            let activity = written(aim, Reason::WriteWithdrawn, Some(SsprCode::OnPremisesConnectivityError));
            Step::moved(journey.in_state(State::Proven { passed }), activity).with_issue(Issue::NotChanged)
        }
        Receipt::Silent => {
            let activity = written(aim, Reason::OutcomeUnknown, Some(SsprCode::OnPremisesConnectivityError));
            let mut step = Step::moved(journey.in_state(State::Unconfirmed { passed, order }), activity);
            step.effects.push(Effect::Reconcile(order));
            step
        }
    }
}

/// The outcome of an order is being found out.
pub(super) fn unconfirmed(journey: Journey, order: OrderId, input: &Input) -> Step {
    let Some(receipt) = receipt_of(order, input) else {
        return not_a_receipt(journey, input);
    };
    match receipt {
        Receipt::Applied => applied(journey, Reason::OutcomeReconciled),
        Receipt::AgainstPolicy(_) | Receipt::Refused(_) | Receipt::Withdrawn | Receipt::NotApplied => {
            let activity = written(journey.head.aim, Reason::OutcomeReconciled, None);
            let mut step = Step::closed(journey, Outcome::NotApplied, activity);
            step.effects.push(Effect::NotifyUser(Notice::NotApplied));
            step
        }
        Receipt::Silent => Step::refused(journey, Issue::NotNow),
    }
}

fn receipt_of(order: OrderId, input: &Input) -> Option<&Receipt> {
    match input {
        Input::Receipt { order: of, receipt } => (*of == order).then_some(receipt),
        Input::Choose { .. }
        | Input::Answer(_)
        | Input::Resend(_)
        | Input::AnotherWay
        | Input::NewPassword { .. }
        | Input::AskHelpdesk
        | Input::Cancel
        | Input::Look => None,
    }
}

fn not_a_receipt(journey: Journey, input: &Input) -> Step {
    if let Input::Look = input {
        return Step::still(journey);
    }
    Step::refused(journey, Issue::NotNow)
}

fn applied(journey: Journey, reason: Reason) -> Step {
    let (outcome, name, notice, reason) = match journey.head.aim {
        Aim::Reset => (Outcome::Reset, ActivityName::ResetPassword, Notice::PasswordReset, reason),
        Aim::Unlock => (Outcome::Unlocked, ActivityName::UnlockAccount, Notice::Unlocked, Reason::AccountUnlocked),
    };
    let activity = Activity { name, result: ActivityResult::Success, reason, method: None, code: None };
    let mut step = Step::closed(journey, outcome, activity);
    step.effects.push(Effect::NotifyUser(notice));
    step.effects.push(Effect::NotifyAdmins);
    step
}

/// A write that did not work.
fn written(aim: Aim, reason: Reason, code: Option<SsprCode>) -> Activity {
    let name = match aim {
        Aim::Reset => ActivityName::ResetPassword,
        Aim::Unlock => ActivityName::UnlockAccount,
    };
    Activity { name, result: ActivityResult::Failure, reason, method: None, code }
}
