//! Security groups: what bears them, and rules that open all ports.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Attachment, Context, names};
use super::cover::{self, Cover, GroupEnd, Role};
use super::document::{Of, Reason, Unknown};
use crate::model::{
    AddressSet, Connections, Direction, NetworkInterface, Peer, Place, PrefixList, Protocol, SecurityGroup,
    SecurityGroupRule, Vpc, short_of,
};

/// A security group.
#[derive(Serialize, JsonSchema)]
pub(super) struct GroupFact {
    /// Whether it is the group that its VPC came with: it cannot be deleted, and what names no group gets it.
    default: bool,
    /// Whether something bears it; left out where interfaces were not collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    attached: Option<bool>,
    /// What bears it, some of it by name.
    bearers: Vec<String>,
    /// How many rules it has.
    rules: usize,
}

pub(super) fn group(of: &Of<'_, SecurityGroup>, unknown: &mut Unknown) -> GroupFact {
    let Of { context, asset, body: group, .. } = *of;
    let id = short_of(&asset.id);
    let attached = attached(context, &id, &asset.place);
    if attached.is_none() {
        unknown.say("attached", Reason::EntriesNotCollected, "NetworkInterfaces");
    }
    let rules = context.network().rules(&id);
    if rules == 0 && !context.listed::<SecurityGroupRule>(&asset.place) {
        unknown.say("rules", Reason::EntriesNotCollected, &id);
    }
    let bearers = context.attachments.get(&id).map_or(&[][..], Vec::as_slice);
    // VPC User Guide, "Default security groups": the name is reserved
    GroupFact { default: group.name == "default", attached, bearers: names(bearers.iter().map(|b| &*b.id)), rules }
}

/// Whether something bears a group; none if that is not known, in its own VPC or in one that it is associated with.
pub(super) fn attached(context: &Context<'_>, group: &str, place: &Place) -> Option<bool> {
    let borne = context.attachments.get(group).is_some_and(|all| !all.is_empty());
    let elsewhere = context.group_associations(group).filter(|(_, _, a)| a.state != "disassociated");
    let listed = |vpc: &str| {
        let found = context.inventory.find::<Vpc>(vpc);
        found.is_some_and(|(_, asset, _)| context.listed::<NetworkInterface>(&asset.place))
    };
    let known = || context.listed::<NetworkInterface>(place) && elsewhere.into_iter().all(|(_, _, a)| listed(&a.vpc));
    borne.then_some(true).or_else(|| known().then_some(false))
}

/// What a rule opens, if that is all ports of TCP or UDP or everything, to anything but its own group.
pub(super) fn all_ports(
    context: &Context<'_>,
    rule: &SecurityGroupRule,
    end: &GroupEnd<'_>,
    vpc: Option<&str>,
    open: &Connections,
) -> Option<Cover> {
    // port 0 is reserved: a range that begins at 1 opens as much
    let holds = |protocol| Connections::ports(protocol, 1, u16::MAX).subtract(open).is_empty();
    if !(holds(Protocol::TCP) || holds(Protocol::UDP)) {
        return None;
    }
    let role = match rule.direction {
        Direction::Ingress => Role::Destination,
        Direction::Egress => Role::Source,
    };
    let by_addresses = |addresses: AddressSet| {
        let mut cover = Cover::default();
        for piece in context.book.split(&addresses, vpc) {
            let part = cover::of_piece(context, role, end, &piece, open);
            cover.approved_by.extend(part.approved_by);
            cover.expired.extend(part.expired);
            cover.beyond.extend(part.beyond);
        }
        cover.approved_by.sort();
        cover.approved_by.dedup();
        cover.expired.sort();
        cover.expired.dedup();
        cover
    };
    // what cannot be told apart is covered by no flow
    let uncovered = || cover::of_flows(context, open, |_| false);
    match &rule.peer {
        Peer::Group(other) if *other == rule.group => None,
        Peer::Group(other) => Some(match context.inventory.find::<SecurityGroup>(other) {
            Some((at, asset, _)) => {
                let attachments: &[Attachment] = context.attachments.get(other).map_or(&[], Vec::as_slice);
                let theirs = GroupEnd {
                    border: &context.zones.of(at).source,
                    id: &asset.id,
                    attachments,
                    all_known: context.bearers_listed(&asset.place),
                };
                cover::of_group(context, role, end, &theirs, open)
            }
            None => uncovered(),
        }),
        Peer::Cidr(net) => Some(by_addresses(AddressSet::from_nets([net]))),
        Peer::PrefixList(list) => Some(match context.inventory.find::<PrefixList>(list) {
            Some((_, _, PrefixList { entries: Some(entries), .. })) => by_addresses(AddressSet::from_nets(entries)),
            _ => uncovered(),
        }),
        Peer::Unknown(_) => Some(uncovered()),
    }
}
