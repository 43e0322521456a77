//! Commands as people and scripts use them: streams, exit codes, advice.

use std::io::Read;
use std::process::Stdio;

use crate::support::{program, root, run, zoneproof};

const FAULTY: &str = "fixtures/estates/wallet-faulty";

#[test]
fn products_go_to_standard_output_and_notes_to_standard_error() {
    let json = zoneproof(&["scan", FAULTY, "--format", "json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&json.stdout).is_ok());
    assert!(json.stderr.trim_end().ends_with(" 1 gap"), "{}", json.stderr);
    let text = zoneproof(&["scan", FAULTY]);
    assert!(text.stdout.trim_end().ends_with(" 1 gap"), "{}", text.stdout);
    assert!(!text.stdout.contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = program().args(["facts", FAULTY]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn standard_input_is_a_source() {
    let file = root().join(FAULTY).join("clusters/ads/namespaces.yaml");
    let mut command = program();
    command.args(["scan", "-", "--cluster", "ads", "--config"]).arg(root().join(FAULTY).join("zoneproof.yaml"));
    let run = run(command.stdin(std::fs::File::open(file).unwrap()));
    assert!(run.stdout.contains("stdin:"), "{}{}", run.stdout, run.stderr);
    // the configuration assigns nothing to the cluster, and its AWS side was not given
    assert_eq!(run.code, 1);
}

#[test]
fn an_unknown_rule_gets_advice() {
    let run = zoneproof(&["explain", "sg-ingres-any"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `sg-ingress-any`?"), "{}", run.stderr);
}

#[test]
fn explain_tells_why_and_how_to_mend() {
    for (lang, word) in [("en", "Fix: "), ("ko", "조치: ")] {
        let run = zoneproof(&["explain", "sg-ingress-any", "--lang", lang]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains(word) && run.stdout.contains("PCI DSS 1.3.1"), "{}", run.stdout);
    }
}

#[test]
fn usage_errors_end_with_two() {
    for arguments in [
        vec![],
        vec!["scan", "--format", "xml", FAULTY],
        vec!["scan", FAULTY, "--fail-on", "bad"],
        vec!["schema", "x"],
        vec!["facts", FAULTY, "--kind", "x"],
    ] {
        assert_eq!(zoneproof(&arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn completions_name_the_commands_and_not_the_hidden_one() {
    for shell in ["bash", "zsh", "fish"] {
        let run = zoneproof(&["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains("scan"), "{shell}");
    }
    let help = zoneproof(&["--help"]).stdout;
    assert!(help.contains("Exit codes") && !help.contains("__rule-worker"), "{help}");
}

#[test]
fn the_clock_can_be_set_and_must_make_sense() {
    let bad = run(program().args(["scan", FAULTY]).env("SOURCE_DATE_EPOCH", "soon"));
    assert_eq!(bad.code, 2);
    // fixtures' approvals end with 2035: a year later none of them counts
    let late = run(program().args(["scan", "fixtures/estates/wallet"]).env("SOURCE_DATE_EPOCH", "2098000000"));
    assert_eq!(late.code, 1, "an expired approval approves nothing");
    assert!(late.stdout.contains("flow wallet-api has expired"), "{}", late.stdout);
}

/// `ZONEPROOF_BLESS=1` writes it anew.
#[test]
fn the_table_of_rules_is_the_printed_one() {
    let path = root().join("docs/rules.md");
    let printed = zoneproof(&["rules", "list", "--format", "markdown"]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    let head = "# Rules\n\nWritten by `zoneproof rules list --format markdown`. `zoneproof explain RULE` tells why a rule \
                matters and how to\nmend a violation.\n\n";
    let text = head.to_owned() + &printed.stdout;
    if std::env::var_os("ZONEPROOF_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let rules = zoneproof(&["rules", "list"]).stdout.lines().count();
    assert_eq!(printed.stdout.lines().count(), rules + 2, "a row a rule, below a head of two lines");
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "regenerate with ZONEPROOF_BLESS=1");
}

#[test]
fn a_gap_is_told_once() {
    let case = "fixtures/rules/coverage-gap/fail-expected-cluster";
    let told = |run: &crate::support::Run| run.stdout.matches("an expected cluster of which nothing was read").count();
    let run = zoneproof(&["scan", case]);
    assert_eq!(told(&run), 1, "{}", run.stdout);
    assert!(run.stdout.contains("remove it from `sources.expect`"), "{}", run.stdout);
    // where no finding tells of it, the list of what was not read does
    let folder = crate::support::folder(&[(
        "zoneproof.yaml",
        "version: 1\nzones:\n  pci: { category: cde }\nsources:\n  expect:\n    clusters: [wallet-a]\n\
         rules:\n  coverage-gap: { enabled: false, reason: told elsewhere }\n",
    )]);
    let config = folder.path().join("zoneproof.yaml");
    let run = zoneproof(&["scan", case, "--config", &config.to_string_lossy()]);
    assert_eq!(told(&run), 1, "{}", run.stdout);
}
