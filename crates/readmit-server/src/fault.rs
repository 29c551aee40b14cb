//! Our own trouble: bugs and outages. Logged once, at the edge.

use crate::entropy::EntropyFault;
use crate::hashing::HashingFault;
use readmit_store::KeyError;
use readmit_store::StoreError;

/// Something that only we can mend.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database.
    #[error("database: {0}")]
    Store(#[from] StoreError),
    /// A sealed value did not open, or could not be sealed.
    #[error("keys: {0}")]
    Keys(#[from] KeyError),
    /// No randomness.
    #[error("no randomness from the operating system")]
    Entropy,
    /// The hashing pool.
    #[error("hashing: {0}")]
    Hashing(#[from] HashingFault),
    /// Something that this program wrote cannot be read.
    #[error("a stored value: {0}")]
    Stored(String),
}

impl From<EntropyFault> for Fault {
    fn from(_: EntropyFault) -> Self {
        Self::Entropy
    }
}

impl Fault {
    /// Whether it is likely to pass by itself: 503 rather than 500.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Store(error) => error.is_unavailable(),
            Self::Hashing(_) | Self::Entropy => true,
            Self::Keys(_) | Self::Stored(_) => false,
        }
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::Stored(format!("a template: {error}"))
    }
}
