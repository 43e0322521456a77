//! What guards an interface and a subnet: security groups and network ACLs, ready to be asked.
//!
//! Sources: Amazon VPC User Guide, "Security group rules", "Network ACL rules"; Amazon VPC Peering Guide, "Update your
//! security groups to reference peer security groups"; Amazon VPC Transit Gateways, "Security group referencing".

use std::net::IpAddr;

use ipnet::IpNet;

use super::band::Band;
use super::network::Change;
use crate::model::{
    AddressSet, Asset, Connections, Direction, Inventory, NetworkAcl, Peer, PrefixList, Protocol, SecurityGroupRule,
};

/// Whether something is so, where a third answer is that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tri {
    Yes,
    No,
    Unknown,
}

impl Tri {
    /// What is known, or that nobody knows.
    pub fn of(known: Option<bool>) -> Self {
        known.map_or(Self::Unknown, Self::from)
    }

    /// Whether one of them is so.
    pub fn any(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::No, |any, one| match (any, one) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        })
    }

    /// Whether all of them are so.
    pub fn all(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::Yes, |every, one| match (every, one) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        })
    }
}

impl From<bool> for Tri {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

/// The far end of a connection as a group's rule sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Far<'n> {
    /// Its address; none where something that is not modelled may have put another one in its place.
    pub address: Option<IpAddr>,
    /// Groups of the interface that bears the address as a private one, empty if none does; none if nobody knows.
    pub groups: Option<&'n [String]>,
    /// Whether a reference to one of them counts over the way that the connection takes.
    pub referral: Tri,
    /// The peering connection between the two ends.
    pub over: Option<&'n str>,
}

/// A rule of a group.
#[derive(Debug)]
struct Rule<'a> {
    asset: &'a Asset,
    direction: Direction,
    /// What it is about; none if this release cannot read its protocol or ports.
    connections: Option<Connections>,
    peer: PeerSet<'a>,
}

#[derive(Debug)]
enum PeerSet<'a> {
    Addresses(AddressSet),
    /// A group, and the peering connection over which the rule refers to it.
    Group(&'a str, Option<&'a str>),
    /// A prefix list that was not collected, or what this release cannot read.
    Unknown,
}

impl Rule<'_> {
    fn is_about(&self, far: &Far<'_>) -> Tri {
        match (&self.peer, far.address) {
            (PeerSet::Unknown, _) | (_, None) => Tri::Unknown,
            (PeerSet::Addresses(set), Some(address)) => set.contains(address).into(),
            (PeerSet::Group(group, own), Some(_)) => far.is_meant(group, *own),
        }
    }
}

impl Far<'_> {
    /// Whether a reference to a group, over a peering connection perhaps, is about this end.
    fn is_meant(&self, group: &str, own: Option<&str>) -> Tri {
        match self.groups {
            _ if self.referral == Tri::No => Tri::No,
            None => Tri::Unknown,
            Some(groups) if !groups.iter().any(|borne| borne == group) => Tri::No,
            // whether another connection than its own revives a reference is not documented
            Some(_) if own.is_some() && self.over != own => Tri::Unknown,
            Some(_) => self.referral,
        }
    }
}

/// A security group with its rules.
#[derive(Debug, Default)]
pub(super) struct Group<'a> {
    rules: Vec<Rule<'a>>,
    /// Whether all its rules are in the inventory.
    known: bool,
}

impl<'a> Group<'a> {
    pub fn new(known: bool) -> Self {
        Self { rules: vec![], known }
    }

    /// Adds a rule, as it is or as it would be after a change.
    pub fn add(
        &mut self,
        inventory: &'a Inventory,
        asset: &'a Asset,
        rule: &'a SecurityGroupRule,
        change: Option<&Change>,
    ) {
        let peer = match &rule.peer {
            Peer::Cidr(net) => PeerSet::Addresses(AddressSet::from_nets([net])),
            Peer::Group(group) => PeerSet::Group(group, rule.peering.as_deref()),
            Peer::PrefixList(list) => match inventory.find::<PrefixList>(list) {
                Some((_, _, PrefixList { entries: Some(entries), .. })) => {
                    PeerSet::Addresses(AddressSet::from_nets(entries))
                }
                _ => PeerSet::Unknown,
            },
            Peer::Unknown(_) => PeerSet::Unknown,
        };
        let connections = Connections::from_aws(&rule.protocol, rule.from_port, rule.to_port);
        let peer = change.and_then(|change| change.addresses.clone()).map_or(peer, PeerSet::Addresses);
        let connections = change.and_then(|change| change.connections.clone()).or(connections);
        self.rules.push(Rule { asset, direction: rule.direction, connections, peer });
    }

    /// Says that it may have other rules than those that were read.
    pub fn doubt(&mut self) {
        self.known = false;
    }

