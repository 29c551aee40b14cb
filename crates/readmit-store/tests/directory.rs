//! The directory keeps its promises on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its database must stop")]

mod common;

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::cause::Cause;
use readmit_core::challenge::FreshCode;
use readmit_core::decision::Directory;
use readmit_core::decision::Facts;
use readmit_core::decision::decide;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::JourneyId;
use readmit_core::ids::OrderId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::journey::Answer;
use readmit_core::journey::Asked;
use readmit_core::journey::Effect;
use readmit_core::journey::Input;
use readmit_core::journey::PasswordVerdict;
use readmit_core::journey::Subject;
use readmit_core::journey::begin;
use readmit_core::licence::LicenceSource;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::order::Aim;
use readmit_core::order::Candidate;
use readmit_core::order::PasswordHash;
use readmit_core::order::WriteOrder;
use readmit_core::policy::Policy;
use readmit_core::preset::Preset;
use readmit_core::registration::Contact;
use readmit_core::registration::Method;
use readmit_core::registration::Source;
use readmit_core::secret::CodeDigest;
use readmit_core::secret::OneTimeCode;
use readmit_core::text::Domain;
use readmit_core::text::Identifier;
use readmit_core::text::Upn;
use readmit_store::AccountRow;
use readmit_store::AdministratorOrder;
use readmit_store::DirectoryError;
use readmit_store::FactsCache;
use readmit_store::FoundBy;
use readmit_store::KeyError;
use readmit_store::Keys;
use readmit_store::Member;
use readmit_store::NewRegistration;
use readmit_store::PolicyRow;
use readmit_store::Reach;
use readmit_store::RegistrationError;
use readmit_store::RegistrationSecret;
use readmit_store::Seal;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::args;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use common::Bed;

const ADA: &str = "ada.byron@larkfield.example";

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn tenant_id(n: u128) -> TenantId {
    TenantId::from_bits(n)
}

fn account_id(n: u128) -> AccountId {
    AccountId::from_bits(n)
}

fn group_id(n: u128) -> GroupId {
    GroupId::from_bits(n)
}

fn account(n: u128, upn: &str) -> Account {
    Account {
        id: account_id(n),
        upn: Upn::parse(upn).unwrap(),
        display_name: "Ada Byron".to_owned(),
        first_name: "Ada".to_owned(),
        last_name: "Byron".to_owned(),
        mail: Some(upn.to_owned()),
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
    }
}

fn seal(nonce: u8) -> Seal {
    Seal { keys: Keys::from_bytes([7; 32]), nonce: [nonce; 12] }
}

/// Both engines, each with the organizations Larkfield (1) and Marlow (2).
async fn beds() -> Vec<Bed> {
    let beds = common::beds().await;
    for bed in &beds {
        bed.store.migrate().await.unwrap();
        for (n, name) in [(1, "Larkfield"), (2, "Marlow")] {
            make_tenant(&bed.store, n, name, &format!("{}.example", name.to_lowercase())).await.unwrap();
        }
    }
    beds
}

async fn make_tenant(store: &Store, n: u128, name: &str, domain: &str) -> Result<(), DirectoryError> {
    let tenant = Tenant {
        id: tenant_id(n),
        name: name.to_owned(),
        plan: TenantPlan::Licensed(Plan::P1),
        time_zone: "Europe/London".to_owned(),
    };
    let domains = [Domain::parse(domain).unwrap()];
    store.write(async move |tx: &mut Tx| tx.create_tenant(&tenant, &domains, now()).await).await
}

async fn make_account(store: &Store, account: &Account) -> Result<(), DirectoryError> {
    let account = account.clone();
    store.write(async move |tx: &mut Tx| tx.create_account(tenant_id(1), &account, now()).await).await
}

async fn row(store: &Store, id: AccountId) -> Option<AccountRow> {
    let read = store.read(async move |tx: &mut Tx| tx.account(tenant_id(1), id).await);
    read.await.unwrap_or_else(|error: StoreError| unreachable!("{error}"))
}

async fn update(store: &Store, seen: AccountRow, next: Account) -> Result<(), DirectoryError> {
    store.write(async move |tx: &mut Tx| tx.update_account(tenant_id(1), &seen, &next).await).await
}

async fn make_group(store: &Store, n: u128, name: &'static str) -> Result<(), DirectoryError> {
    store.write(async move |tx: &mut Tx| tx.create_group(tenant_id(1), group_id(n), name, now()).await).await
}

async fn join(store: &Store, group: u128, member: Member) -> bool {
    let joined = store.write(async move |tx: &mut Tx| tx.add_member(tenant_id(1), group_id(group), member).await);
    joined.await.unwrap_or_else(|error: StoreError| unreachable!("{error}"))
}

