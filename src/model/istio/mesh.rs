//! The mesh configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The mesh configuration of one control plane.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MeshConfig {
    /// `default` or the control plane's revision.
    pub revision: String,
    /// Where mesh-wide policies live.
    pub root_namespace: String,
    /// The trust domain of its identities.
    pub trust_domain: String,
    /// Other trust domains that count as its own.
    pub trust_domain_aliases: Vec<String>,
    /// Where sidecars may connect: `ALLOW_ANY` or `REGISTRY_ONLY`.
    #[serde(default)]
    pub outbound_mode: String,
    /// How paths are made equal before policies look at them: `NONE`, `BASE`, `MERGE_SLASHES` or
    /// `DECODE_AND_MERGE_SLASHES`.
    #[serde(default)]
    pub path_normalization: String,
}
