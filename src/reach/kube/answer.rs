//! Questions of which an end is a workload.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::clusters::{Clusters, Pods};
use super::enforcer::Enforcer;
use super::policy::{Peer, Side};
use super::ports::judged;
use super::relays::Relay;
use crate::model::{AddressSet, Connections, Direction, NetworkPolicy, NetworkPolicyPeer, Protocol};
use crate::reach::band::Band;
use crate::reach::query::{Answer, Verdict};
use crate::reach::way::Hop;

/// An end of a question of which at least one is a workload.
#[derive(Debug, Clone)]
pub enum Place<'p, 'a> {
    /// Pods of a workload.
    Pods(&'p Pods<'a>),
    /// Addresses. In pairs they are taken to be outside of all clusters; an answer asks which may not be.
    Addresses(AddressSet),
}

/// What passes between two ends, and what decides.
pub(super) struct Between<'p, 'a> {
    pub band: Band,
    sides: Vec<Side<'p, 'a>>,
    /// What is not judged here, and so may stop what policies let through.
    pub open: Option<Open>,
    /// What may lead there, or be there, all the same.
    besides: Vec<Hop>,
    /// What is taken to be so of an address outside.
    assumed: Option<String>,
}

impl<'p, 'a> Between<'p, 'a> {
    fn new(band: Band, sides: Vec<Side<'p, 'a>>, open: Option<Open>) -> Self {
        Self { band, sides, open, besides: vec![], assumed: None }
    }

    /// What passes where something that policies do not judge may be meant, unless they let everything through.
    fn perhaps(mut self, hop: Hop) -> Self {
        if judged().intersect(&self.band.must) != judged() {
            self.band.may = self.band.may.union(&judged());
            self.besides.push(hop);
        }
        self
    }
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
            hops.extend(self.besides.clone());
            hops.extend(undefined.then(|| more(UNDEFINED)));
        }
        hops
    }
}

const UNDEFINED: &str = "NetworkPolicies say nothing of other protocols than TCP, UDP and SCTP";

/// What every denial leaves aside: no policy stops what comes from a pod's own node, and agents take time to act (Amazon EKS
/// User Guide, "Limit Pod traffic with Kubernetes network policies", standard mode).
const NOT_JUDGED: &str = "not judged: what kubectl exec and port-forward and the API server's proxy reach by way of a \
    pod's own node, and what passes before a policy takes hold on a new pod";

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
                let entering = |address| self.entering(address, to);
                parts.extend(self.of_addresses(set, to, &entering));
            }
            (Place::Pods(from), Place::Addresses(set)) => {
                let leaving = |address| self.leaving(from, address);
                parts.extend(self.of_addresses(set, from, &leaving));
            }
            (Place::Addresses(_), Place::Addresses(_)) => {}
        }
        let passes = |part: &&Between<'_, 'a>| !part.band.must.intersect(asked).is_empty() && part.open.is_none();
        let perhaps = |part: &&Between<'_, 'a>| !part.band.may.intersect(asked).is_empty();
        let (verdict, shows) = match (parts.iter().find(passes), parts.iter().find(perhaps)) {
            (Some(part), _) => (Verdict::Allowed, Some(part)),
            (None, Some(part)) => (Verdict::Unknown, Some(part)),
            // an end of which no address is known
            (None, None) if parts.is_empty() => (Verdict::Unknown, None),
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
            Verdict::Denied => {
                let of = |part: &Between<'_, 'a>| {
                    part.sides.iter().filter_map(Side::assumption).chain(part.assumed.clone()).collect::<Vec<_>>()
                };
                parts.iter().flat_map(of).collect()
            }
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
        self.led(to, Between::new(band, vec![out, into], open))
    }

    /// From an address outside to a workload.
    pub(super) fn entering<'p>(&self, from: IpAddr, to: &'p Pods<'a>) -> Between<'p, 'a> {
        let into = self.side(to, Direction::Ingress, Peer::Address(from));
        self.led(to, Between::new(into.band.clone(), vec![into], self.not_judged(to)))
    }

    /// What passes where something may lead to the pods under another address.
    fn led<'p>(&self, to: &Pods<'a>, between: Between<'p, 'a>) -> Between<'p, 'a> {
        let hop = |at: &str, why: &str| Hop { at: at.to_owned(), by: String::new(), why: why.to_owned() };
        // Istio, "Ambient data plane": connections are carried to this port of the pod, whatever port they are for
        let tunnel = self.is_meshed(to) && between.band.may.contains(Protocol::TCP, 15008);
        match to.relay {
            Some(Relay { by, how }) => between.perhaps(hop(&by.id, how)),
            None if !self.relays_known(to) => {
                between.perhaps(hop(&to.asset.id, "not all was collected that may lead to it"))
            }
            None if tunnel => between.perhaps(hop(&to.asset.id, "the mesh may carry it to tcp/15008, which is let in")),
            None => between,
        }
    }

    /// What passes between some pods and addresses, part by part. What may be an address of a pod, a Service or the pods'
    /// own node is not outside, and policies may mean it otherwise.
    fn of_addresses<'p>(
        &self,
        set: &AddressSet,
        pods: &Pods<'a>,
        between: &dyn Fn(IpAddr) -> Between<'p, 'a>,
    ) -> Vec<Between<'p, 'a>> {
        let (outer, inner) = (set.intersect(self.outer()), set.subtract(self.outer()));
        let assumed = || format!("no pod, Service or node of {} bears a public address", pods.cluster);
        let outside = self
            .parts(&outer, pods)
            .into_iter()
            .map(|(address, _)| Between { assumed: (!self.is_placed(pods)).then(assumed), ..between(address) });
        let inside = self.parts(&inner, pods).into_iter().map(|(address, _)| {
            let why = "may be the address of a pod, a Service or the pods' own node".to_owned();
            between(address).perhaps(Hop { at: address.to_string(), by: String::new(), why })
        });
        outside.chain(inside).collect()
    }

    /// From a workload to an address outside.
    pub(super) fn leaving<'p>(&self, from: &'p Pods<'a>, to: IpAddr) -> Between<'p, 'a> {
        let out = self.side(from, Direction::Egress, Peer::Address(to));
        Between::new(out.band.clone(), vec![out], self.not_judged(from))
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
