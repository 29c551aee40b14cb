//! Secrets that refuse to print: no `Debug`, no `Display`, no `Serialize`; wiped when dropped.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;
use subtle::ConstantTimeEq as _;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::text::SignKind;
use crate::text::fold;

/// A one-time code: exactly 6 or 8 ASCII digits. There is no empty, absent or default one.
#[derive(Clone)]
pub struct OneTimeCode(Zeroizing<String>);

/// Why a text is not a one-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeProblem {
    /// Nothing, or only blanks and dashes.
    Empty,
    /// Holds something else than digits, blanks and dashes.
    NotDigits,
    /// More or fewer digits than the code that was sent.
    WrongLength,
}

impl fmt::Display for CodeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no code given",
            Self::NotDigits => "a code has digits only",
            Self::WrongLength => "the code has another length",
        })
    }
}

impl std::error::Error for CodeProblem {}

impl OneTimeCode {
    /// Reads a typed code of `digits` (6 or 8) digits; blanks and dashes do not count.
    pub fn parse(typed: &str, digits: u8) -> Result<Self, CodeProblem> {
        let mut code = Zeroizing::new(String::with_capacity(8));
        for sign in typed.chars().filter(|&sign| !matches!(sign, ' ' | '\u{A0}' | '-')) {
            if !sign.is_ascii_digit() {
                return Err(CodeProblem::NotDigits);
            }
            if code.len() == 8 {
                return Err(CodeProblem::WrongLength);
            }
            code.push(sign);
        }
        if code.is_empty() {
            return Err(CodeProblem::Empty);
        }
        if !matches!(digits, 6 | 8) || code.len() != usize::from(digits) {
            return Err(CodeProblem::WrongLength);
        }
        Ok(Self(code))
    }

    /// Makes a code of `digits` (6 or 8) digits from random bits; `None` for any other length.
    ///
    /// No code is likelier than another by more than 2⁻³⁷ of its share.
    pub fn from_random(random: u64, digits: u8) -> Option<Self> {
        let code = match digits {
            6 => format!("{:06}", random % 1_000_000),
            8 => format!("{:08}", random % 100_000_000),
            _ => return None,
        };
        Some(Self(Zeroizing::new(code)))
    }

    /// The digits, for the keyed hash and the message that carries them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Keyed hash of a one-time code. Compared in constant time; `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct CodeDigest([u8; 32]);

impl CodeDigest {
    /// Takes the hash that the key made.
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The bytes, for the store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for CodeDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CodeDigest {}

impl fmt::Debug for CodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDigest(…)")
    }
}

/// Serialized as 64 lower-case hexadecimal digits.
impl Serialize for CodeDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Hex<'a>(&'a [u8]);
        impl fmt::Display for Hex<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
        serializer.collect_str(&Hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for CodeDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_hex(&String::deserialize(deserializer)?)
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected 64 hexadecimal digits"))
    }
}

fn read_hex(text: &str) -> Option<[u8; 32]> {
    let nibbles: Option<Vec<u32>> = text.chars().map(|sign| sign.to_digit(16)).collect();
    let bytes: Option<Vec<u8>> = nibbles?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    bytes?.try_into().ok()
}

/// A password as it will be set: normalised to NFC once, every sign one that can be typed again.
///
/// Inner and outer blanks are kept. The same bytes go to each rule, each list and each directory (SP 800-63B).
#[derive(Clone)]
pub struct NewPassword {
    text: Zeroizing<String>,
    changed: bool,
}

/// A sign that a password must not hold, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordSign {
    /// Why.
    pub kind: SignKind,
    /// Which of the typed characters, counted from 1.
    pub position: usize,
}

impl fmt::Display for PasswordSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.kind, self.position)
    }
}

impl std::error::Error for PasswordSign {}

impl NewPassword {
    /// Reads a typed password; refuses controls, direction marks, invisible, format and unassigned signs.
    ///
    /// Length is a rule of the policy, not of this type: an empty password is read.
    pub fn parse(typed: &str) -> Result<Self, PasswordSign> {
        for (before, sign) in typed.chars().enumerate() {
            if let Some(kind) = SignKind::of(sign) {
                return Err(PasswordSign { kind, position: before + 1 });
            }
        }
        // Three times the bytes is the most that NFC needs (UAX 15), so no outgrown copy is left behind.
        let mut text = Zeroizing::new(String::with_capacity(typed.len() * 3));
        text.extend(typed.nfc());
        let changed = text.as_str() != typed;
        Ok(Self { text, changed })
    }

    /// The bytes to hash, check and send.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether normalising changed what was typed; the page says so.
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// Whether it begins or ends with a blank, which is easily lost; the page warns.
    pub fn has_edge_blank(&self) -> bool {
        let is_blank = |sign: char| sign.is_whitespace();
        self.text.starts_with(is_blank) || self.text.ends_with(is_blank)
    }

    /// Length in Unicode code points, after NFC.
    pub fn count(&self) -> usize {
        self.text.chars().count()
    }
}

/// The answer to a security question, in the one form that is hashed and compared.
///
/// NFKC, case folded, white space collapsed, edges trimmed.
#[derive(Clone)]
pub struct SecurityAnswer(Zeroizing<String>);

/// Why an answer cannot be used; lengths are of the normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerProblem {
    /// Fewer than 3 characters.
    TooShort,
    /// More than 40 characters.
    TooLong,
}

impl fmt::Display for AnswerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "an answer has at least 3 characters",
            Self::TooLong => "an answer has at most 40 characters",
        })
    }
}

impl std::error::Error for AnswerProblem {}

impl SecurityAnswer {
    /// Reads a typed answer of 3–40 characters.
    pub fn parse(typed: &str) -> Result<Self, AnswerProblem> {
        if typed.len() > 4096 {
            return Err(AnswerProblem::TooLong);
        }
        let folded = Zeroizing::new(fold(typed));
        let mut answer = Zeroizing::new(String::with_capacity(folded.len()));
        for word in folded.split_whitespace() {
            if !answer.is_empty() {
                answer.push(' ');
            }
            answer.push_str(word);
        }
        match answer.chars().count() {
            0..3 => Err(AnswerProblem::TooShort),
            3..=40 => Ok(Self(answer)),
            _ => Err(AnswerProblem::TooLong),
        }
    }

    /// The normal form, for the hash.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;
