//! Arrows between crates and fences around outside crates, read from `cargo metadata`.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::none;
use crate::repository::root;

/// Which of our crates each of our crates may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("readmit-core", &[]),
    ("readmit-passwords", &[]),
    ("readmit-proto", &[]),
    ("readmit-store", &["readmit-core"]),
    ("readmit-agent", &["readmit-proto", "readmit-passwords"]),
    ("readmit-server", &["readmit-core", "readmit-passwords", "readmit-store", "readmit-proto"]),
    (
        "readmit",
        &["readmit-core", "readmit-passwords", "readmit-proto", "readmit-store", "readmit-server", "readmit-agent"],
    ),
    (
        TESTS,
        &["readmit-core", "readmit-passwords", "readmit-proto", "readmit-store", "readmit-server", "readmit-agent"],
    ),
];

/// Outside crates, and the only ones of ours that may name them (the tests may name anything).
const FENCES: &[(&[&str], &[&str])] = &[
    (
        &[
            "rusqlite",
            "libsqlite3-sys",
            "tokio-postgres",
            "tokio-postgres-rustls",
            "deadpool-postgres",
            "postgres",
            "sqlx",
        ],
        &["readmit-store"],
    ),
    (&["axum", "axum-core", "axum-extra", "hyper", "tower-http", "askama", "lettre"], &["readmit-server"]),
    (&["reqwest"], &["readmit-server", "readmit-agent"]),
    (&["ldap3"], &["readmit-agent"]),
];

/// Crates that must not be reached at all, however deep.
const UNREACHABLE: &[(&str, &[&str])] = &[
    ("readmit-core", &["tokio", "rand", "futures-util", "rusqlite"]),
    ("readmit-passwords", &["tokio"]),
    ("readmit-proto", &["tokio"]),
    ("readmit-server", &["ldap3"]),
    ("readmit", &["openssl-sys", "native-tls"]),
];

const TESTS: &str = "readmit-tests";
const CORE_DIRECT_LIMIT: usize = 10;
const SERVER_LIMIT: usize = 220;

/// The dependency graph on the platform that releases are built for.
pub(crate) struct Graph {
    packages: BTreeMap<String, Package>,
    ours: BTreeSet<String>,
}

/// One crate of the graph.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) licence: String,
    source: Option<String>,
    macros: bool,
    /// Direct dependencies: package id, and whether the crate itself (not only its tests or build script) uses it.
    uses: Vec<(String, bool)>,
}

impl Graph {
    pub(crate) fn load() -> Self {
        let told = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        assert!(told.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&told.stderr));
        let told: Value = serde_json::from_slice(&told.stdout).expect("cargo metadata prints JSON");
        let nodes: BTreeMap<String, Vec<(String, bool)>> =
            items(&told["resolve"]["nodes"]).iter().map(|node| (string(&node["id"]), uses(node))).collect();
        let packages = items(&told["packages"])
            .iter()
            .filter_map(|package| {
                Some((string(&package["id"]), Package::read(package, nodes.get(&string(&package["id"]))?.clone())))
            })
            .collect();
        Self { packages, ours: items(&told["workspace_members"]).iter().map(string).collect() }
    }

    /// Every crate of the graph.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Package> {
        self.packages.values()
    }

    /// The crates of this workspace, by name.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.ours.iter().map(|id| &self.packages[id])
    }

    /// Direct dependencies of ours, tests and build scripts included.
    pub(crate) fn direct<'a>(&'a self, package: &'a Package) -> impl Iterator<Item = &'a Package> {
        package.uses.iter().map(|(id, _)| &self.packages[id])
    }

    fn normal<'a>(&'a self, package: &'a Package) -> impl Iterator<Item = &'a Package> {
        package.uses.iter().filter(|(_, normal)| *normal).map(|(id, _)| &self.packages[id])
    }

    fn find(&self, name: &str) -> Option<&Package> {
        self.ours().find(|package| package.name == name)
    }

    /// Names of all that ends up in the crate; a few more, since metadata counts weak features as taken. What
    /// procedural macros use stays in the compiler and does not count.
    fn linked(&self, package: &Package) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut left: Vec<&String> = package.uses.iter().filter(|(_, normal)| *normal).map(|(id, _)| id).collect();
        while let Some(id) = left.pop() {
            let next = &self.packages[id];
            if !next.macros && seen.insert(id.clone()) {
                left.extend(next.uses.iter().filter(|(_, normal)| *normal).map(|(id, _)| id));
            }
        }
        seen.iter().map(|id| self.packages[id].name.clone()).collect()
    }
}

