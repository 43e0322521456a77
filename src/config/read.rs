//! Reading `zoneproof.yaml` and the files that belong to it.

use std::path::Path;

use super::decode::{self, suggest};
use super::files::{self, Files, ReadFile};
use super::{Classifier, Clusters, Config, Expect, Problem, raw, validate};
use crate::model::{Severity, Spot};

/// Largest file of a configuration.
const MAX_BYTES: u64 = 16 << 20;

/// A configuration that cannot be used: every problem with its place.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` has {} problem{}", problems.len(), if problems.len() == 1 { "" } else { "s" })]
pub struct ConfigError {
    /// The file that was named.
    pub file: String,
    /// It and the files that belong to it: whose excerpt to show for a problem.
    pub files: Files,
    /// All problems, in the order of the text; their places are among the lines of all files.
    pub problems: Vec<Problem>,
}

impl Config {
    /// The configuration that holds where no file is given.
    pub fn defaults() -> Self {
        const TEXT: &str = "version: 1\nzones:\n  pci: { category: cde }\n  no-pci: { category: out-of-scope }\n";
        let mut config = Self::parse("defaults", TEXT).unwrap_or_else(|_| Self::empty());
        config.file = None;
        config
    }

    fn empty() -> Self {
        Self {
            file: None,
            zones: vec![],
            zone: Classifier::default(),
            environment: Classifier::default(),
            role: Classifier::default(),
            stores: vec![],
            networks: vec![],
            clusters: Clusters { upgrade_within_months: 12, groups: vec![] },
            flows: vec![],
            waivers: vec![],
            accepted_unknowns: vec![],
            assumptions: vec![],
            rules: vec![],
            expect: Expect::default(),
            fail_on: Severity::High,
            files: vec![],
            files_read: Files::default(),
        }
    }

    /// Reads a file, what it extends, and its file of waivers.
    ///
    /// # Errors
    /// A file that cannot be read, or every problem in all of them.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        // as findings show files: relative to the current folder if it lies below, so that two runs say the same
        let here = std::env::current_dir().ok();
        let below = here.and_then(|here| path.strip_prefix(here).ok());
        let shown = below.unwrap_or(path).display().to_string().replace('\\', "/");
        let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
        match text(path) {
            Ok(text) => Self::of(&shown, &text, &self::text),
            Err(error) => {
                let problem =
                    Problem::new(error, Spot { line: 1, column: 1 }).help("give the run the right to read it");
                Err(ConfigError { files: Files::unread(&shown), file: shown, problems: vec![problem] })
            }
        }
    }

    /// Reads a text as the file of this name. It can belong to no other file.
    ///
    /// # Errors
    /// Every problem in the text.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        Self::of(file, text, &|_| Err("this configuration is no file".to_owned()))
    }

    fn of(file: &str, text: &str, read: ReadFile<'_>) -> Result<Self, ConfigError> {
        let (files, node, mut problems) = files::gather(file, text, read);
        let raw = node.and_then(|node| decode::decode::<raw::File>(&node, &mut problems));
        let config = raw.and_then(|raw| validate::validate(file, raw, &mut problems));
        match config {
            Some(mut config) if problems.is_empty() => {
                config.files_read = files;
                Ok(config)
            }
            _ => {
                problems.sort_by_key(|problem| problem.spot);
                Err(ConfigError { file: file.to_owned(), files, problems })
            }
        }
    }

    /// Checks that all rules that are switched are rules of the pack.
    ///
    /// # Errors
    /// Each that is none, with the nearest that is.
    pub fn check_rules(&self, known: &[&str]) -> Result<(), ConfigError> {
        let unknown = self.rules.iter().filter(|switch| !known.contains(&switch.rule.as_str()));
        let problem = |switch: &super::RuleSwitch| {
            let help = match decode::nearest(&switch.rule, known.iter().copied()) {
                Some(_) => suggest(&switch.rule, known),
                None => "`zoneproof rules list` lists all".to_owned(),
            };
            Problem::new(format!("there is no rule `{}`", switch.rule), switch.spot).help(help)
        };
        let problems: Vec<Problem> = unknown.map(problem).collect();
        if problems.is_empty() {
            return Ok(());
        }
        let file = self.file.clone().unwrap_or_default();
        Err(ConfigError { file, files: self.files_read.clone(), problems })
    }
}

/// The text of a file. Devices and pipes, which may never end, are none.
fn text(path: &Path) -> Result<String, String> {
    let about = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Err("it is no file".to_owned());
    }
    if about.len() > MAX_BYTES {
        return Err(format!("it is larger than {MAX_BYTES} bytes"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"))
}
