//! Random scripts of moves, waits and changes of the facts, and the world in which they are played.

use crate::fixture;
use proptest::prelude::Strategy;
use proptest::prop_oneof;
use proptest::strategy::Just;
use readmit_core::Timestamp;
use readmit_core::cause::Cause;
use readmit_core::challenge::Challenge;
use readmit_core::code::SsprCode;
use readmit_core::decision::Facts;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Effect;
use readmit_core::journey::Guess;
use readmit_core::journey::Input;
use readmit_core::journey::Journey;
use readmit_core::journey::PasswordVerdict;
use readmit_core::journey::State;
use readmit_core::journey::Step;
use readmit_core::journey::Subject;
use readmit_core::order::Aim;
use readmit_core::order::Candidate;
use readmit_core::order::PasswordHash;
use readmit_core::order::Receipt;
use readmit_core::policy::Disclosure;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use readmit_core::secret::CodeDigest;

/// What a person, the server or an administrator does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Wait(u16),
    Choose(Method, Typed),
    Answer(Reply),
    Resend,
    AnotherWay,
    Password(u8, PasswordVerdict),
    Receipt(u8, Receipt),
    Help,
    Cancel,
    Look,
    Change(Change),
}

/// The number typed before a phone gate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Typed {
    Right,
    Wrong,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    Right,
    /// The code that was sent this many messages before the newest.
    Older(u8),
    Wrong,
    Misfit,
}

/// What an administrator does in the middle.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Require(u8),
    Forbid(Method),
    Move(Method),
    Remove(Method),
    Preset(Preset),
}

/// A world in which one journey is played, with the counting that the server does around each step.
pub(crate) struct World {
    pub(crate) facts: Facts,
    pub(crate) now: Timestamp,
    pub(crate) journey: Journey,
    drawn: u8,
    /// Which of the drawn codes travelled.
    sent: Vec<u8>,
    time_step: u64,
}

/// One move as it went.
pub(crate) struct Turn {
    pub(crate) before: Journey,
    pub(crate) step: Step,
    pub(crate) at: Timestamp,
    /// The hash that an answer carried.
    pub(crate) given: Option<CodeDigest>,
}

pub(crate) fn acts(chunk: impl Strategy<Value = Vec<Act>>) -> impl Strategy<Value = Vec<Act>> {
    proptest::collection::vec(chunk, 3..12).prop_map(|chunks| chunks.concat())
}

/// Everything that can happen, with gates passed often enough to get far.
pub(crate) fn anything() -> impl Strategy<Value = Vec<Act>> {
    prop_oneof![
        5 => method().prop_map(gate),
        3 => (method(), method(), 0..3_u8).prop_map(|(first, second, order)| {
            [gate(first), gate(second), vec![Act::Password(order, PasswordVerdict::Accepted)]].concat()
        }),
        3 => password().prop_map(|act| vec![act]),
        4 => (0..3_u8, receipt()).prop_map(|(order, receipt)| vec![Act::Receipt(order, receipt)]),
        4 => unproved(),
        1 => change().prop_map(|change| vec![Act::Change(change)]),
    ]
}

fn gate(method: Method) -> Vec<Act> {
    vec![Act::Choose(method, Typed::Right), Act::Answer(Reply::Right)]
}

/// An order given and withdrawn, or everything.
pub(crate) fn withdrawn() -> impl Strategy<Value = Vec<Act>> {
    let order = [
        gate(Method::Email),
        gate(Method::AppCode),
        vec![Act::Password(0, PasswordVerdict::Accepted), Act::Receipt(0, Receipt::Withdrawn)],
    ];
    prop_oneof![1 => Just(order.concat()), 3 => anything()]
}

/// Everything but a right answer.
pub(crate) fn unproved() -> impl Strategy<Value = Vec<Act>> {
    let one = prop_oneof![
        4 => (method(), prop_oneof![Just(Typed::Right), Just(Typed::Wrong), Just(Typed::Nothing)])
            .prop_map(|(method, typed)| Act::Choose(method, typed)),
        4 => wrong_reply().prop_map(Act::Answer),
        3 => prop_oneof![4 => 0..20_u16, 1 => 250..350_u16, 1 => 500..901_u16].prop_map(Act::Wait),
        2 => Just(Act::Resend),
        2 => Just(Act::AnotherWay),
        1 => Just(Act::Look),
        1 => Just(Act::Help),
        1 => password(),
    ];
    prop_oneof![
        30 => one.prop_map(|act| vec![act]),
        1 => Just(vec![Act::Cancel]),
    ]
}

