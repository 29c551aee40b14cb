//! The only driver: peek, count, work out, then one transaction that steps, saves, carries out and records.

use super::chance::Chance;
use super::effects::Hands;
use super::failure::Failure;
use super::hold::Hold;
use super::hold::Reach;
use super::hold::Token;
use super::moves;
use super::moves::Move;
use super::moves::PasswordProblem;
use super::moves::Verb;
use super::record;
use super::record::Scene;
use super::subject;
use super::subject::Seen;
use crate::app::App;
use crate::fault::Fault;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::activity::Activity;
use readmit_core::activity::Reason;
use readmit_core::decision::Facts;
use readmit_core::ids::MessageId;
use readmit_core::ids::RegistrationId;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Guess;
use readmit_core::journey::Input;
use readmit_core::journey::Issue;
use readmit_core::journey::Journey;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::journey::Step;
use readmit_core::policy::AccountCounts;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_core::throttle::Limits;
use readmit_store::Attempt;
use readmit_store::JourneyRow;
use readmit_store::Session;
use readmit_store::StoreError;
use readmit_store::Tx;

/// A session outlives its journey by this, so that the last page can be read again.
pub(super) const SESSION_REST: SignedDuration = SignedDuration::from_mins(60);

/// What came of a move.
pub struct Moved {
    /// How it was taken.
    pub how: How,
    /// What the person can mend.
    pub issue: Option<Issue>,
    /// Everything that is wrong with the new password.
    pub problems: Vec<PasswordProblem>,
    /// The session's new token, when a gate was passed.
    pub token: Option<Token>,
}

/// How a move was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It was carried out.
    Taken,
    /// It had been carried out before: nothing was done.
    Repeated,
    /// It was made on a page that is no longer current (0107): nothing was done.
    Stale,
}

/// One move of one browser. `source` is the visitor's address as the audit keeps it.
pub async fn advance(app: &App, hold: &Hold, mv: Move, source: &str) -> Result<Moved, Failure> {
    let now = app.clock.now();
    let scene = Scene { tenant: hold.tenant, journey: hold.journey, source: source.to_owned(), now };
    let seen = peek(app, hold, now).await?;
    let (digest, step) = (mv.digest(app, hold.journey), mv.step);
    let answers = matches!(mv.verb, Verb::Code(_) | Verb::Answers(_));
    if let Some(how) = taken_before(&seen.row, hold, step, digest) {
        return nothing_done(app, hold, &scene, (how, answers, &seen)).await;
    }
    moves::check_shape(&seen, &mv.verb)?;
    let plain = moves::plain_input(app, &seen, &mv.verb, now)?;
    let guess = Some(Input::Answer(Answer::Misfit)).filter(|_| answers);
    let attempt = count(app, &scene, &seen, plain.as_ref().or(guess.as_ref()), now).await?;
    let (input, problems) = match (plain, &mv.verb) {
        (Some(input), _) => (input, Vec::new()),
        (None, Verb::Password(typed)) => moves::password_input(app, hold, &seen, typed).await?,
        (None, verb) => (Input::Answer(answer(app, hold, &seen, verb, now).await?), Vec::new()),
    };
    let turn =
        Turn { app: app.clone(), hold: hold.clone(), scene: scene.clone(), input, attempt, seen_step: step, digest };
    match turn.commit().await {
        Ok((issue, token)) => Ok(Moved { how: How::Taken, issue, problems, token }),
        Err(Fault::Store(StoreError::Conflict)) => overtaken(app, hold, &scene, (step, digest, answers), attempt).await,
        Err(fault) => Err(fault.into()),
    }
}

/// Another request moved the journey first. Nothing was judged here, so nothing stays counted.
async fn overtaken(
    app: &App,
    hold: &Hold,
    scene: &Scene,
    (step, digest, answers): (i64, [u8; 32], bool),
    attempt: Option<MessageId>,
) -> Result<Moved, Failure> {
    if let Some(attempt) = attempt {
        let tenant = scene.tenant;
        app.store.write::<_, _, Fault>(async move |tx| Ok(tx.give_back_attempt(tenant, attempt).await?)).await?;
    }
    let seen = peek(app, hold, scene.now).await?;
    let how = taken_before(&seen.row, hold, step, digest).unwrap_or(How::Stale);
    nothing_done(app, hold, scene, (how, answers, &seen)).await
}

/// Only an answer earns a token: whoever repeats it knew it. Other steps can be repeated by anybody who reads the page.
async fn nothing_done(
    app: &App,
    hold: &Hold,
    scene: &Scene,
    (how, answers, seen): (How, bool, &Seen),
) -> Result<Moved, Failure> {
    let token = match how {
        How::Repeated if answers => hand_over(app, hold, seen, scene.now).await?,
        How::Repeated | How::Taken => None,
        How::Stale => {
            note_stale(app, scene, seen).await?;
            None
        }
    };
    Ok(Moved { how, issue: last_issue(&seen.row), problems: Vec::new(), token })
}

