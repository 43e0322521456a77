//! What a walk meets at the end of a VPC and beside it: NAT gateways, and VPC peering.
//!
//! Sources: Amazon VPC User Guide, "NAT gateways"; Amazon VPC Peering Guide, "VPC peering connection lifecycle", "Unsupported
//! configurations" (no transit, no edge-to-edge routing).

use std::net::IpAddr;

use super::guards::Tri;
use super::network::Network;
use super::routes::Next;
use super::walk::{End, Referral, Walk, passes};
use super::way::{Point, Step, Stop};
use crate::model::{Connections, Direction, Protocol};

/// The IPv6 address that stands for an IPv4 one.
pub(super) fn over_nat64(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V4(v4) = address else { return None };
    let [a, b, c, d] = v4.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    Some([0x64, 0xff9b, 0, 0, 0, 0, high, low].into())
}

impl<'a> Network<'a> {
    /// Whether an interface may reach an IPv4 address from its IPv6 one, through a NAT gateway.
    ///
    /// Source: Amazon VPC User Guide, "DNS64 and NAT64": 64:ff9b::/96 is routed to a NAT gateway.
    pub(super) fn over_nat64(&self, from: Point, by: IpAddr) -> Option<Stop> {
        let (Point::Interface(at, IpAddr::V6(_)), Some(translated)) = (from, over_nat64(by)) else { return None };
        let subnet = self.subnets.get(self.interfaces.get(at)?.subnet);
        match subnet.and_then(|subnet| subnet.table.as_ref()).map(|table| table.lookup(translated)) {
            Some(Next::To(route)) if route.target.starts_with("nat-") => {
                Some(Stop::unknown(&route.target, "NAT64 is not modelled"))
            }
            Some(Next::Unknown(_)) | None => Some(Stop::unknown("", "whether IPv6 is translated to IPv4 is not known")),
            Some(_) => None,
        }
    }

    /// To a NAT gateway, which sends on with an address of its own.
    pub(super) fn to_nat<'n>(&'n self, mut walk: Walk<'n>, id: &'n str) -> End<'n> {
        let stop = |walk: Walk<'n>, why: &str| self.stopped(walk, Stop::unknown(id, why));
        let Some((asset, nat)) = self.nat(id) else { return stop(walk, "the NAT gateway was not collected") };
        match nat.state.as_str() {
            "available" => {}
            "deleted" | "deleting" | "failed" => {
                return self.stopped(walk, Stop::denied(&asset.id, format!("is {}", nat.state)));
            }
            _ => return stop(walk, "the NAT gateway is not available yet"),
        }
        if walk.by.is_ipv6() {
            return stop(walk, "NAT64 is not modelled");
        }
        let mut own = nat.interfaces.iter().flat_map(|eni| self.of_id(eni));
        let Some((at, interface)) = own.find(|(_, interface)| interface.subnet == nat.subnet) else {
            return stop(walk, "the NAT gateway's interface was not collected, or it is a regional one");
        };
        let Some(address) = interface.private.iter().find(|address| address.is_ipv4()) else {
            return stop(walk, "the NAT gateway's address was not collected");
        };
        if interface.private.iter().filter(|address| address.is_ipv4()).count() > 1 {
            return stop(walk, "which of its addresses the NAT gateway sends by is not documented");
        }
        // NAT gateway basics: it supports TCP, UDP and ICMP
        let carried = [Protocol::TCP, Protocol::UDP, Protocol::ICMP].map(Connections::protocol);
        let connections = carried.iter().fold(Connections::default(), |all, one| all.union(one));
        if interface.subnet == walk.subnet {
            // whether a subnet's ACL sees what goes to a gateway in it is not documented
            for step in &mut walk.steps {
                if let Step::Acl { subnet, egress: true, address } = *step
                    && subnet == interface.subnet
                {
                    *step = Step::AnyAcl { subnets: vec![subnet], or_none: true, egress: true, address };
                }
            }
            let (subnets, address) = (vec![interface.subnet], walk.from.address());
            walk.steps.push(Step::AnyAcl { subnets, or_none: true, egress: false, address });
        } else {
            walk.steps.push(Step::Acl { subnet: interface.subnet, egress: false, address: walk.from.address() });
        }
        walk.steps.push(Step::Carries { at: asset.id.to_string(), connections });
        let to = Point::Interface(at, *address);
        let End::Arrived(mut leg) = self.arrived(Walk { referral: Referral::both(Tri::No), ..walk }) else {
            return End::Stopped(vec![], Stop::unknown(id, "no way to the NAT gateway"));
        };
        // the far end's own groups come with the last leg
        if matches!(leg.steps.last(), Some(Step::Groups { direction: Direction::Ingress, .. })) {
            leg.steps.pop();
        }
        leg.to = to;
        End::Nat(leg)
    }

    /// Over a peering connection: to what lies in the VPC on its other side, and nothing behind that.
    pub(super) fn over_peering<'n>(&'n self, mut walk: Walk<'n>, id: &'n str) -> End<'n> {
        let Some((asset, peering)) = self.peerings.get(id) else {
            return self.stopped(walk, Stop::unknown(id, "the peering connection was not collected"));
        };
        match peering.status.as_str() {
            "active" => {}
            // "VPC peering connection lifecycle": none of these carries traffic
            "initiating-request" | "pending-acceptance" | "provisioning" | "failed" | "expired" | "rejected"
            | "deleted" => {
                return self.stopped(walk, Stop::denied(&asset.id, format!("is {}", peering.status)));
            }
            other => return self.stopped(walk, Stop::unknown(&asset.id, format!("is {other}"))),
        }
        let (here, there) = (&peering.requester, &peering.accepter);
        let (here, there) = if here.vpc == walk.vpc { (here, there) } else { (there, here) };
        let Some(subnet) = self.direct(walk.to, walk.by, &there.vpc) else {
            if matches!(walk.to, Point::Bare(_)) {
                return self.at_nobody(walk, &there.vpc);
            }
            return self.stopped(walk, Stop::denied(&asset.id, format!("leads to {}, and no further", there.vpc)));
        };
        let same_region = match (here.region.as_str(), there.region.as_str()) {
            ("", _) | (_, "") => Tri::Unknown,
            (a, b) => (a == b).into(),
        };
        walk.referral = Referral { over: Some(id), ..Referral::both(same_region) };
        walk.steps.push(passes(&asset.id, "", &format!("active, leads to {}", there.vpc)));
        walk.steps.push(Step::Acl { subnet, egress: false, address: walk.from.address() });
        self.arrived(walk)
    }
}
