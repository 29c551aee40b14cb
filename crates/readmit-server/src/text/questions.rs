//! The security questions by number: an account keeps numbers, the words are the page's language.

use super::Lang;
use super::Text;
use super::t;
use super::tv;

/// The set to choose from, question 1 first.
pub const TOPICS: [Text; 35] = [
    Text::Topic01,
    Text::Topic02,
    Text::Topic03,
    Text::Topic04,
    Text::Topic05,
    Text::Topic06,
    Text::Topic07,
    Text::Topic08,
    Text::Topic09,
    Text::Topic10,
    Text::Topic11,
    Text::Topic12,
    Text::Topic13,
    Text::Topic14,
    Text::Topic15,
    Text::Topic16,
    Text::Topic17,
    Text::Topic18,
    Text::Topic19,
    Text::Topic20,
    Text::Topic21,
    Text::Topic22,
    Text::Topic23,
    Text::Topic24,
    Text::Topic25,
    Text::Topic26,
    Text::Topic27,
    Text::Topic28,
    Text::Topic29,
    Text::Topic30,
    Text::Topic31,
    Text::Topic32,
    Text::Topic33,
    Text::Topic34,
    Text::Topic35,
];

/// The words of a question; a number outside the set is one of the organization's own.
#[must_use]
pub fn question(lang: Lang, number: u32) -> String {
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    match place.and_then(|place| TOPICS.get(place)) {
        Some(topic) => t(lang, *topic).to_owned(),
        None => tv(lang, Text::TopicUnknown, &[("number", number.into())]),
    }
}
