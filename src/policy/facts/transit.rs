//! Transit gateways: which borders their route tables join.
//!
//! Source: Amazon VPC Transit Gateways, "How transit gateways work": what comes in by an attachment is routed by the
//! table that the attachment is associated with, over its static routes and what propagates into it.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Of, Reason, Unknown};
use super::peering::approved;
use crate::model::{
    AddressSet, Asset, PrefixList, TransitGateway, TransitGatewayAttachment, TransitGatewayRouteTable, Vpc,
    VpnConnection, short_of,
};
use crate::zone::Border;

/// A transit gateway.
#[derive(Serialize, JsonSchema)]
pub(super) struct TransitFact {
    /// Borders that its routes join, one of the two in PCI DSS scope.
    crossings: Vec<Crossing>,
}

#[derive(Serialize, JsonSchema)]
struct Crossing {
    /// Both borders, `no-pci/prod <-> pci/prod`.
    border: String,
    /// Which route of which table leads from which attachment to which.
    ways: Vec<String>,
    /// The attachments.
    attachments: BTreeSet<String>,
    /// Flows in force between the two borders, either direction.
    approved_by: Vec<String>,
    /// Such flows that have expired.
    expired: Vec<String>,
}

/// An attachment and what lies behind it.
struct Side<'a> {
    id: String,
    body: &'a TransitGatewayAttachment,
    borders: BTreeSet<Border>,
    /// What of it is not known.
    missing: Vec<(Reason, String)>,
}

type Tables<'a> = BTreeMap<String, &'a TransitGatewayRouteTable>;

pub(super) fn gateway(of: &Of<'_, TransitGateway>, unknown: &mut Unknown) -> TransitFact {
    let Of { context, asset, .. } = *of;
    let gateway = short_of(&asset.id);
    let tables: Tables<'_> = context
        .inventory
        .of::<TransitGatewayRouteTable>()
        .filter(|(_, _, table)| table.gateway == gateway)
        .map(|(_, asset, table)| (short_of(&asset.id), table))
        .collect();
    let sides: BTreeMap<String, Side<'_>> = context
        .inventory
        .of::<TransitGatewayAttachment>()
        .filter(|(_, _, body)| body.gateway == gateway && body.carries() != Some(false))
        .map(|(_, asset, body)| (short_of(&asset.id), side(context, asset, body, &tables)))
        .collect();
    let in_scope = |side: &Side<'_>| side.borders.iter().any(|border| border.category.in_scope());
    let matters = sides.values().any(|side| in_scope(side) || !side.missing.is_empty());
    let listed = context.listed::<TransitGatewayAttachment>(&asset.place);
    if !listed {
        unknown.say("crossings", Reason::EntriesNotCollected, format!("attachments of {gateway}"));
    }
    let mut found: BTreeMap<(Border, Border), Crossing> = BTreeMap::new();
    for from in sides.values() {
        let Some(id) = &from.body.route_table else {
            // only the answer about all attachments tells the table: with it, none means that nothing is routed
            if !listed && matters {
                unknown.say("crossings", Reason::EntriesNotCollected, format!("route table of {}", from.id));
            }
            continue;
        };
        for (to, route) in ways(id, tables.get(id).copied(), matters, unknown) {
            let Some(to) = sides.get(to).filter(|to| to.id != from.id) else { continue };
            if in_scope(from) || in_scope(to) || (!from.missing.is_empty() && !to.missing.is_empty()) {
                for (reason, about) in from.missing.iter().chain(&to.missing) {
                    unknown.say("crossings", *reason, about);
                }
            }
            for (a, b) in from.borders.iter().flat_map(|a| to.borders.iter().map(move |b| (a, b))) {
                if a.crosses(b) && (a.category.in_scope() || b.category.in_scope()) {
                    let (a, b) = if a <= b { (a, b) } else { (b, a) };
                    let crossing = found.entry((a.clone(), b.clone())).or_insert_with(|| {
                        let (approved_by, expired) = approved(context, a, b);
                        let border = format!("{a} <-> {b}");
                        Crossing { border, ways: vec![], attachments: BTreeSet::new(), approved_by, expired }
                    });
                    crossing.ways.push(format!("{} -> {} ({route} in {id})", from.id, to.id));
                    crossing.attachments.extend([from.id.clone(), to.id.clone()]);
                }
            }
        }
    }
    TransitFact { crossings: found.into_values().collect() }
}

