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
use super::guards::{Far, Tri};
use super::network::{Interface, Network, short};
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
    "rds",
    "redshift",
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

/// More load balancers behind one another than any sane estate has.
const CHAIN: usize = 3;

impl<'a> Network<'a> {
    /// What load balancers let from a source to a destination.
    pub(super) fn over_balancers(&self, src: &End, dst: &End, asked: &Connections) -> Vec<Found> {
        self.over_chain(src, dst, asked, &Connections::all(), CHAIN)
    }

    /// What load balancers let from a source that uses some connections to a destination that takes others.
    fn over_chain(&self, src: &End, dst: &End, asked: &Connections, takes: &Connections, links: usize) -> Vec<Found> {
        let targets = self.bearers(dst);
        let mut found = Vec::new();
        for (_, balancer, body) in self.inventory.of::<LoadBalancer>() {
            let reached = Reached { balancer, body, doors: self.of_asset(balancer) };
            if reached.doors.iter().any(|door| targets.contains(door)) {
                continue;
            }
            for mut edge in self.edges(&reached, &targets) {
                edge.target = edge.target.intersect(takes);
                if edge.target.is_empty() {
                    continue;
                }
                found.extend(self.over_edge(src, dst, asked, &reached, &edge, links));
            }
        }
        found
    }

    /// Interfaces of an end, by number.
    fn bearers(&self, end: &End) -> Vec<usize> {
        match end {
            End::Interfaces(all) => all.clone(),
            End::Internet => vec![],
            End::Addresses(set) => {
                let all = self.interfaces.iter().enumerate();
                let bears = |i: &Interface<'_>| i.private.iter().chain(i.public).any(|address| set.contains(*address));
                all.filter(|(_, interface)| bears(interface)).map(|(at, _)| at).collect()
            }
        }
    }

    /// Both connections of a way over a load balancer; none if one of them is shown not to pass.
    fn over_edge(
        &self,
        src: &End,
        dst: &End,
        asked: &Connections,
        at: &Reached<'_>,
        edge: &Edge<'_>,
        links: usize,
    ) -> Option<Found> {
        let client = edge.client.intersect(asked);
        if at.doors.is_empty() || links == 0 {
            let why = "forwards to it; how it is reached itself is not known".to_owned();
            let hop = Hop { at: at.balancer.id.to_string(), by: String::new(), why };
            return Some(Found { verdict: Verdict::Unknown, connections: asked.clone(), hops: vec![hop] });
        }
        let doors = End::Interfaces(at.doors.clone());
        // the client's port is that of the first load balancer; what comes over another one bears the port of its targets
        let chained = self.over_chain(src, &doors, asked, &edge.client, links - 1).into_iter();
        let mut to = Found { verdict: Verdict::Denied, connections: Connections::default(), hops: vec![] };
        let mut private = to.clone();
        if !client.is_empty() {
            to = self.direct_answer(src, &doors, &client, &any_port());
            private = self.over_endpoints(src, &client, at.balancer);
        }
        let mut own_address = false;
        for (found, from_balancer) in [(private, true)].into_iter().chain(chained.map(|found| (found, false))) {
            if found.verdict.outweighs(to.verdict) {
                (to, own_address) = (found, from_balancer);
            }
        }
        let mut on = self.direct_answer(&doors, dst, &edge.target, &any_port());
        // what comes by PrivateLink bears the load balancer's own address
        if at.body.balancer_type == "network" && !own_address {
            on = self.with_client_address(src, &doors, dst, &edge.target, on);
        }
        let verdict = match (to.verdict, on.verdict) {
            (Verdict::Denied, _) | (_, Verdict::Denied) => return None,
            (Verdict::Allowed, Verdict::Allowed) if edge.sure => Verdict::Allowed,
            _ => Verdict::Unknown,
        };
        let why = if edge.sure {
            format!("forwards {} to {}", edge.client.describe().join(", "), edge.target.describe().join(", "))
        } else {
            "may forward to it".to_owned()
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
            let all = self.inventory.of::<VpcEndpoint>();
            for (_, endpoint, told) in all.filter(|(_, _, endpoint)| endpoint.service == body.service) {
                let doors = End::Interfaces(self.of_asset(endpoint));
                let mut found = self.direct_answer(src, &doors, client, &any_port());
                let why = format!("leads to {}", short(service));
                found.hops.push(Hop { at: endpoint.id.to_string(), by: service.id.to_string(), why });
                if told.state != "available" && found.verdict == Verdict::Allowed {
                    found.verdict = Verdict::Unknown;
                }
                if found.verdict.outweighs(best.verdict) {
                    best = found;
                }
            }
        }
        best
    }

