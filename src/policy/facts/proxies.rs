//! Workloads whose traffic goes around the proxies of a mesh that their namespace is in.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Reason, Unknown};
use super::mesh::enrolment;
use crate::model::{Asset, Namespace, Workload, kube_id};
use crate::reach::AMBIENT;

/// What of a workload the mesh does not see.
#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Proxies {
    /// Why its pods have no proxy although their namespace is in the mesh; left out where they have one. Pods on the
    /// node's network and those of the ambient data plane are none of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    outside: Option<Outside>,
    /// Annotations and labels by which traffic of a workload of the mesh goes around its proxy.
    bypasses: Vec<Bypass>,
}

#[derive(Serialize, JsonSchema)]
struct Outside {
    /// The label or annotation that says so, or the running pods.
    by: String,
    /// Running pods without a proxy.
    pods: u64,
    /// All running pods.
    running: u64,
}

#[derive(Serialize, JsonSchema)]
struct Bypass {
    /// The annotation or label.
    key: String,
    /// What it says.
    value: String,
    /// `inbound`, `outbound` or `both`.
    direction: &'static str,
}

pub(super) fn proxies(
    context: &Context<'_>,
    asset: &Asset,
    workload: &Workload,
    in_mesh: Option<bool>,
    unknown: &mut Unknown,
) -> Proxies {
    let (Some(cluster), Some(name)) = (&asset.place.cluster, &asset.place.namespace) else { return Proxies::default() };
    let namespace = context.inventory.find::<Namespace>(&kube_id(cluster, "", "Namespace", name));
    let ambient = namespace.is_some_and(|(_, asset, _)| asset.tags.get(AMBIENT).is_some_and(|mode| mode == "ambient"));
    let mut all = bypasses(workload, ambient);
    if in_mesh.is_none() && !all.is_empty() {
        unknown.say("proxies.bypasses", Reason::LabelsNotCollected, &**name);
    }
    if in_mesh != Some(true) {
        all.clear();
    }
    let enrolment = namespace.map(|(_, asset, namespace)| enrolment(context, asset, namespace.implied));
    let injected = enrolment.as_ref().is_some_and(|found| found.by.starts_with("label"));
    if workload.host_network || ambient {
        return Proxies { outside: None, bypasses: all };
    }
    let outside = without_proxy(workload, injected);
    let outside = match (enrolment.and_then(|found| found.enrolled), outside) {
        (_, None) | (Some(false), _) => None,
        (Some(true), found) => found,
        (None, _) => {
            unknown.say("proxies.outside", Reason::LabelsNotCollected, &**name);
            None
        }
    };
    if workload.pods > 0 && workload.containers.is_empty() {
        unknown.say("proxies.outside", Reason::EntriesNotCollected, "containers");
        return Proxies { outside: None, bypasses: all };
    }
    Proxies { outside, bypasses: all }
}

/// Whether pods have no proxy, if they belong to a mesh at all.
///
/// Source: Istio, "Installing the Sidecar": the pod's label counts, then its annotation, then the namespace. What runs
/// says more than what was asked for: pods that were there before the label have no proxy.
fn without_proxy(workload: &Workload, injected: bool) -> Option<Outside> {
    const INJECT: &str = "sidecar.istio.io/inject";
    let running = workload.pods;
    let has = workload.containers.iter().any(|name| name == "istio-proxy");
    // where nobody counted them, what was seen on one pod stands for all
    let proxies = workload.proxies.unwrap_or(if has { running } else { 0 });
    let pods = running.saturating_sub(proxies);
    let label = workload.labels.get(INJECT).map(|value| ("label", value));
    let own = label.or_else(|| workload.annotations.get(INJECT).map(|value| ("annotation", value)));
    let off = own.filter(|(_, value)| *value == "false").map(|(what, _)| format!("{what} {INJECT}"));
    let by = match (running, off) {
        (0, Some(by)) => by,
        (0, None) => {
            let asked = own.is_some() || workload.labels.contains_key("istio.io/rev");
            if asked || injected || has {
                return None;
            }
            "no label".to_owned()
        }
        _ if pods == 0 => return None,
        (_, Some(by)) => by,
        (_, None) => "no istio-proxy container".to_owned(),
    };
    Some(Outside { by, pods, running })
}

/// Sources: Istio, "Resource Annotations" (`traffic.sidecar.istio.io/…`, `sidecar.istio.io/interceptionMode`,
/// `ambient.istio.io/bypass-inbound-capture`) and "Resource Labels" (`istio.io/dataplane-mode`).
fn bypasses(workload: &Workload, ambient: bool) -> Vec<Bypass> {
    let all = |value: &str| value.trim() == "*";
    let some = |value: &str| !value.trim().is_empty();
    // Istio, "Ports used by Istio": what the proxy itself serves there is left out anyway
    let ports = |value: &str| {
        value.split(',').map(str::trim).any(|port| !port.is_empty() && !matches!(port, "15020" | "15021" | "15090"))
    };
    type Test<'t> = &'t dyn Fn(&str) -> bool;
    let sidecar: [(&str, &'static str, Test<'_>); 6] = [
        ("traffic.sidecar.istio.io/excludeInboundPorts", "inbound", &ports),
        ("traffic.sidecar.istio.io/includeInboundPorts", "inbound", &|value| !all(value)),
        ("traffic.sidecar.istio.io/excludeOutboundPorts", "outbound", &some),
        ("traffic.sidecar.istio.io/excludeOutboundIPRanges", "outbound", &some),
        ("traffic.sidecar.istio.io/includeOutboundIPRanges", "outbound", &|value| !all(value)),
        ("sidecar.istio.io/interceptionMode", "both", &|value| value == "NONE"),
    ];
    let zt: [(&str, &'static str, Test<'_>); 1] =
        [("ambient.istio.io/bypass-inbound-capture", "inbound", &|value| value == "true")];
    let keys: &[(&str, &'static str, Test<'_>)] = if ambient { &zt } else { &sidecar };
    let found = keys.iter().filter_map(|(key, direction, goes_around)| {
        let value = workload.annotations.get(*key).filter(|value| goes_around(value))?;
        Some(Bypass { key: (*key).to_owned(), value: value.clone(), direction })
    });
    let none = workload.labels.get(AMBIENT).filter(|mode| ambient && *mode == "none");
    let none = none.map(|mode| Bypass { key: AMBIENT.to_owned(), value: mode.clone(), direction: "both" });
    found.chain(none).collect()
}
