//! Units of work on either database.
//!
//! A unit is an async closure over a [`Tx`]. All of it is kept, durably and before the caller hears of it, or nothing.
//! A unit may be run more than once, so it must have no effect but its statements; and it must wait for nothing else.

mod bell;
mod migrate;
mod postgres;
mod sqlite;
mod tls;
mod value;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use zeroize::Zeroizing;

pub use self::migrate::Migration;
pub use self::value::FromRow;
pub use self::value::FromValue;
pub use self::value::Row;
pub use self::value::Value;
use crate::StoreError;

/// How long a unit may run before it is undone with [`StoreError::Busy`].
const UNIT_BOUND: Duration = Duration::from_secs(5);
/// How long a unit may wait for its turn, or for a writer in another process.
const TURN_BOUND: Duration = Duration::from_secs(5);

/// Where the database is.
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://user@host:port/name?sslmode=…&sslrootcert=FILE`.
    ///
    /// Without `sslmode`, PostgreSQL on this machine is spoken to in the clear and any other by TLS. TLS always
    /// checks the server's name against the roots of `sslrootcert`, or else those of the operating system.
    pub url: String,
    /// The password of the PostgreSQL role, if it needs one.
    pub password: Option<Zeroizing<String>>,
}

/// Which database a [`Store`] speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file beside the program.
    Sqlite,
    /// A server, shared by replicas.
    Postgres,
}

/// The database. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Store {
    lane: Lane,
}

#[derive(Clone)]
enum Lane {
    Sqlite(Arc<sqlite::Lane>),
    Postgres(Arc<postgres::Lane>),
}

