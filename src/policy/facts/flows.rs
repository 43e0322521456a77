//! Documents about flows over borders: kind `flow` for what passes, kind `undecided-flow` for what nobody knows.
//!
//! One for each border and owner: the load balancer, node group or group of interfaces that the connections end at, or
//! begin at where they leave the estate. A path over a load balancer or an endpoint is judged connection by connection,
//! each of which is a flow of its own; only whether a store is reached is asked of the whole path.

mod cover;
mod ends;
mod hints;
mod insecure;
mod matrix;
mod pairs;
mod proposal;
mod reaches;
mod witness;

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, NAMED};
use super::declared;
use super::document::{Derived, Fact, Reason, Subject, Unknown};
use crate::config::Category;
use crate::model::{AddressSet, Connections, Place};
use crate::reach::{Flow, Party};
use crate::zone::{Border, Store};
use cover::Covered;
pub(super) use cover::approvals;
use ends::Owner;
pub(super) use ends::Owners;
pub use hints::Hints;
pub use matrix::matrix;
pub use pairs::{Pair, pairs};
pub use proposal::{Crossing, CrossingEnd, crossings};
use reaches::has_network;
pub(super) use reaches::{DeclaredReach, REACH, ZONE, ZoneFact, declared_flows, zones};

/// Documents about what may pass.
pub(super) const UNDECIDED: &str = "undecided-flow";

/// Flows from behind one border to one behind another that end at one owner, or begin there where they leave the estate.
#[derive(Serialize, JsonSchema)]
pub(super) struct FlowFact {
    /// Where they begin.
    from: EndFact,
    /// Where they end.
    to: EndFact,
    /// What passes.
    connections: Vec<String>,
    /// Whether the two borders are of different environments.
    crosses_environment: bool,
    /// Declared flows in force that approve some of it.
    approved_by: Vec<String>,
    /// Declared flows that would approve some of it and have expired.
    expired: Vec<String>,
    /// What no declared flow approves; empty if all is approved.
    beyond: Vec<Beyond>,
    /// Ports of protocols that show what they carry to everybody on the way, approved by flows that do not say what
    /// secures them.
    insecure: Vec<String>,
    /// Declared flows that approve those and do not say what secures them.
    insecure_by: Vec<String>,
    /// Interfaces of stores of cardholder data among those that the flows end at.
    stores: Vec<String>,
    /// The rule that lets a connection through, by its id; empty if none does.
    decided_by: String,
}

/// An end of flows.
#[derive(Serialize, JsonSchema)]
pub(super) struct EndFact {
    /// Zone and environment as messages write them.
    border: String,
    zone: Arc<str>,
    category: Category,
    /// Whether it is the internet.
    internet: bool,
    /// Whether it lies outside of the estate.
    outside: bool,
    /// Who or which addresses, at most twenty and a count of the rest.
    names: Vec<String>,
}

/// What no declared flow approves.
#[derive(Serialize, JsonSchema)]
struct Beyond {
    /// Who or which addresses begin it, or end it where it leaves the estate.
    names: Vec<String>,
    connections: Vec<String>,
}

/// What may pass from behind one border to one behind another, and nobody knows whether it does.
#[derive(Serialize, JsonSchema)]
pub(super) struct UndecidedFact {
    /// Where it begins.
    from: EndFact,
    /// Where it ends.
    to: EndFact,
    /// What may pass and no declared flow approves.
    connections: Vec<String>,
    /// Whether it passes: never known, and so listed in `unknown`, unless declared flows approve all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    passes: Option<bool>,
    /// Interfaces of stores of cardholder data among those that it ends at: none, or not known where it begins
    /// behind a border that is out of scope, approved or not.
    stores: Vec<String>,
    /// The rule that may let a connection through, by its id; empty if none does.
    decided_by: String,
}

/// Flows that one document is about.
struct Bundle<'f> {
    from: &'f Border,
    to: &'f Border,
    flows: Vec<&'f Flow>,
    owner: Arc<Owner>,
}

impl Bundle<'_> {
    /// Whether it is told by where it ends: that lies inside of the estate.
    fn arrives(&self) -> bool {
        self.flows.iter().any(|flow| matches!(flow.dst, Party::Interfaces { .. }))
    }

    /// What it is told by, from run to run.
    fn id(&self) -> String {
        let Self { from, to, owner, .. } = self;
        if self.arrives() { format!("{from} -> {}", owner.id) } else { format!("{} -> {to}", owner.id) }
    }
}

