//! What a policy does to connections that bring no identity, no HTTP, or another spelling of a path.
//!
//! Source: Istio, "Authorization Policy" reference and "Security Best Practices" (plaintext peers have no identity; HTTP
//! fields on TCP ports; path normalization), "Protocol Selection".

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::{paths, served_ports};
use crate::model::{
    ApiGateway, Asset, AuthCondition, AuthRule, AuthSource, AuthorizationPolicy, GatewayListener, IstioGateway,
    MeshConfig, Namespace, PeerAuthentication, Service, ServicePort, Workload, kube_id, short_of,
};
use crate::policy::facts::context::{Context, names};
use crate::policy::facts::document::{Of, Reason, Unknown};
use crate::policy::facts::mesh::{self, WorkloadFact};
use crate::policy::facts::namespaces::selects;
use crate::reach::AMBIENT;

/// What an enforced ALLOW or DENY policy misses.
#[derive(Default, Serialize, JsonSchema)]
pub(in crate::policy::facts) struct Effects {
    /// `ALLOW`, `DENY` …
    action: String,
    /// Rules that plaintext peers get around, where plaintext is accepted.
    plaintext_holes: Vec<Rule>,
    /// Rules that rest on identities which never arrive.
    lost_identities: Vec<Rule>,
    /// Rules with HTTP fields about ports that are no HTTP.
    http_on_tcp: Vec<HttpOnTcp>,
    /// Paths of which another spelling is not matched.
    path_gaps: Vec<PathGap>,
}

#[derive(Serialize, JsonSchema)]
struct Rule {
    /// Place of the rule in the list, from 0.
    rule: usize,
    /// JSON pointer to what says so.
    path: String,
    /// Workloads that it is about, some by name.
    workloads: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct HttpOnTcp {
    rule: usize,
    path: String,
    /// `namespace/workload:port`, container ports.
    ports: Vec<String>,
    /// Whether ztunnel enforces it, which knows no HTTP at all.
    ambient: bool,
}

#[derive(Serialize, JsonSchema)]
struct PathGap {
    rule: usize,
    path: String,
    /// The path as the policy writes it.
    value: String,
    /// Paths that many servers take for the same and the policy does not.
    missed: Vec<String>,
}

/// Paths of what is told here, as documents list what they do not know.
pub(super) const PATHS: [&str; 4] =
    ["effects.plaintext_holes", "effects.lost_identities", "effects.http_on_tcp", "effects.path_gaps"];

/// Whether servers of a gateway ask clients for a certificate.
struct GatewayTls {
    some_mutual: bool,
    all_mutual: bool,
}

/// A policy and the workloads that it is about.
pub(super) struct About<'a> {
    pub context: &'a Context<'a>,
    pub cluster: &'a Arc<str>,
    pub namespace: &'a Arc<str>,
    pub policy: &'a AuthorizationPolicy,
    pub workloads: &'a [(&'a Asset, &'a Workload)],
}

/// Keys of conditions that are about the peer's identity.
const IDENTITY: [&str; 3] = ["source.principal", "source.namespace", "source.serviceAccount"];

fn named(source: &AuthSource) -> bool {
    !(source.principals.is_empty() && source.namespaces.is_empty() && source.service_accounts.is_empty())
}

fn excluded(source: &AuthSource) -> bool {
    !(source.not_principals.is_empty() && source.not_namespaces.is_empty() && source.not_service_accounts.is_empty())
}

fn condition(rule: &AuthRule, values: fn(&AuthCondition) -> &Vec<String>) -> bool {
    rule.when.iter().any(|when| IDENTITY.contains(&when.key.as_str()) && !values(when).is_empty())
}

fn rests_on_identities(rule: &AuthRule) -> bool {
    rule.when.iter().any(|when| IDENTITY.contains(&when.key.as_str()))
        || rule.from.iter().any(|source| named(source) || excluded(source))
}

