//! Relays: what takes a connection and opens another one, so that two ends meet that no packet joins.
//!
//! Load balancers are followed from listener to target. Any action, weight or condition of a listener is a way that may
//! be taken; sure is only what a listener's default action forwards, with a weight, to a healthy target. Entrances of AWS
//! services that have no model (Global Accelerator, VPC Lattice …) are interfaces from which anything may come.
//!
//! Sources: Elastic Load Balancing, "Listeners", "Target groups: client IP preservation"; Global Accelerator, "Secure VPC
//! connections"; CloudFront, "Restrict access with VPC origins".

use super::band::Band;
use super::decide::any_port;
use super::ends::End;
use super::network::{Network, short};
use super::query::{Found, Verdict};
use super::way::{Hop, Point};
use crate::model::{
    Asset, Connections, Direction, Forward, Listener, ListenerRule, LoadBalancer, Protocol, Target, TargetGroup,
    VpcEndpoint, VpcEndpointService,
};

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
    "quicksight",
    "rds",
    "redshift",
    "route53-resolver",
    "sagemaker",
    "transit-gateway",
    "vpc-endpoint",
    "workspaces",
];

/// A way from a listener to a target.
#[derive(Debug, Clone)]
struct Edge<'a> {
    listener: Option<&'a Asset>,
    /// What clients of the load balancer use.
    client: Connections,
    /// What it uses towards the target.
    target: Connections,
    /// Whether it surely forwards there.
    sure: bool,
}

/// A load balancer that a source may reach.
struct Reached<'a> {
    balancer: &'a Asset,
    body: &'a LoadBalancer,
    doors: Vec<usize>,
}

impl<'a> Network<'a> {
    /// What load balancers let from a source to a destination.
    pub(super) fn over_balancers(&self, src: &End, dst: &End, asked: &Connections) -> Vec<Found> {
        let End::Interfaces(targets) = dst else { return vec![] };
        let mut found = Vec::new();
        for (_, balancer, body) in self.inventory.of::<LoadBalancer>() {
            let reached = Reached { balancer, body, doors: self.of_asset(balancer) };
            if reached.doors.iter().any(|door| targets.contains(door)) {
                continue;
            }
            for edge in self.edges(&reached, targets) {
                found.extend(self.over_edge(src, dst, asked, &reached, &edge));
            }
        }
        found
    }

    /// Both connections of a way over a load balancer; none if one of them is shown not to pass.
    fn over_edge(&self, src: &End, dst: &End, asked: &Connections, at: &Reached<'_>, edge: &Edge<'_>) -> Option<Found> {
        let client = edge.client.intersect(asked);
        if client.is_empty() {
            return None;
        }
        if at.doors.is_empty() {
            let why = "forwards to it; its own interfaces were not collected".to_owned();
            let hop = Hop { at: at.balancer.id.to_string(), by: String::new(), why };
            return Some(Found { verdict: Verdict::Unknown, connections: client, hops: vec![hop] });
        }
        let doors = End::Interfaces(at.doors.clone());
        let mut to = self.direct_answer(src, &doors, &client, &any_port());
        let private = self.over_endpoints(src, &client, at.balancer);
        let private = if private.verdict.outweighs(to.verdict) {
            to = private;
            true
        } else {
            false
        };
        let mut on = self.direct_answer(&doors, dst, &edge.target, &any_port());
        // what comes by PrivateLink bears the load balancer's own address
        if at.body.balancer_type == "network" && !private {
            on = self.with_client_address(src, dst, &edge.target, on);
        }
        let verdict = match (to.verdict, on.verdict) {
            (Verdict::Denied, _) | (_, Verdict::Denied) => return None,
            (Verdict::Allowed, Verdict::Allowed) if edge.sure => Verdict::Allowed,
            _ => Verdict::Unknown,
        };
        let why = match (edge.sure, verdict) {
            (true, _) => format!("forwards {} to {}", client.describe().join(", "), edge.target.describe().join(", ")),
            (false, _) => "may forward to it".to_owned(),
        };
        let by = edge.listener.map(|listener| listener.id.to_string()).unwrap_or_default();
        let relay = Hop { at: at.balancer.id.to_string(), by, why };
        let hops = to.hops.into_iter().chain([relay]).chain(on.hops).collect();
        Some(Found { verdict, connections: to.connections, hops })
    }

