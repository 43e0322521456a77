//! Groups and ACLs, asked about one packet.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Check, Packet, Say, Seat};
use crate::model::{
    AclEntry, Direction, NetworkAcl, NetworkInterface, Peer, PrefixList, SecurityGroup, SecurityGroupRule,
};

/// Whether a block holds an address; no if it is none.
pub(super) fn holds(cidr: &str, address: IpAddr) -> bool {
    cidr.parse::<IpNet>().is_ok_and(|net| net.contains(&address))
}

/// Whether a rule's protocol and ports are about a packet.
fn is_about(protocol: &str, from: Option<i64>, to: Option<i64>, packet: Packet) -> bool {
    let number: u16 = match protocol {
        "-1" => return true,
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        other => other.parse().unwrap_or(u16::MAX),
    };
    let port = i64::from(packet.dst_port);
    let (kind, code) = (port >> 8, port & 0xff);
    number == u16::from(packet.protocol)
        && match number {
            6 | 17 => from.is_none_or(|from| from <= port) && to.is_none_or(|to| port <= to),
            1 if from == Some(-1) => true,
            1 => from.is_none_or(|given| given == kind) && to.is_none_or(|given| given == -1 || given == code),
            _ => true,
        }
}

impl<'a> Check<'a> {
    /// What the ACL of a subnet says of a packet to or from a far address.
    pub(super) fn acl(self, subnet: &str, egress: bool, far: IpAddr, packet: Packet) -> Say {
        let mut all = self.0.of::<NetworkAcl>().map(|(_, _, acl)| acl);
        let Some(acl) = all.find(|acl| acl.subnets.iter().any(|own| own == subnet)) else { return Say::Unknown };
        let hits = |entry: &&AclEntry| {
            entry.egress == egress
                && holds(&entry.cidr, far)
                && is_about(&entry.protocol, entry.from_port, entry.to_port, packet)
        };
        let first = acl.entries.iter().filter(hits).min_by_key(|entry| entry.number);
        Say::of(first.is_some_and(|entry| entry.allow))
    }

    pub(super) fn lets_in(self, own: &NetworkInterface, from: Seat<'_>, packet: Packet) -> Say {
        self.groups(own, Direction::Ingress, packet.src, from, Say::No, packet)
    }

    /// Whether any rule is about a packet, whoever sends it: all that can be asked where the way is not known.
    pub(super) fn whoever_sends(self, to: Seat<'_>, packet: Packet) -> Say {
        let Seat::Interface(own) = to else { return Say::Yes };
        let rules = || self.0.of::<SecurityGroupRule>().map(|(_, _, rule)| rule);
        let opens = |group: &String| {
            let mut own = rules().filter(|rule| rule.group == *group && rule.direction == Direction::Ingress);
            self.0.find::<SecurityGroup>(group).is_none()
                || own.any(|rule| is_about(&rule.protocol, rule.from_port, rule.to_port, packet))
        };
        Say::of(own.interface_type == "nat_gateway" || own.groups.iter().any(opens))
    }

    /// What the groups of an interface say of a packet; `references` says whether a group of the other end counts.
    pub(super) fn groups(
        self,
        own: &NetworkInterface,
        direction: Direction,
        far: IpAddr,
        other: Seat<'_>,
        references: Say,
        packet: Packet,
    ) -> Say {
        if own.interface_type == "nat_gateway" {
            return Say::Yes;
        }
        let mut said = Say::No;
        for group in &own.groups {
            if self.0.find::<SecurityGroup>(group).is_none() {
                said = said.or(Say::Unknown);
            }
            for (_, _, rule) in self.0.of::<SecurityGroupRule>() {
                let asked = rule.group == *group
                    && rule.direction == direction
                    && is_about(&rule.protocol, rule.from_port, rule.to_port, packet);
                if asked {
                    said = said.or(self.peer(&rule.peer, far, other, references));
                }
            }
        }
        said
    }

    fn peer(self, peer: &Peer, far: IpAddr, other: Seat<'_>, references: Say) -> Say {
        match (peer, other) {
            (Peer::Cidr(net), _) => Say::of(net.contains(&far)),
            (Peer::PrefixList(list), _) => {
                match self.0.find::<PrefixList>(list).and_then(|(_, _, l)| l.entries.as_ref()) {
                    Some(nets) => Say::of(nets.iter().any(|net| net.contains(&far))),
                    None => Say::Unknown,
                }
            }
            (Peer::Unknown(_), _) => Say::Unknown,
            (Peer::Group(_), Seat::Interface(other))
                if other.groups.is_empty() && other.interface_type == "interface" =>
            {
                if references == Say::No {
                    Say::No
                } else {
                    Say::Unknown
                }
            }
            // the rule is about private addresses of what bears the group
            (Peer::Group(group), Seat::Interface(other)) if other.groups.contains(group) => {
                if other.private_addresses.contains(&far) { references } else { Say::No }
            }
            (Peer::Group(_), _) => Say::No,
        }
    }
}
