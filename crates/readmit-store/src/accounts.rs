//! Accounts, the addresses that find them, and everything that goes with one when it is deleted.

use crate::DirectoryError;
use crate::FromRow;
use crate::Page;
use crate::Row;
use crate::StoreError;
use crate::Tx;
use crate::args;
use crate::directory::document;
use crate::directory::from_document;
use crate::directory::from_word;
use crate::directory::word;
use crate::registrations::DIRECTORY_CONTACTS;
use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Role;
use readmit_core::ids::AccountId;
use readmit_core::ids::TenantId;
use readmit_core::text::Identifier;
use readmit_core::text::Upn;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeMap;

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub account: Account,
    /// Grows with each change; an update names the one it saw.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What found an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// Its user ID.
    Upn,
    /// A proxy address: an answer only where alternate login is on.
    Proxy,
}

/// An account with what found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The account.
    pub row: AccountRow,
    /// What found it.
    pub by: FoundBy,
}

/// What nothing searches by, as one document.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Profile {
    display_name: String,
    first_name: String,
    last_name: String,
    mail: Option<String>,
    proxy_addresses: Vec<String>,
    mobile_phone: Option<String>,
    business_phones: Vec<String>,
    other_mails: Vec<String>,
}

/// Reads an account from the cells that begin at `at`: 11 of them.
pub(crate) fn account_at(row: &mut Row, at: usize) -> Result<AccountRow, StoreError> {
    let profile: String = row.take(at + 2)?;
    let profile: Profile = from_document(&profile)?;
    let upn: String = row.take(at + 1)?;
    let roles: String = row.take(at + 6)?;
    let account = Account {
        id: row.take(at)?,
        upn: Upn::parse(&upn).map_err(|_| StoreError::Bad("a cell is no user ID".to_owned()))?,
        display_name: profile.display_name,
        first_name: profile.first_name,
        last_name: profile.last_name,
        mail: profile.mail,
        proxy_addresses: profile.proxy_addresses,
        mobile_phone: profile.mobile_phone,
        business_phones: profile.business_phones,
        other_mails: profile.other_mails,
        authority: from_word(row.take(at + 3)?)?,
        sign_in_model: from_word(row.take(at + 4)?)?,
        user_type: from_word(row.take(at + 5)?)?,
        roles: roles.split(',').filter_map(Role::parse).collect(),
        enabled: row.take(at + 7)?,
        locale: row.take(at + 8)?,
    };
    Ok(AccountRow { account, version: row.take(at + 9)?, created_at: row.take(at + 10)? })
}

impl FromRow for AccountRow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        account_at(row, 0)
    }
}

fn profile(account: &Account) -> Result<String, StoreError> {
    document(&Profile {
        display_name: account.display_name.clone(),
        first_name: account.first_name.clone(),
        last_name: account.last_name.clone(),
        mail: account.mail.clone(),
        proxy_addresses: account.proxy_addresses.clone(),
        mobile_phone: account.mobile_phone.clone(),
        business_phones: account.business_phones.clone(),
        other_mails: account.other_mails.clone(),
    })
}

fn roles(account: &Account) -> String {
    account.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(",")
}

/// The identifier that a proxy address is found by: `smtp:` in front does not count.
///
/// `None` for what nobody can type as a user ID, such as `x500:` names.
#[must_use]
pub fn proxy_identifier(address: &str) -> Option<Identifier> {
    let bare = match address.split_at_checked(5) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("smtp:") => rest,
        _ => address,
    };
    Identifier::parse(bare).ok()
}

/// The addresses of an account by their keys, each once.
fn proxy_keys(account: &Account) -> BTreeMap<String, &str> {
    let keyed = account.proxy_addresses.iter();
    keyed.filter_map(|raw| Some((proxy_identifier(raw)?.canonical().to_owned(), raw.as_str()))).collect()
}

