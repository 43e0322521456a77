//! Writing snapshots.

use std::io::{self, Write};

use serde_json::value::RawValue;

use super::{AssetLine, CoverageLine, Footer, FooterLine, Header, SCHEMA};
use crate::model::{Inventory, Skipped};

/// Writes a settled inventory as one compressed segment. Asset `n` of the inventory (from 0) stands on line `n + 2`.
///
/// # Errors
/// What the stream says.
pub fn write(inventory: &Inventory, scope: &[String], start: &str, out: impl Write) -> io::Result<()> {
    let mut out = zstd::Encoder::new(out, 3)?;
    let header = Header {
        schema: SCHEMA.to_owned(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        scope: scope.to_vec(),
        start: start.to_owned(),
    };
    line(&mut out, &header)?;
    for asset in inventory.assets() {
        let body = RawValue::from_string(asset.body.to_json()?)?;
        line(
            &mut out,
            &AssetLine {
                kind: asset.body.kind(),
                id: &asset.id,
                origin: &asset.origin,
                place: &asset.place,
                tags: &asset.tags,
                body: &body,
            },
        )?;
    }
    for gap in &inventory.coverage.gaps {
        line(&mut out, &CoverageLine::Gap { gap: gap.clone() })?;
    }
    let mut coverage = inventory.coverage.gaps.len();
    if !inventory.coverage.skipped.is_empty() {
        let skipped: Skipped = inventory.coverage.skipped.clone();
        line(&mut out, &CoverageLine::Skipped { skipped })?;
        coverage += 1;
    }
    for (listing, listed) in &inventory.coverage.listings {
        line(&mut out, &CoverageLine::Listing { listing: listing.clone(), listed: *listed })?;
        coverage += 1;
    }
    line(&mut out, &FooterLine { footer: Footer { assets: inventory.len(), coverage } })?;
    out.finish()?.flush()
}

fn line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
