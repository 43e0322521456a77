//! `zoneproof reach` as a user runs it: both forms, what is printed, what is refused.

use crate::support::{folder, zoneproof};

const ESTATE: &str = "fixtures/reach/groups-and-acls/estate";

#[test]
fn a_question_is_answered_with_its_hops() {
    let run = zoneproof(&["reach", "eni-app1", "eni-db", "tcp/5432", ESTATE]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!("reach-allowed", run.stdout);
    let run = zoneproof(&["reach", "eni-app3", "eni-db", "tcp/5432", ESTATE]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!("reach-denied", run.stdout);
}

#[test]
fn an_unknown_answer_ends_with_three() {
    let run = zoneproof(&["reach", "eni-app1", "10.9.9.9", "tcp/443", "fixtures/reach/routes/estate"]);
    assert_eq!(run.code, 2, "no such end there: {}", run.stdout);
    let run = zoneproof(&["reach", "eni-hub", "10.7.0.10", "tcp/443", "fixtures/reach/peering/estate"]);
    assert_eq!((run.code, run.stdout.contains(": unknown")), (3, true), "{}", run.stdout);
}

#[test]
fn mistakes_are_told_all_at_once_with_their_lines() {
    let questions = folder(&[(
        "q.jsonl",
        "{\"src\": \"eni-app1\", \"dst\": \"eni-nobody\"}\n\n{\"src\": \"sg-app\", \"dst\": \"eni-db\"}\n\
         {\"src\": \"eni-app1\", \"dst\": \"eni-db\", \"protocol\": \"icmp\", \"port\": 80}\n",
    )]);
    let path = questions.path().join("q.jsonl");
    let run = zoneproof(&["reach", "--queries", path.to_str().unwrap(), ESTATE]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let told: String = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in
        ["q.jsonl:1: `eni-nobody` is in none", "q.jsonl:3: `sg-app` is a security-group", "q.jsonl:4: a port or"]
    {
        assert!(told.contains(part), "{part} is missing in {told}");
    }
    let questions = folder(&[("q.jsonl", "{\"src\": 1}\n{\"source\": \"internet\"}\n")]);
    let path = questions.path().join("q.jsonl");
    let run = zoneproof(&["reach", "--queries", path.to_str().unwrap(), ESTATE]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("q.jsonl:1:") && run.stderr.contains("q.jsonl:2:"), "{}", run.stderr);
    assert_eq!(zoneproof(&["reach", "internet"]).code, 2);
}
