//! Wakes those who wait for something that a committed unit wrote.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use tokio::sync::watch;

/// One counter a channel; it counts rings since the program started.
#[derive(Default)]
pub(super) struct Bell {
    channels: Mutex<HashMap<String, watch::Sender<u64>>>,
}

impl Bell {
    pub(super) fn listen(&self, channel: &str) -> watch::Receiver<u64> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.entry(channel.to_owned()).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    pub(super) fn ring(&self, channel: &str) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = channels.get(channel) {
            sender.send_modify(|rings| *rings = rings.wrapping_add(1));
        }
    }

    /// After a gap in listening anything may have been missed.
    pub(super) fn ring_all(&self) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in channels.values() {
            sender.send_modify(|rings| *rings = rings.wrapping_add(1));
        }
    }
}
