//! Finding files and reading them whole, with a gap for each that cannot be.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::batch::Batch;
use super::walk::{Met, below, shown};
use super::{LoadError, MAX_FILE_BYTES};
use crate::model::{Coverage, Gap, GapReason, Spot};

/// A file to read.
pub(super) struct Found {
    /// As findings show it.
    pub shown: Arc<str>,
    content: Content,
}

enum Content {
    Path(PathBuf),
    Stdin,
    Memory(Vec<u8>),
}

const READ: [&str; 5] = [".json", ".yaml", ".yml", ".jsonl", ".jsonl.zst"];

impl Found {
    pub fn stdin() -> Self {
        Self { shown: "stdin".into(), content: Content::Stdin }
    }

    pub fn memory(name: &str, bytes: &[u8]) -> Self {
        Self { shown: name.into(), content: Content::Memory(bytes.to_vec()) }
    }

    /// Its path, if it is a file of the system.
    pub fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::Path(path) => Some(path),
            Content::Stdin | Content::Memory(_) => None,
        }
    }

    pub fn is_snapshot(&self) -> bool {
        self.shown.ends_with(".jsonl") || self.shown.ends_with(".jsonl.zst")
    }

    pub fn is_yaml(&self) -> bool {
        self.shown.ends_with(".yaml") || self.shown.ends_with(".yml")
    }

    /// Opens the file as a stream.
    pub fn open(&self) -> std::io::Result<Box<dyn Read + '_>> {
        Ok(match &self.content {
            Content::Path(path) => Box::new(File::open(path)?),
            Content::Stdin => Box::new(std::io::stdin().lock()),
            Content::Memory(bytes) => Box::new(bytes.as_slice()),
        })
    }

    /// The whole file as text; none, and a gap, if it cannot be read, is too large or is not UTF-8.
    pub fn text(&self, batch: &mut Batch) -> Option<String> {
        let mut bytes = Vec::new();
        let read = self.open().and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            batch.gap(GapReason::Unreadable, error.to_string(), "give the run the right to read it", None);
            return None;
        }
        if bytes.len() as u64 > MAX_FILE_BYTES {
            let detail = format!("larger than {} MiB, the most that is read of one file", MAX_FILE_BYTES >> 20);
            batch.gap(GapReason::TooLarge, detail, "split it by page, or give a snapshot, which streams", None);
            return None;
        }
        match String::from_utf8(bytes) {
            Ok(text) => Some(match text.strip_prefix('\u{feff}') {
                Some(rest) => rest.to_owned(),
                None => text,
            }),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let before = error.as_bytes().get(..valid).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
                let spot = Spot { line: line.try_into().unwrap_or(u32::MAX), column: column.try_into().unwrap_or(1) };
                batch.gap(GapReason::Malformed, "not UTF-8".to_owned(), "save it as UTF-8", Some(spot));
                None
            }
        }
    }
}

/// Collects the files below a path, in order of their names; what is of another type is counted as skipped.
pub(super) fn walk(root: &Path, found: &mut Vec<Found>, coverage: &mut Coverage) -> Result<(), LoadError> {
    let missing = |error| LoadError::Missing { path: root.display().to_string(), error };
    let meta = std::fs::metadata(root).map_err(missing)?;
    if !meta.is_dir() {
        found.push(Found { shown: shown(root).into(), content: Content::Path(root.to_owned()) });
        return Ok(());
    }
    for met in below(root).map_err(missing)? {
        let (path, is_file) = match met {
            Met::File(path) => (path, true),
            Met::Other(path) => (path, false),
            Met::Failed { path, detail, mend } => {
                let (what, mend) = (shown(&path), mend.to_owned());
                coverage.gaps.push(Gap { what, reason: GapReason::Unreadable, detail, mend, at: None });
                continue;
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "zoneproof.yaml" {
            continue;
        }
        if !is_file || !READ.iter().any(|ending| name.ends_with(ending)) {
            coverage.skip(match name.rsplit_once('.') {
                Some((_, extension)) => format!("*.{extension} (file)"),
                None => format!("{name} (file)"),
            });
            continue;
        }
        found.push(Found { shown: shown(&path).into(), content: Content::Path(path) });
    }
    Ok(())
}
