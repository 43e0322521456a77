//! What is wrong with a rule before it judges anything.

use std::collections::BTreeMap;

use regorus::Engine;
use regorus::languages::rego::compiler::Compiler;
use serde_json::Value;

use super::engine::{Prepared, one_line};
use super::facts;
use super::message::places;
use super::metadata::Text;
use super::pack::{Pack, Rule};
use super::reads::bracket_depth;
use super::requirements::Requirements;

/// Deepest nesting of brackets: regorus' parser takes seconds at sixteen.
const MAX_BRACKETS: usize = 12;

/// Everything that is wrong with a rule, a sentence each.
pub fn lint(rule: &Rule, pack: &Pack, requirements: Option<&Requirements>) -> Vec<String> {
    let own = if rule.built_in { &[][..] } else { &pack.own_libraries };
    if let Some(danger) = own.iter().map(|(_, source)| source).chain([&rule.source]).find_map(|source| dangers(source))
    {
        return vec![danger];
    }
    let mut problems = Vec::new();
    let libraries = pack.libraries_of(rule);
    if let Err(error) = Prepared::new(rule, &libraries) {
        problems.push(error.to_string());
    }
    problems.extend(unknown_functions(rule, &libraries));
    problems.extend(paths(rule));
    problems.extend(texts(rule));
    let known = |id: &String| requirements.is_some_and(|all| all.requirements.contains_key(id));
    for id in rule.meta.requirements.iter().filter(|id| !known(id)) {
        problems.push(format!("requirement `{id}` is not in `policies/requirements/`"));
    }
    let id = &rule.meta.id;
    if !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        problems.push(format!("id `{id}` is not in kebab case"));
    }
    if !rule.file.ends_with(&format!("{id}.rego")) {
        problems.push(format!("the file is not named after its id, `{id}.rego`"));
    }
    problems
}

/// What makes parsing or running a source unsafe.
pub(super) fn dangers(source: &str) -> Option<String> {
    let depth = bracket_depth(source);
    if depth > MAX_BRACKETS {
        return Some(format!("brackets are nested {depth} deep, at most {MAX_BRACKETS} are read"));
    }
    cycle(source).map(|name| format!("function `{name}` calls itself, directly or through others"))
}

/// A function that can reach itself. Told from words: a function's body names what it calls.
fn cycle(source: &str) -> Option<String> {
    let mut bodies: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut current = None;
    for line in source.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let begins = line.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let mut rest = line;
        if begins {
            let name = line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            rest = line.get(name.len()..).unwrap_or_default();
            // `else` goes on with the function before it
            if name != "else" {
                current = rest.starts_with('(').then_some(name);
            }
        }
        if let Some(name) = current {
            bodies.entry(name).or_default().extend(calls(rest));
        }
    }
    let reaches = |start: &str| {
        let (mut stack, mut seen) = (vec![start], Vec::new());
        while let Some(name) = stack.pop() {
            for word in bodies.get(name).into_iter().flatten().filter(|word| bodies.contains_key(**word)) {
                if *word == start {
                    return true;
                }
                if !seen.contains(word) {
                    seen.push(word);
                    stack.push(word);
                }
            }
        }
        false
    };
    bodies.keys().find(|name| reaches(name)).map(|name| (*name).to_owned())
}

/// Names that are called by a line: words before `(`, unless they are a package's.
fn calls(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('(').filter_map(|(at, _)| {
        let before = line.get(..at)?;
        let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        (!before.get(..start)?.ends_with('.')).then_some(before.get(start..)?)
    })
}

/// The interpreter meets an unknown function only when it gets there; compiling for the RVM meets all of them.
fn unknown_functions(rule: &Rule, libraries: &[(String, String)]) -> Option<String> {
    let mut engine = Engine::new();
    for (file, source) in libraries {
        engine.add_policy(file.clone(), source.clone()).ok()?;
    }
    engine.add_policy(rule.file.clone(), rule.source.clone()).ok()?;
    let policy = engine.compile_with_entrypoint(&rule.entry.as_str().into());
    let error = match policy {
        Err(error) => error.to_string(),
        Ok(policy) => Compiler::compile_from_policy(&policy, &[&rule.entry]).err()?.to_string(),
    };
    Some(format!("does not compile: {}", one_line(&error)))
}

/// Paths of `input` that no document of the rule's kinds has.
fn paths(rule: &Rule) -> Vec<String> {
    let schemas: Vec<Value> = rule.meta.kinds.iter().filter_map(|kind| facts::schema(kind)).collect();
    let missing = rule.reads.iter().filter(|read| {
        !schemas.iter().any(|schema| read.names.iter().try_fold(schema, |schema, name| step(schema, name)).is_some())
    });
    missing.map(|read| format!("line {}: documents have no `input.{}`", read.line, read.text())).collect()
}

/// The schema of a field, through whatever alternatives the schema offers.
fn step<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    if let Some(found) = schema.get("properties").and_then(|properties| properties.get(name)) {
        return Some(found);
    }
    if let Some(any) = schema.get("additionalProperties").filter(|any| any.is_object()) {
        return Some(any);
    }
    let alternatives = ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    alternatives.filter_map(|alternative| step(alternative, name)).next()
}

/// Both languages are there, and every argument of a message is one that the rule gives.
fn texts(rule: &Rule) -> Vec<String> {
    let mut problems = Vec::new();
    let all: [(&str, &Text); 4] = [
        ("title", &rule.meta.title),
        ("why", &rule.meta.why),
        ("remediation", &rule.meta.remediation),
        ("messages", &rule.meta.messages),
    ];
    for (name, text) in all {
        if text.en.trim().is_empty() || text.ko.trim().is_empty() {
            problems.push(format!("`{name}` lacks a language"));
        }
    }
    let (en, ko) = (places(&rule.meta.messages.en), places(&rule.meta.messages.ko));
    for name in en.symmetric_difference(&ko) {
        problems.push(format!("argument `{name}` stands in one language's message only"));
    }
    for name in en.union(&ko) {
        if !rule.source.contains(&format!("\"{name}\":")) {
            problems.push(format!("the message wants `{name}`, and the rule gives no such argument"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recursion_is_seen_directly_and_through_others() {
        assert_eq!(dangers("package a\nf(x) := g(x)\ng(x) := x\n"), None);
        assert_eq!(dangers("package a\nf(x) := x.f + count(x)\n"), None);
        assert!(dangers("package a\nf(x) := f(x)\n").is_some());
        assert!(dangers("package a\nf(x) := g(x)\ng(x) := y if {\n  y := f(x)\n}\n").is_some());
        assert!(dangers(&format!("package a\nx := {}1{}\n", "[".repeat(20), "]".repeat(20))).is_some());
    }
}
