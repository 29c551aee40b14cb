//! From what a person sent to an input of the machine: codes drawn, answers compared, passwords judged and hashed.
//! Nothing here runs inside a transaction.

use super::failure::Failure;
use super::failure::FieldIssue;
use super::hold::Hold;
use super::subject::Seen;
use crate::app::Parts;
use crate::fault::Fault;
use jiff::Timestamp;
use readmit_core::account::Authority;
use readmit_core::challenge::Challenge;
use readmit_core::challenge::FreshCode;
use readmit_core::decision::Facts;
use readmit_core::ids::JourneyId;
use readmit_core::ids::RegistrationId;
use readmit_core::journey::Answer;
use readmit_core::journey::Input;
use readmit_core::journey::PasswordVerdict;
use readmit_core::journey::State;
use readmit_core::order::Candidate;
use readmit_core::order::PasswordHash;
use readmit_core::registration::Method;
use readmit_core::secret::CodeDigest;
use readmit_core::secret::CodeProblem;
use readmit_core::secret::NewPassword;
use readmit_core::secret::OneTimeCode;
use readmit_core::secret::PasswordSign;
use readmit_core::secret::SecurityAnswer;
use readmit_passwords::Problem;
use readmit_passwords::Rules;
use readmit_store::Purpose;
use readmit_store::RegistrationSecret;
use zeroize::Zeroizing;

/// Letters that a mark is made of: none looks or sounds like another.
const MARKS: &[u8] = b"ACDEFHJKLMNPRTUVWXY";

/// A move, as it came through either door.
pub struct Move {
    /// The step that the sender saw.
    pub step: i64,
    /// What is asked.
    pub verb: Verb,
}

/// What is asked. Does not print.
pub enum Verb {
    /// Start this gate; phone gates with the number as typed.
    Choose(RegistrationId, Option<String>),
    /// Answer with a code.
    Code(Zeroizing<String>),
    /// Answer questions, by number.
    Answers(Vec<(u32, Zeroizing<String>)>),
    /// Send again.
    Resend,
    /// Leave the gate.
    AnotherWay,
    /// Set this password.
    Password(Zeroizing<String>),
    /// Ask a person.
    Contact,
    /// Stop.
    Cancel,
}

/// What is wrong with a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// A rule.
    Rule(Problem),
    /// A sign that cannot be typed again everywhere.
    Sign(PasswordSign),
}

impl Move {
    /// Keyed hash of what was sent, so that the same again is known without keeping it.
    #[must_use]
    pub fn digest(&self, app: &Parts, journey: JourneyId) -> [u8; 32] {
        let (name, parts): (&str, Vec<Zeroizing<Vec<u8>>>) = match &self.verb {
            Verb::Choose(registration, phone) => {
                let phone = phone.clone().unwrap_or_default();
                ("choose", vec![bytes(&registration.to_string()), bytes(&phone)])
            }
            Verb::Code(code) => ("code", vec![bytes(code)]),
            Verb::Answers(answers) => {
                let flat = answers.iter().flat_map(|(number, text)| [bytes(&number.to_string()), bytes(text)]);
                ("answers", flat.collect())
            }
            Verb::Resend => ("resend", Vec::new()),
            Verb::AnotherWay => ("another-way", Vec::new()),
            Verb::Password(password) => ("password", vec![bytes(password)]),
            Verb::Contact => ("contact", Vec::new()),
            Verb::Cancel => ("cancel", Vec::new()),
        };
        let (journey, step) = (journey.to_string(), self.step.to_be_bytes());
        let mut all: Vec<&[u8]> = vec![journey.as_bytes(), &step, name.as_bytes()];
        all.extend(parts.iter().map(|part| part.as_slice()));
        app.keys.mac(Purpose::Return, &all)
    }
}

/// A phone number as typed, with its country code.
pub fn typed_phone(typed: &str) -> Result<String, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Failure::Field("phone", FieldIssue::Empty));
    }
    if typed.chars().count() > 64 {
        return Err(Failure::Field("phone", FieldIssue::TooLong));
    }
    let digits = typed.chars().filter(|sign| sign.is_numeric()).count();
    if digits < 4 || typed.chars().any(char::is_alphabetic) || typed.chars().any(char::is_control) {
        return Err(Failure::Field("phone", FieldIssue::Shape));
    }
    Ok(typed.to_owned())
}

