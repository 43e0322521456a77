//! Namespaces, services and service accounts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{Namespace, Place, Service, ServiceAccount, ServicePort, kube_id};

pub(super) fn namespace(object: &mut Object<'_>) -> Read {
    let name = object.name();
    let cluster = object.batch.cluster();
    let place = Place { namespace: Some(name.as_str().into()), ..object.place(None) };
    let labels = object.meta.labels.clone().unwrap_or_default();
    let id = kube_id(&cluster, "", "Namespace", &name);
    let mut asset = object.batch.asset(id, object.spot(), place, labels, Namespace { implied: false });
    object.keep_fields(&mut asset, false);
    object.add(asset);
    Ok(())
}

pub(super) fn service_account(object: &mut Object<'_>) -> Read {
    let asset = object.namespaced("ServiceAccount", &object.name(), false, ServiceAccount {});
    object.add(asset);
    Ok(())
}

pub(super) fn service(object: &mut Object<'_>) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Port {
        name: Option<String>,
        port: u16,
        target_port: Option<String>,
        protocol: Option<String>,
        app_protocol: Option<String>,
        node_port: Option<u16>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        r#type: Option<String>,
        selector: BTreeMap<String, String>,
        ports: Vec<Port>,
        #[serde(rename = "externalIPs")]
        external_ips: Vec<String>,
        external_traffic_policy: Option<String>,
        load_balancer_source_ranges: Vec<String>,
        load_balancer_class: Option<String>,
        allocate_load_balancer_node_ports: Option<bool>,
    }
    let spec = object.spec();
    let mut spec: Spec = spec.read()?;
    let port = |port: Port| ServicePort {
        name: port.name.unwrap_or_default(),
        port: port.port,
        // Kubernetes API: the target port is the service's own where none is given
        target_port: port.target_port.unwrap_or_else(|| port.port.to_string()),
        protocol: port.protocol.unwrap_or_else(|| "TCP".to_owned()),
        app_protocol: port.app_protocol,
        node_port: port.node_port,
    };
    let mut ports: Vec<ServicePort> = spec.ports.into_iter().map(port).collect();
    ports.sort();
    let service_type = spec.r#type.unwrap_or_else(|| "ClusterIP".to_owned());
    spec.external_ips.sort();
    spec.load_balancer_source_ranges.sort();
    let body = Service {
        service_type,
        selector: spec.selector,
        ports,
        external_ips: spec.external_ips,
        external_traffic_policy: spec.external_traffic_policy.filter(|policy| !policy.is_empty()),
        load_balancer_source_ranges: spec.load_balancer_source_ranges,
        load_balancer_class: spec.load_balancer_class,
        allocate_node_ports: spec.allocate_load_balancer_node_ports,
        annotations: object.balancer_annotations(),
        delivery: object.delivery(),
    };
    let asset = object.namespaced("Service", &object.name(), true, body);
    object.add(asset);
    Ok(())
}
