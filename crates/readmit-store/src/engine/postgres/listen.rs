//! Hears what other replicas notify.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_postgres::AsyncMessage;
use tokio_postgres::Error;
use tokio_postgres::config::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::bell::Bell;

/// PostgreSQL's channel for all of ours; the payload names ours.
pub(super) const CHANNEL: &str = "readmit";
const AGAIN_AFTER: Duration = Duration::from_secs(2);

#[expect(clippy::disallowed_methods, reason = "the lane aborts the task when it is closed or dropped")]
pub(super) fn start(pg: Config, tls: MakeRustlsConnect, bell: Arc<Bell>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            if let Err(error) = listen(&pg, tls.clone(), &bell).await {
                tracing::debug!(%error, "The listening connection broke");
            }
            sleep(AGAIN_AFTER).await;
        }
    })
}

async fn listen(pg: &Config, tls: MakeRustlsConnect, bell: &Bell) -> Result<(), Error> {
    let (client, mut connection) = pg.connect(tls).await?;
    let asked = async {
        client.batch_execute("LISTEN readmit").await?;
        // What came before is missed: everyone looks once.
        bell.ring_all();
        // The connection ends with its client.
        std::future::pending::<Result<(), Error>>().await
    };
    let heard = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notice) = message? {
                bell.ring(notice.payload());
            }
        }
        Ok(())
    };
    tokio::select! {
        ended = asked => ended,
        ended = heard => ended,
    }
}
