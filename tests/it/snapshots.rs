//! Snapshots: what is written reads back the same; what is cut off or foreign is said.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{findings, folder, program, root, run};

const FAULTY: &str = "fixtures/estates/wallet-faulty";

/// Scans an estate and gives the evidence folder and the snapshot's lines.
fn evidence(estate: &str) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    run(program().args(["scan", estate, "--out"]).arg(folder.path()));
    let bytes = zstd::decode_all(std::fs::File::open(folder.path().join("inventory.jsonl.zst")).unwrap()).unwrap();
    (folder, String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect())
}

fn scan(path: &Path) -> (i32, Value) {
    let config = root().join(FAULTY).join("zoneproof.yaml");
    findings(&[path.to_str().unwrap(), "--config", config.to_str().unwrap()])
}

fn written(lines: &[String]) -> (tempfile::TempDir, PathBuf) {
    let folder = folder(&[("s.jsonl", &(lines.join("\n") + "\n"))]);
    let path = folder.path().join("s.jsonl");
    (folder, path)
}

#[test]
fn a_replay_finds_the_same_byte_for_byte() {
    let (folder, _) = evidence(FAULTY);
    let (code, first) = findings(&[FAULTY]);
    let (again, replayed) = scan(&folder.path().join("inventory.jsonl.zst"));
    assert_eq!(code, again);
    for part in ["findings", "summary", "scope", "skipped"] {
        assert_eq!(first[part].to_string(), replayed[part].to_string(), "{part}");
    }
    assert_eq!(first["run"]["inventory"], replayed["run"]["inventory"], "the same estate has the same digest");
}

#[test]
fn the_digest_does_not_heed_where_files_lie() {
    let moved = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(root().join(FAULTY)) {
        let entry = entry.unwrap();
        let to = moved.path().join(entry.path().strip_prefix(root().join(FAULTY)).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    let (_, here) = findings(&[FAULTY]);
    let (_, there) = findings(&[moved.path().to_str().unwrap()]);
    assert_eq!(here["run"]["inventory"], there["run"]["inventory"]);
    let prints = |document: &Value| -> Vec<String> {
        let mut all: Vec<String> =
            document["findings"].as_array().unwrap().iter().map(|f| f["fingerprint"].to_string()).collect();
        all.sort();
        all
    };
    assert_eq!(prints(&here), prints(&there), "fingerprints do not heed files and lines");
}

#[test]
fn line_numbers_of_findings_are_the_snapshots() {
    let (folder, lines) = evidence(FAULTY);
    let document: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("findings.json")).unwrap()).unwrap();
    for finding in document["findings"].as_array().unwrap() {
        let Some(line) = finding["snapshot_line"].as_u64() else {
            let kind = finding["kind"].as_str().unwrap();
            let others = ["cluster", "cluster-group", "declared-flow", "declared-flow-reach", "flow", "gap"];
            let more = ["management-cluster", "undecided-flow", "waiver", "zone"];
            assert!(others.contains(&kind) || more.contains(&kind), "{kind} is an asset");
            continue;
        };
        let line: Value = serde_json::from_str(&lines[line as usize - 1]).unwrap();
        assert_eq!(line["id"], finding["asset"]);
    }
}

#[test]
fn a_snapshot_that_is_cut_off_is_incomplete() {
    let (_folder, lines) = evidence("fixtures/estates/wallet");
    let (_kept, path) = written(&lines[..lines.len() / 2]);
    let (code, document) = scan(&path);
    assert_eq!(document["coverage"][0]["reason"], "cut-short", "{:#}", document["coverage"]);
    assert_ne!(code, 0);
    // in the middle of a line, too
    let half = format!("{}\n{}", lines[0], &lines[1][..lines[1].len() / 2]);
    let (_kept, path) = written(&[half, lines[2].clone()]);
    // what the configuration expects beyond that is missing as well
    let (_, document) = scan(&path);
    let gaps = document["coverage"].as_array().unwrap().iter().filter(|gap| gap["reason"] != "not-collected");
    let reasons: Vec<String> = gaps.map(|gap| gap["reason"].to_string()).collect();
    assert_eq!(
        reasons,
        ["\"cut-short\"", "\"malformed\""].map(str::to_owned).iter().rev().cloned().collect::<Vec<_>>()
    );
}

#[test]
fn a_compressed_stream_that_ends_early_is_incomplete() {
    let (folder, _) = evidence("fixtures/estates/wallet");
    let path = folder.path().join("inventory.jsonl.zst");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() * 3 / 4]).unwrap();
    let ended = run(program().arg("scan").arg(&path).args(["--format", "json"]));
    assert_ne!(ended.code, 0, "{}", ended.stderr);
    assert!((ended.stdout + &ended.stderr).contains("reading stopped"));
}

