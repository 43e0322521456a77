//! What was not collected never turns a violation into a pass.
//!
//! Each `fail-*` fixture is read again with one thing less: an AWS answer (as if a Region's call had been denied), a kind
//! of Kubernetes object (as if its CRD were missing or its list denied), or a field (null in every item of an answer).
//! What was violated must then still be violated, or undetermined, or a coverage gap must say what is missing, or the
//! asset itself is what is missing. Where facts ask whether a kind of Kubernetes object was listed, a gap is no excuse.
//!
//! In turn, what was not listed never turns a pass into a violation: it is not absent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::Value;
use zoneproof::config::Config;
use zoneproof::finding::Outcome;
use zoneproof::load::{self, Source};
use zoneproof::model::Body;
use zoneproof::policy::facts::Context;
use zoneproof::policy::{Lang, Pack, judge};
use zoneproof::reach::Network;
use zoneproof::zone::Zones;

use crate::support::{day, relative, rule_fixtures};

/// Rules that answer for an asset whose zone is no longer told.
const ZONES: [&str; 2] = ["zone-unclassified", "zone-conflict"];

/// Degradations that no source can announce: an account of which nothing at all was read, and nothing that was read
/// names it (`sources.expect` is for that); a Fargate profile, of which the AWS CLI prints one a file.
const OPEN_WORLD: [&str; 2] = [
    "fixtures/rules/elb-target-cross-zone/fail-address-used-twice: aws/777788889999/ap-northeast-2/vpcs.json without `Vpcs`",
    "fixtures/rules/networkpolicy-not-enforced/fail-on-fargate-by-wildcard: aws/111122223333/ap-northeast-2/eks-wallet-fargate.json without `fargateProfile`",
];

