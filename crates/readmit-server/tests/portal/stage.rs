//! One installation in a folder of its own: a clock that we move, a memory in place of every relay.

use std::sync::Arc;

use axum::Router;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::licence::TenantPlan;
use readmit_core::policy::Values;
use readmit_core::preset::Preset;
use readmit_core::registration::Method;
use readmit_core::secret::NewPassword;
use readmit_core::text::Domain;
use readmit_core::text::Upn;
use readmit_server::app::App;
use readmit_server::app::EdgeKeys;
use readmit_server::app::Parts;
use readmit_server::app::SourceLimits;
use readmit_server::clock::Clock;
use readmit_server::deliver::Driver;
use readmit_server::deliver::Drivers;
use readmit_server::deliver::MemoryItem;
use readmit_server::deliver::MemoryOutbox;
use readmit_server::entropy::Entropy;
use readmit_server::hashing::Cost;
use readmit_server::hashing::Hasher;
use readmit_server::http::client_address::ClientAddress;
use readmit_server::http::client_address::PeerAddress;
use readmit_server::http::origin::PublicOrigin;
use readmit_server::http::router::router;
use readmit_server::outbox::Worker;
use readmit_server::reset::landing::HostCache;
use readmit_store::AdministratorOrder;
use readmit_store::FactsCache;
use readmit_store::Keys;
use readmit_store::NewRegistration;
use readmit_store::Reach;
use readmit_store::Seal;
use readmit_store::Store;
use readmit_store::StoreConfig;
use readmit_store::Writer;
use zeroize::Zeroizing;

pub(crate) const ORIGIN: &str = "https://reset.larkfield.example";
pub(crate) const OLD_PASSWORD: &str = "Old horses graze slowly";
pub(crate) const APP_SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

const NO_LIMITS: SourceLimits = SourceLimits { with_proof: 10_000, without_proof: 10_000 };

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) tenant: TenantId,
    url: String,
    /// Everything that ever was answered: headers and body.
    pub(crate) answered: std::sync::Mutex<Vec<String>>,
    pub(crate) sent: MemoryOutbox,
    made: std::sync::atomic::AtomicU64,
    pub(crate) folder: Option<tempfile::TempDir>,
}

