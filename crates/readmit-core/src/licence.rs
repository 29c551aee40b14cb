//! Which plan entitles to what (matrix of the reference system's licensing page).

use serde::Deserialize;
use serde::Serialize;

/// A plan that a licence is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Change only.
    Free,
    /// Reset in the cloud directory.
    BusinessStandard,
    /// Reset with writeback.
    BusinessPremium,
    /// Reset with writeback.
    P1,
    /// Reset with writeback.
    P2,
}

/// What a licence can allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entitlement {
    /// Self-service reset of a password kept here.
    CloudReset,
    /// Self-service reset of a password kept in a directory.
    Writeback,
}

impl Plan {
    /// Every plan, smallest first.
    pub const ALL: [Self; 5] = [Self::Free, Self::BusinessStandard, Self::BusinessPremium, Self::P1, Self::P2];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::BusinessStandard => "business_standard",
            Self::BusinessPremium => "business_premium",
            Self::P1 => "p1",
            Self::P2 => "p2",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(given: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.name() == given)
    }

    /// Whether a licence of this plan allows it.
    #[must_use]
    pub fn grants(self, wanted: Entitlement) -> bool {
        match wanted {
            Entitlement::CloudReset => self >= Self::BusinessStandard,
            Entitlement::Writeback => self >= Self::BusinessPremium,
        }
    }
}

/// Whether an organization enforces licences at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantPlan {
    /// No licence is asked for: the default of a self-hosted organization.
    Unlimited,
    /// Every account needs a licence.
    #[serde(untagged)]
    Licensed(Plan),
}

impl TenantPlan {
    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unlimited => "unlimited",
            Self::Licensed(plan) => plan.name(),
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(given: &str) -> Option<Self> {
        if given == "unlimited" { Some(Self::Unlimited) } else { Plan::parse(given).map(Self::Licensed) }
    }
}

/// Where an account's licence comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LicenceSource {
    /// Assigned to the account.
    Direct,
    /// Assigned to a group that the account is a direct member of; holds the group's name.
    Group(String),
    /// Assigned to a group that the account reaches only through nesting: does not count, as in the reference.
    NestedGroup(String),
}

/// One licence that concerns an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLicence {
    /// Its plan.
    pub plan: Plan,
    /// How it reaches the account.
    pub source: LicenceSource,
}

impl HeldLicence {
    /// Whether this licence allows it; nested ones never count.
    #[must_use]
    pub fn grants(&self, wanted: Entitlement) -> bool {
        match self.source {
            LicenceSource::Direct | LicenceSource::Group(_) => self.plan.grants(wanted),
            LicenceSource::NestedGroup(_) => false,
        }
    }
}
