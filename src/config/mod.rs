//! `zoneproof.yaml`: what the zones are, how assets are told apart, which flows are approved.
//!
//! Read in two steps: [`raw`] is the file's shape, with a place for every value; validation turns it into [`Config`]
//! and reports *all* problems at once. No file is a configuration too: the defaults of `classify`, and no flow.

mod decode;
mod estate;
mod exceptions;
mod files;
mod flow;
pub mod raw;
mod read;
mod validate;

use ipnet::IpNet;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Severity, Spot, glob_match};
pub use decode::Problem;
pub use estate::{ClusterGroup, Clusters, Expect, GroupState, Network, Store};
pub use exceptions::{AcceptedUnknown, Assumption, RuleSwitch, Waiver, WaiverFault, WaiverScope, any_fits};
pub use files::Files;
pub use flow::{End, Flow, Requires};
pub use read::ConfigError;

/// What kind of compartment a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// The cardholder data environment.
    Cde,
    /// Affects the security of the CDE (delivery, monitoring, identity).
    SecurityImpacting,
    /// Connected to the CDE on purpose.
    Connected,
    /// Said to have nothing to do with card data.
    OutOfScope,
    /// Not the company's own.
    External,
    /// No zone could be given: untrusted. Not to be written in a configuration.
    Unclassified,
}

impl Category {
    /// Names that a configuration may use.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("cde", Self::Cde),
        ("security-impacting", Self::SecurityImpacting),
        ("connected", Self::Connected),
        ("out-of-scope", Self::OutOfScope),
        ("external", Self::External),
    ];

    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Cde, Self::SecurityImpacting, Self::Connected, Self::OutOfScope, Self::External, Self::Unclassified];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, category)| *category == self).map_or("unclassified", |(name, _)| name)
    }

    /// How guarded it is: the lowest number is the most guarded.
    pub fn guard(self) -> u8 {
        match self {
            Self::Cde => 0,
            Self::Connected => 1,
            Self::SecurityImpacting => 2,
            Self::OutOfScope => 3,
            Self::External => 4,
            Self::Unclassified => 5,
        }
    }

    /// Whether PCI DSS' requirements apply there: the CDE, what is connected to it, what affects its security
    /// (PCI DSS v4.0.1, section 4, "Scope of PCI DSS Requirements").
    pub fn in_scope(self) -> bool {
        matches!(self, Self::Cde | Self::SecurityImpacting | Self::Connected)
    }
}

/// A declared zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What kind of compartment it is.
    pub category: Category,
    /// Addresses that are the zone's without any asset telling so.
    pub cidrs: Vec<IpNet>,
    /// Where it is declared.
    pub spot: Spot,
}

/// How one aspect (zone, environment or role) of an asset is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classifier {
    /// AWS tag keys, in order of precedence.
    pub tags: Vec<String>,
    /// Kubernetes label keys, in order of precedence.
    pub labels: Vec<String>,
    /// Values as written on assets, lower case, and what they stand for.
    pub values: Vec<(String, String)>,
    /// Assignments that win over tags and labels.
    pub assign: Vec<Assign>,
    /// Whether the configuration speaks of it; else these are the defaults.
    pub declared: bool,
}

impl Classifier {
    /// What a tag's or label's value stands for; none if it is not listed.
    pub fn value(&self, text: &str) -> Option<&str> {
        let lower = text.to_lowercase();
        self.values.iter().find(|(written, _)| *written == lower).map(|(_, meant)| meant.as_str())
    }

    /// The listed value nearest to a text that is not listed, for "did you mean".
    pub fn nearest(&self, text: &str) -> Option<&str> {
        decode::nearest(&text.to_lowercase(), self.values.iter().map(|(written, _)| written.as_str()))
    }
}

/// An assignment: what matches all given patterns is in the zone or environment, or has the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// The zone, environment or role.
    pub value: String,
    /// What it is about.
    pub matcher: Matcher,
    /// Where it stands.
    pub spot: Spot,
}

