//! Present crossings in the shape of declared flows, for somebody to approve or close.

use std::collections::BTreeMap;

use super::{Bundle, bundles, cover, ends};
use crate::model::{AddressSet, Connections};
use crate::policy::facts::context::Context;
use crate::reach::Flow;
use crate::zone::Border;

/// What crosses a border and no declared flow approves.
#[derive(Debug)]
pub struct Crossing {
    /// Where it begins.
    pub from: CrossingEnd,
    /// Where it ends.
    pub to: CrossingEnd,
    /// What passes.
    pub connections: Connections,
}

/// An end of a crossing.
#[derive(Debug)]
pub enum CrossingEnd {
    /// All public addresses that nobody claims, or all but some.
    Internet,
    /// Addresses outside of the estate, by their blocks.
    Blocks(Vec<ipnet::IpNet>),
    /// A zone, or one asset of it.
    Zone {
        /// Zone and environment.
        border: Border,
        /// The load balancer, node group or other owner of interfaces.
        asset: Option<String>,
    },
}

/// More blocks than these are no list that anybody approves: all of the internet is named instead.
const BLOCKS: usize = 8;

/// All crossings that surely pass and that no declared flow approves, in the order of borders.
pub fn crossings(context: &Context<'_>) -> Vec<Crossing> {
    let passes = |flow: &Flow| flow.is_judged_alone() && !flow.band.must.is_empty();
    bundles(context, context.flows(), passes).iter().flat_map(|bundle| of_bundle(context, bundle)).collect()
}

fn of_bundle(context: &Context<'_>, bundle: &Bundle<'_>) -> Vec<Crossing> {
    // by what passes, addresses together; an end inside of the estate has none
    let mut open: BTreeMap<Connections, Option<AddressSet>> = BTreeMap::new();
    for flow in &bundle.flows {
        let (_, rest) = cover::of(context, flow, &bundle.owner, &flow.band.must);
        for (addresses, connections) in rest {
            let all = open.entry(connections).or_default();
            *all = match (all.take(), addresses) {
                (Some(all), Some(more)) => Some(all.union(&more)),
                (all, more) => all.or(more),
            };
        }
    }
    let arrives = bundle.arrives();
    let near = |border: &Border| CrossingEnd::Zone { border: border.clone(), asset: Some(bundle.owner.name()) };
    let far = |border: &Border, addresses: Option<AddressSet>| match addresses.map(|addresses| addresses.to_nets()) {
        Some(blocks) if blocks.len() <= BLOCKS => CrossingEnd::Blocks(blocks),
        Some(_) if ends::is_internet_border(border) => CrossingEnd::Internet,
        _ => CrossingEnd::Zone { border: border.clone(), asset: None },
    };
    let crossing = |(connections, addresses): (Connections, Option<AddressSet>)| {
        let (from, to) = match arrives {
            true => (far(bundle.from, addresses), near(bundle.to)),
            false => (near(bundle.from), far(bundle.to, addresses)),
        };
        Crossing { from, to, connections }
    };
    open.into_iter().map(crossing).collect()
}
