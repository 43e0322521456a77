//! Target groups: what load balancers forward over a border, at any weight.

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, Route};
use super::cover::{self, Cover};
use super::document::{Of, Reason, Unknown};
use crate::model::{
    AddressSet, Asset, Connections, Instance, Kind, LoadBalancer, Protocol, Target, TargetGroup, short_of,
};
use crate::zone::Border;

/// A target group.
#[derive(Serialize, JsonSchema)]
pub(super) struct TargetGroupFact {
    /// Load balancers that forward to it.
    balancers: Vec<String>,
    /// How many targets it has.
    targets: usize,
    /// Targets behind another border than a load balancer that forwards to them, one of the two in PCI DSS scope.
    crossings: Vec<Crossing>,
}

#[derive(Serialize, JsonSchema)]
struct Crossing {
    balancer: String,
    balancer_border: String,
    /// The listener or rule that forwards.
    by: String,
    weight: i64,
    target: String,
    target_border: String,
    #[serde(flatten)]
    cover: Cover,
}

pub(super) fn target_group(of: &Of<'_, TargetGroup>, unknown: &mut Unknown) -> TargetGroupFact {
    let Of { context, asset, body: group, .. } = *of;
    let routes: &[Route] = context.routes.get(&*asset.id).map_or(&[], Vec::as_slice);
    let targets: Vec<(&Asset, &Target)> = context
        .targets
        .get(&*asset.id)
        .into_iter()
        .flatten()
        .filter_map(|at| context.inventory.assets().get(*at).and_then(|asset| Some((asset, Target::of(&asset.body)?))))
        .collect();
    if !group.targets_known && !routes.is_empty() {
        unknown.say("crossings", Reason::EntriesNotCollected, short_of(&asset.id));
    }
    // what the group says of itself and no listener or rule that was read
    for balancer in group.balancers.iter().filter(|arn| routes.iter().all(|route| route.balancer != **arn)) {
        unknown.say("crossings", Reason::EntriesNotCollected, short_of(balancer));
    }
    let mut fact = TargetGroupFact { balancers: vec![], targets: targets.len(), crossings: vec![] };
    for route in routes {
        let Some((at, balancer, _)) = context.inventory.find::<LoadBalancer>(&route.balancer) else {
            unknown.say("crossings", Reason::NotInInventory, short_of(&route.balancer));
            continue;
        };
        fact.balancers.push(short_of(&balancer.id));
        let from = &context.zones.of(at).border;
        for (_, target) in &targets {
            let borders = borders_of(context, group, target);
            // of what nobody bears nothing tells whether it is in scope: only a balancer that is can be judged by itself
            let nobodys = !from.category.in_scope() && borders.iter().any(|border| !border.is_classified());
            if borders.is_empty() || nobodys {
                unknown.say("crossings", Reason::NotInInventory, &target.target);
            }
            let matters = |to: &&Border| from.crosses(to) && (from.category.in_scope() || to.category.in_scope());
            for to in borders.iter().filter(matters) {
                let by = context.inventory.assets().get(route.by).map(|asset| short_of(&asset.id)).unwrap_or_default();
                fact.crossings.push(Crossing {
                    balancer: short_of(&balancer.id),
                    balancer_border: from.to_string(),
                    by,
                    weight: route.weight,
                    target: target.target.clone(),
                    target_border: to.to_string(),
                    cover: cover_of(context, from, to, target, group),
                });
            }
        }
    }
    fact.balancers.sort();
    fact.balancers.dedup();
    fact
}

/// Where a target may stand; nothing if nothing tells.
pub(super) fn borders_of(context: &Context<'_>, group: &TargetGroup, target: &Target) -> Vec<Border> {
    let zone = |at: usize| context.zones.of(at).border.clone();
    match group.target_type.as_str() {
        "instance" => context.inventory.find::<Instance>(&target.target).map(|(at, ..)| zone(at)).into_iter().collect(),
        "alb" => context.inventory.find::<LoadBalancer>(&target.target).map(|(at, ..)| zone(at)).into_iter().collect(),
        "ip" => {
            let Ok(address) = target.target.parse::<IpAddr>() else { return vec![] };
            let vpc = group.vpc.clone().unwrap_or_default();
            if let Some(at) = context.interface_at(&vpc, address) {
                return vec![zone(at)];
            }
            let set = AddressSet::from_nets([&IpNet::from(address)]);
            // outside the group's VPC several may use the address, and nothing here tells which one routes lead to
            context.book.split(&set, Some(&vpc)).into_iter().map(|piece| piece.border).collect()
        }
        _ => vec![],
    }
}

/// Flows from the load balancer's border to the target's, with the target's port.
fn cover_of(context: &Context<'_>, from: &Border, to: &Border, target: &Target, group: &TargetGroup) -> Cover {
    let protocols: &[Protocol] = match group.protocol.as_str() {
        "UDP" | "QUIC" => &[Protocol::UDP],
        "TCP_UDP" | "TCP_QUIC" => &[Protocol::TCP, Protocol::UDP],
        _ => &[Protocol::TCP],
    };
    let open = protocols.iter().fold(Connections::default(), |all, protocol| {
        all.union(&match target.port.or(group.port) {
            Some(port) => Connections::ports(*protocol, port, port),
            None => Connections::protocol(*protocol),
        })
    });
    let address: Option<IpAddr> = target.target.parse().ok();
    cover::of_flows(context, &open, |flow| {
        use crate::config::End;
        let inside = |end: &End, border: &Border, address: Option<IpAddr>| {
            let End::Where { cidr, matcher, .. } = end else { return false };
            // a load balancer is no workload, and nothing tells whose pod an address is
            end.holds_border(&border.zone, border.environment.as_deref())
                && !end.is_inside_cluster()
                && matcher.asset.is_none()
                && cidr.is_none_or(|net| address.is_some_and(|address| net.contains(&address)))
        };
        inside(&flow.from, from, None) && inside(&flow.to, to, address)
    })
}
