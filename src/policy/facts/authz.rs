//! AuthorizationPolicies: whom an ALLOW lets in from behind another border.

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::cover::{self, Cover};
use super::document::{Of, Reason, Unknown};
use super::namespaces::selects;
use crate::config::{End, Flow, Matcher};
use crate::model::{
    AddressSet, Asset, AuthOperation, AuthRule, AuthSource, AuthorizationPolicy, Connections, EksCluster, Namespace,
    Protocol, Service, ServicePort, Workload, glob_match,
};
use crate::zone::Border;

mod effects;
mod identity;
mod paths;
use identity::{Admitted, resolve};

/// An AuthorizationPolicy.
#[derive(Serialize, JsonSchema)]
pub(super) struct AuthorizationFact {
    /// Whether it is an ALLOW that is enforced, not a dry run.
    allows: bool,
    /// Workloads that it is about, some by name.
    workloads: Vec<String>,
    /// Rules of an enforced ALLOW that let everybody in, whoever it is.
    everybody: Vec<Everybody>,
    /// Identities or addresses behind other borders that rules of an enforced ALLOW let in.
    crossings: Vec<Crossing>,
    /// What its rules miss.
    effects: effects::Effects,
}

#[derive(Serialize, JsonSchema)]
struct Everybody {
    /// Place of the rule in the list, from 0.
    rule: usize,
    /// JSON pointer to what says so.
    path: String,
    /// Ports as clients see them.
    connections: Vec<String>,
    #[serde(flatten)]
    cover: Cover,
}

#[derive(Serialize, JsonSchema)]
struct Crossing {
    rule: usize,
    path: String,
    border: String,
    /// `cluster/namespace` of identities, or addresses.
    peers: Vec<String>,
    connections: Vec<String>,
    #[serde(flatten)]
    cover: Cover,
}

/// A policy with what its rules are judged by.
struct Judge<'a> {
    context: &'a Context<'a>,
    cluster: Arc<str>,
    namespace: Arc<str>,
    /// Borders that it is about: its own, or all that are in scope from the mesh's root namespace.
    borders: Vec<Border>,
    policy: &'a AuthorizationPolicy,
    /// Namespaces that it is about: its own, or all of the cluster from the mesh's root namespace.
    reach: Vec<Arc<str>>,
    workloads: Vec<(&'a Asset, &'a Workload)>,
    /// Whether these are all, as far as the cluster's workloads were listed.
    all_workloads: bool,
}

pub(super) fn policy(of: &Of<'_, AuthorizationPolicy>, unknown: &mut Unknown) -> AuthorizationFact {
    let Of { context, at, asset, body: policy } = *of;
    let cluster: Arc<str> = asset.place.cluster.clone().unwrap_or_default();
    let namespace: Arc<str> = asset.place.namespace.clone().unwrap_or_default();
    let reach = match is_of_namespace(policy) {
        true => vec![Arc::clone(&namespace)],
        false => context.reach_of(&cluster, &namespace),
    };
    // sidecars ignore what is bound to targets: which workloads lie behind these is not told here
    let workloads = reach.iter().filter(|_| policy.targets.is_empty()).flat_map(|namespace| {
        let all = context.inside::<Workload>(&cluster, namespace).filter(|(_, workload)| selects(policy, workload));
        all.collect::<Vec<_>>()
    });
    let workloads: Vec<(&Asset, &Workload)> = workloads.collect();
    let about = effects::About { context, cluster: &cluster, namespace: &namespace, policy, workloads: &workloads };
    let effects = about.effects(unknown);
    let judge = Judge {
        context,
        borders: context.borders_of(&cluster, &reach, at),
        policy,
        workloads,
        all_workloads: context.listed::<Workload>(&asset.place),
        reach,
        cluster,
        namespace,
    };
    let allows = policy.action == "ALLOW" && !policy.dry_run;
    let mut fact = AuthorizationFact {
        allows,
        workloads: names(judge.workloads.iter().map(|(asset, _)| &*asset.id)),
        everybody: vec![],
        crossings: vec![],
        effects,
    };
    for field in &policy.unknown_fields {
        // it may let in more or fewer than what the others say
        for path in ["everybody", "crossings"].iter().chain(&effects::PATHS) {
            unknown.say(path, Reason::NotUnderstood, field);
        }
    }
    if allows {
        for (index, rule) in policy.rules.iter().enumerate() {
            judge.rule(index, rule, &mut fact, unknown);
        }
    }
    fact
}

