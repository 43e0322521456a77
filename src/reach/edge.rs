//! The edges of a VPC: internet and egress-only gateways, virtual private gateways, Block Public Access.
//!
//! Sources: Amazon VPC User Guide, "Internet gateways", "Egress-only internet gateways", "Block public access to VPCs and
//! subnets", "Gateway route tables".

use std::net::IpAddr;

use super::guards::Tri;
use super::network::{Network, short};
use super::routes::Next;
use super::walk::{End, Gate, Referral, Walk, is_public, passes};
use super::way::{Leg, Point, Step, Stop};
use crate::model::{
    Asset, BlockPublicAccess, BlockPublicAccessExclusion, DirectConnectGatewayAssociation, Direction, ElasticIp, Kind,
    Route, RouteTable, VpnConnection,
};

/// What VPC Block Public Access does to a subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocked {
    Off,
    /// Only what NAT and egress-only gateways begin passes.
    Ingress,
    /// Nothing passes.
    Both,
    Unknown,
}

/// Which public address an interface's private one goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Translated {
    To(IpAddr),
    /// It has none.
    None,
    /// Nobody knows which of several.
    Unknown,
}

impl<'a> Network<'a> {
    /// Out by an internet gateway, or an egress-only one.
    pub(super) fn out<'n>(&'n self, mut walk: Walk<'n>, route: &'n Route, gate: Gate) -> End<'n> {
        let id = route.target.as_str();
        match self.attached(id, walk.vpc) {
            Some(true) => {}
            Some(false) => return self.stopped(walk, Stop::denied(id, "the gateway is not attached to the VPC")),
            None => return self.stopped(walk, Stop::unknown(id, "the gateway was not collected")),
        }
        let Point::Interface(at, address) = walk.from else {
            return self.stopped(walk, Stop::unknown(id, "what comes from outside leaves by it again"));
        };
        let Some(interface) = self.interfaces.get(at).filter(|interface| interface.vpc == walk.vpc) else {
            // an internet gateway translates addresses of its own VPC only
            return self.stopped(walk, Stop::unknown(id, "traffic of another VPC leaves by it"));
        };
        if !is_public(walk.by) {
            let why = format!("{} is no address of the internet", walk.by);
            return self.stopped(walk, Stop::denied(id, why));
        }
        let source = match (gate, address) {
            (Gate::EgressOnly, IpAddr::V4(_)) => {
                return self.stopped(walk, Stop::denied(id, "an egress-only gateway carries IPv6 only"));
            }
            (_, IpAddr::V6(_)) if !is_public(address) => {
                return self.stopped(walk, Stop::denied(id, format!("{address} is no address of the internet")));
            }
            (_, IpAddr::V6(_)) => address,
            (Gate::Internet, IpAddr::V4(_)) => match self.translated(at, address) {
                Translated::To(public) => public,
                Translated::None => {
                    let why = format!("{} bears no public address", short(interface.asset));
                    return self.stopped(walk, Stop::denied(id, why));
                }
                Translated::Unknown => {
                    let why = format!("which public address {address} goes by was not collected");
                    return self.stopped(walk, Stop::unknown(id, why));
                }
            },
        };
        let begun = gate == Gate::EgressOnly || interface.is_nat();
        match self.blocked(interface.subnet) {
            Blocked::Off => {}
            Blocked::Ingress if begun => {}
            Blocked::Both => return self.stopped(walk, Stop::denied(interface.subnet, "VPC Block Public Access")),
            Blocked::Ingress | Blocked::Unknown => {
                return self.stopped(walk, Stop::unknown(interface.subnet, "VPC Block Public Access leaves it open"));
            }
        }
        walk.steps.push(passes(id, "", &format!("to the internet as {source}")));
        let outside = Point::Internet(walk.by);
        match self.arrived(Walk { to: outside, referral: Referral::both(Tri::No), ..walk }) {
            End::Arrived(leg) => End::Out(leg, source, gate),
            end => end,
        }
    }

    /// In from the internet, to a public address of an interface, or an IPv6 one.
    pub(super) fn leg_of_internet(&self, address: IpAddr, to: Point, by: IpAddr) -> End<'_> {
        let from = Point::Internet(address);
        let Point::Interface(at, private) = to else {
            return End::Stopped(vec![], Stop::unknown("", "both ends lie outside the estate"));
        };
        let Some(interface) = self.interfaces.get(at) else {
            return End::Stopped(vec![], Stop::unknown("", "no such interface"));
        };
        let stop = |stop: Stop| End::Stopped(vec![], stop);
        let table = self.subnets.get(interface.subnet).and_then(|subnet| subnet.table.as_ref());
        if let Some(Next::To(route)) = table.map(|table| table.lookup(address))
            && ["cagw-", "vgw-", "lgw-"].iter().any(|kind| route.target.starts_with(kind))
        {
            // whoever its answers go to may be whom they come from: a carrier's network, one on premises
            return stop(Stop::unknown(&route.target, "leads to the address, and so may come from it"));
        }
        let gateway = match self.internet_gateway(interface.vpc) {
            Some(Some(gateway)) => gateway,
            Some(None) => return stop(Stop::denied(interface.vpc, "the VPC has no internet gateway")),
            None => return stop(Stop::unknown(interface.vpc, "internet gateways were not collected")),
        };
        if interface.is_nat() {
            return stop(Stop::denied(&interface.asset.id, "a NAT gateway lets nothing unsolicited in"));
        }
        if !is_public(by) {
            return stop(Stop::denied(&interface.asset.id, format!("{by} is no address of the internet")));
        }
        match (by, self.translated(at, private)) {
            (IpAddr::V6(_), _) if by == private => {}
            (IpAddr::V4(_), Translated::To(public)) if public == by => {}
            (IpAddr::V4(_), Translated::Unknown) => {
                let why = format!("which private address {by} stands for was not collected");
                return stop(Stop::unknown(&interface.asset.id, why));
            }
            _ => return stop(Stop::denied(&interface.asset.id, format!("{private} is not reached by {by}"))),
        }
        match self.blocked(interface.subnet) {
            Blocked::Off => {}
            Blocked::Both | Blocked::Ingress => {
                return stop(Stop::denied(interface.subnet, "VPC Block Public Access"));
            }
            Blocked::Unknown => return stop(Stop::unknown(interface.subnet, "VPC Block Public Access")),
        }
        if let Some(end) = self.edge(gateway, private) {
            return stop(end);
        }
        let vpc = interface.vpc;
        let mut walk =
            Walk { from, to, by, steps: vec![], referral: Referral::both(Tri::No), vpc, subnet: interface.subnet };
        walk.steps.push(passes(&gateway.id, "", &format!("from the internet, {by} is {private}")));
        walk.steps.push(Step::Acl { subnet: interface.subnet, egress: false, address });
        self.arrived(walk)
    }

    /// What comes back from the internet to who began, past the gateway that remembers it.
    pub(super) fn answered(&self, leg: &Leg<'_>) -> Result<Vec<Step<'_>>, Stop> {
        let Point::Interface(at, private) = leg.from else { return Ok(vec![]) };
        let Some(interface) = self.interfaces.get(at) else { return Ok(vec![]) };
        if let Some(Some(gateway)) = self.internet_gateway(interface.vpc)
            && let Some(stop) = self.edge(gateway, private)
        {
            return Err(stop);
        }
        Ok(vec![Step::Acl { subnet: interface.subnet, egress: false, address: leg.to.address() }])
    }

    /// What the route table of a gateway does to an address behind it; none if it stays on its way.
    fn edge(&self, gateway: &Asset, address: IpAddr) -> Option<Stop> {
        let Some(table) = self.edges.get(short(gateway)) else {
            let whole = !self.inventory.coverage.fell_short(RouteTable::NAME, &gateway.place);
            return (!whole).then(|| Stop::unknown(&gateway.id, "a route table of its own may not have been read"));
        };
        match table.lookup(address) {
            Next::Local => None,
            Next::Blackhole(_) => Some(Stop::denied(&table.asset.id, "a blackhole")),
            Next::Nowhere => Some(Stop::unknown(&table.asset.id, format!("no route to {address}"))),
            Next::To(route) => Some(Stop::unknown(&table.asset.id, format!("leads to {}, a middlebox", route.target))),
            Next::Unknown(_) => Some(Stop::unknown(&table.asset.id, "a route that cannot be judged")),
        }
    }

    /// The public address that an interface's private IPv4 address goes by.
    pub(super) fn translated(&self, at: usize, private: IpAddr) -> Translated {
        let Some(interface) = self.interfaces.get(at) else { return Translated::Unknown };
        let public: Vec<IpAddr> = interface.public.iter().copied().filter(IpAddr::is_ipv4).collect();
        let privates = interface.private.iter().filter(|address| address.is_ipv4()).count();
        match public.as_slice() {
            [] => return Translated::None,
            [only] if privates == 1 => return Translated::To(*only),
            _ => {}
        }
        let told = |public: &IpAddr| {
            if let Some((private, _)) = interface.translations.iter().find(|(_, own)| own == public) {
                return Some(*private);
            }
            let mut all = self.inventory.of::<ElasticIp>();
            all.find(|(_, _, elastic)| elastic.address == Some(*public))
                .and_then(|(_, _, elastic)| elastic.private_address)
        };
        let pairs: Vec<(IpAddr, Option<IpAddr>)> = public.iter().map(|public| (*public, told(public))).collect();
        if let Some((public, _)) = pairs.iter().find(|(_, told)| *told == Some(private)) {
            return Translated::To(*public);
        }
        if pairs.iter().all(|(_, told)| told.is_some()) { Translated::None } else { Translated::Unknown }
    }

    /// What Block Public Access does to a subnet: as the subnet says it, else as its account and Region say.
    pub(super) fn blocked(&self, subnet: &str) -> Blocked {
        let of = |mode: &str| match mode {
            "off" => Blocked::Off,
            "block-ingress" => Blocked::Ingress,
            "block-bidirectional" => Blocked::Both,
            _ => Blocked::Unknown,
        };
        let Some(node) = self.subnets.get(subnet) else { return Blocked::Unknown };
        if let Some(mode) = &node.body.block_public_access {
            return of(mode);
        }
        let place = &node.asset.place;
        let mut all = self.inventory.of::<BlockPublicAccess>();
        let own = all.find(|(_, a, _)| a.place.account == place.account && a.place.region == place.region);
        // it is off unless somebody turns it on; that nobody looked is said as an assumption
        let Some((_, _, own)) = own else { return Blocked::Off };
        let mode = if own.state == "update-in-progress" { Blocked::Unknown } else { of(&own.mode) };
        if mode == Blocked::Off {
            return mode;
        }
        let excluded = |resource: &str| {
            let all = self.inventory.of::<BlockPublicAccessExclusion>().map(|(_, _, e)| e);
            let own = all.filter(|e| e.resource.rsplit('/').next() == Some(resource));
            // one that was deleted excludes nothing, and another may stand beside it
            let mut own = own.filter(|e| !matches!(e.state.as_str(), "delete-complete" | "create-failed"));
            own.next().map(|e| match (e.state.as_str(), e.mode.as_str(), own.next()) {
                ("create-complete" | "update-complete", "allow-bidirectional", None) => Blocked::Off,
                ("create-complete" | "update-complete", "allow-egress", None) => Blocked::Ingress,
                _ => Blocked::Unknown,
            })
        };
        if !self.inventory.coverage.is_listed(BlockPublicAccessExclusion::NAME, place) {
            return Blocked::Unknown;
        }
        excluded(subnet).or_else(|| excluded(&node.body.vpc)).unwrap_or(mode)
    }

    /// Whether what lies behind a virtual private gateway is a declared network.
    pub(super) fn behind(&self, network: usize, gateway: &str) -> bool {
        let Some(declared) = self.declared.get(network) else { return false };
        let vpn = self.inventory.find::<VpnConnection>(&declared.via);
        let direct = |(_, _, a): (usize, _, &DirectConnectGatewayAssociation)| {
            a.gateway == declared.via && a.associated == gateway && a.state == "associated"
        };
        declared.via == gateway
            || vpn.is_some_and(|(_, _, vpn)| vpn.vpn_gateway.as_deref() == Some(gateway))
            || self.inventory.of::<DirectConnectGatewayAssociation>().any(direct)
    }

    /// To a virtual private gateway: what is behind it is known only as far as the configuration declares it.
    pub(super) fn to_vpn_gateway<'n>(&'n self, mut walk: Walk<'n>, id: &'n str) -> End<'n> {
        match (self.attached(id, walk.vpc), walk.to) {
            (Some(false), _) => self.stopped(walk, Stop::denied(id, "the gateway is not attached to the VPC")),
            (Some(true), Point::Declared(network, _)) if self.behind(network, id) => {
                walk.steps.push(passes(id, "", "to a declared network"));
                self.arrived(Walk { referral: Referral::both(Tri::No), ..walk })
            }
            _ => self.stopped(walk, Stop::unknown(id, "what lies behind the gateway is not declared in `networks`")),
        }
    }

    /// In from a declared network, by a virtual private gateway of the destination's VPC or a transit gateway.
    pub(super) fn leg_of_declared(&self, network: usize, address: IpAddr, to: Point, by: IpAddr) -> End<'_> {
        let from = Point::Declared(network, address);
        let stop = |at: &str, why: &str| End::Stopped(vec![], Stop::unknown(at, why));
        let via = self.declared.get(network).map_or("", |declared| declared.via.as_str());
        let Point::Interface(at, private) = to else { return stop(via, "both ends lie outside the estate") };
        let Some(interface) = self.interfaces.get(at) else { return stop(via, "no such interface") };
        if by != private {
            return stop(via, "whether a network outside reaches a public address is not known");
        }
        let (vpc, subnet) = (interface.vpc, interface.subnet);
        let mut walk = Walk { from, to, by, steps: vec![], referral: Referral::both(Tri::No), vpc, subnet };
        let gateways = self.inventory.of::<crate::model::VpnGateway>();
        let mut attached = gateways.filter(|(_, _, body)| body.vpcs.iter().any(|attached| attached == vpc));
        if let Some((_, gateway, _)) = attached.find(|(_, asset, _)| self.behind(network, short(asset))) {
            if self.enters_by_transit(network) {
                return stop(via, "the network enters by several gateways");
            }
            if let Some(end) = self.edge(gateway, private) {
                return End::Stopped(vec![], end);
            }
            walk.steps.push(passes(&gateway.id, "", "from a declared network"));
            walk.steps.push(Step::Acl { subnet, egress: false, address });
            return self.arrived(walk);
        }
        self.declared_over_transit(walk, via)
    }

    /// What the groups of a destination let in from whomsoever: all that is left to say where a way is not known.
    pub(super) fn whoever_asks(&self, to: Point) -> super::band::Band {
        let far = super::guards::Far { address: None, groups: None, referral: Tri::Unknown, over: None };
        match to {
            Point::Interface(at, _) => self.group_band(at, Direction::Ingress, &far),
            Point::Internet(_) | Point::Declared(..) | Point::Bare(_) => super::band::Band::open(),
        }
    }
}
