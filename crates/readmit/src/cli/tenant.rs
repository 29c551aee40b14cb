//! `readmit tenant`.

use clap::Subcommand;
use jiff::tz::TimeZone;
use readmit_core::account::Tenant as Organization;
use readmit_core::activity::ActivityName;
use readmit_core::ids::PolicyVersion;
use readmit_core::licence::TenantPlan;
use readmit_core::preset::Preset;
use readmit_core::text::Domain;
use readmit_store::PolicyRow;
use readmit_store::StoreError;
use readmit_store::Target;
use readmit_store::TenantRow;
use readmit_store::Tx;
use serde_json::Value as Json;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::Context;
use super::failure::Failure;
use super::fields::text;
use super::output::cell;
use super::output::sheet;

/// Longest name of an organization, in characters.
const LONGEST_NAME: usize = 64;

#[derive(Subcommand)]
pub(super) enum Tenant {
    /// Make an organization.
    Create(Create),
    /// List the organizations.
    List {
        #[command(flatten)]
        page: super::user::PageArguments,
    },
    /// Show one organization.
    Show {
        /// Its name; else that of --tenant, or the only one.
        name: Option<String>,
    },
}

#[derive(clap::Args)]
pub(super) struct Create {
    /// Its name.
    name: String,
    /// A domain of its user IDs; may be given several times.
    #[arg(long = "domain", value_name = "DOMAIN", required = true)]
    domains: Vec<String>,
    /// unlimited, free, business_standard, business_premium, p1 or p2; anything but unlimited enforces licences.
    #[arg(long, default_value = "unlimited")]
    plan: String,
    /// recommended, entra, strict, or none for no policy yet.
    #[arg(long, default_value = "recommended")]
    preset: String,
    /// Time zone for people, as IANA names it.
    #[arg(long, value_name = "IANA", default_value = "UTC")]
    time_zone: String,
}

impl Tenant {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let context = Context::open(global).await?;
        match self {
            Self::Create(create) => create.run(&context).await?,
            Self::List { page } => list(&context, &page).await?,
            Self::Show { name } => {
                let row = match name {
                    Some(name) => context.named_tenant(Some(name)).await?,
                    None => context.tenant().await?,
                };
                show(&context, row).await?;
            }
        }
        Ok(Answer::Yes)
    }
}

/// What makes a tenant, checked. Also the first step of `init`.
pub(super) struct NewTenant {
    pub(super) tenant: Organization,
    pub(super) domains: Vec<Domain>,
    pub(super) preset: Option<Preset>,
}

impl Create {
    fn checked(&self, context: &Context) -> Result<NewTenant, Failure> {
        let name = text("name", &self.name, LONGEST_NAME)?;
        if name.is_empty() {
            return Err(Failure::invalid("name", "empty"));
        }
        let plan = TenantPlan::parse(&self.plan).ok_or_else(|| {
            Failure::invalid("plan", "unlimited, free, business_standard, business_premium, p1 or p2")
        })?;
        let preset = match self.preset.as_str() {
            "none" => None,
            name => Some(
                Preset::parse(name).ok_or_else(|| Failure::invalid("preset", "recommended, entra, strict or none"))?,
            ),
        };
        let mut domains = Vec::new();
        for given in &self.domains {
            let domain = Domain::parse(given).map_err(|problem| Failure::invalid("domain", problem))?;
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        let time_zone = self.time_zone.clone();
        TimeZone::get(&time_zone).map_err(|_| {
            Failure::invalid("time_zone", format_args!("{time_zone} is none")).hint("for example Europe/London")
        })?;
        let tenant = Organization { id: context.tenant_id()?, name, plan, time_zone };
        Ok(NewTenant { tenant, domains, preset })
    }

    async fn run(&self, context: &Context) -> Result<(), Failure> {
        let new = self.checked(context)?;
        let id = new.tenant.id;
        create(context, new).await?;
        context.checkpoint().await?;
        let row = context.store.read(async move |tx: &mut Tx| tx.tenant(id).await?.ok_or(StoreError::NoRow)).await?;
        context.output.say(&format!("Made the organization {}.", row.tenant.name))?;
        show(context, row).await
    }
}

/// Makes an organization with its first policy.
pub(super) async fn create(context: &Context, new: NewTenant) -> Result<(), Failure> {
    let (id, now) = (new.tenant.id, context.now());
    let mut entry = context.entry(id, ActivityName::ChangeTenant)?;
    entry.record.target = Some(Target { id: id.to_string(), name: Some(new.tenant.name.clone()) });
    let domains: Vec<&str> = new.domains.iter().map(Domain::as_str).collect();
    entry.record.new = Some(json!({ "name": new.tenant.name, "domains": domains, "plan": new.tenant.plan.name(),
        "preset": new.preset.map(Preset::name), "time_zone": new.tenant.time_zone }));
    let saved_by = context.actor_id();
    context
        .store
        .write(async move |tx: &mut Tx| {
            tx.create_tenant(&new.tenant, &new.domains, now).await?;
            if let Some(preset) = new.preset {
                let content = Some((preset, preset.values()));
                tx.save_policy(id, &PolicyRow { version: PolicyVersion(0), content, saved_at: now, saved_by }).await?;
            }
            Ok::<_, Failure>(entry.append(tx).await?)
        })
        .await
}

async fn list(context: &Context, page: &super::user::PageArguments) -> Result<(), Failure> {
    let (after, limit) = (page.cursor.clone(), page.limit()?);
    let unit = async move |tx: &mut Tx| {
        let page = tx.tenants(after.as_deref(), limit).await?;
        let mut items = Vec::new();
        for row in page.items {
            let domains = tx.domains(row.tenant.id).await?;
            items.push(document(&row, &domains));
        }
        Ok::<_, Failure>((items, page.next))
    };
    let (items, next) = context.store.read(unit).await?;
    context.output.list(items, next, &["name", "domains", "plan", "policy"], |item| {
        ["name", "domains", "plan", "policy_version"].map(|field| cell(item, field)).to_vec()
    })
}

async fn show(context: &Context, row: TenantRow) -> Result<(), Failure> {
    let id = row.tenant.id;
    let domains = context.store.read(async move |tx: &mut Tx| tx.domains(id).await).await?;
    let document = document(&row, &domains);
    context.output.document(&document, || {
        sheet(&document, &["name", "id", "domains", "plan", "time_zone", "policy_version", "created_at"])
    })
}

fn document(row: &TenantRow, domains: &[String]) -> Json {
    json!({
        "id": row.tenant.id,
        "name": row.tenant.name,
        "domains": domains,
        "plan": row.tenant.plan.name(),
        "time_zone": row.tenant.time_zone,
        "policy_version": row.policy_version,
        "created_at": row.created_at.to_string(),
    })
}
