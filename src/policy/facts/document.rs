//! The document that all facts share, and how it becomes JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    acl, authz, balancers, clusters, declared, eks, elb, entrances, exposure, flow_logs, flows, gateways, gitops,
    group_use, groups, listeners, mesh, mesh_scope, mixing, namespaces, peering, pod_policy, private_link, routes,
    transit, twins, zones,
};
use crate::config::Category;
use crate::finding::{Hop, Location};
use crate::model::{Asset, Body, Kind, Place, short_of};
use crate::zone::{Border, Placement};

use super::context::Context;

/// A document, and what the engine needs to know of it.
pub struct Fact {
    /// Its kind, by which it is routed to rules.
    pub kind: &'static str,
    /// What it is about.
    pub about: About,
    /// The category of its zone.
    pub category: Category,
    /// The stable address that fingerprints are made of.
    pub owner: String,
    /// What rules see.
    pub document: Document,
}

/// What a document is about.
pub enum About {
    /// An asset, by its place in the inventory.
    Asset(usize),
    /// Something that is no asset: a declared flow, a pair of clusters, a coverage gap.
    Other(Box<Subject>),
}

/// Something that is judged and is no asset.
pub struct Subject {
    /// Unique among those of its kind, and the same from run to run.
    pub id: Arc<str>,
    /// Where findings point.
    pub location: Location,
    /// Where it stands, as far as that applies.
    pub place: Place,
    /// The zone that it is judged in.
    pub border: Border,
    /// What it says, as JSON.
    pub body: Box<RawValue>,
    /// What shows it, hop by hop, where it is a flow.
    pub witness: Vec<Hop>,
}

/// What rules see of an asset or another subject.
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
    pub(super) fn new(header: Header, asset: Box<RawValue>, derived: Derived) -> Self {
        Self { header, asset, derived }
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
    /// What the asset is there for, as `classify.role` tells; left out where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Arc<str>>,
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
    pub fn of_asset(kind: &'static str, asset: &Asset, placement: &Placement, unknown: Unknown) -> Self {
        let name = short_of(&asset.id);
        let by = placement.by.clone();
        let header = Self::new(kind, &asset.id, name, &asset.place, &placement.border, by, asset.tags.clone(), unknown);
        Self { role: placement.role.clone(), ..header }
    }

    pub fn of_subject(kind: &'static str, subject: &Subject, unknown: Unknown) -> Self {
        let (name, by) = (subject.id.to_string(), String::new());
        Self::new(kind, &subject.id, name, &subject.place, &subject.border, by, BTreeMap::new(), unknown)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts that assets and other subjects bring along")]
    fn new(
        kind: &'static str,
        id: &Arc<str>,
        name: String,
        place: &Place,
        border: &Border,
        by: String,
        tags: BTreeMap<String, String>,
        unknown: Unknown,
    ) -> Self {
        let Border { zone, environment, category } = border.clone();
        let because = unknown.0;
        let mut paths: Vec<String> = because.iter().map(|because| because.path.clone()).collect();
        paths.dedup();
        Self {
            kind,
            id: Arc::clone(id),
            name,
            account: place.account.clone(),
            region: place.region.clone(),
            cluster: place.cluster.clone(),
            namespace: place.namespace.clone(),
            zone: Zone { name: zone, environment, category, border: border.to_string(), by },
            role: None,
            tags,
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
    /// Two things of which nothing shows whether one has to do with the other.
    MayMeet,
    /// A namespace of which no object was read, so its labels are not known.
    LabelsNotCollected,
    /// A store's interface that does not tell which store it is of, where only some hold cardholder data.
    StoreNotTold,
    /// A connection of which nobody knows whether it passes.
    Undecided,
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
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The first thing that was said of any of some paths.
    pub fn first_of(&self, paths: &[&str]) -> Option<&Because> {
        self.0.iter().find(|because| paths.contains(&because.path.as_str()))
    }

    pub fn say(&mut self, path: &str, reason: Reason, about: impl Into<String>) {
        self.0.push(Because { path: path.to_owned(), reason, about: about.into() });
        self.0.sort();
        self.0.dedup();
    }
}

/// An asset of a known kind, with all that is known beside it.
pub(super) struct Of<'a, K> {
    pub context: &'a Context<'a>,
    /// Its place in the inventory.
    pub at: usize,
    pub asset: &'a Asset,
    pub body: &'a K,
}

/// What is derived, by kind: for assets the maker and what it makes, for other subjects what is made of them.
macro_rules! derive {
    (
        assets { $($kind:ident => $fact:ty, $maker:path;)* }
        subjects { $($name:literal => $variant:ident($made:ty);)* }
    ) => {
        /// What is derived for a kind.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(super) enum Derived {
            Nothing {},
            $($kind(Box<$fact>),)*
            $($variant(Box<$made>),)*
        }

        impl Derived {
            /// What is derived for an asset.
            pub fn of(context: &Context<'_>, at: usize, asset: &Asset, unknown: &mut Unknown) -> Self {
                match &asset.body {
                    $(Body::$kind(body) => Self::$kind(Box::new($maker(&Of { context, at, asset, body }, unknown))),)*
                    _ => Self::Nothing {},
                }
            }

            /// The schema of what is derived for a kind.
            pub fn schema(kind: &str, generator: &mut SchemaGenerator) -> Schema {
                $(if kind == <crate::model::$kind as Kind>::NAME {
                    return generator.subschema_for::<$fact>();
                })*
                match kind {
                    $($name => generator.subschema_for::<$made>(),)*
                    _ => Schema::default(),
                }
            }

            /// Kinds of documents that are about something else than an asset, or about an asset in another way.
            pub const SUBJECTS: &'static [&'static str] = &[$($name),*];
        }
    };
}

