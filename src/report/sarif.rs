//! SARIF 2.1.0, as GitHub, GitLab and editors read it.
//!
//! GitHub shows 5,000 results of a run and takes a relative URI and all four region fields; the fingerprint that it
//! uses is `primaryLocationLineHash`; severity comes from the rule's `security-severity`; taxa are ignored there, so
//! requirement ids are tags too (GitHub Docs, "SARIF support for code scanning").

use std::collections::BTreeMap;
use std::io::{self, Write};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, CodeFlow, Invocation, Location as SarifLocation, LogicalLocation, Message,
    MultiformatMessageString, Notification, PhysicalLocation, PropertyBag, Region, ReportingConfiguration,
    ReportingDescriptor, ReportingDescriptorReference, ReportingDescriptorRelationship, Result as SarifResult,
    ResultKind, ResultLevel, Run, RunAutomationDetails, Sarif, ThreadFlow, ThreadFlowLocation, Tool, ToolComponent,
    ToolComponentReference,
};

use super::{GapEntry, Report};
use crate::finding::{Accepted, Finding, Hop, Location, Outcome, RequirementInfo, RuleInfo};
use crate::model::{Severity, Spot, counted, short_of};

const SCHEMA_URI: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Identifies the taxonomy; random, never to change.
const TAXONOMY_GUID: &str = "5a5b3a1e-7c0e-4d0f-9a63-2f1f5f0b7d41";
const TAXONOMY: &str = "PCI DSS";
/// Most results that GitHub shows of a run.
const SHOWN: usize = 5000;
/// Results of a live asset point at its line in the snapshot beside the report.
const SNAPSHOT: &str = "inventory.jsonl.zst";
/// What a path may not hold raw in a URI.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// Writes the report.
///
/// # Errors
/// What the stream says.
pub fn write(report: &Report<'_>, mut out: impl Write) -> io::Result<()> {
    let run = Run::builder()
        .tool(Tool::builder().driver(driver(report)).build())
        .automation_details(RunAutomationDetails::builder().id("zoneproof/").build())
        .column_kind(json!("unicodeCodePoints"))
        .language(if report.korean { "ko-KR" } else { "en-US" })
        .taxonomies(vec![taxonomy(report.requirements)])
        .invocations(vec![invocation(report)])
        .results(shown(report).take(SHOWN).map(|finding| result(finding, report)).collect::<Vec<_>>())
        .build();
    let sarif = Sarif::builder().schema(SCHEMA_URI).version(json!("2.1.0")).runs(vec![run]).build();
    serde_json::to_writer(&mut out, &sarif)?;
    out.write_all(b"\n")
}

/// What is open. GitHub takes suppressed results for open alerts (GitHub Docs, "SARIF support for code scanning"), so
/// what is waived is in `findings.json` alone; preview rules raise no alerts.
fn shown<'a>(report: &'a Report<'_>) -> impl Iterator<Item = &'a Finding> {
    report.findings.iter().filter(|finding| finding.counts())
}

fn text(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

fn message(text: &str) -> Message {
    Message::builder().text(text).build()
}

fn driver(report: &Report<'_>) -> ToolComponent {
    let reference = ToolComponentReference::builder().name(TAXONOMY).guid(TAXONOMY_GUID).index(0).build();
    ToolComponent::builder()
        .name("zoneproof")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(report.rules.iter().map(|info| rule(info, report.requirements)).collect::<Vec<_>>())
        .supported_taxonomies(vec![reference])
        .build()
}

fn level(severity: Severity) -> (&'static str, ResultLevel) {
    match severity {
        Severity::Critical | Severity::High => ("error", ResultLevel::Error),
        Severity::Medium => ("warning", ResultLevel::Warning),
        Severity::Low | Severity::Info => ("note", ResultLevel::Note),
    }
}

/// GitHub: above 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below low.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.1",
    }
}

