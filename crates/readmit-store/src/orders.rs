//! Orders to write a password in a directory behind an agent.

use crate::StoreError;
use crate::Tx;
use crate::args;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use readmit_core::ids::OrderId;
use readmit_core::ids::TenantId;
use readmit_core::order::Aim;
use readmit_core::order::Candidate;
use readmit_core::order::WriteOrder;

impl Tx {
    /// Queues an order. It takes the order, and with it the proof, by value: each is queued once.
    pub async fn insert_order(
        &mut self,
        tenant: TenantId,
        journey: JourneyId,
        order: WriteOrder,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO orders (tenant, id, journey, account, aim, state, sealed, ordered_at, done_at) \
             VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, NULL)";
        if order.proof.expires_at() <= now {
            return Err(StoreError::Bad("the proof of a write has expired".to_owned()));
        }
        let sealed = match order.candidate {
            Candidate::Sealed(envelopes) => envelopes.into_iter().next().map(|envelope| envelope.0),
            Candidate::Nothing => None,
            Candidate::Hashed(_) => {
                return Err(StoreError::Bad("a hash is of no use to a directory".to_owned()));
            }
        };
        let aim = match order.aim {
            Aim::Reset => "reset",
            Aim::Unlock => "unlock",
        };
        self.exec(SQL, args![tenant, order.id, journey, order.account, aim, sealed, now]).await.map(drop)
    }

    /// The journey that an order belongs to, and its state.
    pub async fn order(&mut self, tenant: TenantId, id: OrderId) -> Result<Option<(JourneyId, String)>, StoreError> {
        const SQL: &str = "SELECT journey, state FROM orders WHERE tenant = $1 AND id = $2";
        self.opt(SQL, args![tenant, id]).await
    }
}
