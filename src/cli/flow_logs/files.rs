//! Reading flow logs line by line, of any size.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::load::walk::{Met, below, shown};
use crate::reach::logs::{Format, Line, Observed};

/// Lines that cannot be read and are told one by one; of the rest there is a count.
const TOLD: usize = 20;
/// More than any line of a flow log has.
const LINE: u64 = 64 << 10;

/// A line that cannot be read.
pub(super) struct Unreadable {
    pub file: u32,
    pub line: u64,
    pub why: String,
}

/// What was read.
#[derive(Default)]
pub(super) struct Logs {
    observed: Observed,
    /// Names of files.
    pub files: Vec<String>,
    pub no_data: u64,
    pub skip_data: u64,
    pub unreadable: u64,
    /// The first of them.
    pub told: Vec<Unreadable>,
}

/// The files that paths name: themselves, and what is in folders, by name.
pub(super) fn listed(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut all = Vec::new();
    for path in paths {
        let failed = |error: io::Error| CliError::Io { what: path.display().to_string(), error };
        if !std::fs::metadata(path).map_err(failed)?.is_dir() {
            all.push(path.clone());
            continue;
        }
        let before = all.len();
        for met in below(path).map_err(failed)? {
            let (path, detail, mend) = match met {
                Met::File(path) => {
                    all.push(path);
                    continue;
                }
                Met::Other(path) => (path, "no file".to_owned(), "leave it out"),
                Met::Failed { path, detail, mend } => (path, detail, mend),
            };
            return Err(CliError::usage(format!("`{}`: {detail}", shown(&path)), mend));
        }
        if all.len() == before {
            return Err(CliError::usage(
                format!("no file in `{}`", path.display()),
                "name files or folders of flow logs",
            ));
        }
    }
    Ok(all)
}

impl Logs {
    /// Reads a file.
    pub fn read(&mut self, path: &Path) -> Result<(), CliError> {
        let shown = shown(path);
        let failed = |error| CliError::Io { what: shown.clone(), error };
        let mut stream = BufReader::new(File::open(path).map_err(failed)?);
        let start = stream.fill_buf().map_err(failed)?;
        if start.starts_with(&[0x1f, 0x8b]) {
            let help = format!("unpack it first: gunzip -k {shown}");
            return Err(CliError::usage(format!("`{shown}` is packed with gzip"), help));
        }
        if start.starts_with(b"PAR1") {
            let help = "convert it to text, or have the flow log delivered as text";
            return Err(CliError::usage(format!("`{shown}` is an Apache Parquet file"), help));
        }
        if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let packed = zstd::Decoder::with_buffer(stream).map_err(failed)?;
            self.lines(shown, BufReader::new(packed))
        } else {
            self.lines(shown, stream)
        }
    }

    fn lines(&mut self, shown: String, mut stream: impl BufRead) -> Result<(), CliError> {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(shown.clone());
        let mut format = Format::default();
        let mut bytes = Vec::new();
        let failed = |error| CliError::Io { what: shown.clone(), error };
        for line in 1.. {
            bytes.clear();
            if stream.by_ref().take(LINE).read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
                break;
            }
            if bytes.len() as u64 == LINE && bytes.last() != Some(&b'\n') {
                skip(&mut stream).map_err(failed)?;
                self.wrong(file, line, format!("longer than {} KiB", LINE >> 10));
                continue;
            }
            match std::str::from_utf8(&bytes).map(|text| format.read(text)) {
                Ok(Ok(Line::Flow(record))) => self.observed.add(&record, file, line),
                Ok(Ok(Line::Header | Line::Blank)) => {}
                Ok(Ok(Line::NoData)) => self.no_data += 1,
                Ok(Ok(Line::SkipData)) => self.skip_data += 1,
                Ok(Err(error)) => self.wrong(file, line, error.to_string()),
                Err(_) => self.wrong(file, line, "not UTF-8".to_owned()),
            }
        }
        Ok(())
    }

    fn wrong(&mut self, file: u32, line: u64, why: String) {
        self.unreadable += 1;
        if self.told.len() < TOLD {
            self.told.push(Unreadable { file, line, why });
        }
    }

    /// The name of a file by its number.
    pub fn name(&self, file: u32) -> String {
        usize::try_from(file).ok().and_then(|at| self.files.get(at)).cloned().unwrap_or_default()
    }

    /// What the lines say, and what there is to tell of the files.
    pub fn split(mut self) -> (Observed, Self) {
        (std::mem::take(&mut self.observed), self)
    }
}

/// Passes over the rest of a line.
fn skip(stream: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = stream.fill_buf()?;
        let (length, ended) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        stream.consume(length);
        if ended {
            return Ok(());
        }
    }
}
