//! Running the program, finding fixtures and peers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The day on which all fixtures are judged: 2026-11-20.
pub const CLOCK: &str = "1795132800";

/// The same day, as a date.
pub fn day() -> jiff::civil::Date {
    let seconds = CLOCK.parse().expect("seconds");
    jiff::Timestamp::from_second(seconds).expect("a time").to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, started in the repository, with a fixed clock.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zoneproof"));
    command.current_dir(root()).env("SOURCE_DATE_EPOCH", CLOCK).env("NO_COLOR", "1");
    command
}

/// What a finished run left.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    Run {
        code: status.code().expect("the program ends by itself"),
        stdout: String::from_utf8(stdout).expect("UTF-8"),
        stderr: String::from_utf8(stderr).expect("UTF-8"),
    }
}

/// Runs `zoneproof` with arguments.
pub fn zoneproof(arguments: &[&str]) -> Run {
    run(program().args(arguments))
}

/// `findings.json` of a scan.
pub fn findings(arguments: &[&str]) -> (i32, Value) {
    let run = zoneproof(&[&["scan", "--format", "json"], arguments].concat());
    let document = serde_json::from_str(&run.stdout);
    (run.code, document.unwrap_or_else(|error| panic!("{error}: {}\n{}", run.stdout, run.stderr)))
}

/// (rule, asset, outcome) of all findings, sorted.
pub fn keys(document: &Value) -> Vec<(String, String, String)> {
    let text = |finding: &Value, name: &str| finding[name].as_str().expect(name).to_owned();
    let all = document["findings"].as_array().expect("findings").iter();
    let mut keys: Vec<_> = all.map(|f| (text(f, "rule"), text(f, "asset"), text(f, "outcome"))).collect();
    keys.sort();
    keys
}

/// Writes files below a new temporary folder.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// The fixtures of all rules: rule id, then case by name.
pub fn rule_fixtures() -> BTreeMap<String, Vec<PathBuf>> {
    let list = |path: &Path| {
        let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut all: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        all.sort();
        all
    };
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    list(&root().join("fixtures/rules")).into_iter().map(|rule| (name(&rule), list(&rule))).collect()
}

/// A path below the repository as arguments name it.
pub fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("inside the repository").to_string_lossy().into_owned()
}

/// A peer that `tests/run` installs. Missing is a failure that says how to get it, never a silent pass.
pub fn peer(path: &str) -> PathBuf {
    let peers = std::env::var_os("ZONEPROOF_PEERS").map_or_else(|| root().join("target/peers"), PathBuf::from);
    let peer = peers.join(path);
    assert!(peer.is_file(), "the peer {} is missing: run the tests with `bash tests/run`", peer.display());
    peer
}