impl Stage {
    /// Larkfield Hospital on SQLite, with this policy.
    pub(crate) async fn with(preset: Preset, change: impl FnOnce(&mut Values)) -> Self {
        let stage = Self::empty().await;
        stage.policy(preset, change).await;
        stage
    }

    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("readmit.db").display());
        Self::on(&url, Some(folder)).await
    }

    /// An empty installation that counts what each source begins.
    pub(crate) async fn limited(source_limits: SourceLimits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("readmit.db").display());
        let sent = MemoryOutbox::new();
        let mail = Driver::Memory(sent.clone());
        Self::built(&url, Some(folder), source_limits, (sent, mail)).await
    }

    /// Larkfield Hospital whose mail relay takes nothing.
    pub(crate) async fn without_mail() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("readmit.db").display());
        let stage = Self::built(&url, Some(folder), NO_LIMITS, (MemoryOutbox::new(), Driver::None)).await;
        stage.policy(Preset::Recommended, |_| {}).await;
        stage
    }

    pub(crate) async fn on(url: &str, folder: Option<tempfile::TempDir>) -> Self {
        let sent = MemoryOutbox::new();
        let mail = Driver::Memory(sent.clone());
        Self::built(url, folder, NO_LIMITS, (sent, mail)).await
    }

    async fn built(
        url: &str,
        folder: Option<tempfile::TempDir>,
        source_limits: SourceLimits,
        (sent, mail): (MemoryOutbox, Driver),
    ) -> Self {
        let clock = Clock::fixed(Timestamp::from_second(1_800_000_000).unwrap());
        let stage = Self::assembled(url, folder, source_limits, (clock, sent, mail)).await;
        stage.app.store.migrate().await.unwrap();
        stage.tenant(stage.tenant, "Larkfield Hospital", "larkfield.example").await;
        stage
    }

    /// Another server on the same database, with the same clock and relays.
    pub(crate) async fn replica(&self) -> Self {
        let mail = Driver::Memory(self.sent.clone());
        let limits = self.app.source_limits;
        let replica = Self::assembled(&self.url, None, limits, (self.app.clock.clone(), self.sent.clone(), mail)).await;
        replica.made.store(self.next() + 1_000, std::sync::atomic::Ordering::SeqCst);
        replica
    }

    async fn assembled(
        url: &str,
        folder: Option<tempfile::TempDir>,
        source_limits: SourceLimits,
        (clock, sent, mail): (Clock, MemoryOutbox, Driver),
    ) -> Self {
        let store = Store::open(&StoreConfig { url: url.to_owned(), password: None }).await.unwrap();
        let keys = Keys::from_bytes([7; 32]);
        let driver = || Driver::Memory(sent.clone());
        let app = Arc::new(Parts {
            store,
            clock,
            entropy: Entropy::new(),
            hasher: Hasher::new(&keys, Cost::Lowest),
            facts: FactsCache::default(),
            writer: Writer::new("server", &keys),
            drivers: Drivers { mail, sms: driver(), voice: driver() },
            origins: vec![PublicOrigin::parse(ORIGIN).unwrap()],
            trusted_proxies: Vec::new(),
            host: HostCache::default(),
            mail_from: "reset@larkfield.example".to_owned(),
            source_limits,
            edge_keys: EdgeKeys::of(&keys),
            keys,
        });
        Self {
            router: router(Arc::clone(&app), Router::new()),
            app,
            tenant: TenantId::from_bits(1),
            url: url.to_owned(),
            answered: std::sync::Mutex::default(),
            sent,
            made: std::sync::atomic::AtomicU64::new(100),
            folder,
        }
    }

    pub(crate) async fn tenant(&self, id: TenantId, name: &str, domain: &str) {
        let tenant =
            Tenant { id, name: name.to_owned(), plan: TenantPlan::Unlimited, time_zone: "Europe/London".to_owned() };
        let (domain, now) = (Domain::parse(domain).unwrap(), self.app.clock.now());
        self.app.store.write(async move |tx| tx.create_tenant(&tenant, &[domain], now).await).await.unwrap();
    }

    pub(crate) async fn policy(&self, preset: Preset, change: impl FnOnce(&mut Values)) {
        let mut values = preset.values();
        values.disclosure_budget = 10_000;
        change(&mut values);
        let (tenant, now) = (self.tenant, self.app.clock.now());
        self.app
            .store
            .write(async move |tx| {
                let version = tx.tenant(tenant).await?.map(|row| row.policy_version).unwrap_or_default();
                let content = Some((preset, values.clone()));
                let next = readmit_store::PolicyRow { version, content, saved_at: now, saved_by: "test".to_owned() };
                tx.save_policy(tenant, &next).await
            })
            .await
            .unwrap();
    }

    pub(crate) fn next(&self) -> u64 {
        self.made.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
    }

    /// A person with a password and nothing else.
    pub(crate) async fn person(&self, name: &str) -> Account {
        self.person_with(name, |_| {}).await
    }

    pub(crate) async fn person_with(&self, name: &str, change: impl FnOnce(&mut Account)) -> Account {
        let mut account = Account {
            id: AccountId::from_bits(u128::from(self.next()) << 64),
            upn: Upn::parse(&format!("{name}@larkfield.example")).unwrap(),
            display_name: format!("{name} Sample"),
            first_name: name.to_owned(),
            last_name: "Sample".to_owned(),
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
        change(&mut account);
        let (made, tenant, now) = (account.clone(), self.tenant, self.app.clock.now());
        self.app.store.write(async move |tx| tx.create_account(tenant, &made, now).await).await.unwrap();
        if account.authority == Authority::Cloud {
            self.set_password(&account, OLD_PASSWORD).await;
        }
        account
    }

    pub(crate) async fn administrator(&self, name: &str, role: Role) -> Account {
        self.person_with(name, |account| account.roles = vec![role]).await
    }

    async fn set_password(&self, account: &Account, password: &str) {
        let hash = self.app.hasher.hash(&NewPassword::parse(password).unwrap(), [3; 16]).await.unwrap();
        let (tenant, id, now) = (self.tenant, account.id, self.app.clock.now());
        let seal = Seal { keys: self.app.keys.clone(), nonce: self.app.entropy.bytes().unwrap() };
        self.app
            .store
            .write(async move |tx| {
                tx.write_password(tenant, AdministratorOrder::by_command_line(id, hash.clone()), &seal, now).await
            })
            .await
            .unwrap();
    }

    /// Whether a password is the account's.
    pub(crate) async fn accepts(&self, account: &Account, password: &str) -> bool {
        let (tenant, id, keys) = (self.tenant, account.id, self.app.keys.clone());
        let kept = self.app.store.read(async move |tx| tx.password(tenant, id, &keys).await).await.unwrap();
        let Some(kept) = kept else { return false };
        self.app.hasher.verify(&NewPassword::parse(password).unwrap(), &kept.hash).await.unwrap()
    }

    /// How often the account's password was written.
    pub(crate) async fn writes(&self, account: &Account) -> i64 {
        let (tenant, id, keys) = (self.tenant, account.id, self.app.keys.clone());
        let kept = self.app.store.read(async move |tx| tx.password(tenant, id, &keys).await).await.unwrap();
        kept.map_or(0, |kept| kept.version)
    }

    pub(crate) async fn registers(&self, account: &Account, method: Method, reach: Reach) -> RegistrationId {
        let id = RegistrationId::from_bits(u128::from(self.next()) << 64);
        let (tenant, account, at) = (self.tenant, account.id, self.app.clock.now());
        let seal = Seal { keys: self.app.keys.clone(), nonce: self.app.entropy.bytes().unwrap() };
        let new = NewRegistration { id, method, reach, at };
        self.app.store.write(async move |tx| tx.add_registration(tenant, account, &new, &seal).await).await.unwrap();
        id
    }

    pub(crate) async fn registers_email(&self, account: &Account, address: &str) -> RegistrationId {
        self.registers(account, Method::Email, Reach::Contact(address.to_owned())).await
    }

    pub(crate) async fn registers_sms(&self, account: &Account, number: &str) -> RegistrationId {
        self.registers(account, Method::Sms, Reach::Contact(number.to_owned())).await
    }

    pub(crate) async fn registers_app(&self, account: &Account) -> RegistrationId {
        self.registers(account, Method::AppCode, Reach::Seed(Zeroizing::new(APP_SECRET.to_owned()))).await
    }

    pub(crate) async fn group(&self, name: &str) -> GroupId {
        let (id, tenant, now, name) =
            (GroupId::from_bits(u128::from(self.next()) << 64), self.tenant, self.app.clock.now(), name.to_owned());
        self.app.store.write(async move |tx| tx.create_group(tenant, id, &name, now).await).await.unwrap();
        id
    }

    /// What the app shows now.
    pub(crate) fn app_code(&self, steps_away: i64) -> String {
        let secret = totp_rs::Secret::try_from_base32(APP_SECRET).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let at = self.app.clock.now().as_second() + steps_away * 30;
        totp.generate(u64::try_from(at).unwrap()).to_string()
    }

    /// Lets the outbox deliver what is due, and gives everything that ever left.
    pub(crate) async fn delivered(&self) -> Vec<MemoryItem> {
        let worker = Arc::new(Worker::new(Arc::clone(&self.app)).unwrap());
        while worker.deliver_due().await.unwrap() > 0 {}
        self.sent.items()
    }

    /// The newest message to this destination.
    pub(crate) async fn newest_to(&self, to: &str) -> MemoryItem {
        self.delivered().await.into_iter().rfind(|item| item.to == to).expect("a message to that destination")
    }

    /// The code in the newest message to this destination.
    pub(crate) async fn code_to(&self, to: &str) -> String {
        digits(&self.newest_to(to).await.text)
    }

    pub(crate) fn wait(&self, time: SignedDuration) {
        self.app.clock.advance(time.unsigned_abs());
    }
}

/// The longest run of 6 or 8 digits, also when spoken with commas between.
pub(crate) fn digits(text: &str) -> String {
    let joined = text.replace(", ", "");
    let mut runs = joined.split(|sign: char| !sign.is_ascii_digit());
    runs.find(|run| run.len() == 6 || run.len() == 8).expect("a code in the message").to_owned()
}

/// The address that a request claims to come from.
pub(crate) fn peer(last: u8) -> (PeerAddress, ClientAddress) {
    let ip = std::net::IpAddr::from([192, 0, 2, last]);
    (PeerAddress((ip, 40_000).into()), ClientAddress::new(ip))
}
