//! Deciding one pair of points: what surely passes, what may, and what shows it.

use std::net::IpAddr;

use super::band::Band;
use super::network::Network;
use super::walk::{End, Gate};
use super::way::{Hop, Leg, Point, Said, Step, Stop, Way};
use crate::model::{Connections, Protocol};

/// What can pass from one point to another.
#[derive(Debug, Clone)]
pub(super) struct Decision<'n> {
    pub band: Band,
    pub way: Way<'n>,
    to: Point,
    /// The way back of each leg, as far as it is known.
    back: Vec<Back<'n>>,
}

/// What everything but groups lets through.
#[derive(Debug, Clone)]
pub(super) struct Passage<'n> {
    pub band: Band,
    pub way: Way<'n>,
    back: Vec<Back<'n>>,
}

/// The way back of a leg.
#[derive(Debug, Clone)]
struct Back<'n> {
    steps: Vec<Step<'n>>,
    stop: Option<Stop>,
    /// Ports of the client that are asked for.
    asked: Connections,
    /// Those that answers get through to.
    ports: Band,
}

/// The client's ports that a question is about.
pub(super) fn any_port() -> Connections {
    Connections::protocol(Protocol::TCP)
}

impl<'a> Network<'a> {
    /// Decides a pair of points; `by` is the address that the source sends to, `ports` are the client's.
    ///
    /// A TCP verdict is about a connection: answers have to come back, leg by leg, along routes and through ACLs that know
    /// nothing of what went the other way. Groups remember, so they are not asked again.
    pub(super) fn decide(&self, from: Point, to: Point, by: IpAddr, ports: &Connections) -> Decision<'_> {
        let Passage { mut band, way, back } = self.passage(from, to, by, ports);
        let steps = way.legs.iter().flat_map(|leg| &leg.steps).chain(&way.rest);
        band = steps.filter(|step| step.is_groups()).fold(band, |band, step| band.and(&self.band(step)));
        if way.stop.as_ref().is_some_and(|stop| !stop.denied) {
            // what lies beyond may have changed the source's address
            band = band.and(&self.whoever_asks(to));
        }
        Decision { band, way, to, back }
    }

    /// What all layers but groups let through from a point to another.
    pub(super) fn passage(&self, from: Point, to: Point, by: IpAddr, ports: &Connections) -> Passage<'_> {
        let way = self.way(from, to, by);
        let steps = way.legs.iter().flat_map(|leg| &leg.steps).chain(&way.rest).filter(|step| !step.is_groups());
        let mut band = steps.fold(Band::open(), |band, step| band.and(&self.band(step)));
        match &way.stop {
            Some(stop) if stop.denied => {
                band = Band::shut();
            }
            Some(_) => band = band.and(&Band::unknown()),
            None => {}
        }
        let tcp = Connections::protocol(Protocol::TCP);
        let mut back = Vec::new();
        for (at, leg) in way.legs.iter().enumerate() {
            let (steps, stop) = match self.way_back(leg) {
                Ok(steps) => (steps, None),
                Err((steps, stop)) => (steps, Some(stop)),
            };
            let passed = steps.iter().filter(|step| !step.is_groups());
            let mut open = passed.fold(Band::open(), |band, step| band.and(&self.band(step)));
            match &stop {
                Some(stop) if stop.denied => open = Band::shut(),
                Some(_) => open = open.and(&Band::unknown()),
                None => {}
            }
            let asked = if at == 0 { ports.clone() } else { self.chosen(leg.from) };
            let open = open.and(&Band::exactly(asked.clone()));
            if open.may.is_empty() {
                band = band.without(&tcp);
            } else if open.must.is_empty() {
                band = band.doubt(&tcp);
            }
            back.push(Back { steps, stop, asked, ports: open });
        }
        Passage { band, way, back }
    }

    /// Ports that the beginning of a later leg chooses from.
    ///
    /// Source: Amazon VPC User Guide, "NAT gateways": a NAT gateway uses ports 1024-65535.
    fn chosen(&self, from: Point) -> Connections {
        match from {
            Point::Interface(at, _) if self.interfaces.get(at).is_some_and(|interface| interface.is_nat()) => {
                Connections::ports(Protocol::TCP, 1024, u16::MAX)
            }
            _ => any_port(),
        }
    }

    /// What an answer passes on its way from the end of a leg to its beginning.
    fn way_back(&self, leg: &Leg<'_>) -> Result<Vec<Step<'_>>, (Vec<Step<'_>>, Stop)> {
        if matches!((leg.from, leg.to), (Point::Interface(..), Point::Internet(_))) {
            return self.answered(leg).map_err(|stop| (vec![], stop));
        }
        match self.leg(leg.to, leg.from, leg.from.address()) {
            End::Arrived(back) => Ok(back.steps),
            // the gateway that translated on the way in does so on the way out
            End::Out(back, _, Gate::Internet) if matches!(leg.from, Point::Internet(_)) => Ok(back.steps),
            End::Out(back, ..) | End::Nat(back) => {
                let why = "answers leave by a gateway that has not seen the connection";
                Err((back.steps, Stop::unknown("", why)))
            }
            End::Stopped(steps, stop) => Err((steps, stop)),
        }
    }

    /// The hops of a decision, as an answer about one connection tells them.
    pub(super) fn hops(&self, decision: &Decision<'_>, asked: &Connections) -> Vec<Hop> {
        let wanted = [&decision.band.must, &decision.band.may].map(|set| set.intersect(asked).first());
        let (protocol, port) =
            wanted.into_iter().flatten().next().or_else(|| asked.first()).unwrap_or((Protocol::TCP, 0));
        let legs = decision.way.legs.iter().flat_map(|leg| &leg.steps).chain(&decision.way.rest);
        let mut hops: Vec<Hop> = legs.map(|step| self.says(step, protocol, port).hop()).collect();
        hops.extend(decision.way.stop.iter().map(|stop| stop.said().hop()));
        if protocol != Protocol::TCP || decision.way.stop.as_ref().is_some_and(|stop| stop.denied) {
            return hops;
        }
        for back in &decision.back {
            let client = [&back.ports.must, &back.ports.may].map(Connections::first);
            let client = client.into_iter().flatten().next().map_or(0, |(_, port)| port);
            let passed = back.steps.iter().filter(|step| !step.is_groups());
            let told =
                passed.map(|step| self.says(step, Protocol::TCP, client)).chain(back.stop.iter().map(Stop::said));
            hops.extend(told.map(|said| said.of_answer().hop()));
        }
        hops
    }

    /// Where nothing of what is asked is left: the step that leaves nothing of what came to it.
    pub(super) fn proof(&self, decision: &Decision<'_>, asked: &Connections) -> Option<Said> {
        if let Some(stop) = decision.way.stop.as_ref().filter(|stop| stop.denied) {
            return Some(stop.said());
        }
        let steps = decision.way.legs.iter().flat_map(|leg| &leg.steps).chain(&decision.way.rest);
        let left = match self.last(steps, asked, |band| band.may) {
            Ok(left) => left,
            Err(said) => return Some(said),
        };
        if decision.way.stop.is_some() && left.intersect(&self.whoever_asks(decision.to).may).is_empty() {
            let why = "its groups let none of this in, whoever sends it";
            return Some(Said::new(&self.name(decision.to), String::new(), why, None));
        }
        decision.back.iter().find_map(|back| {
            if let Some(stop) = back.stop.as_ref().filter(|stop| stop.denied) {
                return Some(stop.said().of_answer());
            }
            let passed = back.steps.iter().filter(|step| !step.is_groups());
            self.last(passed, &back.asked, |band| band.may).err().map(Said::of_answer)
        })
    }

    /// Where nothing of what is asked is sure any more: the step that is not known, or beyond which nothing is.
    pub(super) fn doubt(&self, decision: &Decision<'_>, asked: &Connections) -> Option<Said> {
        let steps = decision.way.legs.iter().flat_map(|leg| &leg.steps).chain(&decision.way.rest);
        if let Some(stop) = &decision.way.stop {
            return Some(stop.said());
        }
        if let Err(said) = self.last(steps, asked, |band| band.must) {
            return Some(said);
        }
        decision.back.iter().find_map(|back| {
            if let Some(stop) = &back.stop {
                return Some(stop.said().of_answer());
            }
            let passed = back.steps.iter().filter(|step| !step.is_groups());
            self.last(passed, &back.asked, |band| band.must).err().map(Said::of_answer)
        })
    }

    /// What is left of connections after steps, of what surely passes or of what may; else what the step says that
    /// leaves nothing.
    fn last<'s>(
        &self,
        steps: impl Iterator<Item = &'s Step<'s>>,
        asked: &Connections,
        of: fn(Band) -> Connections,
    ) -> Result<Connections, Said> {
        let mut left = asked.clone();
        for step in steps {
            let onward = left.intersect(&of(self.band(step)));
            if onward.is_empty() {
                let (protocol, port) = left.first().unwrap_or((Protocol::TCP, 0));
                return Err(self.says(step, protocol, port));
            }
            left = onward;
        }
        Ok(left)
    }
}
