//! One transaction on one connection, and the ways of values and errors.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::Client;
use deadpool_postgres::Object;
use tokio::time::timeout;
use tokio_postgres::Error;
use tokio_postgres::Statement;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::IsNull;
use tokio_postgres::types::ToSql;
use tokio_postgres::types::Type;
use tokio_postgres::types::to_sql_checked;

use super::super::Row;
use super::super::UNIT_BOUND;
use super::super::Value;
use super::listen;
use crate::StoreError;

/// A connection inside a transaction. Unless the transaction was ended in an orderly way, the connection is closed
/// instead of going back to the pool.
pub(in super::super) struct Session {
    client: Option<Client>,
    ended: bool,
    lost_a_race: bool,
}

impl Session {
    pub(super) fn new(client: Client) -> Self {
        Self { client: Some(client), ended: false, lost_a_race: false }
    }

    /// True if a statement failed only because of what other transactions did at the same time.
    pub(super) fn lost_a_race(&self) -> bool {
        self.lost_a_race
    }

    pub(super) async fn control(&mut self, sql: &str) -> Result<(), StoreError> {
        let done = self.client()?.batch_execute(sql).await;
        done.map_err(|error| self.fault(&error))
    }

    pub(super) async fn commit(&mut self, notices: &[&'static str]) -> Result<(), StoreError> {
        for channel in notices {
            let args = [Value::from(listen::CHANNEL), Value::from(*channel)];
            self.rows("SELECT pg_notify($1, $2)::text", &args).await?;
        }
        timeout(UNIT_BOUND, self.commit_slowly()).await.unwrap_or(Err(StoreError::Gone))
    }

    pub(super) async fn commit_slowly(&mut self) -> Result<(), StoreError> {
        self.control("COMMIT").await?;
        self.ended = true;
        Ok(())
    }

    /// Undoes the transaction. If that fails, closing the connection does it.
    pub(super) async fn rollback(&mut self) {
        let undone = timeout(UNIT_BOUND, self.control("ROLLBACK")).await;
        self.ended = matches!(undone, Ok(Ok(())));
    }

    pub(super) async fn refuse_other_encoding(&mut self) -> Result<(), StoreError> {
        let row = self.client()?.query_one("SHOW server_encoding", &[]).await;
        let encoding: String = row.and_then(|row| row.try_get(0)).map_err(|error| self.fault(&error))?;
        if encoding != "UTF8" {
            return Err(StoreError::Config(format!("the database must be made with encoding UTF8, not {encoding}")));
        }
        Ok(())
    }

    pub(in super::super) async fn exec(&mut self, sql: &'static str, args: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql, args).await?;
        let done = self.client()?.execute(&statement, &slots(args)).await;
        done.map_err(|error| self.fault(&error))
    }

    pub(in super::super) async fn rows(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql, args).await?;
        let answer = self.client()?.query(&statement, &slots(args)).await;
        answer.map_err(|error| self.fault(&error))?.iter().map(row).collect()
    }

    async fn prepare(&mut self, sql: &'static str, args: &[Value]) -> Result<Statement, StoreError> {
        let prepared = self.client()?.prepare_cached(sql).await;
        let statement = prepared.map_err(|error| self.fault(&error))?;
        if statement.params().len() != args.len() {
            let count = statement.params().len();
            return Err(StoreError::Bad(format!("{count} placeholders for {} arguments in: {sql}", args.len())));
        }
        Ok(statement)
    }

    fn client(&self) -> Result<&Client, StoreError> {
        self.client.as_ref().ok_or(StoreError::Gone)
    }

    fn fault(&mut self, error: &Error) -> StoreError {
        self.lost_a_race |= error.code().is_some_and(is_race);
        fault(error)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(client) = self.client.take()
            && !self.ended
        {
            drop(Object::take(client));
        }
    }
}

fn slots(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Text(text) if <&str as ToSql>::accepts(ty) => text.to_sql(ty, out),
            Self::Blob(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            Self::Bool(flag) if *ty == Type::BOOL => flag.to_sql(ty, out),
            other => Err(format!("{other:?} where {ty} is expected").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let cells = row.columns().iter().enumerate().map(|(index, column)| {
        let cell = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map(Value::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(index).map(Value::from),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => {
                row.try_get::<_, Option<&str>>(index).map(Value::from)
            }
            Type::BYTEA => row.try_get::<_, Option<&[u8]>>(index).map(Value::from),
            Type::BOOL => row.try_get::<_, Option<bool>>(index).map(Value::from),
            ref other => {
                return Err(StoreError::Bad(format!("column {} is of type {other}", column.name())));
            }
        };
        cell.map_err(|error| fault(&error))
    });
    Ok(Row::new(cells.collect::<Result<_, _>>()?))
}

/// Sorts PostgreSQL's codes into ours. The detail of an error quotes values, so it stays out.
pub(super) fn fault(error: &Error) -> StoreError {
    let Some(db) = error.as_db_error() else {
        let io = StdError::source(error).and_then(|source| source.downcast_ref::<io::Error>());
        // What is heard but not believed, such as a certificate.
        let unbelieved = io.is_some_and(|error| error.kind() == io::ErrorKind::InvalidData);
        let broken = !unbelieved && (io.is_some() || error.is_closed());
        return if broken { StoreError::Gone } else { StoreError::Bad(wrong(error)) };
    };
    let code = db.code();
    let text = format!("{} ({})", db.message(), code.code());
    if *code == SqlState::DISK_FULL {
        return StoreError::Full;
    }
    if *code == SqlState::QUERY_CANCELED || is_race(code) {
        return StoreError::Busy;
    }
    match code.code().get(..2).unwrap_or_default() {
        "08" => StoreError::Gone,
        "23" => StoreError::Constraint(text),
        "28" | "3D" => StoreError::Config(text),
        "53" | "55" => StoreError::Busy,
        "57" | "58" => StoreError::Gone,
        _ if *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => StoreError::Gone,
        _ => StoreError::Bad(text),
    }
}

fn is_race(code: &SqlState) -> bool {
    [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code)
}

fn wrong(error: &Error) -> String {
    let mut text = error.to_string();
    if let Some(source) = StdError::source(error).map(ToString::to_string).filter(|source| !text.contains(source)) {
        text.push_str(": ");
        text.push_str(&source);
    }
    text
}

/// Settings of each new connection. A server that waits for more than its own disk is left to do so.
pub(super) fn settings() -> String {
    format!(
        "SET statement_timeout = {bound}; SET idle_in_transaction_session_timeout = {bound}; \
         SELECT set_config('synchronous_commit', 'on', false) \
         WHERE current_setting('synchronous_commit') IN ('off', 'local')",
        bound = Duration::as_millis(&UNIT_BOUND)
    )
}
