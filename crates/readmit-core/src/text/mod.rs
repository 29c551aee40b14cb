//! Texts parsed at the door: user IDs, mail addresses, domains and phone numbers, and how they are masked.
//!
//! An identifier has one canonical form, computed here and nowhere else: databases disagree about case and
//! normalisation, so they only ever compare these bytes. Mail goes to the address on file, never to what was typed.

mod address;
mod country;
mod email;
mod mask;
mod phone;
mod sign;
mod upn;

pub use address::AddressProblem;
pub use address::Domain;
pub use address::Identifier;
pub use email::EmailAddress;
pub use mask::MaskHint;
pub use mask::Masked;
pub use phone::ParsedPhone;
pub use phone::PhoneNumber;
pub use phone::PhoneProblem;
pub use phone::PhoneWarning;
pub use sign::SignKind;
pub use upn::Upn;

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

/// Compatibility form without case: the caseless match of Unicode 3.13 D146, composed (NFKC).
///
/// Folding the result again changes nothing. The letters `ı` and `i` stay different; `ſ`, `K` (U+212A), `ﬁ` and
/// full-width letters become plain ones.
pub fn fold(text: &str) -> String {
    text.nfd().default_case_fold().nfkd().default_case_fold().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text: String) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }

    #[test]
    fn look_alikes_of_one_letter_fold_as_documented() {
        for (typed, folded) in [
            ("\u{212A}elvin", "kelvin"),
            ("\u{17F}am", "sam"),
            ("\u{FB01}sher", "fisher"),
            ("ＭＩＫＥ", "mike"),
            ("m\u{131}ke", "m\u{131}ke"),
            ("M\u{130}KE", "mi\u{307}ke"),
            ("re\u{301}ne", "r\u{e9}ne"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
        ] {
            assert_eq!(fold(typed), folded, "{typed:?}");
        }
    }
}
