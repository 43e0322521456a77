//! Ports of a NetworkPolicy's rule, as flows write them: those that clients see.
//!
//! A policy names the port of the pod, by number or by the name that a container gives it; a client of a Service sees
//! the Service's. Where no Service leads to a port, clients see the port itself.

use std::sync::Arc;

use crate::model::{Connections, LabelSelector, NetworkPolicyPort, Protocol, Service, Workload};
use crate::policy::facts::context::Context;
use crate::policy::facts::document::Reason;

/// What a rule opens.
pub(super) struct Ports {
    /// Connections: no fewer than it opens.
    pub open: Connections,
    /// Why it may open fewer.
    pub doubts: Vec<(Reason, String)>,
}

/// What a rule opens on the pods that a selector (none: all) picks in some namespaces.
pub(super) fn of(
    context: &Context<'_>,
    cluster: &Arc<str>,
    namespaces: &[Arc<str>],
    selector: Option<&LabelSelector>,
    ports: &[NetworkPolicyPort],
) -> Ports {
    if ports.is_empty() {
        return Ports { open: Connections::all(), doubts: vec![] };
    }
    let served = Served::of(context, cluster, namespaces, selector);
    let mut all = Ports { open: Connections::default(), doubts: vec![] };
    for port in ports {
        let name = port.protocol.as_deref().unwrap_or("TCP");
        let Some(protocol) = protocol(name) else {
            all.open = Connections::all();
            all.doubts.push((Reason::NotUnderstood, name.to_owned()));
            continue;
        };
        let open = match &port.port {
            None => Connections::protocol(protocol),
            Some(text) => match text.parse::<u16>() {
                Ok(low) => served.seen(name, protocol, low, port.end_port.map_or(low, |high| high.max(low))),
                // the number of a name is the pod's; one that no known pod has may be any
                Err(_) => served.named(name, protocol, text).unwrap_or_else(|| {
                    all.doubts.push((Reason::NotInInventory, format!("port {text}")));
                    Connections::protocol(protocol)
                }),
            },
        };
        all.open = all.open.union(&open);
    }
    // a Service that was not read may show any of them to clients as any other
    if !context.listed_in::<Service>(cluster) {
        all.open = Connections::all();
        all.doubts.push((Reason::EntriesNotCollected, format!("Services of {cluster}")));
    }
    // and a pod that was not read may give a name, or a Service's port, to any of its own
    if !context.listed_in::<Workload>(cluster) {
        all.open = Connections::all();
        all.doubts.push((Reason::EntriesNotCollected, format!("workloads of {cluster}")));
    }
    all
}

/// Source: Kubernetes API reference, NetworkPolicyPort: TCP, UDP or SCTP.
fn protocol(name: &str) -> Option<Protocol> {
    match name {
        "TCP" => Some(Protocol::TCP),
        "UDP" => Some(Protocol::UDP),
        "SCTP" => Protocol::parse("132"),
        _ => None,
    }
}

/// A workload with the ports that Services show of it.
struct Pods<'c> {
    workload: &'c Workload,
    /// Protocol, container port, client's port.
    mapped: Vec<(&'c str, u16, u16)>,
}

impl Pods<'_> {
    /// A range of container ports as clients see it: what a Service leads to by the Service's port.
    fn seen(&self, name: &str, protocol: Protocol, low: u16, high: u16) -> Connections {
        let inside = || self.mapped.iter().filter(|(proto, target, _)| *proto == name && (low..=high).contains(target));
        let one = |port: u16| Connections::ports(protocol, port, port);
        let own =
            inside().fold(Connections::ports(protocol, low, high), |all, (_, target, _)| all.subtract(&one(*target)));
        inside().fold(own, |all, (.., client)| all.union(&one(*client)))
    }
}

/// Workloads that a rule is about.
struct Served<'c>(Vec<Pods<'c>>);

impl<'c> Served<'c> {
    fn of(
        context: &'c Context<'_>,
        cluster: &Arc<str>,
        namespaces: &[Arc<str>],
        selector: Option<&LabelSelector>,
    ) -> Self {
        let mut all = Vec::new();
        for namespace in namespaces {
            for (_, workload) in context.inside::<Workload>(cluster, namespace) {
                if selector.is_some_and(|selector| workload.fits(selector) == Some(false)) {
                    continue;
                }
                let mut mapped = Vec::new();
                let leads = |service: &Service| {
                    let labels = &service.selector;
                    !labels.is_empty() && labels.iter().all(|(key, value)| workload.labels.get(key) == Some(value))
                };
                let services = context.inside::<Service>(cluster, namespace).filter(|(_, service)| leads(service));
                for port in services.flat_map(|(_, service)| &service.ports) {
                    let by_name = || {
                        let mut own = workload.ports.iter();
                        own.find(|own| own.name == port.target_port && own.protocol == port.protocol)
                            .map(|own| own.port)
                    };
                    if let Some(target) = port.target_port.parse().ok().or_else(by_name) {
                        mapped.push((port.protocol.as_str(), target, port.port));
                    }
                }
                all.push(Pods { workload, mapped });
            }
        }
        Self(all)
    }

    /// A range of container ports as clients of any of them see it.
    fn seen(&self, name: &str, protocol: Protocol, low: u16, high: u16) -> Connections {
        let each = self.0.iter().map(|pods| pods.seen(name, protocol, low, high));
        each.reduce(|all, one| all.union(&one)).unwrap_or_else(|| Connections::ports(protocol, low, high))
    }

    /// What a name stands for; none where a pod that may have it is not known.
    fn named(&self, name: &str, protocol: Protocol, wanted: &str) -> Option<Connections> {
        let all = self.0.iter().flat_map(|pods| {
            let numbers = pods.workload.ports.iter().filter(|port| port.name == wanted && port.protocol == name);
            numbers.map(|port| pods.seen(name, protocol, port.port, port.port))
        });
        all.reduce(|all, one| all.union(&one))
    }
}
