//! What could not be looked at, and what was read but is not modelled.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::origin::Spot;

/// Why something that should have been looked at was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    /// A file or folder could not be opened or read.
    Unreadable,
    /// The text is not what its format asks for.
    Malformed,
    /// The file or document is larger than a limit that protects the run.
    TooLarge,
    /// A stream ended before its end mark.
    CutShort,
    /// Two sources describe one asset differently.
    Conflict,
    /// A format or schema version that this release does not read.
    UnknownVersion,
    /// Something that an asset refers to was not collected.
    NotCollected,
}

/// Something that should have been looked at and was not: a coverage gap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// What was not looked at: a file, a document, an asset.
    pub what: String,
    /// Why.
    pub reason: GapReason,
    /// What was found and what was expected.
    pub detail: String,
    /// How to mend it.
    pub mend: String,
    /// Where in a file, if it lies in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Spot>,
}

/// Things that were read and are not modelled, counted by name: they are listed in every report.
pub type Skipped = BTreeMap<String, u64>;

/// What a run saw of its sources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// What should have been read and was not, sorted.
    pub gaps: Vec<Gap>,
    /// What was read and is not modelled, by name, with how often it was met.
    pub skipped: Skipped,
}

impl Coverage {
    /// Takes in what another source saw.
    pub fn absorb(&mut self, other: Self) {
        self.gaps.extend(other.gaps);
        for (name, count) in other.skipped {
            *self.skipped.entry(name).or_default() += count;
        }
    }

    /// Counts one thing that is not modelled.
    pub fn skip(&mut self, name: impl Into<String>) {
        *self.skipped.entry(name.into()).or_default() += 1;
    }
}
