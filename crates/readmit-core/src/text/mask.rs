//! Contacts as anybody may see them: enough to recognise, nothing to learn.

use serde::Deserialize;
use serde::Serialize;

const PHONE_BULLETS: &str = "••••••";
const MAIL_BULLETS: &str = "•••••";

/// A masked contact. Its length tells nothing about the contact's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Masked {
    /// For the eye: `••••••67`, `r•••••@p•••••.example`.
    pub text: String,
    /// For the ear: what a sentence in the reader's language is made of.
    pub hint: MaskHint,
}

/// What a screen reader or a voice may say instead of bullets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskHint {
    /// The last two digits of a phone number.
    PhoneEndingIn(String),
    /// The beginning of a mail address.
    EmailStartingWith {
        /// First letter of the mailbox.
        first: String,
        /// First letter of the domain.
        domain_first: String,
        /// Last label of the domain, without its dot.
        tld: String,
    },
}

impl Masked {
    /// Keeps the last two of a number's digits.
    pub(super) fn phone(digits: &str) -> Self {
        let hidden = digits.chars().count().saturating_sub(2);
        let last: String = digits.chars().skip(hidden).collect();
        Self { text: format!("{PHONE_BULLETS}{last}"), hint: MaskHint::PhoneEndingIn(last) }
    }

    /// Keeps the first letter of each side and the top-level domain.
    pub(super) fn mailbox(local: &str, domain: &str) -> Self {
        let first = first_letter(local);
        let domain_first = first_letter(domain);
        let tld = domain.rsplit('.').next().unwrap_or_default().to_owned();
        Self {
            text: format!("{first}{MAIL_BULLETS}@{domain_first}{MAIL_BULLETS}.{tld}"),
            hint: MaskHint::EmailStartingWith { first, domain_first, tld },
        }
    }
}

fn first_letter(text: &str) -> String {
    text.chars().take(1).collect()
}

#[cfg(test)]
mod tests {
    use super::super::EmailAddress;
    use super::super::PhoneNumber;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn masks_of_phones_are_equally_long(digits in "[1-9][0-9]{2,13}") {
            if let Ok(parsed) = PhoneNumber::parse(&format!("+1{digits}")) {
                let text = parsed.number.masked().text;
                prop_assert_eq!(text.chars().count(), 8);
                prop_assert!(text.ends_with(digits.get(digits.len() - 2..).unwrap()));
            }
        }

        #[test]
        fn masks_of_mailboxes_are_equally_long(text in "[a-z]{1,30}@[a-z]{1,30}(\\.[a-z]{1,9}){0,3}\\.example") {
            let masked = EmailAddress::parse(&text).unwrap().masked();
            prop_assert_eq!(masked.text.chars().count(), "r•••••@p•••••.example".chars().count());
        }
    }

    #[test]
    fn masks_look_as_designed() {
        let masked = EmailAddress::parse("rosalind@private.example").unwrap().masked();
        assert_eq!(masked.text, "r•••••@p•••••.example");
        let hint = MaskHint::EmailStartingWith {
            first: "r".to_owned(),
            domain_first: "p".to_owned(),
            tld: "example".to_owned(),
        };
        assert_eq!(masked.hint, hint);
        let masked = PhoneNumber::parse("+49 1511234567").unwrap().number.masked();
        assert_eq!(masked.text, "••••••67");
        assert_eq!(masked.hint, MaskHint::PhoneEndingIn("67".to_owned()));
    }
}
