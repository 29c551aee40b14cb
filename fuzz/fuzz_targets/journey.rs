//! A stored journey that was read is written in a form that is read as the same journey.
#![no_main]

use libfuzzer_sys::fuzz_target;
use readmit_core::journey::Journey;

fuzz_target!(|text: &str| {
    let Ok(journey) = Journey::from_json(text) else {
        return;
    };
    let written = journey.to_json().expect("a journey can be written");
    let again = Journey::from_json(&written).expect("what was written can be read");
    assert_eq!(again.to_json().expect("a journey can be written"), written);
});
