//! A case: everything that a support code leads to, with the causes of that time and what to do.

use jiff::Timestamp;
use readmit_core::account::SignInModel;
use readmit_core::decision::Facts;
use readmit_core::ids::AccountId;
use readmit_core::ids::SupportCode;
use readmit_core::journey::State;
use readmit_core::licence::LicenceSource;
use readmit_core::licence::TenantPlan;
use readmit_core::order::Aim;
use readmit_store::AuditItem;
use readmit_store::DeliveryRow;
use serde::Serialize;
use serde_json::Value as Json;

use super::CauseView;
use super::Channels;
use super::CodeView;
use super::words;
use crate::reset::view;
use crate::reset::view::PageKind;
use crate::text::Lang;

mod causes;
mod read;

pub use read::Located;
pub use read::Search;
pub use read::find;
pub use read::read;

use read::Gathered;

/// Everything about one support code.
#[derive(Clone, Serialize)]
pub struct Case {
    /// The code.
    pub support_code: SupportCode,
    /// What sort of case it is.
    pub kind: Kind,
    /// When it began.
    pub opened_at: Timestamp,
    /// IANA name of the organization's time zone.
    pub time_zone: String,
    /// Name of the organization.
    pub tenant: Option<String>,
    /// Who it is about.
    pub user: CaseUser,
    /// The page that the person is on, or was on last.
    pub page: Option<PageKind>,
    /// What it is about, in words.
    pub description: String,
    /// Whether licences are asked for, and which reach the account.
    pub licensing: Licensing,
    /// How the account signs in.
    pub sign_in_model: Option<SignInModel>,
    /// `choosing`, `challenged`, `proven`, `writing`, `unconfirmed` or `closed`.
    pub state: Option<&'static str>,
    /// How it ended, as in the view of a journey.
    pub outcome: Option<&'static str>,
    /// The public code, also where a decoy's visitor was not told.
    pub code: Option<CodeView>,
    /// What stood in the way first, then what is worth knowing.
    pub causes: Vec<CauseView>,
    /// What happened, oldest first.
    pub timeline: Vec<Event>,
    /// What became of the messages, oldest first.
    pub deliveries: Vec<Delivery>,
    /// How the service does now.
    pub health: Health,
    /// What the agents logged: nothing while no agent is enrolled.
    pub agent_events: Vec<Json>,
}

/// What sort of case it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody tried to reset or unlock.
    Journey,
    /// A request that began no journey.
    Request,
    /// A journey at whose end the administrators were asked for help.
    Contact,
}

/// Who a case is about.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CaseUser {
    /// What the person typed.
    pub typed: Option<String>,
    /// Key of the account, also where the visitor was led on as a decoy.
    pub id: Option<AccountId>,
    /// Its user ID.
    pub upn: Option<String>,
    /// Full name.
    pub display_name: Option<String>,
}

/// Whether licences are asked for, and which reach the account.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Licensing {
    /// Whether the organization asks for licences.
    pub enforced: Option<bool>,
    /// The organization's plan.
    pub tenant_plan: Option<&'static str>,
    /// Licences that reach the account, with `direct`, `group` or `nested_group` (which does not count).
    pub licences: Option<Vec<Held>>,
}

/// A licence that reaches an account.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// Its plan.
    pub plan: &'static str,
    /// How it reaches the account.
    pub source: &'static str,
}

/// A line of the timeline.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When, RFC 3339.
    pub at: String,
    /// What, by the audit's name.
    pub activity: String,
    /// With which method.
    pub method: Option<String>,
    /// `success` or `failure`.
    pub result: String,
    /// Why, in one word for machines.
    pub reason: Option<String>,
    /// The same in words.
    pub detail: Option<String>,
}

/// What became of a message.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// When it was made.
    pub at: Timestamp,
    /// `code`, `notice` or `contact`.
    pub kind: String,
    /// `mail`, `sms` or `voice`.
    pub channel: String,
    /// Where it went.
    pub masked: String,
    /// `queued`, `accepted`, `delivered`, `failed` or `expired`.
    pub state: String,
    /// What the relay or gateway said last.
    pub provider_code: Option<String>,
    /// Deliveries tried.
    pub tries: i64,
}

/// How the service does now.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Health {
    /// `up`: it answered just now.
    pub database: &'static str,
    /// `configured` or `not_configured`.
    pub mail: &'static str,
    /// `configured` or `not_configured`.
    pub sms: &'static str,
    /// `configured` or `not_configured`.
    pub voice: &'static str,
    /// `not_configured` while no agent is enrolled.
    pub agents: &'static str,
}

/// The case of what was gathered. Pure.
fn of(gathered: &Gathered, channels: Channels, now: Timestamp) -> Case {
    let journey = gathered.row.as_ref().map(|row| &row.journey);
    let own_facts = gathered.facts.as_ref().filter(|_| !gathered.row.as_ref().is_some_and(|row| row.decoy));
    let page = journey.map(|journey| view::page(journey, own_facts, now));
    let tenant = gathered.tenant.as_ref().map(|row| &row.tenant);
    let kind = kind(gathered);
    Case {
        support_code: gathered.code,
        kind,
        opened_at: opened_at(gathered, now),
        time_zone: tenant.map_or("UTC", |tenant| &tenant.time_zone).to_owned(),
        tenant: tenant.map(|tenant| tenant.name.clone()),
        user: user(gathered),
        page,
        description: description(gathered, page, kind),
        licensing: licensing(gathered),
        sign_in_model: gathered.facts.as_ref().map(|facts| facts.account.sign_in_model),
        state: journey.map(|journey| state(&journey.state)),
        outcome: journey.and_then(|journey| journey.outcome(now)).map(view::outcome_name),
        code: code(gathered, now),
        causes: causes::causes(gathered, now),
        timeline: gathered.items.iter().map(event).collect(),
        deliveries: gathered.deliveries.iter().map(delivery).collect(),
        health: health(channels),
        agent_events: Vec::new(),
    }
}

