//! Load balancers: to whom their listeners are open, and what of it is approved.

use schemars::JsonSchema;
use serde::Serialize;

use super::cover::{self, Cover};
use super::document::{Of, Reason, Unknown};
use crate::config::{Category, End, Flow, Matcher};
use crate::model::{Connections, Kind, Listener, LoadBalancer, Protocol, short_of};

/// A load balancer.
#[derive(Serialize, JsonSchema)]
pub(super) struct BalancerFact {
    /// What clients may connect to: `tcp/443` …
    listeners: Vec<String>,
    /// There if it has public addresses: what of its listeners no flow from outside the company approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    internet_facing: Option<Cover>,
    /// There if no security group guards its listeners: what of them no flow from the whole internet approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    without_groups: Option<Cover>,
}

pub(super) fn balancer(of: &Of<'_, LoadBalancer>, unknown: &mut Unknown) -> BalancerFact {
    let Of { context, at, asset, body: balancer } = *of;
    let border = &context.zones.of(at).border;
    let listeners = context.listeners.get(&*asset.id).into_iter().flatten();
    let listeners = listeners.filter_map(|at| Listener::of(&context.inventory.assets().get(*at)?.body));
    let open = listeners.fold(Connections::default(), |all, listener| all.union(&connections(listener)));
    // a load balancer without listeners serves nobody: far likelier is that nobody listed them
    let listed = !open.is_empty();
    let covered = |path: &str, unknown: &mut Unknown, from: &dyn Fn(&Flow) -> bool| {
        if !listed {
            unknown.say(path, Reason::EntriesNotCollected, short_of(&asset.id));
            return None;
        }
        let to = |flow: &Flow| {
            let End::Where { cidr: None, matcher, .. } = &flow.to else { return false };
            let named = matcher.asset.as_deref().is_none_or(|pattern| {
                Matcher::fits(Some(pattern), Some(&asset.id))
                    || Matcher::fits(Some(pattern), Some(&short_of(&asset.id)))
            });
            named && flow.to.holds_border(&border.zone, border.environment.as_deref())
        };
        Some(cover::of_flows(context, &open, |flow| from(flow) && to(flow)))
    };
    let internet_facing = match balancer.scheme.as_str() {
        "internal" => None,
        "internet-facing" => covered("internet_facing", unknown, &|flow| match &flow.from {
            End::Internet => true,
            // partners come over the internet too; whom of them the groups let in is other rules' matter
            End::Where { zone, .. } => context.config.category(zone.as_deref()) == Category::External,
        }),
        _ => {
            unknown.say("internet_facing", Reason::NotUnderstood, "scheme");
            None
        }
    };
    // Elastic Load Balancing, "Update the security groups for your Network Load Balancer": without a group it lets
    // everybody in, and it cannot get one later
    let without_groups = (balancer.balancer_type == "network" && balancer.groups.is_empty())
        .then(|| covered("without_groups", unknown, &|flow| flow.from == End::Internet))
        .flatten();
    if balancer.balancer_type.is_empty() {
        unknown.say("without_groups", Reason::NotUnderstood, "type");
    }
    BalancerFact { listeners: open.describe(), internet_facing, without_groups }
}

/// What clients may connect to; without a port it is all of the protocol.
fn connections(listener: &Listener) -> Connections {
    let protocols: &[Protocol] = match listener.protocol.as_str() {
        "HTTP" | "HTTPS" | "TCP" | "TLS" => &[Protocol::TCP],
        "UDP" | "QUIC" => &[Protocol::UDP],
        "TCP_UDP" | "TCP_QUIC" => &[Protocol::TCP, Protocol::UDP],
        _ => return Connections::all(),
    };
    protocols.iter().fold(Connections::default(), |all, protocol| {
        all.union(&match listener.port {
            Some(port) => Connections::ports(*protocol, port, port),
            None => Connections::protocol(*protocol),
        })
    })
}
