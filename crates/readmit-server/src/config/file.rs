//! The file as it is written: which keys there are, and what is true when one is absent.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::GatewayMethod;
use super::MailSecurity;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) public_urls: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) server: Server,
    #[serde(default)]
    pub(super) store: Store,
    #[serde(default)]
    pub(super) keys: Keys,
    pub(super) mail: Option<Mail>,
    pub(super) sms: Option<Gateway>,
    pub(super) voice: Option<Gateway>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Server {
    pub(super) bind: Spanned<String>,
    pub(super) tls_cert_file: Option<Spanned<String>>,
    pub(super) tls_key_file: Option<Spanned<String>>,
    pub(super) trusted_proxies: Vec<Spanned<String>>,
    pub(super) drain_s: Spanned<u64>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: absent("127.0.0.1:8080".to_owned()),
            tls_cert_file: None,
            tls_key_file: None,
            trusted_proxies: Vec::new(),
            drain_s: absent(8),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Store {
    pub(super) url: Spanned<String>,
    pub(super) password_file: Option<Spanned<String>>,
}

impl Default for Store {
    fn default() -> Self {
        Self { url: absent("sqlite:readmit.db".to_owned()), password_file: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Keys {
    pub(super) master_key_file: Spanned<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { master_key_file: absent("keys/master.key".to_owned()) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    pub(super) host: Spanned<String>,
    pub(super) port: Option<Spanned<u16>>,
    #[serde(default = "starttls")]
    pub(super) security: MailSecurity,
    pub(super) username: Option<Spanned<String>>,
    pub(super) password_file: Option<Spanned<String>>,
    pub(super) from: Spanned<String>,
    pub(super) ehlo_name: Option<Spanned<String>>,
    pub(super) ca_file: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gateway {
    pub(super) url: Spanned<String>,
    #[serde(default = "post")]
    pub(super) method: GatewayMethod,
    #[serde(default = "json")]
    pub(super) headers: BTreeMap<String, Spanned<String>>,
    #[serde(default = "message")]
    pub(super) body: Spanned<String>,
    #[serde(default = "no_auth")]
    pub(super) auth: Spanned<Auth>,
    pub(super) username: Option<Spanned<String>>,
    pub(super) secret_file: Option<Spanned<String>>,
    #[serde(default = "usual_statuses")]
    pub(super) success_status: Spanned<Vec<u16>>,
    pub(super) success_pointer: Option<Spanned<String>>,
    pub(super) success_text: Option<Spanned<String>>,
    pub(super) id_pointer: Option<Spanned<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Auth {
    None,
    Basic,
    Bearer,
}

/// A default stands nowhere in the file.
fn absent<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}

fn starttls() -> MailSecurity {
    MailSecurity::Starttls
}

fn post() -> GatewayMethod {
    GatewayMethod::Post
}

fn json() -> BTreeMap<String, Spanned<String>> {
    BTreeMap::from([("Content-Type".to_owned(), absent("application/json".to_owned()))])
}

fn message() -> Spanned<String> {
    absent(r#"{"to":"{{to}}","text":"{{text}}","id":"{{id}}","locale":"{{locale}}"}"#.to_owned())
}

fn no_auth() -> Spanned<Auth> {
    absent(Auth::None)
}

fn usual_statuses() -> Spanned<Vec<u16>> {
    absent(vec![200, 201, 202])
}
