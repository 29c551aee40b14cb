//! Documents that must keep up with the code.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::graph::Graph;
use crate::none;
use crate::repository::files;
use crate::repository::names;
use crate::repository::root;
use crate::repository::text;

const LIST: &str = "docs/dependencies.md";
const ARCHITECTURE_LIMIT: usize = 200;
const RECIPE_LIMIT: usize = 15;

#[test]
fn every_direct_dependency_has_its_line() {
    let graph = Graph::load();
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut licences: BTreeMap<&str, &str> = BTreeMap::new();
    for package in graph.ours() {
        for other in graph.direct(package).filter(|other| other.foreign()) {
            used.entry(&other.name).or_default().insert(short(&package.name));
            licences.insert(&other.name, &other.licence);
        }
    }
    let listed = text(LIST);
    let rows: BTreeMap<&str, Vec<&str>> = listed.lines().filter_map(row).collect();
    let mut wrong = Vec::new();
    for (name, users) in &used {
        let users: Vec<&str> = users.iter().copied().collect();
        match rows.get(name) {
            None => wrong.push(format!("{name}: no line (used by {})", users.join(", "))),
            Some(cells) if cells.first() != Some(&users.join(", ").as_str()) => {
                wrong.push(format!("{name}: used by {}", users.join(", ")))
            }
            Some(cells) if cells.last() != licences.get(name) => {
                wrong.push(format!("{name}: licence {}", licences[name]))
            }
            Some(_) => {}
        }
    }
    wrong.extend(rows.keys().filter(|name| !used.contains_key(*name)).map(|name| format!("{name}: nobody uses it")));
    none(LIST, &wrong);
}

#[test]
fn every_direct_dependency_is_named_in_the_code() {
    let graph = Graph::load();
    let code: Vec<(String, String)> =
        files().into_iter().filter(|name| name.ends_with(".rs")).map(|name| (text(&name), name)).collect();
    let mut unused = Vec::new();
    for package in graph.ours() {
        let folder = format!("crates/{}/", package.name);
        for other in graph.direct(package) {
            let ident = other.name.replace('-', "_");
            if !code.iter().any(|(text, name)| name.starts_with(&folder) && names(text, &ident)) {
                unused.push(format!("{} → {}", package.name, other.name));
            }
        }
    }
    none("dependencies that no file of the crate names", &unused);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut dead = Vec::new();
    for name in files().into_iter().filter(|name| name.ends_with(".md")) {
        let folder = root().join(&name).parent().expect("a file is in a folder").to_owned();
        for target in links(&text(&name)) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty()
                && !target.contains("://")
                && !target.starts_with("mailto:")
                && !folder.join(path).exists()
            {
                dead.push(format!("{name}: {target}"));
            }
        }
    }
    none("links to nowhere", &dead);
}

#[test]
fn the_architecture_fits_on_four_pages() {
    let lines = text("ARCHITECTURE.md").lines().count();
    assert!(lines <= ARCHITECTURE_LIMIT, "ARCHITECTURE.md has {lines} lines, {ARCHITECTURE_LIMIT} are the budget");
}

#[test]
fn the_architecture_names_places_that_exist() {
    let text = text("ARCHITECTURE.md");
    let places = text.split('`').filter(|span| span.starts_with("crates/"));
    let gone: Vec<String> = places.filter(|place| !root().join(place).exists()).map(str::to_owned).collect();
    none("ARCHITECTURE.md speaks of what is not there", &gone);
}

#[test]
fn the_recipes_stay_few() {
    let text = text("justfile");
    let recipes = text
        .lines()
        .filter(|line| line.contains(':') && line.starts_with(|c: char| c.is_ascii_lowercase()) && !line.contains(":="))
        .count();
    assert!((1..=RECIPE_LIMIT).contains(&recipes), "justfile has {recipes} recipes, {RECIPE_LIMIT} are the budget");
}

/// A table row of [`LIST`]: the crate's name, and the other cells.
fn row(line: &str) -> Option<(&str, Vec<&str>)> {
    let mut cells = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ");
    let name = cells.next()?.strip_suffix('`')?;
    Some((name, cells.collect()))
}

/// Targets of the Markdown links in a text.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

fn short(name: &str) -> &str {
    name.strip_prefix("readmit-").unwrap_or(name)
}
