//! Invariants of all rules, whichever they are.

use std::collections::BTreeSet;

use zoneproof::policy::{Pack, lint, requirements};

use crate::support::{root, rule_fixtures};

#[test]
fn every_rule_is_whole() {
    let pack = Pack::built_in().unwrap();
    let catalogue = requirements().unwrap();
    let fixtures = rule_fixtures();
    assert!(pack.rules.len() >= 12);
    for rule in &pack.rules {
        let id = &rule.meta.id;
        assert_eq!(lint(rule, &pack, Some(&catalogue)), Vec::<String>::new(), "{id}");
        let test = root().join(rule.file.replace(".rego", "_test.rego"));
        assert!(test.is_file(), "{id} has no unit test");
        assert!(rule.source.lines().count() <= 100, "{id} is too long for one rule");
        assert!(!rule.meta.requirements.is_empty(), "{id} gives evidence for nothing");
        let cases = fixtures.get(id).unwrap_or_else(|| panic!("{id} has no fixtures"));
        for kind in ["fail-", "pass-"] {
            let named = |path: &&std::path::PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(kind);
            assert!(cases.iter().any(|path| named(&path)), "{id} has no {kind}* fixture");
        }
    }
    let known: BTreeSet<&String> = pack.rules.iter().map(|rule| &rule.meta.id).collect();
    for id in fixtures.keys() {
        assert!(known.contains(id), "fixtures/rules/{id} is of no rule");
    }
}

#[test]
fn ids_and_aliases_are_unique() {
    let pack = Pack::built_in().unwrap();
    let mut seen = BTreeSet::new();
    for rule in &pack.rules {
        for name in std::iter::once(&rule.meta.id).chain(&rule.meta.aliases) {
            assert!(seen.insert(name.clone()), "{name} stands twice");
        }
    }
}

#[test]
fn every_requirement_is_referred_to() {
    let pack = Pack::built_in().unwrap();
    for id in requirements().unwrap().requirements.keys() {
        assert!(pack.rules.iter().any(|rule| rule.meta.requirements.contains(id)), "{id} is of no rule");
    }
}

#[test]
fn korean_texts_are_korean() {
    let hangul = |text: &str| text.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c));
    for rule in Pack::built_in().unwrap().rules {
        let meta = &rule.meta;
        for text in [&meta.title, &meta.why, &meta.remediation, &meta.messages] {
            assert!(hangul(&text.ko) && !hangul(&text.en), "{}: {text:?}", meta.id);
        }
    }
}
