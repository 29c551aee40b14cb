//! The public error codes: a number, a name and a meaning that never change.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

macro_rules! sspr_codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $code:literal, $reason:literal;)+) => {
        /// Public number of an expected "no".
        ///
        /// The eight below 0100 mean what the reference means by them; Readmit's own start at 0100.
        /// A released number never changes its meaning and is never used again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum SsprCode {
            $($(#[$doc])* $name = $number,)+
        }

        impl SsprCode {
            /// Every code, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The printed form, `SSPR_0009`.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// The name of the number, `TenantSSPRFlagDisabled`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// The reason an activity carries; English, stable, for filters and exports.
            pub const fn audit_reason(self) -> &'static str {
                match self {
                    $(Self::$name => $reason,)+
                }
            }
        }
    };
}

sspr_codes! {
    /// Password reset is switched off for the tenant, or for its administrators.
    TenantSSPRFlagDisabled = 9, "SSPR_0009", "reset is off for this tenant or for its administrators";
    /// The password lives on-premises and writeback is off.
    WritebackNotEnabled = 10, "SSPR_0010", "on-premises password without writeback";
    /// The tenant has no reset policy.
    SsprNotEnabledInUserPolicy = 11, "SSPR_0011", "no reset policy";
    /// The account lacks a licence that includes reset.
    UserNotLicensed = 12, "SSPR_0012", "no licence for reset";
    /// Reset is on for chosen groups and the account is in none of them, or in an excluded one.
    UserNotMemberOfScopedAccessGroup = 13, "SSPR_0013", "not in a group with reset";
    /// The account has too few usable methods.
    UserNotProperlyConfigured = 14, "SSPR_0014", "too few usable methods";
    /// The directory on-premises refused the write for a reason only an administrator can mend.
    OnPremisesAdminActionRequired = 29, "SSPR_0029", "on-premises directory needs an administrator";
    /// No agent or directory on-premises can be reached.
    OnPremisesConnectivityError = 30, "SSPR_0030", "on-premises directory out of reach";
    /// Too many tries; closed until a stated time.
    Throttled = 101, "SSPR_0101", "too many tries";
    /// The journey is older than 15 minutes or was closed.
    Lapsed = 102, "SSPR_0102", "journey lapsed";
    /// No chosen contact could be reached by mail, text message or call.
    ContactUnreachable = 103, "SSPR_0103", "contact out of reach";
    /// The new password is too easy to guess.
    BannedPassword = 104, "SSPR_0104", "banned password";
    /// The new password breaks a rule of the account's directory.
    RefusedByDirectoryPolicy = 105, "SSPR_0105", "refused by the directory's password rules";
    /// Accounts of this type keep their password elsewhere or have none.
    AccountTypeNotServed = 106, "SSPR_0106", "account type not served";
    /// The page answered a step that is already over.
    PageStale = 107, "SSPR_0107", "page out of date";
    /// Something of ours broke; not the person's doing.
    Fault = 900, "SSPR_0900", "fault";
}

/// A text that names no code of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSsprCode;

impl fmt::Display for UnknownSsprCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such code (expected one like SSPR_0009)")
    }
}

impl std::error::Error for UnknownSsprCode {}

impl SsprCode {
    /// The number alone: 9 for `SSPR_0009`.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The code with this number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }

    /// Reads `SSPR_0009`, `sspr_009`, `0009` or `9`.
    pub fn parse(text: &str) -> Result<Self, UnknownSsprCode> {
        let digits = match text.split_at_checked(5) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("SSPR_") => rest,
            _ => text,
        };
        if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(UnknownSsprCode);
        }
        let number = digits.parse().map_err(|_| UnknownSsprCode)?;
        Self::from_number(number).ok_or(UnknownSsprCode)
    }
}

impl fmt::Display for SsprCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for SsprCode {
    type Err = UnknownSsprCode;

    fn from_str(text: &str) -> Result<Self, UnknownSsprCode> {
        Self::parse(text)
    }
}

impl Serialize for SsprCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for SsprCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has been released. A line may be added, never changed.
    const RELEASED: &[(u16, &str, &str)] = &[
        (9, "SSPR_0009", "TenantSSPRFlagDisabled"),
        (10, "SSPR_0010", "WritebackNotEnabled"),
        (11, "SSPR_0011", "SsprNotEnabledInUserPolicy"),
        (12, "SSPR_0012", "UserNotLicensed"),
        (13, "SSPR_0013", "UserNotMemberOfScopedAccessGroup"),
        (14, "SSPR_0014", "UserNotProperlyConfigured"),
        (29, "SSPR_0029", "OnPremisesAdminActionRequired"),
        (30, "SSPR_0030", "OnPremisesConnectivityError"),
        (101, "SSPR_0101", "Throttled"),
        (102, "SSPR_0102", "Lapsed"),
        (103, "SSPR_0103", "ContactUnreachable"),
        (104, "SSPR_0104", "BannedPassword"),
        (105, "SSPR_0105", "RefusedByDirectoryPolicy"),
        (106, "SSPR_0106", "AccountTypeNotServed"),
        (107, "SSPR_0107", "PageStale"),
        (900, "SSPR_0900", "Fault"),
    ];

    #[test]
    fn released_codes_keep_number_and_name() {
        let now: Vec<_> = SsprCode::ALL.iter().map(|c| (c.number(), c.code(), c.name())).collect();
        assert_eq!(now, RELEASED);
    }

    #[test]
    fn codes_are_ascending() {
        assert!(SsprCode::ALL.is_sorted_by(|a, b| a.number() < b.number()));
    }

    #[test]
    fn the_printed_form_holds_the_number() {
        for code in SsprCode::ALL {
            assert_eq!(code.code(), format!("SSPR_{:04}", code.number()));
        }
    }

    #[test]
    fn every_code_has_its_own_audit_reason() {
        let reasons: std::collections::BTreeSet<_> = SsprCode::ALL.iter().map(|code| code.audit_reason()).collect();
        assert_eq!(reasons.len(), SsprCode::ALL.len());
    }

    #[test]
    fn codes_are_read_as_people_write_them() {
        for code in SsprCode::ALL {
            let number = code.number();
            for text in [code.code().to_owned(), format!("sspr_{number:03}"), number.to_string()] {
                assert_eq!(SsprCode::parse(&text), Ok(*code), "{text}");
            }
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(serde_json::from_str::<SsprCode>(&json).unwrap(), *code);
        }
        for text in ["", "SSPR_", "8", "SSPR_00009", "+9", "٩", "SSPR-0009", "SSPR_0009 "] {
            assert_eq!(SsprCode::parse(text), Err(UnknownSsprCode), "{text:?}");
        }
    }
}
