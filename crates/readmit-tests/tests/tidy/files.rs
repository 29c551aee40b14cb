//! Sizes, module docs, open ends, and words that belong to somebody's machine.

use crate::none;
use crate::repository::files;
use crate::repository::lines_without_tests;
use crate::repository::names;
use crate::repository::sources;
use crate::repository::text;
use crate::repository::text_if_any;

const MEDIAN: usize = 150;
const NINE_IN_TEN: usize = 400;
const HARD: usize = 600;

/// Written in halves, because this file is read too.
const ELSEWHERE: &[&str] = &[
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npm", "js"),
    concat!("deb.deb", "ian.org"),
    concat!("py", "pi.org"),
    concat!("files.python", "hosted"),
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/tmp/bash", "_jobs"),
    concat!("house", ".md"),
    concat!("interface", ".md"),
    concat!("product", ".md"),
    concat!("entra-facts", ".md"),
    concat!("writeback", ".md"),
    concat!("../sha", "red"),
];

#[test]
fn files_are_short() {
    let mut sizes: Vec<(usize, String)> = sources()
        .into_iter()
        .filter(|(name, _)| !is_test(name))
        .map(|(name, text)| (lines_without_tests(&text), name))
        .collect();
    sizes.sort();
    let rank = |share: usize| sizes[(sizes.len() - 1) * share / 100].0;
    let (median, most) = (rank(50), rank(90));
    println!("{} files: median {median}, p90 {most}, longest {:?}", sizes.len(), sizes.last());
    let long: Vec<String> =
        sizes.iter().filter(|(lines, _)| *lines > HARD).map(|(lines, name)| format!("{name}: {lines}")).collect();
    none("longer than 600 lines without tests", &long);
    assert!(median <= MEDIAN, "the median file has {median} lines, {MEDIAN} are the budget");
    assert!(most <= NINE_IN_TEN, "one file in ten is longer than {most} lines, {NINE_IN_TEN} are the budget");
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<String> =
        sources().into_iter().filter(|(_, text)| !text.trim_start().starts_with("//!")).map(|(name, _)| name).collect();
    none("no `//!` in the first line", &silent);
}

#[test]
fn an_open_end_has_a_number() {
    let (open, others) = (concat!("TO", "DO"), [concat!("FIX", "ME"), concat!("XX", "X")]);
    let mut loose = Vec::new();
    for name in files().into_iter().filter(|name| is_code(name)) {
        for (number, line) in (1..).zip(text(&name).lines()) {
            let unnumbered = names(line, open) && !line.contains(concat!("TO", "DO(#"));
            if unnumbered || others.iter().any(|word| names(line, word)) {
                loose.push(format!("{name}:{number}: {}", line.trim()));
            }
        }
    }
    none(concat!("open ends are written TO", "DO(#number): what"), &loose);
}

#[test]
fn nothing_names_a_machine_or_a_registry_host() {
    let mut found = Vec::new();
    for name in files() {
        let Some(text) = text_if_any(&name) else {
            continue;
        };
        for (number, line) in (1..).zip(text.lines()) {
            let words = ELSEWHERE.iter().filter(|word| starts_a_word(line, word));
            found.extend(words.map(|word| format!("{name}:{number}: {word}")));
        }
    }
    none("words that mean nothing to a reader elsewhere", &found);
}

#[test]
fn migrations_only_add() {
    let mut wrong = Vec::new();
    for name in files().into_iter().filter(|name| name.contains("/migrations/") && name.ends_with(".sql")) {
        for (number, line) in (1..).zip(text(&name).lines()) {
            let statement = line.split("--").next().unwrap_or_default().to_uppercase();
            if ["DROP", "RENAME", "TRUNCATE", "DELETE"].iter().any(|word| names(&statement, word))
                && !statement.contains("ON DELETE")
            {
                wrong.push(format!("{name}:{number}: {}", line.trim()));
            }
        }
    }
    none("a migration only adds: renaming and removing take two releases", &wrong);
}

/// `word` where it begins with a slash must not follow a letter: `a/work/b` is a path of ours.
fn starts_a_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !word.starts_with('/')
            || !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-}".contains(c))
    })
}

fn is_test(name: &str) -> bool {
    name.ends_with("/tests.rs")
        || name.ends_with("_tests.rs")
        || name.contains("/src/tests/")
        || name.contains("/readmit-tests/")
}

fn is_code(name: &str) -> bool {
    [".rs", ".toml", ".sql", ".html", ".css", ".js", ".mjs", ".ftl", ".sh"].iter().any(|end| name.ends_with(end))
        || name.starts_with("scripts/")
}

#[test]
fn a_path_inside_the_repository_is_no_machine() {
    assert!(starts_a_word(concat!("cd /wo", "rk/main"), concat!("/wo", "rk/")));
    assert!(!starts_a_word(concat!("docs/wo", "rk/main"), concat!("/wo", "rk/")));
}
