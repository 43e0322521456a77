//! Relays: what takes a connection and opens another one, so that two ends meet that no packet joins.
//!
//! Load balancers are followed one behind another, over PrivateLink too, each connection decided by itself.
//!
//! Sources: Elastic Load Balancing, "Target groups: client IP preservation"; AWS PrivateLink, "Share your services".

use std::net::IpAddr;

use super::band::Band;
use super::decide::any_port;
use super::ends::End;
use super::guards::{Far, Tri};
use super::listeners::{Edge, Reached, Targets};
use super::network::{Interface, Network, short};
use super::query::{Found, Verdict};
use super::way::{Hop, Point};
use crate::model::{
    AddressSet, Connections, Direction, Kind, LoadBalancer, VpcEndpoint, VpcEndpointConnection, VpcEndpointService,
};

/// More load balancers behind one another than any sane estate has.
pub(super) const CHAIN: usize = 3;

/// What is asked of load balancers: who asks for what, and what the far end takes.
#[derive(Clone, Copy)]
pub(super) struct Asked<'q> {
    pub src: &'q End,
    pub dst: &'q End,
    /// What the client uses.
    pub connections: &'q Connections,
    /// The client's ports.
    pub ports: &'q Connections,
    /// What the destination takes.
    takes: &'q Connections,
    links: usize,
}

impl<'a> Network<'a> {
    /// What load balancers let from a source to a destination.
    pub(super) fn over_balancers(
        &self,
        src: &End,
        dst: &End,
        connections: &Connections,
        ports: &Connections,
    ) -> Vec<Found> {
        self.over_chain(Asked { src, dst, connections, ports, takes: &Connections::all(), links: CHAIN })
    }

    /// What reaches a load balancer itself over PrivateLink.
    pub(super) fn over_private_link(
        &self,
        src: &End,
        dst: &End,
        connections: &Connections,
        ports: &Connections,
    ) -> Option<Found> {
        let (balancer, taken) = self.listens(dst)?;
        let body = LoadBalancer::of(&balancer.body)?;
        let reached = Reached { balancer, body, doors: self.of_asset(balancer) };
        let client = connections.intersect(&taken.may);
        if client.is_empty() { None } else { self.over_endpoints(src, &client, &reached, ports) }
    }

    fn over_chain(&self, asked: Asked<'_>) -> Vec<Found> {
        let interfaces = self.bearers(asked.dst);
        let addresses = if let End::Addresses(set) = asked.dst { Some(set) } else { None };
        let mut found = Vec::new();
        for (_, balancer, body) in self.inventory.of::<LoadBalancer>() {
            let doors = self.of_asset(balancer);
            // it does not forward to itself
            let others = interfaces.iter().copied().filter(|at| !doors.contains(at)).collect();
            let targets = Targets { interfaces: others, addresses };
            let reached = Reached { balancer, body, doors };
            for mut edge in self.edges(&reached, &targets) {
                edge.target = edge.target.intersect(asked.takes);
                if !edge.target.is_empty() {
                    found.extend(self.over_edge(asked, &reached, &edge));
                }
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
                let prefixes = |i: &Interface<'_>| AddressSet::from_nets(i.prefixes).overlaps(set);
                let bears = |i: &Interface<'_>| i.private.iter().chain(i.public).any(|address| set.contains(*address));
                let all = self.interfaces.iter().enumerate();
                all.filter(|(_, interface)| bears(interface) || prefixes(interface)).map(|(at, _)| at).collect()
            }
        }
    }

    /// A way over a load balancer: the best of all ways to one of its interfaces and on from that one.
    fn over_edge(&self, asked: Asked<'_>, at: &Reached<'_>, edge: &Edge<'_>) -> Option<Found> {
        if at.doors.is_empty() || asked.links == 0 {
            let why = "forwards to it; how it is reached itself is not known".to_owned();
            let hop = Hop { at: at.balancer.id.to_string(), by: String::new(), why };
            return Some(Found { verdict: Verdict::Unknown, connections: asked.connections.clone(), hops: vec![hop] });
        }
        let mut best: Option<Found> = None;
        for door in &at.doors {
            for found in self.by_door(asked, at, edge, *door) {
                if best.as_ref().is_none_or(|best| found.verdict.outweighs(best.verdict)) {
                    best = Some(found);
                }
            }
        }
        best
    }

