//! One organization with one account, Robin, to be spoilt by each test.

use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::activity::Activity;
use readmit_core::cause::Cause;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::journey;
use readmit_core::journey::Asked;
use readmit_core::journey::Journey;
use readmit_core::journey::Subject;
use readmit_core::licence::TenantPlan;
use readmit_core::order::Aim;
use readmit_core::policy::Values;
use readmit_core::preset::Preset;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_core::text::Domain;
use readmit_core::text::Identifier;
use readmit_core::text::Upn;
use readmit_server::diagnose::CauseView;
use readmit_server::diagnose::Channels;
use readmit_server::diagnose::Desk;
use readmit_server::diagnose::case;
use readmit_server::diagnose::case::Case;
use readmit_server::diagnose::case::Search;
use readmit_server::diagnose::why;
use readmit_server::diagnose::why::Why;
use readmit_server::reset::subject::user_id_place;
use readmit_store::Actor;
use readmit_store::Attempt;
use readmit_store::AuditRecord;
use readmit_store::FactsCache;
use readmit_store::JourneyRow;
use readmit_store::Keys;
use readmit_store::NewMessage;
use readmit_store::NewRegistration;
use readmit_store::PolicyRow;
use readmit_store::Reach;
use readmit_store::RegistrationError;
use readmit_store::Seal;
use readmit_store::Store;
use readmit_store::StoreConfig;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::Writer;
use serde_json::Value as Json;
use serde_json::json;

pub(crate) const ROBIN: &str = "robin@larkfield.example";
pub(crate) const TENANT: TenantId = TenantId::from_bits(7);
const ROBIN_ID: AccountId = AccountId::from_bits(1);

/// This many seconds after the beginning.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// The support code of the journey with this number; all begin with the same six symbols.
pub(crate) fn code(number: u64) -> JourneyId {
    JourneyId::from_random((42 << 35) | number)
}

