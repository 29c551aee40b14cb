//! What a record looks like inside its chain: the body, its hash, and the commitments to personal data.

use aws_lc_rs::digest;
use aws_lc_rs::hkdf;
use jiff::Timestamp;
use readmit_core::activity::ActivityResult;
use serde::Deserialize;
use serde::Serialize;

use super::ActorKind;
use super::AuditRecord;
use crate::StoreError;
use crate::keys::expand;
use crate::keys::hex;

/// What the first record of a chain names as the hash before it.
pub(super) const GENESIS: [u8; 32] = [0; 32];
pub(super) const SALT: usize = 16;

/// A part of a record that may be personal, and so stands in the body as a commitment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Actor,
    Target,
    Source,
    Old,
    New,
}

impl Field {
    pub(super) const ALL: [Self; 5] = [Self::Actor, Self::Target, Self::Source, Self::Old, Self::New];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Target => "target",
            Self::Source => "source",
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

/// A value beside the chain. Its text is RFC 8785 JSON.
pub(super) struct FieldValue {
    pub(super) field: Field,
    pub(super) salt: [u8; SALT],
    pub(super) text: String,
}

/// The stored form of an actor.
#[derive(Serialize, Deserialize)]
pub(super) struct Who {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
}

/// The stored form of target and subject.
#[derive(Serialize, Deserialize)]
pub(super) struct Whom {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) subject: Option<String>,
}

/// What is hashed: version 1 of the stored form. The last five are commitments, in hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    v: u8,
    pub(super) writer: String,
    pub(super) seq: i64,
    pub(super) at: String,
    pub(super) tenant: Option<String>,
    pub(super) service: String,
    pub(super) activity: String,
    pub(super) category: String,
    pub(super) result: String,
    pub(super) reason: Option<String>,
    pub(super) actor_type: ActorKind,
    pub(super) method: Option<String>,
    pub(super) code: Option<String>,
    pub(super) support_code: Option<String>,
    pub(super) prev_hash: String,
    actor: Option<String>,
    target: Option<String>,
    source: Option<String>,
    old: Option<String>,
    new: Option<String>,
}

impl Body {
    pub(super) fn of(
        record: &AuditRecord,
        writer: &str,
        seq: i64,
        prev_hash: &[u8; 32],
        values: &[FieldValue],
    ) -> Self {
        let commitment =
            |field| values.iter().find(|value| value.field == field).map(|value| commit(&value.salt, &value.text));
        Self {
            v: 1,
            writer: writer.to_owned(),
            seq,
            at: time(record.at),
            tenant: record.tenant.map(|tenant| tenant.to_string()),
            service: record.activity.service().to_owned(),
            activity: record.activity.name().to_owned(),
            category: record.activity.category().to_owned(),
            result: result_name(record.result).to_owned(),
            reason: record.reason.clone(),
            actor_type: record.actor.kind,
            method: record.method.map(|method| method.name().to_owned()),
            code: record.code.map(|code| code.code().to_owned()),
            support_code: record.support_code.map(|code| code.to_string()),
            prev_hash: hex(prev_hash),
            actor: commitment(Field::Actor),
            target: commitment(Field::Target),
            source: commitment(Field::Source),
            old: commitment(Field::Old),
            new: commitment(Field::New),
        }
    }

    pub(super) fn commitment(&self, field: Field) -> Option<&str> {
        match field {
            Field::Actor => self.actor.as_deref(),
            Field::Target => self.target.as_deref(),
            Field::Source => self.source.as_deref(),
            Field::Old => self.old.as_deref(),
            Field::New => self.new.as_deref(),
        }
    }
}

/// The personal parts of a record, with salts made from the seed.
pub(super) fn values(record: &AuditRecord, seed: [u8; 32]) -> Result<Vec<FieldValue>, StoreError> {
    let who = Who { id: record.actor.id.clone(), name: record.actor.name.clone() };
    let whom = Whom {
        id: record.target.as_ref().map(|target| target.id.clone()),
        name: record.target.as_ref().and_then(|target| target.name.clone()),
        subject: record.subject.clone(),
    };
    let known = who.id.is_some() || who.name.is_some();
    let aimed = whom.id.is_some() || whom.subject.is_some();
    let texts = [
        (Field::Actor, known.then(|| canonical(&who)).transpose()?),
        (Field::Target, aimed.then(|| canonical(&whom)).transpose()?),
        (Field::Source, record.source.as_ref().map(canonical).transpose()?),
        (Field::Old, record.old.as_ref().map(canonical).transpose()?),
        (Field::New, record.new.as_ref().map(canonical).transpose()?),
    ];
    let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &seed);
    let value = |(field, text): (Field, Option<String>)| {
        let salt = expand(&prk, &[b"salt", field.name().as_bytes()]).first_chunk().copied().unwrap_or_default();
        Some(FieldValue { field, salt, text: text? })
    };
    Ok(texts.into_iter().filter_map(value).collect())
}

/// SHA-256(salt ‖ value) in hexadecimal. The salt's length is fixed, so the seam cannot move.
pub(super) fn commit(salt: &[u8; SALT], value: &str) -> String {
    hex(&sha256(&[salt, value.as_bytes()]))
}

/// RFC 8785 JSON.
pub(super) fn canonical<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json_canonicalizer::to_string(value).map_err(|error| StoreError::Bad(format!("an audit record: {error}")))
}

pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    context.finish().as_ref().first_chunk().copied().unwrap_or_default()
}

/// RFC 3339 in UTC, with exactly three digits of a second.
pub(super) fn time(at: Timestamp) -> String {
    // The table keeps whole milliseconds, and its column is compared with this.
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    format!("{at:.3}")
}

pub(super) fn result_name(result: ActivityResult) -> &'static str {
    match result {
        ActivityResult::Success => "success",
        ActivityResult::Failure => "failure",
    }
}
