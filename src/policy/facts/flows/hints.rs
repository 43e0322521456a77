//! What to change: the smallest change of one rule that closes what no declared flow approves, and nothing that one
//! does. Nothing is proposed that was not tried: the network is built anew with the rule changed, and all flows that
//! it may change are found again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashSet;

use super::ends::{far, near};
use super::{Bundle, bundles, cover};
use crate::finding::Hint;
use crate::model::{AddressSet, Connections, Peer, SecurityGroupRule, short_of};
use crate::policy::facts::context::Context;
use crate::policy::facts::location;
use crate::policy::metadata::Lang;
use crate::reach::{Change, Flow, Network, Party};
use crate::zone::Border;

/// A rule of a group holds one block: what takes more rules than these to write is no small change.
const BLOCKS: usize = 3;

/// How many ends of flows may be decided again for all hints of a run together: about a second of work. The gravest
/// findings come first.
const WORK: usize = 10_000;

/// To index as many interfaces anew costs as much as to decide one again.
const INDEXED: usize = 8;

/// What tells bundles apart: their borders, and the id of their owner.
type Key<'k> = (&'k Border, &'k Border, &'k str);

fn key<'k>(bundle: &'k Bundle<'_>) -> Key<'k> {
    (bundle.from, bundle.to, &bundle.owner.id)
}

/// Interfaces of a party.
fn ids(party: &Party) -> &[Arc<str>] {
    match party {
        Party::Interfaces { ids, .. } => ids,
        Party::Outside(_) => &[],
    }
}

/// Finds hints as long as there is work left to spend.
pub struct Hints<'c, 'a> {
    context: &'c Context<'a>,
    lang: Lang,
    /// What passes and is to stay.
    before: Vec<Bundle<'c>>,
    left: usize,
}

/// What passes at the near end of a flow, for whom at the far end.
struct Part<'f> {
    far: Far<'f>,
    connections: Connections,
}

enum Far<'f> {
    Addresses(Option<AddressSet>),
    Ids(&'f [Arc<str>]),
}

impl<'c, 'a> Hints<'c, 'a> {
    /// Gets ready.
    pub fn new(context: &'c Context<'a>, lang: Lang) -> Self {
        Self { context, lang, before: bundles(context, context.flows(), passes), left: WORK }
    }

    /// The change that closes what is not approved of the flows of one document, by its id.
    pub fn of(&mut self, id: &str) -> Option<Hint> {
        self.left.checked_sub(self.context.reach.size() / INDEXED)?;
        let bundle = self.before.iter().find(|bundle| bundle.id() == id)?;
        let rest: Vec<_> = bundle.flows.iter().map(|flow| (flow, self.beyond(bundle, flow, &flow.band.must))).collect();
        let (speaks, _) = rest.iter().find(|(_, rest)| !rest.is_empty())?;
        let parts = || rest.iter().flat_map(|(_, rest)| rest);
        let open = parts().fold(Connections::default(), |all, (_, connections)| all.union(connections));
        let addresses = parts().try_fold(AddressSet::default(), |all, (set, _)| Some(all.union(set.as_ref()?)));
        let hops = self.context.reach.witness(speaks);
        let asked = hops.iter().rev().filter(|hop| !hop.why.starts_with("answer"));
        let rules: Vec<&str> = asked.map(|hop| hop.by.as_str()).collect();
        let changes: Vec<Change> =
            rules.into_iter().flat_map(|rule| self.changes(rule, &open, addresses.as_ref())).collect();
        let (from, to, owner) = (bundle.from, bundle.to, bundle.owner.id.clone());
        for change in changes {
            if self.is_proved(&change, (from, to, &owner))? {
                return self.told(&change);
            }
        }
        None
    }

    fn beyond(&self, bundle: &Bundle<'_>, flow: &Flow, open: &Connections) -> Vec<(Option<AddressSet>, Connections)> {
        cover::of(self.context, flow, &bundle.owner, open).1
    }

    /// Changes of one rule, the smallest first: other ports, other addresses, none of it.
    fn changes(&self, id: &str, open: &Connections, addresses: Option<&AddressSet>) -> Vec<Change> {
        let Some((_, asset, rule)) = self.context.inventory.find::<SecurityGroupRule>(id) else { return vec![] };
        let change = |connections, addresses| Change { rule: asset.id.to_string(), connections, addresses };
        let mut all = Vec::new();
        let now = Connections::from_aws(&rule.protocol, rule.from_port, rule.to_port);
        if let Some(left) = now.map(|now| now.subtract(open)).filter(|left| left.describe().len() == 1) {
            all.push(change(Some(left), None));
        }
        if let (Peer::Cidr(net), Some(addresses)) = (&rule.peer, addresses) {
            let left = AddressSet::from_nets([net]).subtract(addresses);
            if !left.is_empty() && left.to_nets().len() <= BLOCKS {
                all.push(change(None, Some(left)));
            }
        }
        all.push(change(Some(Connections::default()), None));
        all
    }

