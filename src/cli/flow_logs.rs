//! `zoneproof reach --flow-logs`: what VPC flow logs saw, against what the engine says.

mod files;
mod last_seen;

use std::io::{self, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use self::files::{Logs, Unreadable};
use super::inputs::{Inputs, Read};
use super::reach::{self, Format};
use super::{CLEAN, CliError, INCOMPLETE, VIOLATION, output};
use crate::model::counted;
use crate::reach::Network;
use crate::reach::logs::{Contradiction, Flow, Replay, Shown};
use crate::reach::{Answer, Verdict};
use crate::report::clean;

/// A connection that was seen.
#[derive(Serialize, JsonSchema)]
struct Sight {
    /// Where the first record stands.
    file: String,
    line: u64,
    /// The interface that made it.
    interface: String,
    src: String,
    src_port: u16,
    dst: String,
    dst_port: u16,
    /// Protocol and port that were asked about.
    connections: Vec<String>,
    /// How many records.
    records: u64,
    /// Whether these are answers, which imply the connection: the log lacks its beginning.
    implied: bool,
    /// When the last one ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
}

/// One line of the report.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Item<'a> {
    /// It was accepted and is called denied.
    Contradiction {
        #[serde(flatten)]
        seen: Sight,
        verdict: Verdict,
        /// `left`, `arrived` or `answered`.
        shown: &'static str,
        /// Whether either end may have begun it; then both readings are called denied.
        either_way: bool,
        answer: &'a Answer,
    },
    /// It was accepted and cannot be judged.
    Unknown { why: &'a str, flows: u64, example: Sight },
    /// A line that cannot be read.
    Unreadable { file: String, line: u64, why: &'a str },
    /// It was rejected and is called allowed.
    Rejected {
        #[serde(flatten)]
        seen: Sight,
        also_accepted: bool,
    },
    /// A declared flow.
    Flow {
        id: &'a str,
        seen: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        last: Option<String>,
        /// False where the flow names assets or workloads, which addresses do not tell apart.
        sure: bool,
    },
    /// The counts.
    Summary(Summary),
}

#[derive(Serialize, JsonSchema)]
struct Summary {
    files: usize,
    /// Records that were accepted.
    accepted: u64,
    /// Records that were rejected.
    rejected: u64,
    /// Windows in which nothing passed.
    no_data: u64,
    /// Windows of which records were left out.
    skip_data: u64,
    unreadable: u64,
    /// Accepted connections that are called allowed.
    agreed: u64,
    /// Accepted at their beginning, and stopped later on as the engine says.
    stopped_later: u64,
    /// Records that are answers.
    answers: u64,
    /// Connections that may as well be answers, and are taken for that.
    as_answers: u64,
    unknown: u64,
    contradictions: usize,
}

pub fn run(inputs: &Inputs, paths: &[PathBuf], format: Format) -> Result<u8, CliError> {
    let Read { config, inventory, zones, .. } = inputs.read()?;
    let mut logs = Logs::default();
    for path in files::listed(paths)? {
        logs.read(&path)?;
    }
    let network = Network::new(&inventory, &config.networks);
    let (observed, logs) = logs.split();
    let (accepted, rejected, answers) = (observed.accepted, observed.rejected, observed.answers);
    let replay = network.replay(observed);
    let flows = last_seen::of(&inventory, &zones, &config, &replay.accepted);
    for gap in &inventory.coverage.gaps {
        output::note(&format!("not read: {}: {}", clean(&gap.what), clean(&gap.detail)));
    }
    let summary = Summary {
        files: logs.files.len(),
        accepted,
        rejected,
        no_data: logs.no_data,
        skip_data: logs.skip_data,
        unreadable: logs.unreadable,
        agreed: replay.agreed,
        stopped_later: replay.stopped_later,
        answers,
        as_answers: replay.as_answers,
        unknown: replay.undecided.iter().map(|known| known.flows).sum(),
        contradictions: replay.contradictions.len(),
    };
    let code = match (summary.contradictions, summary.unknown + summary.unreadable + summary.skip_data) {
        (1.., _) => VIOLATION,
        (0, 0) if inventory.coverage.gaps.is_empty() && accepted + rejected > 0 => CLEAN,
        _ => INCOMPLETE,
    };
    let items = items(&replay, &logs, &flows, summary);
    output::product(|out| {
        for item in &items {
            match format {
                Format::Text => text(item, out)?,
                Format::Json => {
                    serde_json::to_writer(&mut *out, item)?;
                    out.write_all(b"\n")?;
                }
            }
        }
        Ok(())
    })?;
    Ok(code)
}

/// What is told, the worst first.
fn items<'a>(replay: &'a Replay, logs: &'a Logs, flows: &'a [last_seen::Told<'a>], summary: Summary) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = Vec::new();
    items.extend(replay.contradictions.iter().map(|found| {
        let Contradiction { flow, shown, answer, either_way } = found;
        let (seen, shown) = (sight(flow, logs), said(*shown));
        Item::Contradiction { seen, verdict: answer.verdict, shown, either_way: *either_way, answer }
    }));
    items.extend(replay.undecided.iter().map(|known| Item::Unknown {
        why: &known.why,
        flows: known.flows,
        example: sight(&known.example, logs),
    }));
    items.extend(logs.told.iter().map(|Unreadable { file, line, why }| Item::Unreadable {
        file: logs.name(*file),
        line: *line,
        why,
    }));
    items.extend(
        replay.rejected.iter().map(|r| Item::Rejected { seen: sight(&r.flow, logs), also_accepted: r.also_accepted }),
    );
    items.extend(flows.iter().map(|told| Item::Flow {
        id: told.id,
        seen: told.seen,
        last: told.last.and_then(time),
        sure: told.sure,
    }));
    items.push(Item::Summary(summary));
    items
}

fn said(shown: Shown) -> &'static str {
    match shown {
        Shown::Left => "left",
        Shown::Arrived => "arrived",
        Shown::Answered => "answered",
    }
}

fn time(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

fn sight(flow: &Flow, logs: &Logs) -> Sight {
    let first = flow.seen.first;
    Sight {
        file: logs.name(first.file),
        line: first.line,
        interface: flow.interface.clone(),
        src: flow.src.to_string(),
        src_port: first.src_port,
        dst: flow.dst.to_string(),
        dst_port: first.dst_port,
        connections: flow.connections.describe(),
        records: flow.seen.records,
        implied: flow.implied,
        last: flow.seen.last.and_then(time),
    }
}

impl Sight {
    fn told(&self) -> String {
        let Self { file, line, interface, src, dst, connections, .. } = self;
        let last = self.last.as_ref().map(|last| format!(", last {last}")).unwrap_or_default();
        let noun = if self.implied { "answer" } else { "record" };
        let records = counted(usize::try_from(self.records).unwrap_or(usize::MAX), noun);
        let text =
            format!("{src} -> {dst}  {}  at {interface}  ({file}:{line}, {records}{last})", connections.join(", "));
        clean(&text).into_owned()
    }
}

fn text(item: &Item<'_>, out: &mut dyn Write) -> io::Result<()> {
    match item {
        Item::Contradiction { seen, shown, either_way, answer, .. } => {
            writeln!(out, "ACCEPTED, BUT CALLED DENIED: {}", seen.told())?;
            let shows = match *shown {
                "answered" => "it was answered",
                "arrived" => "it arrived",
                _ => "it left its sender",
            };
            let either =
                if *either_way { "; as an answer to a connection the other way it is denied as well" } else { "" };
            writeln!(out, "  the log shows that {shows}{either}")?;
            reach::hops(answer, out)?;
            writeln!(
                out,
                "  either the estate has changed between log and sources, or the answer is wrong: report it\n"
            )
        }
        Item::Unknown { why, flows, example } => {
            let flows = counted(usize::try_from(*flows).unwrap_or(usize::MAX), "flow");
            writeln!(out, "unknown: {flows}: {}\n  such as {}", clean(why), example.told())
        }
        Item::Unreadable { file, line, why } => writeln!(out, "not read: {}:{line}: {}", clean(file), clean(why)),
        Item::Rejected { seen, also_accepted } => {
            // AWS rejects as well what comes after a connection has closed
            let also = if *also_accepted { "; others were accepted, so it may have come too late" } else { "" };
            writeln!(out, "rejected, but called allowed: {}{also}", seen.told())
        }
        Item::Flow { id, seen, last, sure } => {
            let seen = match (seen, last) {
                (true, Some(last)) => format!("last seen {last}"),
                (true, None) => "seen".to_owned(),
                (false, _) => "not seen".to_owned(),
            };
            let sure = if *sure { "" } else { ", as far as addresses tell" };
            writeln!(out, "flow {}: {seen}{sure}", clean(id))
        }
        Item::Summary(all) => {
            let Summary { files, accepted, rejected, no_data, skip_data, unreadable, .. } = all;
            writeln!(
                out,
                "{}: {accepted} records accepted, {rejected} rejected, {no_data} windows without data, {skip_data} skipped, \
                {unreadable} lines not read",
                counted(*files, "log")
            )?;
            let Summary { agreed, stopped_later, answers, as_answers, unknown, contradictions, .. } = all;
            writeln!(
                out,
                "accepted: {agreed} called allowed, {stopped_later} stopped later on, {unknown} unknown, \
                {contradictions} called denied; {answers} records and {as_answers} flows are answers"
            )
        }
    }
}
