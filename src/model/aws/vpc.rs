//! VPCs and what lies in them: subnets, route tables, network ACLs, interfaces, instances.

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A virtual private cloud.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vpc {
    /// IPv4 and IPv6 blocks that are associated, sorted.
    #[schemars(with = "Vec<String>")]
    pub cidrs: Vec<IpNet>,
    /// Whether it is the Region's default VPC.
    pub default: bool,
}

/// A subnet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subnet {
    /// The VPC.
    pub vpc: String,
    /// IPv4 and IPv6 blocks, sorted.
    #[schemars(with = "Vec<String>")]
    pub cidrs: Vec<IpNet>,
    /// Availability zone; its name is the account's own.
    pub availability_zone: String,
    /// Id of the zone, the same in all accounts; empty if the answer does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub availability_zone_id: String,
    /// Whether what is launched in it gets a public IPv4 address.
    #[serde(default)]
    pub public_on_launch: bool,
    /// What VPC Block Public Access does to it: `off`, `block-ingress`, `block-bidirectional`; none where the answer
    /// does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_public_access: Option<String>,
}

/// One route.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// A CIDR block or a prefix list's id.
    pub destination: String,
    /// The id of what it points to (`local`, `igw-…`, `tgw-…`, `pcx-…`); empty for a blackhole.
    pub target: String,
    /// `active`, `blackhole` …
    pub state: String,
    /// `CreateRoute`, `CreateRouteTable` or `EnableVgwRoutePropagation`; of a transit gateway, `static` or `propagated`.
    pub source: String,
}

/// A route table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RouteTable {
    /// The VPC.
    pub vpc: String,
    /// Whether it is the VPC's main table.
    pub main: bool,
    /// Subnets with an explicit association, sorted.
    pub subnets: Vec<String>,
    /// Internet or virtual private gateways with an edge association, sorted.
    pub gateways: Vec<String>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// One entry of a network ACL.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct AclEntry {
    /// Whether it is about traffic that leaves.
    pub egress: bool,
    /// Its place in the order; the first match decides.
    pub number: i64,
    /// `-1` or a protocol number.
    pub protocol: String,
    /// Source or destination block.
    pub cidr: String,
    /// First port, or ICMP type.
    pub from_port: Option<i64>,
    /// Last port, or ICMP code.
    pub to_port: Option<i64>,
    /// Whether it allows.
    pub allow: bool,
}

/// A network ACL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkAcl {
    /// The VPC.
    pub vpc: String,
    /// Whether it is the VPC's default one.
    pub default: bool,
    /// Subnets that it guards, sorted.
    pub subnets: Vec<String>,
    /// Its entries, by direction and number.
    pub entries: Vec<AclEntry>,
}

/// An elastic network interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkInterface {
    /// The VPC.
    pub vpc: String,
    /// The subnet.
    pub subnet: String,
    /// Groups that it bears, sorted.
    pub groups: Vec<String>,
    /// Its private addresses, sorted.
    pub private_addresses: Vec<IpAddr>,
    /// Prefixes that are delegated to it; all their addresses are its own. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub prefixes: Vec<IpNet>,
    /// Public or Elastic IP addresses, sorted.
    pub public_addresses: Vec<IpAddr>,
    /// Which private address each public one stands for, as far as the answer says: private, public. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<(IpAddr, IpAddr)>,
    /// Whether it may send under addresses that are not its own: its source/destination check is off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forwards: bool,
    /// `interface`, `network_load_balancer`, `nat_gateway` …
    pub interface_type: String,
    /// The instance that it is attached to.
    pub instance: Option<String>,
    /// Whether a service manages it.
    pub requester_managed: bool,
    /// Its description; AWS names the owning service here.
    pub description: String,
    /// The AWS service that it belongs to, `unknown` where a service manages it and nothing tells which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// An EC2 instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instance {
    /// The VPC.
    pub vpc: String,
    /// The subnet of its primary interface.
    pub subnet: String,
    /// Groups that it bears, sorted.
    pub groups: Vec<String>,
    /// Private addresses of all its interfaces, sorted.
    pub private_addresses: Vec<IpAddr>,
    /// Public addresses of all its interfaces, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub public_addresses: Vec<IpAddr>,
    /// `running`, `stopped` …
    pub state: String,
}
