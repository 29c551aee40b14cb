//! Numbers, as people and directories write them.

use super::*;
use proptest::prelude::*;

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap().number
}

proptest! {
    #[test]
    fn both_printed_forms_are_read_back(digits in "[1-9][0-9]{3,14}") {
        if let Ok(parsed) = PhoneNumber::parse(&format!("+{digits}")) {
            let number = parsed.number;
            prop_assert_eq!(number.digits(), &digits);
            prop_assert_eq!(&PhoneNumber::parse(&number.spaced()).unwrap().number, &number);
            prop_assert_eq!(&PhoneNumber::parse(&number.e164()).unwrap().number, &number);
            prop_assert!(number.matches_typed(&number.spaced()));
            let dialled = format!("00{digits}");
            prop_assert!(number.matches_typed(&dialled));
        }
    }

    #[test]
    fn reading_anything_never_panics(text: String) {
        let _ = PhoneNumber::parse(&text);
        prop_assert!(!number("+1 4251234567").matches_typed(&text));
    }
}

#[test]
fn numbers_are_read_with_or_without_the_space() {
    for text in
        ["+1 4251234567", "+14251234567", " +1 (425) 123-4567 ", "+1.425.123.4567", "+1\u{A0}425\u{2011}1234567"]
    {
        assert_eq!(number(text).digits(), "14251234567", "{text:?}");
    }
    let it = number("+39 0612345678");
    assert_eq!((it.country_code(), it.national()), ("39", "0612345678"));
    assert_eq!(it.spaced(), "+39 0612345678");
}

#[test]
fn extensions_are_taken_off_and_reported() {
    for text in [
        "+1 4251234567x123",
        "+1 4251234567 X 123",
        "+1 4251234567 ext. 123",
        "+1 4251234567, Ext 123",
        "+1-425-123-4567;ext=123",
        "+1 4251234567#123",
        "+1 4251234567 extension 123",
    ] {
        let parsed = PhoneNumber::parse(text).unwrap();
        assert_eq!(parsed.number.digits(), "14251234567", "{text}");
        assert_eq!(parsed.extension_stripped.as_deref(), Some("123"), "{text}");
    }
    assert_eq!(PhoneNumber::parse("+1 4251234567").unwrap().extension_stripped, None);
}

#[test]
fn malformed_numbers_are_refused_with_the_form_that_was_meant() {
    let problem = |text: &str| PhoneNumber::parse(text).unwrap_err();
    let meant = |text: &str| problem(text).suggestion().map(str::to_owned);
    assert_eq!(meant("0049 30 123456").as_deref(), Some("+49 30123456"));
    assert_eq!(meant("+49 (0)30 123456").as_deref(), Some("+49 30123456"));
    assert_eq!(meant("0049 ( 0 ) 30-123456").as_deref(), Some("+49 30123456"));
    assert_eq!(problem("030 123456"), PhoneProblem::NoPlus { suggestion: None });
    assert_eq!(problem("425 1234567"), PhoneProblem::NoPlus { suggestion: None });
    assert_eq!(problem("+1 425-CALL-NOW"), PhoneProblem::Letters);
    assert_eq!(problem("tel:+14251234567"), PhoneProblem::Letters);
    assert_eq!(problem("+999 1234567"), PhoneProblem::UnknownCountryCode);
    assert_eq!(problem("+0049 301234"), PhoneProblem::UnknownCountryCode);
    assert_eq!(problem("+1 23"), PhoneProblem::TooShort);
    assert_eq!(problem("+1 234567890123456"), PhoneProblem::TooLong);
    assert_eq!(problem("++14251234567"), PhoneProblem::Sign('+'));
    assert_eq!(problem("+1 4251234567\n2"), PhoneProblem::Sign('\n'));
    assert_eq!(problem("+1 4251234567,+1 4257654321"), PhoneProblem::Sign(','));
    assert_eq!(problem("+1 ４２５1234567"), PhoneProblem::Sign('４'));
    assert_eq!(problem(""), PhoneProblem::Empty);
    assert_eq!(problem("+"), PhoneProblem::Empty);
    assert_eq!(problem(&"1".repeat(129)), PhoneProblem::TooLongText);
    assert!(PhoneNumber::parse("+1 234").is_ok());
    assert!(PhoneNumber::parse("+1 23456789012345").is_ok());
}

#[test]
fn odd_numbers_only_warn() {
    let warnings = |text: &str| PhoneNumber::parse(text).unwrap().warnings;
    assert_eq!(warnings("+49 030123456"), [PhoneWarning::TrunkZero]);
    assert_eq!(warnings("+1 234"), [PhoneWarning::FewDigits]);
    assert_eq!(warnings("+39 0612345678"), []);
    assert_eq!(number("+49 030123456").digits(), "49030123456");
}

#[test]
fn the_full_number_is_recognised_however_it_is_punctuated() {
    let mine = number("+49 1511234567");
    for typed in [
        "+49 1511234567",
        "+491511234567",
        "0049 151 1234567",
        "49 151 1234567",
        "+49-151-123.45.67",
        "+49 (151) 1234567",
        "＋４９１５１１２３４５６７",
        " +49\t151/1234567 ",
        "\u{202A}+49 1511234567\u{202C}",
    ] {
        assert!(mine.matches_typed(typed), "{typed:?}");
    }
    for typed in [
        "",
        "+",
        "1511234567",
        "01511234567",
        "+49 (0)151 1234567",
        "+49 01511234567",
        "+49 151123456",
        "+49 15112345678",
        "+1 1511234567",
        "+49 151 123456x7",
        "+49 15112345O7",
        "+0049 1511234567",
        "++491511234567",
        "67",
    ] {
        assert!(!mine.matches_typed(typed), "{typed:?}");
    }
}

#[test]
fn a_trunk_zero_does_not_make_a_second_line() {
    assert!(number("+49 030123456").same_destination(&number("+49 30123456")));
    assert!(!number("+39 0612345678").same_destination(&number("+39 612345678")));
    assert!(!number("+49 30123456").same_destination(&number("+49 30123457")));
}

#[test]
fn debug_shows_only_the_mask() {
    assert_eq!(format!("{:?}", number("+49 1511234567")), "PhoneNumber(••••••67)");
}
