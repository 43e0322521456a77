//! How grave a finding is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave a finding is, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Card data is open to outsiders.
    Critical,
    /// A control that keeps card data apart is missing or open.
    High,
    /// A control is weaker than it should be.
    Medium,
    /// A matter of hygiene.
    Low,
    /// For information.
    Info,
}

impl Severity {
    /// All of them with their names, the gravest first.
    pub const ALL: [(&'static str, Self); 5] = [
        ("critical", Self::Critical),
        ("high", Self::High),
        ("medium", Self::Medium),
        ("low", Self::Low),
        ("info", Self::Info),
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, severity)| *severity == self).map_or("info", |(name, _)| name)
    }
}

impl std::str::FromStr for Severity {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, severity)| *severity);
        known.ok_or_else(|| format!("`{text}` is no severity: critical, high, medium, low or info"))
    }
}
