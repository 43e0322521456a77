//! Finding rules: those that are built in, and those of a user's folder.

use std::path::Path;

use super::metadata::{self, Metadata};
use super::reads::{self, Path as ReadPath};
use super::{PolicyError, facts};
use crate::config::{Category, RuleSwitch};
use crate::finding::NotExamined;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/pack.rs"));
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What is said about it.
    pub meta: Metadata,
    /// Its file, as messages show it.
    pub file: String,
    /// Its source.
    pub source: String,
    /// The path of its denials, `data.zoneproof.rules.<name>.deny`.
    pub entry: String,
    /// Paths of the document that it reads.
    pub reads: Vec<ReadPath>,
    /// Whether it came with the tool; others run in a child process.
    pub built_in: bool,
}

impl Rule {
    /// Whether the rule judges documents of this kind and category.
    pub fn judges(&self, kind: &str, category: Category) -> bool {
        self.meta.kinds.iter().any(|own| own == kind)
            && self.meta.categories.as_ref().is_none_or(|all| all.contains(&category))
    }

    pub(super) fn read(file: &str, source: &str, built_in: bool) -> Result<Self, PolicyError> {
        let meta = metadata::read(file, source)?;
        for kind in &meta.kinds {
            if !facts::kinds().contains(&kind.as_str()) {
                let message = format!("`{kind}` is no kind of documents; `zoneproof schema` lists them");
                let spot = crate::model::Spot { line: 1, column: 1 };
                return Err(PolicyError::Metadata { file: file.to_owned(), message, spot });
            }
        }
        let package = source.lines().find_map(|line| line.strip_prefix("package ")).map(str::trim);
        let Some(package) = package else {
            let message = "no `package` line".to_owned();
            return Err(PolicyError::Rego { file: file.to_owned(), message });
        };
        Ok(Self {
            entry: format!("data.{package}.deny"),
            reads: reads::paths(source),
            meta,
            file: file.to_owned(),
            source: source.to_owned(),
            built_in,
        })
    }
}

/// All rules of a run and the libraries that they share.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// Rules, by id.
    pub rules: Vec<Rule>,
    /// Libraries that came with the tool: file and source. Built-in rules see no others.
    pub libraries: Vec<(String, String)>,
    /// Libraries of a user's folder, which only rules of that folder see.
    pub own_libraries: Vec<(String, String)>,
    /// Unit tests: file and source.
    pub tests: Vec<(String, String)>,
}

impl Pack {
    /// The rules that come with the tool.
    ///
    /// # Errors
    /// A rule of the pack that is not as it should be; tests keep that from being released.
    pub fn built_in() -> Result<Self, PolicyError> {
        let mut pack = Self::default();
        for (file, source) in embedded::FILES {
            pack.take(file, source, true)?;
        }
        pack.settle()
    }

    /// These rules and those below a folder.
    ///
    /// # Errors
    /// Every file that cannot be read or is no rule.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, Vec<PolicyError>> {
        let mut errors = Vec::new();
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let read = entry.map_err(|error| (folder.display().to_string(), error.to_string())).and_then(|entry| {
                let path = entry.path();
                let shown = path.display().to_string();
                if !entry.file_type().is_file() || path.extension().is_none_or(|extension| extension != "rego") {
                    return Ok(None);
                }
                std::fs::read_to_string(path)
                    .map(|source| Some((shown.clone(), source)))
                    .map_err(|e| (shown, e.to_string()))
            });
            match read {
                Ok(None) => {}
                Ok(Some((file, source))) => errors.extend(self.take(&file, &source, false).err()),
                Err((file, message)) => errors.push(PolicyError::Unreadable { file, message }),
            }
        }
        match self.settle() {
            Ok(pack) if errors.is_empty() => Ok(pack),
            Ok(_) => Err(errors),
            Err(error) => {
                errors.push(error);
                Err(errors)
            }
        }
    }

    fn take(&mut self, file: &str, source: &str, built_in: bool) -> Result<(), PolicyError> {
        let pair = || (file.to_owned(), source.to_owned());
        if file.ends_with("_test.rego") {
            self.tests.push(pair());
        } else if !file.ends_with(".rego") {
            // requirements and the like
        } else if source.lines().any(|line| line.starts_with("package zoneproof.lib")) {
            let libraries = if built_in { &mut self.libraries } else { &mut self.own_libraries };
            libraries.push(pair());
        } else {
            self.rules.push(Rule::read(file, source, built_in)?);
        }
        Ok(())
    }

    /// Applies the switches of a configuration: other severities count, and rules that are switched off go.
    pub fn apply(&mut self, switches: &[RuleSwitch]) -> Vec<NotExamined> {
        let mut off = Vec::new();
        for switch in switches {
            let names = |rule: &Rule| rule.meta.id == switch.rule || rule.meta.aliases.contains(&switch.rule);
            let Some(at) = self.rules.iter().position(names) else { continue };
            if let (Some(severity), Some(rule)) = (switch.severity, self.rules.get_mut(at)) {
                rule.meta.severity = severity;
            }
            if let Some(reason) = &switch.disabled {
                let meta = self.rules.remove(at).meta;
                off.push(NotExamined { rule: meta.id, reason: reason.clone(), requirements: meta.requirements });
            }
        }
        off.sort_by(|a, b| a.rule.cmp(&b.rule));
        off
    }

    /// Ids of all rules and names that they had before.
    pub fn names(&self) -> Vec<&str> {
        let all = self.rules.iter().flat_map(|rule| std::iter::once(&rule.meta.id).chain(&rule.meta.aliases));
        all.map(String::as_str).collect()
    }

    /// The libraries that a rule sees.
    pub fn libraries_of(&self, rule: &Rule) -> Vec<(String, String)> {
        let own = if rule.built_in { &[][..] } else { &self.own_libraries };
        self.libraries.iter().chain(own).cloned().collect()
    }

    /// These rules and those of files that are given.
    pub(super) fn with_files(mut self, files: &[(String, String)]) -> Result<Self, PolicyError> {
        for (file, source) in files {
            self.take(file, source, false)?;
        }
        self.settle()
    }

    /// All files of a user's folder.
    pub(super) fn own_files(&self) -> Vec<(String, String)> {
        let rules = self.rules.iter().filter(|rule| !rule.built_in);
        let rules = rules.map(|rule| (rule.file.clone(), rule.source.clone()));
        rules.chain(self.own_libraries.iter().cloned()).collect()
    }

    fn settle(mut self) -> Result<Self, PolicyError> {
        self.rules.sort_by(|a, b| a.meta.id.cmp(&b.meta.id));
        for (a, b) in self.rules.iter().zip(self.rules.iter().skip(1)) {
            if a.meta.id == b.meta.id {
                let (first, second) = (a.file.clone(), b.file.clone());
                return Err(PolicyError::Twice { id: a.meta.id.clone(), first, second });
            }
        }
        Ok(self)
    }

    /// The rule of this id, or that had it as an alias.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let by_id = self.rules.iter().find(|rule| rule.meta.id == id);
        by_id.or_else(|| self.rules.iter().find(|rule| rule.meta.aliases.iter().any(|alias| alias == id)))
    }
}

/// The text of a file of the built-in pack that is no Rego.
pub(super) fn embedded_text(file: &str) -> Option<&'static str> {
    embedded::FILES.iter().find(|(name, _)| *name == file).map(|(_, text)| *text)
}
