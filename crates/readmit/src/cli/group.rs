//! `readmit group`.

use clap::Subcommand;
use readmit_core::activity::ActivityName;
use readmit_core::ids::TenantId;
use readmit_core::text::Upn;
use readmit_store::GroupRow;
use readmit_store::Member;
use readmit_store::NamedMember;
use readmit_store::Target;
use readmit_store::Tx;
use serde_json::Value as Json;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::Context;
use super::context::account_named;
use super::failure::Failure;
use super::fields;
use super::output::cell;
use super::output::sheet;
use super::user::PageArguments;

/// Longest name of a group, in characters.
const LONGEST_NAME: usize = 256;

#[derive(Subcommand)]
pub(super) enum Group {
    /// Make a group.
    Create {
        /// Its name.
        group: String,
    },
    /// List the groups.
    List {
        #[command(flatten)]
        page: PageArguments,
    },
    /// Show one group with its members.
    Show {
        /// Its name.
        group: String,
    },
    /// Put an account or a group into a group.
    Add {
        /// The group that gets a member.
        group: String,
        /// A user ID, or the name of a group.
        member: String,
    },
    /// Take an account or a group out of a group.
    Remove {
        /// The group that loses a member.
        group: String,
        /// A user ID, or the name of a group.
        member: String,
    },
}

impl Group {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let context = Context::open(global).await?;
        match self {
            Self::Create { group } => create(&context, &group).await?,
            Self::List { page } => list(&context, &page).await?,
            Self::Show { group } => {
                let tenant = context.tenant().await?.tenant.id;
                show(&context, tenant, group).await?;
            }
            Self::Add { group, member } => change(&context, group, member, ActivityName::AddGroupMember).await?,
            Self::Remove { group, member } => change(&context, group, member, ActivityName::RemoveGroupMember).await?,
        }
        Ok(Answer::Yes)
    }
}

/// The group of this name.
pub(super) async fn group_named(tx: &mut Tx, tenant: TenantId, name: &str) -> Result<GroupRow, Failure> {
    let found = tx.group_named(tenant, name).await?;
    found.ok_or_else(|| Failure::not_found(format!("there is no group {name}")))
}

/// The account or group of this name: what holds an `@` is a user ID, unless a group has that name.
pub(super) async fn member_named(tx: &mut Tx, tenant: TenantId, name: &str) -> Result<NamedMember, Failure> {
    if let Some(group) = tx.group_named(tenant, name).await? {
        return Ok(NamedMember { member: Member::Group(group.id), name: group.name });
    }
    if !name.contains('@') {
        return Err(Failure::not_found(format!("there is no group {name}")));
    }
    let upn = Upn::parse(name).map_err(|problem| Failure::invalid("member", problem))?;
    let row = account_named(tx, tenant, upn.identifier()).await?;
    Ok(NamedMember { member: Member::Account(row.account.id), name: row.account.upn.to_string() })
}

/// The organization of a command that names an account or a group.
pub(super) async fn tenant_of_member(context: &Context, member: &str) -> Result<TenantId, Failure> {
    let row = match Upn::parse(member) {
        Ok(upn) => context.tenant_of(upn.domain()).await?,
        Err(_) => context.tenant().await?,
    };
    Ok(row.tenant.id)
}

/// Id and name of a member, as the audit and documents name them.
pub(super) fn target(named: &NamedMember) -> Target {
    let id = match named.member {
        Member::Account(id) => id.to_string(),
        Member::Group(id) => id.to_string(),
    };
    Target { id, name: Some(named.name.clone()) }
}

async fn create(context: &Context, given: &str) -> Result<(), Failure> {
    let name = fields::text("name", given, LONGEST_NAME)?;
    if name.is_empty() {
        return Err(Failure::invalid("name", "empty"));
    }
    let (tenant, id, now) = (context.tenant().await?.tenant.id, context.group_id()?, context.now());
    let mut entry = context.entry(tenant, ActivityName::AddGroup)?;
    entry.record.target = Some(Target { id: id.to_string(), name: Some(name.clone()) });
    let made = name.clone();
    context
        .store
        .write(async move |tx: &mut Tx| {
            tx.create_group(tenant, id, &made, now).await?;
            Ok::<_, Failure>(entry.append(tx).await?)
        })
        .await?;
    context.checkpoint().await?;
    context.output.say(&format!("Made the group {name}."))?;
    show(context, tenant, name).await
}

async fn list(context: &Context, page: &PageArguments) -> Result<(), Failure> {
    let tenant = context.tenant().await?.tenant.id;
    let (after, limit) = (page.cursor.clone(), page.limit()?);
    let page = context.store.read(async move |tx: &mut Tx| tx.groups(tenant, after.as_deref(), limit).await).await?;
    let items = page.items.iter().map(|row| Json::Object(document(row))).collect();
    context
        .output
        .list(items, page.next, &["name", "id"], |item| ["name", "id"].map(|field| cell(item, field)).to_vec())
}

fn document(row: &GroupRow) -> serde_json::Map<String, Json> {
    let fields = [("id", json!(row.id)), ("name", json!(row.name)), ("created_at", fields::time(row.created_at))];
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

async fn show(context: &Context, tenant: TenantId, name: String) -> Result<(), Failure> {
    let unit = async move |tx: &mut Tx| {
        let group = group_named(tx, tenant, &name).await?;
        let members = tx.group_members(tenant, group.id).await?;
        Ok::<_, Failure>((group, members))
    };
    let (group, members) = context.store.read(unit).await?;
    let names = |wanted: fn(Member) -> bool| -> Vec<&str> {
        members.iter().filter(|one| wanted(one.member)).map(|one| one.name.as_str()).collect()
    };
    let mut document = document(&group);
    document.insert("groups".to_owned(), json!(names(|member| matches!(member, Member::Group(_)))));
    document.insert("accounts".to_owned(), json!(names(|member| matches!(member, Member::Account(_)))));
    let document = Json::Object(document);
    context.output.document(&document, || sheet(&document, &["name", "id", "groups", "accounts", "created_at"]))
}

async fn change(context: &Context, group: String, member: String, activity: ActivityName) -> Result<(), Failure> {
    let tenant = tenant_of_member(context, &member).await?;
    let mut entry = context.entry(tenant, activity)?;
    let name = group.clone();
    context
        .store
        .write(async move |tx: &mut Tx| {
            let group = group_named(tx, tenant, &group).await?;
            let named = member_named(tx, tenant, &member).await?;
            let adds = activity == ActivityName::AddGroupMember;
            if adds && named.member == Member::Group(group.id) {
                return Err(Failure::invalid("member", "a group is not its own member"));
            }
            let changed = if adds {
                tx.add_member(tenant, group.id, named.member).await?
            } else {
                tx.remove_member(tenant, group.id, named.member).await?
            };
            if !changed && !adds {
                return Err(Failure::not_found(format!("{} is no direct member of {}", named.name, group.name)));
            }
            if !changed {
                return Ok(());
            }
            let target = target(&named);
            if let Member::Account(id) = named.member {
                entry.record.subject = Some(id.to_string());
            }
            entry.record.target = Some(target);
            let of = json!({ "group": group.name, "group_id": group.id });
            *(if adds { &mut entry.record.new } else { &mut entry.record.old }) = Some(of);
            Ok(entry.append(tx).await?)
        })
        .await?;
    context.checkpoint().await?;
    show(context, tenant, name).await
}
