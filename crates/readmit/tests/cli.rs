//! The command line, from outside: the binary on an installation of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot arrange its installation must stop")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use readmit_store::Keys;
use readmit_store::Store;
use readmit_store::StoreConfig;
use serde_json::Value as Json;
use serde_json::json;
use tempfile::TempDir;

const ADA: &str = "ada@larkfield.example";

/// A folder with configuration, key and migrated database, removed at the end.
struct Installation(TempDir);

/// What a run of the binary left.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    /// The document on standard output.
    fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {:?} {:?}", self.out, self.err))
    }

    /// The error on standard error.
    fn error(&self) -> Json {
        let document: Json = serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("{error}: {:?}", self.err));
        document.get("error").cloned().unwrap()
    }

    fn done(self) -> Self {
        assert_eq!(self.code, 0, "{} {}", self.out, self.err);
        self
    }

    /// Refused with this exit code, naming this field.
    fn refused(&self, code: i32, field: &str) {
        assert_eq!(
            (self.code, self.error().get("field").and_then(Json::as_str)),
            (code, Some(field)),
            "{} {}",
            self.out,
            self.err
        );
    }
}

impl Installation {
    /// An empty installation.
    fn bare() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("keys")).unwrap();
        std::fs::write(dir.path().join("readmit.toml"), "public_urls = [\"http://localhost:8080\"]\n").unwrap();
        let keys = Keys::generate_file(&dir.path().join("keys/master.key"), [5; 32]).unwrap();
        let url = format!("sqlite:{}", dir.path().join("readmit.db").display());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open(&StoreConfig { url, password: None }).await.unwrap();
            store.migrate().await.unwrap();
            store.check_key(&keys).await.unwrap();
            store.close().await;
        });
        Self(dir)
    }

    /// With the organization Larkfield.
    fn new() -> Self {
        let readmit = Self::bare();
        readmit.run(&["tenant", "create", "Larkfield", "--domain", "larkfield.example"]).done();
        readmit
    }

    /// With Ada in Larkfield.
    fn with_ada() -> Self {
        let readmit = Self::new();
        readmit.run(&["user", "create", ADA, "--other-mail", "ada@home.example"]).done();
        readmit
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "")
    }

    /// Runs with `--json` and this on standard input.
    fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        run(self.0.path(), &[&["--json"], arguments].concat(), input)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn show(&self, upn: &str) -> Json {
        self.run(&["user", "show", upn]).done().json()
    }
}

