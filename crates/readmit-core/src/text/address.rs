//! Identifiers and domains: one canonical form, the same in every database.

use std::cmp::Ordering;
use std::fmt;
use std::hash::Hash;
use std::hash::Hasher;

use idna::AsciiDenyList;
use idna::uts46::DnsLength;
use idna::uts46::Hyphens;
use idna::uts46::Uts46;
use serde::Serialize;
use serde::Serializer;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::MixedScript as _;

use super::SignKind;
use super::fold;

/// Longest text looked at, in bytes; anything longer is refused unread.
const LONGEST_TYPED: usize = 1024;
/// Longest canonical form, in bytes (RFC 5321: a path of 256 with its brackets).
const LONGEST: usize = 254;

/// Why a text is not an identifier, a user ID, a mail address or a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressProblem {
    /// Nothing, or only blanks.
    Empty,
    /// Longer than the norm allows.
    TooLong,
    /// A sign nobody can see or retype.
    Unseen(SignKind),
    /// A sign that does not belong: blank inside, comma, quote, bracket and the like.
    Sign(char),
    /// Letters of several scripts in one word, as in a look-alike.
    MixedScripts,
    /// No `@`, or more than one.
    NotOneAt,
    /// The part before the `@` is empty, has a dot at an edge or two in a row, or is too long.
    LocalPart,
    /// The part after the `@` is not a domain of two labels or more.
    Domain,
}

impl fmt::Display for AddressProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::TooLong => f.write_str("too long"),
            Self::Unseen(kind) => write!(f, "contains an unwelcome {kind}"),
            Self::Sign(sign) => write!(f, "contains {sign:?}"),
            Self::MixedScripts => f.write_str("mixes letters of several scripts"),
            Self::NotOneAt => f.write_str("needs exactly one @"),
            Self::LocalPart => f.write_str("the part before the @ is not a dot-atom"),
            Self::Domain => f.write_str("the part after the @ is not a domain"),
        }
    }
}

impl std::error::Error for AddressProblem {}

/// Whatever a person typed to say who they are: a user ID, an alias, `DOMAIN\name`.
///
/// Compared, sorted and hashed by its canonical form: NFKC and case folded, domain as IDNA ASCII. Refused:
/// controls, direction marks, invisible and unassigned signs, blanks inside, delimiters, mixed scripts.
#[derive(Debug, Clone)]
pub struct Identifier {
    typed: String,
    canonical: String,
}

impl Identifier {
    /// Reads one identifier; blanks around it are dropped.
    pub fn parse(text: &str) -> Result<Self, AddressProblem> {
        let typed = visible(text)?;
        let compatible: String = typed.nfkc().collect();
        let canonical = match compatible.rsplit_once('@') {
            None => word(&compatible)?,
            Some((local, domain)) => format!("{}@{}", word(local)?, Domain::parse(domain)?),
        };
        if canonical.len() > LONGEST {
            return Err(AddressProblem::TooLong);
        }
        Ok(Self { typed: typed.to_owned(), canonical })
    }

    /// The key: equal for all spellings of one name, stable in time, at most 254 bytes.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// As it was typed, without the blanks around it.
    pub fn typed(&self) -> &str {
        &self.typed
    }
}