fn wrong_reply() -> impl Strategy<Value = Reply> {
    prop_oneof![(1..4_u8).prop_map(Reply::Older), Just(Reply::Wrong), Just(Reply::Misfit)]
}

fn method() -> impl Strategy<Value = Method> {
    proptest::sample::select(Method::ALL.to_vec())
}

fn password() -> impl Strategy<Value = Act> {
    let verdict = prop_oneof![
        6 => Just(PasswordVerdict::Accepted),
        1 => Just(PasswordVerdict::Refused),
        1 => Just(PasswordVerdict::Banned),
    ];
    (0..3_u8, verdict).prop_map(|(order, verdict)| Act::Password(order, verdict))
}

fn receipt() -> impl Strategy<Value = Receipt> {
    proptest::sample::select(vec![
        Receipt::Applied,
        Receipt::AgainstPolicy(Cause::OnpremPolicyHistory),
        Receipt::Refused(SsprCode::OnPremisesAdminActionRequired),
        Receipt::Withdrawn,
        Receipt::Withdrawn,
        Receipt::Silent,
        Receipt::NotApplied,
    ])
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (1..3_u8).prop_map(Change::Require),
        method().prop_map(Change::Forbid),
        method().prop_map(Change::Move),
        method().prop_map(Change::Remove),
        proptest::sample::select(Preset::ALL.to_vec()).prop_map(Change::Preset),
    ]
}

/// Where a script begins: how many gates, under which preset, questions or not, discreet or not.
pub(crate) fn settings() -> impl Strategy<Value = (u8, Preset, Disclosure)> {
    let preset = proptest::sample::select(vec![Preset::Recommended, Preset::Entra]);
    (1..3_u8, preset, prop_oneof![Just(Disclosure::Helpful), Just(Disclosure::Uniform)])
}

impl World {
    pub(crate) fn new((required, preset, disclosure): (u8, Preset, Disclosure), decoy: bool) -> Self {
        let mut facts = fixture::facts();
        fixture::edit_policy(&mut facts, |policy| {
            policy.preset = preset;
            policy.values.required = required;
            policy.values.disclosure = disclosure;
            policy.values.methods = Method::ALL.to_vec();
        });
        let subject = if decoy { Subject::Decoy } else { fixture::owner(&facts) };
        let now = fixture::start();
        let journey = journey::begin(&fixture::asked(subject, Aim::Reset), &facts, now).next;
        Self { facts, now, journey, drawn: 0, sent: Vec::new(), time_step: 1_000 }
    }

    /// Plays one act; `None` where it is no move of the journey.
    pub(crate) fn play(&mut self, act: &Act) -> Option<Turn> {
        let input = match act {
            Act::Wait(seconds) => {
                self.now += jiff::SignedDuration::from_secs(i64::from(*seconds));
                return None;
            }
            Act::Change(change) => {
                self.change(*change);
                return None;
            }
            Act::Choose(method, typed) => Input::Choose {
                registration: fixture::id(*method),
                typed_phone: self.number(*method, *typed),
                fresh: self.draw(),
            },
            Act::Answer(reply) => Input::Answer(self.answer(*reply)),
            Act::Resend => Input::Resend(self.draw()),
            Act::AnotherWay => Input::AnotherWay,
            Act::Password(order, verdict) => Input::NewPassword {
                order: fixture::order(*order),
                candidate: Candidate::Hashed(PasswordHash::new("$argon2id$new".to_owned())),
                verdict: *verdict,
            },
            Act::Receipt(order, receipt) => Input::Receipt { order: fixture::order(*order), receipt: receipt.clone() },
            Act::Help => Input::AskHelpdesk,
            Act::Cancel => Input::Cancel,
            Act::Look => Input::Look,
        };
        Some(self.step(input))
    }

