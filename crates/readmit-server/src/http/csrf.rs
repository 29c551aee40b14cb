//! Who may move anything: only pages of the origin addressed, holding the token of this journey's forms.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::Method;
use http::header::ORIGIN;

use super::origin::PublicOrigin;
use super::rejection::Rejection;

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Anything but GET and HEAD must come from a page of this very origin: `Sec-Fetch-Site: same-origin`,
/// or an `Origin` equal to the origin addressed. Where both are sent, both must agree; a request with
/// neither is refused. Form posts also carry a token, see [`token`].
///
/// # Errors
/// [`Rejection::CrossSite`].
pub(crate) fn same_origin(method: &Method, headers: &HeaderMap, addressed: &PublicOrigin) -> Result<(), Rejection> {
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let own = addressed.to_string();
    let site = agreement(headers, SEC_FETCH_SITE, "same-origin");
    let origin = agreement(headers, ORIGIN.as_str(), &own);
    match (site, origin) {
        (Some(false), _) | (_, Some(false)) | (None, None) => Err(Rejection::CrossSite),
        (Some(true), None | Some(true)) | (None, Some(true)) => Ok(()),
    }
}

/// Whether every header of the name has the expected value; `None` if there is none.
fn agreement(headers: &HeaderMap, name: &str, expected: &str) -> Option<bool> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    Some(values.all(|value| value.as_bytes() == expected.as_bytes()))
}

/// The token that each form carries in `csrf`: an HMAC over the journey's id, so that it outlives the session's token,
/// which changes at each gate, and fits no other journey. `key` is for this purpose alone.
#[must_use]
pub fn token(key: &[u8], journey: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &signed_text(journey));
    URL_SAFE_NO_PAD.encode(tag)
}

/// Compares in constant time (H-06). Without a journey nothing fits.
#[must_use]
pub fn token_fits(key: &[u8], journey: &[u8], given: &str) -> bool {
    let Ok(tag) = URL_SAFE_NO_PAD.decode(given) else {
        return false;
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    !journey.is_empty() && hmac::verify(&key, &signed_text(journey), &tag).is_ok()
}

fn signed_text(journey: &[u8]) -> Vec<u8> {
    [b"readmit csrf\n", journey].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> PublicOrigin {
        PublicOrigin::parse("https://reset.example.org").unwrap()
    }

    #[test]
    fn only_our_own_pages_may_post() {
        let verdict = |method: &Method, given: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in given {
                headers.append(*name, value.parse().unwrap());
            }
            same_origin(method, &headers, &origin()).is_ok()
        };
        let site = "sec-fetch-site";
        let ours = ("origin", "https://reset.example.org");
        for allowed in [&[(site, "same-origin")][..], &[ours], &[(site, "same-origin"), ours]] {
            assert!(verdict(&Method::POST, allowed), "{allowed:?}");
        }
        for refused in [
            &[][..],
            &[(site, "none")],
            &[(site, "same-site")],
            &[(site, "cross-site")],
            &[(site, "Same-Origin")],
            &[(site, "")],
            &[(site, "same-origin"), (site, "cross-site")],
            &[(site, "cross-site"), ours],
            &[(site, "none"), ours],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "http://reset.example.org")],
            &[("origin", "https://reset.example.org/")],
            &[("origin", "https://reset.example.org:443")],
            &[("origin", "https://admin.example.org")],
            &[("origin", "https://reset.example.org.evil.example")],
            &[ours, ("origin", "https://evil.example")],
            &[(site, "same-origin"), ("origin", "null")],
            &[(site, "same-origin"), ("origin", "https://evil.example")],
            &[("x-http-method-override", "GET")],
            &[("referer", "https://reset.example.org/reset")],
        ] {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
                assert!(!verdict(&method, refused), "{method} {refused:?}");
            }
            assert!(verdict(&Method::GET, refused) && verdict(&Method::HEAD, refused));
        }
    }

    #[test]
    fn a_form_token_fits_its_own_journey_only() {
        let given = token(b"key", b"journey one");
        assert!(token_fits(b"key", b"journey one", &given));
        assert!(!token_fits(b"key", b"journey two", &given));
        assert!(!token_fits(b"another key", b"journey one", &given));
        assert!(!token_fits(b"key", b"", &token(b"key", b"")));
        for other in ["", "A", &given[1..], &format!("{given}="), &given.to_ascii_lowercase()] {
            assert!(!token_fits(b"key", b"journey one", other), "{given}");
        }
    }
}
