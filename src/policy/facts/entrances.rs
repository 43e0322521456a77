//! Services and Ingresses as entrances: load balancers beside the ingress gateways, and ports on every node, with what
//! declared flows to their namespace approve.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::cover::{self, Cover};
use super::document::{Of, Reason, Unknown};
use super::ingress_gateways::{self, Shown};
use super::services;
use crate::config::{Category, End, Flow, Matcher};
use crate::model::{Asset, Connections, Ingress, Protocol, Service, short_of};
use crate::zone::Border;

/// A service.
#[derive(Serialize, JsonSchema)]
pub(super) struct ServiceFact {
    /// Whether it says what its cluster holds: it was read from there, or the cluster's services were listed.
    current: bool,
    /// There if a load balancer is made for it beside the ingress gateways; left out as well where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    entrance: Option<Entrance>,
    /// There if it opens ports on every node; left out as well where that is not known. A gateway's own, by which its
    /// load balancer comes in, are none of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    node_ports: Option<NodePorts>,
}

/// An Ingress.
#[derive(Serialize, JsonSchema)]
pub(super) struct IngressFact {
    /// There if it leads past the ingress gateways; left out as well where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    entrance: Option<Entrance>,
}

/// A load balancer that does not lead to an ingress gateway.
#[derive(Serialize, JsonSchema)]
struct Entrance {
    /// What clients may connect to: `tcp/443` …
    connections: Vec<String>,
    /// Whether it asks for public addresses; left out where nothing says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<bool>,
    /// What flows to its namespace approve.
    #[serde(flatten)]
    cover: Cover,
}

/// Ports on every node.
#[derive(Serialize, JsonSchema)]
struct NodePorts {
    /// The ports: `tcp/30443` …; all that the control plane chooses from where it has not yet chosen.
    connections: Vec<String>,
    /// Whether a load balancer comes in by them.
    load_balancer: bool,
    /// What flows to its namespace approve.
    #[serde(flatten)]
    cover: Cover,
}

pub(super) fn service(of: &Of<'_, Service>, unknown: &mut Unknown) -> ServiceFact {
    let Of { context, at, asset, body: service } = *of;
    let mut fact = ServiceFact { current: services::current(of, unknown), entrance: None, node_ports: None };
    let untold = match service.service_type.as_str() {
        "ClusterIP" | "ExternalName" => return fact,
        // Kubernetes API reference, ServiceSpec: such a service without ports is not accepted
        "NodePort" | "LoadBalancer" if service.ports.is_empty() => Some((Reason::EntriesNotCollected, "ports")),
        "NodePort" | "LoadBalancer" => None,
        _ => Some((Reason::NotUnderstood, "type")),
    };
    if let Some((reason, about)) = untold {
        unknown.say("entrance", reason, about);
        unknown.say("node_ports", reason, about);
        return fact;
    }
    let border = &context.judged(at).border;
    if service.service_type == "LoadBalancer" {
        fact.entrance = match ingress_gateways::serves(context, asset, service) {
            Shown::Yes => None,
            Shown::No => {
                let ports = service.ports.iter().map(|port| (port.protocol.as_str(), port.port, port.port));
                entrance(context, asset, border, &open(ports), public(service), unknown)
            }
            Shown::Untold(reason, about) => {
                unknown.say("entrance", reason, about);
                None
            }
        };
    }
    fact.node_ports = node_ports(context, asset, border, service, unknown);
    fact
}

pub(super) fn ingress(of: &Of<'_, Ingress>, unknown: &mut Unknown) -> IngressFact {
    let Of { context, at, asset, body: ingress } = *of;
    let border = &context.judged(at).border;
    let entrance = match ingress_gateways::leads_on(context, asset, ingress) {
        Shown::Yes => None,
        Shown::No => {
            // AWS Load Balancer Controller, "Ingress annotations", `scheme`: internal unless told otherwise
            let said = ingress.annotations.get("alb.ingress.kubernetes.io/scheme").map(|scheme| scheme != "internal");
            // parameters of a class win over annotations, and an Ingress of one group may say it for all
            let parameters = context.inventory.coverage.skipped.keys().any(|kind| kind.contains("IngressClassParams"));
            let grouped = ingress.annotations.contains_key("alb.ingress.kubernetes.io/group.name");
            let told = said.or_else(|| (ingress.class.as_deref() == Some("alb")).then_some(false));
            let public = told.filter(|public| *public || !(parameters || grouped));
            entrance(context, asset, border, &listens(ingress), public, unknown)
        }
        Shown::Untold(reason, about) => {
            unknown.say("entrance", reason, about);
            None
        }
    };
    IngressFact { entrance }
}

/// Ports by their protocol's name; one that this release does not know may carry anything.
fn open<'p>(ports: impl Iterator<Item = (&'p str, u16, u16)>) -> Connections {
    ports.fold(Connections::default(), |all, (protocol, low, high)| {
        all.union(&match Protocol::parse(protocol) {
            Some(protocol) => Connections::ports(protocol, low, high),
            None => Connections::all(),
        })
    })
}

