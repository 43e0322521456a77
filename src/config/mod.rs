//! `zoneproof.yaml`: what the zones are, how assets are told apart, which flows are approved.
//!
//! Read in two steps: [`raw`] is the file's shape, with a place for every value; validation turns it into [`Config`]
//! and reports *all* problems at once. No file is a configuration too: the defaults of `classify`, and no flow.

mod decode;
mod flow;
pub mod raw;
mod validate;

use std::path::Path;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Severity, Spot, glob_match};
use crate::node::Node;
pub use decode::Problem;
pub use flow::{End, Flow, Requires};

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
}

/// How one aspect (zone or environment) of an asset is told.
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

/// An assignment: what matches all given patterns is in the zone or environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// The zone or environment.
    pub value: String,
    /// What it is about.
    pub matcher: Matcher,
    /// Line in the configuration.
    pub line: u32,
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
    /// Declared flows.
    pub flows: Vec<Flow>,
    /// Severity from which a violation fails the run.
    pub fail_on: Severity,
    /// Files and folders to read if none are named, relative to the configuration's folder.
    pub files: Vec<String>,
}

/// A configuration that cannot be used: every problem with its place.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` has {} problem{}", problems.len(), if problems.len() == 1 { "" } else { "s" })]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// Its text, for excerpts.
    pub text: String,
    /// All problems, in the order of the text.
    pub problems: Vec<Problem>,
}

impl Config {
    /// The configuration that holds where no file is given.
    pub fn defaults() -> Self {
        const TEXT: &str = "version: 1\nzones:\n  pci: { category: cde }\n  no-pci: { category: out-of-scope }\n";
        let mut config = Self::parse("defaults", TEXT).unwrap_or_else(|_| Self::empty());
        config.file = None;
        config
    }

    fn empty() -> Self {
        Self {
            file: None,
            zones: vec![],
            zone: Classifier::default(),
            environment: Classifier::default(),
            flows: vec![],
            fail_on: Severity::High,
            files: vec![],
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, or every problem in it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string().replace('\\', "/");
        let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
        let text = std::fs::read(path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| String::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}")));
        match text {
            Ok(text) => Self::parse(&shown, &text),
            Err(error) => {
                let problem =
                    Problem::new(error, Spot { line: 1, column: 1 }).help("give the run the right to read it");
                Err(ConfigError { file: shown, text: String::new(), problems: vec![problem] })
            }
        }
    }

    /// Reads a text as the file of this name.
    ///
    /// # Errors
    /// Every problem in the text.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let fail = |mut problems: Vec<Problem>| {
            problems.sort_by_key(|problem| problem.spot);
            ConfigError { file: file.to_owned(), text: text.to_owned(), problems }
        };
        let node = match Node::from_yaml(text, 1) {
            Ok(Some(node)) => node,
            Ok(None) => {
                let problem = Problem::new("an empty configuration", Spot { line: 1, column: 1 });
                return Err(fail(vec![
                    problem.help("start with `version: 1`; `zoneproof init SOURCE` proposes a file"),
                ]));
            }
            Err(error) => return Err(fail(vec![Problem::new(error.message, error.spot).help("mend the YAML here")])),
        };
        let mut problems = Vec::new();
        let raw = decode::decode::<raw::File>(&node, &mut problems);
        let config = raw.and_then(|raw| validate::validate(file, raw, &mut problems));
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(fail(problems)),
        }
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
