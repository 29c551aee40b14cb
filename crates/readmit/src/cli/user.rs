//! `readmit user`.

use clap::Subcommand;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::activity::ActivityName;
use readmit_core::ids::TenantId;
use readmit_core::licence::HeldLicence;
use readmit_core::licence::LicenceSource;
use readmit_core::order::PasswordHash;
use readmit_core::secret::NewPassword;
use readmit_core::text::Upn;
use readmit_store::AccountRow;
use readmit_store::AdministratorOrder;
use readmit_store::Keys;
use readmit_store::Seal;
use readmit_store::StoreError;
use readmit_store::TenantRow;
use readmit_store::Tx;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::Answer;
use super::Global;
use super::blocks;
use super::context::Context;
use super::context::Entry;
use super::context::account_named;
use super::failure::Failure;
use super::fields;
use super::fields::FieldArguments;
use super::fields::Setting;
use super::import;
use super::method;
use super::output;
use super::output::cell;
use super::output::sheet;

/// Longest password that is set, in characters.
const LONGEST_PASSWORD: usize = 256;

#[derive(Subcommand)]
pub(super) enum User {
    /// Make an account.
    Create {
        /// Its user ID.
        upn: String,
        #[command(flatten)]
        fields: Box<FieldArguments>,
    },
    /// Change an account; an empty value clears a field.
    Set {
        /// Its user ID.
        upn: String,
        #[command(flatten)]
        fields: Box<FieldArguments>,
    },
    /// List the accounts.
    List {
        #[command(flatten)]
        page: PageArguments,
    },
    /// Show one account with its groups, licences, methods and blocks.
    Show {
        /// Its user ID.
        upn: String,
    },
    /// Delete an account and everything that is kept about it; only the audit remembers.
    Delete {
        /// Its user ID.
        upn: String,
    },
    /// Make and change accounts from a CSV file.
    Import(import::Import),
    /// Say whether the password on standard input is the account's: exit code 0 or 1.
    VerifyPassword {
        /// Its user ID.
        upn: String,
    },
    /// What an account can prove with.
    #[command(subcommand)]
    Method(method::Method),
    /// List the blocks in force for an account.
    Blocks {
        /// Its user ID.
        upn: String,
    },
    /// Lift blocks of an account.
    Unblock(blocks::Unblock),
}

/// Which part of a list.
#[derive(clap::Args)]
pub(super) struct PageArguments {
    /// At most this many, up to 1000.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// Where to go on: `next` of the page before.
    #[arg(long)]
    pub(super) cursor: Option<String>,
}

impl PageArguments {
    pub(super) fn limit(&self) -> Result<u32, Failure> {
        if (1..=1_000).contains(&self.limit) { Ok(self.limit) } else { Err(Failure::invalid("limit", "1 to 1000")) }
    }
}

impl User {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let context = Context::open(global).await?;
        match self {
            Self::Create { upn, fields } => create(&context, &upn, &fields).await?,
            Self::Set { upn, fields } => set(&context, &upn, &fields).await?,
            Self::List { page } => list(&context, &page).await?,
            Self::Show { upn } => {
                let (tenant, row) = context.account(&upn).await?;
                show(&context, &tenant, row).await?;
            }
            Self::Delete { upn } => delete(&context, &upn).await?,
            Self::Import(import) => return import.run(&context).await,
            Self::VerifyPassword { upn } => return verify_password(&context, &upn).await,
            Self::Method(method) => method.run(&context).await?,
            Self::Blocks { upn } => blocks::list(&context, &upn).await?,
            Self::Unblock(unblock) => unblock.run(&context).await?,
        }
        Ok(Answer::Yes)
    }
}

/// A password to be written, with its audit record. The right to write it is made in [`NewSecret::write`] alone.
#[derive(Clone)]
struct NewSecret {
    hash: PasswordHash,
    seal: Seal,
    entry: Entry,
}

impl NewSecret {
    async fn read(context: &Context, tenant: TenantId) -> Result<Self, Failure> {
        let password = password()?;
        let hash = context.hasher().hash(&password, context.entropy.bytes()?).await?;
        let entry = context.entry(tenant, ActivityName::ResetPasswordByAdmin)?;
        Ok(Self { hash, seal: context.seal()?, entry })
    }

    async fn write(mut self, tx: &mut Tx, tenant: TenantId, account: &Account) -> Result<(), Failure> {
        if account.authority != Authority::Cloud {
            return Err(Failure::invalid("password", "the account's password is kept in its own directory"));
        }
        let order = AdministratorOrder::by_command_line(account.id, self.hash);
        let version = tx.write_password(tenant, order, &self.seal, self.entry.record.at).await?;
        self.entry.record = self.entry.record.about(account.id, Some(account.upn.to_string()));
        self.entry.record.new = Some(json!({ "password_version": version }));
        Ok(self.entry.append(tx).await?)
    }
}

