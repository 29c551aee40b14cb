//! One decision, and one step of a journey, about an account in 200 of a tenant's 10,000 groups.

use criterion::BatchSize;
use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use readmit_core::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::challenge::FreshCode;
use readmit_core::decision::Directory;
use readmit_core::decision::Facts;
use readmit_core::decision::decide;
use readmit_core::group::GroupGraph;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::JourneyId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::journey;
use readmit_core::journey::Answer;
use readmit_core::journey::Asked;
use readmit_core::journey::Guess;
use readmit_core::journey::Input;
use readmit_core::journey::Journey;
use readmit_core::journey::Subject;
use readmit_core::licence::HeldLicence;
use readmit_core::licence::LicenceSource;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::order::Aim;
use readmit_core::policy::Enabled;
use readmit_core::policy::Policy;
use readmit_core::preset::Preset;
use readmit_core::registration::Contact;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::registration::Source;
use readmit_core::secret::CodeDigest;
use readmit_core::secret::OneTimeCode;
use readmit_core::text::EmailAddress;
use readmit_core::text::PhoneNumber;
use readmit_core::text::Upn;
use readmit_core::throttle::Attempts;
use std::hint::black_box;
use std::sync::Arc;

/// Groups 0 to 7,999 hold accounts; each is in one of 8,000 to 8,999, and these in one of 9,000 to 9,499, some of which
/// are in one of those again.
const GROUPS: u64 = 10_000;
const DIRECT: u64 = 200;

/// Ids as they are in life: the time of their making, then chance.
fn group(number: u64) -> GroupId {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
    let mut random = [0; 10];
    random.iter_mut().zip(mixed).for_each(|(to, from)| *to = from);
    GroupId::new(at(i64::try_from(number).unwrap_or(0)), random)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap_or(Timestamp::MAX)
}

fn graph() -> GroupGraph {
    let groups = (0..GROUPS).map(|number| (group(number), format!("Group {number}"))).collect();
    let first = (0..8_000).map(|number| (group(number), group(8_000 + number % 1_000)));
    let second = (8_000..9_000).map(|number| (group(number), group(9_000 + number % 500)));
    let back = (9_000..9_100).map(|number| (group(number), group(number - 1_000)));
    GroupGraph::new(groups, &first.chain(second).chain(back).collect::<Vec<_>>())
}

fn registration(number: u128, method: Method, contact: Contact) -> Registration {
    let id = RegistrationId::from_bits(number);
    Registration { id, method, contact, source: Source::Registered, failures: 0, last_step: None }
}

fn phone(text: &str) -> Contact {
    let Ok(parsed) = PhoneNumber::parse(text) else { unreachable!("a number") };
    Contact::Phone { number: parsed.number, extension: None }
}

fn registrations() -> Vec<Registration> {
    let Ok(address) = EmailAddress::parse("ada.moss+reset@home.example") else { unreachable!("an address") };
    vec![
        registration(1, Method::Email, Contact::Mailbox(address)),
        registration(2, Method::Sms, phone("+44 7700900123")),
        registration(3, Method::VoiceMobile, phone("+44 7700900123")),
        registration(4, Method::VoiceOffice, phone("+44 2079460123")),
        registration(5, Method::AppCode, Contact::App),
    ]
}

/// Selected by one group that only nesting reaches; licensed; ten attempts that close nothing.
fn policy() -> Policy {
    let mut values = Preset::Recommended.values();
    values.enabled = Enabled::Selected;
    values.include_groups = vec![group(9_499)];
    Policy { version: PolicyVersion(1), preset: Preset::Recommended, values }
}

fn facts() -> Facts {
    let Ok(upn) = Upn::parse("ada@larkfield.example") else { unreachable!("a user ID") };
    let families = Family::ALL.into_iter().cycle().zip(0..10);
    Facts {
        tenant: Tenant {
            id: TenantId::from_bits(1),
            name: "Larkfield".to_owned(),
            plan: TenantPlan::Licensed(Plan::P1),
            time_zone: "Europe/London".to_owned(),
        },
        policy: Some(Arc::new(policy())),
        account: Account {
            id: AccountId::from_bits(1),
            upn,
            display_name: "Ada Moss".to_owned(),
            first_name: "Ada".to_owned(),
            last_name: "Moss".to_owned(),
            mail: None,
            proxy_addresses: Vec::new(),
            mobile_phone: None,
            business_phones: Vec::new(),
            other_mails: Vec::new(),
            authority: Authority::Cloud,
            sign_in_model: SignInModel::CloudOnly,
            user_type: UserType::Member,
            roles: Vec::new(),
            enabled: true,
            locale: None,
        },
        direct_groups: (0..DIRECT).map(|number| group(39 + number * 40)).collect(),
        graph: Arc::new(graph()),
        registrations: registrations(),
        licences: vec![HeldLicence { plan: Plan::P1, source: LicenceSource::Direct }],
        attempts: Attempts(families.map(|(family, hour)| (family, at(hour * 3_600 - 40_000))).collect()),
        sends: Vec::new(),
        directory: Directory::BuiltIn,
    }
}

/// A journey whose code, with this hash, has just been sent by e-mail.
fn challenged(facts: &Facts, digest: CodeDigest) -> Journey {
    let Some(code) = OneTimeCode::from_random(1, 6) else { unreachable!("six digits") };
    let fresh = FreshCode { code, digest, mark: "KM".to_owned(), questions: Vec::new() };
    let asked = Asked { id: JourneyId::from_random(7), subject: Subject::Account(facts.account.id), aim: Aim::Reset };
    let choose = Input::Choose { registration: RegistrationId::from_bits(1), typed_phone: None, fresh };
    journey::begin(&asked, facts, at(0)).next.step(choose, facts, at(1)).next
}

fn decision(bench: &mut Criterion) {
    let facts = facts();
    assert!(decide(&facts, at(0)).able(), "the scope is reached");
    bench.bench_function("decide, 200 of 10,000 groups", |run| run.iter(|| decide(black_box(&facts), at(0))));
}

fn steps(bench: &mut Criterion) {
    let facts = facts();
    let (right, wrong) = (CodeDigest::new([1; 32]), CodeDigest::new([2; 32]));
    let journey = challenged(&facts, right);
    for (name, digest, guess) in [("wrong", wrong, Guess::Wrong), ("right", right, Guess::Right)] {
        let answer = |journey: Journey| journey.step(Input::Answer(Answer::Code(digest)), black_box(&facts), at(2));
        assert_eq!(answer(journey.clone()).guess, Some(guess));
        bench.bench_function(&format!("step, a {name} answer, 200 of 10,000 groups"), |run| {
            run.iter_batched(|| journey.clone(), answer, BatchSize::SmallInput);
        });
    }
}

criterion_group!(benches, decision, steps);
criterion_main!(benches);
