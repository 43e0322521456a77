//! What enforces the NetworkPolicies of a cluster. Without an enforcer they are stored and do nothing (Kubernetes,
//! "Network Policies", prerequisites).
//!
//! Manifests alone never tell what runs: where nothing was read of a cluster itself (no EKS cluster, node, running pod,
//! add-on or agent of the network), nothing is said.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;

use crate::model::{Addon, EksCluster, Inventory, Kind, KubeNode, Namespace, Place, Workload, short_of};

/// Containers of the VPC CNI's agent, which enforces only where the add-on's `enableNetworkPolicy` is on
/// (Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies").
const SWITCHED: [&str; 2] = ["aws-eks-nodeagent", "aws-network-policy-agent"];

/// Containers of agents that enforce NetworkPolicies as they come (documentation of Calico, Cilium, Antrea, kube-router).
const ENFORCERS: [&str; 4] = ["calico-node", "cilium-agent", "antrea-agent", "kube-router"];

/// Namespaces in which vendors install their agents, beside `kube-system` (documentation of Calico, Cilium, Antrea).
const HOMES: [&str; 3] = ["calico-system", "cilium", "antrea-system"];

/// Containers of DaemonSets that are part of a cluster's network and tell that it was read.
const NETWORK: [&str; 2] = ["aws-node", "kube-proxy"];

/// The name of the assumption that NetworkPolicies are enforced.
pub const ASSUMPTION: &str = "network-policy-enforcer";

/// Whether a container is that of an agent that enforces NetworkPolicies, if it is switched on.
pub fn is_enforcer(container: &str) -> bool {
    SWITCHED.contains(&container) || ENFORCERS.contains(&container)
}

/// What enforces NetworkPolicies in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enforcer {
    /// This does.
    Seen(Vec<String>),
    /// Nothing does; this is what was seen in its place.
    None(String),
    /// It is not known, and what that is about.
    Unknown(Doubt, String),
    /// Only manifests were read.
    NotRead,
}

/// Why it is not known what enforces policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Two clusters bear one name.
    Ambiguous,
    /// What runs there is not one of the known ones.
    NotUnderstood,
    /// What would tell was not collected.
    NotCollected,
}

/// What enforces NetworkPolicies in each cluster; `assumed` says whether the configuration assumes an enforcer where
/// that is not known.
pub fn enforcers(inventory: &Inventory, assumed: &dyn Fn(&str) -> bool) -> HashMap<Arc<str>, Enforcer> {
    let mut seen: HashMap<&Arc<str>, Seen<'_>> = HashMap::default();
    for (_, asset, workload) in inventory.of::<Workload>() {
        let (Some(cluster), Some(namespace)) = (&asset.place.cluster, &asset.place.namespace) else { continue };
        let seen = seen.entry(cluster).or_default();
        seen.live |= workload.pods > 0;
        if workload.workload_kind == "DaemonSet" {
            let own = &**namespace == "kube-system";
            seen.daemons |= own;
            let containers = workload.containers.iter().map(String::as_str);
            if own || HOMES.contains(&&**namespace) {
                seen.containers.extend(containers.filter(|name| own || ENFORCERS.contains(name)));
            } else if workload.containers.iter().any(|name| ENFORCERS.contains(&name.as_str())) {
                seen.stray = seen.stray.or(Some(&asset.id));
            }
        }
    }
    for (_, asset, _) in inventory.of::<KubeNode>() {
        if let Some(cluster) = &asset.place.cluster {
            seen.entry(cluster).or_default().live = true;
        }
    }
    let clusters: BTreeSet<&Arc<str>> =
        inventory.of::<Namespace>().filter_map(|(_, asset, _)| asset.place.cluster.as_ref()).collect();
    let mut of = |cluster: &Arc<str>| match judge(inventory, cluster, &seen.remove(cluster).unwrap_or_default()) {
        // what is not known may be assumed by the configuration, for a while
        Enforcer::Unknown(..) if assumed(cluster) => Enforcer::Seen(vec![format!("assumption {ASSUMPTION}")]),
        enforcer => enforcer,
    };
    clusters.into_iter().map(|cluster| (Arc::clone(cluster), of(cluster))).collect()
}

/// What of a cluster's objects tells what enforces its policies.
#[derive(Default)]
struct Seen<'a> {
    /// Whether nodes or running pods were read.
    live: bool,
    /// Whether DaemonSets of `kube-system` were read.
    daemons: bool,
    /// Containers of these, and of enforcers where their vendors install them.
    containers: BTreeSet<&'a str>,
    /// A DaemonSet elsewhere with a container of an enforcer's name, which anybody may give one.
    stray: Option<&'a str>,
}

fn judge(inventory: &Inventory, cluster: &Arc<str>, seen: &Seen<'_>) -> Enforcer {
    // of two clusters of one name nothing tells whose objects were read
    let mut eks = inventory.of::<EksCluster>().filter(|(.., eks)| *eks.name == **cluster);
    let (in_eks, shared_name) = (eks.next().is_some(), eks.next().is_some());
    if shared_name {
        return Enforcer::Unknown(Doubt::Ambiguous, format!("clusters named {cluster}"));
    }
    let has = |names: &[&str]| names.iter().any(|name| seen.containers.contains(name));
    let agents: Vec<String> =
        ENFORCERS.iter().filter(|name| seen.containers.contains(*name)).map(|name| (*name).to_owned()).collect();
    if !agents.is_empty() {
        return Enforcer::Seen(agents);
    }
    let mut addons = inventory.of::<Addon>().map(|(.., addon)| addon);
    let addon = addons.find(|addon| addon.name == "vpc-cni" && *addon.cluster == **cluster);
    let switch = addon.and_then(|addon| addon.network_policy);
    let place = Place { cluster: Some(Arc::clone(cluster)), ..Place::default() };
    let whole = seen.daemons && !inventory.coverage.fell_short(Workload::NAME, &place);
    let unread = |what: &str| Enforcer::Unknown(Doubt::NotCollected, format!("{what} of {cluster}"));
    match (addon, switch) {
        (_, Some(true)) => return Enforcer::Seen(vec!["vpc-cni enableNetworkPolicy=true".to_owned()]),
        (None, _) if !(in_eks || seen.live || has(&NETWORK)) => return Enforcer::NotRead,
        _ => {}
    }
    if let Some(stray) = seen.stray {
        return Enforcer::Unknown(Doubt::NotUnderstood, short_of(stray));
    }
    match (whole, switch) {
        // an enforcer may be among the DaemonSets that were not read
        (false, _) => unread("DaemonSets in kube-system"),
        (true, Some(_)) => Enforcer::None("vpc-cni enableNetworkPolicy=false".to_owned()),
        (true, None) if has(&["aws-node"]) && !has(&SWITCHED) => Enforcer::None("aws-node".to_owned()),
        (true, None) if addon.is_some() => unread("enableNetworkPolicy of add-on vpc-cni"),
        (true, None) if has(&["aws-node"]) => unread("add-on vpc-cni"),
        (true, None) => Enforcer::Unknown(Doubt::NotUnderstood, format!("network plugin of {cluster}")),
    }
}
