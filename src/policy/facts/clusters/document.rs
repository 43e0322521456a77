//! Documents of kind `cluster-group`: what differs between clusters that the configuration calls a group.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Aspect, Difference, TrafficState, compare, traffic};
use crate::config::{self, GroupState};
use crate::policy::facts::context::Context;
use crate::policy::facts::document::{Derived, Fact, Reason, Unknown};
use crate::policy::facts::{declared, subject};
use crate::zone::Border;

/// A group of clusters.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct ClusterGroup {
    /// `active`, `building` or `draining`.
    state: &'static str,
    members: Vec<Member>,
    /// What differs between members that serve. While a group is being built or drained, members that are shown to be
    /// drained are left out.
    differences: Vec<Apart>,
}

/// A cluster of a group.
#[derive(Serialize, JsonSchema)]
struct Member {
    name: String,
    traffic: TrafficState,
    /// Whether it was left out: the group is being built or drained, and nothing feeds this cluster.
    left_out: bool,
}

/// What differs between two members.
#[derive(Serialize, JsonSchema)]
struct Apart {
    aspect: Aspect,
    first_cluster: String,
    second_cluster: String,
    /// What it is about: a kind and a name.
    subject: String,
    /// What the first has; left out where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    /// What the second has; left out where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<String>,
}

/// The documents of all groups that the configuration names.
pub(in crate::policy::facts) fn cluster_groups(context: &Context<'_>) -> Vec<Fact> {
    context.config.clusters.groups.iter().map(|group| one(context, group)).collect()
}

fn one(context: &Context<'_>, group: &config::ClusterGroup) -> Fact {
    let mut unknown = Unknown::default();
    let moving = group.state != GroupState::Active;
    let member = |name: &String| {
        let state = traffic(context, name).state;
        Member { name: name.clone(), traffic: state, left_out: moving && state == TrafficState::Drained }
    };
    let members: Vec<Member> = group.members.iter().map(member).collect();
    let mut differences = Vec::new();
    let mut serving = members.iter().filter(|member| !member.left_out);
    if let Some(first) = serving.next() {
        for second in serving {
            let comparison = compare(context, &first.name, &second.name);
            for skipped in comparison.not_compared {
                unknown.say("differences", skipped.reason, format!("{}, cluster {}", skipped.about, skipped.cluster));
            }
            // a member that is being built or drained may differ as long as nothing feeds it
            let unclear = [first, second].into_iter().find(|member| moving && member.traffic == TrafficState::Unknown);
            match unclear {
                Some(member) if !comparison.differences.is_empty() => {
                    unknown.say(
                        "differences",
                        Reason::NotInInventory,
                        format!("target groups of cluster {}", member.name),
                    );
                }
                _ => differences.extend(comparison.differences.into_iter().map(|d| apart(first, second, d))),
            }
        }
    }
    let clusters = group.members.iter().filter_map(|name| context.cluster(name));
    let borders = clusters.map(|at| context.zones.of(at).border.clone());
    let border = borders.min_by_key(|border| border.category.guard()).unwrap_or_else(Border::unclassified);
    let id = format!("cluster-group/{}", group.name);
    let about = declared::subject(&id, declared::at(context, group.spot), border);
    let state = GroupState::NAMES.iter().find(|(_, state)| *state == group.state).map_or("active", |(name, _)| name);
    let fact = ClusterGroup { state, members, differences };
    subject("cluster-group", about, Derived::ClusterGroup(Box::new(fact)), unknown)
}

fn apart(first: &Member, second: &Member, difference: Difference) -> Apart {
    let Difference { aspect, subject, first: here, second: there, .. } = difference;
    Apart {
        aspect,
        first_cluster: first.name.clone(),
        second_cluster: second.name.clone(),
        subject,
        first: here,
        second: there,
    }
}
