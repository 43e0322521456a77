//! Evaluating rules over documents with regorus' interpreter.
//!
//! The interpreter, not the RVM: the RVM of this release flattens partial objects and swallows errors of builtins.
//! Strict builtin errors stay on, so that an error of a builtin is an error of the rule and never a pass.

use std::collections::BTreeMap;

use rayon::prelude::*;
use regorus::{Engine, Value};
use serde::{Deserialize, Serialize};

use super::PolicyError;
use super::facts::Fact;
use super::pack::{Pack, Rule};

/// What a rule says of a document that it denies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// Arguments of the message.
    pub args: BTreeMap<String, serde_json::Value>,
    /// JSON pointer to the field that the finding points at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The asset that `path` is in, if it is not the document's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Ids of other assets that take part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// The border that is crossed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub border: Option<String>,
    /// Connections that the denial is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<String>,
}

/// What came of one rule on one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Evaluated {
    /// What it denies; nothing: it passes, or is undetermined.
    Denied(Vec<Denial>),
    /// Why it could not be evaluated.
    Failed(String),
}

/// A rule ready for evaluation; clones are cheap and each thread has its own.
#[derive(Clone)]
pub struct Prepared {
    engine: Engine,
    entry: String,
}

impl Prepared {
    /// Parses and compiles a rule with its libraries.
    ///
    /// # Errors
    /// What regorus says of the rule, with its place.
    pub fn new(rule: &Rule, libraries: &[(String, String)]) -> Result<Self, PolicyError> {
        let rego = |error: &dyn std::fmt::Display| PolicyError::Rego {
            file: rule.file.clone(),
            message: one_line(&error.to_string()),
        };
        let mut engine = Engine::new();
        for (file, source) in libraries {
            engine.add_policy(file.clone(), source.clone()).map_err(|error| rego(&error))?;
        }
        engine.add_policy(rule.file.clone(), rule.source.clone()).map_err(|error| rego(&error))?;
        let mut this = Self { engine, entry: rule.entry.clone() };
        // compiles, and tells at once of a rule without `deny`
        this.engine.set_input(Value::new_object());
        if let Err(error) = this.engine.eval_rule(this.entry.clone())
            && error.to_string().contains("not a valid rule path")
        {
            return Err(rego(&"no rule `deny`"));
        }
        Ok(this)
    }

    /// Judges one document.
    pub fn evaluate(&mut self, document: &Value) -> Evaluated {
        self.engine.set_input(document.clone());
        let value = match self.engine.eval_rule(self.entry.clone()) {
            Ok(value) => value,
            Err(error) => return Evaluated::Failed(one_line(&error.to_string())),
        };
        let set = match &value {
            Value::Set(set) => set,
            Value::Undefined => return Evaluated::Denied(vec![]),
            _ => return Evaluated::Failed("`deny` is no set".to_owned()),
        };
        let mut denials = Vec::new();
        for item in set.iter() {
            let read = item.to_json_str().map_err(|error| error.to_string());
            match read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())) {
                Ok(denial) => denials.push(denial),
                Err(error) => return Evaluated::Failed(format!("an item of `deny` is not as rules give it: {error}")),
            }
        }
        Evaluated::Denied(denials)
    }
}

/// What regorus says, in one line: it draws the source below `--> file:line:column` and ends with `error: …`.
pub(super) fn one_line(text: &str) -> String {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let place = lines().find_map(|line| line.strip_prefix("--> "));
    let error = lines().find_map(|line| line.strip_prefix("error: "));
    let mut out = match (place, error) {
        (Some(place), Some(error)) => format!("{place}: {error}"),
        _ => lines().collect::<Vec<_>>().join(" "),
    };
    if let Some((at, _)) = out.char_indices().nth(400) {
        out.truncate(at);
    }
    out
}

/// For each pair that did not pass plainly the fact's and the rule's place and what came of it; and how many pairs
/// were judged.
pub(super) type Evaluation = (Vec<(usize, usize, Evaluated)>, usize);

/// Judges all documents by all built-in rules that want them.
pub(super) fn evaluate(pack: &Pack, facts: &[Fact]) -> Result<Evaluation, PolicyError> {
    let rules: Vec<(usize, &Rule)> = pack.rules.iter().enumerate().filter(|(_, rule)| rule.built_in).collect();
    let prepared: Vec<Prepared> =
        rules.par_iter().map(|(_, rule)| Prepared::new(rule, &pack.libraries_of(rule))).collect::<Result<_, _>>()?;
    let chunks = facts.par_chunks(256).enumerate().map(|(chunk, facts)| {
        let mut prepared = prepared.clone();
        let (mut out, mut judged) = (Vec::new(), 0);
        for (offset, fact) in facts.iter().enumerate() {
            let mut document = None;
            for ((index, rule), prepared) in rules.iter().zip(&mut prepared) {
                if !rule.judges(fact.kind, fact.category) {
                    continue;
                }
                judged += 1;
                let value = document.get_or_insert_with(|| parse(fact));
                let evaluated = match value {
                    Ok(value) => prepared.evaluate(value),
                    Err(error) => Evaluated::Failed(error.clone()),
                };
                if evaluated != Evaluated::Denied(vec![]) || is_undetermined(rule, fact) {
                    out.push((chunk * 256 + offset, *index, evaluated));
                }
            }
        }
        (out, judged)
    });
    let all: Vec<_> = chunks.collect();
    let judged = all.iter().map(|(_, judged)| judged).sum();
    Ok((all.into_iter().flat_map(|(out, _)| out).collect(), judged))
}

fn parse(fact: &Fact) -> Result<Value, String> {
    let text = fact.document.to_json().map_err(|error| error.to_string())?;
    Value::from_json_str(&text).map_err(|error| error.to_string())
}

/// Whether the rule reads something that the document does not know.
pub(super) fn is_undetermined(rule: &Rule, fact: &Fact) -> bool {
    fact.document.unknown().iter().any(|path| rule.reads.iter().any(|read| read.touches(path)))
}
