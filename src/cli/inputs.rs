//! What most commands begin with: configuration, sources, inventory, classification, rules and the clock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::error::CliError;
use super::output;
use crate::config::Config;
use crate::finding::NotExamined;
use crate::load::{self, Source};
use crate::model::Inventory;
use crate::policy::{Pack, Worker};
use crate::zone::Zones;

/// The file's name.
const CONFIG: &str = "zoneproof.yaml";

/// What to read.
#[derive(Args)]
pub struct Inputs {
    /// Files or folders: AWS CLI dumps, Kubernetes manifests, snapshots; `-` is standard input. None: those that the
    /// configuration names
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Configuration; else zoneproof.yaml beside the sources, or here
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Cluster of Kubernetes objects whose path does not name it (…/clusters/<name>/…)
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
}

/// What was read.
pub struct Read {
    pub config: Config,
    pub inventory: Inventory,
    pub zones: Zones,
    pub sources: Vec<String>,
}

impl Inputs {
    /// Reads configuration and sources.
    pub fn read(&self) -> Result<Read, CliError> {
        let mut sources: Vec<Source> = self.sources.iter().map(|source| Source::parse(source)).collect();
        let (config, folder) = self.config(&sources)?;
        if sources.is_empty() {
            sources = config.files.iter().map(|file| Source::Path(folder.join(file))).collect();
        }
        if sources.is_empty() {
            return Err(CliError::usage(
                "no source to read",
                "name files or folders, or list them under `sources.files` in zoneproof.yaml",
            ));
        }
        let mut inventory =
            load::load_beside(&sources, self.cluster.as_deref(), &config.files_read.others().collect::<Vec<_>>())?;
        load::expect(&mut inventory, &config.expect.accounts, &config.expect.clusters);
        let zones = Zones::classify(&inventory, &config);
        let sources = sources.iter().map(|source| source.shown().trim_matches('`').to_owned()).collect();
        Ok(Read { config, inventory, zones, sources })
    }

    /// The configuration and its folder.
    fn config(&self, sources: &[Source]) -> Result<(Config, PathBuf), CliError> {
        let of = |path: &Path| -> Result<(Config, PathBuf), CliError> {
            Ok((Config::read(path)?, path.parent().map(Path::to_owned).unwrap_or_default()))
        };
        if let Some(path) = &self.config {
            return of(path);
        }
        let beside = sources.iter().filter_map(|source| Some(source.folder()?.join(CONFIG)));
        let mut beside: Vec<PathBuf> = beside.filter(|path| path.is_file()).collect();
        beside.dedup();
        match beside.as_slice() {
            [path] => of(path),
            [] if Path::new(CONFIG).is_file() => of(Path::new(CONFIG)),
            [] => {
                output::note(
                    "no zoneproof.yaml: the default tag and label `pci-zone` tells zones, and no flow is declared",
                );
                Ok((Config::defaults(), PathBuf::new()))
            }
            several => {
                let names: Vec<String> = several.iter().map(|path| format!("`{}`", path.display())).collect();
                let message = format!("several configurations: {}", names.join(", "));
                Err(CliError::usage(message, "say which one counts with --config"))
            }
        }
    }
}

/// The rules of a run as the configuration wants them, and those that it switches off.
pub fn switched(folder: Option<&Path>, config: &Config) -> Result<(Pack, Vec<NotExamined>), CliError> {
    let mut pack = pack(folder)?;
    config.check_rules(&pack.names())?;
    let off = pack.apply(&config.rules);
    Ok((pack, off))
}

/// The built-in rules and those of a folder.
pub fn pack(folder: Option<&Path>) -> Result<Pack, CliError> {
    let pack = Pack::built_in()?;
    match folder {
        None => Ok(pack),
        Some(folder) => pack.with_folder(folder).map_err(CliError::Rules),
    }
}

/// Child processes for rules that are not built in.
pub fn worker() -> Result<Worker, CliError> {
    let program = std::env::current_exe().map_err(|error| CliError::Io { what: "this program".to_owned(), error })?;
    Ok(Worker { program, patience: Duration::from_secs(60) })
}

/// The run's clock. `SOURCE_DATE_EPOCH` sets it, as reproducible-builds.org has it.
pub fn clock() -> Result<Timestamp, CliError> {
    let Some(text) = std::env::var("SOURCE_DATE_EPOCH").ok().filter(|text| !text.is_empty()) else {
        return Ok(Timestamp::now());
    };
    let seconds = text.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    seconds.ok_or_else(|| CliError::usage(format!("SOURCE_DATE_EPOCH `{text}` is no time"), "give seconds since 1970"))
}

/// The day of a moment, UTC: approvals count through their last day.
pub fn day(clock: Timestamp) -> Date {
    clock.to_zoned(TimeZone::UTC).date()
}
