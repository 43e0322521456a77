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
    AddressSet, Asset, Connections, Direction, ForeignNetworkPolicy, IpBlock, LabelSelector, NetworkPolicy,
    NetworkPolicyPeer, NetworkPolicyRule,
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

/// What one end lets through, and what decides there. Told only where somebody asks: most pairs are never told.
#[derive(Debug)]
pub(super) struct Side<'p, 'a> {
    pub band: Band,
    pods: &'p Pods<'a>,
    direction: Direction,
    why: Why<'a>,
    /// Policies about the pods.
    by: Vec<&'a Asset>,
    doubts: Vec<Doubt<'a>>,
    /// Whether it is assumed that something enforces the policies.
    pub assumed: bool,
}

/// What decides at one end.
#[derive(Debug)]
enum Why<'a> {
    /// The pods share their node's network.
    Node,
    /// A policy of a kind without a model.
    Foreign(&'a Asset),
    /// No policy is about the pods.
    Open,
    /// Some policies are.
    Limited,
    /// They are, or would be, and were not all collected.
    NotCollected,
    /// Nothing enforces them; this was seen instead.
    NotEnforced(String),
    /// Nothing enforces them on Fargate.
    Fargate,
    /// It is not known whether something enforces them.
    Unclear(String),
}

/// What is not known of policies.
#[derive(Debug)]
enum Doubt<'a> {
    Field(&'a Asset, &'a str),
    Selected(&'a Asset),
    Block(&'a str),
    Peer,
}

impl<'a> Side<'_, 'a> {
    pub fn hop(&self) -> Hop {
        let way = if self.direction == Direction::Ingress { "in" } else { "out" };
        let policies = || self.by.iter().map(|asset| &*asset.id).collect::<Vec<_>>().join(", ");
        let limited = format!("NetworkPolicies limit what it lets {way}");
        let (by, why) = match &self.why {
            Why::Node => (String::new(), "shares its node's network, where no NetworkPolicy applies".to_owned()),
            Why::Foreign(policy) => (
                policy.id.to_string(),
                format!("a policy of a kind that is not modelled may decide what it lets {way}"),
            ),
            Why::Open => (String::new(), format!("no NetworkPolicy limits what it lets {way}")),
            Why::Limited => (policies(), limited),
            Why::NotCollected => (policies(), "not all NetworkPolicies of its cluster were collected".to_owned()),
            Why::NotEnforced(instead) => {
                (instead.clone(), format!("nothing enforces the NetworkPolicies that limit what it lets {way}"))
            }
            Why::Fargate => (policies(), "runs on Fargate, where nothing enforces NetworkPolicies".to_owned()),
            Why::Unclear(about) => {
                (policies(), format!("whether something enforces its NetworkPolicies is not known: {about}"))
            }
        };
        Hop { at: self.pods.asset.id.to_string(), by, why }
    }

    /// What is not known of it.
    pub fn doubts(&self) -> Vec<Hop> {
        let told = self.doubts.iter().map(|doubt| match doubt {
            Doubt::Field(policy, field) => (Some(*policy), format!("what its field {field} means is not known")),
            Doubt::Selected(policy) => (Some(*policy), "whether it is about all of these pods is not known".to_owned()),
            Doubt::Block(cidr) => (None, format!("whether {cidr} is about pods, or about all of these, is not known")),
            Doubt::Peer => (None, "whether a selector fits all of the other pods is not known".to_owned()),
        });
        let told: BTreeSet<(String, String)> = told
            .map(|(policy, why)| match policy {
                Some(policy) => (policy.id.to_string(), why),
                None => (self.by.iter().map(|asset| &*asset.id).collect::<Vec<_>>().join(", "), why),
            })
            .collect();
        told.into_iter().map(|(by, why)| Hop { at: self.pods.asset.id.to_string(), by, why }).collect()
    }

    /// That its policies are enforced, where nothing tells.
    pub fn assumption(&self) -> Option<String> {
        self.assumed.then(|| enforced(self.pods.cluster))
    }
}

