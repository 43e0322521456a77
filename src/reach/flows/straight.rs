//! What passes straight from one class to another: the network between them once for each pair of subnets, the groups
//! for each pair of classes.

use std::net::IpAddr;

use foldhash::HashMap;

use super::classes::Class;
use crate::model::{Connections, Direction};
use crate::reach::band::Band;
use crate::reach::decide::any_port;
use crate::reach::guards::{Far, Tri};
use crate::reach::network::Network;
use crate::reach::walk::is_public;
use crate::reach::way::{Point, Step};

/// What the network but groups does between two subnets with what passes from one part of addresses to another.
#[derive(Debug, Clone)]
enum Between<'n> {
    /// No route leads there.
    Shut,
    /// This passes whom the groups of both ends let through.
    Open { band: Band, out: Option<Referral<'n>>, into: Into<'n> },
    /// Other interfaces on the way are asked as well: each pair is decided by itself.
    Longer,
}

/// Whether references to groups count, and the peering connection that the way takes.
type Referral<'n> = (Tri, Option<&'n str>);

/// How the destination's groups see the source.
#[derive(Debug, Clone, Copy)]
enum Into<'n> {
    AsItself(Referral<'n>),
    /// What lies between is not known, and may have put another address in the place of the source's.
    AsAnybody,
}

/// What lies between subnets, as far as it was asked for. One destination at a time, or those that nothing but groups
/// tells apart.
#[derive(Debug, Default)]
pub(super) struct Known<'n>(HashMap<(usize, usize), Between<'n>>);

impl<'a> Network<'a> {
    /// What passes from one class to another, at its private address, without a relay.
    pub(super) fn straight<'n>(&'n self, from: &Class<'n>, to: &Class<'n>, known: &mut Known<'n>) -> Band {
        let (source, target) = (from.point.address(), to.point.address());
        if source.is_ipv4() != target.is_ipv4() {
            let translated = self.over_nat64(from.point, target);
            return translated.map_or_else(Band::shut, |_| Band::unknown().and(&self.whoever_asks(to.point)));
        }
        let key = (from.place, from.part);
        let between = known.0.entry(key).or_insert_with(|| self.between(from.point, to.point, target));
        match between {
            Between::Shut => Band::shut(),
            // EC2 User Guide, "Source/destination checking": it may send under any address
            _ if self.interfaces.get(from.at).is_some_and(|interface| interface.forwards) => {
                Band::unknown().and(&self.whoever_asks(to.point))
            }
            Between::Longer => self.decide(from.point, to.point, target, &any_port()).band,
            Between::Open { band, out, into } => {
                let ingress = match into {
                    Into::AsAnybody => self.whoever_asks(to.point),
                    Into::AsItself((referral, over)) => {
                        let far = Far { over: *over, ..self.far(from.point, *referral) };
                        self.group_band(to.at, Direction::Ingress, &far)
                    }
                };
                if ingress.may.is_empty() {
                    return Band::shut();
                }
                band.and(&ingress).and(&self.egress(from, to, *out))
            }
        }
    }

    fn egress(&self, from: &Class<'_>, to: &Class<'_>, out: Option<Referral<'_>>) -> Band {
        out.map_or_else(Band::open, |(referral, over)| {
            let far = Far { address: Some(to.point.address()), over, ..self.far(to.point, referral) };
            self.group_band(from.at, Direction::Egress, &far)
        })
    }

    fn between(&self, from: Point, to: Point, by: IpAddr) -> Between<'_> {
        let passage = self.passage(from, to, by, &any_port());
        // where it is not a route that ends it, ACLs may let pass what is sent under another address
        if passage.way.stop.as_ref().is_some_and(|stop| stop.denied) {
            return Between::Shut;
        }
        // what leaves by a gateway goes under an address that its subnet does not tell
        let ((1, None) | (0, Some(_))) = (passage.way.legs.len(), &passage.way.stop) else { return Between::Longer };
        if is_public(by) {
            return Between::Longer;
        }
        let steps = passage.way.legs.iter().flat_map(|leg| &leg.steps).chain(&passage.way.rest);
        let (mut out, mut into) = (None, None);
        for step in steps {
            match step {
                Step::Groups { direction: Direction::Egress, far, .. } => out = Some((far.referral, far.over)),
                Step::Groups { direction: Direction::Ingress, far, .. } => {
                    into = Some(Into::AsItself((far.referral, far.over)));
                }
                _ => {}
            }
        }
        let into = if passage.way.stop.is_some() { Some(Into::AsAnybody) } else { into };
        match into {
            Some(into) => Between::Open { band: passage.band, out, into },
            None => Between::Longer,
        }
    }
}

/// What of a band is asked for.
pub(super) fn of(band: &Band, asked: &Connections) -> Band {
    Band { must: band.must.intersect(asked), may: band.may.intersect(asked) }
}