/// The answer that brought a newer token may be lost: whoever repeats the very step that earned it is handed one again,
/// as long as the old token lives.
async fn hand_over(app: &App, hold: &Hold, seen: &Seen, now: Timestamp) -> Result<Option<Token>, Fault> {
    let token = Token::draw(&app.entropy)?;
    let (hold, journey, given) = (hold.clone(), seen.row.journey.clone(), token.clone());
    let is_replaced = app
        .store
        .write::<_, _, Fault>(async move |tx| {
            let session = tx.session(hold.token_hash).await?;
            let is_replaced = session.is_some_and(|session| session.replaced_at.is_some());
            if is_replaced {
                give_session(tx, &hold, &journey, &given, now).await?;
            }
            Ok(is_replaced)
        })
        .await?;
    Ok(is_replaced.then_some(token))
}

/// The journey as it stands, with the facts of this moment.
pub async fn peek(app: &App, hold: &Hold, now: Timestamp) -> Result<Seen, Failure> {
    let (app_too, tenant, id) = (app.clone(), hold.tenant, hold.journey);
    let seen =
        app.store.read::<_, _, Fault>(async move |tx| subject::seen(tx, &app_too, tenant, id, None, now).await).await?;
    let mut seen = seen.ok_or(Failure::NotFound)?;
    if let Some(facts) = &seen.facts {
        // What ended it since its last move is shown at once, and written down with the next move.
        seen.row.journey = seen.row.journey.step(Input::Look, facts, now).next;
    }
    Ok(seen)
}

fn taken_before(row: &JourneyRow, hold: &Hold, step: i64, digest: [u8; 32]) -> Option<How> {
    let repeats = row.step_digest.as_deref() == Some(digest.as_slice()) && step + 1 == row.version;
    match (repeats, hold.reach == Reach::Whole && step == row.version) {
        (true, _) => Some(How::Repeated),
        (false, true) => None,
        (false, false) => Some(How::Stale),
    }
}

fn last_issue(row: &JourneyRow) -> Option<Issue> {
    row.issue.as_deref().and_then(|text| serde_json::from_str(text).ok())
}

/// A stale move changes nothing, and is audited.
async fn note_stale(app: &App, scene: &Scene, seen: &Seen) -> Result<(), Fault> {
    let (app_too, scene, subject) = (app.clone(), scene.clone(), seen.row.subject.clone());
    let facts = seen.facts.clone().filter(|_| !seen.row.decoy);
    let chance = Chance::draw(&app.entropy)?;
    app.store
        .write(async move |tx| {
            let activity = [Activity::setback(Reason::IllegalMove, None)];
            record::append(tx, &app_too, &scene, &activity, (facts.as_ref(), &subject), &mut chance.clone()).await
        })
        .await
}

/// Counts a guess in its own committed statement, before anything is compared: neither a crash nor a closed connection
/// gives it back. Under a block nothing is counted, and the core will not compare.
async fn count(
    app: &App,
    scene: &Scene,
    seen: &Seen,
    input: Option<&Input>,
    now: Timestamp,
) -> Result<Option<MessageId>, Fault> {
    let (Some(facts), Some(input)) = (&seen.facts, input) else {
        return Ok(None);
    };
    let Some((family, _)) = seen.row.journey.counts(input, facts) else {
        return Ok(None);
    };
    let (tenant, journey, subject) = (scene.tenant, scene.journey, seen.row.subject.clone());
    let attempt = Attempt { tenant, id: app.message_id()?, subject, family, journey, at: now };
    let (counted, limits) = (attempt.clone(), Limits::of(&facts.values()));
    let block = app.store.write::<_, _, Fault>(async move |tx| Ok(tx.count_attempt(&counted, limits).await?)).await?;
    Ok(block.is_none().then_some(attempt.id))
}

async fn answer(app: &App, hold: &Hold, seen: &Seen, verb: &Verb, now: Timestamp) -> Result<Answer, Fault> {
    match &seen.row.journey.state {
        State::Challenged { challenge, .. } => moves::judged_answer(app, hold, seen, challenge, (verb, now)).await,
        State::Choosing { .. }
        | State::Proven { .. }
        | State::Writing { .. }
        | State::Unconfirmed { .. }
        | State::Closed(_) => Ok(Answer::Misfit),
    }
}

/// Everything that the one transaction needs; it may be run again.
#[derive(Clone)]
struct Turn {
    app: App,
    hold: Hold,
    scene: Scene,
    input: Input,
    attempt: Option<MessageId>,
    seen_step: i64,
    digest: [u8; 32],
}

