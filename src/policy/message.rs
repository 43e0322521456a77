//! Message templates: `{name}` is an argument, `{name#noun}` a count with its noun in the singular, `{?name}…{/}` a part
//! that is left out where the argument is empty.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::counted;

/// Renders a template. An argument that the rule does not give stays visible as `{name}`.
pub fn render(template: &str, args: &BTreeMap<String, Value>) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    let mut dropping = false;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        if !dropping {
            out.push_str(before);
        }
        let Some(close) = from.find('}') else {
            rest = from;
            break;
        };
        let name = from.get(1..close).unwrap_or_default();
        rest = from.get(close + 1..).unwrap_or_default();
        match name.strip_prefix('?') {
            Some(name) => dropping = args.get(name).is_none_or(is_empty),
            None if name == "/" => dropping = false,
            None if dropping => {}
            None => {
                let (key, noun) = name.split_once('#').unwrap_or((name, ""));
                match (args.get(key), args.get(key).and_then(Value::as_u64).and_then(|number| number.try_into().ok())) {
                    (Some(_), Some(number)) if !noun.is_empty() => out.push_str(&counted(number, noun)),
                    (Some(value), _) => out.push_str(&text(value)),
                    (None, _) => out.push_str(&format!("{{{name}}}")),
                }
            }
        }
    }
    if !dropping {
        out.push_str(rest);
    }
    out
}

/// Names of all arguments that a template uses.
pub fn places(template: &str) -> BTreeSet<String> {
    let parts = template.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let names = parts.map(|(name, _)| name.trim_start_matches('?').split('#').next().unwrap_or_default());
    names.filter(|name| *name != "/").map(str::to_owned).collect()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_go_with_their_arguments() {
        let args = |text: &str| serde_json::from_str(text).unwrap();
        let template = "{a} and {b}{?c}; also {c}{/}.";
        assert_eq!(render(template, &args(r#"{"a": "x", "b": ["y", 2], "c": []}"#)), "x and y, 2.");
        assert_eq!(render(template, &args(r#"{"a": 1, "c": "z"}"#)), "1 and {b}; also z.");
        assert_eq!(places(template).into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        let args = |text: &str| serde_json::from_str(text).unwrap();
        assert_eq!(render("{n#rule}", &args(r#"{"n": 1}"#)), "1 rule");
        assert_eq!(render("{n#rule}", &args(r#"{"n": 2}"#)), "2 rules");
        assert_eq!(render("{n#rule}, {m#rule}", &args(r#"{"n": "many"}"#)), "many, {m#rule}");
        assert_eq!(places("{n#rule}").into_iter().collect::<Vec<_>>(), ["n"]);
    }

    #[test]
    fn values_with_braces_are_not_templates() {
        let args = serde_json::from_str(r#"{"a": "{b}", "b": "no"}"#).unwrap();
        assert_eq!(render("<{a}>", &args), "<{b}>");
        assert_eq!(render("open {a", &args), "open {a");
    }
}
