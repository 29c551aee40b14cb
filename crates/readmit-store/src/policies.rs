//! Policies: a row for each save, so that every save can be looked at and reverted.

use crate::FromRow;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::args;
use crate::directory::document;
use crate::directory::from_document;
use jiff::Timestamp;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::TenantId;
use readmit_core::policy::Policy;
use readmit_core::policy::Values;
use readmit_core::preset::Preset;

/// One save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// Which save.
    pub version: PolicyVersion,
    /// What was saved; `None` when the policy was cleared.
    pub content: Option<(Preset, Values)>,
    /// When.
    pub saved_at: Timestamp,
    /// By whom, as the audit names them.
    pub saved_by: String,
}

impl PolicyRow {
    /// The policy that this save put in force.
    #[must_use]
    pub fn policy(self) -> Option<Policy> {
        self.content.map(|(preset, values)| Policy { version: self.version, preset, values })
    }
}

impl FromRow for PolicyRow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        let (preset, values): (Option<String>, String) = (row.take(1)?, row.take(2)?);
        let content = match preset {
            None => None,
            Some(name) => {
                let preset = Preset::parse(&name).ok_or_else(|| StoreError::Bad("a cell is no preset".to_owned()))?;
                Some((preset, from_document(&values)?))
            }
        };
        Ok(Self { version: row.take(0)?, content, saved_at: row.take(3)?, saved_by: row.take(4)? })
    }
}

impl Tx {
    /// Saves `next` as the version after its own `version`, which is the one that its author saw, and puts it in force.
    ///
    /// [`StoreError::Conflict`] if somebody saved since. The caller has checked the values: [`Values::unfit`].
    pub async fn save_policy(&mut self, tenant: TenantId, next: &PolicyRow) -> Result<PolicyVersion, StoreError> {
        const BUMP: &str = "UPDATE tenants SET policy_version = $3 WHERE id = $1 AND policy_version = $2";
        const SQL: &str = "INSERT INTO policies (tenant, version, preset, policy_values, saved_at, saved_by) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        let version = next.version.next();
        if self.exec(BUMP, args![tenant, next.version, version]).await? == 0 {
            return Err(StoreError::Conflict);
        }
        let (preset, values) = match &next.content {
            Some((preset, values)) => (Some(preset.name()), document(values)?),
            None => (None, "null".to_owned()),
        };
        self.exec(SQL, args![tenant, version, preset, values, next.saved_at, &next.saved_by]).await?;
        Ok(version)
    }

    /// The save that is in force; `None` before the first one.
    pub async fn policy(&mut self, tenant: TenantId) -> Result<Option<PolicyRow>, StoreError> {
        const SQL: &str = "SELECT p.version, p.preset, p.policy_values, p.saved_at, p.saved_by FROM policies p \
             JOIN tenants t ON t.id = p.tenant AND t.policy_version = p.version WHERE p.tenant = $1";
        self.opt(SQL, args![tenant]).await
    }

    /// A save by its number.
    pub async fn policy_saved(
        &mut self,
        tenant: TenantId,
        version: PolicyVersion,
    ) -> Result<Option<PolicyRow>, StoreError> {
        const SQL: &str = "SELECT version, preset, policy_values, saved_at, saved_by FROM policies \
             WHERE tenant = $1 AND version = $2";
        self.opt(SQL, args![tenant, version]).await
    }

    /// Saves, newest first, at most `limit`, from before a version on.
    pub async fn policy_history(
        &mut self,
        tenant: TenantId,
        before: Option<PolicyVersion>,
        limit: u32,
    ) -> Result<Vec<PolicyRow>, StoreError> {
        const SQL: &str = "SELECT version, preset, policy_values, saved_at, saved_by FROM policies \
             WHERE tenant = $1 AND version < $2 ORDER BY version DESC LIMIT $3";
        let before = before.unwrap_or(PolicyVersion(i64::MAX as u64));
        self.all(SQL, args![tenant, before, i64::from(limit)]).await
    }
}
