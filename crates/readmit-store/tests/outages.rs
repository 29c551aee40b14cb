//! What is left after full disks, killed programs, busy files and other releases.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its database must stop")]
#![expect(clippy::print_stderr, reason = "what is not tested is said aloud")]
#![expect(clippy::disallowed_methods, reason = "a test starts tasks and programs of its own")]

mod common;

use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use readmit_store::Engine;
use readmit_store::Migration;
use readmit_store::Store;
use readmit_store::StoreConfig;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::args;
use tokio::task::JoinSet;

use common::Bed;

const START: Migration =
    Migration { version: 1, name: "start", sql: "CREATE TABLE things (id BIGINT PRIMARY KEY, b BYTEA NOT NULL)" };
const SCHEMA: &[Migration] = &[START];
const NEXT: &[Migration] =
    &[START, Migration { version: 2, name: "more", sql: "CREATE TABLE more (id BIGINT PRIMARY KEY)" }];
const HALF: &[Migration] = &[
    START,
    Migration { version: 2, name: "more", sql: "CREATE TABLE more (id BIGINT PRIMARY KEY)" },
    Migration { version: 3, name: "wrong", sql: "CREATE TABLE more (id BIGINT PRIMARY KEY)" },
];
const NEWER: &[Migration] =
    &[START, Migration { version: 9_999, name: "later", sql: "CREATE TABLE later (id BIGINT)" }];
const EDITED: &[Migration] = &[Migration { version: 1, name: "start", sql: "CREATE TABLE things (id BIGINT)" }];
const INSERT: &str = "INSERT INTO things (id, b) VALUES ($1, $2)";

async fn beds() -> Vec<Bed> {
    let beds = common::beds().await;
    for bed in &beds {
        bed.store.migrate_with(SCHEMA).await.unwrap();
    }
    beds
}

async fn put(store: &Store, id: i64, bytes: usize) -> Result<(), StoreError> {
    let put = store.write(async move |tx: &mut Tx| tx.exec(INSERT, args![id, vec![7_u8; bytes]]).await.map(drop));
    put.await
}

async fn ids(store: &Store) -> Vec<i64> {
    let rows = store.read(async |tx: &mut Tx| tx.all::<(i64,)>("SELECT id FROM things ORDER BY id", args![]).await);
    rows.await.unwrap_or_else(|error: StoreError| unreachable!("{error}")).into_iter().map(|(id,)| id).collect()
}

/// This test program again, running only [`the_other_program`].
fn other_program(url: &str, first: i64, last: i64) -> Child {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "the_other_program", "--nocapture", "--ignored"]);
    program.env("OTHER_URL", url).env("OTHER_RANGE", format!("{first} {last}"));
    program.stdout(Stdio::piped()).spawn().unwrap()
}

/// The ids that it said were kept.
fn kept_by(program: &mut Child) -> impl Iterator<Item = i64> + use<> {
    let lines = BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix("kept ")?.parse().ok())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "is run by other tests, as another program"]
