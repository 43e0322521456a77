//! What the makers of facts look things up in: the inventory's joins, made once.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashMapExt, HashSet};
use ipnet::IpNet;
use jiff::civil::Date;

use super::flows::{self, Owners};
use super::gitops::Gitops;
use super::network::Network;
use crate::config::{Config, Matcher};
use crate::model::{
    AddressSet, Asset, AuthorizationPolicy, Body, EksCluster, Forward, Instance, Inventory, Kind, Listener,
    ListenerRule, LoadBalancer, MeshConfig, Namespace, NetworkInterface, NetworkPolicy, PeerAuthentication, Place,
    SecurityGroup, Service, Sidecar, Subnet, Target, Vpc, Workload, kube_id, short_of,
};
use crate::reach::{self, Enforcer, Flow};
use crate::zone::{AddressBook, Border, Placement, Zones};

mod inside;
mod mesh;
mod targets;

/// What bears a security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    pub id: Arc<str>,
    /// Its place in the inventory.
    pub at: usize,
    pub bearer: Bearer,
    pub addresses: Vec<IpAddr>,
}

/// What kind of thing bears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bearer {
    LoadBalancer,
    /// A node of this cluster.
    Node(String),
    Other,
}

/// A load balancer's way to a target group.
pub(super) struct Route {
    /// The load balancer's ARN.
    pub balancer: String,
    /// The listener's or rule's place in the inventory.
    pub by: usize,
    pub weight: i64,
}

/// Kind, cluster and namespace.
type KindInNamespace = (&'static str, Arc<str>, Arc<str>);

/// An inventory, its classification, and joins over both.
pub struct Context<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// Its classification.
    pub zones: &'a Zones,
    /// The configuration.
    pub config: &'a Config,
    /// The day on which approvals are judged.
    pub day: Date,
    /// What connections can pass.
    pub reach: &'a reach::Network<'a>,
    pub(super) book: AddressBook,
    pub(super) attachments: HashMap<String, Vec<Attachment>>,
    interface_by_address: HashMap<(String, IpAddr), usize>,
    /// Prefixes that are delegated to interfaces, by VPC.
    prefixes: HashMap<String, Vec<(IpNet, usize)>>,
    pub(super) routes: HashMap<String, Vec<Route>>,
    pub(super) targets: HashMap<String, Vec<usize>>,
    /// Listeners by load balancer, and rules by listener.
    pub(super) listeners: HashMap<String, Vec<usize>>,
    clusters: HashMap<String, usize>,
    /// Namespaces by cluster, with their place in the inventory.
    pub(super) namespaces: HashMap<Arc<str>, Vec<(usize, Arc<str>)>>,
    /// Blocks of the subnets that hold a cluster's nodes.
    node_blocks: HashMap<String, AddressSet>,
    by_namespace: HashMap<KindInNamespace, Vec<usize>>,
    pub(super) meshes: HashMap<Arc<str>, Vec<usize>>,
    /// Clusters that run a mesh.
    meshed: OnceLock<HashSet<Arc<str>>>,
    /// Assets of a mesh that are judged as another one.
    wide: OnceLock<HashMap<usize, usize>>,
    gitops: OnceLock<Gitops>,
    /// The most guarded subnet of each VPC.
    most_guarded_subnet: HashMap<String, usize>,
    network: OnceLock<Network>,
    /// What bears an environment of its own, by VPC.
    environment_bearers: OnceLock<HashMap<String, Vec<usize>>>,
    /// What enforces NetworkPolicies, by cluster.
    enforcers: OnceLock<HashMap<Arc<str>, Enforcer>>,
    flows: OnceLock<Vec<Flow>>,
    /// What approvals tell apart, by assets.
    approvals: OnceLock<Vec<usize>>,
    owners: OnceLock<Owners>,
}

