//! NetworkPolicies: what they let over a border, in or out.
//!
//! Peers are namespaces by their labels, and blocks of addresses. A selector sees its own cluster only, and pods of the
//! policy's own namespace are behind one border with it. Everybody at once is told as such, unless the policy opens all
//! of its namespace: then the namespace has no default deny and is judged for that.
//!
//! Source: Kubernetes, "Network Policies" and API reference, NetworkPolicySpec.

mod peers;
mod ports;

use std::sync::Arc;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::cover::{self, Cover, Role};
use super::document::{Of, Reason, Unknown};
use super::{isolation, namespaces};
use crate::config::{End, Flow, Matcher};
use crate::model::{
    AddressSet, EksCluster, EniConfig, Instance, IpBlock, Kind, Namespace, NetworkPolicy, NetworkPolicyPeer,
    NetworkPolicyRule, Vpc, Workload, glob_match,
};
use crate::zone::Border;
use peers::Namespaces;
use ports::Ports;

/// What crossings are called where something of them is not known.
const PATH: &str = "crossings";

/// Public addresses from which a block counts as anybody's: a /8 of IPv4, a /16 of IPv6.
const ANY: (u64, u64) = (1 << 24, 1 << 48);

/// A NetworkPolicy.
#[derive(Serialize, JsonSchema)]
pub(super) struct PolicyFact {
    /// What it lets in from another border, or out to one.
    crossings: Vec<Crossing>,
}

/// A peer behind another border.
#[derive(Serialize, JsonSchema)]
struct Crossing {
    /// JSON pointer to the peer, or to the rule that names none.
    path: String,
    /// `ingress` or `egress`.
    direction: &'static str,
    /// Whether it is everybody, wherever they are.
    anybody: bool,
    /// The other border as messages write it; `anywhere` for everybody.
    border: String,
    /// Namespaces, some of them by name; none for everybody and for addresses.
    namespaces: Vec<String>,
    /// Whether it is a block of addresses.
    addresses: bool,
    #[serde(flatten)]
    cover: Cover,
}

/// One direction of a policy.
struct Way<'w> {
    direction: &'static str,
    /// The field that names peers.
    field: &'static str,
    role: Role,
    rules: &'w [NetworkPolicyRule],
    /// The policy's own border in this direction.
    border: &'w Border,
}

pub(super) fn network_policy(of: &Of<'_, NetworkPolicy>, unknown: &mut Unknown) -> PolicyFact {
    let Of { context, at, asset, body } = *of;
    let (Some(cluster), Some(namespace)) = (&asset.place.cluster, &asset.place.namespace) else {
        return PolicyFact { crossings: vec![] };
    };
    let placement = context.judged(at);
    let judge = Judge { context, cluster, namespace, policy: body };
    let mut crossings = Vec::new();
    let ways = [
        (body.ingress, "ingress", "from", Role::Destination, &body.ingress_rules, &placement.border),
        (body.egress, "egress", "to", Role::Source, &body.egress_rules, &placement.source),
    ];
    for (_, direction, field, role, rules, border) in ways.into_iter().filter(|(about, ..)| *about) {
        judge.way(&Way { direction, field, role, rules, border }, &mut crossings, unknown);
    }
    PolicyFact { crossings }
}

struct Judge<'a> {
    context: &'a Context<'a>,
    cluster: &'a Arc<str>,
    namespace: &'a Arc<str>,
    policy: &'a NetworkPolicy,
}

