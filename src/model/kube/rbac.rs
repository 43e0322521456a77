//! RBAC: who may do what in a cluster (`rbac.authorization.k8s.io`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rule of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all(deserialize = "camelCase"), default)]
pub struct RbacRule {
    /// API groups; `*` for all.
    #[serde(alias = "api_groups")]
    pub api_groups: Vec<String>,
    /// Resources; `*` for all.
    pub resources: Vec<String>,
    /// Names; empty for all.
    #[serde(alias = "resource_names")]
    pub resource_names: Vec<String>,
    /// What may be done; `*` for everything.
    pub verbs: Vec<String>,
    /// Paths of the API server that are no resources.
    #[serde(rename(deserialize = "nonResourceURLs"), alias = "non_resource_urls")]
    pub non_resource_urls: Vec<String>,
}

/// A Role or ClusterRole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RbacRole {
    /// Whether it is a ClusterRole.
    pub cluster_wide: bool,
    /// Its rules.
    pub rules: Vec<RbacRule>,
    /// Whether its rules are gathered from other roles.
    pub aggregated: bool,
}

/// Whom a binding gives a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RbacSubject {
    /// `ServiceAccount`, `User` or `Group`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The namespace of a service account.
    pub namespace: Option<String>,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RbacBinding {
    /// Whether it is a ClusterRoleBinding.
    pub cluster_wide: bool,
    /// The role, `ClusterRole/name` or `Role/name`.
    pub role: String,
    /// Who gets it, sorted.
    pub subjects: Vec<RbacSubject>,
}
