//! Which subnets' traffic comes near a destination, told by routes alone: most of an estate never does, and of what does
//! most is of no group's business. Everything that is left is decided as single answers are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;

use super::classes::{Class, Role};
use super::matchers::Matchers;
use crate::model::{AddressSet, Direction};
use crate::reach::crossings::over_nat64;
use crate::reach::network::{Guard, Network};
use crate::reach::routes::Next;
use crate::reach::way::Point;
use crate::zone::Border;

/// Classes of a subnet that begin connections, those of one address family.
pub(super) struct Senders<'n> {
    pub vpc: &'n str,
    pub subnet: &'n str,
    pub classes: Vec<usize>,
    /// One of them.
    point: Point,
    /// The borders that they begin behind, by number, and whether one of them is an entrance, by which anybody comes.
    borders: Vec<usize>,
    entrance: bool,
    /// What holds all their addresses and perhaps more; none where one may send under any address.
    around: Option<AddressSet>,
}

/// What becomes of what a subnet sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// It surely does not get there.
    Elsewhere,
    /// It arrives under its own address and where references to groups do not count, or not at all.
    Stranger,
    /// Whatever else.
    Near,
}

/// Subnets that may send to a destination, by number, and whether they come as strangers.
type Coming = Arc<Vec<(usize, bool)>>;

/// Whose connections are asked for: of which borders, and whether of anybody.
type Asked = (Vec<bool>, bool);

/// The VPC that an address lies in, its family, and the innermost blocks of routes about it and about what NAT64 makes of
/// it.
type Key<'n> = (&'n str, bool, Option<IpNet>, Option<IpNet>);

/// VPC, subnet, and whether it is about IPv4.
type Family<'n> = (&'n str, &'n str, bool);

/// A class with its number.
type Numbered<'c, 'n> = (usize, &'c Class<'n>);

/// All subnets, and which of them send near what.
pub(super) struct Courses<'n> {
    senders: Vec<Senders<'n>>,
    routes: Matchers,
    /// All borders that connections begin behind.
    borders: Vec<Border>,
    known: HashMap<Key<'n>, Mutex<Vec<(Asked, Coming)>>>,
}

impl<'n> Courses<'n> {
    /// `begins` says whether a class begins connections of its own.
    pub fn of(network: &Network<'_>, classes: &[Class<'n>], begins: impl Fn(&Class<'n>) -> bool) -> Self {
        let mut subnets: BTreeMap<Family<'n>, Vec<Numbered<'_, 'n>>> = BTreeMap::new();
        for (at, class) in classes.iter().enumerate().filter(|(_, class)| begins(class)) {
            subnets.entry((class.vpc, class.subnet, class.point.address().is_ipv4())).or_default().push((at, class));
        }
        let borders: BTreeSet<&Border> = subnets.values().flatten().map(|(_, class)| &class.source).collect();
        let borders: Vec<Border> = borders.into_iter().cloned().collect();
        let forwards = |class: &Class<'_>| network.interfaces.get(class.at).is_none_or(|interface| interface.forwards);
        let of = |((vpc, subnet, _), own): (Family<'n>, Vec<Numbered<'_, 'n>>)| {
            let addresses: Vec<IpNet> = own.iter().map(|(_, class)| class.point.address().into()).collect();
            let under_its_own = !own.iter().any(|(_, class)| forwards(class));
            let around = under_its_own.then(|| AddressSet::from_nets(&addresses).hull());
            let point = own.first()?.1.point;
            let of: BTreeSet<usize> =
                own.iter().filter_map(|(_, class)| borders.binary_search(&class.source).ok()).collect();
            let entrance = own.iter().any(|(_, class)| class.role == Role::Entrance);
            let classes = own.into_iter().map(|(at, _)| at).collect();
            Some(Senders { vpc, subnet, classes, point, borders: of.into_iter().collect(), entrance, around })
        };
        let senders = subnets.into_iter().filter_map(of).collect();
        let tables = network.subnets.values().filter_map(|subnet| subnet.table.as_ref());
        let routes = tables.flat_map(|table| table.blocks()).chain(network.transit_blocks());
        let mut this = Self { senders, routes: Matchers::of(routes), borders, known: HashMap::new() };
        this.known = classes.iter().map(|class| (this.key(class), Mutex::default())).collect();
        this
    }

