//! A fresh database of each engine for each test. PostgreSQL is a private cluster of the test process.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its database must stop")]
#![expect(clippy::print_stderr, reason = "what is not tested is said aloud")]
#![expect(clippy::disallowed_methods, reason = "starts PostgreSQL, and asks the environment if it must be there")]

use std::fmt;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use readmit_store::Engine;
use readmit_store::Store;
use readmit_store::StoreConfig;
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// One empty database, opened; no migration has run.
pub(crate) struct Bed {
    pub(crate) store: Store,
    pub(crate) url: String,
    _dir: Option<TempDir>,
}

impl fmt::Display for Bed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {}", self.store.engine(), self.url)
    }
}

/// SQLite, and PostgreSQL if it is installed.
pub(crate) async fn beds() -> Vec<Bed> {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("readmit.db").display());
    let mut beds = vec![Bed { store: open(&url).await, url, _dir: Some(dir) }];
    if let Some(cluster) = cluster() {
        let url = cluster.fresh_database().await;
        beds.push(Bed { store: open(&url).await, url, _dir: None });
    }
    for bed in &beds {
        assert_eq!(bed.store.engine() == Engine::Sqlite, bed.url.starts_with("sqlite:"), "{bed}");
    }
    beds
}

pub(crate) async fn open(url: &str) -> Store {
    Store::open(&StoreConfig { url: url.to_owned(), password: None }).await.unwrap()
}

struct Cluster {
    port: u16,
    /// The keeper's standard input: when this process ends, however it does, the keeper stops the server and
    /// removes its folder.
    _keeper: Child,
}

/// The cluster of this process, started by the first who asks.
fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(|| installed().map(|bin| Cluster::start(&bin)));
    if cluster.is_none() {
        let required = std::env::var("READMIT_REQUIRE").unwrap_or_default();
        assert!(!required.contains("pg"), "READMIT_REQUIRE asks for PostgreSQL, which is not installed");
        eprintln!("SKIPPED on PostgreSQL: no /usr/lib/postgresql/*/bin/initdb");
    }
    cluster.as_ref()
}

fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    bins.filter(|bin| bin.join("initdb").exists()).max()
}

impl Cluster {
    fn start(bin: &Path) -> Self {
        let template = template(bin);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("readmit-pg-{}-{port}", std::process::id()));
        const KEEP: &str = r#"
            cp -R "$1" "$2" && {
                "$3/postgres" -D "$2" -p "$4" -k "$2" -c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off \
                    -c max_connections=200 -c deadlock_timeout=50ms -c shared_buffers=16MB >"$2/log" 2>&1 & server=$!
                read -r _
                kill -QUIT $server; sleep 1; kill -KILL $server; wait
            }
            rm -rf "$2"
        "#;
        let mut keeper = as_postgres("sh");
        keeper.args(["-c", KEEP, "sh"]).args([&template, &folder]).arg(bin).arg(port.to_string());
        let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { port, _keeper: keeper }
    }

    async fn fresh_database(&self) -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("bed_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let address = format!("postgres://readmit@127.0.0.1:{}", self.port);
        let mut patience = 200;
        let (client, connection) = loop {
            match tokio_postgres::connect(&format!("{address}/postgres"), NoTls).await {
                Ok(connected) => break connected,
                Err(error) => assert!(patience > 0, "PostgreSQL does not start: {error}"),
            }
            patience -= 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let connection = tokio::spawn(connection);
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        format!("{address}/{name}")
    }
}

/// `initdb` takes seconds, so its result is kept for all test processes; making it is atomic by the rename.
fn template(bin: &Path) -> PathBuf {
    let version = bin.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
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
fn as_postgres(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    let mut command = if root { Command::new("setpriv") } else { Command::new(program.as_ref()) };
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program.as_ref());
    }
    command.current_dir("/");
    command
}
