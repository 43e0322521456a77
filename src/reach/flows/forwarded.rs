//! Over load balancers: each begins connections to its targets, for those who arrive at it.

use std::sync::Arc;

use super::arrivals::{Arrival, Estate, From, Leg, Passed, Whose};
use super::classes::Class;
use super::outside::Outside;
use super::straight::{self, Known};
use crate::model::{AddressSet, Connections, Direction, Kind, LoadBalancer};
use crate::reach::band::Band;
use crate::reach::guards::{Far, Tri};
use crate::reach::listeners::{Edge, Reached, Targets};
use crate::reach::way::Hop;
use crate::zone::Border;

impl<'n> Estate<'n> {
    /// Over load balancers that forward to a class: they begin connections to it, for those who arrive at them.
    pub fn over_balancers(&self, to: usize, wanted: &dyn Fn(&Border) -> bool, links: usize) -> Vec<Arrival> {
        let Some(class) = self.classes.get(to) else { return vec![] };
        let inventory = self.network.inventory;
        let mut found = Vec::new();
        for balancer in self.relays.to(&class.members) {
            let Some(asset) = inventory.assets().get(balancer) else { continue };
            let Some(body) = LoadBalancer::of(&asset.body) else { continue };
            let doors = self.network.of_asset(asset);
            // it does not forward to itself
            if doors.contains(&class.at) {
                continue;
            }
            let reached = Reached { balancer: asset, body, doors };
            let targets = Targets { interfaces: class.members.clone(), addresses: None };
            let edges = self.network.edges(&reached, &targets);
            for (door, source) in self.of_interfaces(&reached.doors) {
                let own = self.network.straight(source, class, &mut Known::default());
                for edge in &edges {
                    let on = straight::of(&own, &edge.target);
                    let keeps = body.balancer_type == "network";
                    self.by_door(
                        Relay { edge, balancer: asset.id.as_ref(), keeps, door, links },
                        &on,
                        class,
                        wanted,
                        &mut found,
                    );
                }
            }
        }
        found
    }

    fn by_door(
        &self,
        relay: Relay<'_, '_>,
        own: &Band,
        class: &Class<'n>,
        wanted: &dyn Fn(&Border) -> bool,
        found: &mut Vec<Arrival>,
    ) {
        let Relay { edge, balancer, keeps, door, links } = relay;
        let Some(source) = self.classes.get(door) else { return };
        let leg =
            Leg { from: Some(source.point), to: class.point, by: class.point.address(), asked: edge.target.clone() };
        if !own.may.is_empty() && wanted(&source.source) {
            let must = if edge.sure { own.must.clone() } else { Connections::default() };
            let band = Band { must, may: own.may.clone() };
            found.push(Arrival {
                from: From::class(door),
                band,
                legs: vec![leg.clone()],
                relays: vec![],
                keeps: true,
                alone: false,
            });
        }
        let by = edge.listener.map(|listener| listener.id.to_string()).unwrap_or_default();
        let why = match edge.sure {
            true => format!("forwards {} to {}", edge.client.describe().join(", "), edge.target.describe().join(", ")),
            false => "may forward to it".to_owned(),
        };
        let passed = Passed { hop: Hop { at: balancer.to_owned(), by, why }, sure: edge.sure };
        for arrival in self.at_relay(door, links.saturating_sub(1), Whose::of(wanted)).iter() {
            if !wanted(self.border_of(&arrival.from)) {
                continue;
            }
            let client = straight::of(&arrival.band, &edge.client);
            if client.may.is_empty() {
                continue;
            }
            for (from, on) in self.seen(arrival, keeps, door, class, &edge.target, own) {
                if on.may.is_empty() {
                    continue;
                }
                let sure = edge.sure && !on.must.is_empty();
                let band = Band {
                    must: if sure { client.must.clone() } else { Connections::default() },
                    may: client.may.clone(),
                };
                let crosses = source.source.crosses(&class.border);
                let more = |on: &Connections, own: &Connections| !on.subtract(own).is_empty();
                let alone = crosses && (more(&on.must, &own.must) || more(&on.may, &own.may));
                let legs = arrival.legs.iter().cloned().chain([leg.clone()]).collect();
                let relays = arrival.relays.iter().cloned().chain([passed.clone()]).collect();
                found.push(Arrival { from, band, legs, relays, keeps: arrival.keeps, alone: alone || arrival.alone });
            }
        }
    }

    /// What passes behind a load balancer for one beginning. A network load balancer may keep the client's address, and
    /// then the target's groups see that one; rules that refer to the load balancer's group match all the same.
    ///
    /// Source: Network Load Balancers, "Security groups", "Client IP preservation".
    fn seen(
        &self,
        arrival: &Arrival,
        keeps: bool,
        door: usize,
        class: &Class<'n>,
        target: &Connections,
        on: &Band,
    ) -> Vec<(From, Band)> {
        let (true, true) = (keeps, arrival.keeps) else { return vec![(arrival.from.clone(), on.clone())] };
        let groups = self.classes.get(door).and_then(|door| self.network.interfaces.get(door.at)).map(|i| i.groups);
        let groups = groups.unwrap_or_default();
        let by = |client: Far<'_>| {
            let kept = Far { address: client.address, groups: Some(groups), referral: Tri::Yes, over: None };
            let of = |far: &Far<'_>| self.network.group_band(class.at, Direction::Ingress, far);
            let seen = straight::of(&of(&client).or(&of(&kept)), target);
            let must = if seen.must.is_empty() { Connections::default() } else { on.must.clone() };
            let may = if seen.may.is_empty() { on.may.clone() } else { on.may.union(&seen.may) };
            Band { must, may }
        };
        match &arrival.from {
            From::Classes(all) => self.parted(all, |point| by(self.network.far(point, Tri::Unknown))),
            From::Outside(outside) => {
                let Some(addresses) = &outside.addresses else {
                    let anybody = Far { address: None, groups: None, referral: Tri::Unknown, over: None };
                    return vec![(arrival.from.clone(), by(anybody))];
                };
                let mut parts: Vec<(AddressSet, Band)> = Vec::new();
                for (low, part) in addresses.parts(&self.network.blocks_of_groups(class.at)) {
                    let band = by(Far { address: Some(low), groups: Some(&[]), referral: Tri::Unknown, over: None });
                    match parts.iter_mut().find(|(_, other)| *other == band) {
                        Some((all, _)) => *all = all.union(&part),
                        None => parts.push((part, band)),
                    }
                }
                let of =
                    |addresses| From::Outside(Arc::new(Outside { addresses: Some(addresses), ..(**outside).clone() }));
                parts.into_iter().map(|(addresses, band)| (of(addresses), band)).collect()
            }
        }
    }
}

/// A way over a load balancer.
struct Relay<'r, 'a> {
    edge: &'r Edge<'a>,
    balancer: &'r str,
    keeps: bool,
    door: usize,
    links: usize,
}
