//! The master key, and what is made of it: sealing, keyed hashes, signatures. It never leaves its file but into memory.

mod sign;

use std::fs;
use std::io;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::aead;
use aws_lc_rs::digest;
use aws_lc_rs::hkdf;
use aws_lc_rs::hmac;
use aws_lc_rs::signature;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub use self::sign::SigningKey;
pub use self::sign::VerifyingKey;
use crate::Store;
use crate::StoreError;
use crate::Tx;
use crate::args;

/// The only version of sealing there is; the first byte of whatever is sealed.
const VERSION: u8 = 1;
const NONCE: usize = aead::NONCE_LEN;
const SETTING: &str = "key_check";

/// The master key. Clones share it; it is wiped with the last one. It does not print.
#[derive(Clone)]
pub struct Keys {
    master: Arc<Zeroizing<[u8; 32]>>,
}

/// What a keyed hash is for. Hashes of two purposes never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One-time codes of a challenge.
    Code,
    /// User IDs that belong to nobody.
    Subject,
    /// Where messages go: numbers and addresses, for counting.
    Destination,
    /// Where requests come from, for counting.
    Source,
    /// Tokens that bind a form to its session.
    Csrf,
    /// Human checks handed out.
    HumanCheck,
    /// What a decoy shows, so that it shows the same twice.
    Decoy,
    /// The pepper of passwords.
    Password,
    /// The pepper of security answers.
    Answer,
    /// Cursors and other values that come back to us.
    Return,
    /// The heads of the audit's chains.
    AuditHead,
    /// The proof that a database belongs to this key.
    KeyCheck,
}

impl Purpose {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Code => b"code",
            Self::Subject => b"subject",
            Self::Destination => b"destination",
            Self::Source => b"source",
            Self::Csrf => b"csrf",
            Self::HumanCheck => b"human-check",
            Self::Decoy => b"decoy",
            Self::Password => b"password",
            Self::Answer => b"answer",
            Self::Return => b"return",
            Self::AuditHead => b"audit-head",
            Self::KeyCheck => b"key-check",
        }
    }
}

/// The cell that a sealed value lies in. Moved to any other, the value does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the table.
    pub table: &'static str,
    /// Name of the column.
    pub column: &'static str,
    /// Key of the row within its tenant.
    pub row: String,
    /// Id of the organization; each has a key of its own.
    pub tenant: String,
}

/// Why there is no key, or why it does not open something.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no key file.
    #[error("there is no key file {0}")]
    Missing(String),
    /// The key file exists; a key is never overwritten.
    #[error("the key file {0} exists already")]
    Exists(String),
    /// Somebody other than its owner can read the key file.
    #[error("the key file {0} can be read by others: run chmod 0400 on it")]
    Exposed(String),
    /// The key file is not 32 bytes long.
    #[error("the key file {0} is not a key: it must hold exactly 32 bytes")]
    Size(String),
    /// The key file cannot be read or written.
    #[error("the key file {path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// What the operating system says.
        error: io::Error,
    },
    /// The value was not sealed by this key for this place, or was changed.
    #[error("a sealed value does not open")]
    Sealed,
    /// The value was sealed in a way this release does not know.
    #[error("a value is sealed in version {0}, which this release does not know")]
    Version(u8),
    /// The database belongs to another key.
    #[error("this database belongs to another key")]
    Mismatch,
    /// The database holds data, but does not say which key it belongs to.
    #[error("this database holds data, but no longer says which key it belongs to")]
    Unproven,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Keys {
    /// Takes 32 random bytes as the master key: for tests and the demonstration.
    #[must_use]
    pub fn from_bytes(master: [u8; 32]) -> Self {
        Self { master: Arc::new(Zeroizing::new(master)) }
    }

    /// Writes 32 random bytes to a new file that only its owner can read (0400), durably.
    ///
    /// [`KeyError::Exists`] if there is a file of that name.
    pub fn generate_file(path: &Path, random: [u8; 32]) -> Result<Self, KeyError> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o400);
        let mut file = options.open(path).map_err(|error| file_error(path, error))?;
        let keys = Self::from_bytes(random);
        let written = file.write_all(keys.master.as_slice()).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half a key would only be in the way of the next try; the first error is the one to tell.
            drop(fs::remove_file(path));
            return Err(file_error(path, error));
        }
        Ok(keys)
    }

    /// Reads the master key from its file.
    ///
    /// Refuses a file that its group or others can read, and one that does not hold exactly 32 bytes.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let file = fs::File::open(path).map_err(|error| file_error(path, error))?;
        let about = file.metadata().map_err(|error| file_error(path, error))?;
        #[cfg(unix)]
        if std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0 {
            return Err(KeyError::Exposed(shown(path)));
        }
        if !about.is_file() || about.len() != 32 {
            return Err(KeyError::Size(shown(path)));
        }
        let mut master = Zeroizing::new([0; 32]);
        (&file).read_exact(master.as_mut_slice()).map_err(|error| file_error(path, error))?;
        Ok(Self { master: Arc::new(master) })
    }

    /// Encrypts a value for its place: AES-256-GCM-SIV (RFC 8452) under the tenant's key, bound to table, column,
    /// row, tenant and key version. The nonce is 12 random bytes, fresh for each call.
    pub fn seal(&self, place: &Place, random_nonce: [u8; NONCE], plaintext: &[u8]) -> Result<Vec<u8>, KeyError> {
        let key = self.tenant_key(&place.tenant)?;
        let mut sealed = Vec::with_capacity(1 + NONCE + plaintext.len() + key.algorithm().tag_len());
        sealed.extend_from_slice(plaintext);
        let nonce = aead::Nonce::assume_unique_for_key(random_nonce);
        key.seal_in_place_append_tag(nonce, aead::Aad::from(place.bytes()), &mut sealed)
            .map_err(|_| KeyError::Sealed)?;
        sealed.splice(0..0, std::iter::once(VERSION).chain(random_nonce));
        Ok(sealed)
    }

    /// Decrypts what [`Keys::seal`] made for the same place; anything else is [`KeyError::Sealed`].
    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let (version, rest) = sealed.split_first().ok_or(KeyError::Sealed)?;
        if *version != VERSION {
            return Err(KeyError::Version(*version));
        }
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(KeyError::Sealed)?;
        let nonce = aead::Nonce::assume_unique_for_key(*nonce);
        let mut plaintext = Zeroizing::new(rest.to_vec());
        let length = self
            .tenant_key(&place.tenant)?
            .open_in_place(nonce, aead::Aad::from(place.bytes()), &mut plaintext)
            .map_err(|_| KeyError::Sealed)?
            .len();
        plaintext.truncate(length);
        Ok(plaintext)
    }

    /// HMAC-SHA-256 (RFC 2104) over the parts, each after its length, under the key of the purpose.
    ///
    /// Compare two of them in constant time.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let key = self.derive(&[b"mac", purpose.name()]);
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()));
        for part in parts {
            context.update(&length(part));
            context.update(part);
        }
        bytes_32(context.sign().as_ref())
    }

    /// The key that signs checkpoints of the audit (Ed25519, RFC 8032).
    pub fn signing_key(&self) -> Result<SigningKey, KeyError> {
        let seed = self.derive(&[b"sign", b"audit"]);
        let pair = signature::Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyError::Sealed)?;
        Ok(SigningKey { pair })
    }

    /// What a database of this key says in its settings.
    pub(crate) fn check(&self) -> String {
        hex(&self.mac(Purpose::KeyCheck, &[]))
    }

    fn tenant_key(&self, tenant: &str) -> Result<aead::LessSafeKey, KeyError> {
        let key = self.derive(&[b"seal", &[VERSION], tenant.as_bytes()]);
        let key = aead::UnboundKey::new(&aead::AES_256_GCM_SIV, key.as_slice()).map_err(|_| KeyError::Sealed)?;
        Ok(aead::LessSafeKey::new(key))
    }

    /// A key of its own for each list of labels: HKDF-SHA-256 (RFC 5869).
    fn derive(&self, labels: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"readmit/1").extract(self.master.as_slice());
        expand(&prk, labels)
    }
}

