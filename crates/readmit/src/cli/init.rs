//! `readmit init`: a folder with everything that `readmit serve` needs.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::path::PathBuf;

use readmit_core::account::Tenant as Organization;
use readmit_core::licence::TenantPlan;
use readmit_core::preset::Preset;
use readmit_core::text::Domain;
use readmit_server::config::Config;
use readmit_server::http::origin::PublicOrigin;
use readmit_server::start;
use readmit_store::Engine;
use readmit_store::Keys;
use readmit_store::Store;
use serde_json::json;

use super::Answer;
use super::Global;
use super::context::Context;
use super::failure::Failure;
use super::fields::text;
use super::output::sheet;
use super::tenant;
use super::tenant::NewTenant;

const LONGEST_NAME: usize = 64;
const DEFAULT_URLS: [&str; 2] = ["http://localhost:8080", "http://127.0.0.1:8080"];
const DEFAULT_BIND: &str = "127.0.0.1:8080";

#[derive(clap::Args)]
pub(super) struct Init {
    /// The folder; made if it is missing.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// A domain of the organization's user IDs; several may follow.
    #[arg(long = "domain", value_name = "DOMAIN", required = true, num_args = 1..)]
    domains: Vec<String>,
    /// recommended, entra, strict, or none for no policy yet.
    #[arg(long, default_value = "recommended")]
    preset: String,
    /// The address that people type, such as <https://reset.example.org>.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// sqlite:FILE or postgres://USER@HOST/DATABASE; else a file in the folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// File that holds the password of a PostgreSQL role.
    #[arg(long, value_name = "FILE", requires = "database")]
    database_password_file: Option<PathBuf>,
}

/// What was asked for, checked before anything is made.
struct Plan {
    tenant: String,
    domains: Vec<Domain>,
    preset: Option<Preset>,
    toml: String,
}

impl Init {
    pub(super) async fn run(self, global: &Global) -> Result<Answer, Failure> {
        let plan = self.plan(global)?;
        let place = Site::new(&self.dir)?;
        let names = json!({ "config": place.config, "key": place.key, "tenant": plan.tenant, "preset": self.preset });
        place.build(plan, global).await?;
        let output = global.output();
        output.document(&names, || sheet(&names, &["config", "key", "tenant", "preset"]))?;
        output.say(&format!("Next: readmit --config {} serve", self.dir.join("readmit.toml").display()))?;
        output.say("Mail and text messages are set up in that file; readmit.example.toml describes every key.")?;
        Ok(Answer::Yes)
    }

    fn plan(&self, global: &Global) -> Result<Plan, Failure> {
        let name = global.tenant.as_deref().ok_or_else(|| Failure::usage("--tenant NAME is missing"))?;
        let tenant = text("tenant", name, LONGEST_NAME)?;
        if tenant.is_empty() {
            return Err(Failure::invalid("tenant", "empty"));
        }
        let preset = match self.preset.as_str() {
            "none" => None,
            name => {
                let known = Preset::parse(name);
                Some(known.ok_or_else(|| Failure::invalid("preset", "recommended, entra, strict or none"))?)
            }
        };
        let mut domains = Vec::new();
        for given in &self.domains {
            let domain = Domain::parse(given).map_err(|problem| Failure::invalid("domain", problem))?;
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        Ok(Plan { tenant, domains, preset, toml: self.toml()? })
    }

    fn toml(&self) -> Result<String, Failure> {
        let urls: Vec<&str> = self.public_url.as_deref().map_or(DEFAULT_URLS.to_vec(), |url| vec![url]);
        let mut bind = DEFAULT_BIND.to_owned();
        for url in &urls {
            let origin = PublicOrigin::parse(url).map_err(|problem| Failure::invalid("public_url", problem))?;
            if !origin.is_https() {
                // Plain HTTP is this machine's own, so that is where we listen.
                let port = origin.authority().rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
                let host = if origin.host() == "[::1]" { "[::1]" } else { "127.0.0.1" };
                bind = format!("{host}:{}", port.unwrap_or(80));
            }
        }
        let database = self.database.as_deref().unwrap_or("sqlite:readmit.db");
        let password = match &self.database_password_file {
            Some(file) => format!("password_file = {}\n", quoted(&absolute(file)?.display().to_string())),
            None => String::new(),
        };
        Ok(format!(
            "# Made by `readmit init`. readmit.example.toml describes every key, also those of [mail], [sms] and [voice].\n\
             public_urls = [{}]\n\n[server]\nbind = {}\n\n[store]\nurl = {}\n{password}\n[keys]\nmaster_key_file = \"keys/master.key\"\n",
            urls.iter().map(|url| quoted(url)).collect::<Vec<_>>().join(", "),
            quoted(&bind),
            quoted(database),
        ))
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| file_failure(path, &error))
}

/// A TOML basic string; JSON's escapes are a subset of its.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The folder being filled. What was made goes away again with it, unless all of it was made.
pub(super) struct Site {
    config: PathBuf,
    draft: PathBuf,
    key: PathBuf,
    made: Vec<PathBuf>,
}

impl Site {
    /// Refuses a folder that holds any of what would be made.
    pub(super) fn new(dir: &Path) -> Result<Self, Failure> {
        let site = Self {
            config: dir.join("readmit.toml"),
            draft: dir.join(".readmit.toml.new"),
            key: dir.join("keys/master.key"),
            made: Vec::new(),
        };
        let names = [&site.config, &site.key, &site.draft, &dir.join("readmit.db")];
        if let Some(there) = names.into_iter().find(|name| name.exists()) {
            return Err(Failure::exists("dir", format_args!("{} is there already", there.display()))
                .hint("name another folder; nothing was changed"));
        }
        Ok(site)
    }

