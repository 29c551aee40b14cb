//! Guesses, sends and marks of a source: counted first, judged by the core.

use crate::StoreError;
use crate::Tx;
use crate::args;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::TenantId;
use readmit_core::registration::Family;
use readmit_core::throttle::Attempts;
use readmit_core::throttle::Block;
use readmit_core::throttle::KEEP;
use readmit_core::throttle::Limits;

/// An attempt about to be counted.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The organization.
    pub tenant: TenantId,
    /// Random; names the row, so that a right answer can be given back.
    pub id: MessageId,
    /// The account's id, or a keyed hash of a user ID of nobody.
    pub subject: String,
    /// Which counter.
    pub family: Family,
    /// In which journey.
    pub journey: JourneyId,
    /// When.
    pub at: Timestamp,
}

fn kept_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(KEEP).unwrap_or(Timestamp::MIN)
}

impl Tx {
    /// Takes the row that everybody who counts for this subject takes first.
    pub async fn lock_subject(&mut self, tenant: TenantId, subject: &str) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO subjects (tenant, subject, counted) VALUES ($1, $2, 1) \
             ON CONFLICT (tenant, subject) DO UPDATE SET counted = subjects.counted + 1";
        self.exec(SQL, args![tenant, subject]).await.map(drop)
    }

    /// Counts an attempt before it is judged, unless a block is in force: then nothing is counted and the block is returned.
    pub async fn count_attempt(&mut self, attempt: &Attempt, limits: Limits) -> Result<Option<Block>, StoreError> {
        self.lock_subject(attempt.tenant, &attempt.subject).await?;
        let before = self.attempts(attempt.tenant, &attempt.subject, None, attempt.at).await?;
        if let Some(block) = before.block(attempt.family, limits, attempt.at) {
            return Ok(Some(block));
        }
        self.insert_attempt(attempt).await?;
        Ok(None)
    }

    /// Writes an attempt without looking at any limit.
    pub async fn insert_attempt(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        const SQL: &str =
            "INSERT INTO attempts (tenant, id, subject, family, journey, at) VALUES ($1, $2, $3, $4, $5, $6)";
        let (family, at) = (attempt.family.name(), attempt.at);
        self.exec(SQL, args![attempt.tenant, attempt.id, &attempt.subject, family, attempt.journey, at]).await.map(drop)
    }

    /// The counted attempts of a subject that can still matter, oldest first, without the one named `but`.
    pub async fn attempts(
        &mut self,
        tenant: TenantId,
        subject: &str,
        but: Option<MessageId>,
        now: Timestamp,
    ) -> Result<Attempts, StoreError> {
        const SQL: &str =
            "SELECT id, family, at FROM attempts WHERE tenant = $1 AND subject = $2 AND at > $3 ORDER BY at";
        let rows: Vec<(MessageId, String, Timestamp)> = self.all(SQL, args![tenant, subject, kept_since(now)]).await?;
        let counted = rows.into_iter().filter(|(id, _, _)| Some(*id) != but);
        Ok(Attempts(counted.filter_map(|(_, family, at)| Some((Family::parse(&family)?, at))).collect()))
    }

    /// Gives a right answer's count back.
    pub async fn give_back_attempt(&mut self, tenant: TenantId, id: MessageId) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM attempts WHERE tenant = $1 AND id = $2";
        self.exec(SQL, args![tenant, id]).await.map(drop)
    }

    /// Moves the account-wide attempt of a journey to the moment at which the journey ended without a reset.
    pub async fn date_account_attempt(
        &mut self,
        tenant: TenantId,
        journey: JourneyId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE attempts SET at = $4 WHERE tenant = $1 AND journey = $2 AND family = $3 AND at > $4";
        self.exec(SQL, args![tenant, journey, Family::Account.name(), at]).await.map(drop)
    }

    /// Lifts blocks: forgets the attempts of one family, or of all. Returns how many.
    pub async fn clear_attempts(
        &mut self,
        tenant: TenantId,
        subject: &str,
        family: Option<Family>,
    ) -> Result<u64, StoreError> {
        const ALL: &str = "DELETE FROM attempts WHERE tenant = $1 AND subject = $2";
        const ONE: &str = "DELETE FROM attempts WHERE tenant = $1 AND subject = $2 AND family = $3";
        match family {
            None => self.exec(ALL, args![tenant, subject]).await,
            Some(family) => self.exec(ONE, args![tenant, subject, family.name()]).await,
        }
    }

    /// Sends to a destination (by keyed hash) in the last day.
    pub async fn sends(
        &mut self,
        tenant: TenantId,
        destination: [u8; 32],
        now: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        const SQL: &str = "SELECT at FROM sends WHERE tenant = $1 AND destination = $2 AND at > $3";
        let since = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        let rows: Vec<(Timestamp,)> = self.all(SQL, args![tenant, destination, since]).await?;
        Ok(rows.into_iter().map(|(at,)| at).collect())
    }

    /// Notes a send.
    pub async fn insert_send(
        &mut self,
        tenant: TenantId,
        id: MessageId,
        destination: [u8; 32],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO sends (tenant, id, destination, at) VALUES ($1, $2, $3, $4)";
        self.exec(SQL, args![tenant, id, destination, at]).await.map(drop)
    }

    /// Notes what a source did, once for each `mark`, and returns how many different marks it has in the last hour.
    pub async fn mark_source(
        &mut self,
        source: &str,
        kind: &str,
        mark: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        const PUT: &str = "INSERT INTO source_marks (source, kind, mark, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (source, kind, mark) DO UPDATE SET at = $4";
        self.exec(PUT, args![source, kind, mark, now]).await?;
        self.source_marks(source, kind, now).await
    }

    /// How many different marks a source has in the last hour.
    pub async fn source_marks(&mut self, source: &str, kind: &str, now: Timestamp) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT COUNT(*) FROM source_marks WHERE source = $1 AND kind = $2 AND at > $3";
        let since = now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
        let (count,): (i64,) = self.one(SQL, args![source, kind, since]).await?;
        Ok(count)
    }

    /// Uses a human check up; `false` when it was used before.
    pub async fn use_human_check(&mut self, id: [u8; 32], expires_at: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "INSERT INTO human_checks (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        Ok(self.exec(SQL, args![id, expires_at]).await? == 1)
    }

    /// Drops counted things that no rule looks at any more, at most `limit` of each kind.
    pub async fn purge_counts(&mut self, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
        const ATTEMPTS: &str = "DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE at < $1 LIMIT $2)";
        const SENDS: &str = "DELETE FROM sends WHERE id IN (SELECT id FROM sends WHERE at < $1 LIMIT $2)";
        const CHECKS: &str =
            "DELETE FROM human_checks WHERE id IN (SELECT id FROM human_checks WHERE expires_at < $1 LIMIT $2)";
        const MARKS: &str = "DELETE FROM source_marks WHERE at < $1";
        let day = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        let mut gone = self.exec(ATTEMPTS, args![kept_since(now), limit]).await?;
        gone += self.exec(SENDS, args![day, limit]).await?;
        gone += self.exec(CHECKS, args![now, limit]).await?;
        Ok(gone + self.exec(MARKS, args![day]).await?)
    }
}
