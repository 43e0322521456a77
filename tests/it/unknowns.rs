//! What was not collected never turns a violation into a pass.
//!
//! Each `fail-*` fixture is read again with one thing less: an AWS answer (as if a Region's call had been denied), a kind
//! of Kubernetes object (as if its CRD were missing or its list denied), or a field (null in every item of an answer).
//! What was violated must then still be violated, or undetermined, or a coverage gap must say what is missing, or the
//! asset itself is what is missing.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;
use zoneproof::config::Config;
use zoneproof::finding::Outcome;
use zoneproof::load::{self, Source};
use zoneproof::policy::facts::Context;
use zoneproof::policy::{Lang, Pack, judge};
use zoneproof::zone::Zones;

use crate::support::{day, relative, rule_fixtures};

/// Rules that answer for an asset whose zone is no longer told.
const ZONES: [&str; 2] = ["zone-unclassified", "zone-conflict"];

/// Degradations that no source can announce: an account of which nothing at all was read, and nothing that was read
/// names it. `sources.expect` is for that.
const OPEN_WORLD: [&str; 1] = [
    "fixtures/rules/elb-target-cross-zone/fail-address-used-twice: aws/777788889999/ap-northeast-2/vpcs.json without `Vpcs`",
];

/// One file of a fixture.
type File = (String, String);

/// What a run said of one rule.
struct Said {
    violated: BTreeSet<String>,
    /// Violated or not decided.
    told: BTreeSet<String>,
    /// How many findings say that a zone is not known.
    unzoned: usize,
    gaps: usize,
    assets: BTreeSet<String>,
}

fn files(folder: &Path) -> Vec<File> {
    let all = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    let all = all.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        Some((name, std::fs::read_to_string(entry.path()).ok()?))
    });
    all.collect()
}

fn run(files: &[File], pack: &Pack, rule: &str) -> Option<Said> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let config = folder.path().join("zoneproof.yaml");
    let config = if config.is_file() { Config::read(&config).unwrap() } else { Config::defaults() };
    // without a single asset left the run ends with 2
    let inventory = load::load(&[Source::Path(folder.path().to_owned())], None).ok()?;
    let zones = Zones::classify(&inventory, &config);
    let context = Context::new(&inventory, &zones, &config, day());
    let judged = judge(&context, pack, Lang::En, None).unwrap();
    let of = |test: &dyn Fn(Outcome) -> bool| {
        let own = judged.findings.iter().filter(|finding| finding.rule == rule && test(finding.outcome));
        own.map(|finding| finding.asset.clone()).collect()
    };
    Some(Said {
        violated: of(&|outcome| outcome == Outcome::Violation),
        told: of(&|_| true),
        unzoned: judged.findings.iter().filter(|finding| ZONES.contains(&finding.rule.as_str())).count(),
        gaps: inventory.coverage.gaps.len(),
        assets: inventory.assets().iter().map(|asset| asset.id.to_string()).collect(),
    })
}

