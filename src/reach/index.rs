//! Which interface is what, by id, by VPC, by instance; and what load balancers are made of.

use foldhash::HashMap;

use super::network::{Interface, Network, short};
use crate::model::{
    Asset, Kind, Listener, ListenerRule, LoadBalancer, NatGateway, NetworkInterface, Target, TargetGroup, VpcEndpoint,
};

/// Interfaces by what others call them by, as numbers.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    by_id: HashMap<&'a str, Vec<usize>>,
    by_vpc: HashMap<&'a str, Vec<usize>>,
    by_instance: HashMap<&'a str, Vec<usize>>,
    /// Interfaces of load balancers, by what their descriptions say.
    doors: HashMap<&'a str, Vec<usize>>,
    /// The load balancer of each of its interfaces.
    fronts: HashMap<usize, &'a Asset>,
    /// Listeners by load balancer, their rules by listener.
    listeners: HashMap<&'a str, Vec<(&'a Asset, &'a Listener)>>,
    rules: HashMap<&'a str, Vec<&'a ListenerRule>>,
    /// Target groups by load balancer, targets by target group.
    groups: HashMap<&'a str, Vec<&'a Asset>>,
    targets: HashMap<&'a str, Vec<&'a Target>>,
}

impl<'a> Network<'a> {
    pub(super) fn add_index(&mut self) {
        let mut index = Index::default();
        for (at, interface) in self.interfaces.iter().enumerate() {
            index.by_id.entry(short(interface.asset)).or_default().push(at);
            index.by_vpc.entry(interface.vpc).or_default().push(at);
            if let Some(instance) = interface.instance {
                index.by_instance.entry(instance).or_default().push(at);
            }
            if let Some(body) =
                NetworkInterface::of(&interface.asset.body).filter(|b| b.description.starts_with("ELB "))
            {
                index.doors.entry(&body.description).or_default().push(at);
            }
        }
        for (_, asset, listener) in self.inventory.of::<Listener>() {
            index.listeners.entry(&listener.load_balancer).or_default().push((asset, listener));
        }
        for (_, _, rule) in self.inventory.of::<ListenerRule>() {
            index.rules.entry(&rule.listener).or_default().push(rule);
        }
        for (_, asset, group) in self.inventory.of::<TargetGroup>() {
            for balancer in &group.balancers {
                index.groups.entry(balancer).or_default().push(asset);
            }
        }
        for (_, _, target) in self.inventory.of::<Target>() {
            index.targets.entry(&target.target_group).or_default().push(target);
        }
        self.index = index;
        for (_, balancer, _) in self.inventory.of::<LoadBalancer>() {
            for door in self.of_asset(balancer) {
                self.index.fronts.entry(door).or_insert(balancer);
            }
        }
    }

    /// The interfaces of a VPC.
    pub(super) fn of_vpc(&self, vpc: &str) -> impl Iterator<Item = (usize, &Interface<'a>)> {
        let all = self.index.by_vpc.get(vpc).into_iter().flatten();
        all.filter_map(|at| Some((*at, self.interfaces.get(*at)?)))
    }

    /// Interfaces by their short id.
    pub(super) fn of_id(&self, id: &str) -> impl Iterator<Item = (usize, &Interface<'a>)> {
        let all = self.index.by_id.get(id).into_iter().flatten();
        all.filter_map(|at| Some((*at, self.interfaces.get(*at)?)))
    }

    /// The interfaces of an instance, by its short id.
    pub(super) fn of_instance(&self, id: &str) -> &[usize] {
        self.index.by_instance.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The load balancer that an interface belongs to.
    pub(super) fn balancer_of(&self, at: usize) -> Option<&'a Asset> {
        self.index.fronts.get(&at).copied()
    }

    /// The listeners of a load balancer.
    pub(super) fn listeners_of(&self, balancer: &str) -> &[(&'a Asset, &'a Listener)] {
        self.index.listeners.get(balancer).map(Vec::as_slice).unwrap_or_default()
    }

    /// The rules of a listener.
    pub(super) fn rules_of(&self, listener: &str) -> &[&'a ListenerRule] {
        self.index.rules.get(listener).map(Vec::as_slice).unwrap_or_default()
    }

    /// Target groups that name a load balancer.
    pub(super) fn groups_of(&self, balancer: &str) -> &[&'a Asset] {
        self.index.groups.get(balancer).map(Vec::as_slice).unwrap_or_default()
    }

    /// The targets of a target group.
    pub(super) fn targets_of(&self, group: &str) -> &[&'a Target] {
        self.index.targets.get(group).map(Vec::as_slice).unwrap_or_default()
    }

    /// The interfaces of an asset, ascending.
    pub(super) fn of_asset(&self, asset: &Asset) -> Vec<usize> {
        // Elastic Load Balancing names the load balancer in its interfaces' descriptions: `ELB app/name/hash`
        if let Some((_, name)) = asset.id.split_once(":loadbalancer/") {
            return self.index.doors.get(format!("ELB {name}").as_str()).cloned().unwrap_or_default();
        }
        let told: &[String] = match (NatGateway::of(&asset.body), VpcEndpoint::of(&asset.body)) {
            (Some(nat), _) => &nat.interfaces,
            (_, Some(endpoint)) => &endpoint.interfaces,
            _ => &[],
        };
        let own = [short(asset)].into_iter().chain(told.iter().map(String::as_str));
        let own = own.flat_map(|id| self.of_id(id)).map(|(at, _)| at);
        let mut all: Vec<usize> = own.chain(self.of_instance(short(asset)).iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
