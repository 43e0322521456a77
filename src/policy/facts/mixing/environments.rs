//! Whether a cluster or VPC holds production and another environment, some of it in PCI DSS scope.
//!
//! Which environment is production is told by its name or by the values that `classify.environment` lists for it. Where
//! no environment of the configuration looks like production, any two count. Where neither the configuration nor a tag
//! or label speaks of environments, nothing is judged.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};
use schemars::JsonSchema;
use serde::Serialize;

use super::Member;
use crate::model::{EksCluster, Instance, Inventory, Subnet, Vpc, short_of};
use crate::policy::facts::context::{Context, NAMED, names};
use crate::policy::facts::document::{Of, Reason, Unknown};

/// What production is called, lower case.
const PRODUCTION: [&str; 5] = ["prod", "production", "prd", "live", "운영"];

/// Environments of what stands in a cluster or VPC, and of the cluster or VPC itself.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct Environments {
    /// Whether production and another one are among them, or two of which nothing tells which is production, and some
    /// of it is in PCI DSS scope.
    mixed: bool,
    /// Environments, by name.
    held: Vec<Held>,
}

/// One environment.
#[derive(Serialize, JsonSchema)]
struct Held {
    environment: String,
    /// Namespaces of a cluster; subnets, instances and EKS clusters of a VPC; some by name. Those that say so by a tag,
    /// label or assignment of their own if there are any; none where all follow the cluster or VPC itself.
    members: Vec<String>,
    /// Ids of some of them.
    ids: Vec<String>,
}

/// Environments of a VPC's subnets, instances and EKS clusters.
pub(in crate::policy::facts) fn of_vpc(of: &Of<'_, Vpc>, unknown: &mut Unknown) -> Environments {
    let Of { context, at, asset, .. } = *of;
    let id = short_of(&asset.id);
    let inside = context.environment_bearers(&id);
    let members: Vec<Member<'_>> = Member::of(context, at, true)
        .into_iter()
        .chain(inside.iter().filter_map(|at| Member::of(context, *at, false)))
        .collect();
    let unread = if !context.listed::<Subnet>(&asset.place) {
        Some((Reason::EntriesNotCollected, format!("subnets of {id}")))
    } else if !context.listed::<Instance>(&asset.place) {
        Some((Reason::EntriesNotCollected, format!("instances of {id}")))
    } else {
        None
    };
    of_members(context, &members, unread.as_ref(), unknown)
}

/// Environments of members. `unread` says why they are not all known.
pub(super) fn of_members(
    context: &Context<'_>,
    members: &[Member<'_>],
    unread: Option<&(Reason, String)>,
    unknown: &mut Unknown,
) -> Environments {
    let mut fact = Environments { mixed: false, held: vec![] };
    let classify = &context.config.environment;
    if (classify.values.is_empty() && classify.assign.is_empty()) || !members.iter().any(Member::in_scope) {
        return fact;
    }
    let mut held: BTreeMap<&str, Vec<&Member<'_>>> = BTreeMap::new();
    let mut open = None;
    for member in members {
        let words = member.words("environment", member.placement.border.environment.as_deref());
        // a label that was not read may say another one; the compartment itself runs nothing
        if (words.is_empty() && !member.itself) || (member.implied && !member.placement.assigned.environment) {
            open = open.or(Some(member));
            continue;
        }
        for (environment, named) in words {
            held.entry(environment).or_default().extend(Some(member).filter(|_| named));
        }
    }
    let is_production = |name: &str| {
        let is = |word: &str| PRODUCTION.contains(&word);
        is(&name.to_lowercase()) || classify.values.iter().any(|(written, meant)| meant == name && is(written))
    };
    let named = classify.values.iter().map(|(_, meant)| meant).chain(classify.assign.iter().map(|a| &a.value));
    let told = named.into_iter().any(|name| is_production(name));
    fact.mixed = held.len() > 1 && (!told || held.keys().any(|name| is_production(name)));
    if let Some((reason, about)) = unread.filter(|_| classify.declared || !held.is_empty()) {
        unknown.say("environments.mixed", *reason, about.clone());
    }
    if let (Some(member), false) = (open, held.is_empty()) {
        let (reason, about) = match member.implied {
            true => (Reason::LabelsNotCollected, member.asset.id.to_string()),
            false => (Reason::NotInInventory, format!("environment of {}", member.name())),
        };
        unknown.say("environments.mixed", reason, about);
    }
    fact.held = held.iter().map(|(environment, members)| one(environment, members)).collect();
    fact
}

fn one(environment: &str, members: &[&Member<'_>]) -> Held {
    let compartment = members.iter().any(|member| member.itself);
    let said = members.iter().any(|member| !member.itself && member.placement.own_word);
    let told = |member: &&&Member<'_>| member.placement.own_word || !(compartment || said);
    let inside = || members.iter().filter(|member| !member.itself).filter(told);
    let all: Vec<String> = inside().map(|member| member.name()).collect();
    Held {
        environment: environment.to_owned(),
        members: names(all.iter().map(String::as_str)),
        ids: inside().take(NAMED).map(|member| member.asset.id.to_string()).collect(),
    }
}

/// What bears an environment of its own in each VPC: places in the inventory of subnets, instances and EKS clusters.
pub(in crate::policy::facts) fn bearers(inventory: &Inventory) -> HashMap<String, Vec<usize>> {
    let mut out: HashMap<String, Vec<usize>> = HashMap::new();
    let mut keep = |vpc: &str, at: usize| out.entry(vpc.to_owned()).or_default().push(at);
    inventory.of::<Subnet>().for_each(|(at, _, subnet)| keep(&subnet.vpc, at));
    inventory.of::<Instance>().for_each(|(at, _, instance)| keep(&instance.vpc, at));
    inventory.of::<EksCluster>().for_each(|(at, _, cluster)| keep(&cluster.vpc, at));
    out
}
