//! How an object came into its cluster.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an object's metadata tells of how it came into its cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// Whether it was read from a cluster: only the API server gives a `uid`.
    #[serde(default)]
    pub live: bool,
    /// The object that made it, `Kind/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Argo CD's annotation `argocd.argoproj.io/tracking-id`, else the label `app.kubernetes.io/instance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

impl Delivery {
    /// Whether nothing is told, as in a manifest that was never applied.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
