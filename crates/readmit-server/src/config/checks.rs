//! From what is written to what is meant: every check that the syntax cannot make.

use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use zeroize::Zeroizing;

use super::Config;
use super::ConfigError;
use super::FileSecret;
use super::KeysConfig;
use super::Login;
use super::MailConfig;
use super::MailSecurity;
use super::ServerConfig;
use super::StoreConfig;
use super::file;
use super::gateway;
use super::place::Place;
use crate::http::client_address::AddressRange;
use crate::http::listen::TlsFiles;
use crate::http::origin::PublicOrigin;

const OWNER_ONLY: u32 = 0o077;
const NOT_EVERYBODY: u32 = 0o007;

pub(super) fn checked(place: &Place<'_>) -> Result<Config, ConfigError> {
    let file: file::File = toml::from_str(place.text).map_err(|error| place.misread(&error))?;
    Ok(Config {
        file: place.file.to_owned(),
        public_urls: public_urls(place, &file.public_urls)?,
        server: server(place, &file.server)?,
        store: store(place, &file.store)?,
        keys: KeysConfig { master_key_file: readable(place, &file.keys.master_key_file, OWNER_ONLY)? },
        mail: file.mail.map(|mail| self::mail(place, &mail)).transpose()?,
        sms: file.sms.map(|sms| gateway::checked(place, sms)).transpose()?,
        voice: file.voice.map(|voice| gateway::checked(place, voice)).transpose()?,
    })
}

fn public_urls(place: &Place<'_>, urls: &Spanned<Vec<Spanned<String>>>) -> Result<Vec<PublicOrigin>, ConfigError> {
    let origin = |url: &Spanned<String>| {
        PublicOrigin::parse(url.get_ref()).map_err(|error| {
            place.fault(
                url,
                format!("`{}`: {error}", url.get_ref()),
                "Write the address that people type, such as \"https://reset.example.org\".",
            )
        })
    };
    let origins = urls.get_ref().iter().map(origin).collect::<Result<Vec<_>, _>>()?;
    if origins.is_empty() {
        return Err(place.fault(
            urls,
            "the list is empty",
            "Write at least one address, such as \"https://reset.example.org\".",
        ));
    }
    Ok(origins)
}

fn server(place: &Place<'_>, server: &file::Server) -> Result<ServerConfig, ConfigError> {
    let bind = server.bind.get_ref().parse().map_err(|_| {
        place.fault(&server.bind, "not an IP address and port", "Write it as \"127.0.0.1:8080\" or \"[::1]:8080\".")
    })?;
    let tls = match (&server.tls_cert_file, &server.tls_key_file) {
        (Some(certificate), Some(key)) => {
            let certificate = readable(place, certificate, 0)?;
            Some(TlsFiles { certificate, key: readable(place, key, NOT_EVERYBODY)? })
        }
        (None, None) => None,
        (Some(lonely), None) => {
            return Err(place.fault(lonely, "there is no tls_key_file beside it", "Give both files or none."));
        }
        (None, Some(lonely)) => {
            return Err(place.fault(lonely, "there is no tls_cert_file beside it", "Give both files or none."));
        }
    };
    let range = |text: &Spanned<String>| {
        text.get_ref().parse::<AddressRange>().map_err(|error| {
            place.fault(
                text,
                format!("`{}` is {error}", text.get_ref()),
                "Write the proxy's own address, such as \"10.0.0.5\".",
            )
        })
    };
    let trusted_proxies = server.trusted_proxies.iter().map(range).collect::<Result<_, _>>()?;
    let seconds = *server.drain_s.get_ref();
    if seconds > 300 {
        return Err(place.fault(&server.drain_s, "longer than 300 seconds", "Write a number from 0 to 300."));
    }
    Ok(ServerConfig { bind, tls, trusted_proxies, drain: Duration::from_secs(seconds) })
}

fn store(place: &Place<'_>, store: &file::Store) -> Result<StoreConfig, ConfigError> {
    let url = store.url.get_ref();
    if let Some(file) = url.strip_prefix("sqlite:") {
        if let Some(surplus) = &store.password_file {
            return Err(place.fault(surplus, "SQLite has no password", "Remove this key."));
        }
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() || file.contains(['?', '#']) {
            return Err(place.fault(
                &store.url,
                "no plain file name after `sqlite:`",
                "Write it as \"sqlite:readmit.db\".",
            ));
        }
        return Ok(StoreConfig::Sqlite { file: place.resolved(file) });
    }
    let rest = url.strip_prefix("postgres://").or(url.strip_prefix("postgresql://"));
    let fix = "Write \"sqlite:readmit.db\" or \"postgres://readmit@db.example.org/readmit\".";
    let rest = rest.ok_or_else(|| place.fault(&store.url, "neither `sqlite:` nor `postgres://`", fix))?;
    let user =
        rest.split(['/', '?']).next().and_then(|authority| authority.rsplit_once('@')).map_or("", |(user, _)| user);
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    if user.contains(':') || query.split('&').any(|pair| pair.starts_with("password=")) {
        let fix = "Take the password out of the URL, put it into a file, and name that in password_file.";
        return Err(place.fault(&store.url, "there is a password in it", fix));
    }
    let password = store.password_file.as_ref().map(|file| secret(place, file)).transpose()?;
    Ok(StoreConfig::Postgres { url: url.clone(), password })
}

