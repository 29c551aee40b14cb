//! Rules that need nothing but the password and its owner.

use unicode_normalization::UnicodeNormalization as _;

/// Names shorter than this are not looked for: they stand in too many words.
const SHORTEST_NAME: usize = 4;

/// What an organization asks of a new password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Fewest code points.
    pub min_length: u16,
    /// Most code points.
    pub max_length: u16,
    /// How many of the four classes (lower case, upper case, digit, other) must occur; 0 asks none.
    pub classes: u8,
    /// Names of the person and of the organization that it must not contain.
    pub names: Vec<String>,
}

/// A rule that a password can be against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Too short or too long.
    Length,
    /// Too few classes of characters.
    Classes,
    /// Holds a sign that cannot be typed again everywhere.
    Characters,
    /// The same as the last one.
    SameAsLast,
    /// Contains a name of the person or of the organization.
    Name,
}

impl Rule {
    /// Stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Classes => "classes",
            Self::Characters => "characters",
            Self::SameAsLast => "same_as_last",
            Self::Name => "name",
        }
    }
}

/// One problem, with the numbers that its sentence needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was typed.
    Empty,
    /// Fewer code points than asked.
    TooShort {
        /// Asked.
        min: u16,
        /// Counted.
        count: usize,
    },
    /// More code points than allowed.
    TooLong {
        /// Allowed.
        max: u16,
        /// Counted.
        count: usize,
    },
    /// Fewer classes than asked.
    Classes {
        /// Asked.
        wanted: u8,
        /// Counted.
        found: u8,
    },
    /// Contains a name; holds where, in code points of the password, and what stands there.
    Name {
        /// As it was typed.
        found: String,
        /// First code point.
        start: usize,
        /// One after the last.
        end: usize,
    },
    /// The same as the last one.
    SameAsLast,
}

impl Problem {
    /// Which rule it is against.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Self::Empty | Self::TooShort { .. } | Self::TooLong { .. } => Rule::Length,
            Self::Classes { .. } => Rule::Classes,
            Self::Name { .. } => Rule::Name,
            Self::SameAsLast => Rule::SameAsLast,
        }
    }
}

/// Everything that is wrong with a password; nothing, when it is accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// In the order of the rules.
    pub problems: Vec<Problem>,
}

impl Verdict {
    /// Whether the password may be set.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Judges a password in NFC by every rule at once.
#[must_use]
pub fn judge(password: &str, rules: &Rules) -> Verdict {
    let count = password.chars().count();
    let mut problems = Vec::new();
    if count == 0 {
        problems.push(Problem::Empty);
        return Verdict { problems };
    }
    if count < usize::from(rules.min_length) {
        problems.push(Problem::TooShort { min: rules.min_length, count });
    }
    if count > usize::from(rules.max_length) {
        problems.push(Problem::TooLong { max: rules.max_length, count });
        return Verdict { problems };
    }
    let found = classes(password);
    if found < rules.classes {
        problems.push(Problem::Classes { wanted: rules.classes, found });
    }
    let folded: Vec<char> = password.chars().map(fold).collect();
    problems.extend(rules.names.iter().find_map(|name| occurrence(&folded, password, name)));
    Verdict { problems }
}

fn classes(password: &str) -> u8 {
    let has = |class: fn(char) -> bool| u8::from(password.chars().any(class));
    has(char::is_lowercase) + has(char::is_uppercase) + has(|sign| sign.is_numeric()) + has(other)
}

fn other(sign: char) -> bool {
    !sign.is_lowercase() && !sign.is_uppercase() && !sign.is_numeric()
}

/// One code point for one code point, so that positions stay those of the password.
fn fold(sign: char) -> char {
    let mut lower = sign.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => sign,
    }
}

fn occurrence(folded: &[char], password: &str, name: &str) -> Option<Problem> {
    let name: Vec<char> = name.nfc().map(fold).collect();
    if name.len() < SHORTEST_NAME {
        return None;
    }
    let start = folded.windows(name.len()).position(|window| window == name.as_slice())?;
    let found = password.chars().skip(start).take(name.len()).collect();
    Some(Problem::Name { found, start, end: start + name.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules { min_length: 12, max_length: 256, classes: 0, names: vec!["Robin".to_owned(), "Li".to_owned()] }
    }

    fn problems(password: &str) -> Vec<Problem> {
        judge(password, &rules()).problems
    }

    #[test]
    fn a_long_phrase_is_accepted() {
        assert_eq!(problems("seven quiet herons"), []);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let asked = Rules { classes: 3, ..rules() };
        let told = judge("xrobinx", &asked).problems;
        assert_eq!(
            told,
            [
                Problem::TooShort { min: 12, count: 7 },
                Problem::Classes { wanted: 3, found: 1 },
                Problem::Name { found: "robin".to_owned(), start: 1, end: 6 }
            ]
        );
    }

    #[test]
    fn names_are_found_in_any_case_and_short_ones_are_not_looked_for() {
        assert_eq!(problems("quiet-ROBIN-herons"), [Problem::Name { found: "ROBIN".to_owned(), start: 6, end: 11 }]);
        assert_eq!(problems("quiet-li-herons-x"), []);
    }

    #[test]
    fn length_counts_code_points() {
        assert_eq!(problems(&"é".repeat(12)), []);
        assert_eq!(problems(&"a".repeat(257)), [Problem::TooLong { max: 256, count: 257 }]);
        assert_eq!(problems(""), [Problem::Empty]);
    }
}
