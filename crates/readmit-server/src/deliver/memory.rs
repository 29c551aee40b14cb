//! The demo's outbox: what would have been sent, kept in memory and shown in the browser.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::Timestamp;
use serde::Serialize;

use super::Channel;
use super::Delivered;
use super::Message;

const KEPT: usize = 500;

/// The last 500 messages, oldest first. A clone shows the same messages. Only `readmit demo` makes one.
#[derive(Clone, Default)]
pub struct MemoryOutbox {
    items: Arc<Mutex<VecDeque<MemoryItem>>>,
}

/// One message as `/demo/outbox.json` shows it.
#[derive(Clone, Serialize)]
pub struct MemoryItem {
    /// The message's id.
    pub id: String,
    /// When it was made.
    pub at: Timestamp,
    /// What it would have travelled by.
    pub channel: Channel,
    /// Address or number.
    pub to: String,
    /// Subject, for mail.
    pub subject: Option<String>,
    /// The plain text.
    pub text: String,
    /// Support code of the journey.
    pub support_code: String,
}

impl MemoryOutbox {
    /// An empty outbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// The messages, oldest first.
    pub fn items(&self) -> Vec<MemoryItem> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Keeps the message once, however often it is tried.
    pub(super) fn push(&self, message: &Message) -> Delivered {
        let item = MemoryItem {
            id: message.id.clone(),
            at: message.created_at,
            channel: message.channel,
            to: message.to.clone(),
            subject: message.subject.clone(),
            text: message.text.as_str().to_owned(),
            support_code: message.support_code.clone(),
        };
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.iter().all(|kept| kept.id != item.id) {
            if items.len() == KEPT {
                items.pop_front();
            }
            items.push_back(item);
        }
        Delivered::Accepted { provider_code: "memory".to_owned() }
    }
}
