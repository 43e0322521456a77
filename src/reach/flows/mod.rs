//! Flows: for a whole estate, what crosses borders, to and from every class whose zone is in scope.
//!
//! Backward from each guarded class: who arrives there, straight, from outside and over relays. Forward from it: where
//! it gets out to. Load balancers and endpoints begin connections of their own, and lead on what arrives at them.

mod anybody;
mod arrivals;
mod classes;
mod courses;
mod endpoints;
mod flow;
mod forwarded;
mod ids;
mod matchers;
mod outside;
mod relays;
mod straight;
mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashSet;
use ipnet::IpNet;
use rayon::prelude::*;

use flow::together;
pub use flow::{Flow, Party};
pub use outside::Outside;

use super::band::Band;
use super::network::{Interface, Network};
use super::walk::public;
use super::way::Point;
use crate::model::Connections;
use crate::zone::{AddressBook, Border, Zones};
use arrivals::{Arrival, Estate, From, Leg};
pub use classes::Apart;
use classes::{Class, Role};
use ids::Ids;
use matchers::Matchers;
use straight::Known;

/// More pairs of classes than these are not asked about where the sources' route tables were not collected: it would take
/// minutes and gigabytes to tell of each that it is unknown.
const PAIRS: usize = 10_000_000;

const NOT_ASKED: &str = "whoever there is, for flows were not looked for";

impl<'a> Network<'a> {
    /// All flows over borders of which one side is in scope, in a stable order. Beginnings behind one border that pass
    /// alike are one, unless `apart` tells them apart.
    pub fn flows(&'a self, zones: &Zones, book: &AddressBook, apart: &Apart<'_>) -> Vec<Flow> {
        self.flows_that(zones, book, apart, None, &judged)
    }

    /// Those of all flows that end at some interfaces or leave the estate from them, by ids.
    pub fn flows_at(
        &'a self,
        zones: &Zones,
        book: &AddressBook,
        apart: &Apart<'_>,
        ends: &BTreeSet<Arc<str>>,
    ) -> Vec<Flow> {
        self.flows_that(zones, book, apart, Some(ends), &judged)
    }

    /// Which flows begin, end or are passed on at an interface with a security group: no other is changed by a change of
    /// the group that lets less through than before.
    pub fn met_by(&self, flows: &[Flow], group: &str) -> Vec<bool> {
        let bears = |interface: &Interface<'_>| interface.groups.iter().any(|own| own == group);
        let bearers: HashSet<&str> =
            self.interfaces.iter().filter(|interface| bears(interface)).map(|interface| &*interface.asset.id).collect();
        let is = |point: Point| matches!(point, Point::Interface(at, _) if self.interfaces.get(at).is_some_and(bears));
        let has = |party: &Party| match party {
            Party::Interfaces { ids, .. } => ids.iter().any(|id| bearers.contains(&**id)),
            Party::Outside(_) => false,
        };
        let meets = |flow: &Flow| {
            flow.legs.iter().any(|leg| is(leg.to) || leg.from.is_some_and(is)) || has(&flow.src) || has(&flow.dst)
        };
        flows.iter().map(meets).collect()
    }

    /// Everything that passes or may pass between two classes, whatever zones they are in, in a stable order.
    pub fn pairs(&'a self, zones: &Zones, book: &AddressBook) -> Vec<Flow> {
        self.flows_that(zones, book, &|_| 0, None, &|_, _| true)
    }

    fn flows_that(
        &'a self,
        zones: &Zones,
        book: &AddressBook,
        apart: &Apart<'_>,
        ends: Option<&BTreeSet<Arc<str>>>,
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
        let asked = |class: &Class<'_>| {
            let mut own = class.members.iter().filter_map(|at| self.interfaces.get(*at));
            ends.is_none_or(|ends| own.any(|interface| ends.contains(&interface.asset.id)))
        };
        for (to, class) in estate.classes.iter().enumerate().filter(|(_, class)| asked(class)) {
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

/// Whether what passes from one border to another is judged: it crosses a border of which one side is in scope.
fn judged(from: &Border, to: &Border) -> bool {
    (from.category.in_scope() || to.category.in_scope()) && from.crosses(to)
}

/// Addresses of AWS's own services on every host, which walks tell apart.
const LINK_LOCAL: [&str; 2] = ["169.254.0.0/16", "fd00:ec2::/32"];
