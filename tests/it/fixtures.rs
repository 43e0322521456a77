//! Each rule's fixtures: `fail-*` must find, `pass-*` must not, `undetermined-*` must say so; and a golden file each.

use serde_json::{Value, json};

use crate::support::{findings, relative, rule_fixtures};

/// What a golden file holds of a finding: what a reader sees, without the run's numbers.
fn said(document: &Value, rule: &str) -> Vec<Value> {
    let own = document["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule);
    own.map(|finding| {
        json!({
            "outcome": finding["outcome"], "asset": finding["asset"], "zone": finding["zone"],
            "border": finding["border"], "message": finding["message"],
            "connections": finding["connections"], "origin": finding["origin"],
        })
    })
    .collect()
}

#[test]
fn fixtures_find_what_their_names_say() {
    let mut cases = 0;
    for (rule, fixtures) in rule_fixtures() {
        for fixture in fixtures {
            let path = relative(&fixture);
            let name = fixture.file_name().unwrap().to_string_lossy().into_owned();
            let (code, document) = findings(&[&path]);
            let own = said(&document, &rule);
            let outcomes: Vec<&str> = own.iter().filter_map(|finding| finding["outcome"].as_str()).collect();
            match name.split('-').next().unwrap() {
                "fail" => {
                    assert!(outcomes.contains(&"violation"), "{path} must find: {document:#}");
                    let all = document["findings"].as_array().unwrap();
                    let grave = all.iter().any(|f| {
                        let grave = f["severity"] == "critical" || f["severity"] == "high";
                        f["outcome"] == "violation" && grave && f["waiver"].is_null()
                    });
                    assert_eq!(code == 1, grave, "{path}: exit {code}");
                }
                "pass" => assert!(outcomes.is_empty(), "{path} must not find: {own:#?}"),
                "undetermined" => {
                    assert!(outcomes.contains(&"undetermined"), "{path} must say so: {document:#}");
                    assert_ne!(code, 0, "{path}: what is not decided is never a pass");
                }
                other => panic!("{path}: `{other}` is no kind of fixture"),
            }
            // what is referred to and was not read is a gap of its own; all else is read whole
            let gaps = document["coverage"].as_array().unwrap();
            assert!(gaps.iter().all(|gap| gap["reason"] == "not-collected"), "{path}: {gaps:#?}");
            let open = gaps.iter().any(|gap| gap["accepted"].is_null());
            assert!(!open || !name.starts_with("pass-"), "{path}: {gaps:#?}");
            insta::with_settings!({ snapshot_path => "../snapshots/rules", prepend_module_to_snapshot => false }, {
                insta::assert_json_snapshot!(format!("{rule}__{name}"), own);
            });
            cases += 1;
        }
    }
    assert!(cases >= 48, "only {cases} fixtures were found");
}
