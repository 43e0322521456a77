//! Findings: what a rule says about an asset.

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::model::Severity;

/// What came of judging an asset by a rule, where it did not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The rule is broken.
    Violation,
    /// Something that the rule needs to know is not known: neither broken nor passed.
    Undetermined,
    /// The rule could not be evaluated: neither broken nor passed.
    Error,
}

impl Outcome {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Violation => "violation",
            Self::Undetermined => "undetermined",
            Self::Error => "error",
        }
    }
}

/// Where a finding points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Location {
    /// A place in a file.
    File {
        /// Path with forward slashes, relative to where the run started.
        file: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
    },
    /// A resource that was described live.
    Arn {
        /// Its ARN.
        arn: String,
    },
}

/// One hop of a witness: what is passed on the way, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hop {
    /// The resource that is passed.
    pub at: String,
    /// What lets pass there: a rule, a table, an ACL; empty where nothing asks.
    pub by: String,
    /// What it says.
    pub why: String,
    /// Where that stands, or else the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Location>,
}

/// A change of one rule that closes what a finding is about and leaves all that declared flows approve: the flows of the
/// estate were found again with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hint {
    /// The rule that is to change, by its id.
    pub rule: String,
    /// What to change, in the report's language.
    pub change: String,
    /// Where the rule stands.
    pub origin: Location,
}

/// One finding: one rule, one asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// Broken, not known, or not evaluated.
    pub outcome: Outcome,
    /// The asset's id.
    pub asset: String,
    /// The asset's kind.
    pub kind: String,
    /// AWS account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// AWS Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Kubernetes cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Kubernetes namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The asset's zone and environment, `pci/prod`.
    pub zone: String,
    /// The border that is crossed, where one is: `no-pci/prod -> pci/prod`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border: Option<String>,
    /// What is wrong, in the report's language.
    pub message: String,
    /// How to mend it, in the report's language.
    pub fix: String,
    /// Stays the same from run to run while the asset's owner and the border do.
    pub fingerprint: String,
    /// Connections that the finding is about: growth beyond them is new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<String>,
    /// Where it points.
    pub origin: Location,
    /// Line of the asset in the snapshot that the run wrote, from 1; left out where the finding is about no asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_line: Option<usize>,
    /// PCI DSS requirements.
    pub requirements: Vec<String>,
    /// Ids of other assets that take part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// One connection that shows a flow, hop by hop; of what is undetermined, as far as it is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub witness: Vec<Hop>,
    /// A change that was tried and closes what the finding is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Hint>,
    /// Whether the rule is new in this minor version: then its findings never fail a run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
    /// The waiver in force that covers a violation; it does not fail the run, and all else stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waived>,
    /// The acceptance in force that covers what is undetermined: it stays not examined, and does not fail the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
}

/// The waiver that covers a violation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waived {
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    pub approved_by: String,
    /// Why it is bearable.
    pub reason: String,
    /// The compensating control.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: String,
    /// Where it stands, `zoneproof.yaml:12`.
    pub at: String,
}

/// The acceptance that covers what is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accepted {
    /// Who answers for it.
    pub owner: String,
    /// Why it is bearable.
    pub reason: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: String,
}

/// A rule that was switched off: what it would have judged was not examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotExamined {
    /// The rule's id.
    pub rule: String,
    /// Why it is switched off.
    pub reason: String,
    /// PCI DSS requirements of which it would have given evidence.
    pub requirements: Vec<String>,
}

impl Finding {
    /// Whether it counts for how the run ends: it is neither waived nor accepted, and not of a preview rule.
    pub fn counts(&self) -> bool {
        !self.preview && self.waiver.is_none() && self.accepted.is_none()
    }

    /// The order of reports: violations first, the gravest first, then by zone, rule and place.
    pub fn sort_key(&self) -> impl Ord + '_ {
        (
            self.outcome,
            self.severity,
            &self.zone,
            &self.rule,
            &self.origin,
            &self.asset,
            &self.border,
            &self.fingerprint,
        )
    }
}

/// The fingerprint of a finding: rule, stable address of the owner, border. No line, no message, no AWS-made id.
pub fn fingerprint(rule: &str, owner: &str, border: &str) -> String {
    let mut hash = Sha256::new();
    for part in [rule, owner, border] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What a run was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunInfo {
    /// The tool's version.
    pub tool: String,
    /// When the run began, RFC 3339, UTC. Approvals are judged on this day.
    pub start: String,
    /// What was read.
    pub sources: Vec<String>,
    /// The configuration; left out where the defaults held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// SHA-256 over what the assets say: the same estate has the same digest.
    pub inventory: String,
    /// How many assets of each kind were read.
    pub assets: std::collections::BTreeMap<String, usize>,
}

/// The run in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunSummary {
    /// Assets that were read.
    pub assets: usize,
    /// Rules that judged.
    pub rules: usize,
    /// Pairs of rule and document that were judged: what is not listed as a finding passed.
    pub judged: usize,
    /// Broken rules, without what is waived and what preview rules say.
    pub violations: usize,
    /// Broken rules that a waiver in force covers.
    pub waived: usize,
    /// Rules that could not be decided, or not be evaluated, without what is accepted and what preview rules say.
    pub undetermined: usize,
    /// Coverage gaps, without those that are accepted.
    pub gaps: usize,
    /// Undetermined findings and coverage gaps that are accepted for a while: not examined.
    pub accepted: usize,
    /// Findings of preview rules, which never fail a run.
    pub preview: usize,
}

/// A compartment or store, and whether PCI DSS applies to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScopeEntry {
    /// The compartment (a VPC, cluster or namespace), or the interface of a store.
    pub asset: String,
    /// `cde`, `security-impacting` or `connected` as declared; else `connected` where a flow to or from the CDE passes,
    /// `undetermined` where one may, or what would tell was not collected; `out-of-scope` where none is and the zone is
    /// declared so, and `no-path-shown` in other zones. A store is `cde` where `classify.stores` names it, and
    /// `undetermined` where its interface does not tell which store it is of.
    pub category: String,
    /// By what it was told.
    pub why: String,
    /// Whether it is, or may be, in scope though no zone says so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub found: bool,
}

/// What passes from behind one border to behind another, over all paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MatrixEntry {
    /// Where it begins, `no-pci/prod`.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// `allowed`, `denied` or `unknown`.
    pub verdict: String,
    /// What passes, as clients see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<String>,
    /// What may pass, and nobody knows whether it does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
    /// Declared flows in force that approve some of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<String>,
    /// Whether some of what passes is approved by none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undeclared: bool,
}

/// A rule, as reports tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it looks for.
    pub description: String,
    /// Why it matters.
    pub why: String,
    /// How to mend a violation.
    pub remediation: String,
    /// How grave a violation is.
    pub severity: Severity,
    /// PCI DSS requirements.
    pub requirements: Vec<String>,
}

/// A requirement, as reports tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementInfo {
    /// Its number.
    pub id: String,
    /// What it asks, in our own words.
    pub text: String,
}
