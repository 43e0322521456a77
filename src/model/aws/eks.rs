//! EKS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// URL of the API server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Block of its services' addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_cidr: Option<String>,
}
