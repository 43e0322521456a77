//! Ingress, and the kinds of the Gateway API (`gateway.networking.k8s.io`, all versions).

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{
    ApiGateway, GatewayClass, GatewayListener, GatewayRoute, Ingress, IngressRule, ReferenceGrant, RouteBackend,
};
use crate::node::Node;

/// Ingress: `networking.k8s.io/v1` names a backend's service in a mapping, the beta versions beside its port.
pub(super) fn ingress(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Port {
        number: Option<u16>,
        name: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Named {
        name: String,
        port: Port,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Resource {
        kind: String,
        name: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Backend {
        service: Option<Named>,
        resource: Option<Resource>,
        service_name: Option<String>,
        service_port: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Path {
        path: Option<String>,
        backend: Backend,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Http {
        paths: Vec<Path>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Rule {
        host: Option<String>,
        http: Option<Http>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Tls {
        hosts: Vec<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        ingress_class_name: Option<String>,
        default_backend: Option<Backend>,
        backend: Option<Backend>,
        rules: Vec<Rule>,
        tls: Vec<Tls>,
    }
    fn text(backend: Backend) -> String {
        let Backend { service, resource, service_name, service_port } = backend;
        match (service, resource) {
            (Some(Named { name, port }), _) => {
                let port = port.number.map(|number| number.to_string()).or(port.name);
                format!("{name}:{}", port.unwrap_or_default())
            }
            (None, Some(Resource { kind, name })) => format!("{kind}/{name}"),
            (None, None) => format!("{}:{}", service_name.unwrap_or_default(), service_port.unwrap_or_default()),
        }
    }
    let spec = object.spec();
    let spec: Spec = spec.read()?;
    let mut rules = Vec::new();
    for Rule { host, http } in spec.rules {
        let host = host.unwrap_or_default();
        let paths = http.map(|http| http.paths).unwrap_or_default();
        rules.extend(paths.into_iter().map(|Path { path, backend }| IngressRule {
            host: host.clone(),
            path: path.unwrap_or_default(),
            backend: text(backend),
        }));
    }
    rules.sort();
    let mut tls_hosts: Vec<String> = spec.tls.into_iter().flat_map(|tls| tls.hosts).collect();
    tls_hosts.sort();
    let older = object.meta.annotations.as_ref().and_then(|all| all.get("kubernetes.io/ingress.class").cloned());
    let body = Ingress {
        class: spec.ingress_class_name.or(older),
        default_backend: spec.default_backend.or(spec.backend).map(text),
        rules,
        tls_hosts,
        annotations: object.balancer_annotations(),
    };
    let asset = object.namespaced("Ingress", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn gateway_class(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        controller_name: String,
        /// Before v1alpha2.
        controller: Option<String>,
    }
    let spec = object.spec();
    let spec: Spec = spec.read()?;
    let body = GatewayClass { controller: spec.controller.unwrap_or(spec.controller_name) };
    let asset = object.clustered("GatewayClass", body);
    object.add(asset);
    Ok(())
}

pub(super) fn gateway(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Tls {
        mode: Option<String>,
        #[serde(rename = "certificateRefs")]
        _certificate_refs: serde_json::Value,
        #[serde(rename = "options")]
        _options: serde_json::Value,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Namespaces {
        from: Option<String>,
        #[serde(rename = "selector")]
        _selector: Option<crate::model::LabelSelector>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Kind {
        #[serde(rename = "group")]
        _group: Option<String>,
        #[serde(rename = "kind")]
        _kind: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Allowed {
        namespaces: Option<Namespaces>,
        #[serde(rename = "kinds")]
        _kinds: Vec<Kind>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Listener {
        name: String,
        hostname: Option<String>,
        port: u16,
        protocol: String,
        tls: Option<Tls>,
        allowed_routes: Option<Allowed>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Address {
        value: Option<String>,
        #[serde(rename = "type")]
        _type: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        gateway_class_name: String,
        listeners: Vec<Listener>,
        addresses: Vec<Address>,
        #[serde(rename = "infrastructure")]
        _infrastructure: Option<serde_json::Value>,
    }
    let spec = object.spec();
    let (spec, unknown_fields): (Spec, _) = spec.read_known("/spec")?;
    let listener = |l: Listener| GatewayListener {
        name: l.name,
        port: l.port,
        protocol: l.protocol,
        hostname: l.hostname.unwrap_or_default(),
        tls_mode: l.tls.map(|tls| tls.mode.unwrap_or_else(|| "Terminate".to_owned())),
        // Gateway API reference, RouteNamespaces: only the gateway's own namespace unless told otherwise
        routes_from: l.allowed_routes.and_then(|allowed| allowed.namespaces?.from).unwrap_or_else(|| "Same".to_owned()),
    };
    let mut listeners: Vec<GatewayListener> = spec.listeners.into_iter().map(listener).collect();
    listeners.sort();
    let mut addresses: Vec<String> = spec.addresses.into_iter().filter_map(|address| address.value).collect();
    addresses.sort();
    let body = ApiGateway { class: spec.gateway_class_name, listeners, addresses, unknown_fields };
    let asset = object.namespaced("Gateway", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

/// HTTPRoute, GRPCRoute, TLSRoute, TCPRoute; v1alpha1 named its backends `forwardTo` and is told as unread.
pub(super) fn route(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Parent {
        kind: Option<String>,
        namespace: Option<String>,
        name: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Reference {
        kind: Option<String>,
        namespace: Option<String>,
        name: String,
        port: Option<u16>,
        weight: Option<u32>,
        filters: Vec<Filter>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Mirror {
        backend_ref: Reference,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Filter {
        request_mirror: Option<Mirror>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Rule {
        filters: Vec<Filter>,
        backend_refs: Vec<Reference>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        parent_refs: Vec<Parent>,
        hostnames: Vec<String>,
        rules: Vec<Rule>,
    }
    /// Adds a backend and what its filters copy requests to (Gateway API reference, HTTPRequestMirrorFilter).
    fn add(own: &str, path: String, mirror: bool, reference: Reference, backends: &mut Vec<RouteBackend>) {
        mirrors(own, &path, reference.filters, backends);
        backends.push(RouteBackend {
            kind: reference.kind.unwrap_or_else(|| "Service".to_owned()),
            namespace: reference.namespace.unwrap_or_else(|| own.to_owned()),
            name: reference.name,
            port: reference.port,
            // Gateway API reference, BackendRef: 1 unless told otherwise
            weight: reference.weight.unwrap_or(1),
            mirror,
            path,
        });
    }
    fn mirrors(own: &str, path: &str, filters: Vec<Filter>, backends: &mut Vec<RouteBackend>) {
        for (at, filter) in filters.into_iter().enumerate() {
            if let Some(mirror) = filter.request_mirror {
                let path = format!("{path}/filters/{at}/requestMirror/backendRef");
                add(own, path, true, mirror.backend_ref, backends);
            }
        }
    }
    let spec = object.spec();
    let spec: Spec = spec.read()?;
    let namespace = object.namespace().to_string();
    let mut parents: Vec<String> = spec
        .parent_refs
        .into_iter()
        .map(|parent| {
            let kind = parent.kind.unwrap_or_else(|| "Gateway".to_owned());
            format!("{kind}/{}/{}", parent.namespace.unwrap_or_else(|| namespace.clone()), parent.name)
        })
        .collect();
    parents.sort();
    let mut backends = Vec::new();
    for (at, rule) in spec.rules.into_iter().enumerate() {
        mirrors(&namespace, &format!("/spec/rules/{at}"), rule.filters, &mut backends);
        for (backend, reference) in rule.backend_refs.into_iter().enumerate() {
            add(&namespace, format!("/spec/rules/{at}/backendRefs/{backend}"), false, reference, &mut backends);
        }
    }
    backends.sort();
    let mut hostnames = spec.hostnames;
    hostnames.sort();
    let body = GatewayRoute { route_kind: object.kind.to_owned(), parents, hostnames, backends };
    let asset = object.namespaced(object.kind, &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn reference_grant(object: &mut Object<'_>) -> Read {
    let spec = object.spec();
    let all = |name: &str, last: &str| {
        let items = spec.get(name).into_iter().flat_map(Node::items);
        let field = |item: &Node, name: &str| item.get(name).and_then(Node::as_str).unwrap_or_default().to_owned();
        let mut all: Vec<String> = items
            .map(|item| {
                let end = Some(field(item, last)).filter(|text| !text.is_empty()).unwrap_or_else(|| "*".to_owned());
                format!("{}/{}/{end}", field(item, "group"), field(item, "kind"))
            })
            .collect();
        all.sort();
        all
    };
    let body = ReferenceGrant { from: all("from", "namespace"), to: all("to", "name") };
    let asset = object.namespaced("ReferenceGrant", &object.name(), true, body);
    object.add(asset);
    Ok(())
}
