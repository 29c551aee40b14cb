//! JSON bodies: one object, no key twice, not too deep.

use std::fmt;

use serde::Deserializer;
use serde::de;
use serde::de::DeserializeOwned;
use serde::de::DeserializeSeed;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Value;

use super::rejection::BadInput;

/// How deep objects and arrays may be nested.
pub(super) const DEPTH: u8 = 8;

const DUPLICATE: &str = "duplicate";
const TOO_DEEP: &str = "depth";
const NUL: &str = "encoding";

/// Reads `T` from an object (RFC 8259, without its freedom to repeat keys). Texts with NUL are
/// refused: no database holds them.
pub(super) fn read<T: DeserializeOwned>(body: &str) -> Result<T, BadInput> {
    let mut source = serde_json::Deserializer::from_str(body);
    let value = Strict(DEPTH).deserialize(&mut source).map_err(|error| reason(&error))?;
    source.end().map_err(|error| reason(&error))?;
    if !value.is_object() {
        return Err(BadInput { reason: "syntax" });
    }
    T::deserialize(value).map_err(|_| BadInput { reason: "fields" })
}

/// serde_json carries our own complaints as text, so they are told from its own by that text.
fn reason(error: &serde_json::Error) -> BadInput {
    let text = if error.is_data() { error.to_string() } else { String::new() };
    let ours = [DUPLICATE, TOO_DEEP, NUL].into_iter().find(|ours| text.starts_with(ours));
    BadInput { reason: ours.unwrap_or("syntax") }
}

/// A value with this many levels left.
#[derive(Clone, Copy)]
struct Strict(u8);

impl Strict {
    fn inside<E: de::Error>(self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom(TOO_DEEP))
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        if value.contains('\0') { Err(E::custom(NUL)) } else { Ok(Value::String(value)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inside)?;
            if object.insert(key, value).is_some() {
                return Err(de::Error::custom(DUPLICATE));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        question_id: u64,
        answer: String,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Move {
        step: u64,
        code: Option<String>,
        answers: Option<Vec<Answer>>,
    }

    #[test]
    fn an_object_is_read_into_its_type() {
        let read: Move =
            read(r#" {"step": 2, "answers": [{"question_id": 7, "answer": "Zo\u00eb"}], "code": null} "#).unwrap();
        assert_eq!(
            read,
            Move { step: 2, code: None, answers: Some(vec![Answer { question_id: 7, answer: "Zoë".into() }]) }
        );
    }

    #[test]
    fn what_two_parsers_may_read_differently_is_refused() {
        let deep = format!(r#"{{"step":1,"code":{}1{}}}"#, "[".repeat(8), "]".repeat(8));
        let very_deep = format!(r#"{{"step":1,"code":{}"#, "[".repeat(60_000));
        for (body, reason) in [
            (r#"{"step":1,"step":1}"#, "duplicate"),
            (r#"{"step":1,"code":"a","code":"b"}"#, "duplicate"),
            (r#"{"step":1,"c\u006fde":"a","code":"b"}"#, "duplicate"),
            (r#"{"step":1,"answers":[{"question_id":1,"answer":"a","answer":"b"}]}"#, "duplicate"),
            (r#"{"step":1,"x":{"a":1,"a":2}}"#, "duplicate"),
            (r#"{"step":1,"code":["1"]}"#, "fields"),
            (r#"{"step":1,"code":{"a":1}}"#, "fields"),
            (r#"{"step":1,"code":123456}"#, "fields"),
            (r#"{"step":1,"code":false}"#, "fields"),
            (r#"{"step":"1"}"#, "fields"),
            (r#"{"step":1.0}"#, "fields"),
            (r#"{"step":1e0}"#, "fields"),
            (r#"{"step":-1}"#, "fields"),
            (r#"{"step":null}"#, "fields"),
            (r#"{"step":18446744073709551616}"#, "fields"),
            (r#"{"step":1,"admin":true}"#, "fields"),
            (r#"{"step":1,"Code":"a"}"#, "fields"),
            (r#"{"step":1,"answers":[{"question_id":1,"answer":"a","x":1}]}"#, "fields"),
            ("{}", "fields"),
            (r#"{"step":1}x"#, "syntax"),
            (r#"{"step":1}{"step":2}"#, "syntax"),
            (r#"{"step":1},"#, "syntax"),
            (r#"{"step":1}"#.trim_end_matches('}'), "syntax"),
            (r#"{"step":1,}"#, "syntax"),
            (r#"{"step":01}"#, "syntax"),
            (r#"{"step":+1}"#, "syntax"),
            (r#"{"step":0x1}"#, "syntax"),
            (r#"{"step":NaN}"#, "syntax"),
            (r#"{step:1}"#, "syntax"),
            (r#"{'step':1}"#, "syntax"),
            (r#"{"step":1/**/}"#, "syntax"),
            ("{\"step\":1,\"code\":\"a\nb\"}", "syntax"),
            (r#"{"step":1,"code":"\ud800"}"#, "syntax"),
            (r#"{"step":1,"code":"\x41"}"#, "syntax"),
            (r#"{"step":1,"code":"a\u0000"}"#, "encoding"),
            ("\u{a0}{\"step\":1}", "syntax"),
            ("", "syntax"),
            ("null", "syntax"),
            ("[1,\"a\",null]", "syntax"),
            ("\"step\"", "syntax"),
            ("step=1", "syntax"),
            (&deep, "depth"),
            (&very_deep, "depth"),
        ] {
            assert_eq!(read::<Move>(body), Err(BadInput { reason }), "{body}");
        }
    }
}
