//! Invariants of all rules, whichever they are.

use std::collections::BTreeSet;

use zoneproof::policy::{Evidence, Pack, lint, requirements};

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
        // what nobody knows is never a violation: this rule is undetermined, or passes
        let finds = if id == "flow-undetermined" { "undetermined-" } else { "fail-" };
        for kind in [finds, "pass-"] {
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

/// Requirements of PCI DSS v4.0.1 of which a configuration shows whether the control is there.
const DIRECT: [&str; 10] = ["1.2.5", "1.2.6", "1.2.8", "1.3.1", "1.3.2", "1.4.1", "1.4.2", "1.4.4", "2.2.4", "6.5.3"];
/// Those of which it shows a part of what an assessor looks at; of families (7.2, 10.2, 10.3) the ones that it touches.
const SUPPORTS: [&str; 27] = [
    "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.7", "1.4.3", "1.4.5", "2.2.1", "2.2.3", "2.2.5", "2.2.7", "4.2.1",
    "6.3.3", "6.5.1", "6.5.4", "7.2.1", "7.2.2", "7.2.5", "10.2.1", "10.2.2", "10.3.2", "10.3.3", "11.4.5", "11.4.6",
    "12.3.4", "12.5.2", "12.5.2.1",
];

#[test]
fn the_catalogue_holds_what_a_configuration_can_show() {
    let catalogue = requirements().unwrap().requirements;
    let listed = |evidence: Evidence| -> BTreeSet<&str> {
        catalogue.iter().filter(|(_, entry)| entry.evidence == evidence).map(|(id, _)| id.as_str()).collect()
    };
    assert_eq!(listed(Evidence::Direct), BTreeSet::from(DIRECT));
    assert_eq!(listed(Evidence::Supports), BTreeSet::from(SUPPORTS));
    for (id, entry) in &catalogue {
        assert!(!entry.en.is_empty() && hangul(&entry.ko) && !hangul(&entry.en), "{id} lacks a language");
    }
}

#[test]
fn every_requirement_that_a_rule_names_is_in_the_catalogue() {
    let catalogue = requirements().unwrap().requirements;
    for rule in Pack::built_in().unwrap().rules {
        for id in &rule.meta.requirements {
            assert!(catalogue.contains_key(id), "{} names {id}", rule.meta.id);
        }
    }
}

fn hangul(text: &str) -> bool {
    text.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c))
}

#[test]
fn korean_texts_are_korean() {
    for rule in Pack::built_in().unwrap().rules {
        let meta = &rule.meta;
        for text in [&meta.title, &meta.why, &meta.remediation, &meta.messages] {
            assert!(hangul(&text.ko) && !hangul(&text.en), "{}: {text:?}", meta.id);
        }
    }
}