/// Whether a policy is bound to targets of its own namespace, wherever that is. Those of a GatewayClass are about all
/// waypoints of that class.
///
/// Source: Istio, `PolicyTargetReference`.
fn is_of_namespace(policy: &AuthorizationPolicy) -> bool {
    !policy.targets.is_empty() && policy.targets.iter().all(|target| !target.starts_with("GatewayClass/"))
}

impl Judge<'_> {
    /// Why it is not known which ports a rule opens; none where it is.
    fn ports_unread(&self, rule: &AuthRule) -> Option<(Reason, String)> {
        if !self.policy.targets.is_empty() {
            // which ports a target serves is not told here
            let whole = rule.to.is_empty() || rule.to.iter().any(|to| to.ports.is_empty());
            return whole.then(|| (Reason::NotUnderstood, self.policy.targets.join(", ")));
        }
        let what = match self.context.listed_in::<Service>(&self.cluster) {
            true => (!self.all_workloads).then_some("workloads")?,
            false => "Services",
        };
        Some((Reason::EntriesNotCollected, format!("{what} of {}", self.cluster)))
    }

    /// What flows that fit leave of what a rule opens. None, and told under the path, where it is not known which ports
    /// these are and flows approve some ports and not all.
    fn covered(
        &self,
        rule: &AuthRule,
        open: &Connections,
        (path, unknown): (&str, &mut Unknown),
        fits: impl Fn(&Flow) -> bool,
    ) -> Option<Cover> {
        if let Some((reason, about)) = self.ports_unread(rule) {
            let whole = cover::of_flows(self.context, &Connections::protocol(Protocol::TCP), &fits);
            if !whole.approved_by.is_empty() && !whole.beyond.is_empty() {
                unknown.say(path, reason, about);
                return None;
            }
        }
        let cover = cover::of_flows(self.context, open, fits);
        if !self.all_workloads && cover.names_workloads(self.context) {
            // the policy may be about workloads that nobody read, and the approval is not
            unknown.say(path, Reason::EntriesNotCollected, format!("workloads of {}", self.cluster));
            return None;
        }
        Some(cover)
    }

    fn rule(&self, index: usize, rule: &AuthRule, fact: &mut AuthorizationFact, unknown: &mut Unknown) {
        let open = self.connections(rule);
        let conditions = source_conditions(rule);
        let whole = [AuthSource::default()];
        let sources: &[AuthSource] = if rule.from.is_empty() { &whole } else { &rule.from };
        let mut admitted: BTreeMap<Border, (Admitted, String)> = BTreeMap::new();
        for (number, source) in sources.iter().enumerate() {
            let path = match rule.from.is_empty() {
                true => format!("/spec/rules/{index}"),
                false => format!("/spec/rules/{index}/from/{number}/source"),
            };
            let source = narrowed(source, &conditions);
            if is_everybody(&source) {
                // one entry a rule is enough, however many of its sources say so
                if fact.everybody.iter().all(|known| known.rule != index)
                    && let Some(cover) = self.cover_everybody(rule, &open, unknown)
                {
                    fact.everybody.push(Everybody { rule: index, path, connections: open.describe(), cover });
                }
                continue;
            }
            for (border, peers) in self.admitted(&source, unknown) {
                if self.borders.iter().any(|own| border.crosses(own)) {
                    admitted.entry(border).or_insert_with(|| (Admitted::default(), path.clone())).0.absorb(peers);
                }
            }
        }
        for (border, (peers, path)) in admitted {
            let Some(cover) = self.cover_peers(rule, &open, (&border, &peers), unknown) else { continue };
            let connections = open.describe();
            let (border, peers) = (border.to_string(), peers.describe());
            fact.crossings.push(Crossing { rule: index, path, border, peers, connections, cover });
        }
    }

    /// Who a source lets in, by border: identities of namespaces, or addresses where it names only those.
    fn admitted(&self, source: &AuthSource, unknown: &mut Unknown) -> Vec<(Border, Admitted)> {
        let any = |values: &[String]| values.iter().all(|value| value == "*");
        if any(&source.principals) && any(&source.namespaces) && any(&source.service_accounts) {
            return self.admitted_addresses(source, unknown);
        }
        let (namespaces, unresolved) = resolve(self.context, &self.cluster, &self.namespace, source);
        for value in unresolved {
            unknown.say("crossings", Reason::NotInInventory, value);
        }
        // a pattern may fit namespaces that nobody read
        let named = source.principals.iter().chain(&source.namespaces).chain(&source.service_accounts);
        let mut patterns = named.filter(|value| value.contains('*') && *value != "*");
        if patterns.next().is_some() && !self.context.listed_in::<Namespace>(&self.cluster) {
            unknown.say("crossings", Reason::EntriesNotCollected, format!("namespaces of {}", self.cluster));
        }
        let mut by_border: BTreeMap<Border, Admitted> = BTreeMap::new();
        for peer in namespaces {
            let id = crate::model::kube_id(&peer.cluster, "", "Namespace", &peer.namespace);
            let Some((at, ..)) = self.context.inventory.find::<Namespace>(&id) else { continue };
            by_border.entry(self.context.zones.of(at).source.clone()).or_default().identities.push(peer);
        }
        by_border.into_iter().collect()
    }

    fn admitted_addresses(&self, source: &AuthSource, unknown: &mut Unknown) -> Vec<(Border, Admitted)> {
        let blocks = source.ip_blocks.iter().chain(&source.remote_ip_blocks);
        let mut nets = Vec::new();
        for block in blocks {
            match parse_block(block) {
                Some(net) => nets.push(net),
                None => unknown.say("crossings", Reason::NotUnderstood, block),
            }
        }
        let cluster = self.context.cluster(&self.cluster).and_then(|at| self.context.inventory.assets().get(at));
        let vpc = cluster.and_then(|asset| Some(<EksCluster as crate::model::Kind>::of(&asset.body)?.vpc.clone()));
        let pieces = self.context.book.split(&AddressSet::from_nets(&nets), vpc.as_deref());
        pieces
            .into_iter()
            .map(|piece| {
                let admitted = Admitted { addresses: piece.addresses, ..Admitted::default() };
                (piece.border, admitted)
            })
            .collect()
    }

    /// Ports that a rule opens, as clients see them: the ports of services in front of the workloads, the container's
    /// own where no service maps it. A rule without ports opens what the workloads serve; all of TCP if that is not
    /// known.
    fn connections(&self, rule: &AuthRule) -> Connections {
        let named: Vec<&String> = rule.to.iter().flat_map(|to| &to.ports).collect();
        let whole = rule.to.is_empty() || rule.to.iter().any(|to| to.ports.is_empty());
        let mut open = Connections::default();
        let (mut served, mut containers) = (false, Vec::new());
        for (asset, workload) in &self.workloads {
            let Some(namespace) = &asset.place.namespace else { continue };
            let services = served_ports(self.context, &self.cluster, namespace, workload);
            let mut mapped: Vec<(u16, u16)> =
                services.iter().map(|(container, port)| (*container, port.port)).collect();
            mapped.extend(
                workload
                    .ports
                    .iter()
                    .filter(|own| own.protocol == "TCP")
                    .map(|own| own.port)
                    .filter(|own| mapped.iter().all(|(container, _)| container != own))
                    .map(|own| (own, own))
                    .collect::<Vec<_>>(),
            );
            for (container, client) in mapped {
                if whole || named.iter().any(|port| port.parse() == Ok(container)) {
                    served = true;
                    containers.push(container);
                    open = open.union(&Connections::ports(Protocol::TCP, client, client));
                }
            }
        }
        // a container may listen on ports that nobody declares: a port that is named is open
        let unserved = named.iter().filter_map(|port| port.parse().ok()).filter(|port| !containers.contains(port));
        open = unserved.fold(open, |all, port| all.union(&Connections::ports(Protocol::TCP, port, port)));
        if served || !whole {
            return open;
        }
        Connections::protocol(Protocol::TCP)
    }

    /// Whether a flow leads to what the policy guards, by what of it the rule opens.
    fn leads_here(&self, flow: &Flow, rule: &AuthRule) -> bool {
        let End::Where { cidr, matcher, workload, .. } = &flow.to else { return false };
        let Matcher { cluster, namespace, asset, .. } = matcher;
        let requires = &flow.requires;
        let within = |wanted: &[String], given: fn(&AuthOperation) -> &[String]| {
            wanted.is_empty()
                || (!rule.to.is_empty()
                    && rule.to.iter().all(|to| {
                        !given(to).is_empty()
                            && given(to).iter().all(|value| wanted.iter().any(|w| glob_match(w, value)))
                    }))
        };
        self.borders.iter().all(|own| flow.to.holds_border(&own.zone, own.environment.as_deref()))
            && cidr.is_none()
            && asset.is_none()
            && Matcher::fits(cluster.as_deref(), Some(&self.cluster))
            && self.reach.iter().all(|own| Matcher::fits(namespace.as_deref(), Some(own)))
            && workload.as_deref().is_none_or(|pattern| {
                let fits = |id: &str| id.rsplit('/').next().is_some_and(|name| glob_match(pattern, name));
                // of workloads that nobody read `covered` says so
                let whole = !self.workloads.is_empty() || !self.all_workloads;
                self.policy.selector.is_some() && whole && self.workloads.iter().all(|(asset, _)| fits(&asset.id))
            })
            && within(&requires.methods, |to| &to.methods)
            && within(&requires.paths, |to| &to.paths)
            && within(&requires.hosts, |to| &to.hosts)
    }

    fn cover_everybody(&self, rule: &AuthRule, open: &Connections, unknown: &mut Unknown) -> Option<Cover> {
        self.covered(rule, open, ("everybody", unknown), |flow| {
            flow.from == End::Internet
                && !flow.requires.mtls
                && flow.requires.principals.is_empty()
                && self.leads_here(flow, rule)
        })
    }

    fn cover_peers(
        &self,
        rule: &AuthRule,
        open: &Connections,
        (border, peers): (&Border, &Admitted),
        unknown: &mut Unknown,
    ) -> Option<Cover> {
        self.covered(rule, open, ("crossings", unknown), |flow| {
            self.leads_here(flow, rule) && peers.are_in(&flow.from, border) && peers.satisfy(&flow.requires)
        })
    }
}

