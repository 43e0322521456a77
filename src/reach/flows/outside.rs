//! What lies outside of the estate, as an end of flows: the internet and declared networks, cut into parts that
//! neither guards, routes nor borders tell apart; and whatever else may send, where nobody knows who does.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::classes::Class;
use crate::config::Category;
use crate::model::{
    AddressSet, Direction, Kind, NetworkInterface, TransitGatewayAttachment, Vpc, VpcPeeringConnection, VpnGateway,
};
use crate::reach::band::Band;
use crate::reach::decide::any_port;
use crate::reach::guards::{Far, Tri};
use crate::reach::network::{Network, short};
use crate::reach::walk::public;
use crate::reach::way::Point;
use crate::zone::{AddressBook, Border};

/// What leads into a VPC, and how people call it.
const GATEWAYS: [(&str, &str); 3] = [
    (TransitGatewayAttachment::NAME, "attachments to transit gateways"),
    (VpcPeeringConnection::NAME, "peering connections"),
    (VpnGateway::NAME, "virtual private gateways"),
];

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

/// Public addresses that no zone claims.
pub(super) fn internet() -> Border {
    Border { zone: "internet".into(), environment: None, category: Category::Unclassified }
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
    /// Blocks of ACLs and route tables, by VPC.
    blocks: HashMap<&'n str, Vec<IpNet>>,
    transit: Vec<IpNet>,
    /// Who else may send, by VPC.
    anybody: HashMap<&'n str, Vec<Outside>>,
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
        let vpcs = inventory.of::<Vpc>().map(|(_, asset, _)| short(asset));
        let anybody = vpcs.map(|vpc| (vpc, network.anybody(vpc))).collect();
        Self { network, pieces, blocks, transit: network.transit_blocks(), anybody }
    }

    /// Who gets in from outside, to the class' public addresses or over declared networks.
    pub fn entering(&self, class: &Class<'n>) -> Vec<Crossing> {
        let network = self.network;
        let address = class.point.address();
        // an interface with a public address is reached by it; an IPv6 address is its own
        let by: Vec<IpAddr> = class.public.iter().copied().chain([address]).collect();
        let mut found = Vec::new();
        for (border, addresses, declared) in &self.pieces {
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
        for outside in self.anybody.get(class.vpc).into_iter().flatten() {
            let band = network.let_in_from_anybody(class, outside.addresses.as_ref());
            found.push(Crossing { outside: outside.clone(), point: None, by: address, band });
        }
        found.retain(|crossing| !crossing.band.may.is_empty());
        found
    }

    /// Where a class gets out to.
    pub fn leaving(&self, class: &Class<'n>) -> Vec<Crossing> {
        let mut found = Vec::new();
        for (border, addresses, declared) in &self.pieces {
            let blocks = self.near(class, declared.is_some());
            for (low, part) in addresses.parts(&blocks) {
                let point = declared.map_or(Point::Internet(low), |network| Point::Declared(network, low));
                let decision = self.network.decide(class.point, point, low, &any_port());
                let what = self.what(*declared);
                let outside = Outside { border: border.clone(), addresses: Some(part), what };
                found.push(Crossing { outside, point: Some(point), by: low, band: decision.band });
            }
        }
        let mut found = merged(found);
        found.retain(|crossing| !crossing.band.may.is_empty());
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

impl<'a> Network<'a> {
    /// Who may send into a VPC beside those who are in the sources: what nobody looked at, and what lies behind gateways
    /// whose routes nobody declares.
    fn anybody(&self, vpc: &str) -> Vec<Outside> {
        let unknown = |what: String, addresses: Option<AddressSet>| Outside {
            border: Border::unclassified(),
            addresses,
            what: what.into(),
        };
        let mut found = Vec::new();
        let listed_of = |kind: &str, vpc: &str| {
            let place = self.vpc(vpc).map(|(asset, _)| &asset.place);
            place.is_some_and(|place| self.inventory.coverage.is_listed(kind, place))
        };
        let listed = |vpc: &str| listed_of(NetworkInterface::NAME, vpc);
        if !listed(vpc) {
            found.push(unknown(format!("interfaces of {vpc}, which were not collected"), None));
        }
        for (kind, what) in GATEWAYS {
            if !listed_of(kind, vpc) {
                found.push(unknown(format!("{what} of {vpc}, which were not collected"), None));
            }
        }
        for (_, _, body) in self.inventory.of::<TransitGatewayAttachment>() {
            if body.resource == vpc && !self.transits.contains_key(body.gateway.as_str()) {
                found.push(unknown(format!("{}, which was not collected", body.gateway), None));
            }
        }
        for (asset, peering) in self.peerings.values() {
            let ends = [&peering.requester, &peering.accepter];
            let dead = matches!(peering.status.as_str(), "failed" | "expired" | "rejected" | "deleted");
            let (true, false) = (ends.iter().any(|end| end.vpc == vpc), dead) else { continue };
            for far in ends.into_iter().filter(|end| end.vpc != vpc && !listed(&end.vpc)) {
                let what = format!("{} over {}, of which interfaces were not collected", far.vpc, short(asset));
                let blocks = AddressSet::from_nets(&far.cidrs);
                found.push(unknown(what, Some(blocks).filter(|blocks| !blocks.is_empty())));
            }
        }
        for (id, transit) in &self.transits {
            if !transit.attachments.iter().any(|a| a.body.resource_type == "vpc" && a.body.resource == vpc) {
                continue;
            }
            for far in &transit.attachments {
                let resource = far.body.resource.as_str();
                let declared =
                    self.declared.iter().any(|n| n.via == far.id || n.via == crate::model::short_of(resource));
                let closed = far.body.carries() == Some(false)
                    || if far.body.resource_type == "vpc" { resource == vpc || listed(resource) } else { declared };
                if !closed {
                    found.push(unknown(format!("what lies behind {} of {id}", far.id), None));
                }
            }
        }
        for (_, gateway, body) in self.inventory.of::<VpnGateway>() {
            let id = short(gateway);
            if body.vpcs.iter().any(|own| own == vpc) && !(0..self.declared.len()).any(|at| self.behind(at, id)) {
                found.push(unknown(format!("what lies behind {id}, which `networks` does not tell"), None));
            }
        }
        for interface in self.interfaces.iter().filter(|interface| interface.vpc == vpc) {
            if interface.private.is_empty() && interface.prefixes.is_empty() {
                let what = format!("{}, whose addresses were not collected", short(interface.asset));
                found.push(unknown(what, None));
            }
        }
        found.sort_by(|a, b| a.what.cmp(&b.what));
        found
    }

    /// What a class' groups and its subnet's ACL may let in from addresses of which nothing is known.
    fn let_in_from_anybody(&self, class: &Class<'_>, addresses: Option<&AddressSet>) -> Band {
        let anybody = self.whoever_asks(class.point);
        let Some(addresses) = addresses else { return Band::unknown().and(&anybody) };
        let groups = self.interfaces.get(class.at).map(|interface| interface.groups).unwrap_or_default();
        let groups = groups.iter().filter_map(|id| self.groups.get(id.as_str()));
        let blocks: Vec<IpNet> = groups.flat_map(|group| group.blocks()).collect();
        let parts = addresses.landmarks(&blocks).into_iter().map(|address| {
            let far = Far { address: Some(address), groups: None, referral: Tri::Unknown, over: None };
            self.group_band(class.at, Direction::Ingress, &far)
        });
        Band::unknown().and(&parts.fold(Band::shut(), |all, band| all.or(&band)))
    }
}
