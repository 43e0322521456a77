//! Where a transit gateway sends what comes in by an attachment.
//!
//! Source: Amazon VPC Transit Gateways, "How transit gateways work": the table that the attachment is associated with
//! decides; longest prefix first, then static routes, prefix lists, propagated ones of VPCs, Direct Connect, Connect, VPN.

use std::net::IpAddr;

use ipnet::IpNet;

use super::network::Network;
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
        Self { body, attachments: vec![] }
    }

    /// The attachment of a VPC that carries traffic.
    pub fn of_vpc(&self, vpc: &str) -> Option<&Attachment<'a>> {
        let is = |a: &&Attachment<'_>| {
            a.body.resource_type == "vpc" && a.body.resource == vpc && a.body.carries() == Some(true)
        };
        self.attachments.iter().find(is)
    }

    /// Where an address goes that comes in by an attachment.
    ///
    /// # Errors
    /// Why it goes nowhere, or why nobody knows.
    pub fn lookup(
        &self,
        network: &Network<'a>,
        from: &Attachment<'a>,
        address: IpAddr,
    ) -> Result<Onward<'_, 'a>, Stop> {
        let Some(table_id) = &from.body.route_table else {
            // only one of the two answers about attachments tells the table
            return Err(Stop::unknown(
                &from.asset.id,
                "the table that the attachment is associated with was not collected",
            ));
        };
        let Some((_, table, body)) = network.inventory.find::<TransitGatewayRouteTable>(table_id) else {
            return Err(Stop::unknown(&from.asset.id, format!("{table_id} was not collected")));
        };
        let Some(routes) = &body.routes else {
            return Err(Stop::unknown(&table.id, "its routes were not collected"));
        };
        let mut found: Vec<(u8, u8, Found<'_, 'a>)> = Vec::new();
        for route in routes {
            let Some(nets) = blocks(network.inventory, &route.destination) else {
                return Err(Stop::unknown(&table.id, format!("{} was not collected", route.destination)));
            };
            let rank = match (route.source.as_str(), route.destination.starts_with("pl-")) {
                ("propagated", _) => self.attachment(&route.target).map_or(5, |a| rank(&a.body.resource_type)),
                (_, true) => 1,
                _ => 0,
            };
            if let Some(length) = longest(&nets, address) {
                found.push((length, rank, Found::Route(route)));
            }
        }
        // what lies behind other attachments than those of VPCs may be more than somebody declared
        let mut beyond = false;
        // an answer that names propagated routes was not about static ones only: it is the whole table
        if !routes.iter().any(|route| route.source == "propagated") {
            let Some(propagations) = &body.propagations else {
                return Err(Stop::unknown(&table.id, "what propagates into it was not collected"));
            };
            for id in propagations {
                let Some(attachment) = self.attachment(id) else {
                    return Err(Stop::unknown(&table.id, format!("{id}, which propagates into it, was not collected")));
                };
                let Some(nets) = network.announced(attachment) else {
                    let what = format!("what {id} ({}) announces was not collected", attachment.body.resource_type);
                    return Err(Stop::unknown(&table.id, what));
                };
                beyond |= attachment.body.resource_type != "vpc";
                if let Some(length) = longest(&nets, address) {
                    found.push((length, rank(&attachment.body.resource_type), Found::Propagated(attachment)));
                }
            }
        }
        let best = found.iter().map(|(length, rank, _)| (*length, u8::MAX - rank)).max();
        let winners: Vec<&Found<'_, 'a>> = found
            .iter()
            .filter(|(length, rank, _)| Some((*length, u8::MAX - rank)) == best)
            .map(|(_, _, found)| found)
            .collect();
        let (attachment, by) = match winners.as_slice() {
            [] if beyond => {
                let why = format!("no route to {address} among those that `networks` declares");
                return Err(Stop::unknown(&table.id, why));
            }
            [] => return Err(Stop::denied(&table.id, format!("no route to {address}"))),
            [Found::Route(route)] if route.state == "blackhole" && beyond => {
                let why = format!("{} is a blackhole, unless what is announced says more", route.destination);
                return Err(Stop::unknown(&table.id, why));
            }
            [Found::Route(route)] if route.state == "blackhole" => {
                return Err(Stop::denied(&table.id, format!("{} is a blackhole", route.destination)));
            }
            [Found::Route(route)] => match self.attachment(&route.target) {
                Some(attachment) if route.state == "active" => (attachment, route.destination.clone()),
                _ => return Err(Stop::unknown(&table.id, format!("{} leads to {}", route.destination, route.target))),
            },
            [Found::Propagated(attachment)] => (*attachment, format!("propagated by {}", attachment.id)),
            _ => return Err(Stop::unknown(&table.id, format!("several equal routes to {address}"))),
        };
        let why = format!("is {}", attachment.body.state);
        match attachment.body.carries() {
            Some(true) => Ok(Onward { table, by, attachment }),
            Some(false) => Err(Stop::denied(&attachment.asset.id, why)),
            None => Err(Stop::unknown(&attachment.asset.id, why)),
        }
    }

    pub fn attachment(&self, id: &str) -> Option<&Attachment<'a>> {
        self.attachments.iter().find(|attachment| attachment.id == id)
    }
}

/// A decision of a transit gateway's table.
pub(super) struct Onward<'t, 'a> {
    pub table: &'a Asset,
    /// The route that decides.
    pub by: String,
    pub attachment: &'t Attachment<'a>,
}

enum Found<'t, 'a> {
    Route(&'a Route),
    Propagated(&'t Attachment<'a>),
}

fn longest(nets: &[IpNet], address: IpAddr) -> Option<u8> {
    nets.iter().filter(|net| net.contains(&address)).map(IpNet::prefix_len).max()
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