fn rule(info: &RuleInfo, requirements: &[RequirementInfo]) -> ReportingDescriptor {
    // GitHub takes at most 20 tags a rule
    let tags = ["security".to_owned(), "pci-dss".to_owned()].into_iter();
    let tags: Vec<String> = tags.chain(info.requirements.iter().map(|id| format!("pci-dss-{id}"))).take(20).collect();
    let properties = [
        ("security-severity".to_owned(), json!(security_severity(info.severity))),
        ("precision".to_owned(), json!("very-high")),
    ];
    let help = format!("{}\n\n{}", info.why, info.remediation);
    let markdown = format!("{}\n\n**{}**\n", info.why, info.remediation);
    let relationships = info.requirements.iter().filter_map(|id| {
        Some(
            ReportingDescriptorRelationship::builder()
                .target(taxon(id, requirements)?)
                .kinds(vec!["relevant".into()])
                .build(),
        )
    });
    let name: String = info
        .id
        .split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars)
        })
        .collect();
    ReportingDescriptor::builder()
        .id(info.id.as_str())
        .name(name)
        .short_description(text(&format!("{}.", info.title)))
        .full_description(text(&info.description))
        .help(MultiformatMessageString::builder().text(help).markdown(markdown).build())
        .default_configuration(ReportingConfiguration::builder().level(json!(level(info.severity).0)).build())
        .relationships(relationships.collect::<Vec<_>>())
        .properties(PropertyBag::builder().tags(tags).additional_properties(properties).build())
        .build()
}

fn taxonomy(requirements: &[RequirementInfo]) -> ToolComponent {
    let taxa = requirements.iter().map(|requirement| {
        ReportingDescriptor::builder().id(requirement.id.as_str()).short_description(text(&requirement.text)).build()
    });
    ToolComponent::builder()
        .name(TAXONOMY)
        .guid(TAXONOMY_GUID)
        .version("4.0.1")
        .organization("PCI Security Standards Council")
        .short_description(text("Payment Card Industry Data Security Standard, in the tool's own words."))
        .taxa(taxa.collect::<Vec<_>>())
        .build()
}

fn taxon(id: &str, requirements: &[RequirementInfo]) -> Option<ReportingDescriptorReference> {
    let index = requirements.iter().position(|requirement| requirement.id == id)?;
    let component = ToolComponentReference::builder().name(TAXONOMY).guid(TAXONOMY_GUID).index(0).build();
    Some(
        ReportingDescriptorReference::builder()
            .id(id)
            .index(i64::try_from(index).ok()?)
            .tool_component(component)
            .build(),
    )
}

fn result(finding: &Finding, report: &Report<'_>) -> SarifResult {
    let index = report.rules.iter().position(|rule| rule.id == finding.rule);
    // SARIF 2.1.0, 3.27.9: a result that is no failure has the level `none`
    let (kind, level) = match finding.outcome {
        Outcome::Violation => (ResultKind::Fail, level(finding.severity).1),
        Outcome::Undetermined | Outcome::Error => (ResultKind::Open, ResultLevel::None),
    };
    let taxa = finding.requirements.iter().filter_map(|id| taxon(id, report.requirements));
    let properties = [
        ("zone".to_owned(), json!(finding.zone)),
        ("outcome".to_owned(), json!(finding.outcome.as_str())),
        ("remediation".to_owned(), json!(finding.fix)),
    ];
    let hint = finding.hint.as_ref().map(|hint| ("change".to_owned(), json!(hint.change)));
    let properties: BTreeMap<String, Value> = properties.into_iter().chain(hint).collect();
    let fingerprints = [("primaryLocationLineHash".to_owned(), finding.fingerprint.clone())];
    SarifResult::builder()
        .rule_id(finding.rule.as_str())
        .rule_index(index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1))
        .kind(kind)
        .level(level)
        .message(message(&format!("{}.", finding.message)))
        .locations(vec![location(finding)])
        .code_flows(code_flow(finding).into_iter().collect::<Vec<_>>())
        .partial_fingerprints(fingerprints)
        .taxa(taxa.collect::<Vec<_>>())
        .properties(PropertyBag::builder().additional_properties(properties).build())
        .build()
}