#[test]
fn an_asset_too_few_is_seen_by_the_footers_count() {
    let (_folder, mut lines) = evidence("fixtures/estates/wallet");
    lines.remove(5);
    let (_kept, path) = written(&lines);
    let (_, document) = scan(&path);
    assert!(document["coverage"].to_string().contains("the footer counts"), "{:#}", document["coverage"]);
}

#[test]
fn files_concatenate_and_equal_assets_collapse() {
    let (folder, lines) = evidence("fixtures/estates/wallet");
    let path = folder.path().join("inventory.jsonl.zst");
    let (_, once) = scan(&path);
    let bytes = std::fs::read(&path).unwrap();
    let twice = folder.path().join("twice.jsonl.zst");
    std::fs::File::create(&twice).unwrap().write_all(&[bytes.clone(), bytes].concat()).unwrap();
    let (code, document) = scan(&twice);
    assert_eq!(code, 0, "{:#}", document["coverage"]);
    assert_eq!(document["run"]["inventory"], once["run"]["inventory"]);
    let (_kept, path) = written(&[lines.clone(), lines].concat());
    assert_eq!(scan(&path).1["run"]["inventory"], once["run"]["inventory"]);
}

#[test]
fn a_foreign_version_is_not_guessed_at() {
    let (_folder, mut lines) = evidence("fixtures/estates/wallet");
    let good = lines.clone();
    lines[0] = lines[0].replace("zoneproof.inventory/1", "zoneproof.inventory/9");
    let (_kept, path) = written(&[lines, good].concat());
    let (code, document) = scan(&path);
    assert_eq!(code, 3);
    assert_eq!(document["coverage"][0]["reason"], "unknown-version");
}

/// A snapshot of many blocks: its lines are parsed in parallel, and what is wrong with one is said of that line.
#[test]
fn in_a_long_snapshot_every_bad_line_is_told_by_its_number() {
    let header = r#"{"schema":"zoneproof.inventory/1","tool":"0.1.0","scope":[],"start":"2026-11-20T00:00:00Z"}"#;
    let vpc = |number: usize| {
        let (id, block) = (format!("vpc-{number:08}"), format!("10.{}.{}.0/24", number / 250 % 250, number % 250));
        format!(
            r#"{{"kind":"vpc","id":"arn:aws:ec2:eu-west-1:111122223333:vpc/{id}","origin":{{"file":"f.json","line":{number},"column":1}},"place":{{"account":"111122223333","region":"eu-west-1"}},"tags":{{"pci-zone":"pci"}},"body":{{"cidrs":["{block}"],"default":false}}}}"#
        )
    };
    // several MB, the assets in falling order, so that only their own order can put them right
    let mut lines = vec![header.to_owned()];
    lines.extend((0..20_000).rev().map(vpc));
    let footer = |assets: usize| format!(r#"{{"footer":{{"assets":{assets},"coverage":0}}}}"#);
    lines.push(footer(20_000));
    lines.extend([header.to_owned(), vpc(20_000), footer(2), vpc(20_001)]);
    for (at, bad) in [(1_234, "no JSON"), (9_999, r#"{"kind":"vpc","id":7}"#), (17_000, r#"{"what":1}"#)] {
        lines.insert(at, bad.to_owned());
    }
    lines.insert(10, String::new());
    let (_kept, path) = written(&lines);
    let (_, document) = scan(&path);
    let mut told: Vec<(u64, String)> = document["coverage"]
        .as_array()
        .unwrap()
        .iter()
        // the configuration expects accounts, which this snapshot does not hold
        .filter(|gap| gap["reason"] != "not-collected")
        .map(|gap| (gap["at"]["line"].as_u64().unwrap(), gap["reason"].as_str().unwrap().to_owned()))
        .collect();
    told.sort();
    let number = |text: &str| lines.iter().position(|line| line == text).unwrap() as u64 + 1;
    let malformed = ["no JSON", r#"{"kind":"vpc","id":7}"#, r#"{"what":1}"#].map(|text| (number(text), "malformed"));
    let wrong = [(number(&footer(20_000)), "cut-short"), (number(&footer(2)), "cut-short")];
    let mut expected: Vec<(u64, String)> =
        malformed.iter().chain(&wrong).map(|(line, reason)| (*line, (*reason).to_owned())).collect();
    expected.push((lines.len() as u64, "malformed".to_owned()));
    assert_eq!(told, expected);
    assert_eq!(document["run"]["assets"]["vpc"], 20_001, "what stands behind a footer belongs to no segment");
    // the same estate in rising order has the same digest, and the same run says the same again
    let mut rising = vec![header.to_owned()];
    rising.extend((0..=20_000).map(vpc));
    rising.push(footer(20_001));
    let (_kept, path) = written(&rising);
    let (_, sorted) = scan(&path);
    assert!(sorted["coverage"].as_array().unwrap().iter().all(|gap| gap["reason"] == "not-collected"));
    assert_eq!(sorted["run"]["inventory"], document["run"]["inventory"]);
}
