//! The HTTP gateway driver for SMS and voice: one request a message, its answer recognised as configured.

use std::error::Error;
use std::time::Duration;

use http::HeaderMap;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Delivered;
use super::GatewayAuth;
use super::GatewayConfig;
use super::Message;
use super::Reason;
use super::is_token;
use super::safe_code;
use super::smtp::tls_fault;
use super::template::Template;

const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER_BYTES: usize = 64 * 1024;
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// An HTTP gateway. Limits: 5 s for the connection, 10 s for all, 64 KiB of answer; redirects are not followed.
pub struct Gateway {
    client: reqwest::Client,
    method: Method,
    url: Template,
    headers: HeaderMap,
    body: Option<Template>,
    success: Success,
    id_pointer: Option<String>,
}

struct Success {
    status: Vec<u16>,
    pointer: Option<String>,
    text: Option<String>,
}

impl Gateway {
    /// Opens no connection and no file. `secret` is what `secret_file` holds, without its line end.
    pub fn new(config: &GatewayConfig, secret: Option<&Zeroizing<String>>) -> Result<Self, String> {
        config.check()?;
        let mut headers = config.request_headers()?;
        if let Some(value) = authorization(config, secret)? {
            headers.insert(header::AUTHORIZATION, value);
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(2)
            .no_proxy()
            .referer(false)
            .user_agent("readmit")
            .build()
            .map_err(|_| "the HTTP client cannot be set up".to_owned())?;
        Ok(Self {
            client,
            method: config.request_method()?,
            url: config.request_url()?,
            headers,
            body: config.request_body()?,
            success: Success {
                status: config.success_status.clone(),
                pointer: config.success_pointer.clone(),
                text: config.success_text.clone(),
            },
            id_pointer: config.id_pointer.clone(),
        })
    }

    /// Tries once. 408, 429, 5xx and trouble with the connection can be tried again, under the same Idempotency-Key.
    pub(super) async fn send(&self, message: &Message) -> Delivered {
        let Some(key) = HeaderValue::from_str(&message.id).ok().filter(|_| is_token(&message.id)) else {
            return Delivered::failed(Reason::Malformed, "message");
        };
        let mut request =
            self.client.request(self.method.clone(), self.url.fill(message)).headers(self.headers.clone());
        request = request.header("idempotency-key", key);
        if let Some(body) = &self.body {
            request = request.body(body.fill(message));
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return unreached(&error),
        };
        let status = answer.status();
        if !self.success.status.contains(&status.as_u16()) {
            return refused(status, answer.headers());
        }
        match read(answer).await {
            Ok(body) => self.judge(status, &body),
            Err(end) => end,
        }
    }

    fn judge(&self, status: StatusCode, body: &[u8]) -> Delivered {
        let text = String::from_utf8_lossy(body);
        let json: Option<Value> = serde_json::from_str(&text).ok();
        let at = |pointer: &String| json.as_ref().and_then(|json| json.pointer(pointer));
        let pointed = self.success.pointer.as_ref().is_none_or(|pointer| at(pointer).is_some_and(is_true));
        let contained = self.success.text.as_ref().is_none_or(|needed| text.contains(needed.as_str()));
        if !pointed || !contained {
            return Delivered::failed(Reason::Refused, status.as_str());
        }
        let id = self.id_pointer.as_ref().and_then(at).and_then(|value| match value {
            Value::String(id) => safe_code(id),
            Value::Number(id) => Some(id.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        });
        Delivered::Accepted { provider_code: id.unwrap_or_else(|| status.as_str().to_owned()) }
    }
}

fn authorization(config: &GatewayConfig, secret: Option<&Zeroizing<String>>) -> Result<Option<HeaderValue>, String> {
    use base64::Engine;
    let needed = || secret.filter(|secret| !secret.is_empty()).ok_or("secret_file is empty or could not be read");
    let line = match config.auth {
        GatewayAuth::None => return Ok(None),
        GatewayAuth::Basic => {
            let pair =
                Zeroizing::new(format!("{}:{}", config.username.as_deref().unwrap_or_default(), needed()?.as_str()));
            Zeroizing::new(format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(pair.as_str())))
        }
        GatewayAuth::Bearer => Zeroizing::new(format!("Bearer {}", needed()?.as_str())),
    };
    let mut value =
        HeaderValue::from_str(&line).map_err(|_| "secret_file holds characters that no header can carry")?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// Reads the answer up to its limit.
async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, Delivered> {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Delivered::failed(Reason::Answer, "answer-too-long")),
            Ok(None) => return Ok(body),
            Err(error) => return Err(unreached(&error)),
        }
    }
}

fn refused(status: StatusCode, headers: &HeaderMap) -> Delivered {
    let provider_code = status.as_str().to_owned();
    let again = |reason| Delivered::Retry { provider_code: provider_code.clone(), reason, after: wait_asked(headers) };
    match status.as_u16() {
        408 => again(Reason::Timeout),
        429 => again(Reason::Throttled),
        500..=599 => again(Reason::Unavailable),
        401 | 403 | 407 => Delivered::failed(Reason::Auth, provider_code),
        400..=499 => Delivered::failed(Reason::Refused, provider_code),
        _ => Delivered::failed(Reason::Answer, provider_code),
    }
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date measured against the gateway's own `Date`.
fn wait_asked(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp());
    let asked = text(header::RETRY_AFTER)?;
    let wait = match asked.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => Duration::try_from(date(asked)?.duration_since(date(text(header::DATE)?)?)).ok()?,
    };
    Some(wait.min(LONGEST_WAIT))
}

/// The error's own text holds the address, hence the number: only its kind goes on.
fn unreached(error: &reqwest::Error) -> Delivered {
    if error.is_timeout() {
        return Delivered::retry(Reason::Timeout, "timeout");
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(found) = cause {
        if let Some(fault) = tls_fault(found) {
            return Delivered::retry(Reason::Tls, fault);
        }
        if found.to_string() == "dns error" {
            return Delivered::retry(Reason::Dns, "dns");
        }
        cause = found.source();
    }
    if error.is_builder() {
        return Delivered::failed(Reason::Malformed, "message");
    }
    Delivered::retry(Reason::Connect, "connect")
}

/// There, and neither null, false, 0 nor empty.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}