    /// What the group lets through. Groups allow only; what no rule is about does not pass.
    pub fn band(&self, direction: Direction, far: &Far<'_>) -> Band {
        let mut band = if self.known { Band::shut() } else { Band::unknown() };
        for rule in self.rules.iter().filter(|rule| rule.direction == direction) {
            let open = rule.connections.clone().map_or_else(Band::unknown, Band::exactly);
            match rule.is_about(far) {
                Tri::Yes => band = band.or(&open),
                Tri::Unknown => band = band.or(&open.doubt(&Connections::all())),
                Tri::No => {}
            }
        }
        band
    }

    /// Addresses that its rules of a direction are about; none where they may be about others, leaving references to
    /// groups aside.
    pub fn addresses(&self, direction: Direction) -> Option<AddressSet> {
        let own = self.rules.iter().filter(|rule| rule.direction == direction);
        let of = |all: AddressSet, rule: &Rule<'_>| match &rule.peer {
            PeerSet::Addresses(set) => Some(all.union(set)),
            PeerSet::Group(..) => Some(all),
            PeerSet::Unknown => None,
        };
        own.into_iter().try_fold(AddressSet::default(), of).filter(|_| self.known)
    }

    /// Blocks that its rules are about.
    pub fn blocks(&self) -> Vec<IpNet> {
        let sets = self.rules.iter().filter_map(|rule| match &rule.peer {
            PeerSet::Addresses(set) => Some(set.to_nets()),
            PeerSet::Group(..) | PeerSet::Unknown => None,
        });
        sets.flatten().collect()
    }

    /// The rule that surely lets a connection through.
    pub fn deciding(&self, direction: Direction, far: &Far<'_>, protocol: Protocol, port: u16) -> Option<&'a Asset> {
        let open = |rule: &&Rule<'_>| rule.connections.as_ref().is_some_and(|set| set.contains(protocol, port));
        let own = self.rules.iter().filter(|rule| rule.direction == direction).filter(open);
        own.into_iter().find(|rule| rule.is_about(far) == Tri::Yes).map(|rule| rule.asset)
    }
}

/// An entry of a network ACL.
#[derive(Debug)]
struct Entry {
    egress: bool,
    number: i64,
    /// None if its block cannot be read.
    addresses: Option<AddressSet>,
    /// None if its protocol or ports cannot be read.
    connections: Option<Connections>,
    allow: bool,
}

/// A network ACL.
#[derive(Debug)]
pub(super) struct Acl<'a> {
    pub asset: &'a Asset,
    entries: Vec<Entry>,
}

impl<'a> Acl<'a> {
    pub fn new(asset: &'a Asset, acl: &NetworkAcl) -> Self {
        let mut entries: Vec<Entry> = acl
            .entries
            .iter()
            .map(|entry| Entry {
                egress: entry.egress,
                number: entry.number,
                addresses: entry.cidr.parse::<IpNet>().ok().map(|net| AddressSet::from_nets([&net])),
                connections: Connections::from_aws(&entry.protocol, entry.from_port, entry.to_port),
                allow: entry.allow,
            })
            .collect();
        entries.sort_by_key(|entry| (entry.egress, entry.number));
        Self { asset, entries }
    }

    /// What passes to or from an address: the first entry that matches decides, what none matches is denied.
    pub fn band(&self, egress: bool, address: IpAddr) -> Band {
        // AWS lists the last entry too, which denies all: none at all were not collected
        if !self.entries.iter().any(|entry| entry.egress == egress) {
            return Band::unknown();
        }
        let mut band = Band::shut();
        // what no entry has surely decided yet, and what none may have decided
        let (mut left, mut untouched) = (Connections::all(), Connections::all());
        for entry in self.entries.iter().filter(|entry| entry.egress == egress) {
            let about = entry.addresses.as_ref().map_or(Tri::Unknown, |set| set.contains(address).into());
            match (about, &entry.connections) {
                (Tri::No, _) => {}
                (Tri::Yes, Some(connections)) => {
                    if entry.allow {
                        band.may = band.may.union(&left.intersect(connections));
                        band.must = band.must.union(&untouched.intersect(connections));
                    }
                    left = left.subtract(connections);
                    untouched = untouched.subtract(connections);
                }
                (_, connections) => {
                    let touched = connections.clone().unwrap_or_else(Connections::all);
                    if entry.allow {
                        band.may = band.may.union(&left.intersect(&touched));
                    }
                    untouched = untouched.subtract(&touched);
                }
            }
        }
        band
    }

    /// Blocks that its entries are about.
    pub fn blocks(&self) -> Vec<IpNet> {
        self.entries.iter().filter_map(|entry| entry.addresses.as_ref()).flat_map(AddressSet::to_nets).collect()
    }

    /// The number of the entry that surely decides a connection; none for the last one, which denies all.
    pub fn deciding(&self, egress: bool, address: IpAddr, protocol: Protocol, port: u16) -> Option<i64> {
        let about = |entry: &&Entry| {
            entry.egress == egress
                && entry.addresses.as_ref().is_some_and(|set| set.contains(address))
                && entry.connections.as_ref().is_some_and(|set| set.contains(protocol, port))
        };
        self.entries.iter().find(about).map(|entry| entry.number)
    }
}
