//! Every SARIF file that the tests make has no error in the SARIF validator, with its own rules and GitHub's.
//!
//! The validator exits with 0 in spite of errors, so they are counted in what it writes. It checks neither
//! fingerprints nor `security-severity`: those are checked here.

use std::process::Command;

use serde_json::Value;

use crate::support::{peer, relative, root, rule_fixtures, zoneproof};

/// Writes the SARIF of a scan and gives it back.
fn write(folder: &std::path::Path, name: &str, arguments: &[&str]) -> Value {
    let run = zoneproof(&[&["scan", "--format", "sarif"], arguments].concat());
    std::fs::write(folder.join(format!("{name}.sarif")), &run.stdout).unwrap();
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{name}: {error}: {}", run.stderr))
}

#[test]
fn all_reports_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let mut reports = Vec::new();
    for lang in ["en", "ko"] {
        let arguments = ["fixtures/estates/wallet-faulty", "--lang", lang];
        reports.push(write(folder.path(), &format!("faulty-{lang}"), &arguments));
    }
    reports.push(write(folder.path(), "clean", &["fixtures/estates/wallet"]));
    for (rule, fixtures) in rule_fixtures() {
        for (number, fixture) in fixtures.iter().enumerate() {
            reports.push(write(folder.path(), &format!("{rule}-{number}"), &[&relative(fixture)]));
        }
    }
    let log = folder.path().join("validated.json");
    let output = Command::new(peer("npm/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"))
        .arg("validate")
        .arg(folder.path().join("*.sarif"))
        .args(["--rule-kind", "Sarif;Gh", "--level", "Error;Warning", "--log", "ForceOverwrite", "-o"])
        .arg(&log)
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // thousands have a comma
    assert!(said.replace(',', "").contains(&format!("{} files scanned", reports.len())), "{said}");
    let text = std::fs::read_to_string(&log).unwrap();
    let validated: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
    let results = validated["runs"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|run| run["results"].as_array().cloned().unwrap_or_default());
    let errors: Vec<Value> = results.filter(|result| result["level"] == "error").collect();
    assert!(errors.is_empty(), "{} errors: {:#}", errors.len(), errors[0]);
    reports.iter().for_each(check);
}

/// What the validator does not look at.
fn check(report: &Value) {
    let run = &report["runs"][0];
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        let severity: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!((0.0..=10.0).contains(&severity));
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 20);
        for text in ["shortDescription", "fullDescription", "help"] {
            let text = rule[text]["text"].as_str().unwrap();
            assert!(!text.is_empty() && text.chars().count() <= 1024);
        }
    }
    let mut fingerprints = Vec::new();
    for result in run["results"].as_array().unwrap() {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with('/') && !uri.contains(' '), "{uri}");
        assert!(root().join(uri).is_file(), "{uri} is no file of the repository");
        for field in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][field].as_u64() >= Some(1), "{field}");
        }
        fingerprints.push(result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().to_owned());
        assert!(!result["taxa"].as_array().unwrap().is_empty());
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    let count = fingerprints.len();
    fingerprints.sort();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), count, "a fingerprint stands twice");
}

#[test]
fn what_was_read_live_points_at_its_line_in_the_snapshot() {
    let id = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1";
    let lines = [
        r#"{"schema":"zoneproof.inventory/1","tool":"0.1.0","scope":[],"start":"2026-11-20T00:00:00Z"}"#.to_owned(),
        format!(r#"{{"kind":"vpc","id":"{id}","origin":{{"arn":"{id}"}},"body":{{"cidrs":[],"default":false}}}}"#),
        r#"{"footer":{"assets":1,"coverage":0}}"#.to_owned(),
    ];
    let folder = crate::support::folder(&[("live.jsonl", &(lines.join("\n") + "\n"))]);
    let source = folder.path().join("live.jsonl");
    let report = write(folder.path(), "live", &[source.to_str().unwrap()]);
    let place = &report["runs"][0]["results"][0]["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "inventory.jsonl.zst");
    assert_eq!(place["physicalLocation"]["region"]["startLine"], 2);
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], id);
}
