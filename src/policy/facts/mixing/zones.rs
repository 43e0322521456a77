//! Whether a cluster holds namespaces in PCI DSS scope and others that are declared to be out of it.

use std::collections::BTreeMap;

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
    /// each other or its cluster is named in each of the zones that they say.
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
    let mut sides: BTreeMap<&str, Vec<&Member<'_>>> = BTreeMap::new();
    let (mut unlabelled, mut unclassified) = (Vec::new(), Vec::new());
    for member in members {
        if member.implied && !member.placement.assigned.zone {
            unlabelled.push(member);
            continue;
        }
        let border = &member.placement.border;
        let words = member.words("zone", Some(&*border.zone).filter(|_| border.is_classified()));
        if words.is_empty() && !member.itself {
            unclassified.push(member);
        }
        for (zone, named) in words {
            let side = sides.entry(zone).or_default();
            side.extend(Some(member).filter(|member| named && !member.itself));
        }
    }
    let category = |zone: &str| context.config.category(Some(zone));
    let side = |(zone, members): (&&str, &Vec<&Member<'_>>)| {
        let all: Vec<String> = members.iter().map(|member| member.name()).collect();
        Side {
            zone: (*zone).to_owned(),
            namespaces: names(all.iter().map(String::as_str)),
            ids: members.iter().take(NAMED).map(|member| member.asset.id.to_string()).collect(),
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
