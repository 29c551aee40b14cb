//! The right to write a password. Only a journey with enough gates makes one.

use crate::challenge::Gate;
use crate::registration::Method;
use jiff::Timestamp;

/// Unforgeable: its fields are private and its only constructor is called by [`Journey::step`](crate::journey::Journey::step).
#[derive(Debug, PartialEq, Eq)]
pub struct Proof {
    gates: Vec<Gate>,
    expires_at: Timestamp,
}

/// What a proof must hold.
#[derive(Clone, Copy)]
pub(crate) struct Demand {
    /// Different gates; less than one is one.
    pub(crate) gates: u8,
    /// Whether questions may stand alone.
    pub(crate) questions: Questions,
}

/// What answers to questions are worth without another gate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Questions {
    /// A gate like any other, as in the reference's preset.
    StandAlone,
    /// Nothing: they only come second.
    OnlySecond,
}

impl Demand {
    /// Whether enough of these gates differ from each other by method and by trust root.
    pub(crate) fn met_by(self, gates: &[Gate]) -> bool {
        let only_questions = gates.iter().all(|gate| gate.method == Method::Questions);
        let worthless = only_questions && self.questions == Questions::OnlySecond;
        !worthless && distinct(gates) >= usize::from(self.gates.max(1))
    }
}

impl Proof {
    /// Enough *different* gates by different trust roots, before the journey's deadline; `None` otherwise.
    pub(crate) fn from_gates(gates: Vec<Gate>, demand: Demand, deadline: Timestamp, now: Timestamp) -> Option<Self> {
        let enough = demand.met_by(&gates) && now < deadline;
        enough.then_some(Self { gates, expires_at: deadline })
    }

    /// The gates that it stands for.
    #[must_use]
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// When it ends; a write must begin before.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// How many of these gates differ from each other by method and by trust root.
fn distinct(gates: &[Gate]) -> usize {
    let mut kept: Vec<&Gate> = Vec::new();
    for gate in gates {
        if kept.iter().all(|other| other.method != gate.method && other.root != gate.root) {
            kept.push(gate);
        }
    }
    kept.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RegistrationId;
    use crate::registration::TrustRoot;

    fn gate(number: u128, method: Method, root: TrustRoot) -> Gate {
        let registration = RegistrationId::from_bits(number);
        Gate { registration, method, root, at: Timestamp::UNIX_EPOCH }
    }

    fn number(digits: &str) -> TrustRoot {
        TrustRoot::Number(digits.to_owned())
    }

    fn met(gates: &[Gate], wanted: u8, questions: Questions) -> bool {
        Demand { gates: wanted, questions }.met_by(gates)
    }

    #[test]
    fn gates_count_once_for_each_method_and_each_trust_root() {
        let sms = gate(1, Method::Sms, number("1"));
        let call = gate(2, Method::VoiceMobile, number("1"));
        let other = gate(3, Method::VoiceOffice, number("2"));
        let second_sms = gate(4, Method::Sms, number("3"));
        let two = |gates: &[&Gate]| {
            met(&gates.iter().map(|one| (*one).clone()).collect::<Vec<_>>(), 2, Questions::OnlySecond)
        };
        assert!(two(&[&sms, &other]));
        assert!(!two(&[&sms, &sms]) && !two(&[&sms, &call]) && !two(&[&sms, &second_sms]) && !two(&[&sms]));
    }

    #[test]
    fn no_gate_is_no_proof_however_little_is_asked() {
        assert!(!met(&[], 0, Questions::StandAlone));
        let questions = [gate(1, Method::Questions, TrustRoot::Knowledge)];
        assert!(met(&questions, 0, Questions::StandAlone) && !met(&questions, 1, Questions::OnlySecond));
    }

    #[test]
    fn a_proof_is_made_before_the_deadline_only() {
        let deadline = Timestamp::UNIX_EPOCH;
        let demand = Demand { gates: 1, questions: Questions::OnlySecond };
        let made = |now| Proof::from_gates(vec![gate(1, Method::AppCode, TrustRoot::App)], demand, deadline, now);
        assert!(made(deadline).is_none());
        assert!(made(Timestamp::MIN).is_some());
    }
}
