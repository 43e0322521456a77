//! What lets traffic into a cluster at layer 7: Ingress, and the kinds of the Gateway API.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rule of an Ingress: one path of one host.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct IngressRule {
    /// The host; empty for every host.
    pub host: String,
    /// The path; empty for every path.
    pub path: String,
    /// `service:port`, or `Kind/name` of another resource.
    pub backend: String,
}

/// An Ingress (`networking.k8s.io`, formerly `extensions`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ingress {
    /// Its class, by field or by the older annotation; none for the cluster's default.
    pub class: Option<String>,
    /// Where what no rule matches goes.
    pub default_backend: Option<String>,
    /// Its rules, sorted.
    pub rules: Vec<IngressRule>,
    /// Hosts for which it ends TLS, sorted.
    pub tls_hosts: Vec<String>,
    /// Annotations that steer load balancers.
    pub annotations: BTreeMap<String, String>,
}

/// A GatewayClass (`gateway.networking.k8s.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GatewayClass {
    /// Who implements its gateways.
    pub controller: String,
}

/// A listener of a Gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GatewayListener {
    /// Its name.
    pub name: String,
    /// The port that clients see.
    pub port: u16,
    /// `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`.
    pub protocol: String,
    /// The host; empty for every host.
    pub hostname: String,
    /// `Terminate` or `Passthrough` where it speaks TLS.
    pub tls_mode: Option<String>,
    /// From which namespaces routes may attach: `Same` (the default), `All`, `Selector`, `None`.
    pub routes_from: String,
}

/// A Gateway of the Gateway API (`gateway.networking.k8s.io`); Istio's own Gateway is another kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiGateway {
    /// Its GatewayClass.
    pub class: String,
    /// Its listeners, sorted.
    pub listeners: Vec<GatewayListener>,
    /// Addresses that it asks for, sorted.
    pub addresses: Vec<String>,
    /// Fields that this release does not know, as JSON pointers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_fields: Vec<String>,
}

/// Where a route forwards to.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RouteBackend {
    /// `Service`, unless another kind is named.
    pub kind: String,
    /// The namespace: the route's own unless another is named.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The port, which a Service needs.
    pub port: Option<u16>,
    /// Share of the traffic; 0 gets none.
    pub weight: u32,
    /// Whether it gets copies of requests.
    #[serde(default)]
    pub mirror: bool,
    /// JSON pointer to it; empty in snapshots of before it was kept.
    #[serde(default)]
    pub path: String,
}

/// A route of the Gateway API: HTTPRoute, GRPCRoute, TLSRoute, TCPRoute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GatewayRoute {
    /// `HTTPRoute` …
    pub route_kind: String,
    /// What it attaches to, `Kind/namespace/name`, sorted.
    pub parents: Vec<String>,
    /// Hosts that it is about, sorted; empty for every host of the listener.
    pub hostnames: Vec<String>,
    /// Where it forwards to, all rules together, sorted.
    pub backends: Vec<RouteBackend>,
}

/// A ReferenceGrant (`gateway.networking.k8s.io`): who of other namespaces may refer into this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceGrant {
    /// `group/Kind/namespace` of those who may, sorted; the group is empty for the core group.
    pub from: Vec<String>,
    /// `group/Kind/name` of what they may refer to, sorted; `*` for every name.
    pub to: Vec<String>,
}
