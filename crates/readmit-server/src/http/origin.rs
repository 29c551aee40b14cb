//! Where we are reached: Host and path.

use std::fmt;

use http::Version;
use http::header::CONTENT_LENGTH;
use http::header::HOST;
use http::header::TRANSFER_ENCODING;
use http::request::Parts;

use super::rejection::Rejection;

/// One configured origin (RFC 6454): scheme, host, port. The only source of absolute URLs. Displays
/// as browsers write it: lower case, without a default port and without a final slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicOrigin {
    scheme: Scheme,
    host: String,
    port: Option<u16>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scheme {
    Http,
    Https,
}

/// Why a text is no origin that we may use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OriginError {
    /// It does not begin with `https://` (or `http://`).
    #[error("it does not begin with https://")]
    Scheme,
    /// Something stands behind host and port, or user information before them.
    #[error("it has more than a host and a port")]
    Surplus,
    /// The host is empty or has symbols that no host name has; international names are written `xn--`.
    #[error("its host name or port is not valid")]
    Host,
    /// `http` is for this machine only: everything else would carry passwords in the clear.
    #[error("http is only allowed for localhost, 127.0.0.1 and [::1]")]
    Cleartext,
}

impl PublicOrigin {
    /// Reads `https://host[:port][/]`, or `http://` where the host is this machine.
    ///
    /// # Errors
    /// [`OriginError`].
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let lower = text.to_ascii_lowercase();
        let (scheme, rest) = if let Some(rest) = lower.strip_prefix("https://") {
            (Scheme::Https, rest)
        } else if let Some(rest) = lower.strip_prefix("http://") {
            (Scheme::Http, rest)
        } else {
            return Err(OriginError::Scheme);
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '@', '\\']) {
            return Err(OriginError::Surplus);
        }
        let (host, port) = split_port(rest).ok_or(OriginError::Host)?;
        if scheme == Scheme::Http && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return Err(OriginError::Cleartext);
        }
        let port = port.filter(|port| *port != scheme.default_port());
        Ok(Self { scheme, host: host.to_owned(), port })
    }

    /// `host` or `host:port`, as in a Host header.
    #[must_use]
    pub fn authority(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// The host name without port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// An absolute URL; `path` begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// Whether a Host header or `:authority` means this origin; the default port may be written.
    fn is_addressed_by(&self, authority: &str) -> bool {
        let port = self.port.unwrap_or(self.scheme.default_port());
        match authority.len().checked_sub(self.host.len()).and_then(|_| authority.split_at_checked(self.host.len())) {
            Some((host, "")) => host.eq_ignore_ascii_case(&self.host) && self.port.is_none(),
            Some((host, rest)) => {
                host.eq_ignore_ascii_case(&self.host) && rest.strip_prefix(':') == Some(port.to_string().as_str())
            }
            None => false,
        }
    }
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for PublicOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https() { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

/// A host name, an IPv4 address or a bracketed IPv6 address, and the port behind it.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port = match port {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port > 0)?)
        }
        Some(_) => return None,
        None => None,
    };
    let is_name = !host.is_empty()
        && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    let is_v6 = || {
        let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inside.is_some_and(|inside| inside.parse::<std::net::Ipv6Addr>().is_ok())
    };
    (is_name || is_v6()).then_some((host, port))
}

/// The configured origin that a request is addressed to. HTTP/1 requests name it in exactly one Host
/// header, HTTP/2 requests in `:authority`, which a Host header may only repeat (RFC 9113 8.3.1).
///
/// # Errors
/// [`Rejection::MalformedTarget`] or [`Rejection::UnknownHost`].
pub(crate) fn addressed<'a>(parts: &Parts, origins: &'a [PublicOrigin]) -> Result<&'a PublicOrigin, Rejection> {
    if parts.headers.contains_key(TRANSFER_ENCODING) && parts.headers.contains_key(CONTENT_LENGTH) {
        return Err(Rejection::MalformedTarget);
    }
    let mut hosts = parts.headers.get_all(HOST).iter();
    let host = hosts.next().map(|host| host.to_str().map_err(|_| Rejection::MalformedTarget)).transpose()?;
    let is_http2 = parts.version == Version::HTTP_2;
    let authority = match (parts.uri.authority(), host) {
        _ if hosts.next().is_some() => return Err(Rejection::MalformedTarget),
        (Some(authority), None) if is_http2 => authority.as_str(),
        (Some(authority), Some(host)) if is_http2 && authority.as_str().eq_ignore_ascii_case(host) => host,
        (None, Some(host)) => host,
        _ => return Err(Rejection::MalformedTarget),
    };
    if authority.is_empty() || authority.contains(['@', '/', ',', ' ']) {
        return Err(Rejection::MalformedTarget);
    }
    origins.iter().find(|origin| origin.is_addressed_by(authority)).ok_or(Rejection::UnknownHost)
}

