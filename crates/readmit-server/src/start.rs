//! From a configuration to a running server, and back down again.

use crate::app::App;
use crate::app::EdgeKeys;
use crate::app::Parts;
use crate::app::SourceLimits;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::StoreConfig;
use crate::deliver::Drivers;
use crate::deliver::MemoryOutbox;
use crate::demo;
use crate::disk::Disk;
use crate::drivers::DriverFault;
use crate::drivers::drivers;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::hashing::Cost;
use crate::hashing::Hasher;
use crate::health;
use crate::http::listen::ListenFault;
use crate::http::listen::Listener;
use crate::http::router::router;
use crate::reset::landing::HostCache;
use crate::tasks::Tasks;
use axum::Router;
use readmit_store::FactsCache;
use readmit_store::KeyError;
use readmit_store::Keys;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Writer;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::Signal;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use zeroize::Zeroizing;

/// The schema that this program works with.
pub const SCHEMA: i64 = 1;
/// Marks a folder as a demo's own. `demo` uses no other folder that is not empty, and `serve` refuses this one.
pub const DEMO_MARK: &str = ".readmit-demo";
/// What background tasks may take at the end, however long the requests took.
const LEAST_DRAIN: Duration = Duration::from_secs(1);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The folder belongs to a demo, whose messages anybody on this machine can read.
    #[error("{} belongs to `readmit demo`: make a folder of its own with `readmit init`", .0.display())]
    DemoFolder(PathBuf),
    /// A driver cannot be made of its section.
    #[error(transparent)]
    Driver(#[from] DriverFault),
    /// The database lacks migrations, or does not exist.
    #[error("the database has schema {found}, this program needs {SCHEMA}: run `readmit migrate`")]
    Unmigrated {
        /// What it has; 0 if it is empty or missing.
        found: i64,
    },
    /// The key file, or its match with the database.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The socket.
    #[error(transparent)]
    Listen(#[from] ListenFault),
    /// Signals cannot be received.
    #[error("cannot receive signals: {0}")]
    Signals(io::Error),
    /// A bug or an outage.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl StartFault {
    /// Whether the configuration is to blame, rather than the world.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::DemoFolder(_) | Self::Driver(_) | Self::Unmigrated { .. } => true,
            Self::Key(KeyError::Store(error)) | Self::Store(error) => {
                matches!(error, StoreError::Config(_) | StoreError::Schema { .. } | StoreError::Edited { .. })
            }
            Self::Key(_) => true,
            Self::Listen(ListenFault::Bind { .. }) => false,
            Self::Listen(_) => true,
            Self::Signals(_) | Self::Fault(_) => false,
        }
    }
}

/// What is not in the configuration file.
pub struct Extras {
    /// How messages leave.
    pub drivers: Drivers,
    /// Journeys an hour from one source.
    pub source_limits: SourceLimits,
    /// The address that mails come from.
    pub mail_from: String,
}

impl Extras {
    /// The drivers of the configuration, and the usual limits.
    ///
    /// # Errors
    /// [`DriverFault`].
    pub fn of(config: &Config) -> Result<Self, DriverFault> {
        let mail_from = config.mail.as_ref().map(|mail| mail.from.email.to_string());
        Ok(Self {
            drivers: drivers(config)?,
            source_limits: SourceLimits::default(),
            mail_from: mail_from.unwrap_or_default(),
        })
    }
}

/// Opens the database as it stands; makes no SQLite file.
///
/// # Errors
/// [`StartFault::Unmigrated`] for a missing file; else what the store says, which refuses a newer schema.
pub async fn open(config: &Config) -> Result<Store, StartFault> {
    if let StoreConfig::Sqlite { file } = &config.store
        && !file.exists()
    {
        return Err(StartFault::Unmigrated { found: 0 });
    }
    Ok(Store::open(&store_config(&config.store)).await?)
}

/// How the store is told of the database.
#[must_use]
pub fn store_config(config: &StoreConfig) -> readmit_store::StoreConfig {
    match config {
        StoreConfig::Sqlite { file } => {
            readmit_store::StoreConfig { url: format!("sqlite:{}", file.display()), password: None }
        }
        StoreConfig::Postgres { url, password } => readmit_store::StoreConfig {
            url: url.clone(),
            password: password.as_ref().map(|password| Zeroizing::new(password.expose().to_owned())),
        },
    }
}

/// Makes everything long-lived: opens the database, refuses another schema or another key, builds the drivers.
///
/// # Errors
/// [`StartFault`]; nothing was changed.
pub async fn build(config: &Config, extras: Extras) -> Result<App, StartFault> {
    let keys = Keys::load(&config.keys.master_key_file)?;
    let store = open(config).await?;
    let found = store.schema_version().await?;
    if found != SCHEMA {
        return Err(StartFault::Unmigrated { found });
    }
    store.check_key(&keys).await?;
    Ok(Arc::new(assemble(config, extras, store, keys)))
}

