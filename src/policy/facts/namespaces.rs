//! Namespaces: mesh, mTLS, default deny of AuthorizationPolicies and NetworkPolicies.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::document::{Of, Reason, Unknown};
use super::enforcement::{self, Enforcement};
use super::mesh::{self, Enrolment, Mtls};
use super::mesh_scope::{self, MeshScope};
use crate::model::{Asset, AuthorizationPolicy, Namespace, NetworkPolicy, NetworkPolicyRule, Workload, short_of};

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
    default_deny: bool,
    /// That policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Workloads that no enforced ALLOW policy is about, some by name: anybody in the mesh may call them.
    open_workloads: Vec<String>,
}

/// Whether pods are isolated unless a policy says otherwise.
#[derive(Serialize, JsonSchema)]
struct Isolation {
    ingress: DefaultDeny,
    egress: DefaultDeny,
}

/// Default deny of NetworkPolicies, one direction.
#[derive(Serialize, JsonSchema)]
struct DefaultDeny {
    /// Whether a policy isolates all pods and none of those lets everybody through.
    in_force: bool,
    /// The policy that isolates them.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// A policy about all pods that lets everybody through.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_by: Option<String>,
}

/// Whether a namespace is one of the cluster's own.
///
/// Source: Kubernetes, "Namespaces", initial namespaces; `default` is for users' objects.
pub(super) fn is_system(name: &str) -> bool {
    matches!(name, "kube-system" | "kube-public" | "kube-node-lease")
}

pub(super) fn namespace(of: &Of<'_, Namespace>, unknown: &mut Unknown) -> NamespaceFact {
    let Of { context, asset, body: namespace, .. } = *of;
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let name: Arc<str> = asset.place.namespace.clone().unwrap_or_default();
    let enrolment = mesh::enrolment(context, asset, namespace.implied);
    let system = is_system(&name);
    let mtls = mesh::namespace_mode(context, &cluster, &name, &enrolment.revision, unknown);
    let authorization = authorization(context, &cluster, &name, &enrolment.revision, unknown);
    // where plaintext is refused and what nobody allows denied, it is all the same
    let settled = authorization.default_deny && mtls.mode.as_deref() == Some("STRICT");
    if enrolment.enrolled.is_none() && !settled {
        unknown.say("mesh.enrolled", Reason::LabelsNotCollected, &*name);
    }
    NamespaceFact {
        system,
        enforcement: enforcement::of_namespace(context, &cluster, &name, unknown),
        mesh_scope: mesh_scope::namespace(context, asset, &enrolment, system, unknown),
        workloads: context.inside::<Workload>(&cluster, &name).count(),
        mtls,
        authorization,
        network_policy: Isolation {
            ingress: default_deny(context, &cluster, &name, INGRESS, unknown),
            egress: default_deny(context, &cluster, &name, EGRESS, unknown),
        },
        mesh: enrolment,
    }
}

/// Source: Istio, "Authorization Policy", implicit enablement: with one ALLOW policy on a workload, what none allows is
/// denied. Dry-run policies are not enforced; policies bound to targets are ignored by sidecars.
fn authorization(
    context: &Context<'_>,
    cluster: &Arc<str>,
    name: &Arc<str>,
    revision: &str,
    unknown: &mut Unknown,
) -> Authorization {
    let root: Arc<str> = context.mesh(cluster, revision).root_namespace.into();
    let places: &[&Arc<str>] = if root == *name { &[name] } else { &[name, &root] };
    let policies = || places.iter().flat_map(|place| context.inside::<AuthorizationPolicy>(cluster, place));
    let enforced = || policies().filter(|(_, p)| p.action == "ALLOW" && !p.dry_run && p.targets.is_empty());
    let by = enforced().find(|(_, policy)| policy.selector.is_none()).map(|(asset, _)| short_of(&asset.id));
    let open = context
        .inside::<Workload>(cluster, name)
        .filter(|(_, workload)| !enforced().any(|(_, policy)| selects(policy, workload)));
    // a field that is not known may narrow what a policy is about
    for (asset, policy) in enforced() {
        if let Some(field) = policy.unknown_fields.first() {
            unknown.say(
                "authorization.default_deny",
                Reason::NotUnderstood,
                format!("{} {field}", short_of(&asset.id)),
            );
        }
    }
    Authorization { default_deny: by.is_some(), by, open_workloads: names(open.map(|(asset, _)| &*asset.id)) }
}

/// Whether a policy is about a workload of its scope.
pub(super) fn selects(policy: &AuthorizationPolicy, workload: &Workload) -> bool {
    let labels = policy.selector.as_ref();
    labels.is_none_or(|labels| labels.iter().all(|(key, value)| workload.labels.get(key) == Some(value)))
}

/// A direction: its name, whether a policy is about it, and the policy's rules for it.
type Way = (&'static str, fn(&NetworkPolicy) -> bool, fn(&NetworkPolicy) -> &[NetworkPolicyRule]);

const INGRESS: Way = ("ingress", |policy| policy.ingress, |policy| &policy.ingress_rules);
const EGRESS: Way = ("egress", |policy| policy.egress, |policy| &policy.egress_rules);

fn default_deny(
    context: &Context<'_>,
    cluster: &Arc<str>,
    name: &Arc<str>,
    (direction, about, rules): Way,
    unknown: &mut Unknown,
) -> DefaultDeny {
    let all: Vec<(&Asset, &NetworkPolicy)> = context
        .inside::<NetworkPolicy>(cluster, name)
        .filter(|(_, policy)| policy.pod_selector.is_everything() && about(policy))
        .collect();
    let opened_by = all.iter().find(|(_, policy)| rules(policy).iter().any(NetworkPolicyRule::is_everything));
    // a field that is not known may narrow whom the policy is about, or open it
    let path = format!("network_policy.{direction}.in_force");
    for (asset, policy) in context.inside::<NetworkPolicy>(cluster, name) {
        if let Some(field) = policy.unknown_fields.first() {
            unknown.say(&path, Reason::NotUnderstood, format!("{} {field}", short_of(&asset.id)));
        }
    }
    DefaultDeny {
        in_force: !all.is_empty() && opened_by.is_none(),
        by: all.first().map(|(asset, _)| short_of(&asset.id)),
        opened_by: opened_by.map(|(asset, _)| short_of(&asset.id)),
    }
}
