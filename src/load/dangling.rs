//! References that lead nowhere: what an asset stands in or bears and nobody described.
//!
//! A group of which only the name is known may be open to anybody, and a VPC that was not read has no zone: both are
//! coverage gaps. What rules follow themselves (a prefix list, the far end of a peering, a target) is undetermined there.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::model::{Asset, Body, Gap, GapReason, short_of};

/// One gap for each VPC and group that is referred to and was not read.
pub(super) fn gaps(assets: &[Asset]) -> Vec<Gap> {
    let named = |wanted: fn(&Body) -> bool| -> HashSet<String> {
        assets.iter().filter(|asset| wanted(&asset.body)).map(|asset| short_of(&asset.id)).collect()
    };
    let vpcs = named(|body| matches!(body, Body::Vpc(_)));
    let subnets = named(|body| matches!(body, Body::Subnet(_)));
    let groups = named(|body| matches!(body, Body::SecurityGroup(_)));
    let bearers = match assets.iter().any(|asset| matches!(asset.body, Body::ElasticIp(_))) {
        true => named(|body| matches!(body, Body::Instance(_) | Body::NetworkInterface(_))),
        false => HashSet::new(),
    };
    let clusters: HashSet<&str> = assets
        .iter()
        .filter_map(|asset| match &asset.body {
            Body::EksCluster(cluster) => Some(cluster.name.as_str()),
            _ => None,
        })
        .collect();
    let ids: HashSet<(&str, &str)> = assets.iter().map(|asset| (asset.body.kind(), &*asset.id)).collect();
    let mut missing: BTreeMap<(&'static str, &str), (usize, Arc<str>)> = BTreeMap::new();
    for asset in assets {
        let (vpc, borne) = references(&asset.body);
        let vpc = vpc.filter(|id| !id.is_empty() && !vpcs.contains(*id)).map(|id| ("vpc", id));
        let borne = borne.iter().filter(|id| !groups.contains(*id)).map(|id| ("security-group", id.as_str()));
        // a subnet may lie in another zone than its VPC
        let subnet = subnet_of(&asset.body).filter(|id| !id.is_empty() && !subnets.contains(*id));
        let cluster = cluster_of(&asset.body).filter(|name| !clusters.contains(name)).map(|name| ("eks-cluster", name));
        let parent = parent(&asset.body).filter(|key| !ids.contains(key));
        let bearer = bearers_of(&asset.body).filter(|(_, id)| !bearers.contains(*id));
        let part_of = parent.into_iter().chain(cluster).chain(bearer);
        for key in vpc.into_iter().chain(subnet.map(|id| ("subnet", id))).chain(part_of).chain(borne) {
            missing.entry(key).or_insert_with(|| (0, Arc::clone(&asset.id))).0 += 1;
        }
    }
    // EC2 API reference: all of these stand in a VPC. One that names none has no zone, and no rule would judge it.
    let nowhere = assets.iter().filter(|asset| references(&asset.body).0.is_some_and(str::is_empty)).map(|asset| Gap {
        what: asset.id.to_string(),
        reason: GapReason::NotCollected,
        detail: format!("the {} names no VPC", asset.body.kind()),
        mend: "dump it again with all its fields".to_owned(),
        at: asset.origin.spot(""),
    });
    let gap = |((kind, id), (count, first)): ((&str, &str), (usize, Arc<str>))| Gap {
        what: format!("{kind} {id}"),
        reason: GapReason::NotCollected,
        detail: match count {
            1 => format!("`{}` refers to it, and it was not read", short_of(&first)),
            _ => format!("{count} assets refer to it, `{}` first, and it was not read", short_of(&first)),
        },
        mend: "collect it too; it may belong to another account that shares it".to_owned(),
        at: None,
    };
    missing.into_iter().map(gap).chain(nowhere).collect()
}

/// What an asset is a part of, by kind and id, and has its zone from.
fn parent(body: &Body) -> Option<(&'static str, &str)> {
    match body {
        Body::VpcEndpointService(b) => b.balancers.first().map(|balancer| ("load-balancer", balancer.as_str())),
        Body::Listener(b) => Some(("load-balancer", &b.load_balancer)),
        Body::ListenerRule(b) => Some(("listener", &b.listener)),
        Body::Target(b) => Some(("target-group", &b.target_group)),
        _ => None,
    }
}

/// What a public address leads to.
fn bearers_of(body: &Body) -> impl Iterator<Item = (&'static str, &str)> {
    let (interface, instance) = match body {
        Body::ElasticIp(address) => (address.interface.as_deref(), address.instance.as_deref()),
        _ => (None, None),
    };
    interface.map(|id| ("network-interface", id)).into_iter().chain(instance.map(|id| ("instance", id)))
}

/// The subnet that an asset stands in.
fn subnet_of(body: &Body) -> Option<&str> {
    match body {
        Body::NetworkInterface(b) => Some(&b.subnet),
        Body::Instance(b) if b.state != "terminated" => Some(&b.subnet),
        _ => None,
    }
}

/// The EKS cluster that an asset belongs to, from which it has its zone.
fn cluster_of(body: &Body) -> Option<&str> {
    match body {
        Body::NodeGroup(b) => Some(&b.cluster),
        Body::FargateProfile(b) => Some(&b.cluster),
        Body::Addon(b) => Some(&b.cluster),
        Body::AccessEntry(b) => Some(&b.cluster),
        _ => None,
    }
}

/// The VPC that an asset stands in and the groups that it bears or is a rule of.
fn references(body: &Body) -> (Option<&str>, &[String]) {
    match body {
        Body::Subnet(b) => (Some(&b.vpc), &[]),
        Body::SecurityGroup(b) => (Some(&b.vpc), &[]),
        Body::SecurityGroupRule(b) => (None, std::slice::from_ref(&b.group)),
        Body::NetworkInterface(b) => (Some(&b.vpc), &b.groups),
        // what has been terminated stands nowhere any more
        Body::Instance(b) if b.state == "terminated" => (None, &[]),
        Body::Instance(b) => (Some(&b.vpc), &b.groups),
        Body::LoadBalancer(b) => (Some(&b.vpc), &b.groups),
        Body::VpcEndpoint(b) => (Some(&b.vpc), &b.groups),
        Body::TransitGatewayAttachment(b) if b.resource_type == "vpc" => (Some(&b.resource), &[]),
        Body::EksCluster(b) => (Some(&b.vpc), &[]),
        _ => (None, &[]),
    }
}
