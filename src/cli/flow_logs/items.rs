//! What is told of flow logs, an item a line.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::files::{Logs, Unreadable};
use super::last_seen;
use crate::reach::logs::{Contradiction, Flow, Replay, Shown};
use crate::reach::{Answer, Verdict};

/// A connection that was seen.
#[derive(Serialize, JsonSchema)]
pub(in crate::cli) struct Sight {
    /// Where the first record stands.
    pub file: String,
    pub line: u64,
    /// The interface that made it.
    pub interface: String,
    pub src: String,
    pub src_port: u16,
    pub dst: String,
    pub dst_port: u16,
    /// Protocol and port that were asked about.
    pub connections: Vec<String>,
    /// How many records.
    pub records: u64,
    /// Whether these are answers, which imply the connection: the log lacks its beginning.
    pub implied: bool,
    /// When the last one ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// One line of the report.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(in crate::cli) enum Item<'a> {
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
pub(in crate::cli) struct Summary {
    pub files: usize,
    /// Records that were accepted.
    pub accepted: u64,
    /// Records that were rejected.
    pub rejected: u64,
    /// Windows in which nothing passed.
    pub no_data: u64,
    /// Windows of which records were left out.
    pub skip_data: u64,
    pub unreadable: u64,
    /// Accepted connections that are called allowed.
    pub agreed: u64,
    /// Accepted at their beginning, and stopped later on as the engine says.
    pub stopped_later: u64,
    /// Records that are answers.
    pub answers: u64,
    /// Connections that may as well be answers, and are taken for that.
    pub as_answers: u64,
    pub unknown: u64,
    pub contradictions: usize,
}

/// What is told, the worst first.
pub(super) fn items<'a>(
    replay: &'a Replay,
    logs: &'a Logs,
    flows: &'a [last_seen::Told<'a>],
    summary: Summary,
) -> Vec<Item<'a>> {
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
