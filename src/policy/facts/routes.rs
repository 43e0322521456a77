//! VirtualServices and routes of the Gateway API: destinations behind another border than the hosts that they route.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::cover::{self, Cover};
use super::document::{Of, Reason, Unknown};
use crate::config::{End, Flow, Matcher};
use crate::model::{
    AddressSet, Connections, EksCluster, GatewayRoute, Kind, Namespace, Protocol, RouteDestination, Service,
    ServiceEntry, VirtualService, glob_match, kube_id,
};
use crate::zone::Border;

/// A VirtualService, or a route of the Gateway API.
#[derive(Serialize, JsonSchema)]
pub(super) struct RoutesFact {
    /// Destinations behind another border, whatever share of the traffic they get.
    crossings: Vec<Crossing>,
}

#[derive(Serialize, JsonSchema)]
struct Crossing {
    /// JSON pointer to the destination.
    path: String,
    /// The host, as written.
    host: String,
    border: String,
    /// Its share; left out where the route has only one destination, or for a mirror.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u32>,
    /// Whether it gets copies.
    mirror: bool,
    connections: Vec<String>,
    #[serde(flatten)]
    cover: Cover,
}

/// The namespace that a host names: `service.namespace.svc.…`, or the own one for a short name.
///
/// Source: Istio, VirtualService: a name without dots is completed by the namespace of the VirtualService.
pub(super) fn namespace_of(host: &str, own: &Arc<str>) -> Option<Arc<str>> {
    match host.split('.').collect::<Vec<_>>().as_slice() {
        [name] if *name != "*" => Some(Arc::clone(own)),
        [_, namespace, "svc", ..] => Some((*namespace).into()),
        _ => None,
    }
}

/// Where a destination lies.
struct Side {
    border: Border,
    /// The namespace, if it is one.
    namespace: Option<Arc<str>>,
    addresses: AddressSet,
}

pub(super) fn virtual_service(of: &Of<'_, VirtualService>, unknown: &mut Unknown) -> RoutesFact {
    let Of { context, at, asset, body } = *of;
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let namespace: Arc<str> = asset.place.namespace.clone().unwrap_or_default();
    let own = &context.judged(at).border;
    let homes: Vec<Arc<str>> = body.hosts.iter().filter_map(|host| namespace_of(host, &namespace)).collect();
    let homes = if homes.is_empty() { vec![Arc::clone(&namespace)] } else { homes };
    for delegate in &body.delegates {
        if context.inventory.find::<VirtualService>(&delegate_id(&cluster, delegate)).is_none() {
            unknown.say("crossings", Reason::NotInInventory, delegate);
        }
    }
    let end = Near { cluster: &cluster, namespace: &namespace, homes: &homes, border: own };
    RoutesFact { crossings: crossings(context, &end, &body.destinations, unknown) }
}

/// A route of the Gateway API. A backend in another namespace counts whether or not a ReferenceGrant there admits it
/// yet: like a weight of 0, it waits for a change of one line.
///
/// Source: Gateway API, "BackendObjectReference" (the namespace is the route's own unless it is named) and "Cross
/// namespace routing"; Istio, "Kubernetes Gateway API" (backends of kind Hostname).
pub(super) fn gateway_route(of: &Of<'_, GatewayRoute>, unknown: &mut Unknown) -> RoutesFact {
    let Of { context, at, asset, body } = *of;
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let namespace: Arc<str> = asset.place.namespace.clone().unwrap_or_default();
    let mut destinations = Vec::new();
    for backend in &body.backends {
        let host = match backend.kind.as_str() {
            "Service" => format!("{}.{}.svc.cluster.local", backend.name, backend.namespace),
            "Hostname" => backend.name.clone(),
            kind => {
                unknown.say("crossings", Reason::NotUnderstood, format!("{kind}/{}", backend.name));
                continue;
            }
        };
        destinations.push(RouteDestination {
            host,
            subset: None,
            port: backend.port,
            weight: (!backend.mirror).then_some(backend.weight),
            mirror: backend.mirror,
            path: backend.path.clone(),
        });
    }
    let homes = [Arc::clone(&namespace)];
    let own = &context.judged(at).border;
    let end = Near { cluster: &cluster, namespace: &namespace, homes: &homes, border: own };
    RoutesFact { crossings: crossings(context, &end, &destinations, unknown) }
}

/// Where what is routed comes from.
struct Near<'n> {
    cluster: &'n Arc<str>,
    /// The route's namespace.
    namespace: &'n Arc<str>,
    /// Namespaces of the hosts that it routes.
    homes: &'n [Arc<str>],
    border: &'n Border,
}

fn crossings(
    context: &Context<'_>,
    near: &Near<'_>,
    destinations: &[RouteDestination],
    unknown: &mut Unknown,
) -> Vec<Crossing> {
    let Near { cluster, namespace, homes, border: own } = *near;
    let mut crossings = Vec::new();
    for to in destinations {
        let Some(sides) = sides(context, cluster, namespace, &to.host) else {
            unknown.say("crossings", Reason::NotInInventory, &*to.host);
            continue;
        };
        let open = connections(context, cluster, namespace, to);
        for side in sides.into_iter().filter(|side| side.border.crosses(own)) {
            let cover = cover::of_flows(context, &open, |flow| {
                comes_from(flow, cluster, homes, own) && leads_to(flow, cluster, &side)
            });
            crossings.push(Crossing {
                path: to.path.clone(),
                host: to.host.clone(),
                border: side.border.to_string(),
                weight: to.weight,
                mirror: to.mirror,
                connections: open.describe(),
                cover,
            });
        }
    }
    crossings
}