/// The way of a flow, hop by hop, which viewers show as steps.
fn code_flow(finding: &Finding) -> Option<CodeFlow> {
    let step = |hop: &Hop| {
        let said = format!("{} {}.", short_of(&hop.at), hop.why);
        let name = if hop.by.is_empty() { &hop.at } else { &hop.by };
        let logical = LogicalLocation::builder().fully_qualified_name(name.as_str()).kind("resource").build();
        let place = SarifLocation::builder().message(message(&said)).logical_locations(vec![logical]);
        let place = match &hop.origin {
            Some(Location::File { file, line, column }) => {
                place.physical_location(physical(file, Spot { line: *line, column: *column })).build()
            }
            _ => place.build(),
        };
        ThreadFlowLocation::builder().location(place).build()
    };
    let steps: Vec<ThreadFlowLocation> = finding.witness.iter().map(step).collect();
    let thread = (!steps.is_empty()).then(|| ThreadFlow::builder().locations(steps).build())?;
    Some(CodeFlow::builder().thread_flows(vec![thread]).build())
}

fn region(spot: Spot) -> Region {
    let (line, column) = (i64::from(spot.line), i64::from(spot.column));
    Region::builder().start_line(line).start_column(column).end_line(line).end_column(column + 1).build()
}

fn physical(file: &str, spot: Spot) -> PhysicalLocation {
    // always relative: an absolute path says nothing on another machine
    let relative = file.trim_start_matches('/');
    let uri = utf8_percent_encode(relative, RESERVED).to_string();
    let artifact = ArtifactLocation::builder().uri(uri).uri_base_id("%SRCROOT%").build();
    PhysicalLocation::builder().artifact_location(artifact).region(region(spot)).build()
}

fn location(finding: &Finding) -> SarifLocation {
    let physical = match &finding.origin {
        Location::File { file, line, column } => physical(file, Spot { line: *line, column: *column }),
        Location::Arn { .. } => {
            let line = u32::try_from(finding.snapshot_line.unwrap_or(1)).unwrap_or(u32::MAX);
            physical(SNAPSHOT, Spot { line, column: 1 })
        }
    };
    let logical = LogicalLocation::builder().fully_qualified_name(finding.asset.as_str()).kind("resource").build();
    SarifLocation::builder().physical_location(physical).logical_locations(vec![logical]).build()
}

/// How the run went: gaps and what does not fit are notifications, so that silence never means "could not look".
fn invocation(report: &Report<'_>) -> Invocation {
    let mut notes: Vec<Notification> = report.gaps.iter().map(gap).collect();
    let count = shown(report).count();
    if count > SHOWN {
        let text = format!(
            "Left out: {}. The {SHOWN} gravest are here, all are in findings.json.",
            counted(count - SHOWN, "result")
        );
        notes.push(Notification::builder().level(json!("warning")).message(message(&text)).build());
    }
    notes.extend(not_examined(report));
    if !report.skipped.is_empty() {
        let names: Vec<String> = report.skipped.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        let text = format!("Read and not modelled: {}.", names.join(", "));
        notes.push(Notification::builder().level(json!("note")).message(message(&text)).build());
    }
    Invocation::builder()
        .execution_successful(true)
        .exit_code(i64::from(report.exit_code))
        .start_time_utc(report.run.start.as_str())
        .tool_execution_notifications(notes)
        .build()
}

/// What was switched off, and what is accepted as not known.
fn not_examined(report: &Report<'_>) -> Vec<Notification> {
    let off = report
        .not_examined
        .iter()
        .map(|off| format!("Not examined: rule {} is switched off: {}.", off.rule, off.reason));
    let accepted = report.findings.iter().filter_map(|finding| {
        let Accepted { owner, reason, expires } = finding.accepted.as_ref()?;
        let Finding { rule, asset, .. } = finding;
        Some(format!("Not examined: {rule} of {asset}, accepted by {owner} until {expires}: {reason}."))
    });
    let note = |text: String| Notification::builder().level(json!("note")).message(message(&text)).build();
    off.chain(accepted).map(note).collect()
}

fn gap(GapEntry { gap, accepted }: &GapEntry<'_>) -> Notification {
    let by = accepted.as_ref().map(|by| format!(" Accepted by {} until {}: {}.", by.owner, by.expires, by.reason));
    let text = format!("Not read: {}: {}. {}.{}", gap.what, gap.detail, gap.mend, by.unwrap_or_default());
    let place = gap.at.map(|spot| SarifLocation::builder().physical_location(physical(&gap.what, spot)).build());
    Notification::builder()
        .level(json!(if accepted.is_some() { "note" } else { "error" }))
        .message(message(&text))
        .locations(place.into_iter().collect::<Vec<_>>())
        .build()
}
