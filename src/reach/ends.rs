//! Ends of a question: from what people write to points of the network.

use std::net::IpAddr;

use ipnet::IpNet;

use super::network::{Network, short};
use super::way::{Point, Stop};
use crate::model::{
    AddressSet, Asset, Instance, Kind, LoadBalancer, NatGateway, NetworkInterface, Vpc, VpcEndpoint, short_of,
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

    /// The interfaces of an asset, by number.
    pub(super) fn of_asset(&self, asset: &Asset) -> Vec<usize> {
        let id = short(asset);
        // Elastic Load Balancing names the load balancer in its interfaces' descriptions: `ELB app/name/hash`
        let balancer = asset.id.split_once(":loadbalancer/").map(|(_, name)| format!("ELB {name}"));
        let told: &[String] = match (NatGateway::of(&asset.body), VpcEndpoint::of(&asset.body)) {
            (Some(nat), _) => &nat.interfaces,
            (_, Some(endpoint)) => &endpoint.interfaces,
            _ => &[],
        };
        let is = |candidate: &Asset| {
            candidate.id == asset.id
                || told.iter().any(|eni| eni == short(candidate))
                || NetworkInterface::of(&candidate.body).is_some_and(|body| {
                    body.instance.as_deref() == Some(id)
                        || balancer.as_ref().is_some_and(|name| *name == body.description)
                })
        };
        let all = self.interfaces.iter().enumerate();
        all.filter(|(_, interface)| is(interface.asset)).map(|(at, _)| at).collect()
    }

    /// The points of an end; `other` is the one across, whose matchers tell addresses apart.
    pub(super) fn points(&self, end: &End, other: &End, source: bool) -> Points {
        let mut points = Points::default();
        match end {
            End::Interfaces(all) => {
                for at in all {
                    self.add_interface(*at, source, None, &mut points);
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

    fn add_interface(&self, at: usize, source: bool, only: Option<&AddressSet>, points: &mut Points) {
        let Some(interface) = self.interfaces.get(at) else { return };
        let wanted = |address: &IpAddr| only.is_none_or(|set| set.contains(*address));
        let private: Vec<IpAddr> = interface.private.to_vec();
        let own = private.iter().filter(|address| wanted(address));
        points.points.extend(own.map(|address| (Point::Interface(at, *address), *address)));
        for public in interface.public.iter().filter(|address| wanted(address)) {
            let of_family = private.iter().filter(|address| address.is_ipv4() == public.is_ipv4());
            let pairs =
                of_family.map(|address| (Point::Interface(at, *address), if source { *address } else { *public }));
            points.points.extend(pairs.filter(|pair| !source || !points.points.contains(pair)).collect::<Vec<_>>());
        }
        if interface.private.is_empty() {
            points.stops.push(Stop::unknown(&interface.asset.id, "its addresses were not collected"));
        }
    }

    fn add_addresses(&self, set: &AddressSet, other: &End, source: bool, points: &mut Points) {
        let mut rest = set.clone();
        for (at, interface) in self.interfaces.iter().enumerate() {
            if interface.private.iter().chain(interface.public).any(|address| set.contains(*address)) {
                self.add_interface(at, source, Some(set), points);
            }
            let own: Vec<IpNet> = interface.private.iter().chain(interface.public).map(|a| IpNet::from(*a)).collect();
            rest = rest.subtract(&AddressSet::from_nets(&own));
        }
        for (_, asset, vpc) in self.inventory.of::<Vpc>() {
            let inside = AddressSet::from_nets(&vpc.cidrs).intersect(set);
            if inside.is_empty() {
                continue;
            }
            rest = rest.subtract(&inside);
            // what no interface bears is reached by nobody, if all interfaces are known
            let listed = self.inventory.coverage.is_listed(NetworkInterface::NAME, &asset.place);
            let why = "addresses of the VPC that no interface bears";
            points.stops.push(if listed {
                Stop::denied(&asset.id, why)
            } else {
                Stop::unknown(&asset.id, format!("{why} in the sources; interfaces were not collected"))
            });
        }
        // one address has no parts
        let alone = matches!(rest.to_nets().as_slice(), [net] if net.prefix_len() == net.max_prefix_len());
        let matchers = if alone || rest.is_empty() { vec![] } else { self.matchers(other) };
        for (at, network) in self.declared.iter().enumerate() {
            let inside = AddressSet::from_nets(&network.routes).intersect(&rest);
            let all = inside.landmarks(&matchers).into_iter();
            points.points.extend(all.map(|address| (Point::Declared(at, address), address)));
            rest = rest.subtract(&inside);
        }
        let public = rest.intersect(&AddressSet::internet());
        let all = public.landmarks(&matchers).into_iter();
        points.points.extend(all.map(|address| (Point::Internet(address), address)));
        rest = rest.subtract(&public);
        if !rest.is_empty() {
            let at = rest.describe(3).join(", ");
            points
                .stops
                .push(Stop::unknown(&at, "nothing in the sources or in `networks` tells where these addresses are"));
        }
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
