//! The SMTP conversation (RFC 5321), one command at a time.
//!
//! Ours rather than a library's for three promises: each command has its own time limit, no byte received before
//! STARTTLS is believed after it, and the enhanced status (RFC 3463) reaches the administrator.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::CertificateError;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use super::Delivered;
use super::Reason;
use super::safe_code;

/// For the look-up, the connection and the handshake, each.
const CONNECT: Duration = Duration::from_secs(5);
/// From a command to the end of its reply.
const COMMAND: Duration = Duration::from_secs(20);
const REPLY_BYTES: usize = 16 * 1024;

/// A step's result; the error is the end of this try.
pub(super) type Tried<T> = Result<T, Delivered>;

/// An SMTP session. After an error from any of its functions it may be in any state: [`Session::reset`] tells.
pub(super) struct Session {
    line: Line,
    unread: Vec<u8>,
    offers: Vec<String>,
}

enum Line {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Login name and password.
pub(super) struct Login {
    pub(super) username: String,
    pub(super) password: Zeroizing<String>,
}

struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Session {
    /// Connects, and with `tls` shakes hands first (RFC 8314); then hears the greeting and says EHLO.
    pub(super) async fn open(host: &str, port: u16, tls: Option<&Arc<ClientConfig>>, ehlo: &str) -> Tried<Self> {
        let stream = connect(host, port).await?;
        let line = match tls {
            Some(config) => Line::Tls(Box::new(handshake(stream, host, config).await?)),
            None => Line::Plain(stream),
        };
        let mut session = Self { line, unread: Vec::new(), offers: Vec::new() };
        let greeting = session.reply().await?;
        greeting.expect_before_mail(220)?;
        session.ehlo(ehlo).await?;
        Ok(session)
    }

    /// Goes over to TLS, or ends: a relay that does not offer it gets nothing more (RFC 3207).
    pub(super) async fn starttls(mut self, host: &str, config: &Arc<ClientConfig>, ehlo: &str) -> Tried<Self> {
        if !self.offers.iter().any(|offer| offer == "STARTTLS") {
            return Err(Delivered::retry(Reason::Tls, "starttls-not-offered"));
        }
        let reply = self.command("STARTTLS").await?;
        if reply.code != 220 {
            return Err(Delivered::retry(Reason::Tls, reply.status()));
        }
        // RFC 3207 §4.2: what came in the clear is not heard after the handshake.
        if !self.unread.is_empty() {
            return Err(Delivered::retry(Reason::Tls, "bytes-before-tls"));
        }
        let Line::Plain(stream) = self.line else {
            return Err(Delivered::retry(Reason::Tls, "tls-twice"));
        };
        self.line = Line::Tls(Box::new(handshake(stream, host, config).await?));
        self.ehlo(ehlo).await?;
        Ok(self)
    }

    /// Signs in by PLAIN (RFC 4616) or LOGIN, whichever is offered; never on a plain line.
    pub(super) async fn auth(&mut self, login: &Login) -> Tried<()> {
        if matches!(self.line, Line::Plain(_)) {
            return Err(Delivered::retry(Reason::Auth, "login-needs-tls"));
        }
        let offered = self.offers.iter().find_map(|offer| offer.strip_prefix("AUTH ")).unwrap_or_default();
        let offers = |name: &str| offered.split(' ').any(|word| word == name);
        let reply = if offers("PLAIN") {
            let response = Zeroizing::new(format!("\0{}\0{}", login.username, login.password.as_str()));
            self.command(&format_secret("AUTH PLAIN ", &response)).await?
        } else if offers("LOGIN") {
            self.auth_login(login).await?
        } else {
            return Err(Delivered::retry(Reason::Auth, "no-login-offered"));
        };
        if reply.code == 235 { Ok(()) } else { Err(Delivered::retry(Reason::Auth, reply.status())) }
    }

    async fn auth_login(&mut self, login: &Login) -> Tried<Reply> {
        let asked = self.command("AUTH LOGIN").await?;
        if asked.code != 334 {
            return Ok(asked);
        }
        let asked = self.command(&format_secret("", &login.username)).await?;
        if asked.code != 334 {
            return Ok(asked);
        }
        self.command(&format_secret("", &login.password)).await
    }

    /// Hands one mail to one recipient. `mail` is ASCII with CRLF line ends; dots are stuffed here (RFC 5321 §4.5.2).
    /// The result is the relay's last reply, fit to be shown.
    pub(super) async fn hand_over(&mut self, from: &str, to: &str, mail: &str) -> Tried<String> {
        self.command(&format!("MAIL FROM:<{from}>")).await?.expect(250)?;
        let reply = self.command(&format!("RCPT TO:<{to}>")).await?;
        if reply.code != 251 {
            reply.expect(250)?;
        }
        self.command("DATA").await?.expect(354)?;
        let mut data = Zeroizing::new(String::with_capacity(mail.len() + 64));
        for line in mail.strip_suffix("\r\n").unwrap_or(mail).split("\r\n") {
            if line.starts_with('.') {
                data.push('.');
            }
            data.push_str(line);
            data.push_str("\r\n");
        }
        data.push('.');
        let reply = self.command(&data).await?;
        reply.expect(250)?;
        Ok(reply.lines.first().and_then(|line| safe_code(line)).unwrap_or_else(|| reply.status()))
    }

    /// Whether the session is alive and ready for another mail.
    pub(super) async fn reset(&mut self) -> bool {
        self.unread.is_empty()
            && matches!(timeout(CONNECT, self.command("RSET")).await, Ok(Ok(Reply { code: 250, .. })))
    }

    async fn ehlo(&mut self, name: &str) -> Tried<()> {
        let reply = self.command(&format!("EHLO {name}")).await?;
        reply.expect_before_mail(250)?;
        self.offers = reply.lines.into_iter().skip(1).map(|line| line.to_ascii_uppercase()).collect();
        Ok(())
    }

    async fn command(&mut self, line: &str) -> Tried<Reply> {
        let sent = async {
            let line = Zeroizing::new(format!("{line}\r\n"));
            match &mut self.line {
                Line::Plain(stream) => stream.write_all(line.as_bytes()).await,
                Line::Tls(stream) => {
                    stream.write_all(line.as_bytes()).await?;
                    stream.flush().await
                }
            }
        };
        match timeout(COMMAND, sent).await {
            Ok(Ok(())) => self.reply().await,
            Ok(Err(_)) => Err(Delivered::retry(Reason::Connect, "connection-lost")),
            Err(_) => Err(Delivered::retry(Reason::Timeout, "command")),
        }
    }

    async fn reply(&mut self) -> Tried<Reply> {
        timeout(COMMAND, self.read_reply()).await.unwrap_or_else(|_| Err(Delivered::retry(Reason::Timeout, "command")))
    }

    async fn read_reply(&mut self) -> Tried<Reply> {
        let mut lines = Vec::new();
        let mut taken = 0;
        loop {
            let Some(end) = self.unread.iter().position(|b| *b == b'\n') else {
                self.fill(taken).await?;
                continue;
            };
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            taken += line.len();
            let (code, last, text) = parse_line(&line).ok_or_else(nonsense)?;
            lines.push(text);
            if last {
                return Ok(Reply { code, lines });
            }
        }
    }

    async fn fill(&mut self, taken: usize) -> Tried<()> {
        if taken + self.unread.len() > REPLY_BYTES {
            return Err(nonsense());
        }
        let got = match &mut self.line {
            Line::Plain(stream) => stream.read_buf(&mut self.unread).await,
            Line::Tls(stream) => stream.read_buf(&mut self.unread).await,
        };
        match got {
            Ok(0) | Err(_) => Err(Delivered::retry(Reason::Connect, "connection-lost")),
            Ok(_) => Ok(()),
        }
    }
}

impl Reply {
    /// A refusal of this message: 4xx again, 5xx never; a demand to sign in is a fault of configuration.
    fn expect(&self, code: u16) -> Tried<()> {
        match self.code {
            found if found == code => Ok(()),
            530 | 535 | 538 => Err(Delivered::retry(Reason::Auth, self.status())),
            400..=499 => Err(Delivered::retry(Reason::Unavailable, self.status())),
            500..=599 => Err(Delivered::failed(Reason::Refused, self.status())),
            _ => Err(nonsense()),
        }
    }