    /// A network load balancer may keep the client's address, and then the target's groups see that one. Rules that refer
    /// to the load balancer's group match all the same.
    ///
    /// Source: Network Load Balancers, "Security groups", "Client IP preservation".
    fn with_client_address(&self, src: &End, doors: &End, dst: &End, target: &Connections, on: Found) -> Found {
        let seen = self.seen_from(src, doors, dst);
        let verdict = match on.verdict {
            Verdict::Allowed if !seen.must.intersect(target).is_empty() => Verdict::Allowed,
            Verdict::Denied if seen.may.intersect(target).is_empty() => Verdict::Denied,
            _ => Verdict::Unknown,
        };
        Found { verdict, ..on }
    }

    /// What the groups of a destination let in from a client's own address, sent on by an interface that keeps it.
    fn seen_from(&self, src: &End, relay: &End, dst: &End) -> Band {
        let groups = self.bearers(relay).into_iter().filter_map(|at| self.interfaces.get(at)).flat_map(|i| i.groups);
        let groups: Vec<String> = groups.cloned().collect();
        let mut seen = Band::shut();
        for (source, _) in self.points(src, dst, true).points {
            for (point, _) in self.points(dst, src, false).points {
                let Point::Interface(at, _) = point else { continue };
                let client = self.far(source, Tri::Unknown);
                let kept = Far { address: client.address, groups: &groups, referral: Tri::Yes, over: None };
                for far in [client, kept] {
                    seen = seen.or(&self.group_band(at, Direction::Ingress, &far));
                }
            }
        }
        seen
    }

    /// Whether some network load balancer may send a destination connections with its clients' addresses.
    ///
    /// Source: Network Load Balancers, "Client IP preservation".
    pub(super) fn keeps_addresses(&self, dst: &End, taken: &Connections) -> bool {
        let targets = self.bearers(dst);
        let mut all = self.inventory.of::<LoadBalancer>().filter(|(_, _, body)| body.balancer_type == "network");
        all.any(|(_, balancer, body)| {
            let edges = self.edges(&Reached { balancer, body, doors: vec![] }, &targets);
            edges.iter().any(|edge| !edge.target.intersect(taken).is_empty())
        })
    }

