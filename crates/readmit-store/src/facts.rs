//! Everything that a decision looks at, read in one transaction; what changes seldom comes from memory.

use crate::FromRow;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::accounts::AccountRow;
use crate::accounts::account_at;
use crate::args;
use crate::policies::PolicyRow;
use crate::tenants::TENANT_COLUMNS;
use crate::tenants::TenantRow;
use crate::tenants::tenant_at;
use readmit_core::account::Authority;
use readmit_core::cause::Cause;
use readmit_core::decision::Directory;
use readmit_core::decision::Facts;
use readmit_core::group::GroupGraph;
use readmit_core::ids::AccountId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::TenantId;
use readmit_core::policy::Policy;
use readmit_core::throttle::Attempts;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

/// Organizations kept in memory at most; beyond that, all are read anew.
const KEPT: usize = 1_024;

/// Policies and group graphs by their versions. Clones share it. The version is always read in the transaction that
/// asks, so a stale value is never used; but a unit that changes a policy or a group must not ask.
#[derive(Clone, Default)]
pub struct FactsCache {
    kept: Arc<Mutex<HashMap<TenantId, Kept>>>,
}

#[derive(Clone, Default)]
struct Kept {
    policy: Option<(PolicyVersion, Option<Arc<Policy>>)>,
    graph: Option<(u64, Arc<GroupGraph>)>,
}

impl FactsCache {
    fn look(&self, tenant: TenantId) -> Kept {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&tenant).cloned().unwrap_or_default()
    }

    fn keep(&self, tenant: TenantId, change: impl FnOnce(&mut Kept)) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT && !kept.contains_key(&tenant) {
            kept.clear();
        }
        change(kept.entry(tenant).or_default());
    }
}

struct Subject {
    tenant: TenantRow,
    account: AccountRow,
}

impl FromRow for Subject {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { tenant: tenant_at(row, 0)?, account: account_at(row, TENANT_COLUMNS)? })
    }
}

impl Tx {
    /// The facts about an account, `None` if there is none. Five statements when the cache is warm.
    ///
    /// `attempts` and `sends` are empty: they are the caller's to read. A directory behind an agent is
    /// [`Cause::NoAgentEnrolled`].
    pub async fn facts(
        &mut self,
        cache: &FactsCache,
        tenant: TenantId,
        account: AccountId,
    ) -> Result<Option<Facts>, StoreError> {
        const SQL: &str = "SELECT t.id, t.name, t.plan, t.time_zone, t.policy_version, t.graph_version, t.created_at, \
             a.id, a.upn, a.profile, a.authority, a.sign_in_model, a.user_type, a.roles, a.enabled, a.locale, a.version, \
             a.created_at FROM accounts a JOIN tenants t ON t.id = a.tenant WHERE a.tenant = $1 AND a.id = $2";
        let Some(subject) = self.opt::<Subject>(SQL, args![tenant, account]).await? else {
            return Ok(None);
        };
        let policy = self.cached_policy(cache, &subject.tenant).await?;
        let graph = self.cached_graph(cache, &subject.tenant).await?;
        let direct_groups = self.direct_groups(tenant, account).await?;
        let licences = self.held_licences(tenant, account, &direct_groups, &graph).await?;
        let account = subject.account.account;
        let registrations = self.registrations(tenant, &account).await?;
        Ok(Some(Facts {
            tenant: subject.tenant.tenant,
            policy,
            direct_groups,
            graph,
            registrations: registrations.into_iter().map(|row| row.registration).collect(),
            licences,
            attempts: Attempts::default(),
            sends: Vec::new(),
            directory: match account.authority {
                Authority::Cloud => Directory::BuiltIn,
                Authority::OnPremises => Directory::Unreachable(Cause::NoAgentEnrolled),
            },
            account,
        }))
    }

    /// The policy in force, from memory if this version was read before; `None` where none is.
    pub async fn cached_policy(
        &mut self,
        cache: &FactsCache,
        tenant: &TenantRow,
    ) -> Result<Option<Arc<Policy>>, StoreError> {
        let id = tenant.tenant.id;
        if let Some((version, policy)) = cache.look(id).policy
            && version == tenant.policy_version
        {
            return Ok(policy);
        }
        let row = self.policy_saved(id, tenant.policy_version).await?;
        let policy = row.and_then(PolicyRow::policy).map(Arc::new);
        cache.keep(id, |kept| kept.policy = Some((tenant.policy_version, policy.clone())));
        Ok(policy)
    }

    /// The group graph, from memory if this version was read before.
    pub async fn cached_graph(
        &mut self,
        cache: &FactsCache,
        tenant: &TenantRow,
    ) -> Result<Arc<GroupGraph>, StoreError> {
        let id = tenant.tenant.id;
        if let Some((version, graph)) = cache.look(id).graph
            && version == tenant.graph_version
        {
            return Ok(graph);
        }
        let graph = Arc::new(self.group_graph(id).await?);
        cache.keep(id, |kept| kept.graph = Some((tenant.graph_version, Arc::clone(&graph))));
        Ok(graph)
    }
}
