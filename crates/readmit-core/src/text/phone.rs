//! Phone numbers: digits kept as given, spelled with a country code.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::Masked;
use super::SignKind;
use super::country;

/// Digits of a whole number, country code included (E.164: at most 15).
const DIGITS: std::ops::RangeInclusive<usize> = 4..=15;
/// Longest text looked at, in bytes.
const LONGEST: usize = 128;
/// Fewer digits than this are rarely a full number.
const FEW_DIGITS: usize = 8;

/// A phone number with a known country code, 4–15 digits in all. Prints only its mask.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    digits: String,
}

/// A number as read from a record, with what was noticed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedPhone {
    /// The number that is called.
    pub number: PhoneNumber,
    /// The digits of an extension, which neither call nor text message uses.
    pub extension_stripped: Option<String>,
    /// What looks odd but is no reason to refuse the number.
    pub warnings: Vec<PhoneWarning>,
}

/// Something odd about a usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneWarning {
    /// A 0 follows the country code though callers from abroad leave it out.
    TrunkZero,
    /// Fewer than eight digits.
    FewDigits,
}

/// Why a text is not a usable number; every one is the cause `contact-malformed`.
///
/// `suggestion` is the form that was probably meant, never used without a person's say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneProblem {
    /// No digits at all.
    Empty,
    /// Longer than any number with its punctuation.
    TooLongText,
    /// Letters; they are never turned into digits.
    Letters,
    /// A sign that no number holds.
    Sign(char),
    /// A trunk zero in brackets, `+49 (0)30 …`.
    BracketedZero {
        /// The number without it.
        suggestion: Option<String>,
    },
    /// No `+` in front.
    NoPlus {
        /// Known where the number begins with 00.
        suggestion: Option<String>,
    },
    /// The digits after the `+` begin with no assigned country code.
    UnknownCountryCode,
    /// Fewer than 4 digits.
    TooShort,
    /// More than 15 digits.
    TooLong,
}

impl PhoneProblem {
    /// The form that was probably meant, `+49 30123456`, where it can be told.
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::BracketedZero { suggestion } | Self::NoPlus { suggestion } => suggestion.as_deref(),
            Self::Empty
            | Self::TooLongText
            | Self::Letters
            | Self::Sign(_)
            | Self::UnknownCountryCode
            | Self::TooShort
            | Self::TooLong => None,
        }
    }
}

impl fmt::Display for PhoneProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::TooLongText => f.write_str("too long for a phone number"),
            Self::Letters => f.write_str("contains letters"),
            Self::Sign(sign) => write!(f, "contains {sign:?}"),
            Self::BracketedZero { .. } => f.write_str("contains (0)"),
            Self::NoPlus { .. } => f.write_str("does not begin with + and a country code"),
            Self::UnknownCountryCode => f.write_str("begins with no known country code"),
            Self::TooShort => f.write_str("has fewer than 4 digits"),
            Self::TooLong => f.write_str("has more than 15 digits"),
        }
    }
}

impl std::error::Error for PhoneProblem {}

impl PhoneNumber {
    /// Reads a number on file: `+`, country code, number; blanks, dashes, dots, slashes and brackets between digits are
    /// dropped, an extension (`x123`, `ext. 123`, `;ext=123`, `#123`) is taken off and reported.
    pub fn parse(text: &str) -> Result<ParsedPhone, PhoneProblem> {
        if text.len() > LONGEST {
            return Err(PhoneProblem::TooLongText);
        }
        let (main, extension) = split_extension(text.trim());
        let number = Self::read(main)?;
        Ok(ParsedPhone { warnings: number.warnings(), extension_stripped: extension.map(str::to_owned), number })
    }

