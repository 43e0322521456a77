//! What departs from the rules for a while: waivers, accepted unknowns, switches, preview rules, expectations.

use serde_json::Value;

use crate::support::{findings, folder, keys, zoneproof};

const ZONES: &str = "version: 1\nzones: { pci: { category: cde }, no-pci: { category: out-of-scope } }\n";

const VPC: &str = r#"{"Reservations": [], "TransitGatewayAttachments": [], "VpcPeeringConnections": [], "VpnGateways": [],
  "InternetGateways": [], "NetworkAcls": [], "FlowLogs": [{"FlowLogId": "fl-1", "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "TrafficType": "ALL", "ResourceId": "vpc-1"}],
  "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "111122223333", "CidrBlock": "10.0.1.0/24",
  "MapPublicIpOnLaunch": false}],
  "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "OwnerId": "111122223333", "Associations": [{"Main": true}],
  "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}]}],
  "Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16",
  "Tags": [{"Key": "pci-zone", "Value": "pci"}, {"Key": "env", "Value": "prod"}]}]}"#;

/// A group that is open to everybody on one port.
const OPEN: &str = r#"{"NetworkInterfaces": [
  {"NetworkInterfaceId": "eni-1", "OwnerId": "111122223333", "VpcId": "vpc-1", "SubnetId": "subnet-1",
  "PrivateIpAddress": "10.0.1.5", "InterfaceType": "interface", "Groups": [{"GroupId": "sg-1"}]}],
  "SecurityGroups": [{"GroupId": "sg-1", "GroupName": "db", "OwnerId": "111122223333", "VpcId": "vpc-1",
  "IpPermissionsEgress": [], "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
  "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "ssh"}]}]}]}"#;

/// A group that refers to a prefix list which was not read.
const UNKNOWN: &str = r#"{"NetworkInterfaces": [
  {"NetworkInterfaceId": "eni-1", "OwnerId": "111122223333", "VpcId": "vpc-1", "SubnetId": "subnet-1",
  "PrivateIpAddress": "10.0.1.5", "InterfaceType": "interface", "Groups": [{"GroupId": "sg-2"}]}],
  "SecurityGroups": [{"GroupId": "sg-2", "GroupName": "db", "OwnerId": "111122223333", "VpcId": "vpc-1",
  "IpPermissionsEgress": [], "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
  "PrefixListIds": [{"PrefixListId": "pl-1", "Description": "ssh"}]}]}]}"#;

const SIGNED: &str = "reason: r, owner: payments, approved-by: security";

/// Scans an estate with this configuration below `ZONES`.
fn scan(config: &str, groups: &str) -> (i32, Value) {
    let config = format!("{ZONES}{config}\n");
    let folder = folder(&[
        ("zoneproof.yaml", config.as_str()),
        ("111122223333/eu-west-1/vpc.json", VPC),
        ("111122223333/eu-west-1/groups.json", groups),
    ]);
    findings(&[folder.path().to_str().unwrap()])
}

/// Whether the open group's finding is waived, and the exit code.
fn waived(scope: &str) -> (i32, bool) {
    let config = format!("waivers: [ {{ rule: sg-ingress-any, {scope}, {SIGNED}, expires: 2026-12-31 }} ]");
    let (code, document) = scan(&config, OPEN);
    let all = document["findings"].as_array().unwrap();
    let finding = all.iter().find(|finding| finding["rule"] == "sg-ingress-any").expect("a waiver hides nothing");
    let unused = all.iter().any(|finding| finding["rule"] == "waiver-unused");
    let waived = !finding["waiver"].is_null();
    assert_ne!(waived, unused, "a waiver is used or it is a finding");
    assert_eq!(document["summary"]["waived"], usize::from(waived));
    (code, waived)
}

#[test]
fn all_fields_of_a_scope_must_fit_by_one_of_their_values() {
    for scope in [
        "asset: \"sg-1#*\"",
        "asset: [other, \"arn:*:security-group/sg-1#*\"]",
        "account: \"111122223333\", region: eu-west-1",
        "zone: pci, environment: [dev, prod]",
        "zone: \"*\"",
    ] {
        assert_eq!(waived(scope), (0, true), "{scope}");
    }
    for scope in [
        "asset: \"sg-2#*\"",
        "account: \"111122223333\", region: eu-west-2",
        "zone: pci, environment: dev",
        // an AWS resource is in no cluster, and the finding crosses no border that it names
        "zone: pci, cluster: \"*\"",
        "zone: pci, border: \"no-pci/* -> *\"",
    ] {
        assert_eq!(waived(scope), (1, false), "{scope}");
    }
}

