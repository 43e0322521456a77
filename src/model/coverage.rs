//! What could not be looked at, and what was read but is not modelled.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asset::Place;
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
    /// Something that an asset refers to, or that was expected, was not collected.
    NotCollected,
    /// A template or an overlay: what it says shows once it is rendered.
    NotRendered,
}

impl GapReason {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::CutShort => "cut-short",
            Self::Conflict => "conflict",
            Self::UnknownVersion => "unknown-version",
            Self::NotCollected => "not-collected",
            Self::NotRendered => "not-rendered",
        }
    }
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

impl Gap {
    /// What is missing and why, which tells gaps apart: `what (reason)`.
    pub fn id(&self) -> String {
        format!("{} ({})", self.what, self.reason.as_str())
    }
}

/// Things that were read and are not modelled, counted by name: they are listed in every report.
pub type Skipped = BTreeMap<String, u64>;

/// A kind of asset in one place. A part of the place that is left out is not told: an answer in a file that names no
/// Region is about some Region.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Listing {
    /// The kind's name.
    pub kind: String,
    /// AWS account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Arc<str>>,
    /// AWS Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Arc<str>>,
    /// Kubernetes cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Arc<str>>,
}

impl Listing {
    /// Whether it is about a kind in just this place.
    fn is_of(&self, kind: &str, place: &Place) -> bool {
        let own = (&self.account, &self.region, &self.cluster);
        self.kind == kind && own == (&place.account, &place.region, &place.cluster)
    }

    /// Whether it may be about a kind in a place: what one of them leaves out may be the other's.
    fn may_be_of(&self, kind: &str, place: &Place) -> bool {
        let fits = |own: &Option<Arc<str>>, asked: &Option<Arc<str>>| own.is_none() || asked.is_none() || own == asked;
        self.kind == kind
            && fits(&self.account, &place.account)
            && fits(&self.region, &place.region)
            && fits(&self.cluster, &place.cluster)
    }
}

/// How much of a kind was listed in one place. The lesser of two answers counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Listed {
    /// Not at all or not all of it: denied, cut short, or an item of it could not be read.
    Partly,
    /// All there is: what is not in the inventory does not exist.
    Whole,
}

/// What a run saw of its sources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// What should have been read and was not, sorted.
    pub gaps: Vec<Gap>,
    /// What was read and is not modelled, by name, with how often it was met.
    pub skipped: Skipped,
    /// Which kinds were listed where. Only this tells that something does not exist from that nobody looked.
    #[serde(skip)]
    pub listings: BTreeMap<Listing, Listed>,
}

impl Coverage {
    /// Records how much of a kind was listed in a place.
    pub fn list(&mut self, listing: Listing, listed: Listed) {
        let known = self.listings.entry(listing).or_insert(listed);
        *known = listed.min(*known);
    }

    /// Whether all assets of an AWS kind in a place are in the inventory: an answer was about it, and none fell short.
    pub fn is_listed(&self, kind: &str, place: &Place) -> bool {
        let whole = |(listing, listed): (&Listing, &Listed)| *listed == Listed::Whole && listing.is_of(kind, place);
        self.of(kind).any(whole) && !self.fell_short(kind, place)
    }

    /// Whether an answer about a kind in a place fell short. Kubernetes objects come as files that nobody announces, so
    /// a cluster's are taken for all there are unless something says otherwise.
    pub fn fell_short(&self, kind: &str, place: &Place) -> bool {
        let partly =
            |(listing, listed): (&Listing, &Listed)| *listed == Listed::Partly && listing.may_be_of(kind, place);
        self.of(kind).any(partly)
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = (&Listing, &Listed)> {
        let first = Listing { kind: kind.to_owned(), ..Listing::default() };
        self.listings.range(first..).take_while(move |(listing, _)| listing.kind == kind)
    }

    /// Fills in what listings leave out of their place, where the estate has one account or Region only.
    pub fn settle_places(&mut self, account: Option<&Arc<str>>, region: Option<&Arc<str>>) {
        for (mut listing, listed) in std::mem::take(&mut self.listings) {
            if listing.cluster.is_none() {
                listing.account = listing.account.or_else(|| account.cloned());
                listing.region = listing.region.or_else(|| region.cloned());
            }
            self.list(listing, listed);
        }
    }

    /// Takes in what another source saw.
    pub fn absorb(&mut self, other: Self) {
        self.gaps.extend(other.gaps);
        for (name, count) in other.skipped {
            *self.skipped.entry(name).or_default() += count;
        }
        for (listing, listed) in other.listings {
            self.list(listing, listed);
        }
    }

    /// Counts one thing that is not modelled.
    pub fn skip(&mut self, name: impl Into<String>) {
        *self.skipped.entry(name.into()).or_default() += 1;
    }
}
