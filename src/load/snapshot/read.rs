//! Reading snapshots line by line.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use super::{AssetLine, CoverageLine, FooterLine, Header, MAX_LINE_BYTES, SCHEMA};
use crate::load::batch::Batch;
use crate::load::files::Found;
use crate::model::{Asset, Body, GapReason, Spot};

const MEND: &str = "collect again, or give the file as it was written";

/// Reads a snapshot file, compressed or not.
pub fn read_file(file: &Found, batch: &mut Batch) {
    let unreadable = |batch: &mut Batch, error: &std::io::Error| {
        batch.gap(GapReason::Unreadable, error.to_string(), "give the run the right to read it", None);
    };
    match file.open() {
        Err(error) => unreadable(batch, &error),
        Ok(stream) if file.shown.ends_with(".zst") => match zstd::Decoder::new(stream) {
            Ok(decoder) => read_lines(BufReader::with_capacity(1 << 18, decoder), batch),
            Err(error) => unreadable(batch, &error),
        },
        Ok(stream) => read_lines(BufReader::with_capacity(1 << 18, stream), batch),
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

/// Reads all lines of a stream.
pub fn read_lines(mut stream: impl BufRead, batch: &mut Batch) {
    let (mut line, mut number, mut segment) = (Vec::new(), 0_u32, Segment::default());
    let mut failed = false;
    loop {
        line.clear();
        let read = stream.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line);
        number = number.saturating_add(1);
        let spot = Some(Spot { line: number, column: 1 });
        match read {
            Ok(0) => break,
            Ok(size) if size > MAX_LINE_BYTES => {
                let detail = format!("a line longer than {} MiB", MAX_LINE_BYTES >> 20);
                batch.gap(GapReason::TooLarge, detail, MEND, spot);
                failed = true;
                break;
            }
            Ok(_) => segment.line(&line, number, batch),
            Err(error) => {
                // a compressed stream that ends early, or a failing disk
                batch.gap(GapReason::CutShort, format!("reading stopped: {error}"), MEND, spot);
                failed = true;
                break;
            }
        }
    }
    if !failed {
        segment.close(number, batch);
    }
}

impl Segment {
    fn line(&mut self, line: &[u8], number: u32, batch: &mut Batch) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        if line.starts_with(b"{\"schema\"") {
            return self.header(line, number, batch);
        }
        if self.foreign {
            return;
        }
        let malformed = |batch: &mut Batch, error: &dyn std::fmt::Display| {
            let spot = Spot { line: number, column: 1 };
            batch.gap(GapReason::Malformed, format!("not a snapshot line: {error}"), MEND, Some(spot));
        };
        if self.open.is_none() {
            return malformed(batch, &"it stands before any header");
        }
        if line.starts_with(b"{\"kind\"") {
            match serde_json::from_slice::<AssetLine<'_>>(line) {
                Ok(read) => self.asset(read, batch, malformed),
                Err(error) => malformed(batch, &error),
            }
        } else if line.starts_with(b"{\"footer\"") {
            match serde_json::from_slice::<FooterLine>(line) {
                Ok(read) if read.footer.assets == self.assets => self.open = None,
                Ok(read) => {
                    self.open = None;
                    let detail = format!("the footer counts {} assets, {} were read", read.footer.assets, self.assets);
                    batch.gap(GapReason::CutShort, detail, MEND, Some(Spot { line: number, column: 1 }));
                }
                Err(error) => malformed(batch, &error),
            }
        } else {
            match serde_json::from_slice::<CoverageLine>(line) {
                Ok(CoverageLine::Gap { gap }) => batch.coverage.gaps.push(gap),
                Ok(CoverageLine::Skipped { skipped }) => {
                    batch.coverage.absorb(crate::model::Coverage { skipped, ..Default::default() });
                }
                Ok(CoverageLine::Listing { listing, listed }) => batch.coverage.list(listing, listed),
                Err(error) => malformed(batch, &error),
            }
        }
    }

    fn asset(
        &mut self,
        read: AssetLine<'_>,
        batch: &mut Batch,
        malformed: impl Fn(&mut Batch, &dyn std::fmt::Display),
    ) {
        self.assets += 1;
        match Body::from_json(&read.kind, read.body) {
            Some(Ok(body)) => batch.assets.push(Asset {
                id: Arc::from(&*read.id),
                origin: read.origin,
                place: read.place,
                tags: read.tags,
                body,
            }),
            Some(Err(error)) => malformed(batch, &error),
            None => batch.coverage.skip(read.kind.into_owned()),
        }
    }

    fn header(&mut self, line: &[u8], number: u32, batch: &mut Batch) {
        self.close(number, batch);
        *self = Self { open: Some(number), ..Self::default() };
        let spot = Some(Spot { line: number, column: 1 });
        match serde_json::from_slice::<Header>(line) {
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
            let detail =
                format!("the segment that begins on line {start} has no footer: {} assets were read", self.assets);
            batch.gap(GapReason::CutShort, detail, MEND, Some(Spot { line: number, column: 1 }));
        }
    }
}
