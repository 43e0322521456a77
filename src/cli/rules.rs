//! `zoneproof rules`: list, test and check rules.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::{CLEAN, CliError, VIOLATION, inputs, output};
use crate::model::counted;
use crate::policy::{Pack, TestResult, lint, requirements, run_tests};

#[derive(clap::Subcommand)]
pub enum Command {
    /// List rules: id, severity, kinds, requirements, title
    List(List),
    /// Run the unit tests beside rules
    Test(Folder),
    /// Check rules: metadata, languages, input paths, unknown functions
    Lint(Folder),
}

#[derive(clap::Args)]
pub struct List {
    #[command(flatten)]
    folder: Folder,
    /// How they are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What a list is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line a rule
    #[default]
    Text,
    /// A Markdown table, as in docs/rules.md
    Markdown,
}

#[derive(clap::Args)]
pub struct Folder {
    /// Folder of rules of your own, besides the built-in ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

pub fn run(command: Command) -> Result<u8, CliError> {
    match command {
        Command::List(args) => list(&args),
        Command::Test(folder) => test(&folder),
        Command::Lint(folder) => check(&folder),
    }
}

fn list(args: &List) -> Result<u8, CliError> {
    let pack = inputs::pack(args.folder.rules.as_deref())?;
    output::product(|out| match args.format {
        Format::Text => text(&pack, out),
        Format::Markdown => markdown(&pack, out),
    })?;
    Ok(CLEAN)
}

fn text(pack: &Pack, out: &mut dyn Write) -> io::Result<()> {
    let widest = pack.rules.iter().map(|rule| rule.meta.id.len()).max().unwrap_or_default();
    for rule in &pack.rules {
        let meta = &rule.meta;
        let (kinds, needs) = (meta.kinds.join(","), meta.requirements.join(","));
        let severity = meta.severity.as_str();
        writeln!(out, "{:widest$}  {severity:8}  {kinds}  PCI DSS {needs}  {}", meta.id, meta.title.en)?;
    }
    Ok(())
}

fn markdown(pack: &Pack, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| rule | kind | severity | PCI DSS | title |\n| --- | --- | --- | --- | --- |")?;
    for rule in &pack.rules {
        let meta = &rule.meta;
        let (kinds, needs) = (meta.kinds.join(", "), meta.requirements.join(", "));
        // a bar in a title would end its cell
        let title = meta.title.en.replace('|', "\\|");
        writeln!(out, "| `{}` | {kinds} | {} | {needs} | {title} |", meta.id, meta.severity.as_str())?;
    }
    Ok(())
}

/// Built-in rules are tested here, a user's in a child process.
fn test(folder: &Folder) -> Result<u8, CliError> {
    let pack = inputs::pack(folder.rules.as_deref())?;
    let results: Vec<TestResult> = match &folder.rules {
        Some(_) => inputs::worker()?.test(&pack)?,
        None => {
            let rules = pack.rules.iter().map(|rule| (rule.file.clone(), rule.source.clone()));
            let files: Vec<(String, String)> = rules.chain(pack.libraries).chain(pack.tests).collect();
            run_tests(&files)
        }
    };
    let failed = results.iter().filter(|result| result.failure.is_some()).count();
    output::product(|out| {
        for result in &results {
            if let Some(failure) = &result.failure {
                writeln!(out, "FAILED {}: {}: {failure}", result.file, result.name)?;
            }
        }
        writeln!(out, "{} passed, {failed} failed", results.len() - failed)
    })?;
    if results.is_empty() {
        return Err(CliError::usage("no unit test was found", "put `<rule-id>_test.rego` beside the rule"));
    }
    Ok(if failed == 0 { CLEAN } else { VIOLATION })
}

fn check(folder: &Folder) -> Result<u8, CliError> {
    let pack = inputs::pack(folder.rules.as_deref())?;
    let catalogue = requirements();
    let built_in = pack.rules.iter().filter(|rule| rule.built_in);
    let mut problems: Vec<(String, String)> = built_in
        .flat_map(|rule| lint(rule, &pack, catalogue.as_ref()).into_iter().map(|problem| (rule.file.clone(), problem)))
        .collect();
    // a user's rules are not even parsed in this process
    if folder.rules.is_some() {
        problems.extend(inputs::worker()?.lint(&pack)?);
    }
    output::product(|out| {
        for (file, problem) in &problems {
            writeln!(out, "{file}: {problem}")?;
        }
        writeln!(out, "{}, {}", counted(pack.rules.len(), "rule"), counted(problems.len(), "problem"))
    })?;
    Ok(if problems.is_empty() { CLEAN } else { VIOLATION })
}
