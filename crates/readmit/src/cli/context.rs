//! What a command works with: configuration, database, key, time, and who is acting.

use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::text::Identifier;
use readmit_core::text::Upn;
use readmit_server::clock::Clock;
use readmit_server::config;
use readmit_server::config::Config;
use readmit_server::entropy::Entropy;
use readmit_server::hashing::Cost;
use readmit_server::hashing::Hasher;
use readmit_server::start::checkpoint_file;
use readmit_store::AccountRow;
use readmit_store::Actor;
use readmit_store::AuditFault;
use readmit_store::AuditRecord;
use readmit_store::FoundBy;
use readmit_store::Keys;
use readmit_store::Seal;
use readmit_store::Store;
use readmit_store::StoreConfig;
use readmit_store::StoreError;
use readmit_store::TenantRow;
use readmit_store::Tx;
use readmit_store::Writer;
use zeroize::Zeroizing;

use super::Global;
use super::failure::Failure;
use super::output::Output;

/// Name of the command line's audit chain.
const WRITER: &str = "cli";
const CONFIG_FILES: [&str; 2] = ["readmit.toml", "/etc/readmit/readmit.toml"];

/// Everything a command that touches the database needs.
pub(super) struct Context {
    pub(super) config: Config,
    pub(super) store: Store,
    pub(super) keys: Keys,
    pub(super) entropy: Entropy,
    pub(super) output: Output,
    pub(super) actor: Actor,
    clock: Clock,
    writer: Writer,
    tenant: Option<String>,
}

/// One audit record about to be written, in the unit of what it records.
#[derive(Clone)]
pub(super) struct Entry {
    writer: Writer,
    pub(super) record: AuditRecord,
    seed: [u8; 32],
}

impl Entry {
    /// Writes it; the last thing that a unit does.
    pub(super) async fn append(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.append_audit(&self.writer, &self.record, self.seed).await.map(drop)
    }
}

