//! Flows: for a whole estate, what crosses borders, to and from every class whose zone is in scope.
//!
//! Backward from each guarded class: who arrives there, straight, from outside and over relays. Forward from it: where
//! it gets out to. Load balancers and endpoints begin connections of their own, and lead on what arrives at them.

mod anybody;
mod arrivals;
mod classes;
mod courses;
mod endpoints;
mod forwarded;
mod ids;
mod matchers;
mod outside;
mod relays;
mod straight;

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;
use rayon::prelude::*;

pub use outside::Outside;

use super::band::Band;
use super::decide::any_port;
use super::network::Network;
use super::query::Verdict;
use super::walk::public;
use super::way::{Hop, Point, Said};
use crate::model::Connections;
use crate::zone::{AddressBook, Border, Zones};
use arrivals::{Arrival, Estate, From, Leg, Passed};
pub use classes::Apart;
use classes::{Class, Role};
use ids::{Ids, Own};
use matchers::Matchers;
use straight::Known;

/// One end of a flow.
#[derive(Debug, Clone)]
pub enum Party {
    /// Interfaces that nothing tells apart, by their ids, and the zone that they are in.
    Interfaces {
        /// The border: as a source where they begin the flow, as a destination where it ends at them.
        border: Border,
        /// Ids of the interfaces, or of the instances whose interfaces were not collected, ascending.
        ids: Arc<[Arc<str>]>,
    },
    /// Addresses outside of the estate.
    Outside(Arc<Outside>),
}

impl Party {
    /// Its border.
    pub fn border(&self) -> &Border {
        match self {
            Self::Interfaces { border, .. } => border,
            Self::Outside(outside) => &outside.border,
        }
    }
}

/// What passes from one party to another over a border.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Where it begins.
    pub src: Party,
    /// Where it ends.
    pub dst: Party,
    /// What surely passes and what may, as the client sees it.
    pub band: Band,
    /// Load balancers and endpoints that it passes, in order; none if it is one connection.
    pub via: Vec<String>,
    legs: Vec<Leg>,
    relays: Vec<Passed>,
    alone: bool,
}

/// More pairs of classes than these are not asked about where the sources' route tables were not collected: it would take
/// minutes and gigabytes to tell of each that it is unknown.
const PAIRS: usize = 10_000_000;

const NOT_ASKED: &str = "whoever there is, for flows were not looked for";

impl Flow {
    /// Whether it stands for flows that were not looked for: then absence of others shows nothing.
    pub fn is_cut(&self) -> bool {
        matches!(&self.src, Party::Outside(outside) if outside.what.starts_with(NOT_ASKED))
    }

    /// `allowed` where something surely passes, else `unknown`: what is shown to be denied is no flow.
    pub fn verdict(&self) -> Verdict {
        if self.band.must.is_empty() { Verdict::Unknown } else { Verdict::Allowed }
    }

    /// Whether it is one connection, over no load balancer and no endpoint.
    pub fn is_one_connection(&self) -> bool {
        self.via.is_empty()
    }

    /// Whether no connections of it that are flows of their own say as much: it is one connection, or passes a load
    /// balancer only because that keeps the client's address.
    pub fn is_judged_alone(&self) -> bool {
        self.is_one_connection() || self.alone
    }

    /// What may pass and is not shown to.
    pub fn undecided(&self) -> Connections {
        self.band.may.subtract(&self.band.must)
    }

    /// What passes if it is allowed; else what may.
    pub fn connections(&self) -> &Connections {
        if self.band.must.is_empty() { &self.band.may } else { &self.band.must }
    }
}

impl<'a> Network<'a> {
    /// All flows over borders of which one side is in scope, in a stable order. Beginnings behind one border that pass
    /// alike are one, unless `apart` tells them apart.
    pub fn flows(&'a self, zones: &Zones, book: &AddressBook, apart: &Apart<'_>) -> Vec<Flow> {
        let in_scope = |from: &Border, to: &Border| from.category.in_scope() || to.category.in_scope();
        self.flows_that(zones, book, apart, &|from, to| in_scope(from, to) && from.crosses(to))
    }

