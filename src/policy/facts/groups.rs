//! Rules of security groups: to whom they open what, and what of it is approved.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Attachment, Context, names};
use super::cover::{self, Cover, GroupEnd, Role};
use super::document::{Of, Reason, Unknown};
use super::group_use;
use crate::model::{
    AddressSet, Connections, Direction, Peer, PrefixList, SecurityGroup, SecurityGroupRule, Subnet, Vpc, short_of,
};
use crate::zone::{Border, Piece};

/// Public IPv4 addresses from which a source counts as "any": a /8.
const ANY_V4: u64 = 1 << 24;
/// Public IPv6 /64 networks from which a source counts as "any": a /16.
const ANY_V6: u64 = 1 << 48;

/// A rule of a security group.
#[derive(Serialize, JsonSchema)]
pub(super) struct GroupRule {
    /// The group that the rule belongs to.
    group: Group,
    direction: Direction,
    /// What it opens: `tcp/443`, `all` …
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<Vec<String>>,
    /// The other end as AWS writes it.
    peer: String,
    /// There if the other end holds so much of the internet that it is open to anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    any: Option<Cover>,
    /// There if it opens all ports of TCP or UDP, or everything, to anything but its own group.
    #[serde(skip_serializing_if = "Option::is_none")]
    all_ports: Option<Cover>,
    /// Openings to another border by addresses; none if `any` is there.
    address_crossings: Vec<Crossing>,
    /// Openings to another border by reference to a group.
    group_crossings: Vec<Crossing>,
}

/// A security group.
#[derive(Serialize, JsonSchema)]
struct Group {
    /// `sg-…`.
    id: String,
    name: String,
    /// Whether something bears it; left out where interfaces were not collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    attached: Option<bool>,
    /// What bears it, some of it by name.
    bearers: Vec<String>,
}

/// An opening to another border.
#[derive(Serialize, JsonSchema)]
struct Crossing {
    /// The other border as messages write it.
    border: String,
    zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    /// Its addresses that the rule holds, or the group.
    peers: Vec<String>,
    /// Whose they are.
    owners: Vec<String>,
    /// Gateways of declared networks that some of them lie behind.
    networks: Vec<String>,
    #[serde(flatten)]
    cover: Cover,
}

impl Crossing {
    fn new(border: &Border, peers: Vec<String>, owners: Vec<String>, cover: Cover) -> Self {
        Self {
            border: border.to_string(),
            zone: border.zone.to_string(),
            environment: border.environment.as_deref().map(str::to_owned),
            peers,
            owners,
            networks: vec![],
            cover,
        }
    }
}

pub(super) fn rule(of: &Of<'_, SecurityGroupRule>, unknown: &mut Unknown) -> GroupRule {
    let Of { context, at, asset, body: rule } = *of;
    let placement = context.judged(at);
    let found = context.inventory.find::<SecurityGroup>(&rule.group);
    let attachments: &[Attachment] = context.attachments.get(&rule.group).map_or(&[], Vec::as_slice);
    let attached = group_use::attached(context, &rule.group, &asset.place);
    let connections = Connections::from_aws(&rule.protocol, rule.from_port, rule.to_port);
    let ours = match rule.direction {
        Direction::Ingress => &placement.border,
        Direction::Egress => &placement.source,
    };
    let id = found.map_or(rule.group.as_str(), |(_, asset, _)| &asset.id);
    let mut fact = GroupRule {
        group: Group {
            id: rule.group.clone(),
            name: found.map(|(.., group)| group.name.clone()).unwrap_or_default(),
            attached,
            bearers: names(attachments.iter().map(|attachment| &*attachment.id)),
        },
        direction: rule.direction,
        connections: connections.as_ref().map(Connections::describe),
        peer: rule.peer.text(),
        any: None,
        all_ports: None,
        address_crossings: vec![],
        group_crossings: vec![],
    };
    // what the protocol means is not known: no less than everything may be open
    let open = connections.unwrap_or_else(|| {
        unknown.say("connections", Reason::NotUnderstood, &rule.protocol);
        unknown.say("all_ports", Reason::NotUnderstood, &rule.protocol);
        Connections::all()
    });
    let all_known = context.bearers_listed(&asset.place);
    let end = GroupEnd { border: ours, id, attachments, all_known };
    let vpc = found.map(|(.., group)| group.vpc.as_str());
    if fact.connections.is_some() {
        fact.all_ports = group_use::all_ports(context, rule, &end, vpc, &open);
    }
    match &rule.peer {
        Peer::Cidr(net) => by_addresses(context, &mut fact, &end, AddressSet::from_nets([net]), vpc, &open, unknown),
        Peer::PrefixList(list) => match context.inventory.find::<PrefixList>(list) {
            Some((_, _, PrefixList { entries: Some(entries), .. })) => {
                by_addresses(context, &mut fact, &end, AddressSet::from_nets(entries), vpc, &open, unknown);
            }
            Some(_) => not_known(unknown, rule.direction, Reason::EntriesNotCollected, list),
            None => not_known(unknown, rule.direction, Reason::NotInInventory, list),
        },
        Peer::Group(other) => by_group(context, &mut fact, &end, other, &open, unknown),
        Peer::Unknown(text) => {
            not_known(unknown, rule.direction, Reason::NotUnderstood, text);
            unknown.say("group_crossings", Reason::NotUnderstood, text);
        }
    }
    fact
}

