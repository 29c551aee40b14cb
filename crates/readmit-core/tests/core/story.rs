//! One journey, told act by act.

use crate::fixture;
use crate::fixture::at;
use crate::fixture::edit_policy;
use jiff::SignedDuration;
use readmit_core::Timestamp;
use readmit_core::activity::Reason;
use readmit_core::challenge::Challenge;
use readmit_core::decision::Facts;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Effect;
use readmit_core::journey::Input;
use readmit_core::journey::Journey;
use readmit_core::journey::Outcome;
use readmit_core::journey::PasswordVerdict;
use readmit_core::journey::State;
use readmit_core::journey::Step;
use readmit_core::order::Aim;
use readmit_core::order::Candidate;
use readmit_core::order::PasswordHash;
use readmit_core::order::Receipt;
use readmit_core::policy::Disclosure;
use readmit_core::registration::Method;

/// One journey with its facts and its clock. Methods named after acts return what came of them.
pub(crate) struct Story {
    pub(crate) facts: Facts,
    pub(crate) now: Timestamp,
    pub(crate) journey: Journey,
}

impl Story {
    pub(crate) fn of(facts: Facts) -> Self {
        let asked = fixture::asked(fixture::owner(&facts), Aim::Reset);
        let journey = journey::begin(&asked, &facts, at(0)).next;
        Self { facts, now: at(0), journey }
    }

    /// Preset `recommended`, every method allowed and on file, this many gates.
    pub(crate) fn with_gates(gates: u8) -> Self {
        Self::of(fixture::facts_with(|facts| {
            edit_policy(facts, |policy| {
                policy.values.required = gates;
                policy.values.methods = Method::ALL.to_vec();
            });
        }))
    }

    pub(crate) fn proven() -> Self {
        let mut story = Self::with_gates(2);
        story.passes(Method::Email);
        story.passes(Method::AppCode);
        story
    }

    pub(crate) fn writing(facts: Facts) -> Self {
        let mut story = Self::of(facts);
        story.passes(Method::Email);
        story.passes(Method::AppCode);
        story.submits(1);
        story
    }

    pub(crate) fn does(&mut self, input: Input) -> Step {
        let step = self.journey.clone().step(input, &self.facts, self.now);
        self.journey = step.next.clone();
        step
    }

    pub(crate) fn waits(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn chooses(&mut self, method: Method, number: Option<&str>, code: u8) -> Step {
        let (registration, typed_phone) = (fixture::id(method), number.map(ToOwned::to_owned));
        self.does(Input::Choose { registration, typed_phone, fresh: fixture::fresh(code) })
    }

    pub(crate) fn types(&mut self, code: u8) -> Step {
        self.does(Input::Answer(Answer::Code(fixture::digest(code))))
    }

    pub(crate) fn passes(&mut self, method: Method) -> Step {
        let number = match method {
            Method::Sms | Method::VoiceMobile => Some(fixture::MOBILE),
            Method::VoiceOffice => Some(fixture::OFFICE),
            Method::Email | Method::AppCode | Method::Questions => None,
        };
        self.chooses(method, number, 1);
        match method {
            Method::AppCode => self.does(Input::Answer(Answer::App(Some(60_000_000)))),
            Method::Questions => self.does(Input::Answer(Answer::Questions(true))),
            Method::Email | Method::Sms | Method::VoiceMobile | Method::VoiceOffice => self.types(1),
        }
    }

    pub(crate) fn submits(&mut self, order: u8) -> Step {
        self.hands_in(order, hashed(), PasswordVerdict::Accepted)
    }

    pub(crate) fn hands_in(&mut self, order: u8, candidate: Candidate, verdict: PasswordVerdict) -> Step {
        self.does(Input::NewPassword { order: fixture::order(order), candidate, verdict })
    }

    pub(crate) fn hears(&mut self, order: u8, receipt: Receipt) -> Step {
        self.does(Input::Receipt { order: fixture::order(order), receipt })
    }

    pub(crate) fn challenge(&self) -> Option<&Challenge> {
        crate::script::challenge(&self.journey)
    }

    pub(crate) fn tries_left(&self) -> Option<u8> {
        self.challenge().map(|challenge| challenge.tries_left)
    }

    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.journey.outcome(self.now)
    }

    pub(crate) fn is_choosing(&self) -> bool {
        matches!(self.journey.state, State::Choosing { .. })
    }

    pub(crate) fn is_proven(&self) -> bool {
        matches!(self.journey.state, State::Proven { .. })
    }
}

pub(crate) fn hashed() -> Candidate {
    Candidate::Hashed(PasswordHash::new("$argon2id$new".to_owned()))
}

pub(crate) fn written(step: &Step) -> bool {
    step.effects.iter().any(|effect| matches!(effect, Effect::Write(_)))
}

pub(crate) fn sends(step: &Step) -> usize {
    step.effects.iter().filter(|effect| matches!(effect, Effect::Send(_) | Effect::Call(_))).count()
}

pub(crate) fn reasons(step: &Step) -> Vec<Reason> {
    step.activity.iter().map(|activity| activity.reason).collect()
}

pub(crate) fn far() -> Facts {
    fixture::facts_with(fixture::on_premises)
}

pub(crate) fn uniform(facts: &mut Facts) {
    edit_policy(facts, |policy| policy.values.disclosure = Disclosure::Uniform);
}
