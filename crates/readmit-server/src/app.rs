//! Everything long-lived, made once at the start and shared.

use crate::clock::Clock;
use crate::deliver::Drivers;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::hashing::Hasher;
use crate::http::client_address::AddressRange;
use crate::http::origin::PublicOrigin;
use crate::reset::landing::HostCache;
use readmit_core::ids::MessageId;
use readmit_core::ids::OrderId;
use readmit_core::ids::SupportCode;
use readmit_store::FactsCache;
use readmit_store::Keys;
use readmit_store::Purpose;
use readmit_store::Store;
use readmit_store::Writer;
use std::sync::Arc;

/// Handle to everything long-lived.
pub type App = Arc<Parts>;

/// Everything long-lived.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The master key and what is made of it.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub entropy: Entropy,
    /// The pool that computes Argon2id.
    pub hasher: Hasher,
    /// Policies and group graphs by version.
    pub facts: FactsCache,
    /// This program's audit chain.
    pub writer: Writer,
    /// How messages leave.
    pub drivers: Drivers,
    /// Where we are reached; the first one stands in messages.
    pub origins: Vec<PublicOrigin>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<AddressRange>,
    /// Whose first page it is.
    pub host: HostCache,
    /// The address that mails come from, which pages name.
    pub mail_from: String,
    /// How many journeys one source may begin.
    pub source_limits: SourceLimits,
    /// Keys of the edge.
    pub edge_keys: EdgeKeys,
}

/// Journeys an hour from one source.
#[derive(Clone, Copy, Debug)]
pub struct SourceLimits {
    /// With a proof of work.
    pub with_proof: i64,
    /// With the five-second wait.
    pub without_proof: i64,
}

impl Default for SourceLimits {
    fn default() -> Self {
        Self { with_proof: 30, without_proof: 5 }
    }
}

/// Keys of what pages carry.
pub struct EdgeKeys {
    /// Of the tokens in forms.
    pub csrf: [u8; 32],
    /// Of human checks.
    pub human_check: [u8; 32],
}

impl EdgeKeys {
    /// Derived from the master key, so that replicas agree.
    #[must_use]
    pub fn of(keys: &Keys) -> Self {
        Self { csrf: keys.mac(Purpose::Csrf, &[]), human_check: keys.mac(Purpose::HumanCheck, &[]) }
    }
}

impl Parts {
    /// A new support code.
    pub fn support_code(&self) -> Result<SupportCode, Fault> {
        Ok(SupportCode::from_random(self.entropy.u64()?))
    }

    /// A new id of a message, an attempt or a send.
    pub fn message_id(&self) -> Result<MessageId, Fault> {
        Ok(MessageId::new(self.clock.now(), self.entropy.bytes()?))
    }

    /// A new number of an order.
    pub fn order_id(&self) -> Result<OrderId, Fault> {
        Ok(OrderId::new(self.clock.now(), self.entropy.bytes()?))
    }

    /// An address of ours, for messages: always from the configuration, never from a request.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.origins.first().map(|origin| origin.url(path)).unwrap_or_default()
    }
}
