//! Carries one finished message to a relay or a gateway and says what became of it.
//!
//! Nothing here stores, leases, expires or words a message: the outbox decides when, the text module decides what.
//! No driver logs, and no answer of ours holds a text, an address or a secret.

mod config;
mod gateway;
mod mail;
mod memory;
mod names;
mod smtp;
mod template;

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

pub use config::GatewayAuth;
pub use config::GatewayConfig;
pub use config::MailConfig;
pub use config::MailSecurity;
pub use gateway::Gateway;
pub use mail::Smtp;
pub use memory::MemoryItem;
pub use memory::MemoryOutbox;
pub use names::plain_name;

/// What a message travels by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// E-mail.
    Mail,
    /// Text message.
    Sms,
    /// Telephone call that speaks the text.
    Voice,
}

/// One finished message. It holds codes, so it does not print.
pub struct Message {
    /// Stable over all tries, unique for ever; becomes Message-ID and Idempotency-Key. `[A-Za-z0-9._-]`, 1 to 64 characters.
    pub id: String,
    /// Validated e-mail address or E.164 number.
    pub to: String,
    /// What it travels by.
    pub channel: Channel,
    /// Name of the organisation; becomes the sender's display name after [`plain_name`].
    pub from_name: String,
    /// Subject line, for mail.
    pub subject: Option<String>,
    /// The text, or the plain part of a mail.
    pub text: Zeroizing<String>,
    /// The HTML part of a mail.
    pub html: Option<Zeroizing<String>>,
    /// BCP 47 tag of the language of the text.
    pub locale: String,
    /// Support code of the journey it belongs to.
    pub support_code: String,
    /// When it was made; becomes `Date`.
    pub created_at: Timestamp,
    /// From when on it must not be sent; the caller honours it.
    pub expires_at: Timestamp,
}

/// What became of one try. Nothing in it is personal, so it may be stored and shown to an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The relay or gateway took the responsibility.
    Accepted {
        /// The gateway's id, or the relay's reply with its queue id; else the status.
        provider_code: String,
    },
    /// Not now; the same message may be tried again while it is valid.
    Retry {
        /// Enhanced status (RFC 3463), HTTP status, or a short word of ours such as `certificate-name`.
        provider_code: String,
        /// Kind of trouble.
        reason: Reason,
        /// How long the other side asks us to wait; at most an hour.
        after: Option<Duration>,
    },
    /// Never; trying again would give the same.
    Failed {
        /// As in [`Delivered::Retry`].
        provider_code: String,
        /// Kind of trouble.
        reason: Reason,
    },
}

impl Delivered {
    fn retry(reason: Reason, provider_code: impl Into<String>) -> Self {
        Self::Retry { provider_code: provider_code.into(), reason, after: None }
    }

    fn failed(reason: Reason, provider_code: impl Into<String>) -> Self {
        Self::Failed { provider_code: provider_code.into(), reason }
    }
}

/// Why a message did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The host's name could not be resolved.
    Dns,
    /// No connection, or it was lost.
    Connect,
    /// TLS missing, or the certificate is not good.
    Tls,
    /// Our login was refused; an administrator can mend it.
    Auth,
    /// No answer in time.
    Timeout,
    /// We send too fast.
    Throttled,
    /// The other side understood, and said no to this message.
    Refused,
    /// The other side has trouble of its own, or asks us to come again (greylisting).
    Unavailable,
    /// An answer that follows no rule we know.
    Answer,
    /// The message itself cannot be sent: address, id or text.
    Malformed,
    /// No driver is configured for the channel.
    NotConfigured,
}

impl Reason {
    /// The stable word for tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Timeout => "timeout",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Answer => "answer",
            Self::Malformed => "malformed",
            Self::NotConfigured => "not-configured",
        }
    }
}

/// One way to carry a message.
pub enum Driver {
    /// An SMTP relay.
    Smtp(Box<Smtp>),
    /// An HTTP gateway.
    Gateway(Box<Gateway>),
    /// The demo's outbox in memory.
    Memory(MemoryOutbox),
    /// Nothing is configured: every message fails at once.
    None,
}

impl Driver {
    /// Tries once. Takes at most about a minute; dropping the future breaks the try off, and the message may have left.
    pub async fn send(&self, message: &Message) -> Delivered {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Gateway(gateway) => gateway.send(message).await,
            Self::Memory(outbox) => outbox.push(message),
            Self::None => Delivered::failed(Reason::NotConfigured, "none"),
        }
    }
}

/// The driver of each channel.
pub struct Drivers {
    /// For [`Channel::Mail`].
    pub mail: Driver,
    /// For [`Channel::Sms`].
    pub sms: Driver,
    /// For [`Channel::Voice`].
    pub voice: Driver,
}

impl Drivers {
    /// Tries once, by the driver of the message's channel; see [`Driver::send`].
    pub async fn send(&self, message: &Message) -> Delivered {
        match message.channel {
            Channel::Mail => self.mail.send(message).await,
            Channel::Sms => self.sms.send(message).await,
            Channel::Voice => self.voice.send(message).await,
        }
    }
}

/// Whether the text may stand in a Message-ID or a header as it is.
fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// What a stranger's answer may leave behind in our tables: 1 to 120 printable ASCII characters and no address.
fn safe_code(answer: &str) -> Option<String> {
    let kept: String = answer.chars().filter(|c| (' '..='~').contains(c)).take(120).collect();
    let kept = kept.trim();
    (!kept.is_empty() && !kept.contains('@')).then(|| kept.to_owned())
}
