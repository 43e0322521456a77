//! When declared flows were last seen.

use std::net::IpAddr;

use crate::config::{Config, End};
use crate::model::{AddressSet, Inventory};
use crate::reach::logs::Flow;
use crate::zone::{AddressBook, Piece, Zones};

/// What logs tell of a declared flow.
pub(super) struct Told<'a> {
    pub id: &'a str,
    pub seen: bool,
    /// In seconds since 1970; none if no record tells.
    pub last: Option<i64>,
    /// Whether addresses tell all that its ends name.
    pub sure: bool,
}

/// Each declared flow with the last connection that its ends, as far as addresses tell, and its ports fit.
pub(super) fn of<'a>(inventory: &Inventory, zones: &Zones, config: &'a Config, flows: &[Flow]) -> Vec<Told<'a>> {
    let book = AddressBook::of(inventory, zones, config);
    let mut all: Vec<Told<'a>> = config
        .flows
        .iter()
        .map(|flow| {
            let sure = [&flow.from, &flow.to].into_iter().all(by_address);
            Told { id: &flow.id, seen: false, last: None, sure }
        })
        .collect();
    if all.is_empty() {
        return all;
    }
    for seen in flows {
        let pieces = |address: IpAddr| book.split(&AddressSet::from_nets([&address.into()]), seen.vpc.as_deref());
        let (src, dst) = (pieces(seen.src), pieces(seen.dst));
        for (told, flow) in all.iter_mut().zip(&config.flows) {
            let fits = !flow.connections.intersect(&seen.connections).is_empty()
                && is(&flow.from, seen.src, &src)
                && is(&flow.to, seen.dst, &dst);
            if fits {
                told.seen = true;
                told.last = told.last.max(seen.seen.last);
            }
        }
    }
    all
}

/// Whether an address may be an end.
fn is(end: &End, address: IpAddr, pieces: &[Piece]) -> bool {
    match end {
        End::Internet => AddressSet::internet().contains(address) && pieces.iter().all(|piece| piece.owners.is_empty()),
        End::Where { zone, environment, cidr, .. } => {
            let inside = |piece: &Piece| {
                let anywhere = zone.is_none() && environment.is_none() && cidr.is_some();
                anywhere || end.holds_border(&piece.border.zone, piece.border.environment.as_deref())
            };
            cidr.is_none_or(|net| net.contains(&address)) && pieces.iter().any(inside)
        }
    }
}

/// Whether addresses tell all that an end names: they tell neither assets nor workloads.
fn by_address(end: &End) -> bool {
    let asset = matches!(end, End::Where { matcher, .. } if matcher.asset.is_some());
    !asset && !end.is_inside_cluster()
}
