//! What NetworkPolicies let through at one end of a connection.
//!
//! A pod is open in a direction until a policy selects it there; then only what some policy's rule is about passes.
//! Protocols other than TCP, UDP and SCTP are not defined: what an implementation does with them is not known.
//!
//! Source: Kubernetes, "Network Policies": "The two sorts of pod isolation", "Behavior of to and from selectors", "What you
//! can't do with network policies".

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::answer::enforced;
use super::clusters::{Clusters, Pods};
use super::enforcer::Enforcer;
use super::ports;
use crate::model::{
    AddressSet, Connections, Direction, IpBlock, LabelSelector, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyRule,
    Workload,
};
use crate::reach::band::Band;
use crate::reach::guards::Tri;
use crate::reach::way::Hop;

/// The other end of a connection as policies see it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Peer<'p, 'a> {
    Pods(&'p Pods<'a>),
    /// An address outside of all clusters.
    Address(IpAddr),
}

/// What one end lets through, and what decides there.
#[derive(Debug)]
pub(super) struct Side {
    pub band: Band,
    pub hop: Hop,
    /// What is not known of it.
    pub doubts: Vec<Hop>,
    /// What it rests on beside the sources.
    pub assumed: Option<String>,
}

impl<'a> Clusters<'a> {
    /// What the policies about some pods let through in one direction, as far as something enforces them.
    pub(super) fn side(&self, pods: &Pods<'a>, direction: Direction, peer: Peer<'_, 'a>) -> Side {
        let ingress = direction == Direction::Ingress;
        let way = if ingress { "in" } else { "out" };
        let say = |band: Band, by: String, why: String| {
            let hop = Hop { at: pods.asset.id.to_string(), by, why };
            Side { band, hop, doubts: vec![], assumed: None }
        };
        if pods.body.host_network {
            // they are their nodes: nothing selects them
            return say(
                Band::open(),
                String::new(),
                "shares its node's network, where no NetworkPolicy applies".to_owned(),
            );
        }
        if let Some(foreign) = self.foreign_to(pods, ingress) {
            let why = format!("a policy of a kind that is not modelled may decide what it lets {way}");
            return say(Band::unknown(), foreign.id.to_string(), why);
        }
        let mut doubts = Vec::new();
        let (mut band, mut by) = self.isolated(pods, direction, peer, &mut doubts);
        let doubts = doubts.into_iter().collect::<BTreeSet<String>>().into_iter();
        let doubts: Vec<Hop> = doubts.map(|why| Hop { at: pods.asset.id.to_string(), by: by.clone(), why }).collect();
        if !self.listed::<NetworkPolicy>(pods) {
            // others may isolate it, or let through more
            band = Band { must: Connections::default(), may: Connections::all() };
            by = "NetworkPolicies of its cluster were not collected".to_owned();
        }
        if band == Band::open() {
            return say(band, by, format!("no NetworkPolicy limits what it lets {way}"));
        }
        let near = match peer {
            Peer::Pods(other) => other.body.host_network && other.cluster == pods.cluster,
            Peer::Address(_) => false,
        };
        if near {
            // what a pod's own node sends and gets is never blocked, and they may share it
            band = Band { must: band.must, may: Connections::all() };
        }
        let why = format!("NetworkPolicies limit what it lets {way}");
        let say = |band, by, why| Side { doubts: doubts.clone(), ..say(band, by, why) };
        match self.enforcer(pods) {
            Enforcer::None(instead) => say(
                Band::open(),
                instead.clone(),
                format!("nothing enforces the NetworkPolicies that limit what it lets {way}"),
            ),
            _ if pods.on_fargate => {
                say(Band::open(), String::new(), "runs on Fargate, where nothing enforces NetworkPolicies".to_owned())
            }
            Enforcer::Unknown(_, about) => {
                let why = format!("whether something enforces its NetworkPolicies is not known: {about}");
                say(Band { must: band.must, may: Connections::all() }, by, why)
            }
            Enforcer::NotRead => Side { assumed: Some(enforced(pods.cluster)), ..say(band, by, why) },
            Enforcer::Seen(_) => say(band, by, why),
        }
    }

