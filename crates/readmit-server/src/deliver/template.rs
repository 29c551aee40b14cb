//! Templates of the gateway: `{{to}}`, `{{text}}`, `{{id}}`, `{{locale}}` put into a place that has rules of its own.

use super::Message;

/// How a value must be written where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Percent-encoding (RFC 3986): in an address and in a form.
    Percent,
    /// Inside a JSON string (RFC 8259).
    Json,
    /// Inside XML text or an attribute.
    Xml,
    /// Plain text has no rules.
    Plain,
}

impl Escape {
    /// The escape that a body of this content type needs; `None` for a type we do not know.
    pub(super) fn of_content_type(content_type: &str) -> Option<Self> {
        let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Percent),
            "application/json" => Some(Self::Json),
            "application/xml" | "text/xml" => Some(Self::Xml),
            "text/plain" => Some(Self::Plain),
            _ if media.ends_with("+json") => Some(Self::Json),
            _ if media.ends_with("+xml") => Some(Self::Xml),
            _ => None,
        }
    }

    fn write(self, value: &str, out: &mut String) {
        match self {
            Self::Percent => percent(value, out),
            Self::Json => json(value, out),
            Self::Xml => xml(value, out),
            Self::Plain => out.push_str(value),
        }
    }
}

#[derive(Clone, Copy)]
enum Field {
    To,
    Text,
    Id,
    Locale,
}

enum Piece {
    Fixed(String),
    Field(Field),
}

/// A text with fields, parsed once.
pub(super) struct Template {
    pieces: Vec<Piece>,
    escape: Escape,
}

impl Template {
    /// Parses; the error names the field that does not exist.
    pub(super) fn parse(raw: &str, escape: Escape) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once("{{") {
            let closed = after.split_once("}}").filter(|(name, _)| !name.contains(['{', '"', '<', '&']));
            let (name, behind) = closed.ok_or("a template field is not closed: add }}")?;
            let field = match name.trim() {
                "to" => Field::To,
                "text" => Field::Text,
                "id" => Field::Id,
                "locale" => Field::Locale,
                other => {
                    return Err(format!(
                        "unknown template field {{{{{other}}}}}: use {{{{to}}}}, {{{{text}}}}, {{{{id}}}} or {{{{locale}}}}"
                    ));
                }
            };
            pieces.push(Piece::Fixed(before.to_owned()));
            pieces.push(Piece::Field(field));
            rest = behind;
        }
        pieces.push(Piece::Fixed(rest.to_owned()));
        Ok(Self { pieces, escape })
    }

    /// The text with the values of this message in it.
    pub(super) fn fill(&self, message: &Message) -> String {
        self.fill_with(|field| match field {
            Field::To => &message.to,
            Field::Text => &message.text,
            Field::Id => &message.id,
            Field::Locale => &message.locale,
        })
    }

    /// The text with one value in all fields: shows whether it is well-formed whatever comes.
    pub(super) fn fill_all(&self, value: &str) -> String {
        self.fill_with(|_| value)
    }

    fn fill_with<'a>(&self, value: impl Fn(Field) -> &'a str) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(text) => out.push_str(text),
                Piece::Field(field) => self.escape.write(value(*field), &mut out),
            }
        }
        out
    }
}

fn percent(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

fn json(value: &str, out: &mut String) {
    let quoted = serde_json::Value::from(value).to_string();
    let inside = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    out.push_str(inside.unwrap_or_default());
}

fn xml(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            // XML 1.0 §2.2: these cannot be written at all.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Escape;
    use super::Template;

    #[test]
    fn a_value_never_leaves_its_place() {
        let nasty = "a\"b\\c&d<e>'f g+ü%\n";
        for (escape, written) in [
            (Escape::Percent, "x=a%22b%5Cc%26d%3Ce%3E%27f%20g%2B%C3%BC%25%0A;"),
            (Escape::Json, r#"x=a\"b\\c&d<e>'f g+ü%\n;"#),
            (Escape::Xml, "x=a&quot;b\\c&amp;d&lt;e&gt;&apos;f g+ü%&#10;;"),
            (Escape::Plain, "x=a\"b\\c&d<e>'f g+ü%\n;"),
        ] {
            assert_eq!(Template::parse("x={{ text }};", escape).unwrap().fill_all(nasty), written);
        }
        assert_eq!(Template::parse("{{text}}", Escape::Json).unwrap().fill_all("\"\"q\""), r#"\"\"q\""#);
    }

    #[test]
    fn a_value_that_looks_like_a_field_is_not_filled_again() {
        assert_eq!(Template::parse("{{to}}", Escape::Plain).unwrap().fill_all("{{text}}"), "{{text}}");
    }

    #[test]
    fn an_unknown_or_open_field_is_told() {
        let told = |raw| Template::parse(raw, Escape::Json).map(|_| ()).unwrap_err();
        assert!(told("{{phone}}").contains("{{phone}}"));
        assert!(told("{{to").contains("not closed"));
    }
}