/// A fixture with one thing less, and what that is.
fn degraded(files: &[File]) -> Vec<(String, Vec<File>)> {
    let mut out = Vec::new();
    for (at, (name, text)) in files.iter().enumerate() {
        let mut with = |what: String, text: String| {
            let mut files = files.to_vec();
            files[at].1 = text;
            out.push((format!("{name} without {what}"), files));
        };
        if name.ends_with(".json")
            && let Ok(Value::Object(answer)) = serde_json::from_str(text)
        {
            for (key, value) in answer.iter().filter(|(_, value)| value.is_array() || value.is_object()) {
                let mut less = answer.clone();
                less.remove(key);
                with(format!("`{key}`"), serde_json::to_string_pretty(&less).unwrap());
                let first = |value: &Value| value.as_array().map_or(Some(value.clone()), |all| all.first().cloned());
                let fields = first(value).and_then(|item| item.as_object().cloned()).unwrap_or_default();
                for field in fields.keys() {
                    let mut less = answer.clone();
                    let items = less.get_mut(key).unwrap();
                    let items: Vec<&mut Value> = match items {
                        Value::Array(items) => items.iter_mut().collect(),
                        item => vec![item],
                    };
                    for item in items.into_iter().filter_map(Value::as_object_mut) {
                        if item.contains_key(field) {
                            item.insert(field.clone(), Value::Null);
                        }
                    }
                    with(format!("`{key}[].{field}`"), serde_json::to_string_pretty(&less).unwrap());
                }
            }
        }
        if (name.ends_with(".yaml") || name.ends_with(".yml")) && name != "zoneproof.yaml" {
            let documents: Vec<&str> = text.split("\n---\n").collect();
            let kinds: BTreeSet<&str> = documents.iter().filter_map(|document| kind(document)).collect();
            for wanted in kinds {
                let left = documents.iter().filter(|document| kind(document) != Some(wanted));
                let group =
                    documents.iter().find(|d| kind(d) == Some(wanted)).and_then(|d| group(d)).unwrap_or_default();
                // what the API server answers for a list that is denied, or whose CRD is missing
                let status = format!(
                    "apiVersion: v1\nkind: Status\nstatus: Failure\nreason: Forbidden\ncode: 403\ndetails: {{ group: '{group}', kind: {} }}\n",
                    plural(wanted)
                );
                let text: Vec<&str> = left.copied().chain([status.as_str()]).collect();
                with(format!("kind {wanted}"), text.join("\n---\n"));
            }
        }
    }
    out
}

fn field<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    document.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(|value| value.trim())
}

fn kind(document: &str) -> Option<&str> {
    field(document, "kind").filter(|kind| !kind.ends_with("List"))
}

fn group(document: &str) -> Option<&str> {
    field(document, "apiVersion")?.rsplit_once('/').map(|(group, _)| group)
}

fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.strip_suffix('y') {
        Some(stem) if !lower.ends_with("ay") => format!("{stem}ies"),
        _ if lower.ends_with('s') => format!("{lower}es"),
        _ => format!("{lower}s"),
    }
}

#[test]
fn what_was_not_collected_never_passes() {
    let pack = Pack::built_in().unwrap();
    let cases: Vec<(String, std::path::PathBuf)> = rule_fixtures()
        .into_iter()
        .flat_map(|(rule, cases)| cases.into_iter().map(move |case| (rule.clone(), case)))
        .filter(|(_, case)| case.file_name().unwrap().to_string_lossy().starts_with("fail-"))
        .collect();
    let outcomes: Vec<(usize, Vec<String>)> = cases
        .par_iter()
        .map(|(rule, case)| {
            let own = Pack {
                rules: pack
                    .rules
                    .iter()
                    .filter(|r| r.meta.id == *rule || ZONES.contains(&r.meta.id.as_str()))
                    .cloned()
                    .collect(),
                ..pack.clone()
            };
            let files = files(case);
            let whole = run(&files, &own, rule).unwrap();
            assert!(!whole.violated.is_empty(), "{}: nothing is violated", relative(case));
            let (mut runs, mut passed) = (0, Vec::new());
            for (what, files) in degraded(&files) {
                // an asset without tags is an untagged asset, and a contradiction needs both its sides
                if what.ends_with(".Tags`") || (ZONES.contains(&rule.as_str()) && !what.contains("[].")) {
                    continue;
                }
                let Some(less) = run(&files, &own, rule) else { continue };
                runs += 1;
                if less.gaps > whole.gaps || less.unzoned > whole.unzoned {
                    continue;
                }
                let silent = whole.violated.iter().filter(|id| less.assets.contains(*id) && !less.told.contains(*id));
                let named = format!("{}: {what}", relative(case));
                if !OPEN_WORLD.contains(&named.as_str()) {
                    passed.extend(silent.map(|id| format!("{named}: `{id}` passes")));
                }
            }
            (runs, passed)
        })
        .collect();
    let runs: usize = outcomes.iter().map(|(runs, _)| runs).sum();
    let passed: Vec<String> = outcomes.into_iter().flat_map(|(_, passed)| passed).collect();
    assert!(runs > 1000, "only {runs} degraded estates");
    assert!(passed.is_empty(), "{} silent passes:\n{}", passed.len(), passed.join("\n"));
}
