//! Shapes that real Kubernetes manifests have: what is an object, what is none yet, and what only looks like one.

use serde_json::{Value, json};

use crate::support::{findings, folder, zoneproof};

/// A cluster's file, beside one that is read in any case.
struct Files(tempfile::TempDir);

const GOOD: &str = "apiVersion: v1\nkind: Namespace\nmetadata: { name: good }\n";

fn cluster(files: &[(&str, &str)]) -> Files {
    let named: Vec<(String, &str)> = files.iter().map(|(name, text)| (format!("clusters/c/{name}"), *text)).collect();
    let mut all: Vec<(&str, &str)> = named.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    all.push(("clusters/c/good.yaml", GOOD));
    Files(folder(&all))
}

impl Files {
    fn document(&self) -> Value {
        let document = findings(&[self.0.path().to_str().unwrap()]).1;
        assert!(document["run"]["assets"]["namespace"].as_u64() >= Some(1), "the good file is read: {document:#}");
        document
    }

    fn facts(&self, kind: &str) -> Vec<Value> {
        let run = zoneproof(&["facts", self.0.path().to_str().unwrap(), "--kind", kind]);
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Reason, detail and mend of all gaps.
fn gaps(document: &Value) -> Vec<(String, String, String)> {
    let text = |gap: &Value, name: &str| gap[name].as_str().unwrap().to_owned();
    let all = document["coverage"].as_array().unwrap().iter();
    all.map(|gap| (text(gap, "reason"), text(gap, "detail"), text(gap, "mend"))).collect()
}

/// One file that is a gap `not-rendered`, says this and is mended by that; nothing but the good file is read.
fn not_rendered(name: &str, text: &str, says: &str, mend: &str) {
    let document = cluster(&[(name, text)]).document();
    let told = gaps(&document);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "not-rendered");
    assert!(told[0].1.contains(says), "{told:?}");
    assert!(told[0].2.contains(mend), "{told:?}");
    assert_eq!(document["run"]["assets"], json!({ "namespace": 1 }));
}

#[test]
fn an_object_without_a_namespace_is_in_default() {
    for metadata in ["{ name: web }", "{ name: web, namespace: '' }", "{ name: web, namespace: null }"] {
        let service =
            format!("apiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {{ ports: [{{ port: 80 }}] }}\n");
        let facts = cluster(&[("web.yaml", &service)]).facts("service");
        assert_eq!(facts.len(), 1, "{metadata}");
        assert_eq!(facts[0]["namespace"], "default", "{metadata}");
    }
}

#[test]
fn a_quoted_kind_is_the_kind() {
    let text = "\"apiVersion\": 'v1'\n'kind': \"Service\"\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n";
    let document = cluster(&[("web.yaml", text)]).document();
    assert_eq!(document["run"]["assets"]["service"], 1);
    assert_eq!(gaps(&document), []);
}

#[test]
fn a_fragment_that_deletes_is_no_object() {
    let text = "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: open, namespace: a }\n$patch: delete\n";
    not_rendered("delete.yaml", text, "a patch of AuthorizationPolicy (`$patch`)", "kustomize build");
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: a }\nspec:\n  template:\n    spec:\n      containers:\n      - { name: old, $patch: delete }\n";
    not_rendered("delete.yaml", text, "a patch of Deployment (`$patch`)", "kustomize build");
}

#[test]
fn kustomize_components_and_generators_are_not_rendered() {
    let text = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{ path: open.yaml }]\n";
    not_rendered("component.yaml", text, "a kustomization with `patches`", "kustomize build");
    let text = "configMapGenerator: [{ name: settings, literals: [a=b] }]\nresources: [a.yaml]\n";
    not_rendered("kustomization.yaml", text, "a kustomization with `configMapGenerator`", "kustomize build");
    // one that only gathers changes nothing
    let document = cluster(&[("kustomization.yaml", "resources: [good.yaml]\n")]).document();
    assert_eq!(gaps(&document), []);
    assert_eq!(document["skipped"], json!({ "Kustomization.kustomize.config.k8s.io": 1 }));
}

