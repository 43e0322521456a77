//! Entrances of AWS services that have no model (Global Accelerator, VPC Lattice …): interfaces from which anything may come.
//!
//! Sources: Global Accelerator, "Secure VPC connections", "Client IP address preservation"; CloudFront, "Restrict access
//! with VPC origins".

use super::decide::any_port;
use super::ends::End;
use super::guards::{Far, Tri};
use super::listeners::{Reached, Targets};
use super::network::{Network, short};
use super::query::{Found, Verdict};
use super::way::Hop;
use crate::model::{Connections, Direction, Kind, LoadBalancer, NetworkInterface, VpcEndpoint, VpcEndpointService};

/// Services whose interfaces begin no connection for a client of theirs: stores, what is followed as a relay or a route
/// of its own, and computing, which is an end itself.
const NO_ENTRANCES: &[&str] = &[
    "codebuild",
    "dax",
    "directory-service",
    "dms",
    "ecs",
    "efs",
    "eks-control-plane",
    "elasticache",
    "fsx",
    "glue",
    "lambda",
    "load-balancer",
    "memorydb",
    "mq",
    "msk",
    "nat-gateway",
    "opensearch",
    "rds",
    "redshift",
    "sagemaker",
    "transit-gateway",
    "vpc-endpoint",
    "workspaces",
];

impl<'a> Network<'a> {
    /// Entrances of services without a model from which a destination may be reached, straight or over load balancers.
    pub(super) fn over_entrances(&self, src: &End, dst: &End, asked: &Connections) -> Vec<Found> {
        // who may send nothing has no use for an entrance
        let anywhere = Far { address: None, groups: None, referral: Tri::Unknown, over: None };
        let silent = |at: &usize| self.group_band(*at, Direction::Egress, &anywhere).may.is_empty();
        if matches!(src, End::Interfaces(all) if all.iter().all(silent)) {
            return vec![];
        }
        let (sources, targets) = (self.bearers(src), self.bearers(dst));
        let mut found = Vec::new();
        for (at, interface) in self.interfaces.iter().enumerate() {
            let Some(service) = interface.service.filter(|service| self.is_entrance(at, service)) else { continue };
            if sources.contains(&at) || targets.contains(&at) {
                continue;
            }
            let entrance = End::Interfaces(vec![at]);
            let mut ways = vec![self.direct_answer(&entrance, dst, asked, &any_port())];
            ways.extend(self.over_balancers(&entrance, dst, asked, &any_port()));
            let why = format!("an interface of {service}, from which anything may come");
            let hop = Hop { at: short(interface.asset).to_owned(), by: String::new(), why };
            if let Some(on) = ways.into_iter().find(|way| way.verdict != Verdict::Denied) {
                let hops = [hop].into_iter().chain(on.hops).collect();
                found.push(Found { verdict: Verdict::Unknown, connections: on.connections, hops });
                continue;
            }
            // it may keep the client's address, which the groups of what lies in its VPC then see
            let sent = self.group_band(at, Direction::Egress, &anywhere).may.intersect(asked);
            let near =
                |all: &[usize]| all.iter().filter_map(|at| self.interfaces.get(*at)).any(|i| i.vpc == interface.vpc);
            let kept = |end: &End| self.seen_from(src, &entrance, end).may.intersect(&sent);
            let straight = if near(&targets) { kept(dst) } else { Connections::default() };
            let seen = self
                .doors_to(dst)
                .into_iter()
                .filter(|doors| near(doors))
                .fold(straight, |seen, doors| seen.union(&kept(&End::Interfaces(doors))));
            if !seen.is_empty() {
                found.push(Found { verdict: Verdict::Unknown, connections: seen, hops: vec![hop] });
            }
        }
        found.extend(self.not_collected(dst, asked));
        found.extend(self.over_managed_service(src, dst, asked));
        found
    }

