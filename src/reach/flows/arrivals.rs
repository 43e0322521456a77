//! Who arrives at a class: straight, from outside, and over load balancers and endpoints that lead to it.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use foldhash::{HashMap, HashMapExt};

use super::classes::{Apart, Class, Role};
use super::courses::Courses;
use super::outside::{Outside, Outsides};
use super::relays::Relays;
use super::straight::Known;
use crate::model::Connections;
use crate::reach::band::Band;
use crate::reach::network::Network;
use crate::reach::relays::CHAIN;
use crate::reach::way::{Hop, Point};
use crate::zone::{AddressBook, Border, Zones};

/// Where a flow begins.
#[derive(Debug, Clone)]
pub(super) enum From {
    /// Classes behind one border, by number, ascending.
    Classes(Arc<[usize]>),
    Outside(Arc<Outside>),
}

impl From {
    pub fn class(at: usize) -> Self {
        Self::Classes(Arc::from([at]))
    }
}

/// One connection of a flow.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    /// None where nobody knows who begins it.
    pub from: Option<Point>,
    pub to: Point,
    pub by: IpAddr,
    /// What may pass.
    pub asked: Connections,
}

/// A load balancer or endpoint that is passed.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub hop: Hop,
    /// Whether it surely leads on.
    pub sure: bool,
}

/// What arrives at a class from one beginning.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub from: From,
    /// As the client sees it.
    pub band: Band,
    pub legs: Vec<Leg>,
    /// What lies between the legs, one fewer than those.
    pub relays: Vec<Passed>,
    /// Whether the client's address goes on behind a load balancer that keeps it.
    pub keeps: bool,
    /// Whether the connection that ends it is of a load balancer that could not begin it by itself: only with the
    /// client's address it passes.
    pub alone: bool,
}

/// A whole estate, ready to be asked who arrives where.
pub(super) struct Estate<'n> {
    pub network: &'n Network<'n>,
    pub classes: Vec<Class<'n>>,
    pub outsides: Outsides<'n>,
    pub relays: Relays,
    courses: Courses<'n>,
    /// Classes by interface.
    by_interface: HashMap<usize, Vec<usize>>,
    /// What arrives at doors and endpoints, by class and by how many load balancers may still follow.
    memo: Vec<[[Memo; 2]; CHAIN + 1]>,
}

type Memo = OnceLock<Arc<Vec<Arrival>>>;

/// What arrivals have in common that are told as one: border, kind, relays, whether their address is kept, and whether
/// they are judged alone.
type Alike = (Border, usize, Vec<String>, bool, bool);

/// Whose arrivals at a relay are asked for: where the relay leads out of scope, most of them are nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Everybodys,
    InScope,
}

impl Whose {
    /// Those that a test wants: it either heeds where a flow ends, and then wants all, or else where it begins.
    pub fn of(wanted: &dyn Fn(&Border) -> bool) -> Self {
        if wanted(&Border::unclassified()) { Self::Everybodys } else { Self::InScope }
    }
}

