//! Nodes, and where the pods behind a service are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node of a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KubeNode {
    /// Id of the EC2 instance, from `spec.providerID`.
    pub instance: Option<String>,
    /// Availability zone, from `spec.providerID`.
    pub availability_zone: Option<String>,
    /// Taints, `key=value:Effect`, sorted.
    pub taints: Vec<String>,
    /// Its addresses, `InternalIP 10.0.0.1`, sorted.
    pub addresses: Vec<String>,
}

/// A port of an EndpointSlice.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct EndpointPort {
    /// Its name.
    pub name: String,
    /// The port; none for every port.
    pub port: Option<u16>,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
}

/// Addresses behind a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointSlice {
    /// The service; none where it belongs to none.
    pub service: Option<String>,
    /// Its addresses, sorted.
    pub addresses: Vec<String>,
    /// What is at them, `Kind/name`, sorted; an address without one was set by hand.
    pub targets: Vec<String>,
    /// Its ports, sorted.
    pub ports: Vec<EndpointPort>,
}
