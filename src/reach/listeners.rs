//! Load balancers: what their listeners take, and where that goes.
//!
//! Any action, weight or condition of a listener is a way that may be taken; sure is only what a listener's default action
//! forwards, with a weight, to a healthy target.
//!
//! Source: Elastic Load Balancing, "Listeners", "Listener rules", "Target groups".

use std::net::IpAddr;

use super::band::Band;
use super::ends::End;
use super::network::Network;
use crate::model::{
    AddressSet, Asset, Connections, Forward, Kind, Listener, ListenerRule, LoadBalancer, Protocol, TargetGroup,
};

/// A way from a listener to a target.
#[derive(Debug, Clone)]
pub(super) struct Edge<'a> {
    pub listener: Option<&'a Asset>,
    /// What clients of the load balancer use.
    pub client: Connections,
    /// What it uses towards the target.
    pub target: Connections,
    /// Whether it surely forwards there.
    pub sure: bool,
}

/// A load balancer that a source may reach.
pub(super) struct Reached<'a> {
    pub balancer: &'a Asset,
    pub body: &'a LoadBalancer,
    pub doors: Vec<usize>,
}

/// What a load balancer may forward to, of what is asked about.
pub(super) struct Targets<'s> {
    pub interfaces: Vec<usize>,
    /// Addresses that are asked about, whoever bears them.
    pub addresses: Option<&'s AddressSet>,
}

