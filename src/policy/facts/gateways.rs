//! Gateways of the mesh and extensions of its proxies: whom they are about, and what they leave open.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::document::{Of, Reason, Unknown};
use crate::model::{Asset, EnvoyFilter, GatewayServer, IstioGateway, WasmPlugin, Workload};

/// A Gateway.
#[derive(Serialize, JsonSchema)]
pub(super) struct GatewayFact {
    /// Proxies that it configures, some by name.
    workloads: Vec<String>,
    /// Servers that take plaintext.
    plaintext: Vec<Server>,
    /// Servers that hand connections on to whatever service of the mesh the client names (`AUTO_PASSTHROUGH`).
    auto_passthrough: Vec<Server>,
}

#[derive(Serialize, JsonSchema)]
struct Server {
    /// JSON pointer to it.
    path: String,
    port: u16,
    protocol: String,
    hosts: Vec<String>,
    /// Whether its hosts take in every service of the mesh.
    every_service: bool,
}

pub(super) fn gateway(of: &Of<'_, IstioGateway>, unknown: &mut Unknown) -> GatewayFact {
    let Of { context, asset, body: gateway, .. } = *of;
    let (mut plaintext, mut auto_passthrough) = (Vec::new(), Vec::new());
    for (index, server) in gateway.servers.iter().enumerate() {
        match is_plaintext(server) {
            Some(true) => plaintext.push(named(index, server)),
            Some(false) => {}
            None => unknown.say("plaintext", Reason::NotUnderstood, &*server.protocol),
        }
        if server.tls.as_deref() == Some("AUTO_PASSTHROUGH") {
            auto_passthrough.push(named(index, server));
        }
    }
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let workloads = context.selected(&cluster, None, &gateway.selector);
    GatewayFact { workloads: names(workloads.iter().map(|(asset, _)| &*asset.id)), plaintext, auto_passthrough }
}

fn named(index: usize, server: &GatewayServer) -> Server {
    // Istio, Gateway: `namespace/host`; a host of `*` or `*.local` takes in every name of every cluster's services
    let host = |host: &String| host.rsplit('/').next().unwrap_or_default().to_owned();
    let every_service =
        server.hosts.iter().map(host).any(|host| matches!(host.as_str(), "*" | "*.local" | "*.svc.cluster.local"));
    Server {
        path: format!("/spec/servers/{index}"),
        port: server.port,
        protocol: server.protocol.clone(),
        hosts: server.hosts.clone(),
        every_service,
    }
}

/// Whether a server takes plaintext; none if its protocol is not one of Istio's.
///
/// Source: Istio, Gateway reference, `Port.protocol` and `ServerTLSSettings`.
fn is_plaintext(server: &GatewayServer) -> Option<bool> {
    match server.protocol.to_ascii_uppercase().as_str() {
        "HTTP" | "HTTP2" | "GRPC" | "GRPC-WEB" => Some(!server.https_redirect),
        "TCP" | "MONGO" | "MYSQL" | "REDIS" => Some(server.tls.is_none()),
        "HTTPS" | "TLS" => Some(false),
        _ => None,
    }
}

/// An EnvoyFilter or WasmPlugin.
#[derive(Serialize, JsonSchema)]
pub(super) struct ExtensionFact {
    /// Whether it changes the proxy of a workload in scope, or of any that comes to its namespace.
    applies: bool,
    /// Whether it is about everything in its scope, and not about some pods or targets.
    everything: bool,
    /// Workloads in scope that it is about, some by name.
    workloads: Vec<String>,
}

pub(super) fn envoy_filter(of: &Of<'_, EnvoyFilter>, unknown: &mut Unknown) -> ExtensionFact {
    extension(of.context, of.asset, of.body.selector.as_ref(), &of.body.targets, unknown)
}

pub(super) fn wasm_plugin(of: &Of<'_, WasmPlugin>, unknown: &mut Unknown) -> ExtensionFact {
    extension(of.context, of.asset, of.body.selector.as_ref(), &of.body.targets, unknown)
}

/// Source: Istio, EnvoyFilter and WasmPlugin: in the root namespace they are about every namespace.
fn extension(
    context: &Context<'_>,
    asset: &Asset,
    selector: Option<&BTreeMap<String, String>>,
    targets: &[String],
    unknown: &mut Unknown,
) -> ExtensionFact {
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let namespace: Arc<str> = asset.place.namespace.clone().unwrap_or_default();
    let reach = context.reach_of(&cluster, &namespace);
    let empty = BTreeMap::new();
    let found = context.selected(&cluster, Some(&reach), selector.unwrap_or(&empty));
    let in_scope = |at: &str| {
        let found = context.inventory.find::<Workload>(at);
        found.is_some_and(|(at, ..)| context.zones.of(at).border.category.in_scope())
    };
    let ids: Vec<&str> = found.iter().map(|(asset, _)| &*asset.id).filter(|id| in_scope(id)).collect();
    let everything = selector.is_none() && targets.is_empty();
    // what it is bound to is a gateway, a waypoint or a service of its namespace
    let applies = everything || !targets.is_empty() || !ids.is_empty();
    if !applies && !context.listed::<Workload>(&asset.place) {
        unknown.say("applies", Reason::NotInInventory, "workloads");
    }
    let workloads = if targets.is_empty() { names(ids) } else { targets.to_vec() };
    ExtensionFact { applies, everything, workloads }
}