/// The sources of a rule, each with its path; one that is everybody where the rule has none.
fn sources(index: usize, rule: &AuthRule) -> Vec<(AuthSource, String)> {
    if rule.from.is_empty() {
        return vec![(AuthSource::default(), format!("/spec/rules/{index}"))];
    }
    let path = |number: usize| format!("/spec/rules/{index}/from/{number}/source");
    rule.from.iter().enumerate().map(|(number, source)| (source.clone(), path(number))).collect()
}

/// Whether a rule may match a peer without identity by some source.
fn matches_plaintext(rule: &AuthRule) -> bool {
    !condition(rule, |when| &when.values) && (rule.from.is_empty() || rule.from.iter().any(|source| !named(source)))
}

/// Whether a rule matches every peer without identity, whatever it asks for.
fn matches_all_plaintext(rule: &AuthRule) -> bool {
    let plain = |source: &AuthSource| {
        let only = AuthSource {
            not_principals: vec![],
            not_namespaces: vec![],
            not_service_accounts: vec![],
            ..source.clone()
        };
        only == AuthSource::default()
    };
    let identity = |when: &AuthCondition| IDENTITY.contains(&when.key.as_str()) && when.values.is_empty();
    rule.to.is_empty() && rule.when.iter().all(identity) && (rule.from.is_empty() || rule.from.iter().any(plain))
}

/// Whether a rule is about a container port.
fn is_about(rule: &AuthRule, port: &str) -> bool {
    rule.to.is_empty() || rule.to.iter().any(|to| to.ports.is_empty() || to.ports.iter().any(|own| own == port))
}

/// Whether a mode that lets plaintext in holds where a rule is about: on the workload, or on one of its open ports.
fn holds(fact: &WorkloadFact, rule: &AuthRule, fits: impl Fn(&str) -> bool) -> bool {
    let open = fact.mtls.open_ports.iter().filter_map(|port| port.split_once(' '));
    fact.mtls.mode.as_deref().is_some_and(&fits)
        || open.into_iter().any(|(port, mode)| fits(mode) && is_about(rule, port))
}

