//! Stock `opa` as second judge: over the documents that `zoneproof facts` prints it must deny exactly what we deny.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use zoneproof::policy::Pack;

use crate::support::{findings, peer, program, relative, root, rule_fixtures, run};

/// Rules by id: the name of their package and the kinds of documents that they judge, from `rules list`.
fn rules() -> BTreeMap<String, (String, Vec<String>)> {
    let listed = run(program().args(["rules", "list"])).stdout;
    let rule = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let kinds = words[2].split(',').map(str::to_owned).collect();
        (words[0].to_owned(), (words[0].replace('-', "_"), kinds))
    };
    listed.lines().map(rule).collect()
}

/// All estates that are compared.
fn estates() -> Vec<String> {
    let fixtures = rule_fixtures().into_values().flatten().map(|path| relative(&path));
    fixtures.chain(["fixtures/estates/wallet".to_owned(), "fixtures/estates/wallet-faulty".to_owned()]).collect()
}

/// Documents of one estate that one rule judges.
fn documents(estate: &str, rule: &str) -> Vec<Value> {
    let facts = run(program().args(["facts", estate, "--rule", rule]));
    assert_eq!(facts.code, 0, "{}", facts.stderr);
    facts.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// All documents of one estate.
fn every_document(estate: &str) -> Vec<Value> {
    let facts = run(program().args(["facts", estate]));
    assert_eq!(facts.code, 0, "{}", facts.stderr);
    facts.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn opa(arguments: &[&str], input: &Value) -> Value {
    let mut child = Command::new(peer("bin/opa"))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{arguments:?}: {text} {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str::<Value>(&text).unwrap()["result"][0]["expressions"][0]["value"].clone()
}

#[test]
fn stock_opa_denies_the_same() {
    let mut compared = 0;
    let mut denied = 0;
    // (estate, rule) -> assets with how many denials
    let mut ours: BTreeMap<(String, String), BTreeMap<String, usize>> = BTreeMap::new();
    for estate in estates() {
        let (_, document) = findings(&[&estate]);
        for finding in document["findings"].as_array().unwrap().iter().filter(|f| f["outcome"] == "violation") {
            let key = (estate.clone(), finding["rule"].as_str().unwrap().to_owned());
            *ours.entry(key).or_default().entry(finding["asset"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    // each estate is read once, and what a rule judges of it is told by kind and category, as `facts --rule` has it
    let estates: BTreeMap<String, Vec<Value>> =
        estates().into_iter().map(|estate| (estate.clone(), every_document(&estate))).collect();
    let pack = Pack::built_in().unwrap();
    for (id, (package, kinds)) in rules() {
        let categories = &pack.rule(&id).unwrap().meta.categories;
        let judges = |document: &&Value| {
            let category = document["zone"]["category"].as_str().unwrap();
            kinds.iter().any(|kind| document["kind"] == kind.as_str())
                && categories.as_ref().is_none_or(|all| all.iter().any(|wanted| wanted.as_str() == category))
        };
        let mut all = Vec::new();
        for (estate, documents) in &estates {
            let own = documents.iter().filter(judges);
            all.extend(own.map(|document| json!({ "estate": estate, "document": document })));
        }
        // `with input as e.document` would not do: OPA takes such a reference for the same value in every round
        let query = format!(
            "[{{\"estate\": e.estate, \"asset\": x.id, \"count\": count(d)}} | some e in input; x := e.document; \
             d := data.zoneproof.rules.{package}.deny with input as x; count(d) > 0]"
        );
        let theirs =
            opa(&["eval", "-d", "policies", "-I", "--strict-builtin-errors", "-f", "json", &query], &json!(all));
        let mut by_estate: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for denial in theirs.as_array().unwrap() {
            let estate = by_estate.entry(denial["estate"].as_str().unwrap().to_owned()).or_default();
            let count = denial["count"].as_u64().unwrap() as usize;
            *estate.entry(denial["asset"].as_str().unwrap().to_owned()).or_default() += count;
            denied += count;
        }
        for estate in estates.keys() {
            let key = (estate.clone(), id.clone());
            assert_eq!(
                ours.get(&key).cloned().unwrap_or_default(),
                by_estate.get(estate).cloned().unwrap_or_default(),
                "{id} on {estate}"
            );
        }
        compared += all.len();
    }
    assert!(compared > 500 && denied > 40, "{compared} documents compared, {denied} denials");
}

/// A rule's category filter is routing only where the rule itself would judge the same: what the filter keeps from a
/// rule must be no less than what its text says. Here: the filter only ever holds back, it never adds.
#[test]
fn routing_gives_rules_only_documents_of_their_kinds() {
    for (id, (_, kinds)) in rules() {
        for document in documents("fixtures/estates/wallet-faulty", &id) {
            assert!(kinds.iter().any(|kind| document["kind"] == kind.as_str()), "{id}: {}", document["kind"]);
        }
    }
}

#[test]
fn unit_tests_pass_under_opa_and_under_the_tool() {
    let output = Command::new(peer("bin/opa")).args(["test", "policies"]).current_dir(root()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let passed = |text: &str| -> Option<usize> {
        let words: Vec<&str> = text.split_whitespace().collect();
        words
            .windows(2)
            .find_map(|pair| if pair[0] == "PASS:" { pair[1].split('/').next()?.parse().ok() } else { None })
    };
    let own = run(program().args(["rules", "test"]));
    assert_eq!(own.code, 0, "{}", own.stdout);
    let count = passed(&text).expect("opa counts its tests");
    assert!(count >= 36, "only {count} unit tests");
    assert!(own.stdout.ends_with(&format!("{count} passed, 0 failed\n")), "opa ran {count}, we ran {}", own.stdout);
}

#[test]
fn rules_are_well_formed_by_opas_own_checks() {
    for arguments in [["check", "--strict", "policies"], ["fmt", "--fail", "policies"]] {
        let output = Command::new(peer("bin/opa")).args(arguments).current_dir(root()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&text));
    }
}

/// What is printed is what the published schemas say, by a validator that is not ours.
#[test]
fn documents_and_findings_match_their_schemas() {
    let schema = |name: &str| -> Value { serde_json::from_str(&run(program().args(["schema", name])).stdout).unwrap() };
    let matches = |schema: &Value, documents: &[Value]| {
        let input = json!({ "schema": schema, "documents": documents });
        let query = "[{\"index\": i, \"errors\": e} | some i, d in input.documents; [ok, e] := json.match_schema(d, input.schema); not ok]";
        let wrong = opa(&["eval", "-I", "--strict-builtin-errors", "-f", "json", query], &input);
        assert_eq!(wrong, json!([]), "{wrong:#}");
    };
    let facts = run(program().args(["facts", "fixtures/estates/wallet-faulty"])).stdout;
    let mut by_kind: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for document in facts.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        by_kind.entry(document["kind"].as_str().unwrap().to_owned()).or_default().push(document);
    }
    assert!(by_kind.len() >= 25, "only {} kinds in the estate", by_kind.len());
    for (kind, documents) in by_kind {
        matches(&schema(&format!("facts/{kind}")), &documents);
    }
    let (_, document) = findings(&["fixtures/estates/wallet-faulty"]);
    matches(&schema("findings"), &[document]);
    for (case, log) in [("agrees", "default.log"), ("group-closed-since", "flags.log")] {
        let folder = format!("fixtures/flow-logs/{case}");
        let (log, estate) = (format!("{folder}/{log}"), format!("{folder}/estate"));
        let items = run(program().args(["reach", "--format=json", "--flow-logs", &log, &estate])).stdout;
        let items: Vec<Value> = items.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(items.len() > 1, "{items:?}");
        matches(&schema("flow-logs"), &items);
    }
    // a schema that accepts anything would prove nothing
    for (name, wrong) in [("findings", json!({ "schema": 1 })), ("flow-logs", json!({ "what": "flow", "id": 1 }))] {
        let bad = json!({ "schema": schema(name), "d": wrong });
        let verdict = opa(&["eval", "-I", "-f", "json", "json.match_schema(input.d, input.schema)[0]"], &bad);
        assert_eq!(verdict, json!(false), "{name}");
    }
}