impl Store {
    /// Opens the database; for SQLite, makes the file if there is none.
    ///
    /// Refuses a schema newer than this program with [`StoreError::Schema`]; leaves an older one to [`Store::migrate`].
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let lane = match config.url.strip_prefix("sqlite:") {
            Some(path) => Lane::Sqlite(Arc::new(sqlite::Lane::open(path).await?)),
            None => Lane::Postgres(Arc::new(postgres::Lane::open(config).await?)),
        };
        let store = Self { lane };
        migrate::refuse_newer(store.schema_version().await?, migrate::MIGRATIONS)?;
        Ok(store)
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        match self.lane {
            Lane::Sqlite(_) => Engine::Sqlite,
            Lane::Postgres(_) => Engine::Postgres,
        }
    }

    /// Brings the schema up to this program's, in one transaction; answers the version that it then has.
    ///
    /// Any number of processes may do so at once. An existing SQLite file is copied beside itself first.
    pub async fn migrate(&self) -> Result<i64, StoreError> {
        self.migrate_with(migrate::MIGRATIONS).await
    }

    /// What [`Store::migrate`] does, with another list. Versions must ascend.
    pub async fn migrate_with(&self, list: &'static [Migration]) -> Result<i64, StoreError> {
        match &self.lane {
            Lane::Sqlite(lane) => lane.migrate(list).await,
            Lane::Postgres(lane) => lane.migrate(list).await,
        }
    }

    /// The version of the schema in the database; 0 if it is empty.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        match &self.lane {
            Lane::Sqlite(lane) => lane.schema_version().await,
            Lane::Postgres(lane) => lane.schema_version().await,
        }
    }

    /// Runs a unit that may write. When this answers `Ok`, all of it is on disk; when `Err`, nothing of it is.
    ///
    /// PostgreSQL runs the unit again, from its start, if it lost against another (40001, 40P01).
    /// Locks are taken by the unit itself: [`Tx::lock`], or an update of the row first.
    pub async fn write<F, T, E>(&self, unit: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.lane {
            Lane::Sqlite(lane) => lane.write(unit).await,
            Lane::Postgres(lane) => lane.run(unit, Access::Write).await,
        }
    }

    /// Runs a unit that only reads, on one unchanging view of the database. A statement that writes fails.
    pub async fn read<F, T, E>(&self, unit: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.lane {
            Lane::Sqlite(lane) => lane.read(unit).await,
            Lane::Postgres(lane) => lane.run(unit, Access::Read).await,
        }
    }

    /// A receiver that changes whenever a unit that called [`Tx::notify`] with this channel is committed: by this
    /// program always, by another replica on PostgreSQL as long as its listening connection lives. A hint to look
    /// early, so look now and then anyway.
    pub fn wake(&self, channel: &'static str) -> watch::Receiver<u64> {
        match &self.lane {
            Lane::Sqlite(lane) => lane.bell().listen(channel),
            Lane::Postgres(lane) => lane.bell().listen(channel),
        }
    }

    /// Lets queued units finish, refuses new ones with [`StoreError::Gone`], and closes the database.
    pub async fn close(&self) {
        match &self.lane {
            Lane::Sqlite(lane) => lane.close().await,
            Lane::Postgres(lane) => lane.close().await,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// One unit of work in progress. After any error of its methods it only answers [`StoreError::Poisoned`], and the
/// unit is undone even if the closure answers `Ok`.
pub struct Tx {
    session: Session,
    health: Health,
    /// True while a statement is under way: the only time when a unit may pend.
    busy: Arc<AtomicBool>,
    notices: Vec<&'static str>,
}

enum Session {
    Sqlite(sqlite::Session),
    Postgres(postgres::Session),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    /// Also what stays if the statement's future is dropped half-way.
    InStatement,
    Poisoned,
}

impl Tx {
    fn new(session: Session) -> Self {
        Self { session, health: Health::Well, busy: Arc::default(), notices: Vec::new() }
    }

    /// Ready for the next unit on the same connection.
    fn start(&mut self) {
        self.health = Health::Well;
        self.notices.clear();
    }

    fn file(&mut self) -> Result<&mut sqlite::Session, StoreError> {
        match &mut self.session {
            Session::Sqlite(session) => Ok(session),
            Session::Postgres(_) => Err(StoreError::Bad("not a file".to_owned())),
        }
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement that answers no rows; says how many it touched.
    pub async fn exec(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        self.enter(&args)?;
        let done = match &mut self.session {
            Session::Sqlite(session) => session.exec(sql, &args),
            Session::Postgres(session) => session.exec(sql, &args).await,
        };
        self.leave(done)
    }

    /// All rows of the answer.
    pub async fn all<R: FromRow>(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<R>, StoreError> {
        self.enter(&args)?;
        let rows = match &mut self.session {
            Session::Sqlite(session) => session.rows(sql, &args),
            Session::Postgres(session) => session.rows(sql, &args).await,
        };
        let read = rows.and_then(|rows| rows.into_iter().map(|mut row| R::from_row(&mut row)).collect());
        self.leave(read)
    }

    /// The only row of the answer, or none; two are [`StoreError::Bad`].
    pub async fn opt<R: FromRow>(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Option<R>, StoreError> {
        let mut rows = self.all(sql, args).await?;
        let last = rows.pop();
        let only = if rows.is_empty() { Ok(last) } else { Err(StoreError::Bad("more than one row".to_owned())) };
        self.leave(only)
    }

    /// The only row of the answer; none is [`StoreError::NoRow`].
    pub async fn one<R: FromRow>(&mut self, sql: &'static str, args: Vec<Value>) -> Result<R, StoreError> {
        let row = self.opt(sql, args).await?;
        self.leave(row.ok_or(StoreError::NoRow))
    }

    /// Locks rows until the unit ends, by a `SELECT … FOR UPDATE` that only PostgreSQL runs: on SQLite a unit that
    /// writes is alone anyway. Lock before you count.
    pub async fn lock(&mut self, sql_pg: &'static str, args: Vec<Value>) -> Result<(), StoreError> {
        self.enter(&args)?;
        let locked = match &mut self.session {
            Session::Sqlite(_) => Ok(()),
            Session::Postgres(session) => session.rows(sql_pg, &args).await.map(drop),
        };
        self.leave(locked)
    }

    /// Wakes those who wait at [`Store::wake`] with this channel, once the unit is committed.
    pub fn notify(&mut self, channel: &'static str) {
        if !self.notices.contains(&channel) {
            self.notices.push(channel);
        }
    }

    fn enter(&mut self, args: &[Value]) -> Result<(), StoreError> {
        if self.health != Health::Well {
            return Err(StoreError::Poisoned);
        }
        self.health = Health::InStatement;
        // PostgreSQL cannot store NUL, so SQLite must not either.
        if args.iter().any(|arg| matches!(arg, Value::Text(text) if text.contains('\0'))) {
            return self.leave(Err(StoreError::Bad("a text argument contains NUL".to_owned())));
        }
        self.busy.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn leave<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.busy.store(false, Ordering::Relaxed);
        self.health = if done.is_ok() { Health::Well } else { Health::Poisoned };
        done
    }
}