impl About<'_> {
    pub fn effects(&self, unknown: &mut Unknown) -> Effects {
        let mut effects = Effects { action: self.policy.action.clone(), ..Effects::default() };
        let relies = |rule: &AuthRule| has_http(rule) || rests_on_identities(rule);
        if self.policy.rules.iter().any(relies) {
            // it may be about workloads that nobody read
            for what in self.unread() {
                for path in PATHS.iter().take(3) {
                    unknown.say(path, Reason::EntriesNotCollected, format!("{what} of {}", self.cluster));
                }
            }
        }
        let enforced = !self.policy.dry_run && matches!(self.policy.action.as_str(), "ALLOW" | "DENY");
        for (index, rule) in self.policy.rules.iter().enumerate().filter(|_| enforced) {
            self.identities(index, rule, &mut effects, unknown);
            if has_http(rule) {
                self.http(index, rule, &mut effects, unknown);
            }
            self.paths(index, rule, &mut effects, unknown);
        }
        effects
    }

    /// What these judgements rest on and was not listed.
    fn unread(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.context.listed_in::<Workload>(self.cluster), "workloads"),
            (self.context.listed_in::<Service>(self.cluster), "Services"),
            (self.context.listed_in::<PeerAuthentication>(self.cluster), "PeerAuthentications"),
            (self.context.listed_in::<IstioGateway>(self.cluster), "Gateways"),
        ];
        all.into_iter().filter(|(listed, _)| !listed).map(|(_, what)| what)
    }

    fn identities(&self, index: usize, rule: &AuthRule, effects: &mut Effects, unknown: &mut Unknown) {
        let allows = self.policy.action == "ALLOW";
        let sources = sources(index, rule);
        let by_value = condition(rule, |when| &when.values);
        let by_exclusion = condition(rule, |when| &when.not_values);
        let mut around = sources.iter().filter(|(source, _)| match allows {
            true => !named(source) && !by_value && (excluded(source) || by_exclusion),
            false => named(source) || by_value,
        });
        if !rests_on_identities(rule) {
            return;
        }
        let around = around.next().map(|(_, path)| path.clone());
        if !self.policy.targets.is_empty() {
            // whether a gateway or a waypoint asks for identities is not known
            unknown.say("effects.plaintext_holes", Reason::NotUnderstood, self.policy.targets.join(", "));
            return unknown.say("effects.lost_identities", Reason::NotUnderstood, self.policy.targets.join(", "));
        }
        let (mut open, mut lost) = (Vec::new(), Vec::new());
        for (asset, workload) in self.workloads {
            let mut doubts = Unknown::default();
            let of = Of { context: self.context, at: 0, asset, body: *workload };
            let fact = mesh::workload(&of, &mut doubts);
            if let Some(tls) = self.at_gateway(asset, workload) {
                if !tls.some_mutual {
                    lost.push(&*asset.id);
                }
                if around.is_some() && !tls.all_mutual {
                    match self.closed_to_plaintext(asset, workload) {
                        Some(true) => {}
                        Some(false) => open.push(&*asset.id),
                        None => self.policies_unread(unknown),
                    }
                }
                continue;
            }
            let outside = fact.in_mesh == Some(false);
            let doubt = doubts.first_of(&["in_mesh", "mtls"]).filter(|_| !outside);
            if outside || holds(&fact, rule, |mode| mode == "DISABLE") {
                lost.push(&*asset.id);
            } else if let Some(doubt) = doubt {
                unknown.say("effects.lost_identities", doubt.reason, &*doubt.about);
            }
            let closed = self.closed_to_plaintext(asset, workload);
            if around.is_none() || closed == Some(true) {
                continue;
            }
            if fact.in_mesh == Some(true) && holds(&fact, rule, |mode| mode != "STRICT") {
                match closed {
                    Some(_) => open.push(&*asset.id),
                    None => self.policies_unread(unknown),
                }
            } else if let Some(doubt) = doubt {
                unknown.say("effects.plaintext_holes", doubt.reason, &*doubt.about);
            }
        }
        if let (Some(path), false) = (around, open.is_empty()) {
            effects.plaintext_holes.push(Rule { rule: index, path, workloads: names(open) });
        }
        if !lost.is_empty() {
            let path = format!("/spec/rules/{index}");
            effects.lost_identities.push(Rule { rule: index, path, workloads: names(lost) });
        }
    }

    /// How clients show themselves at a workload that Gateways configure; none of others. What a PeerAuthentication says
    /// is not about the ports of a Gateway: its servers say how TLS is ended (Istio, Gateway reference).
    fn at_gateway(&self, asset: &Asset, workload: &Workload) -> Option<GatewayTls> {
        let all = self.context.inventory.of::<IstioGateway>().filter(|(_, gateway, body)| {
            gateway.place.cluster == asset.place.cluster
                && !body.selector.is_empty()
                && body.selector.iter().all(|(key, value)| workload.labels.get(key) == Some(value))
        });
        let modes: Vec<Option<&str>> =
            all.flat_map(|(.., gateway)| &gateway.servers).map(|server| server.tls.as_deref()).collect();
        let mutual = |mode: &Option<&str>| matches!(mode, Some("MUTUAL" | "ISTIO_MUTUAL"));
        let tls = GatewayTls { some_mutual: modes.iter().any(mutual), all_mutual: modes.iter().all(mutual) };
        (!modes.is_empty()).then_some(tls)
    }

    /// Whether other policies keep plaintext away from a workload: a DENY that matches all of it, or, for what a DENY
    /// misses, ALLOW policies none of which admits any. None where that rests on policies that were not read.
    fn closed_to_plaintext(&self, asset: &Asset, workload: &Workload) -> Option<bool> {
        let Some(namespace) = &asset.place.namespace else { return Some(false) };
        let root = self.context.root_of(self.cluster);
        let places = if root == *namespace { vec![namespace] } else { vec![namespace, &root] };
        let all: Vec<&AuthorizationPolicy> = places
            .into_iter()
            .flat_map(|place| self.context.inside::<AuthorizationPolicy>(self.cluster, place))
            .map(|(_, policy)| policy)
            .filter(|policy| !policy.dry_run && policy.targets.is_empty() && selects(policy, workload))
            .collect();
        let of = |action: &'static str| all.iter().filter(move |policy| policy.action == action);
        // what a field means that is not known, nobody can rely on
        let whole = |policy: &AuthorizationPolicy| policy.unknown_fields.is_empty();
        let denied = of("DENY").any(|policy| whole(policy) && policy.rules.iter().any(matches_all_plaintext));
        let admits = |policy: &AuthorizationPolicy| !whole(policy) || policy.rules.iter().any(matches_plaintext);
        let admitted = of("ALLOW").count() == 0 || of("ALLOW").any(|policy| admits(policy));
        let listed = self.context.listed::<AuthorizationPolicy>(&asset.place);
        (denied || listed).then_some(denied || !admitted)
    }

    fn policies_unread(&self, unknown: &mut Unknown) {
        let about = format!("AuthorizationPolicies of {}", self.cluster);
        unknown.say("effects.plaintext_holes", Reason::EntriesNotCollected, about);
    }

    fn http(&self, index: usize, rule: &AuthRule, effects: &mut Effects, unknown: &mut Unknown) {
        let whole = rule.to.is_empty() || rule.to.iter().any(|to| to.ports.is_empty());
        let (mut ports, mut through) = (Vec::new(), false);
        // Istio: sidecars ignore policies that are bound to a gateway or a waypoint
        for target in self.policy.targets.iter().filter(|target| !self.speaks_http(target)) {
            unknown.say("effects.http_on_tcp", Reason::NotUnderstood, format!("protocols of {target}"));
        }
        for (asset, workload) in self.workloads {
            let Some(namespace) = &asset.place.namespace else { continue };
            let name = short_of(&asset.id);
            if workload.host_network {
                continue;
            }
            if self.is_ambient(namespace) {
                through = true;
                ports.push(name);
                continue;
            }
            let served = served_ports(self.context, self.cluster, namespace, workload);
            let about: Vec<_> = served.iter().filter(|(port, _)| is_about(rule, &port.to_string())).collect();
            let of = |wanted: Protocol| about.iter().filter(move |(_, port)| protocol(port) == wanted);
            let mixed = of(Protocol::Http).next().is_some() || of(Protocol::Sniffed).next().is_some();
            // an ALLOW that names no port means the ports that speak HTTP
            if !(whole && mixed && self.policy.action == "ALLOW") {
                ports.extend(of(Protocol::Tcp).map(|(port, _)| format!("{name}:{port}")));
            }
            for (port, _) in of(Protocol::Sniffed) {
                unknown.say("effects.http_on_tcp", Reason::NotUnderstood, format!("protocol of {name}:{port}"));
            }
            let declared = |port: &&String| served.iter().any(|(own, _)| own.to_string() == **port);
            for port in rule.to.iter().flat_map(|to| &to.ports).filter(|port| !declared(port)) {
                unknown.say("effects.http_on_tcp", Reason::NotInInventory, format!("Service of {name}:{port}"));
            }
        }
        if !ports.is_empty() {
            ports.sort();
            ports.dedup();
            let path = format!("/spec/rules/{index}");
            effects.http_on_tcp.push(HttpOnTcp { rule: index, path, ports, ambient: through });
        }
    }

    /// Whether all that a target takes is HTTP for sure: by the listeners of a Gateway, which are HBONE on a waypoint
    /// and tell nothing then, or by the ports of a Service.
    fn speaks_http(&self, target: &str) -> bool {
        let id = |kind: &str, name: &str| kube_id(self.cluster, self.namespace, kind, name);
        match target.split_once('/') {
            Some((kind @ "Gateway", name)) => {
                let found = self.context.inventory.find::<ApiGateway>(&id(kind, name));
                found.is_some_and(|(_, _, gateway)| {
                    let http = |listener: &GatewayListener| {
                        listener.protocol == "HTTP"
                            || (listener.protocol == "HTTPS" && listener.tls_mode.as_deref() != Some("Passthrough"))
                    };
                    gateway.unknown_fields.is_empty() && gateway.listeners.iter().all(http)
                })
            }
            Some((kind @ "Service", name)) => {
                let found = self.context.inventory.find::<Service>(&id(kind, name));
                found.is_some_and(|(_, _, service)| service.ports.iter().all(|port| protocol(port) == Protocol::Http))
            }
            _ => false,
        }
    }

    fn is_ambient(&self, namespace: &str) -> bool {
        let found = self.context.inventory.find::<Namespace>(&kube_id(self.cluster, "", "Namespace", namespace));
        found.is_some_and(|(_, asset, _)| asset.tags.get(AMBIENT).is_some_and(|mode| mode == "ambient"))
    }

    fn paths(&self, index: usize, rule: &AuthRule, effects: &mut Effects, unknown: &mut Unknown) {
        let configs = self.context.meshes.get(self.cluster).into_iter().flatten();
        let configs = configs.filter_map(|at| self.context.inventory.assets().get(*at));
        let mut modes: Vec<&str> = configs
            .filter_map(|asset| Some(<MeshConfig as crate::model::Kind>::of(&asset.body)?.path_normalization.as_str()))
            .filter(|mode| !mode.is_empty())
            .collect();
        let known = !modes.is_empty();
        if !known {
            modes = paths::MODES.to_vec();
        }
        for (number, to) in rule.to.iter().enumerate() {
            let (field, values) = match self.policy.action.as_str() {
                "DENY" => ("paths", &to.paths),
                _ => ("notPaths", &to.not_paths),
            };
            for (place, value) in values.iter().enumerate() {
                let by_mode: Vec<Vec<String>> = modes.iter().map(|mode| paths::missed(value, values, mode)).collect();
                let first = by_mode.first().cloned().unwrap_or_default();
                let sure: Vec<String> =
                    first.into_iter().filter(|path| by_mode.iter().all(|other| other.contains(path))).collect();
                if !sure.is_empty() {
                    let path = format!("/spec/rules/{index}/to/{number}/operation/{field}/{place}");
                    effects.path_gaps.push(PathGap { rule: index, path, value: value.clone(), missed: sure });
                } else if by_mode.iter().any(|missed| !missed.is_empty()) {
                    let (reason, about) = match known {
                        true => (Reason::Ambiguous, "pathNormalization"),
                        false => (Reason::NotInInventory, "mesh configuration"),
                    };
                    unknown.say("effects.path_gaps", reason, about);
                }
            }
        }
    }
}