/// Patterns (`*` stands for any run of characters) over where an asset stands; those left out match all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matcher {
    /// AWS account id.
    pub account: Option<String>,
    /// VPC id.
    pub vpc: Option<String>,
    /// Cluster name.
    pub cluster: Option<String>,
    /// Namespace.
    pub namespace: Option<String>,
    /// Asset id or its short form.
    pub asset: Option<String>,
}

impl Matcher {
    /// Whether a value that may not apply fits a pattern that may not be given.
    pub fn fits(pattern: Option<&str>, value: Option<&str>) -> bool {
        pattern.is_none_or(|pattern| value.is_some_and(|value| glob_match(pattern, value)))
    }
}

/// A valid configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file, as messages show it; none if the defaults hold.
    pub file: Option<String>,
    /// Declared zones, by name.
    pub zones: Vec<Zone>,
    /// How the zone is told.
    pub zone: Classifier,
    /// How the environment is told.
    pub environment: Classifier,
    /// How the role is told: what an asset is there for.
    pub role: Classifier,
    /// Stores that hold cardholder data.
    pub stores: Vec<Store>,
    /// Networks behind gateways.
    pub networks: Vec<Network>,
    /// What is expected of clusters.
    pub clusters: Clusters,
    /// Declared flows.
    pub flows: Vec<Flow>,
    /// Dated exceptions to findings, also those that waive nothing.
    pub waivers: Vec<Waiver>,
    /// What is known to be undecided or not collected.
    pub accepted_unknowns: Vec<AcceptedUnknown>,
    /// What is taken for granted without being seen.
    pub assumptions: Vec<Assumption>,
    /// Rules that differ from what they say of themselves.
    pub rules: Vec<RuleSwitch>,
    /// What must be among what was read.
    pub expect: Expect,
    /// Severity from which a violation fails the run.
    pub fail_on: Severity,
    /// Files and folders to read if none are named, relative to the configuration's folder.
    pub files: Vec<String>,
    /// The files that this was read from.
    pub files_read: Files,
}

impl Config {
    /// File and place in it of a place that a value of the configuration names.
    pub fn locate(&self, spot: Spot) -> (&str, Spot) {
        let (file, _, spot) = self.files_read.locate(spot);
        (file, spot)
    }

    /// A place as messages write it: the line, and the file if it is an extended one.
    pub fn line(&self, spot: Spot) -> String {
        let (file, spot) = self.locate(spot);
        match self.file.as_deref() {
            Some(own) if own != file && !file.is_empty() => format!("line {} of {file}", spot.line),
            _ => format!("line {}", spot.line),
        }
    }

    /// The acceptance of an undetermined finding that counts on a day.
    pub fn accepts(&self, rule: &str, asset: &str, day: Date) -> Option<&AcceptedUnknown> {
        self.accepted_unknowns.iter().find(|accepted| day <= accepted.expires && accepted.is_about(rule, asset))
    }

    /// The acceptance of a coverage gap that counts on a day.
    pub fn accepts_gap(&self, what: &str, day: Date) -> Option<&AcceptedUnknown> {
        self.accepted_unknowns.iter().find(|accepted| day <= accepted.expires && accepted.is_about_gap(what))
    }

    /// Whether something is assumed of a cluster on a day.
    pub fn assumes(&self, name: &str, cluster: &str, day: Date) -> bool {
        self.assumptions.iter().any(|assumption| {
            assumption.name == name
                && day <= assumption.expires
                && assumption.cluster.as_deref().is_none_or(|pattern| glob_match(pattern, cluster))
        })
    }

    /// A declared zone.
    pub fn zone_named(&self, name: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.name == name)
    }

    /// The category of a zone; unclassified where there is none of this name.
    pub fn category(&self, zone: Option<&str>) -> Category {
        zone.and_then(|name| self.zone_named(name)).map_or(Category::Unclassified, |zone| zone.category)
    }
}
