//! What flows say of declarations: whether a declared flow is possible, and whether a zone is what it is declared to be.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{cover, ends as parties, some, witness};
use crate::config::Category;
use crate::finding::Location;
use crate::model::{Connections, Instance, NetworkInterface, Vpc, short_of};
use crate::policy::facts::context::Context;
use crate::policy::facts::declared;
use crate::policy::facts::document::{Derived, Fact, Reason, Subject, Unknown};
use crate::policy::facts::{location, subject};
use crate::reach::Flow;
use crate::zone::Border;

/// Documents about what becomes of declared flows in the network.
pub(in crate::policy::facts) const REACH: &str = "declared-flow-reach";
/// Documents about zones.
pub(in crate::policy::facts) const ZONE: &str = "zone";

/// A declared flow in the network.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct DeclaredReach {
    /// Who answers for it.
    owner: String,
    /// Whether something that it approves passes, or may pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    possible: Option<bool>,
}

/// A declared zone, whatever its environment.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct ZoneFact {
    /// What passes between it and the cardholder data environment, over however many hops, approved or not; at most
    /// twenty and a count of the rest.
    flows_with_cde: Vec<String>,
}

/// The documents of declared flows, where a network was read and the flow joins borders that are judged.
pub(in crate::policy::facts) fn declared_flows(context: &Context<'_>) -> Vec<Fact> {
    if !has_network(context) {
        return vec![];
    }
    let fact = |flow: &crate::config::Flow| {
        let border = declared::guarded(context, flow);
        // one that is over approves nothing anyway
        if !border.category.in_scope() || !flow.counts_on(context.day) {
            return None;
        }
        let mut unknown = Unknown::default();
        let found = context.flows().iter().any(|known| cover::approves(context, flow, known));
        let unread = context.inventory.of::<Vpc>().find(|(_, vpc, _)| !context.bearers_listed(&vpc.place));
        let doubt = || context.flows().iter().find(|known| cover::may_approve(context, flow, known));
        let possible = match (found, unread) {
            (true, _) => Some(true),
            (false, Some((_, vpc, _))) => {
                unknown.say("possible", Reason::EntriesNotCollected, short_of(&vpc.id));
                None
            }
            (false, None) => doubt().map_or(Some(false), |known| {
                unknown.say("possible", Reason::Undecided, witness::open_question(context, known));
                None
            }),
        };
        let made = DeclaredReach { owner: flow.owner.clone(), possible };
        let about = declared::subject(&flow.id, declared::at(context, flow.spot), border);
        Some(subject(REACH, about, Derived::DeclaredFlowReach(Box::new(made)), unknown))
    };
    context.config.flows.iter().filter_map(fact).collect()
}

/// The documents of zones, where a network was read.
pub(in crate::policy::facts) fn zones(context: &Context<'_>) -> Vec<Fact> {
    if !has_network(context) {
        return vec![];
    }
    let fact = |zone: &crate::config::Zone| {
        let with_cde = |flow: &&Flow| {
            let ends = [flow.src.border(), flow.dst.border()];
            // whoever comes over the internet comes as anybody does
            if [&flow.src, &flow.dst].into_iter().any(parties::is_over_internet) {
                return false;
            }
            ends.iter().any(|end| end.category == Category::Cde) && ends.iter().any(|end| *end.zone == *zone.name)
        };
        let all: Vec<&Flow> = context.flows().iter().filter(with_cde).collect();
        let passing: Vec<&Flow> = all.iter().filter(|flow| !flow.band.must.is_empty()).copied().collect();
        let mut unknown = Unknown::default();
        if let (true, Some(flow)) = (passing.is_empty(), all.first()) {
            unknown.say("flows_with_cde", Reason::Undecided, witness::open_question(context, flow));
        }
        let border = Border { zone: zone.name.as_str().into(), environment: None, category: zone.category };
        let shown = passing.first().map(|flow| context.reach.witness(flow)).unwrap_or_default();
        // without a file there is no line to point at but that of what lets the traffic through
        let decided_by = witness::deciding(context, &shown).and_then(|id| context.inventory.any(&id));
        let at = match (&context.config.file, decided_by) {
            (None, Some(asset)) => location(asset),
            (None, None) => Location::Arn { arn: format!("zone {}", zone.name) },
            (Some(_), _) => declared::at(context, zone.spot),
        };
        let made = ZoneFact { flows_with_cde: by_border(&passing) };
        let about = Subject { witness: witness::hops(context, shown), ..declared::subject(&zone.name, at, border) };
        subject(ZONE, about, Derived::Zone(Box::new(made)), unknown)
    };
    context.config.zones.iter().map(fact).collect()
}

/// What passes over each border, `no-pci/prod -> pci/prod: tcp/443`.
fn by_border(flows: &[&Flow]) -> Vec<String> {
    let mut by = BTreeMap::new();
    for flow in flows {
        let open: &mut Connections = by.entry((flow.src.border(), flow.dst.border())).or_default();
        *open = open.union(&flow.band.must);
    }
    some(by.into_iter().map(|((from, to), open)| format!("{from} -> {to}: {}", open.describe().join(", "))).collect())
}

/// Whether anything that could begin or end a flow was read.
pub(super) fn has_network(context: &Context<'_>) -> bool {
    context.inventory.of::<NetworkInterface>().next().is_some() || context.inventory.of::<Instance>().next().is_some()
}
