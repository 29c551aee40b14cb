//! `readmit demo`: the whole product with sample data, on this machine only, with nothing to set up.

mod folder;
mod people;
mod seed;

use std::fs;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use readmit_core::registration::Method;
use readmit_server::app::App;
use readmit_server::app::SourceLimits;
use readmit_server::clock::Clock;
use readmit_server::config::Config;
use readmit_server::deliver::Driver;
use readmit_server::deliver::Drivers;
use readmit_server::deliver::MemoryOutbox;
use readmit_server::entropy::Entropy;
use readmit_server::hashing::Cost;
use readmit_server::hashing::Hasher;
use readmit_server::http::listen::Limits;
use readmit_server::http::listen::Listener;
use readmit_server::http::listen::ListenerConfig;
use readmit_server::start;
use readmit_server::start::Extras;
use readmit_server::start::Server;
use readmit_server::start::Signals;
use readmit_server::start::StartFault;
use readmit_store::Keys;
use readmit_store::Store;
use readmit_store::Tx;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use self::folder::Folder;
use self::people::Apart;
use self::people::Means;
use self::people::PASSWORD;
use self::people::PEOPLE;
use self::people::Person;
use self::seed::Hashes;
use self::seed::Seeding;
use super::Answer;
use super::Global;
use super::failure::Failure;
use super::output::print;
use super::output::table;
use super::serve::log;

/// Journeys an hour from one address: people who try things out are quick.
const JOURNEYS: i64 = 300;

#[derive(clap::Args)]
pub(super) struct Demo {
    /// Port on this machine; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// A new or empty folder, or that of an earlier demo, which is emptied; else a temporary one.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        log("warn");
        // Before the folder is made, so that Ctrl-C always removes it.
        let signals = Signals::listen()?;
        let entropy = Entropy::new();
        let listener = self.listen().await?;
        let folder = Folder::take(self.dir.as_deref(), &entropy)?;
        let config = configure(&folder, listener.address())?;
        let outbox = MemoryOutbox::new();
        let app = Box::pin(prepare(&config, &entropy, &outbox)).await?;
        let server = Server::new(&config, app, listener).with_outbox(outbox);
        let url = config.public_urls.first().map(|origin| origin.url("")).unwrap_or_default();
        print(&announcement(&url, &config, &folder).to_string())?;
        if !global.json && !global.quiet {
            print(&for_people(&url, &config))?;
        }
        server.run(signals.wait()).await;
        Ok(Answer::Yes)
    }

    async fn listen(&self) -> Result<Listener, Failure> {
        let config = ListenerConfig {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)),
            tls: None,
            trusted_proxies: Vec::new(),
            drain: Duration::from_secs(8),
            limits: Limits::default(),
        };
        let bound = Listener::bind(config).await.map_err(StartFault::from);
        bound.map_err(|fault| Failure::from(fault).hint("choose another with --port"))
    }
}

/// The file that lets every other command look into the demo: `readmit --config FILE why USER`.
fn configure(folder: &Folder, address: SocketAddr) -> Result<Config, Failure> {
    let (file, port) = (folder.file("readmit.toml"), address.port());
    let text = format!(
        "# Made by `readmit demo`. Its messages are kept in memory, so there are no [mail], [sms] and [voice].\n\
         public_urls = [\"http://127.0.0.1:{port}\", \"http://localhost:{port}\"]\n\n\
         [server]\nbind = \"{address}\"\n\n[store]\nurl = \"sqlite:readmit.db\"\n\n[keys]\nmaster_key_file = \"keys/master.key\"\n"
    );
    fs::write(&file, text).map_err(|error| super::init::file_failure(&file, &error))?;
    Keys::generate_file(&folder.file("keys/master.key"), Entropy::new().bytes()?)?;
    Ok(Config::load(&file)?)
}

/// Database and hashes at the same time, then everybody in one transaction.
async fn prepare(config: &Config, entropy: &Entropy, outbox: &MemoryOutbox) -> Result<App, Failure> {
    let keys = Keys::load(&config.keys.master_key_file)?;
    let hasher = Hasher::new(&keys, Cost::Standard);
    let database = async {
        let store = Store::open(&start::store_config(&config.store)).await?;
        store.migrate().await?;
        store.check_key(&keys).await?;
        Ok::<_, Failure>(store)
    };
    let (store, hashes) = tokio::try_join!(database, Hashes::make(&hasher, entropy))?;
    let driver = || Driver::Memory(outbox.clone());
    let extras = Extras {
        drivers: Drivers { mail: driver(), sms: driver(), voice: driver() },
        source_limits: SourceLimits { with_proof: JOURNEYS, without_proof: JOURNEYS },
        mail_from: "no-reply@readmit.example".to_owned(),
    };
    let app = Arc::new(start::assemble(config, extras, store, keys.clone()));
    let (writer, now) = (app.writer.clone(), Clock::System.now());
    let seeding = Seeding { keys, entropy: entropy.clone(), writer, now, hashes };
    app.store.write(async move |tx: &mut Tx| seeding.sow(tx).await).await?;
    Ok(app)
}

/// The first line, for programs.
fn announcement(url: &str, config: &Config, folder: &Folder) -> Json {
    json!({
        "event": "listening",
        "url": url,
        "outbox_url": format!("{url}/demo/outbox"),
        "config": config.file,
        "database": folder.file("readmit.db"),
        "accounts": PEOPLE.iter().map(account).collect::<Vec<_>>(),
    })
}

