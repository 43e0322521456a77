//! Istio's traffic kinds (`networking.istio.io`); all API versions have these fields alike.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::istio::OutboundPolicy;
use super::{Object, Read};
use crate::model::{
    DestinationRule, EntryPort, GatewayServer, IstioGateway, RouteDestination, ServiceEntry, Sidecar, Subset,
    VirtualService, WorkloadEntry,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Labels {
    labels: BTreeMap<String, String>,
}

impl Labels {
    pub(super) fn filled(this: Option<Self>) -> Option<BTreeMap<String, String>> {
        this.map(|selector| selector.labels).filter(|labels| !labels.is_empty())
    }
}

fn filled(text: Option<String>, otherwise: &str) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| otherwise.to_owned())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Port {
    number: u16,
    name: Option<String>,
    protocol: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Tls {
    mode: Option<String>,
    https_redirect: bool,
}

pub(super) fn gateway(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Server {
        port: Port,
        hosts: Vec<String>,
        tls: Option<Tls>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Spec {
        selector: BTreeMap<String, String>,
        servers: Vec<Server>,
    }
    let spec: Spec = object.spec().read()?;
    let server = |server: Server| {
        let https_redirect = server.tls.as_ref().is_some_and(|tls| tls.https_redirect);
        GatewayServer {
            port: server.port.number,
            protocol: server.port.protocol.unwrap_or_default(),
            hosts: server.hosts,
            // Istio, ServerTLSSettings: PASSTHROUGH is the mode's default; a mere redirect is no TLS
            tls: server
                .tls
                .filter(|tls| tls.mode.is_some() || !https_redirect)
                .map(|tls| filled(tls.mode, "PASSTHROUGH")),
            https_redirect,
        }
    };
    let body = IstioGateway { selector: spec.selector, servers: spec.servers.into_iter().map(server).collect() };
    let asset = object.namespaced("Gateway", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn virtual_service(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Destination {
        host: String,
        subset: Option<String>,
        port: Option<Port>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Weighted {
        destination: Destination,
        weight: Option<u32>,
    }
    #[derive(Default, Deserialize)]
    struct Delegate {
        name: String,
        namespace: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Route {
        route: Vec<Weighted>,
        mirror: Option<Destination>,
        mirrors: Vec<Weighted>,
        delegate: Option<Delegate>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Spec {
        hosts: Vec<String>,
        gateways: Vec<String>,
        http: Vec<Route>,
        tls: Vec<Route>,
        tcp: Vec<Route>,
    }
    let spec: Spec = object.spec().read()?;
    let namespace = object.namespace();
    let (mut destinations, mut delegates) = (Vec::new(), Vec::new());
    for (protocol, routes) in [("http", spec.http), ("tls", spec.tls), ("tcp", spec.tcp)] {
        for (number, route) in routes.into_iter().enumerate() {
            let at = format!("/spec/{protocol}/{number}");
            let mut add = |to: Destination, weight: Option<u32>, mirror: bool, path: String| {
                let port = to.port.map(|port| port.number).filter(|port| *port != 0);
                destinations.push(RouteDestination { host: to.host, subset: to.subset, port, weight, mirror, path });
            };
            for (index, to) in route.route.into_iter().enumerate() {
                add(to.destination, to.weight, false, format!("{at}/route/{index}"));
            }
            for (index, to) in route.mirrors.into_iter().enumerate() {
                add(to.destination, None, true, format!("{at}/mirrors/{index}"));
            }
            if let Some(to) = route.mirror {
                add(to, None, true, format!("{at}/mirror"));
            }
            delegates.extend(
                route.delegate.map(|to| format!("{}/{}", to.namespace.as_deref().unwrap_or(&namespace), to.name)),
            );
        }
    }
    // Istio, VirtualService: without gateways it is about the sidecars
    let gateways = if spec.gateways.is_empty() { vec!["mesh".to_owned()] } else { spec.gateways };
    let body = VirtualService { hosts: spec.hosts, gateways, destinations, delegates };
    let asset = object.namespaced("VirtualService", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn destination_rule(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Policy {
        tls: Option<Tls>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Part {
        name: String,
        labels: BTreeMap<String, String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        host: String,
        traffic_policy: Option<Policy>,
        subsets: Vec<Part>,
    }
    let spec: Spec = object.spec().read()?;
    let tls = spec.traffic_policy.and_then(|policy| policy.tls).map(|tls| filled(tls.mode, "DISABLE"));
    let subsets = spec.subsets.into_iter().map(|part| Subset { name: part.name, labels: part.labels }).collect();
    let body = DestinationRule { host: spec.host, tls, subsets };
    let asset = object.namespaced("DestinationRule", &object.name(), false, body);
    object.add(asset);
    Ok(())
}

pub(super) fn service_entry(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Endpoint {
        address: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        hosts: Vec<String>,
        addresses: Vec<String>,
        location: Option<String>,
        resolution: Option<String>,
        endpoints: Vec<Endpoint>,
        ports: Vec<Port>,
        workload_selector: Option<Labels>,
    }
    let spec: Spec = object.spec().read()?;
    let port = |port: Port| EntryPort {
        port: port.number,
        name: port.name.unwrap_or_default(),
        protocol: port.protocol.unwrap_or_default(),
    };
    let body = ServiceEntry {
        hosts: spec.hosts,
        addresses: spec.addresses,
        location: filled(spec.location, "MESH_EXTERNAL"),
        resolution: filled(spec.resolution, "NONE"),
        endpoints: spec.endpoints.into_iter().map(|to| to.address).filter(|to| !to.is_empty()).collect(),
        ports: spec.ports.into_iter().map(port).collect(),
        selector: Labels::filled(spec.workload_selector),
    };
    let asset = object.namespaced("ServiceEntry", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn workload_entry(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        address: String,
        labels: BTreeMap<String, String>,
        service_account: String,
    }
    let spec: Spec = object.spec().read()?;
    let body = WorkloadEntry { address: spec.address, labels: spec.labels, service_account: spec.service_account };
    let asset = object.namespaced("WorkloadEntry", &object.name(), false, body);
    object.add(asset);
    Ok(())
}

pub(super) fn sidecar(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Egress {
        hosts: Vec<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        workload_selector: Option<Labels>,
        outbound_traffic_policy: Option<OutboundPolicy>,
        egress: Vec<Egress>,
    }
    let spec: Spec = object.spec().read()?;
    let body = Sidecar {
        selector: Labels::filled(spec.workload_selector),
        outbound_mode: spec.outbound_traffic_policy.map(OutboundPolicy::mode),
        egress_hosts: spec.egress.into_iter().flat_map(|egress| egress.hosts).collect(),
    };
    let asset = object.namespaced("Sidecar", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::load::{Source, load};
    use crate::model::{Inventory, IstioGateway, ServiceEntry, Sidecar, VirtualService};

    fn read(text: &str) -> Inventory {
        let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        load(&[Source::Path(file.path().to_owned())], Some("c")).unwrap()
    }

    fn object(version: &str, kind: &str, spec: &str) -> String {
        let api = format!("networking.istio.io/{version}");
        format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{ name: x, namespace: n }}\nspec: {spec}\n")
    }

    #[test]
    fn all_api_versions_read_alike() {
        for version in ["v1", "v1beta1", "v1alpha3"] {
            let text =
                object(version, "Gateway", "{ servers: [{ port: { number: 80, protocol: HTTP }, hosts: ['*'] }] }");
            let inventory = read(&text);
            let (.., gateway) = inventory.of::<IstioGateway>().next().unwrap();
            let server = gateway.servers.first().unwrap();
            assert_eq!((server.port, &*server.protocol, &server.tls), (80, "HTTP", &None), "{version}");
        }
    }

    #[test]
    fn a_redirect_is_no_tls_and_tls_without_a_mode_passes_through() {
        let servers =
            "{ servers: [{ port: { number: 80 }, tls: { httpsRedirect: true } }, { port: { number: 443 }, tls: {} }] }";
        let inventory = read(&object("v1", "Gateway", servers));
        let (.., gateway) = inventory.of::<IstioGateway>().next().unwrap();
        let all: Vec<_> = gateway.servers.iter().map(|server| (server.https_redirect, server.tls.as_deref())).collect();
        assert_eq!(all, [(true, None), (false, Some("PASSTHROUGH"))]);
    }

    #[test]
    fn routes_mirrors_and_delegates_are_told_with_their_place() {
        let spec = "{ http: [{ route: [{ destination: { host: a }, weight: 0 }], mirror: { host: b } }, { delegate: { name: d } }], \
                    tcp: [{ route: [{ destination: { host: t, port: { number: 9 } } }] }] }";
        let inventory = read(&object("v1", "VirtualService", spec));
        let (.., service) = inventory.of::<VirtualService>().next().unwrap();
        let all: Vec<_> =
            service.destinations.iter().map(|to| (&*to.host, &*to.path, to.weight, to.port, to.mirror)).collect();
        let expect = [
            ("a", "/spec/http/0/route/0", Some(0), None, false),
            ("b", "/spec/http/0/mirror", None, None, true),
            ("t", "/spec/tcp/0/route/0", None, Some(9), false),
        ];
        assert_eq!(all, expect);
        assert_eq!((&service.delegates, &service.gateways), (&vec!["n/d".to_owned()], &vec!["mesh".to_owned()]));
    }

    #[test]
    fn nothing_said_is_the_default_of_the_reference() {
        let text = [object("v1", "ServiceEntry", "null"), object("v1", "Sidecar", "{ outboundTrafficPolicy: {} }")]
            .join("---\n");
        let inventory = read(&text);
        let (.., entry) = inventory.of::<ServiceEntry>().next().unwrap();
        assert_eq!((&*entry.location, &*entry.resolution), ("MESH_EXTERNAL", "NONE"));
        let (.., sidecar) = inventory.of::<Sidecar>().next().unwrap();
        assert_eq!((sidecar.outbound_mode.as_deref(), &sidecar.selector), (Some("REGISTRY_ONLY"), &None));
    }
}