#[expect(clippy::disallowed_methods, reason = "the binary under test is another program")]
fn run(dir: &Path, arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_readmit"))
        .args(arguments)
        .current_dir(dir)
        .env_remove("READMIT_CONFIG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads no secret may have ended already.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn usage_errors_are_2_and_configuration_errors_5() {
    let nowhere = tempfile::tempdir().unwrap();
    let misused = run(nowhere.path(), &["user", "frobnicate", "--json"], "");
    assert_eq!((misused.code, misused.error()["kind"].as_str()), (2, Some("usage")));
    let incomplete = run(nowhere.path(), &["--json", "policy", "set"], "").error();
    assert!(incomplete["message"].as_str().unwrap().contains("KEY=VALUE"), "{incomplete}");
    assert_eq!(run(nowhere.path(), &["--help"], "").code, 0);
    let missing = run(nowhere.path(), &["--json", "--config", "none.toml", "tenant", "list"], "");
    assert_eq!((missing.code, missing.error()["kind"].as_str()), (5, Some("configuration")));
    let readmit = Installation::bare();
    std::fs::remove_file(readmit.0.path().join("keys/master.key")).unwrap();
    assert_eq!(readmit.run(&["tenant", "list"]).code, 5);
}

#[test]
fn the_environment_names_the_configuration_and_the_flag_wins() {
    let readmit = Installation::new();
    let file = readmit.0.path().join("readmit.toml").display().to_string();
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(run(elsewhere.path(), &["tenant", "list", "--config", &file], "").code, 0);
}

#[test]
fn completions_are_printed_without_an_installation() {
    let nowhere = tempfile::tempdir().unwrap();
    let bash = run(nowhere.path(), &["completions", "bash"], "");
    assert!(bash.code == 0 && bash.out.contains("readmit"));
}

#[test]
fn a_tenant_is_made_once_with_its_policy() {
    let readmit = Installation::new();
    let shown = readmit.run(&["tenant", "show"]).done().json();
    assert_eq!(shown["domains"], json!(["larkfield.example"]));
    assert_eq!((&shown["plan"], &shown["policy_version"]), (&json!("unlimited"), &json!(1)));
    readmit.run(&["tenant", "create", "larkfield", "--domain", "other.example"]).refused(4, "name");
    readmit.run(&["tenant", "create", "Other", "--domain", "larkfield.example"]).refused(4, "domain");
    readmit.run(&["tenant", "create", "Other", "--domain", "o.example", "--plan", "gold"]).refused(4, "plan");
    readmit
        .run(&["tenant", "create", "Other", "--domain", "o.example", "--time-zone", "Mars/Base"])
        .refused(4, "time_zone");
    readmit.run(&["tenant", "create", "Other", "--domain", "o.example", "--preset", "none"]).done();
    assert_eq!(readmit.run(&["tenant", "list"]).done().json()["items"].as_array().unwrap().len(), 2);
    readmit.run(&["user", "list"]).refused(4, "tenant");
    assert_eq!(readmit.run(&["--tenant", "OTHER", "user", "list"]).done().json(), json!({ "items": [], "next": null }));
    assert_eq!(readmit.run(&["--tenant", "Nobody", "user", "list"]).code, 3);
    assert_eq!(readmit.run(&["--tenant", "Other", "policy", "show"]).done().json()["values"], Json::Null);
}

#[test]
fn an_account_is_made_changed_shown_and_deleted() {
    let readmit = Installation::new();
    let create = [
        "user",
        "create",
        "Ada@Larkfield.example",
        "--first-name",
        "Ada",
        "--last-name",
        "Byron",
        "--mobile-phone",
        "+1 4251234567",
        "--other-mail",
        "ada@home.example",
        "--other-mail",
        "b@home.example",
        "--role",
        "helpdesk",
        "--proxy-address",
        "countess@larkfield.example",
        "--locale",
        "de",
    ];
    let made = readmit.run(&create).done().json();
    assert_eq!((&made["upn"], &made["display_name"]), (&json!("Ada@Larkfield.example"), &json!("Ada Byron")));
    assert_eq!(made["roles"], json!(["helpdesk_administrator"]));
    assert_eq!(made["methods"].as_array().unwrap().len(), 3);
    assert_eq!(readmit.run(&create).code, 4);
    readmit.run(&["user", "set", ADA, "--disabled", "--other-mail", "", "--display-name", "Countess"]).done();
    let shown = readmit.show("ADA@larkfield.example");
    assert_eq!((&shown["enabled"], &shown["other_mails"]), (&json!(false), &json!([])));
    assert_eq!((&shown["display_name"], &shown["version"]), (&json!("Countess"), &json!(2)));
    assert_eq!(readmit.run(&["user", "show", "countess@larkfield.example"]).code, 3);
    assert_eq!(readmit.run(&["user", "delete", ADA]).done().json(), json!({ "deleted": "Ada@Larkfield.example" }));
    assert_eq!(readmit.run(&["user", "delete", ADA]).code, 3);
    readmit.run(&create).done();
}

#[test]
fn input_that_cannot_be_used_names_its_field() {
    let readmit = Installation::with_ada();
    readmit.run(&["user", "create", "ada"]).refused(4, "upn");
    readmit.run(&["user", "create", "a/b@larkfield.example"]).refused(4, "upn");
    readmit.run(&["--tenant", "Larkfield", "user", "create", "a@other.example"]).refused(4, "upn");
    assert_eq!(readmit.run(&["user", "create", "a@other.example"]).code, 3);
    readmit.run(&["user", "set", ADA, "--authority", "sky"]).refused(4, "authority");
    readmit.run(&["user", "set", ADA, "--role", "king"]).refused(4, "roles");
    readmit.run(&["user", "set", ADA, "--display-name", "a\u{7}"]).refused(4, "display_name");
    readmit.run(&["user", "list", "--limit", "0"]).refused(4, "limit");
    readmit.run(&["user", "unblock", ADA, "--family", "fax", "--reason", "x"]).refused(4, "family");
    readmit.run(&["user", "unblock", ADA, "--reason", " "]).refused(4, "reason");
    assert_eq!(readmit.show(ADA)["version"], json!(1));
}

#[test]
fn a_list_goes_on_where_its_cursor_says() {
    let readmit = Installation::new();
    for n in 1..=3 {
        readmit.run(&["user", "create", &format!("u{n}@larkfield.example")]).done();
    }
    let first = readmit.run(&["user", "list", "--limit", "2"]).done().json();
    let cursor = first["next"].as_str().unwrap();
    let second = readmit.run(&["user", "list", "--limit", "2", "--cursor", cursor]).done().json();
    assert_eq!((first["items"].as_array().unwrap().len(), &second["next"]), (2, &Json::Null));
    assert_eq!(second["items"][0]["upn"], json!("u3@larkfield.example"));
}

#[test]
fn the_password_on_file_is_told_from_every_other() {
    let readmit = Installation::new();
    readmit.run_with(&["user", "create", ADA, "--password-stdin"], "first horse battery\n").done();
    let verify = |typed: &str| readmit.run_with(&["user", "verify-password", ADA], typed).code;
    assert_eq!((verify("first horse battery\n"), verify("first horse battery"), verify("second\n")), (0, 0, 1));
    assert_eq!(readmit.show(ADA)["password"]["version"], json!(1));
    readmit.run_with(&["user", "set", ADA, "--password-stdin"], "second horse battery\r\n").done();
    assert_eq!((verify("second horse battery"), verify("first horse battery")), (0, 1));
    assert_eq!(readmit.show(ADA)["password"]["version"], json!(2));
    readmit.run_with(&["user", "set", ADA, "--password-stdin"], "").refused(4, "password");
    readmit.run_with(&["user", "set", ADA, "--password-stdin"], "a\u{202E}b").refused(4, "password");
    assert_eq!(readmit.run_with(&["user", "verify-password", "bob@larkfield.example"], "x").code, 3);
    readmit.run(&["user", "create", "bob@larkfield.example"]).done();
    assert_eq!(readmit.run_with(&["user", "verify-password", "bob@larkfield.example"], "x").code, 1);
    let far = ["user", "create", "c@larkfield.example", "--authority", "on_premises", "--password-stdin"];
    readmit.run_with(&far, "third horse battery").refused(4, "password");
    assert_eq!(readmit.run(&["user", "show", "c@larkfield.example"]).code, 3);
}

#[test]
fn methods_are_registered_listed_and_removed() {
    let readmit = Installation::with_ada();
    let method = |action: &str, rest: &[&str], input: &str| {
        readmit.run_with(&[&["user", "method", action, ADA], rest].concat(), input)
    };
    method("add", &["sms", "--value", "030 123"], "").refused(4, "value");
    method("add", &["email", "--value", "a@b@c"], "").refused(4, "value");
    method("add", &["email"], "").refused(4, "value");
    method("add", &["fax", "--value", "1"], "").refused(4, "method");
    method("add", &["app_code", "--value", "JBSWY3DPEHPK3PXP"], "").refused(4, "value");
    method("add", &["app_code", "--secret-stdin"], "nonsense!").refused(4, "secret");
    method("add", &["questions", "--secret-stdin"], "1=Paris\n1=Rome\n2=Oslo\n").refused(4, "secret");
    method("add", &["app_code", "--secret-stdin"], "jbsw y3dp ehpk 3pxp\n").done();
    method("add", &["sms", "--value", "+44 7700900123"], "").done();
    method("add", &["questions", "--secret-stdin"], "1=Paris\n2=Oslo\n29=Biscuit\n").done();
    method("add", &["sms", "--value", "+44 7700900124"], "").refused(4, "method");
    let items = method("list", &[], "").done().json()["items"].clone();
    let seen: Vec<_> =
        items.as_array().unwrap().iter().map(|item| (item["method"].as_str(), item["source"].as_str())).collect();
    assert_eq!(seen.len(), 4);
    assert!(seen.contains(&(Some("email"), Some("otherMails"))) && seen.contains(&(Some("sms"), Some("registered"))));
    assert!(!items.to_string().contains("7700900123") && !items.to_string().contains("JBSWY"), "{items}");
    method("remove", &["sms"], "").done();
    assert_eq!(method("remove", &["email"], "").code, 3);
    assert_eq!(method("list", &[], "").done().json()["items"].as_array().unwrap().len(), 3);
}

#[test]
fn nobody_is_blocked_at_first_and_a_lifted_block_says_why() {
    let readmit = Installation::with_ada();
    assert_eq!(readmit.run(&["user", "blocks", ADA]).done().json(), json!({ "items": [], "next": null }));
    let lifted = readmit.run(&["user", "unblock", ADA, "--reason", "called the desk"]).done().json();
    assert_eq!(lifted["cleared"], json!(0));
}

#[test]
fn groups_nest_and_licences_reach_direct_members() {
    let readmit = Installation::with_ada();
    readmit.run(&["group", "create", "Staff"]).done();
    readmit.run(&["group", "create", "Everybody"]).done();
    readmit.run(&["group", "create", "staff"]).refused(4, "name");
    readmit.run(&["group", "add", "Everybody", "Staff"]).done();
    let staff = readmit.run(&["group", "add", "STAFF", ADA]).done().json();
    assert_eq!((&staff["name"], &staff["accounts"]), (&json!("Staff"), &json!([ADA])));
    assert_eq!(readmit.run(&["group", "show", "Everybody"]).done().json()["groups"], json!(["Staff"]));
    readmit.run(&["group", "add", "Staff", "Staff"]).refused(4, "member");
    assert_eq!(readmit.run(&["group", "add", "Nothing", ADA]).code, 3);
    assert_eq!(readmit.run(&["group", "add", "Staff", "bob@larkfield.example"]).code, 3);
    readmit.run(&["licence", "assign", "Staff", "gold"]).refused(4, "plan");
    readmit.run(&["licence", "assign", "Staff", "p1"]).done();
    readmit.run(&["licence", "assign", ADA, "free"]).done();
    let licences = readmit.show(ADA)["licences"].clone();
    assert_eq!(licences[0], json!({ "plan": "p1", "source": "group", "group": "Staff" }));
    assert_eq!(readmit.run(&["licence", "list"]).done().json()["items"].as_array().unwrap().len(), 2);
    readmit.run(&["licence", "remove", ADA, "free"]).done();
    assert_eq!(readmit.run(&["licence", "remove", ADA, "free"]).code, 3);
    readmit.run(&["group", "remove", "Staff", ADA]).done();
    assert_eq!(readmit.run(&["group", "remove", "Staff", ADA]).code, 3);
    assert_eq!(readmit.show(ADA)["groups"], json!([]));
}

#[test]
fn a_policy_is_set_tried_compared_reverted_and_cleared() {
    let readmit = Installation::new();
    readmit.run(&["group", "create", "Staff"]).done();
    let tried = readmit.run(&["policy", "set", "methods.required=1", "--dry-run"]).done().json();
    assert_eq!(tried["changes"], json!([{ "key": "methods.required", "old": 2, "new": 1 }]));
    assert_eq!(readmit.run(&["policy", "show"]).done().json()["version"], json!(1));
    let set = [
        "policy",
        "set",
        "methods.required=1",
        "sspr.enabled=selected",
        "sspr.include_groups=staff",
        "methods.allowed=email,sms",
    ];
    readmit.run(&set).done();
    let shown = readmit.run(&["policy", "show"]).done().json();
    assert_eq!((&shown["version"], &shown["preset"]), (&json!(2), &json!("recommended")));
    assert_eq!(shown["values"]["sspr.include_groups"], json!(["Staff"]));
    assert_eq!(shown["values"]["methods.allowed"], json!(["email", "sms"]));
    assert!(shown["saved_by"].as_str().unwrap().starts_with("cli:"));
    let again = readmit.run(&set).done().json();
    assert_eq!((&again["version"], &again["changes"]), (&json!(2), &json!([])));
    readmit.run(&["policy", "set", "methods.requird=1"]).refused(4, "methods.requird");
    readmit.run(&["policy", "set", "methods.required=3"]).refused(4, "methods.required");
    readmit.run(&["policy", "set", "methods.required=many"]).refused(4, "methods.required");
    readmit.run(&["policy", "set", "notify.users=false"]).refused(4, "notify.users");
    readmit.run(&["policy", "set", "methods.allowed=fax"]).refused(4, "methods.allowed");
    readmit.run(&["policy", "set", "sspr.include_groups=Nothing"]).refused(4, "sspr.include_groups");
    readmit.run(&["policy", "preset", "entra"]).done();
    readmit.run(&["policy", "preset", "lax"]).refused(4, "preset");
    let diff = readmit.run(&["policy", "diff", "1", "2"]).done().json();
    assert_eq!(diff["changes"].as_array().unwrap().len(), 4);
    readmit.run(&["policy", "revert", "2"]).done();
    assert_eq!(readmit.run(&["policy", "revert", "9"]).code, 3);
    let reverted = readmit.run(&["policy", "show"]).done().json();
    assert_eq!((&reverted["version"], &reverted["values"]), (&json!(4), &shown["values"]));
    readmit.run(&["policy", "clear"]).done();
    assert_eq!(readmit.run(&["policy", "show"]).done().json()["values"], Json::Null);
    let history = readmit.run(&["policy", "history", "--limit", "2"]).done().json();
    assert_eq!((&history["items"][0]["version"], &history["next"]), (&json!(5), &json!("4")));
}

#[test]
fn an_import_makes_and_changes_accounts_and_tells_of_every_row_that_failed() {
    let readmit = Installation::with_ada();
    let csv = "upn;display_name;other_mails;enabled\n\
        ada@larkfield.example;;ada@new.example|b@new.example;\n\
        bob@larkfield.example;Bob;;false\n\
        nonsense;X;;\n\
        carl@elsewhere.example;Carl;;\n\
        dora@larkfield.example;Dora;;maybe\n";
    let file = readmit.file("people.csv", csv);
    let trial = readmit.run(&["user", "import", &file, "--dry-run"]);
    assert_eq!((trial.code, &trial.json()["created"]), (4, &json!(1)));
    assert_eq!(readmit.run(&["user", "show", "bob@larkfield.example"]).code, 3);
    let imported = readmit.run(&["user", "import", &file]);
    let report = imported.json();
    assert_eq!(imported.code, 4);
    assert_eq!((&report["created"], &report["updated"], &report["failed"]), (&json!(1), &json!(1), &json!(3)));
    let errors: Vec<_> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["row"].as_u64(), error["field"].as_str()))
        .collect();
    assert_eq!(errors, [(Some(4), Some("upn")), (Some(5), Some("upn")), (Some(6), Some("enabled"))]);
    assert_eq!(readmit.show(ADA)["other_mails"], json!(["ada@new.example", "b@new.example"]));
    let bob = readmit.show("bob@larkfield.example");
    assert_eq!((&bob["display_name"], &bob["enabled"]), (&json!("Bob"), &json!(false)));
    readmit.run(&["user", "import", &readmit.file("bad.csv", "upn,shoe_size\n")]).refused(4, "shoe_size");
    readmit.run(&["user", "import", "missing.csv"]).refused(4, "file");
}

