//! What the engine makes of one connection that a log saw.
//!
//! What a record shows depends on where it was made (Amazon VPC User Guide, "Flow log records": `action` is what groups and
//! network ACLs did to traffic of that interface). At the sender it shows that the sender's groups and its subnet's ACL let
//! packets out, at the receiver that the whole way there is open, and answers that came back show that the way back is.
//! A denial is contradicted only if it denies what is shown.

use std::net::IpAddr;

use super::observed::Ends;
use super::replay::Shown;
use crate::model::{AddressSet, Connections, Direction, Protocol, short_of};
use crate::reach::band::Band;
use crate::reach::decide::any_port;
use crate::reach::ends::End;
use crate::reach::network::{Interface, Network};
use crate::reach::query::{Answer, Question, Verdict};
use crate::reach::walk::is_public;
use crate::reach::way::{Point, Step};

/// What is made of one connection.
#[derive(Debug, Clone)]
pub(super) enum Judged {
    Agreed,
    StoppedLater,
    Unknown(String),
    Contradicted(Shown, Box<Answer>),
}

impl Judged {
    /// Whether two flows to one port can be told as one.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown(why), Self::Unknown(other)) => why == other,
            (Self::Contradicted(shown, _), Self::Contradicted(other, _)) => shown == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// What records say beyond that the client's packets were accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Evidence {
    pub answered: bool,
    pub established: bool,
}

impl<'a> Network<'a> {
    /// What the engine makes of a connection that an interface accepted.
    pub(super) fn judge(&self, at: usize, ends: &Ends, port: u16, evidence: Evidence) -> Judged {
        let Some(own) = self.interfaces.get(at) else { return Judged::Unknown("no such interface".to_owned()) };
        let Ends { src, dst, protocol, .. } = *ends;
        if let Some(odd) = [src, dst].into_iter().find(|address| never_routed(*address)) {
            return Judged::Unknown(format!("{odd} is no address that is routed"));
        }
        let (sends, receives) = (bears(own, src), bears(own, dst));
        if own.is_nat() && receives {
            // VPC User Guide, "NAT gateways": nothing outside can begin a connection; the log says what the ACL did
            if is_public(src) {
                return Judged::StoppedLater;
            }
            return Judged::Unknown("a NAT gateway took it for another end, which `pkt-dstaddr` would tell".to_owned());
        }
        let asked = asked(protocol, port);
        let (from, to) = self.log_ends(at, own, ends);
        let question = Question { src: from.clone(), dst: to.clone(), connections: asked.clone(), src_port: None };
        let answer = self.answer(&question);
        match answer.verdict {
            Verdict::Allowed => return Judged::Agreed,
            Verdict::Unknown => return Judged::Unknown(doubt(&answer)),
            Verdict::Denied => {}
        }
        if !sends && !receives && !forwards(own) {
            return Judged::Unknown("the interface bears neither of the addresses".to_owned());
        }
        if matches!(protocol, Protocol::ICMP | Protocol::ICMPV6) {
            return Judged::Unknown(
                "a record of ICMP does not tell an error about another connection apart".to_owned(),
            );
        }
        // a target sees clients' addresses, and its own port in the place of the listener's
        if self.keeps_addresses(&to, &asked) {
            let over = self.over_balancers(&from, &to, &Connections::all(), &any_port());
            if over.iter().any(|found| found.verdict == Verdict::Allowed) {
                return Judged::Agreed;
            }
            if !over.is_empty() {
                return Judged::Unknown("a network load balancer may keep the client's address".to_owned());
            }
        }
        let shown = match (evidence.answered && sends, receives || evidence.answered) {
            (true, _) => Shown::Answered,
            (false, true) => Shown::Arrived,
            (false, false) => Shown::Left,
        };
        let open = self.open(&from, &to);
        let left = match shown {
            Shown::Left => &open.out,
            Shown::Arrived => &open.there,
            Shown::Answered => &open.both,
        };
        // what is denied beyond the network (no listener takes it) an answer contradicts only if it agrees to a connection
        let agrees = evidence.established && !open.both.intersect(&asked).is_empty();
        if left.intersect(&asked).is_empty() || agrees {
            Judged::Contradicted(shown, Box::new(answer))
        } else {
            Judged::StoppedLater
        }
    }

    /// Whether the engine calls a connection allowed that comes by no load balancer.
    pub(super) fn lets(&self, at: usize, ends: &Ends, port: u16) -> bool {
        let Some(own) = self.interfaces.get(at).filter(|own| !own.is_nat()) else { return false };
        let (from, to) = self.log_ends(at, own, ends);
        let found = self.direct_answer(&from, &to, &asked(ends.protocol, port), &any_port());
        found.verdict == Verdict::Allowed
    }

