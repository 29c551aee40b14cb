//! What is to be written, and what came of it.

use crate::cause::Cause;
use crate::code::SsprCode;
use crate::ids::AccountId;
use crate::ids::OrderId;
use crate::proof::Proof;
use zeroize::Zeroizing;

/// What a journey is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// A new password.
    Reset,
    /// The same password, unlocked.
    Unlock,
}

/// An Argon2id PHC string. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Zeroizing<String>);

impl PasswordHash {
    /// Takes a PHC string, as the hashing pool made it.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(Zeroizing::new(phc))
    }

    /// The PHC string, for the one function that stores it.
    #[must_use]
    pub fn phc(&self) -> &str {
        &self.0
    }
}

/// A new password sealed to one agent's public key.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedPassword(pub Vec<u8>);

/// The new password, never in the clear.
#[derive(Clone, PartialEq, Eq)]
pub enum Candidate {
    /// For the built-in directory.
    Hashed(PasswordHash),
    /// For a directory behind agents: one envelope for each agent's key.
    Sealed(Vec<SealedPassword>),
    /// Nothing: an unlock.
    Nothing,
}

/// One write. It takes its proof by value, so nothing else can make one.
pub struct WriteOrder {
    /// Number of the order; a receipt names it.
    pub id: OrderId,
    /// Whose password.
    pub account: AccountId,
    /// Reset or unlock.
    pub aim: Aim,
    /// The new password.
    pub candidate: Candidate,
    /// The right to write.
    pub proof: Proof,
}

/// What came of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// In force.
    Applied,
    /// The directory's policy said no: another password may do. Holds the rule.
    AgainstPolicy(Cause),
    /// The directory said no to the act itself.
    Refused(SsprCode),
    /// Not granted in time and withdrawn: it will never be written.
    Withdrawn,
    /// Granted, and then nothing was heard.
    Silent,
    /// Reconciled: it was not written.
    NotApplied,
}