impl Package {
    fn read(package: &Value, uses: Vec<(String, bool)>) -> Self {
        let macros = items(&package["targets"])
            .iter()
            .any(|target| items(&target["kind"]).iter().any(|kind| kind == "proc-macro"));
        Self {
            name: string(&package["name"]),
            licence: package["license"].as_str().unwrap_or("none told").to_owned(),
            source: package["source"].as_str().map(str::to_owned),
            macros,
            uses,
        }
    }

    /// Whether the crate comes from a registry, not from this workspace.
    pub(crate) fn foreign(&self) -> bool {
        self.source.is_some()
    }
}

#[test]
fn our_crates_follow_the_arrows() {
    let graph = Graph::load();
    let mut wrong = Vec::new();
    for package in graph.ours() {
        let allowed = ARROWS.iter().find(|(name, _)| *name == package.name).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            wrong.push(format!("{} has no line in ARROWS", package.name));
            continue;
        };
        let others = graph.direct(package).filter(|other| !other.foreign() && !allowed.contains(&other.name.as_str()));
        wrong.extend(others.map(|other| format!("{} → {}", package.name, other.name)));
    }
    none("arrows that the architecture forbids", &wrong);
}

#[test]
fn outside_crates_stay_behind_their_fences() {
    let graph = Graph::load();
    let mut wrong = Vec::new();
    for package in graph.ours().filter(|package| package.name != TESTS) {
        for other in graph.normal(package) {
            let fence = FENCES.iter().find(|(fenced, _)| fenced.contains(&other.name.as_str()));
            if fence.is_some_and(|(_, inside)| !inside.contains(&package.name.as_str())) {
                wrong.push(format!("{} → {}", package.name, other.name));
            }
        }
    }
    none("crates named outside their fence", &wrong);
}

#[test]
fn some_crates_are_out_of_reach() {
    let graph = Graph::load();
    let mut wrong = Vec::new();
    for (name, forbidden) in UNREACHABLE {
        let Some(package) = graph.find(name) else {
            continue;
        };
        let linked = graph.linked(package);
        wrong.extend(
            forbidden
                .iter()
                .filter(|other| linked.iter().any(|name| name == *other))
                .map(|other| format!("{name} ⇒ {other}")),
        );
    }
    none("reachable, and must not be", &wrong);
}

#[test]
fn the_core_has_few_dependencies() {
    let graph = Graph::load();
    let core = graph.find("readmit-core").expect("there is a core");
    let direct: Vec<&str> = graph.normal(core).map(|other| other.name.as_str()).collect();
    assert!(direct.len() <= CORE_DIRECT_LIMIT, "{} of {CORE_DIRECT_LIMIT}: {direct:?}", direct.len());
}

#[test]
fn the_server_has_few_enough_dependencies() {
    let graph = Graph::load();
    let server = graph.find("readmit-server").expect("there is a server");
    let count = graph.linked(server).len();
    println!("readmit-server links {count} crates of at most {SERVER_LIMIT}");
    assert!(count <= SERVER_LIMIT, "{count} crates are linked into the server, {SERVER_LIMIT} are the budget");
}

#[test]
fn every_crate_comes_from_the_one_registry() {
    let graph = Graph::load();
    let wrong: Vec<String> = graph
        .packages
        .values()
        .filter(|package| package.source.as_deref().is_some_and(|source| !source.starts_with("registry+")))
        .map(|package| format!("{}: {:?}", package.name, package.source))
        .collect();
    none("crates from elsewhere", &wrong);
}

fn uses(node: &Value) -> Vec<(String, bool)> {
    let normal = |dependency: &Value| items(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
    items(&node["deps"]).iter().map(|dependency| (string(&dependency["pkg"]), normal(dependency))).collect()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
