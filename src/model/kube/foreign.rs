//! Network policies of other kinds than Kubernetes' NetworkPolicy: told to be there, not evaluated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A policy that this release does not evaluate: AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy,
/// Calico's and Cilium's kinds. What it does to the pods that it selects is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForeignNetworkPolicy {
    /// API group and kind, `cilium.io/CiliumNetworkPolicy`.
    pub flavour: String,
    /// Whom it is about, as it is written; empty where nothing is said.
    pub selector: String,
    /// Whether it is about what comes in; none where it does not say.
    pub ingress: Option<bool>,
    /// Whether it is about what goes out; none where it does not say.
    pub egress: Option<bool>,
}
