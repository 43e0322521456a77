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

const VPC: &str = r#"{"FlowLogs": [{"FlowLogId": "fl-1", "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "TrafficType": "ALL", "ResourceId": "vpc-1"}],
  "Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16",
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

#[test]
fn problems_of_all_files_are_told_in_their_own_file() {
    let own = "version: 1
extends: shared/base.yaml
waivers: shared/waivers.yaml
zones: { no-pci: { category: out-of-scop } }
classify:
  stores: { chd: [ { rdx: wallet-* } ] }
clusters:
  upgrade-within-months: 0
  groups: [ { name: a, members: [x, y] }, { name: b, members: [y], state: actve } ]
rules: { sg-ingress-any: { enabled: false } }
assumptions: [ { name: enforcer, reason: r, owner: o } ]
accepted-unknowns: [ { what: '*', reason: r, owner: o, expires: 2026-12-31 } ]
sources: { expect: { accounts: [12345] } }
";
    let base = "version: 2\nzones:\n  pci: { category: cde, colour: red }\nflows:\n  - { id: a }\nnetworks: [ { via: tgw-1, routes: [10.0.0.1/8], owner: o, reviewed: soon } ]\n";
    let waivers = "- { rule: x, asset: y, reason: r, owner: o, approved-by: p }\n- { rule: x, expires: 2026-12-31, colour: red }\n";
    let folder = folder(&[
        ("zoneproof.yaml", own),
        ("shared/base.yaml", base),
        ("shared/waivers.yaml", waivers),
        ("x.json", "{\"Vpcs\": []}"),
    ]);
    let ended = run(program().arg("scan").arg("x.json").current_dir(folder.path()));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    insta::assert_snapshot!("configuration-problems-of-several-files", ended.stderr);
}

#[test]
fn files_that_extend_each_other_end() {
    let circle = [
        ("zoneproof.yaml", "version: 1\nextends: a.yaml\nzones: { pci: { category: cde } }\n"),
        ("a.yaml", "version: 1\nextends: ./x/../zoneproof.yaml\n"),
        ("v.json", VPC),
    ];
    let missing =
        [("zoneproof.yaml", "version: 1\nextends: nowhere.yaml\nzones: { pci: { category: cde } }\n"), ("v.json", VPC)];
    let device =
        [("zoneproof.yaml", "version: 1\nextends: /dev/zero\nzones: { pci: { category: cde } }\n"), ("v.json", VPC)];
    let long: Vec<(String, String)> = (0..12)
        .map(|n| (format!("f{n}.yaml"), format!("version: 1\nextends: f{}.yaml\n", n + 1)))
        .chain([(
            "zoneproof.yaml".to_owned(),
            "version: 1\nextends: f0.yaml\nzones: { pci: { category: cde } }\n".to_owned(),
        )])
        .chain([("v.json".to_owned(), VPC.to_owned())])
        .collect();
    let long: Vec<(&str, &str)> = long.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    for (files, says, at) in [
        (&circle[..], "extends this file in turn", "a.yaml:2:10"),
        (&missing[..], "cannot be read", "zoneproof.yaml:2:10"),
        (&device[..], "it is no file", "zoneproof.yaml:2:10"),
        (&long[..], "more than 8 files", "f6.yaml:2:10"),
    ] {
        let folder = folder(files);
        let ended = run(program().arg("scan").arg("v.json").current_dir(folder.path()));
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.contains(says) && ended.stderr.contains(at), "{at}: {}", ended.stderr);
    }
}

