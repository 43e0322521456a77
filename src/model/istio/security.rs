//! AuthorizationPolicies and PeerAuthentications.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Delivery;

/// `source` of an AuthorizationPolicy rule: all given fields must match, any value of a field is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthSource {
    /// Identities `<trust domain>/ns/<namespace>/sa/<account>`, with `*` at an end, or `*` for any identity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<String>,
    /// Identities that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_principals: Vec<String>,
    /// JWT identities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_principals: Vec<String>,
    /// JWT identities that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_request_principals: Vec<String>,
    /// Namespaces of the identity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Namespaces that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_namespaces: Vec<String>,
    /// Service accounts, `account` or `namespace/account`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_accounts: Vec<String>,
    /// Service accounts that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_service_accounts: Vec<String>,
    /// Addresses of the direct peer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ip_blocks: Vec<String>,
    /// Addresses that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_ip_blocks: Vec<String>,
    /// Addresses of the client by X-Forwarded-For or PROXY protocol.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remote_ip_blocks: Vec<String>,
    /// Addresses that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_remote_ip_blocks: Vec<String>,
}

/// `operation` of an AuthorizationPolicy rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthOperation {
    /// Hosts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Hosts that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_hosts: Vec<String>,
    /// Container ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<String>,
    /// Container ports that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_ports: Vec<String>,
    /// HTTP methods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// HTTP methods that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_methods: Vec<String>,
    /// Paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Paths that must not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_paths: Vec<String>,
}

/// `when` of an AuthorizationPolicy rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthCondition {
    /// `source.namespace`, `request.headers[x]` …
    pub key: String,
    /// Values of which one must match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Values of which none may match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_values: Vec<String>,
}

/// A rule of an AuthorizationPolicy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuthRule {
    /// Sources of which one must match; empty is everybody.
    pub from: Vec<AuthSource>,
    /// Operations of which one must match; empty is everything.
    pub to: Vec<AuthOperation>,
    /// Conditions that must all hold.
    pub when: Vec<AuthCondition>,
}

/// An AuthorizationPolicy (`security.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuthorizationPolicy {
    /// `ALLOW` (the default), `DENY`, `AUDIT` or `CUSTOM`.
    pub action: String,
    /// Whether `istio.io/dry-run` switches it off.
    pub dry_run: bool,
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
    /// Resources that it is bound to instead (`Kind/name`).
    pub targets: Vec<String>,
    /// Its rules; none at all match nothing.
    pub rules: Vec<AuthRule>,
    /// Fields that this release does not know, as JSON pointers: with one of them, what the policy does is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_fields: Vec<String>,
    /// How it came into its cluster.
    #[serde(default, skip_serializing_if = "Delivery::is_nothing")]
    pub delivery: Delivery,
}

/// A PeerAuthentication (`security.istio.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PeerAuthentication {
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
    /// `STRICT`, `PERMISSIVE`, `DISABLE` or `UNSET`.
    pub mode: String,
    /// Mode by container port.
    pub ports: BTreeMap<String, String>,
    /// When it was made, RFC 3339; the oldest of several in one scope wins. Empty in manifests.
    pub created: String,
    /// Fields that this release does not know, as JSON pointers: with one of them, what the policy does is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_fields: Vec<String>,
    /// How it came into its cluster.
    #[serde(default, skip_serializing_if = "Delivery::is_nothing")]
    pub delivery: Delivery,
}

/// A RequestAuthentication (`security.istio.io`): whose JWTs are valid. It asks for none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestAuthentication {
    /// Pods by label; none is every pod of the scope.
    pub selector: Option<BTreeMap<String, String>>,
    /// Resources that it is bound to instead (`Kind/name`).
    pub targets: Vec<String>,
    /// Issuers of tokens that are valid.
    pub issuers: Vec<String>,
    /// Fields that this release does not know, as JSON pointers: with one of them, what the policy does is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_fields: Vec<String>,
}
