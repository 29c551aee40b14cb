//! The configuration file: one strict TOML, read once at the start. `readmit.example.toml` documents
//! every key. Secrets stand in files of their own, and no key names an outbox.

mod checks;
mod file;
mod gateway;
mod place;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use zeroize::Zeroizing;

use crate::http::client_address::AddressRange;
use crate::http::listen::Limits;
use crate::http::listen::ListenerConfig;
use crate::http::listen::TlsFiles;
use crate::http::origin::PublicOrigin;

/// All of the file, checked. Relative paths have become relative to the file's folder.
pub struct Config {
    /// The file it came from.
    pub file: PathBuf,
    /// At least one; the first is used in messages.
    pub public_urls: Vec<PublicOrigin>,
    /// `[server]`
    pub server: ServerConfig,
    /// `[store]`
    pub store: StoreConfig,
    /// `[keys]`
    pub keys: KeysConfig,
    /// `[mail]`: without it no mail leaves.
    pub mail: Option<MailConfig>,
    /// `[sms]`: without it no text message leaves.
    pub sms: Option<GatewayConfig>,
    /// `[voice]`: without it nobody is called.
    pub voice: Option<GatewayConfig>,
}

/// `[server]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerConfig {
    /// Where to listen.
    pub bind: SocketAddr,
    /// Both files or none.
    pub tls: Option<TlsFiles>,
    /// Who may say `X-Forwarded-For`.
    pub trusted_proxies: Vec<AddressRange>,
    /// How long requests in progress may take after SIGTERM.
    pub drain: Duration,
}

impl ServerConfig {
    /// The listener's configuration, with the limits of A-59.
    #[must_use]
    pub fn listener(&self) -> ListenerConfig {
        ListenerConfig {
            bind: self.bind,
            tls: self.tls.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            drain: self.drain,
            limits: Limits::default(),
        }
    }
}

/// `[store]`
pub enum StoreConfig {
    /// `sqlite:FILE`
    Sqlite {
        /// Made if it is missing.
        file: PathBuf,
    },
    /// `postgres://USER@HOST:PORT/DATABASE`
    Postgres {
        /// Without a password.
        url: String,
        /// From `password_file`.
        password: Option<FileSecret>,
    },
}

/// `[keys]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeysConfig {
    /// Exists, and only its owner may read it (H-03).
    pub master_key_file: PathBuf,
}

/// `[mail]`
pub struct MailConfig {
    /// Name or address of the relay; its certificate must be for it.
    pub host: String,
    /// 587 for STARTTLS, 465 for TLS, 25 for none, unless given.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// AUTH, if the relay wants it.
    pub login: Option<Login>,
    /// The sender's name and address.
    pub from: Mailbox,
    /// What we say in EHLO; else the machine's name.
    pub ehlo_name: Option<String>,
    /// Certificates to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
}

/// `security` of `[mail]`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// Clear text until STARTTLS, which is demanded.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Clear text; no password is sent then, except to this machine.
    None,
}

/// A name and its secret.
pub struct Login {
    /// `username`
    pub username: String,
    /// From `password_file` or `secret_file`.
    pub secret: FileSecret,
}

/// `[sms]` and `[voice]`: how to ask a gateway over HTTP.
pub struct GatewayConfig {
    /// `https`, or `http` on this machine.
    pub url: String,
    /// GET, POST or PUT.
    pub method: GatewayMethod,
    /// Beside what the driver adds itself.
    pub headers: BTreeMap<String, String>,
    /// With the fields `{{to}}`, `{{text}}`, `{{id}}`, `{{locale}}`.
    pub body: String,
    /// How we prove who we are.
    pub auth: GatewayAuth,
    /// Statuses that may mean success.
    pub success_status: Vec<u16>,
    /// What must be in the answer beside the status.
    pub success: Option<SuccessMark>,
    /// Where the gateway's own message id is (JSON pointer, RFC 6901).
    pub id_pointer: Option<String>,
}

/// `method` of a gateway.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum GatewayMethod {
    /// Everything is in the URL.
    Get,
    /// The usual one.
    Post,
    /// As POST.
    Put,
}

/// `auth` of a gateway, with its secret.
pub enum GatewayAuth {
    /// The network is trusted, or headers that are no secret suffice.
    None,
    /// RFC 7617.
    Basic(Login),
    /// RFC 6750.
    Bearer(FileSecret),
}

/// How success is recognized in a gateway's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SuccessMark {
    /// This JSON pointer finds something that is not null, false, empty or zero.
    Pointer(String),
    /// The answer contains this text.
    Text(String),
}

/// A secret from a file, without its last line end. It does not print, and is wiped when dropped.
pub struct FileSecret(Zeroizing<String>);

impl FileSecret {
    /// The secret itself, for the one call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Where the configuration is wrong, and what to do. Displays as `FILE:LINE: KEY: PROBLEM. FIX`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    /// As it was given.
    pub file: PathBuf,
    /// From 1; `None` if the file itself cannot be read.
    pub line: Option<usize>,
    /// With its table: `server.bind`; empty if no key is meant.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What to write or do instead.
    pub fix: String,
}

impl ConfigError {
    /// The message without the fix, for those who show it apart.
    #[must_use]
    pub fn place_and_problem(&self) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let key = if self.key.is_empty() { String::new() } else { format!(": {}", self.key) };
        format!("{}{line}{key}: {}", self.file.display(), self.problem)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {}", self.place_and_problem(), self.fix)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads and checks the file, the secrets it names, and who may read them.
    ///
    /// # Errors
    /// The first thing wrong, as a [`ConfigError`].
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            file: path.to_owned(),
            line: None,
            key: String::new(),
            problem: format!("cannot be read ({error})"),
            fix: "Name another file with --config, or make one with `readmit init`.".to_owned(),
        })?;
        checks::checked(&place::Place::new(path, &text))
    }
}

#[cfg(test)]
mod tests;
