//! What the configuration says of the estate beside zones and flows: stores, networks, clusters, what must be there.

use ipnet::IpNet;
use jiff::civil::Date;

use crate::model::Spot;

/// Stores that hold cardholder data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// `rds`, `elasticache`, `msk`, `opensearch`, `efs`, `redshift`, `mq`, `dynamodb` or `s3`.
    pub service: String,
    /// Pattern over the store's name.
    pub pattern: String,
}

/// A network behind a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The gateway's id.
    pub via: String,
    /// Blocks that are reached through it.
    pub routes: Vec<IpNet>,
    /// Who answers for it.
    pub owner: String,
    /// When it was last compared with what the routers say.
    pub reviewed: Date,
    /// Where it stands.
    pub spot: Spot,
}

/// What is expected of clusters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clusters {
    /// Months after a version's release on EKS within which clusters have moved on from it.
    pub upgrade_within_months: u32,
    /// Clusters that do one job together; a cluster is in at most one.
    pub groups: Vec<ClusterGroup>,
}

/// Clusters that do one job together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterGroup {
    /// Its name.
    pub name: String,
    /// Names of the clusters.
    pub members: Vec<String>,
    /// Whether it serves.
    pub state: GroupState,
    /// Where it stands.
    pub spot: Spot,
}

/// Whether a group of clusters serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// All members serve, or may at any moment.
    Active,
    /// A member is being built.
    Building,
    /// A member is being taken out of service.
    Draining,
}

impl GroupState {
    /// Their names.
    pub const NAMES: [(&'static str, Self); 3] =
        [("active", Self::Active), ("building", Self::Building), ("draining", Self::Draining)];
}

/// What must be among what was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expect {
    /// AWS account ids.
    pub accounts: Vec<String>,
    /// Names of clusters.
    pub clusters: Vec<String>,
    /// Where they stand; none where nothing is expected.
    pub spot: Option<Spot>,
}
