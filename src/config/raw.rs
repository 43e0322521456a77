//! The shape of `zoneproof.yaml`. The published JSON schema is generated from these types.

use schemars::JsonSchema;

mod exceptions;
mod flow;

use super::decode::{At, Decode, Needed, Problem, Table, decode_struct, wanted};
use crate::node::{Node, Value};
pub use exceptions::{AcceptedUnknown, Assumption, Patterns, RuleSwitch, Waiver, Waivers};
pub use flow::{Data, End, EndWhere, Flow, Requires};

/// zoneproof's configuration.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct File {
    /// Version of this format: 1.
    pub version: Needed<At<u64>>,
    /// Another configuration, relative to this file, that this one adds to: tables merge, lists append, of single
    /// values the one here counts.
    #[schemars(default)]
    pub extends: Option<At<String>>,
    /// The zones, by name.
    pub zones: Needed<Table<Zone>>,
    /// How zone, environment and role of an asset are told, and which stores hold cardholder data.
    #[schemars(default)]
    pub classify: Classify,
    /// Networks behind gateways, which BGP would tell and the inventory cannot.
    #[schemars(default)]
    pub networks: Vec<Network>,
    /// What is expected of clusters.
    #[schemars(default)]
    pub clusters: Clusters,
    /// The only traffic that may cross a border.
    #[schemars(default)]
    pub flows: Vec<Flow>,
    /// Dated exceptions to findings: a list, or the file that holds it, relative to this one.
    #[schemars(default)]
    pub waivers: Waivers,
    /// What is known to be undecided or not collected, for a while.
    #[schemars(default)]
    pub accepted_unknowns: Vec<AcceptedUnknown>,
    /// What is taken for granted without being seen.
    #[schemars(default)]
    pub assumptions: Vec<Assumption>,
    /// Rules by id: another severity, or switched off.
    #[schemars(default)]
    pub rules: Table<RuleSwitch>,
    /// What is read if no source is named.
    #[schemars(default)]
    pub sources: Sources,
    /// Severity from which a violation fails the run: critical, high (default), medium, low, info.
    #[schemars(default)]
    pub fail_on: Option<At<String>>,
}
decode_struct!(File {
    version: needed,
    extends: optional,
    zones: needed,
    classify: optional,
    networks: optional,
    clusters: optional,
    flows: optional,
    waivers: optional,
    accepted_unknowns: optional,
    assumptions: optional,
    rules: optional,
    sources: optional,
    fail_on: optional,
});

/// A zone.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Zone {
    /// `cde`, `security-impacting`, `connected`, `out-of-scope` or `external`.
    pub category: Needed<At<String>>,
    /// What people call it.
    #[schemars(default)]
    pub title: Option<String>,
    /// Addresses that belong to the zone without any asset telling so (a data centre, a partner).
    #[schemars(default)]
    pub cidrs: Vec<At<String>>,
}
decode_struct!(Zone { category: needed, title: optional, cidrs: optional });

/// How assets are told apart.
#[derive(Debug, Default, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Classify {
    /// The zone.
    #[schemars(default)]
    pub zone: Option<Aspect>,
    /// The environment.
    #[schemars(default)]
    pub environment: Option<Aspect>,
    /// The role: what an asset is there for.
    #[schemars(default)]
    pub role: Option<Aspect>,
    /// Which stores hold cardholder data.
    #[schemars(default)]
    pub stores: Stores,
}
decode_struct!(Classify { zone: optional, environment: optional, role: optional, stores: optional });

/// Stores by what they hold.
#[derive(Debug, Default, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stores {
    /// Cardholder data: for each store the service (`rds`, `elasticache`, …) and its name; `*` stands for any run of
    /// characters.
    #[schemars(default)]
    pub chd: Vec<Table<At<String>>>,
}
decode_struct!(Stores { chd: optional });

/// How one aspect is told.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Aspect {
    /// AWS tag keys, in order of precedence.
    #[schemars(default)]
    pub tags: Vec<String>,
    /// Kubernetes label keys, in order of precedence.
    #[schemars(default)]
    pub labels: Vec<String>,
    /// What is written in tags and labels, by zone, environment or role; case does not matter.
    #[schemars(default)]
    pub values: Table<Vec<At<String>>>,
    /// Assignments, which win over tags and labels; the first that matches counts.
    #[schemars(default)]
    pub assign: Vec<Assign>,
}
decode_struct!(Aspect { tags: optional, labels: optional, values: optional, assign: optional });

