//! Contacts on file that cannot be used as they stand: where, what is wrong, and how they should look.

use readmit_core::decision::Facts;
use readmit_core::registration::Contact;
use readmit_core::registration::Registration;
use readmit_core::registration::Source;
use serde::Serialize;

/// The form that numbers have.
const NUMBER_FORM: &str = "+, country code, a blank and the number, as in +1 4251234567";
/// The form that addresses have.
const ADDRESS_FORM: &str = "one mail address, as in name@company.example";

/// A contact that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Malformed {
    /// The method that would use it.
    pub(super) method: &'static str,
    /// The attribute of the directory, or `registered`.
    pub(super) attribute: &'static str,
    /// As it stands on file.
    pub(super) value: String,
    /// What is wrong with it.
    pub(super) problem: String,
    /// The form that was probably meant, where it can be told; else how such contacts look.
    pub(super) should_be: String,
}

/// Where a contact stands on file.
pub(super) fn attribute(registration: &Registration) -> &'static str {
    match registration.source {
        Source::Registered => "registered",
        Source::Directory(attribute) => attribute,
    }
}

/// Every malformed contact of an account; one value that two methods use counts once.
pub(super) fn malformed(facts: &Facts) -> Vec<Malformed> {
    let mut found: Vec<Malformed> = Vec::new();
    for one in facts.registrations.iter().filter_map(judge) {
        if found.iter().all(|known| (known.attribute, &known.value) != (one.attribute, &one.value)) {
            found.push(one);
        }
    }
    found
}

fn judge(registration: &Registration) -> Option<Malformed> {
    let (value, problem, should_be) = match &registration.contact {
        Contact::MalformedPhone { raw, problem } => {
            (raw, problem.to_string(), problem.suggestion().unwrap_or(NUMBER_FORM))
        }
        Contact::MalformedMailbox(raw) => (raw, "is no mail address".to_owned(), ADDRESS_FORM),
        Contact::Mailbox(_) | Contact::Phone { .. } | Contact::App | Contact::Questions(_) => {
            return None;
        }
    };
    Some(Malformed {
        method: registration.method.name(),
        attribute: attribute(registration),
        value: value.clone(),
        problem,
        should_be: should_be.to_owned(),
    })
}
