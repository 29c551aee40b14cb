//! Reading the audit, newest first, page by page.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use readmit_core::activity::ActivityResult;
use readmit_core::ids::SupportCode;
use readmit_core::ids::TenantId;
use serde::Serialize;
use serde::Serializer;
use serde_json::Value as Json;

use super::ActorKind;
use super::chain::Body;
use super::chain::Field;
use super::chain::Who;
use super::chain::Whom;
use super::chain::result_name;
use crate::FromRow;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::Value;
use crate::args;
use crate::keys::hex;

/// Whose records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditScope {
    /// Those of one organization.
    Tenant(TenantId),
    /// All, also those that belong to no organization: for who runs the installation.
    All,
}

/// Which records; what is `None` does not matter.
#[derive(Clone)]
pub struct AuditFilter {
    /// Whose.
    pub scope: AuditScope,
    /// The subject: the id of an account, even of one deleted since then.
    pub user: Option<String>,
    /// The actor's id: of an account, or `cli:<user of the operating system>`.
    pub actor: Option<String>,
    /// Exact name of the activity.
    pub activity: Option<String>,
    /// Exact name of the service.
    pub service: Option<String>,
    /// Whether it worked.
    pub result: Option<ActivityResult>,
    /// The support code.
    pub support_code: Option<SupportCode>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// Everything in this scope.
    #[must_use]
    pub fn new(scope: AuditScope) -> Self {
        Self {
            scope,
            user: None,
            actor: None,
            activity: None,
            service: None,
            result: None,
            support_code: None,
            since: None,
            until: None,
        }
    }
}

/// Where the next page begins. Written and read as one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCursor {
    at: i64,
    seq: i64,
    writer: String,
}

/// A text that is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct CursorProblem;

impl fmt::Display for AuditCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at, self.seq, self.writer)
    }
}

impl FromStr for AuditCursor {
    type Err = CursorProblem;

    fn from_str(text: &str) -> Result<Self, CursorProblem> {
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(CursorProblem);
        let at = part()?.parse().map_err(|_| CursorProblem)?;
        let seq = part()?.parse().map_err(|_| CursorProblem)?;
        let writer = part()?;
        if writer.is_empty() || writer.contains('\0') {
            return Err(CursorProblem);
        }
        Ok(Self { at, seq, writer: writer.to_owned() })
    }
}

impl Serialize for AuditCursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Some records, newest first.
#[derive(Serialize)]
pub struct AuditPage {
    /// The records.
    pub items: Vec<AuditItem>,
    /// Where the next page begins, if there may be one.
    pub next: Option<AuditCursor>,
}

/// One record as it is shown. Erased values are `None`, and `redacted` says so. Personal: it does not print.
#[derive(Clone, Serialize)]
pub struct AuditItem {
    /// Names the record: its writer and its number there.
    pub id: String,
    /// Whose chain.
    pub writer: String,
    /// Number in the chain, from 1.
    pub seq: i64,
    /// RFC 3339, in UTC.
    pub at: String,
    /// Id of the organization.
    pub tenant: Option<String>,
    /// The service.
    pub service: String,
    /// The activity.
    pub activity: String,
    /// The category.
    pub category: String,
    /// `success` or `failure`.
    pub result: String,
    /// Why.
    pub reason: Option<String>,
    /// Who did it.
    pub actor: AuditActor,
    /// To what.
    pub target: Option<AuditTarget>,
    /// With which method.
    pub method: Option<String>,
    /// The public code of a refusal, as in `SSPR_0013`.
    pub code: Option<String>,
    /// The support code.
    pub support_code: Option<String>,
    /// The address that it came from.
    pub source: Option<String>,
    /// What was there before.
    pub old: Option<Json>,
    /// What is there since then.
    pub new: Option<Json>,
    /// Some of it was erased.
    pub redacted: bool,
    /// Hash of the record before, in hexadecimal.
    pub prev_hash: String,
    /// Hash of this record, in hexadecimal.
    pub hash: String,
}

/// Who did it.
#[derive(Clone, Serialize)]
pub struct AuditActor {
    /// What sort.
    #[serde(rename = "type")]
    pub kind: ActorKind,
    /// Id of the account, or `cli:<user of the operating system>`.
    pub id: Option<String>,
    /// Name for people.
    pub name: Option<String>,
}

/// What it was done to.
#[derive(Clone, Serialize)]
pub struct AuditTarget {
    /// Its id.
    pub id: String,
    /// Its name at that time.
    pub name: Option<String>,
}

/// One statement for each way in, so that each uses its index.
macro_rules! items_sql {
    ($scope:literal, $entry:literal) => {
        concat!(
            "SELECT a.writer, a.seq, a.at, a.body, a.hash, \
             (SELECT v.value FROM audit_values v WHERE v.writer = a.writer AND v.seq = a.seq AND v.field = 'actor'), \
             (SELECT v.value FROM audit_values v WHERE v.writer = a.writer AND v.seq = a.seq AND v.field = 'target'), \
             (SELECT v.value FROM audit_values v WHERE v.writer = a.writer AND v.seq = a.seq AND v.field = 'source'), \
             (SELECT v.value FROM audit_values v WHERE v.writer = a.writer AND v.seq = a.seq AND v.field = 'old'), \
             (SELECT v.value FROM audit_values v WHERE v.writer = a.writer AND v.seq = a.seq AND v.field = 'new') \
             FROM audit a WHERE ",
            $scope,
            " AND ",
            $entry,
            " AND (CAST($3 AS TEXT) IS NULL OR a.actor = $3) AND (CAST($4 AS TEXT) IS NULL OR a.activity = $4) \
             AND (CAST($5 AS TEXT) IS NULL OR a.service = $5) AND (CAST($6 AS TEXT) IS NULL OR a.result = $6) \
             AND a.at >= $7 AND a.at < $8 AND (a.at, a.writer, a.seq) < ($9, $10, $11) \
             ORDER BY a.at DESC, a.writer DESC, a.seq DESC LIMIT $12"
        )
    };
}