/// An assignment to a zone, an environment or a role.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Assign {
    /// The zone, in `classify.zone`.
    #[schemars(default)]
    pub zone: Option<At<String>>,
    /// The environment, in `classify.environment`.
    #[schemars(default)]
    pub environment: Option<At<String>>,
    /// The role, in `classify.role`.
    #[schemars(default)]
    pub role: Option<At<String>>,
    /// What it is about; `*` stands for any run of characters.
    pub r#match: Needed<At<Match>>,
}

impl Decode for Assign {
    /// By hand, because `match` is a word of Rust.
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        if !matches!(node.value, Value::Map(_)) {
            return wanted("a mapping", node, problems);
        }
        super::decode::unknown_keys(node, &["zone", "environment", "role", "match"].map(str::to_owned), problems);
        Some(Self {
            zone: super::decode::optional(node, "zone", problems),
            environment: super::decode::optional(node, "environment", problems),
            role: super::decode::optional(node, "role", problems),
            r#match: super::decode::needed(node, "match", problems),
        })
    }
}

/// Where an asset stands.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Match {
    /// AWS account id.
    #[schemars(default)]
    pub account: Option<String>,
    /// VPC id.
    #[schemars(default)]
    pub vpc: Option<String>,
    /// Cluster name.
    #[schemars(default)]
    pub cluster: Option<String>,
    /// Namespace.
    #[schemars(default)]
    pub namespace: Option<String>,
    /// Asset id, or its short form.
    #[schemars(default)]
    pub asset: Option<String>,
}
decode_struct!(Match { account: optional, vpc: optional, cluster: optional, namespace: optional, asset: optional });

/// A network behind a gateway.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Network {
    /// The gateway: an attachment to a transit gateway (`tgw-attach-…`), a Direct Connect gateway's id, a VPN connection
    /// (`vpn-…`), a customer gateway (`cgw-…`) or a virtual private gateway (`vgw-…`).
    pub via: Needed<At<String>>,
    /// Blocks that are reached through it.
    pub routes: Needed<Vec<At<String>>>,
    /// Who answers for it.
    pub owner: Needed<String>,
    /// When it was last compared with what the routers say, `YYYY-MM-DD`.
    pub reviewed: Needed<At<String>>,
}
decode_struct!(Network { via: needed, routes: needed, owner: needed, reviewed: needed });

/// What is expected of clusters.
#[derive(Debug, Default, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Clusters {
    /// Months after a version's release on EKS within which clusters have moved on from it; 12 if left out.
    #[schemars(default)]
    pub upgrade_within_months: Option<At<u64>>,
    /// Clusters that do one job together.
    #[schemars(default)]
    pub groups: Vec<ClusterGroup>,
}
decode_struct!(Clusters { upgrade_within_months: optional, groups: optional });

/// Clusters that do one job together, such as two twins behind one load balancer.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClusterGroup {
    /// Its name, unique.
    pub name: Needed<At<String>>,
    /// Names of the clusters.
    pub members: Needed<At<Vec<At<String>>>>,
    /// `active` (default), `building` or `draining`.
    #[schemars(default)]
    pub state: Option<At<String>>,
}
decode_struct!(ClusterGroup { name: needed, members: needed, state: optional });

/// What is read if no source is named, and what is expected to be there.
#[derive(Debug, Default, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sources {
    /// Files and folders, relative to this file.
    #[schemars(default)]
    pub files: Vec<String>,
    /// What must be among what was read, whatever the sources are.
    #[schemars(default)]
    pub expect: Option<At<Expect>>,
}
decode_struct!(Sources { files: optional, expect: optional });

/// What must be among what was read; what is missing is a coverage gap.
#[derive(Debug, Default, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expect {
    /// AWS account ids.
    #[schemars(default)]
    pub accounts: Vec<At<String>>,
    /// Names of clusters.
    #[schemars(default)]
    pub clusters: Vec<String>,
}
decode_struct!(Expect { accounts: optional, clusters: optional });
