//! Signs that nobody can see or retype.

use std::fmt;

use unicode_security::mixed_script::AugmentedScriptSet;

/// Why a sign is not welcome in a name, an address or a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignKind {
    /// C0, DEL, C1, line and paragraph separator.
    Control,
    /// Turns the direction of what follows.
    BidiControl,
    /// Has no width: joiners, soft hyphen, fillers, variation selectors, tags.
    Invisible,
    /// Any other format character (general category Cf).
    Format,
    /// Stands for no character: unassigned, U+FFFE and its kind.
    Unassigned,
}

impl fmt::Display for SignKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Control => "control character",
            Self::BidiControl => "direction mark",
            Self::Invisible => "invisible character",
            Self::Format => "format character",
            Self::Unassigned => "unassigned character",
        })
    }
}

impl SignKind {
    /// The reason against a sign; `None` for ordinary ones, blanks and private-use signs included.
    pub fn of(sign: char) -> Option<Self> {
        match sign {
            ' '..='~' => None,
            '\u{2028}' | '\u{2029}' => Some(Self::Control),
            _ if sign.is_control() => Some(Self::Control),
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                Some(Self::BidiControl)
            }
            _ if is_invisible(sign) => Some(Self::Invisible),
            '\u{0600}'..='\u{0605}'
            | '\u{06DD}'
            | '\u{070F}'
            | '\u{0890}'
            | '\u{0891}'
            | '\u{08E2}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{110BD}'
            | '\u{110CD}'
            | '\u{13430}'..='\u{1343F}' => Some(Self::Format),
            '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => None,
            // UAX 24: what is neither assigned nor listed above has the script Unknown, as the last noncharacter has.
            _ => {
                let unknown = AugmentedScriptSet::for_char(char::MAX);
                (AugmentedScriptSet::for_char(sign) == unknown).then_some(Self::Unassigned)
            }
        }
    }
}

/// The assigned part of `Default_Ignorable_Code_Point` (UAX 44), direction marks apart.
fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}'
            | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}'
            | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_cannot_be_retyped_are_named() {
        for (sign, kind) in [
            ('\0', SignKind::Control),
            ('\t', SignKind::Control),
            ('\n', SignKind::Control),
            ('\u{7F}', SignKind::Control),
            ('\u{85}', SignKind::Control),
            ('\u{2028}', SignKind::Control),
            ('\u{202E}', SignKind::BidiControl),
            ('\u{2066}', SignKind::BidiControl),
            ('\u{200B}', SignKind::Invisible),
            ('\u{200D}', SignKind::Invisible),
            ('\u{FEFF}', SignKind::Invisible),
            ('\u{AD}', SignKind::Invisible),
            ('\u{E0041}', SignKind::Invisible),
            ('\u{600}', SignKind::Format),
            ('\u{FFFE}', SignKind::Unassigned),
            ('\u{FDD0}', SignKind::Unassigned),
            ('\u{10FFFF}', SignKind::Unassigned),
            ('\u{378}', SignKind::Unassigned),
        ] {
            assert_eq!(SignKind::of(sign), Some(kind), "{sign:?}");
        }
    }

    #[test]
    fn signs_that_people_type_are_welcome() {
        for sign in (' '..='~').chain("äßÉ€–“ √ƪ𝆹𝅥ж漢字かな한글עבरไ😀🫠\u{A0}\u{3000}\u{F8FF}\u{301}".chars())
        {
            assert_eq!(SignKind::of(sign), None, "{sign:?}");
        }
    }
}