/// Puts together what was opened and checked before; with the machine's clock and the full cost of hashes.
#[must_use]
pub fn assemble(config: &Config, extras: Extras, store: Store, keys: Keys) -> Parts {
    Parts {
        store,
        clock: Clock::System,
        entropy: Entropy::new(),
        hasher: Hasher::new(&keys, Cost::Standard),
        facts: FactsCache::default(),
        writer: Writer::new(writer_name(config.server.bind), &keys),
        drivers: extras.drivers,
        origins: config.public_urls.clone(),
        trusted_proxies: config.server.trusted_proxies.clone(),
        host: HostCache::default(),
        mail_from: extras.mail_from,
        source_limits: extras.source_limits,
        edge_keys: EdgeKeys::of(&keys),
        keys,
    }
}

/// Refuses a folder that `readmit demo` made.
///
/// # Errors
/// [`StartFault::DemoFolder`].
pub fn refuse_demo(config: &Config) -> Result<(), StartFault> {
    let database = match &config.store {
        StoreConfig::Sqlite { file } => file.parent(),
        StoreConfig::Postgres { .. } => None,
    };
    for folder in [config.file.parent(), database].into_iter().flatten() {
        if folder.join(DEMO_MARK).exists() {
            return Err(StartFault::DemoFolder(folder.to_owned()));
        }
    }
    Ok(())
}

/// Where the checkpoints of the audit are kept beside the database: with the configuration file.
#[must_use]
pub fn checkpoint_file(config: &Config) -> PathBuf {
    config.file.parent().unwrap_or(Path::new("")).join("audit-checkpoints.jsonl")
}

/// The name of this server's audit chain: the same after a restart, another for each replica.
fn writer_name(bind: SocketAddr) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    format!("server:{}:{}", if host.is_empty() { "localhost" } else { host }, bind.port())
}

/// The signals that end a server. Made before anybody is told that it listens.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on SIGTERM and SIGINT are ours.
    ///
    /// # Errors
    /// [`StartFault::Signals`].
    pub fn listen() -> Result<Self, StartFault> {
        let listen = |kind| signal(kind).map_err(StartFault::Signals);
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// Completes with the first of them.
    pub async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// A bound server that does not answer yet.
pub struct Server {
    app: App,
    listener: Listener,
    more: Router,
    disk: Option<Disk>,
    checkpoints: PathBuf,
    drain: Duration,
}

impl Server {
    /// All doors of this app on this socket.
    #[must_use]
    pub fn new(config: &Config, app: App, listener: Listener) -> Self {
        let disk = match &config.store {
            StoreConfig::Sqlite { file } => Some(Disk::of(file)),
            StoreConfig::Postgres { .. } => None,
        };
        Self {
            more: Router::new(),
            app,
            listener,
            disk,
            checkpoints: checkpoint_file(config),
            drain: config.server.drain,
        }
    }

    /// For `readmit demo` alone: shows what would have been sent, and reserves no room on the disk.
    #[must_use]
    pub fn with_outbox(mut self, outbox: MemoryOutbox) -> Self {
        self.more = demo::router(Arc::clone(&self.app), outbox);
        self.disk = None;
        self
    }

    /// Answers until `stop` completes; then lets requests and sends in progress end within the configured time,
    /// signs a last checkpoint and closes the database.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let Self { app, listener, more, disk, checkpoints, drain } = self;
        let inside = router(Arc::clone(&app), more);
        let routes = health::router(Arc::clone(&app), disk.clone()).fallback_service(inside);
        let tasks = match Tasks::start(&app, disk, checkpoints) {
            Ok(tasks) => tasks,
            Err(fault) => {
                tracing::error!(%fault, "the background tasks cannot start");
                return;
            }
        };
        let ending = std::sync::OnceLock::new();
        let stop = async {
            stop.await;
            ending.get_or_init(tokio::time::Instant::now);
        };
        listener.serve(routes, stop).await;
        let spent = ending.get().map_or(Duration::ZERO, tokio::time::Instant::elapsed);
        tasks.stop(drain.saturating_sub(spent).max(LEAST_DRAIN)).await;
        app.store.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn our_schema_is_what_the_migrations_make() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let store = Store::open(&readmit_store::StoreConfig { url, password: None }).await.unwrap();
        assert_eq!(store.schema_version().await, Ok(0));
        assert_eq!(store.migrate().await, Ok(SCHEMA));
    }
}
