//! Namespaces and a mesh: which are left out of it, and where sidecars may connect.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::document::Of;
use super::document::{Reason, Unknown};
use super::mesh::Enrolment;
use crate::model::{Asset, MeshConfig, ServiceEntry, Sidecar, Workload, short_of};
use crate::reach::AMBIENT;

/// What the mesh leaves out of a namespace, and where its sidecars may connect.
#[derive(Serialize, JsonSchema)]
pub(super) struct MeshScope {
    /// Whether its workloads could be in the mesh of their cluster and are not; left out where that is not known. The
    /// cluster's own namespaces and the control plane's stay outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    outside: Option<bool>,
    /// Its workloads that could have a proxy, some by name.
    workloads: Vec<String>,
    outbound: Outbound,
}

/// Where sidecars may connect.
#[derive(Serialize, JsonSchema)]
struct Outbound {
    /// Whether sidecars of the namespace may connect to hosts that the mesh does not know; left out where that is not
    /// known.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<bool>,
    /// What decides: a Sidecar by its short name, `mesh configuration`, or `ambient data plane`, which restricts nothing.
    by: String,
    /// The deciding Sidecar's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_id: Option<String>,
    /// Workloads that a Sidecar of their own opens, some by name.
    workloads: Vec<String>,
}

pub(super) fn namespace(
    context: &Context<'_>,
    asset: &Asset,
    enrolment: &Enrolment,
    system: bool,
    unknown: &mut Unknown,
) -> MeshScope {
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let name: Arc<str> = asset.place.namespace.clone().unwrap_or_default();
    let all = || context.inside::<Workload>(&cluster, &name);
    // a label of a pod must not take its namespace out: only where the mesh configuration lies counts
    let configured = |at: &usize| {
        let config = context.inventory.assets().get(*at);
        config.is_some_and(|asset| asset.place.namespace.as_ref() == Some(&name))
    };
    let own = context.is_root(&cluster, Some(&name))
        || context.meshes.get(&cluster).is_some_and(|configs| configs.iter().any(configured));
    // a pod on the node's network cannot have a proxy
    let able: Vec<&str> = all().filter(|(_, w)| !w.host_network).map(|(asset, _)| &*asset.id).collect();
    let could = !system && !own && !able.is_empty();
    let meshed = context.is_meshed(&cluster);
    // what nobody read may be the mesh
    let doubtful = could && !meshed && !context.listed::<MeshConfig>(&asset.place);
    let outside = match (could && meshed, doubtful) {
        (true, _) => enrolment.enrolled.map(|enrolled| !enrolled),
        (false, true) => None,
        (false, false) => Some(false),
    };
    if doubtful {
        unknown.say("mesh_scope.outside", Reason::NotInInventory, "mesh configuration");
    } else if outside.is_none() {
        unknown.say("mesh_scope.outside", Reason::LabelsNotCollected, &*name);
    }
    if outside == Some(false) && able.is_empty() && !context.listed::<Workload>(&asset.place) {
        unknown.say("mesh_scope.outside", Reason::NotInInventory, "workloads");
    }
    let workloads = names(able);
    MeshScope { outside, workloads, outbound: outbound(context, asset, (&cluster, &name), enrolment, unknown) }
}

/// Source: Istio, "Sidecar" reference: a Sidecar of the namespace without a selector counts, then one of the root
/// namespace; one that says nothing of outbound traffic leaves it to the mesh configuration.
fn outbound(
    context: &Context<'_>,
    asset: &Asset,
    (cluster, name): (&Arc<str>, &Arc<str>),
    enrolment: &Enrolment,
    unknown: &mut Unknown,
) -> Outbound {
    const OPEN: &str = "ALLOW_ANY";
    let closed = |by: &str| Outbound { open: Some(false), by: by.to_owned(), by_id: None, workloads: vec![] };
    if enrolment.enrolled == Some(false) {
        return closed("");
    }
    let mesh = context.mesh(cluster, &enrolment.revision);
    let root: Arc<str> = mesh.root_namespace.as_str().into();
    let wide = |place: &Arc<str>| -> Vec<(&Asset, &Sidecar)> {
        context.inside::<Sidecar>(cluster, place).filter(|(_, sidecar)| sidecar.selector.is_none()).collect()
    };
    let mut sidecars = wide(name);
    if sidecars.is_empty() {
        sidecars = wide(&root);
    }
    let said = |sidecar: Option<&Sidecar>| -> Option<String> {
        let own = sidecar.and_then(|sidecar| sidecar.outbound_mode.clone());
        own.or_else(|| context.meshes.contains_key(cluster).then(|| mesh.outbound_mode.clone()))
    };
    let first = sidecars.first().map(|(_, sidecar)| *sidecar);
    let agree = sidecars.iter().all(|(_, sidecar)| said(Some(sidecar)) == said(first));
    let ambient = asset.tags.get(AMBIENT).is_some_and(|mode| mode == "ambient");
    let deciding = sidecars.iter().find(|(_, sidecar)| sidecar.outbound_mode.is_some()).filter(|_| !ambient);
    let mode = if ambient { Some(OPEN.to_owned()) } else { said(first).filter(|mode| agree && !mode.is_empty()) };
    let opened = context.inside::<Workload>(cluster, name).filter(|(_, workload)| {
        let own = context
            .inside::<Sidecar>(cluster, name)
            .filter(|(_, sidecar)| sidecar.outbound_mode.as_deref() == Some(OPEN));
        own.into_iter().any(|(_, sidecar)| {
            sidecar
                .selector
                .as_ref()
                .is_some_and(|labels| labels.iter().all(|(k, v)| workload.labels.get(k) == Some(v)))
        })
    });
    let workloads = names(opened.map(|(asset, _)| &*asset.id));
    let opens = mode.as_deref().map(|mode| mode == OPEN);
    // a namespace of which nobody knows whether it is in the mesh matters only if the mesh would let it out
    let open = match (opens, enrolment.enrolled) {
        (Some(false), _) if workloads.is_empty() => Some(false),
        (opens, Some(_)) => opens,
        (_, None) => None,
    };
    match (&open, enrolment.enrolled) {
        (Some(false), _) if !context.listed::<Sidecar>(&asset.place) => {
            // one that nobody read may open it
            unknown.say("mesh_scope.outbound.open", Reason::NotInInventory, "Sidecars");
        }
        (None, None) => unknown.say("mesh_scope.outbound.open", Reason::LabelsNotCollected, &**name),
        (None, _) if !agree => {
            let all: Vec<String> = sidecars.iter().map(|(asset, _)| short_of(&asset.id)).collect();
            unknown.say("mesh_scope.outbound.open", Reason::Ambiguous, all.join(", "));
        }
        (None, _) => unknown.say("mesh_scope.outbound.open", Reason::NotInInventory, "mesh configuration"),
        _ => {}
    }
    let by = match (ambient, deciding) {
        (true, _) => "ambient data plane".to_owned(),
        (_, Some((asset, _))) => short_of(&asset.id),
        _ => "mesh configuration".to_owned(),
    };
    Outbound { open, by, by_id: deciding.map(|(asset, _)| asset.id.to_string()), workloads }
}

/// A ServiceEntry.
#[derive(Serialize, JsonSchema)]
pub(super) struct EntryFact {
    /// Whether it makes every host known to the mesh.
    every_host: bool,
}

pub(super) fn service_entry(of: &Of<'_, ServiceEntry>, _unknown: &mut Unknown) -> EntryFact {
    EntryFact { every_host: of.body.hosts.iter().any(|host| host == "*") }
}
