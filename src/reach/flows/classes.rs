//! Endpoint classes: points of the network that nothing tells apart, so that one of them speaks for all.
//!
//! Two addresses are of one class if they lie in one subnet behind the same groups and borders, in the same blocks of
//! all groups, ACLs and routes, registered with the same target groups, and neither bears a public address that the other
//! does not.

use std::net::IpAddr;

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;

use super::matchers::Matchers;
use super::relays::Relays;
use crate::model::{Instance, NetworkInterface};
use crate::reach::network::{Guard, Interface, Network};
use crate::reach::way::Point;
use crate::zone::{Border, Zones};

/// What an interface does in a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    /// Begins and takes connections.
    End,
    /// Takes connections for others and opens those that it forwards: a load balancer, by its place in the inventory.
    Door(usize),
    /// Takes connections for a service elsewhere: an interface endpoint.
    Endpoint,
    /// An interface of a service without a model, from which anything may come.
    Entrance,
    /// Passes on what others send: followed as a route.
    Gateway,
}

/// Points that nothing tells apart.
#[derive(Debug, Clone)]
pub(super) struct Class<'n> {
    /// One of them.
    pub point: Point,
    /// One of another interface, if there is one.
    pub other: Option<Point>,
    /// Its interface.
    pub at: usize,
    /// Interfaces that have points of the class, ascending.
    pub members: Vec<usize>,
    /// Public addresses that stand for it.
    pub public: &'n [IpAddr],
    pub vpc: &'n str,
    pub subnet: &'n str,
    /// Its subnet, by number.
    pub place: usize,
    /// Its innermost block, by number.
    pub part: usize,
    pub role: Role,
    /// What whoever asks tells apart, by number.
    pub kind: usize,
    /// Where it stands as a destination, and as a source.
    pub border: Border,
    pub source: Border,
}

impl Class<'_> {
    /// What is alike over everything but groups: the subnet, the innermost block, what it is. One with a public address
    /// is like none.
    pub fn alike(&self, at: usize, network: &Network<'_>) -> (usize, usize, bool, bool, bool, Option<usize>) {
        let interface = network.interfaces.get(self.at);
        let open = interface.is_none_or(|interface| interface.guard == Guard::Nothing);
        let forwards = interface.is_none_or(|interface| interface.forwards);
        let alone = !self.public.is_empty() || self.role != Role::End;
        (self.place, self.part, self.point.address().is_ipv4(), open, forwards, alone.then_some(at))
    }

    /// The same class, with another of its interfaces to speak for it.
    pub fn twin(&self) -> Option<Self> {
        let point = self.other?;
        let Point::Interface(at, _) = point else { return None };
        Some(Self { point, at, members: vec![at], ..self.clone() })
    }
}

/// Numbers for assets, by their places in the inventory: those of unlike numbers are told apart as beginnings of flows,
/// though the network may treat them alike.
pub type Apart<'f> = dyn Fn(usize) -> usize + 'f;

/// What makes a class.
#[derive(PartialEq, Eq, Hash)]
struct Key<'n> {
    place: usize,
    part: usize,
    groups: usize,
    open: bool,
    v6: bool,
    forwards: bool,
    /// How load balancers know it.
    registered: usize,
    public: &'n [IpAddr],
    /// Several addresses of one interface with public ones are not alike.
    alone: Option<(usize, IpAddr)>,
    role: Role,
    kind: usize,
    border: Border,
    source: Border,
}

/// Numbers for equal things.
#[derive(Default)]
struct Numbers<T>(HashMap<T, usize>);

impl<T: std::hash::Hash + Eq> Numbers<T> {
    fn of(&mut self, value: T) -> usize {
        let next = self.0.len();
        *self.0.entry(value).or_insert(next)
    }
}

/// All classes of a network, in the order of their first interfaces.
pub(super) fn classes<'n>(
    network: &'n Network<'_>,
    zones: &Zones,
    matchers: &Matchers,
    relays: &Relays,
    apart: &Apart<'_>,
) -> Vec<Class<'n>> {
    let (mut places, mut parts, mut sets) = (Numbers::default(), Numbers::default(), Numbers::default());
    let mut registered = Numbers::default();
    let mut found: HashMap<Key<'n>, usize> = HashMap::new();
    let mut classes: Vec<Class<'n>> = Vec::new();
    for (at, interface) in network.interfaces.iter().enumerate() {
        let inventory = network.inventory;
        let number = inventory.find::<NetworkInterface>(&interface.asset.id).map(|(at, ..)| at);
        let number = number.or_else(|| inventory.find::<Instance>(&interface.asset.id).map(|(at, ..)| at));
        let placement = number.map(|at| zones.of(at));
        let kind = number.map_or(0, apart);
        let unknown = Border::unclassified;
        let role = role(network, interface, at, &relays.doors);
        let (border, source) = placement.map_or((unknown(), unknown()), |p| (p.border.clone(), p.source.clone()));
        let mut groups: Vec<&str> = interface.groups.iter().map(String::as_str).collect();
        groups.sort_unstable();
        let groups = sets.of(groups);
        let registered = registered.of(relays.registered.get(&at));
        let place = places.of((interface.vpc, interface.subnet));
        let prefixes = interface.prefixes.iter().flat_map(|prefix: &IpNet| matchers.parts(prefix));
        for address in interface.private.iter().copied().chain(prefixes) {
            let key = Key {
                place,
                part: parts.of((matchers.innermost(address), address.is_ipv4())),
                groups,
                open: interface.guard == Guard::Nothing,
                v6: address.is_ipv6(),
                forwards: interface.forwards,
                registered,
                public: interface.public,
                alone: (!interface.public.is_empty()).then_some((at, address)),
                role,
                kind,
                border: border.clone(),
                source: source.clone(),
            };
            let part = key.part;
            let class = *found.entry(key).or_insert_with(|| {
                classes.push(Class {
                    point: Point::Interface(at, address),
                    other: None,
                    at,
                    members: vec![],
                    public: interface.public,
                    vpc: interface.vpc,
                    subnet: interface.subnet,
                    place,
                    part,
                    role,
                    kind,
                    border: border.clone(),
                    source: source.clone(),
                });
                classes.len() - 1
            });
            if let Some(class) = classes.get_mut(class)
                && class.members.last() != Some(&at)
            {
                if !class.members.is_empty() {
                    class.other = class.other.or(Some(Point::Interface(at, address)));
                }
                class.members.push(at);
            }
        }
    }
    classes
}

fn role(network: &Network<'_>, interface: &Interface<'_>, at: usize, doors: &HashMap<usize, usize>) -> Role {
    if let Some(balancer) = doors.get(&at) {
        return Role::Door(*balancer);
    }
    match (interface.interface_type, interface.service) {
        ("nat_gateway" | "transit_gateway", _) => Role::Gateway,
        (kind, _) if kind.starts_with("gateway_load_balancer") => Role::Gateway,
        (_, Some("nat-gateway" | "transit-gateway")) => Role::Gateway,
        (_, Some("vpc-endpoint")) => Role::Endpoint,
        (_, Some(service)) if network.is_entrance(at, service) => Role::Entrance,
        _ => Role::End,
    }
}
