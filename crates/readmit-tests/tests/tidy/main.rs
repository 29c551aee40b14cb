//! Tidiness: what the compiler does not check and a reviewer forgets.
//!
//! Each test reads the repository as it lies on disk (files that git knows or would add) or the dependency graph as
//! `cargo metadata` tells it, and lists every place that breaks the rule.

mod documents;
mod files;
mod graph;
mod licences;
mod repository;
mod store;

/// Fails with one line for each offence, under the rule that they break.
#[track_caller]
fn none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}
