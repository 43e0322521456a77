//! Security groups, their rules and the prefix lists that rules refer to.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ec2::{net, nets};
use super::{Read, Reader, TagList, present};
use crate::load::batch::Piece;
use crate::model::{
    Direction, Peer, Place, PrefixList, SecurityGroup, SecurityGroupRule, SecurityGroupVpcAssociation,
    StaleSecurityGroup, Tags,
};
use crate::node::Entries;

pub(super) fn security_group(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape<'a> {
        group_id: String,
        group_name: Option<String>,
        description: Option<String>,
        owner_id: Option<String>,
        vpc_id: Option<String>,
        security_group_arn: Option<String>,
        #[serde(borrow)]
        ip_permissions: Option<Vec<&'a RawValue>>,
        #[serde(borrow)]
        ip_permissions_egress: Option<Vec<&'a RawValue>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape<'_> = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), s.security_group_arn.as_deref());
    let body = SecurityGroup {
        vpc: s.vpc_id.unwrap_or_default(),
        name: s.group_name.unwrap_or_default(),
        description: s.description.unwrap_or_default(),
    };
    let group = Group { id: &s.group_id, place: &place };
    for (direction, permissions) in
        [(Direction::Ingress, s.ip_permissions), (Direction::Egress, s.ip_permissions_egress)]
    {
        let Some(permissions) = permissions else {
            // the answer says nothing of this direction: any rule may be there
            not_read(reader, raw, &group, direction, ANYTHING);
            continue;
        };
        for permission in permissions {
            if let Err(error) = inline(reader, permission, &group, direction) {
                reader.bad("IpPermissions", permission, &error);
                not_read(reader, permission, &group, direction, ANYTHING);
            }
        }
    }
    reader.ec2(&format!("security-group/{}", s.group_id), place, raw, s.tags, body);
    Ok(())
}

/// Every connection, as a permission says it.
const ANYTHING: (&str, Option<i64>, Option<i64>) = ("-1", None, None);

/// Fields of a permission.
const FIELDS: [&str; 7] =
    ["FromPort", "IpProtocol", "IpRanges", "Ipv6Ranges", "PrefixListIds", "ToPort", "UserIdGroupPairs"];

struct Group<'a> {
    id: &'a str,
    place: &'a Place,
}

/// A rule that could not be read: of any peer, and any connection unless those are told.
fn not_read(
    reader: &mut Reader<'_>,
    raw: &RawValue,
    group: &Group<'_>,
    direction: Direction,
    (protocol, from_port, to_port): (&str, Option<i64>, Option<i64>),
) {
    let rule = SecurityGroupRule {
        group: group.id.to_owned(),
        direction,
        protocol: protocol.to_owned(),
        from_port,
        to_port,
        peer: Peer::Unknown("a permission that was not read".to_owned()),
        ..SecurityGroupRule::default()
    };
    let id = derived_id(reader, group.place, &rule);
    let asset = reader.asset(id, group.place.clone(), raw, Tags::default(), rule);
    reader.piece(Piece::InlineRule(Box::new(asset)));
}

