//! One packet between two pods, past the NetworkPolicies of both, taken to be enforced.

use std::collections::BTreeMap;

use super::Say;
use crate::model::{
    Asset, Inventory, LabelExpression, LabelSelector, Namespace, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicyRule, Workload,
};

/// A pod by its asset and what it is.
type Pod<'i> = (&'i Asset, &'i Workload);

/// What a packet is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// IP protocol number: TCP, UDP or SCTP.
    pub protocol: u8,
    /// The container's port.
    pub port: u16,
}

/// Whether a packet to a port of a pod passes from another one. Both are workloads of one cluster, by their ids.
pub fn passes_pods(inventory: &Inventory, from: &str, to: &str, probe: Probe) -> Say {
    let pod = |id: &str| inventory.of::<Workload>().find(|(_, asset, _)| *asset.id == *id).map(|(_, a, w)| (a, w));
    let (Some(from), Some(to)) = (pod(from), pod(to)) else { return Say::Unknown };
    if from.0.id == to.0.id {
        return Say::Yes;
    }
    let out = side(inventory, from, to, false, to.1, probe);
    out.and(side(inventory, to, from, true, to.1, probe))
}

/// Whether the policies about one of the two let the packet pass.
fn side(inventory: &Inventory, own: Pod<'_>, other: Pod<'_>, ingress: bool, server: &Workload, probe: Probe) -> Say {
    if own.1.host_network {
        return Say::Yes;
    }
    let (mut isolated, mut passes) = (false, Say::No);
    for (_, asset, policy) in inventory.of::<NetworkPolicy>() {
        let about = if ingress { policy.ingress } else { policy.egress };
        let here = asset.place.cluster == own.0.place.cluster && asset.place.namespace == own.0.place.namespace;
        if !(about && here && fits(&policy.pod_selector, &own.1.labels)) {
            continue;
        }
        isolated = true;
        let rules = if ingress { &policy.ingress_rules } else { &policy.egress_rules };
        for rule in rules {
            passes = passes.or(rule_passes(inventory, rule, asset, other, server, probe));
        }
    }
    match (isolated, passes) {
        (false, _) | (true, Say::Yes) => Say::Yes,
        // the node that a pod runs on gets in, and pods on the node's network are that node
        (true, _) if other.1.host_network => Say::Unknown,
        (true, said) => said,
    }
}

fn rule_passes(
    inventory: &Inventory,
    rule: &NetworkPolicyRule,
    policy: &Asset,
    other: Pod<'_>,
    server: &Workload,
    probe: Probe,
) -> Say {
    let mut peer = Say::of(rule.peers.is_empty());
    for meant in &rule.peers {
        peer = peer.or(is_peer(inventory, meant, policy, other));
    }
    let port = rule.ports.is_empty() || rule.ports.iter().any(|port| is_port(port, server, probe));
    peer.and(Say::of(port))
}

fn is_peer(inventory: &Inventory, meant: &NetworkPolicyPeer, policy: &Asset, other: Pod<'_>) -> Say {
    if meant.ip_block.is_some() {
        return Say::Unknown;
    }
    let (asset, workload) = other;
    let namespace = match &meant.namespace_selector {
        None => asset.place.namespace == policy.place.namespace,
        Some(selector) => {
            let own = inventory.of::<Namespace>().find(|(_, space, _)| {
                space.place.cluster == asset.place.cluster && space.place.namespace == asset.place.namespace
            });
            own.is_some_and(|(_, space, _)| fits(selector, &space.tags))
        }
    };
    let pod = meant.pod_selector.as_ref().is_none_or(|selector| fits(selector, &workload.labels));
    if asset.place.cluster != policy.place.cluster {
        return Say::No;
    }
    match (namespace && pod, workload.host_network) {
        (true, true) => Say::Unknown,
        (fits, _) => Say::of(fits),
    }
}

fn is_port(port: &NetworkPolicyPort, server: &Workload, probe: Probe) -> bool {
    let name = port.protocol.as_deref().unwrap_or("TCP");
    let number = match name {
        "TCP" => 6,
        "UDP" => 17,
        _ => 132,
    };
    if probe.protocol != number {
        return false;
    }
    let Some(text) = port.port.as_deref() else { return true };
    match text.parse::<u16>() {
        Ok(low) => probe.port >= low && probe.port <= port.end_port.unwrap_or(low),
        Err(_) => server.ports.iter().any(|own| own.name == text && own.protocol == name && own.port == probe.port),
    }
}

fn fits(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    for (key, value) in &selector.match_labels {
        if labels.get(key).is_none_or(|own| own != value) {
            return false;
        }
    }
    selector.match_expressions.iter().all(|expression| holds(expression, labels))
}

fn holds(expression: &LabelExpression, labels: &BTreeMap<String, String>) -> bool {
    let own = labels.get(&expression.key);
    match expression.operator.as_str() {
        "In" => own.is_some_and(|own| expression.values.contains(own)),
        // also where the label is not there
        "NotIn" => !own.is_some_and(|own| expression.values.contains(own)),
        "Exists" => own.is_some(),
        _ => own.is_none(),
    }
}