/// Container ports of a workload that services lead to, with the service's port.
fn served_ports<'c>(
    context: &'c Context<'_>,
    cluster: &Arc<str>,
    namespace: &Arc<str>,
    workload: &Workload,
) -> Vec<(u16, &'c ServicePort)> {
    let services = context.inside::<Service>(cluster, namespace).filter(|(_, service)| {
        let labels = &service.selector;
        !labels.is_empty() && labels.iter().all(|(key, value)| workload.labels.get(key) == Some(value))
    });
    let ports = services.flat_map(|(_, service)| &service.ports).filter(|port| port.protocol == "TCP");
    ports
        .filter_map(|port| {
            let by_name = || workload.ports.iter().find(|own| own.name == port.target_port).map(|own| own.port);
            Some((port.target_port.parse().ok().or_else(by_name)?, port))
        })
        .collect()
}

/// A block, or a plain address.
fn parse_block(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
}

/// Conditions of a rule that narrow the source, as a source.
fn source_conditions(rule: &AuthRule) -> AuthSource {
    let mut out = AuthSource::default();
    for when in &rule.when {
        let field = match when.key.as_str() {
            "source.principal" => &mut out.principals,
            "source.namespace" => &mut out.namespaces,
            "source.serviceAccount" => &mut out.service_accounts,
            "source.ip" => &mut out.ip_blocks,
            "remote.ip" => &mut out.remote_ip_blocks,
            _ => continue,
        };
        field.extend(when.values.iter().cloned());
    }
    out
}

