//! The outbox: what leaves, what does not, and what is known about it afterwards.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::TenantId;
use readmit_server::app::App;
use readmit_server::app::SourceLimits;
use readmit_server::clock::Clock;
use readmit_server::config::Config;
use readmit_server::deliver::Channel;
use readmit_server::deliver::Driver;
use readmit_server::deliver::Drivers;
use readmit_server::deliver::Gateway;
use readmit_server::deliver::GatewayConfig;
use readmit_server::deliver::MemoryOutbox;
use readmit_server::outbox;
use readmit_server::outbox::Letter;
use readmit_server::outbox::Outgoing;
use readmit_server::outbox::Worker;
use readmit_server::start;
use readmit_server::start::Extras;
use readmit_store::DeliveryRow;
use readmit_store::Keys;
use readmit_store::Store;
use readmit_store::StoreConfig;
use readmit_store::Tx;
use tokio::sync::watch;

const TENANT: TenantId = TenantId::from_bits(7);
const JOURNEY: JourneyId = JourneyId::from_random(42);
const LIFE: SignedDuration = SignedDuration::from_secs(300);

/// An outbox with a clock that we move and a memory in place of every relay.
struct Stage {
    app: App,
    sent: MemoryOutbox,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn new() -> Self {
        let sent = MemoryOutbox::new();
        let driver = || Driver::Memory(sent.clone());
        Self::with(Drivers { mail: driver(), sms: driver(), voice: driver() }, sent.clone()).await
    }

    /// Text messages go to this gateway.
    async fn with_gateway(url: &str) -> Self {
        let config = format!(
            "url = '{url}'\nbody = '{{\"to\":\"{{{{to}}}}\"}}'\nheaders = {{ content-type = 'application/json' }}"
        );
        let config: GatewayConfig = toml::from_str(&config).unwrap();
        let sms = Driver::Gateway(Box::new(Gateway::new(&config, None).unwrap()));
        Self::with(Drivers { mail: Driver::None, sms, voice: Driver::None }, MemoryOutbox::new()).await
    }

    async fn with(drivers: Drivers, sent: MemoryOutbox) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("readmit.db").display());
        let store = Store::open(&StoreConfig { url, password: None }).await.unwrap();
        store.migrate().await.unwrap();
        fs::create_dir(folder.path().join("keys")).unwrap();
        Keys::generate_file(&folder.path().join("keys/master.key"), [7; 32]).unwrap();
        let file = folder.path().join("readmit.toml");
        fs::write(&file, "public_urls = ['http://localhost:8080']").unwrap();
        let extras = Extras { drivers, source_limits: SourceLimits::default(), mail_from: String::new() };
        let mut parts = start::assemble(&Config::load(&file).unwrap(), extras, store, Keys::from_bytes([7; 32]));
        parts.clock = Clock::fixed(Timestamp::from_second(1_800_000_000).unwrap());
        let app = Arc::new(parts);
        Self { app, sent, _folder: folder }
    }

    fn worker(&self) -> Arc<Worker> {
        Arc::new(Worker::new(Arc::clone(&self.app)).unwrap())
    }

    async fn enqueue(&self, channel: Channel, letter: Option<Letter>) -> MessageId {
        let now = self.app.clock.now();
        let id = self.app.message_id().unwrap();
        let new = Outgoing {
            id,
            journey: Some(JOURNEY),
            kind: "code",
            channel,
            masked: "r•••@private.example".to_owned(),
            letter,
            expires_at: now + LIFE,
            now,
            nonce: self.app.entropy.bytes().unwrap(),
        };
        let app = Arc::clone(&self.app);
        let unit = async move |tx: &mut Tx| outbox::enqueue(tx, &app, TENANT, new).await;
        self.app.store.write(unit).await.unwrap();
        id
    }

    async fn delivery(&self) -> DeliveryRow {
        let read = async |tx: &mut Tx| tx.deliveries(TENANT, JOURNEY).await;
        self.app.store.read(read).await.unwrap().pop().unwrap()
    }
}

fn letter() -> Letter {
    Letter {
        to: "robin@private.example".to_owned(),
        from_name: "Larkfield Hospital".to_owned(),
        subject: Some("Your code".to_owned()),
        text: "482915".to_owned(),
        html: None,
        locale: "en".to_owned(),
        support_code: JOURNEY.to_string(),
    }
}

fn to_phone() -> Letter {
    let mut letter = letter();
    letter.to = "+447700900123".to_owned();
    letter
}

/// A gateway that always gives this answer; its address.
fn gateway(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {
                stream.write_all(answer.as_bytes()).unwrap();
            }
        }
    });
    url
}

#[tokio::test]
async fn a_message_leaves_once_and_the_case_says_so() {
    let stage = Stage::new().await;
    let id = stage.enqueue(Channel::Mail, Some(letter())).await;
    assert_eq!(stage.delivery().await.state, "queued");
    assert_eq!(stage.worker().deliver_due().await.unwrap(), 1);
    let [sent] = stage.sent.items().try_into().ok().unwrap();
    assert_eq!((sent.id, sent.to.as_str(), sent.text.as_str()), (id.to_string(), "robin@private.example", "482915"));
    let delivery = stage.delivery().await;
    assert_eq!((delivery.state.as_str(), delivery.tries), ("accepted", 1));
    assert_eq!(delivery.provider_code.as_deref(), Some("memory"));
    assert_eq!(stage.worker().deliver_due().await.unwrap(), 0);
}

