//! Isolation of pods: the default deny of NetworkPolicies, what opens it again, and what leaves it unknown.
//!
//! Source: Kubernetes, "Network Policies": pods are isolated per direction once a policy selects them, policies add up.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Reason, Unknown};
use crate::model::{AddressSet, Asset, ForeignNetworkPolicy, NetworkPolicy, NetworkPolicyRule, short_of};

/// Whether pods are isolated unless a policy says otherwise.
#[derive(Serialize, JsonSchema)]
pub(super) struct Isolation {
    ingress: DefaultDeny,
    egress: DefaultDeny,
}

/// Default deny of NetworkPolicies, one direction.
#[derive(Serialize, JsonSchema)]
struct DefaultDeny {
    /// Whether a policy isolates all pods and none of those lets everybody through, or every pod of the cluster; left
    /// out where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force: Option<bool>,
    /// The policy that isolates them.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// The policy, or the policies together, about all pods that let everybody or every pod of the cluster through.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_by: Option<String>,
}

/// A direction of a policy.
struct Way {
    name: &'static str,
    is_about: fn(&NetworkPolicy) -> bool,
    rules: fn(&NetworkPolicy) -> &[NetworkPolicyRule],
    foreign: fn(&ForeignNetworkPolicy) -> Option<bool>,
}

const INGRESS: Way = Way {
    name: "ingress",
    is_about: |policy| policy.ingress,
    rules: |policy| &policy.ingress_rules,
    foreign: |policy| policy.ingress,
};

const EGRESS: Way = Way {
    name: "egress",
    is_about: |policy| policy.egress,
    rules: |policy| &policy.egress_rules,
    foreign: |policy| policy.egress,
};

pub(super) fn isolation(context: &Context<'_>, namespace: &Asset, unknown: &mut Unknown) -> Isolation {
    Isolation {
        ingress: default_deny(context, namespace, &INGRESS, unknown),
        egress: default_deny(context, namespace, &EGRESS, unknown),
    }
}

fn default_deny(context: &Context<'_>, namespace: &Asset, way: &Way, unknown: &mut Unknown) -> DefaultDeny {
    let cluster: Arc<str> = namespace.place.cluster.clone().unwrap_or_default();
    let name: Arc<str> = namespace.place.namespace.clone().unwrap_or_default();
    let inside: Vec<(&Asset, &NetworkPolicy)> = context.inside::<NetworkPolicy>(&cluster, &name).collect();
    let about_all = |policy: &NetworkPolicy| policy.pod_selector.is_everything() && (way.is_about)(policy);
    let all: Vec<(&Asset, &NetworkPolicy)> = inside.iter().copied().filter(|(_, policy)| about_all(policy)).collect();
    let opened_by = opened_by(&all, way);

    let mut doubts: Vec<(Reason, String)> = foreign(context, namespace)
        .filter(|(_, policy)| (way.foreign)(policy) != Some(false))
        .map(|(asset, _)| (Reason::NotUnderstood, short_of(&asset.id)))
        .collect();
    // a field that is not known may narrow whom the policy is about, or open it
    doubts.extend(inside.iter().filter_map(|(asset, policy)| {
        let field = policy.unknown_fields.first()?;
        Some((Reason::NotUnderstood, format!("{} {field}", short_of(&asset.id))))
    }));
    // policies add up: what is open stays open, whatever others say; else one that was not read may isolate or open
    if opened_by.is_none() {
        doubts.extend(unread_blocks(&all, way).map(|block| (Reason::NotUnderstood, block)));
        if !context.listed::<NetworkPolicy>(&namespace.place) {
            doubts.push((Reason::EntriesNotCollected, format!("NetworkPolicies of {cluster}")));
        }
    }
    if !context.listed::<ForeignNetworkPolicy>(&namespace.place) {
        doubts.push((Reason::EntriesNotCollected, format!("network policies of other kinds of {cluster}")));
    }
    let in_force = doubts.is_empty().then(|| !all.is_empty() && opened_by.is_none());
    for (reason, about) in doubts {
        unknown.say(&format!("network_policy.{}.in_force", way.name), reason, about);
    }
    DefaultDeny { in_force, by: all.first().map(|(asset, _)| short_of(&asset.id)), opened_by }
}

/// Policies of other kinds that may be about a namespace: its own, and those of its whole cluster. They may isolate
/// where NetworkPolicies do not, and open what these close (documentation of AdminNetworkPolicy, Calico and Cilium).
fn foreign<'c>(
    context: &'c Context<'_>,
    namespace: &'c Asset,
) -> impl Iterator<Item = (&'c Asset, &'c ForeignNetworkPolicy)> {
    let all = context.inventory.of::<ForeignNetworkPolicy>().map(|(_, asset, policy)| (asset, policy));
    all.filter(|(asset, _)| {
        asset.place.cluster == namespace.place.cluster
            && asset.place.namespace.as_ref().is_none_or(|own| Some(own) == namespace.place.namespace.as_ref())
    })
}

/// Whom rules let through on every port.
#[derive(Default)]
struct Opening {
    /// No peer narrows it, or every pod of the cluster is one.
    wide: bool,
    addresses: AddressSet,
}

impl Opening {
    fn of<'r>(rules: impl IntoIterator<Item = &'r NetworkPolicyRule>) -> Self {
        let mut open = Self::default();
        for rule in rules.into_iter().filter(|rule| rule.is_every_port()) {
            open.wide |= rule.peers.is_empty() || rule.peers.iter().any(|peer| peer.is_every_pod());
            let blocks = rule.peers.iter().filter_map(|peer| peer.ip_block.as_ref()?.addresses());
            open.addresses = blocks.fold(open.addresses, |all, block| all.union(&block));
        }
        open
    }

    fn is_everything(&self) -> bool {
        self.wide || self.addresses.is_whole()
    }

    fn is_nothing(&self) -> bool {
        !self.wide && self.addresses.is_empty()
    }
}

/// Whether a rule about all pods opens their default deny by itself.
pub(super) fn opens(rule: &NetworkPolicyRule) -> bool {
    Opening::of([rule]).is_everything()
}

/// The policy that opens a direction alone, or all that do so together.
fn opened_by(all: &[(&Asset, &NetworkPolicy)], way: &Way) -> Option<String> {
    let open = |policy: &NetworkPolicy| Opening::of((way.rules)(policy));
    if let Some((asset, _)) = all.iter().find(|(_, policy)| open(policy).is_everything()) {
        return Some(short_of(&asset.id));
    }
    let together = Opening::of(all.iter().flat_map(|(_, policy)| (way.rules)(policy)));
    let each = all.iter().filter(|(_, policy)| !open(policy).is_nothing()).map(|(asset, _)| short_of(&asset.id));
    together.is_everything().then(|| each.collect::<Vec<_>>().join(", "))
}

/// Blocks that cannot be read: they may be all addresses.
fn unread_blocks<'p>(all: &'p [(&'p Asset, &'p NetworkPolicy)], way: &'p Way) -> impl Iterator<Item = String> {
    all.iter().flat_map(|(asset, policy)| {
        let rules = (way.rules)(policy).iter().filter(|rule| rule.is_every_port());
        let blocks = rules.flat_map(|rule| &rule.peers).filter_map(|peer| peer.ip_block.as_ref());
        let unread = blocks.filter(|block| block.addresses().is_none());
        unread.map(|block| format!("{} {}", short_of(&asset.id), block.cidr)).collect::<Vec<_>>()
    })
}
