//! The crash test: several people in the middle of a reset, SIGKILL at a uniformly random moment, a restart, and then
//! every promise that was acknowledged is looked for. See `bin/crash.rs` for the command.
//!
//! What must hold after each restart:
//! * A journey stands where the last answer said, or one step further if a request was under way; a finished one stays
//!   finished. The same request again gives the same page, and the person can go on.
//! * A password that was acknowledged works and the old one does not; without acknowledgement exactly one of them works,
//!   and the page says which.
//! * Passwords were written exactly as often as the audit says, account by account; the audit's chain verifies.
//! * Counted guesses are never fewer than the answers that told of a wrong code.

mod checks;
mod walk;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use tokio::task::JoinSet;

use self::walk::Walk;
use crate::Client;
use crate::Installation;
use crate::PostgresCluster;
use crate::Protocol;
use crate::Server;
use crate::SmtpSink;

/// People in the middle of a reset when the server is killed.
const AT_ONCE: usize = 4;
/// Rounds that one group of people takes part in: a mailbox dies of a hundred wrong codes.
const ROUNDS_OF_A_GROUP: u32 = 40;

/// Which database the server works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A cluster of our own.
    Postgres,
}

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often the server is killed.
    pub rounds: u32,
    /// Where.
    pub engine: Engine,
    /// The same seed makes the same choices; the machine's timing is its own.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Summary {
    kills: u32,
    journeys: u32,
    acknowledged: u64,
    /// Kills that met at least one request on its way.
    struck: u32,
    pending: u32,
    committed_unheard: u32,
    resets: u32,
    /// Journeys that ended without a reset, because their code was in the hands of the server that was killed.
    begun_again: u32,
    unavailable: u32,
    slowest_restart: Duration,
    contradictions: Vec<String>,
}

impl Summary {
    /// For programs.
    #[must_use]
    pub fn document(&self, plan: &Plan, took: Duration) -> Value {
        json!({
            "database": format!("{:?}", plan.engine).to_lowercase(),
            "seed": plan.seed,
            "rounds": plan.rounds,
            "kills": self.kills,
            "kills_with_requests_under_way": self.struck,
            "journeys": self.journeys,
            "acknowledged": self.acknowledged,
            "unacknowledged": self.pending,
            "unacknowledged_but_committed": self.committed_unheard,
            "resets": self.resets,
            "begun_again": self.begun_again,
            "answers_of_503": self.unavailable,
            "slowest_restart_ms": self.slowest_restart.as_millis(),
            "seconds": took.as_secs(),
            "contradictions": self.contradictions,
        })
    }

    /// What must not be.
    #[must_use]
    pub fn contradictions(&self) -> &[String] {
        &self.contradictions
    }
}

/// Chance with a seed (splitmix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// Somebody with a password, and what is known of it.
struct Person {
    upn: String,
    password: String,
    /// The one before.
    former: Option<String>,
    /// Wrong answers since the last reset: told to the person, and at most counted.
    wrong: (u32, u32),
}

struct Stage {
    site: Installation,
    sink: Arc<SmtpSink>,
    server: Option<Server>,
    people: Vec<Person>,
    chance: Chance,
    /// How long the journeys of a round take; the moment of the kill is drawn from it.
    span: Duration,
    summary: Summary,
    _cluster: Option<PostgresCluster>,
}

/// Runs the rounds; `None`, said aloud, where the mail server or the database is not installed.
pub async fn run(plan: Plan) -> Option<Summary> {
    let sink = SmtpSink::start()?;
    let cluster = match plan.engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(PostgresCluster::start()?),
    };
    let url = cluster.as_ref().map(PostgresCluster::fresh_database);
    let site = Installation::new(url.as_deref());
    site.add(&sink.section());
    site.does(&["policy", "set", "throttle.attempts=100"]);
    let server = site.serve();
    let groups = plan.rounds.div_ceil(ROUNDS_OF_A_GROUP) as usize;
    let people = (0..groups * AT_ONCE).map(|number| {
        let password = format!("first heron number {number}");
        let upn = site.has(&format!("person-{number}"), &password, &[]);
        Person { upn, password, former: None, wrong: (0, 0) }
    });
    let mut stage = Stage {
        people: people.collect(),
        sink: Arc::new(sink),
        server: Some(server),
        chance: Chance::new(plan.seed),
        span: Duration::ZERO,
        summary: Summary::default(),
        site,
        _cluster: cluster,
    };
    stage.span = stage.undisturbed().await;
    for round in 0..plan.rounds {
        stage.round(round + 1).await;
    }
    stage.check_passwords_at_the_end();
    stage.server.take()?.stop();
    stage.check_audit("at the end");
    Some(stage.summary)
}