#[test]
fn an_extended_file_gives_what_the_nearer_leaves_open() {
    let base = "version: 1
zones:
  pci: { category: connected, title: Cards, cidrs: [10.9.0.0/16] }
  tools: { category: security-impacting }
classify:
  zone: { tags: [zone], values: { pci: [cards] } }
sources: { files: [dumps] }
fail-on: low
";
    let own = "version: 1
extends: ../platform/zoneproof.yaml
zones: { pci: { category: cde } }
classify: { zone: { tags: [pci-zone] } }
";
    let vpc = VPC.replace("\"PCI\"", "\"Cards\"");
    let dump = VPC.replace("vpc-1", "vpc-2").replace("\"PCI\"", "\"Tools\"").replace("pci-zone", "zone");
    let folder = folder(&[
        ("platform/zoneproof.yaml", base),
        ("platform/dumps/vpc.json", dump.as_str()),
        ("wallet/zoneproof.yaml", own),
        ("wallet/vpc.json", vpc.as_str()),
    ]);
    let config = folder.path().join("wallet/zoneproof.yaml");
    let zones = |arguments: &[&str]| {
        let (code, document) = findings(&[arguments, &["--config", config.to_str().unwrap()]].concat());
        let scope = document["scope"].as_array().unwrap().iter();
        (code, scope.map(|entry| entry["category"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    // the category is the nearer's, keys and values are both's, and sources are relative to the file that names them
    assert_eq!(zones(&[folder.path().join("wallet/vpc.json").to_str().unwrap()]), (0, vec!["cde".to_owned()]));
    assert_eq!(zones(&[]), (0, vec!["security-impacting".to_owned()]));
}

#[test]
fn an_assignment_of_an_extended_file_is_named_with_it() {
    let base = "version: 1\nclassify:\n  zone:\n    assign:\n      - { zone: pci, match: { vpc: vpc-1 } }\n";
    let own = "version: 1\nextends: base.yaml\nzones: { pci: { category: cde } }\n";
    let folder = folder(&[("zoneproof.yaml", own), ("base.yaml", base), ("v.json", VPC)]);
    let (_, document) = findings(&[folder.path().to_str().unwrap()]);
    let why = document["scope"][0]["why"].as_str().unwrap();
    assert!(why.contains("assignment on line 5 of ") && why.ends_with("base.yaml"), "{why}");
}

/// Roles of the VPC and the subnet below it.
fn roles(config: &str, vpc: &str, subnet: &str) -> Vec<Option<String>> {
    let config = format!("version: 1\nzones: {{ pci: {{ category: cde }} }}\n{config}");
    let dump = format!(
        "{{\"Vpcs\": [{{\"VpcId\": \"vpc-1\", \"OwnerId\": \"111122223333\", \"CidrBlock\": \"10.0.0.0/16\", \"Tags\": [{vpc}]}}],
         \"Subnets\": [{{\"SubnetId\": \"subnet-1\", \"VpcId\": \"vpc-1\", \"OwnerId\": \"111122223333\",
         \"CidrBlock\": \"10.0.0.0/24\", \"Tags\": [{subnet}]}}]}}"
    );
    let folder = folder(&[("zoneproof.yaml", config.as_str()), ("v.json", dump.as_str())]);
    let role = |kind: &str| {
        let ended = run(program().args(["facts", "--kind", kind]).arg(folder.path()));
        let document: serde_json::Value =
            serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}", ended.stderr));
        document["role"].as_str().map(str::to_owned)
    };
    vec![role("vpc"), role("subnet")]
}

#[test]
fn a_role_is_the_own_word_or_the_compartments() {
    let management = Some("management".to_owned());
    let tag = |value: &str| format!("{{\"Key\": \"role\", \"Value\": \"{value}\"}}");
    assert_eq!(roles("", &tag("Management"), ""), [management.clone(), management.clone()]);
    assert_eq!(roles("", &tag("database"), &tag("management")), [None, management.clone()]);
    assert_eq!(roles("", "", ""), [None, None]);
    let ours = "classify:\n  role:\n    tags: [duty]\n    values: { management: [ops], store: [db] }\n    \
                assign: [ { role: store, match: { asset: subnet-1 } } ]\n";
    let duty = "{\"Key\": \"duty\", \"Value\": \"ops\"}";
    assert_eq!(roles(ours, duty, duty), [management, Some("store".to_owned())]);
    assert_eq!(roles(ours, &tag("management"), ""), [None, Some("store".to_owned())]);
}
