//! SQLite: one thread writes, a few read, and no statement runs on an async worker.

mod schema;
mod session;
mod threads;
mod unit;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tokio::time::timeout;

pub(super) use self::session::Session;
use self::threads::Order;
use self::unit::Asked;
use super::Migration;
use super::TURN_BOUND;
use super::Tx;
use super::bell::Bell;
use crate::StoreError;

/// The way to the threads.
pub(super) struct Lane {
    path: PathBuf,
    writer: mpsc::Sender<Order>,
    readers: mpsc::Sender<Order>,
    /// Its senders are held by the threads: it closes when the last one has ended.
    ended: watch::Receiver<()>,
    bell: Arc<Bell>,
}

impl Lane {
    pub(super) async fn open(path: &str) -> Result<Self, StoreError> {
        if path.is_empty() || path.starts_with(':') || path.contains(['?', '\0']) {
            return Err(StoreError::Config("sqlite: needs the path of a file, as in sqlite:readmit.db".to_owned()));
        }
        let path = PathBuf::from(path);
        let bell = Arc::<Bell>::default();
        let (writer, readers, ended) = threads::start(path.clone(), Arc::clone(&bell)).await?;
        Ok(Self { path, writer, readers, ended, bell })
    }

    pub(super) fn bell(&self) -> &Bell {
        &self.bell
    }

    pub(super) async fn write<F, T, E>(&self, unit: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        ask(&self.writer, unit).await
    }

    pub(super) async fn read<F, T, E>(&self, unit: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        ask(&self.readers, unit).await
    }

    pub(super) async fn migrate(&self, list: &'static [Migration]) -> Result<i64, StoreError> {
        let path = self.path.clone();
        self.alone(move |session| schema::migrate(session, &path, list)).await
    }

    pub(super) async fn schema_version(&self) -> Result<i64, StoreError> {
        self.alone(schema::version).await
    }

    pub(super) async fn close(&self) {
        for thread in [&self.readers, &self.writer] {
            // A closed queue means that somebody else stopped the threads already.
            thread.send(Order::Stop).await.unwrap_or_default();
        }
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
    }

    /// Runs a job on the writer's connection, outside any transaction.
    async fn alone<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move |session: &mut Session| {
            // The caller may have gone; the job is done all the same.
            drop(reply.send(job(session)));
        });
        self.writer.send(Order::Alone(job)).await.map_err(|_| StoreError::Gone)?;
        answer.await.map_err(|_| StoreError::Gone)?
    }
}

/// Queues a unit and waits for its outcome. A panic of the unit goes on in the caller, as it does on PostgreSQL.
async fn ask<F, T, E>(thread: &mpsc::Sender<Order>, unit: F) -> Result<T, E>
where
    F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let since = Instant::now();
    let door = timeout(TURN_BOUND, thread.reserve()).await.map_err(|_| StoreError::Busy)?;
    let (asked, answer) = Asked::new(unit, since);
    door.map_err(|_| StoreError::Gone)?.send(Order::Unit(Box::new(asked)));
    match answer.await.map_err(|_| StoreError::Gone)? {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
