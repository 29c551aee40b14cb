//! The repository on disk: its root, its files, and what of a Rust file is not a test.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace has a root")
}

/// Paths, relative to [`root`], of every file that git tracks or would add, sorted.
pub(crate) fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root())
        .output()
        .expect("git is installed");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let names: BTreeSet<String> = String::from_utf8(listed.stdout)
        .expect("paths are UTF-8")
        .split_terminator('\0')
        .filter(|name| root().join(name).is_file())
        .map(str::to_owned)
        .collect();
    assert!(names.contains("Cargo.toml"), "git lists this workspace");
    names.into_iter().collect()
}

/// Rust files under a crate's `src`, with their text.
pub(crate) fn sources() -> Vec<(String, String)> {
    files()
        .into_iter()
        .filter(|name| name.ends_with(".rs") && name.contains("/src/"))
        .map(|name| {
            let text = text(&name);
            (name, text)
        })
        .collect()
}

/// Text of the file at `name`, relative to [`root`].
pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Text of the file at `name`, or nothing if it is not UTF-8 (a picture, a font).
pub(crate) fn text_if_any(name: &str) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(name)).ok()?).ok()
}

/// Lines of a Rust file without its `#[cfg(test)]` modules.
pub(crate) fn lines_without_tests(source: &str) -> usize {
    let mut count = 0;
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        let opens_tests =
            line == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'));
        if opens_tests {
            let _module = lines.by_ref().find(|line| *line == "}");
        } else {
            count += 1;
        }
    }
    count
}

/// Whether `text` holds `word` with no letter, digit or underscore beside it.
pub(crate) fn names(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[test]
fn a_test_module_does_not_count() {
    let source = "//! Doc\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\nfn h() {}\n";
    assert_eq!(lines_without_tests(source), 3);
    assert_eq!(lines_without_tests("#[cfg(test)]\nmod tests;\n"), 2);
}

#[test]
fn a_name_is_a_whole_word() {
    assert!(names("tx.journey(id)", "journey"));
    assert!(!names("tx.journeys(id), my_journey", "journey"));
}
