//! Moves before a write: choosing a gate, answering it, handing in a password.

use super::Answer;
use super::Delivery;
use super::Effect;
use super::Guess;
use super::Input;
use super::Issue;
use super::Journey;
use super::Notice;
use super::PasswordVerdict;
use super::State;
use super::Step;
use super::Subject;
use crate::activity::Activity;
use crate::activity::ActivityName;
use crate::activity::ActivityResult;
use crate::activity::Reason;
use crate::challenge::Challenge;
use crate::challenge::FreshCode;
use crate::challenge::Gate;
use crate::challenge::TRIES;
use crate::code::SsprCode;
use crate::decision::Decision;
use crate::decision::Facts;
use crate::ids::OrderId;
use crate::ids::RegistrationId;
use crate::methods;
use crate::order::Aim;
use crate::order::Candidate;
use crate::order::WriteOrder;
use crate::policy::Disclosure;
use crate::preset::Preset;
use crate::proof::Demand;
use crate::proof::Proof;
use crate::proof::Questions;
use crate::registration::Contact;
use crate::registration::Family;
use crate::registration::Method;
use crate::registration::Registration;
use crate::throttle;
use crate::throttle::Block;
use crate::throttle::Limits;
use jiff::SignedDuration;
use jiff::Timestamp;

/// Every move of a journey that is neither closed nor being written.
pub(super) fn under_way(journey: Journey, input: Input, facts: &Facts, decision: &Decision, now: Timestamp) -> Step {
    let at = Now { facts, decision, now };
    match (&journey.state, input) {
        (State::Choosing { .. }, Input::Choose { registration, typed_phone, fresh }) => {
            let offered = methods::offered(facts, &decision.methods, journey.passed());
            match facts
                .registration(registration)
                .filter(|_| offered.iter().any(|one| one.registration == registration))
            {
                Some(chosen) => at.choose(journey, chosen, typed_phone.as_deref(), fresh),
                None => at.not_offered(journey, registration),
            }
        }
        (State::Challenged { .. }, Input::Answer(answer)) => at.answer(journey, &answer),
        (State::Challenged { .. }, Input::Resend(fresh)) => at.resend(journey, fresh),
        (State::Challenged { .. }, Input::AnotherWay) => {
            let activity = Activity::progress(Reason::AnotherWayChosen, None);
            Step::moved(back_to_choosing(journey), activity)
        }
        (State::Proven { .. }, Input::NewPassword { order, candidate, verdict }) => match verdict {
            PasswordVerdict::Accepted => at.write(journey, order, candidate),
            PasswordVerdict::Refused | PasswordVerdict::Banned => password_refused(journey, verdict),
        },
        (_, Input::Look) => Step::still(journey),
        _ => Step::refused(journey, Issue::NotNow),
    }
}

struct Now<'a> {
    facts: &'a Facts,
    decision: &'a Decision,
    now: Timestamp,
}