impl Judge<'_> {
    fn way(&self, way: &Way<'_>, crossings: &mut Vec<Crossing>, unknown: &mut Unknown) {
        for (index, rule) in way.rules.iter().enumerate() {
            let path = format!("/spec/{}/{index}", way.direction);
            // a field that is not known may narrow the rule, or open it
            let inside = |field: &&String| {
                field.starts_with(&format!("{path}/"))
                    || !["/spec/ingress/", "/spec/egress/"].iter().any(|rules| field.starts_with(rules))
            };
            if let Some(field) = self.policy.unknown_fields.iter().find(inside) {
                unknown.say(PATH, Reason::NotUnderstood, field);
                continue;
            }
            if rule.peers.is_empty() {
                crossings.extend(self.anybody(way, rule, path, unknown));
                continue;
            }
            for (at, peer) in rule.peers.iter().enumerate() {
                let path = format!("{path}/{}/{at}", way.field);
                match (&peer.ip_block, &peer.namespace_selector, &peer.pod_selector) {
                    (Some(block), None, None) => self.block(way, rule, path, block, crossings, unknown),
                    (None, Some(_), _) => self.namespaces(way, rule, &path, peer, crossings, unknown),
                    // pods of the policy's own namespace
                    (None, None, Some(_)) => {}
                    // API reference, NetworkPolicyPeer: a block stands alone, and something must be there
                    _ => unknown.say(PATH, Reason::NotUnderstood, path),
                }
            }
        }
    }

    /// Workloads that the policy is about; where a selector cannot be read, all that it may be about.
    fn selected(&self) -> impl Iterator<Item = (&Arc<str>, &Workload)> {
        let all = self.context.inside::<Workload>(self.cluster, self.namespace);
        all.filter(|(_, workload)| workload.fits(&self.policy.pod_selector).unwrap_or(true))
            .map(|(asset, workload)| (&asset.id, workload))
    }

    /// Whether what the policy is about lies in an end of a flow.
    fn is_in(&self, end: &End, border: &Border) -> bool {
        let End::Where { cidr: None, matcher, workload, .. } = end else { return false };
        matcher.asset.is_none()
            && end.holds_border(&border.zone, border.environment.as_deref())
            && Matcher::fits(matcher.cluster.as_deref(), Some(self.cluster))
            && Matcher::fits(matcher.namespace.as_deref(), Some(self.namespace))
            && workload.as_deref().is_none_or(|pattern| {
                all_named(self.context, self.cluster, pattern, self.selected().map(|(id, _)| &**id))
            })
    }

    /// What a rule opens, as clients see it: it is the pods' port that a policy names, whoever's pods serve.
    fn ports(
        &self,
        way: &Way<'_>,
        rule: &NetworkPolicyRule,
        theirs: &[Arc<str>],
        peer: Option<&NetworkPolicyPeer>,
    ) -> Ports {
        let own = [Arc::clone(self.namespace)];
        let (namespaces, selector) = match way.role {
            Role::Destination => (&own[..], Some(&self.policy.pod_selector)),
            Role::Source => (theirs, peer.and_then(|peer| peer.pod_selector.as_ref())),
        };
        ports::of(self.context, self.cluster, namespaces, selector, &rule.ports)
    }

    /// Everybody: no peers at all, or most of the internet.
    fn anybody(
        &self,
        way: &Way<'_>,
        rule: &NetworkPolicyRule,
        path: String,
        unknown: &mut Unknown,
    ) -> Option<Crossing> {
        // the namespace itself is judged for this
        let judged = !namespaces::is_system(self.namespace);
        if judged && self.policy.pod_selector.is_everything() && isolation::opens(rule) {
            return None;
        }
        let ports = self.ports(way, rule, &[], None);
        let cover = cover::of_flows(self.context, &ports.open, |flow| {
            let (ours, theirs) = way.role.ends(flow);
            *theirs == End::Internet && self.is_in(ours, way.border)
        });
        let cover = self.settle(cover, &ports, unknown)?;
        let (border, direction) = ("anywhere".to_owned(), way.direction);
        Some(Crossing { path, direction, anybody: true, border, namespaces: vec![], addresses: false, cover })
    }

    fn namespaces(
        &self,
        way: &Way<'_>,
        rule: &NetworkPolicyRule,
        path: &str,
        peer: &NetworkPolicyPeer,
        crossings: &mut Vec<Crossing>,
        unknown: &mut Unknown,
    ) {
        let Namespaces { by_border, doubts } = peers::of(self.context, self.cluster, peer, way.role, way.border);
        for (reason, about) in doubts {
            unknown.say(PATH, reason, about);
        }
        for (border, found) in by_border {
            let ports = self.ports(way, rule, &found, Some(peer));
            let cover = cover::of_flows(self.context, &ports.open, |flow| {
                let (ours, theirs) = way.role.ends(flow);
                self.is_in(ours, way.border) && peers::are_in(self.context, self.cluster, &found, peer, theirs, &border)
            });
            let Some(cover) = self.settle(cover, &ports, unknown) else { continue };
            crossings.push(Crossing {
                path: path.to_owned(),
                direction: way.direction,
                anybody: false,
                border: border.to_string(),
                namespaces: names(found.iter().map(|name| &**name)),
                addresses: false,
                cover,
            });
        }
    }

    fn block(
        &self,
        way: &Way<'_>,
        rule: &NetworkPolicyRule,
        path: String,
        block: &IpBlock,
        crossings: &mut Vec<Crossing>,
        unknown: &mut Unknown,
    ) {
        let Some(mut addresses) = block.addresses() else {
            return unknown.say(PATH, Reason::NotUnderstood, &block.cidr);
        };
        let (v4, v6) = addresses.public_size();
        let any = v4 >= ANY.0 || v6 >= ANY.1;
        if any && matches!(way.role, Role::Destination) {
            crossings.extend(self.anybody(way, rule, path, unknown));
            return;
        }
        if any {
            // who may speak to the internet may speak to what the estate has there
            addresses = addresses.subtract(self.context.book.public());
        }
        let home = self.context.cluster(self.cluster).and_then(|at| self.context.inventory.assets().get(at));
        let eks = home.and_then(|asset| EksCluster::of(&asset.body));
        // addresses of services are no peer's: pods of any namespace of the cluster may be behind them
        let services = eks.and_then(|cluster| cluster.service_cidr.as_deref()?.parse::<IpNet>().ok());
        let services = AddressSet::from_nets(&services).intersect(&addresses);
        if !services.is_empty() {
            self.neighbours(way, &services, unknown);
            addresses = addresses.subtract(&services);
        }
        let vpc = eks.map(|cluster| cluster.vpc.as_str());
        let home_known = vpc.is_some_and(|vpc| self.context.inventory.find::<Vpc>(vpc).is_some());
        let ports = self.ports(way, rule, &[], None);
        for piece in self.context.book.split(&addresses, vpc) {
            if !piece.border.crosses(way.border) {
                let nodes = Matcher { cluster: Some(self.cluster.to_string()), ..Matcher::default() };
                let on_nodes = self.context.node_addresses(&nodes).overlaps(&piece.addresses);
                // pods are where nobody looked for nodes, or where the network plugin is told to put them
                let placed = self.context.inventory.of::<EniConfig>();
                let placed = placed.into_iter().any(|(_, a, _)| a.place.cluster.as_ref() == Some(self.cluster));
                let nodes_known = home.is_some_and(|home| self.context.listed::<Instance>(&home.place)) && !placed;
                if on_nodes || (vpc.is_some() && !nodes_known) {
                    self.neighbours(way, &piece.addresses, unknown);
                }
                continue;
            }
            // most of the internet and what nobody bears is no other zone; the blocks of zones in it are
            if any && piece.owners.is_empty() {
                continue;
            }
            let near = |flow: &Flow| self.is_in(way.role.ends(flow).0, way.border);
            let cover = cover::of_addresses(self.context, way.role, near, &piece, &ports.open);
            if piece.owners.is_empty() && !home_known && !cover.beyond.is_empty() {
                // what nobody bears may be the cluster's own VPC, which was not read
                unknown.say(PATH, Reason::NotInInventory, vpc.unwrap_or(self.cluster));
                continue;
            }
            let Some(cover) = self.settle(cover, &ports, unknown) else { continue };
            crossings.push(Crossing {
                path: path.clone(),
                direction: way.direction,
                anybody: false,
                border: piece.border.to_string(),
                namespaces: vec![],
                addresses: true,
                cover,
            });
        }
    }

    /// Pods of all namespaces have addresses of the nodes' subnets, and plugins differ in whether a block holds pods: a
    /// block of the own zone over nodes that run another zone too may let it through.
    fn neighbours(&self, way: &Way<'_>, addresses: &AddressSet, unknown: &mut Unknown) {
        if !self.context.listed_in::<Namespace>(self.cluster) {
            unknown.say(PATH, Reason::EntriesNotCollected, format!("namespaces of {}", self.cluster));
        }
        for (at, name) in self.context.namespaces.get(self.cluster).into_iter().flatten() {
            let border = peers::border(self.context.zones.of(*at), way.role);
            if border.crosses(way.border) {
                let block = addresses.describe(1).join(", ");
                unknown.say(PATH, Reason::MayMeet, format!("{block}, {name}"));
            }
        }
    }
}

