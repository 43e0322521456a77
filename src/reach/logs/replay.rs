//! Asking the engine about what logs saw.
//!
//! What a record shows depends on where it was made (Amazon VPC User Guide, "Flow log records": `action` is what groups and
//! network ACLs did to traffic of that interface). At the sender it shows that the sender's groups and its subnet's ACL let
//! packets out, at the receiver that the whole way there is open, and answers that came back show that the way back is.
//! A denial is contradicted only if it denies what is shown.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::observed::{Ends, Observed, Sighting, has_ports};
use crate::model::{AddressSet, Connections, Direction, Protocol, short_of};
use crate::reach::band::Band;
use crate::reach::decide::any_port;
use crate::reach::ends::End;
use crate::reach::network::{Interface, Network, short};
use crate::reach::query::{Answer, Question, Verdict};
use crate::reach::way::{Point, Step};

/// A connection that a log saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The interface that saw it, by its short id.
    pub interface: String,
    /// The interface's VPC, by its short id; none if the interface is not in the sources.
    pub vpc: Option<String>,
    /// Its client.
    pub src: IpAddr,
    /// Its server.
    pub dst: IpAddr,
    /// The protocol and the server's port.
    pub connections: Connections,
    /// The records.
    pub seen: Sighting,
}

/// What records show of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// It left its client.
    Left,
    /// It arrived at its server.
    Arrived,
    /// Answers came back to its client.
    Answered,
}

/// A connection that passed and that the engine calls denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What was seen.
    pub flow: Flow,
    /// What that shows.
    pub shown: Shown,
    /// What the engine says.
    pub answer: Answer,
    /// Whether the record alone does not tell which end began, and the other reading is denied as well.
    pub either_way: bool,
}

/// A connection that was stopped and that the engine calls allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// What was seen.
    pub flow: Flow,
    /// Whether others of its kind were accepted.
    pub also_accepted: bool,
}

/// Connections that cannot be judged, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// Why.
    pub why: String,
    /// How many.
    pub flows: u64,
    /// One of them.
    pub example: Flow,
}

/// What became of logs.
#[derive(Debug, Default)]
pub struct Replay {
    /// The worst first.
    pub contradictions: Vec<Contradiction>,
    /// By why, the most first.
    pub undecided: Vec<Undecided>,
    /// Rejected connections that the engine calls allowed.
    pub rejected: Vec<Rejected>,
    /// Connections that passed and that the engine calls allowed.
    pub agreed: u64,
    /// Connections that left their client and that the engine says are stopped later on.
    pub stopped_later: u64,
    /// Connections that may as well be answers, and are allowed then.
    pub as_answers: u64,
    /// Those that were accepted and not stopped later, for who wants to know when they were last seen.
    pub accepted: Vec<Flow>,
}

/// What is made of one connection.
#[derive(Debug, Clone)]
enum Judged {
    Agreed,
    StoppedLater,
    Unknown(String),
    Contradicted(Shown, Box<Answer>),
}

/// What records say beyond that the client's packets were accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Evidence {
    answered: bool,
    established: bool,
}

impl<'a> Network<'a> {
    /// Asks about every connection that logs saw.
    pub fn replay(&self, mut observed: Observed) -> Replay {
        observed.settle();
        let numbers: HashMap<&str, usize> =
            self.interfaces.iter().enumerate().map(|(at, interface)| (short(interface.asset), at)).collect();
        let at: Vec<Option<usize>> = observed.interfaces.iter().map(|id| numbers.get(id.as_str()).copied()).collect();
        let mut run = Run { network: self, observed: &observed, at, cache: HashMap::new(), replay: Replay::default() };
        run.groups();
        run.pairs();
        let mut replay = run.replay;
        replay.contradictions.sort_by_key(|found| (std::cmp::Reverse(found.shown), found.flow.seen.first));
        replay.rejected.sort_by_key(|found| found.flow.seen.first);
        replay.undecided.sort_by(|a, b| b.flows.cmp(&a.flows).then_with(|| a.why.cmp(&b.why)));
        replay.accepted.sort_by_key(|flow| flow.seen.first);
        replay
    }

