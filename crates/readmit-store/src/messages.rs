//! The outbox: messages enqueued with what caused them, leased by a worker, kept with what became of them.

use crate::FromRow;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::args;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::TenantId;

/// Wakes the worker after a commit.
pub const MESSAGES: &str = "messages";

/// A message to enqueue.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Names it; the stable id of its retries.
    pub id: MessageId,
    /// The journey that caused it.
    pub journey: Option<JourneyId>,
    /// `code`, `notice`, `contact`, …
    pub kind: &'static str,
    /// `mail`, `sms` or `voice`.
    pub channel: &'static str,
    /// Destination as cases show it.
    pub masked: String,
    /// Destination and text, sealed; `None` for a decoy, which is dropped by the worker.
    pub payload: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// After this it is not sent.
    pub expires_at: Timestamp,
}

/// A message that this worker holds for a while.
pub struct LeasedMessage {
    /// The organization.
    pub tenant: TenantId,
    /// Names it.
    pub id: MessageId,
    /// The journey that caused it.
    pub journey: Option<JourneyId>,
    /// `mail`, `sms` or `voice`.
    pub channel: String,
    /// Destination and text, sealed.
    pub payload: Option<Vec<u8>>,
    /// Deliveries tried before this one.
    pub tries: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// After this it is not sent.
    pub expires_at: Timestamp,
}

impl FromRow for LeasedMessage {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            tenant: row.take(0)?,
            id: row.take(1)?,
            journey: row.take(2)?,
            channel: row.take(3)?,
            payload: row.take(4)?,
            tries: row.take(5)?,
            created_at: row.take(6)?,
            expires_at: row.take(7)?,
        })
    }
}

/// A line of a case: what became of a message.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    /// When it was made.
    pub at: Timestamp,
    /// `code`, `notice`, `contact`, …
    pub kind: String,
    /// `mail`, `sms` or `voice`.
    pub channel: String,
    /// Destination as cases show it.
    pub masked: String,
    /// `queued`, `accepted`, `delivered`, `failed` or `expired`.
    pub state: String,
    /// What the relay or gateway said last.
    pub provider_code: Option<String>,
    /// Deliveries tried.
    pub tries: i64,
}

impl FromRow for DeliveryRow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            at: row.take(0)?,
            kind: row.take(1)?,
            channel: row.take(2)?,
            masked: row.take(3)?,
            state: row.take(4)?,
            provider_code: row.take(5)?,
            tries: row.take(6)?,
        })
    }
}

impl Tx {
    /// Enqueues; the worker hears of it after the commit.
    pub async fn enqueue_message(&mut self, tenant: TenantId, message: &NewMessage) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO messages (tenant, id, journey, kind, channel, masked, payload, state, provider_code, tries, \
             created_at, due_at, expires_at, lease_owner, lease_until, done_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', NULL, 0, $8, $8, $9, NULL, NULL, NULL)";
        let args = args![
            tenant,
            message.id,
            message.journey,
            message.kind,
            message.channel,
            &message.masked,
            message.payload.clone(),
            message.created_at,
            message.expires_at
        ];
        self.exec(SQL, args).await?;
        self.notify(MESSAGES);
        Ok(())
    }

    /// Leases at most `limit` messages that are due. Only the holder of a lease may finish them.
    pub async fn lease_messages(
        &mut self,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<LeasedMessage>, StoreError> {
        const SQL: &str = "UPDATE messages SET lease_owner = $1, lease_until = $2 WHERE id IN (SELECT id FROM messages \
             WHERE state = 'queued' AND due_at <= $3 AND (lease_until IS NULL OR lease_until < $3) ORDER BY due_at LIMIT $4) \
             AND state = 'queued' AND (lease_until IS NULL OR lease_until < $3) \
             RETURNING tenant, id, journey, channel, payload, tries, created_at, expires_at";
        self.all(SQL, args![owner, until, now, limit]).await
    }

    /// Ends a message: `accepted`, `failed` or `expired`. Its text is emptied. `false` when the lease was lost.
    pub async fn finish_message(
        &mut self,
        owner: &str,
        message: &LeasedMessage,
        state: &'static str,
        provider_code: Option<String>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE messages SET state = $4, provider_code = $5, done_at = $6, payload = NULL, tries = tries + 1, \
             lease_owner = NULL, lease_until = NULL WHERE tenant = $1 AND id = $2 AND lease_owner = $3";
        let args = args![message.tenant, message.id, owner, state, provider_code, now];
        Ok(self.exec(SQL, args).await? == 1)
    }

    /// Puts a message back until `due_at`, with what the provider said.
    pub async fn retry_message(
        &mut self,
        owner: &str,
        message: &LeasedMessage,
        provider_code: String,
        due_at: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE messages SET due_at = $4, provider_code = $5, tries = tries + 1, lease_owner = NULL, \
             lease_until = NULL WHERE tenant = $1 AND id = $2 AND lease_owner = $3";
        Ok(self.exec(SQL, args![message.tenant, message.id, owner, due_at, provider_code]).await? == 1)
    }

    /// Codes of a journey that are not sent yet die when a new one is made or the journey ends.
    pub async fn expire_codes(
        &mut self,
        tenant: TenantId,
        journey: JourneyId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        const SQL: &str = "UPDATE messages SET state = 'expired', payload = NULL, done_at = $3 \
             WHERE tenant = $1 AND journey = $2 AND kind = 'code' AND state = 'queued'";
        self.exec(SQL, args![tenant, journey, now]).await
    }

    /// What became of the messages of a journey, oldest first.
    pub async fn deliveries(&mut self, tenant: TenantId, journey: JourneyId) -> Result<Vec<DeliveryRow>, StoreError> {
        const SQL: &str = "SELECT created_at, kind, channel, masked, state, provider_code, tries FROM messages \
             WHERE tenant = $1 AND journey = $2 AND kind <> 'decoy' ORDER BY created_at, id";
        self.all(SQL, args![tenant, journey]).await
    }

    /// The moment at which the next queued message is due.
    pub async fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "SELECT MIN(due_at) FROM messages WHERE state = 'queued'";
        let (due,): (Option<Timestamp>,) = self.one(SQL, args![]).await?;
        Ok(due)
    }
}