    /// Ways by one interface of a load balancer that are not shown to be closed.
    fn by_door(&self, asked: Asked<'_>, at: &Reached<'_>, edge: &Edge<'_>, door: usize) -> Vec<Found> {
        let Asked { src, dst, connections, ports, links, .. } = asked;
        let door = End::Interfaces(vec![door]);
        let client = edge.client.intersect(connections);
        // the client's address goes on, or the load balancer's own
        let mut ways: Vec<(Found, bool)> = Vec::new();
        if !client.is_empty() {
            ways.push((self.direct_answer(src, &door, &client, ports), true));
            ways.extend(self.over_endpoints(src, &client, at, ports).map(|found| (found, false)));
        }
        // the client's port is that of the first load balancer; what comes over another one bears the port of its targets
        let chained = Asked { dst: &door, takes: &edge.client, links: links - 1, ..asked };
        ways.extend(self.over_chain(chained).into_iter().map(|found| (found, true)));
        ways.retain(|(found, _)| found.verdict != Verdict::Denied);
        if ways.is_empty() {
            return vec![];
        }
        let own = self.direct_answer(&door, dst, &edge.target, &any_port());
        let forwards = if edge.sure {
            format!("forwards {} to {}", edge.client.describe().join(", "), edge.target.describe().join(", "))
        } else {
            "may forward to it".to_owned()
        };
        let by = edge.listener.map(|listener| listener.id.to_string()).unwrap_or_default();
        let relay = Hop { at: at.balancer.id.to_string(), by, why: forwards };
        let composed = ways.into_iter().filter_map(|(to, keeps)| {
            let mut on = own.clone();
            if at.body.balancer_type == "network" && keeps {
                on = self.with_client_address(src, &door, dst, &edge.target, on);
            }
            let verdict = match (to.verdict, on.verdict) {
                (_, Verdict::Denied) => return None,
                (Verdict::Allowed, Verdict::Allowed) if edge.sure => Verdict::Allowed,
                _ => Verdict::Unknown,
            };
            let hops = to.hops.into_iter().chain([relay.clone()]).chain(on.hops).collect();
            Some(Found { verdict, connections: to.connections, hops })
        });
        composed.collect()
    }