/// Kinds of Kubernetes objects of which facts conclude from absence, with their groups: these ask whether a cluster's
/// were listed.
const ASKED: [(&str, &str); 4] = [
    ("NetworkPolicy", "networking.k8s.io"),
    ("AuthorizationPolicy", "security.istio.io"),
    ("PeerAuthentication", "security.istio.io"),
    ("Service", ""),
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

/// A fixture with one thing less.
struct Less {
    what: String,
    /// The kind of Kubernetes object that was not listed, if facts ask for it.
    asked: Option<&'static str>,
    files: Vec<File>,
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
    let network = Network::new(&inventory, &config.networks);
    let context = Context::new(&inventory, &zones, &config, day(), &network);
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

/// A fixture, each time with one thing less.
fn degraded(files: &[File]) -> Vec<Less> {
    let mut out = Vec::new();
    for (at, (name, text)) in files.iter().enumerate() {
        let mut with = |what: String, text: String| {
            let asked = ASKED.iter().map(|(kind, _)| *kind).find(|kind| what == format!("kind {kind}"));
            let mut files = files.to_vec();
            files[at].1 = text;
            out.push(Less { what: format!("{name} without {what}"), asked, files });
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
                with(format!("kind {wanted}"), without(&documents, wanted));
            }
        }
    }
    out
}

/// The documents that are not of a kind, and what the API server answers where its list is denied.
fn without(documents: &[&str], wanted: &str) -> String {
    let of = |document: &&&str| kind(document) == Some(wanted);
    let own = documents.iter().find(of).and_then(|document| group(document));
    let known = ASKED.iter().find(|(kind, _)| *kind == wanted).map(|(_, group)| *group);
    let group = own.or(known).unwrap_or_default();
    let status = format!(
        "apiVersion: v1\nkind: Status\nstatus: Failure\nreason: Forbidden\ncode: 403\ndetails: {{ group: '{group}', kind: {} }}\n",
        plural(wanted)
    );
    let left = documents.iter().filter(|document| !of(document)).copied();
    left.chain([status.as_str()]).collect::<Vec<_>>().join("\n---\n")
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

/// A rule, and those that answer for a zone that is not told.
fn own(pack: &Pack, rule: &str) -> Pack {
    let own = |id: &str| id == rule || ZONES.contains(&id);
    Pack { rules: pack.rules.iter().filter(|rule| own(&rule.meta.id)).cloned().collect(), ..pack.clone() }
}

/// The fixtures whose name begins so, of rules about assets: those about flows, waivers and gaps judge none.
fn cases(pack: &Pack, begin: &str) -> Vec<(String, PathBuf)> {
    let of_assets =
        |id: &str| pack.rule(id).unwrap().meta.kinds.iter().any(|kind| Body::KINDS.contains(&kind.as_str()));
    rule_fixtures()
        .into_iter()
        .filter(|(rule, _)| of_assets(rule))
        .flat_map(|(rule, cases)| cases.into_iter().map(move |case| (rule.clone(), case)))
        .filter(|(_, case)| case.file_name().unwrap().to_string_lossy().starts_with(begin))
        .collect()
}

#[test]
fn what_was_not_listed_is_not_absent() {
    let pack = Pack::built_in().unwrap();
    let cases = [cases(&pack, "fail-"), cases(&pack, "pass-")].concat();
    let of_cluster = |(name, text): &&File| name.ends_with(".yaml") && text.split("\n---\n").any(|d| kind(d).is_some());
    let outcomes: Vec<(BTreeMap<&str, usize>, Vec<String>)> = cases
        .par_iter()
        .map(|(rule, case)| {
            let own = own(&pack, rule);
            let files = files(case);
            let (mut undecided, mut wrong) = (BTreeMap::new(), Vec::new());
            if !files.iter().any(|file| of_cluster(&file)) {
                return (undecided, wrong);
            }
            let Some(whole) = run(&files, &own, rule) else { return (undecided, wrong) };
            for (wanted, _) in ASKED {
                let less = files.iter().map(|(name, text)| match of_cluster(&&(name.clone(), text.clone())) {
                    true => (name.clone(), without(&text.split("\n---\n").collect::<Vec<_>>(), wanted)),
                    false => (name.clone(), text.clone()),
                });
                let Some(less) = run(&less.collect::<Vec<File>>(), &own, rule) else { continue };
                let named = format!("{}: {wanted} not listed", relative(case));
                let invented = less.violated.difference(&whole.violated);
                wrong.extend(invented.map(|id| format!("{named}: `{id}` is violated")));
                let silent = whole.violated.iter().filter(|id| less.assets.contains(*id) && !less.told.contains(*id));
                wrong.extend(silent.map(|id| format!("{named}: `{id}` passes")));
                *undecided.entry(wanted).or_default() += less.told.difference(&less.violated).count();
            }
            (undecided, wrong)
        })
        .collect();
    for (wanted, _) in ASKED {
        let undecided: usize = outcomes.iter().filter_map(|(undecided, _)| undecided.get(wanted)).sum();
        assert!(undecided > 0, "{wanted}: nothing becomes undetermined");
    }
    let wrong: Vec<String> = outcomes.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_was_not_collected_never_passes() {
    let pack = Pack::built_in().unwrap();
    let cases = cases(&pack, "fail-");
    let outcomes: Vec<(usize, Vec<String>)> = cases
        .par_iter()
        .map(|(rule, case)| {
            let own = own(&pack, rule);
            let files = files(case);
            let whole = run(&files, &own, rule).unwrap();
            assert!(!whole.violated.is_empty(), "{}: nothing is violated", relative(case));
            let (mut runs, mut passed) = (0, Vec::new());
            for Less { what, asked, files } in degraded(&files) {
                // an asset without tags is an untagged asset, and a contradiction needs both its sides
                if what.ends_with(".Tags`") || (ZONES.contains(&rule.as_str()) && !what.contains("[].")) {
                    continue;
                }
                let Some(less) = run(&files, &own, rule) else { continue };
                runs += 1;
                if (asked.is_none() && less.gaps > whole.gaps) || less.unzoned > whole.unzoned {
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
