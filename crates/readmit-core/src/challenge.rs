//! One gate in progress.

use crate::ids::RegistrationId;
use crate::registration::Method;
use crate::registration::TrustRoot;
use crate::secret::CodeDigest;
use crate::secret::OneTimeCode;
use crate::throttle::SEND_GAP;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// A challenge burns after this many wrong answers.
pub const TRIES: u8 = 3;

/// A gate in progress: what was asked, how often it may still be answered, until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Challenge {
    /// Which registration is being proved.
    pub registration: RegistrationId,
    /// Its method.
    pub method: Method,
    /// What the proof rests on.
    pub root: TrustRoot,
    /// Keyed hash of the code that was sent; `None` where nothing was sent or nothing can match.
    pub digest: Option<CodeDigest>,
    /// Two letters that page and message share.
    pub mark: String,
    /// Digits of the code.
    pub digits: u8,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Wrong answers left.
    pub tries_left: u8,
    /// Security questions drawn, by id.
    pub questions: Vec<u32>,
}

impl Challenge {
    /// From when on a person may ask for help or a new message; `None` where nothing travels.
    #[must_use]
    pub fn help_from(&self) -> Option<Timestamp> {
        self.method.sends().then(|| self.sent_at.saturating_add(SEND_GAP).unwrap_or(Timestamp::MAX))
    }
}

/// A gate that was passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Which registration proved it.
    pub registration: RegistrationId,
    /// Its method.
    pub method: Method,
    /// What the proof rests on.
    pub root: TrustRoot,
    /// When.
    pub at: Timestamp,
}

/// Chance for one challenge, as a value: the code, its keyed hash, the mark, the questions drawn.
#[derive(Clone)]
pub struct FreshCode {
    /// The code that travels.
    pub code: OneTimeCode,
    /// Its keyed hash, which stays.
    pub digest: CodeDigest,
    /// Two letters.
    pub mark: String,
    /// Questions drawn for this account.
    pub questions: Vec<u32>,
}
