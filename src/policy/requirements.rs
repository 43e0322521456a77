//! The requirements that a configuration can give evidence for, and that rules refer to.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::metadata::Lang;
use super::pack::embedded_text;
use crate::node::Node;

/// A catalogue of requirements.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// The standard's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Requirements by id.
    pub requirements: BTreeMap<String, Requirement>,
}

/// A requirement, in our own words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// What a configuration can show of it.
    pub evidence: Evidence,
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

/// What a configuration can show of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Whether the control is there.
    Direct,
    /// A part of what an assessor looks at.
    Supports,
}

impl Requirement {
    /// In one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }
}

/// PCI DSS v4.0.1, as far as a configuration can show anything of it.
pub fn requirements() -> Option<Requirements> {
    let text = embedded_text("policies/requirements/pci-dss-4.0.1.yaml")?;
    Node::from_yaml(text, 1).ok()??.read().ok()
}