/// Whether all workloads of a cluster were read.
fn workloads_listed(context: &Context<'_>, cluster: &Arc<str>) -> bool {
    context.listed_in::<Workload>(cluster)
}

impl Judge<'_> {
    /// What a cover says where some ports are not known: they may be any, so a flow that covers a part may cover all there
    /// is. What no flow is about is beyond them all the same. An approval for some workloads says nothing of those that
    /// were not read.
    fn settle(&self, cover: Cover, ports: &Ports, unknown: &mut Unknown) -> Option<Cover> {
        if !workloads_listed(self.context, self.cluster) && cover.names_workloads(self.context) {
            unknown.say(PATH, Reason::EntriesNotCollected, format!("workloads of {}", self.cluster));
            return None;
        }
        for (reason, about) in &ports.doubts {
            if !cover.beyond.is_empty() && !cover.approved_by.is_empty() {
                unknown.say(PATH, *reason, about);
                return None;
            }
        }
        Some(cover)
    }
}

/// Whether there are any workloads, and a pattern fits the names of all. Of those that were not read `settle` says so.
fn all_named<'i>(context: &Context<'_>, cluster: &Arc<str>, pattern: &str, ids: impl Iterator<Item = &'i str>) -> bool {
    let mut ids = ids.peekable();
    (ids.peek().is_some() || !workloads_listed(context, cluster))
        && ids.all(|id| id.rsplit('/').next().is_some_and(|name| glob_match(pattern, name)))
}
