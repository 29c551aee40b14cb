//! The `[mail]`, `[sms]` and `[voice]` sections of the configuration file, and what makes sense in them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Method;
use serde::Deserialize;
use serde_json::Value;

use super::names::is_host_name;
use super::names::strict_address;
use super::template::Escape;
use super::template::Template;

/// How the connection to the relay is protected.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// STARTTLS, required: a relay that does not offer it gets nothing (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// No protection; no login is ever sent this way.
    None,
}

/// The `[mail]` section of the configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Name or address of the relay; the name its certificate must carry.
    pub host: String,
    /// Port; by default 587 (`starttls`), 465 (`tls`) or 25 (`none`).
    pub port: Option<u16>,
    /// Protection of the connection; `starttls` by default.
    #[serde(default)]
    pub security: MailSecurity,
    /// Login name; with it a password is needed.
    pub username: Option<String>,
    /// File that holds the password; the caller reads it.
    pub password_file: Option<PathBuf>,
    /// Bare sender address; the organisation's name is put before it.
    pub from: String,
    /// Name said in EHLO; by default the domain of `from`.
    pub ehlo_name: Option<String>,
    /// PEM file with one or more roots trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
}

impl MailConfig {
    /// Whether the section makes sense; the text names the key and the fix. Opens no file.
    pub fn check(&self) -> Result<(), String> {
        let is_address = self.host.parse::<std::net::IpAddr>().is_ok();
        if !is_address && !is_host_name(&self.host) {
            return Err("mail.host must be a host name or an IP address, without port".to_owned());
        }
        if self.port == Some(0) {
            return Err("mail.port must be 1 to 65535".to_owned());
        }
        if strict_address(&self.from).is_none() {
            return Err("mail.from must be one bare address such as no-reply@example.org".to_owned());
        }
        if self.ehlo_name.as_deref().is_some_and(|name| !is_ehlo_name(name)) {
            return Err("mail.ehlo_name must be a host name or an address in brackets".to_owned());
        }
        match (&self.username, &self.password_file) {
            (Some(_), None) => Err("mail.username needs mail.password_file".to_owned()),
            (None, Some(_)) => Err("mail.password_file needs mail.username".to_owned()),
            (Some(name), _) if name.is_empty() || name.contains('\0') => {
                Err("mail.username is empty or has a NUL".to_owned())
            }
            (Some(_), _) if self.security == MailSecurity::None => {
                Err("mail.username would be sent unprotected: set mail.security to \"starttls\" or \"tls\"".to_owned())
            }
            (_, _) if self.security == MailSecurity::None && self.ca_file.is_some() => {
                Err("mail.ca_file has no use with mail.security = \"none\"".to_owned())
            }
            (_, _) => Ok(()),
        }
    }

    /// The port, or the usual one of the protection.
    pub(super) fn relay_port(&self) -> u16 {
        let usual = match self.security {
            MailSecurity::Starttls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        };
        self.port.unwrap_or(usual)
    }
}

/// How we sign in at the gateway.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum GatewayAuth {
    /// Not at all.
    #[default]
    None,
    /// `Authorization: Basic` with `username` and the secret (RFC 7617).
    Basic,
    /// `Authorization: Bearer` with the secret (RFC 6750).
    Bearer,
}

/// The `[sms]` or `[voice]` section of the configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// Where to send; template fields are allowed after the host.
    pub url: String,
    /// `GET`, `POST` (default) or `PUT`.
    #[serde(default = "post")]
    pub method: String,
    /// Further headers, without template fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Body with template fields, escaped by what the `content-type` header says.
    pub body: Option<String>,
    /// How we sign in.
    #[serde(default)]
    pub auth: GatewayAuth,
    /// Login name for `basic`.
    pub username: Option<String>,
    /// File that holds the password or token; the caller reads it.
    pub secret_file: Option<PathBuf>,
    /// HTTP statuses that can mean success; 200, 201 and 202 by default.
    #[serde(default = "success_status")]
    pub success_status: Vec<u16>,
    /// JSON pointer (RFC 6901) that must lead to something true in the answer.
    pub success_pointer: Option<String>,
    /// Text that the answer must contain.
    pub success_text: Option<String>,
    /// JSON pointer to the gateway's own id of the message.
    pub id_pointer: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

fn success_status() -> Vec<u16> {
    vec![200, 201, 202]
}

