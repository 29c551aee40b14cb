//! One connection to the file, its settings, and statements on it.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rusqlite::Connection;
use rusqlite::ErrorCode;
use rusqlite::OpenFlags;
use rusqlite::Statement;
use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;
use rusqlite::types::ValueRef;

use super::super::Row;
use super::super::TURN_BOUND;
use super::super::UNIT_BOUND;
use super::super::Value;
use crate::StoreError;

/// Prepared statements kept a connection.
const STATEMENTS: usize = 256;
/// Steps of SQLite's machine between two looks at the time.
const LOOK_EVERY: i32 = 4_000;

pub(in super::super) struct Session {
    conn: Connection,
    bound: Arc<Bound>,
}

/// When the unit that is running must end, in milliseconds since `start`; 0 for never.
struct Bound {
    start: Instant,
    until: AtomicU64,
}

impl Bound {
    fn passed(&self) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        until != 0 && self.start.elapsed() > Duration::from_millis(until)
    }
}

impl Session {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        make_private(path).map_err(|error| {
            StoreError::Config(format!("cannot open the database file {}: {error}", path.display()))
        })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut conn = Connection::open_with_flags(path, flags).map_err(|error| fault(&error))?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        let bound = Arc::new(Bound { start: Instant::now(), until: AtomicU64::new(0) });
        let watched = Arc::clone(&bound);
        conn.busy_timeout(TURN_BOUND)
            .and_then(|()| conn.progress_handler(LOOK_EVERY, Some(move || watched.passed())))
            .and_then(|()| conn.pragma_update(None, "foreign_keys", true))
            .and_then(|()| conn.pragma_update(None, "trusted_schema", false))
            .map_err(|error| fault(&error))?;
        Ok(Self { conn, bound })
    }

    /// Write-ahead log, synced at each commit (SQLite's FULL).
    pub(super) fn make_durable(&self) -> Result<(), StoreError> {
        let since = Instant::now();
        loop {
            // Two programs that open a new file at once: the busy handler does not cover the change of mode.
            match self.durable_pragmas() {
                Err(StoreError::Busy) if since.elapsed() < TURN_BOUND => thread::sleep(Duration::from_millis(20)),
                done => return done,
            }
        }
    }

    fn durable_pragmas(&self) -> Result<(), StoreError> {
        let mode: String = self
            .conn
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .map_err(|error| fault(&error))?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(StoreError::Config(format!("the file system allows no write-ahead log (got {mode})")));
        }
        self.conn.pragma_update(None, "synchronous", "FULL").map_err(|error| fault(&error))
    }

    pub(super) fn make_reader(&self) -> Result<(), StoreError> {
        self.conn.pragma_update(None, "query_only", true).map_err(|error| fault(&error))
    }

    /// From here on, statements fail with [`StoreError::Busy`] after the time that a unit has.
    pub(super) fn arm(&self) {
        let until = self.bound.start.elapsed() + UNIT_BOUND;
        self.bound.until.store(u64::try_from(until.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn disarm(&self) {
        self.bound.until.store(0, Ordering::Relaxed);
    }

    /// `BEGIN`, `SAVEPOINT` and their like.
    pub(super) fn control(&self, sql: &'static str) -> Result<(), StoreError> {
        self.conn.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).map(drop).map_err(|e| fault(&e))
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.conn.execute_batch(sql).map_err(|error| fault(&error))
    }

    /// False once SQLite itself rolled the transaction back.
    pub(super) fn in_transaction(&self) -> bool {
        !self.conn.is_autocommit()
    }

    pub(in super::super) fn exec(&mut self, sql: &'static str, args: &[Value]) -> Result<u64, StoreError> {
        self.check_time()?;
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| fault(&error))?;
        bind(&mut statement, sql, args)?;
        let touched = statement.raw_execute().map_err(|error| fault(&error))?;
        // `changes()` keeps the count of an earlier statement if this one is no INSERT, UPDATE or DELETE.
        Ok(if statement.readonly() { 0 } else { u64::try_from(touched).unwrap_or(u64::MAX) })
    }

    pub(in super::super) fn rows(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.check_time()?;
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| fault(&error))?;
        bind(&mut statement, sql, args)?;
        let width = statement.column_count();
        let mut answer = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = answer.next().map_err(|error| fault(&error))? {
            let cells = (0..width).map(|index| cell(row.get_ref(index).map_err(|error| fault(&error))?));
            rows.push(Row::new(cells.collect::<Result<_, StoreError>>()?));
        }
        Ok(rows)
    }

    fn check_time(&self) -> Result<(), StoreError> {
        if self.bound.passed() { Err(StoreError::Busy) } else { Ok(()) }
    }
}

/// Makes the file, if it is new, so that only its owner can read it.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// SQLite numbers `$n` by first appearance, so each is bound by the number in its name.
fn bind(statement: &mut Statement<'_>, sql: &str, args: &[Value]) -> Result<(), StoreError> {
    if statement.parameter_count() != args.len() {
        let count = statement.parameter_count();
        return Err(StoreError::Bad(format!("{count} placeholders for {} arguments in: {sql}", args.len())));
    }
    for place in 1..=args.len() {
        let number = statement.parameter_name(place).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let arg = number.and_then(|number| args.get(number.checked_sub(1)?));
        let arg = arg.ok_or_else(|| StoreError::Bad(format!("a placeholder is not one of $1…$n in: {sql}")))?;
        statement.raw_bind_parameter(place, arg).map_err(|error| fault(&error))?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Bool(flag) => ValueRef::Integer(i64::from(*flag)),
        }))
    }
}

fn cell(value: ValueRef<'_>) -> Result<Value, StoreError> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Blob(bytes) => Ok(Value::Blob(bytes.to_vec())),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(StoreError::Bad("a text is not UTF-8".to_owned())),
        },
        ValueRef::Real(_) => Err(StoreError::Bad("a floating-point cell".to_owned())),
    }
}

/// Sorts SQLite's codes into ours.
pub(super) fn fault(error: &rusqlite::Error) -> StoreError {
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Bad(error.to_string());
    };
    match code {
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::OperationInterrupted
        | ErrorCode::OutOfMemory => StoreError::Busy,
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::SystemIoFailure => StoreError::Lost,
        ErrorCode::CannotOpen => StoreError::Gone,
        ErrorCode::ConstraintViolation => StoreError::Constraint(error.to_string()),
        _ => StoreError::Bad(error.to_string()),
    }
}
