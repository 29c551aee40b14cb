//! Signed statements of how far each chain was at a time; kept in the database and, where an administrator of the
//! database cannot reach it, in a file.

use std::fs;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::Write as _;
use std::path::Path;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use super::chain::GENESIS;
use super::chain::canonical;
use super::chain::sha256;
use super::chain::time;
use crate::KeyError;
use crate::Keys;
use crate::Store;
use crate::StoreError;
use crate::Tx;
use crate::args;
use crate::keys::hex;

const INTERVAL: SignedDuration = SignedDuration::from_mins(5);
const RECORDS: i64 = 1_000;
/// How often a checkpoint gives way to one that another process makes at the same time.
const TRIES: usize = 5;

/// Why the audit could not be checkpointed or verified.
#[derive(Debug, thiserror::Error)]
pub enum AuditFault {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file of checkpoints cannot be read or written.
    #[error("the checkpoint file {path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// What the operating system says.
        error: io::Error,
    },
}

impl AuditFault {
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File { path: path.display().to_string(), error }
    }
}

/// What is signed: version 1 of the stored form.
#[derive(Serialize, Deserialize)]
pub(super) struct Statement {
    v: u8,
    pub(super) id: i64,
    pub(super) at: String,
    pub(super) heads: Vec<Head>,
    /// SHA-256 of the statement before, in hexadecimal.
    pub(super) previous: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) writer: String,
    pub(super) seq: i64,
    pub(super) head: String,
}

/// One line of the file; both are texts, so that what was signed is there byte by byte.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) body: String,
    pub(super) signature: String,
}

/// Whether a checkpoint is due: none yet, 5 minutes since the last one, or 1,000 records since then.
#[must_use]
pub fn checkpoint_due(last: Option<Timestamp>, records_since: i64, now: Timestamp) -> bool {
    // A clock that was set back must not silence us, so the distance counts in both directions.
    last.is_none_or(|last| now.duration_since(last).abs() >= INTERVAL || records_since >= RECORDS)
}

impl Store {
    /// Signs the heads of all chains, keeps that in the database and then, durably, in the file (one JSON line, made
    /// readable by its owner only). Answers the checkpoint's number.
    ///
    /// Also at start and stop of each process that writes.
    pub async fn checkpoint(&self, keys: &Keys, file: Option<&Path>, now: Timestamp) -> Result<i64, AuditFault> {
        let (id, line) = self.sign_checkpoint(keys, now).await?;
        if let Some(path) = file {
            let path = path.to_owned();
            let kept = tokio::task::spawn_blocking(move || append(&path, &line).map_err(AuditFault::file(&path)));
            kept.await.map_err(|_| StoreError::Lost)??;
        }
        Ok(id)
    }

    async fn sign_checkpoint(&self, keys: &Keys, now: Timestamp) -> Result<(i64, String), AuditFault> {
        for _ in 1..TRIES {
            let keys = keys.clone();
            match self.write(async move |tx: &mut Tx| tx.sign_checkpoint(&keys, now).await).await {
                Err(AuditFault::Store(StoreError::Conflict)) => {}
                done => return done,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Whether [`checkpoint_due`] says so for what the database holds now.
    pub async fn is_checkpoint_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        const TOTAL: &str = "SELECT seq FROM audit_writers";
        const LAST: &str = "SELECT at, body FROM checkpoints ORDER BY id DESC LIMIT 1";
        self.read(async move |tx: &mut Tx| {
            let Some((at, body)) = tx.opt::<(Timestamp, String)>(LAST, args![]).await? else {
                return Ok(true);
            };
            let total: i64 = tx.all::<(i64,)>(TOTAL, args![]).await?.into_iter().map(|(seq,)| seq).sum();
            // A last checkpoint that does not parse covers nothing.
            let covered =
                serde_json::from_str::<Statement>(&body).map_or(0, |last| last.heads.iter().map(|head| head.seq).sum());
            Ok(checkpoint_due(Some(at), total - covered, now))
        })
        .await
    }
}

impl Tx {
    async fn sign_checkpoint(&mut self, keys: &Keys, now: Timestamp) -> Result<(i64, String), AuditFault> {
        const LAST: &str = "SELECT id, body FROM checkpoints ORDER BY id DESC LIMIT 1";
        const HEADS: &str = "SELECT writer, seq, head FROM audit_writers ORDER BY writer";
        const INSERT: &str = "INSERT INTO checkpoints (id, at, body, signature) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (id) DO NOTHING";
        let (last, previous) = match self.opt::<(i64, String)>(LAST, args![]).await? {
            Some((id, body)) => (id, sha256(&[body.as_bytes()])),
            None => (0, GENESIS),
        };
        let id = last + 1;
        let heads = self.all::<(String, i64, [u8; 32])>(HEADS, args![]).await?;
        let heads = heads.into_iter().map(|(writer, seq, head)| Head { writer, seq, head: hex(&head) }).collect();
        let body = canonical(&Statement { v: 1, id, at: time(now), heads, previous: hex(&previous) })?;
        let signature = keys.signing_key()?.sign(body.as_bytes());
        if self.exec(INSERT, args![id, now, body.as_str(), signature]).await? == 0 {
            return Err(StoreError::Conflict.into());
        }
        Ok((id, canonical(&Line { body, signature: hex(&signature) })?))
    }
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut text = String::with_capacity(line.len() + 2);
    if is_torn(&mut file)? {
        text.push('\n');
    }
    text.push_str(line);
    text.push('\n');
    // One write, so that two processes do not mix their lines.
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Whether a crash left the last line without its end.
fn is_torn(file: &mut fs::File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(io::SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
