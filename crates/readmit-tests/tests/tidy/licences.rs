//! Licences of everything we build on.

use crate::graph::Graph;
use crate::none;

/// A crate's licence must offer one of these, or consist of these only.
const LICENCES: &[&str] =
    &["0BSD", "Apache-2.0", "BSD-3-Clause", "CDLA-Permissive-2.0", "ISC", "MIT", "Unicode-3.0", "Zlib"];

#[test]
fn every_licence_is_on_the_list() {
    let graph = Graph::load();
    let wrong: Vec<String> = graph
        .all()
        .filter(|package| !permitted(&package.licence))
        .map(|package| format!("{}: {}", package.name, package.licence))
        .collect();
    none("licences nobody agreed to", &wrong);
}

/// Whether an SPDX expression can be met with [`LICENCES`] alone: `AND` needs all, `OR` (or the old `/`) one.
fn permitted(expression: &str) -> bool {
    let expression = expression.replace(" WITH LLVM-exception", "").replace('/', " OR ");
    let all = split_outside_brackets(&expression, " AND ");
    if all.len() > 1 {
        return all.into_iter().all(permitted);
    }
    let any = split_outside_brackets(&expression, " OR ");
    if any.len() > 1 {
        return any.into_iter().any(permitted);
    }
    let term = expression.trim();
    match term.strip_prefix('(').and_then(|term| term.strip_suffix(')')) {
        Some(inner) => permitted(inner),
        None => LICENCES.contains(&term),
    }
}

fn split_outside_brackets<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(separator) {
        let before = &text[..at];
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(&text[start..at]);
            start = at + separator.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

#[test]
fn licences_are_read_as_expressions() {
    assert!(permitted("Unlicense/MIT"));
    assert!(permitted("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only"));
    assert!(permitted("ISC AND (Apache-2.0 OR OpenSSL)"));
    assert!(!permitted("MIT AND GPL-3.0-only"));
    assert!(!permitted("none told"));
}
