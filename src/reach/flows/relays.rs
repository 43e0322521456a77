//! Which load balancers and endpoints lead to which interfaces: the index that makes relays of flows cheap to find.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use foldhash::{HashMap, HashMapExt, HashSet};

use crate::model::{
    Kind, Listener, ListenerRule, LoadBalancer, Target, TargetGroup, VpcEndpoint, VpcEndpointConnection,
    VpcEndpointService,
};
use crate::reach::blocks::Blocks;
use crate::reach::network::{Network, short};

/// What leads on to what.
#[derive(Debug, Default)]
pub(super) struct Relays {
    /// The load balancer of each of its interfaces, by their numbers.
    pub doors: HashMap<usize, usize>,
    /// Load balancers that may forward to an interface.
    to: HashMap<usize, BTreeSet<usize>>,
    /// Load balancers that may forward to whatever there is.
    blind: BTreeSet<usize>,
    /// Endpoints of services of load balancers: their interfaces, and whether they surely lead there.
    pub endpoints: BTreeMap<usize, Vec<ByEndpoint>>,
    /// Load balancers to which services lead from endpoints that nobody collected, and which those are.
    pub foreign: BTreeMap<usize, Vec<String>>,
    /// Endpoints of services that are in none of the sources and not AWS's own.
    pub managed: Vec<Managed>,
    /// Registrations of an interface: target group, port and health. What is not registered alike is not alike.
    pub registered: HashMap<usize, BTreeSet<Registration>>,
}

/// What a target group says of a target: its id, the target's port and health.
pub(super) type Registration = (String, Option<u16>, String);

/// An endpoint of a service that is in none of the sources.
#[derive(Debug, Clone)]
pub(super) struct Managed {
    pub endpoint: String,
    pub interfaces: Vec<usize>,
    pub why: String,
}

/// An endpoint that leads to a load balancer.
#[derive(Debug, Clone)]
pub(super) struct ByEndpoint {
    /// The endpoint's place in the inventory.
    pub endpoint: usize,
    pub service: String,
    pub interfaces: Vec<usize>,
    pub sure: bool,
}

impl Relays {
    pub fn of(network: &Network<'_>) -> Self {
        let mut this = Self::default();
        for (at, balancer, _) in network.inventory.of::<LoadBalancer>() {
            this.doors.extend(network.of_asset(balancer).into_iter().map(|door| (door, at)));
        }
        this.add_targets(network);
        this.add_endpoints(network);
        this
    }

    /// Load balancers that may forward to one of some interfaces.
    pub fn to(&self, interfaces: &[usize]) -> BTreeSet<usize> {
        let known = interfaces.iter().filter_map(|at| self.to.get(at)).flatten();
        known.chain(&self.blind).copied().collect()
    }

