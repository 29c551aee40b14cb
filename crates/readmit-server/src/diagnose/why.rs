//! Why an account can or cannot reset: the whole trace of the decision, with a remedy for each thing in the way.

use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::account::SignInModel;
use readmit_core::account::UserType;
use readmit_core::cause::Cause;
use readmit_core::decision;
use readmit_core::decision::Check;
use readmit_core::decision::CheckOutcome;
use readmit_core::decision::Decision;
use readmit_core::decision::Facts;
use readmit_core::decision::Finding;
use readmit_core::ids::AccountId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::TenantId;
use readmit_core::licence::LicenceSource;
use readmit_core::licence::TenantPlan;
use readmit_core::methods::Assessed;
use readmit_core::text::Identifier;
use readmit_store::FoundBy;
use readmit_store::Tx;
use serde::Serialize;
use serde_json::json;

use super::CauseView;
use super::CodeView;
use super::Desk;
use super::Shown;
use super::add;
use super::contacts;
use super::fields;
use super::remedy;
use super::remedy::About;
use super::remedy::Remedy;
use super::shown;
use crate::fault::Fault;
use crate::reset::subject;

/// The answer about one user ID.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    /// As it was typed.
    pub input: String,
    /// Name of the organization; `None` if no organization has the domain.
    pub tenant: Option<String>,
    /// The account; `None` if there is none.
    pub user: Option<UserView>,
    /// Whether somebody who types this user ID can reset now.
    pub able: bool,
    /// The public code of the first check that fails.
    pub code: Option<CodeView>,
    /// Gates that the account needs.
    pub gates_required: Option<u8>,
    /// The policy that was looked at.
    pub policy_version: Option<PolicyVersion>,
    /// All nine checks, in order; none for an unknown account.
    pub checks: Vec<CheckView>,
    /// What stands in the way first, then what is worth knowing.
    pub causes: Vec<CauseView>,
    /// Every registration, judged.
    pub methods: Vec<MethodView>,
    /// Blocks in force.
    pub blocks: Vec<BlockView>,
}

/// Whose account it is.
#[derive(Clone, Debug, Serialize)]
pub struct UserView {
    /// Its key.
    pub id: AccountId,
    /// Its user ID.
    pub upn: String,
    /// Full name.
    pub display_name: String,
    /// Who keeps the password.
    pub authority: Authority,
    /// How it signs in.
    pub sign_in_model: SignInModel,
    /// Member, guest or service.
    pub user_type: UserType,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Its roles.
    pub roles: Vec<Role>,
    /// `unlimited` where no licence is asked for, else the best plan that counts.
    pub plan: Option<&'static str>,
}

/// One check of the decision.
#[derive(Clone, Debug, Serialize)]
pub struct CheckView {
    /// `E1` … `E9`.
    pub id: &'static str,
    /// What it asks, as a stable name.
    pub name: &'static str,
    /// `pass`, `fail`, `not_applicable` or `unknown`.
    pub outcome: &'static str,
    /// Why it fails.
    pub cause: Option<Cause>,
    /// What it looked at.
    pub evidence: Shown,
    /// What to do if it fails.
    pub remedy: Option<Remedy>,
}

/// One registration, judged.
#[derive(Clone, Debug, Serialize)]
pub struct MethodView {
    /// Kind of proof.
    pub method: &'static str,
    /// As pages show it.
    pub masked: Option<String>,
    /// Whether it can be used now.
    pub usable: bool,
    /// Which policy offers it.
    pub offered_by: Option<&'static str>,
    /// Why it cannot be used.
    pub reason: Option<Cause>,
    /// `registered`, or the attribute of the directory that it stands in.
    pub source: Option<&'static str>,
}

/// A family that is closed for a while.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BlockView {
    /// Which one.
    pub family: &'static str,
    /// When it opens again.
    pub until: Timestamp,
}

/// Looks an account up, by user ID or by proxy address, and explains it.
///
/// # Errors
/// [`Fault::Store`].
pub async fn read(
    tx: &mut Tx,
    desk: &Desk,
    tenant: Option<TenantId>,
    name: &Identifier,
    now: Timestamp,
) -> Result<Why, Fault> {
    let Some(tenant) = tenant else {
        return Ok(unknown(name.typed(), None));
    };
    let Some(found) = tx.find_account(tenant, name).await? else {
        let row = tx.tenant(tenant).await?;
        return Ok(unknown(name.typed(), row.map(|row| row.tenant.name).as_deref()));
    };
    let Some(facts) = facts(tx, desk, tenant, found.row.account.id, now).await? else {
        return Ok(unknown(name.typed(), None));
    };
    Ok(of(name.typed(), found.by, &facts, now))
}

