//! Country codes of the international numbering plan.

/// Codes in use (ITU-T E.164 and its list of assigned codes), ascending; no code begins another.
#[rustfmt::skip]
const ASSIGNED: &[u16] = &[
    1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49,
    51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86,
    90, 91, 92, 93, 94, 95, 98,
    211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229,
    230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249,
    250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269,
    290, 291, 297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359,
    370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380, 381, 382, 383, 385, 386, 387, 389,
    420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509,
    590, 591, 592, 593, 594, 595, 596, 597, 598, 599,
    670, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689,
    690, 691, 692, 800, 808, 850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888,
    960, 961, 962, 963, 964, 965, 966, 967, 968, 970, 971, 972, 973, 974, 975, 976, 977, 979,
    992, 993, 994, 995, 996, 998,
];

/// Codes after which a leading 0 belongs to the number itself.
const ZERO_IS_DIALLED: &[&str] = &["39", "225", "241", "242", "378", "379"];

/// Splits the digits of an international number after its country code.
pub(super) fn split(digits: &str) -> Option<(&str, &str)> {
    (1..=3).find_map(|length| {
        let (code, rest) = digits.split_at_checked(length)?;
        let known = !code.starts_with('0') && ASSIGNED.binary_search(&code.parse().ok()?).is_ok();
        known.then_some((code, rest))
    })
}

/// Whether a 0 at the beginning of the national number is a trunk digit, not dialled from abroad.
pub(super) fn zero_is_trunk(code: &str) -> bool {
    !ZERO_IS_DIALLED.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_ascending_and_no_code_begins_another() {
        assert!(ASSIGNED.is_sorted_by(|a, b| a < b));
        let texts: Vec<_> = ASSIGNED.iter().map(u16::to_string).collect();
        for (at, code) in texts.iter().enumerate() {
            let clash = texts.iter().enumerate().find(|(other, text)| *other != at && text.starts_with(code.as_str()));
            assert_eq!(clash, None, "{code}");
        }
    }

    #[test]
    fn numbers_are_split_after_their_code() {
        assert_eq!(split("4915112345"), Some(("49", "15112345")));
        assert_eq!(split("14251234567"), Some(("1", "4251234567")));
        assert_eq!(split("35312345"), Some(("353", "12345")));
        for unknown in ["", "0", "0049151", "2101234567", "9991234567", "59", "21"] {
            assert_eq!(split(unknown), None, "{unknown}");
        }
    }
}
