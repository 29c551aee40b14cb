//! From the core's activities to audit records.

use super::chance::Chance;
use crate::app::Parts;
use crate::fault::Fault;
use jiff::Timestamp;
use readmit_core::activity::Activity;
use readmit_core::activity::Reason;
use readmit_core::cause::Cause;
use readmit_core::decision;
use readmit_core::decision::CheckOutcome;
use readmit_core::decision::Facts;
use readmit_core::ids::JourneyId;
use readmit_core::ids::TenantId;
use readmit_store::Actor;
use readmit_store::AuditRecord;
use readmit_store::Target;
use readmit_store::Tx;
use serde_json::json;

/// Who acts, and from where, in one request.
#[derive(Clone)]
pub(super) struct Scene {
    /// The organization.
    pub(super) tenant: TenantId,
    /// The journey, whose id is the support code.
    pub(super) journey: JourneyId,
    /// Address of the visitor, as the audit keeps it.
    pub(super) source: String,
    /// The time of the request.
    pub(super) now: Timestamp,
}

/// Appends what happened to the audit, in the unit of what it records.
///
/// `of` are the facts about the real account; a journey of nobody has a keyed hash as its only subject.
pub(super) async fn append(
    tx: &mut Tx,
    app: &Parts,
    scene: &Scene,
    activities: &[Activity],
    (of, subject): (Option<&Facts>, &str),
    chance: &mut Chance,
) -> Result<(), Fault> {
    for activity in activities {
        let account = of.map(|facts| &facts.account);
        let actor = Actor::user(account.map(|one| one.id), account.map(|one| one.upn.to_string()));
        let mut record = AuditRecord::of(scene.now, activity, actor);
        record.tenant = Some(scene.tenant);
        record.support_code = Some(scene.journey);
        record.source = Some(scene.source.clone());
        record.subject = Some(account.map_or_else(|| subject.to_owned(), |one| one.id.to_string()));
        record.new = of.and_then(|facts| cause(activity, facts, scene.now)).map(|cause| json!({ "cause": cause.id() }));
        record.target = account.map(|one| Target { id: one.id.to_string(), name: Some(one.upn.to_string()) });
        tx.append_audit(&app.writer, &record, chance.bytes()).await?;
    }
    Ok(())
}

/// The cause behind a refusal at that moment: the account and the policy of a later day do not tell it any more.
fn cause(activity: &Activity, facts: &Facts, now: Timestamp) -> Option<Cause> {
    if activity.code.is_none() && activity.reason != Reason::AccountNotVerified {
        return None;
    }
    decision::decide(facts, now).checks.iter().find_map(|check| match check.outcome {
        CheckOutcome::Fail(cause) if decision::public_code(check.id) == activity.code => Some(cause),
        CheckOutcome::Fail(_) | CheckOutcome::Pass | CheckOutcome::NotApplicable | CheckOutcome::Unknown => None,
    })
}