async fn save(store: &Store, seen: u64, content: Option<Preset>) -> Result<PolicyVersion, StoreError> {
    let content = content.map(|preset| (preset, preset.values()));
    let next = PolicyRow { version: PolicyVersion(seen), content, saved_at: now(), saved_by: "cli:ada".to_owned() };
    store.write(async move |tx: &mut Tx| tx.save_policy(tenant_id(1), &next).await).await
}

async fn facts(store: &Store, cache: &FactsCache, n: u128) -> Option<Facts> {
    let cache = cache.clone();
    let read = store.read(async move |tx: &mut Tx| tx.facts(&cache, tenant_id(1), account_id(n)).await);
    read.await.unwrap_or_else(|error: StoreError| unreachable!("{error}"))
}

async fn register(store: &Store, n: u128, id: u128, method: Method, reach: Reach) -> Result<(), RegistrationError> {
    let new = NewRegistration { id: RegistrationId::from_bits(id), method, reach, at: now() };
    let unit = async move |tx: &mut Tx| tx.add_registration(tenant_id(1), account_id(n), &new, &seal(9)).await;
    store.write(unit).await
}

async fn set_password(store: &Store, n: u128, phc: &str) -> Result<i64, KeyError> {
    let hash = PasswordHash::new(phc.to_owned());
    let unit = async move |tx: &mut Tx| {
        let order = AdministratorOrder::by_command_line(account_id(n), hash);
        tx.write_password(tenant_id(1), order, &seal(3), now()).await
    };
    store.write(unit).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_and_a_domain_belong_to_one_tenant() {
    for bed in beds().await {
        let twice = make_tenant(&bed.store, 3, "LARKFIELD", "other.example").await;
        assert!(matches!(twice, Err(DirectoryError::Taken { field: "name", .. })), "{bed}: {twice:?}");
        let stolen = make_tenant(&bed.store, 3, "Third", "marlow.example").await;
        assert!(matches!(stolen, Err(DirectoryError::Taken { field: "domain", .. })), "{bed}: {stolen:?}");
        let unit = async |tx: &mut Tx| {
            assert_eq!(tx.tenant_of_domain("larkfield.example").await?, Some(tenant_id(1)));
            assert_eq!(tx.tenant_of_domain("other.example").await?, None);
            assert_eq!(tx.domains(tenant_id(2)).await?, ["marlow.example"]);
            assert_eq!(tx.tenant_named(" larkfield ").await?.unwrap().tenant.id, tenant_id(1));
            let kept = tx.tenant(tenant_id(1)).await?.unwrap();
            assert_eq!((kept.tenant.plan, kept.policy_version), (TenantPlan::Licensed(Plan::P1), PolicyVersion(0)));
            assert_eq!(tx.tenant(tenant_id(3)).await?, None);
            let first = tx.tenants(None, 1).await?;
            assert_eq!(first.items.first().unwrap().tenant.name, "Larkfield");
            let second = tx.tenants(first.next.as_deref(), 1).await?;
            assert_eq!((second.items.first().unwrap().tenant.name.as_str(), second.next), ("Marlow", None));
            Ok::<_, StoreError>(())
        };
        bed.store.read(unit).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_comes_back_as_it_was_made() {
    for bed in beds().await {
        let mut ada = account(1, "Ada.Byron@Larkfield.example");
        ada.proxy_addresses = vec!["SMTP:ada@larkfield.example".to_owned(), "x500:/o=x".to_owned()];
        ada.mobile_phone = Some("+1 4251234567".to_owned());
        ada.business_phones = vec!["+49 30123456 x7".to_owned()];
        ada.other_mails = vec!["ada@home.example".to_owned()];
        ada.roles = vec![Role::GlobalAdministrator, Role::HelpdeskAdministrator];
        ada.locale = Some("de".to_owned());
        ada.user_type = UserType::Guest;
        ada.sign_in_model = SignInModel::PassThrough;
        ada.authority = Authority::OnPremises;
        ada.enabled = false;
        make_account(&bed.store, &ada).await.unwrap();
        let kept = row(&bed.store, account_id(1)).await.unwrap();
        assert_eq!((kept.account.upn.as_str(), kept.version), ("Ada.Byron@Larkfield.example", 1), "{bed}");
        assert_eq!(kept.account, ada, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_finds_the_account_and_the_user_id_wins_over_a_proxy() {
    for bed in beds().await {
        let mut ada = account(1, ADA);
        ada.proxy_addresses = vec!["smtp:bob@larkfield.example".to_owned(), "Countess@Larkfield.example".to_owned()];
        make_account(&bed.store, &ada).await.unwrap();
        make_account(&bed.store, &account(2, "bob@larkfield.example")).await.unwrap();
        for (typed, expected) in [
            ("ADA.Byron@LARKFIELD.example", Some((1, FoundBy::Upn))),
            ("countess@larkfield.EXAMPLE", Some((1, FoundBy::Proxy))),
            ("bob@larkfield.example", Some((2, FoundBy::Upn))),
            ("ada.byron@marlow.example", None),
            ("ada", None),
        ] {
            let name = Identifier::parse(typed).unwrap();
            let unit = async move |tx: &mut Tx| tx.find_account(tenant_id(1), &name).await;
            let found = bed.store.read(unit).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
            let expected = expected.map(|(n, by)| (account_id(n), by));
            assert_eq!(found.map(|found| (found.row.account.id, found.by)), expected, "{bed}: {typed}");
        }
        let name = Identifier::parse(ADA).unwrap();
        let elsewhere = bed.store.read(async move |tx: &mut Tx| tx.find_account(tenant_id(2), &name).await).await;
        assert_eq!(elsewhere, Ok::<_, StoreError>(None), "{bed}: found in another organization");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_id_and_a_proxy_address_belong_to_one_account() {
    for bed in beds().await {
        let mut ada = account(1, ADA);
        ada.proxy_addresses = vec!["countess@larkfield.example".to_owned()];
        make_account(&bed.store, &ada).await.unwrap();
        let twice = make_account(&bed.store, &account(2, "ADA.byron@larkfield.example")).await;
        assert!(matches!(twice, Err(DirectoryError::Taken { field: "upn", .. })), "{bed}: {twice:?}");
        let mut eve = account(3, "eve@larkfield.example");
        eve.proxy_addresses = vec!["SMTP:Countess@larkfield.example".to_owned()];
        let stolen = make_account(&bed.store, &eve).await;
        assert!(matches!(stolen, Err(DirectoryError::Taken { field: "proxy_addresses", .. })), "{bed}: {stolen:?}");
        assert_eq!(row(&bed.store, account_id(3)).await, None, "{bed}: half an account was kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_update_what_they_saw_one_wins() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        let seen = row(&bed.store, account_id(1)).await.unwrap();
        let mut racers = JoinSet::new();
        for n in 0..50 {
            let (store, seen) = (bed.store.clone(), seen.clone());
            let next = Account { display_name: format!("racer {n}"), ..seen.account.clone() };
            racers.spawn(async move { update(&store, seen, next).await });
        }
        let ends = racers.join_all().await;
        let lost = |end: &Result<_, _>| *end == Err(DirectoryError::Store(StoreError::Conflict));
        assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{bed}");
        assert_eq!(ends.iter().filter(|end| lost(end)).count(), 49, "{bed}");
        assert_eq!(row(&bed.store, account_id(1)).await.unwrap().version, 2, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_updated_proxy_address_is_found_and_the_old_one_is_free() {
    for bed in beds().await {
        let mut ada = account(1, ADA);
        ada.proxy_addresses = vec!["old@larkfield.example".to_owned()];
        make_account(&bed.store, &ada).await.unwrap();
        let seen = row(&bed.store, account_id(1)).await.unwrap();
        let next = Account { proxy_addresses: vec!["new@larkfield.example".to_owned()], ..seen.account.clone() };
        update(&bed.store, seen, next).await.unwrap();
        let mut bob = account(2, "bob@larkfield.example");
        bob.proxy_addresses = vec!["old@larkfield.example".to_owned()];
        assert_eq!(make_account(&bed.store, &bob).await, Ok(()), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_accounts_comes_in_pages() {
    for bed in beds().await {
        for n in 1..=5 {
            let mut one = account(n, &format!("u{n}@larkfield.example"));
            one.roles = if n % 2 == 0 { vec![Role::GlobalAdministrator] } else { Vec::new() };
            one.enabled = n != 4;
            make_account(&bed.store, &one).await.unwrap();
        }
        let unit = async |tx: &mut Tx| {
            let mut seen = Vec::new();
            let mut cursor = None;
            loop {
                let page = tx.accounts(tenant_id(1), cursor.as_deref(), 2).await?;
                seen.extend(page.items.into_iter().map(|row| row.account.upn.local().to_owned()));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, ["u1", "u2", "u3", "u4", "u5"]);
            assert!(tx.accounts(tenant_id(2), None, 2).await?.items.is_empty());
            let global = tx.accounts_with_role(tenant_id(1), Role::GlobalAdministrator, 100).await?;
            assert_eq!(global.iter().map(|one| one.upn.local()).collect::<Vec<_>>(), ["u2"]);
            Ok::<_, StoreError>(())
        };
        bed.store.read(unit).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_leaves_nothing_behind() {
    const TABLES: [(&str, &str); 9] = [
        ("accounts", "SELECT COUNT(*) FROM accounts WHERE tenant = $1"),
        ("proxies", "SELECT COUNT(*) FROM proxies WHERE tenant = $1"),
        ("passwords", "SELECT COUNT(*) FROM passwords WHERE tenant = $1"),
        ("registrations", "SELECT COUNT(*) FROM registrations WHERE tenant = $1"),
        ("registration_use", "SELECT COUNT(*) FROM registration_use WHERE tenant = $1"),
        ("drawn_questions", "SELECT COUNT(*) FROM drawn_questions WHERE tenant = $1"),
        ("group_accounts", "SELECT COUNT(*) FROM group_accounts WHERE tenant = $1"),
        ("licences", "SELECT COUNT(*) FROM licences WHERE tenant = $1"),
        ("attempts", "SELECT COUNT(*) FROM attempts WHERE tenant = $1"),
    ];
    const ATTEMPT: &str =
        "INSERT INTO attempts (tenant, id, subject, family, journey, at) VALUES ($1, $2, $3, 'email', 'j', 1)";
    for bed in beds().await {
        let mut ada = account(1, ADA);
        ada.proxy_addresses = vec!["countess@larkfield.example".to_owned()];
        make_account(&bed.store, &ada).await.unwrap();
        set_password(&bed.store, 1, "$argon2id$x").await.unwrap();
        register(&bed.store, 1, 5, Method::Email, Reach::Contact("ada@home.example".to_owned())).await.unwrap();
        make_group(&bed.store, 1, "Staff").await.unwrap();
        join(&bed.store, 1, Member::Account(account_id(1))).await;
        let fill = async |tx: &mut Tx| {
            tx.count_failure(tenant_id(1), account_id(1), RegistrationId::from_bits(5)).await?;
            tx.drawn_questions(tenant_id(1), account_id(1), &[1, 2]).await?;
            tx.assign_licence(tenant_id(1), Member::Account(account_id(1)), Plan::P1, now()).await?;
            tx.exec(ATTEMPT, args![tenant_id(1), "a1", account_id(1)]).await
        };
        bed.store.write(fill).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        for (table, sql) in TABLES {
            let counted =
                bed.store.read(async move |tx: &mut Tx| tx.one::<(i64,)>(sql, args![tenant_id(1)]).await).await;
            assert_ne!(counted, Ok::<_, StoreError>((0,)), "{bed}: nothing to delete in {table}");
        }
        let delete = async |tx: &mut Tx| tx.delete_account(tenant_id(1), account_id(1)).await;
        assert_eq!(bed.store.write(delete).await, Ok::<_, StoreError>(true), "{bed}");
        assert_eq!(bed.store.write(delete).await, Ok::<_, StoreError>(false), "{bed}");
        for (table, sql) in TABLES {
            let counted =
                bed.store.read(async move |tx: &mut Tx| tx.one::<(i64,)>(sql, args![tenant_id(1)]).await).await;
            assert_eq!(counted, Ok::<_, StoreError>((0,)), "{bed}: {table}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_sealed_to_its_row_and_each_write_is_counted() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        make_account(&bed.store, &account(2, "bob@larkfield.example")).await.unwrap();
        assert_eq!(set_password(&bed.store, 1, "$argon2id$one").await.unwrap(), 1, "{bed}");
        assert_eq!(set_password(&bed.store, 1, "$argon2id$two").await.unwrap(), 2, "{bed}");
        set_password(&bed.store, 2, "$argon2id$bob").await.unwrap();
        let read = async |tx: &mut Tx| tx.password(tenant_id(1), account_id(1), &seal(0).keys).await;
        let kept = bed.store.read(read).await.unwrap().unwrap();
        assert_eq!((kept.hash.phc(), kept.version, kept.set_at), ("$argon2id$two", 2, now()), "{bed}");
        let swap = async |tx: &mut Tx| {
            const SWAP: &str =
                "UPDATE passwords SET hash = (SELECT hash FROM passwords WHERE account = $2) WHERE account = $1";
            tx.exec(SWAP, args![account_id(1), account_id(2)]).await
        };
        bed.store.write(swap).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        assert!(matches!(bed.store.read(read).await, Err(KeyError::Sealed)), "{bed}: opened in another row");
        let plain = async |tx: &mut Tx| tx.one::<(Vec<u8>,)>("SELECT hash FROM passwords LIMIT 1", args![]).await;
        let (cell,) = bed.store.read(plain).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        assert!(!String::from_utf8_lossy(&cell).contains("argon2id"), "{bed}: a hash in the clear");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_is_kept_for_nobody_or_for_another_directory() {
    for bed in beds().await {
        let far = Account { authority: Authority::OnPremises, ..account(1, ADA) };
        make_account(&bed.store, &far).await.unwrap();
        for n in [1, 2] {
            let refused = set_password(&bed.store, n, "$argon2id$x").await;
            assert!(matches!(refused, Err(KeyError::Store(StoreError::NoRow))), "{bed}: {n}");
        }
    }
}

/// A write order as only a journey with enough gates makes it.
fn proven_order(facts: &Facts, candidate: Candidate) -> WriteOrder {
    let digest = CodeDigest::new([1; 32]);
    let fresh = FreshCode {
        code: OneTimeCode::from_random(1, 6).unwrap(),
        digest,
        mark: "KM".to_owned(),
        questions: Vec::new(),
    };
    let asked = Asked { id: JourneyId::from_random(7), subject: Subject::Account(facts.account.id), aim: Aim::Reset };
    let email = facts.registrations.iter().find(|one| one.method == Method::Email).unwrap().id;
    let choose = Input::Choose { registration: email, typed_phone: None, fresh };
    let password = Input::NewPassword { order: OrderId::from_bits(1), candidate, verdict: PasswordVerdict::Accepted };
    let mut journey = begin(&asked, facts, now()).next;
    let mut effects = Vec::new();
    for input in [choose, Input::Answer(Answer::Code(digest)), password] {
        let step = journey.step(input, facts, now());
        journey = step.next;
        effects = step.effects;
    }
    let mut orders = effects.into_iter().filter_map(|effect| match effect {
        Effect::Write(order) => Some(order),
        _ => None,
    });
    orders.next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proven_order_writes_once_while_its_proof_lasts() {
    for bed in beds().await {
        let ada = Account { other_mails: vec!["ada@home.example".to_owned()], ..account(1, ADA) };
        make_account(&bed.store, &ada).await.unwrap();
        let licensed =
            async |tx: &mut Tx| tx.assign_licence(tenant_id(1), Member::Account(account_id(1)), Plan::P1, now()).await;
        bed.store.write(licensed).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        let mut facts = facts(&bed.store, &FactsCache::default(), 1).await.unwrap();
        let mut policy =
            Policy { version: PolicyVersion(1), preset: Preset::Recommended, values: Preset::Recommended.values() };
        policy.values.required = 1;
        facts.policy = Some(Arc::new(policy));
        assert!(decide(&facts, now()).able(), "{bed}");
        let write = async move |facts: Facts, candidate: Candidate, at: Timestamp| {
            let unit = async move |tx: &mut Tx| {
                tx.write_password(tenant_id(1), proven_order(&facts, candidate), &seal(3), at).await
            };
            bed.store.write(unit).await
        };
        let hashed = || Candidate::Hashed(PasswordHash::new("$argon2id$new".to_owned()));
        assert_eq!(write(facts.clone(), hashed(), now()).await.unwrap(), 1);
        let late = now() + SignedDuration::from_hours(1);
        assert!(matches!(write(facts.clone(), hashed(), late).await, Err(KeyError::Store(StoreError::Bad(_)))));
        let sealed = write(facts, Candidate::Sealed(Vec::new()), now()).await;
        assert!(matches!(sealed, Err(KeyError::Store(StoreError::Bad(_)))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_of_the_directory_serve_until_a_method_is_registered() {
    for bed in beds().await {
        let mut ada = account(1, ADA);
        ada.mobile_phone = Some("+1 4251234567 x9".to_owned());
        ada.business_phones = vec!["030 123456".to_owned(), "+49 30123456".to_owned()];
        ada.other_mails = vec!["ada@home.example".to_owned(), "other@home.example".to_owned()];
        make_account(&bed.store, &ada).await.unwrap();
        register(&bed.store, 1, 50, Method::Sms, Reach::Contact("+44 7700900123".to_owned())).await.unwrap();
        let read = async move |tx: &mut Tx| tx.registrations(tenant_id(1), &ada).await;
        let rows = bed.store.read(read.clone()).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        let seen: Vec<_> = rows.iter().map(|row| (row.registration.method, row.registration.source)).collect();
        assert_eq!(
            seen,
            [
                (Method::Sms, Source::Registered),
                (Method::VoiceMobile, Source::Directory("mobilePhone")),
                (Method::VoiceOffice, Source::Directory("businessPhones")),
                (Method::Email, Source::Directory("otherMails")),
            ],
            "{bed}"
        );
        let contact = |at: usize| rows.get(at).unwrap().registration.contact.clone();
        assert!(matches!(contact(1), Contact::Phone { extension: Some(digits), .. } if digits == "9"), "{bed}");
        assert!(matches!(contact(2), Contact::MalformedPhone { raw, .. } if raw == "030 123456"), "{bed}");
        assert!(matches!(contact(3), Contact::Mailbox(address) if address.as_str() == "ada@home.example"), "{bed}");
        let again = bed.store.read(read).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        assert_eq!(again, rows, "{bed}: ids are not fixed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_is_registered_once_and_its_secret_opens_in_its_place_only() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        let seed = || Reach::Seed(Zeroizing::new("JBSWY3DPEHPK3PXP".to_owned()));
        register(&bed.store, 1, 50, Method::AppCode, seed()).await.unwrap();
        let twice = register(&bed.store, 1, 51, Method::AppCode, seed()).await;
        assert!(
            matches!(twice, Err(RegistrationError::Directory(DirectoryError::Taken { field: "method", .. }))),
            "{bed}"
        );
        let answers = vec![(4, Zeroizing::new("$phc$a".to_owned())), (26, Zeroizing::new("$phc$b".to_owned()))];
        register(&bed.store, 1, 52, Method::Questions, Reach::Answers(answers)).await.unwrap();
        let unit = async |tx: &mut Tx| {
            let keys = seal(0).keys;
            let id = RegistrationId::from_bits;
            let app = tx.registration_secret(tenant_id(1), account_id(1), id(50), &keys).await?;
            assert!(matches!(app, Some(RegistrationSecret::Seed(seed)) if seed.as_str() == "JBSWY3DPEHPK3PXP"));
            let known = tx.registration_secret(tenant_id(1), account_id(1), id(52), &keys).await?;
            let Some(RegistrationSecret::Answers(pairs)) = known else { panic!("no answers") };
            assert_eq!(
                pairs.iter().map(|(n, phc)| (*n, phc.as_str())).collect::<Vec<_>>(),
                [(4, "$phc$a"), (26, "$phc$b")]
            );
            assert!(tx.registration_secret(tenant_id(1), account_id(1), id(53), &keys).await?.is_none());
            let rows = tx.registrations(tenant_id(1), &account(1, ADA)).await?;
            assert!(rows.iter().any(|row| row.registration.contact == Contact::Questions(2)));
            let other = Keys::from_bytes([8; 32]);
            Err::<(), _>(tx.registration_secret(tenant_id(1), account_id(1), id(50), &other).await.err().unwrap())
        };
        assert!(matches!(bed.store.read(unit).await, Err(KeyError::Sealed)), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_registration_takes_its_count_along() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        register(&bed.store, 1, 50, Method::Email, Reach::Contact("ada@home.example".to_owned())).await.unwrap();
        let unit = async |tx: &mut Tx| {
            let (tenant, ada, id) = (tenant_id(1), account_id(1), RegistrationId::from_bits(50));
            tx.count_failure(tenant, ada, id).await?;
            tx.count_failure(tenant, ada, id).await?;
            let rows = tx.registrations(tenant, &account(1, ADA)).await?;
            assert_eq!(rows.first().unwrap().registration.failures, 2);
            assert!(tx.remove_registration(tenant, ada, Method::Email).await?);
            assert!(!tx.remove_registration(tenant, ada, Method::Email).await?);
            let left: (i64,) = tx.one("SELECT COUNT(*) FROM registration_use", args![]).await?;
            assert_eq!(left, (0,));
            Ok::<_, StoreError>(())
        };
        bed.store.write(unit).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worn_out_contact_is_fresh_again_when_the_directory_has_another() {
    for bed in beds().await {
        let ada = Account { other_mails: vec!["ada@home.example".to_owned()], ..account(1, ADA) };
        make_account(&bed.store, &ada).await.unwrap();
        let failures = async |account: Account| {
            let read = async move |tx: &mut Tx| tx.registrations(tenant_id(1), &account).await;
            let rows = bed.store.read(read).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
            rows.first().unwrap().registration.clone()
        };
        let standing = failures(ada.clone()).await.id;
        let fail = async move |tx: &mut Tx| tx.count_failure(tenant_id(1), account_id(1), standing).await;
        bed.store.write(fail).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
        let named = Account { display_name: "Ada".to_owned(), ..ada.clone() };
        update(&bed.store, row(&bed.store, account_id(1)).await.unwrap(), named.clone()).await.unwrap();
        assert_eq!(failures(named.clone()).await.failures, 1, "{bed}");
        let moved = Account { other_mails: vec!["ada@new.example".to_owned()], ..named };
        update(&bed.store, row(&bed.store, account_id(1)).await.unwrap(), moved.clone()).await.unwrap();
        assert_eq!(failures(moved).await.failures, 0, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_step_is_consumed_once_and_none_before_it() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        let consume = async |step: u64| {
            let id = RegistrationId::from_bits(50);
            let unit = async move |tx: &mut Tx| tx.consume_step(tenant_id(1), account_id(1), id, step).await;
            bed.store.write(unit).await
        };
        assert_eq!(consume(100).await, Ok(()), "{bed}");
        for used in [100, 99, 0] {
            assert_eq!(consume(used).await, Err(StoreError::Conflict), "{bed}: {used}");
        }
        let mut racers = JoinSet::new();
        for _ in 0..20 {
            let store = bed.store.clone();
            racers.spawn(async move {
                let id = RegistrationId::from_bits(50);
                store.write(async move |tx: &mut Tx| tx.consume_step(tenant_id(1), account_id(1), id, 101).await).await
            });
        }
        let ends: Vec<Result<(), StoreError>> = racers.join_all().await;
        assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drawn_questions_stay_until_they_are_forgotten() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        let unit = async |tx: &mut Tx| {
            let (tenant, ada) = (tenant_id(1), account_id(1));
            assert_eq!(tx.drawn_questions(tenant, ada, &[4, 9, 2]).await?, [4, 9, 2]);
            assert_eq!(tx.drawn_questions(tenant, ada, &[1, 3, 5]).await?, [4, 9, 2]);
            tx.forget_drawn_questions(tenant, ada).await?;
            assert_eq!(tx.drawn_questions(tenant, ada, &[1, 3, 5]).await?, [1, 3, 5]);
            Ok::<_, StoreError>(())
        };
        bed.store.write(unit).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_nest_and_every_change_of_the_graph_has_a_new_version() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        let graph_version = async || {
            let read = bed.store.read(async |tx: &mut Tx| tx.tenant(tenant_id(1)).await);
            read.await.unwrap_or_else(|error: StoreError| unreachable!("{error}")).unwrap().graph_version
        };
        let start = graph_version().await;
        make_group(&bed.store, 1, "Staff").await.unwrap();
        make_group(&bed.store, 2, "Everybody").await.unwrap();
        let twice = make_group(&bed.store, 3, "staff").await;
        assert!(matches!(twice, Err(DirectoryError::Taken { field: "name", .. })), "{bed}: {twice:?}");
        assert!(join(&bed.store, 2, Member::Group(group_id(1))).await, "{bed}");
        assert!(!join(&bed.store, 2, Member::Group(group_id(1))).await, "{bed}");
        assert!(join(&bed.store, 1, Member::Group(group_id(2))).await, "{bed}: a cycle is allowed");
        assert_eq!(graph_version().await, start + 4, "{bed}");
        assert!(join(&bed.store, 1, Member::Account(account_id(1))).await, "{bed}");
        let unit = async |tx: &mut Tx| {
            let tenant = tenant_id(1);
            assert_eq!(tx.group_named(tenant, "STAFF").await?.unwrap().id, group_id(1));
            assert_eq!(tx.group(tenant, group_id(2)).await?.unwrap().name, "Everybody");
            assert_eq!(tx.groups(tenant, None, 1).await?.next.as_deref(), Some("everybody"));
            let names: Vec<_> = tx.group_members(tenant, group_id(1)).await?.into_iter().map(|one| one.name).collect();
            assert_eq!(names, ["Everybody", ADA]);
            assert_eq!(tx.direct_groups(tenant, account_id(1)).await?, [group_id(1)]);
            let graph = tx.group_graph(tenant).await?;
            assert!(graph.contains(&graph.membership(&[group_id(1)]), group_id(2)));
            assert!(tx.remove_member(tenant, group_id(1), Member::Account(account_id(1))).await?);
            assert!(!tx.remove_member(tenant, group_id(1), Member::Account(account_id(1))).await?);
            assert!(tx.remove_member(tenant, group_id(2), Member::Group(group_id(1))).await?);
            Ok::<_, StoreError>(())
        };
        bed.store.write(unit).await.unwrap();
        assert_eq!(graph_version().await, start + 5, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_reaches_direct_members_and_a_nested_one_is_only_named() {
    for bed in beds().await {
        make_account(&bed.store, &account(1, ADA)).await.unwrap();
        make_group(&bed.store, 1, "Staff").await.unwrap();
        make_group(&bed.store, 2, "Everybody").await.unwrap();
        make_group(&bed.store, 3, "Strangers").await.unwrap();
        join(&bed.store, 2, Member::Group(group_id(1))).await;
        join(&bed.store, 1, Member::Account(account_id(1))).await;
        let unit = async |tx: &mut Tx| {
            let (tenant, ada) = (tenant_id(1), Member::Account(account_id(1)));
            assert!(tx.assign_licence(tenant, ada, Plan::Free, now()).await?);
            assert!(!tx.assign_licence(tenant, ada, Plan::Free, now()).await?);
            for (n, plan) in [(1, Plan::P1), (2, Plan::P2), (3, Plan::BusinessPremium)] {
                tx.assign_licence(tenant, Member::Group(group_id(n)), plan, now()).await?;
            }
            let graph = tx.group_graph(tenant).await?;
            let held = tx.held_licences(tenant, account_id(1), &[group_id(1)], &graph).await?;
            let held: Vec<_> = held.into_iter().map(|one| (one.plan, one.source)).collect();
            assert_eq!(
                held,
                [
                    (Plan::P2, LicenceSource::NestedGroup("Everybody".to_owned())),
                    (Plan::P1, LicenceSource::Group("Staff".to_owned())),
                    (Plan::Free, LicenceSource::Direct),
                ]
            );
            let listed: Vec<_> =
                tx.licences(tenant).await?.into_iter().map(|one| (one.holder_kind, one.holder)).collect();
            let expected = [("account", ADA), ("group", "Everybody"), ("group", "Staff"), ("group", "Strangers")];
            assert_eq!(listed, expected.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
            assert!(tx.remove_licence(tenant, ada, Plan::Free).await?);
            assert!(!tx.remove_licence(tenant, ada, Plan::Free).await?);
            Ok::<_, StoreError>(())
        };
        bed.store.write(unit).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_save_of_a_policy_is_kept_and_the_last_is_in_force() {
    for bed in beds().await {
        assert_eq!(save(&bed.store, 0, Some(Preset::Recommended)).await, Ok(PolicyVersion(1)), "{bed}");
        assert_eq!(save(&bed.store, 1, Some(Preset::Strict)).await, Ok(PolicyVersion(2)), "{bed}");
        assert_eq!(save(&bed.store, 1, Some(Preset::Entra)).await, Err(StoreError::Conflict), "{bed}");
        assert_eq!(save(&bed.store, 2, None).await, Ok(PolicyVersion(3)), "{bed}");
        let unit = async |tx: &mut Tx| {
            let tenant = tenant_id(1);
            let kept = tx.policy(tenant).await?.unwrap();
            assert_eq!(
                (kept.version, kept.content.is_none(), kept.saved_by.as_str()),
                (PolicyVersion(3), true, "cli:ada")
            );
            let second = tx.policy_saved(tenant, PolicyVersion(2)).await?.unwrap().policy().unwrap();
            assert_eq!((second.preset, second.values), (Preset::Strict, Preset::Strict.values()));
            let newest = tx.policy_history(tenant, None, 2).await?;
            assert_eq!(newest.iter().map(|row| row.version.0).collect::<Vec<_>>(), [3, 2]);
            let older = tx.policy_history(tenant, Some(PolicyVersion(2)), 2).await?;
            assert_eq!(older.iter().map(|row| row.version.0).collect::<Vec<_>>(), [1]);
            assert_eq!(tx.policy(tenant_id(2)).await?, None);
            Ok::<_, StoreError>(())
        };
        bed.store.read(unit).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_follow_every_change_although_they_come_from_memory() {
    for bed in beds().await {
        let cache = FactsCache::default();
        make_account(&bed.store, &Account { mobile_phone: Some("+1 4251234567".to_owned()), ..account(1, ADA) })
            .await
            .unwrap();
        let first = facts(&bed.store, &cache, 1).await.unwrap();
        assert!(first.policy.is_none() && first.graph.is_empty() && first.licences.is_empty(), "{bed}");
        assert_eq!((first.registrations.len(), first.directory), (2, Directory::BuiltIn), "{bed}");
        save(&bed.store, 0, Some(Preset::Entra)).await.unwrap();
        make_group(&bed.store, 1, "Staff").await.unwrap();
        join(&bed.store, 1, Member::Account(account_id(1))).await;
        let second = facts(&bed.store, &cache, 1).await.unwrap();
        assert_eq!(second.policy.as_ref().unwrap().preset, Preset::Entra, "{bed}");
        assert_eq!((second.direct_groups.as_slice(), second.graph.len()), ([group_id(1)].as_slice(), 1), "{bed}");
        let third = facts(&bed.store, &cache, 1).await.unwrap();
        assert!(Arc::ptr_eq(second.policy.as_ref().unwrap(), third.policy.as_ref().unwrap()), "{bed}: read twice");
        assert!(Arc::ptr_eq(&second.graph, &third.graph), "{bed}: read twice");
        save(&bed.store, 1, None).await.unwrap();
        assert!(facts(&bed.store, &cache, 1).await.unwrap().policy.is_none(), "{bed}");
        assert!(facts(&bed.store, &cache, 2).await.is_none(), "{bed}");
        let unit = async move |tx: &mut Tx| {
            let tenant = tx.tenant(tenant_id(2)).await?.unwrap();
            assert!(tx.cached_policy(&cache, &tenant).await?.is_none());
            assert!(tx.cached_graph(&cache, &tenant).await?.is_empty());
            tx.lock_account(tenant_id(1), account_id(1)).await
        };
        bed.store.write(unit).await.unwrap_or_else(|error: StoreError| unreachable!("{error}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_behind_an_agent_has_no_reachable_directory_yet() {
    for bed in beds().await {
        make_account(&bed.store, &Account { authority: Authority::OnPremises, ..account(1, ADA) }).await.unwrap();
        let facts = facts(&bed.store, &FactsCache::default(), 1).await.unwrap();
        assert_eq!(facts.directory, Directory::Unreachable(Cause::NoAgentEnrolled), "{bed}");
    }
}