    fn key(&self, to: &Class<'n>) -> Key<'n> {
        let address = to.point.address();
        let translated = over_nat64(address).and_then(|address| self.routes.innermost(address));
        (to.vpc, address.is_ipv4(), self.routes.innermost(address), translated)
    }

    /// Subnets that may send to a class from behind borders which `wanted` picks; of strangers only those that some rule
    /// of its groups may be about.
    pub fn coming(
        &self,
        network: &Network<'_>,
        to: &Class<'n>,
        wanted: &dyn Fn(&Border) -> bool,
    ) -> impl Iterator<Item = &Senders<'n>> {
        let asked: Asked = (self.borders.iter().map(wanted).collect(), wanted(&Border::unclassified()));
        let is_asked = |sender: &Senders<'n>| {
            let of = |border: &usize| asked.0.get(*border).copied().unwrap_or(true);
            sender.borders.iter().any(of) || sender.entrance && asked.1
        };
        let of = |(at, sender): (usize, &Senders<'n>)| match network.course(sender, to) {
            Course::Elsewhere => None,
            course => Some((at, course == Course::Stranger)),
        };
        let make = || {
            let senders = self.senders.iter().enumerate();
            Arc::new(senders.filter(|(_, sender)| is_asked(sender)).filter_map(of).collect())
        };
        let all: Coming = match self.known.get(&self.key(to)) {
            Some(known) => {
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                let found = known.iter().find(|(same, _)| *same == asked).map(|(_, all)| Arc::clone(all));
                found.unwrap_or_else(|| {
                    let all = make();
                    known.push((asked.clone(), Arc::clone(&all)));
                    all
                })
            }
            None => make(),
        };
        let let_in = network.let_in_by_address(to.at);
        let is_meant = |sender: &Senders<'n>| match (&let_in, &sender.around) {
            (Some(set), Some(around)) => set.overlaps(around),
            _ => true,
        };
        let meant =
            |(at, stranger): &(usize, bool)| self.senders.get(*at).filter(|sender| !stranger || is_meant(sender));
        all.iter().filter_map(meant).collect::<Vec<_>>().into_iter()
    }
}

impl<'a> Network<'a> {
    /// What becomes of what a subnet sends to a class: the same for all that no route tells apart in one VPC.
    fn course(&self, from: &Senders<'_>, to: &Class<'_>) -> Course {
        let address = to.point.address();
        if from.point.address().is_ipv4() != address.is_ipv4() {
            return if self.over_nat64(from.point, address).is_some() { Course::Near } else { Course::Elsewhere };
        }
        if from.vpc == to.vpc {
            return Course::Near;
        }
        let table = self.subnets.get(from.subnet).and_then(|subnet| subnet.table.as_ref());
        let Some(table) = table else { return Course::Near };
        let route = match table.lookup(address) {
            Next::Nowhere | Next::Blackhole(_) | Next::Local => return Course::Elsewhere,
            Next::To(route) => route,
            Next::Unknown(_) => return Course::Near,
        };
        if let Some((_, peering)) = self.peerings.get(route.target.as_str()) {
            let ends = [&peering.requester.vpc, &peering.accepter.vpc];
            let elsewhere = peering.status == "active" && ends.into_iter().all(|end| end != to.vpc);
            return if elsewhere { Course::Elsewhere } else { Course::Near };
        }
        let Some(transit) = self.transits.get(route.target.as_str()) else { return Course::Near };
        let Some(attached) = transit.of_vpc(from.vpc) else { return Course::Near };
        let onward = match transit.lookup(self, attached, address) {
            Err(stop) if stop.denied => return Course::Elsewhere,
            Err(_) => return Course::Near,
            Ok(onward) => onward.attachment,
        };
        let leaves = self.sender(from.subnet, attached).map_or_else(|stop| stop.denied, |_| true);
        let within = |door: &String| {
            let table = self.subnets.get(door.as_str()).and_then(|subnet| subnet.table.as_ref());
            table.is_some_and(|table| table.lookup(address) == Next::Local)
        };
        let doors = &onward.body.subnets;
        let stays = onward.body.resource_type == "vpc" && !doors.is_empty() && doors.iter().all(within);
        match leaves && stays {
            // blocks of VPCs overlap: the address is another one's there
            true if onward.body.resource != to.vpc => Course::Elsewhere,
            true if !transit.body.security_group_referencing => Course::Stranger,
            _ => Course::Near,
        }
    }

    /// Addresses that rules of an interface's groups let in; none where that is not all that they may let in of those
    /// whom no reference is about.
    fn let_in_by_address(&self, at: usize) -> Option<AddressSet> {
        let interface = self.interfaces.get(at).filter(|interface| interface.guard == Guard::Groups)?;
        if interface.groups.is_empty() {
            return None;
        }
        interface.groups.iter().try_fold(AddressSet::default(), |all, id| {
            Some(all.union(&self.groups.get(id.as_str())?.addresses(Direction::Ingress)?))
        })
    }
}
