//! Commands about what an account can prove with.

use readmit_core::cause::Cause;
use readmit_core::decision::Facts;
use readmit_core::methods;
use readmit_core::methods::ADMINISTRATOR_METHODS;
use readmit_core::registration::Contact;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::registration::Source;

use super::About;
use super::word;
use crate::diagnose::contacts;

/// The order in which a method is proposed: what is easily registered first.
const EASY: [Method; 6] =
    [Method::Email, Method::AppCode, Method::Sms, Method::VoiceMobile, Method::VoiceOffice, Method::Questions];

/// A method that is allowed, not on file, and rests on something else than the usable ones.
pub(super) fn add_method(about: &About<'_>) -> String {
    let Some(facts) = about.facts else {
        return add(about, Method::Email);
    };
    let allowed = allowed(facts);
    let assessed = methods::assess(facts, &[]);
    let is_new = |method: &Method| {
        allowed.contains(method)
            && facts.registrations.iter().all(|one| one.method != *method || one.source != Source::Registered)
            && assessed.iter().all(|one| !one.fit() || one.method.family() != method.family())
    };
    match EASY.into_iter().find(is_new) {
        Some(method) => add(about, method),
        None => about.policy("set methods.required=1"),
    }
}

/// The malformed contact in the form that was probably meant.
pub(super) fn mend_contact(about: &About<'_>) -> String {
    let Some((facts, one)) =
        first(about, |one| matches!(one.contact, Contact::MalformedPhone { .. } | Contact::MalformedMailbox(_)))
    else {
        return about.user("method list", "");
    };
    let meant = match &one.contact {
        Contact::MalformedPhone { problem, .. } => problem.suggestion().map(str::to_owned),
        Contact::MalformedMailbox(_)
        | Contact::Mailbox(_)
        | Contact::Phone { .. }
        | Contact::App
        | Contact::Questions(_) => None,
    };
    change(about, facts, one, meant.as_deref())
}

/// The number without its extension.
pub(super) fn drop_extension(about: &About<'_>) -> String {
    let found = first(about, |one| matches!(one.contact, Contact::Phone { extension: Some(_), .. }));
    match found {
        Some((facts, one)) => {
            let number = match &one.contact {
                Contact::Phone { number, .. } => Some(number.spaced()),
                Contact::MalformedPhone { .. }
                | Contact::MalformedMailbox(_)
                | Contact::Mailbox(_)
                | Contact::App
                | Contact::Questions(_) => None,
            };
            change(about, facts, one, number.as_deref())
        }
        None => about.user("method list", ""),
    }
}

/// The methods that are allowed, and those on file; administrators have a fixed policy.
pub(super) fn allow_methods(about: &About<'_>) -> String {
    let Some(facts) = about.facts.filter(|facts| !facts.account.is_administrator()) else {
        return about.user("method list", "");
    };
    let (allowed, on_file) =
        (allowed(facts), |method: &Method| facts.registrations.iter().any(|one| one.method == *method));
    let wanted = Method::ALL.into_iter().filter(|method| allowed.contains(method) || on_file(method));
    about.policy(&format!("set methods.allowed={}", wanted.map(Method::name).collect::<Vec<_>>().join(",")))
}

/// The worn-out method anew.
pub(super) fn renew_worn_out(about: &About<'_>) -> String {
    let worn = |facts: &Facts| {
        let all = methods::assess(facts, &[]);
        all.iter().find(|one| one.reason == Some(Cause::RegistrationWornOut)).map(|one| one.registration)
    };
    let found = about.facts.and_then(|facts| facts.registration(worn(facts)?));
    found.map_or_else(|| about.user("method list", ""), |one| replace(about, one, None))
}

/// The private mailbox anew.
pub(super) fn renew_mailbox(about: &About<'_>) -> String {
    match first(about, |one| one.method == Method::Email) {
        Some((facts, one)) => change(about, facts, one, None),
        None => add(about, Method::Email),
    }
}

fn allowed(facts: &Facts) -> Vec<Method> {
    if facts.account.is_administrator() { ADMINISTRATOR_METHODS.to_vec() } else { facts.values().methods.clone() }
}

fn first<'a>(about: &About<'a>, wanted: impl Fn(&Registration) -> bool) -> Option<(&'a Facts, &'a Registration)> {
    let facts = about.facts?;
    facts.registrations.iter().find(|one| wanted(one)).map(|one| (facts, one))
}

fn add(about: &About<'_>, method: Method) -> String {
    about.user("method add", &format!("{} {}", method.name(), value(method, None)))
}

/// How the value of a method is given; capitals are to be filled in.
fn value(method: Method, known: Option<&str>) -> String {
    match (method, known) {
        (Method::AppCode | Method::Questions, _) => "--secret-stdin".to_owned(),
        (_, Some(known)) => format!("--value {}", word(known)),
        (Method::Email, None) => "--value ADDRESS".to_owned(),
        (Method::Sms | Method::VoiceMobile | Method::VoiceOffice, None) => "--value NUMBER".to_owned(),
    }
}

fn replace(about: &About<'_>, one: &Registration, known: Option<&str>) -> String {
    let method = one.method.name();
    let add = about.user("method add", &format!("{method} {}", value(one.method, known)));
    match one.source {
        Source::Registered => format!("{} && {add}", about.user("method remove", method)),
        Source::Directory(_) => add,
    }
}

/// Another value where the contact stands: the attribute with its other values, or the registration.
fn change(about: &About<'_>, facts: &Facts, one: &Registration, known: Option<&str>) -> String {
    let (option, others): (&str, &[String]) = match contacts::attribute(one) {
        "mobilePhone" => ("--mobile-phone", &[]),
        "businessPhones" => ("--business-phone", facts.account.business_phones.get(1..).unwrap_or_default()),
        "otherMails" => ("--other-mail", facts.account.other_mails.get(1..).unwrap_or_default()),
        _ => return replace(about, one, known),
    };
    let blank = if one.method == Method::Email { "ADDRESS" } else { "NUMBER" };
    let mut rest = format!("{option} {}", known.map_or_else(|| blank.to_owned(), word));
    for other in others {
        rest.push_str(&format!(" {option} {}", word(other)));
    }
    about.user("set", &rest)
}