/// How a message ended.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Accepted,
    Failed(&'static str),
    Retried(&'static str),
}

pub(crate) struct Stage {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    desk: Desk,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Larkfield with the preset `recommended`, where no licence is asked for, and Robin without any method.
    pub(crate) async fn bare() -> Self {
        let stage = Self::without_policy(TenantPlan::Unlimited, |_| {}).await;
        stage.policy(|_| {}).await;
        stage
    }

    /// With mail and app on file: Robin is able.
    pub(crate) async fn able() -> Self {
        Self::able_but(|_| {}).await
    }

    /// Robin with mail and app, and with these changes of the account.
    pub(crate) async fn able_but(change: impl FnOnce(&mut Account)) -> Self {
        let stage = Self::without_policy(TenantPlan::Unlimited, change).await;
        stage.policy(|_| {}).await;
        stage.two_ways().await;
        stage
    }

    pub(crate) async fn without_policy(plan: TenantPlan, change: impl FnOnce(&mut Account)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("readmit.db").display());
        let store = Store::open(&StoreConfig { url, password: None }).await.unwrap();
        store.migrate().await.unwrap();
        let keys = Keys::from_bytes([7; 32]);
        let channels = Channels { mail: true, sms: false, voice: false };
        let desk = Desk { keys: keys.clone(), facts: FactsCache::default(), channels };
        let stage = Self { store, keys, desk, _folder: folder };
        let zone = "Europe/London".to_owned();
        let tenant = Tenant { id: TENANT, name: "Larkfield Hospital".to_owned(), plan, time_zone: zone };
        let domain = Domain::parse("larkfield.example").unwrap();
        let mut robin = robin();
        change(&mut robin);
        stage
            .store
            .write(async move |tx: &mut Tx| {
                tx.create_tenant(&tenant, &[domain], at(0)).await?;
                tx.create_account(TENANT, &robin, at(0)).await
            })
            .await
            .unwrap();
        stage
    }

    pub(crate) async fn two_ways(&self) {
        self.contact(Method::Email, "robin@private.example").await;
        self.register(Method::AppCode, Reach::Seed("JBSWY3DPEHPK3PXP".to_owned().into())).await;
    }

    pub(crate) async fn contact(&self, method: Method, value: &str) {
        self.register(method, Reach::Contact(value.to_owned())).await;
    }

    async fn register(&self, method: Method, reach: Reach) {
        let place = Method::ALL.iter().position(|one| *one == method).unwrap();
        let id = RegistrationId::from_bits(100 + place as u128);
        let new = NewRegistration { id, method, reach, at: at(0) };
        let seal = Seal { keys: self.keys.clone(), nonce: [place.try_into().unwrap(); 12] };
        let unit = async move |tx: &mut Tx| tx.add_registration(TENANT, ROBIN_ID, &new, &seal).await;
        self.store.write::<_, _, RegistrationError>(unit).await.unwrap();
    }

    /// Saves the preset `recommended` with these changes.
    pub(crate) async fn policy(&self, change: impl FnOnce(&mut Values)) {
        let mut values = Preset::Recommended.values();
        change(&mut values);
        let unit = async move |tx: &mut Tx| {
            let version = tx.tenant(TENANT).await?.unwrap().policy_version;
            let content = Some((Preset::Recommended, values));
            let row = PolicyRow { version, content, saved_at: at(0), saved_by: "cli:test".to_owned() };
            tx.save_policy(TENANT, &row).await
        };
        self.store.write(unit).await.unwrap();
    }

    pub(crate) async fn group(&self, number: u128, name: &'static str) -> GroupId {
        let id = GroupId::from_bits(number);
        self.store.write(async move |tx: &mut Tx| tx.create_group(TENANT, id, name, at(0)).await).await.unwrap();
        id
    }

    pub(crate) async fn attempts(&self, family: Family, count: u64) {
        let unit = async move |tx: &mut Tx| {
            for number in 0..count {
                let attempt = Attempt {
                    tenant: TENANT,
                    id: MessageId::from_bits(u128::from(number) + 1),
                    subject: ROBIN_ID.to_string(),
                    family,
                    journey: code(number),
                    at: at(0),
                };
                tx.insert_attempt(&attempt).await?;
            }
            Ok::<_, StoreError>(())
        };
        self.store.write(unit).await.unwrap();
    }

    /// `readmit why INPUT`, a minute after the beginning.
    pub(crate) async fn why(&self, input: &str) -> Why {
        let (desk, name) = (self.desk.clone(), Identifier::parse(input).unwrap());
        self.store.read(async move |tx: &mut Tx| why::read(tx, &desk, Some(TENANT), &name, at(60)).await).await.unwrap()
    }

    /// Begins a journey of Robin, or of whoever `typed` is not, and records it as the portal does.
    pub(crate) async fn journey(&self, number: u64, typed: &str) -> Journey {
        let (desk, id) = (self.desk.clone(), code(number));
        let (keys, typed) = (self.keys.clone(), typed.to_owned());
        let own = typed == ROBIN;
        let unit = async move |tx: &mut Tx| {
            let facts = tx.facts(&desk.facts, TENANT, ROBIN_ID).await?.unwrap();
            let subject = if own { Subject::Account(ROBIN_ID) } else { Subject::Decoy };
            let asked = Asked { id, subject, aim: Aim::Reset };
            let step = if own { journey::begin(&asked, &facts, at(0)) } else { journey::unknown(&asked, at(0)) };
            let user_id = keys.seal(&user_id_place(TENANT, id), [1; 12], typed.as_bytes()).unwrap();
            let row = JourneyRow {
                journey: step.next.clone(),
                version: 1,
                subject: ROBIN_ID.to_string(),
                decoy: !own,
                user_id,
                step_digest: None,
                issue: None,
            };
            tx.insert_journey(TENANT, &row).await?;
            Ok::<_, StoreError>((step.next, step.activity))
        };
        let (journey, activities) = self.store.write(unit).await.unwrap();
        for activity in activities {
            self.happened(number, 0, activity, None, own.then_some(ROBIN_ID)).await;
        }
        journey
    }

    /// Adds to the audit of a journey.
    pub(crate) async fn happened(
        &self,
        number: u64,
        second: i64,
        activity: Activity,
        cause: Option<Cause>,
        account: Option<AccountId>,
    ) {
        let mut record = AuditRecord::of(at(second), &activity, Actor::user(account, None));
        record.tenant = Some(TENANT);
        record.support_code = Some(code(number));
        record.new = cause.map(|cause| json!({ "cause": cause.id() }));
        if let Some(account) = account {
            record = record.about(account, Some(ROBIN.to_owned()));
        }
        let writer = Writer::new("test", &self.keys);
        let unit = async move |tx: &mut Tx| tx.append_audit(&writer, &record, [3; 32]).await;
        self.store.write(unit).await.unwrap();
    }

    /// A line of Robin's journey.
    pub(crate) async fn robin(&self, number: u64, second: i64, activity: Activity) {
        self.happened(number, second, activity, None, Some(ROBIN_ID)).await;
    }

    /// A message of a journey, and what became of it.
    pub(crate) async fn message(&self, number: u64, channel: &'static str, end: End) {
        let unit = async move |tx: &mut Tx| {
            let message = NewMessage {
                id: MessageId::from_bits(900 + u128::from(number)),
                journey: Some(code(number)),
                kind: "code",
                channel,
                masked: "••••••01".to_owned(),
                payload: Some(vec![1]),
                created_at: at(1),
                expires_at: at(301),
            };
            tx.enqueue_message(TENANT, &message).await?;
            let leased = tx.lease_messages("worker", at(2), at(62), 1).await?;
            match end {
                End::Accepted => {
                    tx.finish_message("worker", &leased[0], "accepted", Some("2.0.0".to_owned()), at(3)).await
                }
                End::Failed(code) => {
                    tx.finish_message("worker", &leased[0], "failed", Some(code.to_owned()), at(3)).await
                }
                End::Retried(code) => tx.retry_message("worker", &leased[0], code.to_owned(), at(10)).await,
            }
        };
        assert!(self.store.write::<_, _, StoreError>(unit).await.unwrap());
    }

    /// `readmit case CODE`, a minute after the beginning.
    pub(crate) async fn case(&self, number: u64) -> Case {
        let Search::One(located) = self.find(&code(number).to_string()).await else { panic!("no case") };
        let desk = self.desk.clone();
        self.store.read(async move |tx: &mut Tx| case::read(tx, &desk, located, at(60)).await).await.unwrap()
    }

    /// What a code, or the beginning of one, leads to.
    pub(crate) async fn find(&self, typed: &str) -> Search {
        let codes = JourneyId::beginning_with(typed).unwrap();
        self.store.read(async move |tx: &mut Tx| case::find(tx, &codes, None).await).await.unwrap()
    }
}

fn robin() -> Account {
    Account {
        id: ROBIN_ID,
        upn: Upn::parse(ROBIN).unwrap(),
        display_name: "Robin Sample".to_owned(),
        first_name: "Robin".to_owned(),
        last_name: "Sample".to_owned(),
        mail: None,
        proxy_addresses: vec!["smtp:rob@larkfield.example".to_owned()],
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

/// The ids of causes, in order.
pub(crate) fn ids(causes: &[CauseView]) -> Vec<Cause> {
    causes.iter().map(|one| one.id).collect()
}

/// The cause with this id, as JSON.
pub(crate) fn cause(causes: &[CauseView], id: Cause) -> Json {
    let found = causes.iter().find(|one| one.id == id);
    serde_json::to_value(found.unwrap_or_else(|| panic!("{id} is not among {:?}", ids(causes)))).unwrap()
}