/// Whether a rule has fields that only HTTP has.
fn has_http(rule: &AuthRule) -> bool {
    let to = rule.to.iter().any(|to| {
        let fields = [&to.hosts, &to.not_hosts, &to.methods, &to.not_methods, &to.paths, &to.not_paths];
        fields.iter().any(|field| !field.is_empty())
    });
    let from = rule.from.iter().any(|s| !s.request_principals.is_empty() || !s.not_request_principals.is_empty());
    to || from || rule.when.iter().any(|when| when.key.starts_with("request."))
}

/// What the proxy takes a port for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Http,
    Tcp,
    /// Told from the first bytes of each connection.
    Sniffed,
}

/// Source: Istio, "Protocol Selection": `appProtocol`, then the name's part before the first `-`, else detection. HTTPS
/// and TLS pass through sealed.
fn protocol(port: &ServicePort) -> Protocol {
    let by_name = || port.name.split('-').next().unwrap_or_default();
    // `grpc-web` is the one protocol with a dash in it
    let name = if port.name.starts_with("grpc-web") { "grpc-web" } else { by_name() };
    match port.app_protocol.as_deref().unwrap_or(name).to_ascii_lowercase().as_str() {
        "http" | "http2" | "grpc" | "grpc-web" | "kubernetes.io/h2c" | "kubernetes.io/ws" => Protocol::Http,
        "tcp" | "tls" | "https" | "mongo" | "mysql" | "redis" | "kubernetes.io/wss" => Protocol::Tcp,
        _ => Protocol::Sniffed,
    }
}
