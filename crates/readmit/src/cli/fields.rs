//! The fields of an account, as the command line and CSV files name them.

use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::account::SignInModel;
use readmit_core::account::UserType;
use readmit_core::ids::AccountId;
use readmit_core::text::EmailAddress;
use readmit_core::text::PhoneNumber;
use readmit_core::text::SignKind;
use readmit_core::text::Upn;
use readmit_store::AccountRow;
use readmit_store::proxy_identifier;
use serde::de::DeserializeOwned;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::failure::Failure;

/// Fields that can be set, by their JSON names.
pub(super) const FIELDS: [&str; 14] = [
    "display_name",
    "first_name",
    "last_name",
    "mail",
    "proxy_addresses",
    "mobile_phone",
    "business_phones",
    "other_mails",
    "authority",
    "sign_in_model",
    "user_type",
    "roles",
    "enabled",
    "locale",
];
/// Fields that reach a person: the audit keeps only their masks.
const CONTACTS: [&str; 5] = ["mail", "proxy_addresses", "mobile_phone", "business_phones", "other_mails"];

/// A new value: the field's JSON name, and what it is set to. No value, or one empty one, clears the field.
pub(super) type Setting = (String, Vec<String>);

/// Settings as options of the command line.
#[derive(clap::Args)]
pub(super) struct FieldArguments {
    /// Full name.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Given name.
    #[arg(long, value_name = "TEXT")]
    first_name: Option<String>,
    /// Family name.
    #[arg(long, value_name = "TEXT")]
    last_name: Option<String>,
    /// Primary mailbox.
    #[arg(long, value_name = "ADDRESS")]
    mail: Option<String>,
    /// Another address of the account; may be given several times.
    #[arg(long = "proxy-address", value_name = "ADDRESS")]
    proxy_addresses: Option<Vec<String>>,
    /// Mobile phone, as "+1 4251234567".
    #[arg(long, value_name = "NUMBER")]
    mobile_phone: Option<String>,
    /// Office phone; may be given several times, the first is used.
    #[arg(long = "business-phone", value_name = "NUMBER")]
    business_phones: Option<Vec<String>>,
    /// Alternate mailbox; may be given several times, the first is used.
    #[arg(long = "other-mail", value_name = "ADDRESS")]
    other_mails: Option<Vec<String>>,
    /// Who keeps the password: cloud or on_premises.
    #[arg(long, value_name = "WHO")]
    authority: Option<String>,
    /// cloud_only, password_hash_sync, pass_through or federated.
    #[arg(long, value_name = "MODEL")]
    sign_in_model: Option<String>,
    /// member, guest or service.
    #[arg(long, value_name = "TYPE")]
    user_type: Option<String>,
    /// A role, such as global_administrator; may be given several times.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Option<Vec<String>>,
    /// Switch the account off.
    #[arg(long, conflicts_with = "enabled")]
    disabled: bool,
    /// Switch the account on again.
    #[arg(long)]
    enabled: bool,
    /// Language of messages, as BCP 47 names it.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// Read a new password from standard input.
    #[arg(long)]
    pub(super) password_stdin: bool,
}

impl FieldArguments {
    /// What was given, in the order of [`FIELDS`].
    pub(super) fn settings(&self) -> Vec<Setting> {
        let one = |value: &Option<String>| value.clone().map(|value| vec![value]);
        let switch = if self.disabled { Some("false") } else { self.enabled.then_some("true") };
        let given = [
            one(&self.display_name),
            one(&self.first_name),
            one(&self.last_name),
            one(&self.mail),
            self.proxy_addresses.clone(),
            one(&self.mobile_phone),
            self.business_phones.clone(),
            self.other_mails.clone(),
            one(&self.authority),
            one(&self.sign_in_model),
            one(&self.user_type),
            self.roles.clone(),
            switch.map(|value| vec![value.to_owned()]),
            one(&self.locale),
        ];
        FIELDS.into_iter().zip(given).filter_map(|(field, values)| Some((field.to_owned(), values?))).collect()
    }
}

/// The user ID of a new account. The cloud directory gives out a smaller alphabet than it reads.
pub(super) fn new_upn(given: &str, settings: &[Setting]) -> Result<Upn, Failure> {
    let kept_elsewhere =
        settings.iter().any(|(field, values)| field == "authority" && values.concat() == "on_premises");
    let upn = if kept_elsewhere { Upn::parse(given) } else { Upn::parse_new(given) };
    upn.map_err(|problem| Failure::invalid("upn", problem))
}

/// An account with nothing set but its user ID.
pub(super) fn blank(id: AccountId, upn: Upn) -> Account {
    Account {
        id,
        upn,
        display_name: String::new(),
        first_name: String::new(),
        last_name: String::new(),
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
    }
}

