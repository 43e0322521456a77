//! Who may import whom: the one-way picture of ARCHITECTURE.md, kept by reading the sources.

use crate::support::root;

/// Each module of the crate and the modules that it may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("node", &["model"]),
    ("finding", &["model"]),
    ("config", &["model", "node"]),
    ("load", &["model", "node"]),
    ("zone", &["model", "config"]),
    ("reach", &["model", "config", "zone"]),
    ("policy", &["model", "node", "config", "zone", "reach", "finding"]),
    ("report", &["finding", "model"]),
    ("cli", &["model", "node", "finding", "config", "load", "zone", "reach", "policy", "report"]),
];

/// Crates that stay in one place.
const FENCED: &[(&str, &str)] =
    &[("clap", "cli"), ("regorus", "policy"), ("serde_sarif", "report"), ("saphyr_parser", "node")];

#[test]
fn lower_layers_know_nothing_of_higher_ones() {
    let mut files = 0;
    for entry in walkdir::WalkDir::new(root().join("src")) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(root().join("src")).unwrap().to_owned();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let first = path.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if matches!(first.as_str(), "lib" | "main") {
            continue;
        }
        files += 1;
        let (_, allowed) =
            LAYERS.iter().find(|(name, _)| *name == first).unwrap_or_else(|| panic!("{first} has no layer"));
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for used in code.split("crate::").skip(1) {
            let word: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let fine = word == first || allowed.contains(&word.as_str());
            assert!(fine, "{} imports `{word}`", path.display());
        }
        for (fenced, home) in FENCED {
            let used = code.contains(&format!("{fenced}::"));
            assert!(!used || first == *home, "{} uses {fenced}, which is {home}'s", path.display());
        }
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines: what second thing does it do?", path.display());
    }
    assert!(files > 50, "only {files} files were read");
}
