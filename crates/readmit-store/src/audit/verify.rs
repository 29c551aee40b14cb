//! Reads every chain from its start and says what is wrong first: changed, missing, cut off, or not ours.

use std::path::Path;

use serde::Serialize;

use super::checkpoint::AuditFault;
use super::follow::Chain;
use super::follow::Page;
use super::follow::Stored;
use super::follow::Tally;
use super::signed;
use crate::Keys;
use crate::Store;
use crate::StoreError;
use crate::Tx;
use crate::args;

/// Records read at once.
const PAGE: i64 = 2_000;

/// What is wrong with an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// A record was changed, forged or moved.
    Modified,
    /// A record is missing between others.
    Gap,
    /// Records are missing at the end.
    Truncated,
    /// A signature or the key itself is not ours.
    Key,
}

impl Finding {
    /// How `readmit audit verify` ends: 10 to 13.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Modified => 10,
            Self::Gap => 11,
            Self::Truncated => 12,
            Self::Key => 13,
        }
    }
}

/// The first record that is not as it was written. Writer `checkpoints` stands for the checkpoints by their number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRecord {
    /// Whose chain.
    pub writer: String,
    /// Which record, counted from 1.
    pub seq: i64,
}

/// How far a chain reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WriterState {
    /// Whose chain.
    pub writer: String,
    /// Its last record; 0 if there is none.
    pub last_seq: i64,
    /// Hash of its last record, in hexadecimal.
    pub head: String,
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Nothing is wrong.
    pub ok: bool,
    /// How many records there are.
    pub records: u64,
    /// How many of them had personal data erased.
    pub redacted: u64,
    /// The chains.
    pub writers: Vec<WriterState>,
    /// What is wrong first.
    pub finding: Option<Finding>,
    /// Where that is; unknown if it is the key.
    pub first_bad: Option<BadRecord>,
}

/// A finding and its place.
pub(super) struct Flaw {
    pub(super) finding: Finding,
    pub(super) first_bad: Option<BadRecord>,
}

impl Flaw {
    pub(super) fn new(finding: Finding, writer: &str, seq: i64) -> Self {
        Self { finding, first_bad: Some(BadRecord { writer: writer.to_owned(), seq }) }
    }

    pub(super) fn modified(writer: &str, seq: i64) -> Self {
        Self::new(Finding::Modified, writer, seq)
    }

    pub(super) fn modified_checkpoint(id: i64) -> Self {
        Self::new(Finding::Modified, "checkpoints", id)
    }

    pub(super) fn missing_checkpoint(id: i64) -> Self {
        Self::new(Finding::Gap, "checkpoints", id)
    }

    pub(super) fn unsigned_checkpoint(id: i64) -> Self {
        Self::new(Finding::Key, "checkpoints", id)
    }
}

impl Store {
    /// Checks every record of every chain against its hash, its neighbours, its columns, the values beside it, the
    /// head of its chain and all checkpoints, in pages, while others may go on writing.
    ///
    /// `checkpoints` is a file that [`Store::checkpoint`] wrote, or a folder of such files (`.jsonl`).
    pub async fn verify_audit(&self, keys: &Keys, checkpoints: Option<&Path>) -> Result<Verification, AuditFault> {
        let mut signed = signed::signed(self, keys, checkpoints).await?;
        let check = self.read(async |tx: &mut Tx| tx.key_check().await).await?;
        let mut tally = Tally::default();
        tally.flaw = signed.flaw.take();
        if check.is_some_and(|check| check != keys.check()) {
            tally.flaw = Some(Flaw { finding: Finding::Key, first_bad: None });
        }
        let mut writers = self.read(async |tx: &mut Tx| tx.audit_chains().await).await?;
        writers.extend(signed.heads.keys().filter(|name| !writers.contains(name)).cloned().collect::<Vec<_>>());
        for writer in writers {
            let expected = signed.heads.remove(&writer).unwrap_or_default();
            tally = self.verify_chain(keys, Chain::new(writer, expected, tally)).await?;
        }
        tally.flaw = tally.flaw.or(signed.fork);
        Ok(tally.verification())
    }

    /// Reads the next page while the last one is checked.
    async fn verify_chain(&self, keys: &Keys, mut chain: Chain) -> Result<Tally, AuditFault> {
        let mut page = self.readable_page(&chain.writer, i64::MIN).await?;
        loop {
            let (last, reached) = (page.is_last, page.reached);
            let head = page.head.take();
            let writer = chain.writer.clone();
            let checking = tokio::task::spawn_blocking(move || {
                chain.page(&page);
                chain
            });
            let next = if last { None } else { Some(self.readable_page(&writer, reached).await?) };
            chain = checking.await.map_err(|_| StoreError::Lost)?;
            match next {
                Some(next) => page = next,
                None => return Ok(chain.end(keys, head)),
            }
        }
    }

    /// A page as large as can be read: a cell that is no longer text or bytes fails the whole statement.
    async fn readable_page(&self, writer: &str, after: i64) -> Result<Page, StoreError> {
        const FIRST: &str = "SELECT MIN(seq) FROM audit WHERE writer = $1 AND seq > $2";
        let mut limit = PAGE;
        loop {
            let name = writer.to_owned();
            match self.read(async move |tx: &mut Tx| tx.audit_chain_page(&name, after, limit).await).await {
                Err(StoreError::Bad(_)) if limit > 1 => limit /= 2,
                Err(StoreError::Bad(_)) => break,
                page => return page,
            }
        }
        let name = writer.to_owned();
        let read = self.read(async move |tx: &mut Tx| tx.one::<(Option<i64>,)>(FIRST, args![name, after]).await);
        Ok(Page::unreadable(read.await?.0))
    }
}

impl Tx {
    /// Chains that have a head come first, then those that only records or values name.
    async fn audit_chains(&mut self) -> Result<Vec<String>, StoreError> {
        const HEADS: &str = "SELECT writer FROM audit_writers ORDER BY writer";
        const RECORDS: &str = "SELECT MIN(writer) FROM audit WHERE writer > $1";
        const VALUES: &str = "SELECT MIN(writer) FROM audit_values WHERE writer > $1";
        let heads = self.all::<(String,)>(HEADS, args![]).await?;
        let mut writers: Vec<String> = heads.into_iter().map(|(writer,)| writer).collect();
        for next in [RECORDS, VALUES] {
            let mut last = String::new();
            while let (Some(writer),) = self.one::<(Option<String>,)>(next, args![last]).await? {
                if !writers.contains(&writer) {
                    writers.push(writer.clone());
                }
                last = writer;
            }
        }
        Ok(writers)
    }

    async fn audit_chain_page(&mut self, writer: &str, after: i64, limit: i64) -> Result<Page, StoreError> {
        const ROWS: &str = "SELECT seq, at, tenant, activity, service, result, actor, subject, support_code, body, hash \
            FROM audit WHERE writer = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        const VALUES: &str = "SELECT seq, field, salt, value FROM audit_values \
            WHERE writer = $1 AND seq > $2 AND seq <= $3 ORDER BY seq";
        const HEAD: &str = "SELECT seq, head, mac FROM audit_writers WHERE writer = $1";
        let rows: Vec<Stored> = self.all(ROWS, args![writer, after, limit]).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < limit);
        let reached = rows.last().filter(|_| !is_last).map_or(i64::MAX, |row| row.seq);
        let values = self.all(VALUES, args![writer, after, reached]).await?;
        let head = if is_last { self.opt(HEAD, args![writer]).await? } else { None };
        Ok(Page { rows, values, head, is_last, reached, unreadable: None })
    }
}
