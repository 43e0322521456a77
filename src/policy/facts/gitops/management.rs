//! Documents of kind `management-cluster`: what a cluster that runs Argo CD, or has the role, deploys to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::context::{Context, NAMED};
use super::super::document::{Derived, Fact, Reason, Subject, Unknown};
use super::super::{declared, location, subject};
use super::{Delivering, Target};
use crate::config::Category;
use crate::model::{Asset, EksCluster, Kind, Place, short_of};
use crate::zone::Border;

/// The kind's name.
pub const MANAGEMENT: &str = "management-cluster";

/// A cluster that deploys to others.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct Management {
    /// Whether objects or workloads of Argo CD were read in it.
    runs_argo_cd: bool,
    /// Its role, as the configuration tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// Clusters that it deploys to. It is itself one of them, unless it is there for the tools alone
    /// (`security-impacting`).
    serves: Vec<Served>,
    /// The environments of these clusters.
    environments: Vec<Environment>,
}

/// A cluster that is deployed to.
#[derive(Serialize, JsonSchema)]
struct Served {
    cluster: String,
    /// Its border.
    border: String,
    zone: String,
    category: Category,
    /// Whether it is in PCI DSS scope.
    in_scope: bool,
    /// Whether it is the management cluster itself.
    own: bool,
    /// Applications and registrations that lead there, some by name.
    by: Vec<String>,
    /// The id of the first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_id: Option<String>,
}

/// An environment that is deployed to.
#[derive(Serialize, JsonSchema)]
struct Environment {
    name: String,
    /// Clusters in it.
    clusters: Vec<String>,
    /// Whether one of them is in PCI DSS scope.
    in_scope: bool,
    /// The id of the first application or registration that leads there.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_id: Option<String>,
}

/// The documents of all management clusters.
pub(in crate::policy::facts) fn management(context: &Context<'_>) -> Vec<Fact> {
    let gitops = context.gitops();
    let mut names: BTreeSet<Arc<str>> = gitops.managers.keys().cloned().collect();
    for (at, _, cluster) in context.inventory.of::<EksCluster>() {
        if context.zones.of(at).role.as_deref() == Some("management") {
            names.insert(cluster.name.as_str().into());
        }
    }
    names.iter().filter_map(|name| one(context, name, gitops.managers.get(name))).collect()
}

fn one(context: &Context<'_>, name: &Arc<str>, delivering: Option<&Vec<Delivering>>) -> Option<Fact> {
    let mut unknown = Unknown::default();
    let own = context.cluster(name);
    let deliveries = delivering.map_or(&[][..], Vec::as_slice);
    let asset_at = |at: usize| context.inventory.assets().get(at);
    // a cluster of which no object of AWS was read stands where its Argo CD stands
    let stands = own.or(deliveries.first().map(|first| first.at)).or_else(|| anything_of(context, name))?;
    let asset = asset_at(stands)?;
    let placement = context.zones.of(stands);

    let mut served: BTreeMap<Target, Vec<&Asset>> = BTreeMap::new();
    for delivering in deliveries {
        match &delivering.to {
            Ok(target) => served.entry(target.clone()).or_default().extend(asset_at(delivering.at)),
            Err(what) => {
                unknown.say("serves", Reason::NotInInventory, what.as_str());
                unknown.say("environments", Reason::NotInInventory, what.as_str());
            }
        }
    }
    // what an application deploys tells more than that a cluster is registered
    served.values_mut().for_each(|by| by.sort_by_key(|asset| (asset.body.kind(), Arc::clone(&asset.id))));
    if deliveries.is_empty() {
        let what = format!("Argo CD applications and registrations of cluster {name}");
        unknown.say("serves", Reason::NotInInventory, what.as_str());
        unknown.say("environments", Reason::NotInInventory, what);
    }
    served.entry(Target { cluster: Arc::clone(name), at: own }).or_default();
    let mut fact = Management {
        runs_argo_cd: delivering.is_some(),
        role: placement.role.as_deref().map(str::to_owned),
        serves: vec![],
        environments: vec![],
    };
    let mut environments: BTreeMap<String, Environment> = BTreeMap::new();
    let mut without = Vec::new();
    for (target, by) in &served {
        let is_own = target.cluster == *name && target.at == own;
        let border = if is_own { &placement.border } else { target.at.map(|at| &context.zones.of(at).border)? };
        if is_own && border.category == Category::SecurityImpacting {
            continue;
        }
        match &border.environment {
            Some(environment) => {
                let entry = environments.entry(environment.to_string()).or_insert_with(|| Environment {
                    name: environment.to_string(),
                    clusters: vec![],
                    in_scope: false,
                    by_id: by.first().map(|asset| asset.id.to_string()),
                });
                entry.clusters.push(target.cluster.to_string());
                entry.in_scope |= border.category.in_scope();
            }
            None => without.push(target.cluster.to_string()),
        }
        fact.serves.push(serve(target, border, is_own, by));
    }
    // which environment a cluster is in matters once there is another one
    if fact.serves.len() > 1 {
        for cluster in without {
            unknown.say("environments", Reason::NotInInventory, format!("environment of cluster {cluster}"));
        }
    }
    fact.environments = environments.into_values().collect();
    let id: Arc<str> = if EksCluster::of(&asset.body).is_some() { Arc::clone(&asset.id) } else { Arc::clone(name) };
    let place = Place { cluster: Some(Arc::clone(name)), namespace: None, ..asset.place.clone() };
    let about = Subject { place, ..declared::subject(&id, location(asset), placement.border.clone()) };
    Some(subject(MANAGEMENT, about, Derived::Management(Box::new(fact)), unknown))
}

fn serve(target: &Target, border: &Border, own: bool, by: &[&Asset]) -> Served {
    Served {
        cluster: target.cluster.to_string(),
        border: border.to_string(),
        zone: border.zone.to_string(),
        category: border.category,
        in_scope: border.category.in_scope(),
        own,
        by: by.iter().take(NAMED).map(|asset| format!("{} {}", asset.body.kind(), short_of(&asset.id))).collect(),
        by_id: by.first().map(|asset| asset.id.to_string()),
    }
}

/// Some object of a cluster that runs Argo CD.
fn anything_of(context: &Context<'_>, name: &Arc<str>) -> Option<usize> {
    context.inventory.assets().iter().position(|asset| asset.place.cluster.as_ref() == Some(name))
}
