//! `readmit case`: what a support code leads to.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use readmit_core::ids::SupportCode;
use readmit_server::diagnose::case;
use readmit_server::diagnose::case::Located;
use readmit_server::diagnose::case::Search;
use readmit_store::Tx;
use serde_json::Value as Json;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::Context;
use super::failure::Failure;
use super::output::sheet;
use super::output::shown;
use super::output::table;
use super::why;

/// Tell what happened in a case, why, and what to do.
#[derive(clap::Args)]
pub(super) struct Case {
    /// Support code, or its first six symbols or more.
    code: String,
}

impl Case {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let codes = SupportCode::beginning_with(&self.code).map_err(|problem| Failure::invalid("code", problem))?;
        let context = Context::open(global).await?;
        let tenant = match &global.tenant {
            Some(_) => Some(context.tenant().await?.tenant.id),
            None => None,
        };
        let unit = async move |tx: &mut Tx| case::find(tx, &codes, tenant).await;
        let located = self.one(context.store.read(unit).await?)?;
        let (desk, now) = (why::desk(&context), context.now());
        let found = context.store.read(async move |tx: &mut Tx| case::read(tx, &desk, located, now).await).await?;
        context.output.document(&found, || shown(&told(&found)))?;
        Ok(Answer::Yes)
    }

    fn one(&self, search: Search) -> Result<Located, Failure> {
        match search {
            Search::One(located) => Ok(located),
            Search::Nothing => Err(Failure::not_found(format!("nothing has the support code {}", self.code))
                .hint("a request that began no journey is found by all 12 symbols only")),
            Search::Several(codes) => {
                let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
                Err(Failure::invalid("code", "several cases begin like this").hint(codes.join(", ")))
            }
        }
    }
}

fn told(found: &case::Case) -> String {
    let name = [&found.user.display_name, &found.user.upn, &found.user.typed];
    let name = name.into_iter().flatten().next().map_or("?", String::as_str);
    let code = found.code.map(|code| format!(" {} {}", code.code, code.name)).unwrap_or_default();
    let mut text = format!("Case {}\n{}{code}\n", found.support_code, found.description);
    text.push_str(&why::findings(name, &found.causes));
    let zone = TimeZone::get(&found.time_zone).unwrap_or(TimeZone::UTC);
    text.push_str(&format!("\nWhat happened (times in {})\n{}\n", found.time_zone, timeline(found, &zone)));
    if !found.deliveries.is_empty() {
        text.push_str(&format!("\nMessages\n{}\n", deliveries(found, &zone)));
    }
    let facts = facts(found, &zone);
    text.push_str(&format!("\nFacts\n{}\n", sheet(&facts, &FACTS)));
    text
}

fn timeline(found: &case::Case, zone: &TimeZone) -> String {
    let rows = found.timeline.iter().map(|event| {
        let at = event.at.parse().map_or_else(|_| event.at.clone(), |at| clock(at, zone));
        let mark = if event.result == "success" { "✓" } else { "✗" };
        let detail = event.detail.clone().or_else(|| event.reason.clone());
        let words = detail.unwrap_or_else(|| event.activity.clone());
        vec![at, mark.to_owned(), event.method.clone().unwrap_or_default(), words]
    });
    table(&["at", "", "method", "what"], rows.collect())
}

fn deliveries(found: &case::Case, zone: &TimeZone) -> String {
    let rows = found.deliveries.iter().map(|one| {
        vec![
            clock(one.at, zone),
            one.kind.clone(),
            one.channel.clone(),
            one.masked.clone(),
            one.state.clone(),
            one.provider_code.clone().unwrap_or_default(),
            one.tries.to_string(),
        ]
    });
    table(&["at", "kind", "by", "to", "state", "answer", "tries"], rows.collect())
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%H:%M:%S").to_string()
}

const FACTS: [&str; 12] = [
    "kind",
    "opened",
    "organization",
    "typed",
    "account",
    "page",
    "state",
    "outcome",
    "sign_in_model",
    "licensing",
    "health",
    "agent_events",
];

fn facts(found: &case::Case, zone: &TimeZone) -> Json {
    let opened = found.opened_at.to_zoned_datetime(zone.clone()).strftime("%A %-d %B %Y, %H:%M:%S UTC%:z");
    json!({
        "kind": found.kind,
        "opened": opened.to_string(),
        "organization": found.tenant,
        "typed": found.user.typed,
        "account": found.user.upn,
        "page": found.page,
        "state": found.state,
        "outcome": found.outcome,
        "sign_in_model": found.sign_in_model,
        "licensing": found.licensing,
        "health": found.health,
        "agent_events": if found.agent_events.is_empty() { json!("none") } else { json!(found.agent_events) },
    })
}