impl<'a> Context<'a> {
    /// Makes the joins.
    pub fn new(
        inventory: &'a Inventory,
        zones: &'a Zones,
        config: &'a Config,
        day: Date,
        reach: &'a reach::Network<'a>,
    ) -> Self {
        let mut this = Self {
            inventory,
            zones,
            config,
            day,
            reach,
            book: AddressBook::of(inventory, zones, config),
            attachments: HashMap::new(),
            interface_by_address: HashMap::new(),
            prefixes: HashMap::new(),
            routes: HashMap::new(),
            targets: HashMap::new(),
            listeners: HashMap::new(),
            clusters: inventory.of::<EksCluster>().map(|(at, _, cluster)| (cluster.name.clone(), at)).collect(),
            namespaces: HashMap::new(),
            node_blocks: HashMap::new(),
            by_namespace: HashMap::new(),
            meshes: HashMap::new(),
            meshed: OnceLock::new(),
            wide: OnceLock::new(),
            gitops: OnceLock::new(),
            most_guarded_subnet: HashMap::new(),
            network: OnceLock::new(),
            environment_bearers: OnceLock::new(),
            enforcers: OnceLock::new(),
            flows: OnceLock::new(),
            approvals: OnceLock::new(),
            owners: OnceLock::new(),
        };
        for (at, _, subnet) in inventory.of::<Subnet>() {
            let guard = |at: usize| zones.of(at).border.category.guard();
            let most = this.most_guarded_subnet.entry(subnet.vpc.clone()).or_insert(at);
            if guard(at) < guard(*most) {
                *most = at;
            }
        }
        this.join_groups();
        this.join_balancers();
        for (at, asset, _) in inventory.of::<Namespace>() {
            if let (Some(cluster), Some(namespace)) = (&asset.place.cluster, &asset.place.namespace) {
                this.namespaces.entry(Arc::clone(cluster)).or_default().push((at, Arc::clone(namespace)));
            }
        }
        this.join_nodes();
        this.join_namespaced::<Workload>();
        this.join_namespaced::<Service>();
        this.join_namespaced::<NetworkPolicy>();
        this.join_namespaced::<AuthorizationPolicy>();
        this.join_namespaced::<PeerAuthentication>();
        this.join_namespaced::<Sidecar>();
        for (at, asset, _) in inventory.of::<MeshConfig>() {
            if let Some(cluster) = &asset.place.cluster {
                this.meshes.entry(Arc::clone(cluster)).or_default().push(at);
            }
        }
        this
    }

    fn join_groups(&mut self) {
        let mut attach = |groups: &[String], at: usize, id: &Arc<str>, bearer: &Bearer, addresses: &[IpAddr]| {
            for group in groups {
                let all = self.attachments.entry(group.clone()).or_default();
                let (id, bearer) = (Arc::clone(id), bearer.clone());
                all.push(Attachment { id, at, bearer, addresses: addresses.to_vec() });
            }
        };
        for (at, asset, instance) in self.inventory.of::<Instance>() {
            let bearer = bearer_of_instance(asset);
            attach(&instance.groups, at, &asset.id, &bearer, &instance.private_addresses);
        }
        let mut balancers: HashMap<&str, &Arc<str>> = HashMap::new();
        for (at, asset, balancer) in self.inventory.of::<LoadBalancer>() {
            if let Some((_, name)) = asset.id.split_once(":loadbalancer/") {
                balancers.insert(name, &asset.id);
            }
            attach(&balancer.groups, at, &asset.id, &Bearer::LoadBalancer, &[]);
        }
        for (at, asset, interface) in self.inventory.of::<NetworkInterface>() {
            let balancer = interface.description.strip_prefix("ELB ").and_then(|name| balancers.get(name));
            let bearer = bearer_of(self.inventory, asset, interface);
            // a load balancer's interface is the load balancer, and flows name that; its subnet is the interface's
            let id = balancer.copied().unwrap_or(&asset.id);
            attach(&interface.groups, at, id, &bearer, &interface.private_addresses);
            for address in &interface.private_addresses {
                self.interface_by_address.insert((interface.vpc.clone(), *address), at);
            }
            for prefix in &interface.prefixes {
                self.prefixes.entry(interface.vpc.clone()).or_default().push((*prefix, at));
            }
        }
    }

    /// All flows over borders, found when they are first asked for.
    pub fn flows(&self) -> &[Flow] {
        self.flows.get_or_init(|| self.reach.flows(self.zones, &self.book, &self.apart()))
    }

    /// Flows that end at some interfaces or leave the estate from them, in a network that has the same assets.
    pub(super) fn flows_at(&self, network: &reach::Network<'_>, ends: &BTreeSet<Arc<str>>) -> Vec<Flow> {
        network.flows_at(self.zones, &self.book, &self.apart(), ends)
    }

    /// Tells beginnings of flows apart that approvals tell apart.
    fn apart(&self) -> impl Fn(usize) -> usize {
        let approvals = self.approvals.get_or_init(|| flows::approvals(self));
        |at| approvals.get(at).copied().unwrap_or_default()
    }

