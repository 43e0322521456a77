//! What leads to pods under another address than the client's: then the client's own policies and address say nothing of
//! what arrives.
//!
//! Sources: Kubernetes, "Using Source IP": nodes put their own address in the place of the client's; "Ingress", Gateway API
//! and Istio: a proxy begins a connection of its own.

use std::collections::BTreeMap;
use std::net::IpAddr;

use foldhash::{HashMap, HashSet};

use super::clusters::Pods;
use crate::model::{
    AddressSet, Asset, EksCluster, GatewayRoute, Ingress, Inventory, IstioGateway, Kind, LabelSelector, Service,
    Target, TargetGroup, TargetGroupBinding, VirtualService, Vpc,
};

/// What leads somewhere, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relay<'a> {
    pub by: &'a Asset,
    pub how: &'static str,
}

/// A cluster, a namespace, and a service's name.
type Name<'a> = (&'a str, &'a str, &'a str);

/// Services that are reached over something, all services of a namespace, and targets by address.
#[derive(Debug, Default)]
pub(super) struct Relays<'a> {
    led: BTreeMap<Name<'a>, Relay<'a>>,
    services: HashMap<(&'a str, &'a str), Vec<(&'a Asset, &'a Service)>>,
    /// What may lead to any pod of a namespace, or of a whole cluster.
    anywhere: HashMap<(&'a str, Option<&'a str>), Relay<'a>>,
    /// Addresses that load balancers forward to, without an object of a cluster that says why.
    targets: Vec<(IpAddr, &'a Asset)>,
    /// A target group of which nobody knows the targets.
    untold: Option<&'a Asset>,
    /// Blocks of the VPCs of clusters.
    blocks: HashMap<&'a str, AddressSet>,
}