#[test]
fn templates_are_not_rendered() {
    let text =
        "{{- if .Values.web }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n{{- end }}\n";
    not_rendered("web.yaml", text, "a template", "helm template");
    // one that happens to be YAML
    let text =
        "apiVersion: v1\nkind: Service\nmetadata: { name: '{{ .Release.Name }}' }\nspec: { ports: [{ port: 80 }] }\n";
    not_rendered("web.yaml", text, "a template", "helm template");
}

#[test]
fn the_group_decides_what_a_kind_is() {
    let others = [
        ("constraints.gatekeeper.sh/v1beta1", "NetworkPolicy"),
        ("specs.smi-spec.io/v1alpha4", "TCPRoute"),
        ("serving.knative.dev/v1", "Service"),
        ("networking.example.com/v1", "Gateway"),
    ];
    for (version, kind) in others {
        let text = format!(
            "apiVersion: {version}\nkind: {kind}\nmetadata: {{ name: x, namespace: good }}\nspec: {{ ports: many }}\n"
        );
        let document = cluster(&[("x.yaml", &text)]).document();
        assert_eq!(document["run"]["assets"], json!({ "namespace": 1 }), "{version}");
        let group = version.rsplit_once('/').unwrap().0;
        assert_eq!(document["skipped"], json!({ (format!("{kind}.{group}")): 1 }));
        assert_eq!(gaps(&document), []);
    }
}

#[test]
fn the_two_gateways_are_two_kinds() {
    let text = "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: web, namespace: good }\n\
        spec: { servers: [{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [a.example], tls: { mode: SIMPLE } }] }\n---\n\
        apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: web, namespace: good }\n\
        spec: { gatewayClassName: istio, listeners: [{ name: https, port: 443, protocol: HTTPS }] }\n";
    let document = cluster(&[("gateways.yaml", text)]).document();
    assert_eq!(document["run"]["assets"]["istio-gateway"], 1);
    assert_eq!(document["run"]["assets"]["gateway-api-gateway"], 1);
    assert_eq!(gaps(&document), []);
}

#[test]
fn all_versions_of_a_kind_are_that_kind() {
    for version in ["v1alpha3", "v1beta1", "v1"] {
        let text = format!(
            "apiVersion: networking.istio.io/{version}\nkind: Sidecar\nmetadata: {{ name: s, namespace: good }}\nspec: {{ egress: [{{ hosts: ['./*'] }}] }}\n"
        );
        let document = cluster(&[("s.yaml", &text)]).document();
        assert_eq!(document["run"]["assets"]["sidecar"], 1, "{version}");
    }
    // the same object in two versions is one
    let policy = |version: &str| {
        format!(
            "apiVersion: security.istio.io/{version}\nkind: PeerAuthentication\nmetadata: {{ name: p, namespace: good }}\nspec: {{ mtls: {{ mode: STRICT }} }}\n"
        )
    };
    let document = cluster(&[("a.yaml", &policy("v1")), ("b.yaml", &policy("v1beta1"))]).document();
    assert_eq!(document["run"]["assets"]["peer-authentication"], 1);
    assert_eq!(gaps(&document), []);
}

#[test]
fn a_policy_keeps_the_container_port_beside_the_gateways_own() {
    let text = "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: web, namespace: good }\n\
        spec: { selector: { app: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }] }\n---\n\
        apiVersion: v1\nkind: Service\nmetadata: { name: edge, namespace: good }\n\
        spec: { selector: { app: edge }, ports: [{ name: http, port: 80, targetPort: 8080 }] }\n---\n\
        apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: edge, namespace: good }\n\
        spec: { selector: { matchLabels: { app: edge } }, rules: [{ to: [{ operation: { ports: ['8080'] } }] }] }\n";
    let files = cluster(&[("edge.yaml", text)]);
    assert_eq!(gaps(&files.document()), []);
    let service = files.facts("service")[0]["asset"]["ports"][0].clone();
    assert_eq!(
        (&service["port"], service["target_port"].to_string().trim_matches('"')),
        (&json!(80), "8080"),
        "{service}"
    );
    let gateway = files.facts("istio-gateway")[0]["asset"].to_string();
    let policy = files.facts("authorization-policy")[0]["asset"].to_string();
    assert!(gateway.contains("80") && !gateway.contains("8080"), "{gateway}");
    assert!(policy.contains("8080"), "{policy}");
}

