//! The document that all facts share, and how it becomes JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{authz, elb, groups, mesh, namespaces, peering, zones};
use crate::config::Category;
use crate::model::{Asset, Body, short_of};
use crate::zone::{Border, Placement};

use super::context::Context;

/// A document, and what the engine needs to know of it.
pub struct Fact {
    /// Its kind, by which it is routed to rules.
    pub kind: &'static str,
    /// The asset's place in the inventory.
    pub at: usize,
    /// The category of its zone.
    pub category: Category,
    /// The stable address that fingerprints are made of.
    pub owner: String,
    /// What rules see.
    pub document: Document,
}

/// What rules see of an asset.
#[derive(Serialize)]
pub struct Document {
    #[serde(flatten)]
    header: Header,
    /// The asset itself, as the inventory holds it.
    asset: Box<RawValue>,
    #[serde(flatten)]
    derived: Derived,
}

impl Document {
    pub(super) fn new(header: Header, asset: &Asset, derived: Derived) -> Self {
        let body = asset.body.to_json().and_then(RawValue::from_string);
        // INVARIANT: bodies are plain structs of strings, numbers and lists, which always serialise
        let body = body.unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self { header, asset: body, derived }
    }

    /// As JSON text.
    ///
    /// # Errors
    /// None in practice: see above.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Paths that are not known.
    pub fn unknown(&self) -> &[String] {
        &self.header.unknown
    }

    /// Why they are not.
    pub fn because(&self) -> &[Because] {
        &self.header.unknown_because
    }
}

/// What every document begins with.
#[derive(Serialize, JsonSchema)]
pub(super) struct Header {
    /// The document's kind.
    kind: &'static str,
    /// The asset's id.
    id: Arc<str>,
    /// The asset's short name.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<Arc<str>>,
    /// Where the asset stands as a destination.
    zone: Zone,
    /// AWS tags or Kubernetes labels.
    tags: BTreeMap<String, String>,
    /// Paths of this document that could not be told; a rule that reads one and finds nothing is undetermined.
    unknown: Vec<String>,
    /// Why each of them is not known.
    unknown_because: Vec<Because>,
}

#[derive(Serialize, JsonSchema)]
struct Zone {
    name: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Arc<str>>,
    category: Category,
    /// Zone and environment as messages write them.
    border: String,
    /// What gave the zone.
    by: String,
}

impl Header {
    pub fn new(kind: &'static str, asset: &Asset, placement: &Placement, unknown: Unknown) -> Self {
        let Border { zone, environment, category } = placement.border.clone();
        let border = placement.border.to_string();
        let because = unknown.0;
        let mut paths: Vec<String> = because.iter().map(|because| because.path.clone()).collect();
        paths.dedup();
        Self {
            kind,
            id: Arc::clone(&asset.id),
            name: short_of(&asset.id),
            account: asset.place.account.clone(),
            region: asset.place.region.clone(),
            cluster: asset.place.cluster.clone(),
            namespace: asset.place.namespace.clone(),
            zone: Zone { name: zone, environment, category, border, by: placement.by.clone() },
            tags: asset.tags.clone(),
            unknown: paths,
            unknown_because: because,
        }
    }
}

/// Why something is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// What is referred to is not in the inventory.
    NotInInventory,
    /// What is there has entries that were not collected.
    EntriesNotCollected,
    /// A value that this release cannot read.
    NotUnderstood,
    /// Several say different things, and nothing tells which of them counts.
    Ambiguous,
    /// A namespace of which no object was read, so its labels are not known.
    LabelsNotCollected,
}

/// Why a path is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Because {
    /// The path, dots between names.
    pub path: String,
    /// Why.
    pub reason: Reason,
    /// What it is about.
    pub about: String,
}

/// What a document does not know, while it is made.
#[derive(Default)]
pub(super) struct Unknown(Vec<Because>);

impl Unknown {
    pub fn say(&mut self, path: &str, reason: Reason, about: impl Into<String>) {
        self.0.push(Because { path: path.to_owned(), reason, about: about.into() });
        self.0.sort();
        self.0.dedup();
    }
}

/// What is derived for a kind.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Derived {
    Nothing {},
    Assignment(zones::Assignment),
    GroupRule(groups::GroupRule),
    Peering(peering::Peering),
    TargetGroup(elb::TargetGroupFact),
    Namespace(namespaces::NamespaceFact),
    Workload(mesh::WorkloadFact),
    Authorization(authz::AuthorizationFact),
}

impl Derived {
    pub fn of(context: &Context<'_>, at: usize, asset: &Asset, unknown: &mut Unknown) -> Self {
        match &asset.body {
            Body::SecurityGroupRule(rule) => Self::GroupRule(groups::rule(context, at, rule, unknown)),
            Body::VpcPeeringConnection(peering) => Self::Peering(peering::peering(context, peering, unknown)),
            Body::TargetGroup(group) => Self::TargetGroup(elb::target_group(context, asset, group, unknown)),
            Body::Namespace(namespace) => Self::Namespace(namespaces::namespace(context, asset, namespace, unknown)),
            Body::Workload(workload) => Self::Workload(mesh::workload(context, asset, workload, unknown)),
            Body::AuthorizationPolicy(policy) => {
                Self::Authorization(authz::policy(context, at, asset, policy, unknown))
            }
            _ => Self::Nothing {},
        }
    }
}