    /// Endpoints of a service that is in none of the sources: it may be the destination's own, where AWS manages that.
    ///
    /// Source: Amazon Redshift, "Redshift-managed VPC endpoints"; Amazon MSK, "Multi-VPC private connectivity".
    fn over_managed_service(&self, src: &End, dst: &End, asked: &Connections) -> Option<Found> {
        let managed = |at: &usize| self.interfaces.get(*at).is_some_and(|interface| interface.service.is_some());
        if !self.bearers(dst).iter().any(managed) {
            return None;
        }
        let known =
            |name: &str| self.inventory.of::<VpcEndpointService>().any(|(_, _, service)| service.service == name);
        let foreign = self.inventory.of::<VpcEndpoint>().filter(|(_, _, endpoint)| {
            endpoint.service.starts_with("com.amazonaws.vpce.") && !known(&endpoint.service)
        });
        foreign.into_iter().find_map(|(_, endpoint, body)| {
            let to = self.direct_answer(src, &End::Interfaces(self.of_asset(endpoint)), asked, &any_port());
            (to.verdict != Verdict::Denied).then(|| {
                let why =
                    format!("leads to {}, which is in none of the sources and may be the destination's", body.service);
                let hop = Hop { at: endpoint.id.to_string(), by: String::new(), why };
                let hops = to.hops.into_iter().chain([hop]).collect();
                Found { verdict: Verdict::Unknown, connections: to.connections, hops }
            })
        })
    }

    /// Whether an interface of a service is an entrance: also one of a load balancer that was not collected.
    pub(super) fn is_entrance(&self, at: usize, service: &str) -> bool {
        match service {
            "load-balancer" => self.balancer_of(at).is_none(),
            _ => !NO_ENTRANCES.contains(&service),
        }
    }

    /// Interfaces of load balancers that may forward to a destination, one list each.
    fn doors_to(&self, dst: &End) -> Vec<Vec<usize>> {
        let targets = Targets { interfaces: self.bearers(dst), addresses: None };
        let all = self.inventory.of::<LoadBalancer>().map(|(_, balancer, body)| {
            let reached = Reached { balancer, body, doors: self.of_asset(balancer) };
            if self.edges(&reached, &targets).is_empty() { vec![] } else { reached.doors }
        });
        all.filter(|doors| !doors.is_empty()).collect()
    }

    /// Where interfaces were not collected, entrances were not either, and something may let them in.
    fn not_collected(&self, dst: &End, asked: &Connections) -> Option<Found> {
        let open = self.bearers(dst).into_iter().find_map(|at| {
            let interface = self.interfaces.get(at)?;
            let subnet = self.subnets.get(interface.subnet);
            let place = subnet.map_or(&interface.asset.place, |subnet| &subnet.asset.place);
            let listed = self.inventory.coverage.is_listed(NetworkInterface::NAME, place);
            let anyone = Far { address: None, groups: None, referral: Tri::Unknown, over: None };
            let open = self.group_band(at, Direction::Ingress, &anyone).may.intersect(asked);
            (!listed && !open.is_empty()).then_some((interface, open))
        });
        open.map(|(interface, connections)| {
            let why =
                "interfaces were not collected, and so no entrances of services: any of them may lead here".to_owned();
            let hops = vec![Hop { at: interface.asset.id.to_string(), by: String::new(), why }];
            Found { verdict: Verdict::Unknown, connections, hops }
        })
    }

    /// Control planes from which a destination may be reached, by name: what they do for their clients is no network path.
    pub(super) fn control_planes(&self, dst: &End, asked: &Connections) -> Vec<&'a str> {
        let all = self.interfaces.iter().enumerate().filter(|(_, i)| i.service == Some("eks-control-plane"));
        let reaches = |at: usize| {
            let answer = self.direct_answer(&End::Interfaces(vec![at]), dst, asked, &any_port());
            answer.verdict != Verdict::Denied
        };
        let mut names: Vec<&str> = all.filter(|(at, _)| reaches(*at)).map(|(_, i)| short(i.asset)).collect();
        names.sort_unstable();
        names
    }
}
