//! The `readmit` binary that cargo built beside this test.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

/// A command of the binary.
#[must_use]
pub fn readmit() -> Command {
    let mut command = Command::new(path());
    command.env_remove("READMIT_CONFIG");
    command
}

/// Root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap().to_owned()
}

/// Where the binary is: beside the test's own executable, or one folder above it.
fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let own = std::env::current_exe().unwrap();
        let folder = own.parent().unwrap();
        let folder = if folder.ends_with("deps") { folder.parent().unwrap() } else { folder };
        let path = folder.join("readmit");
        assert!(path.exists(), "{} is missing: run `cargo build -p readmit` first", path.display());
        check_freshness(&path);
        path
    })
}

/// An old binary would pass tests that the sources fail. Where tests are required that is an error.
fn check_freshness(binary: &Path) {
    let built = fs::metadata(binary).and_then(|about| about.modified()).unwrap();
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let folders = crates.map(|entry| entry.unwrap().path()).filter(|folder| !folder.ends_with("readmit-tests"));
    let parts = ["src", "migrations", "templates", "static", "text"];
    let newest = folders.flat_map(|folder| parts.map(|part| folder.join(part))).flat_map(|folder| files(&folder)).max();
    let Some((changed, file)) = newest.filter(|(changed, _)| *changed > built) else {
        return;
    };
    let problem = format!(
        "{} was changed {:?} after readmit was built: run `cargo build -p readmit`",
        file.display(),
        changed.duration_since(built).unwrap_or_default()
    );
    assert!(std::env::var_os("READMIT_REQUIRE").is_none(), "{problem}");
    eprintln!("WARNING: {problem}");
}

fn files(folder: &Path) -> Vec<(SystemTime, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match fs::metadata(&path) {
            Ok(about) if about.is_dir() => files(&path),
            Ok(about) => vec![(about.modified().unwrap(), path)],
            // An editor's passing file.
            Err(_) => Vec::new(),
        })
        .collect()
}
