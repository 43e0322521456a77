//! What the hops of a flow tell: which rule decides, where to point, what is not known.

use super::ends::Owner;
use crate::finding::{self, Location};
use crate::model::{SecurityGroupRule, short_of};
use crate::policy::facts::context::Context;
use crate::policy::facts::location as located;
use crate::reach::{Flow, Hop};

/// The security group's rule that lets the last connection of a way through, else the last resource that decides.
pub(super) fn deciding(context: &Context<'_>, hops: &[Hop]) -> Option<String> {
    let told = || hops.iter().rev().filter(|hop| !hop.by.is_empty() && !hop.why.starts_with("answer"));
    let rule = told().find(|hop| context.inventory.find::<SecurityGroupRule>(&hop.by).is_some());
    let other = || told().find(|hop| context.inventory.any(&hop.by).is_some());
    rule.or_else(other).map(|hop| hop.by.clone())
}

/// Where findings about a flow point: at what lets it through, else at its owner.
pub(super) fn location(context: &Context<'_>, decided_by: &str, owner: &Owner) -> Location {
    let asset = context.inventory.any(decided_by).or_else(|| context.inventory.assets().get(owner.asset));
    asset.map_or_else(|| Location::Arn { arn: owner.id.clone() }, located)
}

/// What nobody knows of a flow.
pub(super) fn open_question(context: &Context<'_>, flow: &Flow) -> String {
    let hop = context.reach.open_question(flow);
    hop.map(|hop| format!("{}: {}", short_of(&hop.at), hop.why)).unwrap_or_default()
}

/// Hops as findings show them.
pub(super) fn hops(context: &Context<'_>, hops: Vec<Hop>) -> Vec<finding::Hop> {
    let hop = |Hop { at, by, why }: Hop| {
        let stands = context.inventory.any(&by).or_else(|| context.inventory.any(&at));
        finding::Hop { at, by, why, origin: stands.map(located) }
    };
    hops.into_iter().map(hop).collect()
}
