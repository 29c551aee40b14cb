//! The SMTP server as a child process, with certificates of its own.

use std::io::BufRead;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use rcgen::CertificateParams;
use rcgen::Issuer;
use rcgen::KeyPair;
use serde_json::Value;
use tempfile::TempDir;

/// A running sink; ends with the value.
pub(crate) struct Sink {
    child: Child,
    ports: Value,
    folder: TempDir,
}

impl Sink {
    /// Starts one whose certificate carries these names; `None`, said aloud, where aiosmtpd is missing.
    pub(crate) fn start(names: &[&str], options: &[&str]) -> Option<Self> {
        let python = std::env::var("READMIT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let found = Command::new(&python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            let required = std::env::var("READMIT_REQUIRE").unwrap_or_default();
            assert!(!required.split(',').any(|word| word == "smtp"), "READMIT_REQUIRE: {python} has no aiosmtpd");
            eprintln!("SKIPPED: {python} has no aiosmtpd, so nothing was sent to a real SMTP server");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        certificates(&folder, names);
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../readmit-tests/servers/smtp_sink.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg("--cert")
            .arg(folder.path().join("cert.pem"))
            .arg("--key")
            .arg(folder.path().join("key.pem"))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { child, ports: serde_json::from_str(&line).unwrap(), folder })
    }

    pub(crate) fn port(&self, name: &str) -> u16 {
        u16::try_from(self.ports[name].as_u64().unwrap()).unwrap()
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// All mails that arrived, oldest first.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        self.ask("messages").await.as_array().unwrap().clone()
    }

    /// How many EHLO and MAIL came, and which logins were tried.
    pub(crate) async fn seen(&self) -> Value {
        self.ask("seen").await
    }

    async fn ask(&self, what: &str) -> Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://127.0.0.1:{}/{what}", self.port("http"));
        client.get(url).send().await.unwrap().json().await.unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn certificates(folder: &TempDir, names: &[&str]) {
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate().unwrap();
    write("ca.pem", root.self_signed(&root_key).unwrap().pem());
    let issuer = Issuer::new(root, root_key);
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    write("cert.pem", leaf.pem());
    write("key.pem", key.serialize_pem());
}
