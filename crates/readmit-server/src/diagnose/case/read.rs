//! Finding a case by its support code or the beginning of one, and gathering what it is made of.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use readmit_core::decision::Facts;
use readmit_core::ids::AccountId;
use readmit_core::ids::SupportCode;
use readmit_core::ids::TenantId;
use readmit_core::journey::Subject;
use readmit_core::text::Identifier;
use readmit_store::AuditFilter;
use readmit_store::AuditItem;
use readmit_store::AuditScope;
use readmit_store::DeliveryRow;
use readmit_store::Found;
use readmit_store::JourneyRow;
use readmit_store::TenantRow;
use readmit_store::Tx;
use zeroize::Zeroizing;

use super::Case;
use crate::diagnose::Desk;
use crate::diagnose::why;
use crate::fault::Fault;
use crate::reset::subject::user_id_place;

/// Most lines of a timeline that are read.
const LONGEST_TIMELINE: u32 = 1_000;

/// Where a support code leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located {
    /// The organization of its journey; `None` for a request that is only in the audit.
    pub tenant: Option<TenantId>,
    /// The whole code.
    pub code: SupportCode,
}

/// What a support code, or the beginning of one, leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Nothing.
    Nothing,
    /// One case.
    One(Located),
    /// The first of several.
    Several(Vec<SupportCode>),
}

/// Everything that a case is made of.
pub(super) struct Gathered {
    pub(super) code: SupportCode,
    pub(super) tenant: Option<TenantRow>,
    pub(super) row: Option<JourneyRow>,
    /// What the person typed; `None` without a journey, and where it does not open.
    pub(super) typed: Option<Zeroizing<String>>,
    /// Oldest first.
    pub(super) items: Vec<AuditItem>,
    pub(super) deliveries: Vec<DeliveryRow>,
    /// What the typed user ID leads to today.
    pub(super) found: Option<Found>,
    /// About the real account, also behind a decoy.
    pub(super) facts: Option<Facts>,
}

impl Gathered {
    /// Whether the journey or its audit names an account; a typed user ID alone does not.
    pub(super) fn names_account(&self) -> bool {
        self.own_account().is_some()
    }

    fn own_account(&self) -> Option<AccountId> {
        match self.row.as_ref().map(|row| row.journey.head.subject) {
            Some(Subject::Account(account)) => Some(account),
            Some(Subject::Decoy) | None => self.items.iter().find_map(|item| item.target.as_ref()?.id.parse().ok()),
        }
    }
}

/// Looks for the cases whose codes lie in a range: journeys, and for a whole code also requests.
///
/// # Errors
/// [`Fault::Store`].
pub async fn find(tx: &mut Tx, codes: &RangeInclusive<SupportCode>, tenant: Option<TenantId>) -> Result<Search, Fault> {
    let journeys = tx.journeys_between(*codes.start(), *codes.end()).await?;
    let mut found: Vec<Located> = journeys
        .into_iter()
        .filter(|(of, _)| tenant.is_none_or(|tenant| tenant == *of))
        .map(|(of, code)| Located { tenant: Some(of), code })
        .collect();
    if found.is_empty() && codes.start() == codes.end() {
        let noted = tx.audit_items(&filter(tenant, *codes.start()), None, 1).await?;
        found.extend(noted.items.first().map(|_| Located { tenant, code: *codes.start() }));
    }
    Ok(match found.as_slice() {
        [] => Search::Nothing,
        [one] => Search::One(*one),
        several => Search::Several(several.iter().map(|one| one.code).collect()),
    })
}

fn filter(tenant: Option<TenantId>, code: SupportCode) -> AuditFilter {
    let scope = tenant.map_or(AuditScope::All, AuditScope::Tenant);
    AuditFilter { support_code: Some(code), ..AuditFilter::new(scope) }
}

/// The case that [`find`] located.
///
/// # Errors
/// [`Fault::Store`].
pub async fn read(tx: &mut Tx, desk: &Desk, located: Located, now: Timestamp) -> Result<Case, Fault> {
    let gathered = gather(tx, desk, located, now).await?;
    Ok(super::of(&gathered, desk.channels, now))
}

async fn gather(tx: &mut Tx, desk: &Desk, located: Located, now: Timestamp) -> Result<Gathered, Fault> {
    let code = located.code;
    let mut items = tx.audit_items(&filter(located.tenant, code), None, LONGEST_TIMELINE).await?.items;
    items.reverse();
    let noted = items.iter().find_map(|item| item.tenant.as_ref()?.parse().ok());
    let mut gathered = Gathered {
        code,
        tenant: None,
        row: None,
        typed: None,
        items,
        deliveries: Vec::new(),
        found: None,
        facts: None,
    };
    let Some(tenant) = located.tenant.or(noted) else {
        return Ok(gathered);
    };
    gathered.tenant = tx.tenant(tenant).await?;
    gathered.row = tx.journey(tenant, code).await?;
    gathered.deliveries = tx.deliveries(tenant, code).await?;
    gathered.typed = gathered.row.as_ref().and_then(|row| typed(desk, tenant, row));
    let name = gathered.typed.as_ref().and_then(|typed| Identifier::parse(typed).ok());
    if let Some(name) = name {
        gathered.found = tx.find_account(tenant, &name).await?;
    }
    let today = gathered.found.as_ref().map(|found| found.row.account.id);
    if let Some(account) = gathered.own_account().or(today) {
        gathered.facts = why::facts(tx, desk, tenant, account, now).await?;
    }
    Ok(gathered)
}

/// What the person typed; a value that does not open is a finding, not the end of the case.
fn typed(desk: &Desk, tenant: TenantId, row: &JourneyRow) -> Option<Zeroizing<String>> {
    let opened = desk.keys.open(&user_id_place(tenant, row.journey.head.id), &row.user_id).ok()?;
    std::str::from_utf8(&opened).ok().map(|text| Zeroizing::new(text.to_owned()))
}
