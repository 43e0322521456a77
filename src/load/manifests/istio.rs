//! Istio's security kinds and its mesh configuration.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{
    AuthCondition, AuthOperation, AuthRule, AuthSource, AuthorizationPolicy, MeshConfig, PeerAuthentication,
};
use crate::node::{Node, NodeError};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WorkloadSelector {
    match_labels: BTreeMap<String, String>,
}

impl WorkloadSelector {
    /// A selector without labels selects everything, as none does.
    fn labels(this: Option<Self>) -> Option<BTreeMap<String, String>> {
        this.map(|selector| selector.match_labels).filter(|labels| !labels.is_empty())
    }
}

/// What Istio takes for true in an annotation (Go, `strconv.ParseBool`).
const TRUE: [&str; 6] = ["1", "t", "T", "true", "TRUE", "True"];

#[derive(Deserialize)]
struct TargetRef {
    kind: String,
    name: String,
}

pub(super) fn authorization_policy(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct From {
        source: AuthSource,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct To {
        operation: AuthOperation,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Rule {
        from: Vec<From>,
        to: Vec<To>,
        when: Vec<AuthCondition>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        action: Option<String>,
        selector: Option<WorkloadSelector>,
        target_ref: Option<TargetRef>,
        target_refs: Vec<TargetRef>,
        rules: Vec<Rule>,
    }
    let spec: Spec = object.spec().read()?;
    let annotations = object.meta.annotations.as_ref();
    let dry_run =
        annotations.and_then(|all| all.get("istio.io/dry-run")).is_some_and(|value| TRUE.contains(&value.as_str()));
    let rule = |rule: Rule| AuthRule {
        from: rule.from.into_iter().map(|from| from.source).collect(),
        to: rule.to.into_iter().map(|to| to.operation).collect(),
        when: rule.when,
    };
    let targets = spec.target_ref.into_iter().chain(spec.target_refs);
    let body = AuthorizationPolicy {
        action: spec.action.filter(|action| !action.is_empty()).unwrap_or_else(|| "ALLOW".to_owned()),
        dry_run,
        selector: WorkloadSelector::labels(spec.selector),
        targets: targets.map(|target| format!("{}/{}", target.kind, target.name)).collect(),
        rules: spec.rules.into_iter().map(rule).collect(),
        delivery: object.delivery(),
    };
    let asset = object.namespaced("AuthorizationPolicy", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn peer_authentication(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Mtls {
        mode: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        selector: Option<WorkloadSelector>,
        mtls: Option<Mtls>,
        port_level_mtls: BTreeMap<String, Mtls>,
    }
    let spec: Spec = object.spec().read()?;
    let mode = |mtls: Option<Mtls>| mtls.and_then(|mtls| mtls.mode).unwrap_or_else(|| "UNSET".to_owned());
    let body = PeerAuthentication {
        selector: WorkloadSelector::labels(spec.selector),
        mode: mode(spec.mtls),
        ports: spec.port_level_mtls.into_iter().map(|(port, mtls)| (port, mode(Some(mtls)))).collect(),
        created: object.meta.creation_timestamp.clone().unwrap_or_default(),
        delivery: object.delivery(),
    };
    let asset = object.namespaced("PeerAuthentication", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

/// ConfigMap `istio` or `istio-<revision>` with a `mesh` key; other ConfigMaps are not read.
pub(super) fn mesh_config(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Mesh {
        root_namespace: Option<String>,
        trust_domain: Option<String>,
        trust_domain_aliases: Vec<String>,
    }
    let name = object.name();
    let revision = match name.strip_prefix("istio") {
        Some("") => "default",
        Some(rest) => rest.strip_prefix('-').unwrap_or_default(),
        None => "",
    };
    let mesh = object.node.get("data").and_then(|data| data.get("mesh"));
    let Some((mesh, text)) = mesh.filter(|_| !revision.is_empty()).and_then(|mesh| Some((mesh, mesh.as_str()?))) else {
        object.batch.coverage.skip("ConfigMap");
        return Ok(());
    };
    // the inner document starts on the line below `mesh: |`
    let inside = |error: NodeError| NodeError { message: format!("`data.mesh`: {}", error.message), ..error };
    let inner = Node::from_yaml(text, mesh.spot.line.saturating_add(1)).map_err(inside)?;
    let read: Mesh = inner.as_ref().map(Node::read).transpose().map_err(inside)?.unwrap_or_default();
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let body = MeshConfig {
        revision: revision.to_owned(),
        root_namespace: filled(read.root_namespace).unwrap_or_else(|| object.namespace().to_string()),
        trust_domain: filled(read.trust_domain).unwrap_or_else(|| "cluster.local".to_owned()),
        trust_domain_aliases: read.trust_domain_aliases,
    };
    let asset = object.namespaced("ConfigMap", &name, false, body);
    object.add(asset);
    Ok(())
}
