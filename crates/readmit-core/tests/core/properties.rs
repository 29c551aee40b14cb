//! What holds for every script of moves, waits and changes.

use crate::fixture;
use crate::script;
use crate::script::Act;
use crate::script::Turn;
use crate::script::World;
use proptest::prop_assert;
use proptest::prop_assert_eq;
use proptest::strategy::Strategy;
use proptest::test_runner::Config;
use proptest::test_runner::TestCaseError;
use proptest::test_runner::TestRunner;
use readmit_core::decision;
use readmit_core::decision::Facts;
use readmit_core::ids::OrderId;
use readmit_core::ids::RegistrationId;
use readmit_core::journey::Effect;
use readmit_core::journey::Guess;
use readmit_core::journey::Issue;
use readmit_core::journey::Journey;
use readmit_core::journey::State;
use readmit_core::methods;
use readmit_core::order::Receipt;
use readmit_core::order::WriteOrder;
use readmit_core::policy::Disclosure;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use readmit_core::registration::TrustRoot;
use readmit_core::secret::CodeDigest;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::mem::discriminant;

const CASES: u32 = 2_000;

type Settings = (u8, Preset, Disclosure);

/// Plays random scripts. `law` says how often the thing that it is about came up; seldom would prove nothing.
fn always<S: Strategy<Value = Vec<Act>>>(
    script: S,
    at_least: u32,
    law: impl Fn(Settings, &[Act]) -> Result<u32, TestCaseError>,
) {
    let seen = Cell::new(0);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let strategy = (script::settings(), script::acts(script));
    let result = TestRunner::new(config).run(&strategy, |(settings, acts)| {
        seen.set(seen.get() + law(settings, &acts)?);
        Ok(())
    });
    if let Err(failure) = result {
        unreachable!("{failure}");
    }
    assert!(seen.get() >= at_least, "came up {} times only", seen.get());
}

fn written(turn: &Turn) -> Option<&WriteOrder> {
    turn.step.effects.iter().find_map(|effect| match effect {
        Effect::Write(order) => Some(order),
        _ => None,
    })
}

/// A verification that really took place, seen from outside: what went where, and what came back.
struct Seen {
    registration: RegistrationId,
    method: Method,
    root: TrustRoot,
}

/// Watches inputs and effects only; knows nothing of gates or states but the method that was asked for.
#[derive(Default)]
struct Witness {
    sent: Option<(CodeDigest, RegistrationId, TrustRoot)>,
    seen: Vec<Seen>,
}

impl Witness {
    fn watch(&mut self, turn: &Turn, drawn: CodeDigest, facts: &Facts) {
        let asked = script::challenge(&turn.before);
        if let (Some(challenge), Some(Guess::Right)) = (asked, turn.step.guess) {
            let sent = self.sent.take();
            let proved = match (challenge.method.sends(), sent, turn.given) {
                (false, _, None) => {
                    facts.registration(challenge.registration).and_then(|one| Some((one.id, one.trust_root()?)))
                }
                (true, Some((digest, to, root)), Some(given)) if digest == given => Some((to, root)),
                _ => None,
            };
            self.seen.extend(proved.map(|(registration, root)| Seen { registration, method: challenge.method, root }));
        }
        for effect in &turn.step.effects {
            if let Effect::Send(delivery) | Effect::Call(delivery) = effect {
                let root = facts.registration(delivery.registration).and_then(|one| one.trust_root());
                self.sent = root.map(|root| (drawn, delivery.registration, root));
            }
        }
    }

    /// What still counts under the facts of now: allowed, on file, the same contact.
    fn standing(&self, facts: &Facts) -> Vec<&Seen> {
        let allowed = facts.policy.as_ref().map(|policy| policy.values.methods.clone()).unwrap_or_default();
        let on_file = |one: &&Seen| {
            let now = facts.registration(one.registration).and_then(|now| now.trust_root());
            now.as_ref() == Some(&one.root)
        };
        self.seen.iter().filter(|one| allowed.contains(&one.method)).filter(on_file).collect()
    }

    fn enough(&self, facts: &Facts, gates: u8) -> bool {
        let standing = self.standing(facts);
        let entra = facts.policy.as_ref().is_some_and(|policy| policy.preset == Preset::Entra);
        let strong = |one: &&&Seen| entra || one.method != Method::Questions;
        let pair = |one: &&&Seen| standing.iter().any(|two| one.method != two.method && one.root != two.root);
        if gates > 1 { standing.iter().any(|one| pair(&one)) } else { standing.iter().any(|one| strong(&one)) }
    }
}

#[test]
fn nothing_is_written_without_enough_different_offered_methods() {
    always(script::anything(), 400, |settings, acts| {
        let mut world = World::new(settings, false);
        let (mut witness, mut writes) = (Witness::default(), 0);
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            witness.watch(&turn, world.newest(), &world.facts);
            if let Some(order) = written(&turn) {
                let today = world.facts.policy.as_ref().map_or(2, |policy| policy.values.required);
                prop_assert!(witness.enough(&world.facts, settings.0.max(today)));
                prop_assert_eq!(order.account, world.facts.account.id);
                writes += 1;
            }
        }
        Ok(writes)
    });
}

#[test]
fn nothing_is_written_after_the_deadline() {
    let late = script::anything().prop_map(|mut acts| {
        acts.push(Act::Wait(220));
        acts
    });
    always(late, 300, |settings, acts| {
        let mut world = World::new(settings, false);
        let mut writes = 0;
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            if let Some(order) = written(&turn) {
                prop_assert!(turn.at < fixture::at(900));
                prop_assert_eq!(order.proof.expires_at(), fixture::at(900));
                writes += 1;
            }
        }
        Ok(writes)
    });
}

