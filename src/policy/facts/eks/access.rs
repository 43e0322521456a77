//! Who may use a cluster's API: IAM principals by access entries, and whose accounts they are.

use schemars::JsonSchema;
use serde::Serialize;

use super::cluster_of;
use crate::config::{End, Flow};
use crate::model::{AccessEntry, Account, Asset, Connections, EksCluster, Protocol, account_id, short_of};
use crate::policy::facts::context::Context;
use crate::policy::facts::cover::{self, Cover};
use crate::policy::facts::document::{Of, Reason, Unknown};
use crate::zone::Border;

/// The access entries of a cluster.
#[derive(Serialize, JsonSchema)]
pub(super) struct Entries {
    /// How many there are.
    entries: usize,
}

/// An access entry.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct AccessFact {
    /// What it opens; left out where it is not known whose the principal is.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Access>,
}

#[derive(Serialize, JsonSchema)]
struct Access {
    /// The principal's account.
    account: String,
    /// The principal without its account: `role/name`.
    principal: String,
    /// The account's border; left out where the principal is of the cluster's own account.
    #[serde(skip_serializing_if = "Option::is_none")]
    border: Option<String>,
    /// Whether the principal is an administrator of all the cluster; left out where its policies were not collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    admin: Option<bool>,
    /// Whether the account lies behind another border than the cluster.
    crosses: bool,
    /// Flows from the account's border to the API server of the cluster.
    #[serde(flatten)]
    cover: Cover,
}

/// The entries of a cluster. Where the authentication mode lets a ConfigMap admit principals too, or where no entry was
/// collected, who may use the API is not known.
///
/// Source: Amazon EKS User Guide, "Set cluster authentication mode".
pub(super) fn entries(
    context: &Context<'_>,
    asset: &Asset,
    cluster: &EksCluster,
    unknown: &mut Unknown,
) -> Option<Entries> {
    let own = context.inventory.of::<AccessEntry>().filter(|(_, entry, body)| {
        body.cluster == cluster.name
            && entry.place.account == asset.place.account
            && entry.place.region == asset.place.region
    });
    let entries = own.count();
    match cluster.authentication_mode.as_deref() {
        Some("API") if entries > 0 => return Some(Entries { entries }),
        Some("API") => {
            unknown.say("access", Reason::EntriesNotCollected, format!("access entries of {}", cluster.name))
        }
        Some(_) => unknown.say("access", Reason::EntriesNotCollected, format!("aws-auth of {}", cluster.name)),
        None => unknown.say("access", Reason::EntriesNotCollected, format!("authentication mode of {}", cluster.name)),
    }
    None
}

pub(in crate::policy::facts) fn entry(of: &Of<'_, AccessEntry>, unknown: &mut Unknown) -> AccessFact {
    let Of { context, asset, body: entry, .. } = *of;
    let nothing = AccessFact { access: None };
    let Some(account) = entry.account() else {
        unknown.say("access", Reason::NotUnderstood, &entry.principal);
        return nothing;
    };
    let Some((cluster, cluster_asset)) = cluster_of(context, asset, &entry.cluster) else {
        unknown.say("access", Reason::NotInInventory, &entry.cluster);
        return nothing;
    };
    let principal = entry.principal.splitn(6, ':').last().unwrap_or_default().to_owned();
    let mut access = Access {
        account: account.to_owned(),
        principal,
        border: None,
        admin: entry.policies.as_ref().map(|policies| policies.iter().any(|p| is_admin(&p.policy, &p.scope))),
        crosses: false,
        cover: Cover::default(),
    };
    // an account may hold many zones; who is let in by his own account is that account's affair
    if cluster_asset.place.account.as_deref() == Some(account) {
        return AccessFact { access: Some(access) };
    }
    let found = context.inventory.find::<Account>(&account_id(account));
    let (Some((at, described, body)), to) = (found, &context.judged(cluster).border) else {
        unknown.say("access", Reason::NotInInventory, account);
        return nothing;
    };
    let from = &context.zones.of(at).border;
    // an account of which nothing but its number is known is not known to be anybody's
    if !from.is_classified() && body.name.is_empty() && described.tags.is_empty() {
        unknown.say("access", Reason::NotInInventory, account);
        return nothing;
    }
    access.border = Some(from.to_string());
    access.crosses = crosses(from, to);
    if access.crosses {
        let open = Connections::ports(Protocol::TCP, 443, 443);
        let id = &cluster_asset.id;
        access.cover = cover::of_flows(context, &open, |flow| approves(flow, from, to, &entry.cluster, id));
    }
    AccessFact { access: Some(access) }
}

/// An account without an environment may hold several.
fn crosses(account: &Border, cluster: &Border) -> bool {
    match account.environment {
        None => account.zone != cluster.zone || !account.is_classified(),
        Some(_) => account.crosses(cluster),
    }
}

/// Whether a flow leads from the account's border to the cluster's API server. One that names a namespace or workload
/// is about what runs in the cluster.
fn approves(flow: &Flow, from: &Border, to: &Border, cluster: &str, id: &str) -> bool {
    use crate::config::Matcher;
    let End::Where { zone: Some(_), .. } = &flow.from else { return false };
    let End::Where { zone: Some(_), matcher, workload: None, cidr: None, .. } = &flow.to else { return false };
    let named = |pattern: &Option<String>| {
        Matcher::fits(pattern.as_deref(), Some(id)) || Matcher::fits(pattern.as_deref(), Some(&short_of(id)))
    };
    flow.from.holds_border(&from.zone, from.environment.as_deref())
        && flow.to.holds_border(&to.zone, to.environment.as_deref())
        && matcher.namespace.is_none()
        && Matcher::fits(matcher.cluster.as_deref(), Some(cluster))
        && named(&matcher.asset)
}

/// Source: Amazon EKS User Guide, "Review access policy permissions".
fn is_admin(policy: &str, scope: &str) -> bool {
    policy.ends_with("/AmazonEKSClusterAdminPolicy") && scope != "namespace"
}