    /// What reaches a load balancer over PrivateLink, by the endpoints of its services.
    ///
    /// Source: AWS PrivateLink, "Share your services": consumers connect to an endpoint's interface, whose groups apply.
    fn over_endpoints(&self, src: &End, client: &Connections, balancer: &Asset) -> Found {
        let mut best = Found { verdict: Verdict::Denied, connections: Connections::default(), hops: vec![] };
        let services = self.inventory.of::<VpcEndpointService>();
        for (_, service, body) in services.filter(|(_, _, body)| body.balancers.iter().any(|b| **b == *balancer.id)) {
            let endpoints =
                self.inventory.of::<VpcEndpoint>().filter(|(_, _, endpoint)| endpoint.service == body.service);
            for (_, endpoint, state) in endpoints {
                let doors = End::Interfaces(self.of_asset(endpoint));
                let mut found = self.direct_answer(src, &doors, client, &any_port());
                let why = format!("leads to {}", service.id);
                found.hops.push(Hop { at: endpoint.id.to_string(), by: String::new(), why });
                // States: pendingAcceptance, available …; only the latter surely carries
                if state.state != "available" && found.verdict == Verdict::Allowed {
                    found.verdict = Verdict::Unknown;
                }
                if found.verdict.outweighs(best.verdict) {
                    best = found;
                }
            }
        }
        best
    }

    /// A network load balancer may keep the client's address, and then the target's groups see that one.
    fn with_client_address(&self, src: &End, dst: &End, target: &Connections, on: Found) -> Found {
        let mut seen = Band::shut();
        for (source, _) in self.points(src, dst, true).points {
            for (point, _) in self.points(dst, src, false).points {
                if let Point::Interface(at, _) = point {
                    let far = self.far(source, super::guards::Tri::Unknown);
                    seen = seen.or(&self.group_band(at, Direction::Ingress, &far));
                }
            }
        }
        let verdict = match on.verdict {
            Verdict::Allowed if !seen.must.intersect(target).is_empty() => Verdict::Allowed,
            Verdict::Denied if seen.may.intersect(target).is_empty() => Verdict::Denied,
            _ => Verdict::Unknown,
        };
        Found { verdict, ..on }
    }

    /// Ways of a load balancer to some interfaces.
    fn edges(&self, at: &Reached<'a>, targets: &[usize]) -> Vec<Edge<'a>> {
        let mut edges = Vec::new();
        let mut listeners = 0;
        for (_, asset, listener) in
            self.inventory.of::<Listener>().filter(|(_, _, l)| *l.load_balancer == *at.balancer.id)
        {
            listeners += 1;
            let client = listening(listener);
            let only = listener.forwards.len() == 1;
            for Forward { target_group, weight } in &listener.forwards {
                edges.extend(self.to_targets(asset, &client, target_group, only && *weight > 0, targets));
            }
            let rules = self.inventory.of::<ListenerRule>().filter(|(_, _, rule)| *rule.listener == *asset.id);
            for forward in rules.flat_map(|(_, _, rule)| &rule.forwards) {
                edges.extend(self.to_targets(asset, &client, &forward.target_group, false, targets));
            }
        }
        // what its listeners do was not collected: its target groups may tell that it forwards
        if listeners == 0 {
            for (_, asset, group) in self.inventory.of::<TargetGroup>() {
                if group.balancers.iter().any(|balancer| **balancer == *at.balancer.id) {
                    let ways = self.to_targets(asset, &Connections::all(), &asset.id, false, targets);
                    edges.extend(ways.into_iter().map(|edge| Edge { listener: None, ..edge }));
                }
            }
        }
        edges
    }

    /// Ways into those of some interfaces that are targets of a group, straight or over a load balancer that is.
    fn to_targets(
        &self,
        listener: &'a Asset,
        client: &Connections,
        group: &str,
        sure: bool,
        targets: &[usize],
    ) -> Vec<Edge<'a>> {
        let edge =
            |target: Connections, sure: bool| Edge { listener: Some(listener), client: client.clone(), target, sure };
        let Some((_, _, body)) = self.inventory.find::<TargetGroup>(group) else {
            return vec![edge(Connections::all(), false)];
        };
        if !body.targets_known {
            let opened = body.port.map_or_else(Connections::all, |port| spoken(&body.protocol, port));
            return vec![edge(opened, false)];
        }
        let own = self.inventory.of::<Target>().filter(|(_, _, target)| target.target_group == group);
        let mut edges = Vec::new();
        for (_, _, target) in own {
            let is = targets.iter().filter_map(|at| self.interfaces.get(*at)).any(|interface| {
                interface.instance == Some(target.target.as_str())
                    || interface.private.iter().any(|address| address.to_string() == target.target)
            });
            let opened = target.port.or(body.port).map_or_else(Connections::all, |port| spoken(&body.protocol, port));
            if is {
                edges.push(edge(opened, sure && target.health == "healthy"));
            } else if self.forwards_on(&target.target, targets) {
                // a load balancer behind a load balancer
                edges.push(edge(Connections::all(), false));
            }
        }
        edges
    }

