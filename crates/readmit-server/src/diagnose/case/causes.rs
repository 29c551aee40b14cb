//! The causes of a case: what was decided then, what happened on the way, what is worth knowing now.

use jiff::Timestamp;
use readmit_core::cause::Cause;
use readmit_core::cause::Severity;
use readmit_core::decision;
use readmit_core::decision::CheckOutcome;
use readmit_core::decision::Decision;
use readmit_core::journey::Issue;
use readmit_core::journey::Outcome;
use readmit_store::AuditItem;
use readmit_store::FoundBy;
use serde_json::Value as Json;
use serde_json::json;

use super::read::Gathered;
use crate::diagnose::CauseView;
use crate::diagnose::Shown;
use crate::diagnose::add;
use crate::diagnose::fields;
use crate::diagnose::happened;
use crate::diagnose::remedy::About;
use crate::diagnose::why;

/// What stood in the way first, then what happened, then what is worth knowing.
pub(super) fn causes(gathered: &Gathered, now: Timestamp) -> Vec<CauseView> {
    let upn = super::person(gathered);
    let about = match &gathered.facts {
        Some(facts) => About::of(facts),
        None => About {
            upn: gathered.typed.as_ref().map_or(upn.as_str(), |typed| typed.as_str()),
            tenant: gathered.tenant.as_ref().map(|row| row.tenant.name.as_str()),
            facts: None,
        },
    };
    let decision = gathered.facts.as_ref().map(|facts| decision::decide(facts, now));
    let mut causes = Vec::new();
    for cause in gathered.items.iter().filter_map(|item| decided(item, decision.as_ref())) {
        add(&mut causes, cause, still(gathered, decision.as_ref(), cause), &about);
    }
    if let Some((cause, evidence)) = unverified(gathered, &causes) {
        add(&mut causes, cause, evidence, &about);
    }
    for (cause, evidence) in happened::happened(&gathered.items, &gathered.deliveries) {
        add(&mut causes, cause, evidence, &about);
    }
    let issue = gathered.row.as_ref().and_then(|row| row.issue.as_deref());
    if let Some(Issue::DirectoryPolicy(cause)) = issue.and_then(|issue| serde_json::from_str(issue).ok()) {
        add(&mut causes, cause, Shown::new(), &about);
    }
    if gathered.row.is_some() && gathered.typed.is_none() {
        add(&mut causes, Cause::FaultKey, fields(json!({ "what": "user_id" })), &about);
    }
    for (cause, evidence) in notes(gathered, decision.as_ref(), now) {
        add(&mut causes, cause, evidence, &about);
    }
    causes
}

/// The cause that the decision of that time left in the audit; where it was erased, today's for the same code.
fn decided(item: &AuditItem, today: Option<&Decision>) -> Option<Cause> {
    let kept = item.new.as_ref().and_then(|new| new.get("cause")).and_then(Json::as_str);
    if let Some(cause) = kept.and_then(Cause::from_id) {
        return Some(cause);
    }
    let code = item.code.as_deref()?;
    today?.checks.iter().find_map(|check| match check.outcome {
        CheckOutcome::Fail(cause) if decision::public_code(check.id).is_some_and(|one| one.code() == code) => {
            Some(cause)
        }
        CheckOutcome::Fail(_) | CheckOutcome::Pass | CheckOutcome::NotApplicable | CheckOutcome::Unknown => None,
    })
}

/// Today's evidence of a cause, and whether it still stands.
fn still(gathered: &Gathered, today: Option<&Decision>, cause: Cause) -> Shown {
    let finding = today.and_then(|decision| decision.findings.iter().find(|finding| finding.cause == cause));
    let mut evidence = match (finding, &gathered.facts) {
        (Some(finding), Some(facts)) => why::evidence(finding, facts),
        _ => Shown::new(),
    };
    evidence.insert("still_so".to_owned(), json!(finding.is_some()));
    evidence
}

/// Why no account was found: the typed user ID is looked up again.
fn unverified(gathered: &Gathered, known: &[CauseView]) -> Option<(Cause, Shown)> {
    let row = gathered.row.as_ref().filter(|row| row.decoy && known.is_empty() && !gathered.names_account())?;
    let typed = gathered.typed.as_ref()?;
    match (&gathered.found, &gathered.facts) {
        (None, _) => {
            let evidence = json!({ "user_id": typed.as_str(), "at": row.journey.head.started_at });
            Some((Cause::AccountUnknown, fields(evidence)))
        }
        (Some(found), Some(facts)) if found.by == FoundBy::Proxy && !facts.values().alternate_login => {
            Some((Cause::AlternateLoginOff, why::alternate_login(typed, facts)))
        }
        (Some(_), _) => None,
    }
}

/// What is worth knowing about the account beside what fails; nothing after a good end.
fn notes(gathered: &Gathered, today: Option<&Decision>, now: Timestamp) -> Vec<(Cause, Shown)> {
    let outcome = gathered.row.as_ref().and_then(|row| row.journey.outcome(now));
    let (Some(facts), Some(today)) = (&gathered.facts, today) else {
        return Vec::new();
    };
    if matches!(outcome, Some(Outcome::Reset | Outcome::Unlocked)) {
        return Vec::new();
    }
    let fails = |cause| today.checks.iter().any(|check| check.outcome == CheckOutcome::Fail(cause));
    let notes = today.findings.iter().filter(|finding| !fails(finding.cause));
    let notes = notes.filter(|one| one.cause == Cause::ContactMalformed || one.cause.severity() < Severity::Error);
    notes.map(|finding| (finding.cause, why::evidence(finding, facts))).collect()
}
