//! The human check: a proof of work, or, without script, a wait that the server times. Nothing is
//! stored until it is used: what is handed out carries its own signature. The caller records the
//! [`ChallengeId`] of what it accepted, in the transaction that uses it, so that each counts once.

use std::time::Duration;

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// Leading zero bits that an answer's hash must have: 2¹⁶ hashes on average.
pub const BITS: u32 = 16;
/// How long a challenge may be answered.
pub const CHALLENGE_LIFE: Duration = Duration::from_secs(10 * 60);
/// How long a visitor without script waits.
pub const SHORTEST_WAIT: Duration = Duration::from_secs(5);
/// How long a page without script may be left open.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);

/// What `GET /api/v1/reset/human-check` answers with, beside [`BITS`] and `sha256`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Challenge {
    /// Opaque: random part, expiry and signature.
    pub challenge: String,
    /// Always `sha256`.
    pub algorithm: &'static str,
    /// [`BITS`].
    pub bits: u32,
    /// After this moment no answer is accepted.
    pub expires_at: Timestamp,
}

/// The hash of an accepted challenge or ticket: what the caller records to accept it only once.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ChallengeId {
    /// SHA-256 of the text that was handed out.
    pub hash: [u8; 32],
    /// From then on the record may be forgotten: it would be refused by itself.
    pub expires_at: Timestamp,
}

/// Why an answer does not count.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HumanCheckError {
    /// Not of the form we hand out, or the nonce is no plain decimal number.
    #[error("malformed")]
    Malformed,
    /// Not handed out by us.
    #[error("forged")]
    Forged,
    /// Handed out too long ago.
    #[error("expired")]
    Expired,
    /// The wait is not over.
    #[error("too early")]
    TooEarly,
    /// The hash has too few zero bits.
    #[error("not solved")]
    NotSolved,
}

/// A fresh challenge, signed with `key`, which must be the same on all replicas.
#[must_use]
pub fn issue(key: &[u8], now: Timestamp, random: [u8; 16]) -> Challenge {
    let expires_at =
        now.saturating_add(jiff::SignedDuration::from_secs(CHALLENGE_LIFE.as_secs().cast_signed())).unwrap_or(now);
    let expires_at = Timestamp::from_second(expires_at.as_second()).unwrap_or(now);
    let challenge = sign(key, Purpose::Work, random, expires_at.as_second());
    Challenge { challenge, algorithm: "sha256", bits: BITS, expires_at }
}

/// Judges an answer: the challenge is ours, lives, and SHA-256 of `challenge:nonce` begins with
/// [`BITS`] zero bits. Whether it was used before is for the caller to record.
///
/// # Errors
/// [`HumanCheckError`]; the signature is judged before anything else that is expensive.
pub fn verify(key: &[u8], challenge: &str, nonce: &str, now: Timestamp) -> Result<ChallengeId, HumanCheckError> {
    let expires_at = opened(key, Purpose::Work, challenge)?;
    if now >= expires_at {
        return Err(HumanCheckError::Expired);
    }
    let canonical = nonce.parse::<u64>().is_ok_and(|number| number.to_string() == nonce);
    if !canonical {
        return Err(HumanCheckError::Malformed);
    }
    if leading_zeros(sha256(format!("{challenge}:{nonce}").as_bytes())) < BITS {
        return Err(HumanCheckError::NotSolved);
    }
    Ok(ChallengeId { hash: sha256(challenge.as_bytes()), expires_at })
}

/// The way without script: a hidden field with the moment at which the page was made, signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WaitTicket(String);

impl WaitTicket {
    /// A ticket for a page made `now`.
    #[must_use]
    pub fn issue(key: &[u8], now: Timestamp, random: [u8; 16]) -> Self {
        Self(sign(key, Purpose::Wait, random, now.as_millisecond()))
    }

    /// The text for the form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Accepts a ticket from [`SHORTEST_WAIT`] to [`LONGEST_WAIT`] after it was issued. Whether it
    /// was used before is for the caller to record.
    ///
    /// # Errors
    /// [`HumanCheckError`].
    pub fn verify(key: &[u8], ticket: &str, now: Timestamp) -> Result<ChallengeId, HumanCheckError> {
        let issued = opened(key, Purpose::Wait, ticket)?;
        let age = now.duration_since(issued);
        if age < jiff::SignedDuration::from_secs(SHORTEST_WAIT.as_secs().cast_signed()) {
            return Err(HumanCheckError::TooEarly);
        }
        let longest = jiff::SignedDuration::from_secs(LONGEST_WAIT.as_secs().cast_signed());
        if age > longest {
            return Err(HumanCheckError::Expired);
        }
        Ok(ChallengeId { hash: sha256(ticket.as_bytes()), expires_at: issued.saturating_add(longest).unwrap_or(now) })
    }
}

/// Which door a text is for; part of what is signed, so that none opens the other.
#[derive(Clone, Copy)]
enum Purpose {
    Work,
    Wait,
}

impl Purpose {
    fn mark(self) -> &'static str {
        match self {
            Self::Work => "w16",
            Self::Wait => "t1",
        }
    }

    fn moment(self, number: i64) -> Option<Timestamp> {
        match self {
            Self::Work => Timestamp::from_second(number).ok(),
            Self::Wait => Timestamp::from_millisecond(number).ok(),
        }
    }
}

fn sign(key: &[u8], purpose: Purpose, random: [u8; 16], moment: i64) -> String {
    let signed = format!("{}.{}.{moment}", purpose.mark(), URL_SAFE_NO_PAD.encode(random));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), label(&signed).as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The moment in a text that we signed for this purpose.
