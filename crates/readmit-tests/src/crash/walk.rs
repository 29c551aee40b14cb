//! One person's way through a reset, with a log of every answer that arrived.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use super::Chance;
use crate::Answer;
use crate::Client;
use crate::Protocol;
use crate::SmtpSink;
use crate::client::method_id;

/// How long a code may take before the person gives up: a killed server's mail waits for the end of its lease.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often a journey takes 503 for an answer: the server hashes at most a second's worth of passwords ahead.
const PERSISTENCE: u32 = 10;
/// Too short for every preset.
const UNFIT: &str = "short";

/// A request, as it was sent.
#[derive(Clone, Debug)]
pub(super) struct Move {
    verb: &'static str,
    body: Value,
}

/// What the person was told last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    step: i64,
    page: String,
    tries_left: Option<i64>,
}

pub(super) struct Walk {
    pub(super) person: usize,
    pub(super) upn: String,
    pub(super) password: String,
    /// Wrong answers of this journey: told, and at most counted.
    pub(super) wrong: (u32, u32),
    pub(super) contradictions: Vec<String>,
    /// Answers of 503, each followed by the same request.
    pub(super) unavailable: u32,
    client: Client,
    mailbox: String,
    human_check: Value,
    is_again: bool,
    wrong_to_come: u64,
    unfit_to_come: u64,
    view: Value,
    log: Vec<String>,
    last: Option<Move>,
    pending: Option<Move>,
}

impl Told {
    fn of(view: &Value) -> Self {
        Self {
            step: view["step"].as_i64().unwrap_or(-1),
            page: view["page"].as_str().unwrap_or_default().to_owned(),
            tries_left: view["challenge"]["tries_left"].as_i64(),
        }
    }
}

impl Walk {
    pub(super) fn new(
        client: Client,
        (person, upn): (usize, String),
        (mailbox, password): (String, String),
        human_check: Value,
    ) -> Self {
        Self {
            person,
            upn,
            password,
            wrong: (0, 0),
            contradictions: Vec::new(),
            unavailable: 0,
            client,
            mailbox,
            human_check,
            is_again: false,
            wrong_to_come: 0,
            unfit_to_come: 0,
            view: Value::Null,
            log: Vec::new(),
            last: None,
            pending: None,
        }
    }

    /// Draws how clumsy the person is.
    pub(super) fn plan(&mut self, chance: &mut Chance) {
        self.wrong_to_come = chance.below(5).saturating_sub(2);
        self.unfit_to_come = chance.below(3) / 2;
    }

    /// Goes on until the end, or until the server does not answer any more.
    pub(super) async fn go(&mut self, sink: &SmtpSink, killed: &AtomicBool) {
        if self.view.is_null() && self.begin().await.is_err() {
            return;
        }
        // A contradiction ends the walk, and so does an end; anything else moves on within a few requests.
        for _ in 0..20 {
            let Some(next) = self.next(sink, killed).await else {
                return;
            };
            if self.make(next).await.is_err() || !self.contradictions.is_empty() {
                return;
            }
        }
        self.contradict("goes round in circles");
    }

    async fn begin(&mut self) -> reqwest::Result<()> {
        let mut answer = self.client.begins_with(&self.upn, &self.human_check).await?;
        if self.is_again && answer.json()["fields"][0]["rule"] == "human_check" {
            // The first request was carried out, and the check serves once: the page solves another one.
            self.human_check = self.client.human_check().await?;
            answer = self.client.begins_with(&self.upn, &self.human_check).await?;
        }
        if answer.status != 201 {
            self.contradict(&format!("began with {} {}", answer.status, answer.body));
        }
        self.hear(&answer, "begin");
        Ok(())
    }

    /// The next request; nothing after an end, and nothing once the server is gone.
    async fn next(&mut self, sink: &SmtpSink, killed: &AtomicBool) -> Option<Move> {
        let step = self.view["step"].clone();
        let (verb, body) = match self.page().as_str() {
            "choose" => ("choose", json!({ "step": step, "method_id": method_id(&self.view, "email") })),
            "challenge" => match self.code(sink, killed).await {
                Some(code) => ("answer", json!({ "step": step, "code": self.typed(&code) })),
                None if killed.load(Ordering::Relaxed) => return None,
                None => ("cancel", json!({ "step": step })),
            },
            "password" if self.unfit_to_come > 0 => {
                self.unfit_to_come -= 1;
                ("password", json!({ "step": step, "new_password": UNFIT }))
            }
            "password" => ("password", json!({ "step": step, "new_password": self.password })),
            _ => return None,
        };
        Some(Move { verb, body })
    }

