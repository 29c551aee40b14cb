//! A real SMTP server as a child process; see `servers/smtp_sink.py`.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::IsCa;
use rcgen::Issuer;
use rcgen::KeyPair;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::root;
use crate::skip;

/// A running sink; ends with the value.
pub struct SmtpSink {
    child: Child,
    ports: Value,
    folder: TempDir,
    http: reqwest::Client,
}

impl SmtpSink {
    /// Starts one; `None`, said aloud, where aiosmtpd is missing.
    pub fn start() -> Option<Self> {
        let python = python();
        let mut probe = Command::new(&python);
        let found = probe.args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            skip("smtp", &format!("{} has no aiosmtpd", python.display()));
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path(), &["127.0.0.1", "localhost"]);
        let mut child = Command::new(python)
            .arg(root().join("crates/readmit-tests/servers/smtp_sink.py"))
            .arg("--cert")
            .arg(folder.path().join("cert.pem"))
            .arg("--key")
            .arg(folder.path().join("key.pem"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        Some(Self {
            child,
            ports: serde_json::from_str(&line).unwrap(),
            folder,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        })
    }

    /// The section of the configuration that sends in the clear.
    #[must_use]
    pub fn section(&self) -> String {
        format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"Reset <reset@larkfield.example>\"",
            self.port("plain")
        )
    }

    /// The section that sends under STARTTLS, with a login whose password stands in this new file.
    #[must_use]
    pub fn starttls_section(&self, password: &Path) -> String {
        fs::write(password, "lab\n").unwrap();
        keep_private(password);
        format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"starttls\"\nfrom = \"reset@larkfield.example\"\n\
             username = \"sspr\"\npassword_file = \"{}\"\nca_file = \"{}\"",
            self.port("starttls"),
            password.display(),
            self.folder.path().join("ca.pem").display()
        )
    }

    /// All messages that arrived for this address, oldest first.
    pub async fn messages(&self, to: &str) -> Vec<Value> {
        let all = self.ask(reqwest::Method::GET).await;
        let all = all.as_array().unwrap().iter();
        let is_for = |message: &&Value| message["to"].as_array().unwrap().iter().any(|one| one == to);
        all.filter(is_for).cloned().collect()
    }

    /// The newest code that arrived for this address, if any.
    pub async fn code(&self, to: &str) -> Option<String> {
        let messages = self.messages(to).await;
        messages.iter().rev().find_map(|message| code_in(message["raw"].as_str()?))
    }

    /// The code for this address; waits for at most 10 s.
    pub async fn awaits_code(&self, to: &str) -> String {
        for _ in 0..500 {
            if let Some(code) = self.code(to).await {
                return code;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no code came for {to}");
    }

    /// Forgets everything.
    pub async fn forget(&self) {
        self.ask(reqwest::Method::DELETE).await;
    }

    async fn ask(&self, method: reqwest::Method) -> Value {
        let url = format!("http://127.0.0.1:{}/messages", self.port("http"));
        let answer = self.http.request(method, url).send().await.unwrap();
        answer.json().await.unwrap()
    }

    fn port(&self, name: &str) -> u64 {
        self.ports[name].as_u64().unwrap()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What `scripts/test` made, unless `READMIT_PYTHON` names another.
fn python() -> PathBuf {
    if let Some(python) = std::env::var_os("READMIT_PYTHON") {
        return PathBuf::from(python);
    }
    let own = root().join("target/python/bin/python");
    if own.exists() { own } else { PathBuf::from("python3") }
}

/// The first line of six or eight digits alone.
fn code_in(raw: &str) -> Option<String> {
    let lines = raw.lines().map(|line| line.trim().trim_end_matches('='));
    let mut lone = lines.filter(|line| line.chars().all(|sign| sign.is_ascii_digit()));
    lone.find(|line| line.len() == 6 || line.len() == 8).map(str::to_owned)
}

/// `ca.pem`, and `cert.pem` with `key.pem` that it signed for these names.
pub fn certificates(folder: &Path, names: &[&str]) {
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    write("ca.pem", authority.self_signed(&authority_key).unwrap().pem());
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    write("cert.pem", leaf.pem());
    write("key.pem", key.serialize_pem());
    keep_private(&folder.join("key.pem"));
}

fn keep_private(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}
