//! `readmit policy`.

use clap::Subcommand;
use readmit_core::activity::ActivityName;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::TenantId;
use readmit_core::policy::Values;
use readmit_core::preset::Preset;
use readmit_store::PolicyRow;
use readmit_store::Target;
use readmit_store::Tx;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::Context;
use super::context::Entry;
use super::failure::Failure;
use super::fields;
use super::output::cell;
use super::output::plain;
use super::output::table;
use super::policy_values;
use super::user::PageArguments;

#[derive(Subcommand)]
pub(super) enum Policy {
    /// Show the policy in force.
    Show,
    /// Change values.
    Set {
        /// What to change, for example `methods.required=1`; lists are separated by commas.
        #[arg(value_name = "KEY=VALUE", required = true)]
        settings: Vec<String>,
        #[command(flatten)]
        trial: Trial,
    },
    /// Fill in all values from a preset.
    Preset {
        /// recommended, entra or strict.
        name: String,
        #[command(flatten)]
        trial: Trial,
    },
    /// List every save.
    History {
        #[command(flatten)]
        page: PageArguments,
    },
    /// Compare two saves.
    Diff {
        /// Version before.
        a: u64,
        /// Version after.
        b: u64,
    },
    /// Save an earlier version again.
    Revert {
        /// Its version.
        #[arg(value_name = "VERSION")]
        number: u64,
        #[command(flatten)]
        trial: Trial,
    },
    /// Have no policy: nobody can reset.
    Clear {
        #[command(flatten)]
        trial: Trial,
    },
}

#[derive(clap::Args)]
pub(super) struct Trial {
    /// Say what would change, and save nothing.
    #[arg(long)]
    dry_run: bool,
}

/// How the next version comes about.
#[derive(Clone)]
enum Draft {
    Set(Vec<String>),
    Preset(Preset),
    Revert(PolicyVersion),
    Clear,
}

type Content = Option<(Preset, Values)>;

impl Policy {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let context = Context::open(global).await?;
        let tenant = context.tenant().await?.tenant.id;
        match self {
            Self::Show => show(&context, tenant).await?,
            Self::Set { settings, trial } => save(&context, tenant, Draft::Set(settings), trial).await?,
            Self::Preset { name, trial } => {
                let preset = Preset::parse(&name);
                let preset =
                    preset.ok_or_else(|| Failure::invalid("preset", "must be recommended, entra or strict"))?;
                save(&context, tenant, Draft::Preset(preset), trial).await?;
            }
            Self::History { page } => history(&context, tenant, &page).await?,
            Self::Diff { a, b } => diff(&context, tenant, PolicyVersion(a), PolicyVersion(b)).await?,
            Self::Revert { number, trial } => {
                save(&context, tenant, Draft::Revert(PolicyVersion(number)), trial).await?;
            }
            Self::Clear { trial } => save(&context, tenant, Draft::Clear, trial).await?,
        }
        Ok(Answer::Yes)
    }
}

impl Draft {
    async fn content(&self, tx: &mut Tx, tenant: TenantId, seen: &Content) -> Result<Content, Failure> {
        match self {
            Self::Clear => Ok(None),
            Self::Preset(preset) => Ok(Some((*preset, preset.values()))),
            Self::Revert(version) => Ok(saved(tx, tenant, *version).await?.content),
            Self::Set(settings) => {
                let start = || (Preset::Recommended, Preset::Recommended.values());
                let (preset, values) = seen.clone().unwrap_or_else(start);
                let values = policy_values::set(tx, tenant, &values, settings).await?;
                policy_values::check(&values, preset)?;
                Ok(Some((preset, values)))
            }
        }
    }
}

async fn saved(tx: &mut Tx, tenant: TenantId, version: PolicyVersion) -> Result<PolicyRow, Failure> {
    let row = tx.policy_saved(tenant, version).await?;
    row.ok_or_else(|| Failure::not_found(format!("there is no version {version} of the policy")))
}