    /// Everything that passes or may pass between two classes, whatever zones they are in, in a stable order.
    pub fn pairs(&'a self, zones: &Zones, book: &AddressBook) -> Vec<Flow> {
        self.flows_that(zones, book, &|_| 0, &|_, _| true)
    }

    fn flows_that(
        &'a self,
        zones: &Zones,
        book: &AddressBook,
        apart: &Apart<'_>,
        picks: &(dyn Fn(&Border, &Border) -> bool + Sync),
    ) -> Vec<Flow> {
        let estate = Estate::of(self, zones, book, apart);
        let asked = estate.blind_pairs(picks);
        if asked > PAIRS {
            return self.not_asked(&estate, asked, picks);
        }
        let ids = Ids::of(self, &estate.classes);
        // what nothing but groups tells apart is reached over the same network
        let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (to, class) in estate.classes.iter().enumerate() {
            alike.entry(class.alike(to, self)).or_default().push(to);
        }
        let alike: Vec<Vec<usize>> = alike.into_values().collect();
        let found = alike.par_iter().flat_map_iter(|all| {
            let mut known = Known::default();
            let found = all.iter().map(|to| (*to, self.of_class(&estate, &ids, *to, picks, &mut known)));
            found.collect::<Vec<_>>()
        });
        let mut found: Vec<(usize, Vec<Flow>)> = found.collect();
        found.sort_unstable_by_key(|(to, _)| *to);
        found.into_iter().flat_map(|(_, flows)| flows).collect()
    }

    /// What stands for flows that were not looked for: for each border of which one side is picked, somebody who may come,
    /// and nobody knows who.
    fn not_asked(&self, estate: &Estate<'_>, asked: usize, picks: &dyn Fn(&Border, &Border) -> bool) -> Vec<Flow> {
        let nobody = Border::unclassified();
        let mut first: BTreeMap<&Border, &Class<'_>> = BTreeMap::new();
        for class in estate.classes.iter().filter(|class| picks(&nobody, &class.border)) {
            first.entry(&class.border).or_insert(class);
        }
        let flow = |(border, class): (&Border, &Class<'_>)| {
            let why = format!(
                "{NOT_ASKED}: route tables of many subnets were not collected, and {asked} pairs of endpoints are more than {PAIRS}"
            );
            let leg = Leg { from: None, to: class.point, by: class.point.address(), asked: Connections::all() };
            let ids = class.members.iter().take(1).filter_map(|at| self.interfaces.get(*at));
            let ids = ids.map(|interface| Arc::clone(&interface.asset.id)).collect();
            Flow {
                src: Party::Outside(Arc::new(Outside::nobody_knows(why))),
                dst: Party::Interfaces { border: border.clone(), ids },
                band: Band::unknown(),
                via: vec![],
                legs: vec![leg],
                relays: vec![],
                alone: false,
            }
        };
        first.into_iter().map(flow).collect()
    }

