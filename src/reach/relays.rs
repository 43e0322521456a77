//! Relays: what takes a connection and opens another one, so that two ends meet that no packet joins.
//!
//! Load balancers are followed one behind another, over PrivateLink too, each connection decided by itself.
//!
//! Sources: Elastic Load Balancing, "Target groups: client IP preservation"; AWS PrivateLink, "Share your services".

use super::band::Band;
use super::decide::any_port;
use super::ends::End;
use super::guards::{Far, Tri};
use super::listeners::{Edge, Reached};
use super::network::{Interface, Network, short};
use super::query::{Found, Verdict};
use super::way::{Hop, Point};
use crate::model::{Asset, Connections, Direction, LoadBalancer, VpcEndpoint, VpcEndpointService};

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
    pub(super) fn bearers(&self, end: &End) -> Vec<usize> {
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
    pub(super) fn seen_from(&self, src: &End, relay: &End, dst: &End) -> Band {
        let groups = self.bearers(relay).into_iter().filter_map(|at| self.interfaces.get(at)).flat_map(|i| i.groups);
        let groups: Vec<String> = groups.cloned().collect();
        let mut seen = Band::shut();
        for (source, _) in self.points(src, dst, true).points {
            for (point, _) in self.points(dst, src, false).points {
                let Point::Interface(at, _) = point else { continue };
                let client = self.far(source, Tri::Unknown);
                let kept = Far { address: client.address, groups: Some(&groups), referral: Tri::Yes, over: None };
                for far in [client, kept] {
                    seen = seen.or(&self.group_band(at, Direction::Ingress, &far));
                }
            }
        }
        seen
    }
}
