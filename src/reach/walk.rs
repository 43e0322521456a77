//! Walking one leg: from an interface, the internet or a declared network, hop by hop, as route tables say.
//!
//! Sources: Amazon VPC User Guide, "Route tables", "Internet gateways", "NAT gateways", "Egress-only internet gateways",
//! "Network ACLs"; Amazon VPC Peering Guide, "Unsupported configurations" (no transit, no edge-to-edge routing).

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

use super::guards::{Far, Tri};
use super::network::Network;
use super::routes::Next;
use super::way::{Leg, Point, Step, Stop, Way};
use crate::model::{AddressSet, Direction, Kind, NetworkInterface, Route};

/// How a leg ends.
#[derive(Debug)]
pub(super) enum End<'n> {
    /// At the point that was asked for.
    Arrived(Leg<'n>),
    /// At a NAT gateway, which goes on with its own address.
    Nat(Leg<'n>),
    /// On the internet, with this source address.
    Out(Leg<'n>, IpAddr, Gate),
    /// Before: what was passed, and why it ends.
    Stopped(Vec<Step<'n>>, Stop),
}

/// What led out to the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    Internet,
    EgressOnly,
}

/// Whether references to groups count, out of the source and into the destination.
#[derive(Debug, Clone, Copy)]
pub(super) struct Referral<'n> {
    pub out: Tri,
    pub into: Tri,
    /// The peering connection that the way takes.
    pub over: Option<&'n str>,
}

impl Referral<'_> {
    pub const fn both(is: Tri) -> Self {
        Self { out: is, into: is, over: None }
    }
}

/// Where a walk stands.
pub(super) struct Walk<'n> {
    pub from: Point,
    pub to: Point,
    /// The address that the source sends to: the destination's own, or its public one.
    pub by: IpAddr,
    pub steps: Vec<Step<'n>>,
    pub referral: Referral<'n>,
    pub vpc: &'n str,
    /// The subnet whose table decides next.
    pub subnet: &'n str,
}

/// Of an address that no interface bears.
pub(super) const UNPLACED: &str = "nothing in the sources or in `networks` tells who bears this address";

/// More crossings from VPC to VPC than any sane estate has on one way.
const CROSSINGS: usize = 8;

