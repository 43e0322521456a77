//! Istio's security kinds and its mesh configuration.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{
    AuthCondition, AuthOperation, AuthRule, AuthSource, AuthorizationPolicy, MeshConfig, PeerAuthentication,
    RequestAuthentication,
};
use crate::node::{Node, NodeError};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct WorkloadSelector {
    match_labels: BTreeMap<String, String>,
}

impl WorkloadSelector {
    /// A selector without labels selects everything, as none does.
    pub(super) fn labels(this: Option<Self>) -> Option<BTreeMap<String, String>> {
        this.map(|selector| selector.match_labels).filter(|labels| !labels.is_empty())
    }
}

/// What proxies do with traffic to hosts that the mesh does not know.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OutboundPolicy {
    mode: Option<String>,
}

impl OutboundPolicy {
    /// Istio, OutboundTrafficPolicy: REGISTRY_ONLY is the mode's first value, so an empty policy means it.
    pub(super) fn mode(self) -> String {
        self.mode.filter(|mode| !mode.is_empty()).unwrap_or_else(|| "REGISTRY_ONLY".to_owned())
    }
}

/// What Istio takes for true in an annotation (Go, `strconv.ParseBool`).
const TRUE: [&str; 6] = ["1", "t", "T", "true", "TRUE", "True"];

#[derive(Deserialize)]
pub(super) struct TargetRef {
    kind: String,
    name: String,
    // known fields that change nothing here: what is bound lies in the policy's namespace
    #[serde(rename = "group")]
    _group: Option<String>,
    #[serde(rename = "namespace")]
    _namespace: Option<String>,
}

impl TargetRef {
    /// The old field and the list that took its place, `Kind/name`.
    pub(super) fn names(one: Option<Self>, all: Vec<Self>) -> Vec<String> {
        one.into_iter().chain(all).map(|target| format!("{}/{}", target.kind, target.name)).collect()
    }
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
    let spec = object.spec();
    let (spec, unknown_fields): (Spec, _) = spec.read_known("/spec")?;
    let annotations = object.meta.annotations.as_ref();
    let dry_run =
        annotations.and_then(|all| all.get("istio.io/dry-run")).is_some_and(|value| TRUE.contains(&value.as_str()));
    let rule = |rule: Rule| AuthRule {
        from: rule.from.into_iter().map(|from| from.source).collect(),
        to: rule.to.into_iter().map(|to| to.operation).collect(),
        when: rule.when,
    };
    let body = AuthorizationPolicy {
        action: spec.action.filter(|action| !action.is_empty()).unwrap_or_else(|| "ALLOW".to_owned()),
        dry_run,
        selector: WorkloadSelector::labels(spec.selector),
        targets: TargetRef::names(spec.target_ref, spec.target_refs),
        rules: spec.rules.into_iter().map(rule).collect(),
        unknown_fields,
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
    let spec = object.spec();
    let (spec, unknown_fields): (Spec, _) = spec.read_known("/spec")?;
    let mode = |mtls: Option<Mtls>| mtls.and_then(|mtls| mtls.mode).unwrap_or_else(|| "UNSET".to_owned());
    let body = PeerAuthentication {
        selector: WorkloadSelector::labels(spec.selector),
        mode: mode(spec.mtls),
        ports: spec.port_level_mtls.into_iter().map(|(port, mtls)| (port, mode(Some(mtls)))).collect(),
        created: object.meta.creation_timestamp.clone().unwrap_or_default(),
        unknown_fields,
        delivery: object.delivery(),
    };
    let asset = object.namespaced("PeerAuthentication", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

pub(super) fn request_authentication(object: &mut Object<'_>) -> Read {
    // keys and their addresses are not read: only who issues tokens counts
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct JwtRule {
        issuer: String,
    }
    /// Fields of a rule that Istio's reference names and that change nothing of who is let in.
    const PASSED_OVER: [&str; 12] = [
        "audiences",
        "jwksUri",
        "jwks_uri",
        "jwks",
        "fromHeaders",
        "fromParams",
        "fromCookies",
        "outputPayloadToHeader",
        "outputClaimToHeaders",
        "forwardOriginalToken",
        "timeout",
        "spaceDelimitedClaims",
    ];
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Spec {
        selector: Option<WorkloadSelector>,
        target_ref: Option<TargetRef>,
        target_refs: Vec<TargetRef>,
        jwt_rules: Vec<JwtRule>,
    }
    let spec = object.spec();
    let (spec, unknown_fields): (Spec, _) = spec.read_known("/spec")?;
    // pointers are `/spec/jwtRules/<number>/<field>`
    let passed_over = |field: &str| {
        let mut parts = field.split('/').skip(2);
        parts.next() == Some("jwtRules") && parts.nth(1).is_some_and(|name| PASSED_OVER.contains(&name))
    };
    let unknown_fields: Vec<String> = unknown_fields.into_iter().filter(|field| !passed_over(field)).collect();
    let body = RequestAuthentication {
        selector: WorkloadSelector::labels(spec.selector),
        targets: TargetRef::names(spec.target_ref, spec.target_refs),
        issuers: spec.jwt_rules.into_iter().map(|rule| rule.issuer).collect(),
        unknown_fields,
    };
    let asset = object.namespaced("RequestAuthentication", &object.name(), true, body);
    object.add(asset);
    Ok(())
}

/// ConfigMap `istio` or `istio-<revision>` with a `mesh` key; other ConfigMaps are not read.
pub(super) fn mesh_config(object: &mut Object<'_>) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Paths {
        normalization: Option<String>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Mesh {
        outbound_traffic_policy: Option<OutboundPolicy>,
        path_normalization: Option<Paths>,
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
        // Istio, MeshConfig: ALLOW_ANY where nothing is said
        outbound_mode: read.outbound_traffic_policy.map_or_else(|| "ALLOW_ANY".to_owned(), OutboundPolicy::mode),
        path_normalization: read
            .path_normalization
            .and_then(|paths| filled(paths.normalization))
            .filter(|mode| mode != "DEFAULT")
            .unwrap_or_else(|| "BASE".to_owned()),
    };
    let asset = object.namespaced("ConfigMap", &name, false, body);
    object.add(asset);
    Ok(())
}
