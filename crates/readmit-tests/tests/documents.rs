//! What the documentation tells people to run.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use readmit_tests::program;
use readmit_tests::skip;
use serde_json::Value;

const NEW_PASSWORD: &str = "seventeen quiet herons";

/// `readmit demo` on a free port; asked to end with the value, so that its folder goes too.
struct Demo {
    child: Child,
    first: Value,
}

impl Demo {
    fn start() -> Self {
        let mut command = program::readmit();
        let mut child = command.args(["--json", "demo", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, first: serde_json::from_str(&line).unwrap() }
    }

    fn names(&self, field: &str) -> &str {
        self.first[field].as_str().unwrap()
    }

    fn accepts(&self, password: &str) -> bool {
        let mut child = program::readmit()
            .args(["--config", self.names("config"), "user", "verify-password", "ben.osei@larkfield.example"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        match child.wait().unwrap().code() {
            Some(0) => true,
            Some(1) => false,
            other => panic!("verify-password ended with {other:?}"),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status());
        drop(self.child.wait());
    }
}

/// The first block of shell in a document.
fn script(document: &str) -> String {
    let text = fs::read_to_string(program::root().join(document)).unwrap();
    let (_, rest) = text.split_once("```sh\n").unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

fn is_installed(tool: &str) -> bool {
    let asked = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

#[test]
fn a_password_is_reset_by_the_curl_commands_of_the_documentation() {
    if let Some(missing) = ["bash", "curl", "jq", "python3"].into_iter().find(|tool| !is_installed(tool)) {
        return skip("curl", &format!("the journey in docs/json-journey.md: {missing} is not installed"));
    }
    let demo = Demo::start();
    assert!(!demo.accepts(NEW_PASSWORD));
    let ran = Command::new("bash")
        .args(["-c", &script("docs/json-journey.md"), "journey", demo.names("url"), NEW_PASSWORD])
        .output()
        .unwrap();
    let (said, complained) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}{complained}");
    assert!(said.ends_with("password: page done\n"), "{said}");
    assert!(demo.accepts(NEW_PASSWORD));
}