    async fn code(&self, sink: &SmtpSink, killed: &AtomicBool) -> Option<String> {
        let since = Instant::now();
        while since.elapsed() < PATIENCE && !killed.load(Ordering::Relaxed) {
            if let Some(code) = sink.code(&self.mailbox).await {
                return Some(code);
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        None
    }

    /// The code, or another one while wrong answers are to come.
    fn typed(&mut self, code: &str) -> String {
        if self.wrong_to_come == 0 {
            return code.to_owned();
        }
        self.wrong_to_come -= 1;
        let number: u32 = code.parse().unwrap();
        format!("{:06}", (number + 1) % 1_000_000)
    }

    async fn make(&mut self, next: Move) -> reqwest::Result<()> {
        self.pending = Some(next.clone());
        let mut answer = self.client.moves(next.verb, &next.body).await?;
        while answer.status == 503 && self.unavailable < PERSISTENCE {
            // An overloaded machine: nothing was done, and the same request may come again.
            self.unavailable += 1;
            tokio::time::sleep(Duration::from_millis(200)).await;
            answer = self.client.moves(next.verb, &next.body).await?;
        }
        self.pending = None;
        if !matches!(answer.status, 200 | 422) {
            self.contradict(&format!("{} was answered {} {}", next.verb, answer.status, answer.body));
            return Ok(());
        }
        let tries_before = self.view["challenge"]["tries_left"].as_i64();
        self.hear(&answer, next.verb);
        let tries_after = self.view["challenge"]["tries_left"].as_i64();
        if next.verb == "answer" && answer.status == 422 {
            self.wrong = (self.wrong.0 + 1, self.wrong.1 + 1);
            if tries_after >= tries_before {
                self.contradict("a wrong answer left as many tries as before");
            }
        }
        self.last = Some(next);
        Ok(())
    }

    fn hear(&mut self, answer: &Answer, verb: &str) {
        self.view = answer.view();
        let Told { step, page, .. } = Told::of(&self.view);
        self.log.push(format!("{verb} → {} {page} {step}", answer.status));
    }

    /// After a restart: the journey stands where the last answer said, or one step further if a request was under way.
    /// Says whether that request had been carried out.
    pub(super) async fn compare(&mut self, origin: &str) -> bool {
        self.client = self.client.at(origin, Protocol::Http1);
        if self.view.is_null() {
            // The person never heard of the journey, so there is nothing to hold on to.
            self.is_again = true;
            return false;
        }
        let answer = self.client.sees().await.unwrap();
        let (told, found) = (Told::of(&self.view), Told::of(&answer.view()));
        let went_on = self.pending.is_some() && found.step == told.step + 1;
        if answer.status != 200 {
            self.contradict(&format!("is answered {} {}", answer.status, answer.body));
        } else if !went_on && found != told {
            self.contradict(&format!("stands at {found:?}, the last answer was {told:?}"));
        }
        if self.pending.as_ref().is_some_and(|one| one.verb == "answer") {
            // Counted before it was judged, perhaps; the repetition below may count it once more.
            self.wrong.1 += 1;
        }
        self.log.push(format!("restart → {} {}", found.page, found.step));
        self.view = answer.view();
        went_on
    }

    /// Sends the last request again: it does nothing if it was carried out, and shows the same page.
    pub(super) async fn repeat(&mut self) {
        let Some(again) = self.pending.clone().or_else(|| self.last.clone()) else {
            return;
        };
        let was_pending = self.pending.is_some();
        let before = Told::of(&self.view);
        let sent = again.body["step"].as_i64().unwrap();
        let carried_out = before.step == sent + 1;
        if let Err(error) = self.make(again.clone()).await {
            self.contradict(&format!("{} again: {error}", again.verb));
        }
        let after = Told::of(&self.view);
        if (carried_out || !was_pending) && after != before {
            self.contradict(&format!("{} again changed {before:?} to {after:?}", again.verb));
        }
        let unfit = again.body["new_password"] == UNFIT;
        if !carried_out && was_pending && after.step != sent + i64::from(!unfit) {
            self.contradict(&format!("{} again led from {before:?} to {after:?}", again.verb));
        }
    }

    /// Which page the person is on.
    pub(super) fn page(&self) -> String {
        Told::of(&self.view).page
    }

    /// Whether a request was under way.
    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some() || self.view.is_null()
    }

    /// Answers that arrived.
    pub(super) fn acknowledged(&self) -> u64 {
        self.log.iter().filter(|line| !line.starts_with("restart")).count() as u64
    }

    pub(super) fn contradict(&mut self, what: &str) {
        let way = self.log.join(", ");
        let pending = self.pending.as_ref().map(|one| one.verb);
        self.contradictions.push(format!(
            "journey {} of {}: {what} (way: {way}; under way: {pending:?})",
            self.client.journey(),
            self.upn
        ));
    }
}
