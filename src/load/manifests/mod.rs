//! Kubernetes objects, from YAML or JSON, to assets.
//!
//! The API *group* and the kind together decide what an object is: a Knative or Gatekeeper object of the same kind name
//! is another thing. To read a new kind: a line in [`KINDS`] and a function that turns the object into an asset.

mod amazon;
mod argo;
mod core;
mod entrances;
mod foreign;
mod istio;
mod istio_extensions;
mod istio_traffic;
mod network_policy;
mod nodes;
mod rbac;
mod status;
mod unrendered;
mod workloads;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::batch::{Batch, Piece};
use crate::model::{Asset, Body, Delivery, GapReason, Origin, Place, Spot, kube_id};
use crate::node::{Key, Node, NodeError, Value};

type Read = Result<(), NodeError>;
type Handler = fn(&mut Object<'_>) -> Read;

/// Prefixes of annotations that steer load balancers (AWS Load Balancer Controller; Kubernetes, "Well-Known Labels,
/// Annotations and Taints").
const BALANCER_ANNOTATIONS: [&str; 3] =
    ["service.beta.kubernetes.io/aws-load-balancer-", "alb.ingress.kubernetes.io/", "kubernetes.io/ingress.class"];

/// What each (API group, kind) is.
const KINDS: &[(&str, &str, Handler)] = &[
    ("", "ConfigMap", istio::mesh_config),
    ("", "Namespace", core::namespace),
    ("", "Node", nodes::node),
    ("", "Pod", workloads::pod),
    ("", "ReplicationController", workloads::templated),
    ("", "Secret", argo::registration),
    ("", "Service", core::service),
    ("", "ServiceAccount", core::service_account),
    ("apps", "DaemonSet", workloads::templated),
    ("apps", "Deployment", workloads::templated),
    ("apps", "ReplicaSet", workloads::templated),
    ("apps", "StatefulSet", workloads::templated),
    ("argoproj.io", "AppProject", argo::project),
    ("argoproj.io", "Application", argo::application),
    ("argoproj.io", "ApplicationSet", argo::application_set),
    ("argoproj.io", "Rollout", workloads::templated),
    ("batch", "CronJob", workloads::cron_job),
    ("batch", "Job", workloads::templated),
    ("cilium.io", "CiliumClusterwideNetworkPolicy", foreign::clustered),
    ("cilium.io", "CiliumNetworkPolicy", foreign::namespaced),
    ("crd.k8s.amazonaws.com", "ENIConfig", amazon::eni_config),
    ("crd.projectcalico.org", "GlobalNetworkPolicy", foreign::clustered),
    ("crd.projectcalico.org", "NetworkPolicy", foreign::namespaced),
    ("discovery.k8s.io", "EndpointSlice", nodes::endpoint_slice),
    ("elbv2.k8s.aws", "TargetGroupBinding", amazon::target_group_binding),
    ("extensions", "Ingress", entrances::ingress),
    ("extensions.istio.io", "WasmPlugin", istio_extensions::wasm_plugin),
    ("gateway.networking.k8s.io", "GRPCRoute", entrances::route),
    ("gateway.networking.k8s.io", "Gateway", entrances::gateway),
    ("gateway.networking.k8s.io", "GatewayClass", entrances::gateway_class),
    ("gateway.networking.k8s.io", "HTTPRoute", entrances::route),
    ("gateway.networking.k8s.io", "ReferenceGrant", entrances::reference_grant),
    ("gateway.networking.k8s.io", "TCPRoute", entrances::route),
    ("gateway.networking.k8s.io", "TLSRoute", entrances::route),
    ("networking.istio.io", "DestinationRule", istio_traffic::destination_rule),
    ("networking.istio.io", "EnvoyFilter", istio_extensions::envoy_filter),
    ("networking.istio.io", "Gateway", istio_traffic::gateway),
    ("networking.istio.io", "ProxyConfig", istio_extensions::proxy_config),
    ("networking.istio.io", "ServiceEntry", istio_traffic::service_entry),
    ("networking.istio.io", "Sidecar", istio_traffic::sidecar),
    ("networking.istio.io", "VirtualService", istio_traffic::virtual_service),
    ("networking.istio.io", "WorkloadEntry", istio_traffic::workload_entry),
    ("networking.k8s.io", "Ingress", entrances::ingress),
    ("networking.k8s.io", "NetworkPolicy", network_policy::network_policy),
    ("policy.networking.k8s.io", "AdminNetworkPolicy", foreign::clustered),
    ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy", foreign::clustered),
    ("policy.networking.k8s.io", "ClusterNetworkPolicy", foreign::clustered),
    ("projectcalico.org", "GlobalNetworkPolicy", foreign::clustered),
    ("projectcalico.org", "NetworkPolicy", foreign::namespaced),
    ("rbac.authorization.k8s.io", "ClusterRole", rbac::role),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", rbac::binding),
    ("rbac.authorization.k8s.io", "Role", rbac::role),
    ("rbac.authorization.k8s.io", "RoleBinding", rbac::binding),
    ("security.istio.io", "AuthorizationPolicy", istio::authorization_policy),
    ("security.istio.io", "PeerAuthentication", istio::peer_authentication),
    ("security.istio.io", "RequestAuthentication", istio::request_authentication),
    ("telemetry.istio.io", "Telemetry", istio_extensions::telemetry),
    ("vpcresources.k8s.aws", "CNINode", amazon::cni_node),
    ("vpcresources.k8s.aws", "SecurityGroupPolicy", amazon::security_group_policy),
];

/// Reads a file of YAML documents; one that is broken is a gap, the others are still read.
pub(super) fn read_yaml(text: &str, batch: &mut Batch) {
    for (first_line, document) in documents(text) {
        match Node::from_yaml(document, first_line) {
            Ok(None) => {}
            // a mark without a document behind it, as templates leave them
            Ok(Some(node)) if node.value == Value::Null => {}
            Ok(Some(node)) => object(&node, batch),
            Err(error) if !error.too_large && unrendered::is_template(document) => {
                unrendered::template(batch, error.spot);
            }
            Err(error) => bad_document(&error, batch),
        }
    }
}

/// Records a document that could not be read.
pub(super) fn bad_document(error: &NodeError, batch: &mut Batch) {
    let (reason, mend) = if error.too_large {
        (GapReason::TooLarge, "split the document, or write out what its aliases stand for")
    } else {
        (GapReason::Malformed, "mend it, or keep files that are no manifests out of the sources")
    };
    batch.gap(reason, error.message.clone(), mend, Some(error.spot));
}

/// Cuts a text at its document marks. A line that starts with `---` can be nothing else: inside block scalars
/// content is indented. So one broken document does not take the others with it.
fn documents(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut cuts = vec![(1_u32, 0_usize)];
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let mark = line.trim_end();
        if offset > 0 && (mark == "---" || mark.starts_with("--- ")) {
            cuts.push((u32::try_from(number + 1).unwrap_or(u32::MAX), offset));
        }
        offset += line.len();
    }
    let ends: Vec<usize> = cuts.iter().skip(1).map(|cut| cut.1).chain([text.len()]).collect();
    cuts.into_iter().zip(ends).filter_map(move |((line, start), end)| Some((line, text.get(start..end)?)))
}