fn kind(gathered: &Gathered) -> Kind {
    let last = gathered.items.last().and_then(|item| item.reason.as_deref());
    match (&gathered.row, last) {
        (_, Some("ContactedAdministrator")) => Kind::Contact,
        (Some(_), _) => Kind::Journey,
        (None, _) => Kind::Request,
    }
}

fn opened_at(gathered: &Gathered, now: Timestamp) -> Timestamp {
    let begun = gathered.row.as_ref().map(|row| row.journey.head.started_at);
    let first = gathered.items.first().and_then(|item| item.at.parse().ok());
    begun.or(first).unwrap_or(now)
}

fn user(gathered: &Gathered) -> CaseUser {
    let account = gathered.facts.as_ref().map(|facts| &facts.account);
    CaseUser {
        typed: gathered.typed.as_ref().map(|typed| typed.to_string()),
        id: account.map(|account| account.id),
        upn: account.map(|account| account.upn.to_string()),
        display_name: account.map(|account| account.display_name.clone()).filter(|name| !name.is_empty()),
    }
}

/// How sentences name the person.
fn person(gathered: &Gathered) -> String {
    let user = user(gathered);
    user.display_name.or(user.upn).or(user.typed).unwrap_or_else(|| "?".to_owned())
}

fn description(gathered: &Gathered, page: Option<PageKind>, kind: Kind) -> String {
    let say = |what| words::case(Lang::En, what, &person(gathered));
    let Some(row) = &gathered.row else {
        return say("request");
    };
    let wanted = match row.journey.head.aim {
        Aim::Reset => "reset",
        Aim::Unlock => "unlock",
    };
    let asked = if kind == Kind::Contact { Some("contact") } else { None };
    let parts = [Some(wanted), page.map(sentence), asked];
    parts.into_iter().flatten().map(say).collect::<Vec<_>>().join(" ")
}

fn sentence(page: PageKind) -> &'static str {
    match page {
        PageKind::Choose => "choose",
        PageKind::Challenge => "challenge",
        PageKind::Password => "password",
        PageKind::Writing => "writing",
        PageKind::Unconfirmed => "unconfirmed",
        PageKind::Done => "done",
        PageKind::Refused => "refused",
        PageKind::CouldNotVerify => "could-not-verify",
        PageKind::Throttled => "throttled",
        PageKind::Lapsed => "lapsed",
        PageKind::Cancelled => "cancelled",
    }
}

fn licensing(gathered: &Gathered) -> Licensing {
    let plan = gathered.tenant.as_ref().map(|row| row.tenant.plan);
    let held = |facts: &Facts| {
        let all = facts.licences.iter().map(|one| Held {
            plan: one.plan.name(),
            source: match one.source {
                LicenceSource::Direct => "direct",
                LicenceSource::Group(_) => "group",
                LicenceSource::NestedGroup(_) => "nested_group",
            },
        });
        all.collect()
    };
    Licensing {
        enforced: plan.map(|plan| plan != TenantPlan::Unlimited),
        tenant_plan: plan.map(TenantPlan::name),
        licences: gathered.facts.as_ref().map(held),
    }
}

fn state(state: &State) -> &'static str {
    match state {
        State::Choosing { .. } => "choosing",
        State::Challenged { .. } => "challenged",
        State::Proven { .. } => "proven",
        State::Writing { .. } => "writing",
        State::Unconfirmed { .. } => "unconfirmed",
        State::Closed(_) => "closed",
    }
}

/// The journey's own code; else the last one that the audit has, which a decoy's visitor did not see.
fn code(gathered: &Gathered, now: Timestamp) -> Option<CodeView> {
    let own = gathered.row.as_ref().and_then(|row| view::code(&row.journey, now));
    let noted = || gathered.items.iter().rev().find_map(|item| item.code.as_deref()?.parse().ok());
    let hidden = gathered.row.as_ref().is_none_or(|row| row.decoy);
    own.or_else(|| if hidden { noted() } else { None }).map(CodeView::from)
}

fn event(item: &AuditItem) -> Event {
    let detail = item.reason.as_deref().and_then(|reason| words::reason(Lang::En, reason));
    Event {
        at: item.at.clone(),
        activity: item.activity.clone(),
        method: item.method.clone(),
        result: item.result.clone(),
        reason: item.reason.clone(),
        detail: match (detail, &item.code) {
            (Some(detail), Some(code)) => Some(format!("{detail} ({code})")),
            (detail, _) => detail,
        },
    }
}

fn delivery(row: &DeliveryRow) -> Delivery {
    Delivery {
        at: row.at,
        kind: row.kind.clone(),
        channel: row.channel.clone(),
        masked: row.masked.clone(),
        state: row.state.clone(),
        provider_code: row.provider_code.clone(),
        tries: row.tries,
    }
}

fn health(channels: Channels) -> Health {
    let word = |configured| {
        if configured { "configured" } else { "not_configured" }
    };
    Health {
        database: "up",
        mail: word(channels.mail),
        sms: word(channels.sms),
        voice: word(channels.voice),
        agents: "not_configured",
    }
}
