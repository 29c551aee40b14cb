//! The server is killed at random moments, on each database; `crash N` does it more often.

use readmit_tests::crash;
use readmit_tests::crash::Engine;
use readmit_tests::crash::Plan;

const ROUNDS: u32 = 15;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_kill_on_sqlite() {
    nothing_contradicts(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_kill_on_postgresql() {
    nothing_contradicts(Engine::Postgres).await;
}

async fn nothing_contradicts(engine: Engine) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let plan = Plan { rounds: ROUNDS, engine, seed: u64::from(now.subsec_nanos()) };
    let since = std::time::Instant::now();
    let Some(summary) = crash::run(plan).await else {
        return;
    };
    let document = summary.document(&plan, since.elapsed());
    println!("{document:#}");
    assert!(summary.contradictions().is_empty(), "{document:#}");
    assert_eq!(document["kills"], ROUNDS);
}