impl<'a> Relays<'a> {
    pub fn of(inventory: &'a Inventory) -> Self {
        let mut this = Self::default();
        for (_, asset, service) in inventory.of::<Service>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            this.services.entry((cluster, namespace)).or_default().push((asset, service));
            let by_node = matches!(service.service_type.as_str(), "NodePort" | "LoadBalancer");
            if by_node || !service.external_ips.is_empty() {
                this.lead((cluster, namespace, last(asset)), asset, "leads to it under the address of a node");
            }
        }
        for (_, asset, ingress) in inventory.of::<Ingress>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            let backends = ingress.rules.iter().map(|rule| &rule.backend).chain(&ingress.default_backend);
            for backend in backends {
                let service = backend.split(':').next().unwrap_or_default();
                this.lead((cluster, namespace, service), asset, "lets a proxy or load balancer lead to it");
            }
        }
        for (_, asset, route) in inventory.of::<GatewayRoute>() {
            let Some((cluster, _)) = home(asset) else { continue };
            for backend in &route.backends {
                this.lead((cluster, &backend.namespace, &backend.name), asset, "lets a gateway lead to it");
            }
        }
        for (_, asset, route) in inventory.of::<VirtualService>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            for destination in &route.destinations {
                // a short name is one of the VirtualService's own namespace
                let mut parts = destination.host.split('.');
                let service = parts.next().unwrap_or_default();
                let name = (cluster, parts.next().unwrap_or(namespace), service);
                this.lead(name, asset, "lets a gateway or a proxy lead to it");
            }
        }
        for (_, asset, binding) in inventory.of::<TargetGroupBinding>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            this.lead((cluster, namespace, &binding.service), asset, "lets a load balancer lead to it");
        }
        for (_, asset, gateway) in inventory.of::<IstioGateway>() {
            let Some((cluster, _)) = home(asset) else { continue };
            // Istio, Gateway reference, "ServerTLSSettings": what the client names is led on to, without any route
            if gateway.servers.iter().any(|server| server.tls.as_deref() == Some("AUTO_PASSTHROUGH")) {
                let relay = Relay { by: asset, how: "leads to whatever service the client names" };
                this.anywhere.entry((cluster, None)).or_insert(relay);
            }
        }
        this.add_blind();
        this.add_targets(inventory);
        this
    }

    /// Services that were not read may be of any pods of their namespace; where endpoints are made by hand, or the service
    /// is another name, they may be anywhere.
    fn add_blind(&mut self) {
        for ((cluster, namespace, service), relay) in &self.led {
            let all = self.services.get(&(*cluster, *namespace)).into_iter().flatten();
            match all.into_iter().find(|(asset, _)| last(asset) == *service) {
                None => self.anywhere.entry((cluster, Some(namespace))).or_insert(*relay),
                Some((_, service)) if service.selector.is_empty() => {
                    self.anywhere.entry((cluster, None)).or_insert(*relay)
                }
                Some(_) => continue,
            };
        }
    }

    fn add_targets(&mut self, inventory: &'a Inventory) {
        let mut named: HashMap<&str, usize> = HashMap::default();
        inventory.of::<TargetGroup>().for_each(|(_, _, group)| *named.entry(&group.name).or_default() += 1);
        let mut bound: HashSet<&str> = HashSet::default();
        for (_, _, binding) in inventory.of::<TargetGroupBinding>() {
            // of several groups of one name, in other accounts or Regions, it is not said which is meant
            let name = binding.target_group_name.as_deref().filter(|name| named.get(name) == Some(&1));
            bound.extend(binding.target_group.as_deref().into_iter().chain(name));
        }
        let mut by_address: HashMap<&str, &Asset> = HashMap::default();
        for (_, asset, group) in inventory.of::<TargetGroup>() {
            if group.target_type != "ip" || bound.contains(&*asset.id) || bound.contains(group.name.as_str()) {
                continue;
            }
            by_address.insert(&asset.id, asset);
            if !group.targets_known {
                self.untold = self.untold.or(Some(asset));
            }
        }
        for (_, _, target) in inventory.of::<Target>() {
            let group = by_address.get(target.target_group.as_str());
            self.targets.extend(group.and_then(|group| Some((target.target.parse().ok()?, *group))));
        }
        for (_, _, eks) in inventory.of::<EksCluster>() {
            if let Some((_, vpc)) = home_of(inventory, &eks.name) {
                self.blocks.insert(&eks.name, AddressSet::from_nets(&vpc.cidrs));
            }
        }
    }

    fn lead(&mut self, service: Name<'a>, by: &'a Asset, how: &'static str) {
        self.led.entry(service).or_insert(Relay { by, how });
    }

    /// The first thing that leads, or may lead, to some pods.
    pub fn to(&self, pods: &Pods<'a>) -> Option<Relay<'a>> {
        let (cluster, namespace, workload) = (&**pods.cluster, &**pods.namespace, pods.body);
        // pods on their node's network are the node itself
        if !workload.host_network && workload.ports.iter().any(|port| port.host_port.is_some()) {
            let how = "has a port of its node, which leads to it under the address of that";
            return Some(Relay { by: pods.asset, how });
        }
        let of_namespace = self.services.get(&(cluster, namespace)).into_iter().flatten();
        let led = of_namespace.into_iter().find_map(|(asset, service)| {
            let selector = LabelSelector { match_labels: service.selector.clone(), ..LabelSelector::default() };
            let may_lead = workload.fits(&selector) != Some(false);
            may_lead.then(|| self.led.get(&(cluster, namespace, last(asset)))).flatten()
        });
        let anywhere = || [Some(namespace), None].into_iter().find_map(|space| self.anywhere.get(&(cluster, space)));
        led.or_else(anywhere).copied().or_else(|| self.by_address(pods))
    }

    /// A target group that forwards to addresses of some pods, or may do so.
    fn by_address(&self, pods: &Pods<'a>) -> Option<Relay<'a>> {
        let may_bear = |address: IpAddr| match pods.are_within(&AddressSet::from_nets([&address.into()])) {
            Some(false) => false,
            // whose addresses were not read: any of the cluster's VPC
            _ => self.blocks.get(&**pods.cluster).is_none_or(|blocks| blocks.contains(address)),
        };
        let told = self.targets.iter().find(|(address, _)| may_bear(*address)).map(|(_, group)| *group);
        let by = told.or(self.untold)?;
        Some(Relay { by, how: "forwards to addresses that may be theirs" })
    }
}

/// The EKS cluster of this name and its VPC; none where there are several, or one of the two was not read.
pub(super) fn home_of<'a>(inventory: &'a Inventory, cluster: &str) -> Option<(&'a Asset, &'a Vpc)> {
    let mut all = inventory.of::<EksCluster>().filter(|(.., eks)| *eks.name == *cluster);
    let (Some((_, asset, eks)), None) = (all.next(), all.next()) else { return None };
    inventory.find::<Vpc>(&eks.vpc).map(|(_, _, vpc)| (asset, vpc))
}

fn home(asset: &Asset) -> Option<(&str, &str)> {
    Some((asset.place.cluster.as_deref()?, asset.place.namespace.as_deref()?))
}

fn last(asset: &Asset) -> &str {
    asset.id.rsplit('/').next().unwrap_or_default()
}

/// Kinds that tell of relays: where one of them was not read whole, anything may lead anywhere.
pub(super) const KINDS: [&str; 6] = [
    Service::NAME,
    Ingress::NAME,
    GatewayRoute::NAME,
    VirtualService::NAME,
    TargetGroupBinding::NAME,
    IstioGateway::NAME,
];
