//! The example file, and what is refused with which words.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;

const EXAMPLE: &str = include_str!("../../../../readmit.example.toml");
const MINIMAL: &str = "public_urls = [\"https://reset.example.org\"]\n";

/// A folder with every secret that the example names.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("keys")).unwrap();
    for name in [
        "master.key",
        "database.password",
        "mail.password",
        "sms.secret",
        "voice.secret",
        "tls.key",
        "tls.pem",
        "mail-ca.pem",
    ] {
        write(folder.path(), &format!("keys/{name}"), "s3cret\n", 0o400);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str, mode: u32) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

fn load(folder: &TempDir, text: &str) -> Result<Config, ConfigError> {
    let path = folder.path().join("readmit.toml");
    fs::write(&path, text).unwrap();
    Config::load(&path)
}

fn loaded(text: &str) -> Config {
    match load(&folder(), text) {
        Ok(config) => config,
        Err(error) => panic!("{error}"),
    }
}

/// `LINE KEY: PROBLEM` of the refusal.
fn refused(text: &str) -> String {
    let error = load(&folder(), text).err().unwrap_or_else(|| panic!("accepted: {text}"));
    assert!(error.fix.ends_with('.') && error.to_string().ends_with(&error.fix), "{error}");
    format!("{} {}: {}", error.line.unwrap(), error.key, error.problem)
}

/// The example with every `#key = value` and `#[table]` switched on.
fn everything_on() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') && !rest.is_empty() => rest.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(on).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_as_it_stands_says_what_an_almost_empty_file_says() {
    let (example, minimal) = (loaded(EXAMPLE), loaded(MINIMAL));
    assert_eq!(example.public_urls, minimal.public_urls);
    assert_eq!(example.server, minimal.server);
    assert_eq!(example.keys.master_key_file.file_name(), minimal.keys.master_key_file.file_name());
    let (StoreConfig::Sqlite { file: example_file }, StoreConfig::Sqlite { file: minimal_file }) =
        (&example.store, &minimal.store)
    else {
        panic!("the default is SQLite")
    };
    assert_eq!(example_file.file_name(), minimal_file.file_name());
    assert!(example.mail.is_none() && example.sms.is_none() && example.voice.is_none());
    assert_eq!(minimal.server.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(minimal.server.drain, Duration::from_secs(8));
}

#[test]
fn the_example_with_everything_on_is_valid_and_names_the_defaults() {
    let text = everything_on().replacen("url = \"sqlite:readmit.db\"\n", "", 1);
    let full = loaded(&text);
    assert!(full.server.tls.is_some());
    let StoreConfig::Postgres { url, password } = &full.store else { panic!("postgres is switched on") };
    assert!(url.starts_with("postgres://"));
    assert_eq!(password.as_ref().unwrap().expose(), "s3cret");
    let least =
        loaded(&format!("{MINIMAL}[mail]\nhost='m.example'\nfrom='a@b.example'\n[sms]\nurl='https://g.example'\n"));
    let (mail, least_mail) = (full.mail.unwrap(), least.mail.unwrap());
    assert_eq!((mail.port, mail.security), (least_mail.port, least_mail.security));
    assert_eq!(mail.login.unwrap().secret.expose(), "s3cret");
    let (sms, least_sms) = (full.sms.unwrap(), least.sms.unwrap());
    assert_eq!((sms.method, &sms.headers, &sms.body), (least_sms.method, &least_sms.headers, &least_sms.body));
    assert_eq!(sms.success_status, least_sms.success_status);
    assert!(matches!(sms.auth, GatewayAuth::Bearer(_)) && matches!(least_sms.auth, GatewayAuth::None));
    assert!(matches!(full.voice.unwrap().auth, GatewayAuth::Basic(_)));
}

