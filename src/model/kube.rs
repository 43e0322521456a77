//! Kubernetes kinds, trimmed to what is evaluated. Meanings are those of the Kubernetes API reference.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Namespace {
    /// True where no Namespace object was read and only objects in it tell of it: its labels are not known.
    pub implied: bool,
}

/// A named port of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ContainerPort {
    /// Its name, empty if it has none.
    pub name: String,
    /// Its number.
    pub port: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
}

/// What owns pods: a Deployment, StatefulSet, DaemonSet, Job, CronJob … or a bare pod. Pods are folded into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Workload {
    /// `Deployment`, `StatefulSet`, `Pod` …
    pub workload_kind: String,
    /// Labels of its pods.
    pub labels: BTreeMap<String, String>,
    /// Annotations of its pods that steer the mesh (`…istio.io/…`).
    pub annotations: BTreeMap<String, String>,
    /// Service account of its pods.
    pub service_account: String,
    /// Whether its pods share the node's network.
    pub host_network: bool,
    /// Names of its containers, init containers too, sorted.
    pub containers: Vec<String>,
    /// Ports that its containers name, sorted.
    pub ports: Vec<ContainerPort>,
    /// How many running pods were folded into it.
    pub pods: u64,
}

/// A service account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceAccount {}

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
}

/// A label selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Labels that must be there with these values.
    pub match_labels: BTreeMap<String, String>,
    /// Further conditions, all of which must hold.
    pub match_expressions: Vec<LabelExpression>,
}

/// A condition of a label selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelExpression {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: String,
    /// Values to compare with.
    pub values: Vec<String>,
}

impl LabelSelector {
    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Whether labels match; none where an operator is not one of Kubernetes' four.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> Option<bool> {
        let mut all = self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        for expression in &self.match_expressions {
            let value = labels.get(&expression.key);
            let listed = value.is_some_and(|value| expression.values.contains(value));
            all &= match expression.operator.as_str() {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => return None,
            };
        }
        Some(all)
    }
}

/// A peer of a NetworkPolicy rule, as the API gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicyPeer {
    /// Pods by label; in the policy's namespace unless a namespace selector stands beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_selector: Option<LabelSelector>,
    /// Namespaces by label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
    /// Addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_block: Option<IpBlock>,
}

/// A block of addresses with exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct IpBlock {
    /// The block.
    pub cidr: String,
    /// Blocks inside it that are left out.
    pub except: Vec<String>,
}

/// A port of a NetworkPolicy rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicyPort {
    /// `TCP` (the default), `UDP` or `SCTP`.
    pub protocol: Option<String>,
    /// Number or name; none is every port.
    pub port: Option<String>,
    /// Last port of a range.
    pub end_port: Option<u16>,
}

/// A rule of a NetworkPolicy, either direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkPolicyRule {
    /// Who; empty is everybody.
    pub peers: Vec<NetworkPolicyPeer>,
    /// Ports; empty is every port.
    pub ports: Vec<NetworkPolicyPort>,
}

impl NetworkPolicyRule {
    /// Whether it lets everybody through on every port: no peers at all, or every address.
    pub fn is_everything(&self) -> bool {
        let every = |block: &IpBlock| matches!(block.cidr.as_str(), "0.0.0.0/0" | "::/0") && block.except.is_empty();
        let everybody = self.peers.is_empty() || self.peers.iter().any(|p| p.ip_block.as_ref().is_some_and(every));
        everybody && self.ports.is_empty()
    }
}

/// A NetworkPolicy (`networking.k8s.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkPolicy {
    /// Pods that it isolates.
    pub pod_selector: LabelSelector,
    /// Whether it isolates them from what comes in.
    pub ingress: bool,
    /// Whether it isolates them towards the outside.
    pub egress: bool,
    /// What it lets in.
    pub ingress_rules: Vec<NetworkPolicyRule>,
    /// What it lets out.
    pub egress_rules: Vec<NetworkPolicyRule>,
}
