//! Nodes and EndpointSlices.

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{EndpointPort, EndpointSlice, KubeNode};
use crate::node::Node;

pub(super) fn node(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Taint {
        key: String,
        value: String,
        effect: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Spec {
        #[serde(rename = "providerID")]
        provider_id: Option<String>,
        taints: Vec<Taint>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Address {
        r#type: String,
        address: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Status {
        addresses: Vec<Address>,
    }
    let spec = object.spec();
    let spec: Spec = spec.read()?;
    let status: Status = object.node.get("status").map(Node::read).transpose()?.unwrap_or_default();
    // AWS cloud provider: `aws:///<availability zone>/<instance>`
    let provider = spec.provider_id.as_deref().and_then(|id| id.strip_prefix("aws://"));
    let parts: Vec<&str> = provider.unwrap_or_default().split('/').filter(|part| !part.is_empty()).collect();
    let (availability_zone, instance) = match parts.as_slice() {
        [zone, .., instance] => (Some((*zone).to_owned()), Some((*instance).to_owned())),
        [instance] => (None, Some((*instance).to_owned())),
        [] => (None, None),
    };
    let taint = |taint: Taint| {
        let value = if taint.value.is_empty() { String::new() } else { format!("={}", taint.value) };
        format!("{}{value}:{}", taint.key, taint.effect)
    };
    let mut taints: Vec<String> = spec.taints.into_iter().map(taint).collect();
    taints.sort();
    let mut addresses: Vec<String> =
        status.addresses.into_iter().map(|address| format!("{} {}", address.r#type, address.address)).collect();
    addresses.sort();
    let asset = object.clustered("Node", KubeNode { instance, availability_zone, taints, addresses });
    object.add(asset);
    Ok(())
}

/// EndpointSlice (`discovery.k8s.io`).
pub(super) fn endpoint_slice(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Target {
        kind: String,
        name: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Endpoint {
        addresses: Vec<String>,
        target_ref: Option<Target>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Port {
        name: Option<String>,
        port: Option<u16>,
        protocol: Option<String>,
    }
    let endpoints: Option<Vec<Endpoint>> = object.node.get("endpoints").map(Node::read).transpose()?;
    let ports: Option<Vec<Port>> = object.node.get("ports").map(Node::read).transpose()?;
    let mut body = EndpointSlice {
        service: object.meta.labels.as_ref().and_then(|labels| labels.get("kubernetes.io/service-name").cloned()),
        ..EndpointSlice::default()
    };
    for endpoint in endpoints.unwrap_or_default() {
        body.addresses.extend(endpoint.addresses);
        body.targets.extend(endpoint.target_ref.map(|target| format!("{}/{}", target.kind, target.name)));
    }
    let port = |port: Port| EndpointPort {
        name: port.name.unwrap_or_default(),
        port: port.port,
        protocol: port.protocol.unwrap_or_else(|| "TCP".to_owned()),
    };
    body.ports = ports.unwrap_or_default().into_iter().map(port).collect();
    body.addresses.sort();
    body.targets.sort();
    body.ports.sort();
    let asset = object.namespaced("EndpointSlice", &object.name(), false, body);
    object.add(asset);
    Ok(())
}
