//! What departs from the rules for a while: switches, waivers, accepted unknowns, assumptions.

use jiff::civil::Date;

use crate::model::{Severity, Spot, glob_match, short_of};

/// How a rule differs from what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSwitch {
    /// The rule's id, or an alias.
    pub rule: String,
    /// Another severity.
    pub severity: Option<Severity>,
    /// Why it is switched off; none if it is on.
    pub disabled: Option<String>,
    /// Where it stands.
    pub spot: Spot,
}

/// A dated exception to findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Patterns over the rule's id, of which one must fit.
    pub rule: Vec<String>,
    /// What else must fit.
    pub scope: WaiverScope,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    pub approved_by: String,
    /// Why it is bearable.
    pub reason: String,
    /// The compensating control.
    pub control: Option<String>,
    /// The last day on which it counts.
    pub expires: Date,
    /// Why it can never waive anything.
    pub fault: Option<WaiverFault>,
    /// Where it stands.
    pub spot: Spot,
}

/// Why a waiver can never waive anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverFault {
    /// An exception is approved by somebody else than who asks for it.
    OwnerApproves,
    /// It names a rule and nothing else, or no rule: that would switch the rule off.
    NoScope,
}

/// Patterns over where a finding's asset stands. All fields that are given must fit, by one of their patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaiverScope {
    /// Asset id or its short form.
    pub asset: Vec<String>,
    /// AWS account id.
    pub account: Vec<String>,
    /// AWS Region.
    pub region: Vec<String>,
    /// Cluster name.
    pub cluster: Vec<String>,
    /// Namespace.
    pub namespace: Vec<String>,
    /// Zone.
    pub zone: Vec<String>,
    /// Environment.
    pub environment: Vec<String>,
    /// Border.
    pub border: Vec<String>,
}

impl WaiverScope {
    /// Names and patterns of all fields.
    pub fn fields(&self) -> [(&'static str, &[String]); 8] {
        [
            ("asset", &self.asset),
            ("account", &self.account),
            ("region", &self.region),
            ("cluster", &self.cluster),
            ("namespace", &self.namespace),
            ("zone", &self.zone),
            ("environment", &self.environment),
            ("border", &self.border),
        ]
    }
}

impl Waiver {
    /// Whether it waives anything on a day.
    pub fn counts_on(&self, day: Date) -> bool {
        self.fault.is_none() && day <= self.expires
    }

    /// What it is about, `account=111122223333 asset=sg-1,sg-2`: the same from run to run.
    pub fn about(&self) -> String {
        let fields = self.scope.fields();
        let given = fields.iter().filter(|(_, patterns)| !patterns.is_empty());
        given.map(|(name, patterns)| format!("{name}={}", patterns.join(","))).collect::<Vec<_>>().join(" ")
    }
}

/// Something undecided or not collected that is accepted for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedUnknown {
    /// Pattern over `rule/asset`, or over what a coverage gap names.
    pub what: String,
    /// Why it is bearable.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where it stands.
    pub spot: Spot,
}

impl AcceptedUnknown {
    /// Whether it is about an undetermined finding.
    pub fn is_about(&self, rule: &str, asset: &str) -> bool {
        [asset, &short_of(asset)].iter().any(|name| glob_match(&self.what, &format!("{rule}/{name}")))
    }

    /// Whether it is about a coverage gap.
    pub fn is_about_gap(&self, what: &str) -> bool {
        glob_match(&self.what, what) || glob_match(&self.what, &format!("coverage-gap/{what}"))
    }
}

/// Something that is taken for granted without being seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// What is assumed.
    pub name: String,
    /// Pattern over clusters for which it holds; none: all.
    pub cluster: Option<String>,
    /// Why it may be assumed.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where it stands.
    pub spot: Spot,
}

/// Whether one of the patterns fits; no pattern fits all.
pub fn any_fits(patterns: &[String], values: &[&str]) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| values.iter().any(|value| glob_match(pattern, value)))
}