fn delegate_id(cluster: &str, delegate: &str) -> String {
    let (namespace, name) = delegate.split_once('/').unwrap_or_default();
    kube_id(cluster, namespace, "VirtualService", name)
}

/// Where a host lies; none if that is not known.
fn sides(context: &Context<'_>, cluster: &Arc<str>, own: &Arc<str>, host: &str) -> Option<Vec<Side>> {
    let namespaced = |name: &Arc<str>| {
        let (at, ..) = context.inventory.find::<Namespace>(&kube_id(cluster, "", "Namespace", name))?;
        let border = context.zones.of(at).border.clone();
        Some(vec![Side { border, namespace: Some(Arc::clone(name)), addresses: AddressSet::default() }])
    };
    if let Some(namespace) = namespace_of(host, own) {
        let name = host.split('.').next().unwrap_or_default();
        let service = context.inventory.find::<Service>(&kube_id(cluster, &namespace, "Service", name));
        // another name for something else, and what that is has no model
        if service.is_some_and(|(_, _, service)| service.service_type == "ExternalName") {
            return None;
        }
        return namespaced(&namespace);
    }
    let entries = context.inventory.of::<ServiceEntry>();
    let (_, asset, entry) = entries
        .filter(|(_, asset, _)| asset.place.cluster.as_ref() == Some(cluster))
        .find(|(.., entry)| entry.hosts.iter().any(|known| glob_match(known, host)))?;
    let blocks = if entry.endpoints.is_empty() { &entry.addresses } else { &entry.endpoints };
    let nets: Option<Vec<IpNet>> =
        blocks.iter().map(|text| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))).collect();
    match nets {
        Some(nets) if !nets.is_empty() => {
            let found = context.cluster(cluster).and_then(|at| context.inventory.assets().get(at));
            let vpc = found.and_then(|asset| Some(EksCluster::of(&asset.body)?.vpc.clone()));
            let pieces = context.book.split(&AddressSet::from_nets(&nets), vpc.as_deref());
            let side =
                |piece: crate::zone::Piece| Side { border: piece.border, namespace: None, addresses: piece.addresses };
            Some(pieces.into_iter().map(side).collect())
        }
        // pods behind it are of its own namespace
        Some(_) if entry.location == "MESH_INTERNAL" => namespaced(asset.place.namespace.as_ref()?),
        // nobody knows where a name outside leads
        _ => None,
    }
}

fn connections(context: &Context<'_>, cluster: &Arc<str>, own: &Arc<str>, to: &RouteDestination) -> Connections {
    if let Some(port) = to.port {
        return Connections::ports(Protocol::TCP, port, port);
    }
    let name = to.host.split('.').next().unwrap_or_default();
    let service = namespace_of(&to.host, own).and_then(|namespace| {
        context.inventory.find::<Service>(&kube_id(cluster, &namespace, "Service", name)).map(|(.., service)| service)
    });
    let ports = service.into_iter().flat_map(|service| &service.ports).filter(|port| port.protocol == "TCP");
    let open = ports
        .fold(Connections::default(), |all, port| all.union(&Connections::ports(Protocol::TCP, port.port, port.port)));
    if open.is_empty() { Connections::protocol(Protocol::TCP) } else { open }
}

/// Whether a flow begins where all the routed hosts are.
fn comes_from(flow: &Flow, cluster: &Arc<str>, homes: &[Arc<str>], own: &Border) -> bool {
    let End::Where { cidr: None, matcher, workload: None, .. } = &flow.from else { return false };
    let Matcher { asset: None, .. } = matcher else { return false };
    flow.from.holds_border(&own.zone, own.environment.as_deref())
        && Matcher::fits(matcher.cluster.as_deref(), Some(cluster))
        && homes.iter().all(|home| Matcher::fits(matcher.namespace.as_deref(), Some(home)))
}

/// Whether a flow ends at a destination. What it asks of requests is not shown by a route.
fn leads_to(flow: &Flow, cluster: &Arc<str>, side: &Side) -> bool {
    let End::Where { cidr, matcher, workload: None, .. } = &flow.to else { return false };
    let Matcher { asset: None, .. } = matcher else { return false };
    let requires = &flow.requires;
    let demands = [&requires.principals, &requires.methods, &requires.paths, &requires.hosts];
    let there = match &side.namespace {
        Some(namespace) => {
            cidr.is_none()
                && Matcher::fits(matcher.cluster.as_deref(), Some(cluster))
                && Matcher::fits(matcher.namespace.as_deref(), Some(namespace))
        }
        None => {
            let within = |net: &IpNet| side.addresses.subtract(&AddressSet::from_nets([net])).is_empty();
            !requires.mtls && !flow.to.is_inside_cluster() && cidr.as_ref().is_none_or(within)
        }
    };
    flow.to.holds_border(&side.border.zone, side.border.environment.as_deref())
        && demands.iter().all(|demand| demand.is_empty())
        && there
}
