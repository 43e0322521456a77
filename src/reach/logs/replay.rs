//! Asking the engine about what logs saw.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::judge::{Evidence, Judged, asked};
use super::observed::{Ends, Group, Observed};
use super::sighting::Sighting;
use crate::model::Connections;
use crate::reach::network::{Network, short};
use crate::reach::query::Answer;

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
    /// Whether these are answers, which imply the connection: the log lacks its beginning.
    pub implied: bool,
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
    /// Whether others from the same port to the same port were accepted.
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
            // a log that begins in the middle of a connection may have its answers alone
            if let Some(seen) = group.accepted.or(group.answers) {
                let evidence = Evidence { answered: group.answers.is_some(), established: group.established };
                let judged = self.judge(ends, *port, evidence);
                let flow = Flow { implied: group.accepted.is_none(), ..self.flow(ends, *port, seen) };
                self.count(flow, judged, false);
            }
            if !group.rejected.is_empty()
                && let Some(at) = self.number(ends)
                && self.network.lets(at, ends, *port)
            {
                self.rejected(ends, *port, group);
            }
        }
    }

    /// Those of which others with the same ports were accepted may have come too late; those without are told apart.
    fn rejected(&mut self, ends: &Ends, port: u16, group: &Group) {
        for also_accepted in [false, true] {
            let mut all = None;
            for (seen, _) in group.rejected.values().filter(|(_, also)| *also == also_accepted) {
                seen.join(&mut all);
            }
            if let Some(seen) = all {
                let flow = self.flow(ends, port, seen);
                self.replay.rejected.push(Rejected { flow, also_accepted });
            }
        }
    }

    /// Packets that may begin a connection or answer one: both readings are asked about.
    fn pairs(&mut self) {
        let observed = self.observed;
        for (ends, pairs) in &observed.pairs {
            let mirrored = observed.pairs.get(&ends.turned()).filter(|_| ends.protocol.has_ports());
            let mut answered = BTreeSet::new();
            let mut told: BTreeMap<(u16, bool), Vec<(Sighting, Judged)>> = BTreeMap::new();
            for ((src_port, dst_port), seen) in pairs {
                let back = mirrored.is_some_and(|back| back.contains_key(&(*dst_port, *src_port)));
                // both readings are asked about once, as of the connection that the lower port serves
                if back && (dst_port, ends.dst) > (src_port, ends.src) {
                    answered.insert(*src_port);
                    continue;
                }
                let (judged, answer) = self.either(ends, seen, back);
                let alike = told.entry((if answer { *src_port } else { *dst_port }, answer)).or_default();
                match alike.iter_mut().find(|(_, known)| known.is_like(&judged)) {
                    Some((known, _)) => known.add(*seen),
                    None => alike.push((*seen, judged)),
                }
            }
            self.replay.as_answers += answered.len() as u64;
            for ((port, answer), alike) in told {
                for (seen, judged) in alike {
                    if answer {
                        let flow = Flow { implied: true, ..self.flow(&ends.turned(), port, seen.turned()) };
                        self.count_answers(flow, judged);
                    } else {
                        self.count(self.flow(ends, port, seen), judged, true);
                    }
                }
            }
        }
    }

    /// What is made of packets that may begin a connection or answer one, and whether they are taken for answers.
    fn either(&mut self, ends: &Ends, seen: &Sighting, answered: bool) -> (Judged, bool) {
        let begins = self.judge(ends, seen.first.dst_port, Evidence { answered, established: false });
        if matches!(begins, Judged::Agreed) {
            return (begins, false);
        }
        let evidence = Evidence { answered: true, established: false };
        match (&begins, self.judge(&ends.turned(), seen.first.src_port, evidence)) {
            (_, Judged::Agreed) => (Judged::Agreed, true),
            (Judged::Contradicted(..), other) if !matches!(other, Judged::Contradicted(..)) => (other, true),
            _ => (begins, false),
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
        Flow {
            interface,
            vpc,
            src: ends.src,
            dst: ends.dst,
            connections: asked(ends.protocol, port),
            seen,
            implied: false,
        }
    }

    /// Counts packets that are taken for answers, since nothing else explains them.
    fn count_answers(&mut self, flow: Flow, judged: Judged) {
        match judged {
            Judged::Unknown(_) => self.count(flow, judged, true),
            _ => {
                self.replay.as_answers += 1;
                self.replay.accepted.push(flow);
            }
        }
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
