//! Who is in the mesh, and which mTLS mode is in force there.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Of, Reason, Unknown};
use super::namespaces::is_system;
use super::proxies::{self, Proxies};
use crate::model::{Asset, MeshConfig, Namespace, PeerAuthentication, Workload, kube_id, short_of};
use crate::reach::AMBIENT;

/// How a namespace takes part in the mesh.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Enrolment {
    /// Whether its workloads are in the mesh; left out where its labels are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrolled: Option<bool>,
    /// The label, or the workload, that says so.
    pub by: String,
    /// The control plane's revision.
    pub revision: String,
}

/// Which mTLS mode is in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Mtls {
    /// `STRICT`, `PERMISSIVE` or `DISABLE`; left out where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The policy that decides, by its short name; `Istio's default` where none does.
    pub by: String,
    /// The deciding policy's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_id: Option<String>,
    /// `workload`, `namespace`, `mesh` or `default`.
    pub scope: &'static str,
    /// Ports with a mode that is not STRICT, `port MODE`; workload policies only.
    pub open_ports: Vec<String>,
}

/// A workload.
#[derive(Serialize, JsonSchema)]
pub(super) struct WorkloadFact {
    /// Whether its pods have a proxy: seen on running pods, or asked for by labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_mesh: Option<bool>,
    /// The mode in force on it.
    pub mtls: Mtls,
    /// What of it the mesh does not see.
    proxies: Proxies,
    /// Whether its namespace is one of the cluster's own (`kube-system`, `kube-public`, `kube-node-lease`).
    system: bool,
}

/// Whether one workload has a proxy; none if only its namespace's label could tell.
///
/// Source: Istio, "Installing the Sidecar", the order in which injection is decided: the pod's label, then the
/// namespace's; live, the containers that run say it.
fn injected(workload: &Workload) -> Option<bool> {
    if workload.host_network {
        return Some(false);
    }
    if workload.containers.iter().any(|name| name == "istio-proxy") {
        return Some(true);
    }
    let own = workload.labels.get("sidecar.istio.io/inject").or(workload.annotations.get("sidecar.istio.io/inject"));
    match own.map(String::as_str) {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => workload.labels.contains_key("istio.io/rev").then_some(true),
    }
}

/// How a namespace takes part. A namespace without the label still does where a workload of it has a proxy.
pub(super) fn enrolment(context: &Context<'_>, asset: &Asset, implied: bool) -> Enrolment {
    let label = |key: &str| asset.tags.get(key).map(String::as_str);
    let revision = label("istio.io/rev").filter(|rev| !rev.is_empty()).unwrap_or("default").to_owned();
    let say = |enrolled: Option<bool>, by: String| Enrolment { enrolled, by, revision: revision.clone() };
    if label(AMBIENT) == Some("ambient") {
        return say(Some(true), "label istio.io/dataplane-mode".to_owned());
    }
    match (label("istio-injection"), label("istio.io/rev")) {
        (Some("enabled"), _) => return say(Some(true), "label istio-injection".to_owned()),
        // Istio: `istio-injection` wins over the revision label
        (Some("disabled"), _) | (None, None) | (Some(_), None) => {}
        (_, Some(_)) => return say(Some(true), "label istio.io/rev".to_owned()),
    }
    if let (Some(cluster), Some(namespace)) = (&asset.place.cluster, &asset.place.namespace) {
        let proxied = context.inside::<Workload>(cluster, namespace).find(|(_, w)| injected(w) == Some(true));
        if let Some((workload, _)) = proxied {
            return say(Some(true), short_of(&workload.id));
        }
    }
    if implied { say(None, "no Namespace object".to_owned()) } else { say(Some(false), "no label".to_owned()) }
}

/// The policy that counts among several of one scope: the oldest. Manifests do not tell ages.
///
/// Source: Istio, PeerAuthentication reference: of several in one scope, the oldest is applied.
fn oldest<'a>(mut all: Vec<(&'a Asset, &'a PeerAuthentication)>, unknown: &mut Unknown) -> Option<Deciding<'a>> {
    for (asset, policy) in &all {
        if let Some(field) = policy.unknown_fields.first() {
            unknown.say("mtls", Reason::NotUnderstood, format!("{} {field}", short_of(&asset.id)));
        }
    }
    all.sort_by(|(a, x), (b, y)| (&x.created, &a.id).cmp(&(&y.created, &b.id)));
    let first = *all.first()?;
    let ages_known = all.iter().all(|(_, policy)| !policy.created.is_empty());
    if !ages_known && all.iter().any(|(_, p)| p.mode != first.1.mode || p.ports != first.1.ports) {
        let names: Vec<String> = all.iter().map(|(asset, _)| short_of(&asset.id)).collect();
        unknown.say("mtls", Reason::Ambiguous, names.join(", "));
        return Some(Deciding { asset: first.0, policy: first.1, ambiguous: true });
    }
    Some(Deciding { asset: first.0, policy: first.1, ambiguous: false })
}

/// The policy that counts, if it is the only one or the oldest for sure.
struct Deciding<'a> {
    asset: &'a Asset,
    policy: &'a PeerAuthentication,
    ambiguous: bool,
}

