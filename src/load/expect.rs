//! What was expected and of which nothing was read.

use std::collections::BTreeSet;

use crate::model::{Asset, Body, Gap, GapReason, Inventory};

/// Records a coverage gap for each account and cluster that was expected and of which nothing was read. An account or
/// Region that others only name is nothing that was read of it.
pub fn expect(inventory: &mut Inventory, accounts: &[String], clusters: &[String]) {
    let assets = inventory.assets();
    let read: BTreeSet<&str> = assets.iter().filter(|asset| is_aws(asset)).filter_map(account).collect();
    let kube: BTreeSet<&str> = assets.iter().filter(|asset| !is_aws(asset)).filter_map(cluster).collect();
    let mut gaps = Vec::new();
    for account in accounts.iter().filter(|account| !read.contains(account.as_str())) {
        gaps.push(missing(format!("account {account}"), "an expected account", "collect it, or remove it from"));
    }
    for cluster in clusters.iter().filter(|cluster| !kube.contains(cluster.as_str())) {
        gaps.push(missing(
            format!("cluster {cluster}"),
            "an expected cluster",
            "collect its objects, or remove it from",
        ));
    }
    inventory.coverage.gaps.extend(gaps);
    inventory.coverage.gaps.sort();
    inventory.coverage.gaps.dedup();
}

fn missing(what: String, which: &str, mend: &str) -> Gap {
    Gap {
        what,
        reason: GapReason::NotCollected,
        detail: format!("{which} of which nothing was read"),
        mend: format!("{mend} `sources.expect`"),
        at: None,
    }
}

fn is_aws(asset: &Asset) -> bool {
    asset.id.starts_with("arn:")
}

fn account(asset: &Asset) -> Option<&str> {
    let named = matches!(asset.body, Body::Account(_) | Body::Region(_));
    asset.place.account.as_deref().filter(|_| !named)
}

fn cluster(asset: &Asset) -> Option<&str> {
    asset.place.cluster.as_deref()
}