/// Everything that a decision looks at, with attempts and sends.
pub(super) async fn facts(
    tx: &mut Tx,
    desk: &Desk,
    tenant: TenantId,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<Facts>, Fault> {
    let Some(facts) = tx.facts(&desk.facts, tenant, account).await? else {
        return Ok(None);
    };
    Ok(Some(subject::with_counts(tx, &desk.keys, facts, &account.to_string(), None, now).await?))
}

/// The answer about a user ID that names no account of this organization.
#[must_use]
pub fn unknown(input: &str, tenant: Option<&str>) -> Why {
    let about = About { upn: input, tenant, facts: None };
    let domain = input.rsplit_once('@').map(|(_, domain)| domain);
    let evidence = fields(json!({ "user_id": input, "domain": domain, "tenant": tenant }));
    Why {
        input: input.to_owned(),
        tenant: tenant.map(str::to_owned),
        user: None,
        able: false,
        code: None,
        gates_required: None,
        policy_version: None,
        checks: Vec::new(),
        causes: vec![CauseView::new(Cause::AccountUnknown, evidence, &about)],
        methods: Vec::new(),
        blocks: Vec::new(),
    }
}

/// The answer about an account, from everything that a decision looks at. Pure.
#[must_use]
pub fn of(input: &str, by: FoundBy, facts: &Facts, now: Timestamp) -> Why {
    let decision = decision::decide(facts, now);
    let about = About::of(facts);
    let mut causes = Vec::new();
    let no_login = by == FoundBy::Proxy && !facts.values().alternate_login;
    if no_login {
        add(&mut causes, Cause::AlternateLoginOff, alternate_login(input, facts), &about);
    }
    for finding in &decision.findings {
        add(&mut causes, finding.cause, evidence(finding, facts), &about);
    }
    Why {
        input: input.to_owned(),
        tenant: Some(facts.tenant.name.clone()),
        user: Some(user(facts)),
        able: decision.able() && !no_login,
        code: decision.code().map(CodeView::from),
        gates_required: Some(decision.gates_required),
        policy_version: decision.policy_version,
        checks: decision.checks.iter().map(|check| check_view(check, facts, &about)).collect(),
        causes,
        methods: decision.methods.iter().map(|one| method_view(one, facts)).collect(),
        blocks: blocks(&decision),
    }
}

/// What shows that an address was typed where only user IDs count.
pub(super) fn alternate_login(typed: &str, facts: &Facts) -> Shown {
    fields(json!({ "typed": typed, "proxy_address_of": facts.account.upn.as_str(), "alternate_login": false }))
}

/// The evidence of a finding; malformed contacts are named, with the form that they should have.
pub(super) fn evidence(finding: &Finding, facts: &Facts) -> Shown {
    with_contacts(finding.cause, shown(&finding.evidence), facts)
}

fn with_contacts(cause: Cause, mut evidence: Shown, facts: &Facts) -> Shown {
    if cause != Cause::ContactMalformed {
        return evidence;
    }
    let mut all = contacts::malformed(facts).into_iter();
    if let Some(first) = all.next() {
        evidence.extend(fields(json!(first)));
    }
    let others: Vec<_> = all.collect();
    if !others.is_empty() {
        evidence.insert("others".to_owned(), json!(others));
    }
    evidence
}

fn user(facts: &Facts) -> UserView {
    let account: &Account = &facts.account;
    UserView {
        id: account.id,
        upn: account.upn.to_string(),
        display_name: account.display_name.clone(),
        authority: account.authority,
        sign_in_model: account.sign_in_model,
        user_type: account.user_type,
        enabled: account.enabled,
        roles: account.roles.clone(),
        plan: plan(facts),
    }
}

/// The plan that counts for an account; nested licences never do.
fn plan(facts: &Facts) -> Option<&'static str> {
    if facts.tenant.plan == TenantPlan::Unlimited {
        return Some(TenantPlan::Unlimited.name());
    }
    let counts = facts.licences.iter().filter(|one| !matches!(one.source, LicenceSource::NestedGroup(_)));
    counts.map(|one| one.plan).max().map(readmit_core::licence::Plan::name)
}

fn check_view(check: &Check, facts: &Facts, about: &About<'_>) -> CheckView {
    let (outcome, cause) = match check.outcome {
        CheckOutcome::Pass => ("pass", None),
        CheckOutcome::Fail(cause) => ("fail", Some(cause)),
        CheckOutcome::NotApplicable => ("not_applicable", None),
        CheckOutcome::Unknown => ("unknown", None),
    };
    let evidence = shown(&check.evidence);
    CheckView {
        id: check.id.id(),
        name: check.id.name(),
        outcome,
        cause,
        evidence: match cause {
            Some(cause) => with_contacts(cause, evidence, facts),
            None => evidence,
        },
        remedy: cause.map(|cause| remedy::of(cause, about)),
    }
}

fn method_view(one: &Assessed, facts: &Facts) -> MethodView {
    let closed = one.blocked.map(|block| decision::throttled(block.family));
    MethodView {
        method: one.method.name(),
        masked: one.masked.as_ref().map(|masked| masked.text.clone()),
        usable: one.usable(),
        offered_by: one.offered_by.map(readmit_core::methods::OfferedBy::name),
        reason: one.reason.or(closed),
        source: facts.registration(one.registration).map(contacts::attribute),
    }
}

fn blocks(decision: &Decision) -> Vec<BlockView> {
    decision.blocks.iter().map(|block| BlockView { family: block.family.name(), until: block.until }).collect()
}