    async fn build(mut self, plan: Plan, global: &Global) -> Result<(), Failure> {
        for folder in
            [self.config.parent(), self.key.parent()].into_iter().flatten().map(Path::to_owned).collect::<Vec<_>>()
        {
            self.folder(&folder)?;
        }
        let entropy = readmit_server::entropy::Entropy::new();
        self.made.push(self.key.clone());
        let keys = Keys::generate_file(&self.key, entropy.bytes()?)?;
        self.made.push(self.draft.clone());
        write_new(&self.draft, &plan.toml)?;
        let config = Config::load(&self.draft)?;
        if let readmit_server::config::StoreConfig::Sqlite { file } = &config.store {
            if file.exists() {
                return Err(Failure::exists("database", format_args!("{} is there already", file.display())));
            }
            for end in ["", "-wal", "-shm"] {
                let mut name = file.as_os_str().to_owned();
                name.push(end);
                self.made.push(PathBuf::from(name));
            }
        }
        database(&config, &keys).await?;
        first_tenant(plan, &self.draft, global).await?;
        fs::rename(&self.draft, &self.config).map_err(|error| file_failure(&self.config, &error))?;
        sync_folder(&self.config)?;
        self.made.clear();
        Ok(())
    }

    /// A folder for its owner alone, with those above it.
    fn folder(&mut self, folder: &Path) -> Result<(), Failure> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.folder(above)?;
        }
        fs::DirBuilder::new().mode(0o700).create(folder).map_err(|error| file_failure(folder, &error))?;
        self.made.push(folder.to_owned());
        Ok(())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The failure that brought us here is the one to tell; what cannot be removed was perhaps never made.
        for path in self.made.iter().rev() {
            drop(fs::remove_file(path).or_else(|_| fs::remove_dir(path)));
        }
    }
}

/// The schema, and the key that the database belongs to from now on.
async fn database(config: &Config, keys: &Keys) -> Result<(), Failure> {
    let store = Store::open(&start::store_config(&config.store)).await?;
    if store.engine() == Engine::Postgres && store.schema_version().await? > 0 && store.is_keyed().await? {
        return Err(Failure::exists("database", "it belongs to another installation"));
    }
    store.migrate().await?;
    store.check_key(keys).await?;
    store.close().await;
    Ok(())
}

async fn first_tenant(plan: Plan, config: &Path, global: &Global) -> Result<(), Failure> {
    let inner = Global { config: Some(config.to_owned()), tenant: None, json: global.json, quiet: global.quiet };
    let context = Context::open(&inner).await?;
    let id = context.tenant_id()?;
    let tenant = Organization { id, name: plan.tenant, plan: TenantPlan::Unlimited, time_zone: "UTC".to_owned() };
    tenant::create(&context, NewTenant { tenant, domains: plan.domains, preset: plan.preset }).await?;
    context.checkpoint().await?;
    context.store.close().await;
    Ok(())
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = fs::OpenOptions::new().write(true).create_new(true).mode(0o644).open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| file_failure(path, &error))
}

/// Makes the names in the folder durable.
fn sync_folder(file: &Path) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| file_failure(folder, &error))
}

pub(super) fn file_failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::invalid("dir", format_args!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn init(public_url: Option<&str>) -> Init {
        Init {
            dir: PathBuf::from("x"),
            domains: vec!["larkfield.example".to_owned()],
            preset: "recommended".to_owned(),
            public_url: public_url.map(str::to_owned),
            database: None,
            database_password_file: None,
        }
    }

    #[test]
    fn plain_http_listens_where_it_says_it_is() {
        for (url, bind) in [
            (None, "bind = \"127.0.0.1:8080\""),
            (Some("https://reset.example.org"), "bind = \"127.0.0.1:8080\""),
            (Some("http://localhost:9000"), "bind = \"127.0.0.1:9000\""),
            (Some("http://[::1]:9000"), "bind = \"[::1]:9000\""),
            (Some("http://127.0.0.1"), "bind = \"127.0.0.1:80\""),
        ] {
            let toml = init(url).toml().unwrap();
            assert!(toml.contains(bind), "{url:?}: {toml}");
        }
        assert!(init(Some("http://reset.example.org")).toml().is_err());
    }
}
