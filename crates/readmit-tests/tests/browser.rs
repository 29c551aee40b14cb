//! The browser tests, started from cargo so that one command runs everything.

use std::path::PathBuf;
use std::process::Command;

/// Whether `what` must be there: `READMIT_REQUIRE=pg,smtp,browser` turns a skip into a failure.
fn required(what: &str) -> bool {
    std::env::var("READMIT_REQUIRE").is_ok_and(|list| list.split(',').any(|item| item.trim() == what))
}

/// The folder of the browser harness, or `None`, said aloud, when Chromium or its packages are not installed.
fn harness() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser");
    let chromium = std::env::var("READMIT_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let missing =
        [PathBuf::from(chromium), folder.join("node_modules/playwright-core")].into_iter().find(|path| !path.exists());
    let Some(missing) = missing else {
        return Some(folder);
    };
    assert!(!required("browser"), "{} is missing; scripts/test installs it", missing.display());
    eprintln!("SKIPPED: {} is missing; scripts/test installs it", missing.display());
    None
}

/// Runs `node SCRIPT ARGUMENTS` in the harness's folder and fails with all it said unless it succeeds.
fn node(folder: &PathBuf, script: &str, arguments: &[&str]) {
    let ran = Command::new("node").arg(script).args(arguments).current_dir(folder).output().expect("node is installed");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{script}:\n{said}");
    println!("{said}");
}

#[test]
fn the_harness_notices_what_it_must() {
    let Some(folder) = harness() else { return };
    node(&folder, "self-check.mjs", &[]);
}
