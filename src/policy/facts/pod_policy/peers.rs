//! Namespaces that a peer of a NetworkPolicy selects, by their border.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::all_named;
use crate::config::{End, Matcher};
use crate::model::{Kind, LabelSelector, Namespace, NetworkPolicyPeer, Workload};
use crate::policy::facts::context::Context;
use crate::policy::facts::cover::Role;
use crate::policy::facts::document::Reason;
use crate::zone::{Border, Placement};

/// The label that the API server sets on every namespace (Kubernetes, "Namespaces", automatic labelling).
const NAME: &str = "kubernetes.io/metadata.name";

/// Namespaces behind other borders.
#[derive(Default)]
pub(super) struct Namespaces {
    pub by_border: BTreeMap<Border, Vec<Arc<str>>>,
    /// What may be selected too, or what the selector means.
    pub doubts: Vec<(Reason, String)>,
}

/// The border of a peer: what it shows as a source, what it guards as a destination. `role` is that of the policy.
pub(super) fn border(placement: &Placement, role: Role) -> &Border {
    match role {
        Role::Destination => &placement.source,
        Role::Source => &placement.border,
    }
}

pub(super) fn of(
    context: &Context<'_>,
    cluster: &Arc<str>,
    peer: &NetworkPolicyPeer,
    role: Role,
    own: &Border,
) -> Namespaces {
    let mut found = Namespaces::default();
    let Some(selector) = &peer.namespace_selector else { return found };
    if peer.pod_selector.as_ref().is_some_and(|pods| pods.matches(&BTreeMap::new()).is_none()) {
        found.doubts.push((Reason::NotUnderstood, "podSelector".to_owned()));
        return found;
    }
    let mut any = false;
    for (at, name) in context.namespaces.get(cluster).into_iter().flatten() {
        let Some(asset) = context.inventory.assets().get(*at) else { continue };
        let implied = Namespace::of(&asset.body).is_some_and(|namespace| namespace.implied);
        let mut labels = asset.tags.clone();
        labels.entry(NAME.to_owned()).or_insert_with(|| name.to_string());
        match if implied { selector.matches_where(&labels, |key| key == NAME) } else { selector.matches(&labels) } {
            Some(false) => continue,
            None if !implied => {
                found.doubts.push((Reason::NotUnderstood, "namespaceSelector".to_owned()));
                return found;
            }
            // its own labels may say which zone it is
            _ if implied => {
                any = true;
                found.doubts.push((Reason::LabelsNotCollected, asset.id.to_string()));
            }
            _ => {
                any = true;
                let border = border(context.zones.of(*at), role);
                if border.crosses(own) {
                    found.by_border.entry(border.clone()).or_default().push(Arc::clone(name));
                }
            }
        }
    }
    // a namespace that was not read may fit as well, unless the selector names the one that it means
    let named = selector.match_labels.contains_key(NAME);
    if !(named && any || context.listed_in::<Namespace>(cluster)) {
        found.doubts.push((Reason::EntriesNotCollected, format!("namespaces of {cluster}")));
        return found;
    }
    if !any {
        // nobody looked at it, or it is yet to come, and nothing tells its zone
        found.doubts.push((Reason::NotInInventory, format!("namespaces of {cluster} with {}", text(selector))));
    }
    found
}

fn text(selector: &LabelSelector) -> String {
    let labels = selector.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
    let expressions =
        selector.match_expressions.iter().map(|e| format!("{} {} {}", e.key, e.operator, e.values.join(",")));
    let all: Vec<String> = labels.chain(expressions).collect();
    if all.is_empty() { "any label".to_owned() } else { all.join(", ") }
}

/// Whether all that a peer selects in some namespaces lies in an end of a flow. A flow that names workloads approves a
/// peer that selects nothing else.
pub(super) fn are_in(
    context: &Context<'_>,
    cluster: &Arc<str>,
    namespaces: &[Arc<str>],
    peer: &NetworkPolicyPeer,
    end: &End,
    border: &Border,
) -> bool {
    let End::Where { cidr: None, matcher, workload, .. } = end else { return false };
    let selected = |namespace: &Arc<str>, pattern: &str| {
        let Some(pods) = &peer.pod_selector else { return false };
        let all = context.inside::<Workload>(cluster, namespace);
        let fitting = all.filter(|(_, workload)| workload.fits(pods).unwrap_or(true));
        all_named(context, cluster, pattern, fitting.map(|(asset, _)| &*asset.id))
    };
    matcher.asset.is_none()
        && end.holds_border(&border.zone, border.environment.as_deref())
        && Matcher::fits(matcher.cluster.as_deref(), Some(cluster))
        && namespaces.iter().all(|namespace| {
            Matcher::fits(matcher.namespace.as_deref(), Some(namespace))
                && workload.as_deref().is_none_or(|pattern| selected(namespace, pattern))
        })
}
