//! `readmit user import`: accounts from a CSV file, row by row, each row whole or not at all.

mod reading;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::ProgressBar;
use indicatif::ProgressStyle;
use jiff::Timestamp;
use readmit_core::activity::ActivityName;
use readmit_core::ids::AccountId;
use readmit_core::ids::TenantId;
use readmit_core::text::Upn;
use readmit_store::FoundBy;
use readmit_store::TenantRow;
use readmit_store::Tx;
use serde::Serialize;

use self::reading::Record;
use super::Answer;
use super::context::Context;
use super::context::Entry;
use super::failure::Failure;
use super::failure::Kind;
use super::fields;
use super::fields::Setting;
use super::user::changed;
use super::user::describe;
use super::user::domain_is_ours;

/// Rows kept together; a row that fails is told apart by trying its neighbours alone.
const TOGETHER: usize = 200;

#[derive(clap::Args)]
pub(super) struct Import {
    /// CSV with a header of field names (`upn` and those of `readmit user show --json`). Comma, semicolon or tab;
    /// UTF-8 or UTF-16; several values in one cell separated by `|`; an empty cell leaves the field alone.
    file: PathBuf,
    /// Check every row and keep nothing.
    #[arg(long)]
    dry_run: bool,
}

/// What became of the rows.
#[derive(Default, Serialize)]
struct Report {
    created: u64,
    updated: u64,
    failed: u64,
    errors: Vec<RowError>,
}

/// Why a row was left out. The header is row 1.
#[derive(Serialize)]
struct RowError {
    row: u64,
    field: Option<String>,
    message: String,
}

/// A row that can be read, with everything that its unit must not draw itself.
#[derive(Clone)]
struct Ready {
    row: u64,
    tenant: TenantId,
    upn: Upn,
    settings: Vec<Setting>,
    id: AccountId,
    at: Timestamp,
    added: Entry,
    updated: Entry,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Created,
    Updated,
}

/// How a unit ends.
enum End {
    /// All went well, but nothing is to be kept.
    Rehearsed(Vec<Done>),
    /// Nothing of the unit was kept.
    Failed(Failure),
}

impl From<readmit_store::StoreError> for End {
    fn from(error: readmit_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Report {
    fn count(&mut self, done: &[Done]) {
        let created = done.iter().filter(|done| **done == Done::Created).count() as u64;
        self.created += created;
        self.updated += done.len() as u64 - created;
    }

    fn fail(&mut self, row: u64, failure: Failure) {
        self.failed += 1;
        let message = match &failure.field {
            Some(field) => failure.message.strip_prefix(&format!("{field}: ")).unwrap_or(&failure.message).to_owned(),
            None => failure.message,
        };
        self.errors.push(RowError { row, field: failure.field, message });
    }

    fn people(&self, dry_run: bool) -> String {
        let Self { created, updated, failed, errors } = self;
        let mut text = errors
            .iter()
            .map(|error| format!("row {}: {}: {}\n", error.row, error.field.as_deref().unwrap_or("row"), error.message))
            .collect::<String>();
        let verb = if dry_run { "would be" } else { "were" };
        text.push_str(&format!("{created} {verb} created, {updated} {verb} updated, {failed} failed."));
        text
    }
}

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<Answer, Failure> {
        let bytes = std::fs::read(&self.file)
            .map_err(|error| Failure::invalid("file", format_args!("{}: {error}", self.file.display())))?;
        let records = reading::records(&bytes)?;
        let bar = progress(context, records.len());
        let mut report = Report::default();
        let mut ready = Vec::new();
        let mut tenants = Tenants { context, known: Vec::new() };
        for record in records {
            let row = record.row;
            match prepare(&mut tenants, record).await {
                Ok(prepared) => ready.push(prepared),
                Err(failure) if failure.kind == Kind::Unavailable => return Err(failure),
                Err(failure) => {
                    bar.inc(1);
                    report.fail(row, failure);
                }
            }
            if ready.len() == TOGETHER {
                bar.inc(ready.len() as u64);
                keep(context, std::mem::take(&mut ready), self.dry_run, &mut report).await?;
            }
        }
        bar.inc(ready.len() as u64);
        keep(context, ready, self.dry_run, &mut report).await?;
        bar.finish_and_clear();
        if !self.dry_run {
            context.checkpoint().await?;
        }
        report.errors.sort_by_key(|error| error.row);
        context.output.document(&report, || report.people(self.dry_run))?;
        Ok(if report.failed == 0 { Answer::Yes } else { Answer::Partly })
    }
}

/// On standard error, and only for a person who looks at it.
fn progress(context: &Context, rows: usize) -> ProgressBar {
    if context.output.json || context.output.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(rows as u64);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Organizations by domain, each asked for once.
struct Tenants<'a> {
    context: &'a Context,
    known: Vec<(String, TenantRow)>,
}

impl Tenants<'_> {
    async fn of(&mut self, domain: &str) -> Result<TenantId, Failure> {
        if let Some((_, row)) = self.known.iter().find(|(known, _)| known == domain) {
            return Ok(row.tenant.id);
        }
        let row = self.context.tenant_of(domain).await.map_err(|failure| match failure.kind {
            Kind::NotFound => Failure::invalid("upn", failure.message),
            _ => failure,
        })?;
        let id = row.tenant.id;
        self.known.push((domain.to_owned(), row));
        Ok(id)
    }
}

