//! Services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Delivery;

/// A port of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ServicePort {
    /// Its name.
    pub name: String,
    /// The port that clients see.
    pub port: u16,
    /// The container's port, by number or name.
    pub target_port: String,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// Its application protocol, where it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_protocol: Option<String>,
    /// The port on every node, if there is one.
    pub node_port: Option<u16>,
}

/// A service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Service {
    /// `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`.
    pub service_type: String,
    /// Labels of the pods behind it; none where endpoints are made by hand.
    pub selector: BTreeMap<String, String>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// Addresses outside the cluster at which nodes take its traffic, sorted.
    #[serde(default)]
    pub external_ips: Vec<String>,
    /// `Cluster` (the default) or `Local`; none where it takes no traffic from outside.
    #[serde(default)]
    pub external_traffic_policy: Option<String>,
    /// Who may reach its load balancer, sorted; empty for everybody.
    #[serde(default)]
    pub load_balancer_source_ranges: Vec<String>,
    /// Who makes its load balancer; none for the cloud's default.
    #[serde(default)]
    pub load_balancer_class: Option<String>,
    /// Whether a load balancer's service gets node ports, which it does unless told otherwise.
    #[serde(default)]
    pub allocate_node_ports: Option<bool>,
    /// Annotations that steer load balancers.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// How it came into its cluster.
    #[serde(default, skip_serializing_if = "Delivery::is_nothing")]
    pub delivery: Delivery,
}
