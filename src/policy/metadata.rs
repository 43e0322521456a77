//! A rule's `# METADATA` block: all that is said about the rule lives there and nowhere else.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PolicyError;
use crate::config::Category;
use crate::model::{Severity, Spot};
use crate::node::Node;

/// A text in the languages that reports speak.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

/// The language of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Text {
    /// In one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }
}

/// What is said about a rule.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Kebab-case, stable, never reused.
    pub id: String,
    /// Kinds of documents that the rule judges.
    pub kinds: Vec<String>,
    /// Categories of zones that it judges; none: all.
    pub categories: Option<Vec<Category>>,
    /// How grave a violation is.
    pub severity: Severity,
    /// PCI DSS requirements that it gives evidence for.
    pub requirements: Vec<String>,
    /// Names that it had before.
    pub aliases: Vec<String>,
    /// Whether it is new in this minor version: its findings are reported and never fail a run.
    pub preview: bool,
    /// What it is called.
    pub title: Text,
    /// What it looks for, English.
    pub description: String,
    /// Why it matters.
    pub why: Text,
    /// How to mend a violation.
    pub remediation: Text,
    /// The sentence of a finding, with places for the rule's arguments.
    pub messages: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    title: String,
    description: String,
    custom: Custom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Custom {
    id: String,
    kind: Vec<String>,
    zones: Option<Vec<String>>,
    severity: String,
    #[serde(default)]
    requirements: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    preview: bool,
    title: BTreeMap<String, String>,
    why: Text,
    remediation: Text,
    messages: Text,
}

/// Reads the first `# METADATA` block of a rule's source.
///
/// # Errors
/// No block, or one that is not as described in CONTRIBUTING, with its place.
pub fn read(file: &str, source: &str) -> Result<Metadata, PolicyError> {
    let at = |message: String, spot: Spot| PolicyError::Metadata { file: file.to_owned(), message, spot };
    let top = Spot { line: 1, column: 1 };
    let mut lines = source.lines().enumerate().skip_while(|(_, line)| line.trim_end() != "# METADATA");
    let Some((first, _)) = lines.next() else {
        return Err(at("no `# METADATA` block".to_owned(), top));
    };
    let text: String = lines
        .map_while(|(_, line)| line.strip_prefix('#'))
        .flat_map(|line| [line.strip_prefix(' ').unwrap_or(line), "\n"])
        .collect();
    let first_line = u32::try_from(first + 2).unwrap_or(u32::MAX);
    let shifted = |error: crate::node::NodeError| {
        // the block lies behind `# `
        at(error.message, Spot { line: error.spot.line, column: error.spot.column.saturating_add(2) })
    };
    let node = Node::from_yaml(&text, first_line).map_err(shifted)?;
    let node = node.ok_or_else(|| at("an empty `# METADATA` block".to_owned(), top))?;
    let Block { title, description, custom } = node.read().map_err(shifted)?;
    let spot = node.get("custom").map_or(node.spot, |custom| custom.spot);
    let severity = custom.severity.parse().map_err(|message| at(message, spot))?;
    let categories = custom.zones.map(|zones| zones.iter().map(|name| category(name)).collect::<Result<Vec<_>, _>>());
    let categories = categories.transpose().map_err(|message| at(message, spot))?;
    let ko = custom.title.get("ko").cloned().ok_or_else(|| at("`title.ko` is missing".to_owned(), spot))?;
    Ok(Metadata {
        id: custom.id,
        kinds: custom.kind,
        categories,
        severity,
        requirements: custom.requirements,
        aliases: custom.aliases,
        preview: custom.preview,
        title: Text { en: title, ko },
        description,
        why: custom.why,
        remediation: custom.remediation,
        messages: custom.messages,
    })
}

fn category(name: &str) -> Result<Category, String> {
    if name == "unclassified" {
        return Ok(Category::Unclassified);
    }
    let known = Category::NAMES.iter().find(|(known, _)| *known == name).map(|(_, category)| *category);
    known.ok_or_else(|| format!("`{name}` is no category of zones"))
}
