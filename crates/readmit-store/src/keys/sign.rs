//! Signatures of checkpoints.

use aws_lc_rs::signature;
use aws_lc_rs::signature::KeyPair as _;

/// Signs checkpoints. It does not print.
pub struct SigningKey {
    pub(super) pair: signature::Ed25519KeyPair,
}

impl SigningKey {
    /// The signature of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes.iter_mut().zip(self.pair.sign(message).as_ref()).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// The public half.
    #[must_use]
    pub fn verifying(&self) -> VerifyingKey {
        VerifyingKey(super::bytes_32(self.pair.public_key().as_ref()))
    }
}

/// Checks the signatures of a [`SigningKey`]; may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey(pub [u8; 32]);

impl VerifyingKey {
    /// Whether the signature is this key's of this message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signed: &[u8]) -> bool {
        signature::UnparsedPublicKey::new(&signature::ED25519, self.0).verify(message, signed).is_ok()
    }
}
