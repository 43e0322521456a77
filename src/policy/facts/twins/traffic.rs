//! What feeds a cluster: target groups with their weight and healthy targets.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Asset, Instance, Kind, Target, TargetGroup, short_of};
use crate::policy::facts::context::{Context, node_cluster};

/// Whether a cluster is fed by load balancers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrafficState {
    /// A target group of it has a weight, or a healthy target that a weight would feed at once.
    Carries,
    /// All of its target groups have weight 0 and no healthy target.
    Drained,
    /// It is not known which target groups feed it, or what they hold.
    Unknown,
}

/// A target group that feeds a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Feed {
    /// Its name.
    pub target_group: String,
    /// The greatest weight that a listener or rule gives it; left out where what forwards to it was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    /// Healthy targets; left out where targets were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy: Option<usize>,
    /// All targets.
    pub targets: usize,
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

/// What feeds a cluster. A target group is the cluster's by the tag that AWS Load Balancer Controller sets (its
/// documentation, "Resource Tags"), or by a target that is one of the cluster's nodes.
pub fn traffic(context: &Context<'_>, cluster: &str) -> Traffic {
    let mut feeds: Vec<Feed> = context
        .inventory
        .of::<TargetGroup>()
        .filter_map(|(_, asset, group)| feed(context, cluster, asset, group))
        .collect();
    feeds.sort();
    let carries = |feed: &Feed| feed.weight.is_some_and(|weight| weight > 0) || feed.healthy.is_some_and(|all| all > 0);
    let drained = |feed: &Feed| feed.weight == Some(0) && feed.healthy == Some(0);
    let state = if feeds.iter().any(carries) {
        TrafficState::Carries
    } else if !feeds.is_empty() && feeds.iter().all(drained) {
        TrafficState::Drained
    } else {
        TrafficState::Unknown
    };
    Traffic { cluster: cluster.to_owned(), state, target_groups: feeds }
}

fn feed(context: &Context<'_>, cluster: &str, asset: &Asset, group: &TargetGroup) -> Option<Feed> {
    let at = context.targets.get(&*asset.id).map_or(&[][..], Vec::as_slice);
    let targets: Vec<&Target> =
        at.iter().filter_map(|at| Target::of(&context.inventory.assets().get(*at)?.body)).collect();
    let tagged = asset.tags.get("elbv2.k8s.aws/cluster").is_some_and(|name| name == cluster);
    if !tagged && !targets.iter().any(|target| is_of(context, cluster, group, target)) {
        return None;
    }
    let routes = context.routes.get(&*asset.id).map_or(&[][..], Vec::as_slice);
    // a load balancer that the group names and of which no listener or rule was read may give it any weight
    let all_read = group.balancers.iter().all(|arn| routes.iter().any(|route| route.balancer == *arn));
    let weight = routes.iter().map(|route| route.weight).max().or(group.balancers.is_empty().then_some(0));
    let healthy = targets.iter().filter(|target| target.health == "healthy").count();
    Some(Feed {
        target_group: group.name.clone(),
        weight: weight.filter(|weight| all_read || *weight > 0),
        healthy: group.targets_known.then_some(healthy),
        targets: targets.len(),
    })
}

/// Whether a target is one of a cluster's nodes, or an address of one.
fn is_of(context: &Context<'_>, cluster: &str, group: &TargetGroup, target: &Target) -> bool {
    let of = |asset: &Asset| node_cluster(asset).is_some_and(|name| name == cluster);
    if group.target_type == "instance" {
        return context.inventory.find::<Instance>(&target.target).is_some_and(|(_, asset, _)| of(asset));
    }
    let Ok(address) = target.target.parse::<IpAddr>() else { return false };
    let vpc = group.vpc.clone().unwrap_or_default();
    let interface =
        context.interface_by_address.get(&(vpc, address)).and_then(|at| context.inventory.assets().get(*at));
    let Some(interface) = interface else { return false };
    let instance = crate::model::NetworkInterface::of(&interface.body).and_then(|i| i.instance.clone());
    let node = instance.and_then(|id| context.inventory.find::<Instance>(&short_of(&id)));
    of(interface) || node.is_some_and(|(_, asset, _)| of(asset))
}
