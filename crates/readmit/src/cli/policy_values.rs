//! The values of a policy as people write them: keys, words, names of groups.

use readmit_core::ids::GroupId;
use readmit_core::ids::TenantId;
use readmit_core::policy::Values;
use readmit_core::preset::Preset;
use readmit_store::Tx;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

use super::failure::Failure;
use super::group::group_named;

/// Keys whose values are groups: kept as ids, shown and given as names.
const GROUPS: [&str; 2] = ["sspr.include_groups", "sspr.exclude_groups"];

/// Every key in the order of the documentation, with its value; groups by name.
pub(super) async fn shown(tx: &mut Tx, tenant: TenantId, values: &Values) -> Result<Map<String, Json>, Failure> {
    let mut document = document(values)?;
    for (key, groups) in GROUPS.into_iter().zip([&values.include_groups, &values.exclude_groups]) {
        let mut names = Vec::new();
        for id in groups {
            names.push(tx.group(tenant, *id).await?.map_or_else(|| id.to_string(), |group| group.name));
        }
        document.insert(key.to_owned(), json!(names));
    }
    Ok(document)
}

fn document(values: &Values) -> Result<Map<String, Json>, Failure> {
    match serde_json::to_value(values) {
        Ok(Json::Object(document)) => Ok(document),
        _ => Err(Failure::fault("the policy is no document")),
    }
}

/// The values after `KEY=VALUE` settings; each problem names its key.
pub(super) async fn set(
    tx: &mut Tx,
    tenant: TenantId,
    values: &Values,
    settings: &[String],
) -> Result<Values, Failure> {
    let mut document = document(values)?;
    for setting in settings {
        let (key, given) = setting.split_once('=').ok_or_else(|| {
            Failure::invalid(setting.clone(), "is not KEY=VALUE").hint("for example methods.required=1")
        })?;
        let (key, given) = (key.trim(), given.trim());
        let old = document.get(key).ok_or_else(|| unknown(key))?;
        let new = if GROUPS.contains(&key) {
            json!(groups(tx, tenant, key, &list(given)).await?)
        } else {
            typed(key, old, given)?
        };
        document.insert(key.to_owned(), new);
        // Read at once, so that the key at fault is the one just set.
        let read: Result<Values, _> = serde_json::from_value(Json::Object(document.clone()));
        read.map_err(|error| Failure::invalid(key, format_args!("{given:?} cannot be used: {error}")))?;
    }
    serde_json::from_value(Json::Object(document)).map_err(|error| Failure::fault(error.to_string()))
}

fn unknown(key: &str) -> Failure {
    Failure::invalid(key, "no such key").hint("`readmit policy show` lists all keys")
}

/// A value of the same JSON type as the old one.
fn typed(key: &str, old: &Json, given: &str) -> Result<Json, Failure> {
    match old {
        Json::Bool(_) => match given.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Ok(json!(true)),
            "false" | "no" | "off" => Ok(json!(false)),
            _ => Err(Failure::invalid(key, "must be true or false")),
        },
        Json::Number(_) => {
            given.parse::<u64>().map(Json::from).map_err(|_| Failure::invalid(key, "must be a whole number"))
        }
        Json::Array(_) => Ok(json!(list(given))),
        Json::Null | Json::String(_) | Json::Object(_) => Ok(json!(given)),
    }
}

/// Words separated by commas, also as a JSON list; each once.
fn list(given: &str) -> Vec<String> {
    let bare = given.trim().trim_start_matches('[').trim_end_matches(']');
    let words = bare.split(',').map(|word| word.trim().trim_matches('"').to_owned());
    let mut kept: Vec<String> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

async fn groups(tx: &mut Tx, tenant: TenantId, key: &str, names: &[String]) -> Result<Vec<GroupId>, Failure> {
    let mut ids = Vec::new();
    for name in names {
        let by_id = match name.parse::<GroupId>() {
            Ok(id) => tx.group(tenant, id).await?,
            Err(_) => None,
        };
        let group = match by_id {
            Some(group) => group,
            None => group_named(tx, tenant, name).await.map_err(|failure| match failure.kind {
                super::failure::Kind::NotFound => Failure::invalid(key, failure.message),
                _ => failure,
            })?,
        };
        ids.push(group.id);
    }
    Ok(ids)
}

/// Refuses values that are out of their range; the failure names the first key and tells of all.
pub(super) fn check(values: &Values, preset: Preset) -> Result<(), Failure> {
    let unfit = values.unfit(preset);
    let Some(first) = unfit.first() else {
        return Ok(());
    };
    let rest: Vec<String> = unfit.iter().skip(1).map(|one| format!("{}: must be {}", one.key, one.allowed)).collect();
    let failure = Failure::invalid(first.key, format_args!("must be {}", first.allowed));
    Err(if rest.is_empty() { failure } else { failure.hint(format!("also {}", rest.join("; "))) })
}

/// The keys that differ, with both values.
pub(super) fn changes(old: Option<&Map<String, Json>>, new: Option<&Map<String, Json>>) -> Vec<Json> {
    let mut keys: Vec<&String> = old.into_iter().chain(new).flat_map(Map::keys).collect();
    keys.sort_unstable();
    keys.dedup();
    let value =
        |document: Option<&Map<String, Json>>, key: &str| document.and_then(|document| document.get(key)).cloned();
    let pairs = keys.into_iter().map(|key| (key, value(old, key), value(new, key)));
    pairs
        .filter(|(_, old, new)| old != new)
        .map(|(key, old, new)| json!({ "key": key, "old": old, "new": new }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_and_without_brackets() {
        for given in ["email,sms", " email , sms ", "[\"email\",\"sms\"]", "email,sms,email,"] {
            assert_eq!(list(given), ["email", "sms"], "{given}");
        }
        assert_eq!(list("[]"), Vec::<String>::new());
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let map = |text: &str| serde_json::from_str::<Map<String, Json>>(text).unwrap();
        let (old, new) = (map(r#"{"a":1,"b":2}"#), map(r#"{"a":1,"b":3}"#));
        assert_eq!(changes(Some(&old), Some(&new)), [json!({ "key": "b", "old": 2, "new": 3 })]);
        assert_eq!(changes(None, Some(&new)).len(), 2);
        assert!(changes(Some(&old), Some(&old)).is_empty());
    }
}
