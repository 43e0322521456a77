//! Nodes of a cluster that pods may be scheduled on: node groups as EKS says them, and nodes that were read.
//!
//! Source: Kubernetes, "Assigning Pods to Nodes" and "Taints and Tolerations". What a launch template's user data adds
//! to a group's labels is known only of nodes that were read.

use std::collections::BTreeMap;

use crate::model::{Asset, Instance, KubeNode, NodeGroup, Workload, short_of};
use crate::policy::facts::context::{Context, node_cluster};

/// The label of all nodes of a managed group (Amazon EKS User Guide, "Managed node groups").
const GROUP: &str = "eks.amazonaws.com/nodegroup";

/// Nodes that are alike.
pub(super) struct Pool {
    /// The node group's name, the node's where it belongs to none.
    pub name: String,
    labels: BTreeMap<String, String>,
    /// Whether the labels are all there are. EKS does not list those that the kubelet and controllers set.
    whole: bool,
    /// Whether any labels are known.
    known: bool,
    /// Key, value and effect of taints.
    taints: Vec<(String, String, String)>,
}

/// What a cluster's pods may run on.
pub(super) struct Pools {
    pub all: Vec<Pool>,
    /// Names of its node groups.
    pub groups: Vec<String>,
    /// What of its nodes is not known.
    pub missing: Option<String>,
    /// Whether all nodes belong to its groups.
    pub in_groups: bool,
}

pub(super) fn of(context: &Context<'_>, asset: &Asset, cluster: &str) -> Pools {
    let here =
        |other: &Asset| (&other.place.account, &other.place.region) == (&asset.place.account, &asset.place.region);
    let groups: Vec<&NodeGroup> = context
        .inventory
        .of::<NodeGroup>()
        .filter(|(_, other, group)| group.cluster == cluster && here(other))
        .map(|(.., group)| group)
        .collect();
    let mut pools = Pools {
        all: groups.iter().map(|group| of_group(group)).collect(),
        groups: groups.iter().map(|group| group.name.clone()).collect(),
        missing: None,
        in_groups: true,
    };
    let mut group_of: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (_, instance, _) in context.inventory.of::<Instance>() {
        if node_cluster(instance).as_deref() == Some(cluster) {
            let group = instance.tags.get("eks:nodegroup-name").filter(|name| pools.groups.contains(name));
            group_of.insert(short_of(&instance.id), group.cloned());
        }
    }
    let mut read: Vec<&str> = Vec::new();
    for (_, node_asset, node) in context.inventory.of::<KubeNode>() {
        if node_asset.place.cluster.as_deref() != Some(cluster) {
            continue;
        }
        let labelled = node_asset.tags.get(GROUP).filter(|name| pools.groups.contains(name)).cloned();
        let group = labelled.or_else(|| group_of.get(node.instance.as_deref()?)?.clone());
        pools.in_groups &= group.is_some();
        read.extend(node.instance.as_deref());
        let (key, name) = (|taint: &String| split(taint), group.unwrap_or_else(|| short_of(&node_asset.id)));
        let taints = node.taints.iter().map(key).collect();
        pools.all.push(Pool { name, labels: node_asset.tags.clone(), whole: true, known: true, taints });
    }
    let stray = group_of.iter().find(|(id, group)| group.is_none() && !read.contains(&id.as_str()));
    let nodes_read = pools.all.len() > pools.groups.len() && context.listed::<KubeNode>(&asset.place);
    pools.in_groups &= stray.is_none();
    pools.missing = match stray {
        _ if pools.all.is_empty() => Some(format!("node groups of {cluster}")),
        Some((id, _)) => Some(format!("the node group of {id}")),
        None if !nodes_read && !context.listed::<Instance>(&asset.place) => Some(format!("nodes of {cluster}")),
        None => None,
    };
    pools
}

fn of_group(group: &NodeGroup) -> Pool {
    let mut labels = group.labels.clone().unwrap_or_default();
    labels.insert(GROUP.to_owned(), group.name.clone());
    let taints = group.taints.iter().map(|t| (t.key.clone(), t.value.clone(), t.effect.clone())).collect();
    Pool { name: group.name.clone(), labels, whole: false, known: group.labels.is_some(), taints }
}

/// A taint or toleration, `key=value:Effect`, in its parts.
fn split(text: &str) -> (String, String, String) {
    let (rest, effect) = text.rsplit_once(':').unwrap_or((text, ""));
    let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
    (key.to_owned(), value.to_owned(), effect.to_owned())
}

impl Pool {
    /// Whether the scheduler may put pods of a workload here; none if that is not known.
    pub fn takes(&self, workload: &Workload) -> Option<bool> {
        let selected = workload.node_selector.iter().map(|(key, value)| self.label(key, |own| own == Some(value)));
        let mut fits = all(selected);
        if !workload.node_affinity.is_empty() {
            fits = all([fits, any(workload.node_affinity.iter().map(|term| self.fits(term)))]);
        }
        if fits == Some(false) || !self.tolerated(workload) { Some(false) } else { fits }
    }

    /// What a condition says of a label.
    fn label(&self, key: &str, test: impl Fn(Option<&String>) -> bool) -> Option<bool> {
        let own = self.labels.get(key);
        // what others set of labels is in domains of their own (Kubernetes, "Well-Known Labels, Annotations and Taints")
        let domain = key.split_once('/').map_or("", |(domain, _)| domain);
        let foreign = ["kubernetes.io", "k8s.io", "amazonaws.com", "k8s.aws"].iter().any(|end| domain.ends_with(end));
        match own {
            None if !self.known || (!self.whole && foreign) => None,
            own => Some(test(own)),
        }
    }

    /// Whether a term of a node affinity fits: conditions joined by `and`.
    fn fits(&self, term: &str) -> Option<bool> {
        // a term without conditions fits no node
        if term.is_empty() {
            return Some(false);
        }
        all(term.split(" and ").map(|condition| {
            let mut parts = condition.splitn(3, ' ');
            let (key, operator, values) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
            // fields of nodes, such as their names, are no labels
            if key.starts_with("metadata.") {
                return None;
            }
            let listed = |own: Option<&String>| own.is_some_and(|own| values.split(',').any(|value| value == own));
            match operator {
                "In" => self.label(key, listed),
                "NotIn" => self.label(key, |own| !listed(own)),
                "Exists" => self.label(key, |own| own.is_some()),
                "DoesNotExist" => self.label(key, |own| own.is_none()),
                _ => None,
            }
        }))
    }

    /// Whether a workload tolerates all taints that keep pods away. A toleration without a value counts for every value.
    fn tolerated(&self, workload: &Workload) -> bool {
        let tolerations: Vec<_> = workload.tolerations.iter().map(|text| split(text)).collect();
        self.taints.iter().filter(|(.., effect)| effect != "PreferNoSchedule").all(|(key, value, effect)| {
            tolerations.iter().any(|(k, v, e)| {
                (k.is_empty() || k == key) && (v.is_empty() || v == value) && (e.is_empty() || e == effect)
            })
        })
    }
}

/// True where all are, false where one is.
fn all(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// False where all are, true where one is.
fn any(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.into_iter().map(|part| part.map(|part| !part))).map(|none| !none)
}
