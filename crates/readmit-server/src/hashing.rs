//! Argon2id (RFC 9106), keyed with the server's pepper, in a bounded pool beside the async threads.

use std::sync::Arc;
use std::time::Duration;

use argon2::Algorithm;
use argon2::Argon2;
use argon2::Block;
use argon2::Params;
use argon2::Version;
use argon2::password_hash::phc;
use readmit_core::order::PasswordHash;
use readmit_core::secret::NewPassword;
use readmit_core::secret::SecurityAnswer;
use readmit_store::Keys;
use readmit_store::Purpose;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// How long a caller may wait for a free worker.
const QUEUE: Duration = Duration::from_secs(1);
/// Workers at most; each holds the memory of its cost while it works.
const WORKERS: usize = 8;
/// Bytes of what Argon2 makes.
const TAG: usize = Params::DEFAULT_OUTPUT_LEN;
/// Room in KiB that is asked for at least. What is not used of it is never touched, so it costs nothing; but glibc gives
/// blocks of more than 32 MiB back to the operating system when they are freed, and may keep smaller ones for good.
const ROOM: usize = 33 * 1024;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// 19 MiB, two passes, one lane: what OWASP's cheat sheet asks for at least.
    Standard,
    /// The least that Argon2 accepts: for measurements and tests only.
    Lowest,
}

/// Why nothing was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashingFault {
    /// All workers are busy and stayed so for a second: answered with 503.
    #[error("all hashing workers are busy")]
    Busy,
    /// A stored hash is none, or the work broke off: a fault of ours.
    #[error("hashing failed")]
    Broken,
}

/// Hashes and compares. Clones share the workers. Secrets are wiped when the work is done, also when the caller left.
#[derive(Clone)]
pub struct Hasher {
    workers: Arc<Semaphore>,
    inner: Arc<Inner>,
}

struct Inner {
    cost: Cost,
    password_pepper: Zeroizing<[u8; 32]>,
    answer_pepper: Zeroizing<[u8; 32]>,
}

/// What is hashed; passwords and answers have peppers of their own.
#[derive(Clone)]
enum Secret {
    Password(NewPassword),
    Answer(SecurityAnswer),
}

impl Hasher {
    /// A pool of one worker for each processor, at most eight.
    #[must_use]
    pub fn new(keys: &Keys, cost: Cost) -> Self {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(WORKERS);
        let inner = Inner {
            cost,
            password_pepper: Zeroizing::new(keys.mac(Purpose::Password, &[])),
            answer_pepper: Zeroizing::new(keys.mac(Purpose::Answer, &[])),
        };
        Self { workers: Arc::new(Semaphore::new(workers)), inner: Arc::new(inner) }
    }

    /// The PHC string of a password with this salt, which must be random.
    ///
    /// # Errors
    /// [`HashingFault`].
    pub async fn hash(&self, password: &NewPassword, salt: [u8; 16]) -> Result<PasswordHash, HashingFault> {
        self.make(Secret::Password(password.clone()), salt).await
    }

    /// Whether the password is the one that was hashed, by the parameters of the hash.
    ///
    /// # Errors
    /// [`HashingFault`]; `Broken` for a text that is no Argon2 PHC string.
    pub async fn verify(&self, password: &NewPassword, kept: &PasswordHash) -> Result<bool, HashingFault> {
        self.compare(Secret::Password(password.clone()), kept.clone()).await
    }

    /// The work of one comparison, for an account that is none or has no password.
    ///
    /// # Errors
    /// [`HashingFault`].
    pub async fn dummy_verify(&self, password: &NewPassword) -> Result<(), HashingFault> {
        self.hash(password, [0; 16]).await.map(drop)
    }

    /// The PHC string of an answer to a security question.
    ///
    /// # Errors
    /// [`HashingFault`].
    pub async fn hash_answer(&self, answer: &SecurityAnswer, salt: [u8; 16]) -> Result<PasswordHash, HashingFault> {
        self.make(Secret::Answer(answer.clone()), salt).await
    }

    /// Whether the answer is the one that was hashed.
    ///
    /// # Errors
    /// [`HashingFault`].
    pub async fn verify_answer(&self, answer: &SecurityAnswer, kept: &PasswordHash) -> Result<bool, HashingFault> {
        self.compare(Secret::Answer(answer.clone()), kept.clone()).await
    }

    async fn make(&self, secret: Secret, salt: [u8; 16]) -> Result<PasswordHash, HashingFault> {
        self.work(move |inner| inner.make(&secret, salt)).await
    }

    async fn compare(&self, secret: Secret, kept: PasswordHash) -> Result<bool, HashingFault> {
        self.work(move |inner| inner.compare(&secret, &kept)).await
    }

    /// Runs on a thread that may block, once a worker is free; the worker stays taken until the work is done.
    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Inner) -> Result<T, HashingFault> + Send + 'static,
    ) -> Result<T, HashingFault> {
        let waiting = tokio::time::timeout(QUEUE, Arc::clone(&self.workers).acquire_owned());
        let worker = waiting.await.map_err(|_| HashingFault::Busy)?.map_err(|_| HashingFault::Broken)?;
        let inner = Arc::clone(&self.inner);
        let done = tokio::task::spawn_blocking(move || {
            let done = job(&inner);
            drop(worker);
            done
        });
        done.await.map_err(|_| HashingFault::Broken)?
    }
}