    /// Whether a target is a load balancer with one of these among its own targets, or one of which that is not known.
    fn forwards_on(&self, target: &str, targets: &[usize]) -> bool {
        if !target.contains(":loadbalancer/") {
            return false;
        }
        let Some((_, balancer, body)) = self.inventory.find::<LoadBalancer>(target) else { return true };
        // an application load balancer forwards to no further load balancer
        body.balancer_type != "application"
            || !self.edges(&Reached { balancer, body, doors: vec![] }, targets).is_empty()
    }

    /// Entrances of services without a model from which a destination may be reached.
    pub(super) fn over_entrances(&self, src: &End, dst: &End, asked: &Connections) -> Vec<Found> {
        let own =
            |at: usize| [src, dst].into_iter().any(|end| matches!(end, End::Interfaces(all) if all.contains(&at)));
        let mut found = Vec::new();
        for (at, interface) in self.interfaces.iter().enumerate() {
            let Some(service) = interface.service.filter(|service| !NO_ENTRANCES.contains(service)) else { continue };
            if own(at) {
                continue;
            }
            let on = self.direct_answer(&End::Interfaces(vec![at]), dst, asked, &any_port());
            if on.verdict != Verdict::Denied {
                let why = format!("an interface of {service}, from which anything may come");
                let hop = Hop { at: short(interface.asset).to_owned(), by: String::new(), why };
                let hops = [hop].into_iter().chain(on.hops).collect();
                found.push(Found { verdict: Verdict::Unknown, connections: on.connections, hops });
            }
        }
        found
    }

    /// Which connections listeners of a load balancer take, if the interfaces are one's; none if they are not known.
    pub(super) fn listens(&self, end: &End) -> Option<Band> {
        let End::Interfaces(all) = end else { return None };
        let mut balancers = self.inventory.of::<LoadBalancer>();
        let (_, balancer, _) = balancers.find(|(_, asset, _)| {
            let doors = self.of_asset(asset);
            !doors.is_empty() && all.iter().all(|at| doors.contains(at))
        })?;
        let own = self.inventory.of::<Listener>().filter(|(_, _, listener)| *listener.load_balancer == *balancer.id);
        let sets: Vec<Connections> = own.map(|(_, _, listener)| listening(listener)).collect();
        if sets.is_empty() {
            return Some(Band::unknown());
        }
        Some(Band::exactly(sets.iter().fold(Connections::default(), |all, one| all.union(one))))
    }
}

/// What a listener takes.
fn listening(listener: &Listener) -> Connections {
    listener.port.map_or_else(Connections::all, |port| spoken(&listener.protocol, port))
}

/// A port of the protocol under one of Elastic Load Balancing's.
fn spoken(protocol: &str, port: u16) -> Connections {
    let of = |protocol| Connections::ports(protocol, port, port);
    match protocol {
        "UDP" | "QUIC" => of(Protocol::UDP),
        "TCP_UDP" | "TCP_QUIC" | "GENEVE" => of(Protocol::TCP).union(&of(Protocol::UDP)),
        _ => of(Protocol::TCP),
    }
}
