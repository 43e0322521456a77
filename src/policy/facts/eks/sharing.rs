//! Whether namespaces of several borders share nodes. Whoever breaks out of a container has what else runs on the node.
//!
//! With one node group for all there is nothing that could keep them apart. With several, a workload may run on the nodes
//! that its node selector and required affinity fit and whose taints it tolerates. The cluster's own DaemonSets in
//! `kube-system` run on every node and count for none.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::pools::{self, Pools};
use crate::model::{Asset, FargateProfile, Namespace, Workload, short_of};
use crate::policy::facts::context::{Context, names};
use crate::policy::facts::document::{Reason, Unknown};
use crate::zone::Border;

/// The nodes that namespaces of several borders share.
#[derive(Serialize, JsonSchema)]
pub(super) struct Sharing {
    /// The node groups, or nodes of no group, that they share; left out where they share none, or where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_nodes: Option<String>,
    /// Borders of the namespaces on these nodes, at least one of them in PCI DSS scope. Where no nodes are known to be
    /// shared, those of the cluster; empty if there is only one.
    borders: Vec<Side>,
}

/// Namespaces behind one border.
#[derive(Serialize, JsonSchema)]
struct Side {
    border: String,
    namespaces: Vec<String>,
}

pub(super) fn sharing(context: &Context<'_>, at: usize, asset: &Asset, unknown: &mut Unknown) -> Sharing {
    let mut fact = Sharing { shared_nodes: None, borders: vec![] };
    let Some(cluster) = &asset.place.cluster else { return fact };
    let mut say = |reason: Reason, about: String| unknown.say("node_sharing.shared_nodes", reason, about);
    let mut sides: BTreeMap<&Border, BTreeSet<&str>> = BTreeMap::new();
    let mut pods: Vec<Pods<'_>> = Vec::new();
    let mut implied = Vec::new();
    for (at, name) in context.namespaces.get(cluster).into_iter().flatten() {
        let body =
            context.inventory.assets().get(*at).and_then(|asset| <Namespace as crate::model::Kind>::of(&asset.body));
        if body.is_some_and(|namespace| namespace.implied) {
            implied.push(*at);
        }
        let border = &context.zones.of(*at).border;
        // AWS Fargate gives each pod a machine of its own (Amazon EKS User Guide, "AWS Fargate")
        let mut workloads = context.inside::<Workload>(cluster, name).peekable();
        let some = workloads.peek().is_some();
        let on_nodes = workloads.filter(|(_, workload)| !on_fargate(context, asset, cluster, name, Some(workload)));
        let on_nodes: Vec<_> = on_nodes.collect();
        if on_fargate(context, asset, cluster, name, None) || (some && on_nodes.is_empty()) {
            continue;
        }
        sides.entry(border).or_default().insert(name);
        let own = |workload: &Workload| **name == *"kube-system" && workload.workload_kind == "DaemonSet";
        let others = on_nodes.into_iter().filter(|(_, workload)| !own(workload));
        pods.extend(others.map(|(asset, workload)| Pods { border, namespace: name, id: &asset.id, workload }));
    }
    let scope = |border: &Border| border.category.in_scope();
    let matters = sides.keys().any(|border| scope(border)) || scope(&context.zones.of(at).border);
    if sides.is_empty() && matters {
        // an EKS cluster always has namespaces: nobody looked into this one
        say(Reason::NotInInventory, format!("namespaces of {cluster}"));
    }
    // the label of a namespace that was not read may say anything
    if let (Some(first), true) = (implied.first().and_then(|at| context.inventory.assets().get(*at)), matters) {
        say(Reason::LabelsNotCollected, first.id.to_string());
    }
    if sides.len() < 2 || !matters {
        return fact;
    }
    let pools = pools::of(context, asset, cluster);
    match (pools.groups.as_slice(), pools.in_groups) {
        ([group], true) => match &pools.missing {
            Some(about) => say(Reason::EntriesNotCollected, about.clone()),
            None => fact.shared_nodes = Some(group.clone()),
        },
        _ => {
            let (shared, on_them) = shared(&pools, &pods);
            if let Some(nodes) = shared {
                fact.shared_nodes = Some(nodes);
                sides = on_them;
            } else if !context.listed_in::<Workload>(cluster) {
                say(Reason::EntriesNotCollected, format!("workloads of {cluster}"));
            } else if let Some((reason, about)) = doubt(&pools, &pods, &sides) {
                say(reason, about);
            }
        }
    }
    fact.borders = sides
        .into_iter()
        .map(|(border, namespaces)| Side { border: border.to_string(), namespaces: names(namespaces) })
        .collect();
    fact
}

