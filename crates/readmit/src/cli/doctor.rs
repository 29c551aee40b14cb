//! `readmit doctor`: does the world fit the configuration?

use std::path::Path;

use readmit_server::clock::Clock;
use readmit_server::config::Config;
use readmit_server::config::StoreConfig;
use readmit_server::deliver::Driver;
use readmit_server::disk::Disk;
use readmit_server::disk::Room;
use readmit_server::drivers;
use readmit_server::health;
use readmit_server::start;
use readmit_server::start::DEMO_MARK;
use readmit_server::start::SCHEMA;
use readmit_store::Keys;
use readmit_store::Store;
use serde::Serialize;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::config_file;
use super::failure::Failure;

#[derive(clap::Args)]
pub(super) struct Doctor {}

/// One thing looked at.
#[derive(Serialize)]
struct Check {
    id: &'static str,
    ok: bool,
    detail: String,
    fix: Option<String>,
}

impl Check {
    fn good(id: &'static str, detail: impl Into<String>) -> Self {
        Self { id, ok: true, detail: detail.into(), fix: None }
    }

    fn bad(id: &'static str, detail: impl std::fmt::Display, fix: impl Into<String>) -> Self {
        Self { id, ok: false, detail: detail.to_string(), fix: Some(fix.into()) }
    }
}

impl Doctor {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let checks = match Config::load(&config_file(global)?) {
            Ok(config) => Box::pin(examine(&config)).await,
            Err(error) => vec![Check::bad("configuration", error.place_and_problem(), error.fix)],
        };
        let ok = checks.iter().all(|check| check.ok);
        global.output().document(&json!({ "checks": checks }), || people(&checks))?;
        Ok(if ok { Answer::Yes } else { Answer::No })
    }
}

fn people(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        text.push_str(&format!("{}  {:<14} {}\n", if check.ok { "ok  " } else { "FAIL" }, check.id, check.detail));
        if let Some(fix) = &check.fix {
            text.push_str(&format!("      {:<14} {fix}\n", ""));
        }
    }
    text
}

async fn examine(config: &Config) -> Vec<Check> {
    let mut checks = vec![Check::good("configuration", config.file.display().to_string())];
    let keys = match Keys::load(&config.keys.master_key_file) {
        Ok(keys) => {
            checks.push(Check::good("key_file", config.keys.master_key_file.display().to_string()));
            Some(keys)
        }
        Err(error) => {
            checks.push(Check::bad("key_file", error, "Put the key file back from its copy, with mode 0400."));
            None
        }
    };
    match start::open(config).await {
        Ok(store) => {
            checks.extend(database(&store, keys.as_ref()).await);
            store.close().await;
        }
        Err(fault) => {
            let fix = "See the section [store] of the configuration; an empty database needs `readmit migrate`.";
            checks.push(Check::bad("database", fault, fix));
        }
    }
    checks.extend(delivery(config).await);
    checks.push(public_url(config));
    if let StoreConfig::Sqlite { file } = &config.store {
        checks.push(disk(file));
    }
    checks
}

async fn database(store: &Store, keys: Option<&Keys>) -> Vec<Check> {
    let found = match store.schema_version().await {
        Ok(found) => found,
        Err(error) => {
            return vec![Check::bad("database", error, "See the section [store] of the configuration.")];
        }
    };
    if found != SCHEMA {
        let detail = format!("has schema {found}, this program needs {SCHEMA}");
        return vec![Check::good("database", "answers"), Check::bad("schema", detail, "Run `readmit migrate`.")];
    }
    let ours = match keys {
        Some(keys) => store.check_key(keys).await,
        None => Ok(()),
    };
    let belongs = match ours {
        Ok(()) => Check::good("database", "answers, and belongs to the key file"),
        Err(error) => Check::bad("database", error, "Use the key file that the database was made with."),
    };
    let clock = if health::clock_agrees(store, Clock::System.now()).await {
        Check::good("clock", "nothing in the database is from the future")
    } else {
        let fix = "Set the clock of every server by NTP; codes of authenticator apps depend on it.";
        Check::bad("clock", "the database holds records from more than 30 seconds ahead of this machine's clock", fix)
    };
    vec![belongs, Check::good("schema", format!("{SCHEMA}")), clock]
}

/// The relay is spoken to as far as STARTTLS and login; nothing is sent. Gateways have no such half-way point.
async fn delivery(config: &Config) -> Vec<Check> {
    let drivers = match drivers::drivers(config) {
        Ok(drivers) => drivers,
        Err(fault) => {
            return vec![Check::bad(fault.section, &fault.problem, "See readmit.example.toml.")];
        }
    };
    let is_demo = config.file.parent().is_some_and(|folder| folder.join(DEMO_MARK).exists());
    let mail = match &drivers.mail {
        Driver::Smtp(smtp) => match Box::pin(smtp.probe()).await {
            Ok(()) => Check::good("mail", "the relay answers, and takes our login where there is one"),
            Err(trouble) => {
                let relay =
                    config.mail.as_ref().map(|mail| format!("{}:{}: ", mail.host, mail.port)).unwrap_or_default();
                let fix = "See the section [mail] of the configuration, and the relay's log.";
                Check::bad("mail", format_args!("{relay}{trouble}"), fix)
            }
        },
        _ if is_demo => Check::good("mail", "the demo keeps its messages in memory"),
        _ => {
            Check::bad("mail", "not configured: nobody gets a code or a notice by mail", "Fill in the section [mail].")
        }
    };
    let gateway = |id, driver: &Driver| match driver {
        Driver::Gateway(_) => Check::good(id, "the configuration is complete; the gateway was not asked"),
        Driver::Smtp(_) | Driver::Memory(_) | Driver::None => Check::good(id, "not configured"),
    };
    vec![mail, gateway("sms", &drivers.sms), gateway("voice", &drivers.voice)]
}

fn public_url(config: &Config) -> Check {
    let urls: Vec<String> = config.public_urls.iter().map(ToString::to_string).collect();
    let is_local = config.public_urls.iter().all(|origin| !origin.is_https());
    if is_local && !config.server.bind.ip().is_loopback() {
        let fix = "Name the https address that people type in public_urls.";
        return Check::bad("public_url", format!("only this machine can use {}", urls.join(", ")), fix);
    }
    let note = if is_local { " (this machine only)" } else { "" };
    Check::good("public_url", format!("{}{note}", urls.join(", ")))
}

fn disk(database: &Path) -> Check {
    let fix = "Make room on the disk of the database.";
    match Disk::of(database).room() {
        Ok(Room::Enough) => Check::good("disk", "there is room"),
        Ok(Room::Low) => Check::bad("disk", "more than 90 % used", fix),
        Ok(Room::Scarce) => Check::bad("disk", "more than 95 % used: writing will soon fail", fix),
        Err(error) => Check::bad("disk", error, "Look at the folder of the database."),
    }
}
