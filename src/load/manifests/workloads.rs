//! Workloads: what owns pods. Running pods are folded into their topmost owner.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Object, Read};
use crate::load::batch::Piece;
use crate::model::{ContainerPort, LabelExpression, Workload, kube_id};
use crate::node::{Node, NodeError};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Template {
    metadata: TemplateMeta,
    spec: PodSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TemplateMeta {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PodSpec {
    service_account_name: Option<String>,
    service_account: Option<String>,
    host_network: bool,
    containers: Vec<Container>,
    init_containers: Vec<Container>,
    node_selector: BTreeMap<String, String>,
    affinity: Option<Affinity>,
    tolerations: Vec<Toleration>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Affinity {
    node_affinity: Option<NodeAffinity>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeAffinity {
    required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeSelector {
    node_selector_terms: Vec<NodeTerm>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeTerm {
    match_expressions: Vec<LabelExpression>,
    match_fields: Vec<LabelExpression>,
}

impl NodeTerm {
    fn text(&self) -> String {
        let all = self.match_expressions.iter().chain(&self.match_fields);
        let one =
            |e: &LabelExpression| format!("{} {} {}", e.key, e.operator, e.values.join(",")).trim_end().to_owned();
        all.map(one).collect::<Vec<_>>().join(" and ")
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Toleration {
    key: String,
    value: String,
    effect: String,
}

impl Toleration {
    fn text(&self) -> String {
        let value = if self.value.is_empty() { String::new() } else { format!("={}", self.value) };
        format!("{}{value}:{}", self.key, self.effect)
    }
}

/// A container. Its environment and arguments are not read at all: secrets end up in them.
#[derive(Deserialize)]
struct Container {
    name: Option<String>,
    #[serde(default)]
    ports: Vec<Port>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Port {
    name: Option<String>,
    container_port: u16,
    protocol: Option<String>,
    host_port: Option<u16>,
}

fn workload(kind: &str, meta: TemplateMeta, spec: PodSpec, pods: u64) -> Workload {
    let all = || spec.containers.iter().chain(&spec.init_containers);
    let mut ports: Vec<ContainerPort> = all()
        .flat_map(|container| &container.ports)
        .map(|port| ContainerPort {
            name: port.name.clone().unwrap_or_default(),
            port: port.container_port,
            protocol: port.protocol.clone().unwrap_or_else(|| "TCP".to_owned()),
            host_port: port.host_port.filter(|number| *number > 0),
        })
        .collect();
    ports.sort();
    ports.dedup();
    let mut containers: Vec<String> = all().filter_map(|container| container.name.clone()).collect();
    containers.sort();
    // annotations hold what anybody puts there, whole manifests among it: only those that steer the mesh are kept
    let annotations = meta.annotations.into_iter().filter(|(key, _)| key.contains("istio.io/")).collect();
    let required = spec.affinity.and_then(|affinity| affinity.node_affinity);
    let required = required.and_then(|affinity| affinity.required_during_scheduling_ignored_during_execution);
    let terms = required.map(|selector| selector.node_selector_terms).unwrap_or_default();
    let mut node_affinity: Vec<String> = terms.iter().map(NodeTerm::text).collect();
    node_affinity.sort();
    let mut tolerations: Vec<String> = spec.tolerations.iter().map(Toleration::text).collect();
    tolerations.sort();
    let service_account = spec.service_account_name.or(spec.service_account).filter(|name| !name.is_empty());
    Workload {
        workload_kind: kind.to_owned(),
        labels: meta.labels,
        annotations,
        service_account: service_account.unwrap_or_else(|| "default".to_owned()),
        host_network: spec.host_network,
        // a native sidecar is an init container (Istio, "Kubernetes Native Sidecars")
        proxies: Some(if containers.iter().any(|name| name == "istio-proxy") { pods } else { 0 }),
        containers,
        ports,
        node_selector: spec.node_selector,
        node_affinity,
        tolerations,
        pods,
        ..Workload::default()
    }
}

/// Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs, Argo Rollouts: `spec.template` is a pod.
pub(super) fn templated(object: &mut Object<'_>) -> Read {
    let spec = object.spec();
    let template = spec.get("template").map(Node::read::<Template>).transpose()?.unwrap_or_default();
    add(object, template)
}

/// CronJobs: the template lies one level deeper.
pub(super) fn cron_job(object: &mut Object<'_>) -> Read {
    let spec = object.spec();
    let template = spec.get("jobTemplate").and_then(|job| job.get("spec")).and_then(|spec| spec.get("template"));
    let template = template.map(Node::read::<Template>).transpose()?.unwrap_or_default();
    add(object, template)
}

fn add(object: &mut Object<'_>, template: Template) -> Read {
    let body = workload(object.kind, template.metadata, template.spec, 0);
    let asset = object.namespaced(object.kind, &object.name(), false, body);
    let owner = object.controller().map(|owner| (owner.kind.clone(), owner.name.clone()));
    match owner {
        Some((kind, name)) => {
            let owner = kube_id(&object.batch.cluster(), &object.namespace(), &kind, &name);
            object.piece(Piece::Owned(Box::new(asset), owner));
        }
        None => object.add(asset),
    }
    Ok(())
}

/// A running pod: one of its owner's, or a workload of its own if it is bare. Completed pods take no part.
pub(super) fn pod(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Status {
        phase: Option<String>,
        #[serde(rename = "podIP")]
        pod_ip: Option<String>,
        #[serde(rename = "podIPs")]
        pod_ips: Vec<PodIp>,
    }
    #[derive(Deserialize)]
    struct PodIp {
        ip: String,
    }
    let status: Status = object.node.get("status").map(Node::read).transpose()?.unwrap_or_default();
    if matches!(status.phase.as_deref(), Some("Succeeded" | "Failed")) {
        object.batch.coverage.skip("Pod (completed)");
        return Ok(());
    }
    // a manifest of a pod has no status: nothing runs yet
    let spec: PodSpec = object.spec().read_owned()?;
    let labels = object.meta.labels.clone().unwrap_or_default();
    let annotations = object.meta.annotations.clone().unwrap_or_default();
    let (kind, name) = match object.controller() {
        None => ("Pod".to_owned(), object.name()),
        Some(owner) => topmost(&owner.kind, &owner.name, &labels),
    };
    let mut body = workload(&kind, TemplateMeta { labels, annotations }, spec, u64::from(status.phase.is_some()));
    if !body.host_network {
        let told = status.pod_ips.iter().map(|one| &one.ip).chain(&status.pod_ip);
        body.addresses = told.filter_map(|text| text.parse().ok()).collect();
        body.addresses.sort_unstable();
        body.addresses.dedup();
    }
    let asset = object.namespaced(&kind, &name, false, body);
    object.piece(Piece::Pod(Box::new(asset)));
    Ok(())
}

/// The owner above a ReplicaSet: the same name without the hash that the Deployment's controller appended.
fn topmost(kind: &str, name: &str, labels: &BTreeMap<String, String>) -> (String, String) {
    let hash = labels.get("pod-template-hash").filter(|_| kind == "ReplicaSet");
    match hash.and_then(|hash| name.strip_suffix(hash.as_str())).and_then(|rest| rest.strip_suffix('-')) {
        Some(deployment) if !deployment.is_empty() => ("Deployment".to_owned(), deployment.to_owned()),
        _ => (kind.to_owned(), name.to_owned()),
    }
}

impl Node {
    /// Reads a typed value that borrows nothing of the node.
    fn read_owned<T: serde::de::DeserializeOwned>(&self) -> Result<T, NodeError> {
        self.read()
    }
}