/// What of a cluster was not listed and may decide the mode; `wide`: whether that of the mesh does.
///
/// A policy that was not read may be narrower, or older, than the one that was.
fn unlisted(context: &Context<'_>, cluster: &Arc<str>, wide: bool) -> Option<&'static str> {
    if !context.listed_in::<PeerAuthentication>(cluster) {
        return Some("PeerAuthentications");
    }
    // it names the root namespace
    (wide && !context.listed_in::<MeshConfig>(cluster)).then_some("mesh configuration")
}

/// The mode that holds in a namespace for workloads without a policy of their own. `enrolled`: whether whom it is asked
/// for has a proxy; without one nothing enforces what was not read.
pub(super) fn namespace_mode(
    context: &Context<'_>,
    cluster: &Arc<str>,
    namespace: &Arc<str>,
    revision: &str,
    enrolled: Option<bool>,
    unknown: &mut Unknown,
) -> Mtls {
    let root: Arc<str> = context.mesh(cluster, revision).root_namespace.into();
    let scopes: &[(&Arc<str>, &'static str)] =
        if root == *namespace { &[(&root, "mesh")] } else { &[(namespace, "namespace"), (&root, "mesh")] };
    let settled = |mtls: Mtls, unknown: &mut Unknown| {
        let wide = mtls.scope != "namespace";
        let doubt = unlisted(context, cluster, wide).filter(|_| enrolled != Some(false));
        if let Some(what) = doubt {
            unknown.say("mtls", Reason::EntriesNotCollected, format!("{what} of {cluster}"));
            return Mtls { mode: None, ..mtls };
        }
        mtls
    };
    for (place, scope) in scopes {
        let wide = context.inside::<PeerAuthentication>(cluster, place).filter(|(_, policy)| policy.selector.is_none());
        // UNSET inherits from the wider scope
        let deciding = oldest(wide.collect(), unknown).filter(|d| d.ambiguous || d.policy.mode != "UNSET");
        if let Some(Deciding { asset, policy, ambiguous }) = deciding {
            let mtls = Mtls {
                mode: (!ambiguous).then(|| policy.mode.clone()),
                by: short_of(&asset.id),
                by_id: Some(asset.id.to_string()),
                scope,
                open_ports: vec![],
            };
            return settled(mtls, unknown);
        }
    }
    // Istio, PeerAuthentication reference: PERMISSIVE where nothing is said
    let by = "Istio's default".to_owned();
    let mtls = Mtls { mode: Some("PERMISSIVE".to_owned()), by, by_id: None, scope: "default", open_ports: vec![] };
    settled(mtls, unknown)
}

pub(super) fn workload(of: &Of<'_, Workload>, unknown: &mut Unknown) -> WorkloadFact {
    of_workload(of.context, of.asset, of.body, unknown)
}

/// How a workload takes part in the mesh.
pub(super) fn of_workload(
    context: &Context<'_>,
    asset: &Asset,
    workload: &Workload,
    unknown: &mut Unknown,
) -> WorkloadFact {
    let (Some(cluster), Some(namespace)) = (&asset.place.cluster, &asset.place.namespace) else {
        let mtls = Mtls { mode: None, by: String::new(), by_id: None, scope: "default", open_ports: vec![] };
        return WorkloadFact { in_mesh: None, mtls, proxies: Proxies::default(), system: false };
    };
    let id = kube_id(cluster, "", "Namespace", namespace);
    let found = context.inventory.find::<Namespace>(&id);
    let enrolment = found.map(|(_, asset, ns)| enrolment(context, asset, ns.implied));
    let revision = enrolment.as_ref().map_or("default", |e| e.revision.as_str()).to_owned();
    // a label on the namespace counts for pods that say nothing; another pod's proxy does not
    let by_label = enrolment.filter(|e| e.by.starts_with("label") || e.enrolled != Some(true)).and_then(|e| e.enrolled);
    let in_mesh = injected(workload).or(by_label).or(found.and_then(|(_, _, ns)| (!ns.implied).then_some(false)));
    if in_mesh.is_none() {
        unknown.say("in_mesh", Reason::LabelsNotCollected, &**namespace);
    }
    let mut mtls = namespace_mode(context, cluster, namespace, &revision, in_mesh, unknown);
    // Istio: a selector in the root namespace is ignored
    if *context.mesh(cluster, &revision).root_namespace != **namespace {
        let own = context.inside::<PeerAuthentication>(cluster, namespace).filter(|(_, policy)| {
            let selector = policy.selector.as_ref();
            selector.is_some_and(|labels| labels.iter().all(|(key, value)| workload.labels.get(key) == Some(value)))
        });
        if let Some(Deciding { asset: deciding, policy, ambiguous }) = oldest(own.collect(), unknown) {
            let inherited = mtls.mode.clone();
            let mode = if policy.mode == "UNSET" { inherited } else { Some(policy.mode.clone()) };
            let known = !ambiguous && (in_mesh == Some(false) || unlisted(context, cluster, false).is_none());
            let mode = mode.filter(|_| known);
            let open = policy.ports.iter().filter(|_| known).filter_map(|(port, port_mode)| {
                let port_mode = if port_mode == "UNSET" { mode.as_deref()? } else { port_mode };
                (port_mode != "STRICT").then(|| format!("{port} {port_mode}"))
            });
            mtls = Mtls {
                open_ports: open.collect(),
                mode,
                by: short_of(&deciding.id),
                by_id: Some(deciding.id.to_string()),
                scope: "workload",
            };
        }
    }
    let proxies = proxies::proxies(context, asset, workload, in_mesh, unknown);
    WorkloadFact { in_mesh, mtls, proxies, system: is_system(namespace) }
}
