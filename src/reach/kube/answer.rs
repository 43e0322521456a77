//! Questions of which an end is a workload.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::clusters::{Clusters, Pods};
use super::enforcer::Enforcer;
use super::policy::{Peer, Side};
use super::ports::judged;
use super::relays::Relay;
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
pub(super) struct Between<'p, 'a> {
    pub band: Band,
    sides: Vec<Side<'p, 'a>>,
    /// What is not judged here, and so may stop what policies let through.
    pub open: Option<Open>,
    /// What may lead there all the same.
    relay: Option<Hop>,
}

/// Layers that are not judged together with NetworkPolicies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Open {
    Network,
    Mesh,
    OtherCluster,
}

impl Open {
    fn why(self) -> &'static str {
        match self {
            Self::Network => {
                "whether the network between the nodes carries it is not judged together with NetworkPolicies"
            }
            Self::Mesh => "whether the mesh lets it through is not judged together with NetworkPolicies",
            Self::OtherCluster => "whether clusters reach each other's pods is not in the sources",
        }
    }
}

impl Between<'_, '_> {
    /// What decides at its ends, and where it is not known whether something passes, why.
    fn hops(&self, verdict: Verdict, undefined: bool) -> Vec<Hop> {
        let mut hops: Vec<Hop> = self.sides.iter().map(Side::hop).collect();
        if verdict == Verdict::Unknown {
            let at = hops.last().cloned().unwrap_or_default();
            let more = |why: &str| Hop { why: why.to_owned(), ..at.clone() };
            hops.extend(self.open.map(|open| Hop { by: String::new(), ..more(open.why()) }));
            hops.extend(self.sides.iter().flat_map(Side::doubts));
            hops.extend(self.relay.clone());
            hops.extend(undefined.then(|| more(UNDEFINED)));
        }
        hops
    }
}

const UNDEFINED: &str = "NetworkPolicies say nothing of other protocols than TCP, UDP and SCTP";

/// What every denial leaves aside: it comes from a pod's own node, which no policy stops.
const NOT_JUDGED: &str =
    "not judged: what kubectl exec and port-forward and the API server's proxy reach by way of a pod's own node";

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
        let mut parts: Vec<Between<'_, 'a>> = Vec::new();
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
        let passes = |part: &&Between<'_, 'a>| !part.band.must.intersect(asked).is_empty() && part.open.is_none();
        let perhaps = |part: &&Between<'_, 'a>| !part.band.may.intersect(asked).is_empty();
        let (verdict, shows) = match (parts.iter().find(passes), parts.iter().find(perhaps)) {
            (Some(part), _) => (Verdict::Allowed, Some(part)),
            (None, Some(part)) => (Verdict::Unknown, Some(part)),
            (None, None) => (Verdict::Denied, parts.first()),
        };
        let of = |part: &Between<'_, 'a>| match verdict {
            Verdict::Allowed if part.open.is_none() => part.band.must.intersect(asked),
            Verdict::Allowed | Verdict::Denied => Connections::default(),
            Verdict::Unknown => part.band.may.intersect(asked),
        };
        let connections = parts.iter().fold(Connections::default(), |all, part| all.union(&of(part)));
        let undefined = connections.intersect(&judged()).is_empty();
        let hops = shows.map(|part| part.hops(verdict, undefined)).unwrap_or_default();
        let mut assumptions: Vec<String> = match verdict {
            Verdict::Denied => parts.iter().flat_map(|part| part.sides.iter().filter_map(Side::assumption)).collect(),
            Verdict::Allowed => vec![ROUTED.to_owned()],
            Verdict::Unknown => vec![],
        };
        assumptions.sort();
        assumptions.dedup();
        let conditional = verdict == Verdict::Denied && !assumptions.is_empty();
        if verdict == Verdict::Denied {
            assumptions.push(NOT_JUDGED.to_owned());
        }
        Answer { verdict, connections: connections.describe(), hops, assumptions, conditional }
    }

    /// From one workload to another.
    pub(super) fn between<'p>(&self, from: &'p Pods<'a>, to: &'p Pods<'a>) -> Between<'p, 'a> {
        let out = self.side(from, Direction::Egress, Peer::Pods(to));
        let into = self.side(to, Direction::Ingress, Peer::Pods(from));
        let mut band = out.band.and(&into.band);
        if std::ptr::eq(from, to) {
            // a pod always reaches itself, and which of the workload's pods are meant is not said
            band = Band::open();
        }
        let open = if self.stand_alone() && from.cluster != to.cluster { Some(Open::OtherCluster) } else { None };
        let open = self.not_judged(from).or_else(|| self.not_judged(to)).or(open);
        self.led(to, Between { band, sides: vec![out, into], open, relay: None })
    }

    /// From an address outside to a workload.
    pub(super) fn entering<'p>(&self, from: IpAddr, to: &'p Pods<'a>) -> Between<'p, 'a> {
        let into = self.side(to, Direction::Ingress, Peer::Address(from));
        let open = self.not_judged(to);
        self.led(to, Between { band: into.band.clone(), sides: vec![into], open, relay: None })
    }

    /// What passes where something may lead to the pods under another address.
    fn led<'p>(&self, to: &Pods<'a>, between: Between<'p, 'a>) -> Between<'p, 'a> {
        if judged().intersect(&between.band.must) == judged() {
            return between;
        }
        let hop = |at: &str, why: &str| Hop { at: at.to_owned(), by: String::new(), why: why.to_owned() };
        let relay = match to.relay {
            Some(Relay { by, how }) => hop(&by.id, how),
            None if self.relays_known(to) => return between,
            None => hop(&to.asset.id, "not all was collected that may lead to it"),
        };
        let may = between.band.may.union(&judged());
        Between { band: Band { may, ..between.band }, relay: Some(relay), ..between }
    }

    /// From a workload to an address outside.
    pub(super) fn leaving<'p>(&self, from: &'p Pods<'a>, to: IpAddr) -> Between<'p, 'a> {
        let out = self.side(from, Direction::Egress, Peer::Address(to));
        Between { band: out.band.clone(), sides: vec![out], open: self.not_judged(from), relay: None }
    }

    /// What may stop what policies let through and is not judged together with them.
    fn not_judged(&self, pods: &Pods<'a>) -> Option<Open> {
        match (self.stand_alone(), self.is_meshed(pods)) {
            (false, _) => Some(Open::Network),
            (true, true) => Some(Open::Mesh),
            (true, false) => None,
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