    /// Ways of a load balancer to some interfaces.
    fn edges(&self, at: &Reached<'a>, targets: &[usize]) -> Vec<Edge<'a>> {
        let mut edges = Vec::new();
        let mut listeners = 0;
        let own = self.inventory.of::<Listener>().filter(|(_, _, l)| *l.load_balancer == *at.balancer.id);
        for (_, asset, listener) in own {
            listeners += 1;
            let client = listening(listener);
            let rules = self.inventory.of::<ListenerRule>().filter(|(_, _, rule)| *rule.listener == *asset.id);
            let rules: Vec<&ListenerRule> = rules.map(|(_, _, rule)| rule).collect();
            let default = self.takes_default(at.body, &rules);
            for Forward { target_group, weight } in &listener.forwards {
                edges.extend(self.to_targets(asset, &client, target_group, default && *weight > 0, targets));
            }
            for forward in rules.iter().flat_map(|rule| &rule.forwards) {
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
            let is = is || self.is_door_of(&target.target, targets);
            let opened = target.port.or(body.port).map_or_else(Connections::all, |port| spoken(&body.protocol, port));
            // a load balancer behind a load balancer, of which nothing is known
            let lost = target.target.contains(":loadbalancer/")
                && self.inventory.find::<LoadBalancer>(&target.target).is_none();
            if is || lost {
                edges.push(edge(opened, sure && !lost && target.health == "healthy"));
            }
        }
        edges
    }

    /// Whether some request surely meets a listener's default action: no rule before it takes all, and all are known.
    ///
    /// Source: Application Load Balancers, "Listener rules": rules are evaluated by priority, the default one last.
    fn takes_default(&self, balancer: &LoadBalancer, rules: &[&ListenerRule]) -> bool {
        let takes_all = |rule: &&&ListenerRule| {
            let every = |condition: &String| {
                let values = condition.split_once('=').map_or("", |(_, values)| values);
                values.split(',').any(|value| matches!(value, "*" | "/*"))
            };
            rule.priority != "default" && rule.conditions.iter().all(every)
        };
        // only application load balancers have rules
        let listed = balancer.balancer_type != "application" || rules.iter().any(|rule| rule.priority == "default");
        listed && !rules.iter().any(|rule| takes_all(&rule))
    }

    /// Whether a target is the load balancer that some interfaces belong to.
    fn is_door_of(&self, target: &str, interfaces: &[usize]) -> bool {
        let balancer = target.contains(":loadbalancer/").then(|| self.inventory.find::<LoadBalancer>(target)).flatten();
        balancer.is_some_and(|(_, asset, _)| self.of_asset(asset).iter().any(|door| interfaces.contains(door)))
    }

    /// Entrances of services without a model from which a destination may be reached, straight or over load balancers.
    pub(super) fn over_entrances(&self, src: &End, dst: &End, asked: &Connections) -> Vec<Found> {
        // who may send nothing has no use for an entrance
        let anywhere = Far { address: None, groups: &[], referral: Tri::Unknown, over: None };
        let silent = |at: &usize| self.group_band(*at, Direction::Egress, &anywhere).may.is_empty();
        if matches!(src, End::Interfaces(all) if all.iter().all(silent)) {
            return vec![];
        }
        let (sources, targets) = (self.bearers(src), self.bearers(dst));
        let mut found = Vec::new();
        for (at, interface) in self.interfaces.iter().enumerate() {
            let Some(service) = interface.service.filter(|service| !NO_ENTRANCES.contains(service)) else { continue };
            if sources.contains(&at) || targets.contains(&at) {
                continue;
            }
            let entrance = End::Interfaces(vec![at]);
            let mut ways = vec![self.direct_answer(&entrance, dst, asked, &any_port())];
            ways.extend(self.over_balancers(&entrance, dst, asked));
            let why = format!("an interface of {service}, from which anything may come");
            let hop = Hop { at: short(interface.asset).to_owned(), by: String::new(), why };
            if let Some(on) = ways.into_iter().find(|way| way.verdict != Verdict::Denied) {
                let hops = [hop].into_iter().chain(on.hops).collect();
                found.push(Found { verdict: Verdict::Unknown, connections: on.connections, hops });
                continue;
            }
            // it may keep the client's address, which the groups of what lies in its VPC then see
            let near = targets.iter().filter_map(|at| self.interfaces.get(*at)).any(|i| i.vpc == interface.vpc);
            let sent = self.group_band(at, Direction::Egress, &anywhere).may.intersect(asked);
            let seen = self.seen_from(src, &entrance, dst).may.intersect(&sent);
            if near && !seen.is_empty() {
                found.push(Found { verdict: Verdict::Unknown, connections: seen, hops: vec![hop] });
            }
        }
        found
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

    /// The load balancer whose interfaces an end's are, and which connections its listeners take.
    pub(super) fn listens(&self, end: &End) -> Option<(&'a Asset, Band)> {
        let End::Interfaces(all) = end else { return None };
        let mut balancers = self.inventory.of::<LoadBalancer>();
        let (_, balancer, _) = balancers.find(|(_, asset, _)| {
            let doors = self.of_asset(asset);
            !doors.is_empty() && all.iter().all(|at| doors.contains(at))
        })?;
        let own = self.inventory.of::<Listener>().filter(|(_, _, listener)| *listener.load_balancer == *balancer.id);
        let sets: Vec<Connections> = own.map(|(_, _, listener)| listening(listener)).collect();
        if sets.is_empty() {
            return Some((balancer, Band::unknown()));
        }
        Some((balancer, Band::exactly(sets.iter().fold(Connections::default(), |all, one| all.union(one)))))
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
