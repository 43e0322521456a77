//! What stands inside of a VPC or cluster, joined when it is first asked for.

use std::sync::Arc;

use super::Context;
use crate::policy::facts::{enforcement, mixing};
use crate::reach::Enforcer;

impl Context<'_> {
    /// Subnets, instances and EKS clusters of a VPC, as places in the inventory.
    pub(in crate::policy::facts) fn environment_bearers(&self, vpc: &str) -> &[usize] {
        self.environment_bearers.get_or_init(|| mixing::bearers(self.inventory)).get(vpc).map_or(&[], Vec::as_slice)
    }

    /// What enforces NetworkPolicies in a cluster.
    pub(in crate::policy::facts) fn enforcer(&self, cluster: &Arc<str>) -> &Enforcer {
        self.enforcers.get_or_init(|| enforcement::of_clusters(self)).get(cluster).unwrap_or(&Enforcer::NotRead)
    }
}
