//! [`Node`] to typed values through serde.
//!
//! Tolerant where Kubernetes' own readers are used to variety: a number or boolean where a string is wanted is read as
//! it was written, and `null` where a list or mapping is wanted is an empty one.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::{Key, Node, Value};

/// What serde says about a node; its place is added by [`Node::read`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl serde::de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl<'de> IntoDeserializer<'de, Error> for &'de Node {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> IntoDeserializer<'de, Error> for &'de Key {
    type Deserializer = serde::de::value::BorrowedStrDeserializer<'de, Error>;
    fn into_deserializer(self) -> Self::Deserializer {
        serde::de::value::BorrowedStrDeserializer::new(&self.name)
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(text) => match (text.parse::<u64>(), text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(value), ..) => visitor.visit_u64(value),
                (_, Ok(value), _) => visitor.visit_i64(value),
                (_, _, Ok(value)) => visitor.visit_f64(value),
                _ => visitor.visit_borrowed_str(text),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Seq(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Value::Map(entries) => {
                visitor.visit_map(MapDeserializer::new(entries.iter().map(|(key, node)| (key, node))))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Number(text) => visitor.visit_borrowed_str(text),
            Value::Bool(value) => visitor.visit_str(if *value { "true" } else { "false" }),
            Value::Null => visitor.visit_str(""),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_seq(SeqDeserializer::<_, Error>::new(std::iter::empty::<&Node>())),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_map(MapDeserializer::<_, Error>::new(std::iter::empty::<(&Key, &Node)>())),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.value {
            // a word that names a variant
            Value::String(text) => visitor.visit_enum(serde::de::value::BorrowedStrDeserializer::new(text)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Port {
        port: String,
        labels: Option<BTreeMap<String, String>>,
    }

    fn yaml(text: &str) -> Node {
        Node::from_yaml(text, 1).unwrap().unwrap()
    }

    #[test]
    fn numbers_are_read_as_text_where_text_is_wanted() {
        let port: Port = yaml("port: 080\nlabels: {version: 1.10, on: true}").read().unwrap();
        assert_eq!(port.port, "080");
        assert_eq!(port.labels.unwrap()["version"], "1.10");
    }

    #[test]
    fn a_wrong_type_is_named_with_its_place() {
        let node = yaml("port: x\nlabels:\n  a: [1]\n");
        let error = node.read::<Port>().unwrap_err();
        assert_eq!((error.spot.line, error.spot.column), (3, 6), "{error}");
        assert!(error.message.starts_with("at `labels.a`"), "{error}");
    }

    #[test]
    fn both_syntaxes_make_the_same_tree() {
        let text = "{\"a\": [1, null, {\"b\": \"\\ud83d\\ude00/x\"}],\n \"c\": true}";
        let raw: &serde_json::value::RawValue = serde_json::from_str(text).unwrap();
        let json = Node::from_json(raw, &Lines::new(text)).unwrap();
        assert_eq!(json.get("c").unwrap().spot, crate::model::Spot { line: 2, column: 7 });
        assert_eq!(json.get("a").unwrap().items().len(), 3);
        let yaml = yaml("a: [1, null, {b: \"😀/x\"}]\nc: true");
        let shape = |node: &Node| node.read::<serde_json::Value>().unwrap();
        assert_eq!(shape(&json), shape(&yaml));
    }

    #[test]
    fn an_alias_bomb_is_refused_before_it_unfolds() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            let line = [before.as_str(); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{line}]\n"));
        }
        let error = Node::from_yaml(&text, 1).unwrap_err();
        assert!(error.too_large, "{error}");
    }

    #[test]
    fn deep_nesting_is_refused_in_both_syntaxes() {
        let text = "[".repeat(5000) + &"]".repeat(5000);
        assert!(Node::from_yaml(&text, 1).unwrap_err().too_large);
        let raw: &serde_json::value::RawValue = serde_json::from_str(&text).unwrap();
        assert!(Node::from_json(raw, &Lines::new(&text)).unwrap_err().too_large);
    }

    #[test]
    fn duplicate_keys_and_odd_keys_are_errors() {
        assert!(Node::from_yaml("a: 1\na: 2", 1).unwrap_err().message.contains("twice"));
        assert!(Node::from_yaml("[a]: 1", 1).is_err());
        assert_eq!(Node::from_yaml("# nothing\n", 1).unwrap(), None);
    }

    #[test]
    fn merge_keys_fill_what_is_missing() {
        let node = yaml("base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3\n");
        let mine = node.get("mine").unwrap();
        assert_eq!(mine.get("x").unwrap().value, Value::Number("1".into()));
        assert_eq!(mine.get("y").unwrap().value, Value::Number("3".into()));
        assert_eq!(mine.entries().len(), 2);
    }
}