impl<'a> Network<'a> {
    /// The way of a connection from one point to another, sent to the address `by`.
    pub(super) fn way(&self, from: Point, to: Point, by: IpAddr) -> Way<'_> {
        let mut way = Way::default();
        let mut here = from;
        for _ in 0..4 {
            match self.leg(here, to, by) {
                End::Arrived(leg) => {
                    way.legs.push(leg);
                    return way;
                }
                End::Nat(leg) => {
                    here = leg.to;
                    way.legs.push(leg);
                }
                End::Out(leg, source, _) => {
                    way.legs.push(leg);
                    if matches!(to, Point::Internet(_)) {
                        return way;
                    }
                    here = Point::Internet(source);
                }
                End::Stopped(steps, stop) => {
                    way.rest = steps;
                    way.stop = Some(stop);
                    return way;
                }
            }
        }
        way.stop = Some(Stop::unknown("", "more translations of addresses than are followed"));
        way
    }

    /// One leg.
    pub(super) fn leg(&self, from: Point, to: Point, by: IpAddr) -> End<'_> {
        if from.address().is_ipv4() != by.is_ipv4() {
            return End::Stopped(vec![], Stop::denied("", "one end speaks IPv4 and the other IPv6"));
        }
        match from {
            Point::Interface(at, address) => self.leg_of_interface(at, address, to, by),
            Point::Internet(address) => self.leg_of_internet(address, to, by),
            Point::Declared(network, address) => self.leg_of_declared(network, address, to, by),
            Point::Bare(address) => {
                let steps = match to {
                    Point::Interface(interface, _) => {
                        let far = self.far(from, Tri::Unknown);
                        vec![Step::Groups { interface, direction: Direction::Ingress, far }]
                    }
                    _ => vec![],
                };
                End::Stopped(steps, Stop::unknown(&address.to_string(), UNPLACED))
            }
        }
    }

    fn leg_of_interface(&self, at: usize, address: IpAddr, to: Point, by: IpAddr) -> End<'_> {
        let from = Point::Interface(at, address);
        let Some(interface) = self.interfaces.get(at) else {
            return End::Stopped(vec![], Stop::unknown("", "no such interface"));
        };
        if matches!(to, Point::Interface(other, _) if other == at) {
            let steps = vec![passes(&interface.asset.id, "", "one interface")];
            return End::Arrived(Leg { from, to, steps });
        }
        if is_link_local(by) {
            // VPC User Guide, "DNS attributes"; EC2 User Guide, "Instance metadata": neither groups nor ACLs are asked
            return End::Stopped(vec![], Stop::unknown(&by.to_string(), "a service of AWS at a link-local address"));
        }
        let mut walk = Walk {
            from,
            to,
            by,
            steps: vec![],
            referral: Referral::both(Tri::Yes),
            vpc: interface.vpc,
            subnet: interface.subnet,
        };
        if let Some(target) = self.direct(to, by, interface.vpc)
            && target == interface.subnet
        {
            // "Network ACLs": not applied to traffic that stays within a subnet
            return self.arrived(walk);
        }
        walk.steps.push(Step::Acl { subnet: interface.subnet, egress: true, address: by });
        for _ in 0..CROSSINGS {
            match self.next(walk) {
                Ok(onward) => walk = onward,
                Err(end) => return *end,
            }
        }
        let stop = Stop::unknown(walk.subnet, "more crossings from VPC to VPC than are followed");
        self.stopped(walk, stop)
    }

    /// The destination's subnet, if the address is the destination's own one in this VPC.
    pub(super) fn direct(&self, to: Point, by: IpAddr, vpc: &str) -> Option<&'a str> {
        let Point::Interface(at, address) = to else { return None };
        self.interfaces.get(at).filter(|i| i.vpc == vpc && address == by).map(|i| i.subnet)
    }

    /// Asks the table of the subnet that the walk stands in; the walk goes on in another VPC, or ends.
    fn next<'n>(&'n self, mut walk: Walk<'n>) -> Result<Walk<'n>, Box<End<'n>>> {
        let Some(table) = self.subnets.get(walk.subnet).and_then(|subnet| subnet.table.as_ref()) else {
            let stop = Stop::unknown(walk.subnet, "its route table was not collected");
            return Err(Box::new(self.stopped(walk, stop)));
        };
        let table_id = &*table.asset.id;
        let route = match table.lookup(walk.by) {
            Next::Local => {
                let Some(subnet) = self.direct(walk.to, walk.by, walk.vpc) else {
                    if matches!(walk.to, Point::Bare(_)) {
                        let vpc = walk.vpc;
                        return Err(Box::new(self.at_nobody(walk, vpc)));
                    }
                    let why = format!("the local route keeps {} in {}", walk.by, walk.vpc);
                    return Err(Box::new(self.stopped(walk, Stop::denied(table_id, why))));
                };
                walk.steps.push(passes(table_id, "local", "the local route"));
                walk.steps.push(Step::Acl { subnet, egress: false, address: walk.from.address() });
                return Err(Box::new(self.arrived(walk)));
            }
            Next::To(route) => route,
            Next::Blackhole(route) => {
                let why = format!("{} is a blackhole", route.destination);
                return Err(Box::new(self.stopped(walk, Stop::denied(table_id, why))));
            }
            Next::Nowhere => {
                let why = format!("no route to {}", walk.by);
                return Err(Box::new(self.stopped(walk, Stop::denied(table_id, why))));
            }
            Next::Unknown(destination) => {
                let why = if destination.is_empty() {
                    "its routes were not collected".to_owned()
                } else {
                    format!("the route to {destination} cannot be judged")
                };
                return Err(Box::new(self.stopped(walk, Stop::unknown(table_id, why))));
            }
        };
        walk.steps.push(passes(table_id, &route.destination, &format!("leads to {}", route.target)));
        match route.target.split('-').next() {
            // whether what came over a transit gateway goes on over another gateway or peering is not documented
            Some("pcx" | "tgw") if self.left_home(&walk) => {
                let stop = Stop::unknown(&route.target, "a way on from a VPC that is not the source's");
                Err(Box::new(self.stopped(walk, stop)))
            }
            Some("pcx") => Err(Box::new(self.over_peering(walk, &route.target))),
            Some("tgw") => self.over_transit(walk, &route.target),
            Some("igw") => Err(Box::new(self.out(walk, route, Gate::Internet))),
            Some("eigw") => Err(Box::new(self.out(walk, route, Gate::EgressOnly))),
            Some("nat") => Err(Box::new(self.to_nat(walk, &route.target))),
            Some("vgw") => Err(Box::new(self.to_vpn_gateway(walk, &route.target))),
            _ => {
                let why = format!("{} is not modelled", named(route));
                Err(Box::new(self.stopped(walk, Stop::unknown(&route.target, why))))
            }
        }
    }

    /// Whether a walk stands in another VPC than it began in.
    fn left_home(&self, walk: &Walk<'_>) -> bool {
        match walk.from {
            Point::Interface(at, _) => self.interfaces.get(at).is_none_or(|interface| interface.vpc != walk.vpc),
            _ => true,
        }
    }

    /// Whether an address is one of those that AWS keeps in a VPC for itself: its resolver answers at one of them.
    ///
    /// Source: Amazon VPC User Guide, "Subnet sizing": the first four addresses of a subnet.
    fn reserved(&self, vpc: &str, address: IpAddr) -> Option<Stop> {
        let (asset, body) = self.vpc(vpc)?;
        let reserved = self.subnets.values().filter(|node| node.body.vpc == vpc).flat_map(|node| &node.body.cidrs);
        let first = reserved.chain(&body.cidrs).filter(|net| net.contains(&address));
        let mut offset = first.map(|net| match (net.network(), address) {
            (IpAddr::V4(low), IpAddr::V4(own)) => u128::from(u32::from(own) - u32::from(low)),
            (IpAddr::V6(low), IpAddr::V6(own)) => u128::from(own) - u128::from(low),
            _ => u128::MAX,
        });
        let why = || format!("{address} is one of the addresses that AWS keeps for its own services");
        offset.any(|offset| offset < 4).then(|| Stop::unknown(&asset.id, why()))
    }

    /// The walk ends in a VPC in which no known interface bears the address.
    pub(super) fn at_nobody<'n>(&'n self, walk: Walk<'n>, vpc: &str) -> End<'n> {
        match self.reserved(vpc, walk.by) {
            // "Security groups": they do not filter what goes to the resolver
            Some(stop) => End::Stopped(vec![], stop),
            None => {
                let stop = self.nobody(vpc, walk.by);
                self.stopped(walk, stop)
            }
        }
    }

    /// Why nobody is at an address of a VPC, or why that is not known.
    fn nobody(&self, vpc: &str, address: IpAddr) -> Stop {
        let Some((asset, _)) = self.vpc(vpc) else {
            return Stop::unknown(vpc, "the VPC was not collected");
        };
        if let Some((_, interface)) = self.of_vpc(vpc).find(|(_, interface)| interface.bears(address)) {
            // which is judged as the interface that it is
            return Stop::denied(&interface.asset.id, format!("{address} is nobody else's there"));
        }
        if self.inventory.coverage.is_listed(NetworkInterface::NAME, &asset.place) {
            Stop::denied(&asset.id, "no interface of the VPC bears the address")
        } else {
            Stop::unknown(&asset.id, "interfaces of the VPC were not collected")
        }
    }

    /// The walk is at its destination: groups at both ends come around what was passed.
    pub(super) fn arrived<'n>(&'n self, walk: Walk<'n>) -> End<'n> {
        let Walk { from, to, steps, referral, by, .. } = walk;
        let mut all = Vec::with_capacity(steps.len() + 2);
        if let Point::Interface(interface, _) = from {
            let far = Far { address: Some(by), over: referral.over, ..self.far(to, referral.out) };
            all.push(Step::Groups { interface, direction: Direction::Egress, far });
        }
        all.extend(steps);
        if let Point::Interface(interface, _) = to {
            let far = Far { over: referral.over, ..self.far(from, referral.into) };
            all.push(Step::Groups { interface, direction: Direction::Ingress, far });
        }
        End::Arrived(Leg { from, to, steps: all })
    }

    /// The walk ends before its end.
    pub(super) fn stopped<'n>(&'n self, walk: Walk<'n>, stop: Stop) -> End<'n> {
        let mut steps = walk.steps;
        if let Point::Interface(interface, _) = walk.from {
            let mut far = Far { address: Some(walk.by), ..self.far(walk.to, Tri::Unknown) };
            // references are about private addresses
            if matches!(walk.to, Point::Interface(_, private) if private != walk.by) {
                far.groups = Some(&[]);
            }
            steps.insert(0, Step::Groups { interface, direction: Direction::Egress, far });
        }
        End::Stopped(steps, stop)
    }
}

