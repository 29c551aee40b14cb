//! Names of things: typed ids that cannot be mixed up, and the support code.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;
use uuid::Uuid;

/// A text that is not an id in its one accepted spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdProblem;

impl fmt::Display for IdProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id (expected 8-4-4-4-12 hexadecimal digits)")
    }
}

impl std::error::Error for IdProblem {}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        ///
        /// Shown, read and serialized as a hyphenated lower-case UUID (RFC 9562).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a version 7 id, which sorts by the millisecond it was made in.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(uuid_v7(now, &random))
            }

            /// Makes a version 4 id from random bits; six of them give way to version and variant.
            pub const fn from_bits(bits: u128) -> Self {
                Self(uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
            }

            /// Takes an id made elsewhere, such as one read from the store.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdProblem;

            fn from_str(text: &str) -> Result<Self, IdProblem> {
                hyphenated(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

uuid_ids! {
    /// An organisation.
    TenantId,
    /// Whose password it is.
    AccountId,
    /// A group of accounts and groups.
    GroupId,
    /// One method of one account.
    RegistrationId,
    /// One order to write a password.
    OrderId,
    /// One mail, text message or call on its way out.
    MessageId,
}

fn uuid_v7(now: Timestamp, random: &[u8; 10]) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid()
}

/// `uuid` also reads the braced, bare and URN spellings; one id has one spelling here.
fn hyphenated(text: &str) -> Result<Uuid, IdProblem> {
    let uuid = Uuid::try_parse(text).map_err(|_| IdProblem)?;
    if text.len() == uuid::fmt::Hyphenated::LENGTH { Ok(uuid) } else { Err(IdProblem) }
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident($inner:ty)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// The one after this; the last stays the last.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

counters! {
    /// The number of a challenge within its journey; never used twice there.
    ChallengeNo(u32),
    /// Grows by one with each change of a policy; key of the policy cache.
    PolicyVersion(u64),
}

/// Names one journey to the person, the log and the help desk; no secret.
///
/// Sixty random bits as twelve Crockford base32 symbols, `R7K4-92QD-MX3T`. Read in any case, with or
/// without dashes and blanks, O as 0, I and L as 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SupportCode(u64);

/// The id of a journey is what the person reads out: its support code.
pub type JourneyId = SupportCode;

/// Why a text is not a support code, or not the beginning of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupportCodeProblem {
    /// Fewer symbols than needed: 12 for a code, 6 for the beginning of one.
    TooShort,
    /// More than 12 symbols.
    TooLong,
    /// A sign that no support code contains.
    Sign(char),
}

impl fmt::Display for SupportCodeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => f.write_str("support code too short (12 symbols, at least the first 6)"),
            Self::TooLong => f.write_str("support code too long (12 symbols)"),
            Self::Sign(sign) => write!(f, "no support code contains {sign:?}"),
        }
    }
}

impl std::error::Error for SupportCodeProblem {}

const CROCKFORD: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];
const SYMBOLS: u32 = 12;
const PREFIX_SYMBOLS: u32 = 6;
const BITS: u32 = 5 * SYMBOLS;

impl SupportCode {
    /// Keeps the low 60 bits of `random`.
    pub const fn from_random(random: u64) -> Self {
        Self(random & ((1 << BITS) - 1))
    }

    /// Takes back a [`SupportCode::value`]; `None` if it does not fit in 60 bits.
    pub const fn from_value(value: u64) -> Option<Self> {
        if value >> BITS == 0 { Some(Self(value)) } else { None }
    }

    /// The 60 bits; fits a signed 64-bit column and sorts as the text does.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// The codes that begin with the given symbols (6 to 12 of them, spelled as freely as a whole code).
    pub fn beginning_with(text: &str) -> Result<RangeInclusive<Self>, SupportCodeProblem> {
        let (symbols, value) = read_symbols(text)?;
        if symbols < PREFIX_SYMBOLS {
            return Err(SupportCodeProblem::TooShort);
        }
        let open = 5 * (SYMBOLS - symbols);
        let first = value << open;
        Ok(Self(first)..=Self(first | ((1 << open) - 1)))
    }
}

/// Counts the symbols of `text` and reads them as one number.
fn read_symbols(text: &str) -> Result<(u32, u64), SupportCodeProblem> {
    let mut symbols = 0;
    let mut value = 0;
    for sign in text.chars() {
        if sign.is_whitespace() || matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}') {
            continue;
        }
        if symbols == SYMBOLS {
            return Err(SupportCodeProblem::TooLong);
        }
        value = (value << 5) | symbol_value(sign).ok_or(SupportCodeProblem::Sign(sign))?;
        symbols += 1;
    }
    Ok((symbols, value))
}

fn symbol_value(sign: char) -> Option<u64> {
    let symbol = match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = CROCKFORD.iter().position(|&known| known == symbol)?;
    u64::try_from(place).ok()
}

