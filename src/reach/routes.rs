//! Route tables of VPCs and transit gateways, ready to be asked.
//!
//! Sources: Amazon VPC User Guide, "Configure route tables: route priority"; Amazon VPC Transit Gateways, "How transit
//! gateways work: route evaluation order".

use std::net::IpAddr;

use ipnet::IpNet;

use crate::model::{Asset, Inventory, PrefixList, Route, RouteTable};

/// A route with its destination as blocks.
#[derive(Debug)]
struct Entry<'a> {
    route: &'a Route,
    /// None if it is a prefix list that was not collected, or cannot be read.
    blocks: Option<Vec<IpNet>>,
    /// On a tie of lengths the lower one wins: static, prefix list, propagated.
    rank: u8,
}

/// A route table.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub asset: &'a Asset,
    entries: Vec<Entry<'a>>,
    /// Whether its routes are in the inventory: each table of a VPC has a local one.
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
                Entry { route, blocks: blocks(inventory, &route.destination), rank }
            })
            .collect();
        let known = table.routes.iter().any(|route| route.target == "local");
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
        // a list that was not collected may hold a longer prefix than all others
        if let Some(entry) = self.entries.iter().find(|entry| entry.blocks.is_none()) {
            return Next::Unknown(&entry.route.destination);
        }
        let candidates = self.entries.iter().filter(|entry| !(stays && entry.rank == 2));
        let found = candidates.filter_map(|entry| Some((longest(entry)?, entry)));
        let best = found.max_by_key(|(length, entry)| (*length, 2 - entry.rank));
        let Some((_, entry)) = best else { return Next::Nowhere };
        match entry.route.state.as_str() {
            "blackhole" => Next::Blackhole(entry.route),
            _ if local(entry) => Next::Local,
            "active" => Next::To(entry.route),
            _ => Next::Unknown(&entry.route.destination),
        }
    }
}
