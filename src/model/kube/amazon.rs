//! What AWS' controllers for Kubernetes read: load balancers' targets, and network interfaces of pods.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LabelSelector;

/// A TargetGroupBinding (`elbv2.k8s.aws`): the pods of a service are targets of a target group.
///
/// Source: AWS Load Balancer Controller, "TargetGroupBinding".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetGroupBinding {
    /// The target group's ARN; none where it is given by name.
    pub target_group: Option<String>,
    /// The target group's name, where it is given by name.
    pub target_group_name: Option<String>,
    /// The service, in the same namespace.
    pub service: String,
    /// The service's port, by number or name.
    pub service_port: String,
    /// `instance` or `ip`; none where the controller finds out.
    pub target_type: Option<String>,
}

/// A SecurityGroupPolicy (`vpcresources.k8s.aws`): groups of pods instead of those of their node.
///
/// Source: Amazon EKS User Guide, "Assign security groups to individual Pods".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecurityGroupPolicy {
    /// Pods by label.
    pub pod_selector: Option<LabelSelector>,
    /// Pods by labels of their service account.
    pub service_account_selector: Option<LabelSelector>,
    /// The groups, `sg-…`, sorted.
    pub groups: Vec<String>,
    /// Fields that this release does not know, as JSON pointers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_fields: Vec<String>,
}

/// An ENIConfig (`crd.k8s.amazonaws.com`): subnet and groups of pods' interfaces under custom networking.
///
/// Source: Amazon EKS User Guide, "Deploy Pods in alternate subnets with custom networking".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EniConfig {
    /// The subnet, `subnet-…`.
    pub subnet: String,
    /// The groups, `sg-…`, sorted; empty for those of the node.
    pub groups: Vec<String>,
}

/// A CNINode (`vpcresources.k8s.aws`): which features the VPC resource controller serves on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CniNode {
    /// Features by name, `SecurityGroupsForPods` among them, sorted.
    pub features: Vec<String>,
}
