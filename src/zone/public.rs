//! Public addresses of the estate: NAT gateways and Elastic IPs of all accounts.
//!
//! A packet with a NAT gateway's address comes from whatever is routed to the gateway, not from where it stands. Its
//! address is trusted as its zone's only if that is all who can use it.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::addresses::Entry;
use super::{Border, Zones};
use crate::model::{
    AddressSet, Asset, ElasticIp, Instance, Inventory, Kind, NatGateway, NetworkInterface, Place, RouteTable, Subnet,
    TransitGatewayAttachment, VpcEndpoint, short_of,
};

/// An entry for each NAT gateway and Elastic IP that has a public address.
pub(super) fn entries(inventory: &Inventory, zones: &Zones) -> Vec<Entry> {
    let mut nats: HashMap<IpAddr, usize> = HashMap::new();
    let users = Users::of(inventory);
    let mut entries = Vec::new();
    for (at, asset, nat) in inventory.of::<NatGateway>() {
        let mut addresses = nat.public_addresses.clone();
        for id in &nat.interfaces {
            let interface = inventory.find::<NetworkInterface>(id);
            addresses.extend(interface.into_iter().flat_map(|(_, _, interface)| &interface.public_addresses));
        }
        addresses.sort();
        addresses.dedup();
        nats.extend(addresses.iter().map(|address| (*address, at)));
        let own = &zones.of(at).source;
        let border =
            if users.are_all_of(own, asset, nat, inventory, zones) { own.clone() } else { Border::unclassified() };
        entries.extend(entry(&addresses, border, asset));
    }
    for (at, asset, elastic) in inventory.of::<ElasticIp>() {
        let Some(address) = elastic.address.filter(|address| !nats.contains_key(address)) else { continue };
        // whoever in the account asks first may bear one that is free
        let free = elastic.interface.is_none() && elastic.instance.is_none();
        // the gateway that bears it was not read, and so is who uses it
        let bearer = elastic.interface.as_deref().and_then(|id| inventory.find::<NetworkInterface>(id));
        let nat = bearer.is_some_and(|(_, _, body)| body.interface_type == "nat_gateway" || body.forwards)
            || (bearer.is_none() && !inventory.coverage.is_listed(NatGateway::NAME, &asset.place));
        let border = if free || nat { Border::unclassified() } else { zones.of(at).source.clone() };
        entries.extend(entry(&[address], border, asset));
    }
    entries
}

fn entry(addresses: &[IpAddr], border: Border, asset: &Asset) -> Option<Entry> {
    let nets: Vec<IpNet> = addresses.iter().map(|address| IpNet::from(*address)).collect();
    let owner = Arc::clone(&asset.id);
    (!nets.is_empty()).then(|| Entry { addresses: AddressSet::from_nets(&nets), border, vpc: None, owner })
}

/// Who uses NAT gateways.
struct Users<'a> {
    /// Route tables by the gateway that they lead to.
    tables: HashMap<&'a str, Vec<&'a RouteTable>>,
    /// Subnets that a route table names.
    associated: HashSet<&'a str>,
    /// Subnets of attachments to transit gateways: what comes in there may come from anywhere.
    attached: HashSet<&'a str>,
    /// Interfaces and instances by subnet.
    inside: HashMap<&'a str, Vec<usize>>,
    /// Subnets with something that passes on what others send: an interface without a check of its source, an endpoint
    /// of a Gateway Load Balancer.
    passed: HashSet<&'a str>,
}

impl<'a> Users<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let mut tables: HashMap<&str, Vec<&RouteTable>> = HashMap::new();
        let mut associated = HashSet::new();
        for (_, _, table) in inventory.of::<RouteTable>() {
            associated.extend(table.subnets.iter().map(String::as_str));
            for route in table.routes.iter().filter(|route| route.target.starts_with("nat-")) {
                tables.entry(&route.target).or_default().push(table);
            }
        }
        let attachments = inventory.of::<TransitGatewayAttachment>();
        let attached = attachments.flat_map(|(_, _, body)| body.subnets.iter().map(String::as_str)).collect();
        let (mut inside, mut passed) = (HashMap::<&str, Vec<usize>>::new(), HashSet::new());
        for (at, _, body) in inventory.of::<NetworkInterface>() {
            inside.entry(&body.subnet).or_default().push(at);
            if (body.forwards && body.service.is_none()) || body.interface_type.starts_with("gateway_load_balancer") {
                passed.insert(body.subnet.as_str());
            }
        }
        for (at, _, body) in inventory.of::<Instance>() {
            inside.entry(&body.subnet).or_default().push(at);
        }
        let endpoints = inventory.of::<VpcEndpoint>().map(|(_, _, body)| body);
        let balancers = endpoints.filter(|body| body.endpoint_type == "GatewayLoadBalancer");
        passed.extend(balancers.flat_map(|body| body.subnets.iter().map(String::as_str)));
        Self { tables, associated, attached, inside, passed }
    }

    /// Whether all that is routed to a NAT gateway lies behind one border, as far as everything that tells was listed.
    ///
    /// Source: VPC User Guide, "Subnet route tables": a subnet without an association uses the VPC's main table.
    fn are_all_of(&self, own: &Border, asset: &Asset, nat: &NatGateway, inventory: &Inventory, zones: &Zones) -> bool {
        let listed = |kind: &str| {
            let place = Place { cluster: None, namespace: None, ..asset.place.clone() };
            inventory.coverage.is_listed(kind, &place)
        };
        let tell = [RouteTable::NAME, Subnet::NAME, NetworkInterface::NAME, Instance::NAME, VpcEndpoint::NAME];
        if nat.vpc.is_empty() || !tell.into_iter().all(listed) {
            return false;
        }
        // what stands in a subnet is of its border, and lets nobody else's traffic out
        let alone = |subnet: &str| {
            let mut inside = self.inside.get(subnet).into_iter().flatten();
            inside.all(|at| zones.of(*at).source == *own) && !self.passed.contains(subnet)
        };
        let tables = self.tables.get(short_of(&asset.id).as_str()).into_iter().flatten();
        let tables: Vec<&&RouteTable> = tables.collect();
        let main = tables.iter().any(|table| table.main);
        inventory.of::<Subnet>().filter(|(_, _, subnet)| subnet.vpc == nat.vpc).all(|(at, asset, _)| {
            let id = short_of(&asset.id);
            let explicit = tables.iter().any(|table| table.subnets.contains(&id));
            let uses = explicit || (main && !self.associated.contains(id.as_str()));
            !uses || (zones.of(at).source == *own && !self.attached.contains(id.as_str()) && alone(&id))
        })
    }
}
