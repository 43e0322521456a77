//! `findings.json`: versioned, with a published schema.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::finding::{Finding, RunInfo, RunSummary, ScopeEntry, fingerprint};
use crate::model::Gap;

/// The format's name and version.
const SCHEMA: &str = "zoneproof.findings/1";

/// `findings.json`.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    /// `zoneproof.findings/1`.
    schema: &'static str,
    run: &'a RunInfo,
    summary: &'a RunSummary,
    /// What did not pass, the gravest first.
    findings: &'a [Finding],
    /// Compartments, and whether PCI DSS applies to them.
    scope: &'a [ScopeEntry],
    /// What should have been read and was not.
    coverage: Vec<CoverageGap<'a>>,
    /// What was read and is not modelled, by name, with how often it was met.
    skipped: &'a BTreeMap<String, u64>,
}

#[derive(Serialize, JsonSchema)]
struct CoverageGap<'a> {
    #[serde(flatten)]
    gap: &'a Gap,
    /// Stays the same from run to run.
    fingerprint: String,
}

/// Writes `findings.json`.
///
/// # Errors
/// What the stream says.
pub fn write(report: &Report<'_>, mut out: impl Write) -> io::Result<()> {
    let gap = |gap: &'_ Gap| fingerprint("coverage-gap", &gap.what, &format!("{:?}", gap.reason));
    let document = Document {
        schema: SCHEMA,
        run: report.run,
        summary: report.summary,
        findings: report.findings,
        scope: report.scope,
        coverage: report.coverage.gaps.iter().map(|each| CoverageGap { gap: each, fingerprint: gap(each) }).collect(),
        skipped: &report.coverage.skipped,
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}