impl Tx {
    /// Makes an account. Its user ID and its proxy addresses must be free within the organization.
    pub async fn create_account(
        &mut self,
        tenant: TenantId,
        account: &Account,
        now: Timestamp,
    ) -> Result<(), DirectoryError> {
        const SQL: &str = "INSERT INTO accounts (tenant, id, upn, upn_key, profile, authority, sign_in_model, user_type, roles, \
             enabled, locale, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12) \
             ON CONFLICT DO NOTHING";
        let args = args![
            tenant,
            account.id,
            account.upn.as_str(),
            account.upn.canonical(),
            profile(account)?,
            word(&account.authority)?,
            word(&account.sign_in_model)?,
            word(&account.user_type)?,
            roles(account),
            account.enabled,
            account.locale.clone(),
            now
        ];
        if self.exec(SQL, args).await? == 0 {
            return Err(DirectoryError::taken("upn", account.upn.as_str()));
        }
        self.insert_proxies(tenant, account).await
    }

    /// Changes an account from what was seen to `next`; [`StoreError::Conflict`] if somebody changed it since.
    ///
    /// Id and user ID stay. Wrong answers counted against a contact of the directory are forgotten with the contact.
    pub async fn update_account(
        &mut self,
        tenant: TenantId,
        seen: &AccountRow,
        next: &Account,
    ) -> Result<(), DirectoryError> {
        const SQL: &str = "UPDATE accounts SET profile = $4, authority = $5, sign_in_model = $6, user_type = $7, roles = $8, \
             enabled = $9, locale = $10, version = version + 1 WHERE tenant = $1 AND id = $2 AND version = $3";
        const PROXIES: &str = "DELETE FROM proxies WHERE tenant = $1 AND account = $2";
        let id = seen.account.id;
        let args = args![
            tenant,
            id,
            seen.version,
            profile(next)?,
            word(&next.authority)?,
            word(&next.sign_in_model)?,
            word(&next.user_type)?,
            roles(next),
            next.enabled,
            next.locale.clone()
        ];
        if self.exec(SQL, args).await? == 0 {
            return Err(StoreError::Conflict.into());
        }
        if proxy_keys(&seen.account) != proxy_keys(next) {
            self.exec(PROXIES, args![tenant, id]).await?;
            self.insert_proxies(tenant, &Account { id, ..next.clone() }).await?;
        }
        for contact in DIRECTORY_CONTACTS {
            if contact.value(&seen.account) != contact.value(next) {
                self.forget_use(tenant, id, contact.id).await?;
            }
        }
        Ok(())
    }

