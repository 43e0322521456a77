//! The files that a configuration is made of: the named one, those that it extends, and files of waivers.
//!
//! Their lines are numbered through, so that one place tells file and line whatever the values were merged from.

use std::path::{Component, Path, PathBuf};

use super::decode::Problem;
use crate::model::Spot;
use crate::node::{Node, Value};

/// Longest chain of files that extend each other.
const MAX_CHAIN: usize = 8;

/// How files beside the configuration are read: text, or why not.
pub(super) type ReadFile<'a> = &'a dyn Fn(&Path) -> Result<String, String>;

/// A file and the number that its first line has among all lines.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    file: String,
    text: String,
    first_line: u32,
}

/// All files of a configuration, the named one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(Vec<Part>);

impl Files {
    /// File, its text, and the place in it, of a place among all lines.
    pub fn locate(&self, spot: Spot) -> (&str, &str, Spot) {
        let part = self.0.iter().rev().find(|part| part.first_line <= spot.line).or(self.0.first());
        part.map_or(("", "", spot), |part| {
            let line = spot.line.saturating_sub(part.first_line) + 1;
            (part.file.as_str(), part.text.as_str(), Spot { line, column: spot.column })
        })
    }

    /// Files that belong to the named one: what it extends, and files of waivers.
    pub fn others(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().skip(1).map(|part| Path::new(&part.file))
    }

    /// A file whose text could not be had.
    pub(super) fn unread(file: &str) -> Self {
        Self(vec![Part { file: file.to_owned(), text: String::new(), first_line: 1 }])
    }

    fn add(&mut self, file: String, text: String) -> u32 {
        let lines = |part: &Part| u32::try_from(part.text.lines().count()).unwrap_or(u32::MAX);
        let first_line = self.0.last().map_or(1, |part| part.first_line.saturating_add(lines(part)).saturating_add(1));
        self.0.push(Part { file, text, first_line });
        first_line
    }
}

/// Reads a text, what it extends and its file of waivers into one tree.
pub(super) fn gather(file: &str, text: &str, read: ReadFile<'_>) -> (Files, Option<Node>, Vec<Problem>) {
    let mut gather = Gather { files: Files::default(), read, problems: vec![] };
    let node = gather.tree(file.to_owned(), text.to_owned(), &mut vec![normal(Path::new(file))]);
    (gather.files, node, gather.problems)
}

struct Gather<'a> {
    files: Files,
    read: ReadFile<'a>,
    problems: Vec<Problem>,
}

impl Gather<'_> {
    fn say(&mut self, spot: Spot, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(message, spot).help(help));
    }

    fn parse(&mut self, file: String, text: String) -> Option<Node> {
        let first = self.files.add(file, text.clone());
        match Node::from_yaml(&text, first) {
            Ok(Some(node)) => Some(node),
            Ok(None) => {
                let help = "start with `version: 1`; `zoneproof init SOURCE` proposes a file";
                self.say(Spot { line: first, column: 1 }, "an empty configuration", help);
                None
            }
            Err(error) => {
                self.say(error.spot, error.message, "mend the YAML here");
                None
            }
        }
    }

    /// The tree of one file, merged with what it extends.
    fn tree(&mut self, file: String, text: String, chain: &mut Vec<PathBuf>) -> Option<Node> {
        let folder = Path::new(&file).parent().map(Path::to_owned).unwrap_or_default();
        let mut node = self.parse(file, text)?;
        self.waivers(&mut node, &folder);
        let Some((spot, name)) = named(&node, "extends") else { return Some(node) };
        let path = normal(&folder.join(&name));
        if chain.contains(&path) {
            self.say(spot, format!("`{name}` extends this file in turn"), "break the circle");
            return Some(node);
        }
        if chain.len() >= MAX_CHAIN {
            self.say(spot, format!("more than {MAX_CHAIN} files extend each other"), "put some of them together");
            return Some(node);
        }
        let Some(text) = self.text(&path, &name, spot) else { return Some(node) };
        chain.push(path.clone());
        let base = self.tree(path.display().to_string(), text, chain);
        chain.pop();
        let Some(mut base) = base else { return Some(node) };
        if let Some(version) = base.get("version").filter(|node| node.value != Value::Number("1".to_owned())) {
            let spot = version.spot;
            self.say(spot, "another version of the format", "this release reads version 1");
        }
        rebase(&mut base, Path::new(&name));
        Some(merge(base, node))
    }

    /// Puts what a file of waivers holds in the place of its name.
    fn waivers(&mut self, node: &mut Node, folder: &Path) {
        let Some((spot, name)) = named(node, "waivers") else { return };
        let path = normal(&folder.join(&name));
        let Some(text) = self.text(&path, &name, spot) else { return };
        let Some(list) = self.parse(path.display().to_string(), text) else { return };
        if !matches!(list.value, Value::Seq(_)) {
            let message = format!("expected a list of waivers, found {}", list.describe());
            self.say(list.spot, message, "a file of waivers is one list: `- { rule: …, … }`");
            return;
        }
        if let Value::Map(entries) = &mut node.value
            && let Some((_, value)) = entries.iter_mut().find(|(key, _)| key.name == "waivers")
        {
            *value = list;
        }
    }

    fn text(&mut self, path: &Path, name: &str, spot: Spot) -> Option<String> {
        let text = (self.read)(path);
        let help = "name a file that is there, relative to this one";
        text.map_err(|error| self.say(spot, format!("`{name}` cannot be read: {error}"), help)).ok()
    }
}

/// The text that a field names, and where.
fn named(node: &Node, field: &str) -> Option<(Spot, String)> {
    let value = node.get(field)?;
    Some((value.spot, value.as_str()?.to_owned()))
}

/// Sources of an extended file are relative to it: `name` is its own from the file that extends it.
fn rebase(base: &mut Node, name: &Path) {
    let own = name.parent().unwrap_or(Path::new(""));
    let field = |node: &mut Node, name: &str, change: &mut dyn FnMut(&mut Node)| {
        if let Value::Map(entries) = &mut node.value {
            entries.iter_mut().filter(|(key, _)| key.name == name).for_each(|(_, value)| change(value));
        }
    };
    field(base, "sources", &mut |sources| {
        field(sources, "files", &mut |files| {
            let Value::Seq(items) = &mut files.value else { return };
            for item in items {
                if let Value::String(text) = &mut item.value {
                    *text = own.join(&*text).display().to_string();
                }
            }
        });
    });
}

/// Tables merge, lists append with the nearer first, and of anything else the nearer counts.
fn merge(base: Node, near: Node) -> Node {
    let value = match (base.value, near.value) {
        (Value::Map(mut all), Value::Map(own)) => {
            for (key, value) in own {
                match all.iter().position(|(known, _)| known.name == key.name) {
                    Some(at) => {
                        let (_, theirs) = all.remove(at);
                        all.insert(at, (key, merge(theirs, value)));
                    }
                    None => all.push((key, value)),
                }
            }
            Value::Map(all)
        }
        (Value::Seq(theirs), Value::Seq(mut own)) => {
            own.extend(theirs);
            Value::Seq(own)
        }
        (theirs, Value::Null) => theirs,
        (_, own) => own,
    };
    Node { value, spot: near.spot }
}

/// A path without `.` and `x/..`, so that one file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
