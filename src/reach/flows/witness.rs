//! What shows a flow, or what is not known of it.

use super::arrivals::Leg;
use super::flow::{Flow, Party};
use crate::reach::decide::any_port;
use crate::reach::network::Network;
use crate::reach::way::{Hop, Point, Said};

impl<'a> Network<'a> {
    /// What shows a flow: the hops of one connection, leg by leg, or what is not known.
    pub fn witness(&self, flow: &Flow) -> Vec<Hop> {
        let mut hops = Vec::new();
        for (at, leg) in flow.legs.iter().enumerate() {
            match leg.from {
                Some(from) => {
                    let decision = self.decide(from, leg.to, leg.by, &any_port());
                    hops.extend(self.hops(&decision, &leg.asked));
                }
                None => hops.extend(self.unasked(flow, leg)),
            }
            hops.extend(flow.relays.get(at).map(|passed| passed.hop.clone()));
        }
        hops
    }

    /// What is not known of a flow: of its connections and load balancers the first that is not sure.
    pub fn open_question(&self, flow: &Flow) -> Option<Hop> {
        let found = flow.legs.iter().enumerate().find_map(|(at, leg)| {
            let doubt = match leg.from {
                Some(from) => {
                    let decision = self.decide(from, leg.to, leg.by, &any_port());
                    let open = leg.asked.subtract(&decision.band.must);
                    (!open.is_empty()).then(|| self.doubt(&decision, &open)).flatten().map(Said::hop)
                }
                None => self.unasked(flow, leg),
            };
            doubt.or_else(|| Some(flow.relays.get(at).filter(|passed| !passed.sure)?.hop.clone()))
        });
        found.or_else(|| self.open_end(flow))
    }

    /// What begins somewhere unknown.
    fn unasked(&self, flow: &Flow, leg: &Leg) -> Option<Hop> {
        let Party::Outside(outside) = &flow.src else { return None };
        let why = format!("may be reached by {}", outside.what);
        Some(Hop { at: self.name(leg.to), by: String::new(), why })
    }

    /// What is not known of a flow all of whose connections would pass: who sends it, or what takes it.
    fn open_end(&self, flow: &Flow) -> Option<Hop> {
        let (first, last) = (flow.legs.first()?, flow.legs.last()?);
        let hop = |at, why: String| Some(Hop { at, by: String::new(), why });
        match first.from {
            Some(Point::Interface(at, _)) if self.interfaces.get(at).is_some_and(|interface| interface.forwards) => {
                let why = "it may send under any address: its source/destination check is off".to_owned();
                hop(self.name(Point::Interface(at, first.by)), why)
            }
            _ => match &flow.src {
                Party::Outside(outside) if outside.addresses.is_none() => self.unasked(flow, first),
                _ => hop(self.name(last.to), "which connections it takes is not known".to_owned()),
            },
        }
    }
}
