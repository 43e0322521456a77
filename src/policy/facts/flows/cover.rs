//! Which declared flows approve a flow, and what of it lies beyond them.

use std::collections::HashMap;
use std::sync::Arc;

use super::ends::{self, Owner, members};
use crate::config::{self, End, Matcher};
use crate::model::{AddressSet, Asset, Body, Connections, short_of};
use crate::policy::facts::context::Context;
use crate::reach::{Flow, Party, public_addresses};

/// What approvals say of flows.
#[derive(Debug, Default)]
pub(in crate::policy::facts) struct Covered {
    pub approved_by: Vec<String>,
    pub expired: Vec<String>,
    /// What flows approve that do not say what secures it, by flow.
    pub plain: Vec<(String, Connections)>,
    /// What flows approve that say what secures it.
    pub secured: Connections,
}

impl Covered {
    pub fn add(&mut self, other: Self) {
        for (all, more) in [(&mut self.approved_by, other.approved_by), (&mut self.expired, other.expired)] {
            all.extend(more);
            all.sort();
            all.dedup();
        }
    }
}

/// What of some connections of a flow is approved, as far as one owner's interfaces at its near end go; and what is left,
/// for which addresses of the far end where that lies outside.
pub(super) fn of(
    context: &Context<'_>,
    flow: &Flow,
    owner: &Owner,
    open: &Connections,
) -> (Covered, Vec<(Option<AddressSet>, Connections)>) {
    let far = match (&flow.src, &flow.dst) {
        (Party::Outside(outside), _) | (_, Party::Outside(outside)) => outside.addresses.clone(),
        _ => None,
    };
    let mut rest = if open.is_empty() { vec![] } else { vec![(far, open.clone())] };
    let mut covered = Covered::default();
    for declared in &context.config.flows {
        let approved = open.intersect(&declared.connections);
        let own = |party| std::ptr::eq(party, ends::near(flow)).then_some(owner);
        let held = |end, party| held(context, end, party, own(party));
        let (Some(from), Some(to)) = (held(&declared.from, &flow.src), held(&declared.to, &flow.dst)) else { continue };
        if approved.is_empty() {
            continue;
        }
        if !declared.counts_on(context.day) {
            covered.expired.push(declared.id.clone());
            continue;
        }
        covered.approved_by.push(declared.id.clone());
        match declared.security_features.is_empty() {
            true => covered.plain.push((declared.id.clone(), approved)),
            false => covered.secured = covered.secured.union(&approved),
        }
        let within = |addresses: Option<AddressSet>, connections: Connections| {
            let parts = [&from, &to].into_iter().filter_map(|held| match held {
                Held::Whole => None,
                Held::Part(part) => Some(part),
            });
            let outside = addresses.map(|addresses| {
                let inside = parts.fold(addresses.clone(), |inside, part| inside.intersect(part));
                (addresses.subtract(&inside), inside)
            });
            match outside {
                None => vec![(None, connections.subtract(&declared.connections))],
                Some((beyond, inside)) => {
                    vec![(Some(inside), connections.subtract(&declared.connections)), (Some(beyond), connections)]
                }
            }
        };
        rest = rest.into_iter().flat_map(|(addresses, connections)| within(addresses, connections)).collect();
        rest.retain(|(addresses, connections)| {
            !connections.is_empty() && addresses.as_ref().is_none_or(|addresses| !addresses.is_empty())
        });
        rest = joined(rest);
    }
    (covered, rest)
}

/// Addresses with the same connections, as one.
pub(super) fn joined(all: Vec<(Option<AddressSet>, Connections)>) -> Vec<(Option<AddressSet>, Connections)> {
    let mut kept: Vec<(Option<AddressSet>, Connections)> = Vec::new();
    for (addresses, connections) in all {
        let same = kept.iter_mut().find(|(old, same)| old.is_some() == addresses.is_some() && *same == connections);
        match same {
            Some((old, _)) => *old = old.take().zip(addresses).map(|(old, more)| old.union(&more)),
            None => kept.push((addresses, connections)),
        }
    }
    kept
}

/// Whether a declared flow approves some of a flow.
pub(in crate::policy::facts) fn approves(context: &Context<'_>, declared: &config::Flow, flow: &Flow) -> bool {
    let any = |end: &End, party: &Party| match party {
        Party::Outside(_) => held(context, end, party, None).is_some(),
        Party::Interfaces { .. } => {
            context.owners().of(party).iter().any(|owner| held(context, end, party, Some(owner)).is_some())
        }
    };
    !flow.band.may.intersect(&declared.connections).is_empty()
        && any(&declared.from, &flow.src)
        && any(&declared.to, &flow.dst)
}

