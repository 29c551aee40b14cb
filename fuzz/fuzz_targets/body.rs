//! A body that the strict readers take means the same to everybody else who reads it.
#![no_main]

use axum::body::Body;
use axum::extract::FromRequest;
use axum::extract::Request;
use futures_executor::block_on;
use libfuzzer_sys::fuzz_target;
use readmit_server::http::body::StrictForm;
use readmit_server::http::body::StrictJson;
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Answer {
    step: u64,
    code: String,
    note: Option<String>,
}

fn request(kind: &str, body: &[u8]) -> Request {
    let request = Request::post("/").header("content-type", kind);
    request.body(Body::from(body.to_vec())).expect("the parts of this request are valid")
}

fuzz_target!(|body: &[u8]| {
    let read = block_on(StrictJson::<Answer>::from_request(request("application/json", body), &()));
    if let Ok(StrictJson(answer)) = read {
        assert_eq!(serde_json::from_slice::<Answer>(body).expect("strict is a part of lenient"), answer);
    }
    let read = block_on(StrictForm::<Answer>::from_request(request("application/x-www-form-urlencoded", body), &()));
    if let Ok(StrictForm(answer)) = read {
        let fields = 2 + usize::from(answer.note.is_some());
        assert_eq!(body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).count(), fields);
    }
});