#[test]
fn one_bad_row_does_not_take_its_neighbours_along() {
    let readmit = Installation::new();
    let mut csv = "upn,proxy_addresses\n".to_owned();
    for n in 0..450 {
        let proxy = if n == 300 { "p7@larkfield.example".to_owned() } else { format!("p{n}@larkfield.example") };
        csv.push_str(&format!("u{n}@larkfield.example,{proxy}\n"));
    }
    let report = readmit.run(&["user", "import", &readmit.file("many.csv", &csv)]).json();
    assert_eq!((&report["created"], &report["failed"]), (&json!(449), &json!(1)));
    assert_eq!((&report["errors"][0]["row"], &report["errors"][0]["field"]), (&json!(302), &json!("proxy_addresses")));
    let again = readmit.run(&["user", "import", &readmit.file("many.csv", &csv)]).json();
    assert_eq!((&again["created"], &again["updated"], &again["failed"]), (&json!(0), &json!(449), &json!(1)));
}

#[test]
fn every_change_is_in_the_audit_and_no_secret_is() {
    let readmit = Installation::new();
    let create = ["user", "create", ADA, "--mobile-phone", "+1 4251234567", "--password-stdin"];
    readmit.run_with(&create, "first horse battery").done();
    readmit.run(&["user", "set", ADA, "--first-name", "Ada"]).done();
    readmit.run(&["group", "create", "Staff"]).done();
    readmit.run(&["group", "add", "Staff", ADA]).done();
    readmit.run(&["licence", "assign", ADA, "p1"]).done();
    readmit.run(&["user", "method", "add", ADA, "email", "--value", "ada@home.example"]).done();
    readmit.run(&["user", "method", "remove", ADA, "email"]).done();
    readmit.run(&["user", "unblock", ADA, "--reason", "called"]).done();
    readmit.run(&["policy", "preset", "strict"]).done();
    readmit.run(&["user", "delete", ADA]).done();
    let url = format!("sqlite:{}", readmit.0.path().join("readmit.db").display());
    let keys = Keys::load(&readmit.0.path().join("keys/master.key")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (items, verified) = runtime.block_on(async {
        let store = Store::open(&StoreConfig { url, password: None }).await.unwrap();
        let filter = readmit_store::AuditFilter::new(readmit_store::AuditScope::All);
        let page = store.read(async move |tx: &mut readmit_store::Tx| tx.audit_items(&filter, None, 100).await).await;
        let verified = store.verify_audit(&keys, None).await.unwrap();
        (page.map_err(|error: readmit_store::StoreError| error).unwrap().items, verified)
    });
    assert!(verified.finding.is_none());
    let mut activities: Vec<_> = items.iter().map(|item| item.activity.clone()).collect();
    activities.reverse();
    assert_eq!(
        activities,
        [
            "Set Company Information",
            "Reset password (by admin)",
            "Add user",
            "Update user",
            "Add group",
            "Add member to group",
            "Change user license",
            "Admin registered security info",
            "Admin deleted security info",
            "Lift self-service block",
            "Self-service password reset policy changes",
            "Delete user",
        ]
    );
    let text = serde_json::to_string(&items).unwrap();
    for secret in ["horse", "4251234567", "ada@home.example"] {
        assert!(!text.contains(secret), "{secret} is in the audit");
    }
}

#[test]
fn people_get_tables_and_no_json() {
    let readmit = Installation::with_ada();
    for arguments in
        [["tenant", "list"], ["tenant", "show"], ["user", "list"], ["policy", "show"], ["policy", "history"]]
    {
        let run = run(readmit.0.path(), &arguments, "");
        assert!(run.code == 0 && !run.out.trim().is_empty() && !run.out.starts_with('{'), "{arguments:?}: {}", run.out);
    }
    let shown = run(readmit.0.path(), &["user", "show", ADA], "");
    assert!(shown.out.contains(ADA) && shown.out.contains("ada@home.example"), "{}", shown.out);
    let refused = run(readmit.0.path(), &["user", "show", "bob@larkfield.example"], "");
    assert!(refused.code == 3 && refused.err.starts_with("error: ") && refused.out.is_empty());
}
