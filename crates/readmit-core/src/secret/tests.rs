//! What secrets promise.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_made_code_is_read_back_however_it_is_grouped(random: u64, long: bool) {
        let digits = if long { 8 } else { 6 };
        let code = OneTimeCode::from_random(random, digits).unwrap();
        let (left, right) = code.expose().split_at(usize::from(digits) / 2);
        for typed in [format!("{left}{right}"), format!(" {left} {right} "), format!("{left}-{right}")] {
            prop_assert!(OneTimeCode::parse(&typed, digits).is_ok_and(|read| read.expose() == code.expose()));
        }
        prop_assert!(OneTimeCode::parse(code.expose(), 14 - digits).is_err());
    }

    #[test]
    fn a_digest_survives_json_and_differs_by_any_bit(bytes: [u8; 32], byte in 0_usize..32, bit in 0_u8..8) {
        let digest = CodeDigest::new(bytes);
        let json = serde_json::to_string(&digest).unwrap();
        prop_assert_eq!(json.len(), 66);
        prop_assert_eq!(serde_json::from_str::<CodeDigest>(&json).unwrap(), digest);
        let mut other = bytes;
        other[byte] ^= 1 << bit;
        prop_assert_ne!(CodeDigest::new(other), digest);
    }

    #[test]
    fn a_password_is_normalised_exactly_once(typed: String) {
        if let Ok(password) = NewPassword::parse(&typed) {
            prop_assert_eq!(password.changed(), password.expose() != typed);
            let again = NewPassword::parse(password.expose());
            prop_assert!(again.is_ok_and(|again| !again.changed() && again.expose() == password.expose()));
        }
    }

    #[test]
    fn the_normal_form_of_an_answer_is_its_own(typed in "\\PC{0,50}") {
        if let Ok(answer) = SecurityAnswer::parse(&typed) {
            let again = SecurityAnswer::parse(answer.expose());
            prop_assert!(again.is_ok_and(|again| again.expose() == answer.expose()));
        }
    }
}

#[test]
fn what_is_no_code_is_refused() {
    let problem = |typed: &str| OneTimeCode::parse(typed, 6).err();
    for empty in ["", " ", "---"] {
        assert_eq!(problem(empty), Some(CodeProblem::Empty), "{empty:?}");
    }
    for odd in ["1e5", "１２３４５６", "12345\u{0}", "٠١٢٣٤٥", "+12345", "[]", "{}", "null", "123456\n"] {
        assert_eq!(problem(odd), Some(CodeProblem::NotDigits), "{odd:?}");
    }
    for wrong in ["0", "12345", "1234567", &"1".repeat(10_000)] {
        assert_eq!(problem(wrong), Some(CodeProblem::WrongLength));
    }
    assert_eq!(problem("000000"), None);
    assert_eq!(OneTimeCode::parse("", 0).err(), Some(CodeProblem::Empty));
    assert_eq!(OneTimeCode::parse("1234567", 7).err(), Some(CodeProblem::WrongLength));
    assert!(OneTimeCode::from_random(1, 7).is_none());
}

#[test]
fn a_digest_of_another_length_is_refused() {
    for text in ["", "00", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64), &"é".repeat(32)] {
        let json = serde_json::to_string(text).unwrap();
        assert!(serde_json::from_str::<CodeDigest>(&json).is_err(), "{text}");
    }
    assert_eq!(format!("{:?}", CodeDigest::new([7; 32])), "CodeDigest(…)");
}

#[test]
fn unseen_signs_in_a_password_are_refused_with_their_place() {
    for (typed, kind, position) in [
        ("abc\0", SignKind::Control, 4),
        ("\tabc", SignKind::Control, 1),
        ("ab\r\n", SignKind::Control, 3),
        ("ä\u{202E}bc", SignKind::BidiControl, 2),
        ("😀\u{200B}", SignKind::Invisible, 2),
        ("a\u{FEFF}", SignKind::Invisible, 2),
        ("a\u{600}", SignKind::Format, 2),
        ("a\u{FFFE}", SignKind::Unassigned, 2),
        ("a\u{378}", SignKind::Unassigned, 2),
    ] {
        assert_eq!(NewPassword::parse(typed).err(), Some(PasswordSign { kind, position }), "{typed:?}");
    }
}

#[test]
fn a_password_is_kept_as_typed_up_to_nfc() {
    for (typed, kept, changed) in [
        ("correct horse", "correct horse", false),
        ("e\u{301}te\u{301}", "\u{e9}t\u{e9}", true),
        ("\u{FB01}sch", "\u{FB01}sch", false),
        ("a\u{A0}b", "a\u{A0}b", false),
        ("\u{212B}", "\u{c5}", true),
    ] {
        let password = NewPassword::parse(typed).unwrap_or_else(|sign| panic!("{sign}"));
        assert_eq!((password.expose(), password.changed()), (kept, changed));
    }
}

#[test]
fn blanks_at_the_edges_stay_and_are_noticed() {
    for (typed, edge) in [(" ab", true), ("ab ", true), ("ab\u{A0}", true), ("a b", false), ("", false)] {
        let password = NewPassword::parse(typed).unwrap_or_else(|sign| panic!("{sign}"));
        assert_eq!((password.expose(), password.has_edge_blank()), (typed, edge));
        assert_eq!(password.count(), typed.chars().count());
    }
}

#[test]
fn answers_that_mean_the_same_are_the_same() {
    for typed in ["Saint Étienne", "  saint\u{A0}\tÉTIENNE ", "saint e\u{301}tienne", "ＳＡＩＮＴ étienne"] {
        assert!(SecurityAnswer::parse(typed).is_ok_and(|answer| answer.expose() == "saint \u{e9}tienne"), "{typed}");
    }
    let problem = |typed: &str| SecurityAnswer::parse(typed).err();
    assert_eq!(problem(" a  "), Some(AnswerProblem::TooShort));
    assert_eq!(problem("ab"), Some(AnswerProblem::TooShort));
    assert_eq!(problem("abc"), None);
    assert_eq!(problem(&"a".repeat(40)), None);
    assert_eq!(problem(&"a".repeat(41)), Some(AnswerProblem::TooLong));
    assert_eq!(problem(&"a".repeat(5000)), Some(AnswerProblem::TooLong));
}
