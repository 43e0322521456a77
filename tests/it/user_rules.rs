//! Rules that are not ours: they judge like built-in ones, in a child process that can be stopped.

use std::time::{Duration, Instant};

use crate::support::{findings, folder, program, run};

const VPC: &str = r#"{"FlowLogs": [
  {"FlowLogId": "fl-1", "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "TrafficType": "ALL", "ResourceId": "vpc-1"},
  {"FlowLogId": "fl-2", "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "TrafficType": "ALL", "ResourceId": "vpc-2"}],
  "Vpcs": [
  {"VpcId": "vpc-1", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "pci-zone", "Value": "pci"}]},
  {"VpcId": "vpc-2", "OwnerId": "111122223333", "CidrBlock": "10.1.0.0/16", "IsDefault": true, "Tags": [{"Key": "pci-zone", "Value": "pci"}]}]}"#;

/// A rule with this body.
fn rule(body: &str) -> String {
    format!(
        "# METADATA
# title: Default VPC in use
# description: A default VPC.
# custom:
#   id: default-vpc
#   kind: [vpc]
#   severity: low
#   title: {{ ko: 기본 VPC }}
#   why: {{ en: It is open by default., ko: 기본값이 열려 있습니다. }}
#   remediation: {{ en: Delete it., ko: 지우십시오. }}
#   messages: {{ en: \"`{{name}}` is the default VPC\", ko: \"`{{name}}`은(는) 기본 VPC입니다\" }}
package custom.default_vpc

{body}
"
    )
}