async fn the_other_program() {
    use std::io::Write;
    let Ok(url) = std::env::var("OTHER_URL") else {
        return;
    };
    let range = std::env::var("OTHER_RANGE").unwrap();
    let (first, last) = range.split_once(' ').unwrap();
    let store = common::open(&url).await;
    let mut out = std::io::stdout();
    for id in first.parse::<i64>().unwrap()..last.parse().unwrap() {
        put(&store, id, 10).await.unwrap();
        // One write a line: a killed program leaves no half of a number.
        out.write_all(format!("\nkept {id}\n").as_bytes()).unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_write_one_database() {
    for bed in beds().await {
        let mut other = other_program(&bed.url, 1_000, 1_200);
        for id in 0..200 {
            put(&bed.store, id, 10).await.unwrap();
        }
        assert_eq!(kept_by(&mut other).count(), 200, "{bed}");
        assert!(other.wait().unwrap().success(), "{bed}");
        assert!(ids(&bed.store).await.into_iter().eq((0..200).chain(1_000..1_200)), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_loses_nothing_that_it_was_told_is_kept() {
    for bed in beds().await {
        let mut other = other_program(&bed.url, 0, i64::MAX);
        let mut kept = Vec::new();
        let mut told = kept_by(&mut other);
        kept.extend(told.by_ref().take(300));
        other.kill().unwrap();
        kept.extend(told);
        other.wait().unwrap();
        // PostgreSQL may still be busy with the last statement of the dead program.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let stored = ids(&bed.store).await;
        assert!(stored.starts_with(&kept), "{bed}: told {} and stored {}", kept.len(), stored.len());
        assert!(stored.len() <= kept.len() + 1, "{bed}");
        put(&bed.store, -1, 10).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_program_holds_is_busy_and_then_free() {
    let bed = beds().await.swap_remove(0);
    let holder = rusqlite::Connection::open(bed.url.trim_start_matches("sqlite:")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let since = Instant::now();
    assert_eq!(put(&bed.store, 1, 10).await, Err(StoreError::Busy));
    let waited = since.elapsed();
    assert!(waited > Duration::from_secs(4) && waited < Duration::from_secs(9), "{waited:?}");
    // A short hold is only waited for.
    let store = bed.store.clone();
    let patient = tokio::spawn(async move { put(&store, 2, 10).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    holder.execute_batch("COMMIT").unwrap();
    assert_eq!(patient.await.unwrap(), Ok(()));
    assert_eq!(ids(&bed.store).await, [2]);
}

/// A file system of two megabytes, which only root can make.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(dir.path()).output();
        mount.is_ok_and(|done| done.status.success()).then_some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_only_what_was_not_acknowledged() {
    let Some(disk) = SmallDisk::mount() else {
        return eprintln!("SKIPPED: only root can mount a small disk");
    };
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0_u8; 600 * 1024]).unwrap();
    let store = common::open(&format!("sqlite:{}", disk.path().join("readmit.db").display())).await;
    store.migrate_with(SCHEMA).await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..8_i64 {
        let store = store.clone();
        writers.spawn(async move {
            let mut kept = Vec::new();
            for id in (0..400).map(|turn| writer * 1_000 + turn) {
                match put(&store, id, 3_000).await {
                    Ok(()) => kept.push(id),
                    Err(error) => return (kept, Some(error)),
                }
            }
            (kept, None)
        });
    }
    let (kept, errors): (Vec<_>, Vec<_>) = writers.join_all().await.into_iter().unzip();
    let mut kept = kept.concat();
    kept.sort_unstable();
    assert!(errors.iter().all(|e| matches!(e, Some(StoreError::Full | StoreError::Lost))), "{errors:?}");
    assert!(errors.contains(&Some(StoreError::Full)), "{errors:?}");
    assert!(!kept.is_empty());
    assert_eq!(ids(&store).await, kept);
    fs::remove_file(ballast).unwrap();
    put(&store, 99_999, 3_000).await.unwrap();
    kept.push(99_999);
    store.close().await;
    let again = common::open(&format!("sqlite:{}", disk.path().join("readmit.db").display())).await;
    assert_eq!(ids(&again).await, kept);
    again.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_finishes_what_is_queued_and_refuses_the_rest() {
    for bed in beds().await {
        let mut units = JoinSet::new();
        for id in 0..300 {
            let store = bed.store.clone();
            units.spawn(async move { (id, put(&store, id, 10).await) });
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        bed.store.close().await;
        let (kept, refused): (Vec<_>, Vec<_>) =
            units.join_all().await.into_iter().partition(|(_, outcome)| outcome.is_ok());
        assert!(refused.iter().all(|(_, outcome)| *outcome == Err(StoreError::Gone)), "{bed}: {refused:?}");
        assert_eq!(put(&bed.store, 999, 10).await, Err(StoreError::Gone), "{bed}");
        let mut kept: Vec<i64> = kept.into_iter().map(|(id, _)| id).collect();
        kept.sort_unstable();
        assert_eq!(ids(&common::open(&bed.url).await).await, kept, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_connections_are_replaced() {
    const KILL: &str = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for bed in beds().await.into_iter().filter(|bed| bed.store.engine() == Engine::Postgres) {
        let own = bed.store.write(async |tx: &mut Tx| {
            tx.exec(INSERT, args![1_i64, vec![1_u8]]).await?;
            tx.all::<(String,)>("SELECT pg_terminate_backend(pg_backend_pid())::text", args![]).await
        });
        assert_eq!(own.await, Err(StoreError::Gone), "{bed}");
        let other = common::open(&bed.url).await;
        for id in 2..6 {
            put(&bed.store, id, 10).await.unwrap();
            other
                .read(async |tx: &mut Tx| tx.all::<(String,)>(KILL, args![]).await)
                .await
                .unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        }
        put(&bed.store, 6, 10).await.unwrap();
        assert_eq!(ids(&bed.store).await, [2, 3, 4, 5, 6], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_programs_that_start_at_once_migrate_once() {
    for bed in common::beds().await {
        assert_eq!(bed.store.schema_version().await, Ok(0), "{bed}");
        let mut programs = Vec::new();
        for _ in 0..8 {
            programs.push(common::open(&bed.url).await);
        }
        let starts = programs.into_iter().map(|store| async move { store.migrate_with(NEXT).await });
        let starts = starts.collect::<JoinSet<_>>();
        assert_eq!(starts.join_all().await, vec![Ok(2); 8], "{bed}");
        assert_eq!(bed.store.migrate_with(NEXT).await, Ok(2), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_leaves_the_old_schema() {
    for bed in beds().await {
        put(&bed.store, 1, 10).await.unwrap();
        assert!(matches!(bed.store.migrate_with(HALF).await, Err(StoreError::Bad(_))), "{bed}");
        assert_eq!(bed.store.schema_version().await, Ok(1), "{bed}");
        assert_eq!(bed.store.migrate_with(NEXT).await, Ok(2), "{bed}");
        assert_eq!(ids(&bed.store).await, [1], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_or_edited_schema_is_refused() {
    for bed in beds().await {
        let edited = StoreError::Edited { version: 1, name: "start".to_owned() };
        assert_eq!(bed.store.migrate_with(EDITED).await, Err(edited), "{bed}");
        bed.store.migrate_with(NEWER).await.unwrap();
        let newer = StoreError::Schema { found: 9_999, known: 1 };
        assert_eq!(bed.store.migrate_with(SCHEMA).await, Err(newer), "{bed}");
        let opened = Store::open(&StoreConfig { url: bed.url.clone(), password: None }).await;
        assert!(matches!(opened.map(drop), Err(StoreError::Schema { found: 9_999, .. })), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_and_its_copy_before_a_migration_belong_to_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let bed = beds().await.swap_remove(0);
    put(&bed.store, 1, 10).await.unwrap();
    bed.store.migrate_with(NEXT).await.unwrap();
    let file = bed.url.trim_start_matches("sqlite:");
    for name in [file.to_owned(), format!("{file}-wal"), format!("{file}.before-1")] {
        assert_eq!(fs::metadata(&name).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let copy = common::open(&format!("{}.before-1", bed.url)).await;
    assert_eq!((copy.schema_version().await, ids(&copy).await), (Ok(1), vec![1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_make_no_sense_are_refused_with_a_reason() {
    for url in [
        "readmit.db",
        "sqlite:",
        "sqlite::memory:",
        "mysql://x/y",
        "postgres://h/d?sslmode=maybe",
        "postgres://h/d?sslrootcert=/no/such",
    ] {
        let opened = Store::open(&StoreConfig { url: url.to_owned(), password: None }).await;
        assert!(matches!(opened.map(drop), Err(StoreError::Config(_))), "{url}");
    }
    let nowhere = Store::open(&StoreConfig { url: "postgres://x@127.0.0.1:1/x".to_owned(), password: None }).await;
    assert_eq!(nowhere.map(drop), Err(StoreError::Gone));
}