derive! {
    assets {
        Vpc => flow_logs::VpcFact, flow_logs::vpc;
        Subnet => exposure::SubnetFact, exposure::subnet;
        NetworkAcl => acl::AclFact, acl::acl;
        NetworkInterface => exposure::Exposure, exposure::interface;
        Instance => exposure::Exposure, exposure::instance;
        ElasticIp => exposure::Exposure, exposure::elastic_ip;
        SecurityGroup => group_use::GroupFact, group_use::group;
        TransitGateway => transit::TransitFact, transit::gateway;
        VpcEndpoint => private_link::LinkFact, private_link::endpoint;
        VpcEndpointService => private_link::LinkFact, private_link::service;
        SecurityGroupRule => groups::GroupRule, groups::rule;
        VpcPeeringConnection => peering::Peering, peering::peering;
        TargetGroup => elb::TargetGroupFact, elb::target_group;
        EksCluster => eks::ClusterFact, eks::cluster;
        NodeGroup => eks::NodesFact, eks::node_group;
        FargateProfile => eks::NodesFact, eks::fargate_profile;
        AccessEntry => eks::AccessFact, eks::access_entry;
        LoadBalancer => balancers::BalancerFact, balancers::balancer;
        Listener => listeners::ListenerFact, listeners::listener;
        ListenerRule => twins::RuleFact, twins::rule;
        Namespace => namespaces::NamespaceFact, namespaces::namespace;
        Service => entrances::ServiceFact, entrances::service;
        Ingress => entrances::IngressFact, entrances::ingress;
        Workload => mesh::WorkloadFact, mesh::workload;
        IstioGateway => gateways::GatewayFact, gateways::gateway;
        EnvoyFilter => gateways::ExtensionFact, gateways::envoy_filter;
        WasmPlugin => gateways::ExtensionFact, gateways::wasm_plugin;
        VirtualService => routes::RoutesFact, routes::virtual_service;
        GatewayRoute => routes::RoutesFact, routes::gateway_route;
        ServiceEntry => mesh_scope::EntryFact, mesh_scope::service_entry;
        NetworkPolicy => pod_policy::PolicyFact, pod_policy::network_policy;
        AuthorizationPolicy => authz::AuthorizationFact, authz::policy;
    }
    subjects {
        "zone-assignment" => Assignment(zones::Assignment);
        "gitops-policy" => GitopsPolicy(gitops::Tracking);
        "cluster" => Cluster(mixing::ClusterFact);
        "cluster-group" => ClusterGroup(clusters::ClusterGroup);
        "management-cluster" => Management(gitops::Management);
        "flow" => Flow(flows::FlowFact);
        "undecided-flow" => UndecidedFlow(flows::UndecidedFact);
        "declared-flow-reach" => DeclaredFlowReach(flows::DeclaredReach);
        "zone" => Zone(flows::ZoneFact);
        "declared-flow" => DeclaredFlow(declared::DeclaredFlow);
        "waiver" => Waiver(declared::WaiverFact);
        "gap" => Gap(declared::GapFact);
    }
}