    /// A refusal before MAIL is about us, not about the message, so it is never final.
    fn expect_before_mail(&self, code: u16) -> Tried<()> {
        if self.code == code { Ok(()) } else { Err(Delivered::retry(Reason::Unavailable, self.status())) }
    }

    /// The enhanced status where there is one, else the three digits.
    fn status(&self) -> String {
        let word = self.lines.first().and_then(|line| line.split(' ').next()).unwrap_or_default();
        let parts: Vec<&str> = word.split('.').collect();
        let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let enhanced =
            parts.len() == 3 && parts.iter().all(number) && matches!(parts.first(), Some(&"2" | &"4" | &"5"));
        if enhanced { word.to_owned() } else { self.code.to_string() }
    }
}

fn parse_line(line: &[u8]) -> Option<(u16, bool, String)> {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end_matches(['\r', '\n']);
    let (digits, rest) = text.split_at_checked(3)?;
    let code = digits.parse().ok().filter(|code| (200..600).contains(code))?;
    match rest.strip_prefix('-') {
        Some(more) => Some((code, false, more.to_owned())),
        None if rest.is_empty() => Some((code, true, String::new())),
        None => Some((code, true, rest.strip_prefix(' ')?.to_owned())),
    }
}

fn format_secret(before: &str, secret: &str) -> Zeroizing<String> {
    let encoded = Zeroizing::new(BASE64_STANDARD.encode(secret));
    Zeroizing::new(format!("{before}{}", encoded.as_str()))
}

fn nonsense() -> Delivered {
    Delivered::retry(Reason::Answer, "not-smtp")
}

async fn connect(host: &str, port: u16) -> Tried<TcpStream> {
    let found = timeout(CONNECT, tokio::net::lookup_host((host, port))).await;
    let Ok(Ok(addresses)) = found else {
        return Err(Delivered::retry(Reason::Dns, "dns"));
    };
    let attempt = async {
        for address in addresses {
            if let Ok(stream) = TcpStream::connect(address).await {
                return Some(stream);
            }
        }
        None
    };
    match timeout(CONNECT, attempt).await {
        Ok(Some(stream)) => Ok(stream),
        Ok(None) => Err(Delivered::retry(Reason::Connect, "connect")),
        Err(_) => Err(Delivered::retry(Reason::Timeout, "connect")),
    }
}

async fn handshake(stream: TcpStream, host: &str, config: &Arc<ClientConfig>) -> Tried<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Delivered::retry(Reason::Tls, "certificate-name"))?;
    let connector = TlsConnector::from(Arc::clone(config));
    match timeout(CONNECT, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(Delivered::retry(Reason::Tls, tls_fault(&error).unwrap_or("tls-handshake"))),
        Err(_) => Err(Delivered::retry(Reason::Timeout, "tls")),
    }
}

