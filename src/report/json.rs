//! `findings.json`: versioned, with a published schema.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::{GapEntry, Report};
use crate::finding::{Accepted, Finding, MatrixEntry, NotExamined, RunInfo, RunSummary, ScopeEntry, fingerprint};
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
    /// Pairs of borders of which one is in scope, and whether anything passes; empty where no network was read.
    matrix: &'a [MatrixEntry],
    /// What should have been read and was not.
    coverage: Vec<CoverageGap<'a>>,
    /// Rules that are switched off: what they would have judged was not examined.
    not_examined: &'a [NotExamined],
    /// What was read and is not modelled, by name, with how often it was met.
    skipped: &'a BTreeMap<String, u64>,
}

#[derive(Serialize, JsonSchema)]
struct CoverageGap<'a> {
    #[serde(flatten)]
    gap: &'a Gap,
    /// Stays the same from run to run.
    fingerprint: String,
    /// The acceptance in force that covers it: it stays not examined, and does not fail the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a Accepted>,
}

/// Writes `findings.json`.
///
/// # Errors
/// What the stream says.
pub fn write(report: &Report<'_>, mut out: impl Write) -> io::Result<()> {
    let gap = |entry: &'_ GapEntry<'_>| {
        let Gap { what, reason, .. } = entry.gap;
        fingerprint("coverage-gap", what, &format!("{reason:?}"))
    };
    let covered = |entry| CoverageGap { fingerprint: gap(entry), gap: entry.gap, accepted: entry.accepted.as_ref() };
    let document = Document {
        schema: SCHEMA,
        run: report.run,
        summary: report.summary,
        findings: report.findings,
        scope: report.scope,
        matrix: report.matrix,
        coverage: report.gaps.iter().map(covered).collect(),
        not_examined: report.not_examined,
        skipped: report.skipped,
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}