    /// Who owns which interfaces.
    pub(super) fn owners(&self) -> &Owners {
        self.owners.get_or_init(|| Owners::of_all(self.inventory, &self.book))
    }

    /// What lies where in VPCs.
    pub(super) fn network(&self) -> &Network {
        self.network.get_or_init(|| Network::of(self.inventory))
    }

    fn join_nodes(&mut self) {
        let mut subnets: HashMap<String, BTreeSet<&str>> = HashMap::new();
        for (_, asset, instance) in self.inventory.of::<Instance>() {
            if let Some(cluster) = node_cluster(asset) {
                subnets.entry(cluster).or_default().insert(&instance.subnet);
            }
        }
        for (cluster, subnets) in subnets {
            let found = subnets.into_iter().filter_map(|id| self.inventory.find::<Subnet>(id));
            let blocks =
                found.fold(AddressSet::default(), |all, (_, _, s)| all.union(&AddressSet::from_nets(&s.cidrs)));
            self.node_blocks.insert(cluster, blocks);
        }
    }

    fn join_balancers(&mut self) {
        let mut add = |forwards: &[Forward], balancer: &str, by: usize| {
            for forward in forwards {
                let all = self.routes.entry(forward.target_group.clone()).or_default();
                all.push(Route { balancer: balancer.to_owned(), by, weight: forward.weight });
            }
        };
        for (at, _, listener) in self.inventory.of::<Listener>() {
            add(&listener.forwards, &listener.load_balancer, at);
            self.listeners.entry(listener.load_balancer.clone()).or_default().push(at);
        }
        for (at, _, rule) in self.inventory.of::<ListenerRule>() {
            self.listeners.entry(rule.listener.clone()).or_default().push(at);
            let listener = self.inventory.find::<Listener>(&rule.listener);
            let balancer = listener.map_or_else(|| balancer_of(&rule.listener), |(_, _, l)| l.load_balancer.clone());
            // a listener's default action is listed as its rule `default` too
            if rule.priority != "default" || listener.is_none() {
                add(&rule.forwards, &balancer, at);
            }
        }
        for (at, _, target) in self.inventory.of::<Target>() {
            self.targets.entry(target.target_group.clone()).or_default().push(at);
        }
    }

    fn join_namespaced<K: Kind>(&mut self) {
        for (at, asset, _) in self.inventory.of::<K>() {
            if let (Some(cluster), Some(namespace)) = (&asset.place.cluster, &asset.place.namespace) {
                let key = (K::NAME, Arc::clone(cluster), Arc::clone(namespace));
                self.by_namespace.entry(key).or_default().push(at);
            }
        }
    }

    /// What Argo CD does, joined when it is first asked for.
    pub(super) fn gitops(&self) -> &Gitops {
        self.gitops.get_or_init(|| Gitops::of(self))
    }

    /// Whether all assets of a kind in a place are in the inventory, so that what is not there does not exist. For an
    /// AWS kind some answer must have been about it; a cluster's objects are taken for all there are unless an answer
    /// fell short.
    pub(super) fn listed<K: Kind>(&self, place: &Place) -> bool {
        let coverage = &self.inventory.coverage;
        if K::AWS {
            // account-wide parts of a place do not know namespaces, and an EKS cluster's AWS answers not its name
            let place = Place { cluster: None, namespace: None, ..place.clone() };
            coverage.is_listed(K::NAME, &place)
        } else {
            let place = Place { cluster: place.cluster.clone(), ..Place::default() };
            !coverage.fell_short(K::NAME, &place)
        }
    }

    /// Whether all objects of a kind in a cluster are in the inventory.
    pub(super) fn listed_in<K: Kind>(&self, cluster: &Arc<str>) -> bool {
        self.listed::<K>(&Place { cluster: Some(Arc::clone(cluster)), ..Place::default() })
    }

    /// Whether what may bear a security group in a place was listed. Instances are most of it; interfaces are all.
    pub(super) fn bearers_listed(&self, place: &Place) -> bool {
        self.listed::<NetworkInterface>(place) || self.listed::<Instance>(place)
    }

    /// The EKS cluster of this name.
    pub(super) fn cluster(&self, name: &str) -> Option<usize> {
        self.clusters.get(name).copied()
    }

