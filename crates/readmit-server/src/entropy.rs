//! The one place that draws random values, from the operating system's generator as aws-lc seeds it.

use aws_lc_rs::rand::SecureRandom;
use aws_lc_rs::rand::SystemRandom;
use zeroize::Zeroizing;

/// The generator failed: nothing may go on with what is in the buffer. A fault of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the random generator failed")]
pub struct EntropyFault;

/// Draws unpredictable values; everything else is given them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Entropy {
    source: SystemRandom,
}

impl Entropy {
    /// A source fit for keys, tokens and one-time codes.
    #[must_use]
    pub fn new() -> Self {
        Self { source: SystemRandom::new() }
    }

    /// Overwrites all of `buffer`.
    ///
    /// # Errors
    /// [`EntropyFault`]; the buffer's content is then unspecified.
    pub fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyFault> {
        self.source.fill(buffer).map_err(|_| EntropyFault)
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// [`EntropyFault`].
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], EntropyFault> {
        let mut drawn = [0; N];
        self.fill(&mut drawn)?;
        Ok(drawn)
    }

    /// 64 random bits.
    ///
    /// # Errors
    /// [`EntropyFault`].
    pub fn u64(&self) -> Result<u64, EntropyFault> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    /// `count` decimal digits, each as likely as the others (SP 800-63B 3.1.3.2: one-time codes).
    ///
    /// # Errors
    /// [`EntropyFault`].
    pub fn digits(&self, count: usize) -> Result<Zeroizing<String>, EntropyFault> {
        let mut digits = Zeroizing::new(String::with_capacity(count));
        while digits.len() < count {
            let drawn = Zeroizing::new(self.bytes::<32>()?);
            let missing = count - digits.len();
            digits.extend(drawn.iter().filter_map(|byte| digit(*byte)).take(missing));
        }
        Ok(digits)
    }
}

impl Default for Entropy {
    fn default() -> Self {
        Self::new()
    }
}

/// A digit from a byte; bytes from 250 on are thrown away, or 0 to 5 would come up more often.
fn digit(byte: u8) -> Option<char> {
    (byte < 250).then(|| char::from(b'0' + byte % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digit_comes_from_equally_many_bytes() {
        let mut counts = std::collections::BTreeMap::new();
        for byte in 0..=u8::MAX {
            if let Some(digit) = digit(byte) {
                *counts.entry(digit).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), 10);
        assert!(counts.values().all(|count| *count == 25));
    }

    #[test]
    fn a_code_has_exactly_the_digits_asked_for() {
        let entropy = Entropy::new();
        for count in [0, 1, 6, 8, 100] {
            let digits = entropy.digits(count).unwrap();
            assert_eq!(digits.len(), count);
            assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn two_draws_differ() {
        let entropy = Entropy::new();
        assert_ne!(entropy.bytes::<16>().unwrap(), entropy.bytes::<16>().unwrap());
        assert_ne!(entropy.u64().unwrap(), entropy.u64().unwrap());
        assert_ne!(*entropy.digits(20).unwrap(), *entropy.digits(20).unwrap());
    }
}
