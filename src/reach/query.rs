//! Questions and answers.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::band::Band;
use super::decide::Decision;
use super::ends::{End, Points};
use super::network::Network;
use super::walk::is_public;
use super::way::{Hop, Point, Said, Stop, together};
use crate::model::{BlockPublicAccess, Connections, Kind, Place, Protocol};

/// A question: can connections of a set pass from one end to another?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Where they begin.
    pub src: End,
    /// Where they end.
    pub dst: End,
    /// Which of them are asked for; a verdict is about *some* of them.
    pub connections: Connections,
    /// The client's port; none for whichever.
    pub src_port: Option<u16>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Some connection surely passes.
    Allowed,
    /// It is shown that none does.
    Denied,
    /// Neither is shown.
    Unknown,
}

impl Verdict {
    /// Whether it counts more where one of two ways is enough: what is allowed, then what is not known.
    pub(super) fn outweighs(self, other: Self) -> bool {
        let rank = |verdict| match verdict {
            Self::Denied => 0,
            Self::Unknown => 1,
            Self::Allowed => 2,
        };
        rank(self) > rank(other)
    }

    /// `allowed`, `denied` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Answer {
    /// The verdict.
    pub verdict: Verdict,
    /// What passes if it is allowed, what may pass if that is unknown: `tcp/443`, `all` …
    pub connections: Vec<String>,
    /// A witness: what one connection passes, and its answer. Of a denial, a proof: what leaves nothing. Of an unknown,
    /// what is not known.
    pub hops: Vec<Hop>,
    /// What the answer rests on beside the sources.
    pub assumptions: Vec<String>,
    /// Whether it is a denial only if something holds that the sources do not show.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conditional: bool,
}

/// What every denial leaves aside: nothing of it is in the sources.
const NOT_JUDGED: &str = "not judged: VPC Lattice where it leaves no interface, mirrored traffic, pods that leave a VPC under \
    their node's address, and access through the interfaces of AWS itself (Systems Manager sessions)";

/// A verdict with what shows it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub verdict: Verdict,
    pub connections: Connections,
    pub hops: Vec<Hop>,
}

impl<'a> Network<'a> {
    /// Answers a question: straight, over load balancers, and past entrances that have no model.
    pub fn answer(&self, question: &Question) -> Answer {
        let Question { src, dst, connections: asked, src_port } = question;
        let ports = src_port.map_or_else(super::decide::any_port, |port| Connections::ports(Protocol::TCP, port, port));
        let straight = self.direct_answer(src, dst, asked, &ports);
        let mut all = vec![straight];
        if all.iter().all(|found| found.verdict != Verdict::Allowed) {
            all.extend(self.over_balancers(src, dst, asked, &ports));
            all.extend(self.over_private_link(src, dst, asked, &ports));
        }
        if all.iter().all(|found| found.verdict == Verdict::Denied) {
            all.extend(self.over_entrances(src, dst, asked));
        }
        let verdict = [Verdict::Allowed, Verdict::Unknown].into_iter().find(|v| all.iter().any(|f| f.verdict == *v));
        let verdict = verdict.unwrap_or(Verdict::Denied);
        let mut told = all.into_iter().filter(|found| found.verdict == verdict);
        let Some(mut first) = told.next() else {
            return Answer { verdict, connections: vec![], hops: vec![], assumptions: vec![], conditional: false };
        };
        for other in told {
            first.connections = first.connections.union(&other.connections);
        }
        let mut assumptions = self.assumptions(src, dst);
        if verdict == Verdict::Denied {
            assumptions.push(NOT_JUDGED.to_owned());
            let planes = self.control_planes(dst, asked);
            if !planes.is_empty() {
                let planes = planes.join(", ");
                assumptions.push(format!("what an EKS control plane does for its clients (exec, port-forward, proxy) over {planes} is no network path and not judged"));
            }
        }
        Answer { verdict, connections: first.connections.describe(), hops: first.hops, assumptions, conditional: false }
    }

