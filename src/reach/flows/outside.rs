//! What lies outside of the estate, as an end of flows: the internet and declared networks, cut into parts that
//! neither guards, routes nor borders tell apart; and whatever else may send, where nobody knows who does.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;

use super::classes::Class;
use crate::config::Category;
use crate::model::{AddressSet, Vpc};
use crate::reach::band::Band;
use crate::reach::decide::any_port;
use crate::reach::network::{Network, short};
use crate::reach::walk::public;
use crate::reach::way::Point;
use crate::zone::{AddressBook, Border};

/// Addresses outside of the estate, behind one border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The border, `internet` where no zone claims public addresses.
    pub border: Border,
    /// The addresses; none where nobody knows them.
    pub addresses: Option<AddressSet>,
    /// What they are: `internet`, `network via tgw-…`, or why nobody knows.
    pub what: Arc<str>,
}

impl Outside {
    /// Somebody of whom nothing is known.
    pub(super) fn nobody_knows(what: impl Into<Arc<str>>) -> Self {
        Self { border: Border::unclassified(), addresses: None, what: what.into() }
    }
}

/// Public addresses that no zone claims.
pub(super) fn internet() -> Border {
    Border { zone: "internet".into(), environment: None, category: Category::Unclassified }
}

/// Addresses that are routed at all.
///
/// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries: neither this host, loopback, link-local, multicast nor
/// reserved.
fn routable() -> AddressSet {
    let block = |text: &&str| text.parse::<IpNet>().ok();
    let all: Vec<IpNet> = ["0.0.0.0/0", "::/0"].iter().filter_map(block).collect();
    let never = [
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "::/16",
        "fe80::/10",
        "fd00:ec2::/32",
        "ff00::/8",
    ];
    let never: Vec<IpNet> = never.iter().filter_map(block).collect();
    AddressSet::from_nets(&all).subtract(&AddressSet::from_nets(&never))
}

/// What passes between a class and a part of the outside.
pub(super) struct Crossing {
    pub outside: Outside,
    /// The outside's point, and the address that the first packet is sent to.
    pub point: Option<Point>,
    pub by: IpAddr,
    pub band: Band,
}

/// The outside of a network, cut by borders.
pub(super) struct Outsides<'n> {
    network: &'n Network<'n>,
    /// Addresses behind one border: of the internet, or of a declared network by its number.
    pieces: Vec<(Border, AddressSet, Option<usize>)>,
    /// Public addresses of the estate itself. Who sends from one is of its zone; what is sent to one is sent to the
    /// internet, and whether it arrives there is told of the internet's flows to whatever bears it.
    own: AddressSet,
    /// Blocks of ACLs and route tables, by VPC.
    blocks: HashMap<&'n str, Vec<IpNet>>,
    transit: Vec<IpNet>,
    /// Who else may send, by VPC.
    anybody: HashMap<&'n str, Vec<Outside>>,
    /// Addresses of which neither the sources nor `networks` tell whose they are.
    elsewhere: AddressSet,
}

impl<'n> Outsides<'n> {
    pub fn of(network: &'n Network<'n>, book: &AddressBook) -> Self {
        let inventory = network.inventory;
        let vpcs = AddressSet::from_nets(inventory.of::<Vpc>().flat_map(|(_, _, vpc)| &vpc.cidrs));
        let mut pieces = Vec::new();
        for piece in book.split(&public().subtract(&vpcs), None) {
            let border = if piece.border.is_classified() { piece.border } else { internet() };
            pieces.push((border, piece.addresses, None));
        }
        for (at, declared) in network.declared.iter().enumerate() {
            let inside = AddressSet::from_nets(&declared.routes).subtract(&vpcs);
            let all = book.split(&inside, None).into_iter();
            pieces.extend(all.map(|piece| (piece.border, piece.addresses, Some(at))));
        }
        let mut blocks: HashMap<&str, Vec<IpNet>> = HashMap::new();
        for subnet in network.subnets.values() {
            let own = blocks.entry(subnet.body.vpc.as_str()).or_default();
            own.extend(subnet.acl.iter().flat_map(|acl| acl.blocks()));
            own.extend(subnet.table.iter().flat_map(|table| table.blocks()));
        }
        for own in blocks.values_mut() {
            own.sort_unstable();
            own.dedup();
        }
        let mut anybody: HashMap<&str, Vec<Outside>> = HashMap::new();
        for interface in &network.interfaces {
            anybody.entry(interface.vpc).or_insert_with(|| network.anybody(interface.vpc));
        }
        let known = inventory.of::<Vpc>().filter(|(_, asset, _)| network.is_whole(short(asset)));
        let known = AddressSet::from_nets(known.flat_map(|(_, _, vpc)| &vpc.cidrs));
        let declared = AddressSet::from_nets(network.declared.iter().flat_map(|network| &network.routes));
        let elsewhere = routable().subtract(public()).subtract(&known).subtract(&declared);
        let (own, transit) = (book.public().clone(), network.transit_blocks());
        Self { network, pieces, own, blocks, transit, anybody, elsewhere }
    }

