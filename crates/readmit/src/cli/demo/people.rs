//! The invented people of the demo: who they are, what they can prove with, and what happens to them.
//!
//! Numbers are from ranges that are given to nobody: +44 7700 900xxx, +44 20 7946 0xxx, +1 425 555 01xx.

use readmit_core::registration::Method;

/// What every account with a password here signs in with at first.
pub(super) const PASSWORD: &str = "marmalade-lantern-42";

/// An organization of the demo.
pub(super) struct Organization {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    pub(super) rule: Rule,
}

/// What an organization decided.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Members of a group, two gates, every method; licences are asked for; writeback is on.
    Selected,
    /// Nobody.
    Nobody,
    /// No policy at all.
    Undecided,
    /// Everybody whose password is kept here: writeback is off.
    CloudOnly,
}

pub(super) static ORGANIZATIONS: [Organization; 4] = [
    Organization { name: "Larkfield Hospital", domain: "larkfield.example", rule: Rule::Selected },
    Organization { name: "Marlow Books", domain: "marlow.example", rule: Rule::Nobody },
    Organization { name: "Norbury Council", domain: "norbury.example", rule: Rule::Undecided },
    Organization { name: "Oakham Foundry", domain: "oakham.example", rule: Rule::CloudOnly },
];

/// A method with its address, number, seed (Base32) or answers.
#[derive(Clone, Copy)]
pub(super) enum Means {
    Contact(Method, &'static str),
    App(&'static str),
    /// Numbers of questions with the answers.
    Answers(&'static [(u32, &'static str)]),
}

impl Means {
    pub(super) fn method(&self) -> Method {
        match self {
            Self::Contact(method, _) => *method,
            Self::App(_) => Method::AppCode,
            Self::Answers(_) => Method::Questions,
        }
    }
}

/// What sets somebody apart from a member of Larkfield's enabled group with a licence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    Nothing,
    /// In the enabled group only through another one.
    Nested,
    Administrator,
    Unlicensed,
    OutOfScope,
    /// This stands as mobile phone in the directory.
    Mobile(&'static str),
    Throttled,
    OnPremises,
    Disabled,
}

/// Somebody, with what a visitor who tries the account will see.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) local: &'static str,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    /// Index into [`ORGANIZATIONS`].
    pub(super) organization: usize,
    pub(super) means: &'static [Means],
    pub(super) apart: Apart,
    pub(super) expect: &'static str,
    pub(super) code: Option<u16>,
    pub(super) cause: Option<&'static str>,
}

impl Person {
    pub(super) fn organization(&self) -> &'static Organization {
        ORGANIZATIONS.get(self.organization).unwrap_or(&ORGANIZATIONS[0])
    }

    pub(super) fn upn(&self) -> String {
        format!("{}@{}", self.local, self.organization().domain)
    }
}

const fn works(local: &'static str, first: &'static str, last: &'static str, means: &'static [Means]) -> Person {
    Person {
        local,
        first,
        last,
        organization: 0,
        means,
        apart: Apart::Nothing,
        expect: "reset",
        code: None,
        cause: None,
    }
}

const fn refused(person: Person, organization: usize, apart: Apart, code: u16, cause: &'static str) -> Person {
    Person { organization, apart, expect: "refused", code: Some(code), cause: Some(cause), ..person }
}

const fn email(address: &'static str) -> Means {
    Means::Contact(Method::Email, address)
}

const MOBILE: Method = Method::VoiceMobile;
const OFFICE: Method = Method::VoiceOffice;

