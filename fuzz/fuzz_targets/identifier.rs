//! A user ID that was read is read the same again, from what was typed and from its canonical form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use readmit_core::text::EmailAddress;
use readmit_core::text::Upn;

fuzz_target!(|text: &str| {
    if let Ok(upn) = Upn::parse(text) {
        let again = Upn::parse(upn.as_str()).expect("what is shown can be typed");
        assert_eq!(upn.identifier(), again.identifier());
    }
    if let Ok(new) = Upn::parse_new(text) {
        let typed = Upn::parse(text).expect("a name that can be given can be typed");
        assert_eq!(new.identifier(), typed.identifier());
    }
    drop(EmailAddress::parse(text));
});
