//! The real binary: making a folder, serving it, the demo, and what each refuses.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value as Json;

#[expect(clippy::disallowed_methods, reason = "the test is about the program")]
fn command(program: &str) -> Command {
    Command::new(program)
}

fn readmit(arguments: &[&str]) -> Command {
    let mut command = command(env!("CARGO_BIN_EXE_readmit"));
    command.args(arguments).env_remove("READMIT_CONFIG").env_remove("READMIT_LOG");
    command
}

fn run(arguments: &[&str]) -> Output {
    readmit(arguments).stdin(Stdio::null()).output().unwrap()
}

fn exit(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server with its first line; ended with the test.
struct Running {
    child: Child,
    first: Json,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = readmit(arguments).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        // The rest is for people; somebody has to read it.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        let first = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Self { child, first }
    }

    fn url(&self) -> &str {
        self.first["url"].as_str().unwrap()
    }

    /// Status and body of a GET.
    fn get(&self, path: &str) -> (u16, String) {
        let answer = self.ask(path, self.authority());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn authority(&self) -> &str {
        self.url().strip_prefix("http://").unwrap()
    }

    /// The whole answer to a GET with this Host.
    fn ask(&self, path: &str, host: &str) -> String {
        let mut stream = TcpStream::connect(self.authority()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// SIGTERM; the exit code.
    fn terminate(mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(command("kill").args(["-TERM", &id]).status().unwrap().success());
        let since = Instant::now();
        let ended = self.child.wait().unwrap().code().unwrap();
        assert!(since.elapsed() < Duration::from_secs(9), "{:?}", since.elapsed());
        ended
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A folder made by `init`, with its configuration file.
fn made(folder: &Path, more: &[&str]) -> String {
    let dir = folder.join("site");
    let mut arguments =
        vec!["init", "--dir", dir.to_str().unwrap(), "--tenant", "Larkfield", "--domain", "larkfield.example"];
    arguments.extend(more);
    let output = run(&arguments);
    assert_eq!(exit(&output), 0, "{}", error(&output));
    dir.join("readmit.toml").to_str().unwrap().to_owned()
}

#[test]
fn what_init_makes_serve_serves() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://127.0.0.1:{}", free_port());
    let config = made(folder.path(), &["--public-url", &url]);
    let mode = |name: &str| fs::metadata(folder.path().join("site").join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("keys/master.key"), 0o400);
    assert_eq!(mode("keys"), 0o700);
    assert_eq!(exit(&run(&["--config", &config, "serve", "--check-config"])), 0);
    let server = Running::start(&["--config", &config, "serve"]);
    assert_eq!((server.first["event"].as_str(), server.url()), (Some("listening"), url.as_str()));
    assert_eq!(server.get("/healthz").0, 200);
    let (status, body) = server.get("/readyz");
    assert_eq!(status, 200, "{body}");
    let ready: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(ready["ready"], true);
    assert_eq!(server.terminate(), 0);
    let checkpoints = fs::read_to_string(folder.path().join("site/audit-checkpoints.jsonl")).unwrap();
    assert!(checkpoints.lines().count() >= 2, "one at the start, one at the stop");
}

#[test]
fn init_never_touches_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let config = made(folder.path(), &[]);
    let before = (fs::read(&config).unwrap(), fs::read(folder.path().join("site/keys/master.key")).unwrap());
    let dir = folder.path().join("site");
    let again = ["--json", "init", "--dir", dir.to_str().unwrap(), "--tenant", "Other", "--domain", "other.example"];
    let output = run(&again);
    assert_eq!(exit(&output), 4);
    let said: Json = serde_json::from_str(&error(&output)).unwrap();
    assert_eq!(said["error"]["kind"], "exists");
    let after = (fs::read(&config).unwrap(), fs::read(folder.path().join("site/keys/master.key")).unwrap());
    assert!(before == after);
}

#[test]
fn an_init_that_fails_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (name, more, code) in [
        ("a", vec!["--domain", "not a domain"], 4),
        ("b", vec!["--domain", "b.example", "--preset", "lax"], 4),
        ("c", vec!["--domain", "c.example", "--public-url", "http://reset.example.org"], 4),
        ("d", vec!["--domain", "d.example", "--database", "mysql://x"], 5),
        ("e", vec!["--domain", "e.example", "--database", "postgres://nobody@127.0.0.1:9/none"], 6),
    ] {
        let dir = folder.path().join(name);
        let mut arguments = vec!["init", "--dir", dir.to_str().unwrap(), "--tenant", "T"];
        arguments.extend(more);
        let output = run(&arguments);
        assert_eq!(exit(&output), code, "{name}: {}", error(&output));
        assert!(!dir.exists(), "{name}");
    }
    let dir = folder.path().join("f");
    assert_eq!(exit(&run(&["init", "--dir", dir.to_str().unwrap(), "--tenant", "T"])), 2, "no domain");
    assert_eq!(exit(&run(&["init", "--dir", dir.to_str().unwrap(), "--domain", "f.example"])), 2, "no tenant");
}

#[test]
fn a_bad_configuration_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = made(folder.path(), &[]);
    let good = fs::read_to_string(&config).unwrap();
    for (text, expected) in [
        (good.replace("[server]", "[server]\noutbox = \"memory\""), "server.outbox"),
        (good.replace("127.0.0.1:8080\"\n", "127.0.0.1\"\n"), "server.bind"),
        (format!("{good}\n[sms]\nurl = \"http://gateway.example\"\n"), "sms.url"),
        (good.replace("keys/master.key", "keys/none.key"), "keys.master_key_file"),
        (good.replace("bind = \"127.0.0.1:8080\"", "bind = \"0.0.0.0:8080\""), "in the clear"),
    ] {
        fs::write(&config, text).unwrap();
        for arguments in [vec!["--config", &config, "serve", "--check-config"], vec!["--config", &config, "serve"]] {
            let output = run(&arguments);
            assert_eq!(exit(&output), 5, "{}", error(&output));
            assert!(error(&output).contains(expected), "{expected}: {}", error(&output));
            let has_line = error(&output).contains("readmit.toml:");
            assert!(has_line || expected == "in the clear", "{}", error(&output));
        }
    }
    assert_eq!(exit(&run(&["--config", "/nonexistent/readmit.toml", "serve"])), 5);
}

#[test]
fn an_empty_database_is_migrated_first() {
    let folder = tempfile::tempdir().unwrap();
    let config = made(folder.path(), &[]);
    for end in ["", "-wal", "-shm"] {
        drop(fs::remove_file(folder.path().join(format!("site/readmit.db{end}"))));
    }
    let output = run(&["--config", &config, "serve"]);
    assert_eq!(exit(&output), 5);
    assert!(error(&output).contains("readmit migrate"), "{}", error(&output));
    let output = run(&["--config", &config, "--json", "migrate"]);
    let said: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((said["before"].as_i64(), said["schema"].as_i64()), (Some(0), Some(1)));
    let output = run(&["--config", &config, "--json", "migrate"]);
    let said: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["before"], said["schema"]);
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let config = made(folder.path(), &[]);
    let examine = || {
        let output = run(&["--config", &config, "--json", "doctor"]);
        let said: Json = serde_json::from_slice(&output.stdout).unwrap();
        let checks = said["checks"].as_array().unwrap().clone();
        let bad: Vec<String> = checks
            .iter()
            .inspect(|check| assert!(check["detail"].is_string() && check["fix"].is_null() == (check["ok"] == true)))
            .filter(|check| check["ok"] == false)
            .map(|check| check["id"].as_str().unwrap().to_owned())
            .collect();
        (exit(&output), bad)
    };
    assert_eq!(examine(), (1, vec!["mail".to_owned()]), "no mail is configured yet");
    let good = fs::read_to_string(&config).unwrap();
    let relay = relay();
    let with_mail =
        format!("{good}\n[mail]\nhost = \"127.0.0.1\"\nport = {relay}\nsecurity = \"none\"\nfrom = \"a@b.example\"\n");
    fs::write(&config, &with_mail).unwrap();
    assert_eq!(examine(), (0, vec![]));
    fs::write(&config, with_mail.replace(&format!("port = {relay}"), "port = 9")).unwrap();
    assert_eq!(examine(), (1, vec!["mail".to_owned()]));
    fs::write(&config, with_mail.replace("security = \"none\"", "security = \"starttls\"")).unwrap();
    assert_eq!(examine(), (1, vec!["mail".to_owned()]), "a relay that offers no STARTTLS");
    fs::write(&config, "public_urls = [").unwrap();
    assert_eq!(examine(), (1, vec!["configuration".to_owned()]));
    fs::write(&config, &with_mail).unwrap();
    let key = folder.path().join("site/keys/master.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, [9; 32]).unwrap();
    assert_eq!(examine(), (1, vec!["database".to_owned()]), "the key of another database");
}

/// A relay that greets and takes EHLO, without STARTTLS; its port.
fn relay() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.write_all(b"220 relay.example ESMTP\r\n").unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while let Some(Ok(_)) = lines.next() {
                if stream.write_all(b"250 relay.example\r\n").is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[test]
fn the_demo_tells_programs_everything_in_its_first_line() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let demo = Running::start(&["demo", "--port", "0", "--dir", dir.to_str().unwrap()]);
    let first = &demo.first;
    assert_eq!(first["event"], "listening");
    assert_eq!(first["outbox_url"], format!("{}/demo/outbox", demo.url()));
    assert!(Path::new(first["config"].as_str().unwrap()).is_file());
    assert!(Path::new(first["database"].as_str().unwrap()).is_file());
    let accounts = first["accounts"].as_array().unwrap();
    for account in accounts {
        for key in ["upn", "tenant", "password", "expect", "code", "cause", "methods"] {
            assert!(account.get(key).is_some(), "{key}: {account}");
        }
        assert_eq!(account["expect"] == "reset", account["cause"].is_null(), "{account}");
    }
    let mut codes: Vec<u64> = accounts.iter().filter_map(|account| account["code"].as_u64()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [9, 10, 11, 12, 13, 14, 14, 14, 30, 101]);
    assert_eq!(demo.get("/healthz").0, 200);
    assert_eq!(demo.get("/readyz").0, 200);
    assert_eq!(demo.get("/demo/outbox.json"), (200, r#"{"items":[],"next":null}"#.to_owned()));
    let (status, page) = demo.get("/demo/outbox");
    assert!(status == 200 && page.contains("<h1>"));
    assert_eq!(demo.terminate(), 0);
    assert!(dir.is_dir(), "a named folder stays");
}

#[test]
fn the_edge_is_around_everything_but_the_health_of_the_server() {
    let demo = Running::start(&["demo", "--port", "0"]);
    for path in ["/reset", "/demo/outbox.json", "/nothing-here"] {
        let answer = demo.ask(path, "evil.example");
        assert!(answer.starts_with("HTTP/1.1 421 "), "{path}: {answer}");
        let answer = demo.ask(path, demo.authority()).to_lowercase();
        assert!(
            answer.contains("\r\nsupport-code: ") && answer.contains("content-security-policy: "),
            "{path}: {answer}"
        );
    }
    assert!(demo.ask("/nothing-here", demo.authority()).starts_with("HTTP/1.1 404 "));
    for path in ["/healthz", "/readyz"] {
        let answer = demo.ask(path, "10.0.0.1");
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.to_lowercase().contains("\r\nsupport-code: "),
            "{answer}"
        );
    }
}

#[test]
fn serve_refuses_the_demos_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let demo = Running::start(&["demo", "--port", "0", "--dir", dir.to_str().unwrap()]);
    let config = demo.first["config"].as_str().unwrap().to_owned();
    demo.terminate();
    let output = run(&["--config", &config, "serve"]);
    assert_eq!(exit(&output), 5);
    assert!(error(&output).contains("readmit demo"), "{}", error(&output));
    // Nor does it help to name the database from elsewhere.
    let elsewhere = folder.path().join("readmit.toml");
    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace("sqlite:readmit.db", "sqlite:demo/readmit.db").replace("keys/", "demo/keys/");
    fs::write(&elsewhere, text).unwrap();
    assert_eq!(exit(&run(&["--config", elsewhere.to_str().unwrap(), "serve"])), 5);
    // The demo itself takes its folder again, and begins anew.
    let again = Running::start(&["demo", "--port", "0", "--dir", dir.to_str().unwrap()]);
    assert_eq!(again.get("/readyz").0, 200);
}

#[test]
fn the_demo_takes_no_folder_that_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("readmit.db"), "precious").unwrap();
    let output = run(&["demo", "--port", "0", "--dir", folder.path().to_str().unwrap()]);
    assert_eq!(exit(&output), 4, "{}", error(&output));
    assert_eq!(fs::read_to_string(folder.path().join("readmit.db")).unwrap(), "precious");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_unnamed_demo_leaves_no_folder() {
    let demo = Running::start(&["demo", "--port", "0"]);
    let config = Path::new(demo.first["config"].as_str().unwrap()).to_owned();
    let folder = config.parent().unwrap();
    assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    demo.terminate();
    assert!(!folder.exists());
}

#[test]
fn a_taken_port_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(&["demo", "--port", &port]);
    assert_eq!(exit(&output), 6);
    assert!(error(&output).contains("--port"), "{}", error(&output));
}
