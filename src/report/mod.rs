//! Reports: the same findings for machines and for people.
//!
//! Formats know findings and nothing of how they came to be.

mod borders;
mod json;
mod sarif;
mod text;

pub use json::{Document, write as write_json};
pub use sarif::write as write_sarif;
pub use text::{Style, clean, summary_line, write as write_text};

use crate::finding::{
    Accepted, Finding, MatrixEntry, NotExamined, RequirementInfo, RuleInfo, RunInfo, RunSummary, ScopeEntry,
};
use crate::model::{Gap, Skipped};

/// A coverage gap, and the acceptance that covers it.
pub struct GapEntry<'a> {
    /// The gap.
    pub gap: &'a Gap,
    /// Who accepts it until when.
    pub accepted: Option<Accepted>,
}

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
    /// What passes over which border.
    pub matrix: &'a [MatrixEntry],
    /// What should have been read and was not.
    pub gaps: &'a [GapEntry<'a>],
    /// What was read and is not modelled, by name, with how often it was met.
    pub skipped: &'a Skipped,
    /// Rules that are switched off.
    pub not_examined: &'a [NotExamined],
    /// The rules that judged.
    pub rules: &'a [RuleInfo],
    /// The requirements that they refer to.
    pub requirements: &'a [RequirementInfo],
    /// Whether texts are Korean.
    pub korean: bool,
    /// How the run ends.
    pub exit_code: u8,
}
