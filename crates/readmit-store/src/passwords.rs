//! Passwords of the built-in directory: sealed hashes, and the one function that writes them.

use crate::KeyError;
use crate::Keys;
use crate::Place;
use crate::StoreError;
use crate::Tx;
use crate::args;
use jiff::Timestamp;
use readmit_core::ids::AccountId;
use readmit_core::ids::TenantId;
use readmit_core::order::Candidate;
use readmit_core::order::PasswordHash;
use readmit_core::order::WriteOrder;

/// An administrator's right to set a password without a journey.
///
/// Only the command line's context makes one, for a person who can read the master key anyway; every use of it is
/// audited in the same unit. Nothing that answers HTTP may name this type.
pub struct AdministratorOrder {
    account: AccountId,
    hash: PasswordHash,
}

impl AdministratorOrder {
    /// The order of whoever runs the command line.
    #[must_use]
    pub fn by_command_line(account: AccountId, hash: PasswordHash) -> Self {
        Self { account, hash }
    }
}

/// A right to write a password: proven by a journey, or an administrator's.
pub enum PasswordOrder {
    /// From a journey with enough gates.
    Proven(WriteOrder),
    /// From the command line.
    Administrator(AdministratorOrder),
}

impl From<WriteOrder> for PasswordOrder {
    fn from(order: WriteOrder) -> Self {
        Self::Proven(order)
    }
}

impl From<AdministratorOrder> for PasswordOrder {
    fn from(order: AdministratorOrder) -> Self {
        Self::Administrator(order)
    }
}

/// The key, with the chance for one sealing.
#[derive(Clone)]
pub struct Seal {
    /// The key.
    pub keys: Keys,
    /// Fresh random bytes, for this one value.
    pub nonce: [u8; 12],
}

/// A password's hash as it is kept.
pub struct StoredPassword {
    /// The PHC string.
    pub hash: PasswordHash,
    /// Counts the writes; the audit counts them too.
    pub version: i64,
    /// When it was written.
    pub set_at: Timestamp,
}

fn place(tenant: TenantId, account: AccountId) -> Place {
    Place { table: "passwords", column: "hash", row: account.to_string(), tenant: tenant.to_string() }
}

impl Tx {
    /// Writes a password, and is the only way to: takes the right to do so by value. Returns the count of writes.
    ///
    /// [`StoreError::Bad`] if the proof has expired or the order holds no hash; [`StoreError::NoRow`] if there is no
    /// such account whose password is kept here.
    pub async fn write_password(
        &mut self,
        tenant: TenantId,
        order: impl Into<PasswordOrder> + Send,
        seal: &Seal,
        now: Timestamp,
    ) -> Result<i64, KeyError> {
        let (account, hash) = match order.into() {
            PasswordOrder::Administrator(order) => (order.account, order.hash),
            PasswordOrder::Proven(order) => {
                if order.proof.expires_at() <= now {
                    return Err(StoreError::Bad("the proof of a write has expired".to_owned()).into());
                }
                match order.candidate {
                    Candidate::Hashed(hash) => (order.account, hash),
                    Candidate::Sealed(_) | Candidate::Nothing => {
                        return Err(StoreError::Bad("an order without a hash".to_owned()).into());
                    }
                }
            }
        };
        let sealed = seal.keys.seal(&place(tenant, account), seal.nonce, hash.phc().as_bytes())?;
        Ok(self.upsert_password(tenant, account, sealed, now).await?)
    }

    async fn upsert_password(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        sealed: Vec<u8>,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        const SQL: &str = "INSERT INTO passwords (tenant, account, hash, version, set_at) \
             SELECT tenant, id, $3, 1, $4 FROM accounts WHERE tenant = $1 AND id = $2 AND authority = 'cloud' \
             ON CONFLICT (tenant, account) DO UPDATE SET hash = excluded.hash, version = passwords.version + 1, \
             set_at = excluded.set_at RETURNING version";
        let (version,): (i64,) = self.one(SQL, args![tenant, account, sealed, now]).await?;
        Ok(version)
    }

    /// The password's hash, if the account has one here.
    pub async fn password(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        keys: &Keys,
    ) -> Result<Option<StoredPassword>, KeyError> {
        const SQL: &str = "SELECT hash, version, set_at FROM passwords WHERE tenant = $1 AND account = $2";
        let row: Option<(Vec<u8>, i64, Timestamp)> = self.opt(SQL, args![tenant, account]).await?;
        let Some((sealed, version, set_at)) = row else {
            return Ok(None);
        };
        let phc = keys.open(&place(tenant, account), &sealed)?;
        let phc = std::str::from_utf8(&phc).map_err(|_| KeyError::Sealed)?;
        Ok(Some(StoredPassword { hash: PasswordHash::new(phc.to_owned()), version, set_at }))
    }
}
