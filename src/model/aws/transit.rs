//! What joins VPCs: peerings and transit gateways.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vpc::Route;

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
    /// Whether rules may refer to groups of VPCs behind other attachments; off by default.
    #[serde(default)]
    pub security_group_referencing: bool,
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

impl TransitGatewayAttachment {
    /// Whether it carries traffic; none in a state of passage.
    ///
    /// Source: Amazon VPC Transit Gateways, "Transit gateway attachments to a VPC", lifecycle.
    pub fn carries(&self) -> Option<bool> {
        match self.state.as_str() {
            "available" | "modifying" => Some(true),
            "deleted" | "rejected" | "failed" => Some(false),
            _ => None,
        }
    }
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
