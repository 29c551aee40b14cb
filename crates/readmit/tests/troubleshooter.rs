//! `readmit why` and `readmit case`, from outside: documents, exit codes, words.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its installation must stop")]

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use tempfile::TempDir;

const ADA: &str = "ada@larkfield.example";

/// An installation with Larkfield and Ada, who has no method.
fn installation() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("readmit");
    let init = ["init", "--dir", folder.to_str().unwrap(), "--tenant", "Larkfield", "--domain", "larkfield.example"];
    assert_eq!(run(&folder, &init).0, 0);
    let create =
        ["user", "create", ADA, "--display-name", "Ada Example", "--proxy-address", "countess@larkfield.example"];
    assert_eq!(run(&folder, &create).0, 0);
    dir
}

/// Exit code, standard output and standard error.
#[expect(clippy::disallowed_methods, reason = "the binary is what is tested")]
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_readmit"));
    command.env_remove("READMIT_CONFIG");
    if folder.exists() {
        command.current_dir(folder);
    }
    let output = command.args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn why_answers_with_a_document_and_an_exit_code() {
    let dir = installation();
    let ask = |arguments: &[&str]| {
        let (code, out, err) = run(&dir.path().join("readmit"), &[&["--json", "why"], arguments].concat());
        let document: Json = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out:?} {err:?}"));
        (code, document)
    };
    let (code, found) = ask(&[ADA]);
    assert_eq!((code, &found["able"], &found["causes"][0]["id"]), (0, &false.into(), &"methods-missing".into()));
    assert_eq!(ask(&[ADA, "--check"]).0, 1);
    let (code, found) = ask(&["countess@larkfield.example"]);
    assert_eq!((code, &found["user"]["upn"]), (0, &ADA.into()));
    assert_eq!(found["causes"][0]["id"], "alternate-login-off");
    for nobody in ["bob@larkfield.example", "bob@elsewhere.example", "b\"ob", "bob"] {
        let (code, found) = ask(&[nobody, "--check"]);
        assert_eq!((code, &found["causes"][0]["id"]), (3, &"account-unknown".into()), "{nobody}");
        assert_eq!((&found["user"], &found["input"]), (&Json::Null, &nobody.into()));
    }
}

#[test]
fn why_tells_people_the_cause_the_command_and_every_check() {
    let dir = installation();
    let (code, out, _) = run(&dir.path().join("readmit"), &["why", ADA]);
    assert_eq!(code, 0);
    assert!(
        out.starts_with("ada@larkfield.example (Larkfield) cannot reset: SSPR_0014 UserNotProperlyConfigured\n"),
        "{out}"
    );
    assert!(out.contains("✗ Ada Example has no usable method on file.\n"), "{out}");
    assert!(out.contains("Command: readmit user method add ada@larkfield.example email --value ADDRESS\n"), "{out}");
    for check in ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"] {
        assert!(out.contains(check), "{out}");
    }
}

/// What a remedy says must be a command that the command line takes.
#[test]
fn the_command_of_a_remedy_works() {
    let dir = installation();
    let folder = dir.path().join("readmit");
    let (_, out, _) = run(&folder, &["--json", "why", "countess@larkfield.example"]);
    let found: Json = serde_json::from_str(&out).unwrap();
    let command = found["causes"][0]["remedy"]["command"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(run(&folder, &words).0, 0, "{command}");
    let (_, out, _) = run(&folder, &["--json", "why", "countess@larkfield.example"]);
    assert!(!out.contains("alternate-login-off"), "{out}");
}

#[test]
fn a_case_that_is_not_there_or_no_code_at_all_is_told_apart() {
    let dir = installation();
    let folder = dir.path().join("readmit");
    for (given, code, kind) in [
        ("R7K4-92QD-MX3T", 3, "not_found"),
        ("R7K492", 3, "not_found"),
        ("R7K4", 4, "invalid"),
        ("R7K4-92QU", 4, "invalid"),
    ] {
        let (found, _, err) = run(&folder, &["--json", "case", given]);
        let error: Json = serde_json::from_str(&err).unwrap();
        assert_eq!((found, &error["error"]["kind"]), (code, &kind.into()), "{given}");
    }
}
