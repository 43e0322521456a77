//! Ends of a question: from what people write to points of the network.

use std::net::IpAddr;

use ipnet::IpNet;

use super::network::{Interface, Network, short};
use super::way::{Point, Stop};
use crate::model::{
    AddressSet, Asset, ElasticIp, Instance, LoadBalancer, NatGateway, NetworkInterface, RouteTable, Vpc, VpcEndpoint,
    short_of,
};

/// One end of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Every public address.
    Internet,
    /// These addresses, whoever bears them.
    Addresses(AddressSet),
    /// Interfaces of one asset, by their number in the network.
    Interfaces(Vec<usize>),
}

/// Why a text is no end of a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// Nothing bears the name.
    #[error("`{0}` is in none of the sources")]
    NotFound(String),
    /// Several things bear it.
    #[error("`{name}` is ambiguous: {}", candidates.join(", "))]
    Ambiguous {
        /// What was written.
        name: String,
        /// Ids of what bears the name.
        candidates: Vec<String>,
    },
    /// It is something that neither sends nor receives.
    #[error("`{name}` is a {kind}, which is no end of a connection")]
    NoEnd {
        /// What was written.
        name: String,
        /// Its kind.
        kind: &'static str,
    },
    /// Its interfaces were not collected.
    #[error("no interface of `{0}` is in the sources")]
    NoInterface(String),
}

/// The points of an end, and what of it has none.
#[derive(Debug, Default)]
pub(super) struct Points {
    /// Points, with the address that a client sends to.
    pub points: Vec<(Point, IpAddr)>,
    /// What could not be turned into points.
    pub stops: Vec<Stop>,
}

impl<'a> Network<'a> {
    /// Reads an end: `internet`, an address, a CIDR block, the id or ARN of an interface, an instance, a load balancer, a
    /// NAT gateway or an endpoint, or a load balancer's name.
    ///
    /// # Errors
    /// What it is instead.
    pub fn end(&self, text: &str) -> Result<End, EndError> {
        if text == "internet" {
            return Ok(End::Internet);
        }
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        if let Some(net) = net {
            return Ok(End::Addresses(AddressSet::from_nets([&net])));
        }
        let mut found: Vec<&Asset> = Vec::new();
        let named = |asset: &Asset| *asset.id == *text || short_of(&asset.id) == text;
        found.extend(self.inventory.find::<NetworkInterface>(text).map(|(_, asset, _)| asset));
        found.extend(self.inventory.find::<Instance>(text).map(|(_, asset, _)| asset));
        found.extend(self.inventory.find::<NatGateway>(text).map(|(_, asset, _)| asset));
        found.extend(self.inventory.find::<VpcEndpoint>(text).map(|(_, asset, _)| asset));
        found.extend(self.inventory.of::<LoadBalancer>().map(|(_, asset, _)| asset).filter(|asset| named(asset)));
        let name = || text.to_owned();
        match found.as_slice() {
            [] => match self.inventory.assets().iter().find(|asset| named(asset)) {
                Some(asset) => Err(EndError::NoEnd { name: name(), kind: asset.body.kind() }),
                None => Err(EndError::NotFound(name())),
            },
            [asset] => {
                let interfaces = self.of_asset(asset);
                if interfaces.is_empty() { Err(EndError::NoInterface(name())) } else { Ok(End::Interfaces(interfaces)) }
            }
            several => {
                let candidates = several.iter().map(|asset| asset.id.to_string()).collect();
                Err(EndError::Ambiguous { name: name(), candidates })
            }
        }
    }

    /// The addresses of an end.
    pub fn addresses(&self, end: &End) -> AddressSet {
        match end {
            End::Internet => AddressSet::internet(),
            End::Addresses(set) => set.clone(),
            End::Interfaces(all) => {
                let own = all.iter().filter_map(|at| self.interfaces.get(*at));
                let own = own.flat_map(|interface| interface.private.iter().map(|address| IpNet::from(*address)));
                AddressSet::from_nets(&own.collect::<Vec<_>>())
            }
        }
    }

    /// The points of an end; `other` is the one across, whose matchers tell addresses apart.
    pub(super) fn points(&self, end: &End, other: &End, source: bool) -> Points {
        let mut points = Points::default();
        match end {
            End::Interfaces(all) => {
                let prefixes = all.iter().filter_map(|at| self.interfaces.get(*at)).any(|i| !i.prefixes.is_empty());
                let matchers = if prefixes { self.matchers(other) } else { vec![] };
                for at in all {
                    self.add_interface(*at, &matchers, source, None, &mut points);
                }
            }
            End::Internet => {
                let matchers = self.matchers(other);
                let all = AddressSet::internet().landmarks(&matchers).into_iter();
                points.points.extend(all.map(|address| (Point::Internet(address), address)));
            }
            End::Addresses(set) => self.add_addresses(set, other, source, &mut points),
        }
        points
    }

    /// Whether an interface's own answer shows no public address, and another one says that it has one.
    pub(super) fn hides_public(&self, interface: &Interface<'_>) -> bool {
        let claims = |(_, _, elastic): (usize, &Asset, &ElasticIp)| {
            elastic.interface.as_deref() == Some(short(interface.asset))
                || (elastic.instance.is_some() && elastic.instance.as_deref() == interface.instance)
        };
        interface.public.is_empty() && self.inventory.of::<ElasticIp>().any(claims)
    }

