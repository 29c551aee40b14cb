//! One chain, record by record: what is wrong with it first.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::chain::Body;
use super::chain::Field;
use super::chain::GENESIS;
use super::chain::SALT;
use super::chain::Who;
use super::chain::Whom;
use super::chain::commit;
use super::chain::sha256;
use super::chain::time;
use super::head_mac;
use super::verify::BadRecord;
use super::verify::Finding;
use super::verify::Flaw;
use super::verify::Verification;
use super::verify::WriterState;
use crate::FromRow;
use crate::Keys;
use crate::Row;
use crate::StoreError;
use crate::keys::hex;

pub(super) type StoredHead = (i64, Vec<u8>, Vec<u8>);

pub(super) struct Page {
    pub(super) rows: Vec<Stored>,
    pub(super) values: Vec<StoredValue>,
    /// Read in the same view as the last rows, so that both are of one moment.
    pub(super) head: Option<StoredHead>,
    pub(super) is_last: bool,
    pub(super) reached: i64,
    pub(super) unreadable: Option<Option<i64>>,
}

impl Page {
    /// The record with this number cannot be read, or, without one, a value behind the last record.
    pub(super) fn unreadable(seq: Option<i64>) -> Self {
        let reached = seq.unwrap_or(i64::MAX);
        Self {
            rows: Vec::new(),
            values: Vec::new(),
            head: None,
            is_last: seq.is_none(),
            reached,
            unreadable: Some(seq),
        }
    }
}

pub(super) struct Stored {
    pub(super) seq: i64,
    at: i64,
    tenant: Option<String>,
    activity: String,
    service: String,
    result: String,
    actor: Option<String>,
    subject: Option<String>,
    support_code: Option<String>,
    body: String,
    hash: Vec<u8>,
}

impl FromRow for Stored {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.take(0)?,
            at: row.take(1)?,
            tenant: row.take(2)?,
            activity: row.take(3)?,
            service: row.take(4)?,
            result: row.take(5)?,
            actor: row.take(6)?,
            subject: row.take(7)?,
            support_code: row.take(8)?,
            body: row.take(9)?,
            hash: row.take(10)?,
        })
    }
}

pub(super) struct StoredValue {
    seq: i64,
    field: String,
    salt: Vec<u8>,
    value: String,
}

impl FromRow for StoredValue {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { seq: row.take(0)?, field: row.take(1)?, salt: row.take(2)?, value: row.take(3)? })
    }
}

impl Stored {
    /// Whether the columns repeat the body.
    fn matches(&self, body: &Body) -> bool {
        let at = Timestamp::from_millisecond(self.at).map(time).unwrap_or_default();
        body.at == at
            && body.tenant == self.tenant
            && body.activity == self.activity
            && body.service == self.service
            && body.result == self.result
            && body.support_code == self.support_code
    }

    /// Whether each value beside the record is what it was, and repeated by its column.
    fn values(&self, body: &Body, values: &[StoredValue]) -> Values {
        let mut known = 0;
        let mut erased = false;
        for field in Field::ALL {
            let value = values.iter().find(|value| value.field == field.name());
            match (body.commitment(field), value) {
                (None, None) => {}
                (Some(_), None) => erased = true,
                (None, Some(_)) => return Values::Changed,
                (Some(commitment), Some(value)) => {
                    let salt: Option<&[u8; SALT]> = value.salt.as_slice().try_into().ok();
                    if salt.is_none_or(|salt| commit(salt, &value.value) != commitment) || !self.repeats(field, value) {
                        return Values::Changed;
                    }
                    known += 1;
                }
            }
        }
        match (known == values.len(), erased) {
            (false, _) => Values::Changed,
            (true, true) => Values::Erased,
            (true, false) => Values::Whole,
        }
    }

    fn repeats(&self, field: Field, value: &StoredValue) -> bool {
        match field {
            Field::Actor => serde_json::from_str::<Who>(&value.value).is_ok_and(|who| who.id == self.actor),
            Field::Target => serde_json::from_str::<Whom>(&value.value).is_ok_and(|whom| whom.subject == self.subject),
            Field::Source | Field::Old | Field::New => true,
        }
    }
}

enum Values {
    Whole,
    Erased,
    Changed,
}

#[derive(Default)]
pub(super) struct Tally {
    records: u64,
    redacted: u64,
    writers: Vec<WriterState>,
    pub(super) flaw: Option<Flaw>,
    /// Where records belong that stand elsewhere.
    displaced: Vec<BadRecord>,
}

impl Tally {
    pub(super) fn verification(self) -> Verification {
        let flaw = self.flaw.map(|mut flaw| {
            // What seems to be missing was only moved.
            if matches!(flaw.finding, Finding::Gap | Finding::Truncated)
                && flaw.first_bad.as_ref().is_some_and(|bad| self.displaced.contains(bad))
            {
                flaw.finding = Finding::Modified;
            }
            flaw
        });
        Verification {
            ok: flaw.is_none(),
            records: self.records,
            redacted: self.redacted,
            writers: self.writers,
            finding: flaw.as_ref().map(|flaw| flaw.finding),
            first_bad: flaw.and_then(|flaw| flaw.first_bad),
        }
    }
}

/// One chain while it is read.
pub(super) struct Chain {
    pub(super) writer: String,
    /// Hashes that checkpoints signed.
    expected: BTreeMap<i64, [u8; 32]>,
    next: i64,
    previous: Vec<u8>,
    /// A record that names another hash than that of the one before: one of the two is wrong, and the next record,
    /// or the head, says which.
    suspect: Option<i64>,
    /// A value behind the last record.
    stray: Option<i64>,
    tally: Tally,
}