    /// What policies let through, taken to be enforced, and which of them are about the pods.
    fn isolated(
        &self,
        pods: &Pods<'a>,
        direction: Direction,
        peer: Peer<'_, 'a>,
        doubts: &mut Vec<String>,
    ) -> (Band, String) {
        let (mut sure, mut doubt): (Vec<Band>, Vec<Band>) = (vec![], vec![]);
        let mut by: Vec<&str> = Vec::new();
        for (asset, policy) in self.policies_of(pods) {
            let about = match direction {
                Direction::Ingress => policy.ingress,
                Direction::Egress => policy.egress,
            };
            let known = policy.unknown_fields.is_empty();
            let selected = Tri::of(pods.fit(&policy.pod_selector));
            if selected == Tri::No || !about && known {
                continue;
            }
            by.push(&asset.id);
            if let Some(field) = policy.unknown_fields.first() {
                doubts.push(format!("what {field} of {} means is not known", asset.id));
            }
            if selected == Tri::Unknown {
                doubts.push(format!("whether {} is about all of its pods is not known", asset.id));
            }
            let lets = self.lets(policy, pods, direction, peer, doubts);
            match (selected, known) {
                (Tri::Yes, true) => sure.push(lets),
                // with a field that is not known it may let through more, or nothing, or be about something else
                (_, false) => doubt.push(Band::unknown()),
                (_, true) => doubt.push(lets.doubt(&Connections::all())),
            }
        }
        let by = by.join(", ");
        if sure.is_empty() {
            // perhaps none of them is about these pods, and then everything passes
            return (if doubt.is_empty() { Band::open() } else { Band::unknown() }, by);
        }
        let band = sure.iter().chain(&doubt).fold(Band::shut(), |all, band| all.or(band));
        let undefined = Connections::all().subtract(&ports::judged());
        (band.or(&Band { must: Connections::default(), may: undefined }), by)
    }

    /// What the rules of one policy let through.
    fn lets(
        &self,
        policy: &NetworkPolicy,
        pods: &Pods<'a>,
        direction: Direction,
        peer: Peer<'_, 'a>,
        doubts: &mut Vec<String>,
    ) -> Band {
        let rules = match direction {
            Direction::Ingress => &policy.ingress_rules,
            Direction::Egress => &policy.egress_rules,
        };
        let to = match (direction, peer) {
            (Direction::Ingress, _) => Some(pods.body),
            (Direction::Egress, Peer::Pods(other)) => Some(other.body),
            (Direction::Egress, Peer::Address(_)) => None,
        };
        rules.iter().fold(Band::shut(), |all, rule| all.or(&self.by_rule(rule, pods, peer, to, doubts)))
    }

    fn by_rule(
        &self,
        rule: &NetworkPolicyRule,
        own: &Pods<'a>,
        peer: Peer<'_, 'a>,
        to: Option<&Workload>,
        doubts: &mut Vec<String>,
    ) -> Band {
        let each: Vec<Tri> = rule.peers.iter().map(|meant| self.is_meant(meant, own, peer)).collect();
        let about = if each.is_empty() { Tri::Yes } else { Tri::any(each.iter().copied()) };
        if about == Tri::Unknown {
            let open = rule.peers.iter().zip(&each).filter(|(_, meant)| **meant == Tri::Unknown);
            doubts.extend(open.map(|(peer, _)| match &peer.ip_block {
                Some(block) => format!("whether {} is about pods, or about all of these, is not known", block.cidr),
                None => "whether its selectors fit all of the other pods is not known".to_owned(),
            }));
        }
        match about {
            Tri::Yes => ports::band(&rule.ports, to),
            Tri::Unknown => ports::band(&rule.ports, to).doubt(&Connections::all()),
            Tri::No => Band::shut(),
        }
    }

    /// Whether a block is about pods by their addresses: Calico heeds it, Cilium does not, and of others it is not known.
    ///
    /// Source: Cilium, "Kubernetes Network Policies: ipBlock"; Calico, "NetworkPolicy: Entity rules".
    fn by_address(&self, block: &IpBlock, own: &Pods<'a>, other: &Pods<'a>) -> Tri {
        let inside = block.addresses().and_then(|set| other.are_within(&set));
        let by = |agent: &str| matches!(self.enforcer(own), Enforcer::Seen(by) if *by == [agent]);
        match inside {
            Some(false) => Tri::No,
            _ if by("cilium-agent") => Tri::No,
            Some(true) if by("calico-node") => Tri::Yes,
            _ => Tri::Unknown,
        }
    }

    /// Whether a peer of a rule is the other end. Selectors in one peer must all fit.
    fn is_meant(&self, meant: &NetworkPolicyPeer, own: &Pods<'a>, peer: Peer<'_, 'a>) -> Tri {
        let NetworkPolicyPeer { pod_selector, namespace_selector, ip_block } = meant;
        match (ip_block, namespace_selector, pod_selector, peer) {
            (Some(block), None, None, Peer::Address(address)) => {
                Tri::of(block.addresses().map(|set: AddressSet| set.contains(address)))
            }
            (Some(block), None, None, Peer::Pods(other)) => self.by_address(block, own, other),
            (None, None, None, _) | (Some(_), ..) => Tri::Unknown,
            (None, _, _, Peer::Address(_)) => Tri::No,
            (None, namespaces, pods, Peer::Pods(other)) => {
                // selectors are about the policy's own cluster
                if other.cluster != own.cluster {
                    return Tri::No;
                }
                let namespace = match namespaces {
                    Some(selector) => Tri::of(self.is_selected(selector, other)),
                    None => Tri::from(other.namespace == own.namespace),
                };
                let fits = |selector: &LabelSelector| Tri::of(other.fit(selector));
                let both = Tri::all([namespace, pods.as_ref().map_or(Tri::Yes, fits)]);
                // pods that share their node's network are their node, which no selector is about: plugins differ
                if other.body.host_network && both != Tri::No { Tri::Unknown } else { both }
            }
        }
    }
}
