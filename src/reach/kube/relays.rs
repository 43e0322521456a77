//! What leads to pods under another address than the client's: then the client's own policies and address say nothing of
//! what arrives.
//!
//! Sources: Kubernetes, "Using Source IP": nodes put their own address in the place of the client's; "Ingress", Gateway API
//! and Istio: a proxy begins a connection of its own.

use foldhash::HashMap;

use crate::model::{
    Asset, GatewayRoute, Ingress, Inventory, Kind, LabelSelector, Service, TargetGroupBinding, VirtualService, Workload,
};

/// What leads somewhere, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relay<'a> {
    pub by: &'a Asset,
    pub how: &'static str,
}

/// A cluster, a namespace, and a service's name.
type Name<'a> = (&'a str, &'a str, &'a str);

/// Services that are reached over something, and all services of a namespace.
#[derive(Debug, Default)]
pub(super) struct Relays<'a> {
    led: HashMap<Name<'a>, Relay<'a>>,
    services: HashMap<(&'a str, &'a str), Vec<(&'a Asset, &'a Service)>>,
}

impl<'a> Relays<'a> {
    pub fn of(inventory: &'a Inventory) -> Self {
        let mut this = Self::default();
        for (_, asset, service) in inventory.of::<Service>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            this.services.entry((cluster, namespace)).or_default().push((asset, service));
            let by_node = matches!(service.service_type.as_str(), "NodePort" | "LoadBalancer");
            if by_node || !service.external_ips.is_empty() {
                this.lead((cluster, namespace, last(asset)), asset, "leads to it under the address of a node");
            }
        }
        for (_, asset, ingress) in inventory.of::<Ingress>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            let backends = ingress.rules.iter().map(|rule| &rule.backend).chain(&ingress.default_backend);
            for backend in backends {
                let service = backend.split(':').next().unwrap_or_default();
                this.lead((cluster, namespace, service), asset, "lets a proxy or load balancer lead to it");
            }
        }
        for (_, asset, route) in inventory.of::<GatewayRoute>() {
            let Some((cluster, _)) = home(asset) else { continue };
            for backend in &route.backends {
                this.lead((cluster, &backend.namespace, &backend.name), asset, "lets a gateway lead to it");
            }
        }
        for (_, asset, route) in inventory.of::<VirtualService>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            for destination in &route.destinations {
                // a short name is one of the VirtualService's own namespace
                let mut parts = destination.host.split('.');
                let service = parts.next().unwrap_or_default();
                let name = (cluster, parts.next().unwrap_or(namespace), service);
                this.lead(name, asset, "lets a gateway or a proxy lead to it");
            }
        }
        for (_, asset, binding) in inventory.of::<TargetGroupBinding>() {
            let Some((cluster, namespace)) = home(asset) else { continue };
            this.lead((cluster, namespace, &binding.service), asset, "lets a load balancer lead to it");
        }
        this
    }

    fn lead(&mut self, service: Name<'a>, by: &'a Asset, how: &'static str) {
        self.led.entry(service).or_insert(Relay { by, how });
    }

    /// The first thing that leads, or may lead, to a workload.
    pub fn to(&self, cluster: &str, namespace: &str, asset: &'a Asset, workload: &Workload) -> Option<Relay<'a>> {
        // pods on their node's network are the node itself
        if !workload.host_network && workload.ports.iter().any(|port| port.host_port.is_some()) {
            return Some(Relay {
                by: asset,
                how: "has a port of its node, which leads to it under the address of that",
            });
        }
        let own = self.services.get(&(cluster, namespace))?;
        own.iter().find_map(|(asset, service)| {
            let selector = LabelSelector { match_labels: service.selector.clone(), ..LabelSelector::default() };
            // where a Service has no selector somebody made its endpoints by hand
            let may_lead = workload.fits(&selector) != Some(false);
            may_lead.then(|| self.led.get(&(cluster, namespace, last(asset)))).flatten().copied()
        })
    }
}

fn home(asset: &Asset) -> Option<(&str, &str)> {
    Some((asset.place.cluster.as_deref()?, asset.place.namespace.as_deref()?))
}

fn last(asset: &Asset) -> &str {
    asset.id.rsplit('/').next().unwrap_or_default()
}

/// Kinds that tell of relays: where one of them was not read whole, anything may lead anywhere.
pub(super) const KINDS: [&str; 5] =
    [Service::NAME, Ingress::NAME, GatewayRoute::NAME, VirtualService::NAME, TargetGroupBinding::NAME];