#[test]
fn a_waived_violation_stays_in_the_evidence_and_is_no_alert() {
    let config = format!(
        "{ZONES}waivers: [ {{ rule: sg-ingress-any, zone: pci, {SIGNED}, control: CCW-7, expires: 2026-11-20 }} ]\n"
    );
    let folder = folder(&[("zoneproof.yaml", config.as_str()), ("vpc.json", VPC), ("groups.json", OPEN)]);
    let path = folder.path().to_str().unwrap();
    let (code, document) = findings(&[path]);
    assert_eq!(code, 0, "the last day counts");
    let waiver = &document["findings"][0]["waiver"];
    assert_eq!((&waiver["owner"], &waiver["control"]), (&"payments".into(), &"CCW-7".into()));
    assert!(waiver["at"].as_str().unwrap().ends_with("zoneproof.yaml:3"), "{waiver}");
    assert_eq!(document["summary"]["violations"], 0);
    let text = zoneproof(&["scan", path]).stdout;
    assert!(text.contains("Waived") && text.contains("lets anybody") && text.contains("1 waived"), "{text}");
    let korean = zoneproof(&["scan", path, "--lang", "ko"]).stdout;
    assert!(korean.contains("면제 1건"), "{korean}");
    let sarif: Value = serde_json::from_str(&zoneproof(&["scan", path, "--format", "sarif"]).stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn a_waiver_changes_nothing_but_its_mark() {
    let plain = scan("", OPEN).1;
    let marked = scan(&format!("waivers: [ {{ rule: \"*\", zone: pci, {SIGNED}, expires: 2026-12-31 }} ]"), OPEN).1;
    let bare = |document: &Value| {
        let mut finding = document["findings"][0].clone();
        let fields = finding.as_object_mut().unwrap();
        fields.remove("waiver");
        fields.remove("origin");
        finding
    };
    assert_eq!(bare(&plain), bare(&marked));
}

#[test]
fn a_waiver_of_everything_does_not_waive_findings_about_waivers() {
    let all = format!(
        "waivers: [ {{ rule: \"*\", zone: \"*\", {SIGNED}, expires: 2026-12-31 }}, \
                       {{ rule: x, asset: y, {SIGNED}, expires: 2026-11-19 }} ]"
    );
    let (_, document) = scan(&all, OPEN);
    let expired = document["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "waiver-expired").unwrap();
    assert!(expired["waiver"].is_null(), "{expired:#}");
}

#[test]
fn what_is_accepted_stays_and_does_not_fail_the_run() {
    let accept = |what: &str, expires: &str| {
        format!("accepted-unknowns: [ {{ what: \"{what}\", reason: r, owner: o, expires: {expires} }} ]")
    };
    let (code, document) = scan("", UNKNOWN);
    assert_eq!(code, 3, "{:#}", document["findings"]);
    let undetermined = document["findings"].as_array().unwrap().len();
    let (code, document) = scan(&accept("sg-*/sg-2#*", "2026-11-20"), UNKNOWN);
    assert_eq!((code, document["findings"].as_array().unwrap().len()), (0, undetermined), "{:#}", document["findings"]);
    assert_eq!(document["summary"]["accepted"], undetermined);
    assert_eq!(document["findings"][0]["accepted"]["owner"], "o");
    for config in [accept("sg-*/sg-2#*", "2026-11-19"), accept("sg-*/sg-3#*", "2026-12-31")] {
        assert_eq!(scan(&config, UNKNOWN).0, 3, "{config}");
    }
    // violations are no unknowns
    assert_eq!(scan(&accept("sg-*/*", "2026-12-31"), OPEN).0, 1);
}

#[test]
fn a_waiver_accepts_no_unknown() {
    let config = format!("waivers: [ {{ rule: \"*\", zone: \"*\", {SIGNED}, expires: 2026-12-31 }} ]");
    assert_eq!(scan(&config, UNKNOWN).0, 3);
}

#[test]
fn a_rule_that_is_switched_off_is_not_examined() {
    let (code, document) = scan("rules: { sg-ingress-any: { enabled: false, reason: another tool looks } }", OPEN);
    assert_eq!((code, keys(&document)), (0, vec![]));
    let off = &document["not_examined"][0];
    assert_eq!((&off["rule"], &off["reason"]), (&"sg-ingress-any".into(), &"another tool looks".into()));
    assert_eq!(off["requirements"][0], "1.3.1");
}

#[test]
fn a_rule_that_is_switched_off_is_in_every_report() {
    let config = format!("{ZONES}rules: {{ sg-ingress-any: {{ enabled: false, reason: another tool looks }} }}\n");
    let folder = folder(&[("zoneproof.yaml", config.as_str()), ("vpc.json", VPC)]);
    let path = folder.path().to_str().unwrap();
    for format in ["text", "json", "sarif"] {
        let printed = zoneproof(&["scan", path, "--format", format]).stdout;
        assert!(printed.contains("another tool looks"), "{format}: {printed}");
    }
}

#[test]
fn another_severity_counts() {
    assert_eq!(scan("rules: { sg-ingress-any: { severity: medium } }", OPEN).0, 0);
    assert_eq!(scan("rules: { sg-ingress-any: { severity: medium } }\nfail-on: medium", OPEN).0, 1);
}

#[test]
fn switches_of_unknown_rules_are_mistakes() {
    let config = format!("{ZONES}rules: {{ sg-ingres-any: {{ severity: low }} }}\n");
    let folder = folder(&[("zoneproof.yaml", config.as_str()), ("vpc.json", VPC)]);
    let ended = zoneproof(&["scan", folder.path().to_str().unwrap()]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("did you mean `sg-ingress-any`?"), "{}", ended.stderr);
}

#[test]
fn a_preview_rule_never_fails_a_run() {
    let rule = "# METADATA
# title: Any VPC
# description: A VPC.
# custom:
#   id: any-vpc
#   kind: [vpc]
#   severity: critical
#   preview: true
#   title: { ko: 아무 VPC }
#   why: { en: There is one., ko: 하나 있습니다. }
#   remediation: { en: Delete it., ko: 지우십시오. }
#   messages: { en: \"`{name}` is there\", ko: \"`{name}`이(가) 있습니다\" }
package custom.any_vpc

deny contains {\"args\": {\"name\": input.name}} if input.kind == \"vpc\"
";
    let folder = folder(&[("estate/zoneproof.yaml", ZONES), ("estate/vpc.json", VPC), ("rules/any-vpc.rego", rule)]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (code, document) = findings(&[&path("estate"), "--rules", &path("rules")]);
    assert_eq!((code, keys(&document).len()), (0, 1), "{document:#}");
    assert_eq!((&document["summary"]["preview"], &document["summary"]["violations"]), (&1.into(), &0.into()));
    assert_eq!(document["findings"][0]["preview"], true);
    std::fs::write(folder.path().join("rules/any-vpc.rego"), rule.replace("#   preview: true\n", "")).unwrap();
    assert_eq!(findings(&[&path("estate"), "--rules", &path("rules")]).0, 1);
}

#[test]
fn an_eks_cluster_without_its_objects_is_a_gap() {
    let cluster = r#"{"cluster": {"name": "wallet-a", "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/wallet-a",
      "version": "1.35", "status": "ACTIVE",
      "logging": {"clusterLogging": [{"types": ["api", "audit", "authenticator"], "enabled": true}]},
      "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:eu-west-1:111122223333:key/k"}}], "resourcesVpcConfig": {"vpcId": "vpc-1", "subnetIds": [],
      "securityGroupIds": [], "endpointPublicAccess": false, "endpointPrivateAccess": true, "publicAccessCidrs": []}}}"#;
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: cards, labels: { pci-zone: pci } }\n";
    let path = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    let bare = folder(&[("zoneproof.yaml", ZONES), ("a/vpc.json", VPC), ("a/eks.json", cluster)]);
    let (code, document) = findings(&[&path(&bare)]);
    assert_eq!((code, &document["coverage"][0]["what"]), (3, &"cluster wallet-a".into()), "{document:#}");
    let expected = format!("{ZONES}sources: {{ expect: {{ clusters: [wallet-a] }} }}\n");
    std::fs::write(bare.path().join("zoneproof.yaml"), expected).unwrap();
    assert_eq!(findings(&[&path(&bare)]).1["coverage"].as_array().unwrap().len(), 1, "told once");
    std::fs::create_dir_all(bare.path().join("clusters/wallet-a")).unwrap();
    std::fs::write(bare.path().join("clusters/wallet-a/ns.yaml"), namespace).unwrap();
    assert_eq!(findings(&[&path(&bare)]).1["coverage"], serde_json::json!([]));
}

#[test]
fn an_account_that_others_only_name_was_not_read() {
    let peering = r#"{"VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "rejected"},
      "RequesterVpcInfo": {"OwnerId": "111122223333", "VpcId": "vpc-1", "Region": "eu-west-1"},
      "AccepterVpcInfo": {"OwnerId": "444455556666", "VpcId": "vpc-9", "Region": "eu-west-1"}}]}"#;
    let expect = |account: &str| format!("sources: {{ expect: {{ accounts: [\"{account}\"] }} }}");
    let gaps = |account: &str| {
        let (code, document) = scan(&expect(account), peering);
        let coverage = document["coverage"].as_array().unwrap().clone();
        (code, coverage.iter().map(|gap| gap["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(gaps("111122223333"), (0, vec![]));
    assert_eq!(gaps("444455556666"), (3, vec!["account 444455556666".to_owned()]));
}
