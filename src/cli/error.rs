//! How errors look: what, where with an excerpt, and how to mend it; all of them at once.

use std::io::{self, IsTerminal};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report, Severity};

use crate::config::{ConfigError, Problem};
use crate::load::LoadError;
use crate::model::{Spot, counted};
use crate::policy::PolicyError;
use crate::report::clean;

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The sources.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Rules.
    #[error("{} cannot be used", counted(.0.len(), "rule"))]
    Rules(Vec<PolicyError>),
    /// What was asked for, and how to ask for it.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// How to mend it.
        help: String,
    },
    /// A stream or file that is written.
    #[error("{what}: {error}")]
    Io {
        /// What was written.
        what: String,
        /// What the system says.
        error: io::Error,
    },
}

impl CliError {
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: help.into() }
    }

    /// Shows it on standard error.
    pub fn show(&self) {
        match self {
            Self::Config(error) => {
                for problem in &error.problems {
                    let (file, text, spot) = error.files.locate(problem.spot);
                    show_problem(problem, file, text, spot);
                }
                say(&format!("{error}"), None);
            }
            Self::Load(LoadError::Empty { met, .. }) => {
                let mut help = "give a folder of AWS CLI dumps, Kubernetes manifests or a snapshot".to_owned();
                for line in met.iter().take(20) {
                    help.push_str(&format!("\nfound: {}", clean(line)));
                }
                say(&self.to_string(), Some(&help));
            }
            Self::Load(LoadError::Missing { .. }) => {
                say(&self.to_string(), Some("name a file or folder that is there, or `-` for standard input"));
            }
            Self::Rules(errors) => {
                for error in errors {
                    let file = match error {
                        PolicyError::Metadata { file, spot, .. } => format!("{file}:{}:{}", spot.line, spot.column),
                        PolicyError::Rego { file, .. } => file.clone(),
                        PolicyError::Unreadable { .. } | PolicyError::Twice { .. } => String::new(),
                    };
                    let at = if file.is_empty() { String::new() } else { format!("{file}: ") };
                    say(&format!("{at}{error}"), Some("mend the rule; `zoneproof rules lint` tells more"));
                }
            }
            Self::Usage { message, help } => say(message, Some(help)),
            Self::Io { error, .. } => {
                say(
                    &self.to_string(),
                    (error.kind() == io::ErrorKind::PermissionDenied).then_some("give the run the right to write it"),
                );
            }
        }
    }
}

impl From<PolicyError> for CliError {
    fn from(error: PolicyError) -> Self {
        Self::Rules(vec![error])
    }
}

fn say(message: &str, help: Option<&str>) {
    let mut diagnostic = MietteDiagnostic::new(clean(message).into_owned()).with_severity(Severity::Error);
    if let Some(help) = help {
        diagnostic = diagnostic.with_help(help);
    }
    print(Report::new(diagnostic));
}

fn show_problem(problem: &Problem, file: &str, text: &str, spot: Spot) {
    let mut diagnostic = MietteDiagnostic::new(clean(&problem.message).into_owned()).with_severity(Severity::Error);
    if let Some(help) = &problem.help {
        diagnostic = diagnostic.with_help(clean(help).into_owned());
    }
    let (offset, length) = span(text, spot);
    diagnostic = diagnostic.with_label(LabeledSpan::at(offset..offset + length, "here"));
    print(Report::new(diagnostic).with_source_code(NamedSource::new(file, text.to_owned())));
}

/// Lets lines be as long as they are where nobody looks at a terminal: a path that is broken in two cannot be searched for.
#[expect(clippy::print_stderr, reason = "the one place that shows errors")]
fn print(report: Report) {
    if io::stderr().is_terminal() {
        eprintln!("{report:?}");
        return;
    }
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_wrap_lines(false);
    match handler.render_report(&mut text, report.as_ref()) {
        Ok(()) => eprintln!("{text}"),
        Err(_) => eprintln!("{report:?}"),
    }
}

/// The word at a place, as byte offset and length.
fn span(text: &str, spot: Spot) -> (usize, usize) {
    let line_start: usize = text.split_inclusive('\n').take(spot.line.saturating_sub(1) as usize).map(str::len).sum();
    let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let column = spot.column.saturating_sub(1) as usize;
    let offset: usize = line.chars().take(column).map(char::len_utf8).sum();
    let rest = line.get(offset..).unwrap_or_default();
    let length = rest.find([':', ',', '}', ']', ' ', '#']).unwrap_or(rest.len());
    (line_start + offset, length.max(rest.chars().next().map_or(0, char::len_utf8)))
}
