//! What a person types as their user ID.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

use super::AddressProblem;
use super::Identifier;
use super::address::is_dot_atom;

/// Longest user ID, and its longest domain, that the cloud directory gives out.
const LONGEST_NEW: usize = 113;
const LONGEST_NEW_DOMAIN: usize = 48;

/// A user ID, `name@domain`: any RFC 5321 dot-atom and a domain.
///
/// Shown as it was typed; compared, sorted and hashed by [`Upn::canonical`]. `+tag` is part of the name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upn(Identifier);

impl Upn {
    /// Reads the user ID of an account that may come from anywhere.
    pub fn parse(text: &str) -> Result<Self, AddressProblem> {
        let upn = Self(Identifier::parse(text)?);
        let Some((local, _)) = upn.canonical().split_once('@') else {
            return Err(AddressProblem::NotOneAt);
        };
        if let Some(sign) = local.chars().find(|sign| !sign.is_ascii()) {
            return Err(AddressProblem::Sign(sign));
        }
        if is_dot_atom(local) { Ok(upn) } else { Err(AddressProblem::LocalPart) }
    }

    /// Reads the user ID of an account made in the cloud directory: the reference's alphabet (letters, digits,
    /// `' . - _ ! # ^ ~`) and `+`; at most 113 characters, 64 before and 48 after the `@`.
    pub fn parse_new(text: &str) -> Result<Self, AddressProblem> {
        let upn = Self::parse(text)?;
        let typed_local = upn.as_str().split('@').next().unwrap_or_default();
        let stranger = |sign: &char| !sign.is_ascii_alphanumeric() && !"'.-_!#^~+".contains(*sign);
        if let Some(sign) = typed_local.chars().find(stranger) {
            return Err(AddressProblem::Sign(sign));
        }
        if upn.canonical().len() > LONGEST_NEW || upn.domain().len() > LONGEST_NEW_DOMAIN {
            return Err(AddressProblem::TooLong);
        }
        Ok(upn)
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        self.0.typed()
    }

    /// The key; equal to [`Identifier::canonical`] of the same text.
    pub fn canonical(&self) -> &str {
        self.0.canonical()
    }

    /// The domain in IDNA ASCII form; it selects the tenant.
    pub fn domain(&self) -> &str {
        self.canonical().split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`, canonical.
    pub fn local(&self) -> &str {
        self.canonical().split_once('@').map_or("", |(local, _)| local)
    }

    /// The same name as an identifier.
    pub fn identifier(&self) -> &Identifier {
        &self.0
    }
}

impl fmt::Display for Upn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Upn {
    type Err = AddressProblem;

    fn from_str(text: &str) -> Result<Self, AddressProblem> {
        Self::parse(text)
    }
}

impl Serialize for Upn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Upn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_user_id_survives_print_parse_and_json(
            text in "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[a-z0-9+]{1,9}){0,3}@[a-zA-Z0-9]{1,12}\\.[a-z]{2,6}",
        ) {
            let upn = Upn::parse(&text).unwrap();
            prop_assert_eq!(upn.to_string(), text.clone());
            prop_assert_eq!(upn.canonical(), text.to_ascii_lowercase());
            prop_assert_eq!(&Upn::parse(upn.canonical()).unwrap(), &upn);
            let json = serde_json::to_string(&upn).unwrap();
            prop_assert_eq!(serde_json::from_str::<Upn>(&json).unwrap(), upn);
        }
    }

    #[test]
    fn case_does_not_matter_but_is_kept() {
        let upn = Upn::parse("Ada.Byron@Larkfield.example").unwrap();
        assert_eq!(upn, Upn::parse("ada.byron@LARKFIELD.example").unwrap());
        assert_eq!(upn.to_string(), "Ada.Byron@Larkfield.example");
        assert_eq!((upn.local(), upn.domain()), ("ada.byron", "larkfield.example"));
    }

    #[test]
    fn what_is_no_dot_atom_is_refused() {
        for text in ["ada", "a..b@c.example", ".a@c.example", "a.@c.example", "DOM\\ada@c.example", "иван@c.example"]
        {
            assert!(Upn::parse(text).is_err(), "{text}");
        }
        let long = format!("{}@c.example", "a".repeat(65));
        assert_eq!(Upn::parse(&long), Err(AddressProblem::LocalPart));
    }

    #[test]
    fn new_names_keep_to_the_alphabet_and_the_lengths() {
        assert!(Upn::parse_new("O'Neil-x_y!z#q^w~v+1@larkfield.example").is_ok());
        assert!(Upn::parse("a/b=c@larkfield.example").is_ok());
        assert_eq!(Upn::parse_new("a/b@larkfield.example"), Err(AddressProblem::Sign('/')));
        assert_eq!(Upn::parse_new("mi\u{212A}e@larkfield.example"), Err(AddressProblem::Sign('\u{212A}')));
        let name = |local: usize, domain: usize| {
            let domain = format!("{}.example", "d".repeat(domain - 8));
            Upn::parse_new(&format!("{}@{domain}", "a".repeat(local)))
        };
        assert!(name(64, 48).is_ok());
        assert_eq!(name(64, 49), Err(AddressProblem::TooLong));
        assert_eq!(name(65, 48), Err(AddressProblem::LocalPart));
    }
}
