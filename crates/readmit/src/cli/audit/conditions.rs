//! Which records of the audit are meant.

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use readmit_core::activity::ActivityResult;
use readmit_core::ids::AccountId;
use readmit_core::ids::SupportCode;
use readmit_store::AuditFilter;
use readmit_store::AuditScope;

use super::super::Global;
use super::super::context::Context;
use super::super::failure::Failure;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Success {
    Success,
    Failure,
}

#[derive(clap::Args)]
pub(super) struct Conditions {
    /// Whose account it concerns: user ID, or the id of an account.
    #[arg(long)]
    user: Option<String>,
    /// Who did it: user ID, id of an account, or cli:NAME.
    #[arg(long)]
    actor: Option<String>,
    /// Name of the activity, exactly.
    #[arg(long)]
    activity: Option<String>,
    /// Name of the service, exactly.
    #[arg(long)]
    service: Option<String>,
    /// Whether it worked.
    #[arg(long, value_enum)]
    result: Option<Success>,
    /// The support code.
    #[arg(long)]
    support_code: Option<String>,
    /// From this time on (2026-01-31, or 2026-01-31T12:00:00Z).
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

impl Conditions {
    /// With `--tenant` the records of that organization, else all, those of the installation too.
    pub(super) async fn filter(self, global: &Global, context: &Context) -> Result<AuditFilter, Failure> {
        let scope = match &global.tenant {
            Some(_) => AuditScope::Tenant(context.tenant().await?.tenant.id),
            None => AuditScope::All,
        };
        let code = self.support_code.as_deref().map(str::parse::<SupportCode>).transpose();
        Ok(AuditFilter {
            user: account(context, self.user).await?,
            actor: match self.actor {
                Some(name) if name.starts_with("cli:") => Some(name),
                name => account(context, name).await?,
            },
            activity: self.activity,
            service: self.service,
            result: self.result.map(|result| match result {
                Success::Success => ActivityResult::Success,
                Success::Failure => ActivityResult::Failure,
            }),
            support_code: code.map_err(|problem| Failure::invalid("support_code", problem))?,
            since: self.since.map(|since| moment("since", &since)).transpose()?,
            until: self.until.map(|until| moment("until", &until)).transpose()?,
            ..AuditFilter::new(scope)
        })
    }
}

/// The id of an account; an id is taken as it is, because the account may be gone.
async fn account(context: &Context, name: Option<String>) -> Result<Option<String>, Failure> {
    match name {
        None => Ok(None),
        Some(id) if id.parse::<AccountId>().is_ok() => Ok(Some(id.to_lowercase())),
        Some(upn) => Ok(Some(context.account(&upn).await?.1.account.id.to_string())),
    }
}

/// RFC 3339, or a date, which begins at midnight UTC.
fn moment(field: &str, text: &str) -> Result<Timestamp, Failure> {
    let midnight = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let day = || text.parse().ok().and_then(midnight);
    text.parse()
        .ok()
        .or_else(day)
        .ok_or_else(|| Failure::invalid(field, "not a time").hint("write 2026-01-31 or 2026-01-31T12:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_begins_at_midnight() {
        assert_eq!(moment("since", "2026-01-31").unwrap().to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(moment("since", "2026-01-31T12:00:00+02:00").unwrap().to_string(), "2026-01-31T10:00:00Z");
        assert_eq!(moment("until", "yesterday").unwrap_err().field.as_deref(), Some("until"));
    }
}
