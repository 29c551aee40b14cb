//! The outbox: messages leave after the commit that caused them, by a worker that holds each on a lease.

mod worker;

use crate::app::Parts;
use crate::deliver::Channel;
use crate::fault::Fault;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::TenantId;
use readmit_store::Keys;
use readmit_store::NewMessage;
use readmit_store::Place;
use readmit_store::Tx;
use serde::Deserialize;
use serde::Serialize;
use zeroize::Zeroize;
use zeroize::ZeroizeOnDrop;
use zeroize::Zeroizing;

pub use worker::Worker;

/// What a message says, and to whom. Kept only sealed; does not print, and is wiped when dropped.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Letter {
    /// Validated e-mail address or E.164 number.
    pub to: String,
    /// Name of the organization.
    pub from_name: String,
    /// Subject line, for mail.
    pub subject: Option<String>,
    /// The text, or the plain part of a mail.
    pub text: String,
    /// The HTML part of a mail.
    pub html: Option<String>,
    /// BCP 47 tag of the language.
    pub locale: String,
    /// Support code of the journey it belongs to.
    pub support_code: String,
}

impl Letter {
    /// Seals it for the row of its message. The nonce is 12 random bytes, fresh for each call.
    ///
    /// # Errors
    /// [`Fault::Stored`] or [`Fault::Keys`]: both are bugs.
    pub fn seal(&self, keys: &Keys, tenant: TenantId, id: MessageId, nonce: [u8; 12]) -> Result<Vec<u8>, Fault> {
        let plain = serde_json::to_vec(self).map(Zeroizing::new).map_err(|_| Fault::Stored("a letter".to_owned()))?;
        Ok(keys.seal(&place(tenant, id), nonce, &plain)?)
    }

    /// Opens what [`Letter::seal`] made for the same message.
    ///
    /// # Errors
    /// [`Fault::Keys`] for anything else.
    pub fn open(keys: &Keys, tenant: TenantId, id: MessageId, sealed: &[u8]) -> Result<Self, Fault> {
        let plain = keys.open(&place(tenant, id), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Fault::Stored("a letter".to_owned()))
    }
}

fn place(tenant: TenantId, id: MessageId) -> Place {
    Place { table: "messages", column: "payload", row: id.to_string(), tenant: tenant.to_string() }
}

/// A message to enqueue.
#[derive(Clone)]
pub struct Outgoing {
    /// Names it; the stable id of its retries.
    pub id: MessageId,
    /// The journey that caused it.
    pub journey: Option<JourneyId>,
    /// `code`, `notice`, `contact`, …
    pub kind: &'static str,
    /// What it travels by.
    pub channel: Channel,
    /// Destination as cases show it.
    pub masked: String,
    /// What it says; `None` for a decoy, which is never sent.
    pub letter: Option<Letter>,
    /// After this it is not sent.
    pub expires_at: Timestamp,
    /// When it is made.
    pub now: Timestamp,
    /// 12 random bytes for the seal.
    pub nonce: [u8; 12],
}

/// Enqueues a message with what caused it; it leaves after the commit.
///
/// # Errors
/// [`Fault`]: nothing of the unit may be kept.
pub async fn enqueue(tx: &mut Tx, app: &Parts, tenant: TenantId, new: Outgoing) -> Result<(), Fault> {
    let payload = match &new.letter {
        Some(letter) => Some(letter.seal(&app.keys, tenant, new.id, new.nonce)?),
        None => None,
    };
    let message = NewMessage {
        id: new.id,
        journey: new.journey,
        kind: new.kind,
        channel: name(new.channel),
        masked: new.masked,
        payload,
        created_at: new.now,
        expires_at: new.expires_at,
    };
    Ok(tx.enqueue_message(tenant, &message).await?)
}

/// The word for the channel in the table.
fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "mail",
        Channel::Sms => "sms",
        Channel::Voice => "voice",
    }
}

fn named(word: &str) -> Option<Channel> {
    [Channel::Mail, Channel::Sms, Channel::Voice].into_iter().find(|channel| name(*channel) == word)
}