#[test]
fn paths_are_relative_to_the_files_folder() {
    let folder = folder();
    let config = load(&folder, MINIMAL).ok().unwrap();
    assert_eq!(config.keys.master_key_file, folder.path().join("keys/master.key"));
    let StoreConfig::Sqlite { file } = config.store else { panic!("the default is SQLite") };
    assert_eq!(file, folder.path().join("readmit.db"));
    let absolute = load(&folder, &format!("{MINIMAL}[store]\nurl='sqlite:///var/lib/readmit.db'\n")).ok().unwrap();
    assert!(matches!(absolute.store, StoreConfig::Sqlite { file } if file == Path::new("/var/lib/readmit.db")));
}

/// What stands after the first line, and how the refusal begins.
const MISTAKES: &[(&str, &str)] = &[
    ("outbox = 'memory'", "2 outbox: unknown field `outbox`"),
    ("[demo]\noutbox = true", "2 demo: unknown field `demo`"),
    ("[mail]\nhost='m'\nfrom='a@b'\noutbox='x'", "5 mail.outbox: unknown field `outbox`"),
    ("[server]\n\nBind = '127.0.0.1:1'", "4 server.Bind: unknown field `Bind`"),
    ("[server]\nbind = 8080", "3 server.bind: invalid type"),
    ("[server]\nbind = 'localhost:8080'", "3 server.bind: not an IP address"),
    ("[server]\nbind = '127.0.0.1:1'\nbind = '127.0.0.1:2'", "4 server.bind: duplicate key"),
    (
        "[server]\ntrusted_proxies = [\n '10.0.0.1',\n 'proxy']",
        "5 server.trusted_proxies: `proxy` is not an IP address",
    ),
    ("[server]\ndrain_s = 301", "3 server.drain_s: longer"),
    ("[server]\ntls_cert_file = 'keys/tls.pem'", "3 server.tls_cert_file: there is no tls_key_file"),
    ("[server]\ntls_key_file = 'keys/tls.key'", "3 server.tls_key_file: there is no tls_cert_file"),
    ("[store]\nurl = 'mysql://x'", "3 store.url: neither"),
    ("[store]\nurl = 'sqlite:'", "3 store.url: no plain file name"),
    ("[store]\nurl = 'postgres://u:p@h/d'", "3 store.url: there is a password in it"),
    ("[store]\nurl = 'postgres://u@h/d?password=p'", "3 store.url: there is a password in it"),
    ("[store]\npassword_file = 'keys/database.password'", "3 store.password_file: SQLite has no password"),
    ("[store]\nurl = 'postgres://u@h/d'\npassword = 'p'", "4 store.password: unknown field"),
    ("[keys]\nmaster_key_file = 'keys/none.key'", "3 keys.master_key_file: "),
    ("[keys]\nmaster_key_file = 'keys'", "3 keys.master_key_file: "),
    ("[mail]\nhost = 'm'", "2 mail.from: missing field `from`"),
    ("[mail]\nhost = 'm'\nfrom = 'nobody'", "4 mail.from: not a mail address"),
    ("[mail]\nhost = 'smtp://m'\nfrom = 'a@b.example'", "3 mail.host: not a host name"),
    ("[mail]\nhost = 'm'\nfrom = 'a@b.example'\nsecurity = 'ssl'", "5 mail.security: unknown variant `ssl`"),
    ("[mail]\nhost='m'\nfrom='a@b.example'\nusername='u'", "5 mail.username: there is no password_file"),
    (
        "[mail]\nhost='m'\nfrom='a@b.example'\nsecurity='none'\nusername='u'\npassword_file='keys/mail.password'",
        "6 mail.username: the password would cross",
    ),
    ("[sms]\nurl = 'gateway'", "3 sms.url: not a URL of https"),
    ("[sms]\nurl = 'http://gateway.example'", "3 sms.url: codes would cross"),
    ("[sms]\nurl = 'https://u:p@gateway.example'", "3 sms.url: the host must be plain"),
    ("[sms]\nurl = 'https://{{to}}.example'", "3 sms.url: the host must be plain"),
    ("[sms]\nurl = 'https://g.example'\nbody = '{{code}}'", "4 sms.body: unknown template field"),
    ("[sms]\nurl = 'https://g.example'\nheaders = { Authorization = 'x' }", "4 sms.headers: a secret"),
    ("[sms]\nurl = 'https://g.example'\nauth = 'bearer'", "4 sms.auth: secret_file is missing"),
    ("[sms]\nurl = 'https://g.example'\nauth = 'basic'", "4 sms.auth: username is missing"),
    ("[sms]\nurl = 'https://g.example'\nusername = 'u'", "4 sms.username: auth is \"none\""),
    ("[sms]\nurl = 'https://g.example'\nsuccess_status = [500]", "4 sms.success_status: 500"),
    ("[sms]\nurl = 'https://g.example'\nsuccess_status = []", "4 sms.success_status: the list is empty"),
    ("[voice]\nurl = 'https://g.example'\nid_pointer = 'id'", "4 voice.id_pointer: not a JSON pointer"),
    (
        "[voice]\nurl = 'https://g.example'\nsuccess_pointer = '/a'\nsuccess_text = 'b'",
        "5 voice.success_text: success_pointer is there too",
    ),
    ("[server", "2 "),
];