impl Turn {
    async fn commit(self) -> Result<(Option<Issue>, Option<Token>), Fault> {
        let (chance, token) = (Chance::draw(&self.app.entropy)?, Token::draw(&self.app.entropy)?);
        let store = self.app.store.clone();
        store.write(async move |tx| self.clone().take(tx, chance.clone(), token.clone()).await).await
    }

    async fn take(
        self,
        tx: &mut Tx,
        mut chance: Chance,
        token: Token,
    ) -> Result<(Option<Issue>, Option<Token>), Fault> {
        let (app, scene) = (&self.app, &self.scene);
        let seen = subject::seen(tx, app, scene.tenant, scene.journey, self.attempt, scene.now).await?;
        let Some(Seen { row, facts: Some(facts), .. }) = seen else {
            return Err(StoreError::Conflict.into());
        };
        if row.version != self.seen_step {
            return Err(StoreError::Conflict.into());
        }
        let refused = matches!(&self.input, Input::NewPassword { verdict, .. }
            if *verdict != journey::PasswordVerdict::Accepted);
        let input = with_questions(tx, scene, &row, &facts, self.input, app).await?;
        let before = row.journey.passed().len();
        let chosen = challenged(&row.journey);
        let mut step = row.journey.clone().step(input, &facts, scene.now);
        if step.guess.is_some() && self.attempt.is_none() {
            // Not counted, because of a block that others have lifted since by giving their counts back.
            return Err(StoreError::Conflict.into());
        }
        let mut hands = Hands { app, scene, facts: &facts, row: &row, lang: self.hold.lang, chance: &mut chance };
        if let Some((order, receipt)) = hands.carry_out(tx, std::mem::take(&mut step.effects)).await? {
            let more = step.next.clone().step(Input::Receipt { order, receipt }, &facts, scene.now);
            let issue = more.issue.or(step.issue);
            step = Step { activity: step.activity.into_iter().chain(more.activity).collect(), issue, ..more };
            hands.carry_out(tx, std::mem::take(&mut step.effects)).await?;
        }
        settle_counts(tx, app, (scene, &row, &facts), &step, (self.attempt, chosen), &mut chance).await?;
        let passed_a_gate = step.guess == Some(Guess::Right) && step.next.passed().len() > before;
        if passed_a_gate {
            renew_session(tx, &self.hold, &step.next, &token, scene.now).await?;
        }
        // A password that a rule refused changes nothing: the same page may send it again.
        let moved = !refused || step.next != row.journey;
        save(tx, scene, &row, &step, moved.then_some(self.digest)).await?;
        let of = Some(&facts).filter(|_| !row.decoy);
        record::append(tx, app, scene, &step.activity, (of, &row.subject), &mut chance).await?;
        Ok((step.issue, passed_a_gate.then_some(token)))
    }
}

/// The questions drawn for this account stay the same until a reset succeeds.
async fn with_questions(
    tx: &mut Tx,
    scene: &Scene,
    row: &JourneyRow,
    facts: &Facts,
    input: Input,
    app: &App,
) -> Result<Input, Fault> {
    let Input::Choose { registration, typed_phone, mut fresh } = input else {
        return Ok(input);
    };
    let is_questions = facts.registration(registration).is_some_and(|one| one.method == Method::Questions);
    if is_questions && !row.decoy {
        let wanted = usize::from(facts.values().questions_to_reset);
        let kept = tx.registration_secret(scene.tenant, facts.account.id, registration, &app.keys).await?;
        let mut numbers: Vec<u32> = match kept {
            Some(readmit_store::RegistrationSecret::Answers(kept)) => kept.iter().map(|(number, _)| *number).collect(),
            Some(readmit_store::RegistrationSecret::Seed(_)) | None => Vec::new(),
        };
        // Sorted by the bytes of a random hash: a draw without a second source of chance.
        numbers.sort_by_key(|number| {
            app.keys.mac(readmit_store::Purpose::Decoy, &[fresh.digest.as_bytes(), &number.to_be_bytes()])
        });
        numbers.truncate(wanted);
        fresh.questions = tx.drawn_questions(scene.tenant, facts.account.id, &numbers).await?;
    }
    Ok(Input::Choose { registration, typed_phone, fresh })
}

fn challenged(journey: &Journey) -> Option<RegistrationId> {
    match &journey.state {
        State::Challenged { challenge, .. } => Some(challenge.registration),
        State::Choosing { .. }
        | State::Proven { .. }
        | State::Writing { .. }
        | State::Unconfirmed { .. }
        | State::Closed(_) => None,
    }
}

