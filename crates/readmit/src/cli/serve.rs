//! `readmit serve`.

use readmit_server::config::Config;
use readmit_server::http::layers;
use readmit_server::http::listen::ListenFault;
use readmit_server::http::listen::Listener;
use readmit_server::http::listen::ListenerConfig;
use readmit_server::start;
use readmit_server::start::Extras;
use readmit_server::start::Server;
use readmit_server::start::Signals;
use readmit_server::start::StartFault;
use readmit_store::Keys;
use serde_json::json;
use tracing_subscriber::EnvFilter;

use super::Answer;
use super::Global;
use super::context::config_file;
use super::failure::Failure;
use super::failure::Kind;
use super::output::print;

/// Which log lines are written, such as `info` or `readmit_server=debug`.
const LOG: &str = "READMIT_LOG";

#[derive(clap::Args)]
pub(super) struct Serve {
    /// Read the configuration and the files it names, say what is wrong, and stop.
    #[arg(long)]
    check_config: bool,
}

impl Serve {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let config = Config::load(&config_file(global)?)?;
        start::refuse_demo(&config)?;
        let extras = Extras::of(&config).map_err(StartFault::from)?;
        if self.check_config {
            check(&config).await?;
            let document = json!({ "config": config.file, "ok": true });
            global.output().document(&document, || format!("{} is in order.", config.file.display()))?;
            return Ok(Answer::Yes);
        }
        log("info");
        let app = Box::pin(start::build(&config, extras)).await?;
        let listener = Listener::bind(config.server.listener()).await.map_err(StartFault::from)?;
        let signals = Signals::listen()?;
        let url = config.public_urls.first().map(|origin| origin.url("")).unwrap_or_default();
        let address = listener.address().to_string();
        let server = Server::new(&config, app, listener);
        print(&json!({ "event": "listening", "url": url, "address": address }).to_string())?;
        server.run(signals.wait()).await;
        Ok(Answer::Yes)
    }
}

/// What can be known of the configuration without the database: the key and the certificate fit, and passwords never
/// cross a network in the clear.
async fn check(config: &Config) -> Result<(), Failure> {
    Keys::load(&config.keys.master_key_file)?;
    let listener = config.server.listener();
    let anywhere = ListenerConfig { bind: (listener.bind.ip(), 0).into(), ..listener };
    match Listener::bind(anywhere).await {
        // The address may belong to another machine than the one that checks.
        Ok(_) | Err(ListenFault::Bind { .. }) => Ok(()),
        Err(ListenFault::Cleartext { .. }) => {
            Err(StartFault::from(ListenFault::Cleartext { bind: config.server.bind }).into())
        }
        Err(fault) => Err(StartFault::from(fault).into()),
    }
}

/// Logs as JSON on standard error; a panic never logs its message, which may hold what somebody typed.
pub(super) fn log(usual: &str) {
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new(usual));
    let begun = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_env_filter(filter).try_init();
    if begun.is_err() {
        // Somebody logs already: a test in this process.
        return;
    }
    layers::log_panics_without_their_message();
}

impl From<StartFault> for Failure {
    fn from(fault: StartFault) -> Self {
        if fault.is_configuration() {
            return match fault {
                StartFault::Unmigrated { .. } => Self::configuration(fault.to_string()).hint("run `readmit migrate`"),
                StartFault::Key(error) => error.into(),
                _ => Self::configuration(fault.to_string()),
            };
        }
        match fault {
            StartFault::Store(error) => error.into(),
            StartFault::Key(error) => error.into(),
            StartFault::Listen(_) => Self { kind: Kind::Unavailable, ..Self::fault(fault.to_string()) }
                .hint("is another server running there?"),
            StartFault::DemoFolder(_)
            | StartFault::Driver(_)
            | StartFault::Unmigrated { .. }
            | StartFault::Signals(_)
            | StartFault::Fault(_) => Self::fault(fault.to_string()),
        }
    }
}