#[test]
fn a_mistake_is_named_with_line_and_key() {
    let after = |text: &str| refused(&format!("{MINIMAL}{text}"));
    for (text, expected) in MISTAKES {
        let found = after(text);
        assert!(found.starts_with(expected), "{text}\n  expected {expected}\n  found    {found}");
    }
}

#[test]
fn public_urls_are_https_or_this_machine() {
    assert!(refused("").ends_with(" public_urls: missing field `public_urls`"));
    assert!(refused("public_urls = []").starts_with("1 public_urls: the list is empty"));
    assert!(
        refused("public_urls = [\n'https://a.example',\n'http://b.example']")
            .starts_with("3 public_urls: `http://b.example`: http is only")
    );
    assert!(refused("public_urls = ['https://a.example/reset']").contains("more than a host and a port"));
    assert_eq!(loaded("public_urls = ['http://localhost:8080', 'http://127.0.0.1:8080']").public_urls.len(), 2);
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    for (mode, fine) in [(0o400, true), (0o600, true), (0o440, false), (0o404, false), (0o640, false), (0o602, false)] {
        let folder = folder();
        fs::set_permissions(folder.path().join("keys/master.key"), fs::Permissions::from_mode(mode)).unwrap();
        let error = load(&folder, MINIMAL).err();
        assert_eq!(error.is_none(), fine, "{mode:o}");
        assert!(
            error.is_none_or(|error| error.key == "keys.master_key_file" || error.problem.contains("by others")),
            "{mode:o}"
        );
    }
}

#[test]
fn a_secret_is_one_line_without_its_end() {
    let text = format!("{MINIMAL}[store]\nurl = 'postgres://u@h/d'\npassword_file = 'p'\n");
    for (content, secret) in [
        ("a b ", Some("a b ")),
        ("x\n", Some("x")),
        ("x\r\n", Some("x")),
        ("", None),
        ("\n", None),
        ("x\n\n", None),
        ("x\ny", None),
    ] {
        let folder = folder();
        write(folder.path(), "p", content, 0o600);
        let found = load(&folder, &text).ok().map(|config| match config.store {
            StoreConfig::Postgres { password, .. } => password.unwrap().expose().to_owned(),
            StoreConfig::Sqlite { .. } => panic!("postgres was asked for"),
        });
        assert_eq!(found.as_deref(), secret, "{content:?}");
    }
    let folder = folder();
    write(folder.path(), "p", "x", 0o604);
    assert!(load(&folder, &text).err().unwrap().problem.contains("mode 0604"));
}

#[test]
fn a_missing_file_is_said_so() {
    let error = Config::load(Path::new("does-not-exist.toml")).err().unwrap();
    assert_eq!(error.line, None);
    assert!(error.to_string().starts_with("does-not-exist.toml: cannot be read"));
}
