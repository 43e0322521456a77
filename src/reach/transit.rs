//! Where a transit gateway sends what comes in by an attachment.
//!
//! Source: Amazon VPC Transit Gateways, "How transit gateways work": the table that the attachment is associated with
//! decides; longest prefix first, then static routes, prefix lists, propagated ones of VPCs, Direct Connect, Connect, VPN.

use std::net::IpAddr;

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;

use super::blocks::Blocks;
use super::network::{Network, short};
use super::routes::blocks;
use super::way::Stop;
use crate::model::{
    Asset, Route, TransitGateway, TransitGatewayAttachment, TransitGatewayRouteTable, Vpc, VpnConnection, short_of,
};

/// A transit gateway with what is attached to it.
#[derive(Debug)]
pub(super) struct Transit<'a> {
    pub body: &'a TransitGateway,
    pub attachments: Vec<Attachment<'a>>,
    by_id: HashMap<String, usize>,
    /// Attachments of VPCs that carry traffic.
    by_vpc: HashMap<&'a str, usize>,
}

/// An attachment, by its short id.
#[derive(Debug)]
pub(super) struct Attachment<'a> {
    pub asset: &'a Asset,
    pub id: String,
    pub body: &'a TransitGatewayAttachment,
}

impl<'a> Transit<'a> {
    pub fn new(body: &'a TransitGateway) -> Self {
        Self { body, attachments: vec![], by_id: HashMap::new(), by_vpc: HashMap::new() }
    }

    pub fn attach(&mut self, asset: &'a Asset, body: &'a TransitGatewayAttachment) {
        let (at, id) = (self.attachments.len(), short_of(&asset.id));
        self.by_id.entry(id.clone()).or_insert(at);
        if body.resource_type == "vpc" && body.carries() == Some(true) {
            self.by_vpc.entry(&body.resource).or_insert(at);
        }
        self.attachments.push(Attachment { asset, id, body });
    }

    /// The attachment of a VPC that carries traffic.
    pub fn of_vpc(&self, vpc: &str) -> Option<&Attachment<'a>> {
        self.attachments.get(*self.by_vpc.get(vpc)?)
    }

    pub fn attachment(&self, id: &str) -> Option<&Attachment<'a>> {
        self.attachments.get(*self.by_id.get(id)?)
    }

    /// Where an address goes that comes in by an attachment.
    ///
    /// # Errors
    /// Why it goes nowhere, or why nobody knows.
    pub fn lookup<'n>(
        &'n self,
        network: &'n Network<'a>,
        from: &Attachment<'a>,
        address: IpAddr,
    ) -> Result<Onward<'n, 'a>, Stop> {
        let Some(table_id) = &from.body.route_table else {
            // only one of the two answers about attachments tells the table
            return Err(Stop::unknown(
                &from.asset.id,
                "the table that the attachment is associated with was not collected",
            ));
        };
        let Some(Routes { table, entries, blocks, beyond, trouble }) = network.transit_routes.get(table_id.as_str())
        else {
            return Err(Stop::unknown(&from.asset.id, format!("{table_id} was not collected")));
        };
        if let Some(stop) = trouble {
            return Err(stop.clone());
        }
        let entries: Vec<&Entry<'_>> = blocks.innermost(address).iter().filter_map(|at| entries.get(*at)).collect();
        let best = entries.iter().map(|entry| entry.rank).min();
        let winners: Vec<&Entry<'_>> = entries.into_iter().filter(|entry| Some(entry.rank) == best).collect();
        let (attachment, by) = match winners.as_slice() {
            [] if *beyond => {
                let why = format!("no route to {address} among those that `networks` declares");
                return Err(Stop::unknown(&table.id, why));
            }
            [] => return Err(Stop::denied(&table.id, format!("no route to {address}"))),
            [Entry { found: Found::Route(route), .. }] if route.state == "blackhole" && *beyond => {
                let why = format!("{} is a blackhole, unless what is announced says more", route.destination);
                return Err(Stop::unknown(&table.id, why));
            }
            [Entry { found: Found::Route(route), .. }] if route.state == "blackhole" => {
                return Err(Stop::denied(&table.id, format!("{} is a blackhole", route.destination)));
            }
            [Entry { found: Found::Route(route), .. }] => match self.attachment(&route.target) {
                Some(attachment) if route.state == "active" => (attachment, route.destination.clone()),
                _ => return Err(Stop::unknown(&table.id, format!("{} leads to {}", route.destination, route.target))),
            },
            [Entry { found: Found::Propagated(at), .. }] => match self.attachments.get(*at) {
                Some(attachment) => (attachment, format!("propagated by {}", attachment.id)),
                None => return Err(Stop::unknown(&table.id, "is of another gateway")),
            },
            _ => return Err(Stop::unknown(&table.id, format!("several equal routes to {address}"))),
        };
        let why = format!("is {}", attachment.body.state);
        match attachment.body.carries() {
            Some(true) => Ok(Onward { table, by, attachment }),
            Some(false) => Err(Stop::denied(&attachment.asset.id, why)),
            None => Err(Stop::unknown(&attachment.asset.id, why)),
        }
    }
}