/// Reads one object, or the objects of a list.
pub(super) fn object(node: &Node, batch: &mut Batch) {
    let field = |name: &str| node.get(name).and_then(Node::as_str).unwrap_or_default();
    let (api_version, kind) = (field("apiVersion"), field("kind"));
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    if unrendered::is_kustomization(group, kind, &batch.file) {
        return unrendered::kustomization(node, batch);
    }
    if api_version.is_empty() || kind.is_empty() {
        if node.entries().is_empty() {
            let detail = format!("a document that is {} and no Kubernetes object", node.describe());
            return batch.gap(GapReason::Malformed, detail, "keep it out of the sources", Some(node.spot));
        }
        return batch.coverage.skip("YAML without apiVersion and kind");
    }
    if let (Some(of), Some(items)) = (kind.strip_suffix("List"), node.get("items")) {
        return items.items().iter().for_each(|item| listed(item, api_version, of, batch));
    }
    if (api_version, kind) == ("v1", "Status") {
        return status::status(node, batch);
    }
    if unrendered::has_marks(node, kind) {
        return unrendered::template(batch, node.spot);
    }
    let Some((.., handler)) = KINDS.iter().find(|(g, k, _)| *g == group && *k == kind) else {
        return batch.coverage.skip(if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") });
    };
    if unrendered::is_patch(node) {
        return unrendered::patch(batch, kind, node.spot);
    }
    let meta = match node.get("metadata").map(Node::read::<Meta>).transpose() {
        Ok(meta) => meta.unwrap_or_default(),
        Err(error) => {
            status::fell_short(group, kind, batch);
            return bad_document(&error, batch);
        }
    };
    let mut object = Object { node, group, kind, meta, batch };
    if object.meta.name.as_deref().unwrap_or_default().is_empty() {
        let detail = format!("a {kind} without `metadata.name`");
        status::fell_short(group, kind, object.batch);
        return object.batch.gap(GapReason::Malformed, detail, "give it a name", Some(node.spot));
    }
    if let Err(mut error) = handler(&mut object) {
        error.message = format!("{kind} `{}`: {}", object.name(), error.message);
        bad_document(&error, batch);
        status::fell_short(group, kind, batch);
    }
}

/// Reads an item of a list. The items of a typed list, as the API itself gives it, leave out what the list says.
fn listed(item: &Node, api_version: &str, kind: &str, batch: &mut Batch) {
    if kind.is_empty() || item.get("kind").is_some() || item.entries().is_empty() {
        return object(item, batch);
    }
    let mut whole = item.clone();
    if let Value::Map(entries) = &mut whole.value {
        for (name, text) in [("apiVersion", api_version), ("kind", kind)] {
            let node = Node { value: Value::String(text.to_owned()), spot: item.spot };
            entries.push((Key { name: name.to_owned(), spot: item.spot }, node));
        }
    }
    object(&whole, batch);
}

/// What all objects have.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    name: Option<String>,
    namespace: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<Owner>>,
    creation_timestamp: Option<String>,
    uid: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    kind: String,
    name: String,
    controller: Option<bool>,
}