    /// Who gets in from outside, to the class' public addresses or over declared networks.
    pub fn entering(&self, class: &Class<'n>, wanted: &dyn Fn(&Border) -> bool) -> Vec<Crossing> {
        let network = self.network;
        let address = class.point.address();
        // an interface with a public address is reached by it; an IPv6 address is its own
        let by: Vec<IpAddr> = class.public.iter().copied().chain([address]).collect();
        let mut found = Vec::new();
        for (border, addresses, declared) in self.pieces.iter().filter(|(border, ..)| wanted(border)) {
            let blocks = self.near(class, declared.is_some());
            for (low, part) in addresses.parts(&blocks) {
                let point = declared.map_or(Point::Internet(low), |network| Point::Declared(network, low));
                for by in by.iter().filter(|by| by.is_ipv4() == low.is_ipv4()) {
                    // to a public address one goes over the internet, under a public address
                    let fits = if declared.is_some() { *by == address } else { public().contains(*by) };
                    if !fits {
                        continue;
                    }
                    let decision = network.decide(point, class.point, *by, &any_port());
                    let what = self.what(*declared);
                    let outside = Outside { border: border.clone(), addresses: Some(part.clone()), what };
                    found.push(Crossing { outside, point: Some(point), by: *by, band: decision.band });
                }
            }
        }
        let mut found = merged(found);
        let interface = network.interfaces.get(class.at);
        if interface.is_some_and(|interface| network.hides_public(interface)) {
            let what = "the internet: an Elastic IP is associated with it, and the interface shows none".into();
            let outside = Outside { border: internet(), addresses: None, what };
            let band = network.let_in_from_anybody(class, None);
            found.push(Crossing { outside, point: None, by: address, band });
        }
        for outside in self.anybody.get(class.vpc).into_iter().flatten() {
            let band = network.let_in_from_anybody(class, outside.addresses.as_ref());
            found.push(Crossing { outside: outside.clone(), point: None, by: address, band });
        }
        found.retain(|crossing| !crossing.band.may.is_empty() && wanted(&crossing.outside.border));
        found
    }

    /// Where a class gets out to.
    pub fn leaving(&self, class: &Class<'n>, wanted: &dyn Fn(&Border) -> bool) -> Vec<Crossing> {
        let mut found = Vec::new();
        let (nobody, internet) = (Border::unclassified(), internet());
        for (border, addresses, declared) in &self.pieces {
            let own = declared.is_none() && self.own.overlaps(addresses);
            if !(wanted(border) || own && wanted(&internet)) {
                continue;
            }
            let blocks = self.near(class, declared.is_some());
            for (low, part) in addresses.parts(&blocks) {
                let point = declared.map_or(Point::Internet(low), |network| Point::Declared(network, low));
                let decision = self.network.decide(class.point, point, low, &any_port());
                let translated = self.network.over_nat64(class.point, low).is_some();
                let band = if translated { Band::unknown() } else { decision.band };
                let what = self.what(*declared);
                let out = if own && self.own.contains(low) { internet.clone() } else { border.clone() };
                let outside = Outside { border: out, addresses: Some(part), what };
                found.push(Crossing { outside, point: Some(point), by: low, band });
            }
        }
        // what routes lead to and nobody declared
        let elsewhere = if wanted(&nobody) { self.elsewhere.parts(&self.near(class, true)) } else { vec![] };
        for (low, part) in elsewhere {
            let point = Point::Bare(low);
            let band = self.network.decide(class.point, point, low, &any_port()).band;
            let what = "addresses of which nothing tells who bears them".into();
            let outside = Outside { border: nobody.clone(), addresses: Some(part), what };
            found.push(Crossing { outside, point: Some(point), by: low, band });
        }
        let mut found = merged(found);
        found.retain(|crossing| !crossing.band.may.is_empty() && wanted(&crossing.outside.border));
        found
    }

    fn what(&self, declared: Option<usize>) -> Arc<str> {
        let network = declared.and_then(|at| self.network.declared.get(at));
        network.map_or_else(|| "internet".into(), |network| format!("network via {}", network.via).into())
    }

    /// Blocks that tell addresses outside apart for a class.
    fn near(&self, class: &Class<'n>, declared: bool) -> Vec<IpNet> {
        let mut blocks = self.blocks.get(class.vpc).cloned().unwrap_or_default();
        let groups = self.network.interfaces.get(class.at).map(|interface| interface.groups).unwrap_or_default();
        let groups = groups.iter().filter_map(|id| self.network.groups.get(id.as_str()));
        blocks.extend(groups.flat_map(|group| group.blocks()));
        if declared {
            blocks.extend(&self.transit);
        }
        blocks
    }
}

/// Parts behind one border to which the same applies, as one.
fn merged(all: Vec<Crossing>) -> Vec<Crossing> {
    let mut kept: Vec<Crossing> = Vec::new();
    let mut by: BTreeMap<(Border, Arc<str>, IpAddr), Vec<usize>> = BTreeMap::new();
    for crossing in all {
        // sent to one address from many, or from one to many
        let fixed = match crossing.point {
            Some(point) if point.address() != crossing.by => crossing.by,
            _ => IpAddr::from([0, 0, 0, 0]),
        };
        let same = by.entry((crossing.outside.border.clone(), crossing.outside.what.clone(), fixed)).or_default();
        let found = same.iter().copied().find(|at| kept.get(*at).is_some_and(|old| old.band == crossing.band));
        match found.and_then(|at| kept.get_mut(at)) {
            Some(old) => {
                let parts = old.outside.addresses.iter().chain(&crossing.outside.addresses);
                old.outside.addresses = Some(parts.fold(AddressSet::default(), |all, part| all.union(part)));
            }
            None => {
                same.push(kept.len());
                kept.push(crossing);
            }
        }
    }
    kept
}