impl Now<'_> {
    fn not_offered(&self, journey: Journey, registration: RegistrationId) -> Step {
        let assessed = self.decision.methods.iter().find(|one| one.registration == registration);
        let block = assessed.filter(|one| one.fit()).and_then(|one| one.blocked);
        let issue = block.map_or(Issue::NotOffered, family_blocked);
        let activity = Activity::setback(Reason::MethodNotOffered, assessed.map(|one| one.method));
        Step::moved(journey, activity).with_issue(issue)
    }

    fn choose(&self, journey: Journey, chosen: &Registration, typed: Option<&str>, fresh: FreshCode) -> Step {
        let method = chosen.method;
        if !method.asks_phone() {
            return self.start(journey, chosen, fresh);
        }
        if numbers_agree(chosen, typed) {
            return self.start(journey, chosen, fresh).with_guess(Guess::Right);
        }
        let mismatch = Activity::setback(Reason::PhoneNumberMismatch, Some(method));
        let step = match journey.disclosure(self.facts) {
            Disclosure::Helpful => Step::moved(journey, mismatch).with_issue(Issue::PhoneMismatch),
            Disclosure::Uniform => {
                let mut step = unmatchable(self.start(journey, chosen, fresh));
                step.activity.push(mismatch);
                step
            }
        };
        self.close_family_if_full(step.with_guess(Guess::Wrong), Family::Phone)
    }

    fn start(&self, journey: Journey, chosen: &Registration, fresh: FreshCode) -> Step {
        if let Some(until) = self.send_wait(chosen) {
            let activity = Activity::setback(Reason::SendRefused, Some(chosen.method));
            return Step::moved(journey, activity).with_issue(Issue::SendWait(until));
        }
        self.challenge(journey, chosen, fresh, TRIES, Reason::StartedGate)
    }

    fn send_wait(&self, to: &Registration) -> Option<Timestamp> {
        if !to.method.sends() {
            return None;
        }
        let sent: Vec<Timestamp> =
            self.facts.sends.iter().filter(|(registration, _)| *registration == to.id).map(|(_, at)| *at).collect();
        let as_reference = self.facts.policy.as_ref().is_some_and(|policy| policy.preset == Preset::Entra);
        if as_reference && to.method == Method::Email {
            throttle::next_mail_of_reference(&sent, self.now)
        } else {
            throttle::next_send(&sent, self.now)
        }
    }

    fn challenge(&self, journey: Journey, to: &Registration, fresh: FreshCode, tries: u8, reason: Reason) -> Step {
        let values = self.facts.values();
        let Some(root) = to.trust_root() else {
            return self.not_offered(journey, to.id);
        };
        let gates = journey.gates_required(self.facts);
        let life = SignedDuration::from_secs(i64::from(values.code_life_s));
        // Only a code that travels has a life of its own; the others end with the journey.
        let expires_at = if to.method.sends() {
            self.now.saturating_add(life).unwrap_or(journey.head.deadline).min(journey.head.deadline)
        } else {
            journey.head.deadline
        };
        let digits = if to.method.sends() {
            self.facts.policy.as_ref().map_or(values.code_digits, |policy| policy.digits(gates))
        } else {
            6
        };
        let challenge = Challenge {
            registration: to.id,
            method: to.method,
            root,
            digest: to.method.sends().then_some(fresh.digest),
            mark: fresh.mark.clone(),
            digits,
            sent_at: self.now,
            expires_at,
            tries_left: tries,
            questions: if to.method == Method::Questions { fresh.questions } else { Vec::new() },
        };
        let passed = self.standing(journey.passed());
        let mut step = Step::moved(
            journey.in_state(State::Challenged { passed, challenge }),
            Activity::progress(reason, Some(to.method)),
        );
        let delivery =
            Delivery { registration: to.id, method: to.method, code: fresh.code, mark: fresh.mark, expires_at };
        match to.method {
            Method::Email | Method::Sms => step.effects.push(Effect::Send(delivery)),
            Method::VoiceMobile | Method::VoiceOffice => step.effects.push(Effect::Call(delivery)),
            Method::AppCode | Method::Questions => {}
        }
        step
    }

    /// Sends a new code and kills the old one. A new code resets no count.
    fn resend(&self, journey: Journey, fresh: FreshCode) -> Step {
        let State::Challenged { challenge, .. } = &journey.state else {
            return Step::refused(journey, Issue::NotNow);
        };
        let method = challenge.method;
        let Some(to) = self.under_challenge(challenge).filter(|to| to.method.sends()) else {
            return self.not_offered_any_more(journey);
        };
        // Where nothing was sent, the wait is the same.
        let gap = challenge.help_from().filter(|from| self.now < *from);
        let refused = self.send_wait(to).max(gap).map(Issue::SendWait);
        if let Some(issue) = self.block(method.family()).map(family_blocked).or(refused) {
            return Step::moved(journey, Activity::setback(Reason::SendRefused, Some(method))).with_issue(issue);
        }
        let (tries, matchable) = (challenge.tries_left, challenge.digest.is_some());
        let step = self.challenge(journey, to, fresh, tries, Reason::NewCodeSent);
        if matchable { step } else { unmatchable(step) }
    }

    /// What the gate in progress is about, if it still stands: a code that went to a contact which was changed since
    /// proves nothing.
    fn under_challenge(&self, challenge: &Challenge) -> Option<&Registration> {
        let (id, method, root) = (challenge.registration, challenge.method, &challenge.root);
        let stands = methods::stands(&self.decision.methods, id, method, root);
        self.facts.registration(id).filter(|_| stands)
    }

    /// The passed gates that still stand.
    fn standing(&self, passed: &[Gate]) -> Vec<Gate> {
        let stands = |gate: &Gate| methods::stands(&self.decision.methods, gate.registration, gate.method, &gate.root);
        passed.iter().filter(|gate| stands(gate)).cloned().collect()
    }

    /// What this journey must prove: the stricter of the start's policy and today's.
    fn demand(&self, journey: &Journey) -> Demand {
        let alone = self.facts.policy.as_ref().is_some_and(|policy| policy.questions_stand_alone());
        let questions = if alone { Questions::StandAlone } else { Questions::OnlySecond };
        Demand { gates: journey.gates_required(self.facts), questions }
    }

    fn not_offered_any_more(&self, journey: Journey) -> Step {
        let activity = Activity::setback(Reason::MethodNotOffered, None);
        Step::moved(back_to_choosing(journey), activity).with_issue(Issue::NotOffered)
    }

    fn answer(&self, journey: Journey, answer: &Answer) -> Step {
        let State::Challenged { challenge, .. } = &journey.state else {
            return Step::refused(journey, Issue::NotNow);
        };
        let method = challenge.method;
        let Some(registration) = self.under_challenge(challenge) else {
            return self.not_offered_any_more(journey);
        };
        if let Some(block) = self.block(method.family()) {
            let activity = Activity::setback(too_many(block.family), Some(method));
            return Step::moved(back_to_choosing(journey), activity).with_issue(family_blocked(block));
        }
        if self.now >= challenge.expires_at {
            let activity = Activity::setback(Reason::CodeExpired, Some(method));
            return Step::moved(back_to_choosing(journey), activity).with_issue(Issue::CodeExpired);
        }
        let right = match journey.head.subject {
            Subject::Account(_) => right(challenge, registration, answer),
            Subject::Decoy => None,
        };
        match right {
            Some(used_step) => self.pass(journey, used_step),
            None => self.wrong(journey, method),
        }
    }

    fn pass(&self, journey: Journey, used_step: Option<u64>) -> Step {
        let State::Challenged { passed, challenge } = &journey.state else {
            return Step::refused(journey, Issue::NotNow);
        };
        let (registration, method) = (challenge.registration, challenge.method);
        let gate = Gate { registration, method, root: challenge.root.clone(), at: self.now };
        let mut passed = self.standing(passed);
        passed.push(gate);
        let enough = self.demand(&journey).met_by(&passed);
        let state = if enough { State::Proven { passed } } else { State::Choosing { passed } };
        let mut step = Step::moved(journey.in_state(state), Activity::progress(Reason::CompletedGate, Some(method)));
        step.effects.extend(used_step.map(|step| Effect::ConsumeStep { registration, step }));
        step.with_guess(Guess::Right)
    }

    fn wrong(&self, mut journey: Journey, method: Method) -> Step {
        let activity = Activity::setback(Reason::WrongAnswer, Some(method));
        let State::Challenged { challenge, .. } = &mut journey.state else {
            return Step::refused(journey, Issue::NotNow);
        };
        challenge.tries_left = challenge.tries_left.saturating_sub(1);
        let tries_left = challenge.tries_left;
        let step = if tries_left == 0 {
            // SP 800-63B-4 §3.1.3.2: a burnt code is never accepted again.
            let mut step = Step::moved(back_to_choosing(journey), activity).with_issue(Issue::Burnt);
            step.activity.push(Activity::setback(Reason::ChallengeBurnt, Some(method)));
            step
        } else {
            Step::moved(journey, activity).with_issue(Issue::WrongAnswer { tries_left })
        };
        self.close_family_if_full(step.with_guess(Guess::Wrong), method.family())
    }

    /// A block that was in force before this move: nothing is compared under it.
    fn block(&self, family: Family) -> Option<Block> {
        self.decision.blocks.iter().find(|block| block.family == family).copied()
    }

    /// The attempt just judged, which the facts do not hold yet, may have been the last one of its family.
    fn close_family_if_full(&self, mut step: Step, family: Family) -> Step {
        let mut attempts = self.facts.attempts.clone();
        attempts.0.push((family, self.now));
        let Some(block) = attempts.block(family, Limits::of(&self.facts.values()), self.now) else {
            return step;
        };
        step.next = back_to_choosing(step.next);
        step.issue = Some(family_blocked(block));
        step.activity.push(Activity {
            name: ActivityName::Blocked,
            result: ActivityResult::Success,
            reason: too_many(family),
            method: None,
            code: Some(SsprCode::Throttled),
        });
        step.effects.push(Effect::NotifyUser(Notice::Blocked(family)));
        step
    }

    /// The proof is recomputed at the moment of writing, over gates that still stand.
    fn write(&self, mut journey: Journey, order: OrderId, candidate: Candidate) -> Step {
        let Subject::Account(account) = journey.head.subject else {
            return Step::refused(journey, Issue::NotNow);
        };
        let aim = journey.head.aim;
        if journey.orders.contains(&order) || !fits(aim, &candidate) {
            return Step::refused(journey, Issue::NotNow);
        }
        let refused = Activity::setback(Reason::NoLongerAllowed, None);
        if aim == Aim::Unlock && !self.facts.may_unlock() {
            return Step::moved(journey, refused).with_issue(Issue::NotOffered);
        }
        let passed = self.standing(journey.passed());
        let demand = self.demand(&journey);
        let Some(proof) = Proof::from_gates(passed.clone(), demand, journey.head.deadline, self.now) else {
            return Step::moved(journey.in_state(State::Choosing { passed }), refused).with_issue(Issue::NotOffered);
        };
        journey.orders.push(order);
        let next = journey.in_state(State::Writing { passed, order });
        let mut step = Step::moved(next, Activity::progress(Reason::PasswordSubmitted, None));
        step.effects.push(Effect::Write(WriteOrder { id: order, account, aim, candidate, proof }));
        step
    }
}