impl Inner {
    fn make(&self, secret: &Secret, salt: [u8; 16]) -> Result<PasswordHash, HashingFault> {
        let mut tag = [0; TAG];
        let params = self.params()?;
        self.fill(secret, (&params, &salt), &mut tag)?;
        let made = phc::PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: (&params).try_into().map_err(|_| HashingFault::Broken)?,
            salt: Some(phc::Salt::new(&salt).map_err(|_| HashingFault::Broken)?),
            hash: Some(phc::Output::new(&tag).map_err(|_| HashingFault::Broken)?),
        };
        Ok(PasswordHash::new(made.to_string()))
    }

    /// By the parameters of the hash, whatever this pool's own are.
    fn compare(&self, secret: &Secret, kept: &PasswordHash) -> Result<bool, HashingFault> {
        let kept = phc::PasswordHash::new(kept.phc()).map_err(|_| HashingFault::Broken)?;
        let params = Params::try_from(&kept).map_err(|_| HashingFault::Broken)?;
        let phc::PasswordHash { salt: Some(salt), hash: Some(expected), .. } = &kept else {
            return Err(HashingFault::Broken);
        };
        let is_ours = kept.algorithm == Algorithm::Argon2id.ident() && kept.version == Some(Version::V0x13.into());
        if !is_ours || expected.len() != TAG {
            return Err(HashingFault::Broken);
        }
        let mut tag = [0; TAG];
        self.fill(secret, (&params, salt), &mut tag)?;
        Ok(expected.as_bytes().ct_eq(&tag).into())
    }

    fn params(&self) -> Result<Params, HashingFault> {
        let params = match self.cost {
            Cost::Standard => Params::new(19_456, 2, 1, None),
            Cost::Lowest => Params::new(Params::MIN_M_COST, 1, 1, None),
        };
        params.map_err(|_| HashingFault::Broken)
    }

    /// The work itself, in memory that goes back to the operating system at once.
    fn fill(&self, secret: &Secret, (params, salt): (&Params, &[u8]), tag: &mut [u8; TAG]) -> Result<(), HashingFault> {
        let pepper = match secret {
            Secret::Password(_) => &self.password_pepper,
            Secret::Answer(_) => &self.answer_pepper,
        };
        let argon2 = Argon2::new_with_secret(pepper.as_slice(), Algorithm::Argon2id, Version::V0x13, params.clone());
        let mut memory = Vec::with_capacity(params.block_count().max(ROOM));
        memory.resize(params.block_count(), Block::new());
        argon2
            .and_then(|argon2| argon2.hash_password_into_with_memory(secret.bytes(), salt, tag, &mut memory))
            .map_err(|_| HashingFault::Broken)
    }
}

impl Secret {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Password(password) => password.expose().as_bytes(),
            Self::Answer(answer) => answer.expose().as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(key: u8, cost: Cost) -> Hasher {
        Hasher::new(&Keys::from_bytes([key; 32]), cost)
    }

    fn password(text: &str) -> NewPassword {
        NewPassword::parse(text).unwrap_or_else(|sign| panic!("{sign}"))
    }

    #[tokio::test]
    async fn the_right_password_and_no_other_is_accepted() {
        let hasher = hasher(1, Cost::Lowest);
        let kept = hasher.hash(&password("correct horse"), [7; 16]).await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(hasher.verify(&password("correct horse"), &kept).await, Ok(true));
        assert_eq!(hasher.verify(&password("correct horsf"), &kept).await, Ok(false));
        assert_eq!(hasher.verify(&password(""), &kept).await, Ok(false));
    }

    #[tokio::test]
    async fn a_hash_is_worth_nothing_without_the_pepper() {
        let kept =
            hasher(1, Cost::Lowest).hash(&password("correct horse"), [7; 16]).await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(hasher(2, Cost::Lowest).verify(&password("correct horse"), &kept).await, Ok(false));
    }

    #[tokio::test]
    async fn passwords_and_answers_have_different_peppers() {
        let hasher = hasher(1, Cost::Lowest);
        let answer = SecurityAnswer::parse("springfield").unwrap_or_else(|problem| panic!("{problem}"));
        let kept = hasher.hash_answer(&answer, [7; 16]).await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(hasher.verify_answer(&answer, &kept).await, Ok(true));
        assert_eq!(hasher.verify(&password("springfield"), &kept).await, Ok(false));
    }

    #[tokio::test]
    async fn the_standard_cost_is_in_the_hash_and_older_costs_still_verify() {
        let kept =
            hasher(1, Cost::Standard).hash(&password("correct horse"), [7; 16]).await.unwrap_or_else(|e| panic!("{e}"));
        assert!(kept.phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.phc());
        assert_eq!(hasher(1, Cost::Lowest).verify(&password("correct horse"), &kept).await, Ok(true));
    }

    #[tokio::test]
    async fn a_text_that_is_no_hash_is_a_fault() {
        let broken = hasher(1, Cost::Lowest).verify(&password("x"), &PasswordHash::new("plain".to_owned())).await;
        assert_eq!(broken, Err(HashingFault::Broken));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_longer_than_a_second_is_told_to_come_back() {
        let hasher = hasher(1, Cost::Lowest);
        let all = u32::try_from(hasher.workers.available_permits()).unwrap_or(1);
        let held = hasher.workers.acquire_many(all).await;
        assert!(held.is_ok());
        assert_eq!(hasher.hash(&password("x"), [7; 16]).await.err(), Some(HashingFault::Busy));
        drop(held);
        assert!(hasher.dummy_verify(&password("x")).await.is_ok());
    }
}
