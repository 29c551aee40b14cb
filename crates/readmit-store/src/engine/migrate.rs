//! The schema's history: which migrations there are, and which of them a database still lacks.

use aws_lc_rs::digest;

use crate::StoreError;

/// One step of the schema. A released step never changes; a later one adds to it.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Ascending from 1.
    pub version: i64,
    /// A word for people.
    pub name: &'static str,
    /// Statements that both databases accept.
    pub sql: &'static str,
}

/// The steps that this program carries.
pub(super) const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "start", sql: include_str!("../../migrations/0001_start.sql") }];

pub(super) const CREATE_LEDGER: &str = "CREATE TABLE IF NOT EXISTS migrations \
    (version BIGINT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL)";
pub(super) const READ_LEDGER: &str = "SELECT version, digest FROM migrations ORDER BY version";
pub(super) const WRITE_LEDGER: &str = "INSERT INTO migrations (version, name, digest) VALUES ($1, $2, $3)";

impl Migration {
    /// SHA-256 of the text, in hexadecimal.
    pub(super) fn digest(&self) -> String {
        let digest = digest::digest(&digest::SHA256, self.sql.as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The steps of `list` that a database with this ledger (version, digest) lacks, in order.
pub(super) fn pending(
    list: &'static [Migration],
    ledger: &[(i64, String)],
) -> Result<Vec<&'static Migration>, StoreError> {
    let applied = ledger.iter().map(|(version, _)| *version).max().unwrap_or(0);
    refuse_newer(applied, list)?;
    let mut pending = Vec::new();
    let mut previous = 0;
    for step in list {
        if step.version <= previous {
            return Err(StoreError::Bad(format!("migration {} is out of order", step.version)));
        }
        previous = step.version;
        match ledger.iter().find(|(version, _)| *version == step.version) {
            Some((_, digest)) if *digest == step.digest() => {}
            Some(_) => {
                return Err(StoreError::Edited { version: step.version, name: step.name.to_owned() });
            }
            None => pending.push(step),
        }
    }
    Ok(pending)
}

pub(super) fn refuse_newer(found: i64, list: &[Migration]) -> Result<(), StoreError> {
    let known = list.iter().map(|step| step.version).max().unwrap_or(0);
    if found > known {
        return Err(StoreError::Schema { found, known });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &[Migration] = &[
        Migration { version: 1, name: "one", sql: "CREATE TABLE a (x BIGINT)" },
        Migration { version: 2, name: "two", sql: "CREATE TABLE b (x BIGINT)" },
    ];

    fn versions(ledger: &[(i64, String)]) -> Result<Vec<i64>, StoreError> {
        pending(LIST, ledger).map(|steps| steps.iter().map(|step| step.version).collect())
    }

    #[test]
    fn an_empty_database_lacks_every_step() {
        assert_eq!(versions(&[]), Ok(vec![1, 2]));
    }

    #[test]
    fn applied_steps_are_not_run_again() {
        assert_eq!(versions(&[(1, LIST[0].digest())]), Ok(vec![2]));
    }

    #[test]
    fn an_edited_step_is_refused() {
        assert_eq!(
            versions(&[(1, "other".to_owned())]),
            Err(StoreError::Edited { version: 1, name: "one".to_owned() })
        );
    }

    #[test]
    fn a_newer_ledger_is_refused() {
        assert_eq!(versions(&[(3, "x".to_owned())]), Err(StoreError::Schema { found: 3, known: 2 }));
    }

    #[test]
    fn our_own_steps_ascend_from_one() {
        assert!(MIGRATIONS.iter().map(|step| step.version).eq(1..=MIGRATIONS.len() as i64));
    }
}