    fn add_targets(&mut self, network: &Network<'_>) {
        let inventory = network.inventory;
        // every target group that a load balancer names, or that names it
        let mut groups: HashMap<&str, BTreeSet<usize>> = HashMap::new();
        let balancer = |id: &str| inventory.find::<LoadBalancer>(id).map(|(at, ..)| at);
        for (_, _, listener) in inventory.of::<Listener>() {
            let Some(at) = balancer(&listener.load_balancer) else { continue };
            for forward in &listener.forwards {
                groups.entry(&forward.target_group).or_default().insert(at);
            }
        }
        for (_, _, rule) in inventory.of::<ListenerRule>() {
            let listener = inventory.find::<Listener>(&rule.listener);
            let Some(at) = listener.and_then(|(_, _, listener)| balancer(&listener.load_balancer)) else { continue };
            for forward in &rule.forwards {
                groups.entry(&forward.target_group).or_default().insert(at);
            }
        }
        for (_, asset, group) in inventory.of::<TargetGroup>() {
            let all = groups.entry(&asset.id).or_default();
            all.extend(group.balancers.iter().filter_map(|id| balancer(id)));
        }
        let blind = groups
            .iter()
            .filter(|(id, _)| inventory.find::<TargetGroup>(id).is_none_or(|(_, _, group)| !group.targets_known));
        self.blind.extend(blind.flat_map(|(_, balancers)| balancers));
        let mut by_address: HashMap<IpAddr, Vec<usize>> = HashMap::new();
        let mut prefixes = Blocks::default();
        for (at, interface) in network.interfaces.iter().enumerate() {
            for address in interface.private {
                by_address.entry(*address).or_default().push(at);
            }
            for prefix in interface.prefixes {
                prefixes.add(*prefix, at);
            }
        }
        for (_, _, target) in inventory.of::<Target>() {
            let Some(balancers) = groups.get(target.target_group.as_str()) else { continue };
            let mut reached: Vec<usize> = network.of_instance(&target.target).to_vec();
            if let Ok(address) = target.target.parse::<IpAddr>() {
                reached.extend(by_address.get(&address).into_iter().flatten());
                reached.extend(prefixes.around(address));
            } else if target.target.contains(":loadbalancer/") {
                match inventory.find::<LoadBalancer>(&target.target) {
                    Some((_, asset, _)) => reached.extend(network.of_asset(asset)),
                    // a load balancer behind a load balancer, of which nothing is known
                    None => self.blind.extend(balancers),
                }
            }
            for at in reached {
                self.to.entry(at).or_default().extend(balancers);
                let registration = (target.target_group.clone(), target.port, target.health.clone());
                self.registered.entry(at).or_default().insert(registration);
            }
        }
    }

    /// Source: AWS PrivateLink, "Share your services": a service leads from its endpoints to its load balancers.
    fn add_endpoints(&mut self, network: &Network<'_>) {
        let inventory = network.inventory;
        let coverage = &inventory.coverage;
        for (at, balancer, body) in inventory.of::<LoadBalancer>() {
            if body.balancer_type != "application" && !coverage.is_listed(VpcEndpointService::NAME, &balancer.place) {
                let what = "endpoints of services, which were not collected".to_owned();
                self.foreign.entry(at).or_default().push(what);
            }
        }
        let known: HashSet<&str> =
            inventory.of::<VpcEndpointService>().map(|(_, _, service)| service.service.as_str()).collect();
        for (_, endpoint, body) in inventory.of::<VpcEndpoint>() {
            if body.service.starts_with("com.amazonaws.vpce.") && !known.contains(body.service.as_str()) {
                self.managed.push(Managed {
                    endpoint: endpoint.id.to_string(),
                    interfaces: network.of_asset(endpoint),
                    why: format!(
                        "leads to {}, which is in none of the sources and may be the destination's",
                        body.service
                    ),
                });
            }
        }
        for (_, service, body) in inventory.of::<VpcEndpointService>() {
            let balancers = body.balancers.iter().filter_map(|id| inventory.find::<LoadBalancer>(id));
            let balancers: Vec<usize> = balancers.map(|(at, ..)| at).collect();
            let mut foreign = Vec::new();
            if !coverage.is_listed(VpcEndpointConnection::NAME, &service.place) {
                foreign.push(format!("endpoints of {}, which were not collected", short(service)));
            }
            for (_, _, connection) in inventory.of::<VpcEndpointConnection>() {
                let own = connection.service == short(service) && connection.state == "available";
                if own && inventory.find::<VpcEndpoint>(&connection.endpoint).is_none() {
                    foreign.push(format!("{}, an endpoint outside the sources", connection.endpoint));
                }
            }
            for balancer in balancers {
                self.foreign.entry(balancer).or_default().extend(foreign.iter().cloned());
                for (endpoint, asset, told) in
                    inventory.of::<VpcEndpoint>().filter(|(_, _, e)| e.service == body.service)
                {
                    self.endpoints.entry(balancer).or_default().push(ByEndpoint {
                        endpoint,
                        service: service.id.to_string(),
                        interfaces: network.of_asset(asset),
                        sure: told.state == "available",
                    });
                }
            }
        }
    }
}