    /// All assets of a kind in one namespace.
    pub(super) fn inside<K: Kind>(
        &self,
        cluster: &Arc<str>,
        namespace: &Arc<str>,
    ) -> impl Iterator<Item = (&Asset, &K)> {
        let all = self.by_namespace.get(&(K::NAME, Arc::clone(cluster), Arc::clone(namespace)));
        all.into_iter().flatten().filter_map(|at| {
            let asset = self.inventory.assets().get(*at)?;
            Some((asset, K::of(&asset.body)?))
        })
    }

    /// Whether a cluster fits a pattern and has such a namespace.
    pub(super) fn runs(&self, cluster: &str, matcher: &Matcher) -> bool {
        Matcher::fits(matcher.cluster.as_deref(), Some(cluster))
            && self.namespaces.get(cluster).is_some_and(|all| {
                all.iter().any(|(_, namespace)| Matcher::fits(matcher.namespace.as_deref(), Some(namespace)))
            })
    }

    /// Blocks of the subnets that hold nodes of clusters which a pattern fits and which have such a namespace.
    pub(super) fn node_addresses(&self, matcher: &Matcher) -> AddressSet {
        let fitting = self.node_blocks.iter().filter(|(cluster, _)| self.runs(cluster, matcher));
        fitting.fold(AddressSet::default(), |all, (_, blocks)| all.union(blocks))
    }

    /// Where an asset is judged. A policy in a mesh's root namespace is about all of its cluster: it is judged as the
    /// most guarded of the cluster's namespaces. A peering connection is judged as the more guarded of its two VPCs,
    /// a rule of a group as the most guarded of what bears the group, a network ACL as the most guarded of its subnets.
    pub(in crate::policy) fn judged(&self, at: usize) -> &Placement {
        let own = self.zones.of(at);
        let Some(asset) = self.inventory.assets().get(at) else { return own };
        if let Body::SecurityGroupRule(rule) = &asset.body {
            let bearers = self.attachments.get(&rule.group).into_iter().flatten();
            let bearers = bearers.map(|bearer| self.zones.of(bearer.at));
            // where interfaces were not listed, anything in the group's VPC may bear it
            let vpc = self.inventory.find::<SecurityGroup>(&rule.group).map(|(_, _, group)| group.vpc.as_str());
            let may = vpc.filter(|_| !self.listed::<NetworkInterface>(&asset.place));
            let may = may.and_then(|vpc| self.most_guarded_subnet.get(vpc)).map(|at| self.zones.of(*at));
            let all = std::iter::once(own).chain(bearers).chain(may);
            return all.min_by_key(|placement| placement.border.category.guard()).unwrap_or(own);
        }
        if let Body::VpcPeeringConnection(peering) = &asset.body {
            let ends = [&peering.requester.vpc, &peering.accepter.vpc];
            let ends = ends.into_iter().filter_map(|vpc| Some(self.zones.of(self.inventory.find::<Vpc>(vpc)?.0)));
            return ends.min_by_key(|placement| placement.border.category.guard()).unwrap_or(own);
        }
        if let Body::NetworkAcl(acl) = &asset.body {
            let subnets = acl.subnets.iter().filter_map(|id| Some(self.zones.of(self.inventory.find::<Subnet>(id)?.0)));
            return subnets.chain([own]).min_by_key(|placement| placement.border.category.guard()).unwrap_or(own);
        }
        if let Some(wider) = self.wider(at) {
            return self.zones.of(wider);
        }
        let (Body::AuthorizationPolicy(_), Some(cluster)) = (&asset.body, &asset.place.cluster) else { return own };
        if !self.is_root(cluster, asset.place.namespace.as_deref()) {
            return own;
        }
        let inside =
            self.inventory.of::<Namespace>().filter(|(_, asset, _)| asset.place.cluster.as_ref() == Some(cluster));
        let all = inside.map(|(at, ..)| self.zones.of(at)).chain([own]);
        all.min_by_key(|placement| placement.border.category.guard()).unwrap_or(own)
    }

    /// The distinct borders of namespaces that are in PCI DSS scope; that of the asset itself if none is.
    pub(super) fn borders_of(&self, cluster: &str, namespaces: &[Arc<str>], at: usize) -> Vec<Border> {
        let ids = namespaces.iter().map(|namespace| kube_id(cluster, "", "Namespace", namespace));
        let found = ids.filter_map(|id| Some(self.zones.of(self.inventory.find::<Namespace>(&id)?.0).border.clone()));
        let all: BTreeSet<Border> = found.filter(|border| border.category.in_scope()).collect();
        if all.is_empty() { vec![self.judged(at).border.clone()] } else { all.into_iter().collect() }
    }

