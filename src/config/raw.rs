//! The shape of `zoneproof.yaml`. The published JSON schema is generated from these types.

use schemars::JsonSchema;

use super::decode::{At, Decode, Needed, Problem, Table, decode_struct, wanted};
use crate::node::{Node, Value};

/// zoneproof's configuration.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct File {
    /// Version of this format: 1.
    pub version: Needed<At<u64>>,
    /// The zones, by name.
    pub zones: Needed<Table<Zone>>,
    /// How zone and environment of an asset are told.
    #[schemars(default)]
    pub classify: Classify,
    /// The only traffic that may cross a border.
    #[schemars(default)]
    pub flows: Vec<Flow>,
    /// What is read if no source is named.
    #[schemars(default)]
    pub sources: Sources,
    /// Severity from which a violation fails the run: critical, high (default), medium, low, info.
    #[schemars(default)]
    pub fail_on: Option<At<String>>,
}
decode_struct!(File {
    version: needed,
    zones: needed,
    classify: optional,
    flows: optional,
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
}
decode_struct!(Classify { zone: optional, environment: optional });

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
    /// What is written in tags and labels, by zone or environment; case does not matter.
    #[schemars(default)]
    pub values: Table<Vec<At<String>>>,
    /// Assignments, which win over tags and labels; the first that matches counts.
    #[schemars(default)]
    pub assign: Vec<Assign>,
}
decode_struct!(Aspect { tags: optional, labels: optional, values: optional, assign: optional });

/// An assignment to a zone or an environment.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Assign {
    /// The zone, in `classify.zone`.
    #[schemars(default)]
    pub zone: Option<At<String>>,
    /// The environment, in `classify.environment`.
    #[schemars(default)]
    pub environment: Option<At<String>>,
    /// What it is about; `*` stands for any run of characters.
    pub r#match: Needed<At<Match>>,
}

impl Decode for Assign {
    /// By hand, because `match` is a word of Rust.
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        if !matches!(node.value, Value::Map(_)) {
            return wanted("a mapping", node, problems);
        }
        super::decode::unknown_keys(node, &["zone", "environment", "match"].map(str::to_owned), problems);
        Some(Self {
            zone: super::decode::optional(node, "zone", problems),
            environment: super::decode::optional(node, "environment", problems),
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

/// A declared flow.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Flow {
    /// Its name, unique.
    pub id: Needed<At<String>>,
    /// Who may begin connections.
    pub from: Needed<At<End>>,
    /// To whom.
    pub to: Needed<At<End>>,
    /// `tcp/443`, `udp/100-200`, `icmp`, `all`; ports as the client sees them.
    pub connections: Needed<At<Vec<At<String>>>>,
    /// What a connection must bring beyond addresses and ports.
    #[schemars(default)]
    pub requires: Option<Requires>,
    /// What data it carries: a list such as `[pan]`, or `none` (PCI DSS 1.2.4).
    #[schemars(default)]
    pub data: Option<Data>,
    /// What makes an insecure protocol secure.
    #[schemars(default)]
    pub security_features: Vec<String>,
    /// Why it is needed.
    pub reason: Needed<String>,
    /// Who answers for it.
    pub owner: Needed<At<String>>,
    /// Who approved it; not the owner.
    pub approved_by: Needed<At<String>>,
    /// Where the approval is recorded.
    #[schemars(default)]
    pub ticket: Option<String>,
    /// When it was approved, `YYYY-MM-DD`.
    pub approved: Needed<At<String>>,
    /// When it was last reviewed.
    #[schemars(default)]
    pub reviewed: Option<At<String>>,
    /// The last day on which it counts.
    pub expires: Needed<At<String>>,
}
decode_struct!(Flow {
    id: needed,
    from: needed,
    to: needed,
    connections: needed,
    requires: optional,
    data: optional,
    security_features: optional,
    reason: needed,
    owner: needed,
    approved_by: needed,
    ticket: optional,
    approved: needed,
    reviewed: optional,
    expires: needed,
});

/// What data a flow carries: `none`, or kinds of data.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Data {
    /// The word `none`.
    #[schemars(with = "NoneWord")]
    None,
    /// Kinds of data.
    Kinds(Vec<String>),
}

/// The word `none`.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
enum NoneWord {
    None,
}

impl Decode for Data {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.value {
            Value::String(text) if text == "none" => Some(Self::None),
            Value::Seq(_) => Vec::decode(node, problems).map(Self::Kinds),
            _ => wanted("`none` or a list such as `[pan]`", node, problems),
        }
    }
}

/// What a connection must bring.
#[derive(Debug, Default, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Requires {
    /// Mutual TLS.
    #[schemars(default)]
    pub mtls: bool,
    /// Identities, `*` at an end.
    #[schemars(default)]
    pub principals: Vec<String>,
    /// HTTP methods.
    #[schemars(default)]
    pub methods: Vec<String>,
    /// HTTP paths, `*` at an end.
    #[schemars(default)]
    pub paths: Vec<String>,
    /// HTTP hosts, `*` at an end.
    #[schemars(default)]
    pub hosts: Vec<String>,
}
decode_struct!(Requires { mtls: optional, principals: optional, methods: optional, paths: optional, hosts: optional });

/// An end of a flow: `internet`, or a mapping of which all given parts must hold.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum End {
    /// Every public unicast address.
    #[schemars(with = "InternetWord")]
    Internet,
    /// What matches.
    Where(Box<EndWhere>),
}

/// The word `internet`.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
enum InternetWord {
    Internet,
}

impl Decode for End {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.value {
            Value::String(text) if text == "internet" => Some(Self::Internet),
            Value::Map(_) => EndWhere::decode(node, problems).map(|end| Self::Where(Box::new(end))),
            _ => wanted("`internet` or a mapping such as `{ zone: pci }`", node, problems),
        }
    }
}

/// Parts of an end.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EndWhere {
    /// The zone.
    #[schemars(default)]
    pub zone: Option<At<String>>,
    /// The environment; left out, any.
    #[schemars(default)]
    pub environment: Option<At<String>>,
    /// The cluster; `*` stands for any run of characters, here and below.
    #[schemars(default)]
    pub cluster: Option<String>,
    /// The namespace.
    #[schemars(default)]
    pub namespace: Option<String>,
    /// The workload, or service account.
    #[schemars(default)]
    pub workload: Option<String>,
    /// Addresses.
    #[schemars(default)]
    pub cidr: Option<At<String>>,
    /// An asset's id or its short form.
    #[schemars(default)]
    pub asset: Option<String>,
}
decode_struct!(EndWhere {
    zone: optional,
    environment: optional,
    cluster: optional,
    namespace: optional,
    workload: optional,
    cidr: optional,
    asset: optional,
});

/// What is read if no source is named.
#[derive(Debug, Default, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sources {
    /// Files and folders, relative to this file.
    #[schemars(default)]
    pub files: Vec<String>,
}
decode_struct!(Sources { files: optional });
