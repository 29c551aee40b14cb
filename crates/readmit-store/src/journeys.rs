//! Journeys and the browser sessions beside them.

use crate::FromRow;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::args;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use readmit_core::ids::TenantId;
use readmit_core::journey::Journey;

/// A journey as it stands, with what its next writer must have seen.
pub struct JourneyRow {
    /// The journey.
    pub journey: Journey,
    /// Counts the moves; the `step` of every form.
    pub version: i64,
    /// The account's id, or a keyed hash of a user ID of nobody.
    pub subject: String,
    /// Whether nothing may come of it.
    pub decoy: bool,
    /// What the person typed, sealed.
    pub user_id: Vec<u8>,
    /// Keyed hash of the last accepted move, so that the same move again does nothing.
    pub step_digest: Option<Vec<u8>>,
    /// What the last move left for the person to mend, as the server wrote it.
    pub issue: Option<String>,
}

impl FromRow for JourneyRow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        let state: String = row.take(0)?;
        let journey =
            Journey::from_json(&state).map_err(|error| StoreError::Bad(format!("a stored journey: {error}")))?;
        Ok(Self {
            journey,
            version: row.take(1)?,
            subject: row.take(2)?,
            decoy: row.take(3)?,
            user_id: row.take(4)?,
            step_digest: row.take(5)?,
            issue: row.take(6)?,
        })
    }
}

/// A browser's hold on a journey.
#[derive(Clone, Debug)]
pub struct Session {
    /// The organization.
    pub tenant: TenantId,
    /// The journey.
    pub journey: JourneyId,
    /// Language of the pages.
    pub locale: String,
    /// When a newer token took over, if one did.
    pub replaced_at: Option<Timestamp>,
    /// After this it opens nothing.
    pub expires_at: Timestamp,
}

impl FromRow for Session {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            tenant: row.take(0)?,
            journey: row.take(1)?,
            locale: row.take(2)?,
            replaced_at: row.take(3)?,
            expires_at: row.take(4)?,
        })
    }
}

fn state_of(journey: &Journey) -> Result<String, StoreError> {
    journey.to_json().map_err(|error| StoreError::Bad(format!("a journey to store: {error}")))
}

fn closed(journey: &Journey) -> bool {
    matches!(journey.state, readmit_core::journey::State::Closed(_))
}

impl Tx {
    /// Stores a new journey as version 1.
    pub async fn insert_journey(&mut self, tenant: TenantId, row: &JourneyRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO journeys (tenant, id, subject, decoy, user_id, state, version, step_digest, issue, \
             started_at, deadline, closed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let (state, head) = (state_of(&row.journey)?, &row.journey.head);
        let args = args![
            tenant,
            head.id,
            &row.subject,
            row.decoy,
            &row.user_id,
            state,
            row.version,
            row.step_digest.clone(),
            row.issue.clone(),
            head.started_at,
            head.deadline,
            closed(&row.journey)
        ];
        self.exec(SQL, args).await.map(drop)
    }

    /// The journey, if this organization has it.
    pub async fn journey(&mut self, tenant: TenantId, id: JourneyId) -> Result<Option<JourneyRow>, StoreError> {
        const SQL: &str = "SELECT state, version, subject, decoy, user_id, step_digest, issue FROM journeys \
             WHERE tenant = $1 AND id = $2";
        self.opt(SQL, args![tenant, id]).await
    }

    /// Stores the next value of a journey, if nobody moved it since `seen`; [`StoreError::Conflict`] otherwise.
    pub async fn save_journey(&mut self, tenant: TenantId, seen: i64, row: &JourneyRow) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE journeys SET state = $3, version = $4, step_digest = $5, issue = $6, closed = $7 \
             WHERE tenant = $1 AND id = $2 AND version = $8";
        let args = args![
            tenant,
            row.journey.head.id,
            state_of(&row.journey)?,
            row.version,
            row.step_digest.clone(),
            row.issue.clone(),
            closed(&row.journey),
            seen
        ];
        match self.exec(SQL, args).await? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    /// Other open journeys of a subject; after a reset they end too.
    pub async fn open_journeys(
        &mut self,
        tenant: TenantId,
        subject: &str,
        but: JourneyId,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        const SQL: &str = "SELECT state, version, subject, decoy, user_id, step_digest, issue FROM journeys \
             WHERE tenant = $1 AND subject = $2 AND closed = $3 AND id <> $4";
        self.all(SQL, args![tenant, subject, false, but]).await
    }

    /// Journeys whose id lies in a range of symbols: a support code, or the beginning of one.
    pub async fn journeys_between(
        &mut self,
        first: JourneyId,
        last: JourneyId,
    ) -> Result<Vec<(TenantId, JourneyId)>, StoreError> {
        const SQL: &str = "SELECT tenant, id FROM journeys WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 3";
        self.all(SQL, args![first, last]).await
    }

    /// Journeys of a subject, newest first.
    pub async fn journeys_of(
        &mut self,
        tenant: TenantId,
        subject: &str,
        limit: i64,
    ) -> Result<Vec<JourneyId>, StoreError> {
        const SQL: &str =
            "SELECT id FROM journeys WHERE tenant = $1 AND subject = $2 ORDER BY started_at DESC LIMIT $3";
        let rows: Vec<(JourneyId,)> = self.all(SQL, args![tenant, subject, limit]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Gives a browser its hold. Only the hash of the token is kept.
    pub async fn insert_session(
        &mut self,
        token_hash: [u8; 32],
        session: &Session,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO sessions (token_hash, tenant, journey, locale, issued_at, replaced_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, NULL, $6)";
        let args = args![token_hash, session.tenant, session.journey, &session.locale, now, session.expires_at];
        self.exec(SQL, args).await.map(drop)
    }

    /// What a token holds.
    pub async fn session(&mut self, token_hash: [u8; 32]) -> Result<Option<Session>, StoreError> {
        const SQL: &str = "SELECT tenant, journey, locale, replaced_at, expires_at FROM sessions WHERE token_hash = $1";
        self.opt(SQL, args![token_hash]).await
    }

    /// A newer token takes over from every older one of the journey.
    pub async fn replace_sessions(
        &mut self,
        tenant: TenantId,
        journey: JourneyId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str =
            "UPDATE sessions SET replaced_at = $3 WHERE tenant = $1 AND journey = $2 AND replaced_at IS NULL";
        self.exec(SQL, args![tenant, journey, now]).await.map(drop)
    }

    /// Changes the language of a browser's pages.
    pub async fn set_session_locale(&mut self, token_hash: [u8; 32], locale: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE sessions SET locale = $2 WHERE token_hash = $1";
        self.exec(SQL, args![token_hash, locale]).await.map(drop)
    }

    /// Drops sessions that ended before `before`, at most `limit`.
    pub async fn purge_sessions(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM sessions WHERE token_hash IN \
             (SELECT token_hash FROM sessions WHERE expires_at < $1 LIMIT $2)";
        self.exec(SQL, args![before, limit]).await
    }
}
