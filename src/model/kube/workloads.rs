//! Namespaces, workloads and what they run as.

use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LabelSelector;
use crate::model::FargateProfile;

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
    /// The port of the node that leads to it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_port: Option<u16>,
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
    /// Labels that a node must have for its pods.
    #[serde(default)]
    pub node_selector: BTreeMap<String, String>,
    /// Terms of its required node affinity as text, sorted; a node must fit one of them.
    #[serde(default)]
    pub node_affinity: Vec<String>,
    /// Taints that its pods tolerate, `key=value:Effect`; parts that are left out stand for all, sorted.
    #[serde(default)]
    pub tolerations: Vec<String>,
    /// How many running pods were folded into it.
    pub pods: u64,
    /// Addresses of running pods, sorted; of pods on their node's network none, since those are the node's.
    /// Documents for rules leave them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// Keys of labels that running pods bear otherwise than `labels` says, sorted: policies may tell them apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub varying: Vec<String>,
    /// How many of them run a proxy of the mesh, as a container or a native sidecar; none in snapshots of before this
    /// was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxies: Option<u64>,
}

impl Workload {
    /// Whether a selector fits all of the pods; none where it fits some only, or cannot be read.
    pub fn fits(&self, selector: &LabelSelector) -> Option<bool> {
        if self.varying.is_empty() {
            return selector.matches(&self.labels);
        }
        selector.matches_where(&self.labels, |key| self.varying.iter().all(|varying| varying != key))
    }

    /// Whether it asks for nodes that run Windows (Kubernetes, "Windows containers", node label `kubernetes.io/os`).
    pub fn asks_for_windows(&self) -> bool {
        let chosen = self.node_selector.get("kubernetes.io/os").is_some_and(|os| os == "windows");
        let among = |term: &str| term.strip_prefix("kubernetes.io/os In ").is_some_and(|all| all.contains("windows"));
        chosen || self.node_affinity.iter().flat_map(|terms| terms.split(" and ")).any(among)
    }

    /// Whether a Fargate profile of its cluster runs its pods.
    ///
    /// Source: Amazon EKS User Guide, "Define which Pods use AWS Fargate when launched": a pod that a selector fits runs
    /// there and bears a label of its profile; "AWS Fargate considerations": no DaemonSets.
    pub fn is_on_fargate<'p>(&self, namespace: &str, profiles: impl IntoIterator<Item = &'p FargateProfile>) -> bool {
        let told = self.labels.contains_key("eks.amazonaws.com/fargate-profile");
        self.workload_kind != "DaemonSet"
            && (told || profiles.into_iter().any(|profile| profile.runs(namespace, &self.labels)))
    }
}

/// A service account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceAccount {}
