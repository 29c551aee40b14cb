//! The browser tests, started from cargo so that one command runs everything.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use readmit_tests::program;
use readmit_tests::skip;
use serde_json::Value;
use tempfile::TempDir;

/// The folder of the browser harness, or `None`, said aloud, when Chromium or its packages are not installed.
fn harness() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser");
    let chromium = std::env::var("READMIT_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let missing =
        [PathBuf::from(chromium), folder.join("node_modules/playwright-core")].into_iter().find(|path| !path.exists());
    let Some(missing) = missing else {
        return Some(folder);
    };
    skip("browser", &format!("{} is missing; scripts/test installs it", missing.display()));
    None
}

/// Runs `node SCRIPT ARGUMENTS` in the harness's folder, fails with all it said unless it succeeds, and answers its last line.
fn node(folder: &Path, script: &str, arguments: &[&str]) -> String {
    let ran = Command::new("node").arg(script).args(arguments).current_dir(folder).output().expect("node is installed");
    let out = String::from_utf8_lossy(&ran.stdout);
    let said = format!("{out}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{script}:\n{said}");
    println!("{said}");
    out.lines().last().unwrap_or_default().to_owned()
}

/// A fresh `readmit demo` on a free port; it goes with the value, and so does its folder.
struct Demo {
    child: Child,
    folder: TempDir,
    first: Value,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = program::readmit()
            .args(["--quiet", "demo", "--port", "0", "--dir"])
            .arg(folder.path().join("demo"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let first = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no first line: {line:?}"));
        fs::write(folder.path().join("first.json"), &line).unwrap();
        Self { child, folder, first }
    }

    /// Whether this is the account's password, as the command line says.
    fn accepts(&self, upn: &str, password: &str) -> bool {
        let config = self.first["config"].as_str().unwrap();
        let mut command = program::readmit();
        command.args(["--config", config, "user", "verify-password", upn]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        match child.wait().unwrap().code() {
            Some(0) => true,
            Some(1) => false,
            other => panic!("verify-password {upn}: {other:?}"),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Gone already, if the test killed it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every journey as one kind of visitor; afterwards each new password is in force and no old one is.
fn journeys_as(script: &str, width: &str) {
    let Some(harness) = harness() else { return };
    let demo = Demo::start();
    let first = demo.folder.path().join("first.json");
    let last =
        node(&harness, "journeys.mjs", &["--demo", first.to_str().unwrap(), "--script", script, "--width", width]);
    let told: Value = serde_json::from_str(&last).unwrap();
    let resets = told["resets"].as_array().unwrap();
    assert_eq!(resets.len(), 7, "{told}");
    for reset in resets {
        let [upn, old, new] = ["upn", "old", "new"].map(|key| reset[key].as_str().unwrap());
        assert!(demo.accepts(upn, new), "the new password of {upn}");
        assert!(!demo.accepts(upn, old), "the old password of {upn}");
    }
}

/// Every page in every state, looked at in one width and one color scheme.
fn gallery_in(width: &str, scheme: &str) {
    let Some(harness) = harness() else { return };
    let folder = tempfile::tempdir().unwrap();
    readmit_server::pages::gallery(folder.path()).unwrap();
    node(&harness, "gallery.mjs", &[folder.path().to_str().unwrap(), width, scheme]);
}

#[test]
fn the_harness_notices_what_it_must() {
    let Some(folder) = harness() else { return };
    node(&folder, "self-check.mjs", &[]);
}

#[test]
fn a_phone_with_script_gets_back_in() {
    journeys_as("on", "phone");
}

#[test]
fn a_phone_without_script_gets_back_in() {
    journeys_as("off", "phone");
}

#[test]
fn a_desk_with_script_gets_back_in() {
    journeys_as("on", "desk");
}

#[test]
fn a_desk_without_script_gets_back_in() {
    journeys_as("off", "desk");
}

#[test]
fn every_page_is_without_barriers_on_a_phone() {
    gallery_in("phone", "light");
}

#[test]
fn every_page_is_without_barriers_at_a_dark_desk() {
    gallery_in("desk", "dark");
}
