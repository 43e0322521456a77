//! Small estates, one a topic, of which the answers are known: `fixtures/reach/<topic>/estate`.
//!
//! `questions.jsonl` is what `reach --queries` reads; `answers.jsonl` says of each id the verdict, the connections, the
//! resource that decides (its short id, at a hop or as the rule of one), and the AWS document that says so. What decides an
//! `allowed` or `unknown` is one hop among others; of a denial each hop is a proof, so all have to name it.
//! `undecided.jsonl` has questions that the documents decide and the engine still leaves open: it may say what they say, or
//! `unknown`, and never the opposite.

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
    /// Of a denial, what else stops connections between other addresses of the ends.
    #[serde(default)]
    also: Vec<String>,
    /// The document and page that says so.
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Undecided {
    question: Value,
    answer: Expected,
}

/// What the program answers, by id.
fn ask(folder: &Path, questions: &Path) -> BTreeMap<String, Value> {
    let run =
        run(program().arg("reach").arg("--format=json").arg("--queries").arg(questions).arg(folder.join("estate")));
    let answers = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answers: BTreeMap<String, Value> = answers.map(|a| (a["id"].as_str().unwrap().to_owned(), a)).collect();
    assert!(!answers.is_empty(), "{}: {}", folder.display(), run.stderr);
    answers
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

/// Whether a hop is at a resource, or a rule of it decides there.
fn names(hop: &Value, resource: &str) -> bool {
    ["at", "by"].iter().any(|field| short_of(hop[field].as_str().unwrap()) == resource)
}

/// Whether a hop is about an address that nobody would send to: a private one from the internet, or one of two VPCs'.
fn is_aside(hop: &Value) -> bool {
    let why = hop["why"].as_str().unwrap();
    ["no address of the internet", "nobody else's there"].iter().any(|aside| why.contains(aside))
}

#[test]
fn questions_about_small_estates_are_answered_as_the_documents_say() {
    let mut wrong = Vec::new();
    for folder in topics() {
        let topic = folder.file_name().unwrap().to_string_lossy().into_owned();
        let answers = ask(&folder, &folder.join("questions.jsonl"));
        let expected: Vec<Expected> = lines(&folder.join("answers.jsonl"));
        assert!(expected.len() >= 8, "{topic} has {} questions", expected.len());
        assert_eq!(expected.len(), answers.len(), "{topic}");
        for Expected { id, verdict, connections, decides, also, source } in expected {
            let answer = answers.get(&id).unwrap_or_else(|| panic!("{topic}: no answer {id}"));
            let hops = answer["hops"].as_array().unwrap();
            let named = |hop: &Value| names(hop, &decides);
            let same: Vec<&str> =
                answer["connections"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
            // each hop of a proof is what leaves nothing between two addresses of the ends
            let known = |hop: &Value| named(hop) || is_aside(hop) || also.iter().any(|also| names(hop, also));
            let decided = hops.iter().any(named) && (verdict != "denied" || hops.iter().all(known));
            if answer["verdict"] != verdict.as_str() || same != connections || !decided {
                wrong.push(format!("{topic} {id}: {verdict} {connections:?} by {decides} ({source}), but {answer:#}"));
            }
            assert!(source.len() > 8, "{topic} {id} names no source");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(topics().len() >= 10, "{} topics", topics().len());
}

#[test]
fn what_the_documents_decide_is_never_answered_the_other_way() {
    let mut open = 0;
    for folder in topics() {
        let path = folder.join("undecided.jsonl");
        if !path.exists() {
            continue;
        }
        let all: Vec<Undecided> = lines(&path);
        let questions: String = all.iter().map(|undecided| format!("{}\n", undecided.question)).collect();
        let file = crate::support::folder(&[("questions.jsonl", &questions)]);
        let answers = ask(&folder, &file.path().join("questions.jsonl"));
        for Undecided { answer: Expected { id, verdict, source, .. }, .. } in all {
            let told = answers[&id]["verdict"].as_str().unwrap();
            assert!(
                told == "unknown" || told == verdict,
                "{} {id}: {verdict} by {source}, not {told}",
                folder.display()
            );
            open += usize::from(told == "unknown");
        }
    }
    assert!(open > 0, "all are decided: move them to answers.jsonl");
}