macro_rules! entries_sql {
    ($scope:literal, $filter:expr) => {
        match (&$filter.support_code, &$filter.user) {
            (Some(_), None) => items_sql!($scope, "a.support_code = $2"),
            (None, Some(_)) => items_sql!($scope, "a.subject = $2"),
            (Some(_), Some(_)) => items_sql!($scope, "a.support_code = $2 AND a.subject = $13"),
            (None, None) => items_sql!($scope, "CAST($2 AS TEXT) IS NULL"),
        }
    };
}

impl Tx {
    /// Records that fit the filter, newest first, at most `limit`, from the cursor on.
    pub async fn audit_items(
        &mut self,
        filter: &AuditFilter,
        cursor: Option<&AuditCursor>,
        limit: u32,
    ) -> Result<AuditPage, StoreError> {
        let (sql, tenant) = match filter.scope {
            AuditScope::Tenant(tenant) => (entries_sql!("a.tenant = $1", filter), Some(tenant.to_string())),
            AuditScope::All => (entries_sql!("CAST($1 AS TEXT) IS NULL", filter), None),
        };
        let code = filter.support_code.map(|code| code.to_string());
        let both = code.is_some() && filter.user.is_some();
        let mut args = args![
            tenant,
            code.or_else(|| filter.user.clone()),
            filter.actor.clone(),
            filter.activity.clone(),
            filter.service.clone(),
            filter.result.map(result_name),
            filter.since.map_or(i64::MIN, |since| since.as_millisecond()),
            filter.until.map_or(i64::MAX, |until| until.as_millisecond()),
            cursor.map_or(i64::MAX, |cursor| cursor.at),
            cursor.map_or("", |cursor| cursor.writer.as_str()),
            cursor.map_or(0, |cursor| cursor.seq),
            limit,
        ];
        if both {
            args.push(Value::from(filter.user.clone()));
        }
        let rows: Vec<Listed> = self.all(sql, args).await?;
        let full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
        let last = rows.last().filter(|_| full);
        let next = last.map(|row| AuditCursor { at: row.at, seq: row.seq, writer: row.writer.clone() });
        let items = rows.into_iter().map(Listed::item).collect::<Result<_, _>>()?;
        Ok(AuditPage { items, next })
    }
}

struct Listed {
    writer: String,
    seq: i64,
    at: i64,
    body: String,
    hash: Vec<u8>,
    values: Texts,
}

struct Texts {
    actor: Option<String>,
    target: Option<String>,
    source: Option<String>,
    old: Option<String>,
    new: Option<String>,
}

impl FromRow for Listed {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        let values = Texts {
            actor: row.take(5)?,
            target: row.take(6)?,
            source: row.take(7)?,
            old: row.take(8)?,
            new: row.take(9)?,
        };
        Ok(Self {
            writer: row.take(0)?,
            seq: row.take(1)?,
            at: row.take(2)?,
            body: row.take(3)?,
            hash: row.take(4)?,
            values,
        })
    }
}

impl Texts {
    fn has(&self, field: Field) -> bool {
        match field {
            Field::Actor => self.actor.is_some(),
            Field::Target => self.target.is_some(),
            Field::Source => self.source.is_some(),
            Field::Old => self.old.is_some(),
            Field::New => self.new.is_some(),
        }
    }
}

impl Listed {
    fn item(self) -> Result<AuditItem, StoreError> {
        let id = format!("{}/{}", self.writer, self.seq);
        let damaged = |_| StoreError::Bad(format!("audit record {id} cannot be read: run `readmit audit verify`"));
        let body: Body = serde_json::from_str(&self.body).map_err(damaged)?;
        let redacted = Field::ALL.into_iter().any(|field| body.commitment(field).is_some() && !self.values.has(field));
        let who: Option<Who> = read(self.values.actor.as_deref()).map_err(damaged)?;
        let whom: Option<Whom> = read(self.values.target.as_deref()).map_err(damaged)?;
        let source = read(self.values.source.as_deref()).map_err(damaged)?;
        let old = read(self.values.old.as_deref()).map_err(damaged)?;
        let new = read(self.values.new.as_deref()).map_err(damaged)?;
        let (actor_id, actor_name) = who.map_or((None, None), |who| (who.id, who.name));
        Ok(AuditItem {
            id,
            writer: self.writer,
            seq: self.seq,
            at: body.at,
            tenant: body.tenant,
            service: body.service,
            activity: body.activity,
            category: body.category,
            result: body.result,
            reason: body.reason,
            actor: AuditActor { kind: body.actor_type, id: actor_id, name: actor_name },
            target: whom.and_then(|whom| Some(AuditTarget { id: whom.id?, name: whom.name })),
            method: body.method,
            code: body.code,
            support_code: body.support_code,
            source,
            old,
            new,
            redacted,
            prev_hash: body.prev_hash,
            hash: hex(&self.hash),
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, serde_json::Error> {
    text.map(serde_json::from_str).transpose()
}
