//! The workloads of all clusters, with what policies see of them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use ipnet::IpNet;

use super::enforcer::{self, Enforcer};
use super::mesh;
use super::relays::{self, Relay, Relays};
use crate::model::{
    AddressSet, Asset, FargateProfile, ForeignNetworkPolicy, Inventory, Kind, LabelSelector, Namespace, NetworkPolicy,
    Place, Service, TargetGroup, Vpc, Workload,
};
use crate::reach::ends::EndError;
use crate::reach::walk::public;

/// The label that the API server sets on every namespace (Kubernetes, "Namespaces", automatic labelling).
const NAME: &str = "kubernetes.io/metadata.name";

/// Pods of one workload: policies tell none of them apart.
#[derive(Debug)]
pub struct Pods<'a> {
    /// The workload.
    pub asset: &'a Asset,
    pub(super) body: &'a Workload,
    pub(super) cluster: &'a Arc<str>,
    pub(super) namespace: &'a Arc<str>,
    /// Whether a Fargate profile runs them: no agent guards them there.
    pub(super) on_fargate: bool,
    /// What leads to them under another address than the client's.
    pub(super) relay: Option<Relay<'a>>,
}

impl Pods<'_> {
    /// Whether all of the pods bear addresses of a block, or none does; not known where some do, or were not read.
    pub(super) fn are_within(&self, block: &AddressSet) -> Option<bool> {
        let inside = self.body.addresses.iter().filter(|address| block.contains(**address)).count();
        let known = !self.body.host_network && self.body.pods > 0 && self.body.addresses.len() as u64 >= self.body.pods;
        match inside {
            0 if known => Some(false),
            all if known && all == self.body.addresses.len() => Some(true),
            _ => None,
        }
    }

    /// Its cluster.
    pub fn cluster(&self) -> &str {
        self.cluster
    }

    /// `namespace/workload`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.namespace, self.asset.id.rsplit('/').next().unwrap_or_default())
    }
}

/// A namespace's labels.
#[derive(Debug)]
struct Labels {
    all: BTreeMap<String, String>,
    /// Whether there are no others.
    whole: bool,
}

/// Cluster and namespace.
type Home<'a> = (&'a str, &'a str);

/// What can pass between the workloads of clusters.
#[derive(Debug)]
pub struct Clusters<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) pods: Vec<Pods<'a>>,
    namespaces: HashMap<Home<'a>, Labels>,
    policies: HashMap<Home<'a>, Vec<(&'a Asset, &'a NetworkPolicy)>>,
    /// Policies of kinds without a model, by cluster.
    foreign: HashMap<&'a str, Vec<(&'a Asset, &'a ForeignNetworkPolicy)>>,
    enforcers: HashMap<Arc<str>, Enforcer>,
    meshed: HashSet<Arc<str>>,
    stand_alone: bool,
    outer: AddressSet,
}

