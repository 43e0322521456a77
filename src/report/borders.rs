//! What passes over borders and what is in scope, for the terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::Report;
use super::text::{Paint, clean};
use crate::finding::{MatrixEntry, ScopeEntry};
use crate::model::short_of;

struct Words {
    borders: &'static str,
    denied: &'static str,
    undeclared: &'static str,
    perhaps: &'static str,
    scope: &'static str,
}

const ENGLISH: Words = Words {
    borders: "Borders: what passes, over all paths",
    denied: "pairs of borders: nothing passes",
    undeclared: "not all declared",
    perhaps: "perhaps",
    scope: "Scope",
};

const KOREAN: Words = Words {
    borders: "경계: 모든 경로를 합쳐 통과하는 것",
    denied: "개의 경계 쌍: 아무것도 통과하지 못함",
    undeclared: "일부 미선언",
    perhaps: "불확실",
    scope: "평가 범위",
};

/// Writes both.
pub(super) fn write(report: &Report<'_>, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let words = if report.korean { &KOREAN } else { &ENGLISH };
    if !report.matrix.is_empty() {
        writeln!(out, "{}", paint.bold(words.borders))?;
        matrix(report.matrix, words, out)?;
    }
    if !report.scope.is_empty() {
        writeln!(out, "{}", paint.bold(words.scope))?;
        scope(report.scope, out)?;
    }
    Ok(())
}

fn matrix(all: &[MatrixEntry], words: &Words, out: &mut impl Write) -> io::Result<()> {
    let open: Vec<(String, &MatrixEntry)> = all
        .iter()
        .filter(|entry| entry.verdict != "denied")
        .map(|entry| (clean(&format!("{} -> {}", entry.from, entry.to)).into_owned(), entry))
        .collect();
    let width = open.iter().map(|(pair, _)| pair.chars().count()).max().unwrap_or_default();
    for (pair, entry) in &open {
        let mut by = clean(&entry.approved_by.join(", ")).into_owned();
        if entry.undeclared {
            by = if by.is_empty() { words.undeclared.to_owned() } else { format!("{by}; {}", words.undeclared) };
        }
        let by = if by.is_empty() { by } else { format!("  ({by})") };
        let (sure, perhaps) = (some(&entry.connections), some(&entry.undecided));
        let perhaps = match (sure.is_empty(), perhaps.is_empty()) {
            (_, true) => perhaps,
            (true, false) => format!("{} {perhaps}", words.perhaps),
            (false, false) => format!("; {} {perhaps}", words.perhaps),
        };
        writeln!(out, "  {pair:<width$}  {:<7}  {sure}{by}{perhaps}", entry.verdict)?;
    }
    writeln!(out, "  {} {}\n", all.len() - open.len(), words.denied)
}

/// A few, and how many more; all of them are in findings.json.
fn some(connections: &[String]) -> String {
    const FEW: usize = 8;
    let mut few = connections.iter().take(FEW).map(String::as_str).collect::<Vec<_>>().join(", ");
    if connections.len() > FEW {
        let _ = write!(few, ", …{} more", connections.len() - FEW);
    }
    few
}

/// Counts, and what is in scope or may be though no zone says so.
fn scope(all: &[ScopeEntry], out: &mut impl Write) -> io::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in all {
        *counts.entry(&entry.category).or_default() += 1;
    }
    let counts: Vec<String> = counts.into_iter().map(|(category, count)| format!("{count} {category}")).collect();
    writeln!(out, "  {}", counts.join(", "))?;
    for entry in all.iter().filter(|entry| entry.found) {
        writeln!(out, "  {} {}: {}", entry.category, clean(&short_of(&entry.asset)), clean(&entry.why))?;
    }
    writeln!(out)
}