/// A new account with these settings. What follows from others is filled in: the display name, and how an account
/// that lives in a directory signs in.
pub(super) fn made(id: AccountId, upn: Upn, settings: &[Setting]) -> Result<Account, Failure> {
    let mut account = blank(id, upn);
    set_all(&mut account, settings)?;
    if account.display_name.is_empty() {
        account.display_name = format!("{} {}", account.first_name, account.last_name).trim().to_owned();
    }
    if account.display_name.is_empty() {
        account.display_name = account.upn.local().to_owned();
    }
    if account.authority == Authority::OnPremises && !settings.iter().any(|(field, _)| field == "sign_in_model") {
        account.sign_in_model = SignInModel::PasswordHashSync;
    }
    Ok(account)
}

/// Sets every field that is given; the rest stays.
pub(super) fn set_all(account: &mut Account, settings: &[Setting]) -> Result<(), Failure> {
    settings.iter().try_for_each(|(field, values)| set(account, field, values))
}

fn set(account: &mut Account, field: &str, values: &[String]) -> Result<(), Failure> {
    let given: Vec<String> = values
        .iter()
        .map(|value| text(field, value, 256))
        .filter(|value| *value != Ok(String::new()))
        .collect::<Result<_, _>>()?;
    match field {
        "proxy_addresses" => account.proxy_addresses = checked(field, given, proxy_is_fit)?,
        "business_phones" => account.business_phones = given,
        "other_mails" => account.other_mails = given,
        "roles" => account.roles = roles(field, &given)?,
        _ => return set_one(account, field, given),
    }
    Ok(())
}

fn set_one(account: &mut Account, field: &str, mut given: Vec<String>) -> Result<(), Failure> {
    let value = given.pop();
    if !given.is_empty() {
        return Err(Failure::invalid(field, "takes one value"));
    }
    match field {
        "display_name" => account.display_name = value.unwrap_or_default(),
        "first_name" => account.first_name = value.unwrap_or_default(),
        "last_name" => account.last_name = value.unwrap_or_default(),
        "mail" => {
            if let Some(address) = &value {
                EmailAddress::parse(address).map_err(|problem| Failure::invalid(field, problem))?;
            }
            account.mail = value;
        }
        "mobile_phone" => account.mobile_phone = value,
        "authority" => account.authority = word(field, value, "cloud or on_premises")?,
        "sign_in_model" => {
            account.sign_in_model = word(field, value, "cloud_only, password_hash_sync, pass_through or federated")?;
        }
        "user_type" => account.user_type = word(field, value, "member, guest or service")?,
        "enabled" => account.enabled = flag(field, value)?,
        "locale" => {
            if value.as_ref().is_some_and(|tag| !is_language_tag(tag)) {
                return Err(Failure::invalid(field, "is no language tag, such as de or en-GB"));
            }
            account.locale = value;
        }
        _ => return Err(Failure::invalid(field, "no such field")),
    }
    Ok(())
}

/// A text of one line: trimmed, at most `longest` characters, without signs that nobody can see.
pub(super) fn text(field: &str, given: &str, longest: usize) -> Result<String, Failure> {
    if let Some(kind) = given.chars().find_map(SignKind::of) {
        return Err(Failure::invalid(field, format_args!("contains an unwelcome {kind}")));
    }
    let given = given.trim();
    if given.chars().count() > longest {
        return Err(Failure::invalid(field, format_args!("has more than {longest} characters")));
    }
    Ok(given.to_owned())
}

fn word<T: DeserializeOwned>(field: &str, value: Option<String>, allowed: &str) -> Result<T, Failure> {
    let value = value.unwrap_or_default().to_ascii_lowercase();
    serde_json::from_value(Json::String(value)).map_err(|_| Failure::invalid(field, format_args!("must be {allowed}")))
}

fn flag(field: &str, value: Option<String>) -> Result<bool, Failure> {
    match value.unwrap_or_default().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(Failure::invalid(field, "must be true or false")),
    }
}

fn roles(field: &str, given: &[String]) -> Result<Vec<Role>, Failure> {
    let mut roles = Vec::new();
    for name in given {
        let role = Role::parse(name).ok_or_else(|| {
            let known = Role::ALL.map(Role::name).join(", ");
            Failure::invalid(field, format_args!("{name} is no role")).hint(format!("one of {known}"))
        })?;
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Ok(roles)
}

fn checked(field: &str, given: Vec<String>, fit: impl Fn(&str) -> bool) -> Result<Vec<String>, Failure> {
    match given.iter().find(|value| !fit(value)) {
        Some(wrong) => Err(Failure::invalid(field, format_args!("{wrong} is no address"))),
        None => Ok(given),
    }
}

fn proxy_is_fit(address: &str) -> bool {
    proxy_identifier(address).is_some_and(|name| name.canonical().contains('@'))
}

fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let letters = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let other = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(letters) && parts.all(other)
}