fn password() -> Result<NewPassword, Failure> {
    let typed = output::secret("password")?;
    let password = NewPassword::parse(&typed).map_err(|sign| Failure::invalid("password", sign))?;
    if password.count() > LONGEST_PASSWORD {
        return Err(Failure::invalid("password", format_args!("has more than {LONGEST_PASSWORD} characters")));
    }
    Ok(password)
}

async fn create(context: &Context, given: &str, arguments: &FieldArguments) -> Result<(), Failure> {
    let settings = arguments.settings();
    let upn = fields::new_upn(given, &settings)?;
    let account = fields::made(context.account_id()?, upn, &settings)?;
    let tenant = context.tenant_of(account.upn.domain()).await?;
    let id = tenant.tenant.id;
    let secret = if arguments.password_stdin { Some(NewSecret::read(context, id).await?) } else { None };
    let mut entry = context.entry(id, ActivityName::AddUser)?;
    describe(&mut entry, None, &account);
    let (now, made) = (context.now(), account.clone());
    context
        .store
        .write(async move |tx: &mut Tx| {
            domain_is_ours(tx, id, &made.upn).await?;
            tx.create_account(id, &made, now).await?;
            if let Some(secret) = secret {
                secret.write(tx, id, &made).await?;
            }
            Ok::<_, Failure>(entry.append(tx).await?)
        })
        .await?;
    context.checkpoint().await?;
    finish(context, &tenant, &account, "Made").await
}

/// The user ID of an account must lie in a domain of its organization, or nobody could ever be found by it.
pub(super) async fn domain_is_ours(tx: &mut Tx, tenant: TenantId, upn: &Upn) -> Result<(), Failure> {
    if tx.tenant_of_domain(upn.domain()).await? == Some(tenant) {
        return Ok(());
    }
    Err(Failure::invalid("upn", format_args!("{} is no domain of this organization", upn.domain())))
}

/// Fills in whom an audit record is about, and what changed.
pub(super) fn describe(entry: &mut Entry, before: Option<&Account>, after: &Account) {
    let blank = fields::blank(after.id, after.upn.clone());
    let (old, new) = fields::audited(before.unwrap_or(&blank), after);
    entry.record = entry.record.clone().about(after.id, Some(after.upn.to_string()));
    entry.record.old = before.map(|_| old);
    entry.record.new = Some(new);
}

async fn set(context: &Context, upn: &str, arguments: &FieldArguments) -> Result<(), Failure> {
    let (tenant, seen) = context.account(upn).await?;
    let id = tenant.tenant.id;
    let settings = arguments.settings();
    if settings.is_empty() && !arguments.password_stdin {
        return Err(Failure::usage("nothing to change was given"));
    }
    changed(&seen.account, &settings)?;
    let secret = if arguments.password_stdin { Some(NewSecret::read(context, id).await?) } else { None };
    let mut entry = context.entry(id, ActivityName::UpdateUser)?;
    let name = seen.account.upn.identifier().clone();
    let account = context
        .store
        .write(async move |tx: &mut Tx| {
            let seen = account_named(tx, id, &name).await?;
            let next = changed(&seen.account, &settings)?;
            if next != seen.account {
                tx.update_account(id, &seen, &next).await?;
                describe(&mut entry, Some(&seen.account), &next);
                entry.append(tx).await?;
            }
            if let Some(secret) = secret {
                secret.write(tx, id, &next).await?;
            }
            Ok::<_, Failure>(next)
        })
        .await?;
    context.checkpoint().await?;
    finish(context, &tenant, &account, "Changed").await
}

/// The account with these settings.
pub(super) fn changed(account: &Account, settings: &[Setting]) -> Result<Account, Failure> {
    let mut next = account.clone();
    fields::set_all(&mut next, settings)?;
    Ok(next)
}

async fn finish(context: &Context, tenant: &TenantRow, account: &Account, verb: &str) -> Result<(), Failure> {
    context.output.say(&format!("{verb} the account {}.", account.upn))?;
    for warning in fields::malformed(account) {
        context.output.say(&format!("warning: {warning}"))?;
    }
    let (tenant_id, id) = (tenant.tenant.id, account.id);
    let unit = async move |tx: &mut Tx| tx.account(tenant_id, id).await?.ok_or(StoreError::NoRow);
    show(context, tenant, context.store.read(unit).await?).await
}

async fn list(context: &Context, page: &PageArguments) -> Result<(), Failure> {
    let tenant = context.tenant().await?;
    let (id, after, limit) = (tenant.tenant.id, page.cursor.clone(), page.limit()?);
    let unit = async move |tx: &mut Tx| tx.accounts(id, after.as_deref(), limit).await;
    let page = context.store.read(unit).await?;
    let items = page.items.iter().map(|row| Json::Object(fields::document(row, &tenant.tenant.name))).collect();
    context.output.list(items, page.next, &["user id", "name", "password kept", "type", "on", "roles"], |item| {
        ["upn", "display_name", "authority", "user_type", "enabled", "roles"].map(|field| cell(item, field)).to_vec()
    })
}

