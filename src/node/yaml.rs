//! YAML text to [`Node`]: composes `saphyr-parser`'s events, which carry spans, under the guards.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::{Key, MAX_DEPTH, MAX_NODES, Node, NodeError, Value, too_deep};
use crate::model::Spot;

/// A mapping or list that is still open.
enum Open {
    Seq(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, pending: Option<Key>, merged: Vec<Node> },
}

struct Builder {
    stack: Vec<(Open, Spot, usize)>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    done: Option<Node>,
    first_line: u32,
}

pub(super) fn parse(text: &str, first_line: u32) -> Result<Option<Node>, NodeError> {
    let mut builder = Builder { stack: vec![], anchors: HashMap::new(), nodes: 0, done: None, first_line };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let spot = builder.spot(error.marker().line(), error.marker().col());
            // the scanner has a limit of its own on `[[[…`, beyond ours
            match error.info() {
                "recursion limit exceeded" => NodeError::too_large(too_deep(), spot),
                info => NodeError::new(info.to_owned(), spot),
            }
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.done)
}

impl Builder {
    fn spot(&self, line: usize, column: usize) -> Spot {
        // the parser counts lines from 1 and columns from 0
        let line = u32::try_from(line.max(1)).unwrap_or(u32::MAX);
        Spot {
            line: line.saturating_add(self.first_line).saturating_sub(1),
            column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1),
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), NodeError> {
        let spot = self.spot(span.start.line(), span.start.col());
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let as_string = tag.as_ref().is_some_and(|tag| tag.suffix == "str");
                let value = if plain && !as_string { resolve(&text) } else { Value::String(text.into_owned()) };
                self.push(Node { value, spot }, anchor, 1)
            }
            Event::SequenceStart(anchor, _) => self.open(Open::Seq(vec![]), spot, anchor),
            Event::MappingStart(anchor, _) => {
                self.open(Open::Map { entries: vec![], pending: None, merged: vec![] }, spot, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((open, spot, anchor)) = self.stack.pop() else { return Ok(()) };
                let value = match open {
                    Open::Seq(items) => Value::Seq(items),
                    Open::Map { entries, merged, .. } => Value::Map(close(entries, merged)?),
                };
                let node = Node { value, spot };
                let size = if anchor == 0 { 1 } else { size(&node) };
                self.push(node, anchor, size)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor) else {
                    return Err(NodeError::new("alias to an anchor that is not complete yet", spot));
                };
                // counted before it is copied, so that a bomb of aliases never unfolds
                self.nodes = self.nodes.saturating_add(*size);
                self.check_size(spot)?;
                let node = node.clone();
                self.push(node, 0, 0)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open, spot: Spot, anchor: usize) -> Result<(), NodeError> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(NodeError::too_large(too_deep(), spot));
        }
        self.stack.push((open, spot, anchor));
        Ok(())
    }

    fn check_size(&self, spot: Spot) -> Result<(), NodeError> {
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values in one document, aliases expanded");
            return Err(NodeError::too_large(message, spot));
        }
        Ok(())
    }

    fn push(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), NodeError> {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.nodes = self.nodes.saturating_add(1);
        self.check_size(node.spot)?;
        match self.stack.last_mut() {
            None => self.done = Some(node),
            Some((Open::Seq(items), ..)) => items.push(node),
            Some((Open::Map { entries, pending, merged }, ..)) => match pending.take() {
                None => {
                    let name = match node.value {
                        Value::String(text) | Value::Number(text) => text,
                        Value::Bool(value) => value.to_string(),
                        Value::Null => "null".to_owned(),
                        Value::Seq(_) | Value::Map(_) => {
                            return Err(NodeError::new("a key must be a scalar, not a list or mapping", node.spot));
                        }
                    };
                    *pending = Some(Key { name, spot: node.spot });
                }
                Some(key) if key.name == "<<" => merged.push(node),
                Some(key) => entries.push((key, node)),
            },
        }
        Ok(())
    }
}

/// Closes a mapping: no key twice, and what `<<` brings fills in what is missing.
fn close(mut entries: Vec<(Key, Node)>, merged: Vec<Node>) -> Result<Vec<(Key, Node)>, NodeError> {
    let mut names: HashMap<String, Spot> = HashMap::with_capacity(entries.len());
    for (key, _) in &entries {
        if let Some(first) = names.insert(key.name.clone(), key.spot) {
            let message = format!("key `{}` stands twice, first on line {}", key.name, first.line);
            return Err(NodeError::new(message, key.spot));
        }
    }
    for node in merged {
        let sources = match node.value {
            Value::Map(source) => vec![source],
            Value::Seq(items) => items.into_iter().map(|item| item.entries().to_vec()).collect(),
            _ => return Err(NodeError::new("`<<` takes a mapping or a list of mappings", node.spot)),
        };
        for (key, value) in sources.into_iter().flatten() {
            if !names.contains_key(&key.name) {
                names.insert(key.name.clone(), key.spot);
                entries.push((key, value));
            }
        }
    }
    Ok(entries)
}

fn size(node: &Node) -> usize {
    1 + node.items().iter().map(size).sum::<usize>() + node.entries().iter().map(|(_, n)| 1 + size(n)).sum::<usize>()
}

/// A plain scalar by YAML 1.2's core schema.
fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.to_owned()),
        _ => Value::String(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    // `inf`, `nan` and `infinity` parse as floats in Rust and are words in YAML
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
        && text.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.parse::<f64>().is_ok()
}
