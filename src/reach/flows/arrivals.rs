//! Who arrives at a class: straight, from outside, and over load balancers and endpoints that lead to it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use super::classes::{Class, Role};
use super::outside::{Outside, Outsides};
use super::relays::Relays;
use super::straight::{self, Known};
use crate::model::{AddressSet, Connections, Direction, Kind, LoadBalancer};
use crate::reach::band::Band;
use crate::reach::guards::{Far, Tri};
use crate::reach::listeners::{Edge, Reached, Targets};
use crate::reach::network::Network;
use crate::reach::way::{Hop, Point};
use crate::zone::{AddressBook, Border, Zones};

/// More load balancers behind one another than any sane estate has.
const CHAIN: usize = 3;

/// Where a flow begins.
#[derive(Debug, Clone)]
pub(super) enum From {
    Class(usize),
    Outside(Arc<Outside>),
}

/// One connection of a flow.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    /// None where nobody knows who begins it.
    pub from: Option<Point>,
    pub to: Point,
    pub by: IpAddr,
    /// What may pass.
    pub asked: Connections,
}

/// What arrives at a class from one beginning.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub from: From,
    /// As the client sees it.
    pub band: Band,
    pub legs: Vec<Leg>,
    /// What lies between the legs, one fewer than those.
    pub relays: Vec<Hop>,
    /// Whether the client's address goes on behind a load balancer that keeps it.
    keeps: bool,
}

/// Sources that send by one route table.
type BySubnet<'n> = Vec<(&'n str, &'n str, Vec<usize>)>;

/// A whole estate, ready to be asked who arrives where.
pub(super) struct Estate<'n> {
    pub network: &'n Network<'n>,
    pub classes: Vec<Class<'n>>,
    pub outsides: Outsides<'n>,
    relays: Relays,
    /// Classes by subnet.
    subnets: BySubnet<'n>,
    /// Classes by interface.
    by_interface: HashMap<usize, Vec<usize>>,
    /// What arrives at doors and endpoints, by class and by how many load balancers may still follow.
    memo: Vec<[OnceLock<Arc<Vec<Arrival>>>; CHAIN + 1]>,
}

impl<'n> Estate<'n> {
    pub fn of(network: &'n Network<'n>, zones: &Zones, book: &AddressBook) -> Self {
        let relays = Relays::of(network);
        let classes = super::classes::classes(network, zones, &network.all_matchers(), &relays.doors);
        let mut by_interface: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut subnets: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (at, class) in classes.iter().enumerate() {
            for member in &class.members {
                by_interface.entry(*member).or_default().push(at);
            }
            // gateways are followed as routes, endpoints begin nothing, and load balancers only what they forward
            if matches!(class.role, Role::End | Role::Entrance) {
                subnets.entry((class.vpc, class.subnet)).or_default().push(at);
            }
        }
        let mut subnets: BySubnet<'n> = subnets.into_iter().map(|((vpc, subnet), all)| (vpc, subnet, all)).collect();
        subnets.sort_unstable();
        let memo = classes.iter().map(|_| Default::default()).collect();
        Self { network, classes, outsides: Outsides::of(network, book), relays, subnets, by_interface, memo }
    }

    /// Who arrives at a class, of those that begin behind borders which `wanted` picks.
    pub fn arrivals(&self, to: usize, wanted: &dyn Fn(&Border) -> bool) -> Vec<Arrival> {
        let mut found = self.near(to, wanted);
        found.extend(self.over_balancers(to, wanted, CHAIN));
        found
    }