fn not_known(unknown: &mut Unknown, direction: Direction, reason: Reason, about: &str) {
    // `any` is about what comes in
    if direction == Direction::Ingress {
        unknown.say("any", reason, about);
    }
    unknown.say("address_crossings", reason, about);
}

fn by_addresses(
    context: &Context<'_>,
    fact: &mut GroupRule,
    end: &GroupEnd<'_>,
    addresses: AddressSet,
    vpc: Option<&str>,
    open: &Connections,
    unknown: &mut Unknown,
) {
    let (v4, v6) = addresses.public_size();
    if v4 >= ANY_V4 || v6 >= ANY_V6 {
        if fact.direction == Direction::Ingress {
            fact.any = Some(cover::of_internet(context, end, open));
        }
        return;
    }
    let role = role(fact.direction);
    let own_vpc_known = vpc.is_some_and(|vpc| context.inventory.find::<Vpc>(vpc).is_some());
    let (crossing, within): (Vec<Piece>, Vec<Piece>) =
        context.book.split(&addresses, vpc).into_iter().partition(|piece| piece.border.crosses(end.border));
    // a subnet may lie in another zone than its VPC
    for (_, vpc, _) in within.iter().flat_map(|piece| &piece.owners).filter_map(|id| context.inventory.find::<Vpc>(id))
    {
        if !context.listed::<Subnet>(&vpc.place) {
            unknown.say("address_crossings", Reason::EntriesNotCollected, short_of(&vpc.id));
        }
    }
    for piece in crossing {
        let cover = cover::of_piece(context, role, end, &piece, open);
        if piece.owners.is_empty() && !own_vpc_known && !cover.beyond.is_empty() {
            // what nobody bears may be the group's own VPC's, which was not read
            unknown.say("address_crossings", Reason::NotInInventory, vpc.unwrap_or(&fact.group.id));
            continue;
        }
        let networks = names(piece.networks());
        let Piece { border, addresses, owners } = piece;
        let owners = names(owners.iter().map(|owner| &**owner));
        let crossing = Crossing::new(&border, addresses.describe(3), owners, cover);
        fact.address_crossings.push(Crossing { networks, ..crossing });
    }
}

fn by_group(
    context: &Context<'_>,
    fact: &mut GroupRule,
    end: &GroupEnd<'_>,
    other: &str,
    open: &Connections,
    unknown: &mut Unknown,
) {
    if other == short_of(end.id) {
        return;
    }
    let Some((at, asset, _)) = context.inventory.find::<SecurityGroup>(other) else {
        return unknown.say("group_crossings", Reason::NotInInventory, other);
    };
    let placement = context.zones.of(at);
    let border = match fact.direction {
        Direction::Ingress => &placement.source,
        Direction::Egress => &placement.border,
    };
    if !border.crosses(end.border) {
        return;
    }
    let attachments: &[Attachment] = context.attachments.get(other).map_or(&[], Vec::as_slice);
    let all_known = context.bearers_listed(&asset.place);
    let theirs = GroupEnd { border, id: &asset.id, attachments, all_known };
    let cover = cover::of_group(context, role(fact.direction), end, &theirs, open);
    fact.group_crossings.push(Crossing::new(border, vec![other.to_owned()], vec![other.to_owned()], cover));
}

fn role(direction: Direction) -> Role {
    match direction {
        Direction::Ingress => Role::Destination,
        Direction::Egress => Role::Source,
    }
}
