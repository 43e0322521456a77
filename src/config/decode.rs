//! A [`Node`] to typed values, with every problem reported, not the first alone.
//!
//! serde stops at the first error, and a configuration wants all of them with their places; the JSON schema still comes
//! from the types, through `schemars`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::model::Spot;
use crate::node::{Node, Value};

/// One problem of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Where.
    pub spot: Spot,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, spot: Spot) -> Self {
        Self { message: message.into(), help: None, spot }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The candidate that is most like a text, if one is like it at all.
pub(super) fn nearest<'a>(text: &str, all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = all.map(|candidate| (strsim::damerau_levenshtein(text, candidate), candidate));
    let (distance, best) = scored.min()?;
    (distance <= 1 + text.len() / 4).then_some(best)
}

/// "did you mean", or all that there is.
pub(super) fn suggest(text: &str, all: &[&str]) -> String {
    match nearest(text, all.iter().copied()) {
        Some(best) => format!("did you mean `{best}`?"),
        None if all.is_empty() => "there is none to choose from".to_owned(),
        None => {
            format!("expected one of {}", all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A value that can be read from a node.
pub(super) trait Decode: Sized {
    /// The value; none, and at least one problem, if it is none.
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self>;
}

pub(super) fn decode<T: Decode>(node: &Node, problems: &mut Vec<Problem>) -> Option<T> {
    T::decode(node, problems)
}

/// Records that a node is of another type than wanted.
pub(super) fn wanted<T>(what: &str, node: &Node, problems: &mut Vec<Problem>) -> Option<T> {
    problems.push(Problem::new(format!("expected {what}, found {}", node.describe()), node.spot));
    None
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub spot: Spot,
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

impl<T: Decode> Decode for At<T> {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        Some(Self { value: T::decode(node, problems)?, spot: node.spot })
    }
}

/// A mapping whose keys are names that people choose, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T>(pub Vec<(At<String>, T)>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: JsonSchema> JsonSchema for Table<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Table_of_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        schemars::json_schema!({ "type": "object", "additionalProperties": value })
    }
}

impl<T: Decode> Decode for Table<T> {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        if !matches!(node.value, Value::Map(_)) {
            return wanted("a mapping", node, problems);
        }
        let entries = node.entries().iter().filter_map(|(key, value)| {
            Some((At { value: key.name.clone(), spot: key.spot }, T::decode(value, problems)?))
        });
        Some(Self(entries.collect()))
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.value {
            Value::Null => Some(vec![]),
            Value::Seq(items) => Some(items.iter().filter_map(|item| T::decode(item, problems)).collect()),
            _ => wanted("a list", node, problems),
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match node.value {
            Value::Null => Some(None),
            _ => T::decode(node, problems).map(Some),
        }
    }
}

impl Decode for String {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.value {
            Value::String(text) | Value::Number(text) => Some(text.clone()),
            _ => wanted("a string", node, problems),
        }
    }
}

impl Decode for bool {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match node.value {
            Value::Bool(value) => Some(value),
            _ => wanted("`true` or `false`", node, problems),
        }
    }
}

impl Decode for u64 {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.value {
            Value::Number(text) if text.parse::<Self>().is_ok() => text.parse().ok(),
            _ => wanted("a whole number", node, problems),
        }
    }
}

/// The value of a field that must be there. It is empty where the field is missing or of another type, which has been
/// reported by then: the rest is still checked, so that all problems are told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed<T>(pub Option<T>);

impl<T: JsonSchema> JsonSchema for Needed<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// The value of a field that may be left out; what is of another type is reported and counts as left out.
pub(super) fn optional<T: Decode + Default>(node: &Node, name: &str, problems: &mut Vec<Problem>) -> T {
    node.get(name).and_then(|value| T::decode(value, problems)).unwrap_or_default()
}

/// The value of a field that must be there.
pub(super) fn needed<T: Decode>(node: &Node, name: &str, problems: &mut Vec<Problem>) -> Needed<T> {
    Needed(match node.get(name) {
        Some(value) if value.value != Value::Null => T::decode(value, problems),
        _ => {
            problems.push(Problem::new(format!("`{name}` is missing"), node.spot));
            None
        }
    })
}

/// Records keys that are not known, each with the nearest that is.
pub(super) fn unknown_keys(node: &Node, known: &[String], problems: &mut Vec<Problem>) {
    for (key, _) in node.entries() {
        if !known.contains(&key.name) {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            problems
                .push(Problem::new(format!("unknown key `{}`", key.name), key.spot).help(suggest(&key.name, &names)));
        }
    }
}

/// Reads a struct field by field; each field is `needed` or `optional`, its key is its name in kebab case.
macro_rules! decode_struct {
    ($name:ident { $($field:ident: $mode:ident),* $(,)? }) => {
        impl $crate::config::decode::Decode for $name {
            fn decode(
                node: &$crate::node::Node,
                problems: &mut Vec<$crate::config::decode::Problem>,
            ) -> Option<Self> {
                if !matches!(node.value, $crate::node::Value::Map(_)) {
                    return $crate::config::decode::wanted("a mapping", node, problems);
                }
                let known: Vec<String> = [$(stringify!($field)),*].iter().map(|name| name.replace('_', "-")).collect();
                $crate::config::decode::unknown_keys(node, &known, problems);
                $(let $field =
                    $crate::config::decode::$mode(node, &stringify!($field).replace('_', "-"), problems);)*
                Some(Self { $($field),* })
            }
        }
    };
}
pub(super) use decode_struct;