async fn show(context: &Context, tenant: &TenantRow, row: AccountRow) -> Result<(), Failure> {
    let (tenant, keys, now) = (tenant.clone(), context.keys.clone(), context.now());
    let unit = async move |tx: &mut Tx| {
        let mut document = fields::document(&row, &tenant.tenant.name);
        add_belongings(tx, &tenant, &row.account, &mut document).await?;
        add_password(tx, tenant.tenant.id, &row.account, &keys, &mut document).await?;
        let blocks = blocks::in_force(tx, tenant.tenant.id, row.account.id, now).await?;
        document.insert("blocks".to_owned(), blocks.iter().map(blocks::document).collect());
        Ok::<_, Failure>(Json::Object(document))
    };
    let document = context.store.read(unit).await?;
    context.output.document(&document, || sheet(&for_people(&document), &SHOWN))
}

/// The same with methods as people name them; `user method list` has the rest.
fn for_people(document: &Json) -> Json {
    let mut shown = document.clone();
    if let Some(methods) = shown.get_mut("methods").and_then(Json::as_array_mut) {
        for method in methods {
            let reach = ["problem", "masked"].map(|field| cell(method, field)).into_iter().find(|text| text != "-");
            *method = json!(format!("{} {}", cell(method, "method"), reach.unwrap_or_default()).trim_end());
        }
    }
    shown
}

const SHOWN: [&str; 22] = [
    "upn",
    "id",
    "tenant",
    "display_name",
    "first_name",
    "last_name",
    "mail",
    "proxy_addresses",
    "mobile_phone",
    "business_phones",
    "other_mails",
    "authority",
    "sign_in_model",
    "user_type",
    "roles",
    "enabled",
    "locale",
    "groups",
    "licences",
    "methods",
    "blocks",
    "password",
];

async fn add_belongings(
    tx: &mut Tx,
    tenant: &TenantRow,
    account: &Account,
    document: &mut Map<String, Json>,
) -> Result<(), Failure> {
    let id = tenant.tenant.id;
    let direct = tx.direct_groups(id, account.id).await?;
    let graph = tx.group_graph(id).await?;
    let mut groups: Vec<&str> = direct.iter().filter_map(|group| graph.name(*group)).collect();
    groups.sort_unstable();
    let licences = tx.held_licences(id, account.id, &direct, &graph).await?;
    let methods = tx.registrations(id, account).await?;
    document.insert("groups".to_owned(), json!(groups));
    document.insert("licences".to_owned(), licences.iter().map(licence).collect());
    document.insert("methods".to_owned(), methods.iter().map(method::document).collect());
    Ok(())
}

fn licence(held: &HeldLicence) -> Json {
    let (source, group) = match &held.source {
        LicenceSource::Direct => ("direct", None),
        LicenceSource::Group(name) => ("group", Some(name)),
        LicenceSource::NestedGroup(name) => ("nested_group", Some(name)),
    };
    json!({ "plan": held.plan.name(), "source": source, "group": group })
}

async fn add_password(
    tx: &mut Tx,
    tenant: TenantId,
    account: &Account,
    keys: &Keys,
    document: &mut Map<String, Json>,
) -> Result<(), Failure> {
    let kept = tx.password(tenant, account.id, keys).await?;
    let shown = kept.map(|kept| json!({ "version": kept.version, "set_at": fields::time(kept.set_at) }));
    document.insert("password".to_owned(), json!(shown));
    Ok(())
}

async fn delete(context: &Context, upn: &str) -> Result<(), Failure> {
    let (tenant, row) = context.account(upn).await?;
    let (tenant, account) = (tenant.tenant.id, row.account);
    let mut entry = context.entry(tenant, ActivityName::DeleteUser)?;
    let name = account.upn.to_string();
    entry.record = entry.record.about(account.id, Some(name.clone()));
    let gone = account.upn.clone();
    context
        .store
        .write(async move |tx: &mut Tx| {
            if !tx.delete_account(tenant, account.id).await? {
                return Err(Failure::not_found(format!("there is no account {gone}")));
            }
            Ok(entry.append(tx).await?)
        })
        .await?;
    context.checkpoint().await?;
    context.output.document(&json!({ "deleted": name }), || format!("Deleted the account {name}."))
}

async fn verify_password(context: &Context, upn: &str) -> Result<Answer, Failure> {
    let (tenant, row) = context.account(upn).await?;
    let password = NewPassword::parse(&output::secret("password")?);
    let password = password.map_err(|sign| Failure::invalid("password", sign))?;
    let (tenant, account, keys) = (tenant.tenant.id, row.account.id, context.keys.clone());
    let unit = async move |tx: &mut Tx| tx.password(tenant, account, &keys).await;
    let verified = match context.store.read(unit).await? {
        Some(kept) => context.hasher().verify(&password, &kept.hash).await?,
        None => false,
    };
    let words = if verified { "This is the password." } else { "This is not the password." };
    context.output.document(&json!({ "upn": row.account.upn, "verified": verified }), || words.to_owned())?;
    Ok(if verified { Answer::Yes } else { Answer::No })
}
