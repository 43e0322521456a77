//! AWS kinds, trimmed to what is evaluated. References are the ids that AWS prints (`vpc-…`, `sg-…`), ARNs where AWS
//! prints ARNs; names and meanings are those of the EC2, ELBv2 and EKS API references.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An AWS account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Name in AWS Organizations, empty where only resources of the account were read.
    pub name: String,
}

/// A Region of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Region {}

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
    /// Availability zone.
    pub availability_zone: String,
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

/// A managed prefix list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrefixList {
    /// Its name.
    pub name: String,
    /// Its blocks, sorted; none if they were not collected.
    #[schemars(with = "Option<Vec<String>>")]
    pub entries: Option<Vec<IpNet>>,
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
    /// Public or Elastic IP addresses, sorted.
    pub public_addresses: Vec<IpAddr>,
    /// `interface`, `network_load_balancer`, `nat_gateway` …
    pub interface_type: String,
    /// The instance that it is attached to.
    pub instance: Option<String>,
    /// Whether a service manages it.
    pub requester_managed: bool,
    /// Its description; AWS names the owning service here.
    pub description: String,
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
    /// `running`, `stopped` …
    pub state: String,
}

/// One end of a VPC peering connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PeeringSide {
    /// The VPC.
    pub vpc: String,
    /// Its account.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// Its blocks as the connection tells them, sorted.
    #[schemars(with = "Vec<String>")]
    pub cidrs: Vec<IpNet>,
}

/// A VPC peering connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VpcPeeringConnection {
    /// `active`, `pending-acceptance`, `deleted` …
    pub status: String,
    /// Who asked.
    pub requester: PeeringSide,
    /// Who accepted.
    pub accepter: PeeringSide,
}

/// A transit gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransitGateway {
    /// Its state.
    pub state: String,
    /// Its description.
    pub description: String,
}

/// What is attached to a transit gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransitGatewayAttachment {
    /// The gateway.
    pub gateway: String,
    /// `vpc`, `vpn`, `direct-connect-gateway`, `peering`, `connect` …
    pub resource_type: String,
    /// The attached VPC, gateway or connection.
    pub resource: String,
    /// The account that owns the attached resource.
    pub resource_account: String,
    /// Its state.
    pub state: String,
    /// Subnets of a VPC attachment, sorted.
    pub subnets: Vec<String>,
    /// The associated route table, if one is.
    pub route_table: Option<String>,
}

/// A route table of a transit gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransitGatewayRouteTable {
    /// The gateway.
    pub gateway: String,
    /// Static routes; none if they were not collected.
    pub routes: Option<Vec<Route>>,
    /// Attachments that propagate into it; none if they were not collected.
    pub propagations: Option<Vec<String>>,
}

/// A load balancer (ALB, NLB or GWLB).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// The VPC.
    pub vpc: String,
    /// `application`, `network` or `gateway`.
    pub balancer_type: String,
    /// `internet-facing` or `internal`.
    pub scheme: String,
    /// Groups that it bears, sorted.
    pub groups: Vec<String>,
    /// Its subnets, sorted.
    pub subnets: Vec<String>,
    /// Allocation ids of fixed public addresses, sorted.
    pub allocations: Vec<String>,
}

/// A target group that an action forwards to, with its weight.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Forward {
    /// The target group's ARN.
    pub target_group: String,
    /// Its weight; 1 where an action names one group only.
    pub weight: i64,
}

/// A listener of a load balancer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listener {
    /// The load balancer's ARN.
    pub load_balancer: String,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `GENEVE`.
    pub protocol: String,
    /// The port that clients see.
    pub port: Option<u16>,
    /// Where its default action forwards to.
    pub forwards: Vec<Forward>,
}

/// A rule of a listener.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListenerRule {
    /// The listener's ARN.
    pub listener: String,
    /// `default` or a number.
    pub priority: String,
    /// Where its actions forward to.
    pub forwards: Vec<Forward>,
    /// Its conditions as text, `field=value,value`.
    pub conditions: Vec<String>,
}

/// A target group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetGroup {
    /// Its name.
    pub name: String,
    /// The VPC, none for Lambda.
    pub vpc: Option<String>,
    /// `instance`, `ip`, `alb` or `lambda`.
    pub target_type: String,
    /// Its protocol.
    pub protocol: String,
    /// The port of its targets, unless a target has one of its own.
    pub port: Option<u16>,
    /// ARNs of the load balancers that forward to it, sorted.
    #[serde(default)]
    pub balancers: Vec<String>,
    /// Whether its targets were collected.
    pub targets_known: bool,
}

/// A target of a target group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The target group's ARN.
    pub target_group: String,
    /// An instance id, an address, a load balancer's or a function's ARN.
    pub target: String,
    /// Its port.
    pub port: Option<u16>,
    /// `healthy`, `unhealthy`, `unused` …
    pub health: String,
}

/// An EKS cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EksCluster {
    /// Its name.
    pub name: String,
    /// The VPC.
    pub vpc: String,
    /// Kubernetes version, `1.31`.
    pub version: String,
    /// The group that EKS made for it.
    pub cluster_group: Option<String>,
    /// Further groups of the control plane's interfaces, sorted.
    pub groups: Vec<String>,
    /// Subnets of the control plane's interfaces, sorted.
    pub subnets: Vec<String>,
    /// Whether the API server has a public endpoint.
    pub endpoint_public: bool,
    /// Whether the API server has an endpoint in the VPC.
    pub endpoint_private: bool,
    /// Who may reach the public endpoint, sorted.
    pub public_access_cidrs: Vec<String>,
}

/// AWS tags as a map; a later duplicate wins, as AWS allows none.
pub type Tags = BTreeMap<String, String>;
