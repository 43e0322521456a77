//! Services: whether what was read of them is what their cluster holds.

use super::document::{Of, Reason, Unknown};
use crate::model::Service;

/// Whether a service says what its cluster holds: it was read from there, or the cluster's services were listed.
pub(super) fn current(of: &Of<'_, Service>, unknown: &mut Unknown) -> bool {
    let Of { context, asset, body: service, .. } = *of;
    let current = service.delivery.live || context.listed::<Service>(&asset.place);
    if !current {
        // somebody may have given the one in the cluster addresses that its manifest does not name
        let cluster = asset.place.cluster.as_deref().unwrap_or_default();
        unknown.say("asset.external_ips", Reason::EntriesNotCollected, format!("Services of {cluster}"));
    }
    current
}
