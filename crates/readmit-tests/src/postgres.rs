//! A private PostgreSQL cluster of the test process.

use std::ffi::OsStr;
use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::Tables;
use crate::skip;

/// A cluster on a port of its own; stopped and removed with the value, and with the process however that ends.
pub struct PostgresCluster {
    port: u16,
    bin: PathBuf,
    keeper: Child,
    answers: BufReader<std::process::ChildStdout>,
    databases: AtomicU32,
}

/// The keeper obeys `stop` and `start`, a line each, and repeats the word when it has obeyed. It outlives signals that
/// end the test, to clean up.
const KEEP: &str = r#"
    trap '' INT TERM HUP
    template=$1 data=$2 bin=$3 port=$4
    begin() {
        "$bin/postgres" -D "$data" -p "$port" -k "$data" -c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off \
            -c max_connections=200 -c deadlock_timeout=50ms -c shared_buffers=16MB </dev/null >>"$data/log" 2>&1 &
        server=$!
    }
    cp -R "$template" "$data" && begin && while read -r word; do
        case $word in
            stop) kill -INT $server; wait $server ;;
            start) begin ;;
        esac
        echo "$word"
    done
    kill -QUIT $server; wait $server
    rm -rf "$data"
"#;

impl PostgresCluster {
    /// Starts one that answers; `None`, said aloud, where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let Some(bin) = installed() else {
            skip("pg", "no /usr/lib/postgresql/*/bin/initdb");
            return None;
        };
        let template = template(&bin);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("readmit-pg-{}-{port}", std::process::id()));
        let mut keeper = as_postgres("sh");
        keeper.args(["-c", KEEP, "sh"]).args([&template, &folder, &bin]).arg(port.to_string());
        let mut keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let answers = BufReader::new(keeper.stdout.take().unwrap());
        let cluster = Self { port, bin, keeper, answers, databases: AtomicU32::new(0) };
        cluster.wait_until_it_answers();
        Some(cluster)
    }

    /// The URL of a new empty database.
    pub fn fresh_database(&self) -> String {
        let name = self.new_name();
        self.tables("postgres").change(&format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// The URL of a copy of a database that nobody is connected to.
    pub fn copy(&self, url: &str) -> String {
        let (name, of) = (self.new_name(), url.rsplit('/').next().unwrap());
        self.tables("postgres").change(&format!("CREATE DATABASE {name} TEMPLATE {of}"));
        self.url(&name)
    }

    /// Ends the server as an administrator does; connections are cut.
    pub fn stop(&mut self) {
        self.say("stop");
    }

    /// Starts it again, on the same port with the same data.
    pub fn resume(&mut self) {
        self.say("start");
        self.wait_until_it_answers();
    }

    fn say(&mut self, word: &str) {
        writeln!(self.keeper.stdin.as_mut().unwrap(), "{word}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), word);
    }

    fn new_name(&self) -> String {
        format!("t3_{}", self.databases.fetch_add(1, Ordering::Relaxed))
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://readmit@127.0.0.1:{}/{name}", self.port)
    }

    fn tables(&self, name: &str) -> Tables {
        Tables::Postgres { psql: self.bin.join("psql"), url: self.url(name) }
    }

    fn wait_until_it_answers(&self) {
        for _ in 0..200 {
            if self.tables("postgres").answers() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL does not answer on port {}", self.port);
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        drop(self.keeper.wait());
    }
}

/// The folder of PostgreSQL's programs.
pub(crate) fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    bins.filter(|bin| bin.join("initdb").exists()).max()
}

/// `initdb` takes seconds, so its result is kept for all test processes; making it is atomic by the rename.
fn template(bin: &Path) -> PathBuf {
    let version = bin.parent().unwrap().file_name().unwrap();
    let version = version.to_string_lossy();
    let template = std::env::temp_dir().join(format!("readmit-pg-template-{version}"));
    if !template.exists() {
        let making = std::env::temp_dir().join(format!("readmit-pg-making-{}", std::process::id()));
        let mut initdb = as_postgres(bin.join("initdb"));
        initdb.args(["--auth=trust", "--username=readmit", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        let made = initdb.arg(&making).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        if fs::rename(&making, &template).is_err() {
            fs::remove_dir_all(&making).unwrap();
        }
    }
    template
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: impl AsRef<OsStr>) -> Command {
    let is_root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let mut command = if is_root { Command::new("setpriv") } else { Command::new(program.as_ref()) };
    if is_root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program.as_ref());
    }
    command.current_dir("/");
    command
}