/// A code that cannot be one costs no try: the person is told what one looks like.
pub(super) fn check_shape(seen: &Seen, verb: &Verb) -> Result<(), Failure> {
    match (&seen.row.journey.state, verb) {
        (State::Challenged { challenge, .. }, Verb::Code(typed)) if challenge.method != Method::Questions => {
            match OneTimeCode::parse(typed, challenge.digits) {
                Ok(_) => Ok(()),
                Err(CodeProblem::Empty) => Err(Failure::Field("code", FieldIssue::Empty)),
                Err(CodeProblem::NotDigits | CodeProblem::WrongLength) => {
                    Err(Failure::Field("code", FieldIssue::Shape))
                }
            }
        }
        (State::Challenged { challenge, .. }, Verb::Answers(given)) => {
            let empty = |number: &u32| given.iter().all(|(of, text)| of != number || text.trim().is_empty());
            if challenge.questions.iter().any(empty) {
                return Err(Failure::Field("answers", FieldIssue::Empty));
            }
            Ok(())
        }
        (State::Choosing { .. }, Verb::Choose(registration, None)) => {
            let facts = seen.facts.as_ref();
            let asks =
                facts.and_then(|facts| facts.registration(*registration)).is_some_and(|one| one.method.asks_phone());
            if asks { Err(Failure::Field("phone", FieldIssue::Empty)) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

fn bytes(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

/// The input of a move that starts a gate or judges nothing; `None` for the others.
pub(super) fn plain_input(app: &Parts, seen: &Seen, verb: &Verb, now: Timestamp) -> Result<Option<Input>, Fault> {
    Ok(Some(match verb {
        Verb::Choose(registration, phone) => Input::Choose {
            registration: *registration,
            typed_phone: phone.clone(),
            fresh: fresh_code(app, seen, now)?,
        },
        Verb::Resend => Input::Resend(fresh_code(app, seen, now)?),
        Verb::AnotherWay => Input::AnotherWay,
        Verb::Contact => Input::AskHelpdesk,
        Verb::Cancel => Input::Cancel,
        Verb::Code(_) | Verb::Answers(_) | Verb::Password(_) => return Ok(None),
    }))
}

/// A code of the length that this journey needs, with its keyed hash and its mark.
fn fresh_code(app: &Parts, seen: &Seen, now: Timestamp) -> Result<FreshCode, Fault> {
    let journey = &seen.row.journey;
    let digits = seen.facts.as_ref().map_or(6, |facts| {
        let gates = journey.gates_required(facts);
        facts.policy.as_ref().map_or(6, |policy| policy.digits(gates))
    });
    let text = app.entropy.digits(usize::from(digits))?;
    let code = OneTimeCode::parse(&text, digits).map_err(|error| Fault::Stored(error.to_string()))?;
    // A decoy's hash belongs to no code at all.
    let digest = if seen.row.decoy { app.entropy.bytes()? } else { code_digest(app, journey.head.id, now, &code) };
    Ok(FreshCode { code, digest: CodeDigest::new(digest), mark: mark(app)?, questions: Vec::new() })
}

fn mark(app: &Parts) -> Result<String, Fault> {
    let random = app.entropy.bytes::<2>()?;
    let letter = |byte: u8| MARKS.get(usize::from(byte) % MARKS.len()).copied().map_or('A', char::from);
    Ok(random.into_iter().map(letter).collect())
}

fn code_digest(app: &Parts, journey: JourneyId, sent_at: Timestamp, code: &OneTimeCode) -> [u8; 32] {
    let (journey, sent_at) = (journey.to_string(), sent_at.as_millisecond().to_be_bytes());
    app.keys.mac(Purpose::Code, &[journey.as_bytes(), &sent_at, code.expose().as_bytes()])
}

/// Compares as far as the edge can; the core judges. Called only after the guess was counted.
pub(super) async fn judged_answer(
    app: &Parts,
    hold: &Hold,
    seen: &Seen,
    challenge: &Challenge,
    (verb, now): (&Verb, Timestamp),
) -> Result<Answer, Fault> {
    match (challenge.method, verb) {
        (Method::Email | Method::Sms | Method::VoiceMobile | Method::VoiceOffice, Verb::Code(typed)) => {
            Ok(OneTimeCode::parse(typed, challenge.digits).map_or(Answer::Misfit, |code| {
                let digest = code_digest(app, seen.row.journey.head.id, challenge.sent_at, &code);
                Answer::Code(CodeDigest::new(digest))
            }))
        }
        (Method::AppCode, Verb::Code(typed)) => {
            let secret = secret(app, hold, seen, challenge).await?;
            let Ok(code) = OneTimeCode::parse(typed, 6) else {
                return Ok(Answer::Misfit);
            };
            Ok(Answer::App(match secret {
                Some(RegistrationSecret::Seed(seed)) => matching_step(&seed, &code, now),
                Some(RegistrationSecret::Answers(_)) | None => None,
            }))
        }
        (Method::Questions, Verb::Answers(given)) => match secret(app, hold, seen, challenge).await? {
            Some(RegistrationSecret::Answers(kept)) => {
                Ok(Answer::Questions(all_agree(app, &challenge.questions, &kept, given).await?))
            }
            Some(RegistrationSecret::Seed(_)) | None => Ok(Answer::Questions(false)),
        },
        _ => Ok(Answer::Misfit),
    }
}

async fn secret(
    app: &Parts,
    hold: &Hold,
    seen: &Seen,
    challenge: &Challenge,
) -> Result<Option<RegistrationSecret>, Fault> {
    let Some(facts) = seen.facts.as_ref().filter(|_| !seen.row.decoy) else {
        return Ok(None);
    };
    let (tenant, account, id, keys) = (hold.tenant, facts.account.id, challenge.registration, app.keys.clone());
    app.store.read(async move |tx| Ok(tx.registration_secret(tenant, account, id, &keys).await?)).await
}

/// The time step, one before to one after (RFC 6238 §5.2), whose code this is.
fn matching_step(seed: &str, typed: &OneTimeCode, now: Timestamp) -> Option<u64> {
    let secret = totp_rs::Secret::try_from_base32(seed).ok()?;
    let totp = totp_rs::Builder::new().with_secret(secret).with_skew(1).build().ok()?;
    totp.check(typed.expose(), u64::try_from(now.as_second()).ok()?)
}

/// Every drawn question is answered, and every answer agrees. All are computed, whatever the first ones say.
async fn all_agree(
    app: &Parts,
    drawn: &[u32],
    kept: &[(u32, Zeroizing<String>)],
    given: &[(u32, Zeroizing<String>)],
) -> Result<bool, Fault> {
    let mut agree = !drawn.is_empty();
    for number in drawn {
        let typed = given.iter().find(|(of, _)| of == number).and_then(|(_, text)| SecurityAnswer::parse(text).ok());
        let phc = kept.iter().find(|(of, _)| of == number).map(|(_, phc)| PasswordHash::new(phc.to_string()));
        agree &= match (typed, phc) {
            (Some(typed), Some(phc)) => app.hasher.verify_answer(&typed, &phc).await?,
            _ => false,
        };
    }
    Ok(agree)
}

/// The rules that this account's new password will meet.
#[must_use]
pub fn rules(facts: &Facts) -> Rules {
    let values = facts.values();
    let account = &facts.account;
    let mut names = vec![account.first_name.clone(), account.last_name.clone(), account.upn.local().to_owned()];
    names.push(facts.tenant.name.clone());
    names.extend(facts.tenant.name.split_whitespace().map(ToOwned::to_owned));
    Rules { min_length: values.min_length, max_length: values.max_length, classes: values.classes, names }
}

/// A new password, judged by every rule and hashed if it is fit.
pub(super) async fn password_input(
    app: &Parts,
    hold: &Hold,
    seen: &Seen,
    typed: &str,
) -> Result<(Input, Vec<PasswordProblem>), Fault> {
    let refused = |problems| {
        let order = app.order_id()?;
        let input = Input::NewPassword { order, candidate: Candidate::Nothing, verdict: PasswordVerdict::Refused };
        Ok((input, problems))
    };
    let (Some(facts), State::Proven { .. }) = (&seen.facts, &seen.row.journey.state) else {
        return refused(Vec::new());
    };
    let password = match NewPassword::parse(typed) {
        Ok(password) => password,
        Err(sign) => return refused(vec![PasswordProblem::Sign(sign)]),
    };
    let verdict = readmit_passwords::judge(password.expose(), &rules(facts));
    if !verdict.accepted() {
        return refused(verdict.problems.into_iter().map(PasswordProblem::Rule).collect());
    }
    if facts.account.authority == Authority::Cloud
        && facts.values().refuse_last
        && is_last(app, hold, facts, &password).await?
    {
        return refused(vec![PasswordProblem::Rule(Problem::SameAsLast)]);
    }
    let hash = app.hasher.hash(&password, app.entropy.bytes()?).await?;
    let (order, candidate) = (app.order_id()?, Candidate::Hashed(hash));
    Ok((Input::NewPassword { order, candidate, verdict: PasswordVerdict::Accepted }, Vec::new()))
}

async fn is_last(app: &Parts, hold: &Hold, facts: &Facts, password: &NewPassword) -> Result<bool, Fault> {
    let (tenant, account, keys) = (hold.tenant, facts.account.id, app.keys.clone());
    let last = app.store.read::<_, _, Fault>(async move |tx| Ok(tx.password(tenant, account, &keys).await?)).await?;
    match last {
        Some(last) => Ok(app.hasher.verify(password, &last.hash).await?),
        None => Ok(false),
    }
}