    /// Straight, from outside, and over endpoints.
    fn near(&self, to: usize, wanted: &dyn Fn(&Border) -> bool) -> Vec<Arrival> {
        let Some(class) = self.classes.get(to) else { return vec![] };
        let mut found = Vec::new();
        let mut known = Known::default();
        let mut add = |from: From, point: Option<Point>, by: IpAddr, band: Band, keeps: bool| {
            let leg = Leg { from: point, to: class.point, by, asked: band.may.clone() };
            found.push(Arrival { from, band, legs: vec![leg], relays: vec![], keeps });
        };
        let by = class.point.address();
        let listens = match class.role {
            Role::Door(_) => self.network.listens_at(class.at),
            _ => Band::open(),
        };
        for (vpc, subnet, classes) in &self.subnets {
            let asked = classes.iter().any(|from| self.classes.get(*from).is_some_and(|class| wanted(&class.source)));
            if !asked || self.network.leads_elsewhere(subnet, vpc, class) {
                continue;
            }
            for from in classes.iter().copied().filter(|from| *from != to) {
                let Some(source) = self.classes.get(from).filter(|source| wanted(&source.source)) else { continue };
                let mut band = self.network.straight(source, class, &mut known).and(&listens);
                if source.role == Role::Entrance {
                    band.must = Connections::default();
                }
                if !band.may.is_empty() {
                    add(From::Class(from), Some(source.point), by, band, true);
                }
            }
        }
        for crossing in self.outsides.entering(class).into_iter().filter(|crossing| wanted(&crossing.outside.border)) {
            let band = crossing.band.and(&listens);
            if !band.may.is_empty() {
                add(From::Outside(Arc::new(crossing.outside)), crossing.point, crossing.by, band, true);
            }
        }
        found.extend(self.over_endpoints(class, wanted, &listens));
        found
    }

    /// What arrives at a load balancer's or an endpoint's interface, from wherever.
    fn at_relay(&self, class: usize, links: usize) -> Arc<Vec<Arrival>> {
        let make = || {
            let mut found = self.near(class, &|_| true);
            if links > 0 {
                found.extend(self.over_balancers(class, &|_| true, links));
            }
            Arc::new(found)
        };
        match self.memo.get(class).and_then(|by_links| by_links.get(links)) {
            Some(memo) => Arc::clone(memo.get_or_init(make)),
            None => make(),
        }
    }