impl<'n> Estate<'n> {
    pub fn of(network: &'n Network<'n>, zones: &Zones, book: &AddressBook, apart: &Apart<'_>) -> Self {
        let relays = Relays::of(network);
        let classes = super::classes::classes(network, zones, &network.all_matchers(), &relays, apart);
        let mut by_interface: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, class) in classes.iter().enumerate() {
            for member in &class.members {
                by_interface.entry(*member).or_default().push(at);
            }
        }
        // gateways are followed as routes, endpoints begin nothing, and load balancers only what they forward
        let courses = Courses::of(network, &classes, |class| matches!(class.role, Role::End | Role::Entrance));
        let memo = classes.iter().map(|_| Default::default()).collect();
        Self { network, classes, outsides: Outsides::of(network, book), relays, courses, by_interface, memo }
    }

    /// Who arrives at a class, of those that begin behind borders which `wanted` picks.
    pub fn arrivals(&self, to: usize, wanted: &dyn Fn(&Border) -> bool, known: &mut Known<'n>) -> Vec<Arrival> {
        let mut found = self.near(to, wanted, known);
        found.extend(self.over_balancers(to, wanted, CHAIN));
        self.alike(found)
    }

    /// How many pairs of classes cannot be told apart by routes: the source's route table was not collected.
    pub fn blind_pairs(&self, picks: &dyn Fn(&Border, &Border) -> bool) -> usize {
        // by borders: how many begin blindly, and how many there are to end at
        let (mut sources, mut ends): (HashMap<&Border, usize>, HashMap<&Border, usize>) = Default::default();
        for class in &self.classes {
            let table = self.network.subnets.get(class.subnet).and_then(|subnet| subnet.table.as_ref());
            *sources.entry(&class.source).or_default() += usize::from(table.is_none());
            *ends.entry(&class.border).or_default() += 1;
        }
        let pairs = sources.iter().flat_map(|source| ends.iter().map(move |end| (source, end)));
        let picked = pairs.filter(|((source, _), (end, _))| picks(source, end));
        picked.map(|((_, from), (_, to))| from.saturating_mul(*to)).fold(0, usize::saturating_add)
    }

    /// Straight, from outside, and over endpoints.
    fn near(&self, to: usize, wanted: &dyn Fn(&Border) -> bool, known: &mut Known<'n>) -> Vec<Arrival> {
        let Some(class) = self.classes.get(to) else { return vec![] };
        let mut found = Vec::new();
        let mut add = |from: From, point: Option<Point>, by: IpAddr, band: Band, keeps: bool| {
            let leg = Leg { from: point, to: class.point, by, asked: band.may.clone() };
            found.push(Arrival { from, band, legs: vec![leg], relays: vec![], keeps, alone: false });
        };
        let (by, anybody) = (class.point.address(), Border::unclassified());
        let listens = match class.role {
            Role::Door(_) => self.network.listens_at(class.at),
            _ => Band::open(),
        };
        let begins = |class: &Class<'n>| wanted(&class.source) || (class.role == Role::Entrance && wanted(&anybody));
        for sender in self.courses.coming(self.network, class, wanted) {
            for from in sender.classes.iter().copied() {
                let Some(source) = self.classes.get(from).filter(|source| begins(source)) else { continue };
                let another;
                let source = if from == to {
                    let Some(twin) = source.twin() else { continue };
                    another = twin;
                    &another
                } else {
                    source
                };
                let band = self.network.straight(source, class, known).and(&listens);
                if band.may.is_empty() {
                    continue;
                }
                // who comes by an entrance is of no zone, whatever zone it stands in
                if source.role == Role::Entrance && wanted(&anybody) {
                    let outside =
                        Outside::nobody_knows(format!("whoever comes by {}", self.network.name(source.point)));
                    let (from, open) = (From::Outside(Arc::new(outside)), band.doubt(&Connections::all()));
                    add(from, Some(source.point), by, open, false);
                }
                if wanted(&source.source) {
                    add(From::class(from), Some(source.point), by, band, true);
                }
            }
        }
        for crossing in self.outsides.entering(class, wanted) {
            let band = crossing.band.and(&listens);
            if !band.may.is_empty() {
                add(From::Outside(Arc::new(crossing.outside)), crossing.point, crossing.by, band, true);
            }
        }
        found.extend(self.over_endpoints(class, wanted, &listens));
        found.extend(self.over_managed_services(class, wanted));
        found
    }

    /// What arrives at a load balancer's or an endpoint's interface.
    pub fn at_relay(&self, class: usize, links: usize, whose: Whose) -> Arc<Vec<Arrival>> {
        let make = || {
            let wanted = |border: &Border| whose == Whose::Everybodys || border.category.in_scope();
            let mut found = self.near(class, &wanted, &mut Known::default());
            if links > 0 {
                found.extend(self.over_balancers(class, &wanted, links));
            }
            Arc::new(self.alike(found))
        };
        let memo = self.memo.get(class).and_then(|by_links| by_links.get(links));
        match (memo, whose) {
            (Some([all, _]), Whose::Everybodys) => Arc::clone(all.get_or_init(make)),
            (Some([_, some]), Whose::InScope) => Arc::clone(some.get_or_init(make)),
            (None, _) => make(),
        }
    }

    /// Arrivals of which nothing but their classes is unlike, as one, unless whoever asks tells those apart: what a relay
    /// passes on for one of them it passes on for all. The first speaks for them.
    fn alike(&self, found: Vec<Arrival>) -> Vec<Arrival> {
        // with each that is kept its classes, as long as others join them
        let mut kept: Vec<(Arrival, Vec<usize>)> = Vec::new();
        let mut by: HashMap<Alike, Vec<usize>> = HashMap::new();
        for arrival in found {
            let From::Classes(own) = &arrival.from else {
                kept.push((arrival, vec![]));
                continue;
            };
            let own = own.to_vec();
            let kind = own.first().and_then(|at| self.classes.get(*at)).map_or(0, |class| class.kind);
            let border = self.border_of(&arrival.from).clone();
            let over = arrival.relays.iter().map(|passed| passed.hop.at.clone()).collect();
            let same = by.entry((border, kind, over, arrival.keeps, arrival.alone)).or_default();
            let old = same.iter().copied().find(|at| kept.get(*at).is_some_and(|(old, _)| old.band == arrival.band));
            match old.and_then(|at| kept.get_mut(at)) {
                Some((_, all)) => all.extend(own),
                None => {
                    same.push(kept.len());
                    kept.push((arrival, own));
                }
            }
        }
        let from = |mut all: Vec<usize>| {
            all.sort_unstable();
            all.dedup();
            From::Classes(all.into())
        };
        let one = |(arrival, all): (Arrival, Vec<usize>)| match all.len() {
            0 | 1 => arrival,
            _ => Arrival { from: from(all), ..arrival },
        };
        kept.into_iter().map(one).collect()
    }

    /// Parts of an arrival's beginning of which a test says the same.
    pub fn parted<T: PartialEq>(&self, all: &[usize], of: impl Fn(Point) -> T) -> Vec<(From, T)> {
        let mut parts: Vec<(Vec<usize>, T)> = Vec::new();
        for at in all {
            let Some(class) = self.classes.get(*at) else { continue };
            let said = of(class.point);
            match parts.iter_mut().find(|(_, other)| *other == said) {
                Some((part, _)) => part.push(*at),
                None => parts.push((vec![*at], said)),
            }
        }
        parts.into_iter().map(|(part, said)| (From::Classes(part.into()), said)).collect()
    }

    pub fn of_interfaces<'s>(&'s self, interfaces: &'s [usize]) -> impl Iterator<Item = (usize, &'s Class<'n>)> {
        let all = interfaces.iter().filter_map(|at| self.by_interface.get(at)).flatten();
        all.filter_map(|at| Some((*at, self.classes.get(*at)?)))
    }

    /// The border that a flow begins behind.
    pub fn border_of<'s>(&'s self, from: &'s From) -> &'s Border {
        static NOWHERE: OnceLock<Border> = OnceLock::new();
        match from {
            From::Classes(all) => {
                let first = all.first().and_then(|at| self.classes.get(*at));
                first.map_or_else(|| NOWHERE.get_or_init(Border::unclassified), |class| &class.source)
            }
            From::Outside(outside) => &outside.border,
        }
    }
}