impl Stage {
    /// How long the journeys of a round take when nobody disturbs them; the better of two.
    async fn undisturbed(&mut self) -> Duration {
        let mut spans = Vec::new();
        for trial in 0..2 {
            let walks = self.prepare(u32::MAX - trial).await;
            let since = Instant::now();
            let killed = Arc::new(AtomicBool::new(false));
            let mut ended = Vec::new();
            join(&mut set_off(walks, &self.sink, &killed), &mut ended).await;
            spans.push(since.elapsed());
            self.settle(ended);
        }
        spans.into_iter().min().unwrap()
    }

    async fn round(&mut self, round: u32) {
        let walks = self.prepare(round).await;
        let moment = self.span.mul_f64(self.chance.below(1_000_000) as f64 / 1e6);
        let killed = Arc::new(AtomicBool::new(false));
        let (mut under_way, mut walks) = (set_off(walks, &self.sink, &killed), Vec::new());
        let since = Instant::now();
        if tokio::time::timeout(moment, join(&mut under_way, &mut walks)).await.is_ok() {
            // The machine is faster than it was: the next moments are drawn from a shorter time.
            self.span = since.elapsed();
        } else {
            self.span = self.span.mul_f64(1.02);
        }
        killed.store(true, Ordering::Relaxed);
        self.server.take().unwrap().kill();
        self.summary.kills += 1;
        join(&mut under_way, &mut walks).await;
        let pending = walks.iter().filter(|walk| walk.is_pending()).count();
        self.summary.pending += u32::try_from(pending).unwrap();
        self.summary.struck += u32::from(pending > 0);
        self.site.tables().settle();
        let since = Instant::now();
        self.server = Some(self.site.serve());
        self.summary.slowest_restart = self.summary.slowest_restart.max(since.elapsed());
        let place = format!("round {round}, killed after {} ms", moment.as_millis());
        self.check_journeys(&mut walks).await;
        self.check_writes(&place);
        self.check_counts(&walks, &place);
        self.check_audit(&place);
        for walk in &mut walks {
            walk.repeat().await;
        }
        killed.store(false, Ordering::Relaxed);
        let mut ended = Vec::new();
        join(&mut set_off(walks, &self.sink, &killed), &mut ended).await;
        self.settle(ended);
    }

    /// People of this round with a fresh mailbox each (one mailbox gets few codes an hour) and a solved human check.
    async fn prepare(&mut self, round: u32) -> Vec<Walk> {
        self.sink.forget().await;
        let group = (round / ROUNDS_OF_A_GROUP) as usize % (self.people.len() / AT_ONCE);
        let numbers = group * AT_ONCE..(group + 1) * AT_ONCE;
        let mut table = "upn,other_mails\n".to_owned();
        let mut walks = Vec::new();
        for number in numbers {
            let mailbox = format!("box-{number}-{round}@mail.example");
            let upn = self.people[number].upn.clone();
            table.push_str(&format!("{upn},{mailbox}\n"));
            let address = format!("203.0.{}.{}", round % 250, number % 250);
            let mut client = Client::new(&self.site.origin(), &address, Protocol::Http1);
            let human_check = client.human_check().await.unwrap();
            let password = format!("crashing wave {} of {round}", self.chance.next());
            let mut walk = Walk::new(client, (number, upn), (mailbox, password), human_check);
            walk.plan(&mut self.chance);
            walks.push(walk);
        }
        let file = self.site.file("mailboxes.csv");
        std::fs::write(&file, table).unwrap();
        self.site.does(&["user", "import", file.to_str().unwrap()]);
        walks
    }

    /// Takes over what the journeys ended with.
    fn settle(&mut self, walks: Vec<Walk>) {
        for mut walk in walks {
            let person = &mut self.people[walk.person];
            self.summary.journeys += 1;
            self.summary.unavailable += walk.unavailable;
            self.summary.acknowledged += walk.acknowledged();
            person.wrong.0 += walk.wrong.0;
            person.wrong.1 += walk.wrong.1;
            match walk.page().as_str() {
                "done" => {
                    self.summary.resets += 1;
                    person.former = Some(std::mem::replace(&mut person.password, walk.password.clone()));
                    person.wrong = (0, 0);
                }
                "cancelled" => self.summary.begun_again += 1,
                other => walk.contradict(&format!("cannot be finished, it stays on {other:?}")),
            }
            self.summary.contradictions.append(&mut walk.contradictions);
        }
    }
}

/// All walks at once, each until its end or until the server is gone.
fn set_off(walks: Vec<Walk>, sink: &Arc<SmtpSink>, killed: &Arc<AtomicBool>) -> JoinSet<Walk> {
    let mut under_way = JoinSet::new();
    for mut walk in walks {
        let (sink, killed) = (Arc::clone(sink), Arc::clone(killed));
        under_way.spawn(async move {
            walk.go(&sink, &killed).await;
            walk
        });
    }
    under_way
}

async fn join(under_way: &mut JoinSet<Walk>, ended: &mut Vec<Walk>) {
    while let Some(walk) = under_way.join_next().await {
        ended.push(walk.unwrap());
    }
}
