//! Licences of accounts and groups.

use crate::FromRow;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::args;
use crate::groups::Member;
use jiff::Timestamp;
use readmit_core::group::GroupGraph;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::TenantId;
use readmit_core::licence::HeldLicence;
use readmit_core::licence::LicenceSource;
use readmit_core::licence::Plan;

/// A licence with the name of who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenceRow {
    /// `account` or `group`.
    pub holder_kind: String,
    /// User ID, or name of the group.
    pub holder: String,
    /// The plan.
    pub plan: Plan,
    /// Since when.
    pub assigned_at: Timestamp,
}

impl FromRow for LicenceRow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            holder_kind: row.take(0)?,
            holder: row.take(1)?,
            plan: plan(&row.take::<String>(2)?)?,
            assigned_at: row.take(3)?,
        })
    }
}

fn plan(name: &str) -> Result<Plan, StoreError> {
    Plan::parse(name).ok_or_else(|| StoreError::Bad("a cell is no plan".to_owned()))
}

fn key(holder: Member) -> (&'static str, String) {
    match holder {
        Member::Account(id) => ("account", id.to_string()),
        Member::Group(id) => ("group", id.to_string()),
    }
}

impl Tx {
    /// Gives a licence to an account, or to the direct members of a group; `false` if it was there.
    pub async fn assign_licence(
        &mut self,
        tenant: TenantId,
        holder: Member,
        plan: Plan,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "INSERT INTO licences (tenant, holder_kind, holder, plan, assigned_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING";
        let (kind, holder) = key(holder);
        Ok(self.exec(SQL, args![tenant, kind, holder, plan.name(), now]).await? == 1)
    }

    /// Takes a licence back; `false` if there was none.
    pub async fn remove_licence(&mut self, tenant: TenantId, holder: Member, plan: Plan) -> Result<bool, StoreError> {
        const SQL: &str = "DELETE FROM licences WHERE tenant = $1 AND holder_kind = $2 AND holder = $3 AND plan = $4";
        let (kind, holder) = key(holder);
        Ok(self.exec(SQL, args![tenant, kind, holder, plan.name()]).await? == 1)
    }

    /// Every licence of the organization: accounts first, each sorted by name.
    pub async fn licences(&mut self, tenant: TenantId) -> Result<Vec<LicenceRow>, StoreError> {
        const SQL: &str = "SELECT l.holder_kind, COALESCE(a.upn, g.name, l.holder), l.plan, l.assigned_at FROM licences l \
             LEFT JOIN accounts a ON l.holder_kind = 'account' AND a.tenant = l.tenant AND a.id = l.holder \
             LEFT JOIN groups g ON l.holder_kind = 'group' AND g.tenant = l.tenant AND g.id = l.holder \
             WHERE l.tenant = $1 ORDER BY l.holder_kind, COALESCE(a.upn_key, g.name_key, l.holder), l.plan";
        self.all(SQL, args![tenant]).await
    }

    /// The licences that reach an account, largest plan first; those that only a nested membership would give are named too.
    pub async fn held_licences(
        &mut self,
        tenant: TenantId,
        account: AccountId,
        direct: &[GroupId],
        graph: &GroupGraph,
    ) -> Result<Vec<HeldLicence>, StoreError> {
        const SQL: &str = "SELECT holder_kind, holder, plan FROM licences WHERE tenant = $1 \
             AND (holder_kind = 'group' OR (holder_kind = 'account' AND holder = $2))";
        let rows: Vec<(String, String, String)> = self.all(SQL, args![tenant, account]).await?;
        let mut held = Vec::new();
        let mut membership = None;
        for (kind, holder, name) in rows {
            let source = if kind == "account" {
                LicenceSource::Direct
            } else {
                let group: GroupId = holder.parse().map_err(|_| StoreError::Bad("a cell is no GroupId".to_owned()))?;
                let name = graph.name(group).unwrap_or_default().to_owned();
                if direct.contains(&group) {
                    LicenceSource::Group(name)
                } else if graph.contains(membership.get_or_insert_with(|| graph.membership(direct)), group) {
                    LicenceSource::NestedGroup(name)
                } else {
                    continue;
                }
            };
            held.push(HeldLicence { plan: plan(&name)?, source });
        }
        held.sort_by_key(|licence| std::cmp::Reverse(licence.plan));
        Ok(held)
    }
}
