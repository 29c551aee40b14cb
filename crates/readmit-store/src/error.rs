//! What can go wrong between the program and its database.

/// Why a unit of work did not happen.
///
/// Whatever the variant, nothing of the unit was kept; the one exception is said at [`StoreError::Gone`].
/// The texts carry names of tables, columns and constraints, never stored values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else held the database longer than a unit may wait, or the unit used up its own time.
    #[error("the database is busy")]
    Busy,
    /// The disk of the database is full.
    #[error("the disk of the database is full")]
    Full,
    /// The transaction that this unit shared with others was lost, through no fault of the unit.
    #[error("the database lost the transaction")]
    Lost,
    /// The connection broke, or the store is closed. If it broke during a commit, the outcome is unknown.
    #[error("the database is not reachable")]
    Gone,
    /// The unit waited for something other than its own statements.
    #[error("a unit of work waited for something outside its transaction")]
    Foreign,
    /// A statement of this unit failed before, so nothing of the unit can be kept.
    #[error("an earlier statement of this unit failed")]
    Poisoned,
    /// Somebody else changed the record since it was read.
    #[error("the record was changed by somebody else")]
    Conflict,
    /// [`Tx::one`](crate::Tx::one) found no row.
    #[error("a row that must exist does not")]
    NoRow,
    /// A statement broke a constraint of the schema.
    #[error("constraint broken: {0}")]
    Constraint(String),
    /// The database was written by a newer release than this one.
    #[error("the database has schema {found}, this program knows schemas up to {known}: run the newer release")]
    Schema {
        /// The highest version that the database records.
        found: i64,
        /// The highest version that this program carries.
        known: i64,
    },
    /// A migration that the database records differs from the one in this program.
    #[error("migration {version} ({name}) is not the one that made this database")]
    Edited {
        /// The number of the migration.
        version: i64,
        /// Its name in this program.
        name: String,
    },
    /// The address or the settings of the database make no sense.
    #[error("database settings: {0}")]
    Config(String),
    /// A statement, its arguments or its rows are wrong: a fault of this program, or a damaged database.
    #[error("database: {0}")]
    Bad(String),
}

impl StoreError {
    /// True if the same unit may succeed later: answered with 503 and a support code.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Busy | Self::Full | Self::Lost | Self::Gone => true,
            Self::Foreign
            | Self::Poisoned
            | Self::Conflict
            | Self::NoRow
            | Self::Constraint(_)
            | Self::Schema { .. }
            | Self::Edited { .. }
            | Self::Config(_)
            | Self::Bad(_) => false,
        }
    }
}