    /// What reaches a load balancer over PrivateLink, by the endpoints of its services; none if that is shown to be
    /// nothing.
    ///
    /// Source: AWS PrivateLink, "Share your services": consumers connect to an endpoint's interface, whose groups apply.
    fn over_endpoints(&self, src: &End, client: &Connections, at: &Reached<'_>, ports: &Connections) -> Option<Found> {
        if at.body.balancer_type == "application" {
            return None;
        }
        let unknown = |at: &str, why: &str| {
            let hops = vec![Hop { at: at.to_owned(), by: String::new(), why: why.to_owned() }];
            Found { verdict: Verdict::Unknown, connections: client.clone(), hops }
        };
        let mut best: Option<Found> = None;
        let mut take = |found: Found| {
            if found.verdict != Verdict::Denied && best.as_ref().is_none_or(|b| found.verdict.outweighs(b.verdict)) {
                best = Some(found);
            }
        };
        let coverage = &self.inventory.coverage;
        if !coverage.is_listed(VpcEndpointService::NAME, &at.balancer.place) {
            take(unknown(&at.balancer.id, "endpoint services were not collected: one may lead to it"));
        }
        let services = self.inventory.of::<VpcEndpointService>();
        for (_, service, body) in services.filter(|(_, _, body)| body.balancers.iter().any(|b| **b == *at.balancer.id))
        {
            if !coverage.is_listed(VpcEndpointConnection::NAME, &service.place) {
                take(unknown(&service.id, "which endpoints are connected to the service was not collected"));
            }
            for (_, _, connection) in self.inventory.of::<VpcEndpointConnection>() {
                let is = connection.service == short(service) && connection.state == "available";
                if is && self.inventory.find::<VpcEndpoint>(&connection.endpoint).is_none() {
                    take(unknown(
                        &connection.endpoint,
                        "an endpoint outside the sources, from which anything may come",
                    ));
                }
            }
            let all = self.inventory.of::<VpcEndpoint>();
            for (_, endpoint, told) in all.filter(|(_, _, endpoint)| endpoint.service == body.service) {
                let doors = End::Interfaces(self.of_asset(endpoint));
                let mut found = self.direct_answer(src, &doors, client, ports);
                let why = format!("leads to {}", short(service));
                found.hops.push(Hop { at: endpoint.id.to_string(), by: service.id.to_string(), why });
                let seen = self.past_endpoint(at, src, &doors);
                if found.verdict == Verdict::Allowed {
                    let shown = seen.must.intersect(&found.connections);
                    match told.state.as_str() {
                        "available" if !shown.is_empty() => found.connections = shown,
                        _ => found.verdict = Verdict::Unknown,
                    }
                }
                take(found);
            }
        }
        best
    }

    /// What the groups of a load balancer let in over PrivateLink from every client of some, by every interface of an
    /// endpoint.
    fn past_endpoint(&self, at: &Reached<'_>, clients: &End, endpoint: &End) -> Band {
        let doors = End::Interfaces(at.doors.clone());
        let (clients, endpoint) = (self.points(clients, &doors, true), self.points(endpoint, &doors, true));
        let all = at.doors.iter().flat_map(|door| {
            let pairs = clients.points.iter().flat_map(|client| endpoint.points.iter().map(move |by| (client, by)));
            pairs.map(|((client, _), (by, _))| self.private_link(at.body, *door, Some(client.address()), by.address()))
        });
        let all = all.reduce(|all, one| all.either(&one)).unwrap_or_else(Band::unknown);
        if clients.stops.is_empty() { all } else { all.doubt(&Connections::all()) }
    }

    /// What the groups of a network load balancer surely let in over PrivateLink. They see a private address, of the
    /// client or of the endpoint's interface: sure is what they let in from both, and nothing is shown to be kept out, since
    /// what lies before the endpoint may have changed the client's.
    ///
    /// Source: Network Load Balancers, "Update the security groups", `EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic`.
    pub(super) fn private_link(
        &self,
        body: &LoadBalancer,
        door: usize,
        client: Option<IpAddr>,
        endpoint: IpAddr,
    ) -> Band {
        if body.groups.is_empty() || body.private_link_rules == Some(false) {
            return Band::open();
        }
        let (Some(true), Some(client)) = (body.private_link_rules, client) else { return Band::unknown() };
        let seen = |address: IpAddr| {
            let far = Far { address: Some(address), groups: None, referral: Tri::Unknown, over: None };
            self.group_band(door, Direction::Ingress, &far)
        };
        Band { must: seen(client).must.intersect(&seen(endpoint).must), ..Band::unknown() }
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

    /// Whether some network load balancer may send a destination connections with its clients' addresses.
    ///
    /// Source: Network Load Balancers, "Client IP preservation".
    pub(super) fn keeps_addresses(&self, dst: &End, taken: &Connections) -> bool {
        let targets = Targets { interfaces: self.bearers(dst), addresses: None };
        let mut all = self.inventory.of::<LoadBalancer>().filter(|(_, _, body)| body.balancer_type == "network");
        all.any(|(_, balancer, body)| {
            let edges = self.edges(&Reached { balancer, body, doors: vec![] }, &targets);
            edges.iter().any(|edge| !edge.target.intersect(taken).is_empty())
        })
    }
}
