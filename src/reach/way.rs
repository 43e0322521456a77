//! One way through the network: from a point to a point, gate after gate, as AWS would send the first packet.
//!
//! A way is a list of legs. A gateway that puts another address in the place of the source (NAT, an internet gateway)
//! ends one leg and begins the next, and each leg is answered along its own way back.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::band::Band;
use super::guards::{Far, Tri};
use super::network::{Guard, Network};
use crate::model::{Connections, Direction, Protocol};

/// Where a connection begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Point {
    /// An interface, at one of its private addresses.
    Interface(usize, IpAddr),
    /// An address of the internet.
    Internet(IpAddr),
    /// An address that no known interface bears and no network is known to hold.
    Bare(IpAddr),
    /// An address of a network that the configuration declares, by its number there.
    Declared(usize, IpAddr),
}

impl Point {
    pub fn address(self) -> IpAddr {
        match self {
            Self::Interface(_, address)
            | Self::Internet(address)
            | Self::Declared(_, address)
            | Self::Bare(address) => address,
        }
    }
}

/// Why a way ends before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The resource that it ends at.
    pub at: String,
    /// Why.
    pub why: String,
    /// Whether it is shown that nothing passes; else nobody knows.
    pub denied: bool,
}

impl Stop {
    pub(super) fn denied(at: &str, why: impl Into<String>) -> Self {
        Self { at: at.to_owned(), why: why.into(), denied: true }
    }

    pub(super) fn unknown(at: &str, why: impl Into<String>) -> Self {
        Self { at: at.to_owned(), why: why.into(), denied: false }
    }

    pub(super) fn said(&self) -> Said {
        Said::new(&self.at, String::new(), &self.why, None)
    }
}

/// Something that a leg passes.
#[derive(Debug, Clone)]
pub(super) enum Step<'n> {
    /// Groups of an interface.
    Groups { interface: usize, direction: Direction, far: Far<'n> },
    /// The ACL of a subnet, asked about the address at the other end.
    Acl { subnet: &'n str, egress: bool, address: IpAddr },
    /// One of the ACLs of several subnets, or none of them; nobody knows which.
    AnyAcl { subnets: Vec<&'n str>, or_none: bool, egress: bool, address: IpAddr },
    /// A gateway that carries some protocols only.
    Carries { at: String, connections: Connections },
    /// A route, a gateway: shown, lets everything through.
    Passes { at: String, by: String, why: String },
}

impl Step<'_> {
    /// Whether it is up to security groups.
    pub fn is_groups(&self) -> bool {
        matches!(self, Self::Groups { .. })
    }
}

/// Steps from one point to another without a change of address.
#[derive(Debug, Clone)]
pub(super) struct Leg<'n> {
    pub from: Point,
    pub to: Point,
    pub steps: Vec<Step<'n>>,
}

/// A way: its legs, and where it ends if not at its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Way<'n> {
    pub legs: Vec<Leg<'n>>,
    /// Steps of a leg that did not arrive.
    pub rest: Vec<Step<'n>>,
    pub stop: Option<Stop>,
}

impl<'a> Network<'a> {
    /// What a step lets through.
    pub(super) fn band(&self, step: &Step<'_>) -> Band {
        match step {
            Step::Groups { interface, direction, far } => self.group_band(*interface, *direction, far),
            Step::Acl { subnet, egress, address } => self.acl_band(subnet, *egress, *address),
            Step::AnyAcl { subnets, or_none, egress, address } => {
                let bands = subnets.iter().map(|subnet| self.acl_band(subnet, *egress, *address));
                let none = or_none.then(Band::open);
                bands.chain(none).reduce(|a, b| a.either(&b)).unwrap_or_else(Band::unknown)
            }
            Step::Carries { connections, .. } => Band::exactly(connections.clone()),
            Step::Passes { .. } => Band::open(),
        }
    }

    /// What the groups of an interface let through: the union of them all.
    pub(super) fn group_band(&self, interface: usize, direction: Direction, far: &Far<'_>) -> Band {
        let Some(interface) = self.interfaces.get(interface) else { return Band::unknown() };
        match interface.guard {
            Guard::Nothing => Band::open(),
            // every interface that has groups has at least one: none of them was told
            Guard::Groups if interface.groups.is_empty() => Band::unknown(),
            Guard::Groups => interface.groups.iter().fold(Band::shut(), |band, id| {
                band.or(&self.groups.get(id.as_str()).map_or_else(Band::unknown, |group| group.band(direction, far)))
            }),
        }
    }

    fn acl_band(&self, subnet: &str, egress: bool, address: IpAddr) -> Band {
        let acl = self.subnets.get(subnet).and_then(|subnet| subnet.acl.as_ref());
        acl.map_or_else(Band::unknown, |acl| acl.band(egress, address))
    }

