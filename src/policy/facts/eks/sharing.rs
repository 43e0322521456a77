//! Whether namespaces of several borders share nodes. Whoever breaks out of a container has what else runs on the node.
//!
//! Which nodes a workload asks for is not read, so with several node groups it is not known whether they keep the
//! borders apart. With one node group for all there is nothing that could.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Asset, FargateProfile, Instance, Namespace, NodeGroup, glob_match, short_of};
use crate::policy::facts::context::{Context, names, node_cluster};
use crate::policy::facts::document::{Reason, Unknown};
use crate::zone::Border;

/// The nodes that namespaces of several borders share.
#[derive(Serialize, JsonSchema)]
pub(super) struct Sharing {
    /// The node group on which all of them run; left out where they share none, or where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_nodes: Option<String>,
    /// Borders of the cluster's namespaces, at least one of them in PCI DSS scope; empty if there is only one.
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
    let mut implied = Vec::new();
    for (at, name) in context.namespaces.get(cluster).into_iter().flatten() {
        let body =
            context.inventory.assets().get(*at).and_then(|asset| <Namespace as crate::model::Kind>::of(&asset.body));
        if body.is_some_and(|namespace| namespace.implied) {
            implied.push(*at);
        }
        // AWS Fargate gives each pod a machine of its own (Amazon EKS User Guide, "AWS Fargate")
        if !on_fargate(context, asset, cluster, name) {
            sides.entry(&context.zones.of(*at).border).or_default().insert(name);
        }
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
    fact.borders = sides
        .into_iter()
        .map(|(border, namespaces)| Side { border: border.to_string(), namespaces: names(namespaces) })
        .collect();
    match only_group(context, asset, cluster) {
        Ok(group) => fact.shared_nodes = Some(group),
        Err(about) => say(Reason::EntriesNotCollected, about),
    }
    fact
}

/// Whether a Fargate profile runs all pods of a namespace.
fn on_fargate(context: &Context<'_>, asset: &Asset, cluster: &str, namespace: &str) -> bool {
    context.inventory.of::<FargateProfile>().any(|(_, other, profile)| {
        profile.cluster == cluster
            && other.place.account == asset.place.account
            && other.place.region == asset.place.region
            && profile.selectors.iter().any(|s| s.labels.is_empty() && glob_match(&s.namespace, namespace))
    })
}

/// The one node group that all nodes of a cluster belong to, else what is missing to say more.
fn only_group(context: &Context<'_>, asset: &Asset, cluster: &str) -> Result<String, String> {
    let groups: Vec<&NodeGroup> = context
        .inventory
        .of::<NodeGroup>()
        .filter(|(_, other, group)| {
            group.cluster == cluster
                && other.place.account == asset.place.account
                && other.place.region == asset.place.region
        })
        .map(|(.., group)| group)
        .collect();
    let [group] = groups.as_slice() else {
        return Err(match groups.len() {
            0 => format!("node groups of {cluster}"),
            _ => format!("which of the {} node groups of {cluster} its workloads ask for", groups.len()),
        });
    };
    // nodes of no group, or of a group that was not read, may hold one of the borders
    let mut nodes = context.inventory.of::<Instance>();
    let other = nodes.find(|(_, instance, _)| {
        node_cluster(instance).as_deref() == Some(cluster)
            && instance.tags.get("eks:nodegroup-name").is_none_or(|name| *name != group.name)
    });
    match other {
        Some((_, instance, _)) => Err(format!("the node group of {}", short_of(&instance.id))),
        None if !context.listed::<Instance>(&asset.place) => Err(format!("nodes of {cluster}")),
        None => Ok(group.name.clone()),
    }
}
