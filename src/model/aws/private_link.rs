//! PrivateLink: endpoints, the services that they lead to, and who may use them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A VPC endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VpcEndpoint {
    /// The VPC.
    pub vpc: String,
    /// `Interface`, `Gateway`, `GatewayLoadBalancer`, `Resource` or `ServiceNetwork`.
    pub endpoint_type: String,
    /// The service's name, empty for resources and service networks of VPC Lattice.
    pub service: String,
    /// `available`, `pendingAcceptance`, `deleted` …
    pub state: String,
    /// Its subnets, sorted.
    pub subnets: Vec<String>,
    /// Groups of its interfaces, sorted.
    pub groups: Vec<String>,
    /// Route tables of a gateway endpoint, sorted.
    pub route_tables: Vec<String>,
    /// Its interfaces, sorted.
    pub interfaces: Vec<String>,
}

/// An endpoint service: what an account offers to others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VpcEndpointService {
    /// `com.amazonaws.vpce.<region>.vpce-svc-…`
    pub service: String,
    /// `Available`, `Deleted` …
    pub state: String,
    /// Whether somebody has to accept each connection.
    pub acceptance_required: bool,
    /// ARNs of the load balancers behind it, sorted.
    pub balancers: Vec<String>,
    /// Who may connect, ARNs or `*`, sorted; none if they were not collected.
    pub principals: Option<Vec<String>>,
}

/// A connection of an endpoint to an endpoint service, as the service's owner sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VpcEndpointConnection {
    /// `vpce-svc-…`
    pub service: String,
    /// `vpce-…`
    pub endpoint: String,
    /// The endpoint's account.
    pub endpoint_account: String,
    /// `available`, `pendingAcceptance`, `rejected` …
    pub state: String,
}
