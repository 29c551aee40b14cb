//! The facts about whoever a journey belongs to, with what was counted, read in the caller's transaction.

use super::decoy;
use crate::app::Parts;
use crate::fault::Fault;
use jiff::Timestamp;
use readmit_core::decision::Facts;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::journey::Subject;
use readmit_core::registration::Registration;
use readmit_core::registration::TrustRoot;
use readmit_core::text::Identifier;
use readmit_store::JourneyRow;
use readmit_store::Keys;
use readmit_store::Place;
use readmit_store::Purpose;
use readmit_store::Tx;
use zeroize::Zeroizing;

/// A journey with everything that its next step looks at.
pub struct Seen {
    /// The journey.
    pub row: JourneyRow,
    /// The facts of this moment; `None` for an account that is gone, or a journey of nobody that was closed at once.
    pub facts: Option<Facts>,
    /// What the person typed.
    pub user_id: Zeroizing<String>,
}

/// Reads a journey and its facts. `but` names an attempt that the facts must not hold: the one just counted.
pub async fn seen(
    tx: &mut Tx,
    app: &Parts,
    tenant: TenantId,
    id: JourneyId,
    but: Option<MessageId>,
    now: Timestamp,
) -> Result<Option<Seen>, Fault> {
    let Some(row) = tx.journey(tenant, id).await? else {
        return Ok(None);
    };
    let opened = app.keys.open(&user_id_place(tenant, id), &row.user_id)?;
    let text = std::str::from_utf8(&opened).map_err(|error| Fault::Stored(error.to_string()))?;
    let user_id = Zeroizing::new(text.to_owned());
    let facts = match (row.journey.head.subject, Identifier::parse(&user_id)) {
        (Subject::Account(account), _) => tx.facts(&app.facts, tenant, account).await?,
        (Subject::Decoy, Ok(name)) => decoy_facts(tx, app, tenant, &name).await?,
        (Subject::Decoy, Err(_)) => None,
    };
    let facts = match facts {
        Some(facts) => Some(with_counts(tx, &app.keys, facts, &row.subject, but, now).await?),
        None => None,
    };
    Ok(Some(Seen { row, facts, user_id }))
}

/// Facts about nobody under this organization's policy.
pub async fn decoy_facts(
    tx: &mut Tx,
    app: &Parts,
    tenant: TenantId,
    user_id: &Identifier,
) -> Result<Option<Facts>, Fault> {
    let Some(row) = tx.tenant(tenant).await? else {
        return Ok(None);
    };
    let policy = tx.cached_policy(&app.facts, &row).await?;
    Ok(decoy::facts(app, row.tenant, policy, user_id))
}

/// Adds attempts and sends.
pub async fn with_counts(
    tx: &mut Tx,
    keys: &Keys,
    mut facts: Facts,
    subject: &str,
    but: Option<MessageId>,
    now: Timestamp,
) -> Result<Facts, Fault> {
    facts.attempts = tx.attempts(facts.tenant.id, subject, but, now).await?;
    let mut known: Vec<([u8; 32], Vec<Timestamp>)> = Vec::new();
    let mut sends: Vec<(RegistrationId, Timestamp)> = Vec::new();
    for registration in &facts.registrations {
        let Some(key) = destination(keys, &facts, registration, subject) else {
            continue;
        };
        if known.iter().all(|(other, _)| *other != key) {
            known.push((key, tx.sends(facts.tenant.id, key, now).await?));
        }
        let times = known.iter().find(|(other, _)| *other == key).map(|(_, times)| times);
        sends.extend(times.into_iter().flatten().map(|at| (registration.id, *at)));
    }
    facts.sends = sends;
    Ok(facts)
}

/// Keyed hash of where a registration's messages go; `None` where none go. Made-up contacts are each their own place:
/// two people who do not exist never share a limit.
pub fn destination(keys: &Keys, facts: &Facts, registration: &Registration, subject: &str) -> Option<[u8; 32]> {
    let (kind, text) = match registration.trust_root()? {
        TrustRoot::Mailbox(address) => ("mail", address),
        TrustRoot::Number(digits) => ("phone", digits),
        TrustRoot::App | TrustRoot::Knowledge => return None,
    };
    let made_up = if decoy::is_nobody(&facts.account) { subject } else { "" };
    let (tenant, parts) = (facts.tenant.id.to_string(), [kind, text.as_str(), made_up]);
    let parts: Vec<&[u8]> = std::iter::once(tenant.as_bytes()).chain(parts.map(str::as_bytes)).collect();
    Some(keys.mac(Purpose::Destination, &parts))
}

/// The counter's key of a user ID that belongs to nobody, or that is led on as if it did.
pub fn nobody_key(app: &Parts, tenant: TenantId, user_id: &Identifier) -> String {
    let key = app.keys.mac(Purpose::Subject, &[tenant.to_string().as_bytes(), user_id.canonical().as_bytes()]);
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where the typed user ID of a journey is kept, sealed.
pub fn user_id_place(tenant: TenantId, id: JourneyId) -> Place {
    Place { table: "journeys", column: "user_id", row: id.to_string(), tenant: tenant.to_string() }
}
