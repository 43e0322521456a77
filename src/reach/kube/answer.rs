//! Questions of which an end is a workload.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::clusters::{Clusters, Pods};
use super::enforcer::Enforcer;
use super::policy::{Peer, Side};
use super::ports::judged;
use crate::model::{AddressSet, Connections, Direction, NetworkPolicy, NetworkPolicyPeer};
use crate::reach::band::Band;
use crate::reach::query::{Answer, Verdict};
use crate::reach::way::Hop;

/// An end of a question of which at least one is a workload.
#[derive(Debug, Clone)]
pub enum Place<'p, 'a> {
    /// Pods of a workload.
    Pods(&'p Pods<'a>),
    /// Addresses outside of all clusters.
    Addresses(AddressSet),
}

/// What passes between two ends, and what decides.
pub(super) struct Between {
    pub band: Band,
    pub hops: Vec<Hop>,
    /// What is not known of it.
    pub doubts: Vec<Hop>,
    pub assumed: Vec<String>,
    /// What is not judged here, and so may stop what policies let through.
    pub open: Option<Hop>,
}

/// What holds of networks where only Kubernetes objects were read.
const ROUTED: &str = "the network carries what NetworkPolicies let through";

impl<'a> Clusters<'a> {
    /// What is assumed of clusters of which nothing but manifests was read.
    pub fn assumptions(&self) -> Vec<String> {
        let policed = self.pods.iter().filter(|pods| !self.policies_of(pods).is_empty());
        let assumed =
            policed.filter(|pods| *self.enforcer(pods) == Enforcer::NotRead).map(|pods| enforced(pods.cluster));
        assumed.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Answers a question of which an end is a workload: what NetworkPolicies leave of it. Where more than Kubernetes objects
    /// was read, and in a mesh, other layers may stop what they let through.
    pub fn answer(&self, src: &Place<'_, 'a>, dst: &Place<'_, 'a>, asked: &Connections) -> Answer {
        let mut parts: Vec<Between> = Vec::new();
        match (src, dst) {
            (Place::Pods(from), Place::Pods(to)) => parts.push(self.between(from, to)),
            (Place::Addresses(set), Place::Pods(to)) => {
                parts.extend(self.parts(set, to).into_iter().map(|(address, _)| self.entering(address, to)));
            }
            (Place::Pods(from), Place::Addresses(set)) => {
                parts.extend(self.parts(set, from).into_iter().map(|(address, _)| self.leaving(from, address)));
            }
            (Place::Addresses(_), Place::Addresses(_)) => {}
        }
        let passes = |part: &&Between| !part.band.must.intersect(asked).is_empty() && part.open.is_none();
        let perhaps = |part: &&Between| !part.band.may.intersect(asked).is_empty();
        let (verdict, shows) = match (parts.iter().find(passes), parts.iter().find(perhaps)) {
            (Some(part), _) => (Verdict::Allowed, Some(part)),
            (None, Some(part)) => (Verdict::Unknown, Some(part)),
            (None, None) => (Verdict::Denied, parts.first()),
        };
        let of = |part: &Between| match verdict {
            Verdict::Allowed if part.open.is_none() => part.band.must.intersect(asked),
            Verdict::Allowed | Verdict::Denied => Connections::default(),
            Verdict::Unknown => part.band.may.intersect(asked),
        };
        let connections = parts.iter().fold(Connections::default(), |all, part| all.union(&of(part)));
        let mut hops = shows.map(|part| part.hops.clone()).unwrap_or_default();
        if verdict == Verdict::Unknown {
            hops.extend(shows.iter().flat_map(|part| part.open.iter().chain(&part.doubts).cloned()));
            let other = Connections::all().subtract(&judged());
            let undefined = connections.subtract(&other).is_empty();
            hops.extend(shows.filter(|_| undefined).map(|part| Hop {
                why: "NetworkPolicies say nothing of other protocols than TCP, UDP and SCTP".to_owned(),
                ..part.hops.last().cloned().unwrap_or_default()
            }));
        }
        let mut assumptions: Vec<String> = match verdict {
            Verdict::Denied => parts.iter().flat_map(|part| part.assumed.iter().cloned()).collect(),
            Verdict::Allowed => vec![ROUTED.to_owned()],
            Verdict::Unknown => vec![],
        };
        assumptions.sort();
        assumptions.dedup();
        let conditional = verdict == Verdict::Denied && !assumptions.is_empty();
        Answer { verdict, connections: connections.describe(), hops, assumptions, conditional }
    }

    /// From one workload to another.
    pub(super) fn between(&self, from: &Pods<'a>, to: &Pods<'a>) -> Between {
        if std::ptr::eq(from, to) && !from.body.host_network && from.body.pods == 1 {
            let why = "one pod: what it sends to itself is never blocked".to_owned();
            let hop = Hop { at: from.asset.id.to_string(), by: String::new(), why };
            return Between { band: Band::open(), hops: vec![hop], doubts: vec![], assumed: vec![], open: None };
        }
        let out = self.side(from, Direction::Egress, Peer::Pods(to));
        let into = self.side(to, Direction::Ingress, Peer::Pods(from));
        let mut between = joined(out, into);
        if std::ptr::eq(from, to) {
            // which of its pods, and a pod reaches itself
            between.band.may = Connections::all();
        }
        between.open = self.not_judged(from, Some(to));
        between
    }

    /// From an address outside to a workload.
    pub(super) fn entering(&self, from: IpAddr, to: &Pods<'a>) -> Between {
        let into = self.side(to, Direction::Ingress, Peer::Address(from));
        let open = self.not_judged(to, None);
        Between { open, ..alone(into) }
    }

    /// From a workload to an address outside.
    pub(super) fn leaving(&self, from: &Pods<'a>, to: IpAddr) -> Between {
        let out = self.side(from, Direction::Egress, Peer::Address(to));
        let open = self.not_judged(from, None);
        Between { open, ..alone(out) }
    }

    /// What may stop what policies let through and is not judged together with them.
    fn not_judged(&self, from: &Pods<'a>, to: Option<&Pods<'a>>) -> Option<Hop> {
        let at = to.unwrap_or(from);
        let hop = |why: &str| Some(Hop { at: at.asset.id.to_string(), by: String::new(), why: why.to_owned() });
        if !self.stand_alone() {
            return hop("whether the network between the nodes carries it is not judged together with NetworkPolicies");
        }
        if [Some(from), to].into_iter().flatten().any(|pods| self.is_meshed(pods)) {
            return hop("whether the mesh lets it through is not judged together with NetworkPolicies");
        }
        match to {
            Some(to) if to.cluster != from.cluster => {
                hop("whether clusters reach each other's pods is not in the sources")
            }
            _ => None,
        }
    }

    /// Parts of addresses that no policy about a workload tells apart, with one address of each.
    pub(super) fn parts(&self, set: &AddressSet, pods: &Pods<'a>) -> Vec<(IpAddr, AddressSet)> {
        let blocks: Vec<_> = self.policies_of(pods).iter().flat_map(|(_, policy)| blocks(policy)).collect();
        set.parts(&blocks)
    }
}

/// Blocks that a policy names.
pub(super) fn blocks(policy: &NetworkPolicy) -> Vec<ipnet::IpNet> {
    let rules = policy.ingress_rules.iter().chain(&policy.egress_rules).flat_map(|rule| &rule.peers);
    let named = |peer: &NetworkPolicyPeer| {
        let block = peer.ip_block.as_ref();
        block.into_iter().flat_map(|block| [&block.cidr].into_iter().chain(&block.except)).cloned().collect::<Vec<_>>()
    };
    rules.flat_map(named).filter_map(|text| text.parse::<ipnet::IpNet>().ok().map(|net| net.trunc())).collect()
}

/// That policies are enforced, where nothing tells.
pub(super) fn enforced(cluster: &str) -> String {
    format!("something enforces the NetworkPolicies of {cluster}")
}

fn joined(out: Side, into: Side) -> Between {
    let band = out.band.and(&into.band);
    let assumed = out.assumed.into_iter().chain(into.assumed).collect();
    let doubts = out.doubts.into_iter().chain(into.doubts).collect();
    Between { band, hops: vec![out.hop, into.hop], doubts, assumed, open: None }
}

fn alone(side: Side) -> Between {
    Between {
        band: side.band,
        hops: vec![side.hop],
        doubts: side.doubts,
        assumed: side.assumed.into_iter().collect(),
        open: None,
    }
}
