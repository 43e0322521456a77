//! Over interface endpoints: PrivateLink leads what arrives at them to load balancers, or to services that AWS manages.

use std::net::IpAddr;
use std::sync::Arc;

use super::arrivals::{Arrival, Estate, From, Leg, Passed, Whose};
use super::classes::{Class, Role};
use super::outside::Outside;
use crate::model::{Connections, Kind, LoadBalancer};
use crate::reach::band::Band;
use crate::reach::way::{Hop, Point};
use crate::zone::Border;

impl<'n> Estate<'n> {
    /// Over PrivateLink: from endpoints, for those who arrive at them.
    ///
    /// Source: AWS PrivateLink, "Share your services": consumers connect to an endpoint's interface, whose groups apply.
    pub fn over_endpoints(&self, class: &Class<'n>, wanted: &dyn Fn(&Border) -> bool, listens: &Band) -> Vec<Arrival> {
        let Role::Door(balancer) = class.role else { return vec![] };
        let Some(body) = self.network.inventory.assets().get(balancer).and_then(|a| LoadBalancer::of(&a.body)) else {
            return vec![];
        };
        let mut found = Vec::new();
        let leg =
            |from: Option<Point>| Leg { from, to: class.point, by: class.point.address(), asked: listens.may.clone() };
        for what in self.relays.foreign.get(&balancer).into_iter().flatten() {
            let outside = Outside { border: Border::unclassified(), addresses: None, what: what.as_str().into() };
            if wanted(&outside.border) {
                let (from, band) = (From::Outside(Arc::new(outside)), Band::unknown().and(listens));
                found.push(Arrival { from, band, legs: vec![leg(None)], relays: vec![], keeps: false, alone: false });
            }
        }
        for by in self.relays.endpoints.get(&balancer).into_iter().flatten() {
            let id = self.network.inventory.assets().get(by.endpoint).map(|asset| asset.id.to_string());
            let why = "an endpoint that leads to it".to_owned();
            let hop = Hop { at: id.unwrap_or_default(), by: by.service.clone(), why };
            let passed = Passed { hop, sure: by.sure };
            let onward = if by.sure { listens.clone() } else { listens.doubt(&Connections::all()) };
            for (endpoint, source) in self.of_interfaces(&by.interfaces) {
                let mut all = Band::shut();
                for arrival in self.at_relay(endpoint, 0, Whose::Everybodys).iter() {
                    let asked = |client: Option<IpAddr>| {
                        let asked = self.network.private_link(body, class.at, client, source.point.address());
                        arrival.band.and(&onward).and(&asked)
                    };
                    // addresses outside are one beginning as far as the endpoint tells them apart, not the load balancer
                    let parts = match &arrival.from {
                        From::Classes(all) => self.parted(all, |client| asked(Some(client.address()))),
                        From::Outside(_) => vec![(arrival.from.clone(), asked(None))],
                    };
                    for (from, band) in parts {
                        all = all.or(&band);
                        if wanted(self.border_of(&from)) && !band.may.is_empty() {
                            let legs = arrival.legs.iter().cloned().chain([leg(Some(source.point))]).collect();
                            let relays = arrival.relays.iter().cloned().chain([passed.clone()]).collect();
                            found.push(Arrival { from, band, legs, relays, keeps: false, alone: false });
                        }
                    }
                }
                // an endpoint passes on what arrives at it, and nothing else
                if wanted(&source.source) && !all.may.is_empty() {
                    let (from, legs) = (From::class(endpoint), vec![leg(Some(source.point))]);
                    found.push(Arrival { from, band: all, legs, relays: vec![], keeps: false, alone: false });
                }
            }
        }
        found
    }

    /// From endpoints of services that are in none of the sources: one may be the destination's own, where AWS manages
    /// that.
    ///
    /// Source: Amazon Redshift, "Redshift-managed VPC endpoints"; Amazon MSK, "Multi-VPC private connectivity".
    pub fn over_managed_services(&self, class: &Class<'n>, wanted: &dyn Fn(&Border) -> bool) -> Vec<Arrival> {
        let managed = self.network.interfaces.get(class.at).is_some_and(|interface| interface.service.is_some());
        if !managed || class.role != Role::End {
            return vec![];
        }
        let leg =
            |from: Option<Point>| Leg { from, to: class.point, by: class.point.address(), asked: Connections::all() };
        let mut found = Vec::new();
        for foreign in &self.relays.managed {
            let hop = Hop { at: foreign.endpoint.clone(), by: String::new(), why: foreign.why.clone() };
            let passed = Passed { hop, sure: false };
            if foreign.interfaces.is_empty() {
                let outside =
                    Outside::nobody_knows(format!("{}, of which no interface was collected", foreign.endpoint));
                if wanted(&outside.border) {
                    let from = From::Outside(Arc::new(outside));
                    found.push(Arrival {
                        from,
                        band: Band::unknown(),
                        legs: vec![leg(None)],
                        relays: vec![],
                        keeps: false,
                        alone: false,
                    });
                }
            }
            for (endpoint, source) in self.of_interfaces(&foreign.interfaces) {
                let arrivals = self.at_relay(endpoint, 0, Whose::Everybodys);
                if wanted(&source.source) && !arrivals.is_empty() {
                    let (from, legs) = (From::class(endpoint), vec![leg(None)]);
                    found.push(Arrival {
                        from,
                        band: Band::unknown(),
                        legs,
                        relays: vec![],
                        keeps: false,
                        alone: false,
                    });
                }
                for arrival in arrivals.iter().filter(|arrival| wanted(self.border_of(&arrival.from))) {
                    let band = arrival.band.and(&Band::unknown());
                    let legs = arrival.legs.iter().cloned().chain([leg(None)]).collect();
                    let relays = arrival.relays.iter().cloned().chain([passed.clone()]).collect();
                    found.push(Arrival { from: arrival.from.clone(), band, legs, relays, keeps: false, alone: false });
                }
            }
        }
        found
    }
}
