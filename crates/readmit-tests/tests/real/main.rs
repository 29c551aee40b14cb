//! The real binary with a real mail server, a text message gateway and PostgreSQL, and what happens when they fail.

mod audit;
mod ends;
mod lost;
mod mail;
mod outages;
mod replicas;
mod sms;

use std::time::Duration;

use readmit_tests::Client;
use readmit_tests::Installation;
use readmit_tests::Protocol;
use serde_json::Value;

const ADDRESS: &str = "192.0.2.10";
const OLD: &str = "the old password of before";
const NEW: &str = "a new heron on the wave";

/// A visitor who has begun a reset for this account.
async fn visitor(site: &Installation, upn: &str) -> Client {
    let mut client = Client::new(&site.origin(), ADDRESS, Protocol::Http1);
    let begun = client.begins(upn).await;
    assert_eq!((begun.status, begun.page().as_str()), (201, "choose"), "{}", begun.body);
    client
}

/// The case of a journey, once this holds for it; at most 15 s.
async fn case(site: &Installation, client: &Client, holds: impl Fn(&Value) -> bool) -> Value {
    let mut case = Value::Null;
    for _ in 0..75 {
        case = site.does(&["case", client.journey()]);
        if holds(&case) {
            return case;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the case never came so far: {case:#}");
}

/// Whether the newest message is in this state.
fn is(state: &'static str) -> impl Fn(&Value) -> bool {
    move |case| last_delivery(case)["state"] == state
}

fn last_delivery(case: &Value) -> &Value {
    case["deliveries"].as_array().and_then(|all| all.last()).unwrap_or(&Value::Null)
}

fn causes(case: &Value) -> Vec<&str> {
    case["causes"].as_array().unwrap().iter().filter_map(|cause| cause["id"].as_str()).collect()
}