/// The documents of flows that pass.
pub(super) fn passing(context: &Context<'_>) -> Vec<Fact> {
    let passes = |flow: &Flow| !flow.band.must.is_empty() && is_judged(context, flow);
    bundles(context, context.flows(), passes).iter().map(|bundle| shown(context, bundle)).collect()
}

/// The documents of flows that may pass.
pub(super) fn undecided(context: &Context<'_>) -> Vec<Fact> {
    let open = |flow: &Flow| !flow.undecided().is_empty() && is_judged(context, flow);
    bundles(context, context.flows(), open).iter().filter_map(|bundle| not_known(context, bundle)).collect()
}

/// Whether documents tell of a flow: a path over a load balancer or an endpoint is there for the store that it reaches.
fn is_judged(context: &Context<'_>, flow: &Flow) -> bool {
    flow.is_judged_alone() || ends::is_passed_on_to_store(context, flow)
}

fn bundles<'f>(
    context: &Context<'_>,
    flows: impl IntoIterator<Item = &'f Flow>,
    wanted: impl Fn(&Flow) -> bool,
) -> Vec<Bundle<'f>> {
    let mut bundles: BTreeMap<(&Border, &Border, String), Bundle<'_>> = BTreeMap::new();
    for flow in flows.into_iter().filter(|flow| wanted(flow)) {
        let (from, to) = (flow.src.border(), flow.dst.border());
        for owner in context.owners().of(ends::near(flow)).iter() {
            let bundle = bundles.entry((from, to, owner.id.clone()));
            let made = || Bundle { from, to, flows: vec![], owner: Arc::clone(owner) };
            bundle.or_insert_with(made).flows.push(flow);
        }
    }
    bundles.into_values().collect()
}

fn shown(context: &Context<'_>, bundle: &Bundle<'_>) -> Fact {
    let (mut all, mut covered) = (Connections::default(), Covered::default());
    let mut insecure: Vec<(String, String)> = Vec::new();
    let mut beyond: Vec<(Vec<String>, Connections)> = Vec::new();
    let mut outside: Vec<(Option<AddressSet>, Connections)> = Vec::new();
    // one flow speaks for all: the first that nobody approved, else the first
    let mut speaks: Option<&Flow> = None;
    for flow in &bundle.flows {
        all = all.union(&flow.band.must);
        if !flow.is_judged_alone() {
            continue;
        }
        let (own, rest) = cover::of(context, flow, &bundle.owner, &flow.band.must);
        for (declared, approved) in &own.plain {
            let named = insecure::named(&approved.subtract(&own.secured));
            insecure.extend(named.into_iter().map(|protocol| (protocol, declared.clone())));
        }
        covered.add(own);
        if !rest.is_empty() {
            speaks.get_or_insert(flow);
        }
        for (addresses, connections) in rest {
            match addresses {
                Some(_) => outside.push((addresses, connections)),
                None => beyond.push((context.owners().names(ends::far(flow)), connections)),
            }
        }
    }
    let described = |(addresses, connections): (Option<AddressSet>, Connections)| {
        Some((context.owners().described(&addresses?), connections))
    };
    beyond.extend(cover::joined(outside).into_iter().filter_map(described));
    let speaks = speaks.or(bundle.flows.first().copied());
    let told = speaks.map(|flow| context.reach.witness(flow)).unwrap_or_default();
    let decided_by = witness::deciding(context, &told).unwrap_or_default();
    let environments = (&bundle.from.environment, &bundle.to.environment);
    let mut unknown = Unknown::default();
    let (from, to) = ends(context, bundle);
    let made = FlowFact {
        from,
        to,
        connections: all.describe(),
        crosses_environment: matches!(environments, (Some(a), Some(b)) if a != b),
        approved_by: covered.approved_by,
        expired: covered.expired,
        beyond: together(beyond),
        insecure: some(insecure.iter().map(|(protocol, _)| protocol.clone()).collect()),
        insecure_by: some(insecure.into_iter().map(|(_, declared)| declared).collect()),
        stores: stores(context, bundle, &mut unknown),
        decided_by: decided_by.clone(),
    };
    let subject = subject(context, bundle, &decided_by, witness::hops(context, told));
    super::subject(super::FLOW, subject, Derived::Flow(Box::new(made)), unknown)
}

