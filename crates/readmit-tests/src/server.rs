//! `readmit serve` as a child process.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::program;

/// A server that listens; killed with the value.
pub struct Server {
    child: Child,
    origin: String,
    log: PathBuf,
}

impl Server {
    /// Starts a server and waits for its first line. What it logs goes to `serve.log` beside the configuration.
    pub fn start(config: &Path) -> Self {
        let log = config.with_file_name("serve.log");
        let out = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut child = program::readmit()
            .arg("--config")
            .arg(config)
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(out)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let said = || fs::read_to_string(&log).unwrap_or_default();
        let first: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("no first line: {line:?}\n{}", said()));
        assert_eq!(first["event"], "listening", "{first}");
        Self { child, origin: first["url"].as_str().unwrap().to_owned(), log }
    }

    /// The first public URL.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything that it logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// SIGKILL: no destructor runs, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM and does not wait.
    pub fn ask_to_end(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end: exit code, and how long it took.
    pub fn wait(mut self) -> (Option<i32>, Duration) {
        let since = Instant::now();
        let code = self.child.wait().unwrap().code();
        (code, since.elapsed())
    }

    /// SIGTERM, and the end as it must be.
    pub fn stop(self) {
        self.ask_to_end();
        let (code, took) = self.wait();
        assert_eq!(code, Some(0));
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killing what has ended is an error that means nothing.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
