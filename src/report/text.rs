//! The report for the terminal: by border, the gravest first, with what to change.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};

use super::{Report, borders};
use crate::finding::{Finding, Hop, Location, Outcome, RunSummary};
use crate::model::{Gap, Severity, counted, short_of};

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
    hint: &'static str,
    undetermined: &'static str,
    gaps: &'static str,
    waived: &'static str,
    preview: &'static str,
    not_examined: &'static str,
    off: &'static str,
    until: &'static str,
    skipped: &'static str,
    nothing: &'static str,
}

const ENGLISH: Words = Words {
    fix: "fix",
    at: "at",
    hint: "closes it and nothing declared:",
    undetermined: "Not decided: neither passed nor broken",
    gaps: "Not read: what these hold was not examined",
    waived: "Waived: broken, and borne for a while",
    preview: "Preview: rules that are new and do not fail the run yet",
    not_examined: "Not examined, as the configuration says",
    off: "switched off",
    until: "until",
    skipped: "Read and not modelled by this release",
    nothing: "No violation was found.",
};

const KOREAN: Words = Words {
    fix: "조치",
    at: "위치",
    hint: "선언된 흐름은 두고 이것만 닫는 변경:",
    undetermined: "판단하지 못함: 통과도 위반도 아님",
    gaps: "읽지 못함: 이 내용은 검사되지 않았음",
    waived: "면제됨: 위반이지만 한시적으로 허용함",
    preview: "미리 보기: 새 규칙이며 아직 실행 결과에 반영되지 않음",
    not_examined: "설정에 따라 검사하지 않음",
    off: "꺼짐",
    until: "만료일",
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
    let RunSummary { assets, rules, violations, waived, undetermined, gaps, accepted, preview, .. } = summary;
    let some = |number: &usize, text: String| if *number == 0 { String::new() } else { text };
    if korean {
        return format!(
            "자산 {assets}개, 규칙 {rules}개, 위반 {violations}건, 판단 불가 {undetermined}건, 누락 {gaps}건{}{}{}",
            some(waived, format!(", 면제 {waived}건")),
            some(accepted, format!(", 허용된 미검사 {accepted}건")),
            some(preview, format!(", 미리 보기 {preview}건")),
        );
    }
    format!(
        "{}, {}, {}, {undetermined} undetermined, {}{}{}{}",
        counted(*assets, "asset"),
        counted(*rules, "rule"),
        counted(*violations, "violation"),
        counted(*gaps, "gap"),
        some(waived, format!(", {waived} waived")),
        some(accepted, format!(", {accepted} accepted as not examined")),
        some(preview, format!(", {preview} of preview rules")),
    )
}