/// A reset needs a password, an unlock has none.
fn fits(aim: Aim, candidate: &Candidate) -> bool {
    match candidate {
        Candidate::Hashed(_) | Candidate::Sealed(_) => aim == Aim::Reset,
        Candidate::Nothing => aim == Aim::Unlock,
    }
}

/// The same page, but nothing is sent and nothing can match.
fn unmatchable(mut step: Step) -> Step {
    let pretended = step.effects.into_iter().map(|effect| match effect {
        Effect::Send(delivery) | Effect::Call(delivery) => Effect::Pretend(delivery),
        Effect::Pretend(_)
        | Effect::ConsumeStep { .. }
        | Effect::Write(_)
        | Effect::Reconcile(_)
        | Effect::NotifyUser(_)
        | Effect::NotifyAdmins
        | Effect::AskHelpdesk => effect,
    });
    step.effects = pretended.collect();
    if let State::Challenged { challenge, .. } = &mut step.next.state {
        challenge.digest = None;
    }
    step
}

fn family_blocked(block: Block) -> Issue {
    Issue::FamilyBlocked { family: block.family, until: block.until }
}

pub(super) fn too_many(family: Family) -> Reason {
    match family {
        Family::Phone => Reason::TooManyPhoneAttempts,
        Family::Email => Reason::TooManyEmailAttempts,
        Family::App => Reason::TooManyAppAttempts,
        Family::Questions => Reason::TooManyQuestionsAttempts,
        Family::Account => Reason::TooManyJourneys,
    }
}