/// A workload on nodes.
struct Pods<'a> {
    border: &'a Border,
    namespace: &'a str,
    id: &'a str,
    workload: &'a Workload,
}

type Sides<'a> = BTreeMap<&'a Border, BTreeSet<&'a str>>;

fn is_shared(sides: &Sides<'_>) -> bool {
    sides.len() > 1 && sides.keys().any(|border| border.category.in_scope())
}

/// Nodes that workloads of several borders may surely run on, and which.
fn shared<'a>(pools: &Pools, pods: &[Pods<'a>]) -> (Option<String>, Sides<'a>) {
    let (mut nodes, mut on_them) = (BTreeSet::new(), Sides::new());
    for pool in &pools.all {
        let mut sides = Sides::new();
        for pod in pods.iter().filter(|pod| pool.takes(pod.workload) == Some(true)) {
            sides.entry(pod.border).or_default().insert(pod.namespace);
        }
        if is_shared(&sides) {
            nodes.insert(pool.name.clone());
            sides.into_iter().for_each(|(border, all)| on_them.entry(border).or_default().extend(all));
        }
    }
    ((!nodes.is_empty()).then(|| names(nodes.iter().map(String::as_str)).join(", ")), on_them)
}

/// What must be known to say that no nodes are shared.
fn doubt(pools: &Pools, pods: &[Pods<'_>], sides: &Sides<'_>) -> Option<(Reason, String)> {
    if let Some(missing) = &pools.missing {
        return Some((Reason::EntriesNotCollected, missing.clone()));
    }
    if let Some((border, namespaces)) = sides.iter().find(|(border, _)| pods.iter().all(|pod| pod.border != **border)) {
        let namespaces: Vec<&str> = namespaces.iter().copied().collect();
        return Some((Reason::NotInInventory, format!("workloads of {border} ({})", namespaces.join(", "))));
    }
    // it runs somewhere, and that is no node of which anything is known
    let homeless = pods.iter().find(|pod| pools.all.iter().all(|pool| pool.takes(pod.workload) == Some(false)));
    if let Some(pod) = homeless {
        return Some((Reason::NotInInventory, format!("nodes for {}", short_of(pod.id))));
    }
    pools.all.iter().find_map(|pool| {
        let may = || pods.iter().filter(|pod| pool.takes(pod.workload) != Some(false));
        let mut sides = Sides::new();
        may().for_each(|pod| _ = sides.entry(pod.border).or_default().insert(pod.namespace));
        let open = may().find(|pod| pool.takes(pod.workload).is_none()).filter(|_| is_shared(&sides))?;
        Some((Reason::MayMeet, format!("{}, {}", short_of(open.id), pool.name)))
    })
}

/// Whether a Fargate profile runs all pods of a namespace, or those of one of its workloads.
fn on_fargate(
    context: &Context<'_>,
    asset: &Asset,
    cluster: &str,
    namespace: &str,
    workload: Option<&Workload>,
) -> bool {
    let none = BTreeMap::new();
    let labels = workload.map_or(&none, |workload| &workload.labels);
    context.inventory.of::<FargateProfile>().any(|(_, other, profile)| {
        profile.cluster == cluster
            && other.place.account == asset.place.account
            && other.place.region == asset.place.region
            && profile.runs(namespace, labels)
    })
}
