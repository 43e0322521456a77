//! What is told of flow logs, for people.

use std::io::{self, Write};

use super::items::{Item, Sight, Summary};
use crate::cli::reach;
use crate::model::counted;
use crate::report::clean;

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

/// One item.
pub(super) fn write(item: &Item<'_>, out: &mut dyn Write) -> io::Result<()> {
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