    /// What passes between two ends without a relay.
    pub(super) fn direct_answer(&self, src: &End, dst: &End, asked: &Connections, ports: &Connections) -> Found {
        let (mut from, to) = (self.points(src, dst, true), self.points(dst, src, false));
        // a load balancer takes what its listeners take
        let listens = self.listens(dst);
        let asked = match &listens {
            Some((_, listens)) => &asked.intersect(&listens.may),
            None => asked,
        };
        let mut sum = Sum { band: Band::shut(), witness: None, doubt: None, proofs: BTreeSet::new() };
        if let Some((balancer, _)) = listens.as_ref().filter(|_| asked.is_empty()) {
            let hops = vec![Said::new(&balancer.id, String::new(), "no listener takes it", None).hop()];
            return Found { verdict: Verdict::Denied, connections: Connections::default(), hops };
        }
        for (source, _) in &from.points {
            for (target, by) in &to.points {
                // an interface speaks to an address of the other's family
                if source.address().is_ipv4() != by.is_ipv4() {
                    from.stops.extend(self.over_nat64(*source, *by));
                    continue;
                }
                // all that is asked for is shown already
                if asked.subtract(&sum.band.must).is_empty() {
                    continue;
                }
                if *src == End::Internet && !is_public(*by) {
                    let why = "no address of the internet is";
                    sum.proofs.insert(Said::new(&self.name(*target), String::new(), why, Some(*by)));
                    continue;
                }
                let mut decision = self.decide(*source, *target, *by, ports);
                if let Some((_, listens)) = &listens {
                    decision.band = decision.band.and(listens);
                }
                self.add(&mut sum, decision, asked);
            }
        }
        let crossed = !from.points.is_empty() && !to.points.is_empty();
        if crossed && sum.witness.is_none() && sum.doubt.is_none() && sum.proofs.is_empty() {
            let why = "the two ends have no address of one family";
            let interface = |(point, _): &&(Point, _)| matches!(point, Point::Interface(..));
            let own = from.points.iter().chain(&to.points).find(interface);
            let at = own.map(|(point, _)| self.name(*point)).unwrap_or_default();
            sum.proofs.insert(Said::new(&at, String::new(), why, None));
        }
        self.conclude(sum, &from, &to, asked)
    }

    fn add<'n>(&'n self, sum: &mut Sum<'n>, decision: Decision<'n>, asked: &Connections) {
        sum.band = sum.band.or(&decision.band);
        if !decision.band.must.intersect(asked).is_empty() {
            sum.witness.get_or_insert(decision);
        } else if !decision.band.may.intersect(asked).is_empty() {
            sum.doubt.get_or_insert(decision);
        } else {
            sum.proofs.extend(self.proof(&decision, asked));
        }
    }

    fn conclude(&self, mut sum: Sum<'_>, from: &Points, to: &Points, asked: &Connections) -> Found {
        let stops = || from.stops.iter().chain(&to.stops);
        if let Some(decision) = &sum.witness {
            let connections = sum.band.must.intersect(asked);
            return Found { verdict: Verdict::Allowed, hops: self.hops(decision, asked), connections };
        }
        if let Some(decision) = &sum.doubt {
            let connections = sum.band.may.intersect(asked);
            return Found { verdict: Verdict::Unknown, hops: self.hops(decision, asked), connections };
        }
        if stops().any(|stop| !stop.denied) {
            let hops = stops().filter(|stop| !stop.denied).map(|stop| stop.said().hop()).collect();
            return Found { verdict: Verdict::Unknown, hops, connections: asked.clone() };
        }
        sum.proofs.extend(stops().map(Stop::said));
        let hops = together(sum.proofs);
        // a denial that nothing shows is none
        if hops.is_empty() {
            return Found { verdict: Verdict::Unknown, hops, connections: asked.clone() };
        }
        Found { verdict: Verdict::Denied, hops, connections: Connections::default() }
    }

    /// What every answer rests on.
    fn assumptions(&self, src: &End, dst: &End) -> Vec<String> {
        let mut all = Vec::new();
        let outside = |end: &End| !matches!(end, End::Interfaces(_));
        let own = |place: &Place| {
            let mut all = self.inventory.of::<BlockPublicAccess>();
            all.any(|(_, asset, _)| (&asset.place.account, &asset.place.region) == (&place.account, &place.region))
        };
        let told = |end: &End| match end {
            End::Interfaces(interfaces) => {
                interfaces.iter().filter_map(|at| self.interfaces.get(*at)).all(|interface| {
                    self.subnets.get(interface.subnet).is_some_and(|node| {
                        node.body.block_public_access.is_some()
                            || own(&node.asset.place)
                            || self.inventory.coverage.is_listed(BlockPublicAccess::NAME, &node.asset.place)
                    })
                })
            }
            End::Internet | End::Addresses(_) => true,
        };
        if (outside(src) || outside(dst)) && !(told(src) && told(dst)) {
            all.push(
                "VPC Block Public Access was not collected: it is taken to be off, as it is unless turned on"
                    .to_owned(),
            );
        }
        all
    }

    /// The id of what a point stands for.
    pub(super) fn name(&self, point: Point) -> String {
        match point {
            Point::Interface(at, _) => self.interfaces.get(at).map(|i| i.asset.id.to_string()).unwrap_or_default(),
            Point::Internet(address) => format!("internet {address}"),
            Point::Bare(address) => address.to_string(),
            Point::Declared(at, address) => {
                format!("{address} behind {}", self.declared.get(at).map_or("", |network| &network.via))
            }
        }
    }
}

/// What all pairs of points of a question add up to.
struct Sum<'n> {
    band: Band,
    /// The first pair over which something surely passes.
    witness: Option<Decision<'n>>,
    /// The first pair of which that is not known.
    doubt: Option<Decision<'n>>,
    /// What stops the others.
    proofs: BTreeSet<Said>,
}