fn not_known(context: &Context<'_>, bundle: &Bundle<'_>) -> Option<Fact> {
    let (mut open, mut unknown) = (Connections::default(), Unknown::default());
    let mut speaks: Option<&Flow> = None;
    for flow in &bundle.flows {
        let alone = flow.is_judged_alone();
        let rest = if alone { cover::of(context, flow, &bundle.owner, &flow.undecided()).1 } else { vec![] };
        // what surely passes as well is said of that
        let store = flow.band.must.is_empty()
            && !bundle.from.category.in_scope()
            && !ends::stores(context, &flow.dst).is_empty();
        if rest.is_empty() && !store {
            continue;
        }
        let question = witness::open_question(context, flow);
        if store {
            unknown.say("stores", Reason::Undecided, question.as_str());
        }
        if !rest.is_empty() {
            open = rest.iter().fold(open, |all, (_, connections)| all.union(connections));
            unknown.say("passes", Reason::Undecided, question);
        }
        speaks.get_or_insert(flow);
    }
    let hops = context.reach.witness(speaks?);
    let (from, to) = ends(context, bundle);
    let decided_by = witness::deciding(context, &hops).unwrap_or_default();
    let passes = if open.is_empty() { Some(false) } else { None };
    let connections = open.describe();
    let made = UndecidedFact { from, to, connections, passes, stores: vec![], decided_by: decided_by.clone() };
    let subject = subject(context, bundle, &decided_by, witness::hops(context, hops));
    Some(super::subject(UNDECIDED, subject, Derived::UndecidedFlow(Box::new(made)), unknown))
}

fn subject(context: &Context<'_>, bundle: &Bundle<'_>, decided_by: &str, witness: Vec<crate::finding::Hop>) -> Subject {
    let Bundle { from, to, owner, .. } = bundle;
    let asset = context.inventory.assets().get(owner.asset);
    let at = witness::location(context, decided_by, owner);
    // a flow is as grave as the more guarded of its ends
    let border = if to.category.guard() <= from.category.guard() { to } else { from };
    let place = asset.map(|asset| Place { cluster: None, namespace: None, ..asset.place.clone() });
    let subject = declared::subject(&bundle.id(), at, (*border).clone());
    Subject { place: place.unwrap_or_default(), witness, ..subject }
}

/// The two ends of a bundle: the owner at one, whoever is there at the other.
fn ends(context: &Context<'_>, bundle: &Bundle<'_>) -> (EndFact, EndFact) {
    let arrives = bundle.arrives();
    let end = |border: &Border, is_near: bool, of: fn(&Flow) -> &Party| {
        let parties = || bundle.flows.iter().map(|flow| of(flow));
        let names = match is_near {
            true => vec![bundle.owner.name()],
            false => some(parties().flat_map(|party| context.owners().names(party)).collect()),
        };
        EndFact {
            border: border.to_string(),
            zone: Arc::clone(&border.zone),
            category: border.category,
            internet: parties().any(ends::is_internet),
            outside: parties().any(|party| matches!(party, Party::Outside(_))),
            names,
        }
    };
    (end(bundle.from, !arrives, |flow| &flow.src), end(bundle.to, arrives, |flow| &flow.dst))
}

/// Interfaces of stores of cardholder data that untrusted ends reach.
fn stores(context: &Context<'_>, bundle: &Bundle<'_>, unknown: &mut Unknown) -> Vec<String> {
    let mut all = Vec::new();
    for flow in &bundle.flows {
        for (id, store) in ends::stores(context, &flow.dst) {
            match store {
                Store::Untold { .. } if !bundle.from.category.in_scope() => {
                    unknown.say("stores", Reason::StoreNotTold, id);
                }
                Store::Holds { name, .. } => all.push(format!("{name} ({id})")),
                _ => {}
            }
        }
    }
    some(all)
}

/// Entries with the same connections as one, at most twenty of them.
fn together(all: Vec<(Vec<String>, Connections)>) -> Vec<Beyond> {
    let mut by: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (names, connections) in all {
        by.entry(connections.describe()).or_default().extend(names);
    }
    by.into_iter().map(|(connections, names)| Beyond { names: some(names), connections }).take(NAMED).collect()
}

/// Sorted, each once, at most twenty and a count of the rest.
fn some(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all.dedup();
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    if more > 0 {
        all.push(format!("…{more} more"));
    }
    all
}
