//! Facts: the JSON documents that rules see, with everything derived already in them.
//!
//! One document an asset, and one `zone-assignment` document for each asset that bears a word of its own on its zone.
//! What is not known is left out and listed in `unknown`, with the reason. Rules never join: what needs neighbours is
//! joined here. To give a kind more to judge by: a module with a struct, and a line in `Derived::of`.

mod acl;
mod authz;
mod balancers;
pub mod clusters;
mod context;
mod cover;
mod declared;
mod document;
mod eks;
mod elb;
mod enforcement;
mod entrances;
mod exposure;
mod flow_logs;
mod flows;
mod gateways;
mod gitops;
mod group_use;
mod groups;
mod ingress_gateways;
mod isolation;
mod listeners;
mod mesh;
mod mesh_scope;
mod mixing;
mod namespaces;
mod network;
mod peering;
mod pod_policy;
mod private_link;
mod proxies;
mod routes;
mod schema;
mod scope;
mod services;
mod transit;
mod twins;
pub mod twins_traffic;
mod zones;

use rayon::prelude::*;
use serde_json::value::RawValue;

pub use context::Context;
pub use declared::{WAIVER, waivers};
pub use document::{About, Because, Fact, Reason, Subject};
pub use flows::{Crossing, CrossingEnd, Hints, Pair, crossings, matrix, pairs};
pub use schema::{kinds, schema};
pub use scope::scope;

use crate::config::Category;
use crate::finding::Location;
use crate::model::{Asset, Body, Origin, Workload};
use document::{Derived, Document, Header, Unknown};

/// The kind of documents about what gave an asset its zone.
pub const ZONE_ASSIGNMENT: &str = "zone-assignment";

/// The kind of documents about how policies came into their cluster.
pub const GITOPS_POLICY: &str = "gitops-policy";

/// The kind of documents about flows that pass.
pub const FLOW: &str = "flow";

/// Builds the documents of all (kind, category) pairs that are wanted, in the inventory's order; those that are about
/// no asset follow.
pub fn build(context: &Context<'_>, wanted: &(dyn Fn(&str, Category) -> bool + Sync)) -> Vec<Fact> {
    let assets = context.inventory.assets();
    let built = (0..assets.len()).into_par_iter().flat_map_iter(|at| {
        let Some(asset) = assets.get(at) else { return Vec::new() };
        let category = context.judged(at).border.category;
        let mut out = Vec::new();
        if wanted(ZONE_ASSIGNMENT, category)
            && let Some(derived) = zones::assignment(context, at, asset)
        {
            out.push(document(context, at, asset, ZONE_ASSIGNMENT, derived));
        }
        if wanted(GITOPS_POLICY, category) && gitops::delivery(&asset.body).is_some_and(|(delivery, ..)| delivery.live)
        {
            out.push(document(context, at, asset, GITOPS_POLICY, |context, _, asset, unknown| match gitops::tracking(
                context, asset, unknown,
            ) {
                Some(tracking) => Derived::GitopsPolicy(Box::new(tracking)),
                None => Derived::Nothing {},
            }));
        }
        if wanted(asset.body.kind(), category) {
            out.push(document(context, at, asset, asset.body.kind(), Derived::of));
        }
        out
    });
    let mut built: Vec<Fact> = built.collect();
    for (kind, make) in SUBJECTS {
        // what a subject's zone is tells only itself, so all of a kind are made if any category is wanted
        if Category::ALL.iter().any(|category| wanted(kind, *category)) {
            built.extend(make(context).into_iter().filter(|fact| wanted(kind, fact.category)));
        }
    }
    built
}

/// Makes the documents of one kind that are about no asset.
type Maker = fn(&Context<'_>) -> Vec<Fact>;

/// Makers of the documents that are about no asset, by kind.
const SUBJECTS: &[(&str, Maker)] = &[
    (FLOW, flows::passing),
    (flows::UNDECIDED, flows::undecided),
    (flows::REACH, flows::declared_flows),
    (flows::ZONE, flows::zones),
    (declared::FLOW, declared::flows),
    (declared::GAP, declared::gaps),
    ("cluster-group", clusters::cluster_groups),
    ("management-cluster", gitops::management),
    (mixing::CLUSTER, mixing::clusters),
];

fn document<F>(context: &Context<'_>, at: usize, asset: &Asset, kind: &'static str, derive: F) -> Fact
where
    F: FnOnce(&Context<'_>, usize, &Asset, &mut Unknown) -> Derived,
{
    let mut unknown = Unknown::default();
    let derived = derive(context, at, asset, &mut unknown);
    let placement = context.judged(at);
    let header = Header::of_asset(kind, asset, placement, unknown);
    let body = match &asset.body {
        // documents stay small, however many pods there are
        Body::Workload(workload) if !workload.addresses.is_empty() => {
            Body::from(Workload { addresses: vec![], ..workload.as_ref().clone() }).to_json()
        }
        body => body.to_json(),
    };
    let body = body.and_then(RawValue::from_string);
    // INVARIANT: bodies are plain structs of strings, numbers and lists, which always serialise
    let body = body.unwrap_or_else(|_| RawValue::NULL.to_owned());
    Fact {
        kind,
        about: About::Asset(at),
        category: placement.border.category,
        owner: owner(asset),
        document: Document::new(header, body, derived),
    }
}

/// The document of a subject that is no asset. Its id is what fingerprints are made of.
fn subject(kind: &'static str, subject: Subject, derived: Derived, unknown: Unknown) -> Fact {
    let header = Header::of_subject(kind, &subject, unknown);
    Fact {
        kind,
        category: subject.border.category,
        owner: subject.id.to_string(),
        document: Document::new(header, subject.body.clone(), derived),
        about: About::Other(Box::new(subject)),
    }
}

/// Where findings about an asset point.
fn location(asset: &Asset) -> Location {
    match &asset.origin {
        Origin::Arn { arn } => Location::Arn { arn: arn.to_string() },
        Origin::File { file, line, column, .. } => {
            Location::File { file: file.to_string(), line: *line, column: *column }
        }
    }
}

/// The address that a fingerprint is made of: it outlives the asset's replacement. A rule of a group is what it says
/// of whom in which group, not the id that AWS gave it.
fn owner(asset: &Asset) -> String {
    match &asset.body {
        Body::SecurityGroupRule(rule) => {
            format!("{} {} {}", rule.group, rule.direction.as_str(), rule.peer.text())
        }
        _ => asset.id.to_string(),
    }
}