impl Chain {
    pub(super) fn new(writer: String, expected: BTreeMap<i64, [u8; 32]>, tally: Tally) -> Self {
        Self { writer, expected, next: 1, previous: GENESIS.to_vec(), suspect: None, stray: None, tally }
    }

    pub(super) fn page(&mut self, page: &Page) {
        let mut values = page.values.as_slice();
        for row in &page.rows {
            let stray = values.partition_point(|value| value.seq < row.seq);
            if let (1.., Some(value)) = (stray, values.first()) {
                // Values of records that are gone; or, before the first, of none that ever was.
                let missing = value.seq >= self.next;
                self.blame(if missing { Finding::Gap } else { Finding::Modified }, value.seq.min(self.next));
            }
            let end = values.partition_point(|value| value.seq <= row.seq);
            self.record(row, values.get(stray..end).unwrap_or_default());
            values = values.get(end..).unwrap_or_default();
        }
        self.stray = values.first().map(|stray| stray.seq);
        if let Some(seq) = page.unreadable {
            self.tally.records += u64::from(seq.is_some());
            let seq = seq.unwrap_or(self.next);
            self.blame(Finding::Modified, seq);
            self.next = seq.saturating_add(1);
        }
    }

    fn record(&mut self, row: &Stored, values: &[StoredValue]) {
        self.tally.records += 1;
        let body = serde_json::from_str::<Body>(&row.body).ok();
        if let Some(body) = &body
            && (body.writer != self.writer || body.seq != row.seq)
        {
            self.tally.displaced.push(BadRecord { writer: body.writer.clone(), seq: body.seq });
        }
        if row.seq > self.next {
            self.blame(Finding::Gap, self.next);
        }
        match body {
            Some(body) if self.is_sound(row, &body) => {
                self.follow(row, &body);
                match row.values(&body, values) {
                    Values::Whole => {}
                    Values::Erased => self.tally.redacted += 1,
                    Values::Changed => self.blame(Finding::Modified, row.seq),
                }
            }
            _ => {
                self.settle(false);
                self.blame(Finding::Modified, row.seq);
            }
        }
        self.next = row.seq.saturating_add(1);
        self.previous.clone_from(&row.hash);
    }

    fn is_sound(&self, row: &Stored, body: &Body) -> bool {
        row.seq >= self.next
            && body.writer == self.writer
            && body.seq == row.seq
            && row.matches(body)
            && sha256(&[row.body.as_bytes()]).as_slice() == row.hash
            && self.expected.get(&row.seq).is_none_or(|expected| expected.as_slice() == row.hash)
    }

    /// Ties a record, sound in itself, to the one before.
    fn follow(&mut self, row: &Stored, body: &Body) {
        let follows = body.prev_hash == hex(&self.previous);
        self.settle(follows);
        if !follows {
            self.suspect = Some(row.seq);
        }
    }

    /// Decides about the suspect: vouched for by what comes after it, the record before it was changed.
    fn settle(&mut self, vouched: bool) {
        if let Some(suspect) = self.suspect.take() {
            let bad = if vouched && suspect > 1 { suspect - 1 } else { suspect };
            self.blame(Finding::Modified, bad);
        }
    }

    fn blame(&mut self, finding: Finding, seq: i64) {
        // Until a suspect is settled it is the first flaw, wherever later ones are.
        if self.tally.flaw.is_none() {
            if let Some(suspect) = self.suspect.take_if(|suspect| *suspect < seq) {
                self.tally.flaw = Some(Flaw::modified(&self.writer, suspect));
                return;
            }
            self.tally.flaw = Some(Flaw::new(finding, &self.writer, seq));
        }
    }

    /// Compares the end of the chain with its head and with the checkpoints.
    pub(super) fn end(mut self, keys: &Keys, head: Option<StoredHead>) -> Tally {
        let last = self.next.saturating_sub(1);
        let seq = head.as_ref().map_or(0, |head| head.0);
        let tip: Option<[u8; 32]> = head.as_ref().and_then(|head| head.1.as_slice().try_into().ok());
        self.settle(seq == last && tip.is_some_and(|tip| tip.as_slice() == self.previous));
        let signed = self.expected.last_key_value().map_or(0, |(seq, _)| *seq);
        let orphan = self.stray.filter(|_| head.is_none());
        let vouched = tip
            .is_some_and(|tip| head.is_some_and(|head| head_mac(keys, &self.writer, seq, &tip).as_slice() == head.2));
        if signed > last {
            self.blame(Finding::Truncated, last.saturating_add(1));
        } else if let Some(stray) = orphan {
            self.blame(Finding::Modified, stray);
        } else if !vouched {
            self.blame(Finding::Modified, last.max(1));
        } else if seq > last {
            self.blame(Finding::Truncated, last.saturating_add(1));
        } else if seq < last {
            self.blame(Finding::Modified, seq.saturating_add(1));
        } else if tip.is_none_or(|tip| tip.as_slice() != self.previous) {
            self.blame(Finding::Modified, last);
        } else if let Some(stray) = self.stray {
            self.blame(Finding::Modified, stray);
        }
        let head = hex(&self.previous);
        self.tally.writers.push(WriterState { writer: self.writer, last_seq: last, head });
        self.tally
    }
}