/// The attachments that a table leads to, each with what leads there.
fn ways<'t>(
    id: &str,
    table: Option<&'t TransitGatewayRouteTable>,
    matters: bool,
    unknown: &mut Unknown,
) -> Vec<(&'t String, String)> {
    let Some(table) = table else {
        if matters {
            unknown.say("crossings", Reason::NotInInventory, id);
        }
        return vec![];
    };
    if matters && (table.routes.is_none() || table.propagations.is_none()) {
        unknown.say("crossings", Reason::EntriesNotCollected, id);
    }
    let routes = table.routes.iter().flatten().filter(|route| route.state != "blackhole");
    let routes = routes.map(|route| (&route.target, route.destination.clone()));
    let spread = table.propagations.iter().flatten().map(|target| (target, "propagated".to_owned()));
    routes.chain(spread).collect()
}

/// Behind a VPC's attachment lies the VPC; behind any other, whatever addresses the gateway's tables route to it.
fn side<'a>(context: &Context<'_>, asset: &Asset, body: &'a TransitGatewayAttachment, tables: &Tables<'_>) -> Side<'a> {
    let id = short_of(&asset.id);
    let (mut borders, mut missing) = (BTreeSet::new(), Vec::new());
    if body.resource_type == "vpc" {
        match context.inventory.find::<Vpc>(&body.resource) {
            Some((at, ..)) => drop(borders.insert(context.zones.of(at).border.clone())),
            None => missing.push((Reason::NotInInventory, body.resource.clone())),
        }
        return Side { id, body, borders, missing };
    }
    let mut nets: Vec<IpNet> = Vec::new();
    let routes = tables.values().flat_map(|table| table.routes.iter().flatten());
    for route in routes.filter(|route| route.target == id) {
        match (route.destination.parse(), context.inventory.find::<PrefixList>(&route.destination)) {
            (Ok(net), _) => nets.push(net),
            (_, Some((_, _, PrefixList { entries: Some(entries), .. }))) => nets.extend(entries),
            _ => missing.push((Reason::EntriesNotCollected, route.destination.clone())),
        }
    }
    // BGP tells what lies there; the configuration may repeat it
    let declared = declared(context, &id, body);
    let spreads = tables.values().any(|table| table.propagations.iter().flatten().any(|target| *target == id));
    if declared.is_empty() && (nets.is_empty() || spreads) {
        missing.push((Reason::EntriesNotCollected, format!("routes behind {id}")));
    }
    nets.extend(declared);
    let mut addresses = AddressSet::from_nets(&nets);
    if body.resource_type != "peering" {
        // a default route to a data centre does not lead to VPCs: they are routed where they are attached
        let vpcs = context.inventory.of::<Vpc>();
        addresses = vpcs.fold(addresses, |rest, (_, _, vpc)| rest.subtract(&AddressSet::from_nets(&vpc.cidrs)));
    }
    borders.extend(context.book.split(&addresses, None).into_iter().map(|piece| piece.border));
    Side { id, body, borders, missing }
}

/// Blocks that the configuration declares behind an attachment: by its own id, by that of what is attached, or by that of
/// the customer gateway at the far end of a VPN connection.
///
/// Source: EC2 API reference, `TransitGatewayAttachment`: the resource of a Direct Connect gateway's attachment is the
/// gateway's id, which has no prefix of its own.
fn declared(context: &Context<'_>, id: &str, body: &TransitGatewayAttachment) -> Vec<IpNet> {
    let vpn = context.inventory.find::<VpnConnection>(&body.resource).map(|(_, _, vpn)| vpn.customer_gateway.as_str());
    let fits = |via: &str| {
        [id, &body.resource].contains(&via)
            || vpn.is_some_and(|gateway| !gateway.is_empty() && gateway == via)
            || via.strip_prefix("dxgw-").is_some_and(|gateway| gateway == body.resource)
    };
    let networks = context.config.networks.iter().filter(|network| fits(&network.via));
    networks.flat_map(|network| network.routes.iter().copied()).collect()
}