    /// Counts as the server does: a guess stays counted unless it was right, a send is noted, a time step is used up.
    fn step(&mut self, input: Input) -> Turn {
        let given = match &input {
            Input::Answer(Answer::Code(given)) => Some(*given),
            _ => None,
        };
        let family = self.journey.counts(&input, &self.facts).map(|(family, _)| family);
        let before = self.journey.clone();
        let step = before.clone().step(input, &self.facts, self.now);
        if let (Some(Guess::Wrong), Some(family)) = (step.guess, family) {
            self.facts.attempts.0.push((family, self.now));
        }
        for effect in &step.effects {
            match effect {
                Effect::Send(delivery) | Effect::Call(delivery) => {
                    self.facts.sends.push((delivery.registration, self.now));
                    self.sent.push(self.drawn);
                }
                Effect::ConsumeStep { registration, step } => {
                    let app = self.facts.registrations.iter_mut().filter(|one| one.id == *registration);
                    app.for_each(|one| one.last_step = Some(*step));
                }
                _ => {}
            }
        }
        self.journey = step.next.clone();
        Turn { before, step, at: self.now, given }
    }

    /// The hash of the newest code.
    pub(crate) fn newest(&self) -> CodeDigest {
        fixture::digest(self.drawn)
    }

    fn draw(&mut self) -> readmit_core::challenge::FreshCode {
        self.drawn += 1;
        fixture::fresh(self.drawn)
    }

    fn number(&self, method: Method, typed: Typed) -> Option<String> {
        let on_file = self.facts.registration(fixture::id(method)).map(|one| one.contact.clone());
        match (typed, on_file) {
            (Typed::Right, Some(readmit_core::registration::Contact::Phone { number, .. })) => Some(number.e164()),
            (Typed::Right | Typed::Wrong, _) => Some("+44 7700900999".to_owned()),
            (Typed::Nothing, _) => None,
        }
    }

    fn answer(&mut self, reply: Reply) -> Answer {
        let method = challenge(&self.journey).map_or(Method::Email, |challenge| challenge.method);
        match (reply, method) {
            (Reply::Misfit, _) => Answer::Misfit,
            (Reply::Right, Method::AppCode) => {
                self.time_step += 1;
                Answer::App(Some(self.time_step))
            }
            (Reply::Older(_), Method::AppCode) => {
                let app = self.facts.registration(fixture::id(Method::AppCode));
                Answer::App(app.and_then(|one| one.last_step))
            }
            (Reply::Wrong, Method::AppCode) => Answer::App(None),
            (reply, Method::Questions) => Answer::Questions(matches!(reply, Reply::Right)),
            (Reply::Right, _) => Answer::Code(self.sent_before(0)),
            (Reply::Older(messages), _) => Answer::Code(self.sent_before(messages)),
            (Reply::Wrong, _) => Answer::Code(fixture::digest(255)),
        }
    }

    fn sent_before(&self, messages: u8) -> CodeDigest {
        let number = self.sent.iter().rev().nth(usize::from(messages));
        fixture::digest(number.copied().unwrap_or(255))
    }

    fn change(&mut self, change: Change) {
        let facts = &mut self.facts;
        match change {
            Change::Require(gates) => fixture::edit_policy(facts, |policy| policy.values.required = gates),
            Change::Forbid(method) => {
                fixture::edit_policy(facts, |policy| policy.values.methods.retain(|one| *one != method));
            }
            Change::Move(method) => {
                let contact = match method {
                    Method::Sms | Method::VoiceMobile | Method::VoiceOffice => fixture::phone("+44 7700900456"),
                    Method::Email => fixture::mailbox("ada@elsewhere.example"),
                    Method::AppCode | Method::Questions => return,
                };
                fixture::change_contact(facts, method, &contact);
            }
            Change::Remove(method) => facts.registrations.retain(|one| one.method != method),
            Change::Preset(preset) => fixture::edit_policy(facts, |policy| policy.preset = preset),
        }
    }
}

pub(crate) fn challenge(journey: &Journey) -> Option<&Challenge> {
    match &journey.state {
        State::Challenged { challenge, .. } => Some(challenge),
        _ => None,
    }
}