impl<'a> Clusters<'a> {
    /// Indexes an inventory; `assumed` says of which clusters it is assumed that something enforces NetworkPolicies.
    pub fn new(inventory: &'a Inventory, assumed: &dyn Fn(&str) -> bool) -> Self {
        let mut this = Self {
            inventory,
            pods: vec![],
            namespaces: HashMap::default(),
            policies: HashMap::default(),
            foreign: HashMap::default(),
            enforcers: enforcer::enforcers(inventory, assumed),
            meshed: mesh::meshed(inventory),
            stand_alone: inventory
                .assets()
                .iter()
                .all(|asset| asset.place.account.is_none() && !asset.id.starts_with("arn:")),
            outer: outer(inventory),
        };
        for (_, asset, body) in inventory.of::<Namespace>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            let mut all = asset.tags.clone();
            all.entry(NAME.to_owned()).or_insert_with(|| namespace.to_string());
            this.namespaces.insert((cluster, namespace), Labels { all, whole: !body.implied });
        }
        for (_, asset, policy) in inventory.of::<NetworkPolicy>() {
            if let Some((cluster, namespace)) = home(asset) {
                this.policies.entry((cluster, namespace)).or_default().push((asset, policy));
            }
        }
        for (_, asset, policy) in inventory.of::<ForeignNetworkPolicy>() {
            if let Some(cluster) = &asset.place.cluster {
                this.foreign.entry(cluster).or_default().push((asset, policy));
            }
        }
        let relays = Relays::of(inventory);
        let all = inventory.of::<Workload>().filter_map(|(_, asset, body)| pods(inventory, &relays, asset, body));
        this.pods = all.collect();
        this
    }

    /// Whether the sources hold nothing but Kubernetes objects: then there is no network to ask beside them.
    pub fn stand_alone(&self) -> bool {
        self.stand_alone
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pods.is_empty()
    }

    /// Whether the workloads are of one cluster, and need not say which.
    pub fn is_one(&self) -> bool {
        self.pods.windows(2).all(|two| matches!(two, [a, b] if a.cluster == b.cluster))
    }

    /// Workloads by the name that people write, `[cluster/]namespace/workload`, or by id; none where the text is no such
    /// name.
    ///
    /// # Errors
    /// Nothing bears the name, or several workloads do.
    pub fn end(&self, text: &str) -> Option<Result<&Pods<'a>, EndError>> {
        let parts: Vec<&str> = text.split('/').collect();
        let fits = |pods: &&Pods<'a>| {
            let name = pods.asset.id.rsplit('/').next();
            match parts.as_slice() {
                [namespace, workload] => **pods.namespace == **namespace && name == Some(workload),
                [cluster, namespace, workload] => {
                    **pods.cluster == **cluster && **pods.namespace == **namespace && name == Some(workload)
                }
                _ => *pods.asset.id == *text,
            }
        };
        if parts.len() < 2 || text.starts_with("arn:") || text.parse::<ipnet::IpNet>().is_ok() {
            return None;
        }
        let found: Vec<&Pods<'a>> = self.pods.iter().filter(fits).collect();
        Some(match found.as_slice() {
            [] => Err(EndError::NotFound(text.to_owned())),
            [one] => Ok(*one),
            several => Err(EndError::Ambiguous {
                name: text.to_owned(),
                candidates: several.iter().map(|pods| pods.asset.id.to_string()).collect(),
            }),
        })
    }

    /// NetworkPolicies of the pods' namespace.
    pub(super) fn policies_of(&self, pods: &Pods<'a>) -> &[(&'a Asset, &'a NetworkPolicy)] {
        self.policies.get(&(&**pods.cluster, &**pods.namespace)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Policies without a model that may be about the pods, in a direction.
    pub(super) fn foreign_to(&self, pods: &Pods<'a>, ingress: bool) -> Option<&'a Asset> {
        let about = |(asset, policy): &&(&'a Asset, &'a ForeignNetworkPolicy)| {
            let own = asset.place.namespace.as_ref().is_none_or(|namespace| namespace == pods.namespace);
            own && if ingress { policy.ingress } else { policy.egress } != Some(false)
        };
        self.foreign.get(&**pods.cluster)?.iter().find(about).map(|(asset, _)| *asset)
    }

    pub(super) fn enforcer(&self, pods: &Pods<'a>) -> &Enforcer {
        self.enforcers.get(&**pods.cluster).unwrap_or(&Enforcer::NotRead)
    }

    pub(super) fn is_meshed(&self, pods: &Pods<'a>) -> bool {
        self.meshed.contains(pods.cluster)
    }

    /// Whether all that could tell what leads to the pods was read: objects of their cluster, and target groups of AWS
    /// where that was read.
    pub(super) fn relays_known(&self, pods: &Pods<'a>) -> bool {
        let place = Place { cluster: Some(Arc::clone(pods.cluster)), ..Place::default() };
        let coverage = &self.inventory.coverage;
        !relays::KINDS.iter().any(|kind| coverage.fell_short(kind, &place))
            && (self.stand_alone
                || relays::home_of(self.inventory, pods.cluster).is_some_and(|(eks, _)| {
                    // target groups are of an account and a Region, not of a cluster
                    coverage.is_listed(TargetGroup::NAME, &Place { cluster: None, ..eks.place.clone() })
                }))
    }

    /// Addresses that no pod, Service or node bears, as far as VPCs and Services were read.
    pub(super) fn outer(&self) -> &AddressSet {
        &self.outer
    }

    /// Whether the VPC of the pods' cluster was read.
    pub(super) fn is_placed(&self, pods: &Pods<'a>) -> bool {
        relays::home_of(self.inventory, pods.cluster).is_some()
    }

    /// Whether all objects of a kind in the pods' cluster were read.
    pub(super) fn listed<K: Kind>(&self, pods: &Pods<'a>) -> bool {
        let place = Place { cluster: Some(Arc::clone(pods.cluster)), ..Place::default() };
        !self.inventory.coverage.fell_short(K::NAME, &place)
    }

    /// Whether a selector fits the namespace of some pods; none where that is not known.
    pub(super) fn is_selected(&self, selector: &LabelSelector, pods: &Pods<'a>) -> Option<bool> {
        let labels = self.namespaces.get(&(&**pods.cluster, &**pods.namespace))?;
        match labels.whole {
            true => selector.matches(&labels.all),
            // of a namespace without an object nothing but its name is known
            false => selector.matches_where(&labels.all, |key| key == NAME),
        }
    }
}

/// Public addresses without those of VPCs and those at which nodes take a Service's traffic.
fn outer(inventory: &Inventory) -> AddressSet {
    let vpcs = inventory.of::<Vpc>().flat_map(|(_, _, vpc)| vpc.cidrs.iter().copied());
    let external = inventory.of::<Service>().flat_map(|(_, _, service)| &service.external_ips);
    let external = external.filter_map(|address| Some(address.parse::<IpAddr>().ok()?.into()));
    public().subtract(&AddressSet::from_nets(&vpcs.chain(external).collect::<Vec<IpNet>>()))
}

fn home(asset: &Asset) -> Option<(&Arc<str>, &Arc<str>)> {
    Some((asset.place.cluster.as_ref()?, asset.place.namespace.as_ref()?))
}

fn pods<'a>(inventory: &'a Inventory, relays: &Relays<'a>, asset: &'a Asset, body: &'a Workload) -> Option<Pods<'a>> {
    let (cluster, namespace) = home(asset)?;
    let profiles = inventory.of::<FargateProfile>().map(|(.., profile)| profile);
    let on_fargate = body.is_on_fargate(namespace, profiles.filter(|profile| *profile.cluster == **cluster));
    let mut pods = Pods { asset, body, cluster, namespace, on_fargate, relay: None };
    pods.relay = relays.to(&pods);
    Some(pods)
}
