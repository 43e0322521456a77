//! The wallet estates: the clean one has no finding, the faulty one has exactly its planted faults.

use std::collections::BTreeMap;

use serde_json::Value;
use zoneproof::model::Body;

use crate::support::{findings, keys, root, zoneproof};

const CLEAN: &str = "fixtures/estates/wallet";
const FAULTY: &str = "fixtures/estates/wallet-faulty";

#[test]
fn the_clean_estate_has_no_finding() {
    let (code, document) = findings(&[CLEAN]);
    assert_eq!((code, keys(&document)), (0, vec![]), "{:#}", document["findings"]);
    assert!(document["summary"]["assets"].as_u64() > Some(500));
    assert!(document["summary"]["judged"].as_u64() > Some(200), "silence because rules judged and passed");
}

#[test]
fn the_estates_hold_assets_of_every_kind() {
    for estate in [CLEAN, FAULTY] {
        let (_, document) = findings(&[estate]);
        let held = &document["run"]["assets"];
        let missing: Vec<&&str> = Body::KINDS.iter().filter(|kind| held[**kind].as_u64().is_none()).collect();
        assert!(missing.is_empty(), "{estate} holds none of {missing:?}");
    }
}

/// The planted faults: one file a rule, named after it.
fn expected() -> Value {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root().join(format!("{FAULTY}.expected"))).unwrap() {
        let path = entry.unwrap().path();
        let faults: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let rule = path.file_stem().unwrap().to_str().unwrap();
        assert!(faults.iter().all(|fault| fault["rule"] == rule), "{rule}.json is about another rule");
        all.extend(faults);
    }
    serde_json::json!({ "findings": all })
}

#[test]
fn the_faulty_estate_has_its_planted_faults_and_nothing_else() {
    let (code, document) = findings(&[FAULTY]);
    assert_eq!(code, 1);
    assert_eq!(keys(&document), keys(&expected()));
    assert!(keys(&expected()).len() >= 12);
}

#[test]
fn every_rule_finds_something_in_the_faulty_estate() {
    let (_, document) = findings(&[FAULTY]);
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    keys(&document).into_iter().for_each(|(rule, ..)| *found.entry(rule).or_default() += 1);
    let listed = zoneproof(&["rules", "list"]).stdout;
    for id in listed.lines().filter_map(|line| line.split(' ').next()) {
        assert!(found.contains_key(id), "{id} has no planted fault");
    }
}

#[test]
fn findings_point_at_the_line_that_is_at_fault() {
    let (_, document) = findings(&[FAULTY]);
    let line = |finding: &Value| {
        let origin = &finding["origin"];
        let text = std::fs::read_to_string(root().join(origin["file"].as_str().unwrap())).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        // a rule of a group begins with its brace: what it says follows
        let from = origin["line"].as_u64().unwrap() as usize - 1;
        lines[from..lines.len().min(from + 14)].join("\n")
    };
    let expect = [
        ("sg-ingress-any", "wallet-a-node", "\"CidrIpv4\": \"0.0.0.0/0\""),
        ("sg-cross-zone-cidr", "wallet-rds", "\"CidrIpv4\": \"10.20.0.0/16\""),
        ("mtls-not-strict", "`cards`", "mode: PERMISSIVE"),
        ("mtls-not-strict", "ledger-api", "portLevelMtls"),
        ("authz-allow-all", "fx-rates", "{}"),
        ("authz-cross-zone-principal", "campaign-api", "campaign-api"),
        ("zone-conflict", "vouchers", "pci-zone: pci"),
    ];
    for (rule, word, text) in expect {
        let all = document["findings"].as_array().unwrap();
        let finding = all.iter().find(|f| f["rule"] == rule && f["message"].as_str().unwrap().contains(word));
        let finding = finding.unwrap_or_else(|| panic!("{rule} {word}"));
        assert!(line(finding).contains(text), "{rule} {word}: {}", line(finding));
    }
}

#[test]
fn the_report_reads_well_in_both_languages() {
    for lang in ["en", "ko"] {
        let report = zoneproof(&["scan", FAULTY, "--lang", lang]);
        assert_eq!(report.code, 1);
        insta::assert_snapshot!(format!("wallet-faulty-{lang}"), report.stdout);
    }
}

#[test]
fn the_readme_quotes_what_the_program_prints() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let quotes: Vec<&str> = readme.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [quoted, answers @ ..] = quotes.as_slice() else { panic!("no quotes") };
    let asked =
        [["internet", "wallet-public", "tcp/443"], ["ads/vouchers/voucher-api", "wallet-a/cards/token-vault", "tcp"]];
    assert_eq!(asked.len(), answers.len());
    for (question, answer) in asked.iter().zip(answers) {
        let told = zoneproof(&[&["reach"], &question[..], &["fixtures/estates/wallet"]].concat()).stdout;
        assert_eq!(told.trim_end(), answer.trim_end(), "the README quotes another answer");
    }
    let report = zoneproof(&["scan", FAULTY]).stdout;
    let mut lines = report.lines();
    for line in quoted.lines().filter(|line| line.trim() != "…") {
        // in the order of the report, what is cut ends in an ellipsis
        let found = match line.strip_suffix('…') {
            Some(start) => lines.any(|printed| printed.starts_with(start)),
            None => lines.any(|printed| printed == line),
        };
        assert!(found, "the README quotes `{line}`, which is not printed there");
    }
}