impl GatewayConfig {
    /// Whether the section makes sense; the text names the key (without its section) and the fix.
    pub fn check(&self) -> Result<(), String> {
        self.request_url()?;
        self.request_method()?;
        self.request_headers()?;
        self.request_body()?;
        match (self.auth, self.username.is_some(), self.secret_file.is_some()) {
            (GatewayAuth::None, false, false)
            | (GatewayAuth::Basic, true, true)
            | (GatewayAuth::Bearer, false, true) => {}
            (GatewayAuth::None, _, _) => {
                return Err("username and secret_file need auth = \"basic\" or \"bearer\"".to_owned());
            }
            (GatewayAuth::Basic, _, _) => {
                return Err("auth = \"basic\" needs username and secret_file".to_owned());
            }
            (GatewayAuth::Bearer, _, _) => {
                return Err("auth = \"bearer\" needs secret_file and no username".to_owned());
            }
        }
        if self.success_status.is_empty() || !self.success_status.iter().all(|code| (200..300).contains(code)) {
            return Err("success_status must list statuses from 200 to 299".to_owned());
        }
        if self.success_pointer.is_some() && self.success_text.is_some() {
            return Err("success_pointer and success_text exclude each other".to_owned());
        }
        if self.success_text.as_deref() == Some("") {
            return Err("success_text is empty".to_owned());
        }
        let pointers = [("success_pointer", &self.success_pointer), ("id_pointer", &self.id_pointer)];
        match pointers.iter().find(|(_, pointer)| pointer.as_deref().is_some_and(|pointer| !pointer.starts_with('/'))) {
            Some((key, _)) => Err(format!("{key} must be a JSON pointer such as /messages/0/id")),
            None => Ok(()),
        }
    }

    /// The address, parsed and checked.
    pub(super) fn request_url(&self) -> Result<Template, String> {
        let template = Template::parse(&self.url, Escape::Percent).map_err(|fault| format!("url: {fault}"))?;
        let parsed = reqwest::Url::parse(&template.fill_all("x")).map_err(|fault| format!("url: {fault}"))?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
            return Err("url must begin with https:// or http:// and a host".to_owned());
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err("url must not hold a login: use auth, username and secret_file".to_owned());
        }
        let after_scheme = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains("{{") || self.url.split("://").next().is_some_and(|scheme| scheme.contains("{{")) {
            return Err("url: template fields are allowed only after the host".to_owned());
        }
        Ok(template)
    }

    /// The method, checked.
    pub(super) fn request_method(&self) -> Result<Method, String> {
        match self.method.to_ascii_uppercase().as_str() {
            "POST" => Ok(Method::POST),
            "PUT" => Ok(Method::PUT),
            "GET" if self.body.is_none() => Ok(Method::GET),
            "GET" => Err("method = \"GET\" carries no body".to_owned()),
            _ => Err("method must be GET, POST or PUT".to_owned()),
        }
    }

    /// The further headers, checked.
    pub(super) fn request_headers(&self) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let key: HeaderName = name.parse().map_err(|_| format!("headers: {name} is not a header name"))?;
            if value.contains("{{") {
                return Err(format!("headers: {name} must not hold a template field"));
            }
            let ours =
                ["authorization", "host", "content-length", "transfer-encoding", "connection", "idempotency-key"];
            if ours.contains(&key.as_str()) {
                return Err(format!("headers: {name} is set by us; for a login use auth and secret_file"));
            }
            let value =
                HeaderValue::from_str(value).map_err(|_| format!("headers: {name} has a value that cannot be sent"))?;
            if headers.insert(key, value).is_some() {
                return Err(format!("headers: {name} is there twice"));
            }
        }
        Ok(headers)
    }

    /// The body, checked against the rules of its content type.
    pub(super) fn request_body(&self) -> Result<Option<Template>, String> {
        let Some(body) = &self.body else {
            return Ok(None);
        };
        let content_type = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let Some((_, content_type)) = content_type else {
            return Err("body needs a content-type in headers".to_owned());
        };
        let escape = Escape::of_content_type(content_type)
            .ok_or("headers: content-type must be application/json, application/x-www-form-urlencoded, application/xml or text/plain")?;
        let template = Template::parse(body, escape).map_err(|fault| format!("body: {fault}"))?;
        // A field that stands outside quotes gives no JSON with this value.
        if escape == Escape::Json && serde_json::from_str::<Value>(&template.fill_all("x\"\\")).is_err() {
            return Err("body is not JSON; template fields stand inside quotes".to_owned());
        }
        Ok(Some(template))
    }
}

fn is_ehlo_name(name: &str) -> bool {
    let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match literal.map(|inside| inside.strip_prefix("IPv6:").unwrap_or(inside)) {
        Some(address) => address.parse::<std::net::IpAddr>().is_ok(),
        None => is_host_name(name),
    }
}