impl Context {
    /// Finds and reads the configuration, opens the database, and proves that key and database belong together.
    pub(super) async fn open(global: &Global) -> Result<Self, Failure> {
        let config = Config::load(&config_file(global)?)?;
        let keys = Keys::load(&config.keys.master_key_file)?;
        let store = Store::open(&store_config(&config)).await?;
        if store.schema_version().await? == 0 {
            return Err(Failure::configuration("the database is empty").hint("run `readmit migrate`"));
        }
        store.check_key(&keys).await?;
        Ok(Self {
            writer: Writer::new(WRITER, &keys),
            actor: Actor::cli(&os_user()),
            config,
            store,
            keys,
            entropy: Entropy::new(),
            clock: Clock::System,
            output: global.output(),
            tenant: global.tenant.clone(),
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The actor as records name it: `cli:<user of the operating system>`.
    pub(super) fn actor_id(&self) -> String {
        self.actor.id.clone().unwrap_or_default()
    }

    pub(super) fn hasher(&self) -> Hasher {
        Hasher::new(&self.keys, Cost::Standard)
    }

    /// An audit record of something that worked.
    pub(super) fn entry(&self, tenant: TenantId, activity: ActivityName) -> Result<Entry, Failure> {
        let record = AuditRecord::new(self.now(), activity, ActivityResult::Success, self.actor.clone());
        let record = AuditRecord { tenant: Some(tenant), ..record };
        Ok(Entry { writer: self.writer.clone(), record, seed: self.entropy.bytes()? })
    }

    /// The key, for one sealing.
    pub(super) fn seal(&self) -> Result<Seal, Failure> {
        Ok(Seal { keys: self.keys.clone(), nonce: self.entropy.bytes()? })
    }

    pub(super) fn account_id(&self) -> Result<AccountId, Failure> {
        Ok(AccountId::new(self.now(), self.entropy.bytes()?))
    }

    pub(super) fn group_id(&self) -> Result<GroupId, Failure> {
        Ok(GroupId::new(self.now(), self.entropy.bytes()?))
    }

    pub(super) fn tenant_id(&self) -> Result<TenantId, Failure> {
        Ok(TenantId::new(self.now(), self.entropy.bytes()?))
    }

    pub(super) fn registration_id(&self) -> Result<RegistrationId, Failure> {
        Ok(RegistrationId::from_bits(u128::from_be_bytes(self.entropy.bytes()?)))
    }

    /// The organization that `--tenant` names, or the only one.
    pub(super) async fn tenant(&self) -> Result<TenantRow, Failure> {
        self.named_tenant(self.tenant.clone()).await
    }

    /// The organization of this name; without a name, the only one.
    pub(super) async fn named_tenant(&self, name: Option<String>) -> Result<TenantRow, Failure> {
        self.store
            .read(async move |tx: &mut Tx| {
                if let Some(name) = name {
                    let found = tx.tenant_named(&name).await?;
                    return found.ok_or_else(|| Failure::not_found(format!("there is no organization {name}")));
                }
                let mut page = tx.tenants(None, 1).await?;
                match (page.items.pop(), page.next) {
                    (Some(only), None) => Ok(only),
                    (None, _) => Err(Failure::not_found("there is no organization yet")
                        .hint("make one: readmit tenant create NAME --domain DOMAIN")),
                    (Some(_), Some(_)) => {
                        Err(Failure::invalid("tenant", "there are several organizations")
                            .hint("say which: --tenant NAME"))
                    }
                }
            })
            .await
    }

    /// The organization that `--tenant` names, or else the one that the domain of a user ID selects.
    pub(super) async fn tenant_of(&self, domain: &str) -> Result<TenantRow, Failure> {
        if self.tenant.is_some() {
            return self.tenant().await;
        }
        let domain = domain.to_owned();
        self.store
            .read(async move |tx: &mut Tx| {
                let found = match tx.tenant_of_domain(&domain).await? {
                    Some(id) => tx.tenant(id).await?,
                    None => None,
                };
                found.ok_or_else(|| Failure::not_found(format!("no organization has the domain {domain}")))
            })
            .await
    }

    /// The account of a user ID, with its organization.
    pub(super) async fn account(&self, upn: &str) -> Result<(TenantRow, AccountRow), Failure> {
        let upn = Upn::parse(upn).map_err(|problem| Failure::invalid("upn", problem))?;
        let tenant = self.tenant_of(upn.domain()).await?;
        let id = tenant.tenant.id;
        let row = self.store.read(async move |tx: &mut Tx| account_named(tx, id, upn.identifier()).await).await?;
        Ok((tenant, row))
    }

    /// Signs what the audit has come to, as each process that wrote does before it ends.
    ///
    /// The act itself is done and on record, so what is only late (the server signs again within minutes) is a remark.
    pub(super) async fn checkpoint(&self) -> Result<(), Failure> {
        let file = checkpoint_file(&self.config);
        match self.store.checkpoint(&self.keys, Some(&file), self.now()).await {
            Ok(_) => Ok(()),
            Err(fault @ (AuditFault::File { .. } | AuditFault::Store(StoreError::Conflict))) => {
                self.output.say(&format!("warning: done, but not yet in a signed checkpoint: {fault}"))
            }
            Err(fault) => Err(fault.into()),
        }
    }
}

/// The account of a user ID.
pub(super) async fn account_named(tx: &mut Tx, tenant: TenantId, name: &Identifier) -> Result<AccountRow, Failure> {
    match tx.find_account(tenant, name).await? {
        Some(found) if found.by == FoundBy::Upn => Ok(found.row),
        Some(found) => Err(Failure::not_found(format!("there is no account {}", name.typed()))
            .hint(format!("it is a proxy address of {}", found.row.account.upn))),
        None => Err(Failure::not_found(format!("there is no account {}", name.typed()))),
    }
}

/// The file that `--config` or the environment names, or the first of the usual ones.
pub(super) fn config_file(global: &Global) -> Result<PathBuf, Failure> {
    if let Some(file) = &global.config {
        return Ok(file.clone());
    }
    let usual = CONFIG_FILES.iter().map(PathBuf::from).find(|file| file.exists());
    usual.ok_or_else(|| {
        Failure::configuration("there is no readmit.toml here, nor in /etc/readmit")
            .hint("name one with --config, or make one with `readmit init`")
    })
}

/// Where the configuration says that the database is.
pub(super) fn store_config(config: &Config) -> StoreConfig {
    match &config.store {
        config::StoreConfig::Sqlite { file } => {
            StoreConfig { url: format!("sqlite:{}", file.display()), password: None }
        }
        config::StoreConfig::Postgres { url, password } => StoreConfig {
            url: url.clone(),
            password: password.as_ref().map(|secret| Zeroizing::new(secret.expose().to_owned())),
        },
    }
}

/// The name of who runs this process; their number where they have no name.
pub(super) fn os_user() -> String {
    let uid = process_owner();
    let name = std::fs::read_to_string("/etc/passwd").ok().and_then(|text| named_in(&text, uid?));
    name.or_else(|| uid.map(|uid| uid.to_string())).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(unix)]
fn process_owner() -> Option<u32> {
    let me = std::fs::metadata(Path::new("/proc/self")).ok()?;
    Some(std::os::unix::fs::MetadataExt::uid(&me))
}

#[cfg(not(unix))]
fn process_owner() -> Option<u32> {
    None
}

/// The name of a user in the format of passwd(5).
fn named_in(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_by_their_number() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/srv/ada:/bin/sh\n";
        assert_eq!(named_in(passwd, 1000), Some("ada".to_owned()));
        assert_eq!(named_in(passwd, 7), None);
    }
}