    /// Whether a namespace is the root namespace of a mesh of its cluster.
    pub(super) fn is_root(&self, cluster: &Arc<str>, namespace: Option<&str>) -> bool {
        let configs = self.meshes.get(cluster).into_iter().flatten();
        let mut roots = configs
            .filter_map(|at| Some(MeshConfig::of(&self.inventory.assets().get(*at)?.body)?.root_namespace.as_str()));
        match self.meshes.contains_key(cluster) {
            true => roots.any(|root| Some(root) == namespace),
            false => namespace == Some("istio-system"),
        }
    }

    /// Namespaces that a policy in one namespace is about.
    pub(super) fn reach_of(&self, cluster: &Arc<str>, namespace: &Arc<str>) -> Vec<Arc<str>> {
        if !self.is_root(cluster, Some(namespace)) {
            return vec![Arc::clone(namespace)];
        }
        let inside =
            self.inventory.of::<Namespace>().filter(|(_, asset, _)| asset.place.cluster.as_ref() == Some(cluster));
        inside.filter_map(|(_, asset, _)| asset.place.namespace.clone()).collect()
    }

    /// The mesh configuration of a revision in a cluster; Istio's defaults where none was read.
    pub(super) fn mesh(&self, cluster: &Arc<str>, revision: &str) -> MeshConfig {
        let all = self.meshes.get(cluster).into_iter().flatten();
        let configs: Vec<&MeshConfig> =
            all.filter_map(|at| MeshConfig::of(&self.inventory.assets().get(*at)?.body)).collect();
        let found = configs.iter().find(|config| config.revision == revision);
        found.or(configs.first()).map_or_else(
            || MeshConfig {
                revision: "default".to_owned(),
                root_namespace: "istio-system".to_owned(),
                trust_domain: "cluster.local".to_owned(),
                trust_domain_aliases: vec![],
                outbound_mode: "ALLOW_ANY".to_owned(),
                path_normalization: "BASE".to_owned(),
            },
            |config| (*config).clone(),
        )
    }
}

/// What bears a group through an interface.
pub(super) fn bearer_of(inventory: &Inventory, asset: &Asset, interface: &NetworkInterface) -> Bearer {
    match interface.instance.as_deref().and_then(|id| inventory.find::<Instance>(id)) {
        Some((_, owner, _)) => bearer_of_instance(owner),
        // ELB API reference: the description of a load balancer's interface is `ELB <type>/<name>/<id>`
        None if interface.description.starts_with("ELB ") => Bearer::LoadBalancer,
        None => bearer_of_instance(asset),
    }
}

/// What bears a group that an instance does.
pub(super) fn bearer_of_instance(asset: &Asset) -> Bearer {
    node_cluster(asset).map_or(Bearer::Other, Bearer::Node)
}

/// The cluster whose node an instance or interface is, by the tags that EKS sets
/// (Amazon EKS User Guide, "Tag your Amazon EKS resources").
pub(super) fn node_cluster(asset: &Asset) -> Option<String> {
    let named = ["eks:cluster-name", "aws:eks:cluster-name", "cluster.k8s.amazonaws.com/name"];
    let by_name = named.iter().find_map(|key| asset.tags.get(*key).cloned());
    by_name.or_else(|| asset.tags.keys().find_map(|key| key.strip_prefix("kubernetes.io/cluster/").map(str::to_owned)))
}

/// A listener's ARN is its load balancer's with one part more and another type.
fn balancer_of(listener: &str) -> String {
    let parent = listener.rsplit_once('/').map_or(listener, |(parent, _)| parent);
    parent.replacen(":listener/", ":loadbalancer/", 1)
}

/// At most this many ids are named in a document; it counts the rest.
pub(super) const NAMED: usize = 20;

/// The short names of ids, at most [`NAMED`] of them.
pub(super) fn names<'i>(ids: impl IntoIterator<Item = &'i str>) -> Vec<String> {
    let mut all: Vec<String> = ids.into_iter().map(short_of).collect();
    all.sort();
    all.dedup();
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    if more > 0 {
        all.push(format!("…{more} more"));
    }
    all
}