    /// Points of an interface; of its prefixes, one of each part that matchers of the other end tell apart.
    fn add_interface(
        &self,
        at: usize,
        matchers: &[IpNet],
        source: bool,
        only: Option<&AddressSet>,
        points: &mut Points,
    ) {
        let Some(interface) = self.interfaces.get(at) else { return };
        let wanted = |address: &IpAddr| only.is_none_or(|set| set.contains(*address));
        let own = interface.private.iter().copied().filter(wanted);
        points.points.extend(own.map(|address| (Point::Interface(at, address), address)));
        let prefixes = AddressSet::from_nets(interface.prefixes);
        let prefixes = only.map_or(prefixes.clone(), |set| prefixes.intersect(set)).landmarks(matchers).into_iter();
        points.points.extend(prefixes.map(|address| (Point::Interface(at, address), address)));
        for public in interface.public.iter().filter(|address| wanted(address)) {
            let of_family = interface.private.iter().filter(|address| address.is_ipv4() == public.is_ipv4());
            let pairs =
                of_family.map(|address| (Point::Interface(at, *address), if source { *address } else { *public }));
            points.points.extend(pairs.filter(|pair| !source || !points.points.contains(pair)).collect::<Vec<_>>());
        }
        if self.hides_public(interface) {
            let why = "an Elastic IP is associated with it, and the interface shows none: collect both at one time";
            points.stops.push(Stop::unknown(&interface.asset.id, why));
        }
        if source && interface.forwards {
            // EC2 User Guide, "Source/destination checking"
            let why = "its source/destination check is off: it may send under any address";
            points.stops.push(Stop::unknown(&interface.asset.id, why));
        }
        if interface.private.is_empty() {
            points.stops.push(Stop::unknown(&interface.asset.id, "its addresses were not collected"));
        }
    }

    fn add_addresses(&self, set: &AddressSet, other: &End, source: bool, points: &mut Points) {
        // one address has no parts
        let alone = matches!(set.to_nets().as_slice(), [net] if net.prefix_len() == net.max_prefix_len());
        let matchers = if alone { vec![] } else { self.matchers(other) };
        let mut rest = set.clone();
        for (at, interface) in self.interfaces.iter().enumerate() {
            let borne = interface.private.iter().chain(interface.public).map(|address| IpNet::from(*address));
            let borne: Vec<IpNet> = borne.chain(interface.prefixes.iter().copied()).collect();
            let borne = AddressSet::from_nets(&borne);
            if borne.overlaps(set) {
                self.add_interface(at, &matchers, source, Some(set), points);
                rest = rest.subtract(&borne);
            }
        }
        let vpcs = AddressSet::from_nets(self.inventory.of::<Vpc>().flat_map(|(_, _, vpc)| &vpc.cidrs));
        for (at, network) in self.declared.iter().enumerate() {
            let inside = AddressSet::from_nets(&network.routes).intersect(&rest).subtract(&vpcs);
            let all = inside.landmarks(&matchers).into_iter();
            points.points.extend(all.map(|address| (Point::Declared(at, address), address)));
            rest = rest.subtract(&inside);
        }
        let public = rest.intersect(&AddressSet::internet()).subtract(&vpcs);
        let all = public.landmarks(&matchers).into_iter();
        points.points.extend(all.map(|address| (Point::Internet(address), address)));
        // an address that is borne here may be borne as well by what was not collected: routes tell whom they lead to
        let elsewhere = if source { rest } else { rest.union(&set.subtract(&AddressSet::internet())) };
        let bare = elsewhere.subtract(&public).union(&public.intersect(&self.led_elsewhere()));
        let bare = bare.landmarks(&matchers).into_iter();
        points.points.extend(bare.map(|address| (Point::Bare(address), address)));
    }

    /// Public address space that something else than the internet leads to: peers' own blocks, and what routes send to
    /// peers, transit, virtual private, carrier and local gateways.
    fn led_elsewhere(&self) -> AddressSet {
        let peers = self.peerings.values().flat_map(|(_, peering)| [&peering.requester, &peering.accepter]);
        let mut blocks: Vec<IpNet> = peers.flat_map(|side| &side.cidrs).copied().collect();
        for (_, _, table) in self.inventory.of::<RouteTable>() {
            let led = table.routes.iter().filter(|route| {
                let kind = route.target.split('-').next().unwrap_or_default();
                matches!(kind, "pcx" | "tgw" | "vgw" | "lgw" | "cagw") || route.target.contains(":core-network/")
            });
            blocks.extend(led.filter_map(|route| super::routes::blocks(self.inventory, &route.destination)).flatten());
        }
        // the rest of the internet goes out over such gateways as well
        blocks.retain(|block| block.prefix_len() > 0);
        AddressSet::from_nets(&blocks)
    }

    /// Blocks that tell addresses at the other end of a connection apart.
    fn matchers(&self, end: &End) -> Vec<IpNet> {
        let mut all: Vec<IpNet> = Vec::new();
        let groups: Vec<&String> = match end {
            End::Interfaces(interfaces) => {
                interfaces.iter().filter_map(|at| self.interfaces.get(*at)).flat_map(|i| i.groups).collect()
            }
            End::Internet | End::Addresses(_) => self.interfaces.iter().flat_map(|i| i.groups).collect(),
        };
        for id in groups.into_iter().collect::<std::collections::BTreeSet<_>>() {
            all.extend(self.groups.get(id.as_str()).map(|group| group.blocks()).unwrap_or_default());
        }
        for subnet in self.subnets.values() {
            all.extend(subnet.acl.iter().flat_map(|acl| acl.blocks()));
            all.extend(subnet.table.iter().flat_map(|table| table.blocks()));
        }
        all.extend(self.transit_blocks());
        all.sort_unstable();
        all.dedup();
        all
    }
}
