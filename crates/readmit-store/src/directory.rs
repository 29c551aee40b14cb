//! What the tables of the directory share: refusals, pages of a list, words in cells.

use crate::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a change of the directory was not made. The unit must end with it, so that nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another record has this value, which only one may have.
    #[error("{field}: {value} is taken")]
    Taken {
        /// The field, by its JSON name.
        field: &'static str,
        /// What was asked for.
        value: String,
    },
}

impl DirectoryError {
    pub(crate) fn taken(field: &'static str, value: &str) -> Self {
        Self::Taken { field, value: value.to_owned() }
    }
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a page of `limit` from `limit + 1` rows that were read.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }
}

/// The stable name of a value that serializes as one word.
pub(crate) fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Bad("a value that is no word".to_owned())),
    }
}

/// Reads back what [`word`] wrote.
pub(crate) fn from_word<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| StoreError::Bad(format!("a cell: {error}")))
}

/// A JSON document as a cell.
pub(crate) fn document(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Bad(format!("a document to store: {error}")))
}

/// Reads back what [`document`] wrote.
pub(crate) fn from_document<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Bad(format!("a stored document: {error}")))
}
