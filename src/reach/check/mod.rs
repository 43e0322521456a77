//! The second evaluator: follows one packet, address by address, straight from the inventory.
//!
//! It shares nothing with the engine but the assets of the model: no sets, no index, no bands, no coverage. It is slow and
//! small, so that it can be read against AWS's documents (named in the engine), and it re-checks what the engine says.
//! ARCHITECTURE.md says what their agreement does not show.

mod filters;
mod internet;
mod path;
mod pods;

use std::net::IpAddr;

pub use pods::{Probe, passes_pods};

use crate::model::{InternetGateway, Inventory, NetworkAcl, NetworkInterface};

/// What the checker says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// It passes.
    Yes,
    /// It does not.
    No,
    /// It meets something that the checker does not model, or that was not collected.
    Unknown,
}

impl Say {
    fn of(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }

    /// Both: one no is enough for a no.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Either: one yes is enough for a yes.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }

    /// A yes of which something is not documented.
    fn perhaps(self) -> Self {
        if self == Self::Yes { Self::Yes } else { Self::Unknown }
    }
}

/// One packet that begins a connection, or answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// IP protocol number.
    pub protocol: u8,
    /// Source address.
    pub src: IpAddr,
    /// The address that it is sent to.
    pub dst: IpAddr,
    /// Source port.
    pub src_port: u16,
    /// Destination port; type and code for ICMP, one byte each.
    pub dst_port: u16,
}

impl Packet {
    fn answer(self) -> Self {
        Self { src: self.dst, dst: self.src, src_port: self.dst_port, dst_port: self.src_port, ..self }
    }

    fn is_tcp(self) -> bool {
        self.protocol == 6
    }
}

/// Who sends or receives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seat<'a> {
    /// An interface.
    Interface(&'a NetworkInterface),
    /// Somebody on the internet.
    Internet,
}

/// Where a packet ends up.
enum Landed<'a> {
    /// With whom it is for.
    There,
    /// On the internet.
    Outside,
    /// At the interface of a NAT gateway.
    Nat(&'a NetworkInterface),
    /// Nowhere, or nobody knows where.
    Nowhere,
}

/// Follows packets through an inventory.
#[derive(Debug, Clone, Copy)]
pub struct Check<'a>(pub &'a Inventory);

impl<'a> Check<'a> {
    /// Whether a connection that a packet begins comes to be: the packet arrives and, for TCP, its answer comes back.
    pub fn connects(self, from: Seat<'a>, to: Seat<'a>, packet: Packet) -> Say {
        let own = match (from, to) {
            (Seat::Internet, Seat::Internet) => return Say::Unknown,
            (Seat::Internet, Seat::Interface(own)) => return self.enters(own, packet),
            (Seat::Interface(own), Seat::Interface(other)) if own == other => return Say::Yes,
            (Seat::Interface(own), _) => own,
        };
        let (sent, landed) = self.send(own, to, packet, true);
        match landed {
            Landed::Nowhere => sent.and(self.whoever_sends(to, packet)),
            Landed::There if packet.is_tcp() => sent.and(self.comes_back(from, to, packet)),
            Landed::There => sent,
            Landed::Outside => {
                let Some(public) = own.public_addresses.first() else { return Say::No };
                // the gateway remembers who began; the subnet's ACL does not
                let back =
                    if packet.is_tcp() { self.acl(&own.subnet, false, packet.dst, packet.answer()) } else { Say::Yes };
                match to {
                    Seat::Internet => sent.and(back),
                    Seat::Interface(other) => sent.and(back).and(self.enters(other, Packet { src: *public, ..packet })),
                }
            }
            // from gateway to gateway: where that ends is not followed
            Landed::Nat(_) if own.interface_type == "nat_gateway" => {
                sent.and(Say::Unknown).and(self.whoever_sends(to, packet))
            }
            Landed::Nat(door) => {
                let Some(address) = door.private_addresses.first() else { return Say::Unknown };
                let back = if packet.is_tcp() {
                    self.comes_back(from, Seat::Interface(door), Packet { dst: *address, ..packet })
                } else {
                    Say::Yes
                };
                let onward = self.ports().into_iter().map(|src_port| {
                    // with its own address, and a port of its own choice
                    self.connects(Seat::Interface(door), to, Packet { src: *address, src_port, ..packet })
                });
                sent.and(back).and(onward.fold(Say::No, Say::or))
            }
        }
    }

    /// Whether the answer to a packet comes back to who began.
    fn comes_back(self, from: Seat<'a>, to: Seat<'a>, packet: Packet) -> Say {
        let Seat::Interface(answering) = to else { return Say::Unknown };
        match self.send(answering, from, packet.answer(), false) {
            (said, Landed::There | Landed::Nowhere) => said,
            // what has not seen the connection lets its answer pass, or not
            (said, Landed::Outside | Landed::Nat(_)) => said.and(Say::Unknown),
        }
    }

    /// From the internet to a public address of an interface.
    fn enters(self, own: &'a NetworkInterface, packet: Packet) -> Say {
        let gateways = self.0.of::<InternetGateway>().map(|(_, _, gateway)| gateway);
        let open = gateways.into_iter().any(|gateway| gateway.vpcs.contains(&own.vpc));
        if !open || own.interface_type == "nat_gateway" || !own.public_addresses.contains(&packet.dst) {
            return Say::No;
        }
        let Some(private) = own.private_addresses.first() else { return Say::Unknown };
        let arrives = self.acl(&own.subnet, false, packet.src, packet).and(self.lets_in(own, Seat::Internet, packet));
        if !packet.is_tcp() {
            return arrives;
        }
        let answer = Packet { src: *private, ..packet.answer() };
        let (said, landed) = self.send(own, Seat::Internet, answer, false);
        arrives.and(match landed {
            Landed::Outside | Landed::Nowhere => said,
            Landed::There | Landed::Nat(_) => said.and(Say::Unknown),
        })
    }

    /// Ports of a NAT gateway that ACLs tell apart: one of each kind at least.
    fn ports(self) -> Vec<u16> {
        let entries = self.0.of::<NetworkAcl>().flat_map(|(_, _, acl)| &acl.entries);
        let bounds = entries.flat_map(|entry| [entry.from_port, entry.to_port.map(|port| port + 1)]).flatten();
        let mut all: Vec<u16> = bounds.filter_map(|port| u16::try_from(port).ok()).chain([1024]).collect();
        all.retain(|port| *port >= 1024);
        all.sort_unstable();
        all.dedup();
        all
    }
}