/// Whether a declared flow may approve some of a flow of which nobody knows where it begins or ends.
pub(in crate::policy::facts) fn may_approve(context: &Context<'_>, declared: &config::Flow, flow: &Flow) -> bool {
    let end = |end: &End, party: &Party| match party {
        // the internet and what zones claim is known
        Party::Outside(outside) if !ends::is_internet(party) && !outside.border.is_classified() => true,
        _ => held(context, end, party, None).is_some(),
    };
    !flow.band.may.intersect(&declared.connections).is_empty()
        && end(&declared.from, &flow.src)
        && end(&declared.to, &flow.dst)
}

/// Numbers for assets, by their places in the inventory: interfaces and instances of one number are beginnings of the same
/// declared flows.
pub(in crate::policy::facts) fn approvals(context: &Context<'_>) -> Vec<usize> {
    let mut numbers: HashMap<Vec<usize>, usize> = HashMap::from_iter([(vec![], 0)]);
    let of = |(at, asset): (usize, &Asset)| {
        if !matches!(asset.body, Body::NetworkInterface(_) | Body::Instance(_)) {
            return 0;
        }
        let border = context.zones.of(at).source.clone();
        let party = Party::Interfaces { border, ids: Arc::from([Arc::clone(&asset.id)]) };
        let flows = context.config.flows.iter().enumerate();
        let holds = flows.filter(|(_, declared)| held(context, &declared.from, &party, None).is_some());
        let key = holds.map(|(at, _)| at).collect();
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    };
    context.inventory.assets().iter().enumerate().map(of).collect()
}

/// How much of a party an end holds.
enum Held {
    Whole,
    Part(AddressSet),
}

/// What of a party an end holds, or of one owner's part of it.
fn held(context: &Context<'_>, end: &End, party: &Party, owner: Option<&Owner>) -> Option<Held> {
    match party {
        Party::Interfaces { border, .. } => {
            let End::Where { cidr, matcher, .. } = end else { return None };
            if !end.holds_border(&border.zone, border.environment.as_deref()) {
                return None;
            }
            let mut all = members(context, party);
            all.retain(|member| owner.is_none_or(|owner| member.owner.is_some_and(|own| own.id == owner.id)));
            let whole = all.iter().all(|member| {
                let named = |id: &str| {
                    let pattern = matcher.asset.as_deref();
                    Matcher::fits(pattern, Some(id)) || Matcher::fits(pattern, Some(&short_of(id)))
                };
                let asset = matcher.asset.is_none()
                    || named(&member.asset.id)
                    || member.owner.is_some_and(|owner| named(&owner.id));
                let id = member.owner.map_or(&*member.asset.id, |owner| owner.id.as_str());
                let inside = !end.is_inside_cluster() || context.is_inside(&member.bearer, id, matcher);
                let addressed = cidr.is_none_or(|net| {
                    !member.addresses.is_empty() && member.addresses.iter().all(|address| net.contains(address))
                });
                asset && inside && addressed
            });
            (whole && !all.is_empty()).then_some(Held::Whole)
        }
        Party::Outside(outside) => match end {
            End::Internet => match &outside.addresses {
                // all of it: which of its addresses a connection bears is not known
                None => ends::is_internet(party).then_some(Held::Whole),
                Some(addresses) => {
                    let part = public_addresses().intersect(addresses);
                    (!part.is_empty()).then_some(Held::Part(part))
                }
            },
            End::Where { zone, environment, cidr, matcher, .. } => {
                if end.is_inside_cluster() || matcher.asset.is_some() {
                    return None;
                }
                let border = &outside.border;
                // addresses that no zone bears can still be named by their block alone
                let bare = zone.is_none() && environment.is_none() && cidr.is_some();
                let own = !ends::is_internet(party) && end.holds_border(&border.zone, border.environment.as_deref());
                match (bare || own, cidr, &outside.addresses) {
                    (true, None, _) => Some(Held::Whole),
                    (true, Some(net), Some(addresses)) => {
                        let part = addresses.intersect(&AddressSet::from_nets([net]));
                        (!part.is_empty()).then_some(Held::Part(part))
                    }
                    _ => None,
                }
            }
        },
    }
}
