//! Namespaces: mesh, mTLS, default deny of AuthorizationPolicies and NetworkPolicies.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::document::{Of, Reason, Unknown};
use super::enforcement::{self, Enforcement};
use super::isolation::{self, Isolation};
use super::mesh::{self, Enrolment, Mtls};
use super::mesh_scope::{self, MeshScope};
use crate::model::{Asset, AuthorizationPolicy, MeshConfig, Namespace, Workload, short_of};

/// A namespace.
#[derive(Serialize, JsonSchema)]
pub(super) struct NamespaceFact {
    /// Whether it is one of the cluster's own (`kube-system`, `kube-public`, `kube-node-lease`).
    system: bool,
    /// How many workloads it holds.
    workloads: usize,
    mesh: Enrolment,
    /// The mode for workloads without a policy of their own.
    mtls: Mtls,
    authorization: Authorization,
    network_policy: Isolation,
    /// What the mesh leaves out of it.
    mesh_scope: MeshScope,
    /// Whether something enforces its NetworkPolicies.
    enforcement: Enforcement,
}

/// Whether what no AuthorizationPolicy allows is denied.
#[derive(Serialize, JsonSchema)]
struct Authorization {
    /// Whether an enforced ALLOW policy is about all workloads of the namespace: with one, what is not allowed is denied.
    /// Left out where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_deny: Option<bool>,
    /// That policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Workloads that no enforced ALLOW policy is about, some by name: anybody in the mesh may call them. Left out where
    /// that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_workloads: Option<Vec<String>>,
}

/// Whether a namespace is one of a cluster's own.
///
/// Source: Kubernetes, "Namespaces", initial namespaces; `default` among them holds what users put there.
pub(super) fn is_system(name: &str) -> bool {
    matches!(name, "kube-system" | "kube-public" | "kube-node-lease")
}

pub(super) fn namespace(of: &Of<'_, Namespace>, unknown: &mut Unknown) -> NamespaceFact {
    let Of { context, asset, body: namespace, .. } = *of;
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let name: Arc<str> = asset.place.namespace.clone().unwrap_or_default();
    let mut enrolment = mesh::enrolment(context, asset, namespace.implied);
    // a workload that was not read may have a proxy all the same
    let doubtful = enrolment.enrolled == Some(false) && !context.listed::<Workload>(&asset.place);
    let proxied = enrolment.enrolled.filter(|_| !doubtful);
    let system = is_system(&name);
    let mtls = mesh::namespace_mode(context, &cluster, &name, &enrolment.revision, proxied, unknown);
    let authorization = authorization(context, asset, &enrolment.revision, proxied, unknown);
    // where plaintext is refused and what nobody allows denied, it is all the same
    let settled = authorization.default_deny == Some(true) && mtls.mode.as_deref() == Some("STRICT");
    if enrolment.enrolled.is_none() && !settled {
        unknown.say("mesh.enrolled", Reason::LabelsNotCollected, &*name);
    }
    let mesh_scope = mesh_scope::namespace(context, asset, &enrolment, system, unknown);
    if doubtful && !settled {
        unknown.say("mesh.enrolled", Reason::EntriesNotCollected, format!("workloads of {cluster}"));
    }
    enrolment.enrolled = proxied;
    NamespaceFact {
        system,
        enforcement: enforcement::of_namespace(context, &cluster, &name, unknown),
        mesh_scope,
        workloads: context.inside::<Workload>(&cluster, &name).count(),
        mtls,
        authorization,
        network_policy: isolation::isolation(context, asset, unknown),
        mesh: enrolment,
    }
}

/// Source: Istio, "Authorization Policy", implicit enablement: with one ALLOW policy on a workload, what none allows is
/// denied. Dry-run policies are not enforced; policies bound to targets are ignored by sidecars.
fn authorization(
    context: &Context<'_>,
    namespace: &Asset,
    revision: &str,
    proxied: Option<bool>,
    unknown: &mut Unknown,
) -> Authorization {
    let cluster: Arc<str> = namespace.place.cluster.clone().unwrap_or_default();
    let name: Arc<str> = namespace.place.namespace.clone().unwrap_or_default();
    let root: Arc<str> = context.mesh(&cluster, revision).root_namespace.into();
    let places: &[&Arc<str>] = if root == name { &[&name] } else { &[&name, &root] };
    let policies = || places.iter().flat_map(|place| context.inside::<AuthorizationPolicy>(&cluster, place));
    let enforced = || policies().filter(|(_, p)| p.action == "ALLOW" && !p.dry_run && p.targets.is_empty());
    let wide = || enforced().filter(|(_, policy)| policy.selector.is_none());
    // it names the root namespace
    let root_known = root == name || context.listed::<MeshConfig>(&namespace.place);
    let sure = |(asset, policy): &(&Asset, &AuthorizationPolicy)| {
        policy.unknown_fields.is_empty() && (root_known || asset.place.namespace.as_ref() == Some(&name))
    };
    // one is enough, whatever others are there and whatever they say
    if let Some((by, _)) = wide().find(sure) {
        let by = Some(short_of(&by.id));
        return Authorization { default_deny: Some(true), by, open_workloads: Some(vec![]) };
    }
    let mut doubts: Vec<(Reason, String)> = Vec::new();
    // a field that is not known may narrow what a policy is about
    doubts.extend(enforced().filter_map(|(asset, policy)| {
        let field = policy.unknown_fields.first()?;
        Some((Reason::NotUnderstood, format!("{} {field}", short_of(&asset.id))))
    }));
    // without a proxy nothing enforces what was not read
    let listed = context.listed::<AuthorizationPolicy>(&namespace.place);
    for (known, what) in [(listed, "AuthorizationPolicies"), (root_known, "mesh configuration")] {
        if !known && proxied != Some(false) {
            doubts.push((Reason::EntriesNotCollected, format!("{what} of {cluster}")));
        }
    }
    let by = wide().next().map(|(asset, _)| short_of(&asset.id));
    if !doubts.is_empty() {
        for (reason, about) in doubts {
            for path in ["authorization.default_deny", "authorization.open_workloads"] {
                unknown.say(path, reason, &*about);
            }
        }
        return Authorization { default_deny: None, by, open_workloads: None };
    }
    let open = context
        .inside::<Workload>(&cluster, &name)
        .filter(|(_, workload)| !enforced().any(|(_, policy)| selects(policy, workload)));
    Authorization { default_deny: Some(false), by, open_workloads: Some(names(open.map(|(asset, _)| &*asset.id))) }
}

/// Whether a policy is about a workload of its scope.
pub(super) fn selects(policy: &AuthorizationPolicy, workload: &Workload) -> bool {
    let labels = policy.selector.as_ref();
    labels.is_none_or(|labels| labels.iter().all(|(key, value)| workload.labels.get(key) == Some(value)))
}