impl<'a> Clusters<'a> {
    /// What the policies about some pods let through in one direction, as far as something enforces them.
    pub(super) fn side<'p>(&self, pods: &'p Pods<'a>, direction: Direction, peer: Peer<'_, 'a>) -> Side<'p, 'a> {
        let mut side =
            Side { band: Band::open(), pods, direction, why: Why::Open, by: vec![], doubts: vec![], assumed: false };
        if pods.body.host_network {
            // they are their nodes: nothing selects them
            return Side { why: Why::Node, ..side };
        }
        if let Some(foreign) = self.foreign_to(pods, direction == Direction::Ingress) {
            return Side { band: Band::unknown(), why: Why::Foreign(foreign), ..side };
        }
        self.isolate(&mut side, peer);
        if !(self.listed::<NetworkPolicy>(pods) && self.listed::<ForeignNetworkPolicy>(pods)) {
            // others may isolate it, or let through more
            (side.band, side.why) = (Band::unknown(), Why::NotCollected);
        }
        if side.by.is_empty() && side.band == Band::open() {
            return side;
        }
        let near = matches!(peer, Peer::Pods(other) if other.body.host_network && other.cluster == pods.cluster);
        if near {
            // what a pod's own node sends and gets is never blocked, and they may share it
            side.band.may = Connections::all();
        }
        match self.enforcer(pods) {
            Enforcer::None(instead) => (side.band, side.why) = (Band::open(), Why::NotEnforced(instead.clone())),
            Enforcer::Unknown(_, about) => {
                side.band.may = Connections::all();
                side.why = Why::Unclear(about.clone());
            }
            _ if pods.on_fargate => (side.band, side.why) = (Band::open(), Why::Fargate),
            // Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies": Linux nodes only
            _ if pods.body.asks_for_windows() => {
                side.band.may = Connections::all();
                side.why = Why::Unclear("its nodes run Windows".to_owned());
            }
            Enforcer::NotRead => side.assumed = true,
            Enforcer::Seen(_) => {}
        }
        side
    }

    /// What policies let through, taken to be enforced.
    fn isolate(&self, side: &mut Side<'_, 'a>, peer: Peer<'_, 'a>) {
        let (mut sure, mut doubt): (Vec<Band>, Vec<Band>) = (vec![], vec![]);
        for (asset, policy) in self.policies_of(side.pods) {
            let about = match side.direction {
                Direction::Ingress => policy.ingress,
                Direction::Egress => policy.egress,
            };
            let known = policy.unknown_fields.is_empty();
            let selected = Tri::of(side.pods.body.fits(&policy.pod_selector));
            if selected == Tri::No || !about && known {
                continue;
            }
            side.by.push(asset);
            side.doubts.extend(policy.unknown_fields.first().map(|field| Doubt::Field(asset, field)));
            if selected == Tri::Unknown {
                side.doubts.push(Doubt::Selected(asset));
            }
            let lets = self.lets(policy, side, peer);
            match (selected, known) {
                (Tri::Yes, true) => sure.push(lets),
                // with a field that is not known it may let through more, or nothing, or be about something else
                (_, false) => doubt.push(Band::unknown()),
                (_, true) => doubt.push(lets.doubt(&Connections::all())),
            }
        }
        if !side.by.is_empty() {
            side.why = Why::Limited;
        }
        if sure.is_empty() {
            // perhaps none of them is about these pods, and then everything passes
            side.band = if doubt.is_empty() { Band::open() } else { Band::unknown() };
            return;
        }
        let band = sure.iter().chain(&doubt).fold(Band::shut(), |all, band| all.or(band));
        let undefined = Connections::all().subtract(&ports::judged());
        side.band = band.or(&Band { must: Connections::default(), may: undefined });
    }

    /// What the rules of one policy let through.
    fn lets(&self, policy: &'a NetworkPolicy, side: &mut Side<'_, 'a>, peer: Peer<'_, 'a>) -> Band {
        let rules = match side.direction {
            Direction::Ingress => &policy.ingress_rules,
            Direction::Egress => &policy.egress_rules,
        };
        rules.iter().fold(Band::shut(), |all, rule| all.or(&self.by_rule(rule, side, peer)))
    }

    fn by_rule(&self, rule: &'a NetworkPolicyRule, side: &mut Side<'_, 'a>, peer: Peer<'_, 'a>) -> Band {
        let each: Vec<Tri> = rule.peers.iter().map(|meant| self.is_meant(meant, side.pods, peer)).collect();
        let about = if each.is_empty() { Tri::Yes } else { Tri::any(each.iter().copied()) };
        let to = match (side.direction, peer) {
            (Direction::Ingress, _) => Some(side.pods.body),
            (Direction::Egress, Peer::Pods(other)) => Some(other.body),
            (Direction::Egress, Peer::Address(_)) => None,
        };
        match about {
            Tri::Yes => ports::band(&rule.ports, to),
            Tri::Unknown => {
                let open = rule.peers.iter().zip(&each).filter(|(_, meant)| **meant == Tri::Unknown);
                side.doubts.extend(open.map(|(peer, _)| match &peer.ip_block {
                    Some(block) => Doubt::Block(&block.cidr),
                    None => Doubt::Peer,
                }));
                ports::band(&rule.ports, to).doubt(&Connections::all())
            }
            Tri::No => Band::shut(),
        }
    }

    /// Whether a block is about pods by their addresses: Calico heeds it, Cilium does not, and of others it is not known.
    ///
    /// Source: Cilium, "Kubernetes Network Policies: ipBlock"; Calico, "NetworkPolicy: Entity rules".
    fn by_address(&self, block: &IpBlock, own: &Pods<'a>, other: &Pods<'a>) -> Tri {
        // what leaves for another cluster may do so under the address of its node
        if other.cluster != own.cluster {
            return Tri::Unknown;
        }
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
                let fits = |selector: &LabelSelector| Tri::of(other.body.fits(selector));
                let both = Tri::all([namespace, pods.as_ref().map_or(Tri::Yes, fits)]);
                // pods that share their node's network are their node, which no selector is about: plugins differ
                if other.body.host_network && both != Tri::No { Tri::Unknown } else { both }
            }
        }
    }
}
