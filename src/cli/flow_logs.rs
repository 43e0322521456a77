//! `zoneproof reach --flow-logs`: what VPC flow logs saw, against what the engine says.

mod files;
mod items;
mod last_seen;
mod text;

use std::path::PathBuf;

use self::files::Logs;
pub(super) use self::items::Item;
use self::items::{Summary, items};
use super::inputs::{Inputs, Read};
use super::reach::Format;
use super::{CLEAN, CliError, INCOMPLETE, VIOLATION, output};
use crate::reach::Network;

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
    output::gaps(&inventory.coverage);
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
                Format::Text => text::write(item, out)?,
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
