//! Reports: the same findings for machines and for people.
//!
//! Formats know findings and nothing of how they came to be.

mod json;
mod sarif;
mod text;

pub use json::{Document, write as write_json};
pub use sarif::write as write_sarif;
pub use text::{Style, clean, summary_line, write as write_text};

use crate::finding::{Finding, RequirementInfo, RuleInfo, RunInfo, RunSummary, ScopeEntry};
use crate::model::Coverage;

/// Everything that a report may tell.
pub struct Report<'a> {
    /// What the run was about.
    pub run: &'a RunInfo,
    /// The run in numbers.
    pub summary: &'a RunSummary,
    /// Findings, in the order of reports.
    pub findings: &'a [Finding],
    /// Compartments and whether PCI DSS applies to them.
    pub scope: &'a [ScopeEntry],
    /// What could not be read, and what is not modelled.
    pub coverage: &'a Coverage,
    /// The rules that judged.
    pub rules: &'a [RuleInfo],
    /// The requirements that they refer to.
    pub requirements: &'a [RequirementInfo],
    /// Whether texts are Korean.
    pub korean: bool,
    /// How the run ends.
    pub exit_code: u8,
}