/// One object that is being read.
pub(super) struct Object<'a> {
    node: &'a Node,
    group: &'a str,
    kind: &'a str,
    meta: Meta,
    batch: &'a mut Batch,
}

impl Object<'_> {
    fn name(&self) -> String {
        self.meta.name.clone().unwrap_or_default()
    }

    /// The object's namespace; `default` where none is set, as kubectl has it.
    fn namespace(&self) -> Arc<str> {
        self.meta.namespace.as_deref().filter(|namespace| !namespace.is_empty()).unwrap_or("default").into()
    }

    fn place(&self, namespace: Option<Arc<str>>) -> Place {
        Place { cluster: Some(self.batch.cluster()), namespace, account: None, region: None }
    }

    /// `spec`, or an empty mapping: several kinds mean something without one.
    fn spec(&self) -> Node {
        self.node.get("spec").cloned().unwrap_or(Node { value: crate::node::Value::Map(vec![]), spot: self.node.spot })
    }

    fn controller(&self) -> Option<&Owner> {
        self.meta.owner_references.iter().flatten().find(|owner| owner.controller == Some(true))
    }

    /// How the object came into its cluster.
    ///
    /// Source: Argo CD, "Resource Tracking": by annotation, or by the label that Helm sets as well.
    fn delivery(&self) -> Delivery {
        let annotation = self.meta.annotations.as_ref().and_then(|all| all.get("argocd.argoproj.io/tracking-id"));
        let label = self.meta.labels.as_ref().and_then(|all| all.get("app.kubernetes.io/instance"));
        Delivery {
            live: self.meta.uid.as_deref().is_some_and(|uid| !uid.is_empty()),
            owner: self.controller().map(|owner| format!("{}/{}", owner.kind, owner.name)),
            mark: annotation.or(label).cloned(),
        }
    }

    /// The asset of an object in a namespace, with the places of all its fields if findings point into it.
    fn namespaced(&self, kind: &str, name: &str, keep_fields: bool, body: impl Into<Body>) -> Asset {
        let namespace = self.namespace();
        let id = kube_id(&self.batch.cluster(), &namespace, kind, name);
        let labels = self.meta.labels.clone().unwrap_or_default();
        let mut asset = self.batch.asset(id, self.spot(), self.place(Some(namespace)), labels, body);
        self.keep_fields(&mut asset, keep_fields);
        asset
    }

    /// The asset of an object of the whole cluster.
    fn clustered(&self, kind: &str, body: impl Into<Body>) -> Asset {
        let id = kube_id(&self.batch.cluster(), "", kind, &self.name());
        let labels = self.meta.labels.clone().unwrap_or_default();
        let mut asset = self.batch.asset(id, self.spot(), self.place(None), labels, body);
        self.keep_fields(&mut asset, false);
        asset
    }

    /// Annotations that steer load balancers; others hold what anybody puts there.
    fn balancer_annotations(&self) -> BTreeMap<String, String> {
        let all = self.meta.annotations.iter().flatten();
        let steer = |key: &str| BALANCER_ANNOTATIONS.iter().any(|prefix| key.starts_with(prefix));
        all.filter(|(key, _)| steer(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Where the object starts: at its first key.
    fn spot(&self) -> Spot {
        self.node.entries().first().map_or(self.node.spot, |(key, _)| key.spot)
    }

    fn keep_fields(&self, asset: &mut Asset, whole: bool) {
        let Origin::File { fields, .. } = &mut asset.origin else { return };
        if let Some(labels) = self.node.get("metadata").and_then(|meta| meta.get("labels")) {
            labels.spots("/metadata/labels", fields);
        }
        if let (true, Some(spec)) = (whole, self.node.get("spec")) {
            fields.push(("/spec".into(), spec.spot));
            spec.spots("/spec", fields);
        }
        fields.sort();
    }

    fn add(&mut self, asset: Asset) {
        self.batch.assets.push(asset);
    }

    fn piece(&mut self, piece: Piece) {
        self.batch.pieces.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::documents;

    #[test]
    fn documents_are_cut_at_marks_and_keep_their_lines() {
        let text = "a: 1\n---\nb: |\n  ---\n  x\n--- # c\nc: 1\n";
        let cut: Vec<_> = documents(text).collect();
        assert_eq!(cut, [(1, "a: 1\n"), (2, "---\nb: |\n  ---\n  x\n"), (6, "--- # c\nc: 1\n")]);
    }
}
