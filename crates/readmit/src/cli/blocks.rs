//! `readmit user blocks` and `readmit user unblock`.

use jiff::Timestamp;
use readmit_core::activity::ActivityName;
use readmit_core::ids::AccountId;
use readmit_core::ids::TenantId;
use readmit_core::preset::Preset;
use readmit_core::registration::Family;
use readmit_core::throttle::Block;
use readmit_core::throttle::Limits;
use readmit_store::PolicyRow;
use readmit_store::Tx;
use serde_json::Value as Json;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::fields;
use super::output::cell;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

#[derive(clap::Args)]
pub(super) struct Unblock {
    /// The account's user ID.
    upn: String,
    /// phone, email, app, questions or account; without it, all.
    #[arg(long)]
    family: Option<String>,
    /// Why; the audit keeps it.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// The blocks that hold an account back now, by the limits of its organization.
pub(super) async fn in_force(
    tx: &mut Tx,
    tenant: TenantId,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<Block>, Failure> {
    let policy = tx.policy(tenant).await?.and_then(PolicyRow::policy);
    let values = policy.map_or_else(|| Preset::Recommended.values(), |policy| policy.values);
    let attempts = tx.attempts(tenant, &account.to_string(), None, now).await?;
    Ok(attempts.blocks(Limits::of(&values), now))
}

pub(super) fn document(block: &Block) -> Json {
    json!({ "family": block.family.name(), "until": fields::time(block.until) })
}

pub(super) async fn list(context: &Context, upn: &str) -> Result<(), Failure> {
    let (tenant, row) = context.account(upn).await?;
    let (tenant, account, now) = (tenant.tenant.id, row.account.id, context.now());
    let blocks = context.store.read(async move |tx: &mut Tx| in_force(tx, tenant, account, now).await).await?;
    let items = blocks.iter().map(document).collect();
    context
        .output
        .list(items, None, &["family", "until"], |item| ["family", "until"].map(|field| cell(item, field)).to_vec())
}

impl Unblock {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let reason = fields::text("reason", &self.reason, LONGEST_REASON)?;
        if reason.is_empty() {
            return Err(Failure::invalid("reason", "empty"));
        }
        let family = match self.family.as_deref() {
            None => None,
            Some(name) => Some(Family::parse(name).ok_or_else(|| {
                Failure::invalid("family", format_args!("must be one of {}", Family::ALL.map(Family::name).join(", ")))
            })?),
        };
        let (tenant, row) = context.account(&self.upn).await?;
        let (tenant, account) = (tenant.tenant.id, row.account.id);
        let mut entry = context.entry(tenant, ActivityName::LiftBlock)?;
        entry.record = entry.record.about(account, Some(row.account.upn.to_string()));
        entry.record.reason = Some("BlockLifted".to_owned());
        let lifted = context
            .store
            .write(async move |tx: &mut Tx| {
                let subject = account.to_string();
                tx.lock_subject(tenant, &subject).await?;
                let lifted = tx.clear_attempts(tenant, &subject, family).await?;
                entry.record.new =
                    Some(json!({ "family": family.map(Family::name), "attempts": lifted, "because": reason }));
                entry.append(tx).await?;
                Ok::<_, Failure>(lifted)
            })
            .await?;
        context.checkpoint().await?;
        let document = json!({ "upn": row.account.upn, "family": family.map(Family::name), "cleared": lifted });
        context.output.document(&document, || format!("Forgot {lifted} counted attempts of {}.", row.account.upn))
    }
}
