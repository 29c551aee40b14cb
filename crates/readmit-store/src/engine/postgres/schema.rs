//! Migrations of the server's database.

use super::super::FromRow;
use super::super::Migration;
use super::super::migrate;
use super::session::Session;
use crate::StoreError;
use crate::args;

/// Makes programs that start at once migrate one after the other; the number is "readmit" in ASCII.
const LOCK: i64 = 0x0072_6561_646d_6974;

/// The version that the database records; 0 without a record.
pub(super) async fn version(session: &mut Session) -> Result<i64, StoreError> {
    Ok(ledger(session).await?.last().map_or(0, |(version, _)| *version))
}

async fn ledger(session: &mut Session) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = session.rows("SELECT 1 WHERE to_regclass('migrations') IS NOT NULL", &[]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let rows = session.rows(migrate::READ_LEDGER, &[]).await?;
    rows.into_iter().map(|mut row| <(i64, String)>::from_row(&mut row)).collect()
}

/// All that is pending, in the transaction of the session.
pub(super) async fn migrate(session: &mut Session, list: &'static [Migration]) -> Result<(), StoreError> {
    session.control("SET LOCAL statement_timeout = 0").await?;
    session.rows("SELECT pg_advisory_xact_lock($1)::text", &args![LOCK]).await?;
    session.control(migrate::CREATE_LEDGER).await?;
    for step in migrate::pending(list, &ledger(session).await?)? {
        session.control(step.sql).await?;
        session.exec(migrate::WRITE_LEDGER, &args![step.version, step.name, step.digest()]).await?;
    }
    Ok(())
}