#[test]
fn an_order_number_is_written_at_most_once() {
    always(script::anything(), 400, |settings, acts| {
        let mut world = World::new(settings, false);
        let mut numbers: BTreeSet<OrderId> = BTreeSet::new();
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            if let Some(order) = written(&turn) {
                prop_assert!(numbers.insert(order.id));
            }
        }
        Ok(u32::try_from(numbers.len()).unwrap_or(0))
    });
}

/// All that a visitor can tell from a page: its kind, its complaint, what it offers.
fn page(world: &World, turn: &Turn) -> (std::mem::Discriminant<State>, Option<Issue>, Vec<RegistrationId>, Option<u8>) {
    let decision = decision::decide(&world.facts, world.now);
    let offered = methods::offered(&world.facts, &decision.methods, world.journey.passed());
    let offered = offered.into_iter().map(|one| one.registration).collect();
    let tries = script::challenge(&world.journey).map(|challenge| challenge.tries_left);
    (discriminant(&turn.step.next.state), turn.step.issue, offered, tries)
}

#[test]
fn a_decoy_shows_the_same_pages_as_an_account_until_a_right_answer() {
    always(script::unproved(), 4_000, |settings, acts| {
        let (mut real, mut decoy) = (World::new(settings, false), World::new(settings, true));
        let mut pages = 0;
        for act in acts {
            let (Some(of_real), Some(of_decoy)) = (real.play(act), decoy.play(act)) else {
                continue;
            };
            prop_assert_eq!(page(&real, &of_real), page(&decoy, &of_decoy), "{:?}", act);
            prop_assert_eq!(real.journey.passed().len(), 0);
            pages += 1;
        }
        Ok(pages)
    });
}

#[test]
fn a_decoy_passes_no_gate_even_with_a_right_answer() {
    always(script::anything(), 2_000, |settings, acts| {
        let mut world = World::new(settings, true);
        let mut right = 0;
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            prop_assert!(written(&turn).is_none());
            prop_assert_eq!(world.journey.passed().len(), 0);
            right += u32::from(matches!(act, Act::Answer(script::Reply::Right)));
        }
        Ok(right)
    });
}

#[test]
fn tries_only_go_down_and_a_burnt_or_replaced_code_never_verifies() {
    always(script::anything(), 800, |settings, acts| {
        let mut world = World::new(settings, false);
        let (mut dead, mut burnt): (Vec<CodeDigest>, u32) = (Vec::new(), 0);
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            let (before, after) = (script::challenge(&turn.before), script::challenge(&turn.step.next));
            if let (Some(before), Some(after)) = (before, after) {
                let judged_wrong = turn.step.guess == Some(Guess::Wrong);
                prop_assert_eq!(after.tries_left, before.tries_left - u8::from(judged_wrong));
                prop_assert!(after.tries_left > 0);
            }
            if turn.step.guess == Some(Guess::Right) && before.is_some() {
                prop_assert!(turn.given.is_none_or(|given| !dead.contains(&given)));
            }
            let gone = before.and_then(|challenge| challenge.digest);
            let kept = after.and_then(|challenge| challenge.digest);
            dead.extend(gone.filter(|gone| Some(*gone) != kept));
            burnt += u32::from(turn.step.issue == Some(Issue::Burnt) || before.is_some() && after.is_none());
        }
        Ok(burnt)
    });
}

#[test]
fn a_closed_journey_stays_as_it_is() {
    always(script::anything(), 300, |settings, acts| {
        let mut world = World::new(settings, false);
        let mut later = 0;
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            if matches!(turn.before.state, State::Closed(_)) {
                prop_assert_eq!(&turn.step.next, &turn.before);
                prop_assert!(turn.step.effects.iter().all(|effect| matches!(effect, Effect::AskHelpdesk)));
                later += 1;
            }
        }
        Ok(later)
    });
}

#[test]
fn every_change_of_state_is_recorded() {
    always(script::anything(), 2_500, |settings, acts| {
        let mut world = World::new(settings, false);
        let mut changes = 0;
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            if turn.step.next != turn.before || !turn.step.effects.is_empty() {
                prop_assert!(!turn.step.activity.is_empty(), "{:?}", act);
                changes += 1;
            }
        }
        Ok(changes)
    });
}

#[test]
fn a_journey_is_read_back_as_it_was_stored() {
    always(script::anything(), 8_000, |settings, acts| {
        let mut world = World::new(settings, false);
        let mut stored = 0;
        for act in acts {
            if world.play(act).is_some() {
                let text = world.journey.to_json().map_err(|error| TestCaseError::fail(error.to_string()))?;
                let back = Journey::from_json(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(&back, &world.journey);
                stored += 1;
            }
        }
        Ok(stored)
    });
}

#[test]
fn a_withdrawn_order_is_never_granted() {
    always(script::withdrawn(), 600, |settings, acts| {
        let mut world = World::new(settings, false);
        let (mut withdrawn, mut late): (BTreeSet<OrderId>, u32) = (BTreeSet::new(), 0);
        for act in acts {
            let Some(turn) = world.play(act) else {
                continue;
            };
            prop_assert!(written(&turn).is_none_or(|order| !withdrawn.contains(&order.id)));
            let Act::Receipt(number, receipt) = act else {
                continue;
            };
            let order = fixture::order(*number);
            if withdrawn.contains(&order) {
                prop_assert_eq!(&turn.step.next, &turn.before);
                prop_assert!(turn.step.effects.is_empty());
                late += 1;
            }
            let running = matches!(&turn.before.state, State::Writing { order: running, .. } if *running == order);
            if running && *receipt == Receipt::Withdrawn {
                withdrawn.insert(order);
            }
        }
        Ok(late)
    });
}