    /// The flows that end at a class, and those that it begins and that leave the estate.
    fn of_class<'n>(
        &'n self,
        estate: &Estate<'n>,
        ids: &Ids,
        to: usize,
        picks: &(dyn Fn(&Border, &Border) -> bool + Sync),
        known: &mut Known<'n>,
    ) -> Vec<Flow> {
        let Some(class) = estate.classes.get(to) else { return vec![] };
        let mut found = Vec::new();
        if class.role != Role::Gateway {
            let wanted = |source: &Border| picks(source, &class.border);
            for arrival in estate.arrivals(to, &wanted, known) {
                found.push(self.flow(estate, ids, to, arrival));
            }
        }
        if matches!(class.role, Role::End | Role::Entrance) {
            for crossing in estate.outsides.leaving(class, &|border| picks(&class.source, border)) {
                let Some(point) = crossing.point else { continue };
                let asked = crossing.band.may.clone();
                let leg = Leg { from: Some(class.point), to: point, by: crossing.by, asked };
                let ids = ids.of_class(to);
                found.push(Flow {
                    src: Party::Interfaces { border: class.source.clone(), ids },
                    dst: Party::Outside(Arc::new(crossing.outside)),
                    band: crossing.band,
                    via: vec![],
                    legs: vec![leg],
                    relays: vec![],
                    alone: false,
                });
            }
        }
        together(found)
    }

    fn flow(&self, estate: &Estate<'_>, ids: &Ids, to: usize, arrival: Arrival) -> Flow {
        let src = match &arrival.from {
            From::Classes(all) => {
                let border = estate.border_of(&arrival.from).clone();
                Party::Interfaces { border, ids: ids.of_classes(all) }
            }
            From::Outside(outside) => Party::Outside(Arc::clone(outside)),
        };
        let border = estate.classes.get(to).map_or_else(Border::unclassified, |class| class.border.clone());
        let via = arrival.relays.iter().map(|passed| passed.hop.at.clone()).collect();
        let dst = Party::Interfaces { border, ids: ids.of_class(to) };
        Flow { src, dst, band: arrival.band, via, legs: arrival.legs, relays: arrival.relays, alone: arrival.alone }
    }

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

    /// Every block that tells addresses apart.
    fn all_matchers(&self) -> Matchers {
        let groups = self.groups.values().flat_map(|group| group.blocks());
        let acls = self.subnets.values().flat_map(|subnet| subnet.acl.iter().flat_map(|acl| acl.blocks()));
        let tables = self.subnets.values().flat_map(|subnet| subnet.table.iter().flat_map(|table| table.blocks()));
        let declared = self.declared.iter().flat_map(|network| network.routes.iter().copied());
        let own = public().to_nets().into_iter().chain(LINK_LOCAL.iter().filter_map(|net| net.parse::<IpNet>().ok()));
        Matchers::of(groups.chain(acls).chain(tables).chain(self.transit_blocks()).chain(declared).chain(own))
    }

    /// Blocks that the groups of an interface are about.
    fn blocks_of_groups(&self, at: usize) -> Vec<IpNet> {
        let groups = self.interfaces.get(at).map(|interface| interface.groups).unwrap_or_default();
        groups.iter().filter_map(|id| self.groups.get(id.as_str())).flat_map(|group| group.blocks()).collect()
    }
}

/// Addresses of AWS's own services on every host, which walks tell apart.
const LINK_LOCAL: [&str; 2] = ["169.254.0.0/16", "fd00:ec2::/32"];

/// Flows with the same ends over the same relays, as one: what any of them lets through. The first that shows most speaks
/// for all.
fn together(found: Vec<Flow>) -> Vec<Flow> {
    type End = (Own, Option<(Arc<str>, Option<Vec<IpNet>>)>);
    type Key = (End, Border, Vec<String>, Border, End);
    let party = |party: &Party| -> End {
        match party {
            Party::Interfaces { ids, .. } => (Arc::clone(ids), None),
            Party::Outside(outside) => {
                let nets = outside.addresses.as_ref().map(crate::model::AddressSet::to_nets);
                (Arc::new([]), Some((Arc::clone(&outside.what), nets)))
            }
        }
    };
    let mut all: BTreeMap<Key, Flow> = BTreeMap::new();
    for flow in found {
        let (src, dst) = (party(&flow.src), party(&flow.dst));
        let key = (src, flow.src.border().clone(), flow.via.clone(), flow.dst.border().clone(), dst);
        match all.get_mut(&key) {
            Some(old) => {
                let band = old.band.or(&flow.band);
                let alone = old.alone || flow.alone;
                if old.band.must.is_empty() && !flow.band.must.is_empty() {
                    *old = flow;
                }
                (old.band, old.alone) = (band, alone);
            }
            None => {
                all.insert(key, flow);
            }
        }
    }
    all.into_values().collect()
}