    /// The resource and the rule that let a connection through, or stop it, at a step.
    pub(super) fn says(&self, step: &Step<'_>, protocol: Protocol, port: u16) -> Said {
        let direction = |egress: bool| if egress { "out to" } else { "in from" };
        match step {
            Step::Groups { interface, direction, far } => {
                let at = self.interfaces.get(*interface);
                let groups = at.map(|at| at.groups).unwrap_or_default();
                let rule = groups
                    .iter()
                    .find_map(|id| self.groups.get(id.as_str())?.deciding(*direction, far, protocol, port));
                let by = rule.map_or_else(|| groups.join(", "), |rule| rule.id.to_string());
                let out = *direction == Direction::Egress;
                let open = self.group_band(*interface, *direction, far).may.contains(protocol, port);
                let why = match (rule, at.map(|at| at.guard), out) {
                    (None, Some(Guard::Groups), true) if open => "nobody knows whether a rule lets out to",
                    (None, Some(Guard::Groups), false) if open => "nobody knows whether a rule lets in from",
                    (_, Some(Guard::Nothing), _) => "bears no security group",
                    (Some(_), _, true) => "lets out to",
                    (Some(_), _, false) => "lets in from",
                    (None, _, true) => "no rule lets out to",
                    (None, _, false) => "no rule lets in from",
                };
                Said::new(at.map_or("", |at| &at.asset.id), by, why, far.address)
            }
            Step::Acl { subnet, egress, address } => {
                let node = self.subnets.get(subnet);
                let at = node.map_or(*subnet, |node| &node.asset.id);
                let Some(acl) = node.and_then(|node| node.acl.as_ref()) else {
                    return Said::new(at, String::new(), "its network ACL was not collected", None);
                };
                let number = acl.deciding(*egress, *address, protocol, port);
                let entry = number.map_or_else(|| "no entry".to_owned(), |number| format!("entry {number}"));
                let why = format!("{entry}, {}", direction(*egress));
                Said::new(at, acl.asset.id.to_string(), why, Some(*address))
            }
            Step::AnyAcl { subnets, egress, address, .. } => {
                let which = if subnets.len() > 1 { "one of their network ACLs" } else { "its network ACL, perhaps" };
                let why = format!("{which}, {}", direction(*egress));
                Said::new(&subnets.join(", "), String::new(), why, Some(*address))
            }
            Step::Carries { at, connections } => {
                Said::new(at, String::new(), format!("carries {}", connections.describe().join(", ")), None)
            }
            Step::Passes { at, by, why } => Said::new(at, by.clone(), why, None),
        }
    }

    /// A far end as groups see it.
    pub(super) fn far(&self, point: Point, referral: Tri) -> Far<'_> {
        let groups: Option<&[String]> = match point {
            // every interface that has groups has at least one: none of them was told
            Point::Interface(at, _) => self
                .interfaces
                .get(at)
                .filter(|interface| interface.guard == Guard::Nothing || !interface.groups.is_empty())
                .map(|interface| interface.groups),
            Point::Internet(_) | Point::Declared(..) => Some(&[]),
            Point::Bare(_) => None,
        };
        Far { address: Some(point.address()), groups, referral, over: None }
    }
}

/// One hop of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Hop {
    /// The resource that is passed, or that nothing passes.
    pub at: String,
    /// What decides there: a rule, a table, an ACL; empty where nothing does.
    pub by: String,
    /// What it says.
    pub why: String,
}

/// What a step says, with the address that it says it of apart, so that many of them can be told as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub at: String,
    pub by: String,
    pub why: String,
    pub address: Option<IpAddr>,
}

impl Said {
    pub fn new(at: &str, by: String, why: impl Into<String>, address: Option<IpAddr>) -> Self {
        Self { at: at.to_owned(), by, why: why.into(), address }
    }

    /// Says that it is about the answer.
    pub fn of_answer(self) -> Self {
        Self { why: format!("answer: {}", self.why), ..self }
    }

    pub fn hop(self) -> Hop {
        let why = match self.address {
            Some(address) => format!("{} {address}", self.why),
            None => self.why,
        };
        Hop { at: self.at, by: self.by, why }
    }
}

/// Many sayings, those that differ in the address alone as one.
pub(super) fn together(all: BTreeSet<Said>) -> Vec<Hop> {
    let mut hops: Vec<(Said, usize)> = Vec::new();
    for said in all {
        match hops.last_mut() {
            Some((last, more)) if (&last.at, &last.by, &last.why) == (&said.at, &said.by, &said.why) => *more += 1,
            _ => hops.push((said, 0)),
        }
    }
    let told = hops.into_iter().map(|(said, more)| {
        let hop = said.hop();
        if more == 0 { hop } else { Hop { why: format!("{} and {more} more", hop.why), ..hop } }
    });
    told.collect()
}
