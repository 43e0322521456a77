//! Node groups and Fargate profiles: whether their pods run behind the border of their cluster.

use schemars::JsonSchema;
use serde::Serialize;

use super::cluster_of;
use crate::model::{Asset, FargateProfile, NodeGroup, Subnet, short_of};
use crate::policy::facts::context::Context;
use crate::policy::facts::document::{Of, Reason, Unknown};

/// A node group or a Fargate profile.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct NodesFact {
    /// The cluster's border; left out where the cluster is not in the inventory.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_border: Option<String>,
    /// Subnets behind another border than the cluster, one of the two in PCI DSS scope.
    subnet_crossings: Vec<Crossing>,
}

#[derive(Serialize, JsonSchema)]
struct Crossing {
    /// The subnets' border.
    border: String,
    subnets: Vec<String>,
}

pub(in crate::policy::facts) fn node_group(of: &Of<'_, NodeGroup>, unknown: &mut Unknown) -> NodesFact {
    nodes(of.context, of.asset, &of.body.cluster, of.body.subnets.as_deref(), unknown)
}

pub(in crate::policy::facts) fn fargate_profile(of: &Of<'_, FargateProfile>, unknown: &mut Unknown) -> NodesFact {
    nodes(of.context, of.asset, &of.body.cluster, of.body.subnets.as_deref(), unknown)
}

fn nodes(
    context: &Context<'_>,
    asset: &Asset,
    cluster: &str,
    subnets: Option<&[String]>,
    unknown: &mut Unknown,
) -> NodesFact {
    let mut fact = NodesFact { cluster_border: None, subnet_crossings: vec![] };
    let Some((at, _)) = cluster_of(context, asset, cluster) else {
        unknown.say("subnet_crossings", Reason::NotInInventory, cluster);
        return fact;
    };
    let own = &context.zones.of(at).border;
    fact.cluster_border = Some(own.to_string());
    // EKS API reference, CreateNodegroup and CreateFargateProfile: there is no node without a subnet
    let Some(subnets) = subnets.filter(|subnets| !subnets.is_empty()) else {
        unknown.say("subnet_crossings", Reason::EntriesNotCollected, short_of(&asset.id));
        return fact;
    };
    for id in subnets {
        let Some((at, ..)) = context.inventory.find::<Subnet>(id) else {
            unknown.say("subnet_crossings", Reason::NotInInventory, id);
            continue;
        };
        let border = &context.zones.of(at).border;
        if !border.crosses(own) || !(border.category.in_scope() || own.category.in_scope()) {
            continue;
        }
        let border = border.to_string();
        match fact.subnet_crossings.iter_mut().find(|crossing| crossing.border == border) {
            Some(crossing) => crossing.subnets.push(id.clone()),
            None => fact.subnet_crossings.push(Crossing { border, subnets: vec![id.clone()] }),
        }
    }
    fact
}
