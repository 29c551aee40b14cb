//! Organizations and their domains.

use crate::DirectoryError;
use crate::FromRow;
use crate::Page;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::args;
use jiff::Timestamp;
use readmit_core::account::Tenant;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::TenantId;
use readmit_core::licence::TenantPlan;
use readmit_core::text::Domain;
use readmit_core::text::fold;

/// An organization as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRow {
    /// The organization.
    pub tenant: Tenant,
    /// Version of its policy; 0 before the first save.
    pub policy_version: PolicyVersion,
    /// Grows with each change of its groups or of what nests in what.
    pub graph_version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

pub(crate) const TENANT_COLUMNS: usize = 7;

/// Reads a tenant from the cells that begin at `at`.
pub(crate) fn tenant_at(row: &mut Row, at: usize) -> Result<TenantRow, StoreError> {
    let plan: String = row.take(at + 2)?;
    let plan = TenantPlan::parse(&plan).ok_or_else(|| StoreError::Bad("a cell is no plan".to_owned()))?;
    let tenant = Tenant { id: row.take(at)?, name: row.take(at + 1)?, plan, time_zone: row.take(at + 3)? };
    Ok(TenantRow {
        tenant,
        policy_version: row.take(at + 4)?,
        graph_version: row.take(at + 5)?,
        created_at: row.take(at + 6)?,
    })
}

impl FromRow for TenantRow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        tenant_at(row, 0)
    }
}

impl Tx {
    /// Makes an organization with its domains. Names are compared without case; a domain belongs to one organization.
    pub async fn create_tenant(
        &mut self,
        tenant: &Tenant,
        domains: &[Domain],
        now: Timestamp,
    ) -> Result<(), DirectoryError> {
        const SQL: &str = "INSERT INTO tenants (id, name, name_key, plan, time_zone, policy_version, graph_version, version, \
             created_at) VALUES ($1, $2, $3, $4, $5, 0, 0, 1, $6) ON CONFLICT DO NOTHING";
        const DOMAIN: &str = "INSERT INTO domains (domain, tenant) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let name_key = fold(&tenant.name);
        let args = args![tenant.id, &tenant.name, name_key, tenant.plan.name(), &tenant.time_zone, now];
        if self.exec(SQL, args).await? == 0 {
            return Err(DirectoryError::taken("name", &tenant.name));
        }
        for domain in domains {
            if self.exec(DOMAIN, args![domain.as_str(), tenant.id]).await? == 0 {
                return Err(DirectoryError::taken("domain", domain.as_str()));
            }
        }
        Ok(())
    }

    /// An organization by its key.
    pub async fn tenant(&mut self, id: TenantId) -> Result<Option<TenantRow>, StoreError> {
        const SQL: &str =
            "SELECT id, name, plan, time_zone, policy_version, graph_version, created_at FROM tenants WHERE id = $1";
        self.opt(SQL, args![id]).await
    }

    /// An organization by its name, in any case.
    pub async fn tenant_named(&mut self, name: &str) -> Result<Option<TenantRow>, StoreError> {
        const SQL: &str = "SELECT id, name, plan, time_zone, policy_version, graph_version, created_at FROM tenants \
             WHERE name_key = $1";
        self.opt(SQL, args![fold(name.trim())]).await
    }

    /// The oldest organization: it answers for domains that nobody has.
    pub async fn first_tenant(&mut self) -> Result<Option<TenantId>, StoreError> {
        const SQL: &str = "SELECT id FROM tenants ORDER BY created_at, id LIMIT 1";
        Ok(self.opt::<(TenantId,)>(SQL, args![]).await?.map(|(tenant,)| tenant))
    }

    /// The organization that a domain selects. `domain` is canonical: [`Domain::as_str`] or `Upn::domain`.
    pub async fn tenant_of_domain(&mut self, domain: &str) -> Result<Option<TenantId>, StoreError> {
        const SQL: &str = "SELECT tenant FROM domains WHERE domain = $1";
        Ok(self.opt::<(TenantId,)>(SQL, args![domain]).await?.map(|(tenant,)| tenant))
    }

    /// The verified domains of an organization, sorted.
    pub async fn domains(&mut self, tenant: TenantId) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "SELECT domain FROM domains WHERE tenant = $1 ORDER BY domain";
        let rows: Vec<(String,)> = self.all(SQL, args![tenant]).await?;
        Ok(rows.into_iter().map(|(domain,)| domain).collect())
    }

    /// Organizations by name, from behind a cursor on.
    pub async fn tenants(&mut self, after: Option<&str>, limit: u32) -> Result<Page<TenantRow>, StoreError> {
        const SQL: &str = "SELECT id, name, plan, time_zone, policy_version, graph_version, created_at FROM tenants \
             WHERE name_key > $1 ORDER BY name_key LIMIT $2";
        let rows = self.all(SQL, args![after.unwrap_or_default(), i64::from(limit) + 1]).await?;
        Ok(Page::cut(rows, limit, |row: &TenantRow| fold(&row.tenant.name)))
    }

    /// Every cache of the organization's groups is stale after this unit.
    pub(crate) async fn bump_graph(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE tenants SET graph_version = graph_version + 1 WHERE id = $1";
        match self.exec(SQL, args![tenant]).await? {
            1 => Ok(()),
            _ => Err(StoreError::NoRow),
        }
    }
}
