//! The shape of declared flows.

use schemars::JsonSchema;

use super::super::decode::{At, Decode, Needed, Problem, decode_struct, wanted};
use crate::node::{Node, Value};

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
    /// Who approved it; not the owner. `none` while nobody has: it then approves nothing.
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
