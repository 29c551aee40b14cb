//! Chance for one transaction, as a value: a unit of work may run more than once and must then do the same.

use crate::entropy::Entropy;
use crate::entropy::EntropyFault;
use aws_lc_rs::digest;
use jiff::Timestamp;
use readmit_core::ids::MessageId;

/// A random seed, and what it unfolds into.
#[derive(Clone)]
pub(super) struct Chance {
    seed: [u8; 32],
    drawn: u32,
}

impl Chance {
    /// Draws a seed.
    pub(super) fn draw(entropy: &Entropy) -> Result<Self, EntropyFault> {
        Ok(Self { seed: entropy.bytes()?, drawn: 0 })
    }

    /// The next 32 bytes: SHA-256 of the secret seed and a count.
    pub(super) fn bytes(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.seed);
        context.update(&self.drawn.to_be_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        bytes
    }

    /// A nonce for one sealing.
    pub(super) fn nonce(&mut self) -> [u8; 12] {
        first(&self.bytes())
    }

    /// An id for a message, an attempt or a send.
    pub(super) fn id(&mut self, now: Timestamp) -> MessageId {
        MessageId::new(now, first(&self.bytes()))
    }
}

fn first<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    let mut some = [0; N];
    some.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    some
}