/// The outcomes and messages of the rule, with the exit code and how long it took.
fn judged(source: &str) -> (i32, Vec<(String, String)>, Duration) {
    let folder = folder(&[("estate/vpc.json", VPC), ("rules/default-vpc.rego", source)]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let begin = Instant::now();
    let (code, document) = findings(&[&path("estate"), "--rules", &path("rules")]);
    let all = document["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "default-vpc");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (code, all.map(|finding| (text(&finding["outcome"]), text(&finding["message"]))).collect(), begin.elapsed())
}

#[test]
fn a_rule_of_a_folder_judges() {
    let (code, found, _) =
        judged(&rule("deny contains {\"args\": {\"name\": input.name}} if input.asset[\"default\"]"));
    assert_eq!(found, [("violation".to_owned(), "`vpc-2` is the default VPC".to_owned())]);
    assert_eq!(code, 0, "low is below the threshold");
}

#[test]
fn an_evaluation_error_is_an_error_and_no_pass() {
    let (code, found, _) = judged(&rule("deny contains {\"args\": {\"name\": to_number(input.name)}}"));
    assert_eq!(found.iter().map(|(outcome, _)| outcome.as_str()).collect::<Vec<_>>(), ["error", "error"]);
    assert_eq!(code, 3);
}

#[test]
fn a_denial_of_another_shape_is_an_error() {
    let (code, found, _) = judged(&rule("deny contains \"no\""));
    assert!(found.iter().all(|(outcome, _)| outcome == "error") && found.len() == 2, "{found:?}");
    assert_eq!(code, 3);
}

#[test]
fn a_rule_that_exhausts_its_process_is_an_error_and_the_run_goes_on() {
    // a cross product of a million million pairs: time or memory runs out, whichever is first
    let endless = "deny contains {\"args\": {\"name\": \"x\"}} if {\n\txs := numbers.range(1, 1000000)\n\tcount([1 | some a in xs; some b in xs; a + b == 0]) == 1\n}";
    let (code, found, took) = judged(&rule(endless));
    assert_eq!(found.len(), 1, "one finding tells of all documents: {found:?}");
    assert_eq!(found[0].0, "error");
    assert!(found[0].1.contains("2 documents were not judged"), "{found:?}");
    assert_eq!(code, 3);
    assert!(took < Duration::from_secs(120), "it was stopped: {took:?}");
}

#[test]
fn what_would_break_the_parser_is_refused() {
    for body in [format!("x := {}1{}", "[".repeat(40), "]".repeat(40)), "f(x) := f(x)\n\ndeny contains f(1)".to_owned()]
    {
        let folder = folder(&[("estate/vpc.json", VPC), ("rules/default-vpc.rego", &rule(&body))]);
        let ended = run(program()
            .arg("scan")
            .arg(folder.path().join("estate"))
            .arg("--rules")
            .arg(folder.path().join("rules")));
        assert_eq!(ended.code, 2, "{}", ended.stdout);
        assert!(ended.stderr.contains("nested") || ended.stderr.contains("calls itself"), "{}", ended.stderr);
    }
}

/// A folder's library is for its own rules: it can neither break nor bend a built-in one.
#[test]
fn a_library_of_a_folder_does_not_reach_built_in_rules() {
    let source = rule("deny contains {\"args\": {\"name\": input.name}} if input.asset[\"default\"]");
    let bent = "package zoneproof.lib.cover\n\nuncovered(_) := []\n";
    let deep = format!("package zoneproof.lib.deep\n\nx := {}1{}\n", "[".repeat(24), "]".repeat(24));
    let expected = findings(&["fixtures/estates/wallet-faulty"]).1;
    for library in [bent, deep.as_str()] {
        let folder = folder(&[("default-vpc.rego", source.as_str()), ("lib.rego", library)]);
        let begin = Instant::now();
        let ended = run(program()
            .args(["scan", "fixtures/estates/wallet-faulty", "--format", "json", "--rules"])
            .arg(folder.path()));
        assert!(begin.elapsed() < Duration::from_secs(20));
        if ended.code != 2 {
            let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
            let own = |document: &serde_json::Value| {
                crate::support::keys(document).into_iter().filter(|key| key.0 != "default-vpc").collect::<Vec<_>>()
            };
            assert_eq!(own(&document), own(&expected));
        }
        let begin = Instant::now();
        run(program().args(["rules", "lint", "--rules"]).arg(folder.path()));
        assert!(begin.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn lint_finds_misspelt_paths_unknown_functions_and_missing_arguments() {
    let body = "deny contains {\"args\": {\"nom\": no.such(input.nmae)}} if input.asset.cidrs";
    let folder = folder(&[("default-vpc.rego", &rule(body))]);
    let ended = run(program().args(["rules", "lint", "--rules"]).arg(folder.path()));
    assert_eq!(ended.code, 1);
    for part in ["`input.nmae`", "no.such", "wants `name`"] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
}

#[test]
fn unit_tests_of_a_folder_run_in_a_child_as_well() {
    let test = "package custom.default_vpc_test\n\nimport data.custom.default_vpc\n\ntest_fires if count(default_vpc.deny) == 1 with input as {\"name\": \"x\", \"asset\": {\"default\": true}}\n\ntest_fails if 1 == 2\n";
    let source = rule("deny contains {\"args\": {\"name\": input.name}} if input.asset[\"default\"]");
    let folder = folder(&[("default-vpc.rego", source.as_str()), ("default-vpc_test.rego", test)]);
    let ended = run(program().args(["rules", "test", "--rules"]).arg(folder.path()));
    assert_eq!(ended.code, 1, "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("test_fails") && ended.stdout.contains(" 1 failed"), "{}", ended.stdout);
}

#[test]
fn two_rules_of_one_id_and_broken_metadata_are_told_together() {
    let broken = rule("x := 1").replace("severity: low", "severity: huge");
    let folder = folder(&[("a/default-vpc.rego", broken.as_str()), ("b/other.rego", "package x\n"), ("vpc.json", VPC)]);
    let ended = run(program().arg("scan").arg(folder.path().join("vpc.json")).arg("--rules").arg(folder.path()));
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("`huge` is no severity") && ended.stderr.contains("no `# METADATA` block"),
        "{}",
        ended.stderr
    );
}
