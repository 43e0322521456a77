//! Gateways, routes and what the mesh knows of hosts (Istio, "Traffic Management" reference).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A server of a Gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GatewayServer {
    /// The port that the proxy listens on.
    pub port: u16,
    /// `HTTP`, `HTTPS`, `TLS`, `TCP` …, as written.
    pub protocol: String,
    /// Hosts, `namespace/host` where a namespace is given.
    pub hosts: Vec<String>,
    /// `PASSTHROUGH`, `SIMPLE`, `MUTUAL`, `AUTO_PASSTHROUGH` …; none where no TLS is configured.
    pub tls: Option<String>,
    /// Whether plain HTTP is answered with a redirect to HTTPS and nothing else.
    pub https_redirect: bool,
}

/// A Gateway (`networking.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IstioGateway {
    /// Pods by label, in any namespace; empty is every proxy.
    pub selector: BTreeMap<String, String>,
    /// What they listen for.
    pub servers: Vec<GatewayServer>,
}

/// A destination of a route.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RouteDestination {
    /// The host; a short name is one of the VirtualService's namespace.
    pub host: String,
    /// The subset of its DestinationRule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subset: Option<String>,
    /// The service's port; none where the service has only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its weight among the route's destinations; none where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// Whether it gets copies of requests.
    #[serde(default)]
    pub mirror: bool,
    /// JSON pointer to it.
    pub path: String,
}

/// A VirtualService (`networking.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VirtualService {
    /// Hosts that it routes; none in one that others delegate to.
    pub hosts: Vec<String>,
    /// Gateways that it is bound to, `mesh` for all sidecars.
    pub gateways: Vec<String>,
    /// Where its HTTP, TLS and TCP routes and mirrors lead.
    pub destinations: Vec<RouteDestination>,
    /// VirtualServices that hold the routes instead, `namespace/name`.
    pub delegates: Vec<String>,
}

/// A subset of a DestinationRule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subset {
    /// Its name.
    pub name: String,
    /// Labels of its pods.
    pub labels: BTreeMap<String, String>,
}

/// A DestinationRule (`networking.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DestinationRule {
    /// The host that it is about.
    pub host: String,
    /// `DISABLE`, `SIMPLE`, `MUTUAL` or `ISTIO_MUTUAL`: how clients connect; none is the mesh's choice.
    pub tls: Option<String>,
    /// Its subsets.
    pub subsets: Vec<Subset>,
}

/// A port of a ServiceEntry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntryPort {
    /// The port that clients see.
    pub port: u16,
    /// Its name.
    pub name: String,
    /// `HTTP`, `TLS`, `TCP` …
    pub protocol: String,
}

/// A ServiceEntry (`networking.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceEntry {
    /// Hosts that it adds to the mesh.
    pub hosts: Vec<String>,
    /// Addresses that clients use for them.
    pub addresses: Vec<String>,
    /// `MESH_EXTERNAL` (the default) or `MESH_INTERNAL`.
    pub location: String,
    /// `NONE` (the default), `STATIC`, `DNS` or `DNS_ROUND_ROBIN`.
    pub resolution: String,
    /// Addresses or names of what answers.
    pub endpoints: Vec<String>,
    /// Its ports.
    pub ports: Vec<EntryPort>,
    /// Pods and WorkloadEntries that answer, by label.
    pub selector: Option<BTreeMap<String, String>>,
}

/// A WorkloadEntry (`networking.istio.io`): a machine outside Kubernetes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkloadEntry {
    /// Its address or name.
    pub address: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its service account, if it has an identity of the mesh.
    pub service_account: String,
}

/// A Sidecar (`networking.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sidecar {
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
    /// `REGISTRY_ONLY` or `ALLOW_ANY`; none leaves it to the mesh configuration.
    pub outbound_mode: Option<String>,
    /// Hosts that its pods know, `namespace/host`.
    pub egress_hosts: Vec<String>,
}
