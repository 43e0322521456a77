//! What changes proxies beyond Istio's own policies (Istio, "EnvoyFilter", "WasmPlugin", "Telemetry", "ProxyConfig").

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An EnvoyFilter (`networking.istio.io`). What it patches is not read: it may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvoyFilter {
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
    /// Resources that it is bound to instead (`Kind/name`).
    pub targets: Vec<String>,
    /// What it patches (`HTTP_FILTER`, `CLUSTER` …), sorted.
    pub applies_to: Vec<String>,
}

/// A WasmPlugin (`extensions.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WasmPlugin {
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
    /// Resources that it is bound to instead (`Kind/name`).
    pub targets: Vec<String>,
    /// `AUTHN`, `AUTHZ`, `STATS`; empty for the end of the chain.
    pub phase: String,
}

/// A Telemetry (`telemetry.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Telemetry {
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
    /// Resources that it is bound to instead (`Kind/name`).
    pub targets: Vec<String>,
    /// Whether it switches access logs off.
    pub access_logs_disabled: bool,
}

/// A ProxyConfig (`networking.istio.io`). Environment variables are not read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyConfig {
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
}
