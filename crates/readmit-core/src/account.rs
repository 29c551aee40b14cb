//! Whose password it is: organizations, accounts, roles.

use crate::ids::AccountId;
use crate::ids::TenantId;
use crate::licence::TenantPlan;
use crate::text::Upn;
use serde::Deserialize;
use serde::Serialize;

/// An organization. Its domains select it; they are rows of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Key of everything that belongs to the organization.
    pub id: TenantId,
    /// As shown to people; at most 64 characters.
    pub name: String,
    /// Whether licences are enforced.
    pub plan: TenantPlan,
    /// IANA name, for example `Europe/London`.
    pub time_zone: String,
}

/// Who masters the password of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The built-in directory.
    Cloud,
    /// A directory behind an agent.
    OnPremises,
}

/// How an account signs in; support cases name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInModel {
    /// Password kept here.
    CloudOnly,
    /// Hash synchronized from a directory.
    PasswordHashSync,
    /// Checked by a directory at each sign-in.
    PassThrough,
    /// Signed in by a federated identity provider.
    Federated,
}

/// Only members are served by self-service (0106 otherwise).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserType {
    /// A person of this organization.
    Member,
    /// A person whose home is elsewhere.
    Guest,
    /// A program.
    Service,
}

/// Any role makes the account privileged: two gates, no security questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Told when another administrator resets; last tier of a request for help.
    GlobalAdministrator,
    /// Edits method policies.
    AuthenticationPolicyAdministrator,
    /// Edits methods of administrators.
    PrivilegedAuthenticationAdministrator,
    /// Edits methods of members.
    AuthenticationAdministrator,
    /// First tier of a request for help.
    PasswordAdministrator,
    /// First tier of a request for help.
    HelpdeskAdministrator,
    /// Second tier of a request for help.
    UserAdministrator,
    /// Reads reports.
    ReportsReader,
    /// Reads reports and security settings.
    SecurityReader,
    /// A role of the organization's own that it calls privileged.
    CustomPrivileged,
}

impl Role {
    /// Every role, most powerful first.
    pub const ALL: [Self; 10] = [
        Self::GlobalAdministrator,
        Self::AuthenticationPolicyAdministrator,
        Self::PrivilegedAuthenticationAdministrator,
        Self::AuthenticationAdministrator,
        Self::PasswordAdministrator,
        Self::HelpdeskAdministrator,
        Self::UserAdministrator,
        Self::ReportsReader,
        Self::SecurityReader,
        Self::CustomPrivileged,
    ];

    /// Stable name in files, JSON and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "global_administrator",
            Self::AuthenticationPolicyAdministrator => "authentication_policy_administrator",
            Self::PrivilegedAuthenticationAdministrator => "privileged_authentication_administrator",
            Self::AuthenticationAdministrator => "authentication_administrator",
            Self::PasswordAdministrator => "password_administrator",
            Self::HelpdeskAdministrator => "helpdesk_administrator",
            Self::UserAdministrator => "user_administrator",
            Self::ReportsReader => "reports_reader",
            Self::SecurityReader => "security_reader",
            Self::CustomPrivileged => "custom_privileged",
        }
    }

    /// Reads a role as people write it: `global_administrator`, `Global Administrator`, `global`, `helpdesk`.
    #[must_use]
    pub fn parse(given: &str) -> Option<Self> {
        let plain = given.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|role| {
            let name = role.name();
            name == plain || name.strip_suffix("_administrator") == Some(plain.as_str())
        })
    }
}

/// An account as the decision sees it. Contact data stand as the directory gave them, malformed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Immutable key.
    pub id: AccountId,
    /// What its owner types.
    pub upn: Upn,
    /// Full name for screens and mails.
    pub display_name: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Primary mailbox.
    pub mail: Option<String>,
    /// Other addresses that deliver to the account.
    pub proxy_addresses: Vec<String>,
    /// Directory format `+1 4251234567`.
    pub mobile_phone: Option<String>,
    /// Directory format; the first one is the office phone.
    pub business_phones: Vec<String>,
    /// Alternate mailboxes.
    pub other_mails: Vec<String>,
    /// Who masters the password.
    pub authority: Authority,
    /// How the account signs in.
    pub sign_in_model: SignInModel,
    /// Person, guest or program.
    pub user_type: UserType,
    /// Roles held.
    pub roles: Vec<Role>,
    /// Switched off accounts cannot reset.
    pub enabled: bool,
    /// BCP 47 tag that messages use.
    pub locale: Option<String>,
}

impl Account {
    /// Whether the administrator policy applies.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        !self.roles.is_empty()
    }
}