/// Writes the report.
///
/// # Errors
/// What the stream says.
pub fn write(report: &Report<'_>, style: Style, out: &mut impl Write) -> io::Result<()> {
    let words = if report.korean { &KOREAN } else { &ENGLISH };
    let paint = Paint(style);
    let (previews, stable): (Vec<&Finding>, Vec<&Finding>) =
        report.findings.iter().partition(|finding| finding.preview);
    let (broken, open): (Vec<&Finding>, Vec<&Finding>) =
        stable.into_iter().partition(|finding| finding.outcome == Outcome::Violation);
    let (waived, broken): (Vec<&Finding>, Vec<&Finding>) =
        broken.into_iter().partition(|finding| finding.waiver.is_some());
    let (accepted, open): (Vec<&Finding>, Vec<&Finding>) =
        open.into_iter().partition(|finding| finding.accepted.is_some());
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
        writeln!(out, "{}", paint.bold(&clean(zone)))?;
        let inside: Vec<&Finding> = broken.iter().filter(|finding| finding.zone == *zone).copied().collect();
        section(report, words, paint, &inside, out)?;
    }
    if broken.is_empty() {
        writeln!(out, "{}\n", words.nothing)?;
    }
    for (title, all) in [(words.undetermined, open), (words.waived, waived), (words.preview, previews)] {
        if !all.is_empty() {
            writeln!(out, "{}", paint.bold(title))?;
            section(report, words, paint, &all, out)?;
        }
    }
    gaps(report, words, paint, out)?;
    borders::write(report, paint, out)?;
    not_examined(report, &accepted, words, paint, out)?;
    if !report.skipped.is_empty() {
        let names = report.skipped.iter().map(|(name, count)| format!("{} ×{count}", clean(name)));
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
            hops(finding, paint, out)?;
            if let Some(hint) = &finding.hint {
                let place = place(&hint.origin);
                writeln!(out, "      {} {}", paint.dim(words.hint), clean(&format!("{} ({place})", hint.change)))?;
            }
            if let Some(waiver) = &finding.waiver {
                writeln!(out, "      {}", clean(&borne(&waiver.owner, &waiver.expires, &waiver.reason, words)))?;
            }
            if finding.outcome != Outcome::Violation {
                writeln!(out, "      {} {}", paint.dim(words.fix), finding.fix)?;
            }
            if let Some(gap) = report.gaps.iter().map(|entry| entry.gap).find(|gap| is_about(finding, gap)) {
                writeln!(out, "      {} {}", paint.dim(words.fix), gap.mend)?;
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

/// The way of a flow's first packet; answers are in findings.json.
fn hops(finding: &Finding, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let there = finding.witness.iter().filter(|hop| !hop.why.starts_with("answer"));
    for Hop { at, by, why, .. } in there {
        let by = if by.is_empty() { String::new() } else { format!(" ({})", short_of(by)) };
        writeln!(out, "        {} {}", paint.dim(&clean(&short_of(at))), clean(&format!("{why}{by}")))?;
    }
    Ok(())
}

/// Who bears something until when, and why.
fn borne(owner: &str, expires: &str, reason: &str, words: &Words) -> String {
    format!("{owner}, {} {expires}: {reason}", words.until)
}

/// What was left out on purpose: rules that are switched off, and what is accepted as not known.
fn not_examined(
    report: &Report<'_>,
    accepted: &[&Finding],
    words: &Words,
    paint: Paint,
    out: &mut impl Write,
) -> io::Result<()> {
    let gaps: Vec<_> = report.gaps.iter().filter_map(|entry| Some((entry.gap, entry.accepted.as_ref()?))).collect();
    if report.not_examined.is_empty() && accepted.is_empty() && gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.bold(words.not_examined))?;
    for off in report.not_examined {
        writeln!(out, "  {} ({}): {}", off.rule, words.off, clean(&off.reason))?;
    }
    let findings = accepted
        .iter()
        .filter_map(|finding| Some((format!("{}: {}", finding.rule, finding.message), finding.accepted.as_ref()?)));
    let gaps = gaps.into_iter().map(|(gap, by)| (format!("{}: {}", gap.what, gap.detail), by));
    for (what, by) in findings.chain(gaps) {
        writeln!(out, "  {}", clean(&what))?;
        writeln!(out, "      {}", clean(&borne(&by.owner, &by.expires, &by.reason, words)))?;
    }
    writeln!(out)
}

/// Whether a finding tells of a gap.
fn is_about(finding: &Finding, gap: &Gap) -> bool {
    finding.kind == "gap" && finding.asset == gap.id() && finding.message.contains(&gap.detail)
}

/// Gaps that no finding tells of, because the rule about them is switched off.
fn gaps(report: &Report<'_>, words: &Words, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let open = report.gaps.iter().filter(|entry| entry.accepted.is_none()).map(|entry| entry.gap);
    let open: Vec<&Gap> = open.filter(|gap| !report.findings.iter().any(|finding| is_about(finding, gap))).collect();
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.bold(words.gaps))?;
    for gap in open {
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
pub(super) struct Paint(Style);

impl Paint {
    pub fn bold(self, text: &str) -> String {
        self.with(Ansi::new().bold(), text)
    }

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
