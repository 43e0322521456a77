//! The matrix: for each pair of borders of which one is in scope, whether anything passes.

use std::collections::{BTreeMap, BTreeSet};

use super::cover::{self, Covered};
use super::{ends, has_network};
use crate::finding::MatrixEntry;
use crate::model::{Body, Connections, Vpc};
use crate::policy::facts::context::Context;
use crate::reach::{Flow, Verdict};
use crate::zone::Border;

/// What passes over one border, all paths together.
#[derive(Default)]
struct Open {
    must: Connections,
    may: Connections,
    covered: Covered,
    beyond: bool,
}

impl Open {
    fn add(&mut self, context: &Context<'_>, flow: &Flow) {
        self.must = self.must.union(&flow.band.must);
        self.may = self.may.union(&flow.band.may);
        if flow.is_judged_alone() && !flow.band.must.is_empty() {
            for owner in context.owners().of(ends::near(flow)).iter() {
                let (covered, rest) = cover::of(context, flow, owner, &flow.band.must);
                self.covered.add(covered);
                self.beyond |= !rest.is_empty();
            }
        }
    }
}

/// All pairs of borders, in their order; none where no network was read.
pub fn matrix(context: &Context<'_>) -> Vec<MatrixEntry> {
    if !has_network(context) {
        return vec![];
    }
    let mut open: BTreeMap<(&Border, &Border), Open> = BTreeMap::new();
    for flow in context.flows() {
        open.entry((flow.src.border(), flow.dst.border())).or_default().add(context, flow);
    }
    let inside = |(at, asset): (usize, &crate::model::Asset)| match asset.body {
        Body::NetworkInterface(_) | Body::Instance(_) => Some(&context.zones.of(at).border),
        _ => None,
    };
    let inside: BTreeSet<&Border> = context.inventory.assets().iter().enumerate().filter_map(inside).collect();
    let all: BTreeSet<&Border> =
        open.keys().flat_map(|(from, to)| [*from, *to]).chain(inside.iter().copied()).collect();
    let listed = context.inventory.of::<Vpc>().all(|(_, vpc, _)| context.bearers_listed(&vpc.place));
    let whole = listed && !context.flows().iter().any(Flow::is_cut);
    let mut entries = Vec::new();
    for from in &all {
        for to in &all {
            let judged = from.category.in_scope() || to.category.in_scope();
            let within = inside.contains(from) || inside.contains(to);
            if judged && within && from.crosses(to) {
                entries.push(entry(from, to, open.remove(&(*from, *to)).unwrap_or_default(), whole));
            }
        }
    }
    entries
}

fn entry(from: &Border, to: &Border, open: Open, whole: bool) -> MatrixEntry {
    let undecided = open.may.subtract(&open.must);
    let verdict = match (open.must.is_empty(), undecided.is_empty()) {
        (false, _) => Verdict::Allowed,
        (true, true) if whole => Verdict::Denied,
        (true, _) => Verdict::Unknown,
    };
    MatrixEntry {
        from: from.to_string(),
        to: to.to_string(),
        verdict: verdict.as_str().to_owned(),
        connections: open.must.describe(),
        undecided: undecided.describe(),
        approved_by: open.covered.approved_by,
        undeclared: open.beyond,
    }
}
