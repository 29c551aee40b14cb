//! A phone number that was read has 4 to 15 digits, was typed, prints only its mask, and is read again as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use readmit_core::text::PhoneNumber;

fuzz_target!(|text: &str| {
    let Ok(parsed) = PhoneNumber::parse(text) else {
        return;
    };
    let digits = parsed.number.digits();
    assert!((4..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()), "{digits}");
    let mut typed = text.chars();
    assert!(digits.chars().all(|digit| typed.any(|sign| sign == digit)), "{digits} is not what was typed");
    assert!(!format!("{:?}", parsed.number).contains(digits), "{digits} was printed");
    for form in [parsed.number.e164(), parsed.number.spaced()] {
        assert_eq!(PhoneNumber::parse(&form).expect("our own form can be read").number, parsed.number);
    }
});
