//! The delivery drivers that a configuration asks for.

use crate::config;
use crate::config::Config;
use crate::deliver;
use crate::deliver::Driver;
use crate::deliver::Drivers;
use crate::deliver::Gateway;
use crate::deliver::Smtp;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A section of the configuration that no driver can be made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("[{section}]: {problem}")]
pub struct DriverFault {
    /// `mail`, `sms` or `voice`.
    pub section: &'static str,
    /// What is wrong, and what to write instead.
    pub problem: String,
}

/// The drivers of the sections that are there; a channel without one fails each message at once. Opens no connection.
///
/// # Errors
/// [`DriverFault`].
pub fn drivers(config: &Config) -> Result<Drivers, DriverFault> {
    let fault = |section| move |problem| DriverFault { section, problem };
    let mail = match &config.mail {
        Some(mail) => Driver::Smtp(Box::new(smtp(mail).map_err(fault("mail"))?)),
        None => Driver::None,
    };
    let over_http = |section, found: &Option<config::GatewayConfig>| match found {
        Some(found) => Ok(Driver::Gateway(Box::new(gateway(found).map_err(fault(section))?))),
        None => Ok(Driver::None),
    };
    Ok(Drivers { mail, sms: over_http("sms", &config.sms)?, voice: over_http("voice", &config.voice)? })
}

fn smtp(from: &config::MailConfig) -> Result<Smtp, String> {
    let password = from.login.as_ref().map(|login| secret(&login.secret));
    let driver = deliver::MailConfig {
        host: from.host.clone(),
        port: Some(from.port),
        security: match from.security {
            config::MailSecurity::Starttls => deliver::MailSecurity::Starttls,
            config::MailSecurity::Tls => deliver::MailSecurity::Tls,
            config::MailSecurity::None => deliver::MailSecurity::None,
        },
        username: from.login.as_ref().map(|login| login.username.clone()),
        // Read already; the driver only wants to know that there is one.
        password_file: from.login.as_ref().map(|_| PathBuf::new()),
        from: from.from.email.to_string(),
        ehlo_name: from.ehlo_name.clone(),
        ca_file: from.ca_file.clone(),
    };
    Smtp::new(&driver, password)
}

fn gateway(from: &config::GatewayConfig) -> Result<Gateway, String> {
    let (auth, username, secret) = match &from.auth {
        config::GatewayAuth::None => (deliver::GatewayAuth::None, None, None),
        config::GatewayAuth::Basic(login) => {
            (deliver::GatewayAuth::Basic, Some(login.username.clone()), Some(secret(&login.secret)))
        }
        config::GatewayAuth::Bearer(token) => (deliver::GatewayAuth::Bearer, None, Some(secret(token))),
    };
    let (method, body) = match from.method {
        config::GatewayMethod::Get => ("GET", None),
        config::GatewayMethod::Post => ("POST", Some(from.body.clone())),
        config::GatewayMethod::Put => ("PUT", Some(from.body.clone())),
    };
    let (success_pointer, success_text) = match &from.success {
        Some(config::SuccessMark::Pointer(pointer)) => (Some(pointer.clone()), None),
        Some(config::SuccessMark::Text(text)) => (None, Some(text.clone())),
        None => (None, None),
    };
    let driver = deliver::GatewayConfig {
        url: from.url.clone(),
        method: method.to_owned(),
        headers: from.headers.clone(),
        body,
        auth,
        username,
        secret_file: secret.as_ref().map(|_| PathBuf::new()),
        success_status: from.success_status.clone(),
        success_pointer,
        success_text,
        id_pointer: from.id_pointer.clone(),
    };
    Gateway::new(&driver, secret.as_ref())
}

fn secret(from: &config::FileSecret) -> Zeroizing<String> {
    Zeroizing::new(from.expose().to_owned())
}