/// A source with the rule's conditions. Two lists of one field must both hold; keeping the one that the source itself
/// gives admits no less than both together.
fn narrowed(source: &AuthSource, conditions: &AuthSource) -> AuthSource {
    let pick = |own: &[String], other: &[String]| if own.is_empty() { other.to_vec() } else { own.to_vec() };
    AuthSource {
        principals: pick(&source.principals, &conditions.principals),
        namespaces: pick(&source.namespaces, &conditions.namespaces),
        service_accounts: pick(&source.service_accounts, &conditions.service_accounts),
        ip_blocks: pick(&source.ip_blocks, &conditions.ip_blocks),
        remote_ip_blocks: pick(&source.remote_ip_blocks, &conditions.remote_ip_blocks),
        ..source.clone()
    }
}

/// Whether a source lets everybody in: nothing positive narrows it. What a source only excludes (`notNamespaces` …)
/// leaves everybody else, plaintext included; `*` asks for any identity at all; a JWT tells who the user is and nothing
/// of the zone that the connection comes from.
fn is_everybody(source: &AuthSource) -> bool {
    let narrows = |values: &[String]| !values.is_empty() && !values.iter().any(|value| value == "*");
    let blocks: Vec<IpNet> =
        source.ip_blocks.iter().chain(&source.remote_ip_blocks).filter_map(|block| parse_block(block)).collect();
    let some_addresses = !source.ip_blocks.is_empty() || !source.remote_ip_blocks.is_empty();
    let wide = blocks.iter().any(|net| net.prefix_len() == 0);
    !(narrows(&source.principals)
        || narrows(&source.namespaces)
        || narrows(&source.service_accounts)
        || (some_addresses && !wide))
}
