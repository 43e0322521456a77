//! Security groups of a cluster's nodes and control plane, by what their rules say.

use std::collections::{BTreeMap, BTreeSet};

use super::{Aspect, Comparison, Side, paired};
use crate::model::{Instance, Peer, SecurityGroup, SecurityGroupRule, Vpc, short_of};
use crate::policy::facts::context::{Bearer, Context};
use crate::policy::facts::document::Reason;

/// Rules by the group's name without the cluster's.
type Groups = BTreeMap<String, BTreeSet<String>>;

pub(super) fn compare(context: &Context<'_>, a: &Side<'_>, b: &Side<'_>, out: &mut Comparison) {
    let (Some(first), Some(second)) = (groups(context, a, out), groups(context, b, out)) else { return };
    // groups whose generated names differ and whose rules do not are the same
    let only = |groups: &Groups, other: &Groups| -> Vec<(String, BTreeSet<String>)> {
        groups.iter().filter(|(name, _)| !other.contains_key(*name)).map(|(n, r)| (n.clone(), r.clone())).collect()
    };
    let (mut first_only, mut second_only) = (only(&first, &second), only(&second, &first));
    first_only.retain(|(_, rules)| match second_only.iter().position(|(_, other)| other == rules) {
        Some(at) => {
            second_only.remove(at);
            false
        }
        None => true,
    });
    let (first_only, second_only): (Groups, Groups) =
        (first_only.into_iter().collect(), second_only.into_iter().collect());
    for (name, found) in paired(first.into_iter(), second.into_iter()) {
        let subject = format!("security group {name}");
        match found {
            (Some(first), Some(second)) => {
                let beyond = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
                    let rules: Vec<&str> = a.difference(b).map(String::as_str).collect();
                    (!rules.is_empty()).then(|| rules.join("; "))
                };
                let (here, there) = (beyond(&first, &second), beyond(&second, &first));
                if here.is_some() || there.is_some() {
                    out.differ(Aspect::SecurityGroup, subject, here, there);
                }
            }
            (Some(rules), None) if first_only.contains_key(&name) => {
                out.differ(Aspect::SecurityGroup, subject, Some(text(&rules)), None);
            }
            (None, Some(rules)) if second_only.contains_key(&name) => {
                out.differ(Aspect::SecurityGroup, subject, None, Some(text(&rules)));
            }
            _ => {}
        }
    }
}

fn text(rules: &BTreeSet<String>) -> String {
    if rules.is_empty() { "no rule".to_owned() } else { rules.iter().cloned().collect::<Vec<_>>().join("; ") }
}

/// The groups of a cluster; none if they are not known.
fn groups(context: &Context<'_>, side: &Side<'_>, out: &mut Comparison) -> Option<Groups> {
    let mut skip = |about: String| out.skip(Aspect::SecurityGroup, &side.name, Reason::NotInInventory, about);
    let Some((asset, eks)) = side.eks else {
        skip("its EKS cluster".to_owned());
        return None;
    };
    // without all nodes and all rules, groups that are the same may not be
    if !context.listed::<SecurityGroupRule>(&asset.place) {
        skip("rules of security groups".to_owned());
        return None;
    }
    if !context.listed::<Instance>(&asset.place) {
        skip("its nodes".to_owned());
        return None;
    }
    let of_cluster = |bearer: &Bearer| matches!(bearer, Bearer::Node(name) if *name == *side.name);
    let of_nodes: BTreeSet<String> = context
        .attachments
        .iter()
        .filter(|(_, all)| all.iter().any(|attachment| of_cluster(&attachment.bearer)))
        .map(|(group, _)| group.clone())
        .collect();
    if of_nodes.is_empty() {
        skip("its nodes".to_owned());
        return None;
    }
    let ids: BTreeSet<String> =
        of_nodes.into_iter().chain(eks.groups.iter().cloned()).chain(eks.cluster_group.clone()).collect();
    let mut names = BTreeMap::new();
    for id in &ids {
        let Some((_, _, group)) = context.inventory.find::<SecurityGroup>(id) else {
            skip(format!("security group {id}"));
            return None;
        };
        // EKS makes one group for each cluster and gives it a name that ends in digits of chance
        let of_eks = eks.cluster_group.as_deref() == Some(id);
        let name = if of_eks { "of the cluster".to_owned() } else { role_of(&group.name, &side.name) };
        names.insert(id.as_str(), name);
    }
    let blocks: Vec<String> = context
        .inventory
        .find::<Vpc>(&eks.vpc)
        .map(|(_, _, vpc)| vpc.cidrs.iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    let mut all: Groups = names.values().map(|name| (name.clone(), BTreeSet::new())).collect();
    for (_, _, rule) in context.inventory.of::<SecurityGroupRule>() {
        let Some(rules) = names.get(rule.group.as_str()).and_then(|name| all.get_mut(name)) else { continue };
        let peer = match &rule.peer {
            Peer::Group(id) => match names.get(short_of(id).as_str()) {
                Some(name) => format!("group {name}"),
                None => match context.inventory.find::<SecurityGroup>(id) {
                    Some((_, _, group)) => format!("group {}", role_of(&group.name, &side.name)),
                    None => format!("group {id}"),
                },
            },
            Peer::Cidr(net) if blocks.contains(&net.to_string()) => "own VPC".to_owned(),
            peer => peer.text(),
        };
        let ports = match (rule.from_port, rule.to_port) {
            (Some(from), Some(to)) if from == to => format!("/{from}"),
            (Some(from), Some(to)) => format!("/{from}-{to}"),
            _ => String::new(),
        };
        rules.insert(format!("{} {}{ports} {peer}", rule.direction.as_str(), rule.protocol));
    }
    Some(all)
}

/// A group's name with the cluster's name taken out where it is a part between dashes.
fn role_of(name: &str, cluster: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(cluster) {
        let (before, found) = rest.split_at(at);
        let after = found.get(cluster.len()..).unwrap_or_default();
        let bounded = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        out.push_str(before);
        out.push_str(if bounded { "<cluster>" } else { cluster });
        rest = after;
    }
    out + rest
}
