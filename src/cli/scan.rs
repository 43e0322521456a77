//! `zoneproof scan`: sources to an evidence pack.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;

use super::inputs::{self, Inputs, Read};
use super::{CLEAN, CliError, INCOMPLETE, Language, VIOLATION, output};
use crate::config::Config;
use crate::finding::{Accepted, Finding, Outcome, RequirementInfo, RuleInfo, RunInfo, RunSummary};
use crate::load::snapshot;
use crate::model::{Gap, Inventory, Severity};
use crate::policy::facts::{self, Context};
use crate::policy::{self, Judged, Lang, Pack};
use crate::reach::Network;
use crate::report::{self, GapEntry, Report, Style};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Folder for the evidence: inventory, findings.json, results.sarif, report.txt
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What is printed on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Language of messages and reports
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
    /// Folder of rules of your own, besides the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Severity from which a violation fails the run: critical, high, medium, low, info; else the configuration's
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<Severity>,
}

/// What is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// findings.json
    Json,
    /// SARIF 2.1.0
    Sarif,
}

pub fn run(args: Args) -> Result<u8, CliError> {
    let clock = inputs::clock()?;
    let lang = Lang::from(args.lang);
    let Read { config, inventory, zones, sources } = args.inputs.read()?;
    let (pack, not_examined) = inputs::switched(args.rules.as_deref(), &config)?;
    let worker = args.rules.as_ref().map(|_| inputs::worker()).transpose()?;
    let day = inputs::day(clock);
    let network = Network::new(&inventory, &config.networks);
    let context = Context::new(&inventory, &zones, &config, day, &network);
    let judged = policy::judge(&context, &pack, lang, worker.as_ref())?;
    let requirements = requirements(&pack, lang);
    let run = RunInfo {
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        start: clock.to_string(),
        sources,
        config: config.file.clone(),
        inventory: inventory.digest().map_err(|error| io_error("inventory", error.into()))?,
        assets: inventory.counts().into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect(),
    };
    let gaps = gaps(&inventory, &config, day);
    let summary = summary(&inventory, &pack, &judged, &gaps);
    let exit_code = exit_code(&judged.findings, &summary, args.fail_on.unwrap_or(config.fail_on));
    let report = Report {
        run: &run,
        summary: &summary,
        findings: &judged.findings,
        scope: &facts::scope(&context),
        matrix: &facts::matrix(&context),
        gaps: &gaps,
        skipped: &inventory.coverage.skipped,
        not_examined: &not_examined,
        rules: &rules(&pack, lang),
        requirements: &requirements,
        korean: lang == Lang::Ko,
        exit_code,
    };
    if let Some(folder) = &args.out {
        evidence(folder, &report, &inventory)?;
    }
    output::product(|mut out| match args.format {
        Format::Text => report::write_text(&report, output::style(), &mut out),
        Format::Json => report::write_json(&report, out),
        Format::Sarif => report::write_sarif(&report, out),
    })?;
    if args.format != Format::Text {
        output::note(&report::summary_line(&summary, report.korean));
    }
    Ok(exit_code)
}

fn io_error(what: &str, error: std::io::Error) -> CliError {
    CliError::Io { what: what.to_owned(), error }
}

/// Writes the evidence pack, each file whole or not at all.
fn evidence(folder: &std::path::Path, report: &Report<'_>, inventory: &Inventory) -> Result<(), CliError> {
    std::fs::create_dir_all(folder).map_err(|error| io_error(&folder.display().to_string(), error))?;
    let RunInfo { sources, start, .. } = report.run;
    output::file(&folder.join("inventory.jsonl.zst"), |out| snapshot::write(inventory, sources, start, out))?;
    output::file(&folder.join("findings.json"), |out| report::write_json(report, out))?;
    output::file(&folder.join("results.sarif"), |out| report::write_sarif(report, out))?;
    output::file(&folder.join("report.txt"), |mut out: &mut dyn Write| {
        report::write_text(report, Style::Plain, &mut out)
    })
}

/// Coverage gaps, with the acceptance of each that is accepted.
fn gaps<'a>(inventory: &'a Inventory, config: &Config, day: Date) -> Vec<GapEntry<'a>> {
    let accepted = |gap: &Gap| {
        config.accepts_gap(&gap.what, day).map(|accepted| Accepted {
            owner: accepted.owner.clone(),
            reason: accepted.reason.clone(),
            expires: accepted.expires.to_string(),
        })
    };
    inventory.coverage.gaps.iter().map(|gap| GapEntry { gap, accepted: accepted(gap) }).collect()
}

fn summary(inventory: &Inventory, pack: &Pack, judged: &Judged, gaps: &[GapEntry<'_>]) -> RunSummary {
    let count = |test: &dyn Fn(&Finding) -> bool| judged.findings.iter().filter(|finding| test(finding)).count();
    let violation = |finding: &Finding| finding.outcome == Outcome::Violation;
    let accepted_gaps = gaps.iter().filter(|entry| entry.accepted.is_some()).count();
    RunSummary {
        assets: inventory.len(),
        rules: pack.rules.len(),
        judged: judged.evaluated,
        violations: count(&|finding| violation(finding) && finding.counts()),
        waived: count(&|finding| !finding.preview && finding.waiver.is_some()),
        undetermined: count(&|finding| !violation(finding) && finding.counts()),
        gaps: gaps.len() - accepted_gaps,
        accepted: accepted_gaps + count(&|finding| !finding.preview && finding.accepted.is_some()),
        preview: count(&|finding| finding.preview),
    }
}

fn exit_code(findings: &[Finding], summary: &RunSummary, fail_on: Severity) -> u8 {
    let grave =
        |finding: &Finding| finding.outcome == Outcome::Violation && finding.severity <= fail_on && finding.counts();
    if findings.iter().any(grave) {
        VIOLATION
    } else if summary.undetermined > 0 || summary.gaps > 0 {
        INCOMPLETE
    } else {
        CLEAN
    }
}

fn rules(pack: &Pack, lang: Lang) -> Vec<RuleInfo> {
    let info = |meta: &policy::Metadata| RuleInfo {
        id: meta.id.clone(),
        title: meta.title.get(lang).to_owned(),
        description: meta.description.clone(),
        why: meta.why.get(lang).to_owned(),
        remediation: meta.remediation.get(lang).to_owned(),
        severity: meta.severity,
        requirements: meta.requirements.clone(),
    };
    pack.rules.iter().map(|rule| info(&rule.meta)).collect()
}

/// The requirements that rules of the pack refer to.
fn requirements(pack: &Pack, lang: Lang) -> Vec<RequirementInfo> {
    let used = |id: &String| pack.rules.iter().any(|rule| rule.meta.requirements.contains(id));
    let all = policy::requirements().map(|all| all.requirements).unwrap_or_default();
    let mut all: Vec<RequirementInfo> = all
        .into_iter()
        .filter(|(id, _)| used(id))
        .map(|(id, text)| RequirementInfo { id, text: text.get(lang).to_owned() })
        .collect();
    all.sort_by_key(|requirement| requirement.id.split('.').filter_map(|part| part.parse().ok()).collect::<Vec<u32>>());
    all
}
