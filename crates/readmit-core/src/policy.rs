//! What an organization decided: one value with a version, every key visible and editable.

use crate::ids::GroupId;
use crate::ids::PolicyVersion;
use crate::preset::Preset;
use crate::registration::Method;
use serde::Deserialize;
use serde::Serialize;

/// For whom self-service reset is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    /// Nobody (code 9).
    None,
    /// Members of the included groups (code 13 otherwise).
    Selected,
    /// Everybody who is not excluded.
    All,
}

/// What a visitor who would be refused gets to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// The code and what to do.
    Helpful,
    /// A decoy journey; the reason goes to the administrator and to the account's own contacts.
    Uniform,
}

/// Which journeys count towards the block of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountCounts {
    /// Every journey begun, as the reference counts.
    Begun,
    /// Journeys that passed a gate and ended without a reset.
    Proved,
}

/// How a new password is compared with the lists of banned terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordMode {
    /// Scored, with fuzzy matching.
    Entra,
    /// The whole password is compared (SP 800-63B-4 §3.1.1.2).
    Nist,
    /// Not compared.
    Off,
}

/// Every setting. The serialized names are the keys of the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is named by its key, and the keys are documented in docs/policy.md")]
pub struct Values {
    #[serde(rename = "sspr.enabled")]
    pub enabled: Enabled,
    #[serde(rename = "sspr.include_groups")]
    pub include_groups: Vec<GroupId>,
    #[serde(rename = "sspr.exclude_groups")]
    pub exclude_groups: Vec<GroupId>,
    #[serde(rename = "methods.allowed")]
    pub methods: Vec<Method>,
    #[serde(rename = "methods.required")]
    pub required: u8,
    #[serde(rename = "questions.to_register")]
    pub questions_to_register: u8,
    #[serde(rename = "questions.to_reset")]
    pub questions_to_reset: u8,
    #[serde(rename = "registration.required")]
    pub registration_required: bool,
    #[serde(rename = "registration.reconfirm_days")]
    pub reconfirm_days: u16,
    #[serde(rename = "notify.users")]
    pub notify_users: bool,
    #[serde(rename = "notify.admins")]
    pub notify_admins: bool,
    #[serde(rename = "helpdesk.link")]
    pub helpdesk_link: String,
    #[serde(rename = "on_premises.writeback")]
    pub writeback: bool,
    #[serde(rename = "on_premises.unlock_without_reset")]
    pub unlock_without_reset: bool,
    #[serde(rename = "admins.sspr_allowed")]
    pub admins_allowed: bool,
    #[serde(rename = "alternate_login")]
    pub alternate_login: bool,
    #[serde(rename = "disclosure")]
    pub disclosure: Disclosure,
    #[serde(rename = "disclosure_budget")]
    pub disclosure_budget: u32,
    #[serde(rename = "throttle.attempts")]
    pub throttle_attempts: u32,
    #[serde(rename = "throttle.window_s")]
    pub throttle_window_s: u32,
    #[serde(rename = "throttle.block_s")]
    pub throttle_block_s: u32,
    #[serde(rename = "throttle.account_counts")]
    pub account_counts: AccountCounts,
    #[serde(rename = "code.digits")]
    pub code_digits: u8,
    #[serde(rename = "code.life_s")]
    pub code_life_s: u32,
    #[serde(rename = "journey.life_s")]
    pub journey_life_s: u32,
    #[serde(rename = "password.min_length")]
    pub min_length: u16,
    #[serde(rename = "password.max_length")]
    pub max_length: u16,
    #[serde(rename = "password.classes")]
    pub classes: u8,
    #[serde(rename = "password.mode")]
    pub password_mode: PasswordMode,
    #[serde(rename = "password.refuse_last")]
    pub refuse_last: bool,
}

/// A version of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Grows with each save.
    pub version: PolicyVersion,
    /// What the values were filled in from.
    pub preset: Preset,
    /// The settings.
    pub values: Values,
}

/// A value that cannot be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The key.
    pub key: &'static str,
    /// What is allowed, in words for administrators.
    pub allowed: &'static str,
}

impl Policy {
    /// Digits of a new code: preset `strict` asks 8 where one gate is enough (SP 800-63B-4 guessing budget).
    #[must_use]
    pub fn digits(&self, gates: u8) -> u8 {
        if self.preset == Preset::Strict && gates < 2 { 8 } else { self.values.code_digits }
    }

    /// Whether a question may be the only or the first gate: only in the reference's own preset.
    #[must_use]
    pub fn questions_stand_alone(&self) -> bool {
        self.preset == Preset::Entra
    }
}

/// A value that is wrong, its key, and what is allowed.
type Judged = (bool, &'static str, &'static str);

impl Values {
    /// Everything that is out of its range.
    #[must_use]
    pub fn unfit(&self, preset: Preset) -> Vec<Unfit> {
        let judged = self.methods_judged().into_iter();
        judged
            .chain(self.notices_judged(preset))
            .chain(self.limits_judged())
            .chain(self.password_judged())
            .filter(|(wrong, _, _)| *wrong)
            .map(|(_, key, allowed)| Unfit { key, allowed })
            .collect()
    }

    fn methods_judged(&self) -> [Judged; 5] {
        let to_register = self.questions_to_register;
        let to_reset = 3..=to_register.max(3);
        [
            (!(1..=2).contains(&self.required), "methods.required", "1 or 2"),
            (self.methods.is_empty(), "methods.allowed", "at least one method"),
            (!(3..=5).contains(&to_register), "questions.to_register", "3 to 5"),
            (
                !to_reset.contains(&self.questions_to_reset),
                "questions.to_reset",
                "3 to 5, and no more than questions.to_register",
            ),
            (self.reconfirm_days > 730, "registration.reconfirm_days", "0 to 730 days; 0 is never"),
        ]
    }

    fn notices_judged(&self, preset: Preset) -> [Judged; 2] {
        [
            (
                preset != Preset::Entra && !self.notify_users,
                "notify.users",
                "true: fixed on in the presets recommended and strict",
            ),
            (!link_is_fit(&self.helpdesk_link), "helpdesk.link", "empty, an https address or an e-mail address"),
        ]
    }

    fn limits_judged(&self) -> [Judged; 7] {
        [
            (!(1..=10_000).contains(&self.disclosure_budget), "disclosure_budget", "1 to 10000 accounts an hour"),
            (!(1..=100).contains(&self.throttle_attempts), "throttle.attempts", "1 to 100"),
            (!(60..=86_400).contains(&self.throttle_window_s), "throttle.window_s", "60 to 86400 seconds"),
            (!(60..=604_800).contains(&self.throttle_block_s), "throttle.block_s", "60 to 604800 seconds"),
            (self.code_digits != 6 && self.code_digits != 8, "code.digits", "6 or 8"),
            (!(60..=600).contains(&self.code_life_s), "code.life_s", "60 to 600 seconds"),
            (!(300..=3_600).contains(&self.journey_life_s), "journey.life_s", "300 to 3600 seconds"),
        ]
    }

    fn password_judged(&self) -> [Judged; 3] {
        [
            (!(8..=128).contains(&self.min_length), "password.min_length", "8 to 128"),
            (
                self.max_length > 256 || self.max_length < self.min_length.max(64),
                "password.max_length",
                "64 to 256, and no less than password.min_length",
            ),
            (self.classes > 4, "password.classes", "0 to 4"),
        ]
    }
}

fn link_is_fit(link: &str) -> bool {
    link.is_empty()
        || (link.starts_with("https://") && !link.contains(char::is_whitespace))
        || crate::text::EmailAddress::parse(link).is_ok()
}
