//! The command line: one file a command, exit codes, how errors look.
//!
//! Commands parse arguments, build what they need, run, and say how it ended. Nothing below imports this module.

mod completions;
mod crossings;
mod diff;
mod error;
mod explain;
mod facts;
mod flow_logs;
mod init;
mod inputs;
mod output;
mod reach;
mod rules;
mod scan;
mod schema;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::policy::{Lang, Worker};
use error::CliError;

pub use schema::published;

/// Nothing to report.
const CLEAN: u8 = 0;
/// A violation at or above the threshold.
const VIOLATION: u8 = 1;
/// Usage, configuration, input or tool error.
const FAILURE: u8 = 2;
/// Nothing violated, but something could not be decided or read.
const INCOMPLETE: u8 = 3;

/// Shows whether a PCI zone on AWS, EKS and Istio is isolated, or exactly where it is not.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 clean; 1 a violation at or above --fail-on; \
    2 usage, configuration, input or tool error; 3 nothing violated, but something could not be decided or read."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge an estate and report what breaks its zones' isolation
    Scan(scan::Args),
    /// Say whether connections can pass from one end to another, through which hops, or what leaves nothing
    Reach(reach::Args),
    /// Compare the isolation of two clusters: go or no-go before traffic moves from one to the other
    Diff(diff::Args),
    /// Print the documents that rules see, as JSON Lines
    Facts(facts::Args),
    /// List, test or check rules
    #[command(subcommand)]
    Rules(rules::Command),
    /// Explain a rule: what it looks for, why it matters, how to mend a violation
    Explain(explain::Args),
    /// Propose a zoneproof.yaml from the tags and labels of an estate
    Init(init::Args),
    /// Print a published JSON schema
    Schema(schema::Args),
    /// Print completions for a shell
    Completions(completions::Args),
    /// Serve one rule to a parent process
    #[command(name = Worker::COMMAND, hide = true)]
    RuleWorker,
}

/// The language of messages and reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Language {
    /// English
    #[default]
    En,
    /// Korean
    Ko,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Ko => Self::Ko,
        }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Scan(args) => scan::run(args),
        Command::Reach(args) => reach::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Facts(args) => facts::run(args),
        Command::Rules(command) => rules::run(command),
        Command::Explain(args) => explain::run(args),
        Command::Init(args) => init::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::RuleWorker => crate::policy::serve(std::io::stdin().lock(), std::io::stdout().lock())
            .map(|()| CLEAN)
            .map_err(|error| CliError::Io { what: "rule worker".to_owned(), error }),
    };
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            error.show();
            ExitCode::from(FAILURE)
        }
    }
}