/// Checks all that can be checked without looking at the account.
async fn prepare(tenants: &mut Tenants<'_>, record: Record) -> Result<Ready, Failure> {
    let upn = fields::new_upn(&record.upn?, &record.settings)?;
    let context = tenants.context;
    let id = context.account_id()?;
    fields::made(id, upn.clone(), &record.settings)?;
    let tenant = tenants.of(upn.domain()).await?;
    Ok(Ready {
        row: record.row,
        tenant,
        upn,
        settings: record.settings,
        id,
        at: context.now(),
        added: context.entry(tenant, ActivityName::AddUser)?,
        updated: context.entry(tenant, ActivityName::UpdateUser)?,
    })
}

/// Keeps the rows in one unit; if that fails because of one of them, each in a unit of its own.
async fn keep(context: &Context, rows: Vec<Ready>, dry_run: bool, report: &mut Report) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    match unit(context, Arc::new(rows.clone()), dry_run).await {
        Ok(done) => report.count(&done),
        Err(failure) if failure.kind == Kind::Unavailable => return Err(failure),
        Err(failure) if rows.len() == 1 => {
            for row in rows {
                report.fail(row.row, failure.clone());
            }
        }
        Err(_) => {
            for row in rows {
                Box::pin(keep(context, vec![row], dry_run, report)).await?;
            }
        }
    }
    Ok(())
}

async fn unit(context: &Context, rows: Arc<Vec<Ready>>, dry_run: bool) -> Result<Vec<Done>, Failure> {
    let ended = context.store.write(async move |tx: &mut Tx| {
        let mut done = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            done.push(write(tx, row).await?);
        }
        if dry_run { Err(End::Rehearsed(done)) } else { Ok(done) }
    });
    match ended.await {
        Ok(done) | Err(End::Rehearsed(done)) => Ok(done),
        Err(End::Failed(failure)) => Err(failure),
    }
}

async fn write(tx: &mut Tx, row: &Ready) -> Result<Done, Failure> {
    let found = tx.find_account(row.tenant, row.upn.identifier()).await?;
    if let Some(seen) = found.filter(|found| found.by == FoundBy::Upn).map(|found| found.row) {
        let next = changed(&seen.account, &row.settings)?;
        if next != seen.account {
            tx.update_account(row.tenant, &seen, &next).await?;
            let mut entry = row.updated.clone();
            describe(&mut entry, Some(&seen.account), &next);
            entry.append(tx).await?;
        }
        return Ok(Done::Updated);
    }
    domain_is_ours(tx, row.tenant, &row.upn).await?;
    let account = fields::made(row.id, row.upn.clone(), &row.settings)?;
    tx.create_account(row.tenant, &account, row.at).await?;
    let mut entry = row.added.clone();
    describe(&mut entry, None, &account);
    entry.append(tx).await?;
    Ok(Done::Created)
}