fn back_to_choosing(journey: Journey) -> Journey {
    let passed = journey.passed().to_vec();
    journey.in_state(State::Choosing { passed })
}

fn numbers_agree(registration: &Registration, typed: Option<&str>) -> bool {
    match (&registration.contact, typed) {
        (Contact::Phone { number, .. }, Some(typed)) => number.matches_typed(typed),
        _ => false,
    }
}

/// `Some(step to consume)` when the answer is right.
fn right(challenge: &Challenge, registration: &Registration, answer: &Answer) -> Option<Option<u64>> {
    match (challenge.method, answer) {
        (Method::Email | Method::Sms | Method::VoiceMobile | Method::VoiceOffice, Answer::Code(given)) => {
            challenge.digest.as_ref().is_some_and(|kept| kept == given).then_some(None)
        }
        // RFC 6238 §5.2: a time step is accepted once, and none before it.
        (Method::AppCode, Answer::App(Some(step))) => {
            registration.last_step.is_none_or(|last| *step > last).then_some(Some(*step))
        }
        // All of no answers agree with anything.
        (Method::Questions, Answer::Questions(true)) => (!challenge.questions.is_empty()).then_some(None),
        _ => None,
    }
}

fn password_refused(journey: Journey, verdict: PasswordVerdict) -> Step {
    let (reason, code) = match verdict {
        PasswordVerdict::Banned => (Reason::FuzzyPolicyViolationInvalidPassword, Some(SsprCode::BannedPassword)),
        PasswordVerdict::Accepted | PasswordVerdict::Refused => (Reason::PasswordRefused, None),
    };
    let activity =
        Activity { name: ActivityName::ResetPassword, result: ActivityResult::Failure, reason, method: None, code };
    Step::moved(journey, activity).with_issue(Issue::PasswordRefused)
}