fn mail(place: &Place<'_>, mail: &file::Mail) -> Result<MailConfig, ConfigError> {
    let host = host_name(place, &mail.host)?;
    let login = login(place, mail.username.as_ref(), mail.password_file.as_ref(), "password_file")?;
    if let (Some(username), MailSecurity::None) = (&mail.username, mail.security)
        && !is_this_machine(&host)
    {
        let fix = "Set security to \"starttls\" or \"tls\", or leave username and password_file out.";
        return Err(place.fault(username, "the password would cross the network in the clear", fix));
    }
    let usual = match mail.security {
        MailSecurity::Starttls => 587,
        MailSecurity::Tls => 465,
        MailSecurity::None => 25,
    };
    let from = mail.from.get_ref().parse().map_err(|_| {
        place.fault(
            &mail.from,
            "not a mail address",
            "Write \"reset@example.org\" or \"Password reset <reset@example.org>\".",
        )
    })?;
    Ok(MailConfig {
        host,
        port: mail.port.as_ref().map_or(usual, |port| *port.get_ref()),
        security: mail.security,
        login,
        from,
        ehlo_name: mail.ehlo_name.as_ref().map(|name| host_name(place, name)).transpose()?,
        ca_file: mail.ca_file.as_ref().map(|file| readable(place, file, 0)).transpose()?,
    })
}

pub(super) fn login(
    place: &Place<'_>,
    username: Option<&Spanned<String>>,
    file: Option<&Spanned<String>>,
    name: &str,
) -> Result<Option<Login>, ConfigError> {
    match (username, file) {
        (None, None) => Ok(None),
        (Some(username), Some(file)) => {
            Ok(Some(Login { username: username.get_ref().clone(), secret: secret(place, file)? }))
        }
        (Some(lonely), None) => Err(place.fault(lonely, format!("there is no {name} beside it"), "Give both or none.")),
        (None, Some(lonely)) => Err(place.fault(lonely, "there is no username beside it", "Give both or none.")),
    }
}

fn host_name(place: &Place<'_>, text: &Spanned<String>) -> Result<String, ConfigError> {
    let name = text.get_ref();
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if is_name || name.parse::<IpAddr>().is_ok() {
        return Ok(name.clone());
    }
    Err(place.fault(text, "not a host name", "Write a name such as \"mail.example.org\", without scheme and port."))
}

pub(super) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The file's content without one last line end.
pub(super) fn secret(place: &Place<'_>, file: &Spanned<String>) -> Result<FileSecret, ConfigError> {
    let path = readable(place, file, NOT_EVERYBODY)?;
    let text = fs::read_to_string(&path).map(Zeroizing::new).map_err(|error| {
        place.fault(
            file,
            format!("{} cannot be read ({error})", path.display()),
            "Put the secret into it as one line of text.",
        )
    })?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() || line.contains('\n') {
        return Err(place.fault(
            file,
            format!("{} does not hold exactly one line", path.display()),
            "Put the secret into it as one line of text.",
        ));
    }
    Ok(FileSecret(Zeroizing::new(line.to_owned())))
}

/// The path of a file that we can open, and that none of `others` may read (H-03).
fn readable(place: &Place<'_>, file: &Spanned<String>, others: u32) -> Result<PathBuf, ConfigError> {
    let path = place.resolved(file.get_ref());
    let mode = fs::File::open(&path).and_then(|opened| opened.metadata()).map_err(|error| {
        let fix = "Correct the path (it is relative to this file's folder), or let the server's user read the file.";
        place.fault(file, format!("{} cannot be read ({error})", path.display()), fix)
    })?;
    if !mode.is_file() {
        return Err(place.fault(file, format!("{} is not a file", path.display()), "Name the file itself."));
    }
    let mode = mode.permissions().mode();
    if mode & others != 0 {
        let problem = format!("{} can be read or changed by others (mode {:04o})", path.display(), mode & 0o7777);
        return Err(place.fault(file, problem, format!("Run `chmod 0400 {}`.", path.display())));
    }
    Ok(path)
}
