//! What feeds a cluster, as far as a comparison of twins tells it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{TargetGroup, short_of};
use crate::policy::facts::context::Context;
use crate::policy::facts::twins_traffic::{self, Traffic as Told};

/// Whether a cluster is fed by load balancers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrafficState {
    /// An action forwards to it at a weight, or a target of it is healthy.
    Carries,
    /// All that forwards to it has weight 0, and no target of it is healthy.
    Drained,
    /// It is not known what feeds it, or what that holds.
    Unknown,
}

/// A way by which a target group feeds a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Feed {
    /// The target group.
    pub target_group: String,
    /// The listener or rule that forwards.
    pub by: String,
    /// The weight that it gives the group.
    pub weight: i64,
    /// Healthy targets; left out where targets or their health were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy: Option<usize>,
}

/// What feeds a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Traffic {
    /// The cluster.
    pub cluster: String,
    /// Whether it is fed.
    pub state: TrafficState,
    /// Its target groups.
    pub target_groups: Vec<Feed>,
}

/// What feeds a cluster.
pub fn traffic(context: &Context<'_>, cluster: &str) -> Traffic {
    let all = twins_traffic::feeds(context);
    let own = all.iter().filter(|feed| feed.clusters.iter().any(|name| name == cluster));
    let mut target_groups: Vec<Feed> = own
        .map(|feed| Feed {
            target_group: short_of(&feed.target_group),
            by: short_of(&feed.by),
            weight: feed.weight,
            healthy: feed.healthy,
        })
        .collect();
    target_groups.sort();
    let state = match twins_traffic::traffic(&all, cluster) {
        Told::Serving => TrafficState::Carries,
        // a cluster that nothing was read to feed is drained only where all target groups were read
        Told::Drained if !target_groups.is_empty() || groups_listed(context, cluster) => TrafficState::Drained,
        Told::Drained | Told::Unknown => TrafficState::Unknown,
    };
    Traffic { cluster: cluster.to_owned(), state, target_groups }
}

/// Whether all target groups where a cluster stands were read.
fn groups_listed(context: &Context<'_>, cluster: &str) -> bool {
    let asset = context.cluster(cluster).and_then(|at| context.inventory.assets().get(at));
    asset.is_some_and(|asset| context.listed::<TargetGroup>(&asset.place))
}
