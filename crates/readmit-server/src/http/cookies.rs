//! The journey's cookie: an opaque token, bound to this host by its name's prefix (RFC 6265bis).

use http::HeaderMap;
use http::HeaderValue;
use http::header::COOKIE;

/// The cookie of the reset journey. Browsers keep a `__Host-` cookie only if it is `Secure`, has
/// no `Domain` and `Path=/`.
pub const JOURNEY_COOKIE: &str = "__Host-readmit_reset";

/// The value of the one cookie called exactly `name`, over all `Cookie` headers. `None` if there is
/// none, if its value is empty or holds anything but URL-safe base64 symbols, or if there are two:
/// which of them a browser meant cannot be told, and one may have been planted.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = None;
    for header in headers.get_all(COOKIE) {
        for pair in header.as_bytes().split(|byte| *byte == b';') {
            let pair = pair.trim_ascii();
            let Some(value) = pair.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")) else {
                continue;
            };
            if found.replace(value).is_some() {
                return None;
            }
        }
    }
    found.and_then(|value| std::str::from_utf8(value).ok()).filter(|value| is_token(value))
}

/// A `Set-Cookie` value that hands `token` to the browser until it is closed; the server's own
/// deadline ends it sooner. `None` if the token is empty or no URL-safe base64.
#[must_use]
pub fn set(token: &str) -> Option<HeaderValue> {
    if !is_token(token) {
        return None;
    }
    let cookie = format!("{JOURNEY_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax");
    let mut value = HeaderValue::from_str(&cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A `Set-Cookie` value that takes the cookie away.
#[must_use]
pub fn clear() -> HeaderValue {
    HeaderValue::from_static("__Host-readmit_reset=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

fn is_token(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(cookies: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in cookies {
            headers.append(COOKIE, value.parse().unwrap());
        }
        read(&headers, JOURNEY_COOKIE).map(str::to_owned)
    }

    #[test]
    fn one_cookie_of_the_exact_name_is_read() {
        assert_eq!(seen(&["a=b; __Host-readmit_reset=tok-en_1; c=d"]).as_deref(), Some("tok-en_1"));
        assert_eq!(seen(&["a=b", "__Host-readmit_reset=x"]).as_deref(), Some("x"));
    }

    #[test]
    fn doubtful_cookies_count_as_none() {
        for cookies in [
            &["__Host-readmit_reset=a; __Host-readmit_reset=b"][..],
            &["__Host-readmit_reset=a", "__Host-readmit_reset=a"],
            &["__Host-readmit_reset="],
            &["__host-readmit_reset=a"],
            &["x__Host-readmit_reset=a"],
            &["__Host-readmit_reset2=a"],
            &["__Host-readmit_reset =a"],
            &["__Host-readmit_reset=\"a\""],
            &["__Host-readmit_reset=a b"],
            &["__Host-readmit_reset"],
            &[],
        ] {
            assert_eq!(seen(cookies), None, "{cookies:?}");
        }
    }

    #[test]
    fn the_cookie_is_closed_on_all_sides() {
        let value = set("abc").unwrap();
        assert_eq!(value.to_str().unwrap(), "__Host-readmit_reset=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert!(value.is_sensitive());
        assert!(clear().to_str().unwrap().starts_with("__Host-readmit_reset=; "));
        assert!(set("").is_none());
        assert!(set("a; Domain=evil.example").is_none());
    }
}