fn opened(key: &[u8], purpose: Purpose, text: &str) -> Result<Timestamp, HumanCheckError> {
    if text.len() > 200 {
        return Err(HumanCheckError::Malformed);
    }
    let (signed, tag) = text.rsplit_once('.').ok_or(HumanCheckError::Malformed)?;
    let rest = signed.strip_prefix(purpose.mark()).and_then(|rest| rest.strip_prefix('.'));
    let (_, moment) = rest.and_then(|rest| rest.split_once('.')).ok_or(HumanCheckError::Malformed)?;
    let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| HumanCheckError::Malformed)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::verify(&key, label(signed).as_bytes(), &tag).map_err(|_| HumanCheckError::Forged)?;
    moment.parse().ok().and_then(|number| purpose.moment(number)).ok_or(HumanCheckError::Malformed)
}

/// Keeps these signatures apart from any other use of the key.
fn label(signed: &str) -> String {
    format!("readmit human check\n{signed}")
}

fn sha256(text: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text).as_ref());
    hash
}

fn leading_zeros(hash: [u8; 32]) -> u32 {
    let zero_bytes = hash.iter().take_while(|byte| **byte == 0).count();
    let next = hash.get(zero_bytes).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zero_bytes).unwrap_or(32) * 8 + next
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millisecond).unwrap()
    }

    fn solve(challenge: &str) -> String {
        (0_u64..)
            .map(|nonce| nonce.to_string())
            .find(|nonce| leading_zeros(sha256(format!("{challenge}:{nonce}").as_bytes())) >= BITS)
            .unwrap()
    }

    #[test]
    fn a_solved_challenge_counts_until_it_expires() {
        let given = issue(KEY, at(0), [7; 16]);
        assert_eq!((given.algorithm, given.bits, given.expires_at), ("sha256", 16, at(600_000)));
        let nonce = solve(&given.challenge);
        let id = verify(KEY, &given.challenge, &nonce, at(599_999)).unwrap();
        assert_eq!(id, verify(KEY, &given.challenge, &nonce, at(0)).unwrap());
        assert_eq!(id.expires_at, given.expires_at);
        assert_eq!(verify(KEY, &given.challenge, &nonce, at(600_000)), Err(HumanCheckError::Expired));
        let other = issue(KEY, at(0), [8; 16]);
        assert_ne!(sha256(other.challenge.as_bytes()), id.hash);
    }

    #[test]
    fn a_wrong_or_oddly_written_nonce_does_not_count() {
        let given = issue(KEY, at(0), [7; 16]);
        let nonce = solve(&given.challenge);
        let wrong = (nonce.parse::<u64>().unwrap() - 1).to_string();
        assert_eq!(verify(KEY, &given.challenge, &wrong, at(0)), Err(HumanCheckError::NotSolved));
        let odd = [
            String::new(),
            format!("0{nonce}"),
            format!("+{nonce}"),
            format!("{nonce} "),
            "-1".into(),
            "9".repeat(40),
            "٣".into(),
        ];
        for odd in odd {
            assert_eq!(verify(KEY, &given.challenge, &odd, at(0)), Err(HumanCheckError::Malformed), "{odd:?}");
        }
    }

    #[test]
    fn only_our_own_challenges_count() {
        let given = issue(KEY, at(0), [7; 16]).challenge;
        let nonce = solve(&given);
        assert_eq!(verify(b"another key", &given, &nonce, at(0)), Err(HumanCheckError::Forged));
        let later = given.replacen("1800000600", "1900000600", 1);
        assert_ne!(later, given);
        assert_eq!(verify(KEY, &later, &nonce, at(0)), Err(HumanCheckError::Forged));
        for text in ["", ".", "w16", "w16.a.b", "w16.a.1.", "w16.a.1.AAAA", &format!("{given}="), &"x".repeat(300)] {
            assert!(verify(KEY, text, &nonce, at(0)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_ticket_counts_from_five_seconds_to_thirty_minutes() {
        let ticket = WaitTicket::issue(KEY, at(0), [1; 16]);
        assert_eq!(WaitTicket::verify(KEY, ticket.as_str(), at(4_999)), Err(HumanCheckError::TooEarly));
        assert_eq!(WaitTicket::verify(KEY, ticket.as_str(), at(-1)), Err(HumanCheckError::TooEarly));
        let id = WaitTicket::verify(KEY, ticket.as_str(), at(5_000)).unwrap();
        assert_eq!(WaitTicket::verify(KEY, ticket.as_str(), at(1_800_000)), Ok(id));
        assert_eq!(WaitTicket::verify(KEY, ticket.as_str(), at(1_800_001)), Err(HumanCheckError::Expired));
    }

    #[test]
    fn neither_text_opens_the_other_door() {
        let ticket = WaitTicket::issue(KEY, at(0), [1; 16]);
        assert_eq!(verify(KEY, ticket.as_str(), "1", at(0)), Err(HumanCheckError::Malformed));
        let challenge = issue(KEY, at(0), [1; 16]).challenge;
        assert_eq!(WaitTicket::verify(KEY, &challenge, at(9_000)), Err(HumanCheckError::Malformed));
        let relabelled = ticket.as_str().replacen("t1", "w16", 1);
        assert_eq!(verify(KEY, &relabelled, "1", at(0)), Err(HumanCheckError::Forged));
    }
}
