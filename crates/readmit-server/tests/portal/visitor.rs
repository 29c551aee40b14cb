//! A visitor with a browser's habits: a cookie jar, `Sec-Fetch-Site`, and a proof of work where one is asked.

use axum::body::Body;
use http::HeaderMap;
use http::Request;
use http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::Value;
use serde_json::json;
use tower::ServiceExt as _;

use crate::stage::ORIGIN;
use crate::stage::Stage;
use crate::stage::peer;

pub(crate) struct Visitor<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) cookie: Option<String>,
    pub(crate) journey: String,
    pub(crate) address: u8,
    pub(crate) headers: Vec<(&'static str, String)>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.body))
    }

    /// The view, whether it came alone or with a problem.
    pub(crate) fn view(&self) -> Value {
        let json = self.json();
        if json["view"].is_object() { json["view"].clone() } else { json }
    }

    pub(crate) fn page(&self) -> String {
        self.view()["page"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }
}

impl<'a> Visitor<'a> {
    pub(crate) fn of(stage: &'a Stage) -> Self {
        Self { stage, cookie: None, journey: String::new(), address: 1, headers: Vec::new() }
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        parts.headers.insert("host", ORIGIN.trim_start_matches("https://").parse().unwrap());
        if let Some(cookie) = &self.cookie {
            parts.headers.insert("cookie", format!("__Host-readmit_reset={cookie}").parse().unwrap());
        }
        for (name, value) in &self.headers {
            parts.headers.insert(*name, value.parse().unwrap());
        }
        let (peer, _) = peer(self.address);
        parts.extensions.insert(peer);
        let response = self.stage.router.clone().oneshot(Request::from_parts(parts, body)).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(cookie) = parts.headers.get("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(pair.trim_start_matches("__Host-readmit_reset=").to_owned());
        }
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        self.stage.answered.lock().unwrap().push(format!("{:?}\n{body}", parts.headers));
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_json(&mut self, path: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// A solved human check.
    pub(crate) async fn human_check(&mut self) -> Value {
        let asked = self.get("/api/v1/reset/human-check").await.json();
        let challenge = asked["challenge"].as_str().unwrap();
        let nonce = solve(challenge, u32::try_from(asked["bits"].as_u64().unwrap()).unwrap());
        json!({ "challenge": challenge, "nonce": nonce.to_string() })
    }

    /// Begins a journey through the JSON door.
    pub(crate) async fn begins(&mut self, user_id: &str) -> Answer {
        let human_check = self.human_check().await;
        let body = json!({ "user_id": user_id, "aim": "reset", "human_check": human_check });
        let answer = self.post_json("/api/v1/reset/journeys", &body).await;
        if let Some(journey) = answer.view()["journey"].as_str() {
            journey.clone_into(&mut self.journey);
        }
        answer
    }

    pub(crate) async fn sees(&mut self) -> Value {
        self.get(&format!("/api/v1/reset/journeys/{}", self.journey)).await.json()
    }

    /// One move from the current step.
    pub(crate) async fn moves(&mut self, verb: &str, mut body: Value) -> Answer {
        if body.get("step").is_none() {
            body["step"] = self.sees().await["step"].clone();
        }
        let path = format!("/api/v1/reset/journeys/{}/{verb}", self.journey);
        self.post_json(&path, &body).await
    }

    /// Chooses the offered method of this kind.
    pub(crate) async fn chooses(&mut self, method: &str, phone: Option<&str>) -> Answer {
        let view = self.sees().await;
        let methods = view["methods"].as_array().unwrap();
        let offered = methods.iter().find(|one| one["method"] == method);
        let id = offered.unwrap_or_else(|| panic!("{method} is not offered: {view}"))["id"].clone();
        let mut body = json!({ "step": view["step"], "method_id": id });
        if let Some(phone) = phone {
            body["phone"] = json!(phone);
        }
        self.moves("choose", body).await
    }

    pub(crate) async fn answers(&mut self, code: &str) -> Answer {
        self.moves("answer", json!({ "code": code })).await
    }

    pub(crate) async fn sets(&mut self, password: &str) -> Answer {
        self.moves("password", json!({ "new_password": password })).await
    }
}

fn solve(challenge: &str, bits: u32) -> u64 {
    (0u64..)
        .find(|nonce| {
            let text = format!("{challenge}:{nonce}");
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
            let head = u32::from_be_bytes(digest.as_ref()[..4].try_into().unwrap());
            head.leading_zeros() >= bits
        })
        .unwrap()
}
