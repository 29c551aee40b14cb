//! `readmit migrate`.

use readmit_server::config::Config;
use readmit_server::start;
use readmit_store::Keys;
use readmit_store::Store;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::config_file;
use super::failure::Failure;

#[derive(clap::Args)]
pub(super) struct Migrate {}

impl Migrate {
    /// Brings the schema up to this program's; any number of processes may do so at once.
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let config = Config::load(&config_file(global)?)?;
        let keys = Keys::load(&config.keys.master_key_file)?;
        let store = Store::open(&start::store_config(&config.store)).await?;
        let before = store.schema_version().await?;
        let after = store.migrate().await?;
        store.check_key(&keys).await?;
        store.close().await;
        let document = json!({ "before": before, "schema": after });
        global.output().document(&document, || match before {
            before if before == after => format!("Schema {after}: nothing to do."),
            _ => format!("Schema {before} became {after}."),
        })?;
        Ok(Answer::Yes)
    }
}
