//! Journeys, counters and messages keep their promises on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its database must stop")]

mod common;

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::challenge::FreshCode;
use readmit_core::decision::Directory;
use readmit_core::decision::Facts;
use readmit_core::group::GroupGraph;
use readmit_core::ids::AccountId;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::OrderId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::journey::Answer;
use readmit_core::journey::Asked;
use readmit_core::journey::Effect;
use readmit_core::journey::Input;
use readmit_core::journey::Outcome;
use readmit_core::journey::PasswordVerdict;
use readmit_core::journey::State;
use readmit_core::journey::Subject;
use readmit_core::journey::begin;
use readmit_core::licence::TenantPlan;
use readmit_core::order::Aim;
use readmit_core::order::Candidate;
use readmit_core::order::SealedPassword;
use readmit_core::order::WriteOrder;
use readmit_core::policy::Policy;
use readmit_core::preset::Preset;
use readmit_core::registration::Contact;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::registration::Source;
use readmit_core::secret::CodeDigest;
use readmit_core::secret::OneTimeCode;
use readmit_core::text::Domain;
use readmit_core::text::EmailAddress;
use readmit_core::text::Upn;
use readmit_core::throttle::Attempts;
use readmit_core::throttle::Limits;
use readmit_store::Attempt;
use readmit_store::JourneyRow;
use readmit_store::NewMessage;
use readmit_store::Session;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;

use tokio::task::JoinSet;

use common::Bed;

const TENANT: TenantId = TenantId::from_bits(1);
const JOURNEY: JourneyId = JourneyId::from_random(42);
const SUBJECT: &str = "somebody";

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn limits() -> Limits {
    Limits::of(&Preset::Recommended.values())
}

fn message_id(n: u128) -> MessageId {
    MessageId::from_bits(n << 64)
}

fn tenant(n: u128, name: &str) -> Tenant {
    let id = TenantId::from_bits(n);
    Tenant { id, name: name.to_owned(), plan: TenantPlan::Unlimited, time_zone: "Europe/London".to_owned() }
}

async fn beds() -> Vec<Bed> {
    let beds = common::beds().await;
    for bed in &beds {
        bed.store.migrate().await.unwrap();
        for (n, name) in [(1, "Larkfield"), (2, "Marlow")] {
            let domain = Domain::parse(&format!("{}.example", name.to_lowercase())).unwrap();
            let at = later(i64::try_from(n).unwrap());
            bed.store.write(async move |tx| tx.create_tenant(&tenant(n, name), &[domain], at).await).await.unwrap();
        }
    }
    beds
}

