//! Writing: products to standard output, notes to standard error, files whole or not at all.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::error::CliError;
use crate::model::Coverage;
use crate::report::{Style, clean};

/// Writes a product to standard output. A reader that closes the pipe has what it wanted: that is no error.
pub fn product(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::Io { what: "standard output".to_owned(), error })
        }
        _ => Ok(()),
    }
}

/// Says something to the person at the terminal.
pub fn note(text: &str) {
    // a closed standard error is nobody listening
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says what of the sources could not be read.
pub fn gaps(coverage: &Coverage) {
    for gap in &coverage.gaps {
        note(&format!("not read: {}: {}", clean(&gap.what), clean(&gap.detail)));
    }
}

/// Colours for a terminal, unless the environment asks for none (no-color.org).
pub fn style() -> Style {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && io::stdout().is_terminal() { Style::Coloured } else { Style::Plain }
}

/// Writes a file beside its final name and moves it there: it is there whole or not at all.
pub fn file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let failed = |error| CliError::Io { what: path.display().to_string(), error };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    {
        let mut out = io::BufWriter::new(temporary.as_file_mut());
        write(&mut out).and_then(|()| out.flush()).map_err(failed)?;
    }
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(temporary.path(), readable).map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
