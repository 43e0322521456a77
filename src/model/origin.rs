//! Where an asset was read, so that a finding can point at it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in a file; lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Spot {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// Where an asset was read: a place in a file, or the live API (then its id says all).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Origin {
    /// A file, by a path with forward slashes relative to where the run started, if it lies below.
    File {
        /// The file.
        file: Arc<str>,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
        /// Places of fields that findings point at, by JSON pointer, sorted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<(Box<str>, Spot)>,
    },
    /// The live AWS API.
    Arn {
        /// The ARN that was described.
        arn: Arc<str>,
    },
}

impl Origin {
    /// The place of the field at `pointer`, or of the nearest enclosing field whose place is known.
    pub fn spot(&self, pointer: &str) -> Option<Spot> {
        let Self::File { line, column, fields, .. } = self else { return None };
        let mut pointer = pointer;
        while !pointer.is_empty() {
            if let Ok(at) = fields.binary_search_by(|(path, _)| (**path).cmp(pointer)) {
                return fields.get(at).map(|(_, spot)| *spot);
            }
            pointer = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        Some(Spot { line: *line, column: *column })
    }
}
