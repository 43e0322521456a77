//! The requirements that rules refer to.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::metadata::Text;
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
    /// Requirements by id, in our own words.
    pub requirements: BTreeMap<String, Text>,
}

/// PCI DSS v4.0.1, as far as rules refer to it.
pub fn requirements() -> Option<Requirements> {
    let text = embedded_text("policies/requirements/pci-dss-4.0.1.yaml")?;
    Node::from_yaml(text, 1).ok()??.read().ok()
}