/// A path is one way of writing or none: letters, digits, `-._~` in segments that are neither empty
/// nor dots. No route of ours needs an escape, so there is nothing to decode, and nothing to decode
/// differently in two places.
///
/// # Errors
/// [`Rejection::NotFound`].
pub(crate) fn exact_path(path: &str) -> Result<(), Rejection> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let segment = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(plain);
    let is_exact = path == "/" || path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment));
    is_exact.then_some(()).ok_or(Rejection::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> PublicOrigin {
        PublicOrigin::parse("https://reset.example.org").unwrap()
    }

    #[test]
    fn an_origin_is_written_one_way() {
        for (text, shown) in [
            ("https://Reset.Example.org/", "https://reset.example.org"),
            ("https://reset.example.org:443", "https://reset.example.org"),
            ("https://reset.example.org:8443", "https://reset.example.org:8443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
        ] {
            assert_eq!(PublicOrigin::parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(origin().url("/reset"), "https://reset.example.org/reset");
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused() {
        for (text, error) in [
            ("", OriginError::Scheme),
            ("reset.example.org", OriginError::Scheme),
            ("ftp://a.example", OriginError::Scheme),
            ("https://", OriginError::Host),
            ("https://a.example/reset", OriginError::Surplus),
            ("https://a.example//", OriginError::Surplus),
            ("https://a.example?x", OriginError::Surplus),
            ("https://a.example#x", OriginError::Surplus),
            ("https://u:p@a.example", OriginError::Surplus),
            ("https://a..example", OriginError::Host),
            ("https://a.example:", OriginError::Host),
            ("https://a.example:0", OriginError::Host),
            ("https://a.example:70000", OriginError::Host),
            ("https://a.example:+443", OriginError::Host),
            ("https://bücher.example", OriginError::Host),
            ("https://*.example", OriginError::Host),
            ("https://[::1", OriginError::Host),
            ("http://reset.example.org", OriginError::Cleartext),
            ("http://localhost.example.org", OriginError::Cleartext),
        ] {
            assert_eq!(PublicOrigin::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_host_is_compared_whole() {
        for (authority, ours) in [
            ("reset.example.org", true),
            ("RESET.example.org", true),
            ("reset.example.org:443", true),
            ("reset.example.org:80", false),
            ("reset.example.org:", false),
            ("reset.example.org.", false),
            ("reset.example.org.evil.example", false),
            ("xreset.example.org", false),
            ("example.org", false),
            ("", false),
            ("reset.example.orgé", false),
        ] {
            assert_eq!(origin().is_addressed_by(authority), ours, "{authority}");
        }
    }

    #[test]
    fn a_path_has_one_spelling() {
        for path in ["/", "/reset", "/reset/R7K4-92QD-MX3T/answer", "/static/app.0a1b2c.css", "/help/SSPR_0009"] {
            assert_eq!(exact_path(path), Ok(()), "{path}");
        }
        for path in [
            "",
            "*",
            "reset",
            "//",
            "//evil.example",
            "/reset/",
            "/reset//x",
            "/./reset",
            "/reset/.",
            "/reset/../admin",
            "/%2e/reset",
            "/reset/%2e%2e/x",
            "/..;/reset",
            "/reset;x=y",
            "/reset%2fx",
            "/reset%00",
            "/reset\\x",
            "/re set",
            "/%72eset",
            "/réset",
        ] {
            assert_eq!(exact_path(path), Err(Rejection::NotFound), "{path}");
        }
    }
}
