//! Documents of kind `cluster`: one for each cluster, whether AWS tells of it or only its manifests do. What stands in
//! it side by side: zones and environments.
//!
//! Pods of one cluster share nodes, the control plane and the nodes' security groups; what divides them is
//! NetworkPolicy and the mesh. The cluster's own namespaces (`kube-system` …) are left out: they serve all others.

mod environments;
mod zones;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

pub(super) use environments::{Environments, bearers, of_vpc};

use super::context::Context;
use super::document::{Derived, Fact, Reason, Subject, Unknown};
use super::{declared, location, namespaces, subject};
use crate::model::{Asset, EksCluster, Kind, Namespace, Place, short_of};
use crate::zone::Placement;

/// The kind's name.
pub(super) const CLUSTER: &str = "cluster";

/// A cluster.
#[derive(Serialize, JsonSchema)]
pub(super) struct ClusterFact {
    zones: zones::Zones,
    environments: Environments,
}

/// Something that stands in a cluster or VPC, or the cluster or VPC itself.
struct Member<'a> {
    asset: &'a Asset,
    placement: &'a Placement,
    /// Whether it is the cluster or VPC itself.
    itself: bool,
    /// Whether only other objects tell of it: its labels are not known.
    implied: bool,
}

impl<'a> Member<'a> {
    fn of(context: &'a Context<'_>, at: usize, itself: bool) -> Option<Self> {
        let asset = context.inventory.assets().get(at)?;
        let implied = Namespace::of(&asset.body).is_some_and(|namespace| namespace.implied);
        Some(Self { asset, placement: context.zones.of(at), itself, implied })
    }

    fn in_scope(&self) -> bool {
        self.placement.border.category.in_scope()
    }

    /// How messages name it: a namespace without its cluster.
    fn name(&self) -> String {
        match Namespace::of(&self.asset.body) {
            Some(_) => self.asset.place.namespace.as_deref().unwrap_or_default().to_owned(),
            None => short_of(&self.asset.id),
        }
    }

    /// What is said of an aspect of it, and whether its own tags or labels, or nothing but its compartment, say so. Where
    /// they contradict each other these are several. Values that the configuration does not list say nothing.
    fn words<'s>(&'s self, aspect: &str, stands: Option<&'s str>) -> BTreeMap<&'s str, bool> {
        let mut words = BTreeMap::new();
        for conflict in self.placement.conflicts.iter().filter(|conflict| conflict.aspect == aspect) {
            let Some(against) = &conflict.against else { continue };
            // the other side of a contradiction is a key of its own, or the compartment
            let own_key = ["tag `", "label `"].iter().any(|word| conflict.against_by.starts_with(word));
            words.insert(conflict.own.as_str(), true);
            *words.entry(against.as_str()).or_default() |= own_key;
        }
        if let Some(stands) = stands {
            let alone = words.is_empty();
            words.entry(stands).or_insert(alone);
        }
        words
    }
}

/// The documents of all clusters.
pub(super) fn clusters(context: &Context<'_>) -> Vec<Fact> {
    let mut eks: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, _, cluster) in context.inventory.of::<EksCluster>() {
        eks.entry(&cluster.name).or_default().push(at);
    }
    let names: BTreeSet<&str> = eks.keys().copied().chain(context.namespaces.keys().map(|name| &**name)).collect();
    let mut out = Vec::new();
    for name in names {
        match eks.get(name).map_or(&[][..], Vec::as_slice) {
            [] => out.extend(one(context, name, None, false)),
            all => out.extend(all.iter().filter_map(|at| one(context, name, Some(*at), all.len() > 1))),
        }
    }
    out
}

/// One cluster: its name, the EKS cluster if AWS tells of one, and whether several EKS clusters have this name.
fn one(context: &Context<'_>, name: &str, eks: Option<usize>, shared_name: bool) -> Option<Fact> {
    let mut unknown = Unknown::default();
    // of two clusters of one name nothing tells whose objects were read
    let namespaces = context.namespaces.get(name).filter(|_| !shared_name);
    let inside = namespaces.into_iter().flatten().filter(|(_, name)| !namespaces::is_system(name));
    let members: Vec<Member<'_>> = (eks.into_iter().filter_map(|at| Member::of(context, at, true)))
        .chain(inside.filter_map(|(at, _)| Member::of(context, *at, false)))
        .collect();
    // one that only manifests tell of stands where the first of its namespaces does
    let stands = eks.or(namespaces.and_then(|all| all.first()).map(|(at, _)| *at))?;
    let asset = context.inventory.assets().get(stands)?;
    let place = Place { cluster: Some(name.into()), namespace: None, ..asset.place.clone() };
    let unread = if shared_name {
        Some((Reason::Ambiguous, format!("clusters named {name}")))
    } else if namespaces.is_none() || !context.listed::<Namespace>(&place) {
        Some((Reason::NotInInventory, format!("namespaces of {name}")))
    } else {
        None
    };
    let fact = ClusterFact {
        zones: zones::of_cluster(&members, unread.as_ref(), context, &mut unknown),
        environments: environments::of_members(context, &members, unread.as_ref(), &mut unknown),
    };
    let borders = members.iter().map(|member| &member.placement.border);
    let border = borders.min_by_key(|border| border.category.guard());
    let border = border.unwrap_or(&context.zones.of(stands).border).clone();
    let id: Arc<str> = if eks.is_some() { Arc::clone(&asset.id) } else { name.into() };
    let about = Subject { place, ..declared::subject(&id, location(asset), border) };
    Some(subject(CLUSTER, about, Derived::Cluster(Box::new(fact)), unknown))
}