/// One account; beside what every program needs, whatever its owner would know or hold in their hand.
fn account(person: &Person) -> Json {
    let mut document = json!({
        "upn": person.upn(),
        "tenant": person.organization().name,
        // Where the password is kept in a directory, nobody here knows it.
        "password": (person.apart != Apart::OnPremises).then_some(PASSWORD),
        "expect": person.expect,
        "code": person.code,
        "cause": person.cause,
        "methods": person.means.iter().map(|means| means.method().name()).collect::<Vec<_>>(),
    });
    if let Some(fields) = document.as_object_mut() {
        fields.extend(belongings(person));
    }
    document
}

fn belongings(person: &Person) -> Map<String, Json> {
    let (mut fields, mut phones) = (Map::new(), Map::new());
    for means in person.means {
        match means {
            Means::App(seed) => drop(fields.insert("app_secret".to_owned(), json!(seed))),
            Means::Contact(Method::Email, address) => drop(fields.insert("email".to_owned(), json!(address))),
            Means::Contact(method, number) => {
                fields.entry("phone").or_insert_with(|| json!(number));
                phones.insert(method.name().to_owned(), json!(number));
            }
            Means::Answers(answers) => {
                let answer =
                    |(number, answer): &(u32, &str)| json!({ "question_id": number.to_string(), "answer": answer });
                fields.insert("answers".to_owned(), answers.iter().map(answer).collect());
            }
        }
    }
    if !phones.is_empty() {
        fields.insert("phones".to_owned(), Json::Object(phones));
    }
    fields
}

/// The same for people.
fn for_people(url: &str, config: &Config) -> String {
    let rows = PEOPLE.iter().map(|person| vec![person.upn(), happens(person), proves(person)]).collect();
    let accounts = table(&["user ID", "what happens", "what they prove with"], rows);
    format!(
        "\nReset a password:  {url}/reset\nRead the messages: {url}/demo/outbox\n\n{accounts}\n\n\
         Every account kept here has the password {PASSWORD}\n\
         For trying out, this demo is more patient than the product: {JOURNEYS} resets begun an hour from one address\n\
         instead of 5 or 30, and 1000 refusals shown an hour instead of 10. It answers on this machine only.\n\
         To see why an account fares as it does: readmit --config {} why USER-ID\n\
         Ctrl-C ends it.\n",
        config.file.display()
    )
}

fn happens(person: &Person) -> String {
    match (person.code, person.cause) {
        (Some(code), Some(cause)) => format!("SSPR_{code:04} {cause}"),
        (None, Some(cause)) => cause.to_owned(),
        (_, None) => match person.apart {
            Apart::Administrator => "works, as administrator".to_owned(),
            Apart::Nested => "works, through a nested group".to_owned(),
            _ => "works".to_owned(),
        },
    }
}

/// What a visitor has to type on the way to a new password; nobody else gets that far.
fn proves(person: &Person) -> String {
    if person.cause.is_some() {
        return String::new();
    }
    let proofs = person.means.iter().map(|means| match means {
        Means::Contact(method, text) => format!("{} {text}", method.name()),
        Means::App(seed) => format!("app_code {seed}"),
        Means::Answers(answers) => {
            let answers: Vec<&str> = answers.iter().map(|(_, answer)| *answer).collect();
            format!("questions ({})", answers.join(", "))
        }
    });
    proofs.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use readmit_core::decision::decide;
    use readmit_core::text::Upn;
    use readmit_store::FactsCache;

    #[tokio::test]
    async fn what_the_demo_announces_is_what_the_core_decides() {
        let entropy = Entropy::new();
        let folder = Folder::take(None, &entropy).unwrap();
        let config = configure(&folder, SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))).unwrap();
        let app = Box::pin(prepare(&config, &entropy, &MemoryOutbox::new())).await.unwrap();
        let now = Clock::System.now();
        for person in &PEOPLE {
            let read = async move |tx: &mut Tx| {
                let upn = Upn::parse(&person.upn()).unwrap();
                let tenant = tx.tenant_of_domain(upn.domain()).await?.unwrap();
                let account = tx.find_account(tenant, upn.identifier()).await?.unwrap().row.account.id;
                let mut facts = tx.facts(&FactsCache::default(), tenant, account).await?.unwrap();
                facts.attempts = tx.attempts(tenant, &account.to_string(), None, now).await?;
                Ok::<_, readmit_store::StoreError>(facts)
            };
            let facts = app.store.read(read).await.unwrap();
            let decision = decide(&facts, now);
            let code = decision.code().map(|code| code.number());
            let cause = decision.first_failure().map(|(_, cause)| cause.id());
            assert_eq!((code, cause), (person.code, person.cause), "{}", person.upn());
            let mut usable: Vec<Method> = facts.registrations.iter().map(|one| one.method).collect();
            let mut announced: Vec<Method> = person.means.iter().map(Means::method).collect();
            usable.sort_unstable();
            announced.sort_unstable();
            let malformed = matches!(person.apart, Apart::Mobile(_));
            assert!(usable == announced || malformed, "{}: {usable:?}", person.upn());
        }
    }
}
