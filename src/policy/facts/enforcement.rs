//! Whether something enforces the NetworkPolicies of a namespace. Without an enforcer they are stored and do nothing
//! (Kubernetes, "Network Policies", prerequisites).
//!
//! Manifests alone never tell what runs: where nothing was read of a cluster itself (no EKS cluster, node, running pod,
//! add-on or agent of the network), nothing is said. Fargate runs no DaemonSet, so no agent guards pods there.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;
use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::document::{Reason, Unknown};
use crate::model::{Addon, EksCluster, FargateProfile, KubeNode, NetworkPolicy, Workload, glob_match, short_of};

/// Containers of the VPC CNI's agent, which enforces only where the add-on's `enableNetworkPolicy` is on
/// (Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies").
const SWITCHED: [&str; 2] = ["aws-eks-nodeagent", "aws-network-policy-agent"];

/// Containers of agents that enforce NetworkPolicies as they come (documentation of Calico, Cilium, Antrea, kube-router).
const ENFORCERS: [&str; 4] = ["calico-node", "cilium-agent", "antrea-agent", "kube-router"];

/// Namespaces in which vendors install their agents, beside `kube-system` (documentation of Calico, Cilium, Antrea).
const HOMES: [&str; 3] = ["calico-system", "cilium", "antrea-system"];

/// Containers of DaemonSets that are part of a cluster's network and tell that it was read.
const NETWORK: [&str; 2] = ["aws-node", "kube-proxy"];

/// The label that pods on Fargate bear.
const ON_FARGATE: &str = "eks.amazonaws.com/fargate-profile";

/// The name of the assumption that NetworkPolicies are enforced.
const ASSUMPTION: &str = "network-policy-enforcer";

/// Whether a container is that of an agent that enforces NetworkPolicies, if it is switched on.
pub(super) fn is_enforcer(container: &str) -> bool {
    SWITCHED.contains(&container) || ENFORCERS.contains(&container)
}

/// What enforces NetworkPolicies in a cluster.
pub(super) enum Enforcer {
    /// This does.
    Seen(Vec<String>),
    /// Nothing does; this is what was seen in its place.
    None(String),
    /// It is not known.
    Unknown(Reason, String),
    /// Only manifests were read.
    NotRead,
}

/// Whether the NetworkPolicies of a namespace are enforced.
#[derive(Serialize, JsonSchema)]
pub(super) struct Enforcement {
    /// How many NetworkPolicies it has.
    policies: usize,
    /// Whether something enforces them; left out where it has none, where it is not known, and where only manifests of
    /// the cluster were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    enforced: Option<bool>,
    /// What enforces them, or what was seen in place of an enforcer.
    by: Vec<String>,
    /// Workloads of which a Fargate profile runs the pods, where no agent enforces anything; some by name.
    on_fargate: Vec<String>,
}

pub(super) fn of_namespace(
    context: &Context<'_>,
    cluster: &Arc<str>,
    name: &Arc<str>,
    unknown: &mut Unknown,
) -> Enforcement {
    let policies = context.inside::<NetworkPolicy>(cluster, name).count();
    let mut fact = Enforcement { policies, enforced: None, by: vec![], on_fargate: vec![] };
    let enforcer = context.enforcer(cluster);
    // a profile may be that of another cluster of this name
    let profiles: Vec<&FargateProfile> = (context.inventory.of::<FargateProfile>())
        .map(|(.., profile)| profile)
        .filter(|profile| *profile.cluster == **cluster && !matches!(enforcer, Enforcer::Unknown(Reason::Ambiguous, _)))
        .collect();
    let on_fargate = on_fargate(context, cluster, name, &profiles);
    if policies == 0 {
        // policies that were not read may be there, and nothing may enforce them
        let enforced = matches!(enforcer, Enforcer::Seen(_)) && on_fargate.is_empty();
        if !context.listed_in::<NetworkPolicy>(cluster) && !enforced {
            unknown.say("enforcement.policies", Reason::NotInInventory, format!("NetworkPolicies of {cluster}"));
        }
        return fact;
    }
    match enforcer {
        Enforcer::Seen(by) => (fact.enforced, fact.by) = (Some(true), by.clone()),
        Enforcer::None(instead) => (fact.enforced, fact.by) = (Some(false), vec![instead.clone()]),
        Enforcer::Unknown(reason, about) => unknown.say("enforcement.enforced", *reason, about.as_str()),
        Enforcer::NotRead => {}
    }
    fact.on_fargate = on_fargate;
    if !context.listed_in::<Workload>(cluster) {
        unknown.say("enforcement.on_fargate", Reason::NotInInventory, format!("workloads of {cluster}"));
    }
    fact
}

