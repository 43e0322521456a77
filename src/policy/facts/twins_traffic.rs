//! Which target groups feed which cluster, with which weight and health: whether a twin still has traffic.
//!
//! A cluster is drained where every action that forwards to it does so with weight 0 and none of its targets is
//! healthy. What cannot be attributed to a cluster may be this one's, and health that was not read may be good.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::context::Context;
use crate::model::{Asset, Kind, Target, TargetGroup};

/// A way from a listener or rule to a target group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// ARN of the load balancer.
    pub balancer: String,
    /// Id of the listener or rule whose action forwards.
    pub by: Arc<str>,
    /// ARN of the target group.
    pub target_group: Arc<str>,
    /// The group's weight in the action; relative to the other groups of the action.
    pub weight: i64,
    /// Clusters that the group's targets are nodes or pods of, sorted.
    pub clusters: Vec<String>,
    /// Whether all targets were collected and attributed to a cluster.
    pub attributed: bool,
    /// How many targets are healthy; none where targets or the health of one were not collected.
    pub healthy: Option<usize>,
}

/// What is known of one target group.
pub(super) struct GroupState {
    /// Clusters that its targets are nodes or pods of, sorted.
    pub clusters: Vec<String>,
    /// Whether all targets were collected and attributed to a cluster.
    pub attributed: bool,
    /// How many targets are healthy, if that is known of all.
    pub healthy: Option<usize>,
}

/// What is known of one target group.
pub(super) fn group_state(context: &Context<'_>, asset: &Asset, group: &TargetGroup) -> GroupState {
    let (clusters, attributed) = clusters_of(context, asset, group);
    GroupState { clusters, attributed, healthy: healthy(context, asset, group) }
}

/// Whether load balancers send traffic to a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// Some action forwards to it at a weight, or some target of it is healthy.
    Serving,
    /// No action forwards to it at a weight, and no target of it is healthy.
    Drained,
    /// It cannot be told: targets, their health or their cluster are not known.
    Unknown,
}

/// All ways from listeners and rules to target groups, in the order of balancer, action and group.
pub fn feeds(context: &Context<'_>) -> Vec<Feed> {
    let mut all = Vec::new();
    for (_, asset, group) in context.inventory.of::<TargetGroup>() {
        let Some(routes) = context.routes.get(&*asset.id) else { continue };
        let GroupState { clusters, attributed, healthy } = group_state(context, asset, group);
        for route in routes {
            let Some(by) = context.inventory.assets().get(route.by) else { continue };
            all.push(Feed {
                balancer: route.balancer.clone(),
                by: Arc::clone(&by.id),
                target_group: Arc::clone(&asset.id),
                weight: route.weight,
                clusters: clusters.clone(),
                attributed,
                healthy,
            });
        }
    }
    all.sort_by(|a, b| (&a.balancer, &a.by, &a.target_group).cmp(&(&b.balancer, &b.by, &b.target_group)));
    all
}

/// Whether load balancers send traffic to a cluster, by all ways of an estate.
pub fn traffic(feeds: &[Feed], cluster: &str) -> Traffic {
    let own: Vec<&Feed> = feeds.iter().filter(|feed| feed.clusters.iter().any(|name| name == cluster)).collect();
    // a group with targets of several clusters does not tell whose targets are the healthy ones
    let sure = |feed: &&&Feed| feed.attributed && feed.clusters.len() == 1;
    let serves = |feed: &&Feed| feed.weight > 0 || feed.healthy.is_some_and(|count| count > 0);
    let idle = |feed: &&Feed| feed.weight == 0 && feed.healthy == Some(0);
    if own.iter().filter(sure).any(serves) {
        return Traffic::Serving;
    }
    // what is nobody's may be this cluster's, unless it is idle itself
    let others = feeds.iter().filter(|feed| !feed.attributed);
    if own.iter().all(idle) && others.into_iter().all(|feed| idle(&feed)) { Traffic::Drained } else { Traffic::Unknown }
}

fn targets<'a>(context: &'a Context<'_>, group: &str) -> impl Iterator<Item = &'a Target> {
    let all = context.targets.get(group).into_iter().flatten();
    all.filter_map(|at| Target::of(&context.inventory.assets().get(*at)?.body))
}

/// Clusters that the targets of a group are nodes or pods of, and whether that is all of them.
fn clusters_of(context: &Context<'_>, asset: &Asset, group: &TargetGroup) -> (Vec<String>, bool) {
    // AWS Load Balancer Controller, "Resource tags": the controller of this cluster made the group
    if let Some(cluster) = asset.tags.get("elbv2.k8s.aws/cluster") {
        return (vec![cluster.clone()], group.targets_known);
    }
    let mut clusters = BTreeSet::new();
    // of a group without targets nothing tells whose it is
    let mut attributed = group.targets_known && targets(context, &asset.id).next().is_some();
    for target in targets(context, &asset.id) {
        match context.cluster_of_target(group, target) {
            Some(cluster) => clusters.extend(cluster),
            None => attributed = false,
        }
    }
    (clusters.into_iter().collect(), attributed)
}

/// How many targets are healthy. Source: ELBv2 API reference, TargetHealth: `draining` still serves what it began.
fn healthy(context: &Context<'_>, asset: &Asset, group: &TargetGroup) -> Option<usize> {
    if !group.targets_known {
        return None;
    }
    let mut count = 0;
    for target in targets(context, &asset.id) {
        match target.health.as_str() {
            "healthy" | "draining" => count += 1,
            "unhealthy" | "unused" | "initial" | "unhealthy.draining" => {}
            // `unavailable`: health checks are off or were not read
            _ => return None,
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(cluster: &str, weight: i64, healthy: Option<usize>) -> Feed {
        let clusters = vec![cluster.to_owned()];
        let (balancer, by, target_group) = (String::new(), "listener".into(), cluster.into());
        Feed { balancer, by, target_group, weight, clusters, attributed: true, healthy }
    }

    #[test]
    fn drained_is_weight_zero_and_no_healthy_target() {
        let told = |weight, healthy| traffic(&[feed("a", weight, healthy), feed("b", 1, Some(3))], "a");
        assert_eq!(told(0, Some(0)), Traffic::Drained);
        assert_eq!(told(0, Some(1)), Traffic::Serving);
        assert_eq!(told(1, Some(0)), Traffic::Serving);
        assert_eq!(told(0, None), Traffic::Unknown);
    }

    #[test]
    fn every_way_counts() {
        assert_eq!(traffic(&[feed("a", 0, Some(0)), feed("a", 5, Some(0))], "a"), Traffic::Serving);
        assert_eq!(traffic(&[feed("b", 5, Some(2))], "a"), Traffic::Drained);
    }

    #[test]
    fn what_is_nobodys_may_be_this_clusters() {
        let mut nobodys = Feed { clusters: vec![], attributed: false, ..feed("", 1, None) };
        assert_eq!(traffic(&[feed("a", 0, Some(0)), nobodys.clone()], "a"), Traffic::Unknown);
        (nobodys.weight, nobodys.healthy) = (0, Some(0));
        assert_eq!(traffic(&[feed("a", 0, Some(0)), nobodys], "a"), Traffic::Drained);
    }

    #[test]
    fn of_a_group_that_two_clusters_share_nothing_tells_whose_targets_are_healthy() {
        let shared = Feed { clusters: vec!["a".to_owned(), "b".to_owned()], ..feed("a", 1, Some(1)) };
        assert_eq!(traffic(&[shared], "a"), Traffic::Unknown);
    }
}