/// Counters after the judgement: what was right, or not compared, is given back; a wrong answer counts for the
/// registration's life; a journey that passed a gate counts for the account unless it ends in a reset.
async fn settle_counts(
    tx: &mut Tx,
    app: &App,
    (scene, row, facts): (&Scene, &JourneyRow, &Facts),
    step: &Step,
    (attempt, chosen): (Option<MessageId>, Option<RegistrationId>),
    chance: &mut Chance,
) -> Result<(), Fault> {
    let (tenant, now, account) = (scene.tenant, scene.now, facts.account.id);
    match (step.guess, attempt, chosen) {
        (Some(Guess::Wrong), _, Some(registration)) if !row.decoy => {
            tx.count_failure(tenant, account, registration).await?;
        }
        (Some(Guess::Wrong), _, _) | (Some(Guess::Right) | None, None, _) => {}
        (Some(Guess::Right) | None, Some(attempt), _) => tx.give_back_attempt(tenant, attempt).await?,
    }
    let first_gate = row.journey.passed().is_empty() && step.next.passed().len() == 1;
    if first_gate && facts.values().account_counts == AccountCounts::Proved {
        // Dated to the deadline: it counts from when the journey has ended, and never if it ends in a reset.
        let (id, subject, journey) = (chance.id(now), row.subject.clone(), scene.journey);
        let at = step.next.head.deadline;
        tx.insert_attempt(&Attempt { tenant, id, subject, family: Family::Account, journey, at }).await?;
    }
    match &step.next.state {
        State::Closed(Outcome::Reset | Outcome::Unlocked) => {
            tx.clear_attempts(tenant, &row.subject, None).await?;
            tx.forget_drawn_questions(tenant, account).await?;
            close_others(tx, app, (scene, row, facts), chance).await?;
            tx.expire_codes(tenant, scene.journey, now).await?;
        }
        State::Closed(_) => {
            tx.date_account_attempt(tenant, scene.journey, now).await?;
            tx.expire_codes(tenant, scene.journey, now).await?;
        }
        State::Choosing { .. }
        | State::Challenged { .. }
        | State::Proven { .. }
        | State::Writing { .. }
        | State::Unconfirmed { .. } => {}
    }
    Ok(())
}

/// After a reset every other journey of the account ends, but those whose write is under way.
async fn close_others(
    tx: &mut Tx,
    app: &App,
    (scene, row, facts): (&Scene, &JourneyRow, &Facts),
    chance: &mut Chance,
) -> Result<(), Fault> {
    for mut other in tx.open_journeys(scene.tenant, &row.subject, scene.journey).await? {
        if matches!(other.journey.state, State::Writing { .. } | State::Unconfirmed { .. }) {
            continue;
        }
        let seen = other.version;
        other.journey.state = State::Closed(Outcome::Cancelled);
        other.version += 1;
        tx.save_journey(scene.tenant, seen, &other).await?;
        tx.expire_codes(scene.tenant, other.journey.head.id, scene.now).await?;
        let of_other = Scene { journey: other.journey.head.id, ..scene.clone() };
        let activity = [Activity::setback(Reason::NoLongerAllowed, None)];
        record::append(tx, app, &of_other, &activity, (Some(facts), &row.subject), chance).await?;
    }
    Ok(())
}

async fn renew_session(tx: &mut Tx, hold: &Hold, next: &Journey, token: &Token, now: Timestamp) -> Result<(), Fault> {
    tx.replace_sessions(hold.tenant, hold.journey, now).await?;
    give_session(tx, hold, next, token, now).await
}

async fn give_session(tx: &mut Tx, hold: &Hold, next: &Journey, token: &Token, now: Timestamp) -> Result<(), Fault> {
    let expires_at = next.head.deadline.saturating_add(SESSION_REST).unwrap_or(Timestamp::MAX);
    let locale = hold.lang.tag().to_owned();
    let session = Session { tenant: hold.tenant, journey: hold.journey, locale, replaced_at: None, expires_at };
    Ok(tx.insert_session(token.hash, &session, now).await?)
}

async fn save(
    tx: &mut Tx,
    scene: &Scene,
    row: &JourneyRow,
    step: &Step,
    digest: Option<[u8; 32]>,
) -> Result<(), Fault> {
    let Some(digest) = digest else { return Ok(()) };
    let issue = step.issue.map(|issue| serde_json::to_string(&issue)).transpose();
    let next = JourneyRow {
        journey: step.next.clone(),
        version: row.version + 1,
        subject: row.subject.clone(),
        decoy: row.decoy,
        user_id: row.user_id.clone(),
        step_digest: Some(digest.to_vec()),
        issue: issue.map_err(|error| Fault::Stored(error.to_string()))?,
    };
    Ok(tx.save_journey(scene.tenant, row.version, &next).await?)
}
