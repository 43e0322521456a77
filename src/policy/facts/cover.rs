//! Which declared flows cover an opening, and what of it lies beyond them.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Attachment, Context};
use crate::config::{End, Flow, Matcher};
use crate::model::{AddressSet, Connections, short_of};
use crate::zone::{Border, Piece};

/// What approvals say of an opening.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Cover {
    /// Flows that approve some of it.
    pub approved_by: Vec<String>,
    /// Flows that would approve some of it and have expired.
    pub expired: Vec<String>,
    /// What no flow approves; empty if all is approved.
    pub beyond: Vec<Beyond>,
}

impl Cover {
    /// Whether some of it is approved by a flow that names workloads.
    pub fn names_workloads(&self, context: &Context<'_>) -> bool {
        let named = |end: &End| matches!(end, End::Where { workload: Some(_), .. });
        let flows = context.config.flows.iter().filter(|flow| self.approved_by.contains(&flow.id));
        flows.into_iter().any(|flow| named(&flow.from) || named(&flow.to))
    }
}

/// A part of an opening that no flow approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Beyond {
    /// Addresses; empty where the other end is no set of addresses.
    pub addresses: Vec<String>,
    /// Connections.
    pub connections: Vec<String>,
}

/// Which end of a flow an opening's owner is.
#[derive(Clone, Copy)]
pub(super) enum Role {
    Destination,
    Source,
}

impl Role {
    /// The flow's end that is ours, and the other one.
    pub fn ends(self, flow: &Flow) -> (&End, &End) {
        match self {
            Self::Destination => (&flow.to, &flow.from),
            Self::Source => (&flow.from, &flow.to),
        }
    }
}

/// A security group as an end of flows.
pub(super) struct GroupEnd<'a> {
    pub border: &'a Border,
    pub id: &'a str,
    pub attachments: &'a [Attachment],
    /// Whether what may bear it was listed. What was not may bear it as well.
    pub all_known: bool,
}

impl GroupEnd<'_> {
    /// Whether all that the group guards lies in this end. A group that guards more than the end names is not covered:
    /// an approval for the gateway's namespace says nothing of a database that bears the same group.
    fn is_in(&self, context: &Context<'_>, end: &End) -> bool {
        let End::Where { cidr, matcher, .. } = end else { return false };
        let all = |test: &dyn Fn(&Attachment) -> bool| {
            self.all_known && !self.attachments.is_empty() && self.attachments.iter().all(test)
        };
        end.holds_border(&self.border.zone, self.border.environment.as_deref())
            && matcher.asset.as_deref().is_none_or(|asset| {
                let named =
                    |id: &str| Matcher::fits(Some(asset), Some(id)) || Matcher::fits(Some(asset), Some(&short_of(id)));
                named(self.id) || all(&|attachment| named(&attachment.id))
            })
            && cidr.is_none_or(|net| {
                all(&|a| !a.addresses.is_empty() && a.addresses.iter().all(|address| net.contains(address)))
            })
            && (!end.is_inside_cluster()
                || all(&|attachment| context.is_inside(&attachment.bearer, &attachment.id, matcher)))
    }
}

/// Covers an opening of a group towards a set of addresses behind one border.
pub(super) fn of_piece(
    context: &Context<'_>,
    role: Role,
    group: &GroupEnd<'_>,
    piece: &Piece,
    open: &Connections,
) -> Cover {
    of_addresses(context, role, |flow| group.is_in(context, role.ends(flow).0), piece, open)
}

