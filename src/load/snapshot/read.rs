//! Reading snapshots line by line.

use std::io::Read;

use rayon::prelude::*;

use super::blocks::Blocks;
use super::parse::{self, Line};
use super::{CoverageLine, Header, SCHEMA};
use crate::load::batch::Batch;
use crate::load::files::Found;
use crate::model::{Coverage, GapReason, Spot, counted};

/// Blocks that are parsed in one round, a thread: enough that threads seldom wait for each other.
const BLOCKS_PER_THREAD: usize = 16;

const MEND: &str = "collect again, or give the file as it was written";

/// Reads a snapshot file, compressed or not.
pub fn read_file(file: &Found, batch: &mut Batch) {
    let unreadable = |batch: &mut Batch, error: &std::io::Error| {
        batch.gap(GapReason::Unreadable, error.to_string(), "give the run the right to read it", None);
    };
    match file.open() {
        Err(error) => unreadable(batch, &error),
        Ok(stream) if file.shown.ends_with(".zst") => match zstd::Decoder::new(stream) {
            Ok(decoder) => read_lines(decoder, batch),
            Err(error) => unreadable(batch, &error),
        },
        Ok(stream) => read_lines(stream, batch),
    }
}

/// What the lines so far have opened.
#[derive(Default)]
struct Segment {
    /// Line of the header, while the segment is open.
    open: Option<u32>,
    assets: usize,
    /// A segment of a version that is not read: its lines are passed over.
    foreign: bool,
}

/// Reads all lines of a stream: a round of blocks is parsed in parallel, then taken in in its order.
pub fn read_lines(stream: impl Read, batch: &mut Batch) {
    let (mut blocks, mut number, mut segment) = (Blocks::new(stream), 0_u32, Segment::default());
    let mut round = vec![Vec::new(); BLOCKS_PER_THREAD * rayon::current_num_threads()];
    loop {
        let filled = round.iter_mut().map(|block| blocks.fill(block)).take_while(|filled| *filled).count();
        if filled == 0 {
            break;
        }
        let parsed: Vec<Vec<Line>> = round.par_iter().take(filled).map(|block| parse::lines(block)).collect();
        for line in parsed.into_iter().flatten() {
            number = number.saturating_add(1);
            segment.take(line, number, batch);
        }
    }
    let after = number.saturating_add(1);
    match blocks.failed {
        Some((reason, detail)) => batch.gap(reason, detail, MEND, Some(start_of(after))),
        None => segment.close(after, batch),
    }
}

fn start_of(line: u32) -> Spot {
    Spot { line, column: 1 }
}

impl Segment {
    /// Takes in a line. The lines of a foreign segment say nothing, and all others need a header above them.
    fn take(&mut self, line: Line, number: u32, batch: &mut Batch) {
        let malformed = |batch: &mut Batch, error: &str| {
            batch.gap(GapReason::Malformed, format!("not a snapshot line: {error}"), MEND, Some(start_of(number)));
        };
        match line {
            Line::Blank => {}
            Line::Header(header) => self.header(header, number, batch),
            _ if self.foreign => {}
            _ if self.open.is_none() => malformed(batch, "it stands before any header"),
            Line::Asset(asset) => {
                self.assets += 1;
                batch.assets.push(asset);
            }
            Line::Unmodelled(kind) => {
                self.assets += 1;
                batch.coverage.skip(kind);
            }
            Line::Bad(is_asset, error) => {
                self.assets += usize::from(is_asset);
                malformed(batch, &error);
            }
            Line::Footer(footer) => {
                self.open = None;
                if footer.assets != self.assets {
                    let detail = format!("the footer counts {}, {} read", counted(footer.assets, "asset"), self.assets);
                    batch.gap(GapReason::CutShort, detail, MEND, Some(start_of(number)));
                }
            }
            Line::Coverage(CoverageLine::Gap { gap }) => batch.coverage.gaps.push(gap),
            Line::Coverage(CoverageLine::Skipped { skipped }) => {
                batch.coverage.absorb(Coverage { skipped, ..Coverage::default() });
            }
            Line::Coverage(CoverageLine::Listing { listing, listed }) => batch.coverage.list(listing, listed),
        }
    }

    fn header(&mut self, header: serde_json::Result<Header>, number: u32, batch: &mut Batch) {
        self.close(number, batch);
        *self = Self { open: Some(number), ..Self::default() };
        let spot = Some(start_of(number));
        match header {
            Ok(header) if header.schema == SCHEMA => {}
            Ok(header) => {
                self.foreign = true;
                let detail = format!("schema `{}`, and this release reads `{SCHEMA}`", header.schema);
                batch.gap(GapReason::UnknownVersion, detail, "read it with the release that wrote it", spot);
            }
            Err(error) => {
                self.foreign = true;
                batch.gap(GapReason::Malformed, format!("not a snapshot header: {error}"), MEND, spot);
            }
        }
    }

    /// A segment that is still open when another begins, or the stream ends, was cut short.
    fn close(&self, number: u32, batch: &mut Batch) {
        if let (Some(start), false) = (self.open, self.foreign) {
            let detail = format!(
                "the segment that begins on line {start} has no footer: {} read",
                counted(self.assets, "asset")
            );
            batch.gap(GapReason::CutShort, detail, MEND, Some(start_of(number)));
        }
    }
}
