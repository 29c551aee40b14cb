//! The troubleshooter: why an account cannot reset, and what happened in one journey, each with cause and fix.
//!
//! Everything here is for administrators. It judges nothing itself: the decision is the core's, the rest are rows.

pub mod case;
mod contacts;
mod happened;
pub mod remedy;
pub mod why;
pub mod words;

use readmit_core::cause::Cause;
use readmit_core::cause::Severity;
use readmit_core::code::SsprCode;
use readmit_core::decision::Evidence;
use readmit_store::FactsCache;
use readmit_store::Keys;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use self::remedy::About;
use self::remedy::Remedy;

/// What reading needs beside the transaction.
#[derive(Clone)]
pub struct Desk {
    /// The master key: typed user IDs are sealed, destinations are hashed.
    pub keys: Keys,
    /// Policies and group graphs by version.
    pub facts: FactsCache,
    /// Which channels are configured.
    pub channels: Channels,
}

/// Whether messages of each kind can leave at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Channels {
    /// A relay is configured.
    pub mail: bool,
    /// A gateway for text messages is configured.
    pub sms: bool,
    /// A gateway for calls is configured.
    pub voice: bool,
}

/// What shows something: stable names with their values.
pub type Shown = Map<String, Json>;

/// A public code as documents print it: number, printed form and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CodeView {
    /// 13
    pub number: u16,
    /// `SSPR_0013`
    pub code: SsprCode,
    /// `UserNotMemberOfScopedAccessGroup`
    pub name: &'static str,
}

impl From<SsprCode> for CodeView {
    fn from(code: SsprCode) -> Self {
        Self { number: code.number(), code, name: code.name() }
    }
}

/// Something that an administrator should know, with what shows it and what to do.
#[derive(Clone, Debug, Serialize)]
pub struct CauseView {
    /// What it is.
    pub id: Cause,
    /// How much it weighs.
    pub severity: Severity,
    /// What shows it.
    pub evidence: Shown,
    /// What to do.
    pub remedy: Remedy,
}

impl CauseView {
    fn new(cause: Cause, evidence: Shown, about: &About<'_>) -> Self {
        Self { id: cause, severity: cause.severity(), evidence, remedy: remedy::of(cause, about) }
    }
}

/// Adds a cause unless it is there already: what is found first stays.
fn add(causes: &mut Vec<CauseView>, cause: Cause, evidence: Shown, about: &About<'_>) {
    if causes.iter().all(|known| known.id != cause) {
        causes.push(CauseView::new(cause, evidence, about));
    }
}

/// Evidence as a document; of two values with one name the first stays.
fn shown(evidence: &[(&'static str, Evidence)]) -> Shown {
    let mut shown = Shown::new();
    for (name, value) in evidence {
        let value = match value {
            Evidence::Text(text) => json!(text),
            Evidence::Name(name) => json!(name),
            Evidence::Count(count) => json!(count),
            Evidence::Flag(flag) => json!(flag),
            Evidence::List(all) => json!(all),
            Evidence::Time(at) => json!(at),
        };
        shown.entry((*name).to_owned()).or_insert(value);
    }
    shown
}

/// A document with fields is evidence; anything else is none.
fn fields(document: Json) -> Shown {
    match document {
        Json::Object(fields) => fields,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Shown::new(),
    }
}