pub(super) static PEOPLE: [Person; 19] = [
    works(
        "alice.archer",
        "Alice",
        "Archer",
        &[email("alice.archer@private.example"), Means::App("KJ4HQ2TBNV3XG5LSMZ6WO7DYPA2RC4EI")],
    ),
    works(
        "ben.osei",
        "Ben",
        "Osei",
        &[Means::Contact(Method::Sms, "+44 7700 900101"), email("ben.osei@private.example")],
    ),
    works(
        "chloe.lindqvist",
        "Chloe",
        "Lindqvist",
        &[Means::Contact(MOBILE, "+44 7700 900102"), email("chloe.lindqvist@private.example")],
    ),
    works(
        "dev.patel",
        "Dev",
        "Patel",
        &[Means::Contact(OFFICE, "+44 20 7946 0103"), Means::App("N5QWY3DPEB3W64TMMQQHI2DFEBRW6ZDF")],
    ),
    works(
        "erin.walsh",
        "Erin",
        "Walsh",
        &[
            email("erin.walsh@private.example"),
            Means::Answers(&[(3, "Copper"), (8, "Lighthouse"), (14, "Penelope"), (21, "Marzipan"), (30, "Accordion")]),
        ],
    ),
    works(
        "fay.novak",
        "Fay",
        "Novak",
        &[
            Means::App("OZSXE6JAON2HE33OM4QHGZLDOJSXIIDT"),
            Means::Contact(Method::Sms, "+1 425 555 0104"),
            Means::Contact(MOBILE, "+1 425 555 0104"),
            Means::Contact(OFFICE, "+1 425 555 0105"),
            email("fay.novak@private.example"),
        ],
    ),
    Person {
        apart: Apart::Nested,
        ..works(
            "gus.moreau",
            "Gus",
            "Moreau",
            &[email("gus.moreau@private.example"), Means::App("MRSW23ZAONSWK3DFMQQGM33SEBTXK4ZB")],
        )
    },
    Person {
        apart: Apart::Administrator,
        ..works(
            "hana.sato",
            "Hana",
            "Sato",
            &[Means::Contact(Method::Sms, "+44 7700 900106"), Means::App("MFZW2ZLTONQWOZJAMZXXEIDIMFXGCII3")],
        )
    },
    refused(works("ivan.petrov", "Ivan", "Petrov", &TWO_WAYS), 0, Apart::Unlicensed, 12, "user-not-licensed"),
    refused(works("jada.brooks", "Jada", "Brooks", &TWO_WAYS), 0, Apart::OutOfScope, 13, "not-in-enabled-group"),
    refused(works("kim.larsen", "Kim", "Larsen", &[]), 0, Apart::Nothing, 14, "methods-missing"),
    refused(
        works("leo.fischer", "Leo", "Fischer", &[email("leo.fischer@private.example")]),
        0,
        Apart::Nothing,
        14,
        "too-few-methods",
    ),
    refused(
        works("mia.costa", "Mia", "Costa", &[email("mia.costa@private.example")]),
        0,
        Apart::Mobile("07700 900107"),
        14,
        "contact-malformed",
    ),
    Person {
        expect: "throttled",
        ..refused(works("noor.haddad", "Noor", "Haddad", &TWO_WAYS), 0, Apart::Throttled, 101, "throttled-account")
    },
    refused(works("omar.diallo", "Omar", "Diallo", &TWO_WAYS), 0, Apart::OnPremises, 30, "no-agent-enrolled"),
    Person {
        expect: "could_not_verify",
        code: None,
        ..refused(works("pia.keller", "Pia", "Keller", &TWO_WAYS), 0, Apart::Disabled, 0, "account-disabled")
    },
    refused(works("quinn.marsh", "Quinn", "Marsh", &TWO_WAYS), 1, Apart::Nothing, 9, "sspr-disabled-for-tenant"),
    refused(works("ravi.menon", "Ravi", "Menon", &TWO_WAYS), 2, Apart::Nothing, 11, "no-reset-policy"),
    refused(works("sara.holm", "Sara", "Holm", &TWO_WAYS), 3, Apart::OnPremises, 10, "writeback-disabled"),
];

static TWO_WAYS: [Means; 2] = [email("spare@private.example"), Means::App("PFXXKIDDN5XGO4TBOR2WYYLUNFXW443T")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_160_bits_of_base32() {
        for person in &PEOPLE {
            for means in person.means {
                let Means::App(seed) = means else { continue };
                let fits = seed.len() == 32 && seed.chars().all(|sign| matches!(sign, 'A'..='Z' | '2'..='7'));
                assert!(fits, "{}: {seed}", person.local);
            }
        }
    }

    #[test]
    fn somebody_succeeds_with_each_method() {
        for method in Method::ALL {
            let has = |person: &&Person| person.means.iter().any(|means| means.method() == method);
            assert!(PEOPLE.iter().filter(has).any(|person| person.expect == "reset"), "{method:?}");
        }
    }
}
