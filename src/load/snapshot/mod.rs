//! Snapshots: an inventory as JSON Lines, plain or compressed with zstd.
//!
//! One or more *segments*, each a header, one asset a line, coverage lines and a footer. Files concatenate. A segment
//! without a footer was cut short and makes a coverage gap. Reading streams: memory is the inventory's, not the file's.

mod blocks;
mod parse;
mod read;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::{Gap, Listed, Listing, Origin, Place, Skipped, Tags};

pub(super) use read::{read_file, read_lines};
pub use write::write;

/// The format's name and version; readers accept their own version and the one before.
pub const SCHEMA: &str = "zoneproof.inventory/1";

/// Longest line that is read: far above any real asset, far below what would exhaust memory.
pub const MAX_LINE_BYTES: usize = 64 << 20;

/// The first line of a segment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Header {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the tool that wrote it.
    pub tool: String,
    /// What was looked at, as text.
    pub scope: Vec<String>,
    /// When the run began, RFC 3339.
    pub start: String,
}

/// The last line of a segment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Footer {
    /// How many assets the segment holds.
    pub assets: usize,
    /// How many coverage lines.
    pub coverage: usize,
}

/// An asset's line; `kind` and `id` come first so that a line tells what it is at a glance.
#[derive(Serialize)]
struct AssetLine<'a> {
    kind: &'a str,
    id: &'a str,
    origin: &'a Origin,
    place: &'a Place,
    tags: &'a Tags,
    body: &'a RawValue,
}

/// Any line; the field that is there tells which.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum CoverageLine {
    Gap { gap: Gap },
    Skipped { skipped: Skipped },
    Listing { listing: Listing, listed: Listed },
}

#[derive(Serialize, Deserialize)]
struct FooterLine {
    footer: Footer,
}
