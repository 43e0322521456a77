//! Documents of kind `gitops-policy`: whether an application tracks a policy of a live cluster.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::context::Context;
use super::super::document::{Reason, Unknown};
use crate::model::{Asset, Body, Delivery, kube_id, short_of};

/// A policy as it is in a cluster, seen from Git. Made for policies that were read from a cluster.
#[derive(Serialize, JsonSchema)]
pub(in crate::policy::facts) struct Tracking {
    /// `NetworkPolicy`, `AuthorizationPolicy` or `PeerAuthentication`.
    policy_kind: &'static str,
    /// Whether an Argo CD application tracks it and its manifest is in Git; left out where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracked: Option<bool>,
    /// The application.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Whether the application says that the manifest is gone and the policy still there.
    requires_pruning: bool,
    /// Applications that deploy to the cluster.
    applications: usize,
}

/// What a policy's metadata tells, with its API group and kind; none of anything else.
pub(in crate::policy::facts) fn delivery(body: &Body) -> Option<(&Delivery, &'static str, &'static str)> {
    match body {
        Body::NetworkPolicy(policy) => Some((&policy.delivery, "networking.k8s.io", "NetworkPolicy")),
        Body::AuthorizationPolicy(policy) => Some((&policy.delivery, "security.istio.io", "AuthorizationPolicy")),
        Body::PeerAuthentication(policy) => Some((&policy.delivery, "security.istio.io", "PeerAuthentication")),
        _ => None,
    }
}

/// Source: Argo CD, "Resource Tracking" and "Application Specification Reference" (`status.resources`).
pub(in crate::policy::facts) fn tracking(
    context: &Context<'_>,
    asset: &Asset,
    unknown: &mut Unknown,
) -> Option<Tracking> {
    let (delivery, group, kind) = delivery(&asset.body)?;
    let (cluster, namespace) = (asset.place.cluster.as_ref()?, asset.place.namespace.as_ref()?);
    let id = &*asset.id;
    let name = id.strip_prefix(&kube_id(cluster, namespace, kind, "")).unwrap_or(id);
    let gitops = context.gitops();
    let short = |at: &usize| context.inventory.assets().get(*at).map(|asset| short_of(&asset.id)).unwrap_or_default();
    let tracker = gitops.trackers.get(cluster);
    let key = (group.to_owned(), kind.to_owned(), namespace.to_string(), name.to_owned());
    let listed = tracker.and_then(|tracker| tracker.objects.get(&key));
    let mut fact = Tracking {
        policy_kind: kind,
        tracked: None,
        by: listed.map(|(at, _)| short(at)),
        requires_pruning: listed.is_some_and(|(_, pruning)| *pruning),
        applications: tracker.map_or(0, |tracker| tracker.applications.len()),
    };
    let mut not_known = |reason: Reason, what: String| unknown.say("tracked", reason, what);
    if let Some((_, pruning)) = listed {
        fact.tracked = Some(!pruning);
    } else if let Some(owner) = &delivery.owner {
        // what a controller made is as good as what it made it from
        not_known(Reason::NotInInventory, owner.clone());
    } else if let Some(tracker) = tracker {
        let marked = delivery.mark.as_deref().and_then(|mark| {
            let application = application_of(mark, &format!("{group}/{kind}:{namespace}/{name}"))?;
            tracker.applications.iter().find(|at| short(at).rsplit('/').next() == Some(application))
        });
        match marked {
            // its application's status was not read: the mark is all there is to go by
            Some(at) if tracker.silent.contains(at) => (fact.tracked, fact.by) = (Some(true), Some(short(at))),
            Some(at) => not_known(Reason::Ambiguous, format!("its tracking mark, application {}", short(at))),
            None if !tracker.silent.is_empty() => {
                tracker.silent.iter().for_each(|at| {
                    not_known(Reason::EntriesNotCollected, format!("status of application {}", short(at)))
                });
            }
            None if !gitops.astray.is_empty() => {
                gitops
                    .astray
                    .iter()
                    .for_each(|name| not_known(Reason::NotInInventory, format!("destination of application {name}")));
            }
            None => fact.tracked = Some(false),
        }
    } else {
        not_known(Reason::NotInInventory, format!("Argo CD applications that deploy to cluster {cluster}"));
    }
    Some(fact)
}

/// The application that a mark names. An annotation names its object too: one that was copied names another. In
/// annotations an application of another namespace than Argo CD's is `namespace_name`.
fn application_of<'m>(mark: &'m str, object: &str) -> Option<&'m str> {
    let application = match mark.split_once(':') {
        Some((application, named)) => (named == object).then_some(application)?,
        None => mark,
    };
    Some(application.rsplit('_').next().unwrap_or(application))
}

#[cfg(test)]
mod tests {
    use super::application_of;

    #[test]
    fn a_mark_that_was_copied_names_no_application() {
        let object = "networking.k8s.io/NetworkPolicy:cards/default-deny";
        assert_eq!(application_of("wallet:networking.k8s.io/NetworkPolicy:cards/default-deny", object), Some("wallet"));
        assert_eq!(
            application_of("team_wallet:networking.k8s.io/NetworkPolicy:cards/default-deny", object),
            Some("wallet")
        );
        assert_eq!(application_of("wallet:networking.k8s.io/NetworkPolicy:cards/other", object), None);
        assert_eq!(application_of("wallet", object), Some("wallet"));
    }
}
