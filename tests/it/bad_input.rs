//! Bad input: a clear gap with file, line and mend; the rest is still read; the run is incomplete; no panic.

use std::fmt::Write as _;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::Value;

use crate::support::{findings, folder, program, run};

const VPC: &str = r#"{"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111122223333", "CidrBlock": "10.0.0.0/16",
  "Tags": [{"Key": "pci-zone", "Value": "no-pci"}]}]}"#;

/// Scans a folder that holds one good file and something bad, and gives the gaps back.
fn gaps(path: &Path) -> Vec<Value> {
    let (code, document) = findings(&[path.to_str().unwrap()]);
    assert_eq!(code, 3, "incomplete: {document:#}");
    assert!(document["summary"]["assets"].as_u64() >= Some(1), "the good file is still read");
    let gaps = document["coverage"].as_array().unwrap().clone();
    for gap in &gaps {
        for field in ["what", "detail", "mend", "fingerprint"] {
            assert!(!gap[field].as_str().unwrap().is_empty(), "{field}: {gap}");
        }
    }
    gaps
}

/// One bad file beside the good one: exactly one gap, at this line, that says this.
fn one_gap(name: &str, text: &str, line: Option<u64>, says: &str) {
    let folder = folder(&[("good.json", VPC), (name, text)]);
    let gaps = gaps(folder.path());
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert!(gaps[0]["what"].as_str().unwrap().ends_with(name), "{gaps:#?}");
    assert!(gaps[0]["detail"].as_str().unwrap().contains(says), "{gaps:#?}");
    assert_eq!(gaps[0]["at"]["line"].as_u64(), line, "{gaps:#?}");
}

#[test]
fn broken_json_and_yaml() {
    one_gap("bad.json", "{\"Vpcs\": [\n {\"VpcId\": \"vpc-2\"},\n", Some(3), "not JSON");
    one_gap("bad.json", "{\"Subnets\": [\n {\"SubnetId\": 7}]}", Some(2), "not as the AWS CLI prints it");
    one_gap("bad.yaml", "kind: Namespace\napiVersion: v1\nmetadata: {name: [}\n", Some(3), "");
    one_gap("bad.yaml", "just some words\n", Some(1), "no Kubernetes object");
}

#[test]
fn wrong_types_are_named_with_their_field() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - port: many\n";
    one_gap("web.yaml", text, Some(6), "at `ports[0].port`");
    let text = r#"{"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [
      {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/99"}]}]}]}"#;
    one_gap("groups.json", text, Some(2), "`10.0.0.0/99` is no CIDR block");
}

#[test]
fn one_bad_document_leaves_the_others() {
    let text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\nkind: [\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n";
    let folder = folder(&[("clusters/c/all.yaml", text)]);
    let (code, document) = findings(&[folder.path().to_str().unwrap()]);
    assert_eq!(document["run"]["assets"]["namespace"], 2);
    assert_eq!(document["coverage"].as_array().unwrap().len(), 1);
    // both namespaces are unclassified, which is graver than the gap
    assert_eq!(code, 1);
}

#[test]
fn one_bad_item_leaves_the_others() {
    let text = r#"{"Vpcs": [{"VpcId": 1}, {"VpcId": "vpc-2", "OwnerId": "111122223333", "Tags": [{"Key": "pci-zone", "Value": "pci"}]}]}"#;
    one_gap("vpcs.json", text, Some(1), "an item of `Vpcs`");
}

#[test]
fn alias_bombs_and_deep_nesting() {
    let mut bomb = "apiVersion: v1\nkind: ConfigMap\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let line = [format!("*a{}", level - 1).as_str(); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{line}]").unwrap();
    }
    one_gap("bomb.yaml", &bomb, Some(9), "aliases expanded");
    let deep =
        format!("{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"x\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    one_gap("deep.json", &deep, Some(1), "nested deeper");
    let deep = format!("kind: Pod\napiVersion: v1\nx: {}\n", "[".repeat(10_000));
    one_gap("deep.yaml", &deep, Some(3), "nested deeper");
}

#[test]
fn text_that_is_not_utf8() {
    let folder = folder(&[("good.json", VPC)]);
    std::fs::write(folder.path().join("bad.yaml"), b"kind: Pod\nname: \xff\n").unwrap();
    let gaps = gaps(folder.path());
    assert_eq!(gaps[0]["at"], serde_json::json!({ "line": 2, "column": 7 }));
    assert_eq!(gaps[0]["mend"], "save it as UTF-8");
}

#[test]
fn a_symlink_loop() {
    let folder = folder(&[("a/good.json", VPC)]);
    symlink(folder.path(), folder.path().join("a/loop")).unwrap();
    let gaps = gaps(folder.path());
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0]["detail"].as_str().unwrap().contains("leads back"), "{gaps:#?}");
}