    /// What the engine makes of a connection that an interface accepted.
    fn judge(&self, at: usize, ends: &Ends, port: u16, evidence: Evidence) -> Judged {
        let Some(own) = self.interfaces.get(at) else { return Judged::Unknown("no such interface".to_owned()) };
        let Ends { src, dst, protocol, .. } = *ends;
        if let Some(odd) = [src, dst].into_iter().find(|address| never_routed(*address)) {
            return Judged::Unknown(format!("{odd} is no address that is routed"));
        }
        let (sends, receives) = (bears(own, src), bears(own, dst));
        if own.is_nat() && receives {
            // VPC User Guide, "NAT gateways": nothing outside can begin a connection; the log says what the ACL did
            if AddressSet::internet().contains(src) {
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
            let over = self.over_balancers(&from, &to, &Connections::all());
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
        let agrees = shown == Shown::Answered && evidence.established;
        if left.intersect(&asked).is_empty() || agrees {
            Judged::Contradicted(shown, Box::new(answer))
        } else {
            Judged::StoppedLater
        }
    }

    /// Whether the engine calls a connection allowed that comes by no load balancer.
    fn lets(&self, at: usize, ends: &Ends, port: u16) -> bool {
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
        let all = self.interfaces.iter().enumerate();
        let near = all.filter(|(_, other)| other.vpc == own.vpc && bears(other, address));
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
                    open.there = open.there.union(&steps().fold(Band::open(), pass).may);
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

/// A replay under way.
struct Run<'r, 'a> {
    network: &'r Network<'a>,
    observed: &'r Observed,
    /// Interfaces of the logs, by their number in the network.
    at: Vec<Option<usize>>,
    cache: HashMap<(Ends, u16, Evidence), Judged>,
    replay: Replay,
}

impl Run<'_, '_> {
    /// Connections of which it is known which end began them.
    fn groups(&mut self) {
        let observed = self.observed;
        for ((ends, port), group) in &observed.groups {
            if let Some(seen) = group.accepted {
                let evidence = Evidence { answered: group.answered, established: group.established };
                let judged = self.judge(ends, *port, evidence);
                let flow = self.flow(ends, *port, seen);
                self.count(flow, judged, false);
            }
            if let Some(seen) = group.rejected
                && let Some(at) = self.number(ends)
                && self.network.lets(at, ends, *port)
            {
                let flow = self.flow(ends, *port, seen);
                self.replay.rejected.push(Rejected { flow, also_accepted: group.accepted.is_some() });
            }
        }
    }

    /// Packets that may begin a connection or answer one: both readings are asked about.
    fn pairs(&mut self) {
        let observed = self.observed;
        for (ends, pairs) in &observed.pairs {
            let mirrored = observed.pairs.get(&ends.turned());
            let mut merged: BTreeMap<(Ends, u16), (Sighting, Judged, bool)> = BTreeMap::new();
            for ((low, to_low), all) in pairs {
                let back = has_ports(ends.protocol) && mirrored.is_some_and(|back| back.contains_key(&(*low, !to_low)));
                // told once, as the connection that its lower port serves
                if back && !to_low {
                    self.replay.as_answers += 1;
                    continue;
                }
                for seen in all {
                    let port = seen.first.dst_port;
                    match merged.get_mut(&(*ends, port)) {
                        Some((known, judged, answer)) => {
                            known.records += seen.records;
                            known.last = known.last.max(seen.last);
                            // the worst of its kind stands for all
                            if !matches!(judged, Judged::Contradicted(..)) {
                                let other = self.either(ends, seen, back);
                                if matches!(other.0, Judged::Contradicted(..)) {
                                    known.first = seen.first;
                                    (*judged, *answer) = other;
                                }
                            }
                        }
                        None => {
                            let (judged, answer) = self.either(ends, seen, back);
                            merged.insert((*ends, port), (*seen, judged, answer));
                        }
                    }
                }
            }
            for ((ends, port), (seen, judged, answer)) in merged {
                if answer && !matches!(judged, Judged::Unknown(_)) {
                    self.replay.as_answers += 1;
                    let answered = self.flow(&ends.turned(), seen.first.src_port, seen);
                    self.replay.accepted.push(answered);
                    continue;
                }
                let flow = self.flow(&ends, port, seen);
                self.count(flow, judged, true);
            }
        }
    }

    /// What is made of packets that may begin a connection or answer one, and whether they are taken for answers.
    fn either(&mut self, ends: &Ends, seen: &Sighting, answered: bool) -> (Judged, bool) {
        let begins = self.judge(ends, seen.first.dst_port, Evidence { answered, established: false });
        if !matches!(begins, Judged::Contradicted(..) | Judged::StoppedLater) {
            return (begins, false);
        }
        let evidence = Evidence { answered: true, established: false };
        match (&begins, self.judge(&ends.turned(), seen.first.src_port, evidence)) {
            (_, Judged::Agreed) => (Judged::Agreed, true),
            (Judged::StoppedLater, _) | (_, Judged::Contradicted(..)) => (begins, false),
            (_, other) => (other, true),
        }
    }

    /// The interface that saw it, by its number in the network.
    fn number(&self, ends: &Ends) -> Option<usize> {
        self.at.get(usize::try_from(ends.interface).ok()?).copied().flatten()
    }

    fn judge(&mut self, ends: &Ends, port: u16, evidence: Evidence) -> Judged {
        let Some(at) = self.number(ends) else {
            return Judged::Unknown("the interface is not in the sources".to_owned());
        };
        let network = self.network;
        self.cache.entry((*ends, port, evidence)).or_insert_with(|| network.judge(at, ends, port, evidence)).clone()
    }

    fn flow(&self, ends: &Ends, port: u16, seen: Sighting) -> Flow {
        let name = usize::try_from(ends.interface).unwrap_or(usize::MAX);
        let interface = self.observed.interfaces.get(name).cloned().unwrap_or_default();
        let own = self.number(ends).and_then(|at| self.network.interfaces.get(at));
        let vpc = own.map(|own| own.vpc.to_owned());
        Flow { interface, vpc, src: ends.src, dst: ends.dst, connections: asked(ends.protocol, port), seen }
    }

    fn count(&mut self, flow: Flow, judged: Judged, either_way: bool) {
        if !matches!(judged, Judged::StoppedLater) {
            self.replay.accepted.push(flow.clone());
        }
        match judged {
            Judged::Agreed => self.replay.agreed += 1,
            Judged::StoppedLater => self.replay.stopped_later += 1,
            Judged::Contradicted(shown, answer) => {
                self.replay.contradictions.push(Contradiction { flow, shown, answer: *answer, either_way });
            }
            Judged::Unknown(why) => match self.replay.undecided.iter_mut().find(|known| known.why == why) {
                Some(known) => {
                    known.flows += 1;
                    if flow.seen.first < known.example.seen.first {
                        known.example = flow;
                    }
                }
                None => self.replay.undecided.push(Undecided { why, flows: 1, example: flow }),
            },
        }
    }
}

fn asked(protocol: Protocol, port: u16) -> Connections {
    if has_ports(protocol) { Connections::ports(protocol, port, port) } else { Connections::protocol(protocol) }
}

fn bears(interface: &Interface<'_>, address: IpAddr) -> bool {
    interface.private.contains(&address)
        || interface.public.contains(&address)
        || interface.prefixes.iter().any(|prefix| prefix.contains(&address))
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
