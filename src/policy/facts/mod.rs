//! Facts: the JSON documents that rules see, with everything derived already in them.
//!
//! One document an asset, and one `zone-assignment` document for each asset that bears a word of its own on its zone.
//! What is not known is left out and listed in `unknown`, with the reason. Rules never join: what needs neighbours is
//! joined here. To give a kind more to judge by: a module with a struct, and a line in `Derived::of`.

mod authz;
mod context;
mod cover;
mod document;
mod elb;
mod groups;
mod mesh;
mod namespaces;
mod peering;
mod schema;
mod zones;

use rayon::prelude::*;

pub use context::Context;
pub use document::{Because, Fact, Reason};
pub use schema::{kinds, schema};

use crate::config::Category;
use crate::model::{Asset, Body};
use document::{Derived, Document, Header, Unknown};

/// The kind of documents about what gave an asset its zone.
pub const ZONE_ASSIGNMENT: &str = "zone-assignment";

/// Builds the documents of all (kind, category) pairs that are wanted, in the inventory's order.
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
        if wanted(asset.body.kind(), category) {
            out.push(document(context, at, asset, asset.body.kind(), Derived::of));
        }
        out
    });
    built.collect()
}

fn document<F>(context: &Context<'_>, at: usize, asset: &Asset, kind: &'static str, derive: F) -> Fact
where
    F: FnOnce(&Context<'_>, usize, &Asset, &mut Unknown) -> Derived,
{
    let mut unknown = Unknown::default();
    let derived = derive(context, at, asset, &mut unknown);
    let placement = context.judged(at);
    let owner = owner(asset);
    let header = Header::new(kind, asset, placement, unknown);
    Fact { kind, at, category: placement.border.category, owner, document: Document::new(header, asset, derived) }
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
