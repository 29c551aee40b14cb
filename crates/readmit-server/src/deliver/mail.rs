//! The mail driver: composes one mail (RFC 5322, RFC 2046) and hands it to the configured relay.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::SystemTime;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::message::MultiPart;
use lettre::message::MultiPartKind;
use lettre::message::SinglePart;
use lettre::message::header::ContentType;
use lettre::message::header::HeaderName;
use lettre::message::header::HeaderValue;
use rustls::ClientConfig;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use zeroize::Zeroizing;

use super::Delivered;
use super::MailConfig;
use super::MailSecurity;
use super::Message;
use super::Reason;
use super::is_token;
use super::names::one_line;
use super::names::plain_name;
use super::names::strict_address;
use super::smtp::Login;
use super::smtp::Session;
use super::smtp::Tried;

/// Idle sessions kept for the next mail.
const KEPT_SESSIONS: usize = 2;
const SUBJECT_LENGTH: usize = 200;

/// An SMTP relay. Limits: 5 s each for look-up, connection and handshake, 20 s for each command.
pub struct Smtp {
    host: String,
    port: u16,
    security: MailSecurity,
    ehlo: String,
    from: Address,
    login: Option<Login>,
    tls: Arc<ClientConfig>,
    idle: Mutex<Vec<Session>>,
}

impl Smtp {
    /// Reads `ca_file`, opens no connection. `password` is what `password_file` holds, without its line end.
    pub fn new(config: &MailConfig, password: Option<Zeroizing<String>>) -> Result<Self, String> {
        config.check()?;
        let from = strict_address(&config.from).ok_or("mail.from is not an address")?;
        let login = match (&config.username, password) {
            (Some(username), Some(password)) => Some(Login { username: username.clone(), password }),
            (Some(_), None) => return Err("mail.password_file could not be read".to_owned()),
            (None, _) => None,
        };
        Ok(Self {
            host: config.host.clone(),
            port: config.relay_port(),
            security: config.security,
            ehlo: config.ehlo_name.clone().unwrap_or_else(|| from.domain().to_owned()),
            from,
            login,
            tls: Arc::new(client_config(config)?),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Tries once. 4xx, trouble with the connection and a refused login can be tried again; a refusal of the message
    /// itself is final.
    pub(super) async fn send(&self, message: &Message) -> Delivered {
        match self.try_send(message).await {
            Ok(provider_code) => Delivered::Accepted { provider_code },
            Err(end) => end,
        }
    }

    async fn try_send(&self, message: &Message) -> Tried<String> {
        let malformed = |what: &str| Delivered::failed(Reason::Malformed, what);
        let to = strict_address(&message.to).ok_or_else(|| malformed("address"))?;
        let mail = compose(message, &self.from, &to).ok_or_else(|| malformed("message"))?;
        let mut session = self.session().await?;
        let handed = session.hand_over(self.from.as_ref(), to.as_ref(), &mail).await;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if handed.is_ok() && idle.len() < KEPT_SESSIONS {
            idle.push(session);
        }
        handed
    }

    /// Connects as far as EHLO, STARTTLS and the login, if there is one; sends nothing. The error is for an
    /// administrator, and nothing in it is personal.
    pub async fn probe(&self) -> Result<(), String> {
        match self.session().await {
            Ok(_) | Err(Delivered::Accepted { .. }) => Ok(()),
            Err(Delivered::Retry { provider_code, reason, .. } | Delivered::Failed { provider_code, reason }) => {
                Err(format!("{}: {provider_code}", reason.as_str()))
            }
        }
    }

    /// A kept session that still answers, else a new one.
    async fn session(&self) -> Tried<Session> {
        while let Some(mut kept) = self.take_idle() {
            if kept.reset().await {
                return Ok(kept);
            }
        }
        let tls = (self.security == MailSecurity::Tls).then_some(&self.tls);
        let mut session = Session::open(&self.host, self.port, tls, &self.ehlo).await?;
        if self.security == MailSecurity::Starttls {
            session = session.starttls(&self.host, &self.tls, &self.ehlo).await?;
        }
        if let Some(login) = &self.login {
            session.auth(login).await?;
        }
        Ok(session)
    }

    fn take_idle(&self) -> Option<Session> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// The mail as it goes over the wire: ASCII, CRLF line ends, one recipient. `None` if it cannot be a mail.
fn compose(message: &Message, from: &Address, to: &Address) -> Option<Zeroizing<String>> {
    if !is_token(&message.id) || !is_token(&message.support_code) {
        return None;
    }
    let name = Some(plain_name(&message.from_name)).filter(|name| !name.is_empty());
    let builder = lettre::Message::builder()
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(message.subject.as_deref().unwrap_or_default(), SUBJECT_LENGTH))
        .date(SystemTime::try_from(message.created_at).ok()?)
        .message_id(Some(format!("<{}@{}>", message.id, from.domain())))
        .raw_header(header("Auto-Submitted", "auto-generated")?)
        .raw_header(header("X-Auto-Response-Suppress", "All")?)
        .raw_header(header(
            "Content-Language",
            Some(&message.locale).filter(|tag| is_token(tag)).map_or("en", |tag| tag),
        )?)
        .raw_header(header("Support-Code", &message.support_code)?);
    let plain = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(crlf(&message.text));
    let built = match &message.html {
        Some(html) => {
            let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(crlf(html));
            let parts =
                MultiPart::builder().kind(MultiPartKind::Alternative).boundary(format!("readmit-{}", message.id));
            builder.multipart(parts.singlepart(plain).singlepart(html))
        }
        None => builder.singlepart(plain),
    };
    let mail = Zeroizing::new(String::from_utf8(built.ok()?.formatted()).ok()?);
    mail.is_ascii().then_some(mail)
}

fn header(name: &'static str, value: &str) -> Option<HeaderValue> {
    Some(HeaderValue::new(HeaderName::new_from_ascii(name.to_owned()).ok()?, value.to_owned()))
}

/// One kind of line end only, so that no lone CR or LF can hide a command (SMTP smuggling).
fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// TLS 1.2 or 1.3, checked against the roots of the system and of `ca_file`.
fn client_config(config: &MailConfig) -> Result<ClientConfig, String> {
    let mut roots = Vec::new();
    if let Some(file) = &config.ca_file {
        let told = |why: &dyn std::fmt::Display| format!("mail.ca_file {}: {why}", file.display());
        let read = CertificateDer::pem_file_iter(file).map_err(|error| told(&error))?;
        roots = read.collect::<Result<Vec<_>, _>>().map_err(|error| told(&error))?;
        if roots.is_empty() {
            return Err(told(&"no PEM certificate in it"));
        }
    }
    let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let unsound = |error: rustls::Error| format!("mail: TLS cannot be set up: {error}");
    let builder = ClientConfig::builder_with_provider(Arc::clone(&crypto)).with_safe_default_protocol_versions();
    let builder = builder.map_err(unsound)?;
    if config.security == MailSecurity::None {
        return Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = Verifier::new_with_extra_roots(roots, crypto).map_err(unsound)?;
    // The platform's verifier is the full one: chain, validity and name.
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