/// A route table of a transit gateway, ready to be asked.
#[derive(Debug)]
pub(super) struct Routes<'a> {
    table: &'a Asset,
    entries: Vec<Entry<'a>>,
    /// Entries by their blocks.
    blocks: Blocks,
    /// Whether what lies behind other attachments than those of VPCs may be more than somebody declared.
    beyond: bool,
    /// Why nobody knows what it says.
    trouble: Option<Stop>,
}

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    /// The place in the order of evaluation, of routes to one block.
    rank: u8,
    found: Found<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Found<'a> {
    Route(&'a Route),
    /// An attachment of the gateway, by number.
    Propagated(usize),
}

impl<'a> Routes<'a> {
    fn new(network: &Network<'a>, transit: &Transit<'a>, table: &'a Asset, body: &'a TransitGatewayRouteTable) -> Self {
        let mut this = Self { table, entries: vec![], blocks: Blocks::default(), beyond: false, trouble: None };
        this.trouble = this.fill(network, transit, body).err();
        this
    }

    fn fill(
        &mut self,
        network: &Network<'a>,
        transit: &Transit<'a>,
        body: &'a TransitGatewayRouteTable,
    ) -> Result<(), Stop> {
        let unknown = |table: &Asset, why: String| Stop::unknown(&table.id, why);
        let Some(routes) = &body.routes else {
            return Err(unknown(self.table, "its routes were not collected".to_owned()));
        };
        for route in routes {
            let Some(nets) = blocks(network.inventory, &route.destination) else {
                return Err(unknown(self.table, format!("{} was not collected", route.destination)));
            };
            let rank = match (route.source.as_str(), route.destination.starts_with("pl-")) {
                ("propagated", _) => transit.attachment(&route.target).map_or(5, |a| rank(&a.body.resource_type)),
                (_, true) => 1,
                _ => 0,
            };
            self.add(&nets, Entry { rank, found: Found::Route(route) });
        }
        // an answer that names propagated routes was not about static ones only: it is the whole table
        if routes.iter().any(|route| route.source == "propagated") {
            return Ok(());
        }
        let Some(propagations) = &body.propagations else {
            return Err(unknown(self.table, "what propagates into it was not collected".to_owned()));
        };
        for id in propagations {
            let Some((at, attachment)) =
                transit.by_id.get(id).and_then(|at| Some((*at, transit.attachments.get(*at)?)))
            else {
                return Err(unknown(self.table, format!("{id}, which propagates into it, was not collected")));
            };
            let kind = attachment.body.resource_type.as_str();
            let Some(nets) = network.announced(attachment) else {
                return Err(unknown(self.table, format!("what {id} ({kind}) announces was not collected")));
            };
            self.beyond |= kind != "vpc";
            self.add(&nets, Entry { rank: rank(kind), found: Found::Propagated(at) });
        }
        Ok(())
    }

    fn add(&mut self, nets: &[IpNet], entry: Entry<'a>) {
        for net in nets {
            self.blocks.add(*net, self.entries.len());
        }
        self.entries.push(entry);
    }
}

/// A decision of a transit gateway's table.
pub(super) struct Onward<'t, 'a> {
    pub table: &'a Asset,
    /// The route that decides.
    pub by: String,
    pub attachment: &'t Attachment<'a>,
}

/// The place of propagated routes in the order of evaluation.
fn rank(resource_type: &str) -> u8 {
    match resource_type {
        "vpc" => 2,
        "direct-connect-gateway" => 3,
        "connect" => 4,
        _ => 5,
    }
}

impl<'a> Network<'a> {
    /// Makes the tables of transit gateways ready to be asked.
    pub(super) fn add_transit_routes(&mut self) {
        let tables = self.inventory.of::<TransitGatewayRouteTable>().filter_map(|(_, table, body)| {
            let transit = self.transits.get(body.gateway.as_str())?;
            Some((short(table), Routes::new(self, transit, table, body)))
        });
        self.transit_routes = tables.collect();
    }

    /// Blocks that routes of transit gateways are about.
    pub(super) fn transit_blocks(&self) -> Vec<IpNet> {
        let tables = self.inventory.of::<TransitGatewayRouteTable>();
        let routes = tables.flat_map(|(_, _, table)| table.routes.iter().flatten());
        let told = routes.filter_map(|route| blocks(self.inventory, &route.destination)).flatten();
        let announced = self.transits.values().flat_map(|transit| &transit.attachments);
        told.chain(announced.filter_map(|attachment| self.announced(attachment)).flatten()).collect()
    }

    /// What an attachment announces; none if that is not known.
    fn announced(&self, attachment: &Attachment<'a>) -> Option<Vec<IpNet>> {
        let body = attachment.body;
        if body.resource_type == "vpc" {
            return self.inventory.find::<Vpc>(&body.resource).map(|(_, _, vpc)| vpc.cidrs.clone());
        }
        let declared = self.declared.iter().filter(|n| n.via == attachment.id || n.via == short_of(&body.resource));
        let declared: Vec<IpNet> = declared.flat_map(|network| network.routes.iter().copied()).collect();
        if !declared.is_empty() {
            return Some(declared);
        }
        let vpn = self.inventory.find::<VpnConnection>(&body.resource).map(|(_, _, vpn)| vpn);
        vpn.filter(|vpn| vpn.static_routes_only).map(|vpn| vpn.routes.clone())
    }
}
