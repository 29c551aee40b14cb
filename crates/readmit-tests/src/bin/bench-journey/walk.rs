//! One person's way from the user ID to the new password, as JSON and without a wasted request.

use readmit_tests::client::method_id;
use readmit_tests::client::solve;
use serde_json::Value;
use serde_json::json;

use crate::mailbox::Mailbox;
use crate::wire::Reply;
use crate::wire::Wire;

/// Somebody, with a mailbox and an address of their own: nobody is to be throttled here.
pub(crate) struct Walk {
    pub(crate) upn: String,
    pub(crate) mailbox: String,
    pub(crate) password: String,
    address: String,
    check: Value,
    cookie: String,
}

impl Walk {
    pub(crate) fn new(number: u32, upn: String, mailbox: String, password: String) -> Self {
        let [_, a, b, c] = number.to_be_bytes();
        Self { upn, mailbox, password, address: format!("10.{a}.{b}.{c}"), check: Value::Null, cookie: String::new() }
    }

    /// Fetches a human check and solves it.
    pub(crate) async fn prepare(&mut self, wire: &mut Wire) {
        let asked = wire.get("/api/v1/reset/human-check").await.json();
        let challenge = asked["challenge"].as_str().unwrap().to_owned();
        let bits = u32::try_from(asked["bits"].as_u64().unwrap()).unwrap();
        let nonce = {
            let challenge = challenge.clone();
            tokio::task::spawn_blocking(move || solve(&challenge, bits)).await.unwrap()
        };
        self.check = json!({ "challenge": challenge, "nonce": nonce.to_string() });
    }

    /// The four moves: who, by which way, the code, the new password. Every one must be taken.
    pub(crate) async fn go(&mut self, wire: &mut Wire, mail: &Mailbox) {
        let who = json!({ "user_id": self.upn, "aim": "reset", "human_check": self.check });
        let begun = self.post(wire, "/api/v1/reset/journeys", &who, 201).await;
        let path = format!("/api/v1/reset/journeys/{}", begun["journey"].as_str().unwrap());
        let way = json!({ "step": begun["step"], "method_id": method_id(&begun, "email") });
        let sent = self.post(wire, &format!("{path}/choose"), &way, 200).await;
        let code = mail.code(&self.mailbox).await;
        let code = json!({ "step": sent["step"], "code": code });
        let proven = self.post(wire, &format!("{path}/answer"), &code, 200).await;
        let new = json!({ "step": proven["step"], "new_password": self.password });
        let done = self.post(wire, &format!("{path}/password"), &new, 200).await;
        assert_eq!(done["page"], "done", "{done}");
    }

    async fn post(&mut self, wire: &mut Wire, path: &str, body: &Value, status: u16) -> Value {
        let cookie = if self.cookie.is_empty() { String::new() } else { format!("cookie: {}\r\n", self.cookie) };
        let more = format!(
            "x-forwarded-for: {}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\n{cookie}",
            self.address
        );
        let request = wire.request("POST", path, &more, &body.to_string());
        let reply = wire.send(&request).await;
        assert_eq!(reply.status, status, "{path}: {}", String::from_utf8_lossy(&reply.body));
        self.keep_cookie(&reply);
        reply.json()
    }

    fn keep_cookie(&mut self, reply: &Reply) {
        if let Some(cookie) = reply.header("set-cookie") {
            cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
        }
    }
}