/// A step that lets everything through.
pub(super) fn passes<'n>(at: &str, by: &str, why: &str) -> Step<'n> {
    Step::Passes { at: at.to_owned(), by: by.to_owned(), why: why.to_owned() }
}

/// Addresses of AWS's own services on every host: metadata, DNS, time.
fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.segments().starts_with(&[0xfd00, 0xec2]),
    }
}

fn named(route: &Route) -> String {
    let what = match route.target.split('-').next() {
        Some("eni" | "i") => "a route to an interface (a middlebox)",
        Some("vpce") => "a route to an endpoint",
        Some("lgw" | "cagw") => "a local or carrier gateway",
        Some(_) if route.target.contains(":core-network/") => "a core network",
        _ => "this target of a route",
    };
    format!("{what}, {},", if route.target.is_empty() { "unnamed" } else { &route.target })
}

/// Whether an address is one of the internet.
///
/// Blocks for documentation (RFC 5737, RFC 3849) count: they stand for public addresses where dumps are masked.
pub(super) fn is_public(address: IpAddr) -> bool {
    public().contains(address)
}

/// All of them.
pub fn public() -> &'static AddressSet {
    const MASKED: [&str; 4] = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"];
    static PUBLIC: LazyLock<AddressSet> = LazyLock::new(|| {
        let masked: Vec<IpNet> = MASKED.iter().filter_map(|block| block.parse().ok()).collect();
        AddressSet::internet().union(&AddressSet::from_nets(&masked))
    });
    &PUBLIC
}