/// Runs a unit that must succeed.
async fn does<T>(store: &Store, unit: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError> + Clone + Send + 'static) -> T
where
    T: Send + 'static,
{
    store.write(unit).await.unwrap()
}

fn facts() -> Facts {
    let mut values = Preset::Recommended.values();
    values.required = 1;
    let policy = Policy { version: PolicyVersion(1), preset: Preset::Recommended, values };
    let account = Account {
        id: AccountId::from_bits(5),
        upn: Upn::parse("ada@larkfield.example").unwrap(),
        display_name: "Ada Byron".to_owned(),
        first_name: "Ada".to_owned(),
        last_name: "Byron".to_owned(),
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
    };
    let mailbox = Contact::Mailbox(EmailAddress::parse("ada@home.example").unwrap());
    let registration = Registration {
        id: RegistrationId::from_bits(6),
        method: Method::Email,
        contact: mailbox,
        source: Source::Registered,
        failures: 0,
        last_step: None,
    };
    Facts {
        tenant: tenant(1, "Larkfield"),
        policy: Some(Arc::new(policy)),
        account,
        direct_groups: Vec::new(),
        graph: Arc::new(GroupGraph::default()),
        registrations: vec![registration],
        licences: Vec::new(),
        attempts: Attempts::default(),
        sends: Vec::new(),
        directory: Directory::BuiltIn,
    }
}

fn row(id: JourneyId) -> JourneyRow {
    let asked = Asked { id, subject: Subject::Account(AccountId::from_bits(5)), aim: Aim::Reset };
    let journey = begin(&asked, &facts(), now()).next;
    let (subject, user_id) = (SUBJECT.to_owned(), vec![1, 2, 3]);
    JourneyRow { journey, version: 1, subject, decoy: false, user_id, step_digest: None, issue: None }
}

/// An order with a real proof: a journey that passed its gate.
fn order(candidate: Candidate) -> WriteOrder {
    let digest = CodeDigest::new([1; 32]);
    let code = OneTimeCode::from_random(1, 6).unwrap();
    let fresh = FreshCode { code, digest, mark: "KM".to_owned(), questions: Vec::new() };
    let registration = RegistrationId::from_bits(6);
    let inputs = [
        Input::Choose { registration, typed_phone: None, fresh },
        Input::Answer(Answer::Code(digest)),
        Input::NewPassword { order: OrderId::from_bits(9), candidate, verdict: PasswordVerdict::Accepted },
    ];
    let (mut journey, mut effects) = (row(JOURNEY).journey, Vec::new());
    for input in inputs {
        let step = journey.step(input, &facts(), now());
        (journey, effects) = (step.next, step.effects);
    }
    let mut orders = effects.into_iter().filter_map(|effect| match effect {
        Effect::Write(order) => Some(order),
        _ => None,
    });
    orders.next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_organization_answers_for_unknown_domains() {
    for bed in beds().await {
        assert_eq!(does(&bed.store, async |tx| tx.first_tenant().await).await, Some(TENANT));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_moves_only_from_the_version_that_was_seen() {
    for bed in beds().await {
        does(&bed.store, async |tx| tx.insert_journey(TENANT, &row(JOURNEY)).await).await;
        let step = async |tx: &mut Tx| {
            let mut next = tx.journey(TENANT, JOURNEY).await?.unwrap();
            next.version = 2;
            next.step_digest = Some(vec![7; 32]);
            next.journey.state = State::Closed(Outcome::Cancelled);
            tx.save_journey(TENANT, 1, &next).await
        };
        does(&bed.store, step).await;
        assert_eq!(bed.store.write(step).await, Err(StoreError::Conflict));
        let kept = does(&bed.store, async |tx| tx.journey(TENANT, JOURNEY).await).await.unwrap();
        assert_eq!((kept.version, kept.step_digest, kept.user_id), (2, Some(vec![7; 32]), vec![1, 2, 3]));
        let elsewhere = does(&bed.store, async |tx| tx.journey(TenantId::from_bits(2), JOURNEY).await).await;
        assert!(elsewhere.is_none(), "another organization has no such journey");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn journeys_are_found_by_subject_and_by_the_beginning_of_their_code() {
    for bed in beds().await {
        let other = JourneyId::from_random(43);
        does(&bed.store, async move |tx| {
            tx.insert_journey(TENANT, &row(JOURNEY)).await?;
            tx.insert_journey(TENANT, &row(other)).await
        })
        .await;
        let open = does(&bed.store, async |tx| tx.open_journeys(TENANT, SUBJECT, JOURNEY).await).await;
        assert_eq!(open.iter().map(|row| row.journey.head.id).collect::<Vec<_>>(), [other]);
        let all = does(&bed.store, async |tx| tx.journeys_of(TENANT, SUBJECT, 10).await).await;
        assert_eq!(all.len(), 2);
        let found = does(&bed.store, async |tx| tx.journeys_between(JOURNEY, JOURNEY).await).await;
        assert_eq!(found, [(TENANT, JOURNEY)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_token_takes_over_and_an_ended_one_is_purged() {
    for bed in beds().await {
        let session = Session {
            tenant: TENANT,
            journey: JOURNEY,
            locale: "en".to_owned(),
            replaced_at: None,
            expires_at: later(60),
        };
        does(&bed.store, async move |tx| {
            tx.insert_journey(TENANT, &row(JOURNEY)).await?;
            tx.insert_session([1; 32], &session, now()).await?;
            tx.replace_sessions(TENANT, JOURNEY, later(5)).await?;
            tx.insert_session([2; 32], &session, later(5)).await?;
            tx.set_session_locale([2; 32], "de").await
        })
        .await;
        let old = does(&bed.store, async |tx| tx.session([1; 32]).await).await.unwrap();
        let new = does(&bed.store, async |tx| tx.session([2; 32]).await).await.unwrap();
        assert_eq!((old.replaced_at, new.replaced_at, new.locale.as_str()), (Some(later(5)), None, "de"));
        assert_eq!(does(&bed.store, async |tx| tx.purge_sessions(later(60), 10).await).await, 0);
        assert_eq!(does(&bed.store, async |tx| tx.purge_sessions(later(61), 10).await).await, 2);
        assert!(does(&bed.store, async |tx| tx.session([2; 32]).await).await.is_none());
    }
}

fn attempt(n: u128, family: Family, at: Timestamp) -> Attempt {
    Attempt { tenant: TENANT, id: message_id(n), subject: SUBJECT.to_owned(), family, journey: JOURNEY, at }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_guesses_at_once_are_counted_five_times() {
    for bed in beds().await {
        let mut guesses = JoinSet::new();
        for n in 1..=30 {
            let (store, one) = (bed.store.clone(), attempt(n, Family::Email, now()));
            guesses.spawn(async move { store.write(async move |tx| tx.count_attempt(&one, limits()).await).await });
        }
        let mut counted = 0;
        while let Some(guess) = guesses.join_next().await {
            counted += usize::from(guess.unwrap().unwrap().is_none());
        }
        assert_eq!(counted, 5);
        let kept = does(&bed.store, async |tx| tx.attempts(TENANT, SUBJECT, None, now()).await).await;
        assert_eq!(kept.0.len(), 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_answer_is_given_back_and_a_block_can_be_lifted() {
    for bed in beds().await {
        does(&bed.store, async |tx| {
            tx.lock_subject(TENANT, SUBJECT).await?;
            tx.insert_attempt(&attempt(1, Family::Phone, now())).await?;
            tx.insert_attempt(&attempt(2, Family::Email, now())).await?;
            tx.insert_attempt(&attempt(3, Family::Account, later(900))).await?;
            tx.give_back_attempt(TENANT, message_id(1)).await?;
            tx.date_account_attempt(TENANT, JOURNEY, later(30)).await
        })
        .await;
        let kept = does(&bed.store, async |tx| tx.attempts(TENANT, SUBJECT, Some(message_id(2)), now()).await).await;
        assert_eq!(kept, Attempts(vec![(Family::Account, later(30))]));
        let lifted = does(&bed.store, async |tx| tx.clear_attempts(TENANT, SUBJECT, Some(Family::Email)).await).await;
        assert_eq!(lifted, 1);
        assert_eq!(does(&bed.store, async |tx| tx.clear_attempts(TENANT, SUBJECT, None).await).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_marks_and_human_checks_are_remembered_as_long_as_rules_look_at_them() {
    for bed in beds().await {
        does(&bed.store, async |tx| tx.insert_send(TENANT, message_id(1), [3; 32], now()).await).await;
        assert_eq!(does(&bed.store, async |tx| tx.sends(TENANT, [3; 32], later(1)).await).await, [now()]);
        assert_eq!(does(&bed.store, async |tx| tx.sends(TENANT, [4; 32], later(1)).await).await, []);
        for (mark, count) in [("a", 1), ("b", 2), ("a", 2)] {
            let marked = does(&bed.store, async move |tx| tx.mark_source("source", "kind", mark, now()).await).await;
            assert_eq!(marked, count);
        }
        assert_eq!(does(&bed.store, async |tx| tx.source_marks("source", "kind", later(3_601)).await).await, 0);
        assert!(does(&bed.store, async |tx| tx.use_human_check([5; 32], later(600)).await).await);
        assert!(!does(&bed.store, async |tx| tx.use_human_check([5; 32], later(600)).await).await);
        let month = later(31 * 86_400);
        assert_eq!(does(&bed.store, async move |tx| tx.purge_counts(month, 100).await).await, 4);
    }
}

fn message(n: u128, kind: &'static str) -> NewMessage {
    NewMessage {
        id: message_id(n),
        journey: Some(JOURNEY),
        kind,
        channel: "mail",
        masked: "a•••••@h•••••.example".to_owned(),
        payload: Some(vec![1]),
        created_at: now(),
        expires_at: later(300),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leased_message_is_finished_by_its_holder_alone() {
    for bed in beds().await {
        let mut bell = bed.store.wake(readmit_store::MESSAGES);
        does(&bed.store, async |tx| tx.enqueue_message(TENANT, &message(1, "notice")).await).await;
        bell.changed().await.unwrap();
        assert_eq!(does(&bed.store, async |tx| tx.next_due().await).await, Some(now()));
        let held = does(&bed.store, async |tx| tx.lease_messages("one", now(), later(60), 10).await).await;
        assert_eq!(held.len(), 1);
        let again = does(&bed.store, async |tx| tx.lease_messages("two", later(30), later(90), 10).await).await;
        assert!(again.is_empty(), "the lease still holds");
        does(&bed.store, async |tx| {
            let held = tx.lease_messages("two", later(61), later(120), 10).await?;
            let one = held.first().unwrap();
            assert!(!tx.finish_message("one", one, "accepted", None, later(62)).await?, "its lease was lost");
            assert!(tx.retry_message("two", one, "450".to_owned(), later(70)).await?);
            let held = tx.lease_messages("two", later(71), later(120), 10).await?;
            let one = held.first().unwrap();
            assert_eq!(one.tries, 1);
            assert!(tx.finish_message("two", one, "accepted", Some("250".to_owned()), later(72)).await?);
            Ok(())
        })
        .await;
        let told = does(&bed.store, async |tx| tx.deliveries(TENANT, JOURNEY).await).await;
        let told: Vec<_> =
            told.iter().map(|row| (row.state.as_str(), row.provider_code.as_deref(), row.tries)).collect();
        assert_eq!(told, [("accepted", Some("250"), 2)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_code_that_has_not_left_never_leaves() {
    for bed in beds().await {
        does(&bed.store, async |tx| tx.enqueue_message(TENANT, &message(1, "code")).await).await;
        assert_eq!(does(&bed.store, async |tx| tx.expire_codes(TENANT, JOURNEY, now()).await).await, 1);
        let held = does(&bed.store, async |tx| tx.lease_messages("one", now(), later(60), 10).await).await;
        assert!(held.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_for_a_directory_is_queued_sealed_and_never_as_a_hash() {
    for bed in beds().await {
        let queued = async |tx: &mut Tx| {
            let sealed = Candidate::Sealed(vec![SealedPassword(vec![1, 2, 3])]);
            tx.insert_order(TENANT, JOURNEY, order(sealed), now()).await?;
            tx.order(TENANT, OrderId::from_bits(9)).await
        };
        assert_eq!(does(&bed.store, queued).await, Some((JOURNEY, "queued".to_owned())));
        let hashed = async |tx: &mut Tx| {
            let hash = readmit_core::order::PasswordHash::new("$argon2id$".to_owned());
            tx.insert_order(TENANT, JOURNEY, order(Candidate::Hashed(hash)), now()).await
        };
        assert!(matches!(bed.store.write(hashed).await, Err(StoreError::Bad(_))));
        let late = async |tx: &mut Tx| {
            tx.insert_order(TENANT, JOURNEY, order(Candidate::Sealed(Vec::new())), later(3_600)).await
        };
        assert!(matches!(bed.store.write(late).await, Err(StoreError::Bad(_))));
    }
}
