//! What cannot be avoided, measured on the same machine in the same minute.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use readmit_core::secret::NewPassword;
use readmit_server::hashing::Cost;
use readmit_server::hashing::Hasher;
use readmit_store::Keys;
use rusqlite::Connection;
use rusqlite::params;

use crate::process;
use crate::process::Process;

/// Processor time of one comparison with the last password and one new hash, on average over `pairs`.
pub(crate) async fn argon2(pairs: u32) -> Duration {
    let hasher = Hasher::new(&Keys::from_bytes([7; 32]), Cost::Standard);
    let (last, new) = ("Old horses graze slowly", "New horses graze slowly");
    let parsed = |text| NewPassword::parse(text).unwrap_or_else(|sign| panic!("{sign}"));
    let kept = hasher.hash(&parsed(last), [1; 16]).await.unwrap();
    let before = Process::own().cpu();
    for _ in 0..pairs {
        assert_eq!(hasher.verify(&parsed(new), &kept).await, Ok(false));
        hasher.hash(&parsed(new), [2; 16]).await.unwrap();
    }
    (Process::own().cpu() - before) / pairs
}

/// A database with nothing of ours but the settings: write-ahead log, synced at each commit.
pub(crate) struct Bare {
    connection: Connection,
}

impl Bare {
    pub(crate) fn open(folder: &Path) -> Self {
        let connection = Connection::open(folder.join("bare.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
            )
            .unwrap();
        Self { connection }
    }

    /// One durable transaction that inserts a short row.
    pub(crate) fn commit(&self) {
        let mut insert = self.connection.prepare_cached("INSERT INTO rows (text) VALUES (?1)").unwrap();
        insert.execute(params!["x".repeat(200)]).unwrap();
    }

    /// Processor time of one commit, and how long it takes, on average.
    pub(crate) fn one(&self) -> (Duration, Duration) {
        const COMMITS: u32 = 1000;
        let (cpu, since) = (process::cpu_of_this_thread(), Instant::now());
        for _ in 0..COMMITS {
            self.commit();
        }
        ((process::cpu_of_this_thread() - cpu) / COMMITS, since.elapsed() / COMMITS)
    }
}

/// How long it takes until a page appended to a file is on disk; the median of many.
pub(crate) fn sync(folder: &Path) -> Duration {
    let mut file = File::create(folder.join("sync")).unwrap();
    let mut times: Vec<Duration> = (0..301)
        .map(|_| {
            let since = Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            since.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}
