//! JSON text with places: raw values are slices of the text, so their offset tells line and column.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Key, MAX_DEPTH, MAX_NODES, Node, NodeError, Value, too_deep};
use crate::model::Spot;

/// How many bytes lie between two remembered character counts.
const STRIDE: usize = 4096;

/// Line and column of any offset of a text, in constant time also where the whole text is one line.
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// Characters before each multiple of [`STRIDE`]; empty if the text is ASCII.
    characters: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Indexes a text.
    pub fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        let mut characters = Vec::new();
        if !text.is_ascii() {
            let mut count = 0;
            for chunk in text.as_bytes().chunks(STRIDE) {
                characters.push(count);
                count += count_characters(chunk);
            }
        }
        Self { text, starts, characters }
    }

    fn characters_before(&self, offset: usize) -> usize {
        match self.characters.get(offset / STRIDE) {
            None => offset,
            Some(count) => {
                let from = offset / STRIDE * STRIDE;
                count + self.text.as_bytes().get(from..offset).map_or(0, count_characters)
            }
        }
    }

    /// The place of a byte offset.
    pub fn spot(&self, offset: usize) -> Spot {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start)) + 1;
        Spot { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// The place of a raw value that was read from this text.
    pub fn of(&self, raw: &RawValue) -> Spot {
        // both point into the same text; an address alone is no dereference
        self.spot((raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize))
    }

    /// The place of a `serde_json` error inside a raw value.
    pub fn of_error(&self, raw: &RawValue, error: &serde_json::Error) -> Spot {
        let start = self.of(raw);
        let line = u32::try_from(error.line().max(1)).unwrap_or(u32::MAX);
        let column = u32::try_from(error.column().max(1)).unwrap_or(u32::MAX);
        let column = if line == 1 { start.column.saturating_add(column - 1) } else { column };
        Spot { line: start.line.saturating_add(line - 1), column }
    }
}

fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

/// A JSON object as its entries, in order, values unread.
pub struct Entries<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<KeyText<'de>>()? {
                    entries.push((key.0, map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// A key, borrowed from the text unless it holds escapes.
#[derive(serde::Deserialize)]
struct KeyText<'a>(#[serde(borrow)] Cow<'a, str>);

pub(super) fn parse(raw: &RawValue, lines: &Lines<'_>) -> Result<Node, NodeError> {
    let mut budget = MAX_NODES;
    node(raw, lines, MAX_DEPTH, &mut budget)
}

fn node(raw: &RawValue, lines: &Lines<'_>, depth: usize, budget: &mut usize) -> Result<Node, NodeError> {
    let spot = lines.of(raw);
    let text = raw.get();
    let bad = |error: serde_json::Error| NodeError::new(error.to_string(), lines.of_error(raw, &error));
    if depth == 0 {
        return Err(NodeError::too_large(too_deep(), spot));
    }
    *budget = budget
        .checked_sub(1)
        .ok_or_else(|| NodeError::too_large(format!("more than {MAX_NODES} values in one document"), spot))?;
    let value = match text.as_bytes().first() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text).map_err(bad)?;
            let mut out: Vec<(Key, Node)> = Vec::with_capacity(entries.len());
            for (name, raw) in entries {
                let child = node(raw, lines, depth - 1, budget)?;
                // the key's own place is not kept by the reader: its value's is the nearest
                let key = Key { name: name.into_owned(), spot: child.spot };
                out.push((key, child));
            }
            Value::Map(out)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(bad)?;
            Value::Seq(items.into_iter().map(|raw| node(raw, lines, depth - 1, budget)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Value::String(serde_json::from_str(text).map_err(bad)?),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => Value::Null,
        _ => Value::Number(text.to_owned()),
    };
    Ok(Node { value, spot })
}