/// What is on file but cannot be used, for people: they stay as the directory gave them.
pub(super) fn malformed(account: &Account) -> Vec<String> {
    let phones = account.mobile_phone.iter().map(|phone| ("mobile_phone", phone));
    let phones = phones.chain(account.business_phones.iter().map(|phone| ("business_phones", phone)));
    let phones = phones.filter_map(|(field, phone)| {
        let problem = PhoneNumber::parse(phone).err()?;
        let meant = problem.suggestion().map_or_else(String::new, |form| format!(" (meant: {form}?)"));
        Some(format!("{field}: the number {problem}, so it cannot be used{meant}"))
    });
    let mails = account.other_mails.iter().filter_map(|address| {
        let problem = EmailAddress::parse(address).err()?;
        Some(format!("other_mails: the address {problem}, so it cannot be used"))
    });
    phones.chain(mails).collect()
}

/// Every field of an account, for people and programs.
pub(super) fn document(row: &AccountRow, tenant: &str) -> Map<String, Json> {
    let mut document = values(&row.account);
    document.insert("id".to_owned(), json!(row.account.id));
    document.insert("upn".to_owned(), json!(row.account.upn));
    document.insert("tenant".to_owned(), json!(tenant));
    document.insert("version".to_owned(), json!(row.version));
    document.insert("created_at".to_owned(), time(row.created_at));
    document
}

pub(super) fn time(at: Timestamp) -> Json {
    Json::String(at.to_string())
}

fn values(account: &Account) -> Map<String, Json> {
    let roles: Vec<&str> = account.roles.iter().map(|role| role.name()).collect();
    let values = [
        json!(account.display_name),
        json!(account.first_name),
        json!(account.last_name),
        json!(account.mail),
        json!(account.proxy_addresses),
        json!(account.mobile_phone),
        json!(account.business_phones),
        json!(account.other_mails),
        json!(account.authority),
        json!(account.sign_in_model),
        json!(account.user_type),
        json!(roles),
        json!(account.enabled),
        json!(account.locale),
    ];
    FIELDS.into_iter().map(str::to_owned).zip(values).collect()
}

/// What the audit keeps of a change: the fields that differ, before and after; contacts masked.
pub(super) fn audited(before: &Account, after: &Account) -> (Json, Json) {
    let (mut old, mut new) = (Map::new(), Map::new());
    for ((field, was), (_, is)) in values(before).into_iter().zip(values(after)) {
        if was != is {
            old.insert(field.clone(), masked(&field, was));
            new.insert(field.clone(), masked(&field, is));
        }
    }
    (Json::Object(old), Json::Object(new))
}

fn masked(field: &str, value: Json) -> Json {
    match value {
        Json::String(text) if CONTACTS.contains(&field) => Json::String(mask(&text)),
        Json::Array(items) => items.into_iter().map(|item| masked(field, item)).collect(),
        other => other,
    }
}

/// The mask of an address or a number.
pub(super) fn mask(contact: &str) -> String {
    let address = proxy_identifier(contact).and_then(|name| EmailAddress::parse(name.typed()).ok());
    let masked = address.map(|address| address.masked());
    let masked = masked.or_else(|| PhoneNumber::parse(contact).ok().map(|phone| phone.number.masked()));
    masked.map_or_else(|| "•••".to_owned(), |masked| masked.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        blank(AccountId::from_bits(1), Upn::parse("ada@larkfield.example").unwrap())
    }

    fn given(field: &str, values: &[&str]) -> Result<Account, Failure> {
        let mut account = account();
        set(&mut account, field, &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())?;
        Ok(account)
    }

    #[test]
    fn a_value_that_cannot_be_used_names_its_field() {
        for (field, value) in [
            ("mail", "ada"),
            ("proxy_addresses", "x500:/o=a"),
            ("authority", "cloudy"),
            ("sign_in_model", ""),
            ("user_type", "member,guest"),
            ("roles", "king"),
            ("enabled", "perhaps"),
            ("locale", "d"),
            ("display_name", "a\u{202E}b"),
            ("first_name", "a\nb"),
            ("anything", "x"),
        ] {
            let refused = given(field, &[value]).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{field}={value}: {}", refused.message);
        }
        assert!(given("mail", &["a@b.example", "c@d.example"]).is_err());
    }

    #[test]
    fn an_empty_value_clears() {
        let mut ada = given("other_mails", &["a@b.example"]).unwrap();
        set(&mut ada, "other_mails", &[String::new()]).unwrap();
        assert_eq!(ada, account());
    }

    #[test]
    fn malformed_contacts_stay_as_they_are_and_are_reported() {
        let ada = given("mobile_phone", &["030 123456"]).unwrap();
        assert_eq!(ada.mobile_phone.as_deref(), Some("030 123456"));
        assert_eq!(malformed(&ada).len(), 1);
        assert_eq!(malformed(&given("other_mails", &["ada@home.example"]).unwrap()), Vec::<String>::new());
    }

    #[test]
    fn the_audit_sees_what_changed_and_no_contact_in_full() {
        let ada =
            made(AccountId::from_bits(1), account().upn, &[("mobile_phone".into(), vec!["+1 4251234567".into()])])
                .unwrap();
        let (old, new) = audited(&account(), &ada);
        assert_eq!(old, json!({ "display_name": "", "mobile_phone": null }));
        assert_eq!(new["display_name"], "ada");
        assert!(!new.to_string().contains("4251234567"), "{new}");
    }
}