impl<'a> Network<'a> {
    /// Ways of a load balancer to some interfaces.
    pub(super) fn edges(&self, at: &Reached<'a>, targets: &Targets<'_>) -> Vec<Edge<'a>> {
        let mut edges = Vec::new();
        // whether it may forward by something that was not collected: its target groups may tell
        let mut listeners = 0;
        let mut more = self.is_short(at.balancer);
        for (asset, listener) in self.listeners_of(&at.balancer.id) {
            listeners += 1;
            let client = listening(listener);
            let rules = self.rules_of(&asset.id);
            let listed = at.body.balancer_type != "application" || rules.iter().any(|rule| rule.priority == "default");
            more |= !listed;
            let default = listed && takes_default(rules);
            for Forward { target_group, weight } in &listener.forwards {
                edges.extend(self.to_targets(asset, &client, target_group, default && *weight > 0, targets));
            }
            for forward in rules.iter().flat_map(|rule| &rule.forwards) {
                edges.extend(self.to_targets(asset, &client, &forward.target_group, false, targets));
            }
        }
        if more || listeners == 0 {
            for group in self.groups_of(&at.balancer.id) {
                let ways = self.to_targets(group, &Connections::all(), &group.id, false, targets);
                edges.extend(ways.into_iter().map(|edge| Edge { listener: None, ..edge }));
            }
        }
        // a listener of TCP and UDP forwards each as what it is
        let each = [Protocol::TCP, Protocol::UDP].map(Connections::protocol);
        let split = edges.iter().flat_map(|edge| {
            each.iter().map(|only| Edge {
                client: edge.client.intersect(only),
                target: edge.target.intersect(only),
                ..edge.clone()
            })
        });
        split.filter(|edge| !edge.client.is_empty() && !edge.target.is_empty()).collect()
    }

    /// Ways into those of some interfaces that are targets of a group, straight or over a load balancer that is.
    fn to_targets(
        &self,
        listener: &'a Asset,
        client: &Connections,
        group: &str,
        sure: bool,
        targets: &Targets<'_>,
    ) -> Vec<Edge<'a>> {
        let edge =
            |target: Connections, sure: bool| Edge { listener: Some(listener), client: client.clone(), target, sure };
        let Some((_, _, body)) = self.inventory.find::<TargetGroup>(group) else {
            return vec![edge(Connections::all(), false)];
        };
        if !body.targets_known {
            let opened = body.port.map_or_else(Connections::all, |port| spoken(&body.protocol, port));
            return vec![edge(opened, false)];
        }
        let mut edges = Vec::new();
        for target in self.targets_of(group) {
            let address = target.target.parse::<IpAddr>().ok();
            let borne = targets.interfaces.iter().filter_map(|at| self.interfaces.get(*at)).any(|interface| {
                interface.instance == Some(target.target.as_str())
                    || address.is_some_and(|address| interface.bears(address))
            });
            let asked = targets.addresses.zip(address).is_some_and(|(set, address)| set.contains(address));
            let is = borne || asked || self.is_door_of(&target.target, &targets.interfaces);
            let opened = target.port.or(body.port).map_or_else(Connections::all, |port| spoken(&body.protocol, port));
            // a load balancer behind a load balancer, of which nothing is known
            let lost = target.target.contains(":loadbalancer/")
                && self.inventory.find::<LoadBalancer>(&target.target).is_none();
            if is || lost {
                edges.push(edge(opened, sure && !lost && target.health == "healthy"));
            }
        }
        edges
    }

    /// Whether a target is the load balancer that some interfaces belong to.
    fn is_door_of(&self, target: &str, interfaces: &[usize]) -> bool {
        let balancer = target.contains(":loadbalancer/").then(|| self.inventory.find::<LoadBalancer>(target)).flatten();
        balancer.is_some_and(|(_, asset, _)| self.of_asset(asset).iter().any(|door| interfaces.contains(door)))
    }

    /// The load balancer whose interfaces an end's are, and which connections its listeners take.
    pub(super) fn listens(&self, end: &End) -> Option<(&'a Asset, Band)> {
        let End::Interfaces(all) = end else { return None };
        let balancer = self.balancer_of(*all.first()?)?;
        if !all.iter().all(|at| self.balancer_of(*at).is_some_and(|other| other.id == balancer.id)) {
            return None;
        }
        let own = self.listeners_of(&balancer.id).iter();
        let sets: Vec<Connections> = own.map(|(_, listener)| listening(listener)).collect();
        let taken = Band::exactly(sets.iter().fold(Connections::default(), |all, one| all.union(one)));
        if sets.is_empty() || self.is_short(balancer) {
            return Some((balancer, taken.or(&Band::unknown())));
        }
        Some((balancer, taken))
    }

    /// Which connections the load balancer takes that an interface belongs to; all, where it is none's.
    pub(super) fn listens_at(&self, at: usize) -> Band {
        self.listens(&End::Interfaces(vec![at])).map_or_else(Band::open, |(_, taken)| taken)
    }

    /// Whether a listener, or a rule of one, may be there that was not read.
    fn is_short(&self, balancer: &Asset) -> bool {
        [Listener::NAME, ListenerRule::NAME]
            .iter()
            .any(|kind| self.inventory.coverage.fell_short(kind, &balancer.place))
    }
}

/// Whether some request surely meets a listener's default action: no rule before it may take all.
///
/// Source: Application Load Balancers, "Listener rules": rules are evaluated by priority, the default one last.
fn takes_default(rules: &[&ListenerRule]) -> bool {
    let may_take_all = |rule: &&&ListenerRule| {
        let every = |condition: &String| {
            let (field, values) = condition.split_once('=').unwrap_or((condition, ""));
            // which clients there are is not known, nor are values that were not read
            values.is_empty() || field == "source-ip" || values.split(',').any(|value| matches!(value, "*" | "/*"))
        };
        rule.priority != "default" && rule.conditions.iter().all(every)
    };
    !rules.iter().any(|rule| may_take_all(&rule))
}

/// What a listener takes.
fn listening(listener: &Listener) -> Connections {
    listener.port.map_or_else(Connections::all, |port| spoken(&listener.protocol, port))
}

/// A port of the protocol under one of Elastic Load Balancing's.
fn spoken(protocol: &str, port: u16) -> Connections {
    let of = |protocol| Connections::ports(protocol, port, port);
    match protocol {
        "UDP" | "QUIC" => of(Protocol::UDP),
        "TCP_UDP" | "TCP_QUIC" | "GENEVE" => of(Protocol::TCP).union(&of(Protocol::UDP)),
        _ => of(Protocol::TCP),
    }
}