#[test]
fn no_right_to_read() {
    let folder = folder(&[("good.json", VPC), ("secret.json", VPC)]);
    let secret = folder.path().join("secret.json");
    std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::read(&secret).is_ok() {
        // root reads everything: a dangling link is what root cannot read either
        std::fs::remove_file(&secret).unwrap();
        symlink("nowhere", &secret).unwrap();
    }
    let gaps = gaps(folder.path());
    assert_eq!(gaps[0]["reason"], "unreadable", "{gaps:#?}");
}

#[test]
fn a_file_of_two_gibibytes() {
    let folder = folder(&[("good.json", VPC)]);
    // sparse: it takes no room on the disk
    std::fs::File::create(folder.path().join("huge.json")).unwrap().set_len(2 << 30).unwrap();
    let gaps = gaps(folder.path());
    assert_eq!(gaps[0]["reason"], "too-large");
    assert!(gaps[0]["mend"].as_str().unwrap().contains("snapshot"));
}

#[test]
fn nothing_to_read_is_an_error_and_no_pass() {
    let empty = folder(&[]);
    let unread = folder(&[("notes.txt", "x"), ("other.json", "{\"Widgets\": []}")]);
    for path in [empty.path(), unread.path()] {
        let ended = run(program().arg("scan").arg(path));
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.contains("no asset was found"), "{}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
    let ended = run(program().args(["scan", "not-there"]));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("`not-there` cannot be read"), "{}", ended.stderr);
}

#[test]
fn an_answer_that_goes_on_elsewhere() {
    one_gap("page1.json", "{\"NextToken\": \"abc\",\n \"SecurityGroups\": []}", Some(1), "more follows");
    // all pages are there
    let page = VPC.replacen('{', "{\"NextToken\": \"abc\", ", 1).replace("vpc-1", "vpc-2");
    let folder = folder(&[("page1.json", page.as_str()), ("page2.json", VPC)]);
    let (code, document) = findings(&[folder.path().to_str().unwrap()]);
    assert_eq!(code, 0, "{document:#}");
}

#[test]
fn what_is_referred_to_and_was_not_read() {
    let text = r#"{"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "OwnerId": "111122223333", "VpcId": "vpc-1",
      "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-1"}]}]}"#;
    let folder = folder(&[("good.json", VPC), ("eni.json", text)]);
    let gaps = gaps(folder.path());
    let told: Vec<(&str, &str)> =
        gaps.iter().map(|gap| (gap["what"].as_str().unwrap(), gap["reason"].as_str().unwrap())).collect();
    assert_eq!(told, [("security-group sg-1", "not-collected"), ("subnet subnet-1", "not-collected")]);
}

#[test]
fn two_sources_that_disagree_are_a_gap() {
    let other = VPC.replace("10.0.0.0/16", "10.9.0.0/16");
    let folder = folder(&[("a.json", VPC), ("b.json", &other), ("c.json", VPC)]);
    let gaps = gaps(folder.path());
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0]["reason"], "conflict");
}

#[test]
fn a_report_is_written_whole_or_not_at_all() {
    let folder = folder(&[("good.json", VPC), ("out/report.txt/keep", "a folder stands where the report should go")]);
    let ended =
        run(program().arg("scan").arg(folder.path().join("good.json")).arg("--out").arg(folder.path().join("out")));
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    let left: Vec<String> = std::fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "no half-written file stays");
}

#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let text = VPC.replace("no-pci", "\\u001b[2J\\u202epci");
    let folder = folder(&[("vpc.json", &text)]);
    let ended = run(program().arg("scan").arg(folder.path()));
    assert!(!ended.stdout.contains('\u{1b}') && !ended.stdout.contains('\u{202e}'), "{}", ended.stdout);
    assert!(ended.stdout.contains("\\u{1b}[2J"), "{}", ended.stdout);
}

#[test]
fn secrets_are_not_kept() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: c2VjcmV0LXZhbHVl}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n  annotations: {kubectl.kubernetes.io/last-applied-configuration: secret-value}\nspec:\n  template:\n    metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: secret-value}}\n    spec:\n      containers:\n      - {name: c, env: [{name: P, value: secret-value}], args: [secret-value]}\n";
    let folder = folder(&[("clusters/c/x.yaml", text)]);
    let out = folder.path().join("out");
    run(program().arg("scan").arg(folder.path().join("clusters")).arg("--out").arg(&out));
    let snapshot = zstd::decode_all(std::fs::File::open(out.join("inventory.jsonl.zst")).unwrap()).unwrap();
    for bytes in [snapshot, std::fs::read(out.join("findings.json")).unwrap()] {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("secret-value") && !text.contains("c2VjcmV0"), "{text}");
    }
}