/// One permission holds a run of ports and many peers: a rule of its own for each, at the peer's line.
fn inline(reader: &mut Reader<'_>, raw: &RawValue, group: &Group<'_>, direction: Direction) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape<'a> {
        ip_protocol: String,
        from_port: Option<i64>,
        to_port: Option<i64>,
        #[serde(borrow)]
        ip_ranges: Option<Vec<&'a RawValue>>,
        #[serde(borrow)]
        ipv6_ranges: Option<Vec<&'a RawValue>>,
        #[serde(borrow)]
        prefix_list_ids: Option<Vec<&'a RawValue>>,
        #[serde(borrow)]
        user_id_group_pairs: Option<Vec<&'a RawValue>>,
    }
    let s: Shape<'_> = serde_json::from_str(raw.get())?;
    // a list that is null, or of peers that this release does not know, may let anybody in
    let Entries(entries) = serde_json::from_str(raw.get())?;
    if entries.iter().any(|(key, value)| !FIELDS.contains(&&**key) || value.get() == "null") {
        not_read(reader, raw, group, direction, (&s.ip_protocol, s.from_port, s.to_port));
    }
    let lists = [s.ip_ranges, s.ipv6_ranges, s.prefix_list_ids, s.user_id_group_pairs];
    for item in lists.into_iter().flatten().flatten() {
        let peer: InlinePeer = serde_json::from_str(item.get())?;
        let mut rule = SecurityGroupRule {
            group: group.id.to_owned(),
            direction,
            protocol: s.ip_protocol.clone(),
            from_port: s.from_port,
            to_port: s.to_port,
            description: peer.description.clone().unwrap_or_default(),
            ..SecurityGroupRule::default()
        };
        (rule.peer, rule.peering) = peer.read()?;
        let id = derived_id(reader, group.place, &rule);
        let asset = reader.asset(id, group.place.clone(), item, Tags::default(), rule);
        reader.piece(Piece::InlineRule(Box::new(asset)));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InlinePeer {
    cidr_ip: Option<String>,
    cidr_ipv6: Option<String>,
    prefix_list_id: Option<String>,
    group_id: Option<String>,
    vpc_peering_connection_id: Option<String>,
    description: Option<String>,
}

impl InlinePeer {
    fn read(self) -> Result<(Peer, Option<String>), serde_json::Error> {
        Ok(match (self.cidr_ip.or(self.cidr_ipv6), self.prefix_list_id, self.group_id) {
            (Some(cidr), ..) => (Peer::Cidr(net(&cidr)?), None),
            (_, Some(list), _) => (Peer::PrefixList(list), None),
            (.., Some(group)) => (Peer::Group(group), self.vpc_peering_connection_id),
            _ => (Peer::Unknown("a peer of no known type".to_owned()), None),
        })
    }
}

/// The id of a rule that AWS gave none in this dump: made of what it says, so that it stays while the rule does.
fn derived_id(reader: &Reader<'_>, place: &Place, rule: &SecurityGroupRule) -> String {
    let port = |port: Option<i64>| port.map_or_else(|| "any".to_owned(), |port| port.to_string());
    let ports = format!("{}/{}-{}", rule.protocol, port(rule.from_port), port(rule.to_port));
    let group = reader.arn(place, "ec2", &format!("security-group/{}", rule.group));
    format!("{group}#{}:{ports}:{}", rule.direction.as_str(), rule.peer.text())
}

pub(super) fn listed_rule(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Referenced {
        group_id: Option<String>,
        vpc_peering_connection_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        security_group_rule_id: String,
        security_group_rule_arn: Option<String>,
        group_id: String,
        group_owner_id: Option<String>,
        is_egress: bool,
        ip_protocol: String,
        from_port: Option<i64>,
        to_port: Option<i64>,
        cidr_ipv4: Option<String>,
        cidr_ipv6: Option<String>,
        prefix_list_id: Option<String>,
        referenced_group_info: Option<Referenced>,
        description: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.group_owner_id.as_deref(), s.security_group_rule_arn.as_deref());
    let (group_id, vpc_peering_connection_id) =
        s.referenced_group_info.map_or((None, None), |r| (r.group_id, r.vpc_peering_connection_id));
    let peer = InlinePeer {
        cidr_ip: s.cidr_ipv4,
        cidr_ipv6: s.cidr_ipv6,
        prefix_list_id: s.prefix_list_id,
        group_id,
        vpc_peering_connection_id,
        description: None,
    };
    let (peer, peering) = peer.read()?;
    let body = SecurityGroupRule {
        group: s.group_id,
        direction: if s.is_egress { Direction::Egress } else { Direction::Ingress },
        protocol: s.ip_protocol,
        from_port: s.from_port,
        to_port: s.to_port,
        peer,
        peering,
        description: s.description.unwrap_or_default(),
    };
    reader.ec2(&format!("security-group-rule/{}", s.security_group_rule_id), place, raw, s.tags, body);
    Ok(())
}

/// `describe-security-group-vpc-associations`.
pub(super) fn vpc_association(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        group_id: String,
        vpc_id: String,
        vpc_owner_id: Option<String>,
        group_owner_id: Option<String>,
        state: Option<String>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.group_owner_id.as_deref(), None);
    let id = reader.arn(&place, "ec2", &format!("security-group-vpc-association/{}:{}", s.group_id, s.vpc_id));
    let body = SecurityGroupVpcAssociation {
        group: s.group_id,
        vpc: s.vpc_id,
        vpc_account: s.vpc_owner_id.unwrap_or_default(),
        state: s.state.unwrap_or_default(),
    };
    reader.add(id, place, raw, Tags::default(), body);
    Ok(())
}

/// `describe-stale-security-groups`: one call a VPC.
pub(super) fn stale(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape<'a> {
        group_id: String,
        vpc_id: Option<String>,
        #[serde(borrow)]
        stale_ip_permissions: Option<Vec<&'a RawValue>>,
        #[serde(borrow)]
        stale_ip_permissions_egress: Option<Vec<&'a RawValue>>,
    }
    let s: Shape<'_> = serde_json::from_str(raw.get())?;
    let count = |all: Option<Vec<&RawValue>>| all.map_or(0, |all| all.len());
    let rules = (count(s.stale_ip_permissions), count(s.stale_ip_permissions_egress));
    let place = reader.place(None, None);
    let id = reader.arn(&place, "ec2", &format!("stale-security-group/{}", s.group_id));
    let body = StaleSecurityGroup { group: s.group_id, vpc: s.vpc_id.unwrap_or_default(), rules };
    reader.add(id, place, raw, Tags::default(), body);
    Ok(())
}

/// `describe-managed-prefix-lists` names lists, `describe-prefix-lists` gives AWS's own with their blocks.
pub(super) fn prefix_list(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        prefix_list_id: String,
        prefix_list_arn: Option<String>,
        prefix_list_name: Option<String>,
        owner_id: Option<String>,
        cidrs: Option<Vec<String>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let owner = s.owner_id.filter(|owner| owner != "AWS");
    let place = reader.place(owner.as_deref(), s.prefix_list_arn.as_deref());
    let cidrs = s.cidrs.as_ref().map(|cidrs| nets(cidrs.iter().map(String::as_str))).transpose()?;
    // the two answers name AWS's own lists alike: blocks come as a part of their own, whichever is read first
    if let Some(cidrs) = cidrs {
        reader.piece(Piece::PrefixEntries(s.prefix_list_id.clone(), cidrs));
    }
    let body = PrefixList { name: s.prefix_list_name.unwrap_or_default(), entries: None };
    reader.ec2(&format!("prefix-list/{}", s.prefix_list_id), place, raw, s.tags, body);
    Ok(())
}

/// `get-managed-prefix-list-entries`, wrapped with its list.
pub(super) fn prefix_list_entries(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Entry {
        cidr: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        prefix_list_id: String,
        #[serde(deserialize_with = "present")]
        entries: Option<Vec<Entry>>,
        next_token: Option<String>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    // null says nothing, and neither does an answer of which more follows: the list stays one whose entries were not
    // collected
    let more = reader.cut_short("ManagedPrefixListEntries", raw, s.next_token.as_ref());
    let Some(entries) = s.entries.filter(|_| !more) else { return Ok(()) };
    let entries = nets(entries.iter().map(|entry| entry.cidr.as_str()))?;
    reader.piece(Piece::PrefixEntries(s.prefix_list_id, entries));
    Ok(())
}