    /// The ends of what an interface saw. Logs show its first address whichever of its addresses was meant ("Flow log
    /// limitations"), so it stands there with all of them.
    fn log_ends(&self, at: usize, own: &Interface<'_>, ends: &Ends) -> (End, End) {
        let end = |address: IpAddr| match bears(own, address) {
            true => End::Interfaces(vec![at]),
            false => self.far_end(own, address),
        };
        (end(ends.src), end(ends.dst))
    }

    /// The end opposite an interface: in its own VPC an address is whose it is there, and elsewhere whoever's it may be.
    fn far_end(&self, own: &Interface<'_>, address: IpAddr) -> End {
        let near = self.of_vpc(own.vpc).filter(|(_, other)| bears(other, address));
        let near: Vec<usize> = near.map(|(at, _)| at).collect();
        if near.is_empty() { End::Addresses(AddressSet::from_nets([&address.into()])) } else { End::Interfaces(near) }
    }

    /// What may pass between two ends, part by part.
    fn open(&self, from: &End, to: &End) -> Open {
        let mut open = Open::default();
        for (source, _) in &self.points(from, to, true).points {
            for (target, by) in &self.points(to, from, false).points {
                if source.address().is_ipv4() != by.is_ipv4() {
                    continue;
                }
                let decision = self.decide(*source, *target, *by, &any_port());
                let steps = || decision.way.legs.iter().flat_map(|leg| &leg.steps).chain(&decision.way.rest);
                let first = decision.way.legs.first().map_or(&decision.way.rest, |leg| &leg.steps);
                let out = first.iter().filter(|step| self.is_own(step, *source));
                let pass = |band: Band, step: &Step<'_>| band.and(&self.band(step));
                let stopped = decision.way.stop.as_ref().is_some_and(|stop| stop.denied);
                open.out = open.out.union(&out.fold(Band::open(), pass).may);
                if !stopped {
                    let mut there = steps().fold(Band::open(), pass);
                    // the way is not known to its end, and yet the receiver's own groups let it in or do not
                    if decision.way.stop.is_some() {
                        there = there.and(&self.whoever_asks(*target));
                    }
                    open.there = open.there.union(&there.may);
                }
                open.both = open.both.union(&decision.band.may);
            }
        }
        open
    }

    /// Whether a step is what guards the sender itself: its groups, and its subnet's ACL.
    fn is_own(&self, step: &Step<'_>, source: Point) -> bool {
        let Point::Interface(at, _) = source else { return false };
        match step {
            Step::Groups { interface, direction, .. } => *interface == at && *direction == Direction::Egress,
            Step::Acl { subnet, egress, .. } => {
                *egress && self.interfaces.get(at).is_some_and(|interface| interface.subnet == *subnet)
            }
            Step::AnyAcl { .. } | Step::Carries { .. } | Step::Passes { .. } => false,
        }
    }
}

/// What may pass out of the sender, on the whole way, and there and back.
#[derive(Debug, Default)]
struct Open {
    out: Connections,
    there: Connections,
    both: Connections,
}

/// The connections of a protocol to a port, or all of a protocol without ports.
pub(super) fn asked(protocol: Protocol, port: u16) -> Connections {
    if protocol.has_ports() { Connections::ports(protocol, port, port) } else { Connections::protocol(protocol) }
}

/// Whether an address is one of an interface's, a private or a public one.
fn bears(interface: &Interface<'_>, address: IpAddr) -> bool {
    interface.bears(address) || interface.public.contains(&address)
}

/// Whether an interface takes on packets of others.
fn forwards(interface: &Interface<'_>) -> bool {
    let kinds = ["nat_gateway", "transit_gateway", "gateway_load_balancer", "gateway_load_balancer_endpoint"];
    kinds.contains(&interface.interface_type)
}

/// Whether no router passes an address on: of a link, of many, of nobody.
fn never_routed(address: IpAddr) -> bool {
    let local = match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    local || address.is_multicast() || address.is_unspecified() || address.is_loopback()
}

/// What an answer does not know, in a few words.
fn doubt(answer: &Answer) -> String {
    let last = answer.hops.iter().rev().find(|hop| !hop.why.starts_with("answer: ")).or_else(|| answer.hops.last());
    last.map_or_else(
        || "the engine does not know".to_owned(),
        |hop| match hop.at.starts_with("arn:") {
            true => format!("{}: {}", short_of(&hop.at), hop.why),
            false if hop.at.is_empty() => hop.why.clone(),
            false => format!("{}: {}", hop.at, hop.why),
        },
    )
}
