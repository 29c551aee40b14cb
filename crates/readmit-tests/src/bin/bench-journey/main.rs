//! Whole one-gate journeys over HTTP, beside the work that cannot be avoided. Prints one JSON document.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on must stop"
)]

mod floors;
mod mailbox;
mod process;
mod walk;
mod wire;

use std::time::Duration;
use std::time::Instant;

use readmit_tests::installation::Installation;
use serde_json::json;

use crate::floors::Bare;
use crate::mailbox::Mailbox;
use crate::process::Process;
use crate::walk::Walk;
use crate::wire::Wire;

/// Journeys that are measured, after a few that warm everything up.
const JOURNEYS: u32 = 40;
const WARM: u32 = 5;
/// Durable transactions of one journey: begin, choose, count, answer, password; lease and end of two messages.
const COMMITS: u32 = 9;

#[tokio::main]
async fn main() {
    let installation = Installation::new(None);
    let (mail, section) = Mailbox::open().await;
    installation.add(&section);
    let people: Vec<Walk> = (0..JOURNEYS + WARM).map(|number| person(&installation, number)).collect();
    let server = installation.serve();
    let process = Process(server.id());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (idle, idle_anonymous) = process.memory();
    let mut wire = Wire::open(&installation.origin()).await;
    let (mut cpu, mut since) = (process.cpu(), Instant::now());
    for (number, mut walk) in (0u32..).zip(people) {
        if number == WARM {
            // The last mails of the warm-up must not count.
            tokio::time::sleep(Duration::from_secs(1)).await;
            (cpu, since) = (process.cpu(), Instant::now());
        }
        walk.prepare(&mut wire).await;
        walk.go(&mut wire, &mail).await;
    }
    let took = since.elapsed() / JOURNEYS;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let journey = (process.cpu() - cpu) / JOURNEYS;
    let folder = tempfile::tempdir().unwrap();
    let hashes = floors::argon2(JOURNEYS).await;
    let (commit, commit_took) = Bare::open(folder.path()).one();
    let floor = hashes + commit * COMMITS;
    let page = wire.get("/reset").await;
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let document = json!({
        "journeys": JOURNEYS,
        "journey_cpu_ms": millis(journey),
        "journey_took_ms": millis(took),
        "floor_argon2_pair_cpu_ms": millis(hashes),
        "floor_commit_cpu_ms": millis(commit),
        "floor_commit_took_ms": millis(commit_took),
        "floor_sync_ms": millis(floors::sync(folder.path())),
        "commits_of_a_journey": COMMITS,
        "ratio": journey.as_secs_f64() / floor.as_secs_f64(),
        "idle_resident_kib": idle,
        "idle_anonymous_kib": idle_anonymous,
        "resident_after_kib": process.memory().0,
        "landing_bytes": page.bytes(),
    });
    println!("{document:#}");
}

fn person(installation: &Installation, number: u32) -> Walk {
    let mailbox = format!("p{number}@private.example");
    let (name, old) = (format!("p{number}"), "Old horses graze slowly");
    let upn = installation.has(&name, old, &["--other-mail", &mailbox]);
    Walk::new(number, upn, mailbox, format!("quiet herons wade {number}"))
}