#[tokio::test]
async fn a_decoy_is_finished_and_never_sent() {
    let stage = Stage::new().await;
    stage.enqueue(Channel::Sms, None).await;
    assert_eq!(stage.worker().deliver_due().await.unwrap(), 1);
    assert_eq!(stage.delivery().await.state, "accepted");
    assert!(stage.sent.items().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_after_its_time() {
    let stage = Stage::new().await;
    stage.enqueue(Channel::Mail, Some(letter())).await;
    stage.app.clock.advance(Duration::from_secs(300));
    assert_eq!(stage.worker().deliver_due().await.unwrap(), 1);
    assert_eq!(stage.delivery().await.state, "expired");
    assert!(stage.sent.items().is_empty());
}

#[tokio::test]
async fn a_gateway_that_is_down_is_tried_again_while_the_message_lives() {
    let stage = Stage::with_gateway("http://127.0.0.1:9/").await;
    stage.enqueue(Channel::Sms, Some(to_phone())).await;
    let worker = stage.worker();
    for (tries, pause) in [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (6, 60), (7, 60)] {
        assert_eq!(worker.deliver_due().await.unwrap(), 1, "try {tries}");
        let delivery = stage.delivery().await;
        assert_eq!((delivery.state.as_str(), delivery.tries), ("queued", tries));
        assert!(delivery.provider_code.is_some());
        stage.app.clock.advance(Duration::from_millis(pause * 1_000 - 1));
        assert_eq!(worker.deliver_due().await.unwrap(), 0, "too early after try {tries}");
        stage.app.clock.advance(Duration::from_millis(1));
    }
    // 1 + 5 + 15 + 4 × 60 = 261 seconds have gone; the next pause would end after the message does.
    assert_eq!(worker.deliver_due().await.unwrap(), 1);
    let delivery = stage.delivery().await;
    assert_eq!((delivery.state.as_str(), delivery.tries), ("expired", 8));
    assert!(delivery.provider_code.is_some(), "what was said last is kept");
}

#[tokio::test]
async fn the_pause_that_a_gateway_asks_for_is_kept() {
    let stage =
        Stage::with_gateway(&gateway("HTTP/1.1 429 Too Many\r\nRetry-After: 40\r\nContent-Length: 0\r\n\r\n")).await;
    stage.enqueue(Channel::Sms, Some(to_phone())).await;
    let worker = stage.worker();
    assert_eq!(worker.deliver_due().await.unwrap(), 1);
    assert_eq!(stage.delivery().await.provider_code.as_deref(), Some("429"));
    stage.app.clock.advance(Duration::from_secs(39));
    assert_eq!(worker.deliver_due().await.unwrap(), 0);
    stage.app.clock.advance(Duration::from_secs(1));
    assert_eq!(worker.deliver_due().await.unwrap(), 1);
}

#[tokio::test]
async fn a_refusal_is_final() {
    let stage = Stage::with_gateway(&gateway("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")).await;
    stage.enqueue(Channel::Sms, Some(to_phone())).await;
    assert_eq!(stage.worker().deliver_due().await.unwrap(), 1);
    let delivery = stage.delivery().await;
    assert_eq!((delivery.state.as_str(), delivery.provider_code.as_deref()), ("failed", Some("400")));
}

#[tokio::test]
async fn a_channel_that_is_not_configured_fails_at_once() {
    let stage = Stage::with_gateway("http://127.0.0.1:9/").await;
    stage.enqueue(Channel::Mail, Some(letter())).await;
    stage.worker().deliver_due().await.unwrap();
    assert_eq!(stage.delivery().await.state, "failed");
}

#[tokio::test]
async fn what_a_killed_worker_held_is_sent_when_its_lease_has_ended() {
    let stage = Stage::new().await;
    stage.enqueue(Channel::Mail, Some(letter())).await;
    let now = stage.app.clock.now();
    let lease =
        async move |tx: &mut Tx| tx.lease_messages("killed", now, now + SignedDuration::from_secs(60), 32).await;
    let held = Arc::new(stage.app.store.write(lease).await.unwrap());
    assert_eq!(held.len(), 1);
    assert_eq!(stage.worker().deliver_due().await.unwrap(), 0);
    stage.app.clock.advance(Duration::from_secs(61));
    assert_eq!(stage.worker().deliver_due().await.unwrap(), 1);
    assert_eq!(stage.sent.items().len(), 1);
    // The dead one comes back: it has nothing to say any more.
    let late = async move |tx: &mut Tx| tx.finish_message("killed", &held[0], "failed", None, now).await;
    assert!(!stage.app.store.write(late).await.unwrap());
    assert_eq!(stage.delivery().await.state, "accepted");
}

#[tokio::test]
async fn a_letter_opens_for_its_own_message_only() {
    let keys = Keys::from_bytes([7; 32]);
    let (id, other) = (MessageId::from_bits(1), MessageId::from_bits(2));
    let sealed = letter().seal(&keys, TENANT, id, [1; 12]).unwrap();
    assert!(!sealed.windows(6).any(|window| window == b"482915"));
    assert_eq!(Letter::open(&keys, TENANT, id, &sealed).unwrap().text, "482915");
    assert!(Letter::open(&keys, TENANT, other, &sealed).is_err());
    assert!(Letter::open(&keys, TenantId::from_bits(8), id, &sealed).is_err());
}

#[tokio::test]
async fn a_worker_wakes_for_a_commit_and_ends_when_told_to() {
    let stage = Stage::new().await;
    let worker = Worker::new(Arc::clone(&stage.app)).unwrap();
    let (stop, stopped) = watch::channel(false);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(worker.run(stopped));
    for _ in 0..40 {
        stage.enqueue(Channel::Voice, Some(to_phone())).await;
    }
    let all = async {
        while stage.sent.items().len() < 40 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.unwrap();
    stop.send_replace(true);
    tokio::time::timeout(Duration::from_secs(10), tasks.join_next()).await.unwrap().unwrap().unwrap();
}
