//! Small estates, one a topic, of which the answers are known: `fixtures/reach/<topic>/estate`.
//!
//! `questions.jsonl` is what `reach --queries` reads; `answers.jsonl` says of each id the verdict, the connections, the
//! resource that decides (its short id, at a hop or as the rule of one), and the AWS document that says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use zoneproof::model::short_of;

use crate::support::{program, root, run};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    id: String,
    verdict: String,
    /// As the answer lists them; left out for a denial.
    #[serde(default)]
    connections: Vec<String>,
    /// The resource or rule that decides.
    decides: String,
    /// The document and page that says so.
    source: String,
}

fn topics() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root().join("fixtures/reach")).unwrap();
    let mut all: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{}: {e}: {line}", path.display()));
    text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect()
}

#[test]
fn questions_about_small_estates_are_answered_as_the_documents_say() {
    let mut wrong = Vec::new();
    for folder in topics() {
        let topic = folder.file_name().unwrap().to_string_lossy().into_owned();
        let questions = folder.join("questions.jsonl");
        let run = run(program()
            .arg("reach")
            .arg("--format=json")
            .arg("--queries")
            .arg(&questions)
            .arg(folder.join("estate")));
        let answers: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let answers: BTreeMap<&str, &Value> = answers.iter().map(|a| (a["id"].as_str().unwrap(), a)).collect();
        let expected: Vec<Expected> = lines(&folder.join("answers.jsonl"));
        assert!(expected.len() >= 8, "{topic} has {} questions", expected.len());
        assert_eq!(expected.len(), answers.len(), "{topic}: {}", run.stderr);
        for Expected { id, verdict, connections, decides, source } in expected {
            let answer = answers.get(id.as_str()).unwrap_or_else(|| panic!("{topic}: no answer {id}"));
            let hops = answer["hops"].as_array().unwrap();
            let named =
                |hop: &Value| ["at", "by"].iter().any(|field| short_of(hop[field].as_str().unwrap()) == decides);
            let same: Vec<&str> =
                answer["connections"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
            if answer["verdict"] != verdict.as_str() || same != connections || !hops.iter().any(named) {
                wrong.push(format!("{topic} {id}: {verdict} {connections:?} by {decides} ({source}), but {answer:#}"));
            }
            assert!(source.len() > 8, "{topic} {id} names no source");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(topics().len() >= 10, "{} topics", topics().len());
}
