//! Whether something enforces the NetworkPolicies of a namespace. Without an enforcer they are stored and do nothing
//! (Kubernetes, "Network Policies", prerequisites).
//!
//! Fargate runs no DaemonSet, so no agent guards pods there.

use std::sync::Arc;

use foldhash::HashMap;
use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::document::{Reason, Unknown};
use crate::model::{FargateProfile, NetworkPolicy, Workload};
use crate::reach::{self, ASSUMPTION, Doubt, Enforcer};

/// Whether the NetworkPolicies of a namespace are enforced.
#[derive(Serialize, JsonSchema)]
pub(super) struct Enforcement {
    /// How many NetworkPolicies it has.
    policies: usize,
    /// Whether something enforces them; left out where it has none, where it is not known, and where only manifests of
    /// the cluster were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    enforced: Option<bool>,
    /// What enforces them, or what was seen in place of an enforcer.
    by: Vec<String>,
    /// Workloads of which a Fargate profile runs the pods, where no agent enforces anything; some by name.
    on_fargate: Vec<String>,
}

pub(super) fn of_namespace(
    context: &Context<'_>,
    cluster: &Arc<str>,
    name: &Arc<str>,
    unknown: &mut Unknown,
) -> Enforcement {
    let policies = context.inside::<NetworkPolicy>(cluster, name).count();
    let mut fact = Enforcement { policies, enforced: None, by: vec![], on_fargate: vec![] };
    let enforcer = context.enforcer(cluster);
    // a profile may be that of another cluster of this name
    let profiles: Vec<&FargateProfile> = (context.inventory.of::<FargateProfile>())
        .map(|(.., profile)| profile)
        .filter(|profile| *profile.cluster == **cluster && !matches!(enforcer, Enforcer::Unknown(Doubt::Ambiguous, _)))
        .collect();
    let on_fargate = on_fargate(context, cluster, name, &profiles);
    if policies == 0 {
        // policies that were not read may be there, and nothing may enforce them
        let enforced = matches!(enforcer, Enforcer::Seen(_)) && on_fargate.is_empty();
        if !context.listed_in::<NetworkPolicy>(cluster) && !enforced {
            unknown.say("enforcement.policies", Reason::NotInInventory, format!("NetworkPolicies of {cluster}"));
        }
        return fact;
    }
    match enforcer {
        Enforcer::Seen(by) => (fact.enforced, fact.by) = (Some(true), by.clone()),
        Enforcer::None(instead) => (fact.enforced, fact.by) = (Some(false), vec![instead.clone()]),
        Enforcer::Unknown(doubt, about) => unknown.say("enforcement.enforced", Reason::from(*doubt), about.as_str()),
        Enforcer::NotRead => {}
    }
    fact.on_fargate = on_fargate;
    if !context.listed_in::<Workload>(cluster) {
        unknown.say("enforcement.on_fargate", Reason::NotInInventory, format!("workloads of {cluster}"));
    }
    fact
}

fn on_fargate(
    context: &Context<'_>,
    cluster: &Arc<str>,
    namespace: &Arc<str>,
    profiles: &[&FargateProfile],
) -> Vec<String> {
    let runs = |workload: &Workload| workload.is_on_fargate(namespace, profiles.iter().copied());
    let all = context.inside::<Workload>(cluster, namespace);
    names(all.filter(|(_, workload)| runs(workload)).map(|(asset, _)| &*asset.id))
}

/// What enforces NetworkPolicies in each cluster, or is assumed to.
pub(super) fn of_clusters(context: &Context<'_>) -> HashMap<Arc<str>, Enforcer> {
    let assumed = |cluster: &str| context.config.assumes(ASSUMPTION, cluster, context.day);
    reach::enforcers(context.inventory, &assumed)
}

impl From<Doubt> for Reason {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::Ambiguous => Self::Ambiguous,
            Doubt::NotUnderstood => Self::NotUnderstood,
            Doubt::NotCollected => Self::EntriesNotCollected,
        }
    }
}
