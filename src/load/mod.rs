//! Files to inventory: finds files, tells their format by what they hold, reads them in parallel and joins the pieces.
//!
//! A file that cannot be read whole becomes a coverage gap and the rest is still read; nothing is dropped silently:
//! what is not modelled is counted by name.

mod aws_cli;
mod batch;
mod dangling;
mod expect;
mod files;
mod join;
mod manifests;
pub mod snapshot;
pub mod walk;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::model::Inventory;
use batch::Batch;
pub use expect::expect;
use files::Found;

/// Largest dump or manifest file that is read into memory; snapshots stream and have no limit.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// Where to read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

/// Why nothing could be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A source that was asked for by name is not there.
    #[error("`{path}` cannot be read: {error}")]
    Missing {
        /// The source.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The sources hold no asset.
    #[error("no asset was found in {sources}")]
    Empty {
        /// The sources, as text.
        sources: String,
        /// What was met instead, one line each.
        met: Vec<String>,
    },
}

/// Reads all sources into one inventory.
///
/// `cluster` names the cluster of Kubernetes objects whose path does not (`…/clusters/<name>/…`).
///
/// # Errors
/// A source that is not there, or sources without a single asset; all else becomes a coverage gap of the inventory.
pub fn load(sources: &[Source], cluster: Option<&str>) -> Result<Inventory, LoadError> {
    load_beside(sources, cluster, &[])
}

/// Reads all sources into one inventory, without files that belong to the configuration and may lie among them.
///
/// # Errors
/// As [`load`].
pub fn load_beside(sources: &[Source], cluster: Option<&str>, own: &[&Path]) -> Result<Inventory, LoadError> {
    let mut found = Vec::new();
    let mut inventory = Inventory::default();
    for source in sources {
        match source {
            Source::Stdin => found.push(Found::stdin()),
            Source::Path(path) => files::walk(path, &mut found, &mut inventory.coverage)?,
        }
    }
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    found.dedup_by(|a, b| a.shown == b.shown);
    let own: Vec<PathBuf> = own.iter().filter_map(|path| path.canonicalize().ok()).collect();
    if !own.is_empty() {
        found.retain(|file| {
            file.path().and_then(|path| path.canonicalize().ok()).is_none_or(|path| !own.contains(&path))
        });
    }
    let batches: Vec<Batch> = found.par_iter().map(|file| read(file, cluster)).collect();
    join::join(batches, &mut inventory);
    if inventory.is_empty() {
        let names: Vec<String> = sources.iter().map(Source::shown).collect();
        let gaps = inventory.coverage.gaps.iter().map(|gap| format!("{}: {}", gap.what, gap.detail));
        let skipped = inventory.coverage.skipped.iter().map(|(name, count)| format!("{name}: {count} not modelled"));
        return Err(LoadError::Empty { sources: names.join(", "), met: gaps.chain(skipped).collect() });
    }
    Ok(inventory)
}

impl Source {
    /// `-` is standard input, all else a path.
    pub fn parse(text: &str) -> Self {
        if text == "-" { Self::Stdin } else { Self::Path(PathBuf::from(text)) }
    }

    /// As messages show it.
    pub fn shown(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::Path(path) => format!("`{}`", path.display()),
        }
    }

    /// The folder in which a `zoneproof.yaml` may lie beside what is read.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::Path(path) if path.is_dir() => Some(path),
            Self::Path(path) => path.parent(),
        }
    }
}

fn read(file: &Found, cluster: Option<&str>) -> Batch {
    let mut batch = Batch::new(file, cluster);
    if file.is_snapshot() {
        snapshot::read_file(file, &mut batch);
        return batch;
    }
    let Some(text) = file.text(&mut batch) else { return batch };
    let start = text.trim_start();
    if start.starts_with("{\"schema\":\"zoneproof.inventory/") {
        snapshot::read_lines(text.as_bytes(), &mut batch);
    } else if start.starts_with(['{', '[']) && !file.is_yaml() {
        aws_cli::read(&text, &mut batch);
    } else {
        manifests::read_yaml(&text, &mut batch);
    }
    batch
}

/// Reads one text as if it were a file of this name; for tests and fuzzing.
#[doc(hidden)]
pub fn load_text(name: &str, bytes: &[u8]) -> Inventory {
    let mut inventory = Inventory::default();
    let file = Found::memory(name, bytes);
    join::join(vec![read(&file, None)], &mut inventory);
    inventory
}