    /// Whether a change closes all that no declared flow approves of a bundle, also what is not known to pass, and leaves
    /// all that one approves. Flows that do not meet the rule's group stay as they are; none if there is no work left to
    /// find the others again.
    fn is_proved(&mut self, change: &Change, bundle: Key<'_>) -> Option<bool> {
        let Context { inventory, config, reach, .. } = self.context;
        let index = reach.size() / INDEXED;
        self.left.checked_sub(index)?;
        let flows = self.context.flows();
        let group = inventory.find::<SecurityGroupRule>(&change.rule).map_or("", |(_, _, rule)| &rule.group);
        let met = reach.met_by(flows, group);
        let met: Vec<&Flow> = flows.iter().zip(met).filter(|(_, met)| *met).map(|(flow, _)| flow).collect();
        let ends: BTreeSet<_> = met.iter().flat_map(|flow| ids(near(flow))).cloned().collect();
        self.left = self.left.checked_sub(ends.len() + index)?;
        let network = Network::with(inventory, &config.networks, change);
        let again = self.context.flows_at(&network, &ends);
        let others = flows.iter().filter(|flow| !ids(near(flow)).iter().any(|id| ends.contains(id)));
        let after = bundles(self.context, again.iter().chain(others), Flow::is_judged_alone);
        let after: BTreeMap<Key<'_>, &Bundle<'_>> = after.iter().map(|bundle| (key(bundle), bundle)).collect();
        let left = after.get(&bundle).into_iter().flat_map(|left| left.flows.iter().map(move |flow| (left, flow)));
        let closes = left.into_iter().all(|(left, flow)| self.beyond(left, flow, &flow.band.may).is_empty());
        let met: HashSet<*const Flow> = met.into_iter().map(std::ptr::from_ref).collect();
        let stays = |before: &Bundle<'_>| {
            let own = before.flows.iter().filter(|flow| met.contains(&std::ptr::from_ref(**flow)));
            own.into_iter().all(|flow| self.stays(before, flow, after.get(&key(before)).copied()))
        };
        Some(closes && self.before.iter().all(stays))
    }

    /// Whether all that is approved of a flow still passes.
    fn stays(&self, before: &Bundle<'_>, flow: &Flow, after: Option<&Bundle<'_>>) -> bool {
        self.approved(before, flow).iter().all(|part| {
            let now = after.into_iter().flat_map(|after| &after.flows);
            match &part.far {
                Far::Ids(ids) => ids.iter().all(|id| {
                    let with = now.clone().filter(
                        |flow| matches!(far(flow), Party::Interfaces { ids, .. } if ids.binary_search(id).is_ok()),
                    );
                    let open = with.fold(Connections::default(), |all, flow| all.union(&flow.band.must));
                    part.connections.subtract(&open).is_empty()
                }),
                Far::Addresses(addresses) => {
                    let mut rest = vec![(addresses.clone(), part.connections.clone())];
                    for flow in now {
                        let Party::Outside(outside) = far(flow) else { continue };
                        rest = rest
                            .into_iter()
                            .flat_map(|(set, open)| without(set, open, outside.addresses.as_ref(), &flow.band.must))
                            .collect();
                    }
                    rest.is_empty()
                }
            }
        })
    }

    /// What of a flow is approved.
    fn approved<'f>(&self, bundle: &Bundle<'_>, flow: &'f Flow) -> Vec<Part<'f>> {
        let rest = self.beyond(bundle, flow, &flow.band.must);
        match far(flow) {
            Party::Interfaces { ids, .. } => {
                let connections = rest.iter().fold(flow.band.must.clone(), |all, (_, open)| all.subtract(open));
                vec![Part { far: Far::Ids(ids), connections }]
            }
            Party::Outside(outside) => {
                let mut parts = vec![(outside.addresses.clone(), flow.band.must.clone())];
                for (set, open) in &rest {
                    parts = parts.into_iter().flat_map(|(own, all)| without(own, all, set.as_ref(), open)).collect();
                }
                parts.into_iter().map(|(set, connections)| Part { far: Far::Addresses(set), connections }).collect()
            }
        }
    }

    fn told(&self, change: &Change) -> Option<Hint> {
        let asset = self.context.inventory.any(&change.rule)?;
        let name = short_of(&asset.id);
        let blocks = |set: &AddressSet| set.to_nets().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let (en, ko) = match change {
            Change { connections: Some(left), .. } if left.is_empty() => {
                (format!("remove `{name}`"), format!("`{name}`을(를) 제거하십시오"))
            }
            Change { connections: Some(left), .. } => {
                let left = left.describe().join(", ");
                (format!("narrow `{name}` to {left}"), format!("`{name}`을(를) {left}(으)로 좁히십시오"))
            }
            Change { addresses, .. } => {
                let left = addresses.as_ref().map(blocks).unwrap_or_default();
                (format!("narrow `{name}` to {left}"), format!("`{name}`을(를) {left}(으)로 좁히십시오"))
            }
        };
        let change = match self.lang {
            Lang::En => en,
            Lang::Ko => ko,
        };
        Some(Hint { rule: asset.id.to_string(), change, origin: location(asset) })
    }
}

fn passes(flow: &Flow) -> bool {
    flow.is_judged_alone() && !flow.band.must.is_empty()
}

/// What is left of connections with some addresses when others are taken away.
fn without(
    set: Option<AddressSet>,
    open: Connections,
    other: Option<&AddressSet>,
    taken: &Connections,
) -> Vec<(Option<AddressSet>, Connections)> {
    let parts = match (set, other) {
        // addresses that nobody knows
        (None, _) => vec![(None, open.subtract(taken))],
        (Some(set), None) => vec![(Some(set), open)],
        (Some(set), Some(other)) => {
            let inside = set.intersect(other);
            vec![(Some(inside), open.subtract(taken)), (Some(set.subtract(other)), open)]
        }
    };
    let left = |(set, open): &(Option<AddressSet>, Connections)| {
        !open.is_empty() && set.as_ref().is_none_or(|set| !set.is_empty())
    };
    parts.into_iter().filter(left).collect()
}
