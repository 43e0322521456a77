//! The report for the terminal: by border, the gravest first, with what to change.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};

use super::Report;
use crate::finding::{Finding, Location, Outcome, RunSummary};
use crate::model::{Gap, Severity};

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences.
    Plain,
    /// For a terminal.
    Coloured,
}

struct Words {
    fix: &'static str,
    at: &'static str,
    undetermined: &'static str,
    gaps: &'static str,
    skipped: &'static str,
    nothing: &'static str,
}

const ENGLISH: Words = Words {
    fix: "fix",
    at: "at",
    undetermined: "Not decided: neither passed nor broken",
    gaps: "Not read: what these hold was not examined",
    skipped: "Read and not modelled by this release",
    nothing: "No violation was found.",
};

const KOREAN: Words = Words {
    fix: "조치",
    at: "위치",
    undetermined: "판단하지 못함: 통과도 위반도 아님",
    gaps: "읽지 못함: 이 내용은 검사되지 않았음",
    skipped: "읽었으나 이 버전이 다루지 않음",
    nothing: "위반이 발견되지 않았습니다.",
};

/// Text from the estate, safe to print: control characters, which could move a terminal's cursor or rewrite a log, are
/// spelled out.
pub fn clean(text: &str) -> Cow<'_, str> {
    let hostile = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(hostile) {
        text.chars().map(|c| if hostile(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// The one line that sums a run up.
pub fn summary_line(summary: &RunSummary, korean: bool) -> String {
    let RunSummary { assets, rules, violations, undetermined, gaps, .. } = summary;
    if korean {
        return format!(
            "자산 {assets}개, 규칙 {rules}개, 위반 {violations}건, 판단 불가 {undetermined}건, 누락 {gaps}건"
        );
    }
    let count = |number: &usize, one: &str| format!("{number} {one}{}", if *number == 1 { "" } else { "s" });
    let (assets, rules) = (count(assets, "asset"), count(rules, "rule"));
    format!(
        "{assets}, {rules}, {}, {undetermined} undetermined, {}",
        count(violations, "violation"),
        count(gaps, "gap")
    )
}

/// Writes the report.
///
/// # Errors
/// What the stream says.
pub fn write(report: &Report<'_>, style: Style, out: &mut impl Write) -> io::Result<()> {
    let words = if report.korean { &KOREAN } else { &ENGLISH };
    let paint = Paint(style);
    let (broken, open): (Vec<&Finding>, Vec<&Finding>) =
        report.findings.iter().partition(|finding| finding.outcome == Outcome::Violation);
    // borders by their gravest finding, then by how many they have
    let mut borders: BTreeMap<&str, (Severity, Reverse<usize>)> = BTreeMap::new();
    for finding in &broken {
        let (severity, Reverse(count)) = borders.entry(&finding.zone).or_insert((finding.severity, Reverse(0)));
        *severity = finding.severity.min(*severity);
        *count += 1;
    }
    let mut borders: Vec<_> = borders.into_iter().map(|(zone, rank)| (rank, zone)).collect();
    borders.sort();
    for (_, zone) in &borders {
        let bold = Ansi::new().bold();
        writeln!(out, "{}", paint.with(bold, &clean(zone)))?;
        let inside: Vec<&Finding> = broken.iter().filter(|finding| finding.zone == *zone).copied().collect();
        section(report, words, paint, &inside, out)?;
    }
    if broken.is_empty() {
        writeln!(out, "{}\n", words.nothing)?;
    }
    if !open.is_empty() {
        writeln!(out, "{}", paint.with(Ansi::new().bold(), words.undetermined))?;
        section(report, words, paint, &open, out)?;
    }
    gaps(&report.coverage.gaps, words, paint, out)?;
    if !report.coverage.skipped.is_empty() {
        let names = report.coverage.skipped.iter().map(|(name, count)| format!("{} ×{count}", clean(name)));
        writeln!(out, "{}: {}\n", words.skipped, names.collect::<Vec<_>>().join(", "))?;
    }
    writeln!(out, "{}", summary_line(report.summary, report.korean))
}

/// Findings of one border: by rule, what to change once below them.
fn section(
    report: &Report<'_>,
    words: &Words,
    paint: Paint,
    findings: &[&Finding],
    out: &mut impl Write,
) -> io::Result<()> {
    let mut rest = findings;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|finding| finding.rule == first.rule).count();
        let (group, after) = rest.split_at(same);
        rest = after;
        let title = report.rules.iter().find(|rule| rule.id == first.rule).map_or("", |rule| rule.title.as_str());
        let severity = paint.severity(first.severity);
        writeln!(out, "  {severity} {title} [{}] PCI DSS {}", first.rule, first.requirements.join(", "))?;
        for finding in group {
            writeln!(out, "    {}", clean(&finding.message))?;
            writeln!(out, "      {} {}", paint.dim(words.at), clean(&place(&finding.origin)))?;
            if finding.outcome != Outcome::Violation {
                writeln!(out, "      {} {}", paint.dim(words.fix), finding.fix)?;
            }
        }
        // what is not decided is mended one by one: no single advice fits
        if first.outcome == Outcome::Violation {
            writeln!(out, "      {} {}", paint.dim(words.fix), first.fix)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn gaps(gaps: &[Gap], words: &Words, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.with(Ansi::new().bold(), words.gaps))?;
    for gap in gaps {
        let spot = gap.at.map(|spot| format!(":{}:{}", spot.line, spot.column)).unwrap_or_default();
        writeln!(out, "  {}{spot}: {}", clean(&gap.what), clean(&gap.detail))?;
        writeln!(out, "      {} {}", paint.dim(words.fix), gap.mend)?;
    }
    writeln!(out)
}

fn place(origin: &Location) -> String {
    match origin {
        Location::File { file, line, column } => format!("{file}:{line}:{column}"),
        Location::Arn { arn } => arn.clone(),
    }
}

#[derive(Clone, Copy)]
struct Paint(Style);

impl Paint {
    fn with(self, style: Ansi, text: &str) -> String {
        match self.0 {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("{style}{text}{style:#}"),
        }
    }

    fn dim(self, text: &str) -> String {
        self.with(Ansi::new().dimmed(), text)
    }

    fn severity(self, severity: Severity) -> String {
        let colour = match severity {
            Severity::Critical | Severity::High => AnsiColor::Red,
            Severity::Medium => AnsiColor::Yellow,
            Severity::Low | Severity::Info => AnsiColor::Blue,
        };
        self.with(Ansi::new().bold().fg_color(Some(colour.into())), &format!("{:<8}", severity.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn control_characters_are_spelled_out() {
        assert_eq!(clean("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\\u{a}c");
        assert_eq!(clean("지갑"), "지갑");
    }
}
