//! The worker that sends what is due.
//!
//! A worker that dies loses its leases, so every message is sent at least once or ends as `expired`; the driver's
//! stable id makes a second copy recognizable. Logs carry ids, outcomes and provider codes only.

use super::Letter;
use super::named;
use crate::app::App;
use crate::deliver::Channel;
use crate::deliver::Delivered;
use crate::deliver::Message;
use crate::fault::Fault;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_store::LeasedMessage;
use readmit_store::MESSAGES;
use readmit_store::Tx;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// Messages that one worker holds at once.
const HELD: usize = 32;
/// Sends at once of each channel, so that a slow relay does not hold up the others.
const SEATS: usize = 8;
/// How long a lease lasts; a killed worker's messages wait this long.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// A try is broken off before its lease ends, or a second worker might send beside it.
const TRY: Duration = Duration::from_secs(50);
/// How often to look without being woken.
const LOOK: Duration = Duration::from_secs(1);
/// How long sends under way may take after the shutdown began.
const LAST: Duration = Duration::from_secs(5);
/// Pauses after the first tries; the last one is for all others.
const PAUSES: [i64; 4] = [1, 5, 15, 60];

/// A worker; any number of them may share a database.
pub struct Worker {
    app: App,
    owner: String,
    mail: Semaphore,
    sms: Semaphore,
    voice: Semaphore,
}

/// What a try came to.
enum End {
    Done(&'static str, Option<String>),
    Again(String, Timestamp),
}

impl Worker {
    /// A worker with a name of its own.
    ///
    /// # Errors
    /// [`Fault::Entropy`].
    pub fn new(app: App) -> Result<Self, Fault> {
        let owner = app.message_id()?.to_string();
        let [mail, sms, voice] = [(); 3].map(|()| Semaphore::new(SEATS));
        Ok(Self { app, owner, mail, sms, voice })
    }

