//! What the server does without being asked: messages, checkpoints of the audit, cleaning up, the disk.

use crate::app::App;
use crate::disk::Disk;
use crate::disk::Room;
use crate::fault::Fault;
use crate::outbox::Worker;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_store::Actor;
use readmit_store::AuditRecord;
use readmit_store::Tx;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often to ask whether a checkpoint is due; it is after 5 minutes or 1,000 records.
const CHECKPOINT_LOOK: Duration = Duration::from_secs(10);
const PURGE_EVERY: Duration = Duration::from_secs(60);
/// Rows of a kind deleted at once, so that nobody waits long for the writer.
const PURGE_BATCH: i64 = 500;
/// A session that ended is kept this long, so that its page can say so.
const ENDED_SESSIONS: SignedDuration = SignedDuration::from_hours(1);
const DISK_LOOK: Duration = Duration::from_secs(10);

/// The tasks of a running server.
pub struct Tasks {
    app: App,
    checkpoints: PathBuf,
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Tasks {
    /// Starts all of them. The first checkpoint is signed right away.
    ///
    /// # Errors
    /// [`Fault::Entropy`].
    pub fn start(app: &App, disk: Option<Disk>, checkpoints: PathBuf) -> Result<Self, Fault> {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        running.spawn(Worker::new(Arc::clone(app))?.run(stopped.clone()));
        running.spawn(keep_checkpoints(Arc::clone(app), checkpoints.clone(), stopped.clone()));
        running.spawn(keep_clean(Arc::clone(app), stopped.clone()));
        if let Some(disk) = disk {
            running.spawn(watch_disk(disk, stopped));
        }
        Ok(Self { app: Arc::clone(app), checkpoints, stop, running })
    }

    /// Lets them end within `drain`, breaks off the rest, and signs the last checkpoint.
    pub async fn stop(mut self, drain: Duration) {
        self.stop.send_replace(true);
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(drain, all).await.is_err() {
            self.running.shutdown().await;
        }
        note(&self.app, "stopped").await;
        checkpoint(&self.app, &self.checkpoints).await;
    }
}

/// Sleeps; `false` when it is time to stop.
async fn pause(stopped: &mut watch::Receiver<bool>, by: Duration) -> bool {
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => false,
        () = tokio::time::sleep(by) => true,
    }
}

async fn keep_checkpoints(app: App, file: PathBuf, mut stopped: watch::Receiver<bool>) {
    note(&app, "started").await;
    checkpoint(&app, &file).await;
    while pause(&mut stopped, CHECKPOINT_LOOK).await {
        if app.store.is_checkpoint_due(app.clock.now()).await == Ok(true) {
            checkpoint(&app, &file).await;
        }
    }
}

async fn checkpoint(app: &App, file: &Path) {
    if let Err(fault) = app.store.checkpoint(&app.keys, Some(file), app.clock.now()).await {
        tracing::warn!(%fault, "no checkpoint of the audit");
    }
}

/// Writes into the audit that this server started or stopped.
async fn note(app: &App, what: &'static str) {
    let noted = async {
        let seed = app.entropy.bytes()?;
        let mut record =
            AuditRecord::new(app.clock.now(), ActivityName::Lifecycle, ActivityResult::Success, Actor::system());
        record.reason = Some(what.to_owned());
        let writer = app.writer.clone();
        let unit = async move |tx: &mut Tx| tx.append_audit(&writer, &record, seed).await;
        Ok::<_, Fault>(app.store.write(unit).await?)
    };
    if let Err(fault) = noted.await {
        tracing::warn!(%fault, what, "not in the audit");
    }
}

async fn keep_clean(app: App, mut stopped: watch::Receiver<bool>) {
    while pause(&mut stopped, PURGE_EVERY).await {
        // Small units with a pause between them; what is left over waits for the next minute.
        for _ in 0..20 {
            match purge(&app).await {
                Ok(gone) if gone >= PURGE_BATCH.unsigned_abs() => {}
                Ok(_) => break,
                Err(fault) => {
                    tracing::warn!(%fault, "cannot clean up");
                    break;
                }
            }
            if !pause(&mut stopped, Duration::from_millis(50)).await {
                return;
            }
        }
    }
}

/// Drops what no rule looks at any more; says how much that was.
async fn purge(app: &App) -> Result<u64, Fault> {
    let now = app.clock.now();
    let before = now.saturating_sub(ENDED_SESSIONS).unwrap_or(Timestamp::MIN);
    let sessions = app.store.write(async move |tx: &mut Tx| tx.purge_sessions(before, PURGE_BATCH).await).await?;
    let counts = app.store.write(async move |tx: &mut Tx| tx.purge_counts(now, PURGE_BATCH).await).await?;
    Ok(sessions.max(counts))
}

async fn watch_disk(disk: Disk, mut stopped: watch::Receiver<bool>) {
    let mut last = Room::Enough;
    loop {
        let here = disk.clone();
        match tokio::task::spawn_blocking(move || here.keep_ballast()).await {
            Ok(Ok(room)) if room != last => {
                match room {
                    Room::Enough => tracing::info!("there is room on the database's disk again"),
                    Room::Low => tracing::warn!("the database's disk is 90 % full"),
                    Room::Scarce => {
                        tracing::warn!("the database's disk is 95 % full: the reserve beside it was given up")
                    }
                }
                last = room;
            }
            Ok(Err(fault)) => tracing::warn!(%fault, "cannot look after the database's disk"),
            Ok(Ok(_)) | Err(_) => {}
        }
        if !pause(&mut stopped, DISK_LOOK).await {
            return;
        }
    }
}
