//! What load balancers lead to: targets, the interfaces that bear their addresses, and the clusters that those are of.

use std::net::IpAddr;

use super::{Bearer, Context, node_cluster};
use crate::config::Matcher;
use crate::model::{Instance, Kind, LoadBalancer, NetworkInterface, Target, TargetGroup};
use crate::policy::facts::elb::borders_of;

impl Context<'_> {
    /// The interface that bears an address in a VPC, as its own or from a prefix that is delegated to it.
    ///
    /// Source: Amazon EKS User Guide, "Assign more IP addresses to Amazon EKS nodes with prefixes".
    pub(in crate::policy::facts) fn interface_at(&self, vpc: &str, address: IpAddr) -> Option<usize> {
        let own = self.interface_by_address.get(&(vpc.to_owned(), address)).copied();
        let delegated = || self.prefixes.get(vpc)?.iter().find(|(net, _)| net.contains(&address)).map(|(_, at)| *at);
        own.or_else(delegated)
    }

    /// The cluster of one target, if it is of one; nothing where that is not known. Pods bear addresses of their node's
    /// interfaces (Amazon EKS User Guide, "Assign IPs to Pods with the Amazon VPC CNI").
    pub(in crate::policy::facts) fn cluster_of_target(
        &self,
        group: &TargetGroup,
        target: &Target,
    ) -> Option<Option<String>> {
        match group.target_type.as_str() {
            "instance" => {
                let (_, instance, _) = self.inventory.find::<Instance>(&target.target)?;
                return Some(node_cluster(instance));
            }
            // a function runs in no cluster; what stands behind a second load balancer is not followed
            "lambda" => return Some(None),
            "ip" => {}
            _ => return None,
        }
        let at = self.interface_at(group.vpc.as_deref()?, target.target.parse().ok()?)?;
        let asset = self.inventory.assets().get(at)?;
        let interface = NetworkInterface::of(&asset.body)?;
        match interface.instance.as_deref() {
            // an interface may outlive what was read of its instance
            Some(id) => Some(node_cluster(self.inventory.find::<Instance>(id)?.1).or_else(|| node_cluster(asset))),
            // what it is attached to may not have been told
            None => node_cluster(asset).map(Some),
        }
    }

    /// Whether all that a load balancer forwards to behind its own border is known, and runs in clusters that fit a
    /// pattern and have such a namespace. Addresses tell no more: which of a node's pods a target is, nobody says. What
    /// lies behind another border is a crossing of its own.
    pub(in crate::policy::facts) fn leads_into(&self, balancer: &str, matcher: &Matcher) -> bool {
        let Some((at, ..)) = self.inventory.find::<LoadBalancer>(balancer) else { return false };
        let border = &self.zones.of(at).border;
        let mut any = false;
        for (id, routes) in &self.routes {
            if !routes.iter().any(|route| route.balancer == balancer) {
                continue;
            }
            let Some((_, _, group)) =
                self.inventory.find::<TargetGroup>(id).filter(|(_, _, group)| group.targets_known)
            else {
                return false;
            };
            let targets = self.targets.get(id).into_iter().flatten();
            for target in targets.filter_map(|at| Target::of(&self.inventory.assets().get(*at)?.body)) {
                let stands = borders_of(self, group, target);
                if !stands.is_empty() && stands.iter().all(|stands| stands.crosses(border)) {
                    continue;
                }
                let cluster = self.cluster_of_target(group, target).flatten();
                if !cluster.is_some_and(|cluster| self.runs(&cluster, matcher)) {
                    return false;
                }
                any = true;
            }
        }
        any
    }

    /// Whether an interface's bearer lies in an end that names a cluster, namespace or workload.
    pub(in crate::policy::facts) fn is_inside(&self, bearer: &Bearer, id: &str, matcher: &Matcher) -> bool {
        match bearer {
            Bearer::LoadBalancer => self.leads_into(id, matcher),
            // addresses do not tell workloads apart: an approval for one holds for the nodes that may run it
            Bearer::Node(cluster) => self.runs(cluster, matcher),
            Bearer::Other => false,
        }
    }
}
