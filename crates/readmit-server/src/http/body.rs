//! Request bodies that can be read in one way only: strict forms and strict JSON.

use axum::body::Body;
use axum::extract::FromRequest;
use axum::extract::Request;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::form;
use super::json;
use super::rejection::BadInput;
use super::rejection::Rejection;

/// A form (`application/x-www-form-urlencoded`, UTF-8). `T` is a struct of texts, numbers, options
/// and unit-only enums; each of its fields is given exactly once (absent only if it is an `Option`
/// or has a default), and no other field: unknown ones are refused even without
/// `deny_unknown_fields`. A `BTreeMap<String, String>` takes any fields, each once.
#[derive(Clone, Copy)]
pub struct StrictForm<T>(pub T);

/// A JSON object (`application/json`, UTF-8), nested at most 8 levels deep, no key twice.
/// `T` and what is in it must say `deny_unknown_fields`.
#[derive(Clone, Copy)]
pub struct StrictJson<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for StrictForm<T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, _: &S) -> Result<Self, Rejection> {
        is_of_type(request.headers(), "application/x-www-form-urlencoded")?;
        let body = whole(request.into_body()).await?;
        Ok(Self(form::read(text(&body)?)?))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for StrictJson<T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, _: &S) -> Result<Self, Rejection> {
        is_of_type(request.headers(), "application/json")?;
        let body = whole(request.into_body()).await?;
        Ok(Self(json::read(text(&body)?)?))
    }
}

/// One `Content-Type`, with no parameter but `charset=utf-8`, and no `Content-Encoding`.
fn is_of_type(headers: &HeaderMap, expected: &str) -> Result<(), BadInput> {
    let wrong = BadInput { reason: "content-type" };
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(given), None) = (types.next(), types.next()) else {
        return Err(wrong);
    };
    let given = given.to_str().map_err(|_| wrong)?;
    let (kind, parameter) = given.split_once(';').map_or((given, None), |(kind, rest)| (kind, Some(rest.trim())));
    let is_utf8 = parameter.is_none_or(|text| text.eq_ignore_ascii_case("charset=utf-8"));
    let is_expected = kind.trim().eq_ignore_ascii_case(expected) && is_utf8 && !headers.contains_key(CONTENT_ENCODING);
    is_expected.then_some(()).ok_or(wrong)
}

/// All of the body. The edge bounds its size, the listener its time; it may hold a password, so our
/// copy is wiped afterwards.
async fn whole(mut body: Body) -> Result<Zeroizing<Vec<u8>>, Rejection> {
    let mut bytes = Zeroizing::new(Vec::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| cause(&error))?;
        if let Some(part) = frame.data_ref() {
            bytes.extend_from_slice(part);
        }
    }
    Ok(bytes)
}

/// What ended a body early: our size limit, our time limit, or the client.
fn cause(error: &axum::Error) -> Rejection {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<LengthLimitError>() {
            return Rejection::BodyTooLarge;
        }
        if error.is::<super::streams::BodyTooSlow>() {
            return Rejection::BodyTooSlow;
        }
        source = error.source();
    }
    BadInput { reason: "cut-off" }.into()
}

/// UTF-8 without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, BadInput> {
    let text = std::str::from_utf8(bytes).map_err(|_| BadInput { reason: "encoding" })?;
    if text.starts_with('\u{feff}') { Err(BadInput { reason: "encoding" }) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_is_named_once_and_plainly() {
        let verdict = |types: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in types {
                headers.append(CONTENT_TYPE, value.parse().unwrap());
            }
            is_of_type(&headers, "application/json").is_ok()
        };
        for types in [
            &["application/json"][..],
            &["Application/JSON"],
            &["application/json; charset=UTF-8"],
            &["application/json;charset=utf-8"],
        ] {
            assert!(verdict(types), "{types:?}");
        }
        for types in [
            &[][..],
            &[""],
            &["text/plain"],
            &["text/json"],
            &["application/json; charset=utf-16"],
            &["application/json; charset=utf-8; charset=utf-16"],
            &["application/json; boundary=x"],
            &["application/json;"],
            &["application/json, text/plain"],
            &["application/json", "application/json"],
            &["application/problem+json"],
            &["application/x-www-form-urlencoded"],
        ] {
            assert!(!verdict(types), "{types:?}");
        }
    }

    #[test]
    fn a_packed_body_is_not_unpacked() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert(CONTENT_ENCODING, "gzip".parse().unwrap());
        assert_eq!(is_of_type(&headers, "application/json"), Err(BadInput { reason: "content-type" }));
    }

    #[test]
    fn only_utf8_without_a_mark_is_text() {
        assert_eq!(text("grüße".as_bytes()), Ok("grüße"));
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(text(&[b"\xff\xfe", utf16.as_slice()].concat()).is_err());
        for bytes in [&b"\xef\xbb\xbf{}"[..], b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xff"] {
            assert_eq!(text(bytes), Err(BadInput { reason: "encoding" }));
        }
    }
}