/// Source: Amazon EKS User Guide, "Define which Pods use AWS Fargate when launched": a pod that a selector fits runs
/// there and bears a label of its profile; "AWS Fargate considerations": no DaemonSets.
fn on_fargate(
    context: &Context<'_>,
    cluster: &Arc<str>,
    namespace: &Arc<str>,
    profiles: &[&FargateProfile],
) -> Vec<String> {
    let runs = |workload: &Workload| {
        let told = workload.labels.contains_key(ON_FARGATE);
        workload.workload_kind != "DaemonSet"
            && (told || profiles.iter().any(|profile| profile.runs(namespace, &workload.labels)))
    };
    let all = context.inside::<Workload>(cluster, namespace);
    names(all.filter(|(_, workload)| runs(workload)).map(|(asset, _)| &*asset.id))
}

/// What enforces NetworkPolicies in each cluster.
pub(super) fn of_clusters(context: &Context<'_>) -> HashMap<Arc<str>, Enforcer> {
    let mut seen: HashMap<&Arc<str>, Seen<'_>> = HashMap::default();
    for (_, asset, workload) in context.inventory.of::<Workload>() {
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
    for (_, asset, _) in context.inventory.of::<KubeNode>() {
        if let Some(cluster) = &asset.place.cluster {
            seen.entry(cluster).or_default().live = true;
        }
    }
    let clusters = context.namespaces.keys();
    let mut out: HashMap<Arc<str>, Enforcer> = HashMap::default();
    for cluster in clusters {
        let enforcer = judge(context, cluster, &seen.remove(cluster).unwrap_or_default());
        out.insert(Arc::clone(cluster), assumed(context, cluster, enforcer));
    }
    out
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

fn judge(context: &Context<'_>, cluster: &Arc<str>, seen: &Seen<'_>) -> Enforcer {
    // of two clusters of one name nothing tells whose objects were read
    let mut eks = context.inventory.of::<EksCluster>().filter(|(.., eks)| *eks.name == **cluster);
    let (in_eks, shared_name) = (eks.next().is_some(), eks.next().is_some());
    if shared_name {
        return Enforcer::Unknown(Reason::Ambiguous, format!("clusters named {cluster}"));
    }
    let has = |names: &[&str]| names.iter().any(|name| seen.containers.contains(name));
    let agents: Vec<String> =
        ENFORCERS.iter().filter(|name| seen.containers.contains(*name)).map(|name| (*name).to_owned()).collect();
    if !agents.is_empty() {
        return Enforcer::Seen(agents);
    }
    let mut addons = context.inventory.of::<Addon>().map(|(.., addon)| addon);
    let addon = addons.find(|addon| addon.name == "vpc-cni" && *addon.cluster == **cluster);
    let switch = addon.and_then(|addon| addon.network_policy);
    let whole = seen.daemons && context.listed_in::<Workload>(cluster);
    let unread = |what: &str| Enforcer::Unknown(Reason::EntriesNotCollected, format!("{what} of {cluster}"));
    match (addon, switch) {
        (_, Some(true)) => return Enforcer::Seen(vec!["vpc-cni enableNetworkPolicy=true".to_owned()]),
        (None, _) if !(in_eks || seen.live || has(&NETWORK)) => return Enforcer::NotRead,
        _ => {}
    }
    if let Some(stray) = seen.stray {
        return Enforcer::Unknown(Reason::NotUnderstood, short_of(stray));
    }
    match (whole, switch) {
        // an enforcer may be among the DaemonSets that were not read
        (false, _) => unread("DaemonSets in kube-system"),
        (true, Some(_)) => Enforcer::None("vpc-cni enableNetworkPolicy=false".to_owned()),
        (true, None) if has(&["aws-node"]) && !has(&SWITCHED) => Enforcer::None("aws-node".to_owned()),
        (true, None) if addon.is_some() => unread("enableNetworkPolicy of add-on vpc-cni"),
        (true, None) if has(&["aws-node"]) => unread("add-on vpc-cni"),
        (true, None) => Enforcer::Unknown(Reason::NotUnderstood, format!("network plugin of {cluster}")),
    }
}

/// What is not known may be assumed by the configuration, for a while.
fn assumed(context: &Context<'_>, cluster: &str, enforcer: Enforcer) -> Enforcer {
    let mut all = context.config.assumptions.iter().filter(|assumption| {
        assumption.name == ASSUMPTION
            && context.day <= assumption.expires
            && assumption.cluster.as_deref().is_none_or(|pattern| glob_match(pattern, cluster))
    });
    match (&enforcer, all.next()) {
        (Enforcer::Unknown(..), Some(_)) => Enforcer::Seen(vec![format!("assumption {ASSUMPTION}")]),
        _ => enforcer,
    }
}
