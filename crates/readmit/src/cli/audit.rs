//! `readmit audit`: read it, take it along, check it.

mod conditions;

use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use clap::Subcommand;
use clap::ValueEnum;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_core::ids::TenantId;
use readmit_server::config::Config;
use readmit_server::start::checkpoint_file;
use readmit_store::AUDIT_COLUMNS;
use readmit_store::AuditCursor;
use readmit_store::AuditFilter;
use readmit_store::AuditItem;
use readmit_store::AuditPage;
use readmit_store::AuditScope;
use readmit_store::Finding;
use readmit_store::Keys;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::Verification;
use readmit_store::csv_line;
use serde_json::Value as Json;
use serde_json::json;

use self::conditions::Conditions;
use super::Global;
use super::context::Context;
use super::context::config_file;
use super::context::store_config;
use super::failure::Failure;
use super::output::cell;

/// Records that an export reads at once.
const PAGE: u32 = 500;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// List what happened, newest first.
    List(List),
    /// Write what happened to a file, newest first.
    Export(Export),
    /// Check that nothing was changed, removed or cut off.
    Verify {
        /// File or folder of signed checkpoints; else the file beside the configuration, if there is one.
        #[arg(long, value_name = "PATH")]
        checkpoints: Option<PathBuf>,
    },
}

#[derive(clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    conditions: Conditions,
    /// At most so many.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Where the page before ended.
    #[arg(long)]
    cursor: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Export {
    #[command(flatten)]
    conditions: Conditions,
    #[arg(long, value_enum)]
    format: Format,
    /// The file; - is standard output.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for spreadsheets (RFC 4180).
    Csv,
    /// One JSON document in each line.
    Jsonl,
}

impl Audit {
    /// What `verify` found, if anything: it decides the exit code.
    pub(super) async fn run(self, global: &Global) -> Result<Option<Finding>, Failure> {
        match self {
            Self::List(list) => list.run(global).await?,
            Self::Export(export) => export.run(global).await?,
            Self::Verify { checkpoints } => return verify(global, checkpoints).await,
        }
        Ok(None)
    }
}

impl List {
    async fn run(self, global: &Global) -> Result<(), Failure> {
        let cursor = self.cursor.as_deref().map(str::parse::<AuditCursor>).transpose();
        let cursor = cursor.map_err(|problem| Failure::invalid("cursor", problem))?;
        let context = Context::open(global).await?;
        let filter = self.conditions.filter(global, &context).await?;
        let page = page(&context, &filter, cursor, self.limit).await?;
        record(&context, &filter, "list").await?;
        let items: Vec<Json> = page.items.iter().map(document).collect::<Result<_, _>>()?;
        let next = page.next.map(|cursor| cursor.to_string());
        let header = ["at", "activity", "result", "reason", "actor", "target", "support code"];
        context.output.list(items, next, &header, |item| {
            let named = |field: &str| item.get(field).map_or_else(|| "-".to_owned(), name_or_id);
            let mut cells = ["at", "activity", "result", "reason"].map(|field| cell(item, field)).to_vec();
            cells.extend([named("actor"), named("target"), cell(item, "support_code")]);
            cells
        })
    }
}

/// How people call an actor or a target.
fn name_or_id(thing: &Json) -> String {
    ["name", "id", "type"]
        .into_iter()
        .map(|field| cell(thing, field))
        .find(|text| text != "-")
        .unwrap_or("-".to_owned())
}

fn document(item: &AuditItem) -> Result<Json, Failure> {
    serde_json::to_value(item).map_err(|error| Failure::fault(error.to_string()))
}

impl Export {
    async fn run(self, global: &Global) -> Result<(), Failure> {
        let context = Context::open(global).await?;
        let filter = self.conditions.filter(global, &context).await?;
        let mut next = page(&context, &filter, None, PAGE).await?;
        record(&context, &filter, "export").await?;
        let wrong = |error: io::Error| Failure::invalid("output", error);
        let mut out = open(&self.output).map_err(wrong)?;
        if self.format == Format::Csv {
            out.write_all(csv_line(&AUDIT_COLUMNS).as_bytes()).map_err(wrong)?;
        }
        let mut count = 0;
        loop {
            for item in &next.items {
                let line = match self.format {
                    Format::Csv => csv_line(&item.cells()),
                    Format::Jsonl => format!("{}\n", document(item)?),
                };
                out.write_all(line.as_bytes()).map_err(wrong)?;
                count += 1;
            }
            let Some(cursor) = next.next else { break };
            next = page(&context, &filter, Some(cursor), PAGE).await?;
        }
        out.flush().map_err(wrong)?;
        if is_standard(&self.output) {
            return Ok(());
        }
        let told = json!({ "records": count, "output": self.output });
        context.output.document(&told, || format!("Wrote {count} records to {}.", self.output.display()))
    }
}

fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// The file, which only its owner can read when it is new: it holds personal data.
fn open(path: &Path) -> io::Result<Box<dyn Write + Send>> {
    if is_standard(path) {
        return Ok(Box::new(io::stdout()));
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(Box::new(io::BufWriter::new(options.open(path)?)))
}

async fn page(
    context: &Context,
    filter: &AuditFilter,
    cursor: Option<AuditCursor>,
    limit: u32,
) -> Result<AuditPage, StoreError> {
    let filter = filter.clone();
    context.store.read(async move |tx: &mut Tx| tx.audit_items(&filter, cursor.as_ref(), limit).await).await
}

/// Nobody sees the audit without leaving a record of that in it; only then anything is shown.
async fn record(context: &Context, filter: &AuditFilter, what: &str) -> Result<(), Failure> {
    let tenant = match filter.scope {
        AuditScope::Tenant(tenant) => Some(tenant),
        AuditScope::All => None,
    };
    let mut entry = context.entry(tenant.unwrap_or(TenantId::from_bits(0)), ActivityName::ReadAudit)?;
    entry.record.tenant = tenant;
    entry.record.subject.clone_from(&filter.user);
    entry.record.new = Some(json!({
        "command": what,
        "actor": filter.actor,
        "activity": filter.activity,
        "service": filter.service,
        "result": filter.result.map(|result| matches!(result, ActivityResult::Success)),
        "support_code": filter.support_code.map(|code| code.to_string()),
        "since": filter.since.map(|since| since.to_string()),
        "until": filter.until.map(|until| until.to_string()),
    }));
    context.store.write(async move |tx: &mut Tx| entry.append(tx).await).await?;
    context.checkpoint().await
}

/// Works also where the key is not the database's, because that is one of the answers.
async fn verify(global: &Global, checkpoints: Option<PathBuf>) -> Result<Option<Finding>, Failure> {
    let config = Config::load(&config_file(global)?)?;
    let keys = Keys::load(&config.keys.master_key_file)?;
    let store = Store::open(&store_config(&config)).await?;
    if store.schema_version().await? == 0 {
        return Err(Failure::configuration("the database is empty").hint("run `readmit migrate`"));
    }
    let file = checkpoints.or_else(|| Some(checkpoint_file(&config)).filter(|file| file.exists()));
    let found = store.verify_audit(&keys, file.as_deref()).await?;
    store.close().await;
    global.output().document(&found, || told(&found))?;
    Ok(found.finding)
}

fn told(found: &Verification) -> String {
    let chains = if found.writers.len() == 1 { "chain" } else { "chains" };
    let mut text = format!("{} records in {} {chains}", found.records, found.writers.len());
    if found.redacted > 0 {
        text.push_str(&format!(", {} with erased values", found.redacted));
    }
    let place = found.first_bad.as_ref().map(|bad| format!(" at {}/{}", bad.writer, bad.seq)).unwrap_or_default();
    text.push_str(&match found.finding {
        None => ": all as they were written.".to_owned(),
        Some(Finding::Modified) => format!(".\nModified{place}: this is not what was written."),
        Some(Finding::Gap) => format!(".\nGap{place}: a record was removed."),
        Some(Finding::Truncated) => {
            format!(".\nTruncated{place}: from here on, records were cut off.")
        }
        Some(Finding::Key) => {
            format!(".\nWrong key{place}: a signature or the database is of another key.")
        }
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use readmit_store::BadRecord;

    #[test]
    fn people_are_told_where_it_is() {
        let mut found =
            Verification { ok: true, records: 3, redacted: 1, writers: Vec::new(), finding: None, first_bad: None };
        assert_eq!(told(&found), "3 records in 0 chains, 1 with erased values: all as they were written.");
        found.finding = Some(Finding::Gap);
        found.first_bad = Some(BadRecord { writer: "cli".to_owned(), seq: 2 });
        assert!(told(&found).contains("Gap at cli/2"));
    }
}