impl PartialEq for Identifier {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Identifier {}

impl PartialOrd for Identifier {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Identifier {
    fn cmp(&self, other: &Self) -> Ordering {
        self.canonical.cmp(&other.canonical)
    }
}

impl Hash for Identifier {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

/// Drops blanks at the edges; refuses what is empty, huge or holds unseen signs.
pub(super) fn visible(text: &str) -> Result<&str, AddressProblem> {
    if text.len() > LONGEST_TYPED {
        return Err(AddressProblem::TooLong);
    }
    if let Some(kind) = text.chars().find_map(SignKind::of) {
        return Err(AddressProblem::Unseen(kind));
    }
    match text.trim() {
        "" => Err(AddressProblem::Empty),
        trimmed => Ok(trimmed),
    }
}

/// Folds one word without `@`; refuses signs no name holds and words of several scripts (UTS 39).
fn word(text: &str) -> Result<String, AddressProblem> {
    let folded = fold(text);
    match folded.chars().find(|&sign| !belongs(sign)) {
        Some('@') => Err(AddressProblem::NotOneAt),
        Some(sign) => Err(AddressProblem::Sign(sign)),
        None if folded.is_empty() => Err(AddressProblem::LocalPart),
        None if !folded.is_single_script() => Err(AddressProblem::MixedScripts),
        None => Ok(folded),
    }
}

fn belongs(sign: char) -> bool {
    is_atext(sign) || matches!(sign, '.' | '\\') || (!sign.is_ascii() && !sign.is_whitespace())
}

/// RFC 5322 `atext`: what a dot-atom consists of beside its dots.
pub(super) fn is_atext(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(sign)
}

/// RFC 5321 `Dot-string` of at most 64 bytes.
pub(super) fn is_dot_atom(local: &str) -> bool {
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

/// A DNS domain of two labels or more, in IDNA ASCII form and lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain in Unicode or ASCII (UTS 46, non-transitional, STD 3 rules); no final dot, no address literal,
    /// no label of several scripts.
    pub fn parse(text: &str) -> Result<Self, AddressProblem> {
        let typed = visible(text)?;
        let ascii = Uts46::new()
            .to_ascii(typed.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
            .map_err(|_| AddressProblem::Domain)?;
        let domain = Self(ascii.into_owned());
        match domain.0.rsplit_once('.') {
            Some((_, top)) if !top.bytes().all(|byte| byte.is_ascii_digit()) => {}
            _ => return Err(AddressProblem::Domain),
        }
        if !domain.unicode().split('.').all(|label| label.is_single_script()) {
            return Err(AddressProblem::MixedScripts);
        }
        Ok(domain)
    }

    /// The ASCII form, key and wire form in one.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Unicode form, for people.
    pub fn unicode(&self) -> String {
        let (text, _) = Uts46::new().to_unicode(self.0.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
        text.into_owned()
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VICTIM: &str = "mike.fisher@kelvin.example";

    fn canonical(text: &str) -> Result<String, AddressProblem> {
        Identifier::parse(text).map(|identifier| identifier.canonical().to_owned())
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(text in "\\PC{1,24}(@[\\PC--@]{1,12}\\.[a-z]{2,5})?") {
            if let Ok(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Ok(once));
            }
        }

        #[test]
        fn parsing_anything_never_panics(text: String) {
            if let Ok(identifier) = Identifier::parse(&text) {
                prop_assert_eq!(identifier.typed(), text.trim());
            }
            let _ = Domain::parse(&text);
        }
    }

    #[test]
    fn harmless_spellings_mean_the_registered_name() {
        for spelled in [
            "MIKE.FISHER@KELVIN.EXAMPLE",
            "  mike.fisher@kelvin.example ",
            "mike.\u{FB01}sher@kelvin.example",
            "mike.fi\u{17F}her@kelvin.example",
            "mi\u{212A}e.fisher@\u{212A}elvin.example",
            "ｍｉｋｅ．ｆｉｓｈｅｒ＠ｋｅｌｖｉｎ．ｅｘａｍｐｌｅ",
            "mike.fisher@kelvin\u{3002}example",
        ] {
            assert_eq!(canonical(spelled).as_deref(), Ok(VICTIM), "{spelled:?}");
        }
    }

    #[test]
    fn look_alikes_never_mean_the_registered_name() {
        for spelled in [
            "m\u{131}ke.fisher@kelvin.example",
            "m\u{130}ke.fisher@kelvin.example",
            "mik\u{435}.fisher@kelvin.example",
            "mike.fisher@k\u{435}lvin.example",
            "mike.fisher@xn--klvin-s5e.example",
            "mike\u{200D}.fisher@kelvin.example",
            "mike.fisher@kel\u{200B}vin.example",
            "mike.fisher@kelvin.example.",
            "mike.fisher.@kelvin.example",
            "mike.fisher+tag@kelvin.example",
            "\"mike.fisher\"@kelvin.example",
            "mike.fishe\u{301}r@kelvin.example",
            "mike.fisher@kelvi\u{301}n.example",
            "\u{202E}mike.fisher@kelvin.example",
        ] {
            assert_ne!(canonical(spelled).as_deref(), Ok(VICTIM), "{spelled:?}");
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one() {
        assert_eq!(canonical("Ren\u{e9}@h\u{f6}chst.example"), canonical("rene\u{301}@HO\u{308}CHST.example"));
    }

    #[test]
    fn what_could_be_two_addresses_is_refused() {
        for spelled in [
            "victim@a.example,evil@b.example",
            "victim@a.example;evil@b.example",
            "victim@a.example\r\nBcc:evil@b.example",
            "victim\0evil@a.example",
            "\"victim\"<evil@b.example>",
            "victim evil@a.example",
            "victim@a.example@b.example",
            "[\"victim\",\"evil\"]",
            "victim\u{2100}@b.example,",
            "victim@",
            "@a.example",
            "",
            "   ",
        ] {
            assert!(Identifier::parse(spelled).is_err(), "{spelled:?}");
        }
        assert_eq!(canonical(&"a".repeat(1025)), Err(AddressProblem::TooLong));
        assert_eq!(canonical(&"a".repeat(255)), Err(AddressProblem::TooLong));
        assert_eq!(canonical("p\u{430}yp\u{430}l"), Err(AddressProblem::MixedScripts));
        assert_eq!(canonical("иван.петров").as_deref(), Ok("иван.петров"));
        assert_eq!(canonical("LARKFIELD\\Ada").as_deref(), Ok("larkfield\\ada"));
    }

    #[test]
    fn domains_are_idna_ascii_in_lower_case() {
        for (typed, ascii) in [
            ("Kelvin.EXAMPLE", "kelvin.example"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("straße.example", "xn--strae-oqa.example"),
            ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ] {
            assert_eq!(Domain::parse(typed).unwrap().as_str(), ascii);
        }
        for typed in
            ["localhost", "a..b", ".a.b", "a.b.", "-a.example", "a_b.example", "1.2.3.4", "[1.2.3.4]", "xn--a.example"]
        {
            assert_eq!(Domain::parse(typed), Err(AddressProblem::Domain), "{typed}");
        }
    }
}
