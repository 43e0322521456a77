//! YAML and JSON as one tree in which every value knows its place.
//!
//! Used for what people write by hand (`zoneproof.yaml`, manifests, rule metadata), where an error or a finding must
//! point at a line. Owns the guards against hostile documents: alias bombs, deep nesting, sheer size. Bulk data (AWS
//! dumps, snapshots) does not come through here.

mod de;
mod json;
mod yaml;

use std::fmt::Write as _;

pub use json::{Entries, Lines};

use crate::model::Spot;

/// Deepest nesting that is read; Kubernetes' own definitions stay below 40.
pub const MAX_DEPTH: usize = 100;
/// Most values in one document, aliases expanded.
pub const MAX_NODES: usize = 2_000_000;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it starts.
    pub spot: Spot,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    String(String),
    /// A list.
    Seq(Vec<Node>),
    /// A mapping, in the order of the text.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Where it starts.
    pub spot: Spot,
}

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NodeError {
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// Where.
    pub spot: Spot,
    /// Whether a guard against oversized documents stopped the reading.
    pub too_large: bool,
}

fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

impl NodeError {
    fn new(message: impl Into<String>, spot: Spot) -> Self {
        Self { message: message.into(), spot, too_large: false }
    }

    fn too_large(message: String, spot: Spot) -> Self {
        Self { message, spot, too_large: true }
    }
}

impl Node {
    /// Reads one YAML document; `first_line` is the line of the file on which the text starts.
    ///
    /// # Errors
    /// The first thing that is not YAML, or a document past the guards.
    pub fn from_yaml(text: &str, first_line: u32) -> Result<Option<Self>, NodeError> {
        yaml::parse(text, first_line)
    }

    /// Reads a JSON value that is part of a larger text.
    ///
    /// # Errors
    /// What is not JSON, or a value past the guards.
    pub fn from_json(raw: &serde_json::value::RawValue, lines: &Lines<'_>) -> Result<Self, NodeError> {
        json::parse(raw, lines)
    }

    /// The field of a mapping.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Seq(items) => items,
            _ => &[],
        }
    }

    /// What it is, as an error message calls it.
    pub fn describe(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The places of all fields below this node, as JSON pointers from `prefix`.
    pub fn spots(&self, prefix: &str, out: &mut Vec<(Box<str>, Spot)>) {
        for (key, node) in self.entries() {
            let mut path = prefix.to_owned();
            let _ = write!(path, "/{}", key.name.replace('~', "~0").replace('/', "~1"));
            out.push((path.as_str().into(), key.spot));
            node.spots(&path, out);
        }
        for (index, node) in self.items().iter().enumerate() {
            let path = format!("{prefix}/{index}");
            out.push((path.as_str().into(), node.spot));
            node.spots(&path, out);
        }
    }

    /// Follows the path of a deserialisation error as far as it leads.
    pub fn follow(&self, path: &serde_path_to_error::Path) -> &Self {
        use serde_path_to_error::Segment as Step;
        path.iter().fold(self, |node, segment| {
            match segment {
                Step::Seq { index } => node.items().get(*index),
                Step::Map { key } => node.get(key),
                _ => None,
            }
            .unwrap_or(node)
        })
    }

    /// Reads the node as a typed value.
    ///
    /// # Errors
    /// The first value of another type, with its place.
    pub fn read<'de, T: serde::Deserialize<'de>>(&'de self) -> Result<T, NodeError> {
        serde_path_to_error::deserialize(self).map_err(|error| {
            let spot = self.follow(error.path()).spot;
            let path = error.path().to_string();
            let place = if path == "." { String::new() } else { format!("at `{path}`: ") };
            NodeError::new(format!("{place}{}", error.into_inner()), spot)
        })
    }

    /// Reads the node as a typed value, and tells which of its fields that type does not know, as sorted JSON pointers
    /// from `prefix`. For policies: a field that is not understood may open or close what the others say. Fields
    /// without a value say nothing, so they do not count. A type that flattens others into itself takes any field for
    /// known: none may be used here.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_known<'de, T: serde::Deserialize<'de>>(&'de self, prefix: &str) -> Result<(T, Vec<String>), NodeError> {
        let mut unknown = Vec::new();
        let read = serde_ignored::deserialize(self, |path| {
            let mut segments = Vec::new();
            segments_of(&path, &mut segments);
            let found = segments.iter().try_fold(self, |node, segment| match segment {
                Segment::Index(index) => node.items().get(*index),
                Segment::Key(key) => node.get(key),
            });
            if found.is_none_or(|node| node.value != Value::Null) {
                let mut pointer = prefix.to_owned();
                for segment in &segments {
                    segment.push_to(&mut pointer);
                }
                unknown.push(pointer);
            }
        });
        match read {
            Ok(value) => {
                unknown.sort();
                Ok((value, unknown))
            }
            // read again, with the path of what is wrong
            Err(error) => Err(self.read::<T>().err().unwrap_or_else(|| NodeError::new(error.to_string(), self.spot))),
        }
    }
}

/// A step into a document.
enum Segment {
    Index(usize),
    Key(String),
}

impl Segment {
    /// Appends the step to a JSON pointer (RFC 6901).
    fn push_to(&self, pointer: &mut String) {
        pointer.push('/');
        match self {
            Self::Index(index) => {
                let _ = write!(pointer, "{index}");
            }
            Self::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
        }
    }
}

fn segments_of(path: &serde_ignored::Path<'_>, out: &mut Vec<Segment>) {
    use serde_ignored::Path;
    match path {
        Path::Root => {}
        Path::Seq { parent, index } => {
            segments_of(parent, out);
            out.push(Segment::Index(*index));
        }
        Path::Map { parent, key } => {
            segments_of(parent, out);
            out.push(Segment::Key(key.clone()));
        }
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            segments_of(parent, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default)]
    struct Rule {
        from: Vec<String>,
    }

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default)]
    struct Spec {
        rules: Option<Vec<Rule>>,
    }

    fn read(text: &str) -> Result<(Spec, Vec<String>), super::NodeError> {
        Node::from_yaml(text, 1).unwrap().unwrap().read_known("/spec")
    }

    #[test]
    fn fields_that_a_type_does_not_know_are_told_with_their_place() {
        let text = "tier: 1\nnone: null\nrules:\n- from: [a]\n- from: [b]\n  a/b~c: {x: 1}\n";
        let (spec, unknown) = read(text).unwrap();
        assert_eq!(unknown, ["/spec/rules/1/a~1b~0c", "/spec/tier"]);
        let from: Vec<String> = spec.rules.unwrap().into_iter().flat_map(|rule| rule.from).collect();
        assert_eq!(from, ["a", "b"]);
        assert_eq!(read("rules: []\n").unwrap().1, Vec::<String>::new());
    }

    #[test]
    fn a_wrong_type_is_an_error_with_its_place() {
        let error = read("tier: 1\nrules:\n- from: 3\n").unwrap_err();
        assert_eq!((error.spot.line, error.message.contains("rules[0].from")), (3, true), "{error}");
    }
}
