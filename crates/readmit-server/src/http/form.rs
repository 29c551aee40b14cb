//! Form bodies: decoded once, strictly, each field once.

use std::collections::BTreeMap;

use serde::de;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::Visitor;
use serde::de::value::Error as FieldError;
use serde::de::value::MapDeserializer;

use super::rejection::BadInput;

/// Reads `T` from `name=value&…`. What a browser would not send is refused: names without `=`, empty
/// pieces, `%` without two hexadecimal digits, escapes that give no UTF-8 (overlong forms among
/// them), NUL, raw control characters and blanks.
pub(super) fn read<T: DeserializeOwned>(body: &str) -> Result<T, BadInput> {
    let mut fields = BTreeMap::new();
    for piece in body.split('&').filter(|_| !body.is_empty()) {
        let (name, value) = piece.split_once('=').ok_or(BadInput { reason: "syntax" })?;
        let name = decoded(name)?;
        if fields.insert(name, FieldText(decoded(value)?)).is_some() {
            return Err(BadInput { reason: "duplicate" });
        }
    }
    T::deserialize(Fields(fields)).map_err(|_| BadInput { reason: "fields" })
}

/// Decodes one name or value, once.
fn decoded(text: &str) -> Result<String, BadInput> {
    let wrong = BadInput { reason: "encoding" };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next())
                .zip(hex(rest.next()))
                .map(|(high, low)| high << 4 | low)
                .filter(|byte| *byte != 0)
                .ok_or(wrong)?,
            0..=b' ' | 0x7f => return Err(wrong),
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong)
}

fn hex(digit: Option<u8>) -> Option<u8> {
    let digit = char::from(digit?).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// The fields as serde sees them.
struct Fields(BTreeMap<String, FieldText>);

impl<'de> de::Deserializer<'de> for Fields {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_map(MapDeserializer::new(self.0.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        if self.0.keys().any(|name| !known.contains(&name.as_str())) {
            return Err(de::Error::custom("unknown field"));
        }
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// One value: a text, or a whole number written the one usual way.
struct FieldText(String);

impl<'de> IntoDeserializer<'de, FieldError> for FieldText {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl FieldText {
    fn number<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, FieldError> {
        match self.0.parse::<u64>() {
            Ok(number) if number.to_string() == self.0 => visitor.visit_u64(number),
            _ => Err(de::Error::custom("not a number")),
        }
    }
}

impl<'de> de::Deserializer<'de> for FieldText {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_string(self.0)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.number(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.number(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.number(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.number(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.number(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        de::value::StringDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Aim {
        Reset,
        Unlock,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Step(u64);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Move {
        step: Step,
        user_id: String,
        aim: Option<Aim>,
    }

    #[test]
    fn a_form_is_read_into_its_type() {
        let read: Move = read("step=3&user_id=Zo%C3%AB+M%2b%3d%26%0D%0A&aim=unlock").unwrap();
        assert_eq!(read, Move { step: Step(3), user_id: "Zoë M+=&\r\n".into(), aim: Some(Aim::Unlock) });
        let read: Move = super::read("user_id=&step=0").unwrap();
        assert_eq!(read, Move { step: Step(0), user_id: String::new(), aim: None });
        let read: Move = super::read("user_id=a=b&step=0").unwrap();
        assert_eq!(read.user_id, "a=b");
    }

    #[test]
    fn fields_of_any_name_are_read_into_a_map() {
        let read: BTreeMap<String, String> = read("a=1&b=").unwrap();
        assert_eq!(read, BTreeMap::from([("a".into(), "1".into()), ("b".into(), String::new())]));
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        for (body, reason) in [
            ("step=1&user_id=a&user_id=b", "duplicate"),
            ("step=1&user_id=a&user_id=a", "duplicate"),
            ("step=1&user_id=a&%75ser_id=b", "duplicate"),
            ("step=1&user_id[]=a", "fields"),
            ("step=1&user_id=a&user_id[]=b", "fields"),
            ("step=1&user_id=a&user_id%5B0%5D=b", "fields"),
            ("step=1&user_id=a&admin=true", "fields"),
            ("step=1&user_id=a&=x", "fields"),
            ("step=1&User_id=a", "fields"),
            ("step=1", "fields"),
            ("", "fields"),
            ("step=&user_id=a", "fields"),
            ("step=01&user_id=a", "fields"),
            ("step=%2B1&user_id=a", "fields"),
            ("step=-1&user_id=a", "fields"),
            ("step=1e5&user_id=a", "fields"),
            ("step=18446744073709551616&user_id=a", "fields"),
            ("step=%EF%BC%91&user_id=a", "fields"),
            ("step=1&user_id=a&aim=", "fields"),
            ("step=1&user_id=a&aim=delete", "fields"),
            ("step=1&user_id", "syntax"),
            ("step=1&&user_id=a", "syntax"),
            ("step=1&user_id=a&", "syntax"),
            ("&step=1&user_id=a", "syntax"),
            ("step=1;user_id=a", "fields"),
            ("step=1&user_id=%", "encoding"),
            ("step=1&user_id=%4", "encoding"),
            ("step=1&user_id=%zz", "encoding"),
            ("step=1&user_id=%u0041", "encoding"),
            ("step=1&user_id=%C0%AF", "encoding"),
            ("step=1&user_id=%E0%80%AF", "encoding"),
            ("step=1&user_id=%ED%A0%80", "encoding"),
            ("step=1&user_id=%FF", "encoding"),
            ("step=1&user_id=%C3", "encoding"),
            ("step=1&user_id=a%00b", "encoding"),
            ("step=1&user_id=a\0b", "encoding"),
            ("step=1&user_id=a\r\n", "encoding"),
            ("step=1&user_id=a b", "encoding"),
            ("step=1&user_id=a\u{7f}", "encoding"),
        ] {
            assert_eq!(read::<Move>(body), Err(BadInput { reason }), "{body:?}");
        }
    }
}