/// Whether a service asks for a load balancer with public addresses; none where neither an annotation nor the controller
/// tells: the cloud provider's are public unless told otherwise, those of AWS Load Balancer Controller internal.
///
/// Source: AWS Load Balancer Controller, "Service annotations", `scheme` and `internal`.
fn public(service: &Service) -> Option<bool> {
    let said = |key: &str| {
        let key = format!("service.beta.kubernetes.io/aws-load-balancer-{key}");
        service.annotations.get(&key).map(String::as_str)
    };
    let own = service.load_balancer_class.as_deref() == Some("service.k8s.aws/nlb")
        || matches!(said("type"), Some("external" | "nlb-ip"));
    let (scheme, internal) = (said("scheme"), said("internal").map(|internal| !matches!(internal, "" | "false")));
    // the cloud provider knows no `scheme`, and what it makes is public unless told otherwise
    let by_provider = internal != Some(true);
    let by_controller = scheme.map_or(internal == Some(false), |scheme| scheme != "internal");
    if own { Some(by_controller) } else { (by_provider == by_controller).then_some(by_provider) }
}

/// What an Ingress listens on.
///
/// Source: AWS Load Balancer Controller, "Ingress annotations", `listen-ports`: 443 with a certificate, else 80, unless told
/// otherwise. Other controllers listen on both (Kubernetes, "Ingress").
fn listens(ingress: &Ingress) -> Connections {
    let said = |key: &str| ingress.annotations.get(&format!("alb.ingress.kubernetes.io/{key}"));
    let tcp = |port: u16| ("TCP", port, port);
    if let Some(text) = said("listen-ports") {
        let ports: Result<Vec<std::collections::BTreeMap<String, u16>>, _> = serde_json::from_str(text);
        return match ports {
            Ok(ports) if !ports.is_empty() => open(ports.iter().flat_map(|one| one.values()).map(|port| tcp(*port))),
            Ok(_) | Err(_) => Connections::protocol(Protocol::TCP),
        };
    }
    let alb = ingress.class.as_deref() == Some("alb");
    let plain = !alb || said("certificate-arn").is_none();
    let tls = !alb || !plain || !ingress.tls_hosts.is_empty();
    open([(plain, 80), (tls, 443)].into_iter().filter(|(open, _)| *open).map(|(_, port)| tcp(port)))
}

fn entrance(
    context: &Context<'_>,
    asset: &Asset,
    border: &Border,
    open: &Connections,
    public: Option<bool>,
    unknown: &mut Unknown,
) -> Option<Entrance> {
    let covered = |outside| cover::of_flows(context, open, |flow| approves(context, flow, asset, border, outside));
    let (any, from_outside) = (covered(false), covered(true));
    let cover = match public {
        Some(true) => from_outside,
        Some(false) => any,
        // whoever may come in from outside may come in from inside as well
        None if from_outside.beyond.is_empty() => from_outside,
        None if !any.beyond.is_empty() => any,
        None => {
            unknown.say("entrance", Reason::NotInInventory, "scheme of the load balancer");
            return None;
        }
    };
    Some(Entrance { connections: open.describe(), public, cover })
}

/// Source: Kubernetes, "Service", `type: NodePort` (30000-32767 unless set) and "Disabling load balancer NodePort
/// allocation": ports that a service already has stay.
fn node_ports(
    context: &Context<'_>,
    asset: &Asset,
    border: &Border,
    service: &Service,
    unknown: &mut Unknown,
) -> Option<NodePorts> {
    let allocated = service.service_type == "NodePort" || service.allocate_node_ports != Some(false);
    let ports = service.ports.iter().filter_map(|port| {
        let (low, high) = match port.node_port.filter(|number| *number > 0) {
            Some(number) => (number, number),
            None if allocated => (30000, 32767),
            None => return None,
        };
        Some((port.protocol.as_str(), low, high))
    });
    let open = open(ports);
    if open.is_empty() {
        return None;
    }
    let balanced = ingress_gateways::takes_nodes(context, asset, service);
    let load_balancer = matches!(balanced, Shown::Yes);
    match balanced.and(|| ingress_gateways::serves(context, asset, service)) {
        Shown::Yes => None,
        Shown::No => {
            let cover = cover::of_flows(context, &open, |flow| approves(context, flow, asset, border, false));
            Some(NodePorts { connections: open.describe(), load_balancer, cover })
        }
        Shown::Untold(reason, about) => {
            unknown.say("node_ports", reason, about);
            None
        }
    }
}

/// Whether a flow approves an entrance to just this namespace, or to this asset. An approval for the whole zone says
/// nothing of a way around its gateway, and what a flow asks of requests or identities is the gateway's to hold.
fn approves(context: &Context<'_>, flow: &Flow, asset: &Asset, border: &Border, outside: bool) -> bool {
    let End::Where { cidr: None, matcher, workload: None, .. } = &flow.to else { return false };
    let named = |pattern: &str| {
        Matcher::fits(Some(pattern), Some(&asset.id)) || Matcher::fits(Some(pattern), Some(&short_of(&asset.id)))
    };
    let from_outside = match &flow.from {
        End::Internet => true,
        End::Where { zone, .. } => context.config.category(zone.as_deref()) == Category::External,
    };
    let demands = &flow.requires;
    let demands = [&demands.principals, &demands.methods, &demands.paths, &demands.hosts];
    (matcher.namespace.is_some() || matcher.asset.is_some())
        && Matcher::fits(matcher.namespace.as_deref(), asset.place.namespace.as_deref())
        && Matcher::fits(matcher.cluster.as_deref(), asset.place.cluster.as_deref())
        && matcher.asset.as_deref().is_none_or(named)
        && flow.to.holds_border(&border.zone, border.environment.as_deref())
        && !flow.requires.mtls
        && demands.iter().all(|demand| demand.is_empty())
        && (from_outside || !outside)
}
