//! Whether a cluster holds namespaces in PCI DSS scope and others that are declared to be out of it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::Member;
use crate::config::Category;
use crate::policy::facts::context::{Context, NAMED, names};
use crate::policy::facts::document::{Reason, Unknown};

/// Zones of a cluster's namespaces and of the cluster itself.
#[derive(Serialize, JsonSchema)]
pub(super) struct Zones {
    /// Whether some are in PCI DSS scope and others out of it.
    mixed: bool,
    /// Zones in scope.
    inside: Vec<Side>,
    /// Zones out of scope, external ones among them.
    outside: Vec<Side>,
    /// The zone of the cluster itself; left out where AWS does not tell of it, or it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<String>,
}

/// One zone.
#[derive(Serialize, JsonSchema)]
struct Side {
    zone: String,
    /// Its namespaces, some by name; none where only the cluster itself is in it. A namespace whose labels contradict
    /// each other or its cluster stands in each of the zones that it is said to be in.
    namespaces: Vec<String>,
    /// Ids of some of them.
    ids: Vec<String>,
}

/// The zones of a cluster's members. `unread` says why its namespaces are not all known.
pub(super) fn of_cluster(
    members: &[Member<'_>],
    unread: Option<&(Reason, String)>,
    context: &Context<'_>,
    unknown: &mut Unknown,
) -> Zones {
    let mut sides: BTreeMap<String, Vec<&Member<'_>>> = BTreeMap::new();
    let (mut unlabelled, mut unclassified) = (Vec::new(), Vec::new());
    for member in members {
        if member.implied && !member.placement.assigned.zone {
            unlabelled.push(member);
            continue;
        }
        let border = &member.placement.border;
        let mut zones: BTreeSet<&str> = member.contradictions("zone").collect();
        match border.is_classified() {
            true => _ = zones.insert(&border.zone),
            false if zones.is_empty() && !member.itself => unclassified.push(member),
            false => {}
        }
        for zone in zones {
            sides.entry(zone.to_owned()).or_default().push(member);
        }
    }
    let category = |zone: &str| context.config.category(Some(zone));
    let side = |(zone, members): (&String, &Vec<&Member<'_>>)| {
        let namespaces = || members.iter().filter(|member| !member.itself);
        let all: Vec<String> = namespaces().map(|member| member.name()).collect();
        Side {
            zone: zone.clone(),
            namespaces: names(all.iter().map(String::as_str)),
            ids: namespaces().take(NAMED).map(|member| member.asset.id.to_string()).collect(),
        }
    };
    let of = |wanted: &dyn Fn(Category) -> bool| -> Vec<Side> {
        sides.iter().filter(|(zone, _)| wanted(category(zone))).map(side).collect()
    };
    let inside = of(&|category| category.in_scope());
    let outside = of(&|category| matches!(category, Category::OutOfScope | Category::External));
    let mut say = |reason, about: String| unknown.say("zones.mixed", reason, about);
    if let Some((reason, about)) = unread {
        say(*reason, about.clone());
    }
    // the label of a namespace that was not read may say anything: against what is known, or against one like it
    if unlabelled.len() > 1 || !(inside.is_empty() && outside.is_empty()) {
        unlabelled.iter().take(1).for_each(|member| say(Reason::LabelsNotCollected, member.asset.id.to_string()));
    }
    // what has no zone is untrusted, and nobody says that it belongs beside what is in scope
    if !inside.is_empty() {
        for member in unclassified.iter().take(1) {
            say(Reason::NotInInventory, format!("zone of namespace {}", member.name()));
        }
    }
    let own = members.iter().find(|member| member.itself && member.placement.border.is_classified());
    Zones {
        mixed: !inside.is_empty() && !outside.is_empty(),
        inside,
        outside,
        own: own.map(|member| member.placement.border.zone.to_string()),
    }
}