impl fmt::Display for SupportCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for place in 0..SYMBOLS {
            if place > 0 && place % 4 == 0 {
                f.write_char('-')?;
            }
            let symbol = (self.0 >> (BITS - 5 * (place + 1))) & 31;
            let symbol = usize::try_from(symbol).ok().and_then(|at| CROCKFORD.get(at));
            f.write_char(symbol.copied().unwrap_or('0'))?;
        }
        Ok(())
    }
}

impl FromStr for SupportCode {
    type Err = SupportCodeProblem;

    fn from_str(text: &str) -> Result<Self, SupportCodeProblem> {
        match read_symbols(text)? {
            (SYMBOLS, value) => Ok(Self(value)),
            _ => Err(SupportCodeProblem::TooShort),
        }
    }
}

impl Serialize for SupportCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SupportCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn support_code_survives_print_and_parse(random: u64) {
            let code = SupportCode::from_random(random);
            let text = code.to_string();
            prop_assert_eq!(text.len(), 14);
            prop_assert_eq!(text.parse(), Ok(code));
            prop_assert_eq!(text.to_lowercase().replace('-', " ").parse(), Ok(code));
            prop_assert_eq!(text.replace('0', "o").replace('1', "l").parse(), Ok(code));
            prop_assert_eq!(SupportCode::from_value(code.value()), Some(code));
            let json = serde_json::to_string(&code).unwrap();
            prop_assert_eq!(serde_json::from_str::<SupportCode>(&json).unwrap(), code);
        }

        #[test]
        fn support_codes_sort_as_their_texts(a: u64, b: u64) {
            let (a, b) = (SupportCode::from_random(a), SupportCode::from_random(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn a_beginning_spans_exactly_the_codes_that_start_so(a: u64, b: u64, symbols in 6_usize..=12) {
            let (a, b) = (SupportCode::from_random(a), SupportCode::from_random(b));
            let bare = |code: SupportCode| code.to_string().replace('-', "");
            let start: String = bare(a).chars().take(symbols).collect();
            let range = SupportCode::beginning_with(&start).unwrap();
            prop_assert!(range.contains(&a));
            prop_assert_eq!(range.contains(&b), bare(b).starts_with(&start));
            prop_assert!(bare(*range.start()).starts_with(&start));
            prop_assert!(bare(*range.end()).starts_with(&start));
        }

        #[test]
        fn ids_survive_print_and_parse(millis in 0_i64..4_102_444_800_000, random: [u8; 10]) {
            let now = Timestamp::from_millisecond(millis).unwrap();
            let id = AccountId::new(now, random);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.uuid().get_version_num(), 7);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<AccountId>(&json).unwrap(), id);
        }
    }

    #[test]
    fn support_code_is_read_as_people_write_it() {
        let code: SupportCode = "R7K4-92QD-MX3T".parse().unwrap();
        assert_eq!(code.to_string(), "R7K4-92QD-MX3T");
        for spelled in ["r7k492qdmx3t", " R7K4 92QD MX3T ", "r7k4\u{2013}92qd\u{2013}mx3t"] {
            assert_eq!(spelled.parse(), Ok(code), "{spelled:?}");
        }
        assert_eq!("OOOO-IIII-llll".parse::<SupportCode>().unwrap().to_string(), "0000-1111-1111");
    }

    #[test]
    fn what_is_no_support_code_is_refused_with_the_reason() {
        let parse = |text: &str| text.parse::<SupportCode>();
        assert_eq!(parse(""), Err(SupportCodeProblem::TooShort));
        assert_eq!(parse("R7K4-92QD-MX3"), Err(SupportCodeProblem::TooShort));
        assert_eq!(parse("R7K4-92QD-MX3T0"), Err(SupportCodeProblem::TooLong));
        assert_eq!(parse("U7K4-92QD-MX3T"), Err(SupportCodeProblem::Sign('U')));
        assert_eq!(SupportCode::beginning_with("R7K4-9"), Err(SupportCodeProblem::TooShort));
        assert_eq!(SupportCode::from_value(1 << 60), None);
    }

    #[test]
    fn an_id_has_one_spelling() {
        let plain = "0190163d-8694-739b-aea5-966c26f8ad91";
        assert!(plain.parse::<TenantId>().is_ok());
        for other in [
            "",
            "0190163d8694739baea5966c26f8ad91",
            "{0190163d-8694-739b-aea5-966c26f8ad91}",
            "urn:uuid:0190163d-8694-739b-aea5-966c26f8ad91",
        ] {
            assert_eq!(other.parse::<TenantId>(), Err(IdProblem), "{other:?}");
        }
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        assert!(OrderId::new(at(1_000), [255; 10]) < OrderId::new(at(1_001), [0; 10]));
    }
}
