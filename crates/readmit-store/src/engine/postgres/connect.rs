//! From an address to a pool of connections.

use std::path::PathBuf;
use std::time::Duration;

use deadpool_postgres::Hook;
use deadpool_postgres::HookError;
use deadpool_postgres::Manager;
use deadpool_postgres::ManagerConfig;
use deadpool_postgres::Pool;
use deadpool_postgres::PoolError;
use deadpool_postgres::RecyclingMethod;
use deadpool_postgres::Runtime;
use deadpool_postgres::TimeoutType;
use tokio_postgres::config::Config;
use tokio_postgres::config::Host;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::StoreConfig;
use super::super::TURN_BOUND;
use super::session;
use crate::StoreError;

const CONNECTIONS: usize = 16;

/// A parsed address.
pub(in super::super) struct Address {
    pub(super) pg: Config,
    /// The certificates that TLS trusts, instead of the operating system's.
    pub(in super::super) roots: Option<PathBuf>,
}

impl Address {
    pub(in super::super) fn asks_tls(&self) -> bool {
        self.pg.get_ssl_mode() != SslMode::Disable
    }
}

/// Takes out of the URL what tokio-postgres does not know: `sslrootcert`, and the modes that check certificates,
/// which here all modes with TLS do.
pub(super) fn address(config: &StoreConfig) -> Result<Address, StoreError> {
    let (scheme, _) = config.url.split_once("://").unwrap_or_default();
    if !matches!(scheme, "postgres" | "postgresql") {
        return Err(StoreError::Config("the address must start with sqlite: or postgres://".to_owned()));
    }
    let (base, query) = config.url.split_once('?').unwrap_or((&config.url, ""));
    let mut roots = None;
    let mut mode = None;
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslrootcert", file)) => roots = Some(PathBuf::from(file)),
            Some(("sslmode", "disable")) => mode = Some(SslMode::Disable),
            Some(("sslmode", "prefer")) => mode = Some(SslMode::Prefer),
            Some(("sslmode", "require" | "verify-ca" | "verify-full")) => mode = Some(SslMode::Require),
            Some(("sslmode", other)) => {
                return Err(StoreError::Config(format!("sslmode {other} is not known")));
            }
            _ => kept.push(pair),
        }
    }
    let url = if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) };
    let mut pg: Config = url.parse().map_err(|error| StoreError::Config(format!("the address: {error}")))?;
    let near = if is_near(&pg) { SslMode::Disable } else { SslMode::Require };
    pg.ssl_mode(mode.unwrap_or(near));
    if let Some(password) = &config.password {
        pg.password(password.as_bytes());
    }
    if pg.get_application_name().is_none() {
        pg.application_name("readmit");
    }
    pg.connect_timeout(TURN_BOUND);
    pg.tcp_user_timeout(Duration::from_secs(20));
    pg.keepalives_idle(Duration::from_secs(30));
    Ok(Address { pg, roots })
}

fn is_near(pg: &Config) -> bool {
    pg.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

pub(super) fn pool(address: &Address, tls: MakeRustlsConnect) -> Result<Pool, StoreError> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let settings = Hook::async_fn(|client, _| {
        Box::pin(async move { client.batch_execute(&session::settings()).await.map_err(HookError::Backend) })
    });
    Pool::builder(Manager::from_config(address.pg.clone(), tls, recycling))
        .max_size(CONNECTIONS)
        .wait_timeout(Some(TURN_BOUND))
        .create_timeout(Some(TURN_BOUND))
        .runtime(Runtime::Tokio1)
        .post_create(settings)
        .build()
        .map_err(|error| StoreError::Config(error.to_string()))
}

pub(super) fn pool_fault(error: &PoolError) -> StoreError {
    match error {
        PoolError::Timeout(TimeoutType::Wait) => StoreError::Busy,
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            match session::fault(error) {
                // No statement has run yet, so what is wrong is how the server is asked.
                StoreError::Bad(text) => StoreError::Config(text),
                other => other,
            }
        }
        PoolError::Timeout(_) | PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            StoreError::Gone
        }
    }
}