    /// Delivers until `stop` holds `true`; then sends under way may end within 5 s.
    ///
    /// Woken by each commit that enqueues, by the next message that is due, and once a second.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let worker = Arc::new(self);
        let mut bell = worker.app.store.wake(MESSAGES);
        let mut under_way = JoinSet::new();
        let mut is_well = true;
        loop {
            bell.borrow_and_update();
            while under_way.try_join_next().is_some() {}
            let pause = match worker.take(HELD.saturating_sub(under_way.len())).await {
                Ok((leased, pause)) => {
                    is_well = true;
                    for message in leased {
                        under_way.spawn(Arc::clone(&worker).deliver(message));
                    }
                    pause
                }
                Err(fault) => {
                    if is_well {
                        tracing::error!(%fault, "the outbox cannot read its messages");
                    }
                    is_well = false;
                    LOOK
                }
            };
            let is_full = under_way.len() >= HELD;
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                Some(_) = under_way.join_next(), if is_full => {}
                _ = bell.changed(), if !is_full => {}
                () = tokio::time::sleep(pause), if !is_full => {}
            }
        }
        let all = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST, all).await.is_err() {
            // What is cut off is tried again when its lease has ended.
            under_way.shutdown().await;
        }
    }

    /// Delivers everything that is due now, once each, and says how many messages that were.
    ///
    /// # Errors
    /// [`Fault`] if the messages cannot be read.
    pub async fn deliver_due(self: &Arc<Self>) -> Result<usize, Fault> {
        let mut tried = 0;
        loop {
            let (leased, _) = self.take(HELD).await?;
            if leased.is_empty() {
                return Ok(tried);
            }
            tried += leased.len();
            let mut under_way = JoinSet::new();
            for message in leased {
                under_way.spawn(Arc::clone(self).deliver(message));
            }
            while under_way.join_next().await.is_some() {}
        }
    }

    /// Leases what is due, at most `free`, and says when to look again.
    async fn take(&self, free: usize) -> Result<(Vec<LeasedMessage>, Duration), Fault> {
        let now = self.app.clock.now();
        // A read first: looking once a second must not write.
        let due = self.app.store.read(async |tx: &mut Tx| tx.next_due().await).await?;
        let Some(due) = due else {
            return Ok((Vec::new(), LOOK));
        };
        if due > now {
            let wait = Duration::try_from(due.duration_since(now)).unwrap_or(LOOK);
            return Ok((Vec::new(), wait.clamp(Duration::from_millis(5), LOOK)));
        }
        let owner = self.owner.clone();
        let (until, limit) = (later(now, LEASE), i64::try_from(free).unwrap_or(0));
        let leased =
            self.app.store.write(async move |tx: &mut Tx| tx.lease_messages(&owner, now, until, limit).await).await?;
        Ok((leased, LOOK))
    }

    async fn deliver(self: Arc<Self>, message: LeasedMessage) {
        let message = Arc::new(message);
        let end = Box::pin(self.attempt(&message)).await;
        let (outcome, code) = match &end {
            End::Done(state, code) => (*state, code.as_deref()),
            End::Again(code, _) => ("retry", Some(code.as_str())),
        };
        let journey = message.journey.map(|journey| journey.to_string());
        tracing::info!(message = %message.id, support_code = journey, channel = message.channel, outcome, provider_code = code, "message tried");
        self.record(&message, &end).await;
    }

    async fn attempt(&self, message: &LeasedMessage) -> End {
        let deadline = Instant::now() + TRY;
        let Some(sealed) = &message.payload else {
            return End::Done("accepted", None);
        };
        let letter = Letter::open(&self.app.keys, message.tenant, message.id, sealed);
        let (Ok(letter), Some(channel)) = (letter, named(&message.channel)) else {
            tracing::error!(message = %message.id, "a message cannot be read");
            return End::Done("failed", Some("unreadable".to_owned()));
        };
        let outgoing = outgoing(message, letter, channel);
        let seats = match channel {
            Channel::Mail => &self.mail,
            Channel::Sms => &self.sms,
            Channel::Voice => &self.voice,
        };
        let sent = tokio::time::timeout_at(deadline, async {
            let _seat = seats.acquire().await;
            if message.expires_at <= self.app.clock.now() {
                return None;
            }
            Some(self.app.drivers.send(&outgoing).await)
        });
        match sent.await {
            Ok(None) => End::Done("expired", None),
            Ok(Some(Delivered::Accepted { provider_code })) => End::Done("accepted", Some(provider_code)),
            Ok(Some(Delivered::Failed { provider_code, .. })) => End::Done("failed", Some(provider_code)),
            Ok(Some(Delivered::Retry { provider_code, after, .. })) => self.again(message, provider_code, after),
            Err(_) => self.again(message, "timeout".to_owned(), None),
        }
    }

    /// Later, if the message lives that long; else it ends as expired, with what was said last.
    fn again(&self, message: &LeasedMessage, code: String, after: Option<Duration>) -> End {
        let tries = usize::try_from(message.tries).unwrap_or(0).min(PAUSES.len() - 1);
        let pause = SignedDuration::from_secs(PAUSES.get(tries).copied().unwrap_or(60));
        let asked = after.and_then(|after| SignedDuration::try_from(after).ok()).unwrap_or_default();
        let due = later(self.app.clock.now(), pause.max(asked));
        if due >= message.expires_at { End::Done("expired", Some(code)) } else { End::Again(code, due) }
    }

    /// Writes down what came of a try; a database that is away for a moment must not cost a second copy.
    async fn record(&self, message: &Arc<LeasedMessage>, end: &End) {
        for pause in [1, 3, 0] {
            match self.write(message, end).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(message = %message.id, "the lease of a message was lost");
                    return;
                }
                Err(fault) if pause == 0 => {
                    tracing::error!(message = %message.id, %fault, "a delivery is not written down")
                }
                Err(_) => tokio::time::sleep(Duration::from_secs(pause)).await,
            }
        }
    }

    async fn write(&self, message: &Arc<LeasedMessage>, end: &End) -> Result<bool, Fault> {
        let (owner, message, now) = (self.owner.clone(), Arc::clone(message), self.app.clock.now());
        let done = match end {
            End::Done(state, code) => {
                let (state, code) = (*state, code.clone());
                let unit = async move |tx: &mut Tx| tx.finish_message(&owner, &message, state, code, now).await;
                self.app.store.write(unit).await
            }
            End::Again(code, due) => {
                let (code, due) = (code.clone(), *due);
                let unit = async move |tx: &mut Tx| tx.retry_message(&owner, &message, code, due).await;
                self.app.store.write(unit).await
            }
        };
        Ok(done?)
    }
}

fn outgoing(message: &LeasedMessage, mut letter: Letter, channel: Channel) -> Message {
    use std::mem::take;
    Message {
        id: message.id.to_string(),
        to: take(&mut letter.to),
        channel,
        from_name: take(&mut letter.from_name),
        subject: take(&mut letter.subject),
        text: Zeroizing::new(take(&mut letter.text)),
        html: take(&mut letter.html).map(Zeroizing::new),
        locale: take(&mut letter.locale),
        support_code: take(&mut letter.support_code),
        created_at: message.created_at,
        expires_at: message.expires_at,
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
