//! The way of one packet from an interface: route by route.

use std::net::IpAddr;

use ipnet::IpNet;

use super::filters::holds;
use super::internet::is_public;
use super::{Check, Landed, Packet, Say, Seat};
use crate::model::{
    Direction, InternetGateway, NatGateway, NetworkInterface, Route, RouteTable, Subnet, TransitGateway,
    TransitGatewayAttachment, TransitGatewayRouteTable, Vpc, VpcPeeringConnection,
};

/// The longest block that holds an address.
pub(super) fn longest<'r, T>(all: impl Iterator<Item = (T, &'r str)>, address: IpAddr) -> Option<T> {
    let fits = all.filter(|(_, cidr)| holds(cidr, address));
    fits.max_by_key(|(_, cidr)| cidr.parse::<IpNet>().map_or(0, |net| net.prefix_len())).map(|(found, _)| found)
}

impl<'a> Check<'a> {
    /// Sends a packet from an interface. `begins` asks groups; an answer passes them, for they remember.
    pub(super) fn send(
        self,
        own: &'a NetworkInterface,
        to: Seat<'a>,
        packet: Packet,
        begins: bool,
    ) -> (Say, Landed<'a>) {
        // whom it reaches by his own address, and not by his public one
        let other = match to {
            Seat::Interface(other) if other.private_addresses.contains(&packet.dst) => Some(other),
            _ => None,
        };
        let groups = |out: Say, into: Say| {
            if !begins {
                return Say::Yes;
            }
            let leaves = self.groups(own, Direction::Egress, packet.dst, to, out, packet);
            let arrives = other
                .map(|other| self.groups(other, Direction::Ingress, packet.src, Seat::Interface(own), into, packet));
            leaves.and(arrives.unwrap_or(Say::Yes))
        };
        if other.is_some_and(|other| other.subnet == own.subnet) {
            return (groups(Say::Yes, Say::Yes), Landed::There);
        }
        let out = self.acl(&own.subnet, true, packet.dst, packet);
        let into = |other: &NetworkInterface| self.acl(&other.subnet, false, packet.src, packet);
        let lost = (Say::No, Landed::Nowhere);
        // what lies beyond is not known, and may have put another address in the place of the source's
        let leaves =
            if begins { self.groups(own, Direction::Egress, packet.dst, to, Say::Unknown, packet) } else { Say::Yes };
        let open = leaves.and(Say::Unknown).and(out);
        let route = match self.lookup(&own.subnet, &own.vpc, packet.dst) {
            Some(Some(route)) if route.state == "active" => route,
            Some(_) => return lost,
            None => return (open, Landed::Nowhere),
        };
        let target = route.target.as_str();
        match target.split('-').next().unwrap_or_default() {
            "local" => match other.filter(|other| other.vpc == own.vpc) {
                Some(other) => (groups(Say::Yes, Say::Yes).and(out).and(into(other)), Landed::There),
                None => lost,
            },
            "pcx" => {
                let Some((_, _, peering)) = self.0.find::<VpcPeeringConnection>(target) else {
                    return (open, Landed::Nowhere);
                };
                let (a, b) = (&peering.requester, &peering.accepter);
                let far = if a.vpc == own.vpc { b } else { a };
                match other.filter(|other| other.vpc == far.vpc && peering.status == "active") {
                    Some(other) => {
                        let near = Say::of(a.region == b.region);
                        (groups(near, near).and(out).and(into(other)), Landed::There)
                    }
                    None => lost,
                }
            }
            "tgw" if self.0.find::<TransitGateway>(target).is_none() => (open, Landed::Nowhere),
            "tgw" => match self.over_transit(own, target, packet) {
                Ok((said, vpc, doors)) => match other.filter(|other| other.vpc == vpc) {
                    Some(other) => {
                        let referencing =
                            self.0.find::<TransitGateway>(target).map(|(_, _, t)| t.security_group_referencing);
                        let into = if referencing == Some(true) { Say::Unknown } else { Say::No };
                        let by = self.by_doors(&doors, other, packet);
                        (groups(Say::No, into).and(out).and(said).and(by), Landed::There)
                    }
                    // where it goes on from there is not followed
                    None => (groups(Say::No, Say::Unknown).and(out).and(said).and(Say::Unknown), Landed::Nowhere),
                },
                Err(said) => (open.and(said), Landed::Nowhere),
            },
            "igw" => {
                let Some((_, _, gateway)) = self.0.find::<InternetGateway>(target) else {
                    return (open, Landed::Nowhere);
                };
                let attached = gateway.vpcs.contains(&own.vpc);
                let public = is_public(packet.dst) && !own.public_addresses.is_empty();
                if attached && public { (groups(Say::No, Say::No).and(out), Landed::Outside) } else { lost }
            }
            // under which address a gateway that was not read sends on, nobody knows
            "nat" => {
                let sent = self.to_nat(own, target, packet, groups(Say::No, Say::No), out);
                sent.unwrap_or((open, Landed::Nowhere))
            }
            _ => (open, Landed::Nowhere),
        }
    }

