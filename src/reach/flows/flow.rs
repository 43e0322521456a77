//! A flow: what passes from one party to another over a border.

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;

use super::arrivals::{Leg, Passed};
use super::ids::Own;
use super::outside::Outside;
use crate::model::Connections;
use crate::reach::band::Band;
use crate::reach::query::Verdict;
use crate::zone::Border;

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
    pub(super) legs: Vec<Leg>,
    pub(super) relays: Vec<Passed>,
    pub(super) alone: bool,
}

impl Flow {
    /// Whether it stands for flows that were not looked for: then absence of others shows nothing.
    pub fn is_cut(&self) -> bool {
        matches!(&self.src, Party::Outside(outside) if outside.what.starts_with(super::NOT_ASKED))
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

/// Flows with the same ends over the same relays, as one: what any of them lets through. The first that shows most speaks
/// for all.
pub(super) fn together(found: Vec<Flow>) -> Vec<Flow> {
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
