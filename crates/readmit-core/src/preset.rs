//! Presets: named sets of values that a policy starts from.

use crate::policy::AccountCounts;
use crate::policy::Disclosure;
use crate::policy::Enabled;
use crate::policy::PasswordMode;
use crate::policy::Values;
use crate::registration::Method;
use serde::Deserialize;
use serde::Serialize;

/// A named set of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Our default.
    Recommended,
    /// The defaults of the reference system.
    Entra,
    /// SP 800-63B-4 and ASVS level 2.
    Strict,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 3] = [Self::Recommended, Self::Entra, Self::Strict];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Recommended => "recommended",
            Self::Entra => "entra",
            Self::Strict => "strict",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(given: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == given)
    }

    /// The values of this preset.
    #[must_use]
    pub fn values(self) -> Values {
        match self {
            Self::Recommended => recommended(),
            Self::Entra => entra(),
            Self::Strict => strict(),
        }
    }
}

fn recommended() -> Values {
    Values {
        enabled: Enabled::All,
        include_groups: Vec::new(),
        exclude_groups: Vec::new(),
        methods: vec![Method::Email, Method::Sms, Method::VoiceMobile, Method::VoiceOffice, Method::AppCode],
        required: 2,
        questions_to_register: 5,
        questions_to_reset: 3,
        registration_required: true,
        reconfirm_days: 180,
        notify_users: true,
        notify_admins: true,
        helpdesk_link: String::new(),
        writeback: false,
        unlock_without_reset: false,
        admins_allowed: true,
        alternate_login: false,
        disclosure: Disclosure::Helpful,
        disclosure_budget: 10,
        throttle_attempts: 5,
        throttle_window_s: 3_600,
        throttle_block_s: 86_400,
        account_counts: AccountCounts::Proved,
        code_digits: 6,
        code_life_s: 300,
        journey_life_s: 900,
        min_length: 12,
        max_length: 256,
        classes: 0,
        password_mode: PasswordMode::Entra,
        refuse_last: true,
    }
}

fn entra() -> Values {
    Values {
        enabled: Enabled::None,
        methods: vec![Method::Email, Method::Sms, Method::VoiceMobile],
        required: 1,
        notify_admins: false,
        account_counts: AccountCounts::Begun,
        min_length: 8,
        classes: 3,
        refuse_last: false,
        ..recommended()
    }
}

fn strict() -> Values {
    Values {
        methods: vec![Method::Email, Method::AppCode],
        disclosure: Disclosure::Uniform,
        min_length: 15,
        password_mode: PasswordMode::Nist,
        ..recommended()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_fit_to_be_saved() {
        for preset in Preset::ALL {
            assert_eq!(preset.values().unfit(preset), Vec::new());
        }
    }
}
