//! What the checkpoints say, once their signatures and their order are checked.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;

use super::chain::GENESIS;
use super::chain::sha256;
use super::chain::time;
use super::checkpoint::AuditFault;
use super::checkpoint::Head;
use super::checkpoint::Line;
use super::checkpoint::Statement;
use super::verify::Flaw;
use crate::Keys;
use crate::Store;
use crate::StoreError;
use crate::Tx;
use crate::VerifyingKey;
use crate::args;
use crate::keys::hex;

/// What good signatures say about the chains, and the first thing that is wrong with the checkpoints themselves.
pub(super) struct Signed {
    /// Hash of the record by writer and number.
    pub(super) heads: BTreeMap<String, BTreeMap<i64, [u8; 32]>>,
    pub(super) flaw: Option<Flaw>,
    /// Two good checkpoints that contradict each other: the database went back to an older state and on from there.
    /// Told last, because what is missing since then says more.
    pub(super) fork: Option<Flaw>,
    bodies: BTreeMap<i64, [u8; 32]>,
    key: VerifyingKey,
}

/// Reads and checks the checkpoints of the table and of the file, or of all `.jsonl` files of a folder.
pub(super) async fn signed(store: &Store, keys: &Keys, path: Option<&Path>) -> Result<Signed, AuditFault> {
    let key = keys.signing_key()?.verifying();
    let mut signed = Signed { heads: BTreeMap::new(), flaw: None, fork: None, bodies: BTreeMap::new(), key };
    signed.take_table(store).await?;
    if let Some(path) = path {
        let path = path.to_owned();
        let lines = tokio::task::spawn_blocking(move || lines(&path).map_err(AuditFault::file(&path)));
        for line in lines.await.map_err(|_| StoreError::Lost)?? {
            signed.take_line(&line);
        }
    }
    Ok(signed)
}

impl Signed {
    /// The table must be complete: numbers from 1 on, each naming the hash of the one before.
    async fn take_table(&mut self, store: &Store) -> Result<(), AuditFault> {
        const SQL: &str = "SELECT id, at, body, signature FROM checkpoints WHERE id > $1 ORDER BY id LIMIT 1000";
        const COUNT: &str = "SELECT COUNT(*) FROM checkpoints";
        store.read(async |tx: &mut Tx| tx.one::<(i64,)>(COUNT, args![]).await).await?;
        let mut last = (0, GENESIS);
        loop {
            type Stored = (i64, i64, String, Vec<u8>);
            let after = last.0;
            let rows = store.read(async move |tx: &mut Tx| tx.all::<Stored>(SQL, args![after]).await).await;
            let rows = match rows {
                // The table is there, so one of its cells is not what it was.
                Err(StoreError::Bad(_)) => {
                    self.blame(Flaw::modified_checkpoint(after + 1));
                    return Ok(());
                }
                rows => rows?,
            };
            if rows.is_empty() {
                return Ok(());
            }
            for (id, at, body, signature) in rows {
                if id != last.0 + 1 {
                    self.blame(Flaw::missing_checkpoint(last.0 + 1));
                }
                if let Some(said) = self.take(id, &body, &signature) {
                    let at = Timestamp::from_millisecond(at).map(time).unwrap_or_default();
                    if said.id != id || said.at != at || (id == last.0 + 1 && said.previous != hex(&last.1)) {
                        self.blame(Flaw::modified_checkpoint(id));
                    }
                }
                last = (id, sha256(&[body.as_bytes()]));
            }
        }
    }

    /// The file may lack checkpoints: it may have been full, or another process may have had none.
    fn take_line(&mut self, text: &str) {
        let line = match serde_json::from_str::<Line>(text) {
            Ok(line) => line,
            // A crash cut the line short. Whoever can do that to hide it can as well remove it.
            Err(error) if error.is_eof() => return,
            Err(_) => return self.blame(Flaw::unsigned_checkpoint(0)),
        };
        let signature = unhex(&line.signature);
        let id = serde_json::from_str::<Statement>(&line.body).map_or(0, |said| said.id);
        self.take(id, &line.body, &signature);
    }

    fn take(&mut self, id: i64, body: &str, signature: &[u8]) -> Option<Statement> {
        let said = serde_json::from_str::<Statement>(body).ok();
        let Some(said) = said.filter(|_| self.key.verifies(body.as_bytes(), signature)) else {
            self.blame(Flaw::unsigned_checkpoint(id));
            return None;
        };
        let hash = sha256(&[body.as_bytes()]);
        if *self.bodies.entry(said.id).or_insert(hash) != hash {
            self.fork.get_or_insert(Flaw::modified_checkpoint(said.id));
        }
        for head in &said.heads {
            self.take_head(head);
        }
        Some(said)
    }

    fn take_head(&mut self, head: &Head) {
        let hash = unhex(&head.head).try_into().unwrap_or(GENESIS);
        match self.heads.entry(head.writer.clone()).or_default().entry(head.seq) {
            Entry::Vacant(place) => drop(place.insert(hash)),
            Entry::Occupied(known) if *known.get() == hash => {}
            Entry::Occupied(_) => drop(self.fork.get_or_insert(Flaw::modified(&head.writer, head.seq))),
        }
    }

    fn blame(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
    }
}

fn lines(path: &Path) -> io::Result<Vec<String>> {
    let mut files: Vec<PathBuf> = vec![path.to_owned()];
    if path.is_dir() {
        files = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|end| end == "jsonl"));
        files.sort();
    }
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read(file)?;
        lines.extend(String::from_utf8_lossy(&text).lines().filter(|line| !line.is_empty()).map(str::to_owned));
    }
    Ok(lines)
}

/// The bytes; nothing if the text is not hexadecimal.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Option<Vec<u8>> = text.chars().map(|sign| u8::try_from(sign.to_digit(16)?).ok()).collect();
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(high * 16 + low),
        _ => None,
    };
    digits.and_then(|digits| digits.chunks(2).map(pair).collect()).unwrap_or_default()
}
