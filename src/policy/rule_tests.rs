//! Unit tests of rules: rules named `test_…` that must be `true`, as `opa test` has it.

use regorus::{Engine, Value};
use serde::{Deserialize, Serialize};

/// What came of one unit test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// The test's file.
    pub file: String,
    /// The test's name; the file's where it does not parse.
    pub name: String,
    /// Why it did not pass; none if it did.
    pub failure: Option<String>,
}

/// Runs all `test_…` rules of the files; files that hold none are what the tests are about.
pub fn run_tests(files: &[(String, String)]) -> Vec<TestResult> {
    let mut engine = Engine::new();
    let mut results = Vec::new();
    for (file, source) in files {
        if let Err(error) = engine.add_policy(file.clone(), source.clone()) {
            results.push(TestResult { file: file.clone(), name: file.clone(), failure: Some(error.to_string()) });
        }
    }
    for (file, source) in files.iter().filter(|(file, _)| file.ends_with("_test.rego")) {
        let package = source.lines().find_map(|line| line.strip_prefix("package ")).unwrap_or_default().trim();
        for name in names(source) {
            let failure = match engine.eval_rule(format!("data.{package}.{name}")) {
                // anything but a literal true fails, undefined above all
                Ok(Value::Bool(true)) => None,
                Ok(Value::Undefined) => Some("undefined: a condition does not hold".to_owned()),
                Ok(other) => Some(format!("`{other}` is not `true`")),
                Err(error) => Some(error.to_string()),
            };
            results.push(TestResult { file: file.clone(), name, failure });
        }
    }
    results
}

fn names(source: &str) -> Vec<String> {
    let word =
        |line: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> = source.lines().filter(|line| line.starts_with("test_")).map(word).collect();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_literal_true_passes() {
        let source = "package t\ntest_a if { 1 == 1 }\ntest_b if { 1 == 2 }\ntest_c := 3\n";
        let results = run_tests(&[("t_test.rego".to_owned(), source.to_owned())]);
        let passed: Vec<(&str, bool)> = results.iter().map(|r| (r.name.as_str(), r.failure.is_none())).collect();
        assert_eq!(passed, [("test_a", true), ("test_b", false), ("test_c", false)]);
    }
}