/// Covers an opening towards a set of addresses behind one border by the flows whose near end a test picks.
pub(super) fn of_addresses(
    context: &Context<'_>,
    role: Role,
    near: impl Fn(&Flow) -> bool,
    piece: &Piece,
    open: &Connections,
) -> Cover {
    let mut rest = vec![(piece.addresses.clone(), open.clone())];
    let mut cover = Cover::default();
    for flow in &context.config.flows {
        let (_, theirs) = role.ends(flow);
        if !near(flow) {
            continue;
        }
        let addresses = match theirs {
            End::Internet => piece.addresses.intersect(&AddressSet::internet()),
            End::Where { cidr, matcher, .. }
                if theirs.holds_border(&piece.border.zone, piece.border.environment.as_deref()) =>
            {
                let owned = matcher.asset.as_deref().is_none_or(|asset| {
                    piece.owners.iter().all(|id| {
                        Matcher::fits(Some(asset), Some(&short_of(id))) || Matcher::fits(Some(asset), Some(id))
                    }) && !piece.owners.is_empty()
                });
                // addresses do not tell workloads apart: a flow that names one approves no more than the subnets of the
                // nodes that may run it
                let within = match theirs.is_inside_cluster() {
                    true => context.node_addresses(matcher).intersect(&piece.addresses),
                    false => piece.addresses.clone(),
                };
                match (owned, cidr) {
                    (false, _) => continue,
                    (true, None) => within,
                    (true, Some(net)) => within.intersect(&AddressSet::from_nets([net])),
                }
            }
            // addresses that no zone bears can still be named by their block alone
            End::Where { zone: None, environment: None, cidr: Some(net), .. } => {
                piece.addresses.intersect(&AddressSet::from_nets([net]))
            }
            End::Where { .. } => continue,
        };
        if addresses.is_empty() || open.intersect(&flow.connections).is_empty() {
            continue;
        }
        if !flow.counts_on(context.day) {
            cover.expired.push(flow.id.clone());
            continue;
        }
        cover.approved_by.push(flow.id.clone());
        rest = rest
            .into_iter()
            .flat_map(|(set, connections)| {
                let inside = (set.intersect(&addresses), connections.subtract(&flow.connections));
                [inside, (set.subtract(&addresses), connections)]
            })
            .filter(|(set, connections)| !set.is_empty() && !connections.is_empty())
            .collect();
    }
    cover.beyond = rest
        .into_iter()
        .map(|(set, connections)| Beyond { addresses: set.describe(3), connections: connections.describe() })
        .collect();
    cover
}

/// Covers an opening by flows that a test picks, where the other end is no set of addresses.
pub(super) fn of_flows(context: &Context<'_>, open: &Connections, fits: impl Fn(&Flow) -> bool) -> Cover {
    let mut rest = open.clone();
    let mut cover = Cover::default();
    for flow in context.config.flows.iter().filter(|flow| fits(flow)) {
        if open.intersect(&flow.connections).is_empty() {
            continue;
        }
        if !flow.counts_on(context.day) {
            cover.expired.push(flow.id.clone());
            continue;
        }
        cover.approved_by.push(flow.id.clone());
        rest = rest.subtract(&flow.connections);
    }
    if !rest.is_empty() {
        cover.beyond.push(Beyond { addresses: vec![], connections: rest.describe() });
    }
    cover
}

/// Flows from the internet to an end: those in force, and those that have expired.
pub(super) fn from_internet(context: &Context<'_>, end: &GroupEnd<'_>) -> (Vec<String>, Vec<String>) {
    let flows = context.config.flows.iter().filter(|flow| flow.from == End::Internet && end.is_in(context, &flow.to));
    let (force, expired): (Vec<_>, Vec<_>) = flows.partition(|flow| flow.counts_on(context.day));
    let ids = |flows: Vec<&Flow>| flows.into_iter().map(|flow| flow.id.clone()).collect();
    (ids(force), ids(expired))
}

/// Covers what a group opens to the whole internet.
pub(super) fn of_internet(context: &Context<'_>, group: &GroupEnd<'_>, open: &Connections) -> Cover {
    of_flows(context, open, |flow| flow.from == End::Internet && group.is_in(context, &flow.to))
}

/// Covers what a group opens to another group. A flow that names a block inside the other border approves less than
/// all that may bear that group, so it covers nothing.
pub(super) fn of_group(
    context: &Context<'_>,
    role: Role,
    group: &GroupEnd<'_>,
    other: &GroupEnd<'_>,
    open: &Connections,
) -> Cover {
    of_flows(context, open, |flow| {
        let (ours, theirs) = role.ends(flow);
        group.is_in(context, ours) && other.is_in(context, theirs)
    })
}
