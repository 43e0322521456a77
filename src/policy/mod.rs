//! Rules: the pack that is built in, users' own, and their evaluation over facts.
//!
//! regorus' types stay in here. One rule is one file; a rule sees one document and never joins.

mod engine;
pub mod facts;
mod judge;
mod lint;
pub mod message;
pub mod metadata;
mod pack;
pub mod reads;
mod requirements;
mod rule_tests;
mod waive;
mod worker;

pub use engine::{Denial, Evaluated, Prepared};
pub use judge::{Judged, judge};
pub use lint::lint;
pub use metadata::{Lang, Metadata, Text};
pub use pack::{Pack, Rule};
pub use requirements::{Evidence, Requirement, Requirements, requirements};
pub use rule_tests::{TestResult, run_tests};
pub use worker::{Worker, serve};

use crate::model::Spot;

/// What is wrong with a rule or with the files around it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PolicyError {
    /// A rule's metadata is not as it should be.
    #[error("metadata: {message}")]
    Metadata {
        /// The rule's file.
        file: String,
        /// What is wrong.
        message: String,
        /// Where.
        spot: Spot,
    },
    /// A rule does not parse or compile.
    #[error("{message}")]
    Rego {
        /// The rule's file.
        file: String,
        /// What regorus says, with its place.
        message: String,
    },
    /// A file or folder of rules cannot be read.
    #[error("`{file}` cannot be read: {message}")]
    Unreadable {
        /// The file or folder.
        file: String,
        /// What the system says.
        message: String,
    },
    /// Two rules bear one id.
    #[error("rule `{id}` is there twice: `{first}` and `{second}`")]
    Twice {
        /// The id.
        id: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
}
