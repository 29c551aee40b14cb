//! The audit: what happened, by whom, to whom; chained so that a change shows, and erasable person by person.
//!
//! A record is a row with an RFC 8785 JSON body. Personal data stand in the body as SHA-256(salt ‖ value) only; values
//! and salts are rows beside it, so that erasing them leaves the chain whole. Each writer has a chain of its own.

mod chain;
mod checkpoint;
mod export;
mod follow;
mod list;
mod signed;
mod verify;

use jiff::Timestamp;
use readmit_core::activity::Activity;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_core::code::SsprCode;
use readmit_core::ids::AccountId;
use readmit_core::ids::SupportCode;
use readmit_core::ids::TenantId;
use readmit_core::registration::Method;
use serde::Deserialize;
use serde::Serialize;

pub use self::checkpoint::AuditFault;
pub use self::checkpoint::checkpoint_due;
pub use self::export::AUDIT_COLUMNS;
pub use self::export::csv_line;
pub use self::list::AuditActor;
pub use self::list::AuditCursor;
pub use self::list::AuditFilter;
pub use self::list::AuditItem;
pub use self::list::AuditPage;
pub use self::list::AuditScope;
pub use self::list::AuditTarget;
pub use self::list::CursorProblem;
pub use self::verify::BadRecord;
pub use self::verify::Finding;
pub use self::verify::Verification;
pub use self::verify::WriterState;
use crate::Keys;
use crate::Purpose;
use crate::StoreError;
use crate::Tx;
use crate::args;

/// Who keeps a chain: one server process, or the command line. Several processes may share one name.
#[derive(Clone)]
pub struct Writer {
    name: String,
    keys: Keys,
}

impl Writer {
    /// A writer of this name; the key vouches for the head of its chain.
    #[must_use]
    pub fn new(name: impl Into<String>, keys: &Keys) -> Self {
        Self { name: name.into(), keys: keys.clone() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What vouches for the head of a chain.
fn head_mac(keys: &Keys, writer: &str, seq: i64, head: &[u8; 32]) -> [u8; 32] {
    keys.mac(Purpose::AuditHead, &[writer.as_bytes(), &seq.to_be_bytes(), head])
}

/// What sort of actor did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// The person whose password it is.
    User,
    /// An administrator in a portal.
    Admin,
    /// Readmit itself.
    System,
    /// Somebody at the command line.
    Cli,
}

impl ActorKind {
    /// As logged.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::System => "system",
            Self::Cli => "cli",
        }
    }
}

/// Who did it. Personal: it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// What sort.
    pub kind: ActorKind,
    /// Id of the account, or `cli:<user of the operating system>`.
    pub id: Option<String>,
    /// User ID or another name for people.
    pub name: Option<String>,
}

impl Actor {
    /// Readmit itself.
    #[must_use]
    pub fn system() -> Self {
        Self { kind: ActorKind::System, id: None, name: None }
    }

    /// A person in a journey; nobody knows who before they said it.
    #[must_use]
    pub fn user(id: Option<AccountId>, name: Option<String>) -> Self {
        Self { kind: ActorKind::User, id: id.map(|id| id.to_string()), name }
    }

    /// An administrator.
    #[must_use]
    pub fn admin(id: AccountId, name: impl Into<String>) -> Self {
        Self { kind: ActorKind::Admin, id: Some(id.to_string()), name: Some(name.into()) }
    }

    /// A user of the operating system, at the command line.
    #[must_use]
    pub fn cli(os_user: &str) -> Self {
        Self { kind: ActorKind::Cli, id: Some(format!("cli:{os_user}")), name: Some(os_user.to_owned()) }
    }
}

/// What it was done to. Personal: it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// Id of the account, group, policy or organization.
    pub id: String,
    /// Its name at that time.
    pub name: Option<String>,
}

/// One thing that happened. Passwords, codes, answers and unmasked contacts never belong here.
#[derive(Clone)]
pub struct AuditRecord {
    /// When, kept to the millisecond.
    pub at: Timestamp,
    /// In which organization; none for what concerns the whole installation.
    pub tenant: Option<TenantId>,
    /// What.
    pub activity: ActivityName,
    /// Whether it worked.
    pub result: ActivityResult,
    /// Why, in one word for machines.
    pub reason: Option<String>,
    /// Who did it.
    pub actor: Actor,
    /// To what.
    pub target: Option<Target>,
    /// Whose data the record holds: what `--user` finds, and what erasure erases. An account's id, or a keyed hash.
    pub subject: Option<String>,
    /// With which method.
    pub method: Option<Method>,
    /// The public code of a refusal.
    pub code: Option<SsprCode>,
    /// The support code of the journey or request.
    pub support_code: Option<SupportCode>,
    /// The address that it came from.
    pub source: Option<String>,
    /// What was there before.
    pub old: Option<serde_json::Value>,
    /// What is there now; also any further detail.
    pub new: Option<serde_json::Value>,
}