/// The word for a fault of TLS that lies in this error, however deep it is wrapped.
pub(super) fn tls_fault(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut inner = error;
    while let Some(wrapped) = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        inner = wrapped;
    }
    match inner.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(fault) => Some(certificate_fault(fault)),
        _ => Some("tls-handshake"),
    }
}

fn certificate_fault(fault: &CertificateError) -> &'static str {
    match fault {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "certificate-name",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "certificate-expired",
        CertificateError::UnknownIssuer => "certificate-unknown-issuer",
        _ => "certificate",
    }
}

#[cfg(test)]
mod tests {
    use super::Reply;
    use super::parse_line;

    fn status(code: u16, line: &str) -> String {
        Reply { code, lines: vec![line.to_owned()] }.status()
    }

    #[test]
    fn the_enhanced_status_is_preferred_to_the_digits() {
        assert_eq!(status(451, "4.7.1 Greylisted, come again"), "4.7.1");
        assert_eq!(status(550, "5.1.1"), "5.1.1");
        assert_eq!(status(550, "No such user"), "550");
        assert_eq!(status(550, "10.1.1.1 is blocked"), "550");
        assert_eq!(status(550, "9.1.1 odd"), "550");
    }

    #[test]
    fn a_reply_line_is_three_digits_and_a_mark() {
        assert_eq!(parse_line(b"250-SIZE 1\r\n"), Some((250, false, "SIZE 1".to_owned())));
        assert_eq!(parse_line(b"250 OK\n"), Some((250, true, "OK".to_owned())));
        assert_eq!(parse_line(b"354\r\n"), Some((354, true, String::new())));
        for bad in [&b"HTTP/1.1 400\r\n"[..], b"25\r\n", b"2500 x\r\n", b"+25 x\r\n", b"999 x\r\n", b"\xff\xff\xff\r\n"]
        {
            assert_eq!(parse_line(bad), None, "{bad:?}");
        }
    }
}