/// What is shown of a save; nothing but zero and null before the first one.
async fn document(tx: &mut Tx, tenant: TenantId, row: Option<&PolicyRow>) -> Result<Map<String, Json>, Failure> {
    let content = row.and_then(|row| row.content.as_ref());
    let values = match content {
        Some((_, values)) => Some(policy_values::shown(tx, tenant, values).await?),
        None => None,
    };
    let fields = [
        ("version", json!(row.map_or(PolicyVersion(0), |row| row.version))),
        ("preset", json!(content.map(|(preset, _)| preset.name()))),
        ("saved_at", json!(row.map(|row| fields::time(row.saved_at)))),
        ("saved_by", json!(row.map(|row| row.saved_by.clone()))),
        ("values", json!(values)),
    ];
    Ok(fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
}

fn values(document: &Map<String, Json>) -> Option<&Map<String, Json>> {
    document.get("values").and_then(Json::as_object)
}

fn people(document: &Map<String, Json>) -> String {
    let Some(values) = values(document) else {
        return "There is no policy: nobody can reset.".to_owned();
    };
    let rows = values.iter().map(|(key, value)| vec![key.clone(), plain(value)]).collect();
    let field = |name: &str| document.get(name).map(plain).unwrap_or_default();
    let head = format!(
        "Version {}, from preset {}, saved {} by {}",
        field("version"),
        field("preset"),
        field("saved_at"),
        field("saved_by")
    );
    format!("{head}\n\n{}", table(&["key", "value"], rows))
}

async fn show(context: &Context, tenant: TenantId) -> Result<(), Failure> {
    let unit = async move |tx: &mut Tx| {
        let row = tx.policy(tenant).await?;
        document(tx, tenant, row.as_ref()).await
    };
    let document = context.store.read(unit).await?;
    context.output.document(&document, || people(&document))
}

async fn save(context: &Context, tenant: TenantId, draft: Draft, trial: Trial) -> Result<(), Failure> {
    let entry = context.entry(tenant, ActivityName::PolicyChanged)?;
    let author = Author { at: context.now(), name: context.actor_id() };
    let mut saved = if trial.dry_run {
        context.store.read(async move |tx: &mut Tx| rehearse(tx, tenant, &draft, author).await).await?
    } else {
        let unit = async move |tx: &mut Tx| keep(tx, tenant, &draft, author, entry).await;
        context.store.write(unit).await?
    };
    if !trial.dry_run {
        context.checkpoint().await?;
    }
    saved.document.insert("dry_run".to_owned(), json!(trial.dry_run));
    saved.document.insert("changes".to_owned(), json!(saved.changes));
    context.output.document(&saved.document, || {
        let heading = match (saved.changes.is_empty(), trial.dry_run) {
            (true, _) => "Nothing changes.".to_owned(),
            (false, true) => "Nothing was saved. It would change:".to_owned(),
            (false, false) => format!("Saved as version {}.", cell(&json!(saved.document), "version")),
        };
        format!("{heading}\n{}", change_table(&saved.changes))
    })
}

/// Who saves, and when.
#[derive(Clone)]
struct Author {
    at: jiff::Timestamp,
    name: String,
}

/// A save, or what it would be.
struct Saved {
    row: PolicyRow,
    before: Map<String, Json>,
    document: Map<String, Json>,
    changes: Vec<Json>,
}

/// What the draft would change. `row.version` is still the version that was seen.
async fn rehearse(tx: &mut Tx, tenant: TenantId, draft: &Draft, author: Author) -> Result<Saved, Failure> {
    let seen = tx.policy(tenant).await?;
    let before = document(tx, tenant, seen.as_ref()).await?;
    let (version, content) = seen.as_ref().map_or((PolicyVersion(0), None), |row| (row.version, row.content.clone()));
    let next = draft.content(tx, tenant, &content).await?;
    let row = PolicyRow { version, content: next, saved_at: author.at, saved_by: author.name };
    let shown = PolicyRow { version: version.next(), ..row.clone() };
    let mut after = document(tx, tenant, Some(&shown)).await?;
    let mut changes = policy_values::changes(values(&before), values(&after));
    if before.get("preset") != after.get("preset") {
        changes.push(json!({ "key": "preset", "old": before.get("preset"), "new": after.get("preset") }));
    }
    if changes.is_empty() {
        after = before.clone();
    }
    Ok(Saved { row, before, document: after, changes })
}

/// Saves the draft, unless it changes nothing.
async fn keep(
    tx: &mut Tx,
    tenant: TenantId,
    draft: &Draft,
    author: Author,
    mut entry: Entry,
) -> Result<Saved, Failure> {
    let saved = rehearse(tx, tenant, draft, author).await?;
    if saved.changes.is_empty() {
        return Ok(saved);
    }
    let version = tx.save_policy(tenant, &saved.row).await?;
    let side = |name: &str| -> Map<String, Json> {
        let pairs =
            saved.changes.iter().map(|change| (cell(change, "key"), change.get(name).cloned().unwrap_or(Json::Null)));
        pairs.collect()
    };
    entry.record.target = Some(Target { id: format!("policy/{version}"), name: None });
    entry.record.old = Some(json!({ "version": saved.before.get("version"), "values": side("old") }));
    entry.record.new = Some(json!({ "version": version, "values": side("new") }));
    entry.append(tx).await?;
    Ok(saved)
}

fn change_table(changes: &[Json]) -> String {
    let rows = changes.iter().map(|change| ["key", "old", "new"].map(|field| cell(change, field)).to_vec()).collect();
    if changes.is_empty() { String::new() } else { table(&["key", "old", "new"], rows) }
}

async fn history(context: &Context, tenant: TenantId, page: &PageArguments) -> Result<(), Failure> {
    let limit = page.limit()?;
    let before = match page.cursor.as_deref().map(str::parse) {
        None => None,
        Some(Ok(version)) => Some(PolicyVersion(version)),
        Some(Err(_)) => return Err(Failure::invalid("cursor", "is none of this list")),
    };
    let rows = context.store.read(async move |tx: &mut Tx| tx.policy_history(tenant, before, limit).await).await?;
    let next = rows.last().filter(|row| rows.len() == limit as usize && row.version.0 > 1);
    let next = next.map(|row| row.version.to_string());
    let items = rows.iter().map(|row| {
        let preset = row.content.as_ref().map(|(preset, _)| preset.name());
        json!({ "version": row.version, "preset": preset, "saved_at": fields::time(row.saved_at), "saved_by": row.saved_by })
    });
    context.output.list(items.collect(), next, &["version", "preset", "saved", "by"], |item| {
        ["version", "preset", "saved_at", "saved_by"].map(|field| cell(item, field)).to_vec()
    })
}

async fn diff(context: &Context, tenant: TenantId, a: PolicyVersion, b: PolicyVersion) -> Result<(), Failure> {
    let unit = async move |tx: &mut Tx| {
        let (first, second) = (saved(tx, tenant, a).await?, saved(tx, tenant, b).await?);
        let first = document(tx, tenant, Some(&first)).await?;
        let second = document(tx, tenant, Some(&second)).await?;
        Ok::<_, Failure>(policy_values::changes(values(&first), values(&second)))
    };
    let changes = context.store.read(unit).await?;
    context.output.document(&json!({ "a": a, "b": b, "changes": changes }), || {
        if changes.is_empty() { "They are the same.".to_owned() } else { change_table(&changes) }
    })
}