    async fn insert_proxies(&mut self, tenant: TenantId, account: &Account) -> Result<(), DirectoryError> {
        const SQL: &str =
            "INSERT INTO proxies (tenant, address_key, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        for (key, raw) in proxy_keys(account) {
            if self.exec(SQL, args![tenant, key, account.id]).await? == 0 {
                return Err(DirectoryError::taken("proxy_addresses", raw));
            }
        }
        Ok(())
    }

    /// An account by its key.
    pub async fn account(&mut self, tenant: TenantId, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
        const SQL: &str = "SELECT id, upn, profile, authority, sign_in_model, user_type, roles, enabled, locale, version, \
             created_at FROM accounts WHERE tenant = $1 AND id = $2";
        self.opt(SQL, args![tenant, id]).await
    }

    /// The account that an identifier names: by user ID, else by proxy address. One statement either way.
    pub async fn find_account(&mut self, tenant: TenantId, name: &Identifier) -> Result<Option<Found>, StoreError> {
        const SQL: &str = "SELECT id, upn, profile, authority, sign_in_model, user_type, roles, enabled, locale, version, \
             created_at FROM accounts WHERE tenant = $1 AND (upn_key = $2 \
             OR id = (SELECT account FROM proxies WHERE tenant = $1 AND address_key = $2))";
        let rows: Vec<AccountRow> = self.all(SQL, args![tenant, name.canonical()]).await?;
        let found = rows.into_iter().map(|row| {
            let by = if row.account.upn.canonical() == name.canonical() { FoundBy::Upn } else { FoundBy::Proxy };
            Found { row, by }
        });
        Ok(found.min_by_key(|found| found.by == FoundBy::Proxy))
    }

    /// Accounts by user ID, from behind a cursor on.
    pub async fn accounts(
        &mut self,
        tenant: TenantId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<AccountRow>, StoreError> {
        const SQL: &str = "SELECT id, upn, profile, authority, sign_in_model, user_type, roles, enabled, locale, version, \
             created_at FROM accounts WHERE tenant = $1 AND upn_key > $2 ORDER BY upn_key LIMIT $3";
        let rows = self.all(SQL, args![tenant, after.unwrap_or_default(), i64::from(limit) + 1]).await?;
        Ok(Page::cut(rows, limit, |row: &AccountRow| row.account.upn.canonical().to_owned()))
    }

    /// Enabled accounts that hold a role, by user ID, at most `limit`.
    pub async fn accounts_with_role(
        &mut self,
        tenant: TenantId,
        role: Role,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        // The condition on `roles` is that of a partial index, so only administrators are read.
        const SQL: &str = "SELECT id, upn, profile, authority, sign_in_model, user_type, roles, enabled, locale, version, \
             created_at FROM accounts WHERE tenant = $1 AND roles <> '' ORDER BY upn_key";
        let rows: Vec<AccountRow> = self.all(SQL, args![tenant]).await?;
        let holders = rows.into_iter().map(|row| row.account);
        Ok(holders.filter(|account| account.enabled && account.roles.contains(&role)).take(limit).collect())
    }

    /// Takes the row that everybody who changes what belongs to this account takes first.
    pub async fn lock_account(&mut self, tenant: TenantId, id: AccountId) -> Result<(), StoreError> {
        const SQL: &str = "SELECT id FROM accounts WHERE tenant = $1 AND id = $2 FOR UPDATE";
        self.lock(SQL, args![tenant, id]).await
    }

    /// Deletes an account with everything that is kept about it; only the audit remembers. `false` if there was none.
    pub async fn delete_account(&mut self, tenant: TenantId, id: AccountId) -> Result<bool, StoreError> {
        const BY_SUBJECT: [&str; 6] = [
            "DELETE FROM sessions WHERE tenant = $1 AND journey IN (SELECT id FROM journeys WHERE tenant = $1 AND subject = $2)",
            "DELETE FROM messages WHERE tenant = $1 AND journey IN (SELECT id FROM journeys WHERE tenant = $1 AND subject = $2)",
            "DELETE FROM orders WHERE tenant = $1 AND account = $2",
            "DELETE FROM journeys WHERE tenant = $1 AND subject = $2",
            "DELETE FROM attempts WHERE tenant = $1 AND subject = $2",
            "DELETE FROM subjects WHERE tenant = $1 AND subject = $2",
        ];
        const BY_ACCOUNT: [&str; 7] = [
            "DELETE FROM licences WHERE tenant = $1 AND holder = $2 AND holder_kind = 'account'",
            "DELETE FROM group_accounts WHERE tenant = $1 AND account = $2",
            "DELETE FROM registration_use WHERE tenant = $1 AND account = $2",
            "DELETE FROM registrations WHERE tenant = $1 AND account = $2",
            "DELETE FROM drawn_questions WHERE tenant = $1 AND account = $2",
            "DELETE FROM passwords WHERE tenant = $1 AND account = $2",
            "DELETE FROM proxies WHERE tenant = $1 AND account = $2",
        ];
        const ACCOUNT: &str = "DELETE FROM accounts WHERE tenant = $1 AND id = $2";
        self.lock_account(tenant, id).await?;
        for sql in BY_SUBJECT.into_iter().chain(BY_ACCOUNT) {
            self.exec(sql, args![tenant, id]).await?;
        }
        Ok(self.exec(ACCOUNT, args![tenant, id]).await? == 1)
    }
}