    fn of_interfaces<'s>(&'s self, interfaces: &'s [usize]) -> impl Iterator<Item = (usize, &'s Class<'n>)> {
        let all = interfaces.iter().filter_map(|at| self.by_interface.get(at)).flatten();
        all.filter_map(|at| Some((*at, self.classes.get(*at)?)))
    }

    /// Over load balancers that forward to a class: they begin connections to it, for those who arrive at them.
    fn over_balancers(&self, to: usize, wanted: &dyn Fn(&Border) -> bool, links: usize) -> Vec<Arrival> {
        let Some(class) = self.classes.get(to) else { return vec![] };
        let inventory = self.network.inventory;
        let mut found = Vec::new();
        for balancer in self.relays.to(&class.members) {
            let Some(asset) = inventory.assets().get(balancer) else { continue };
            let Some(body) = LoadBalancer::of(&asset.body) else { continue };
            let doors = self.network.of_asset(asset);
            // it does not forward to itself
            if doors.contains(&class.at) {
                continue;
            }
            let reached = Reached { balancer: asset, body, doors };
            let targets = Targets { interfaces: class.members.clone(), addresses: None };
            let edges = self.network.edges(&reached, &targets);
            for (door, source) in self.of_interfaces(&reached.doors) {
                let own = self.network.straight(source, class, &mut Known::default());
                for edge in &edges {
                    let on = straight::of(&own, &edge.target);
                    let keeps = body.balancer_type == "network";
                    self.by_door(
                        Relay { edge, balancer: asset.id.as_ref(), keeps, door, links },
                        &on,
                        class,
                        wanted,
                        &mut found,
                    );
                }
            }
        }
        found
    }

    fn by_door(
        &self,
        relay: Relay<'_, '_>,
        on: &Band,
        class: &Class<'n>,
        wanted: &dyn Fn(&Border) -> bool,
        found: &mut Vec<Arrival>,
    ) {
        let Relay { edge, balancer, keeps, door, links } = relay;
        let Some(source) = self.classes.get(door) else { return };
        let leg =
            Leg { from: Some(source.point), to: class.point, by: class.point.address(), asked: edge.target.clone() };
        if !on.may.is_empty() && wanted(&source.source) {
            let must = if edge.sure { on.must.clone() } else { Connections::default() };
            let band = Band { must, may: on.may.clone() };
            found.push(Arrival { from: From::Class(door), band, legs: vec![leg.clone()], relays: vec![], keeps: true });
        }
        let by = edge.listener.map(|listener| listener.id.to_string()).unwrap_or_default();
        let why = match edge.sure {
            true => format!("forwards {} to {}", edge.client.describe().join(", "), edge.target.describe().join(", ")),
            false => "may forward to it".to_owned(),
        };
        let hop = Hop { at: balancer.to_owned(), by, why };
        for arrival in self.at_relay(door, links.saturating_sub(1)).iter() {
            if !wanted(self.border_of(&arrival.from)) {
                continue;
            }
            let client = straight::of(&arrival.band, &edge.client);
            if client.may.is_empty() {
                continue;
            }
            for (from, on) in self.seen(arrival, keeps, door, class, &edge.target, on) {
                if on.may.is_empty() {
                    continue;
                }
                let sure = edge.sure && !on.must.is_empty();
                let band = Band {
                    must: if sure { client.must.clone() } else { Connections::default() },
                    may: client.may.clone(),
                };
                let legs = arrival.legs.iter().cloned().chain([leg.clone()]).collect();
                let relays = arrival.relays.iter().cloned().chain([hop.clone()]).collect();
                found.push(Arrival { from, band, legs, relays, keeps: arrival.keeps });
            }
        }
    }

    /// What passes behind a load balancer for one beginning. A network load balancer may keep the client's address, and
    /// then the target's groups see that one; rules that refer to the load balancer's group match all the same.
    ///
    /// Source: Network Load Balancers, "Security groups", "Client IP preservation".
    fn seen(
        &self,
        arrival: &Arrival,
        keeps: bool,
        door: usize,
        class: &Class<'n>,
        target: &Connections,
        on: &Band,
    ) -> Vec<(From, Band)> {
        let (true, true) = (keeps, arrival.keeps) else { return vec![(arrival.from.clone(), on.clone())] };
        let groups = self.classes.get(door).and_then(|door| self.network.interfaces.get(door.at)).map(|i| i.groups);
        let groups = groups.unwrap_or_default();
        let by = |client: Far<'_>| {
            let kept = Far { address: client.address, groups: Some(groups), referral: Tri::Yes, over: None };
            let of = |far: &Far<'_>| self.network.group_band(class.at, Direction::Ingress, far);
            let seen = straight::of(&of(&client).or(&of(&kept)), target);
            let must = if seen.must.is_empty() { Connections::default() } else { on.must.clone() };
            let may = if seen.may.is_empty() { on.may.clone() } else { on.may.union(&seen.may) };
            Band { must, may }
        };
        match &arrival.from {
            From::Class(source) => {
                let point = self.classes.get(*source).map(|source| source.point);
                point
                    .into_iter()
                    .map(|point| (arrival.from.clone(), by(self.network.far(point, Tri::Unknown))))
                    .collect()
            }
            From::Outside(outside) => {
                let Some(addresses) = &outside.addresses else {
                    let anybody = Far { address: None, groups: None, referral: Tri::Unknown, over: None };
                    return vec![(arrival.from.clone(), by(anybody))];
                };
                let mut parts: Vec<(AddressSet, Band)> = Vec::new();
                for (low, part) in addresses.parts(&self.network.blocks_of_groups(class.at)) {
                    let band = by(Far { address: Some(low), groups: Some(&[]), referral: Tri::Unknown, over: None });
                    match parts.iter_mut().find(|(_, other)| *other == band) {
                        Some((all, _)) => *all = all.union(&part),
                        None => parts.push((part, band)),
                    }
                }
                let of =
                    |addresses| From::Outside(Arc::new(Outside { addresses: Some(addresses), ..(**outside).clone() }));
                parts.into_iter().map(|(addresses, band)| (of(addresses), band)).collect()
            }
        }
    }

    /// Over PrivateLink: from endpoints, for those who arrive at them.
    ///
    /// Source: AWS PrivateLink, "Share your services": consumers connect to an endpoint's interface, whose groups apply.
    fn over_endpoints(&self, class: &Class<'n>, wanted: &dyn Fn(&Border) -> bool, listens: &Band) -> Vec<Arrival> {
        let Role::Door(balancer) = class.role else { return vec![] };
        let Some(body) = self.network.inventory.assets().get(balancer).and_then(|a| LoadBalancer::of(&a.body)) else {
            return vec![];
        };
        let mut found = Vec::new();
        let leg =
            |from: Option<Point>| Leg { from, to: class.point, by: class.point.address(), asked: listens.may.clone() };
        for what in self.relays.foreign.get(&balancer).into_iter().flatten() {
            let outside = Outside { border: Border::unclassified(), addresses: None, what: what.as_str().into() };
            if wanted(&outside.border) {
                let (from, band) = (From::Outside(Arc::new(outside)), Band::unknown().and(listens));
                found.push(Arrival { from, band, legs: vec![leg(None)], relays: vec![], keeps: false });
            }
        }
        for by in self.relays.endpoints.get(&balancer).into_iter().flatten() {
            let id = self.network.inventory.assets().get(by.endpoint).map(|asset| asset.id.to_string());
            let hop = Hop {
                at: id.unwrap_or_default(),
                by: by.service.clone(),
                why: "an endpoint that leads to it".to_owned(),
            };
            let onward = if by.sure { listens.clone() } else { listens.doubt(&Connections::all()) };
            for (endpoint, source) in self.of_interfaces(&by.interfaces) {
                let mut all = Band::shut();
                for arrival in self.at_relay(endpoint, 0).iter() {
                    let client = arrival.legs.first().and_then(|leg| leg.from).map(Point::address);
                    let asked = client.map_or_else(Band::unknown, |client| {
                        self.network.private_link(body, class.at, client, source.point.address())
                    });
                    let band = arrival.band.and(&onward).and(&asked);
                    all = all.or(&band);
                    if wanted(self.border_of(&arrival.from)) && !band.may.is_empty() {
                        let legs = arrival.legs.iter().cloned().chain([leg(Some(source.point))]).collect();
                        let relays = arrival.relays.iter().cloned().chain([hop.clone()]).collect();
                        found.push(Arrival { from: arrival.from.clone(), band, legs, relays, keeps: false });
                    }
                }
                // an endpoint passes on what arrives at it, and nothing else
                if wanted(&source.source) && !all.may.is_empty() {
                    let (from, legs) = (From::Class(endpoint), vec![leg(Some(source.point))]);
                    found.push(Arrival { from, band: all, legs, relays: vec![], keeps: false });
                }
            }
        }
        found
    }

    /// The border that a flow begins behind.
    pub fn border_of<'s>(&'s self, from: &'s From) -> &'s Border {
        static NOWHERE: OnceLock<Border> = OnceLock::new();
        match from {
            From::Class(at) => {
                self.classes.get(*at).map_or_else(|| NOWHERE.get_or_init(Border::unclassified), |class| &class.source)
            }
            From::Outside(outside) => &outside.border,
        }
    }
}

/// A way over a load balancer.
struct Relay<'r, 'a> {
    edge: &'r Edge<'a>,
    balancer: &'r str,
    keeps: bool,
    door: usize,
    links: usize,
}
