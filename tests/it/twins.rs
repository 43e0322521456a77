//! `diff --clusters`: twins before traffic moves.

use serde_json::Value;

use crate::support::zoneproof;

fn diff(fixture: &str, arguments: &[&str]) -> (i32, Value) {
    let path = format!("fixtures/rules/twin-clusters-differ/{fixture}");
    let run = zoneproof(&[&["diff", "--clusters", "a", "b", "--format", "json"], arguments, &[&path]].concat());
    let document = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
    (run.code, document)
}

/// Aspect and subject of all differences.
fn said(document: &Value) -> Vec<String> {
    let all = document["differences"].as_array().unwrap().iter();
    all.map(|d| format!("{} {}", d["aspect"].as_str().unwrap(), d["subject"].as_str().unwrap())).collect()
}

#[test]
fn equal_twins_are_a_go_whatever_the_order_of_their_policies() {
    let (code, document) = diff("pass-only-order-differs", &[]);
    assert_eq!((code, &document["verdict"]), (0, &"go".into()), "{document:#}");
    let wallet = zoneproof(&["diff", "--clusters", "wallet-a", "wallet-b", "fixtures/estates/wallet"]);
    assert_eq!(wallet.code, 0, "{}", wallet.stdout);
}

#[test]
fn what_differs_is_a_no_go_and_named() {
    for (fixture, expected) in [
        ("fail-policy-missing", vec!["policy NetworkPolicy cards/api"]),
        ("fail-mode-weaker", vec!["policy PeerAuthentication istio-system/default", "mtls Namespace cards"]),
        ("fail-not-injected", vec!["injection Namespace cards"]),
        ("fail-group-of-nodes-opened", vec!["security-group security group <cluster>-node"]),
        ("fail-other-enforcer-and-version", vec!["enforcer NetworkPolicy", "version Kubernetes"]),
    ] {
        let (code, document) = diff(fixture, &[]);
        assert_eq!((code, &document["verdict"]), (1, &"no-go".into()), "{fixture}");
        assert_eq!(said(&document), expected, "{fixture}");
    }
}

#[test]
fn the_sides_are_told_apart() {
    let (_, document) = diff("fail-mode-weaker", &[]);
    let mode = document["differences"].as_array().unwrap().iter().find(|d| d["aspect"] == "mtls").unwrap();
    assert_eq!((&mode["first"], &mode["second"]), (&"STRICT".into(), &"PERMISSIVE".into()));
    let (_, document) = diff("fail-policy-missing", &[]);
    let policy = &document["differences"][0];
    assert!(policy["first"].as_str().unwrap().contains("ingress_rules") && policy["second"].is_null(), "{policy}");
}

#[test]
fn what_could_not_be_compared_is_no_go_ahead() {
    for (fixture, about) in
        [("undetermined-member-not-read", "Kubernetes objects"), ("undetermined-nodes-not-read", "nodes")]
    {
        let (code, document) = diff(fixture, &[]);
        assert_eq!((code, &document["verdict"]), (3, &"undetermined".into()), "{fixture}");
        let skipped = document["not_compared"].as_array().unwrap();
        assert!(
            skipped.iter().all(|s| s["cluster"] == "b" && s["about"].as_str().unwrap().contains(about)),
            "{skipped:#?}"
        );
    }
}

#[test]
fn traffic_is_told_by_weight_and_healthy_targets() {
    for (fixture, state) in [
        ("pass-building-and-drained", "drained"),
        ("fail-building-and-fed-already", "carries"),
        ("fail-draining-with-a-healthy-target", "carries"),
        ("undetermined-building-and-traffic-not-known", "unknown"),
    ] {
        let (_, document) = diff(fixture, &[]);
        assert_eq!(document["traffic"][1]["state"], state, "{fixture}: {}", document["traffic"]);
    }
}

#[test]
fn a_missing_or_mistyped_cluster_is_a_usage_error_with_advice() {
    let estate = "fixtures/estates/wallet";
    let mistyped = zoneproof(&["diff", "--clusters", "wallet-a", "walet-b", estate]);
    assert_eq!(mistyped.code, 2);
    assert!(mistyped.stderr.contains("did you mean `wallet-b`?"), "{}", mistyped.stderr);
    for arguments in [
        vec!["diff", estate],
        vec!["diff", "--clusters", "wallet-a", estate],
        vec!["diff", "--clusters", "wallet-a", "wallet-a", estate],
    ] {
        assert_eq!(zoneproof(&arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn the_text_reads_in_both_languages() {
    let path = "fixtures/rules/twin-clusters-differ/fail-mode-weaker";
    for (lang, words) in
        [("en", ["no-go", "Namespace cards", "a: STRICT"]), ("ko", ["진행 불가", "Namespace cards", "b: PERMISSIVE"])]
    {
        let run = zoneproof(&["diff", "--clusters", "a", "b", path, "--lang", lang]);
        assert_eq!(run.code, 1);
        for word in words {
            assert!(run.stdout.contains(word), "{lang}: {word}: {}", run.stdout);
        }
    }
}
