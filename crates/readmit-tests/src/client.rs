//! A visitor at the JSON door, with the cookie kept by hand: browsers take `__Host-` cookies over plain HTTP from this
//! machine, cookie jars of libraries do not.

use std::path::Path;
use std::time::Duration;

use aws_lc_rs::digest;
use reqwest::Certificate;
use reqwest::Method;
use reqwest::Version;
use reqwest::header::HeaderMap;
use serde_json::Value;
use serde_json::json;

const COOKIE: &str = "__Host-readmit_reset";

/// How a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1, a connection for each request under way.
    Http1,
    /// HTTP/2 with prior knowledge, one connection.
    Http2,
}

/// A visitor. A clone is the same browser: it holds the same journey with the same cookie.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    origin: String,
    address: String,
    cookie: Option<String>,
    journey: String,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Which HTTP it was.
    pub version: Version,
    /// The whole body.
    pub body: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The view, whether it came alone or with a problem.
    #[must_use]
    pub fn view(&self) -> Value {
        let json = self.json();
        if json["view"].is_object() { json["view"].clone() } else { json }
    }

    /// Which page the journey is on.
    #[must_use]
    pub fn page(&self) -> String {
        self.view()["page"].as_str().unwrap_or_default().to_owned()
    }

    /// The step to answer.
    #[must_use]
    pub fn step(&self) -> i64 {
        self.view()["step"].as_i64().unwrap_or(-1)
    }

    /// The header `Support-Code`.
    #[must_use]
    pub fn support_code(&self) -> Option<&str> {
        self.headers.get("support-code")?.to_str().ok()
    }
}

impl Client {
    /// A visitor from this address (by `X-Forwarded-For`).
    #[must_use]
    pub fn new(origin: &str, address: &str, protocol: Protocol) -> Self {
        let builder = builder();
        let http = match protocol {
            Protocol::Http1 => builder.http1_only(),
            Protocol::Http2 => builder.http2_prior_knowledge(),
        };
        Self::of(http, origin, address)
    }

    /// A visitor over TLS who trusts this authority and takes the HTTP that the handshake chooses among.
    #[must_use]
    pub fn over_tls(origin: &str, authority: &Path, protocol: Option<Protocol>) -> Self {
        let pem = std::fs::read(authority).unwrap();
        let builder = builder().tls_certs_only([Certificate::from_pem(&pem).unwrap()]);
        let http = match protocol {
            Some(Protocol::Http1) => builder.http1_only(),
            Some(Protocol::Http2) => builder.http2_prior_knowledge(),
            None => builder,
        };
        Self::of(http, origin, "192.0.2.1")
    }

    fn of(http: reqwest::ClientBuilder, origin: &str, address: &str) -> Self {
        Self {
            http: http.build().unwrap(),
            origin: origin.to_owned(),
            address: address.to_owned(),
            cookie: None,
            journey: String::new(),
        }
    }

    /// The same browser with new connections, to the same server or to another one.
    #[must_use]
    pub fn at(&self, origin: &str, protocol: Protocol) -> Self {
        Self {
            cookie: self.cookie.clone(),
            journey: self.journey.clone(),
            ..Self::new(origin, &self.address, protocol)
        }
    }

    /// The id of the journey, which is its support code.
    #[must_use]
    pub fn journey(&self) -> &str {
        &self.journey
    }

    /// GET of any path.
    pub async fn get(&mut self, path: &str) -> reqwest::Result<Answer> {
        self.send(Method::GET, path, None).await
    }

    /// POST of JSON, as our own pages do.
    pub async fn post(&mut self, path: &str, body: &Value) -> reqwest::Result<Answer> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// A human check, solved.
    pub async fn human_check(&mut self) -> reqwest::Result<Value> {
        let asked = self.get("/api/v1/reset/human-check").await?.json();
        let challenge = asked["challenge"].as_str().expect("a challenge").to_owned();
        let bits = u32::try_from(asked["bits"].as_u64().expect("bits")).unwrap();
        let solving = {
            let challenge = challenge.clone();
            move || solve(&challenge, bits)
        };
        let nonce = tokio::task::spawn_blocking(solving).await.unwrap();
        Ok(json!({ "challenge": challenge, "nonce": nonce.to_string() }))
    }

