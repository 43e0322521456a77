//! `zoneproof.yaml`: all errors at once, defaults, assignments, approvals, and `init`.

use crate::support::{findings, folder, keys, program, run};

#[test]
fn all_problems_are_told_at_once_with_places_and_advice() {
    let text = "version: 2
zones:
  pci: { category: ced }
  no-pci: { category: out-of-scope, cidrs: [10.0.0.1/8] }
  dc: { category: connected, cidrs: [10.1.0.0/16], colour: red }
classify:
  zone:
    tags: pci-zone
    values: { pic: [pci] }
    assign: [ { zone: pci, match: {} }, { match: { vpc: vpc-1 } } ]
flows:
  - id: a
    from: everywhere
    to: { zone: pci, environment: production }
    connections: [tpc/443]
    reason: because
    owner: payments
    approved-by: payments
    approved: 2026-13-01
    expires: 2026-10-01
  - { id: a, from: { zone: pci }, to: { zone: pci }, connections: [], owner: x, approved-by: y, approved: 2026-10-01, expires: 2026-09-01 }
fail_on: high
";
    let folder = folder(&[("zoneproof.yaml", text), ("x.json", "{\"Vpcs\": []}")]);
    let ended = run(program().arg("scan").arg("x.json").current_dir(folder.path()));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    insta::assert_snapshot!("configuration-problems", ended.stderr);
}

const VPC: &str = r#"{"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16",
  "Tags": [{"Key": "pci-zone", "Value": "PCI"}]}]}"#;

#[test]
fn defaults_hold_without_a_file_and_the_run_says_so() {
    let folder = folder(&[("vpc.json", VPC)]);
    let ended = run(program().args(["scan", "."]).current_dir(folder.path()));
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stderr.contains("no flow is declared"), "{}", ended.stderr);
}

#[test]
fn sources_of_the_configuration_are_read_if_none_is_named() {
    let config = "version: 1\nzones: { pci: { category: cde } }\nsources: { files: [dumps] }\n";
    let folder = folder(&[("zoneproof.yaml", config), ("dumps/vpc.json", VPC)]);
    let ended = run(program().arg("scan").current_dir(folder.path()));
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let ended = run(program().args(["scan", "--config"]).arg(folder.path().join("zoneproof.yaml")));
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn two_configurations_are_not_guessed_between() {
    let config = "version: 1\nzones: { pci: { category: cde } }\n";
    let folder =
        folder(&[("a/zoneproof.yaml", config), ("a/v.json", VPC), ("b/zoneproof.yaml", config), ("b/v.json", VPC)]);
    let ended = run(program().args(["scan", "a", "b"]).current_dir(folder.path()));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("--config"), "{}", ended.stderr);
}

#[test]
fn the_threshold_is_the_configurations_or_the_commands() {
    let text = VPC.replace("PCI", "nonsense");
    let folder = folder(&[("vpc.json", text.as_str())]);
    let path = folder.path().to_str().unwrap().to_owned();
    let (code, document) = findings(&[&path]);
    assert_eq!((code, keys(&document).len()), (1, 1));
    assert_eq!(findings(&[&path, "--fail-on", "critical"]).0, 0, "a violation below the threshold");
    let config = "version: 1\nzones: { pci: { category: cde } }\nfail-on: critical\n";
    std::fs::write(folder.path().join("zoneproof.yaml"), config).unwrap();
    assert_eq!(findings(&[&path]).0, 0);
}

#[test]
fn what_init_proposes_is_a_valid_configuration() {
    let ended = run(program().args(["init", "fixtures/estates/wallet"]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    insta::assert_snapshot!("init-wallet", ended.stdout);
    let folder = folder(&[("zoneproof.yaml", ended.stdout.as_str())]);
    let config = folder.path().join("zoneproof.yaml");
    let (code, document) = findings(&["fixtures/estates/wallet", "--config", config.to_str().unwrap()]);
    assert_eq!(code, 1, "nothing is approved yet");
    let unclassified = keys(&document).iter().filter(|key| key.0 == "zone-unclassified").count();
    assert!(unclassified <= 2, "the proposal classifies nearly all: {:#?}", keys(&document));
}

#[test]
fn init_quotes_what_tags_hold() {
    let text = VPC.replace("\"PCI\"", "\"a: [b] # {c}\"");
    let folder = folder(&[("vpc.json", text.as_str())]);
    let ended = run(program().arg("init").arg(folder.path()));
    std::fs::write(folder.path().join("zoneproof.yaml"), &ended.stdout).unwrap();
    let scanned = run(program().arg("scan").arg(folder.path()));
    assert_eq!(scanned.code, 0, "{}\n{}", ended.stdout, scanned.stderr);
}
