//! `[sms]` and `[voice]`: one driver, twice.

use std::collections::BTreeMap;

use http::HeaderName;
use http::HeaderValue;
use http::Uri;
use toml::Spanned;

use super::ConfigError;
use super::GatewayAuth;
use super::GatewayConfig;
use super::SuccessMark;
use super::checks::is_this_machine;
use super::checks::login;
use super::checks::secret;
use super::file;
use super::place::Place;

const TEMPLATE_FIELDS: [&str; 4] = ["to", "text", "id", "locale"];

pub(super) fn checked(place: &Place<'_>, gateway: file::Gateway) -> Result<GatewayConfig, ConfigError> {
    let url = gateway_url(place, &gateway.url)?;
    templated(place, &gateway.body)?;
    if let Some(bad) = gateway.success_status.get_ref().iter().find(|status| !(200..300).contains(*status)) {
        return Err(place.fault(
            &gateway.success_status,
            format!("{bad} is not a status of success"),
            "List statuses from 200 to 299.",
        ));
    }
    if gateway.success_status.get_ref().is_empty() {
        return Err(place.fault(
            &gateway.success_status,
            "the list is empty",
            "List at least one status, such as 200.",
        ));
    }
    let auth = auth(place, &gateway)?;
    let success = match (&gateway.success_pointer, &gateway.success_text) {
        (Some(_), Some(text)) => {
            return Err(place.fault(text, "success_pointer is there too", "Keep one of the two."));
        }
        (Some(at), None) => Some(SuccessMark::Pointer(pointer(place, at)?)),
        (None, Some(text)) if text.get_ref().is_empty() => {
            return Err(place.fault(
                text,
                "every answer contains an empty text",
                "Write the text that only success has.",
            ));
        }
        (None, Some(text)) => Some(SuccessMark::Text(text.get_ref().clone())),
        (None, None) => None,
    };
    Ok(GatewayConfig {
        url,
        method: gateway.method,
        headers: headers(place, gateway.headers)?,
        body: gateway.body.into_inner(),
        auth,
        success_status: gateway.success_status.into_inner(),
        success,
        id_pointer: gateway.id_pointer.as_ref().map(|at| pointer(place, at)).transpose()?,
    })
}

fn gateway_url(place: &Place<'_>, url: &Spanned<String>) -> Result<String, ConfigError> {
    let fix = "Write \"https://\" and the address that the gateway's manual names.";
    templated(place, url)?;
    // Template fields hold braces, which stand in no URL; any plain text in their place will do.
    let plain = url.get_ref().replace("{{", "").replace("}}", "");
    let parsed: Uri = plain.parse().map_err(|_| place.fault(url, "not a URL", fix))?;
    let host = parsed.host().unwrap_or_default();
    let is_safe = match parsed.scheme_str() {
        Some("https") => true,
        Some("http") => is_this_machine(host),
        _ => return Err(place.fault(url, "not a URL of https", fix)),
    };
    if !is_safe {
        return Err(place.fault(url, "codes would cross the network in the clear", fix));
    }
    let start = plain.split("//").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    if start.contains('@') || host.is_empty() || !url.get_ref().contains(&format!("//{start}")) {
        return Err(place.fault(url, "the host must be plain, without a login or a template field", fix));
    }
    Ok(url.get_ref().clone())
}

fn auth(place: &Place<'_>, gateway: &file::Gateway) -> Result<GatewayAuth, ConfigError> {
    let missing =
        |what: &str| place.fault(&gateway.auth, format!("{what} is missing beside it"), format!("Add {what}."));
    match gateway.auth.get_ref() {
        file::Auth::None => match gateway.username.as_ref().or(gateway.secret_file.as_ref()) {
            Some(surplus) => Err(place.fault(
                surplus,
                "auth is \"none\"",
                "Set auth to \"basic\" or \"bearer\", or remove this key.",
            )),
            None => Ok(GatewayAuth::None),
        },
        file::Auth::Basic => login(place, gateway.username.as_ref(), gateway.secret_file.as_ref(), "secret_file")?
            .map(GatewayAuth::Basic)
            .ok_or_else(|| missing("username")),
        file::Auth::Bearer => match (&gateway.username, &gateway.secret_file) {
            (Some(surplus), _) => Err(place.fault(surplus, "auth is \"bearer\"", "Remove this key.")),
            (None, Some(file)) => Ok(GatewayAuth::Bearer(secret(place, file)?)),
            (None, None) => Err(missing("secret_file")),
        },
    }
}

fn headers(
    place: &Place<'_>,
    headers: BTreeMap<String, Spanned<String>>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    for (name, value) in &headers {
        let is_valid = name.parse::<HeaderName>().is_ok() && HeaderValue::from_str(value.get_ref()).is_ok();
        if !is_valid {
            return Err(place.fault(
                value,
                format!("`{name}` is not a header"),
                "Write { \"Name\" = \"value\" } in visible ASCII.",
            ));
        }
        if name.eq_ignore_ascii_case("authorization") {
            return Err(place.fault(value, "a secret does not stand in this file", "Use auth and secret_file."));
        }
        if value.get_ref().contains("{{") {
            let fix = "Put the field into url or body; each request carries {{id}} as Idempotency-Key.";
            return Err(place.fault(value, format!("`{name}` holds a template field"), fix));
        }
    }
    Ok(headers.into_iter().map(|(name, value)| (name, value.into_inner())).collect())
}

/// Each `{{…}}` is a field that we fill.
fn templated(place: &Place<'_>, text: &Spanned<String>) -> Result<(), ConfigError> {
    for piece in text.get_ref().split("{{").skip(1) {
        let name = piece.split_once("}}").map_or(piece, |(name, _)| name);
        if !TEMPLATE_FIELDS.contains(&name) {
            let fix = "The fields are {{to}}, {{text}}, {{id}} and {{locale}}.";
            return Err(place.fault(text, format!("unknown template field `{{{{{name}`"), fix));
        }
    }
    Ok(())
}

fn pointer(place: &Place<'_>, text: &Spanned<String>) -> Result<String, ConfigError> {
    if text.get_ref().starts_with('/') {
        return Ok(text.get_ref().clone());
    }
    Err(place.fault(text, "not a JSON pointer", "Begin with a slash, as in \"/messages/0/status\"."))
}
