//! Which clusters run a mesh.

use std::sync::Arc;

use foldhash::HashSet;

use crate::model::{Asset, Body, Inventory, Workload};

/// The label that enrols a namespace, or a pod, in the ambient data plane (Istio, "Resource Labels").
pub const AMBIENT: &str = "istio.io/dataplane-mode";

/// Clusters that run a mesh: Istio's kinds are there, a namespace is enrolled, or something has a proxy.
pub fn meshed(inventory: &Inventory) -> HashSet<Arc<str>> {
    let labels = ["istio-injection", "istio.io/rev", AMBIENT];
    let of_mesh = |asset: &&Asset| match &asset.body {
        Body::MeshConfig(_)
        | Body::PeerAuthentication(_)
        | Body::AuthorizationPolicy(_)
        | Body::RequestAuthentication(_)
        | Body::Sidecar(_)
        | Body::IstioGateway(_)
        | Body::VirtualService(_)
        | Body::DestinationRule(_) => true,
        Body::Namespace(_) => labels.iter().any(|label| asset.tags.contains_key(*label)),
        Body::Workload(workload) => {
            is_control_plane(workload) || workload.containers.iter().any(|c| c == "istio-proxy")
        }
        _ => false,
    };
    inventory.assets().iter().filter(of_mesh).filter_map(|asset| asset.place.cluster.clone()).collect()
}

/// Istio's own workloads, by the labels of its charts.
fn is_control_plane(workload: &Workload) -> bool {
    let label = |key: &str| workload.labels.get(key).map(String::as_str);
    matches!(label("app"), Some("istiod" | "ztunnel")) || label("k8s-app") == Some("istio-cni-node")
}
