//! The four column types, and the way from and to Rust.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use crate::StoreError;

/// One argument or one cell. `Debug` tells the kind, never the content.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// `BIGINT`; also times, in milliseconds since 1970.
    Int(i64),
    /// `TEXT`, without NUL characters.
    Text(String),
    /// `BYTEA`.
    Blob(Vec<u8>),
    /// `BOOLEAN`; SQLite keeps 0 and 1.
    Bool(bool),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "BIGINT",
            Self::Text(_) => "TEXT",
            Self::Blob(_) => "BYTEA",
            Self::Bool(_) => "BOOLEAN",
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// The arguments of a statement: `args![tenant, id, now]` for `$1`, `$2`, `$3`.
#[macro_export]
macro_rules! args {
    ($($arg:expr),* $(,)?) => {
        ::std::vec![$($crate::Value::from($arg)),*]
    };
}

macro_rules! into_value {
    ($($from:ty, $value:ident => $made:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $made
            }
        })*
    };
}

into_value! {
    i64, value => Self::Int(value);
    i32, value => Self::Int(value.into());
    u32, value => Self::Int(value.into());
    u16, value => Self::Int(value.into());
    u8, value => Self::Int(value.into());
    bool, value => Self::Bool(value);
    String, value => Self::Text(value);
    &String, value => Self::Text(value.clone());
    &str, value => Self::Text(value.to_owned());
    Vec<u8>, value => Self::Blob(value);
    &Vec<u8>, value => Self::Blob(value.clone());
    &[u8], value => Self::Blob(value.to_vec());
    Timestamp, value => Self::Int(value.as_millisecond());
    Uuid, value => Self::Text(value.hyphenated().to_string());
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A type that one cell can become.
pub trait FromValue: Sized {
    /// Reads the cell; [`StoreError::Bad`] if its kind or its content does not fit.
    fn from_value(value: Value) -> Result<Self, StoreError>;
}

fn unfit<T>(kind: &'static str) -> StoreError {
    StoreError::Bad(format!("a {kind} cell cannot become {}", std::any::type_name::<T>()))
}

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        Ok(value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        match value {
            Value::Null => Ok(None),
            present => T::from_value(present).map(Some),
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        match value {
            Value::Int(number) => Ok(number),
            other => Err(unfit::<Self>(other.kind())),
        }
    }
}

macro_rules! smaller_number {
    ($($number:ty),*) => {
        $(impl FromValue for $number {
            fn from_value(value: Value) -> Result<Self, StoreError> {
                let wide = i64::from_value(value)?;
                Self::try_from(wide).map_err(|_| unfit::<Self>("BIGINT"))
            }
        })*
    };
}

smaller_number!(i32, u64, u32, u16, u8);

impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        match value {
            Value::Bool(flag) => Ok(flag),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(unfit::<Self>(other.kind())),
        }
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(unfit::<Self>(other.kind())),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        match value {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(unfit::<Self>(other.kind())),
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        Vec::from_value(value)?.try_into().map_err(|_| unfit::<Self>("BYTEA"))
    }
}

impl FromValue for Timestamp {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        Self::from_millisecond(i64::from_value(value)?).map_err(|_| unfit::<Self>("BIGINT"))
    }
}

impl FromValue for Uuid {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        Self::try_parse(&String::from_value(value)?).map_err(|_| unfit::<Self>("TEXT"))
    }
}

/// One row of an answer, its cells in the order of the `SELECT`.
pub struct Row {
    cells: Vec<Value>,
}

impl Row {
    pub(super) fn new(cells: Vec<Value>) -> Self {
        Self { cells }
    }

    /// Takes the cell at `index`, counted from 0. A cell can be taken once; then it is NULL.
    pub fn take<T: FromValue>(&mut self, index: usize) -> Result<T, StoreError> {
        let cell = self.cells.get_mut(index).ok_or_else(|| StoreError::Bad(format!("no column {index}")))?;
        T::from_value(std::mem::replace(cell, Value::Null)).map_err(|error| match error {
            StoreError::Bad(text) => StoreError::Bad(format!("column {index}: {text}")),
            other => other,
        })
    }

    /// How many cells the row has.
    pub fn width(&self) -> usize {
        self.cells.len()
    }
}

/// A type that one row can become. Tuples of up to 16 cells do; a struct implements it with [`Row::take`].
pub trait FromRow: Sized {
    /// Reads the row; [`StoreError::Bad`] if it does not fit.
    fn from_row(row: &mut Row) -> Result<Self, StoreError>;
}

macro_rules! tuple_rows {
    () => {};
    ($last:ident $($first:ident)*) => {
        tuple_rows!($($first)*);
        tuple_rows!(@reversed [$last $($first)*] []);
    };
    (@reversed [] [$($name:ident)*]) => {
        impl<$($name: FromValue),*> FromRow for ($($name,)*) {
            fn from_row(row: &mut Row) -> Result<Self, StoreError> {
                const WIDTH: usize = [$(stringify!($name)),*].len();
                if row.width() != WIDTH {
                    return Err(StoreError::Bad(format!("{} columns where {WIDTH} are read", row.width())));
                }
                let mut index = 0..;
                Ok(($(row.take::<$name>(index.next().unwrap_or(WIDTH))?,)*))
            }
        }
    };
    (@reversed [$head:ident $($tail:ident)*] [$($done:ident)*]) => {
        tuple_rows!(@reversed [$($tail)*] [$head $($done)*]);
    };
}

tuple_rows!(P O N M L K J I H G F E D C B A);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_kind_and_never_the_content() {
        assert_eq!(
            format!("{:?}", args!["secret", vec![1_u8], 7_i64, true, None::<i64>]),
            "[TEXT, BYTEA, BIGINT, BOOLEAN, NULL]"
        );
    }

    #[test]
    fn a_row_of_another_width_is_refused() {
        let mut row = Row::new(args![1_i64, 2_i64, 3_i64]);
        assert!(matches!(<(i64, i64)>::from_row(&mut row), Err(StoreError::Bad(_))));
    }

    #[test]
    fn sixteen_cells_keep_their_order() {
        type Cells = (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
        let mut row = Row::new((0_u8..16).map(Value::from).collect());
        let (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) = Cells::from_row(&mut row).unwrap();
        assert!([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p].into_iter().eq(0..16));
    }

    #[test]
    fn a_cell_that_does_not_fit_names_its_column() {
        let mut row = Row::new(args![1_i64, "one"]);
        let Err(StoreError::Bad(text)) = <(i64, i64)>::from_row(&mut row) else { panic!("read a text as a number") };
        assert!(text.starts_with("column 1"), "{text}");
    }
}
