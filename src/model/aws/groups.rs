//! Security groups, their rules, prefix lists.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A security group; its rules are assets of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecurityGroup {
    /// The VPC.
    pub vpc: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
}

/// Which way a rule of a security group looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Traffic that comes in.
    #[default]
    Ingress,
    /// Traffic that leaves.
    Egress,
}

impl Direction {
    /// `ingress` or `egress`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// The other end of a security-group rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
pub enum Peer {
    /// An IPv4 or IPv6 block.
    Cidr(#[schemars(with = "String")] IpNet),
    /// A managed prefix list.
    PrefixList(String),
    /// Another group, by its id.
    Group(String),
    /// Something that the API said and this release cannot read.
    Unknown(String),
}

impl Default for Peer {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl Peer {
    /// The block, list or group as AWS writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Cidr(net) => net.to_string(),
            Self::PrefixList(text) | Self::Group(text) | Self::Unknown(text) => text.clone(),
        }
    }
}

/// One rule of a security group: one peer and one run of ports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecurityGroupRule {
    /// The group.
    pub group: String,
    /// Which way.
    pub direction: Direction,
    /// `-1`, `tcp`, `udp`, `icmp`, `icmpv6` or a number.
    pub protocol: String,
    /// First port, or ICMP type.
    pub from_port: Option<i64>,
    /// Last port, or ICMP code.
    pub to_port: Option<i64>,
    /// The other end.
    pub peer: Peer,
    /// The peering connection over which the peer group is referred to, if AWS names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peering: Option<String>,
    /// What its author wrote about it.
    pub description: String,
}

/// A security group that is associated with another VPC than its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecurityGroupVpcAssociation {
    /// The group.
    pub group: String,
    /// The VPC.
    pub vpc: String,
    /// The VPC's account.
    pub vpc_account: String,
    /// `associated`, `disassociated` …
    pub state: String,
}

/// A security group with rules that refer to a group which is gone, or whose peering is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StaleSecurityGroup {
    /// The group.
    pub group: String,
    /// The VPC.
    pub vpc: String,
    /// How many rules of each direction are stale: in, out.
    pub rules: (usize, usize),
}

/// A managed prefix list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrefixList {
    /// Its name.
    pub name: String,
    /// Its blocks, sorted; none if they were not collected.
    #[schemars(with = "Option<Vec<String>>")]
    pub entries: Option<Vec<IpNet>>,
}
