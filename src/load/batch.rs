//! What one file gave: assets, pieces that other files complete, gaps and skipped names.

use std::sync::Arc;

use ipnet::IpNet;

use super::files::Found;
use crate::model::{AccessPolicy, Asset, Body, Coverage, Gap, GapReason, Origin, Place, Route, Spot, Tags, Workload};

/// Something that belongs to an asset of maybe another file.
pub(super) enum Piece {
    /// Tags by ARN (`elbv2 describe-tags`) or account id.
    Tags(String, Tags),
    /// A rule as a group states it inline; dropped where the same rule is listed with an id of its own.
    InlineRule(Box<Asset>),
    /// The blocks of a prefix list.
    PrefixEntries(String, Vec<IpNet>),
    /// Static routes of a transit-gateway route table.
    TransitRoutes(String, Vec<Route>),
    /// Attachments that propagate into a transit-gateway route table.
    TransitPropagations(String, Vec<String>),
    /// A transit-gateway attachment as one of the two calls tells it; each knows what the other does not.
    Attachment(Box<Asset>),
    /// The targets of a target group were listed, whether or not there are any.
    TargetsListed(String),
    /// The access policies of a cluster's principal, by the names of both.
    AccessPolicies(String, String, Vec<AccessPolicy>),
    /// An answer under this key that says whether more pages follow, and where.
    Page(String, bool, Spot),
    /// A running pod, as the workload that owns it.
    Pod(Box<Asset>),
    /// An object that a controller of this id made (a Deployment's ReplicaSet, a CronJob's Job): folded into it if it
    /// was read, an asset of its own if not.
    Owned(Box<Asset>, String),
}

/// What one file gave.
pub(super) struct Batch {
    /// The file, as findings show it.
    pub file: Arc<str>,
    /// Account, Region and cluster that the path names.
    pub place: Place,
    pub assets: Vec<Asset>,
    pub pieces: Vec<Piece>,
    pub coverage: Coverage,
}

impl Batch {
    pub fn new(file: &Found, cluster: Option<&str>) -> Self {
        let mut place = place_of(&file.shown);
        if place.cluster.is_none() {
            place.cluster = cluster.map(Arc::from);
        }
        Self { file: Arc::clone(&file.shown), place, assets: vec![], pieces: vec![], coverage: Coverage::default() }
    }

    /// The cluster of Kubernetes objects in this file.
    pub fn cluster(&self) -> Arc<str> {
        self.place.cluster.clone().unwrap_or_else(|| Arc::from("default"))
    }

    pub fn gap(&mut self, reason: GapReason, detail: String, mend: &str, at: Option<Spot>) {
        self.coverage.gaps.push(Gap { what: self.file.to_string(), reason, detail, mend: mend.to_owned(), at });
    }

    pub fn origin(&self, spot: Spot) -> Origin {
        Origin::File { file: Arc::clone(&self.file), line: spot.line, column: spot.column, fields: vec![] }
    }

    /// An asset of this file.
    pub fn asset(&self, id: String, spot: Spot, place: Place, tags: Tags, body: impl Into<Body>) -> Asset {
        Asset { id: id.into(), origin: self.origin(spot), place, tags, body: body.into() }
    }
}

impl Piece {
    /// The workload inside a pod or owned object.
    pub fn workload(asset: &mut Asset) -> Option<&mut Workload> {
        match &mut asset.body {
            Body::Workload(workload) => Some(workload),
            _ => None,
        }
    }
}

/// Account, Region and cluster from a path: `…/<account>/<region>/file`, `…/<region>/file`, `clusters/<name>/…`.
fn place_of(path: &str) -> Place {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = parts.get(..parts.len().saturating_sub(1)).unwrap_or_default();
    let account = folders.iter().rev().find(|part| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit()));
    let region = folders.iter().rev().find(|part| is_region(part));
    let cluster = folders
        .iter()
        .zip(folders.iter().skip(1))
        .rev()
        .find(|(folder, _)| **folder == "clusters")
        .map(|(_, name)| *name);
    Place {
        account: account.map(|text| Arc::from(*text)),
        region: region.map(|text| Arc::from(*text)),
        cluster: cluster.map(Arc::from),
        namespace: None,
    }
}

/// Whether a text has the form of a Region's name: `ap-northeast-2`, `us-gov-east-1`.
pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    (3..=4).contains(&parts.len())
        && parts.first().is_some_and(|part| part.len() == 2)
        && parts.last().is_some_and(|part| part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit()))
        && parts.iter().rev().skip(1).all(|part| part.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_account_region_and_cluster() {
        let place = place_of("estate/aws/111122223333/ap-northeast-2/vpcs.json");
        assert_eq!((place.account.as_deref(), place.region.as_deref()), (Some("111122223333"), Some("ap-northeast-2")));
        let place = place_of("x/clusters/wallet-a/wallet/app.yaml");
        assert_eq!(place.cluster.as_deref(), Some("wallet-a"));
        let place = place_of("not-an-account/us-gov-east-1/v.json");
        assert_eq!((place.account, place.region.as_deref()), (None, Some("us-gov-east-1")));
        assert!(!is_region("pci-prod-vpc") && !is_region("aws-cli-2x"));
    }
}