#[test]
fn ports_without_from_are_open_to_everybody() {
    for rule in [
        "{ ports: [{ port: 8080 }] }",
        "{ from: [], ports: [{ port: 8080 }] }",
        "{ from: null, ports: [{ port: 8080 }] }",
    ] {
        let text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{ name: p, namespace: good }}\nspec: {{ podSelector: {{}}, ingress: [{rule}] }}\n"
        );
        let files = cluster(&[("p.yaml", &text)]);
        assert_eq!(gaps(&files.document()), [], "{rule}");
        let policy = &files.facts("network-policy")[0]["asset"];
        let rules = policy["ingress_rules"].as_array().unwrap();
        assert_eq!(rules.len(), 1, "{rule}: it allows, so it is kept: {policy}");
        assert_eq!(rules[0]["peers"], json!([]), "{rule}: no peer is everybody");
        assert_eq!(rules[0]["ports"].as_array().unwrap().len(), 1, "{rule}");
    }
}

#[test]
fn lists_of_all_kinds_and_of_one() {
    let service = |name: &str| {
        format!(
            "{{ apiVersion: v1, kind: Service, metadata: {{ name: {name} }}, spec: {{ ports: [{{ port: 80 }}] }} }}"
        )
    };
    let text = format!("apiVersion: v1\nkind: List\nitems:\n- {}\n- {}\n", service("a"), service("b"));
    let typed = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems:\n- { metadata: { name: a }, spec: { podSelector: {} } }\n- { metadata: { name: b }, spec: { podSelector: {} } }\n";
    let empty = "apiVersion: v1\nkind: PodList\nitems: []\n";
    let document = cluster(&[("list.yaml", &text), ("typed.yaml", typed), ("empty.yaml", empty)]).document();
    assert_eq!(document["run"]["assets"]["service"], 2);
    assert_eq!(document["run"]["assets"]["network-policy"], 2);
    assert_eq!(gaps(&document), []);
}

#[test]
fn crds_and_empty_documents_between_objects() {
    let text = format!(
        "---\n# only a comment\n---\n---\n{GOOD}---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
         metadata: {{ name: gateways.networking.istio.io }}\nspec: {{ group: networking.istio.io, names: {{ kind: Gateway }} }}\n---\nnull\n---\n\n---\n\
         apiVersion: v1\nkind: Namespace\nmetadata: {{ name: last }}\n---\n"
    );
    let document = cluster(&[("all.yaml", &text)]).document();
    assert_eq!(document["run"]["assets"], json!({ "namespace": 2 }));
    assert_eq!(document["skipped"], json!({ "CustomResourceDefinition.apiextensions.k8s.io": 1 }));
    assert_eq!(gaps(&document), []);
}

#[test]
fn a_status_says_what_was_not_given() {
    let text = "apiVersion: v1\nkind: Status\nstatus: Failure\nreason: Forbidden\ncode: 403\nmessage: no\ndetails: { group: networking.k8s.io, kind: networkpolicies }\n";
    let document = cluster(&[("denied.yaml", text)]).document();
    let told = gaps(&document);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "not-collected");
    assert!(told[0].1.contains("`networkpolicies.networking.k8s.io` (Forbidden)"), "{told:?}");
    assert!(told[0].2.contains("`list`"), "{told:?}");
    let document = cluster(&[("deleted.yaml", "apiVersion: v1\nkind: Status\nstatus: Success\n")]).document();
    assert_eq!(gaps(&document), []);
    assert_eq!(document["skipped"], json!({ "Status": 1 }));
}