/// 32 bytes of HKDF's output for these labels. Never fails: the length is that of the hash.
pub(crate) fn expand(prk: &hkdf::Prk, labels: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let lengths: Vec<[u8; 8]> = labels.iter().map(|label| length(label)).collect();
    let parts: Vec<&[u8]> = lengths.iter().zip(labels).flat_map(|(length, label)| [length.as_slice(), label]).collect();
    let mut key = Zeroizing::new([0; 32]);
    let filled = prk.expand(&parts, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(key.as_mut_slice()));
    assert!(filled.is_ok(), "HKDF makes 32 bytes");
    key
}

/// SHA-256 of a token of 256 random bits: what the store looks up instead of the token.
#[must_use]
pub fn token_hash(token: &[u8]) -> [u8; 32] {
    bytes_32(digest::digest(&digest::SHA256, token).as_ref())
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.table, self.column, &self.row, &self.tenant] {
            bytes.extend_from_slice(&length(part.as_bytes()));
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes.push(VERSION);
        bytes
    }
}

impl Store {
    /// Proves that the database belongs to this key; an empty database is given to it.
    ///
    /// Call it at each start, after the migrations: [`KeyError::Mismatch`] or [`KeyError::Unproven`] must stop it.
    pub async fn check_key(&self, keys: &Keys) -> Result<(), KeyError> {
        let ours = keys.check();
        if self.read(async |tx: &mut Tx| tx.key_check().await).await?.is_none() {
            let ours = ours.clone();
            self.write(async move |tx: &mut Tx| tx.adopt_key(&ours).await).await?;
        }
        let stored = self.read(async |tx: &mut Tx| tx.key_check().await).await?.ok_or(KeyError::Unproven)?;
        if !bool::from(stored.as_bytes().ct_eq(ours.as_bytes())) {
            return Err(KeyError::Mismatch);
        }
        Ok(())
    }

    /// Whether the database was given to a key before, so that no new one must be made for it.
    pub async fn is_keyed(&self) -> Result<bool, StoreError> {
        Ok(self.read(async |tx: &mut Tx| tx.key_check().await).await?.is_some())
    }
}

impl Tx {
    pub(crate) async fn key_check(&mut self) -> Result<Option<String>, StoreError> {
        const SQL: &str = "SELECT value FROM settings WHERE name = $1";
        Ok(self.opt::<(String,)>(SQL, args![SETTING]).await?.map(|(value,)| value))
    }

    /// Data without a key check are left as they are.
    async fn adopt_key(&mut self, check: &str) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO settings (name, value) \
            SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM tenants) ON CONFLICT DO NOTHING";
        self.exec(SQL, args![SETTING, check]).await.map(drop)
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A String takes whatever is written to it.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// The first 32 bytes; what is missing is 0.
fn bytes_32(from: &[u8]) -> [u8; 32] {
    from.first_chunk().copied().unwrap_or_default()
}

fn length(part: &[u8]) -> [u8; 8] {
    (part.len() as u64).to_be_bytes()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn file_error(path: &Path, error: io::Error) -> KeyError {
    match error.kind() {
        io::ErrorKind::NotFound => KeyError::Missing(shown(path)),
        io::ErrorKind::AlreadyExists => KeyError::Exists(shown(path)),
        _ => KeyError::File { path: shown(path), error },
    }
}

#[cfg(test)]
mod tests;
