//! Groups, who is in them, and which group is in which.

use crate::DirectoryError;
use crate::FromRow;
use crate::Page;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::args;
use jiff::Timestamp;
use readmit_core::group::GroupGraph;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::TenantId;
use readmit_core::text::fold;

/// A group as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Immutable key.
    pub id: GroupId,
    /// As shown to people; unique within the organization, compared without case.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl FromRow for GroupRow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.take(0)?, name: row.take(1)?, created_at: row.take(2)? })
    }
}

/// What can be in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// An account.
    Account(AccountId),
    /// Another group.
    Group(GroupId),
}

/// A member with its name: a user ID, or the name of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedMember {
    /// Which one.
    pub member: Member,
    /// Its name.
    pub name: String,
}

impl Tx {
    /// Makes a group; its name must be free.
    pub async fn create_group(
        &mut self,
        tenant: TenantId,
        id: GroupId,
        name: &str,
        now: Timestamp,
    ) -> Result<(), DirectoryError> {
        const SQL: &str = "INSERT INTO groups (tenant, id, name, name_key, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING";
        if self.exec(SQL, args![tenant, id, name, fold(name), now]).await? == 0 {
            return Err(DirectoryError::taken("name", name));
        }
        Ok(self.bump_graph(tenant).await?)
    }

    /// A group by its name, in any case.
    pub async fn group_named(&mut self, tenant: TenantId, name: &str) -> Result<Option<GroupRow>, StoreError> {
        const SQL: &str = "SELECT id, name, created_at FROM groups WHERE tenant = $1 AND name_key = $2";
        self.opt(SQL, args![tenant, fold(name.trim())]).await
    }

    /// A group by its key.
    pub async fn group(&mut self, tenant: TenantId, id: GroupId) -> Result<Option<GroupRow>, StoreError> {
        const SQL: &str = "SELECT id, name, created_at FROM groups WHERE tenant = $1 AND id = $2";
        self.opt(SQL, args![tenant, id]).await
    }

    /// Groups by name, from behind a cursor on.
    pub async fn groups(
        &mut self,
        tenant: TenantId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<GroupRow>, StoreError> {
        const SQL: &str =
            "SELECT id, name, created_at FROM groups WHERE tenant = $1 AND name_key > $2 ORDER BY name_key LIMIT $3";
        let rows = self.all(SQL, args![tenant, after.unwrap_or_default(), i64::from(limit) + 1]).await?;
        Ok(Page::cut(rows, limit, |row: &GroupRow| fold(&row.name)))
    }

    /// Direct members: groups by name, then accounts by user ID.
    pub async fn group_members(&mut self, tenant: TenantId, group: GroupId) -> Result<Vec<NamedMember>, StoreError> {
        const GROUPS: &str = "SELECT g.id, g.name FROM group_groups m JOIN groups g ON g.tenant = m.tenant AND g.id = m.member \
             WHERE m.tenant = $1 AND m.group_id = $2 ORDER BY g.name_key";
        const ACCOUNTS: &str = "SELECT a.id, a.upn FROM group_accounts m \
             JOIN accounts a ON a.tenant = m.tenant AND a.id = m.account \
             WHERE m.tenant = $1 AND m.group_id = $2 ORDER BY a.upn_key";
        let groups: Vec<(GroupId, String)> = self.all(GROUPS, args![tenant, group]).await?;
        let accounts: Vec<(AccountId, String)> = self.all(ACCOUNTS, args![tenant, group]).await?;
        let groups = groups.into_iter().map(|(id, name)| NamedMember { member: Member::Group(id), name });
        let accounts = accounts.into_iter().map(|(id, name)| NamedMember { member: Member::Account(id), name });
        Ok(groups.chain(accounts).collect())
    }

    /// Puts an account or a group into a group; `false` if it was there. Cycles are allowed and harmless.
    pub async fn add_member(&mut self, tenant: TenantId, group: GroupId, member: Member) -> Result<bool, StoreError> {
        const ACCOUNT: &str =
            "INSERT INTO group_accounts (tenant, group_id, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        const GROUP: &str =
            "INSERT INTO group_groups (tenant, group_id, member) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.change_member(tenant, group, member, [ACCOUNT, GROUP]).await
    }

    /// Takes an account or a group out of a group; `false` if it was not there.
    pub async fn remove_member(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        member: Member,
    ) -> Result<bool, StoreError> {
        const ACCOUNT: &str = "DELETE FROM group_accounts WHERE tenant = $1 AND group_id = $2 AND account = $3";
        const GROUP: &str = "DELETE FROM group_groups WHERE tenant = $1 AND group_id = $2 AND member = $3";
        self.change_member(tenant, group, member, [ACCOUNT, GROUP]).await
    }

    async fn change_member(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        member: Member,
        [account_sql, group_sql]: [&'static str; 2],
    ) -> Result<bool, StoreError> {
        match member {
            Member::Account(id) => Ok(self.exec(account_sql, args![tenant, group, id]).await? == 1),
            Member::Group(id) => {
                let changed = self.exec(group_sql, args![tenant, group, id]).await? == 1;
                if changed {
                    self.bump_graph(tenant).await?;
                }
                Ok(changed)
            }
        }
    }

    /// Groups that hold the account itself.
    pub async fn direct_groups(&mut self, tenant: TenantId, account: AccountId) -> Result<Vec<GroupId>, StoreError> {
        const SQL: &str = "SELECT group_id FROM group_accounts WHERE tenant = $1 AND account = $2";
        let rows: Vec<(GroupId,)> = self.all(SQL, args![tenant, account]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// All groups of the organization with their nesting. Read once for each `graph_version`.
    pub async fn group_graph(&mut self, tenant: TenantId) -> Result<GroupGraph, StoreError> {
        const GROUPS: &str = "SELECT id, name FROM groups WHERE tenant = $1";
        const NESTED: &str = "SELECT member, group_id FROM group_groups WHERE tenant = $1";
        let groups = self.all(GROUPS, args![tenant]).await?;
        let nested: Vec<(GroupId, GroupId)> = self.all(NESTED, args![tenant]).await?;
        Ok(GroupGraph::new(groups, &nested))
    }
}