    /// To the interface of a NAT gateway in the same VPC; none if gateway or interface was not read.
    fn to_nat(
        self,
        own: &NetworkInterface,
        id: &str,
        packet: Packet,
        groups: Say,
        out: Say,
    ) -> Option<(Say, Landed<'a>)> {
        let (_, _, nat) = self.0.find::<NatGateway>(id)?;
        let (_, _, door) = nat.interfaces.first().and_then(|eni| self.0.find::<NetworkInterface>(eni))?;
        let carried = Say::of(matches!(packet.protocol, 1 | 6 | 17));
        let filters = out.and(self.acl(&door.subnet, false, packet.src, packet));
        // whether a subnet's ACL sees what goes to a gateway in it is not documented
        let filters = if door.subnet == own.subnet { filters.perhaps() } else { filters };
        Some((groups.and(carried).and(filters), Landed::Nat(door)))
    }

    /// The route of a subnet for an address; none outside if its table was not collected.
    fn lookup(self, subnet: &str, vpc: &str, address: IpAddr) -> Option<Option<&'a Route>> {
        let tables = || self.0.of::<RouteTable>().map(|(_, _, table)| table);
        let own = tables().find(|table| table.subnets.iter().any(|own| own == subnet));
        let table = own.or_else(|| tables().find(|table| table.main && table.vpc == vpc))?;
        Some(longest(table.routes.iter().map(|route| (route, route.destination.as_str())), address))
    }

    /// Over a transit gateway: what is met on the way, the VPC behind it, and the subnets that it enters by.
    fn over_transit(
        self,
        own: &NetworkInterface,
        id: &str,
        packet: Packet,
    ) -> Result<(Say, &'a str, Vec<&'a str>), Say> {
        let attachments = || self.0.of::<TransitGatewayAttachment>().filter(|(_, _, a)| a.gateway == id);
        let of_vpc = |vpc: &str| attachments().find(|(_, _, a)| a.resource_type == "vpc" && a.resource == vpc);
        let zone = |subnet: &str| self.0.find::<Subnet>(subnet).map(|(_, _, subnet)| &subnet.availability_zone);
        let Some((_, _, from)) = of_vpc(&own.vpc) else { return Err(Say::Unknown) };
        let Some(sender) = from.subnets.iter().find(|subnet| zone(subnet) == zone(&own.subnet)) else {
            return Err(Say::No);
        };
        let met = self.acl(sender, false, packet.src, packet);
        let table = from.route_table.as_ref().and_then(|table| self.0.find::<TransitGatewayRouteTable>(table));
        let Some((_, _, table)) = table else { return Err(Say::Unknown) };
        let (Some(routes), Some(propagations)) = (&table.routes, &table.propagations) else { return Err(Say::Unknown) };
        let by_id = |id: &str| attachments().find(|(_, asset, _)| asset.id.rsplit('/').next() == Some(id));
        // static routes come last: of equal length, the last one wins
        let mut ways: Vec<(Option<&str>, String)> = Vec::new();
        for id in propagations {
            let vpc = by_id(id).and_then(|(_, _, a)| self.0.find::<Vpc>(&a.resource));
            let Some((_, _, vpc)) = vpc else { return Err(Say::Unknown) };
            ways.extend(vpc.cidrs.iter().map(|net| (Some(id.as_str()), net.to_string())));
        }
        for route in routes {
            ways.push(((route.state == "active").then_some(route.target.as_str()), route.destination.clone()));
        }
        let best = longest(ways.iter().map(|(to, cidr)| (to, cidr.as_str())), packet.dst);
        let Some(Some(to)) = best else { return Err(Say::No) };
        match by_id(to) {
            Some((_, _, to)) if to.resource_type == "vpc" => {
                Ok((met, &to.resource, to.subnets.iter().map(String::as_str).collect()))
            }
            _ => Err(Say::Unknown),
        }
    }

    /// Into a VPC by one of an attachment's subnets: nobody knows by which, if there are several.
    fn by_doors(self, doors: &[&str], other: &NetworkInterface, packet: Packet) -> Say {
        let through = doors.iter().map(|door| {
            // an interface in the attachment's own subnet is reached past its ACL
            if *door == other.subnet {
                return Say::Yes;
            }
            let local = self.lookup(door, &other.vpc, packet.dst).flatten().map(|route| route.target.as_str());
            let out = self.acl(door, true, packet.dst, packet);
            let steered = if local == Some("local") { Say::Yes } else { Say::Unknown };
            steered.and(out).and(self.acl(&other.subnet, false, packet.src, packet))
        });
        let all: Vec<Say> = through.collect();
        match all.split_first() {
            Some((first, rest)) if rest.iter().all(|say| say == first) => *first,
            _ => Say::Unknown,
        }
    }
}
