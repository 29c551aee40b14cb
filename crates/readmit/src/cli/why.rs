//! `readmit why`: can this account reset, and if not, what is in the way.

use readmit_core::cause::Severity;
use readmit_core::text::Identifier;
use readmit_server::diagnose::CauseView;
use readmit_server::diagnose::Channels;
use readmit_server::diagnose::Desk;
use readmit_server::diagnose::why;
use readmit_server::diagnose::why::CheckView;
use readmit_server::diagnose::words;
use readmit_server::text::Lang;
use readmit_store::FactsCache;
use readmit_store::TenantRow;
use readmit_store::Tx;
use serde_json::Value as Json;

use super::Answer;
use super::Global;
use super::context::Context;
use super::failure::Failure;
use super::output::plain;
use super::output::shown;
use super::output::table;

/// Say why an account can or cannot reset its password, and what to do.
#[derive(clap::Args)]
pub(super) struct Why {
    /// User ID, as the person types it.
    user: String,
    /// Exit with 1 when the account cannot reset.
    #[arg(long)]
    check: bool,
}

impl Why {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let context = Context::open(global).await?;
        let found = self.ask(&context, global).await?;
        context.output.document(&found, || shown(&told(&found)))?;
        Ok(match (&found.user, self.check && !found.able) {
            (None, _) => Answer::Unknown,
            (Some(_), true) => Answer::No,
            (Some(_), false) => Answer::Yes,
        })
    }

    async fn ask(&self, context: &Context, global: &Global) -> Result<why::Why, Failure> {
        let Ok(name) = Identifier::parse(&self.user) else {
            return Ok(why::unknown(&self.user, None));
        };
        let tenant = match &global.tenant {
            Some(_) => Some(context.tenant().await?),
            None => organization(context, &name).await?,
        };
        let (desk, now) = (desk(context), context.now());
        let tenant = tenant.map(|row| row.tenant.id);
        context
            .store
            .read(async move |tx: &mut Tx| why::read(tx, &desk, tenant, &name, now).await)
            .await
            .map_err(Failure::from)
    }
}

/// What the troubleshooter needs of the context.
pub(super) fn desk(context: &Context) -> Desk {
    let config = &context.config;
    let channels = Channels { mail: config.mail.is_some(), sms: config.sms.is_some(), voice: config.voice.is_some() };
    Desk { keys: context.keys.clone(), facts: FactsCache::default(), channels }
}

/// The organization that the domain selects; else the only one.
async fn organization(context: &Context, name: &Identifier) -> Result<Option<TenantRow>, Failure> {
    let domain = name.canonical().rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let unit = async move |tx: &mut Tx| {
        if let Some(domain) = &domain
            && let Some(id) = tx.tenant_of_domain(domain).await?
        {
            return tx.tenant(id).await;
        }
        let mut page = tx.tenants(None, 1).await?;
        Ok(page.items.pop().filter(|_| page.next.is_none()))
    };
    Ok(context.store.read(unit).await?)
}

fn told(found: &why::Why) -> String {
    let name = found
        .user
        .as_ref()
        .map_or(&found.input, |user| if user.display_name.is_empty() { &user.upn } else { &user.display_name });
    let mut text = headline(found);
    text.push_str(&findings(name, &found.causes));
    if !found.checks.is_empty() {
        let version =
            found.policy_version.map_or_else(|| "no policy".to_owned(), |version| format!("policy version {version}"));
        text.push_str(&format!("\nChecks, in order ({version})\n{}\n", checks(&found.checks)));
    }
    if !found.methods.is_empty() {
        let rows = found.methods.iter().map(|one| {
            vec![
                one.method.to_owned(),
                one.masked.clone().unwrap_or_default(),
                if one.usable { "usable" } else { "not usable" }.to_owned(),
                one.offered_by.unwrap_or("nobody").to_owned(),
                one.source.unwrap_or_default().to_owned(),
                one.reason.map(|reason| reason.to_string()).unwrap_or_default(),
            ]
        });
        let header = ["method", "reaches", "state", "offered by", "from", "reason"];
        text.push_str(&format!("\nMethods\n{}\n", table(&header, rows.collect())));
    }
    for block in &found.blocks {
        text.push_str(&format!("\nBlocked: {} until {}\n", block.family, block.until));
    }
    text
}

fn headline(found: &why::Why) -> String {
    let verdict = if found.able { "can reset" } else { "cannot reset" };
    let code = found.code.map(|code| format!(": {} {}", code.code, code.name)).unwrap_or_default();
    let upn = found.user.as_ref().map_or(&found.input, |user| &user.upn);
    let tenant = found.tenant.as_ref().map(|tenant| format!(" ({tenant})")).unwrap_or_default();
    format!("{upn}{tenant} {verdict}{code}\n")
}

/// Each cause in one sentence, with what to do and the command that does it.
pub(super) fn findings(name: &str, causes: &[CauseView]) -> String {
    let mut text = String::new();
    for cause in causes {
        let mark = match cause.severity {
            Severity::Error => "✗",
            Severity::Warning | Severity::Info => "•",
        };
        let sentence = words::finding(Lang::En, cause.id, name);
        text.push_str(&format!(
            "\n{mark} {sentence}\n  {} ({}){}\n",
            cause.id,
            cause.severity,
            details(&cause.evidence)
        ));
        text.push_str(&format!("  What to do: {}\n", cause.remedy.text));
        for (label, line) in [("Command", &cause.remedy.command), ("Page", &cause.remedy.link)] {
            text.extend(line.iter().map(|line| format!("  {label}: {line}\n")));
        }
    }
    text
}

fn details(evidence: &serde_json::Map<String, Json>) -> String {
    if evidence.is_empty() {
        return String::new();
    }
    let pairs = evidence.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
    format!(" — {}", pairs.collect::<Vec<_>>().join("; "))
}

fn checks(checks: &[CheckView]) -> String {
    let rows = checks.iter().map(|check| {
        let word = match check.outcome {
            "pass" => "✓ passed",
            "fail" => "✗ failed",
            "not_applicable" => "– does not apply",
            _ => "? unknown",
        };
        let evidence = check.evidence.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
        let name = check.name.replace('_', " ");
        vec![check.id.to_owned(), name, word.to_owned(), evidence.collect::<Vec<_>>().join("; ")]
    });
    table(&["check", "asks", "outcome", "looked at"], rows.collect())
}
