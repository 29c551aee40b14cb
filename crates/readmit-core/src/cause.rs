//! Causes: what the troubleshooter names, each with an id that never changes.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

/// How much a cause weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Explains what was seen; nothing is wrong.
    Info,
    /// In the way, but the person can go on.
    Warning,
    /// Stops the person.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`, as in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $severity:ident;)+) => {
        /// Why a person could not get on, as told to an administrator.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Cause {
            $($(#[$doc])* $name,)+
        }

        impl Cause {
            /// Every cause, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable kebab-case id, as printed and stored.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// How much it weighs.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)+
                }
            }

            /// The cause with this id.
            pub fn from_id(id: &str) -> Option<Self> {
                match id {
                    $($id => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

causes! {
    /// No account has the user ID that was typed.
    AccountUnknown = "account-unknown", Error;
    /// What was typed is an account's mail address, not its user ID, and alternate login is off.
    AlternateLoginOff = "alternate-login-off", Error;
    /// The account is disabled.
    AccountDisabled = "account-disabled", Error;
    /// The account's type keeps its password elsewhere or has none.
    AccountTypeNotServed = "account-type-not-served", Error;
    /// Too many tries with the account's phones.
    ThrottledPhone = "throttled-phone", Error;
    /// Too many tries with codes by mail.
    ThrottledEmail = "throttled-email", Error;
    /// Too many tries with codes from the authenticator app.
    ThrottledApp = "throttled-app", Error;
    /// Too many tries with the security questions.
    ThrottledQuestions = "throttled-questions", Error;
    /// Too many tries on the account, whatever the method.
    ThrottledAccount = "throttled-account", Error;
    /// Nobody in the tenant may reset.
    SsprDisabledForTenant = "sspr-disabled-for-tenant", Error;
    /// Administrators of the tenant may not reset their own passwords.
    AdministratorResetForbidden = "administrator-reset-forbidden", Error;
    /// The account is an administrator: two gates, no questions, whatever the tenant's policy says.
    AdministratorPolicyApplies = "administrator-policy-applies", Info;
    /// The tenant has no reset policy.
    NoResetPolicy = "no-reset-policy", Error;
    /// The account has no licence that includes reset.
    UserNotLicensed = "user-not-licensed", Error;
    /// The account is in no group that may reset, or in an excluded one.
    NotInEnabledGroup = "not-in-enabled-group", Error;
    /// No method is on file.
    MethodsMissing = "methods-missing", Error;
    /// Fewer usable methods on file than gates required.
    TooFewMethods = "too-few-methods", Error;
    /// A phone number or mail address is on file but cannot be used as it is written.
    ContactMalformed = "contact-malformed", Error;
    /// A method is on file that the policy does not allow.
    MethodNotAllowed = "method-not-allowed", Warning;
    /// A registration met its lifetime limit of wrong answers and must be made anew.
    RegistrationWornOut = "registration-worn-out", Error;
    /// Two methods on file share one root of trust and count once.
    SameTrustRoot = "same-trust-root", Warning;
    /// A phone number holds an extension, which no call or text message uses.
    PhoneExtensionStripped = "phone-extension-stripped", Warning;
    /// The password lives on-premises and writeback is off.
    WritebackDisabled = "writeback-disabled", Error;
    /// The password lives on-premises and no agent is enrolled.
    NoAgentEnrolled = "no-agent-enrolled", Error;
    /// The agent cannot reach the directory.
    DirectoryUnreachable = "directory-unreachable", Error;
    /// The agent's account may not reset this account's password.
    AgentLacksRight = "agent-lacks-right", Error;
    /// The directory protects the account.
    ProtectedAccount = "protected-account", Error;
    /// The order went out and no answer came back.
    WritebackOutcomeUnknown = "writeback-outcome-unknown", Error;
    /// The phone number typed at the gate is not the one on file.
    PhoneMismatch = "phone-mismatch", Warning;
    /// A mail, text message or call was refused or could not be handed over.
    DeliveryFailed = "delivery-failed", Error;
    /// A mail, text message or call was handed over; its arrival is not known.
    DeliveryUnconfirmed = "delivery-unconfirmed", Warning;
    /// The mail relay took the mail; spam filter or another mailbox is likely.
    MailAcceptedByRelay = "mail-accepted-by-relay", Info;
    /// The mailbox refused the mail.
    MailBounced = "mail-bounced", Error;
    /// The new password is too easy to guess.
    BannedPassword = "banned-password", Warning;
    /// The directory found the new password too short or too long.
    OnpremPolicyLength = "onprem-policy-length", Warning;
    /// The directory found too few kinds of characters in the new password.
    OnpremPolicyComplexity = "onprem-policy-complexity", Warning;
    /// The directory remembers the new password.
    OnpremPolicyHistory = "onprem-policy-history", Warning;
    /// The directory does not let the password change again so soon.
    OnpremPolicyAge = "onprem-policy-age", Warning;
    /// A password filter of the directory refused the new password.
    OnpremPolicyFilter = "onprem-policy-filter", Warning;
    /// Our database was gone, busy or full.
    FaultDatabase = "fault-database", Error;
    /// Our configuration is wrong or incomplete.
    FaultConfiguration = "fault-configuration", Error;
    /// A sealed value could not be opened with the server's key.
    FaultKey = "fault-key", Error;
    /// Something of ours broke that should not.
    FaultInternal = "fault-internal", Error;
}

/// A text that is no cause id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCause;

impl fmt::Display for UnknownCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such cause id")
    }
}

impl std::error::Error for UnknownCause {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Cause {
    type Err = UnknownCause;

    fn from_str(text: &str) -> Result<Self, UnknownCause> {
        Self::from_id(text).ok_or(UnknownCause)
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_lead_back() {
        let ids: std::collections::BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.id()).collect();
        assert_eq!(ids.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            assert_eq!(Cause::from_id(cause.id()), Some(*cause));
            let json = serde_json::to_string(cause).unwrap();
            assert_eq!(serde_json::from_str::<Cause>(&json).unwrap(), *cause);
        }
        assert_eq!(Cause::from_id("Account-Unknown"), None);
    }

    /// The id is the variant's name in kebab-case, so neither can drift alone.
    #[test]
    fn ids_are_the_names_in_kebab_case() {
        for cause in Cause::ALL {
            let mut kebab = String::new();
            for sign in format!("{cause:?}").chars() {
                if sign.is_ascii_uppercase() && !kebab.is_empty() {
                    kebab.push('-');
                }
                kebab.push(sign.to_ascii_lowercase());
            }
            assert_eq!(cause.id(), kebab);
        }
    }

    #[test]
    fn severity_prints_as_it_serializes() {
        for severity in [Severity::Info, Severity::Warning, Severity::Error] {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.id());
        }
    }
}