    fn read(text: &str) -> Result<Self, PhoneProblem> {
        let bare: String = text.chars().filter(|&sign| !is_blank(sign)).collect();
        if bare.contains("(0)") {
            let suggestion = match Self::read(&bare.replace("(0)", "")) {
                Ok(number) => Some(number.spaced()),
                Err(problem) => problem.suggestion().map(str::to_owned),
            };
            return Err(PhoneProblem::BracketedZero { suggestion });
        }
        let (plus, rest) = match bare.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, bare.as_str()),
        };
        let digits = digits_of(rest)?;
        if plus {
            return Self::from_digits(digits);
        }
        let international = digits.strip_prefix("00").map(str::to_owned);
        let suggestion = international.and_then(|digits| Self::from_digits(digits).ok());
        Err(PhoneProblem::NoPlus { suggestion: suggestion.map(|number| number.spaced()) })
    }

    fn from_digits(digits: String) -> Result<Self, PhoneProblem> {
        if country::split(&digits).is_none() {
            return Err(PhoneProblem::UnknownCountryCode);
        }
        if digits.len() < *DIGITS.start() {
            return Err(PhoneProblem::TooShort);
        }
        if digits.len() > *DIGITS.end() {
            return Err(PhoneProblem::TooLong);
        }
        Ok(Self { digits })
    }

    fn warnings(&self) -> Vec<PhoneWarning> {
        let mut warnings = Vec::new();
        if self.national().starts_with('0') && country::zero_is_trunk(self.country_code()) {
            warnings.push(PhoneWarning::TrunkZero);
        }
        if self.digits.len() < FEW_DIGITS {
            warnings.push(PhoneWarning::FewDigits);
        }
        warnings
    }

    /// All digits, country code first, without the `+`.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The country code, `49`.
    pub fn country_code(&self) -> &str {
        country::split(&self.digits).map_or("", |(code, _)| code)
    }

    /// The digits after the country code.
    pub fn national(&self) -> &str {
        country::split(&self.digits).map_or("", |(_, national)| national)
    }

    /// For gateways: `+491511234567` (E.164).
    pub fn e164(&self) -> String {
        format!("+{}", self.digits)
    }

    /// For administrators: `+49 1511234567`, the reference's form.
    pub fn spaced(&self) -> String {
        format!("+{} {}", self.country_code(), self.national())
    }

    /// Whether a person typed this number in full, country code included.
    ///
    /// Blanks, dashes, dots, slashes, brackets and unseen signs do not count, 00 means `+`, full-width digits mean
    /// plain ones; a bracketed zero is not this number.
    pub fn matches_typed(&self, typed: &str) -> bool {
        if typed.len() > LONGEST {
            return false;
        }
        let seen = |sign: &char| !sign.is_whitespace() && SignKind::of(*sign).is_none();
        let bare: String = typed.nfkc().filter(seen).collect();
        if bare.contains("(0)") {
            return false;
        }
        let rest = bare.strip_prefix('+').unwrap_or(&bare);
        let Ok(digits) = digits_of(rest) else {
            return false;
        };
        let digits = match digits.strip_prefix("00") {
            Some(after) if rest == bare => after,
            _ => &digits,
        };
        digits == self.digits
    }

    /// What rings: the digits without a trunk zero. Equal for two spellings of one line; a key, not for dialling.
    pub fn destination(&self) -> String {
        let code = self.country_code();
        let national = match self.national() {
            national if country::zero_is_trunk(code) => national.trim_start_matches('0'),
            national => national,
        };
        format!("{code}{national}")
    }

    /// Whether both ring the same line.
    pub fn same_destination(&self, other: &Self) -> bool {
        self.destination() == other.destination()
    }

    /// The number as pages, mails and logs may show it.
    pub fn masked(&self) -> Masked {
        Masked::phone(&self.digits)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked().text)
    }
}

/// Takes the extension off the end of a number.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let head = text.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let Some(extension) = text.strip_prefix(head).filter(|digits| !digits.is_empty()) else {
        return (text, None);
    };
    let head = head.trim_end();
    for marker in [";ext=", "extension", "ext.", "ext", "x", "#"] {
        let Some((main, end)) = head.len().checked_sub(marker.len()).and_then(|at| head.split_at_checked(at)) else {
            continue;
        };
        if end.eq_ignore_ascii_case(marker) {
            return (main.trim_end_matches([' ', ',', ';']), Some(extension));
        }
    }
    (text, None)
}

fn digits_of(text: &str) -> Result<String, PhoneProblem> {
    if text.chars().any(char::is_alphabetic) {
        return Err(PhoneProblem::Letters);
    }
    let mut digits = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '0'..='9' => digits.push(sign),
            '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            _ => return Err(PhoneProblem::Sign(sign)),
        }
    }
    if digits.is_empty() {
        return Err(PhoneProblem::Empty);
    }
    Ok(digits)
}

/// Tabs and line breaks are white space too, but no blank in a number.
fn is_blank(sign: char) -> bool {
    sign.is_whitespace() && SignKind::of(sign).is_none()
}

#[cfg(test)]
mod tests;