impl AuditRecord {
    /// A record with everything optional left out.
    #[must_use]
    pub fn new(at: Timestamp, activity: ActivityName, result: ActivityResult, actor: Actor) -> Self {
        Self {
            at,
            tenant: None,
            activity,
            result,
            reason: None,
            actor,
            target: None,
            subject: None,
            method: None,
            code: None,
            support_code: None,
            source: None,
            old: None,
            new: None,
        }
    }

    /// The record of an activity that the core asked for; the reason is its name there.
    #[must_use]
    pub fn of(at: Timestamp, activity: &Activity, actor: Actor) -> Self {
        Self {
            reason: Some(format!("{:?}", activity.reason)),
            method: activity.method,
            code: activity.code,
            ..Self::new(at, activity.name, activity.result, actor)
        }
    }

    /// The same, about this account: target and subject.
    #[must_use]
    pub fn about(self, account: AccountId, name: Option<String>) -> Self {
        let id = account.to_string();
        Self { subject: Some(id.clone()), target: Some(Target { id, name }), ..self }
    }
}

const NEXT: &str = "INSERT INTO audit_writers (writer, seq, head, mac) VALUES ($1, 1, $2, $2) \
    ON CONFLICT (writer) DO UPDATE SET seq = audit_writers.seq + 1 RETURNING seq, head";
const INSERT: &str = "INSERT INTO audit \
    (writer, seq, at, tenant, activity, service, result, actor, subject, support_code, body, hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const INSERT_VALUE: &str = "INSERT INTO audit_values (writer, seq, field, salt, value) VALUES ($1, $2, $3, $4, $5)";
const SET_HEAD: &str = "UPDATE audit_writers SET head = $2, mac = $3 WHERE writer = $1";

impl Tx {
    /// Adds a record to the writer's chain; answers its number there.
    ///
    /// `seed` is 32 fresh random bytes for each record: the salts come from it. Keep it for the end of a unit, because
    /// on PostgreSQL it holds the chain's head, which other units of this writer wait for, until the unit ends.
    pub async fn append_audit(
        &mut self,
        writer: &Writer,
        record: &AuditRecord,
        seed: [u8; 32],
    ) -> Result<i64, StoreError> {
        let name = writer.name.as_str();
        let (seq, head): (i64, [u8; 32]) = self.one(NEXT, args![name, chain::GENESIS]).await?;
        let values = chain::values(record, seed)?;
        let body = chain::Body::of(record, name, seq, &head, &values);
        let text = chain::canonical(&body)?;
        let hash = chain::sha256(&[text.as_bytes()]);
        let columns = args![
            name,
            seq,
            record.at,
            body.tenant,
            body.activity,
            body.service,
            body.result,
            record.actor.id.clone(),
            record.subject.clone(),
            body.support_code,
            text,
            hash,
        ];
        self.exec(INSERT, columns).await?;
        for value in values {
            self.exec(INSERT_VALUE, args![name, seq, value.field.name(), value.salt, value.text]).await?;
        }
        self.exec(SET_HEAD, args![name, hash, head_mac(&writer.keys, name, seq, &hash)]).await?;
        Ok(seq)
    }

    /// Erases what the audit holds about a person: names, ids, sources and details of what they did and of what was
    /// done to them. The records stay, and still verify. Answers how many values are gone; 0 the second time.
    pub async fn redact_audit(&mut self, tenant: TenantId, subject: &str) -> Result<u64, StoreError> {
        const ABOUT: &str = "DELETE FROM audit_values WHERE field IN ('target', 'old', 'new') AND (writer, seq) IN \
            (SELECT writer, seq FROM audit WHERE tenant = $1 AND subject = $2)";
        const UNNAMED: &str = "DELETE FROM audit_values WHERE field IN ('actor', 'source') AND (writer, seq) IN \
            (SELECT writer, seq FROM audit WHERE tenant = $1 AND subject = $2 AND actor IS NULL)";
        const BY: &str = "DELETE FROM audit_values WHERE field IN ('actor', 'source') AND (writer, seq) IN \
            (SELECT writer, seq FROM audit WHERE tenant = $1 AND actor = $2)";
        const NO_SUBJECT: &str = "UPDATE audit SET subject = NULL WHERE tenant = $1 AND subject = $2";
        const NO_ACTOR: &str = "UPDATE audit SET actor = NULL WHERE tenant = $1 AND actor = $2";
        let mut gone = 0;
        for sql in [ABOUT, UNNAMED, BY] {
            gone += self.exec(sql, args![tenant.to_string(), subject]).await?;
        }
        for sql in [NO_SUBJECT, NO_ACTOR] {
            self.exec(sql, args![tenant.to_string(), subject]).await?;
        }
        Ok(gone)
    }
}
