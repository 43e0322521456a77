//! Route tables of VPCs and transit gateways, ready to be asked.
//!
//! Sources: Amazon VPC User Guide, "Configure route tables: route priority"; Amazon VPC Transit Gateways, "How transit
//! gateways work: route evaluation order".

use std::net::IpAddr;

use ipnet::IpNet;

use super::walk::is_public;
use crate::model::{Asset, Inventory, PrefixList, Route, RouteTable, VpcEndpoint};

/// A route with its destination as blocks.
#[derive(Debug)]
struct Entry<'a> {
    route: &'a Route,
    /// None if it is a prefix list that was not collected, or cannot be read.
    blocks: Option<Vec<IpNet>>,
    /// Whether it leads to a gateway endpoint.
    of_service: bool,
    /// On a tie of lengths the lower one wins: static, prefix list, propagated.
    rank: u8,
}

/// A route table.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub asset: &'a Asset,
    entries: Vec<Entry<'a>>,
    /// Whether its routes are in the inventory.
    known: bool,
}

/// What a table says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next<'a> {
    /// It stays in the VPC.
    Local,
    /// It goes to a target.
    To(&'a Route),
    /// The route that it would take is a blackhole.
    Blackhole(&'a Route),
    /// No route is about it.
    Nowhere,
    /// A route that may be about it cannot be judged; its destination.
    Unknown(&'a str),
}

pub(super) fn blocks(inventory: &Inventory, destination: &str) -> Option<Vec<IpNet>> {
    if let Ok(net) = destination.parse::<IpNet>() {
        return Some(vec![net.trunc()]);
    }
    inventory.find::<PrefixList>(destination).and_then(|(_, _, list)| list.entries.clone())
}

impl<'a> Table<'a> {
    pub fn new(inventory: &Inventory, asset: &'a Asset, table: &'a RouteTable) -> Self {
        let entries: Vec<Entry<'a>> = table
            .routes
            .iter()
            .map(|route| {
                let rank = match (route.source.as_str(), route.destination.starts_with("pl-")) {
                    ("EnableVgwRoutePropagation", _) => 2,
                    (_, true) => 1,
                    _ => 0,
                };
                let endpoint = inventory.find::<VpcEndpoint>(&route.target);
                let of_service = endpoint.is_some_and(|(_, _, endpoint)| endpoint.endpoint_type == "Gateway");
                Entry { route, blocks: blocks(inventory, &route.destination), of_service, rank }
            })
            .collect();
        // each table of a VPC has a local route, or one in its place: none at all were not collected
        let known = !table.routes.is_empty();
        Self { asset, entries, known }
    }

    /// Blocks that its routes are about.
    pub fn blocks(&self) -> impl Iterator<Item = IpNet> {
        self.entries.iter().filter_map(|entry| entry.blocks.as_ref()).flatten().copied()
    }

    /// Where an address goes: the longest prefix wins, on a tie the better rank. A route that virtual private gateways
    /// propagate never wins over the local one, however long its prefix is.
    pub fn lookup(&self, address: IpAddr) -> Next<'a> {
        if !self.known {
            return Next::Unknown("");
        }
        let local = |entry: &Entry<'_>| entry.route.target == "local";
        let longest = |entry: &Entry<'_>| {
            let blocks = entry.blocks.iter().flatten().filter(|net| net.contains(&address));
            blocks.map(IpNet::prefix_len).max()
        };
        let stays = self.entries.iter().any(|entry| local(entry) && longest(entry).is_some());
        // a list that was not collected may hold a longer prefix than all others; those of gateway endpoints are AWS's
        // own, of public addresses
        let about = |entry: &&Entry<'_>| !entry.of_service || is_public(address);
        if let Some(entry) = self.entries.iter().filter(|entry| entry.blocks.is_none()).find(about) {
            return Next::Unknown(&entry.route.destination);
        }
        let candidates = self.entries.iter().filter(|entry| !(stays && entry.rank == 2));
        let found = candidates.filter_map(|entry| Some((longest(entry)?, entry)));
        let mut found: Vec<(u8, &Entry<'_>)> = found.collect();
        found.sort_by_key(|(length, entry)| (*length, 2 - entry.rank));
        let Some(&(length, entry)) = found.last() else { return Next::Nowhere };
        // of two lists with one block AWS takes any, and stays with it
        let tie = found.iter().any(|(other, e)| {
            (*other, e.rank) == (length, entry.rank)
                && (&e.route.target, &e.route.state) != (&entry.route.target, &entry.route.state)
        });
        // what a list says of addresses inside the VPC: only a middlebox or a NAT gateway can be meant
        let inside = stays
            && entry.rank == 1
            && !["eni-", "vpce-", "nat-"].iter().any(|kind| entry.route.target.starts_with(kind));
        if tie || inside {
            return Next::Unknown(&entry.route.destination);
        }
        match entry.route.state.as_str() {
            "blackhole" => Next::Blackhole(entry.route),
            _ if local(entry) => Next::Local,
            "active" => Next::To(entry.route),
            _ => Next::Unknown(&entry.route.destination),
        }
    }
}
