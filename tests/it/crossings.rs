//! What is made of flows beyond findings: proposals, hints, pairs.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::{Run, program, root, run};

const FAULTY: &str = "fixtures/estates/wallet-faulty";
/// Rules about flows that no declared flow approves.
const UNDECLARED: [&str; 5] = [
    "flow-internet-to-cde",
    "flow-undeclared",
    "flow-cde-egress-undeclared",
    "flow-cross-environment",
    "flow-wider-than-declared",
];

fn scan(estate: &Path, config: &Path) -> Value {
    let mut scan = program();
    let scan = run(scan.arg("scan").arg(estate).arg("--config").arg(config).args(["--format", "json"]));
    serde_json::from_str(&scan.stdout).unwrap_or_else(|error| panic!("{error}: {}", scan.stderr))
}

fn undeclared(document: &Value) -> BTreeSet<(String, String)> {
    let findings = document["findings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let own = findings.filter(|finding| UNDECLARED.contains(&finding["rule"].as_str().unwrap()));
    own.map(|finding| (text(&finding["rule"]), text(&finding["asset"]))).collect()
}

#[test]
fn present_crossings_stay_violations_until_somebody_approves_them() {
    let folder = tempfile::tempdir().unwrap();
    let estate = root().join(FAULTY).join("aws");
    let mut init = program();
    let Run { stdout: proposal, stderr, .. } = run(init.args(["init", "--flows"]).arg(&estate));
    assert!(proposal.matches("approved-by: none").count() > 20, "{stderr}");
    let config = folder.path().join("zoneproof.yaml");
    std::fs::write(&config, &proposal).unwrap();
    let before = undeclared(&scan(&estate, &config));
    assert!(before.len() > 20, "{before:?}");
    std::fs::write(&config, proposal.replace("approved-by: none", "approved-by: security")).unwrap();
    assert_eq!(undeclared(&scan(&estate, &config)), BTreeSet::new());
    // what is declared is not proposed again
    let mut again = program();
    let again = run(again.args(["init", "--flows"]).arg(&estate).arg("--config").arg(&config));
    assert!(again.stdout.contains("flows: []"), "{}", again.stdout);
}

/// Makes the change of a hint in the files of an estate: `remove` or `narrow … to` ports or blocks. Both answers tell of a
/// rule: that about rules, and that about groups.
fn change(file: &Path, rule: &str, change: &str) {
    let read = |path: &Path| serde_json::from_str::<Value>(&std::fs::read_to_string(path).unwrap()).unwrap();
    let write = |path: &Path, document: &Value| {
        std::fs::write(path, serde_json::to_string_pretty(document).unwrap()).unwrap();
    };
    let mut document = read(file);
    let rules = document["SecurityGroupRules"].as_array_mut().unwrap();
    let at = rules.iter().position(|one| rule.ends_with(one["SecurityGroupRuleId"].as_str().unwrap())).unwrap();
    let old = rules.remove(at);
    match change.split_once(" to ").map(|(_, left)| left) {
        None => assert!(change.starts_with("remove "), "{change}"),
        Some(left) if left.contains('.') => {
            for (number, block) in left.split(", ").enumerate() {
                let mut new = old.clone();
                new["SecurityGroupRuleId"] = format!("sgr-{number:017x}").into();
                new["CidrIpv4"] = block.into();
                rules.push(new);
            }
        }
        Some(left) => {
            let (protocol, ports) = left.split_once('/').unwrap();
            let (low, high) = ports.split_once('-').unwrap_or((ports, ports));
            let mut new = old.clone();
            new["IpProtocol"] = protocol.into();
            new["FromPort"] = low.parse::<u16>().unwrap().into();
            new["ToPort"] = high.parse::<u16>().unwrap().into();
            rules.push(new);
        }
    }
    write(file, &document);
    // the group's own answer repeats its rules: without them the rules that were listed are all there are
    let groups = file.with_file_name("security-groups.json");
    let mut document = read(&groups);
    for group in document["SecurityGroups"].as_array_mut().unwrap() {
        if group["GroupId"] == old["GroupId"] {
            group.as_object_mut().unwrap().remove("IpPermissions");
            group.as_object_mut().unwrap().remove("IpPermissionsEgress");
        }
    }
    write(&groups, &document);
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Pairs of borders over which declared flows let something pass.
fn approved(document: &Value) -> BTreeSet<(String, String, String)> {
    let matrix = document["matrix"].as_array().unwrap().iter();
    let approvals = matrix.flat_map(|entry| {
        let all = entry["approved_by"].as_array().cloned().unwrap_or_default();
        all.into_iter().map(|flow| (entry["from"].to_string(), entry["to"].to_string(), flow.to_string()))
    });
    approvals.collect()
}

#[test]
fn hints_close_what_they_are_about_and_nothing_declared() {
    let estate = root().join(FAULTY);
    let config = estate.join("zoneproof.yaml");
    let before = scan(&estate, &config);
    let (open, declared) = (undeclared(&before), approved(&before));
    let hinted: Vec<&Value> =
        before["findings"].as_array().unwrap().iter().filter(|finding| finding["hint"].is_object()).collect();
    assert!(hinted.len() >= 2, "{} hints", hinted.len());
    for finding in hinted {
        let (hint, asset) = (&finding["hint"], finding["asset"].as_str().unwrap());
        let folder = tempfile::tempdir().unwrap();
        copy(&estate, folder.path());
        let file = hint["origin"]["file"].as_str().unwrap();
        let inside = Path::new(file).strip_prefix(FAULTY).unwrap();
        change(&folder.path().join(inside), hint["rule"].as_str().unwrap(), hint["change"].as_str().unwrap());
        let after = scan(folder.path(), &folder.path().join("zoneproof.yaml"));
        let left = undeclared(&after);
        assert!(!left.iter().any(|(_, other)| other == asset), "{hint} leaves {asset}");
        assert!(left.is_subset(&open), "{hint} opens {:?}", left.difference(&open));
        assert_eq!(after["summary"]["gaps"], before["summary"]["gaps"], "{hint}");
        assert_eq!(approved(&after), declared, "{hint}");
    }
}

#[test]
fn pairs_are_told_for_people_and_programs() {
    let tell = |format: &str| {
        let mut pairs = program();
        run(pairs.args(["reach", "--pairs", "--format", format, "fixtures/estates/wallet"]))
    };
    let (text, json) = (tell("text"), tell("json"));
    assert_eq!((text.code, json.code), (3, 3), "targets of other accounts were not collected: {}", text.stderr);
    let rows: Vec<Value> = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(rows.len(), text.stdout.lines().count());
    assert!(text.stdout.contains("wallet-public => node group wallet-a/wallet-a-worker : TCP 8443\n"));
    assert!(text.stdout.contains("node group wallet-a/wallet-a-worker => rds behind "));
    assert!(rows.iter().all(|row| row["src"] != row["dst"]), "a pair of itself");
    assert!(
        !rows.iter().any(
            |row| row["src"].as_str().unwrap().contains("ads") && row["dst"].as_str().unwrap().contains("wallet-a")
        )
    );
}
