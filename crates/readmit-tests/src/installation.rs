//! A folder made by `readmit init`, with people in it, as an administrator makes them.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use serde_json::Value;
use tempfile::TempDir;

use crate::PostgresCluster;
use crate::Server;
use crate::Tables;
use crate::program;

/// The organization of every installation here.
pub const DOMAIN: &str = "larkfield.example";

/// One installation of Readmit; its folder goes with it.
pub struct Installation {
    folder: TempDir,
    ports: [u16; 2],
    url: String,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// The document on standard output; null if there was none.
    pub json: Value,
    /// Standard error.
    pub error: String,
}

impl Installation {
    /// On SQLite, or in this empty database; one gate is enough, and any address may be claimed by
    /// `X-Forwarded-For`, as behind a proxy on this machine.
    #[must_use]
    pub fn new(database: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("site/readmit.db");
        let url = database.map_or_else(|| format!("sqlite:{}", file.display()), str::to_owned);
        Self::of(folder, [free_port(), free_port()], url)
    }

    /// On SQLite in this file.
    #[must_use]
    pub fn in_file(file: &Path) -> Self {
        Self::new(Some(&format!("sqlite:{}", file.display())))
    }

    fn of(folder: TempDir, ports: [u16; 2], url: String) -> Self {
        let dir = folder.path().join("site");
        let made = program::readmit()
            .args(["--quiet", "--tenant", "Larkfield", "init", "--domain", DOMAIN])
            .args(["--public-url", &format!("http://127.0.0.1:{}", ports[0])])
            .args(["--database", &url, "--dir"])
            .arg(&dir)
            .output()
            .unwrap();
        let problem = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{problem}");
        let site = Self { folder, ports, url };
        let [one, two] = site.ports.map(|port| format!("\"http://127.0.0.1:{port}\""));
        site.edit(|text| text.replace(&one, &format!("{one}, {two}")));
        site.edit(|text| text.replace("[server]\n", "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n"));
        site.does(&["policy", "set", "methods.required=1"]);
        site
    }

    /// The configuration file.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("site/readmit.toml")
    }

    /// A file beside the configuration.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.config().with_file_name(name)
    }

    /// The address of its server.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[0])
    }

    /// The address of its second server.
    #[must_use]
    pub fn second_origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[1])
    }

    /// Its database, seen from outside.
    #[must_use]
    pub fn tables(&self) -> Tables {
        Tables::of(&self.url)
    }

    /// The database's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Changes the text of the configuration.
    pub fn edit(&self, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.config()).unwrap();
        fs::write(self.config(), change(text)).unwrap();
    }

    /// Adds a section to the configuration.
    pub fn add(&self, section: &str) {
        self.edit(|text| format!("{text}\n{section}\n"));
    }

    /// Starts its server.
    #[must_use]
    pub fn serve(&self) -> Server {
        Server::start(&self.config())
    }

    /// Starts its second server, whose configuration stands in a folder of its own.
    #[must_use]
    pub fn serve_second(&self) -> Server {
        let folder = self.folder.path().join("second");
        fs::create_dir_all(&folder).unwrap();
        let keys = self.file("keys");
        let [one, two] = self.ports.map(|port| format!("bind = \"127.0.0.1:{port}\""));
        let text = fs::read_to_string(self.config()).unwrap().replace(&one, &two);
        let text = text.replace("\"keys/", &format!("\"{}/", keys.display()));
        fs::write(folder.join("readmit.toml"), text).unwrap();
        Server::start(&folder.join("readmit.toml"))
    }

    /// Runs a command with `--json`.
    #[must_use]
    pub fn asks(&self, arguments: &[&str]) -> Said {
        self.asks_with(arguments, "")
    }

    /// Runs a command with `--json` and this on its standard input.
    #[must_use]
    pub fn asks_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = program::readmit();
        command.arg("--json").arg("--config").arg(self.config()).args(arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A command that does not read its input may be gone already.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code().unwrap(),
            json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command that must succeed.
    pub fn does(&self, arguments: &[&str]) -> Value {
        self.does_with(arguments, "")
    }

    /// Runs a command that must succeed, with this on its standard input.
    pub fn does_with(&self, arguments: &[&str], input: &str) -> Value {
        let said = self.asks_with(arguments, input);
        assert_eq!(said.code, 0, "readmit {arguments:?}: {}", said.error);
        said.json
    }

    /// Makes an account with a password; its user ID.
    pub fn has(&self, name: &str, password: &str, fields: &[&str]) -> String {
        let upn = format!("{name}@{DOMAIN}");
        let mut arguments = vec!["user", "create", &upn, "--password-stdin"];
        arguments.extend(fields);
        self.does_with(&arguments, password);
        upn
    }

    /// Whether this is the account's password, as the command line says.
    #[must_use]
    pub fn accepts(&self, upn: &str, password: &str) -> bool {
        let said = self.asks_with(&["user", "verify-password", upn], password);
        assert!(said.code <= 1, "{}", said.error);
        said.code == 0
    }

    /// All items of a list, page by page.
    #[must_use]
    pub fn list(&self, arguments: &[&str]) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut arguments = arguments.to_vec();
            arguments.extend(["--limit", "1000"]);
            if let Some(cursor) = &cursor {
                arguments.extend(["--cursor", cursor]);
            }
            let page = self.does(&arguments);
            items.extend(page["items"].as_array().unwrap().clone());
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return items;
            }
        }
    }

    /// A copy of an installation that nobody works with; its database is copied too.
    #[must_use]
    pub fn copy(&self, cluster: Option<&PostgresCluster>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("site");
        copy(self.config().parent().unwrap(), &to);
        let url = match cluster {
            Some(cluster) => cluster.copy(&self.url),
            None => format!("sqlite:{}", to.join("readmit.db").display()),
        };
        let site = Self { folder, ports: self.ports, url: url.clone() };
        site.edit(|text| text.replace(&self.url, &url));
        site
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A port that nobody listens on, below those that the system gives to outgoing connections: nobody takes it while a
/// server is restarted.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 12_000 + (std::process::id().wrapping_mul(17) + next) % 20_000;
        let port = u16::try_from(port).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
