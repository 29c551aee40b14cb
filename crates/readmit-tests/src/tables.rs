//! A look into the tables from outside, past the program: to count, and to tamper.

use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::postgres;

/// The database of an installation.
#[derive(Clone)]
pub enum Tables {
    /// A file.
    Sqlite(PathBuf),
    /// A database of a cluster, through `psql`.
    Postgres {
        /// The program.
        psql: PathBuf,
        /// The database.
        url: String,
    },
}

impl Tables {
    /// Of a database URL as configurations name it; `sqlite:` with an absolute path.
    #[must_use]
    pub fn of(url: &str) -> Self {
        match url.strip_prefix("sqlite:") {
            Some(file) => Self::Sqlite(PathBuf::from(file)),
            None => Self::Postgres { psql: postgres::installed().unwrap().join("psql"), url: url.to_owned() },
        }
    }

    /// The rows of a query, every value as text.
    #[must_use]
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        match self {
            Self::Sqlite(_) => {
                let connection = self.open();
                let mut statement = connection.prepare(sql).unwrap();
                let width = statement.column_count();
                let read = |row: &rusqlite::Row<'_>| (0..width).map(|at| row.get(at).map(text)).collect();
                let rows = statement.query_map([], read).unwrap();
                rows.map(|row| row.unwrap()).collect()
            }
            Self::Postgres { .. } => {
                let told = self.psql(sql);
                let told = String::from_utf8(told.stdout).unwrap();
                let cells = |line: &str| line.split('\t').map(str::to_owned).collect();
                told.lines().map(cells).collect()
            }
        }
    }

    /// The one number of a query.
    #[must_use]
    pub fn number(&self, sql: &str) -> i64 {
        self.rows(sql)[0][0].parse().unwrap()
    }

    /// Runs one statement.
    pub fn change(&self, sql: &str) {
        match self {
            Self::Sqlite(_) => self.open().execute_batch(sql).unwrap(),
            Self::Postgres { .. } => drop(self.psql(sql)),
        }
    }

    /// Whether somebody answers.
    #[must_use]
    pub fn answers(&self) -> bool {
        match self {
            Self::Sqlite(file) => file.exists(),
            Self::Postgres { .. } => self.ask("SELECT 1").status.success(),
        }
    }

    /// Waits until what a killed server had begun is over: a back end of PostgreSQL ends its statement first.
    pub fn settle(&self) {
        if let Self::Postgres { .. } = self {
            let others = "SELECT COUNT(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()";
            while self.number(others) > 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }

    fn open(&self) -> Connection {
        let Self::Sqlite(file) = self else { panic!("no file") };
        let connection = Connection::open(file).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection
    }

    fn psql(&self, sql: &str) -> Output {
        let told = self.ask(sql);
        let problem = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success(), "{sql}: {problem}");
        told
    }

    fn ask(&self, sql: &str) -> Output {
        let Self::Postgres { psql, url } = self else { panic!("no server") };
        let mut command = Command::new(psql);
        command.args(["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"]);
        command.args(["-d", url, "-c", sql]);
        command.output().unwrap()
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
