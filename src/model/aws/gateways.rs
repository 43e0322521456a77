//! What a VPC's traffic leaves by: public addresses, internet, NAT, VPN and Direct Connect gateways, and what shuts them.

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An Elastic IP address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ElasticIp {
    /// The public address.
    pub address: Option<IpAddr>,
    /// The private address that it stands for.
    pub private_address: Option<IpAddr>,
    /// The interface that it is associated with.
    pub interface: Option<String>,
    /// The instance that it is associated with.
    pub instance: Option<String>,
    /// The account of that interface.
    pub interface_account: Option<String>,
}

/// An internet gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InternetGateway {
    /// VPCs that it is attached to, sorted.
    pub vpcs: Vec<String>,
}

/// An egress-only internet gateway: IPv6, nothing unsolicited comes in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EgressOnlyInternetGateway {
    /// VPCs that it is attached to, sorted.
    pub vpcs: Vec<String>,
}

/// A NAT gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NatGateway {
    /// The VPC.
    pub vpc: String,
    /// The subnet, empty for a regional NAT gateway.
    pub subnet: String,
    /// `public` or `private`.
    pub connectivity: String,
    /// `available`, `deleted` …
    pub state: String,
    /// Its interfaces, sorted.
    pub interfaces: Vec<String>,
    /// Its public addresses, sorted.
    #[serde(default)]
    pub public_addresses: Vec<IpAddr>,
}

/// A virtual private gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VpnGateway {
    /// VPCs that it is attached to, sorted.
    pub vpcs: Vec<String>,
    /// `available`, `deleted` …
    pub state: String,
}

/// A customer gateway: the far end of VPN connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustomerGateway {
    /// Its address.
    pub address: Option<IpAddr>,
    /// The device's name.
    pub device: String,
    /// `available`, `deleted` …
    pub state: String,
}

/// A site-to-site VPN connection. Its configuration holds shared keys and is never read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VpnConnection {
    /// The customer gateway.
    pub customer_gateway: String,
    /// The virtual private gateway, if it ends at one.
    pub vpn_gateway: Option<String>,
    /// The transit gateway, if it ends at one.
    pub transit_gateway: Option<String>,
    /// `available`, `deleted` …
    pub state: String,
    /// Whether its routes are static; else BGP tells them.
    pub static_routes_only: bool,
    /// Its static routes, sorted.
    #[schemars(with = "Vec<String>")]
    pub routes: Vec<IpNet>,
}

/// A Direct Connect gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectConnectGateway {
    /// Its name.
    pub name: String,
    /// `available`, `deleted` …
    pub state: String,
}

/// What a Direct Connect gateway is associated with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectConnectGatewayAssociation {
    /// The Direct Connect gateway.
    pub gateway: String,
    /// The virtual private or transit gateway.
    pub associated: String,
    /// `virtualPrivateGateway` or `transitGateway`.
    pub associated_type: String,
    /// `associated`, `disassociated` …
    pub state: String,
    /// Prefixes that it announces to the other side, sorted.
    #[schemars(with = "Vec<String>")]
    pub allowed_prefixes: Vec<IpNet>,
}

/// VPC Block Public Access of an account in a Region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockPublicAccess {
    /// `off`, `block-ingress` or `block-bidirectional`.
    pub mode: String,
    /// `default-state`, `update-in-progress`, `update-complete`.
    pub state: String,
}

/// What VPC Block Public Access leaves alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockPublicAccessExclusion {
    /// ARN of the VPC or subnet.
    pub resource: String,
    /// `allow-bidirectional` or `allow-egress`.
    pub mode: String,
    /// `create-complete`, `delete-complete` …
    pub state: String,
}

/// A flow log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FlowLog {
    /// A VPC, subnet, interface or transit gateway.
    pub resource: String,
    /// `ALL`, `ACCEPT` or `REJECT`.
    pub traffic: String,
    /// `ACTIVE` …
    pub status: String,
    /// `SUCCESS` or `FAILED`; empty until something was delivered.
    pub delivery: String,
}
