//! Actions that share their traffic out over target groups of several clusters: what the weights add up to, and whether
//! what gets a share can serve it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Of, Reason, Unknown};
use super::twins_traffic::group_state;
use crate::model::{Asset, Forward, Listener, ListenerRule, TargetGroup, short_of};

/// A rule of a listener.
#[derive(Serialize, JsonSchema)]
pub(super) struct RuleFact {
    /// Sharing between clusters; left out where the rule forwards to one cluster only, and for the default rule, which
    /// is its listener's default action.
    #[serde(skip_serializing_if = "Option::is_none")]
    twins: Option<Twins>,
}

/// An action that forwards to target groups of several clusters.
#[derive(Serialize, JsonSchema)]
pub(super) struct Twins {
    /// The clusters.
    clusters: Vec<String>,
    /// The sum of the weights.
    total: i64,
    /// Groups that get a share and have no healthy target.
    dead: Vec<Dead>,
}

#[derive(Serialize, JsonSchema)]
struct Dead {
    target_group: String,
    clusters: Vec<String>,
    weight: i64,
}

pub(super) fn rule(of: &Of<'_, ListenerRule>, unknown: &mut Unknown) -> RuleFact {
    let Of { context, asset, body: rule, .. } = *of;
    let told_by_listener = rule.priority == "default" && context.inventory.find::<Listener>(&rule.listener).is_some();
    if told_by_listener {
        return RuleFact { twins: None };
    }
    RuleFact { twins: twins(context, asset, rule.actions.as_ref(), &rule.forwards, unknown) }
}

/// What an action shares out between clusters; nothing where all that it forwards to is one cluster's.
pub(super) fn twins(
    context: &Context<'_>,
    asset: &Asset,
    actions: Option<&Vec<String>>,
    forwards: &[Forward],
    unknown: &mut Unknown,
) -> Option<Twins> {
    // an answer without actions does not say where they forward to
    if actions.is_none() && forwards.is_empty() {
        unknown.say("twins", Reason::EntriesNotCollected, short_of(&asset.id));
    }
    if forwards.len() < 2 {
        return None;
    }
    let mut twins = Twins { clusters: vec![], total: 0, dead: vec![] };
    let mut clusters = BTreeSet::new();
    let (mut nobodys, mut no_health) = (Vec::new(), Vec::new());
    for forward in forwards {
        let id = forward.target_group.as_str();
        let weight = forward.weight;
        twins.total = twins.total.saturating_add(weight);
        let Some((_, group_asset, group)) = context.inventory.find::<TargetGroup>(id) else {
            unknown.say("twins", Reason::NotInInventory, short_of(id));
            continue;
        };
        let state = group_state(context, group_asset, group);
        if !state.attributed {
            nobodys.push(short_of(id));
        }
        match state.healthy {
            None if weight > 0 => no_health.push(short_of(id)),
            Some(0) if weight > 0 => {
                twins.dead.push(Dead { target_group: short_of(id), clusters: state.clusters.clone(), weight });
            }
            _ => {}
        }
        clusters.extend(state.clusters);
    }
    if clusters.len() < 2 {
        // whose the rest is would tell whether the action is about twins
        for group in &nobodys {
            unknown.say("twins", Reason::EntriesNotCollected, group);
        }
        return None;
    }
    for group in no_health {
        unknown.say("twins.dead", Reason::EntriesNotCollected, group);
    }
    twins.clusters = clusters.into_iter().collect();
    Some(twins)
}
