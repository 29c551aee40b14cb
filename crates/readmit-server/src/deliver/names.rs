//! Names that strangers can choose, made harmless for a message, and the strict form of an address.

use lettre::Address;

const NAME_LENGTH: usize = 64;

/// A name fit for a message: at most 64 characters, one line, no controls, no invisible or direction characters,
/// and nothing a mail program would turn into a link or an address. May come out empty.
pub fn plain_name(raw: &str) -> String {
    let visible = visible(raw);
    let words = visible.split_whitespace().filter(|word| !is_link(word)).map(unlink);
    let name: String = words.collect::<Vec<_>>().join(" ").chars().take(NAME_LENGTH).collect();
    name.trim_end().to_owned()
}

/// One line without controls or direction characters, spaces single, at most `length` characters.
pub(super) fn one_line(raw: &str, length: usize) -> String {
    let line: String = visible(raw).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(length).collect();
    line.trim_end().to_owned()
}

/// Parses one bare ASCII address: dot-atom at host name (RFC 5321 §4.1.2 without quoted strings and address literals).
pub(super) fn strict_address(raw: &str) -> Option<Address> {
    let (local, domain) = raw.split_once('@')?;
    let atom = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let fits = raw.len() <= 254 && local.len() <= 64 && local.split('.').all(atom) && is_host_name(domain);
    if fits { Address::new(local, domain).ok() } else { None }
}

/// Whether the text is a host name of letters, digits and hyphens (RFC 1123).
pub(super) fn is_host_name(raw: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    raw.len() <= 253 && raw.split('.').all(label)
}

fn visible(raw: &str) -> String {
    let spaced = raw.chars().take(4096).map(|c| if c.is_control() { ' ' } else { c });
    spaced.filter(|c| !is_invisible(*c)).collect()
}

fn is_link(word: &str) -> bool {
    let lower = word.to_lowercase();
    let path = lower.split_once('/').is_some_and(|(host, _)| host.contains('.'));
    path || lower.contains('@') || lower.contains("://") || lower.contains("www.") || lower.contains("mailto:")
}

/// `St.Gallen` and `evil.com` look the same to a mail program: without the dot neither is a link.
fn unlink(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let joins = c == '.' && before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric());
        let kept = if joins { ' ' } else { c };
        out.push(kept);
        before = c;
    }
    out
}

/// Soft hyphen, zero-width characters, direction marks, overrides and isolates, line and paragraph separators, tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::plain_name;
    use super::strict_address;

    #[test]
    fn a_name_cannot_carry_a_link_an_address_or_a_second_line() {
        for (raw, plain) in [
            ("Larkfield College", "Larkfield College"),
            ("Reset now https://evil", "Reset now"),
            ("Go to www.evil.com/x quickly", "Go to quickly"),
            ("evil.com/login", ""),
            ("evil.example", "evil example"),
            ("Dr. Oetker", "Dr. Oetker"),
            ("boss@bank.test", ""),
            ("A\r\nBcc: eve", "A Bcc: eve"),
            ("abc\u{202e}txt", "abctxt"),
            ("ht\u{200b}tps://evil", ""),
            ("  Größe  GmbH ", "Größe GmbH"),
        ] {
            assert_eq!(plain_name(raw), plain, "{raw:?}");
        }
        assert_eq!(plain_name(&"x".repeat(10_000)).len(), 64);
    }

    #[test]
    fn only_a_bare_address_is_an_address() {
        for good in ["a@b.test", "first.last+tag@mail.example.test", "o'hara@x-y.test"] {
            assert!(strict_address(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.test",
            "a@",
            "a@b@c.test",
            "a@b.test,c@d.test",
            "a b@c.test",
            "\"a b\"@c.test",
            "a@[127.0.0.1]",
            "a@b.test\r\nRCPT TO:<c@d.test>",
            "a@b.test\0",
            "<a@b.test>",
            "A <a@b.test>",
            ".a@b.test",
            "a..b@c.test",
            "a@-b.test",
            "a@b..test",
            "ä@b.test",
            "a@ä.test",
            "a@b.test ",
            "a@b.test>",
        ] {
            assert!(strict_address(bad).is_none(), "{bad:?}");
        }
    }
}
