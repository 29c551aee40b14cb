//! `readmit licence`.

use clap::Subcommand;
use readmit_core::activity::ActivityName;
use readmit_core::licence::Plan;
use readmit_store::LicenceRow;
use readmit_store::Member;
use readmit_store::Tx;
use serde_json::Value as Json;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::Context;
use super::failure::Failure;
use super::fields;
use super::group::member_named;
use super::group::target;
use super::group::tenant_of_member;
use super::output::cell;

#[derive(Subcommand)]
pub(super) enum Licence {
    /// Give a licence to an account, or to the direct members of a group.
    Assign {
        /// A user ID, or the name of a group.
        holder: String,
        /// free, business_standard, business_premium, p1 or p2.
        plan: String,
    },
    /// Take a licence back.
    Remove {
        /// A user ID, or the name of a group.
        holder: String,
        /// free, business_standard, business_premium, p1 or p2.
        plan: String,
    },
    /// List the licences.
    List,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Assign,
    Remove,
}

impl Licence {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let context = Context::open(global).await?;
        match self {
            Self::Assign { holder, plan } => change(&context, holder, &plan, Change::Assign).await?,
            Self::Remove { holder, plan } => change(&context, holder, &plan, Change::Remove).await?,
            Self::List => list(&context).await?,
        }
        Ok(Answer::Yes)
    }
}

async fn change(context: &Context, holder: String, plan: &str, change: Change) -> Result<(), Failure> {
    let plan = Plan::parse(plan).ok_or_else(|| {
        Failure::invalid("plan", format_args!("must be one of {}", Plan::ALL.map(Plan::name).join(", ")))
    })?;
    let tenant = tenant_of_member(context, &holder).await?;
    let mut entry = context.entry(tenant, ActivityName::ChangeLicence)?;
    let at = entry.record.at;
    let name = context
        .store
        .write(async move |tx: &mut Tx| {
            let named = member_named(tx, tenant, &holder).await?;
            let changed = match change {
                Change::Assign => tx.assign_licence(tenant, named.member, plan, at).await?,
                Change::Remove => tx.remove_licence(tenant, named.member, plan).await?,
            };
            if !changed && change == Change::Remove {
                return Err(Failure::not_found(format!("{} holds no licence {}", named.name, plan.name())));
            }
            if changed {
                if let Member::Account(id) = named.member {
                    entry.record.subject = Some(id.to_string());
                }
                entry.record.target = Some(target(&named));
                let licence = Some(json!({ "plan": plan.name() }));
                match change {
                    Change::Assign => entry.record.new = licence,
                    Change::Remove => entry.record.old = licence,
                }
                entry.append(tx).await?;
            }
            Ok(named.name)
        })
        .await?;
    context.checkpoint().await?;
    let (word, held) = match change {
        Change::Assign => ("has", true),
        Change::Remove => ("no longer has", false),
    };
    let document = json!({ "holder": name, "plan": plan.name(), "assigned": held });
    context.output.document(&document, || format!("{name} {word} the licence {}.", plan.name()))
}

async fn list(context: &Context) -> Result<(), Failure> {
    let tenant = context.tenant().await?.tenant.id;
    let rows = context.store.read(async move |tx: &mut Tx| tx.licences(tenant).await).await?;
    let items = rows.iter().map(document).collect();
    context.output.list(items, None, &["holder", "kind", "plan", "since"], |item| {
        ["holder", "holder_kind", "plan", "assigned_at"].map(|field| cell(item, field)).to_vec()
    })
}

fn document(row: &LicenceRow) -> Json {
    json!({
        "holder": row.holder,
        "holder_kind": row.holder_kind,
        "plan": row.plan.name(),
        "assigned_at": fields::time(row.assigned_at),
    })
}