    /// Begins a journey with a solved human check.
    pub async fn begins_with(&mut self, user_id: &str, human_check: &Value) -> reqwest::Result<Answer> {
        let body = json!({ "user_id": user_id, "aim": "reset", "human_check": human_check });
        let answer = self.post("/api/v1/reset/journeys", &body).await?;
        if let Some(journey) = answer.view()["journey"].as_str() {
            journey.clone_into(&mut self.journey);
        }
        Ok(answer)
    }

    /// Begins a journey.
    pub async fn begins(&mut self, user_id: &str) -> Answer {
        let check = self.human_check().await.unwrap();
        self.begins_with(user_id, &check).await.unwrap()
    }

    /// The journey as it stands.
    pub async fn sees(&mut self) -> reqwest::Result<Answer> {
        self.get(&format!("/api/v1/reset/journeys/{}", self.journey)).await
    }

    /// One move, which names its step.
    pub async fn moves(&mut self, verb: &str, body: &Value) -> reqwest::Result<Answer> {
        self.post(&format!("/api/v1/reset/journeys/{}/{verb}", self.journey), body).await
    }

    /// One move from the current step.
    pub async fn does(&mut self, verb: &str, mut body: Value) -> Answer {
        body["step"] = self.sees().await.unwrap().view()["step"].clone();
        self.moves(verb, &body).await.unwrap()
    }

    /// Chooses the offered method of this kind; a phone with its number.
    pub async fn chooses(&mut self, method: &str, phone: Option<&str>) -> Answer {
        let view = self.sees().await.unwrap().view();
        let mut body = json!({ "method_id": method_id(&view, method) });
        if let Some(phone) = phone {
            body["phone"] = json!(phone);
        }
        self.does("choose", body).await
    }

    /// Answers with a code.
    pub async fn answers(&mut self, code: &str) -> Answer {
        self.does("answer", json!({ "code": code })).await
    }

    /// Sets a password.
    pub async fn sets(&mut self, password: &str) -> Answer {
        self.does("password", json!({ "new_password": password })).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.origin));
        request = request.header("x-forwarded-for", &self.address);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("{COOKIE}={cookie}"));
        }
        if let Some(body) = body {
            request = request.header("sec-fetch-site", "same-origin").json(body);
        }
        let response = request.send().await?;
        let (status, headers, version) = (response.status().as_u16(), response.headers().clone(), response.version());
        let body = response.text().await?;
        // Only a whole answer counts as received.
        let cookies = headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.filter_map(|text| text.split(';').next()?.split_once('='));
        if let Some((_, token)) = pairs.find(|(name, _)| *name == COOKIE) {
            self.cookie = Some(token.to_owned());
        }
        Ok(Answer { status, headers, version, body })
    }
}

/// The id of the offered method of this kind.
#[must_use]
pub fn method_id(view: &Value, method: &str) -> Value {
    let offered = view["methods"].as_array().and_then(|all| all.iter().find(|one| one["method"] == method));
    offered.unwrap_or_else(|| panic!("{method} is not offered: {view}"))["id"].clone()
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(30))
}

/// The nonce whose hash begins with so many zero bits.
#[must_use]
pub fn solve(challenge: &str, bits: u32) -> u64 {
    let mut begun = digest::Context::new(&digest::SHA256);
    begun.update(format!("{challenge}:").as_bytes());
    let fits = |nonce: &u64| {
        let mut hash = begun.clone();
        hash.update(nonce.to_string().as_bytes());
        let hash = hash.finish();
        let head = hash.as_ref().first_chunk::<4>().unwrap();
        u32::from_be_bytes(*head).leading_zeros() >= bits
    };
    (0..).find(fits).unwrap()
}
