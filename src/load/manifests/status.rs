//! What was not listed whole: `kind: Status`, which the API server answers where a list is denied or its kind does not
//! exist, and objects that cannot be read.

use super::super::batch::Batch;
use super::KINDS;
use crate::model::{Body, GapReason, Listed, Listing};
use crate::node::Node;

/// Records that a kind of object was asked for and not given. Source: Kubernetes API reference, `Status`, whose
/// `details.kind` names the resource in the plural.
pub(super) fn status(node: &Node, batch: &mut Batch) {
    let text = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
    if text(node.get("status")) == "Success" {
        return batch.coverage.skip("Status");
    }
    let details = node.get("details");
    let field = |name: &str| text(details.and_then(|details| details.get(name)));
    let (group, resource) = (field("group"), field("kind"));
    for kind in kinds_of(&group, &resource) {
        partly(kind, batch);
    }
    let (reason, message) = (text(node.get("reason")), text(node.get("message")));
    let named = match (resource.as_str(), group.as_str()) {
        ("", _) => "something".to_owned(),
        (_, "") => format!("`{resource}`"),
        _ => format!("`{resource}.{group}`"),
    };
    let message = if message.is_empty() { String::new() } else { format!(": {message}") };
    let reason = if reason.is_empty() { "Failure" } else { reason.as_str() };
    let detail = format!("the API server did not give {named} ({reason}){message}");
    let mend = match reason {
        "Forbidden" | "Unauthorized" => "allow the collecting identity `list` on it, and dump it again",
        "NotFound" => "install its CRD, or leave the call out where the cluster does not know the kind",
        _ => "dump it again",
    };
    batch.gap(GapReason::NotCollected, detail, mend, Some(node.spot));
}

/// Records that an object was there and could not be read: what rests on its kind in the cluster is not known.
pub(super) fn fell_short(group: &str, kind: &str, batch: &mut Batch) {
    if let Some(kind) = asset_kind(group, kind) {
        partly(kind, batch);
    }
}

fn partly(kind: &str, batch: &mut Batch) {
    let cluster = Some(batch.cluster());
    batch.coverage.list(Listing { kind: kind.to_owned(), cluster, ..Listing::default() }, Listed::Partly);
}

/// The kinds of assets that objects of a resource become; those of every group where no group is told.
fn kinds_of(group: &str, resource: &str) -> Vec<&'static str> {
    let matching = KINDS.iter().filter(|(g, kind, _)| {
        let plural = plural(kind);
        plural == resource.to_ascii_lowercase() && (group.is_empty() || *g == group)
    });
    let mut kinds: Vec<&'static str> = matching.filter_map(|(group, kind, _)| asset_kind(group, kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Kubernetes' plural of a kind: `networkpolicies`, `gatewayclasses`, `gateways`.
fn plural(kind: &str) -> String {
    let lower = kind.to_ascii_lowercase();
    match lower.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if lower.ends_with(['s', 'x']) => format!("{lower}es"),
        _ => format!("{lower}s"),
    }
}

/// The kind of asset that an object becomes: its own name in kebab case, with the exceptions.
fn asset_kind(group: &str, kind: &str) -> Option<&'static str> {
    let mut kebab = String::new();
    for letter in kind.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    let name = match (group, kind) {
        ("", "ConfigMap") => "mesh-config",
        ("", "Pod" | "ReplicationController") | ("apps" | "batch", _) | ("argoproj.io", "Rollout") => "workload",
        ("networking.istio.io", "Gateway") => "istio-gateway",
        ("gateway.networking.k8s.io", "Gateway") => "gateway-api-gateway",
        ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute") => "gateway-route",
        ("policy.networking.k8s.io" | "projectcalico.org" | "crd.projectcalico.org" | "cilium.io", _) => {
            "foreign-network-policy"
        }
        ("rbac.authorization.k8s.io", "ClusterRole") => "role",
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => "role-binding",
        (_, "ENIConfig") => "eni-config",
        (_, "CNINode") => "cni-node",
        _ => kebab.as_str(),
    };
    Body::KINDS.iter().copied().find(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_read_is_told_by_its_resource() {
        // Secrets are read for what Argo CD registers in them, and a cluster's are never listed
        for (group, kind, _) in KINDS.iter().filter(|(_, kind, _)| *kind != "Secret") {
            assert!(asset_kind(group, kind).is_some(), "{group} {kind}");
            assert!(!kinds_of(group, &plural(kind)).is_empty(), "{group} {kind}");
        }
        assert_eq!(kinds_of("networking.k8s.io", "networkpolicies"), ["network-policy"]);
        assert_eq!(kinds_of("gateway.networking.k8s.io", "gateways"), ["gateway-api-gateway"]);
        assert_eq!(kinds_of("gateway.networking.k8s.io", "gatewayclasses"), ["gateway-class"]);
        assert_eq!(kinds_of("discovery.k8s.io", "endpointslices"), ["endpoint-slice"]);
        assert!(kinds_of("", "secrets").is_empty());
    }
}
