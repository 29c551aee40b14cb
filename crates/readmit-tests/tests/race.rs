//! Two hundred wrong and right guesses in parallel: few are compared, and the right one is accepted at most once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use readmit_tests::Answer;
use readmit_tests::Client;
use readmit_tests::Installation;
use readmit_tests::PostgresCluster;
use readmit_tests::Protocol;
use readmit_tests::Server;
use readmit_tests::SmtpSink;
use readmit_tests::client::method_id;
use serde_json::Value;
use serde_json::json;
use tokio::task::JoinSet;

const GUESSES: usize = 200;
/// What the policy allows to be compared in an hour.
const ALLOWED: usize = 5;
/// A challenge burns after so many.
const TRIES: usize = 3;
/// Journeys of one account that guess in parallel.
const JOURNEYS: usize = 8;
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_guesses_over_http_1_on_sqlite() {
    let Some(arena) = Arena::on_sqlite() else {
        return;
    };
    arena.race(Protocol::Http1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_guesses_over_http_2_on_sqlite() {
    let Some(arena) = Arena::on_sqlite() else {
        return;
    };
    arena.race(Protocol::Http2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_guesses_over_http_1_at_two_servers_on_postgresql() {
    let Some(arena) = Arena::on_postgresql() else {
        return;
    };
    arena.race(Protocol::Http1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_guesses_over_http_2_at_two_servers_on_postgresql() {
    let Some(arena) = Arena::on_postgresql() else {
        return;
    };
    arena.race(Protocol::Http2).await;
}

/// An installation with one server or two.
struct Arena {
    site: Arc<Installation>,
    sink: SmtpSink,
    origins: Vec<String>,
    _servers: Vec<Server>,
    _cluster: Option<PostgresCluster>,
}

impl Arena {
    fn on_sqlite() -> Option<Self> {
        let sink = SmtpSink::start()?;
        let site = Installation::new(None);
        site.add(&sink.section());
        let servers = vec![site.serve()];
        Some(Self { origins: vec![site.origin()], site: Arc::new(site), sink, _servers: servers, _cluster: None })
    }

    fn on_postgresql() -> Option<Self> {
        let (sink, cluster) = (SmtpSink::start()?, PostgresCluster::start()?);
        let site = Installation::new(Some(&cluster.fresh_database()));
        site.add(&sink.section());
        let servers = vec![site.serve(), site.serve_second()];
        let origins = vec![site.origin(), site.second_origin()];
        Some(Self { origins, site: Arc::new(site), sink, _servers: servers, _cluster: Some(cluster) })
    }

    async fn race(&self, protocol: Protocol) {
        let busy = Administrator::start(&self.site);
        self.on_one_step(protocol).await;
        self.on_the_current_step(protocol).await;
        self.by_several_journeys(protocol).await;
        self.with_one_right_code(protocol).await;
        busy.stop();
        assert_eq!(self.site.asks(&["audit", "verify"]).code, 0);
    }

    /// Every guess names the step that the page had: one of them is taken.
    async fn on_one_step(&self, protocol: Protocol) {
        let (clients, code) = self.challenged("kim", protocol).await;
        let step = clients[0].clone().sees().await.unwrap().step();
        let mut racers = JoinSet::new();
        for (number, guess) in guesses(&code).into_iter().enumerate() {
            let mut client = clients[number % clients.len()].clone();
            racers.spawn(async move { client.moves("answer", &json!({ "step": step, "code": guess })).await.unwrap() });
        }
        let answers = racers.join_all().await;
        let compared = self.compared(clients[0].journey());
        judge(&answers, compared, "one step");
        assert!(compared.0 + compared.1 <= 1, "all but the first are stale: {compared:?}");
    }

    /// Every guess looks at the page before, and again as long as others were faster.
    async fn on_the_current_step(&self, protocol: Protocol) {
        let (clients, code) = self.challenged("lee", protocol).await;
        let mut racers = JoinSet::new();
        for (number, guess) in guesses(&code).into_iter().enumerate() {
            let client = clients[number % clients.len()].clone();
            racers.spawn(insist(client, guess));
        }
        let answers: Vec<Answer> = racers.join_all().await.into_iter().flatten().collect();
        let compared = self.compared(clients[0].journey());
        judge(&answers, compared, "current step");
        assert!(compared.0 <= TRIES, "a burnt challenge is not compared: {compared:?}");
    }

    /// Several journeys of one account at once, each with new challenges when one burns: the family's counter holds.
    async fn by_several_journeys(&self, protocol: Protocol) {
        let clients = self.at_several_journeys("max", protocol).await;
        let mut racers = JoinSet::new();
        for (client, share) in clients.into_iter().zip(guesses(&app_code()).chunks(GUESSES / JOURNEYS)) {
            racers.spawn(besiege(client, share.to_vec()));
        }
        let ended = racers.join_all().await;
        let mut total = (0, 0);
        for (journey, _) in &ended {
            let compared = self.compared(journey);
            total = (total.0 + compared.0, total.1 + compared.1);
        }
        let answers: Vec<Answer> = ended.into_iter().flat_map(|(_, answers)| answers).collect();
        println!("several journeys: {total:?} wrong and right compared; answers {:?}", tally(&answers));
        assert!(total.0 <= ALLOWED && total.1 <= 1, "{total:?}");
        never_our_fault(&answers);
    }

    /// The right code of an app in several journeys at the same time opens one of them (RFC 6238 §5.2).
    async fn with_one_right_code(&self, protocol: Protocol) {
        let mut ready = Vec::new();
        for mut client in self.at_several_journeys("nia", protocol).await {
            let step = client.chooses("app_code", None).await.step();
            ready.push((client, step));
        }
        let (code, mut racers) = (app_code(), JoinSet::new());
        for (mut client, step) in ready {
            let body = json!({ "step": step, "code": code });
            racers.spawn(async move { (client.moves("answer", &body).await.unwrap(), client.journey().to_owned()) });
        }
        let (answers, journeys): (Vec<Answer>, Vec<String>) = racers.join_all().await.into_iter().unzip();
        println!("one right code: answers {:?}", tally(&answers));
        let right: usize = journeys.iter().map(|journey| self.compared(journey).1).sum();
        assert_eq!((right, tally(&answers).get(&200)), (1, Some(&1)));
        never_our_fault(&answers);
    }

    /// Somebody with an app, and several journeys for them, each from another address.
    async fn at_several_journeys(&self, name: &str, protocol: Protocol) -> Vec<Client> {
        let upn = self.site.has(name, "the old password", &[]);
        self.site.does_with(&["user", "method", "add", &upn, "app_code", "--secret-stdin"], SEED);
        let mut clients = Vec::new();
        for number in 0..JOURNEYS {
            let origin = &self.origins[number % self.origins.len()];
            let mut client = Client::new(origin, &format!("198.51.100.{number}"), protocol);
            let begun = client.begins(&upn).await;
            assert_eq!(begun.status, 201, "{}", begun.body);
            clients.push(client);
        }
        clients
    }

    /// A person whose mail code is on its way to nobody: one client a server, and the right code.
    async fn challenged(&self, name: &str, protocol: Protocol) -> (Vec<Client>, String) {
        let mailbox = format!("{name}@mail.example");
        let upn = self.site.has(name, "the old password", &["--other-mail", &mailbox]);
        let mut client = Client::new(&self.origins[0], "198.51.100.77", protocol);
        assert_eq!(client.begins(&upn).await.status, 201);
        assert_eq!(client.chooses("email", None).await.page(), "challenge");
        let code = self.sink.awaits_code(&mailbox).await;
        let clients = self.origins.iter().map(|origin| client.at(origin, protocol));
        (clients.collect(), code)
    }

    /// How many answers of a journey the audit says were compared: wrong and right.
    fn compared(&self, journey: &str) -> (usize, usize) {
        let items = self.site.list(&["audit", "list", "--support-code", journey]);
        let count = |reason: &str| items.iter().filter(|item| item["reason"] == reason).count();
        (count("WrongAnswer"), count("CompletedGate"))
    }
}

fn judge(answers: &[Answer], (wrong, right): (usize, usize), what: &str) {
    println!("{what}: {wrong} wrong and {right} right compared; answers {:?}", tally(answers));
    assert!(wrong + right <= ALLOWED, "{wrong} wrong, {right} right");
    assert!(right <= 1);
    let accepted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(accepted, right, "accepted as often as the audit says");
    never_our_fault(answers);
}

/// How many answers have which status.
fn tally(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry(answer.status).or_default() += 1;
    }
    tally
}

fn never_our_fault(answers: &[Answer]) {
    let fault = answers.iter().find(|answer| answer.status >= 500);
    assert!(fault.is_none(), "{fault:?}");
}

/// One guess, repeated while it comes too late for its step.
async fn insist(mut client: Client, guess: String) -> Vec<Answer> {
    let mut answers = Vec::new();
    loop {
        let view = client.sees().await.unwrap().view();
        if view["page"] != "challenge" {
            return answers;
        }
        let answer = client.moves("answer", &json!({ "step": view["step"], "code": guess })).await.unwrap();
        let is_late = answer.status == 409;
        answers.push(answer);
        if !is_late {
            return answers;
        }
    }
}

/// All guesses one after another; a new challenge whenever one burns.
async fn besiege(mut client: Client, guesses: Vec<String>) -> (String, Vec<Answer>) {
    let mut answers = Vec::new();
    let mut guesses = guesses.into_iter();
    loop {
        let seen = client.sees().await.unwrap();
        let view = seen.view();
        let is_offered = view["methods"].as_array().is_some_and(|all| !all.is_empty());
        let answer = match view["page"].as_str() {
            Some("choose") if is_offered => {
                let body = json!({ "step": view["step"], "method_id": method_id(&view, "app_code") });
                client.moves("choose", &body).await.unwrap()
            }
            Some("challenge") => {
                let Some(guess) = guesses.next() else { break };
                client.moves("answer", &json!({ "step": view["step"], "code": guess })).await.unwrap()
            }
            _ => break,
        };
        answers.push(answer);
    }
    (client.journey().to_owned(), answers)
}

/// Different codes, the right one at a random place.
fn guesses(right: &str) -> Vec<String> {
    let number: usize = right.parse().unwrap();
    let mut guesses: Vec<String> = (1..GUESSES).map(|more| format!("{:06}", (number + more) % 1_000_000)).collect();
    let chance = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos() as usize;
    guesses.insert(chance % GUESSES, right.to_owned());
    guesses
}

fn app_code() -> String {
    let secret = totp_rs::Secret::try_from_base32(SEED).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).with_skew(1).build().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    app.generate(now.as_secs()).to_string()
}

/// Somebody who changes accounts by the command line all the while.
struct Administrator {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Administrator {
    fn start(site: &Arc<Installation>) -> Self {
        let (stop, site) = (Arc::new(AtomicBool::new(false)), Arc::clone(site));
        let stopped = Arc::clone(&stop);
        let upn = site.has("nobody", "not in this race", &[]);
        let thread = std::thread::spawn(move || {
            let mut count = 0;
            while !stopped.load(Ordering::Relaxed) {
                site.does(&["user", "set", &upn, "--display-name", &format!("Nobody {count}")]);
                count += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            count
        });
        Self { stop, thread }
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        let count = self.thread.join().unwrap();
        println!("{count} commands wrote meanwhile");
        assert!(count > 0);
    }
}

#[test]
fn the_right_code_is_among_the_guesses_once() {
    let all = guesses("999900");
    assert_eq!(all.len(), GUESSES);
    assert_eq!(all.iter().filter(|guess| *guess == "999900").count(), 1);
    assert!(all.iter().all(|guess| guess.len() == 6), "{}", Value::from(all.clone()));
}
