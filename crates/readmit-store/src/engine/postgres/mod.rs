//! PostgreSQL: an ordinary transaction for each unit, on a connection of the pool.

mod connect;
mod listen;
mod schema;
mod session;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio::time::timeout;

pub(super) use self::connect::Address;
pub(super) use self::session::Session;
use super::Access;
use super::Health;
use super::Migration;
use super::Session as AnySession;
use super::StoreConfig;
use super::Tx;
use super::UNIT_BOUND;
use super::bell::Bell;
use crate::StoreError;

/// How often a unit is run again after it lost against another.
const TRIES: u32 = 10;
/// Stale connections that one unit throws away before it gives up.
const STALE: usize = 3;

/// The pool, and the task that listens for other replicas.
pub(super) struct Lane {
    pool: Pool,
    bell: Arc<Bell>,
    listener: JoinHandle<()>,
    /// Spreads the pauses of units that lost against each other.
    losses: AtomicU64,
}

impl Lane {
    pub(super) async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let address = connect::address(config)?;
        let tls = super::tls::connector(&address)?;
        let pool = connect::pool(&address, tls.clone())?;
        let bell = Arc::<Bell>::default();
        let listener = listen::start(address.pg, tls, Arc::clone(&bell));
        let lane = Self { pool, bell, listener, losses: AtomicU64::new(0) };
        let mut session = lane.begin("BEGIN READ ONLY").await?;
        session.refuse_other_encoding().await?;
        session.rollback().await;
        Ok(lane)
    }

    pub(super) fn bell(&self) -> &Bell {
        &self.bell
    }

    pub(super) async fn run<F, T, E>(&self, unit: F, access: Access) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let begin = match access {
            Access::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let mut lost = 0;
        loop {
            let mut tx = Tx::new(AnySession::Postgres(self.begin(begin).await?));
            let outcome = drive(unit.clone(), &mut tx).await;
            let AnySession::Postgres(mut session) = tx.session else {
                return Err(StoreError::Bad("not a server".to_owned()).into());
            };
            let outcome = match outcome {
                // COMMIT of an aborted transaction answers that all is well, and stores nothing.
                Ok(_) if tx.health != Health::Well => Err(StoreError::Poisoned.into()),
                outcome => outcome,
            };
            let outcome = match outcome {
                Ok(value) => session.commit(&tx.notices).await.map(|()| value).map_err(E::from),
                Err(error) => {
                    session.rollback().await;
                    Err(error)
                }
            };
            if outcome.is_err() && session.lost_a_race() && lost < TRIES {
                lost += 1;
                self.pause(lost).await;
                continue;
            }
            if outcome.is_ok() {
                tx.notices.iter().for_each(|channel| self.bell.ring(channel));
            }
            return outcome;
        }
    }

    pub(super) async fn migrate(&self, list: &'static [Migration]) -> Result<i64, StoreError> {
        let mut session = self.begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await?;
        schema::migrate(&mut session, list).await?;
        session.commit_slowly().await?;
        self.schema_version().await
    }

    pub(super) async fn schema_version(&self) -> Result<i64, StoreError> {
        let mut session = self.begin("BEGIN READ ONLY").await?;
        let version = schema::version(&mut session).await?;
        session.rollback().await;
        Ok(version)
    }

    pub(super) async fn close(&self) {
        self.listener.abort();
        self.pool.close();
        // Units at work hold their connections; each is bounded in time.
        while self.pool.status().size > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    }

    async fn begin(&self, sql: &'static str) -> Result<Session, StoreError> {
        for _ in 0..STALE {
            let client = self.pool.get().await.map_err(|error| connect::pool_fault(&error))?;
            let mut session = Session::new(client);
            match session.control(sql).await {
                Ok(()) => return Ok(session),
                // Nothing has happened yet, and the next connection may live.
                Err(StoreError::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Gone)
    }

    async fn pause(&self, lost: u32) {
        let window = 8_u64 << lost.min(6);
        let spread = self.losses.fetch_add(1, Ordering::Relaxed).wrapping_mul(7) % window;
        sleep(Duration::from_millis(window / 2 + spread)).await;
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Runs the closure; as on SQLite, it may wait for its own statements only.
async fn drive<F, T, E>(unit: F, tx: &mut Tx) -> Result<T, E>
where
    F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send,
    E: From<StoreError>,
{
    let busy = Arc::clone(&tx.busy);
    let mut work = Box::pin(unit(tx));
    let turns = poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Pending if !busy.load(Ordering::Relaxed) => Poll::Ready(Err(StoreError::Foreign.into())),
        turn => turn,
    });
    timeout(UNIT_BOUND * 2, turns).await.unwrap_or_else(|_| Err(StoreError::Busy.into()))
}
