//! SQL is not checked by the compiler, so every method that runs some has a test that names it.

use crate::none;
use crate::repository::files;
use crate::repository::names;
use crate::repository::sources;
use crate::repository::text;

#[test]
fn every_method_of_the_transaction_is_named_by_a_test() {
    let methods: Vec<String> = sources()
        .into_iter()
        .filter(|(name, _)| name.starts_with("crates/readmit-store/src/"))
        .flat_map(|(_, text)| transaction_methods(&text))
        .collect();
    assert!(!methods.is_empty(), "readmit-store has an `impl Tx`");
    let tests: String = files()
        .into_iter()
        .filter(|name| name.starts_with("crates/readmit-store/tests/") && name.ends_with(".rs"))
        .map(|name| text(&name))
        .collect();
    let untested: Vec<String> = methods.into_iter().filter(|method| !names(&tests, method)).collect();
    none("methods of Tx that no test under readmit-store/tests names", &untested);
}

/// Names of the `pub async fn`s in the `impl Tx` blocks of a file.
fn transaction_methods(source: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in source.lines() {
        match line {
            _ if line.starts_with("impl Tx ") => inside = true,
            "}" => inside = false,
            _ => {}
        }
        if let Some(rest) = line.trim_start().strip_prefix("pub async fn ").filter(|_| inside) {
            found.extend(rest.split(['(', '<']).next().map(str::to_owned));
        }
    }
    found
}

#[test]
fn methods_are_found_only_in_impl_tx() {
    let source = "impl Tx {\n    pub async fn journey(&mut self) {}\n    async fn hidden() {}\n}\nimpl Store {\n    pub async fn open() {}\n}\n";
    assert_eq!(transaction_methods(source), ["journey"]);
}
