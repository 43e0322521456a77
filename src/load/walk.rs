//! Walking folders, of sources and of flow logs alike: what lies below one, in order of the names.
//!
//! Names that begin with a dot are passed over. Symbolic links are followed, and one that leads back is told.

use std::io;
use std::path::{Path, PathBuf};

/// What lies below a folder.
#[derive(Debug)]
pub enum Met {
    /// A file.
    File(PathBuf),
    /// A socket, a pipe, a device.
    Other(PathBuf),
    /// What could not be looked at.
    Failed {
        /// Where.
        path: PathBuf,
        /// Why.
        detail: String,
        /// How to mend it.
        mend: &'static str,
    },
}

/// What lies below a folder, at any depth.
///
/// # Errors
/// The folder itself cannot be read.
pub fn below(folder: &Path) -> io::Result<Vec<Met>> {
    std::fs::read_dir(folder)?;
    let visible =
        |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let entries = walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    let met = entries.filter_entry(visible).filter_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) if entry.file_type().is_file() => Some(Met::File(entry.into_path())),
        Ok(entry) => Some(Met::Other(entry.into_path())),
        Err(error) => {
            let (detail, mend) = match error.loop_ancestor() {
                Some(ancestor) => (
                    format!("a symbolic link that leads back to `{}`", shown(ancestor)),
                    "remove the link; what it leads to is read once",
                ),
                None => (error.to_string(), "give the run the right to read it, or leave it out"),
            };
            Some(Met::Failed { path: error.path().unwrap_or(folder).to_owned(), detail, mend })
        }
    });
    Ok(met.collect())
}

/// A path as findings show it: relative to the current folder if it lies below, with forward slashes.
pub fn shown(path: &Path) -> String {
    let relative = std::env::current_dir().ok().and_then(|cwd| path.strip_prefix(cwd).ok().map(Path::to_owned));
    let path = relative.unwrap_or_else(|| path.to_owned());
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}
