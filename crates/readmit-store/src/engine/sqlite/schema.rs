//! Migrations of the file.

use std::fs;
use std::path::Path;

use super::super::FromRow;
use super::super::Migration;
use super::super::migrate;
use super::session::Session;
use super::session::make_private;
use crate::StoreError;
use crate::args;

/// The version that the file records; 0 without a record.
pub(super) fn version(session: &mut Session) -> Result<i64, StoreError> {
    Ok(ledger(session)?.last().map_or(0, |(version, _)| *version))
}

fn ledger(session: &mut Session) -> Result<Vec<(i64, String)>, StoreError> {
    const EXISTS: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migrations'";
    if session.rows(EXISTS, &[])?.is_empty() {
        return Ok(Vec::new());
    }
    let rows = session.rows(migrate::READ_LEDGER, &[])?;
    rows.into_iter().map(|mut row| <(i64, String)>::from_row(&mut row)).collect()
}

/// All that is pending, in one transaction; the version that the file then has.
pub(super) fn migrate(session: &mut Session, path: &Path, list: &'static [Migration]) -> Result<i64, StoreError> {
    let known = ledger(session)?;
    if let Some((version, _)) = known.last()
        && !migrate::pending(list, &known)?.is_empty()
    {
        copy(session, path, *version)?;
    }
    session.control("BEGIN IMMEDIATE")?;
    let stepped = steps(session, list).and_then(|()| session.control("COMMIT"));
    if stepped.is_err() && session.in_transaction() {
        session.control("ROLLBACK")?;
    }
    stepped?;
    version(session)
}

fn steps(session: &mut Session, list: &'static [Migration]) -> Result<(), StoreError> {
    session.batch(migrate::CREATE_LEDGER)?;
    // Read again inside the transaction: another process may have been faster.
    for step in migrate::pending(list, &ledger(session)?)? {
        session.batch(step.sql)?;
        session.exec(migrate::WRITE_LEDGER, &args![step.version, step.name, step.digest()])?;
    }
    Ok(())
}

/// Leaves `FILE.before-VERSION` beside the file, as the way back from a release that does not suit.
fn copy(session: &mut Session, path: &Path, version: i64) -> Result<(), StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{version}"));
    let copy = Path::new(&name);
    let failed = |error: std::io::Error| StoreError::Config(format!("cannot write {}: {error}", copy.display()));
    // What an earlier attempt left may be half of a copy.
    if copy.exists() {
        fs::remove_file(copy).map_err(failed)?;
    }
    make_private(copy).map_err(failed)?;
    let text = copy.to_str().ok_or_else(|| StoreError::Config("the path of the database is not UTF-8".to_owned()))?;
    session.exec("VACUUM INTO $1", &args![text]).map(drop)
}
