//! Which methods count, alone and together.

use crate::decision::Spoil;
use crate::decision::decided;
use crate::decision::fails;
use crate::decision::passes;
use crate::fixture;
use crate::fixture::edit_policy;
use crate::fixture::facts_with;
use crate::fixture::keep;
use readmit_core::cause::Cause;
use readmit_core::code::SsprCode;
use readmit_core::decision::CheckId;
use readmit_core::decision::Facts;
use readmit_core::decision::decide;
use readmit_core::methods;
use readmit_core::preset::Preset;
use readmit_core::registration::Contact;
use readmit_core::registration::LIFETIME_FAILURES;
use readmit_core::registration::Method;
use readmit_core::text::PhoneNumber;

fn malform(facts: &mut Facts, method: Method, raw: &str) {
    let contact = match PhoneNumber::parse(raw) {
        Ok(_) => Contact::MalformedMailbox(raw.to_owned()),
        Err(problem) => Contact::MalformedPhone { raw: raw.to_owned(), problem },
    };
    fixture::change_contact(facts, method, &contact);
}

#[test]
fn too_few_methods_are_told_apart_by_cause() {
    let table: [(Cause, Spoil); 9] = [
        (Cause::MethodsMissing, |facts| facts.registrations.clear()),
        (Cause::TooFewMethods, |facts| keep(facts, &[Method::Email])),
        (Cause::SameTrustRoot, |facts| keep(facts, &[Method::Sms, Method::VoiceMobile])),
        (Cause::ContactMalformed, |facts| {
            keep(facts, &[Method::Email, Method::Sms]);
            malform(facts, Method::Sms, "07700 900123");
        }),
        (Cause::ContactMalformed, |facts| {
            keep(facts, &[Method::Email, Method::Sms]);
            malform(facts, Method::Email, "ada at home");
        }),
        (Cause::MethodNotAllowed, |facts| {
            keep(facts, &[Method::Email]);
            edit_policy(facts, |policy| policy.values.methods = vec![Method::AppCode]);
        }),
        (Cause::RegistrationWornOut, |facts| {
            keep(facts, &[Method::Email, Method::AppCode]);
            facts.registrations.iter_mut().for_each(|one| one.failures = LIFETIME_FAILURES);
        }),
        (Cause::TooFewMethods, |facts| {
            let mut second = fixture::registration(Method::Email);
            second.id = fixture::id(Method::AppCode);
            second.contact = fixture::mailbox("ada@work.example");
            facts.registrations = vec![fixture::registration(Method::Email), second];
        }),
        (Cause::TooFewMethods, |facts| {
            keep(facts, &[Method::Questions]);
            edit_policy(facts, |policy| policy.values.methods = Method::ALL.to_vec());
        }),
    ];
    for (cause, spoil) in table {
        fails(CheckId::E7, Some(SsprCode::UserNotProperlyConfigured), cause, spoil);
    }
}

#[test]
fn what_is_almost_worn_out_still_counts() {
    passes("99 failures", |facts| facts.registrations.iter_mut().for_each(|one| one.failures = LIFETIME_FAILURES - 1));
}

#[test]
fn mobile_and_office_with_different_numbers_are_two_gates() {
    passes("two numbers", |facts| keep(facts, &[Method::Sms, Method::VoiceOffice]));
    let same = decided(|facts| {
        keep(facts, &[Method::Sms, Method::VoiceOffice]);
        fixture::change_contact(facts, Method::VoiceOffice, &fixture::phone("+44 07700 900123"));
    });
    assert_eq!(same.first_failure(), Some((CheckId::E7, Cause::SameTrustRoot)), "one line, spelled in two ways");
}

#[test]
fn questions_stand_alone_only_in_the_preset_of_the_reference() {
    let only_questions = |preset, required| {
        decided(|facts| {
            keep(facts, &[Method::Questions]);
            edit_policy(facts, |policy| {
                policy.preset = preset;
                policy.values.methods = Method::ALL.to_vec();
                policy.values.required = required;
            });
        })
    };
    assert!(only_questions(Preset::Entra, 1).able());
    assert!(!only_questions(Preset::Entra, 2).able());
    assert!(!only_questions(Preset::Recommended, 1).able());
    assert!(!only_questions(Preset::Strict, 1).able());
    let with_mail = decided(|facts| {
        keep(facts, &[Method::Questions, Method::Email]);
        edit_policy(facts, |policy| policy.values.methods = Method::ALL.to_vec());
    });
    assert!(with_mail.able(), "as the second gate they count");
}

#[test]
fn too_few_answered_questions_are_no_gate() {
    let decision = decided(|facts| {
        keep(facts, &[Method::Questions, Method::Email]);
        fixture::change_contact(facts, Method::Questions, &Contact::Questions(2));
        edit_policy(facts, |policy| policy.values.methods = Method::ALL.to_vec());
    });
    assert_eq!(decision.code(), Some(SsprCode::UserNotProperlyConfigured));
}

#[test]
fn an_extension_and_a_malformed_contact_are_worth_knowing_where_enough_is_left() {
    let decision = decided(|facts| {
        fixture::change_contact(facts, Method::VoiceOffice, &fixture::phone("+44 2079460123 x5"));
        malform(facts, Method::Sms, "0770 900 123");
    });
    let causes: Vec<Cause> = decision.findings.iter().map(|finding| finding.cause).collect();
    assert!(decision.able());
    assert_eq!(causes, [Cause::ContactMalformed, Cause::MethodNotAllowed, Cause::PhoneExtensionStripped]);
}

#[test]
fn no_first_gate_is_offered_that_no_second_could_follow() {
    let facts = facts_with(|facts| {
        let mut other = fixture::registration(Method::VoiceMobile);
        other.id = fixture::id(Method::VoiceOffice);
        other.contact = fixture::phone("+44 7700900456");
        facts.registrations =
            vec![fixture::registration(Method::Sms), fixture::registration(Method::VoiceMobile), other];
    });
    let decision = decide(&facts, fixture::start());
    let offered: Vec<_> = methods::offered(&facts, &decision.methods, &[]).iter().map(|one| one.registration).collect();
    assert_eq!(offered, [fixture::id(Method::Sms), fixture::id(Method::VoiceOffice)]);
}
