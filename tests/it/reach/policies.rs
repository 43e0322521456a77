//! What NetworkPolicies mean, a test for each rule of their semantics.
//!
//! Source: Kubernetes, "Network Policies" and API reference, NetworkPolicySpec.

use std::path::Path;

use zoneproof::load::{self, Source};
use zoneproof::model::{AddressSet, Connections, Inventory};
use zoneproof::reach::{Clusters, Place, Verdict};

/// Namespaces `a` and `b`, a pod of each of three labels in both.
const CLUSTER: &str = "
{ apiVersion: v1, kind: Namespace, metadata: { name: a, labels: { zone: pci } } }
---
{ apiVersion: v1, kind: Namespace, metadata: { name: b } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: a, labels: { app: web, tier: front } },
  spec: { containers: [ { name: c, ports: [ { name: http, containerPort: 8080 }, { name: dns, containerPort: 53, protocol: UDP } ] } ] } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: db, namespace: a, labels: { app: db } },
  spec: { containers: [ { name: c, ports: [ { name: http, containerPort: 9090 } ] } ] } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: ads, namespace: b, labels: { app: web } }, spec: { containers: [ { name: c } ] } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: agent, namespace: b, labels: { app: agent } },
  spec: { hostNetwork: true, containers: [ { name: c } ] } }
";

pub(super) fn load(objects: &[&str]) -> Inventory {
    let folder = tempfile::tempdir().unwrap();
    let text = [CLUSTER].iter().chain(objects).copied().collect::<Vec<_>>().join("\n---\n");
    std::fs::write(folder.path().join("all.yaml"), text).unwrap();
    let inventory = load::load(&[Source::Path(Path::new(folder.path()).to_owned())], None).unwrap();
    assert!(inventory.coverage.gaps.is_empty(), "{:?}", inventory.coverage.gaps);
    inventory
}

/// A policy of namespace `a`.
pub(super) fn policy(spec: &str) -> String {
    format!(
        "{{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{ name: p, namespace: a }}, spec: {spec} }}"
    )
}

/// What an inventory says of a question; an end with a dot or a colon is a block of addresses.
pub(super) fn ask(inventory: &Inventory, src: &str, dst: &str, connections: &str) -> Verdict {
    let clusters = Clusters::new(inventory, &|_| false);
    let place = |text: &str| match text.parse::<ipnet::IpNet>() {
        Ok(net) => Place::Addresses(AddressSet::from_nets([&net])),
        Err(_) => Place::Pods(clusters.end(text).unwrap().unwrap()),
    };
    let asked: Connections = connections.parse().unwrap();
    clusters.answer(&place(src), &place(dst), &asked).verdict
}

/// Questions with their answers under one policy: `src dst connections verdict`.
fn expect(spec: &str, answers: &[&str]) {
    let inventory = load(&[&policy(spec)]);
    for answer in answers {
        let [src, dst, connections, verdict] = answer.split(' ').collect::<Vec<_>>()[..] else { panic!("{answer}") };
        assert_eq!(ask(&inventory, src, dst, connections).as_str(), verdict, "{spec}: {answer}");
    }
}

#[test]
fn a_pod_is_open_until_a_policy_selects_it_in_a_direction() {
    expect(
        "{ podSelector: { matchLabels: { app: db } } }",
        &[
            "a/web a/db tcp/1 denied",
            "a/db a/web tcp/1 allowed",
            "b/ads a/web tcp/1 allowed",
            "a/web a/db icmp unknown",
            "a/db a/db tcp/1 allowed",
        ],
    );
    expect(
        "{ podSelector: {}, policyTypes: [Egress] }",
        &["a/web b/ads udp/53 denied", "b/ads a/web tcp/1 allowed", "a/web 8.8.8.8/32 tcp/443 denied"],
    );
    // policyTypes defaults to Ingress, plus Egress where there are egress rules
    expect(
        "{ podSelector: {}, egress: [ {} ] }",
        &["b/ads a/web tcp/1 denied", "a/web b/ads tcp/1 allowed", "a/web a/db tcp/1 denied"],
    );
}

#[test]
fn both_sides_must_allow_a_common_port() {
    let into =
        policy("{ podSelector: { matchLabels: { app: db } }, ingress: [ { ports: [ { port: 1, endPort: 9 } ] } ] }");
    let out = "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: q, namespace: a },
        spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [ { ports: [ { port: 5 } ] } ] } }";
    let inventory = load(&[&into, out]);
    for (port, verdict) in [("tcp/5", Verdict::Allowed), ("tcp/4", Verdict::Denied), ("udp/5", Verdict::Denied)] {
        assert_eq!(ask(&inventory, "a/web", "a/db", port), verdict, "{port}");
    }
    assert_eq!(ask(&inventory, "b/ads", "a/db", "tcp/4"), Verdict::Allowed);
}

#[test]
fn selectors_in_one_peer_must_all_fit_and_one_peer_is_enough() {
    let both = "{ namespaceSelector: { matchLabels: { zone: pci } }, podSelector: { matchLabels: { app: web } } }";
    expect(
        &format!("{{ podSelector: {{ matchLabels: {{ app: db }} }}, ingress: [ {{ from: [ {both} ] }} ] }}"),
        &["a/web a/db tcp/1 allowed", "b/ads a/db tcp/1 denied"],
    );
    let either =
        "{ namespaceSelector: { matchLabels: { zone: pci } } }, { podSelector: { matchLabels: { app: none } } }";
    expect(
        &format!("{{ podSelector: {{ matchLabels: {{ app: db }} }}, ingress: [ {{ from: [ {either} ] }} ] }}"),
        &["a/web a/db tcp/1 allowed", "b/ads a/db tcp/1 denied"],
    );
    // pods without a namespace selector are those of the policy's own namespace
    expect(
        "{ podSelector: { matchLabels: { app: db } }, ingress: [ { from: [ { podSelector: { matchLabels: { app: web } } } ] } ] }",
        &["a/web a/db tcp/1 allowed", "b/ads a/db tcp/1 denied"],
    );
    // an empty selector selects all, and the name of a namespace is a label of it
    expect(
        "{ podSelector: {}, ingress: [ { from: [ { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: b } } } ] } ] }",
        &["a/web a/db tcp/1 denied", "b/ads a/db tcp/1 allowed"],
    );
    expect("{ podSelector: {}, ingress: [ { from: [ { namespaceSelector: {} } ] } ] }", &["b/ads a/db tcp/1 allowed"]);
    expect(
        "{ podSelector: {}, ingress: [ { from: [] } ] }",
        &["b/ads a/db tcp/1 allowed", "8.8.8.8/32 a/db tcp/1 allowed"],
    );
}

#[test]
fn exceptions_narrow_their_own_block_and_deny_nothing() {
    let block = "{ ipBlock: { cidr: 20.0.0.0/8, except: [20.1.0.0/16] } }";
    expect(
        &format!("{{ podSelector: {{}}, ingress: [ {{ from: [ {block} ] }} ] }}"),
        &["20.2.0.0/16 a/db tcp/1 allowed", "20.1.0.0/16 a/db tcp/1 denied", "21.0.0.1/32 a/db tcp/1 denied"],
    );
    expect(
        &format!(
            "{{ podSelector: {{}}, ingress: [ {{ from: [ {block}, {{ ipBlock: {{ cidr: 20.1.1.0/24 }} }} ] }} ] }}"
        ),
        &["20.1.1.0/24 a/db tcp/1 allowed", "20.1.2.0/24 a/db tcp/1 denied"],
    );
    // whether a block is about pods depends on their addresses and on what enforces policies
    expect(
        &format!("{{ podSelector: {{}}, ingress: [ {{ from: [ {block} ] }} ] }}"),
        &["b/ads a/db tcp/1 unknown", "b/ads a/db tcp/0-65535 unknown"],
    );
}

#[test]
fn a_private_address_may_be_a_pod_s_or_the_node_s() {
    let block = "{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }";
    expect(
        &format!("{{ podSelector: {{}}, policyTypes: [Ingress, Egress], ingress: [ {{ from: [ {block} ] }} ] }}"),
        &[
            "10.2.0.0/16 a/db tcp/1 allowed",
            "10.1.0.0/16 a/db tcp/1 unknown",
            "192.168.0.1/32 a/db tcp/1 unknown",
            "a/db 10.2.0.1/32 tcp/1 unknown",
            "0.0.0.0/0 a/db tcp/1 allowed",
            "8.8.8.8/32 a/db tcp/1 denied",
            "a/db 8.8.8.8/32 tcp/1 denied",
        ],
    );
    // an end of which no address is known
    let inventory = load(&[&policy("{ podSelector: {} }")]);
    let clusters = Clusters::new(&inventory, &|_| false);
    let db = Place::Pods(clusters.end("a/db").unwrap().unwrap());
    let asked: Connections = "tcp/1".parse().unwrap();
    assert_eq!(clusters.answer(&Place::Addresses(AddressSet::default()), &db, &asked).verdict, Verdict::Unknown);
}

#[test]
fn an_address_of_a_service_outside_is_not_outside() {
    let denies = policy("{ podSelector: {}, policyTypes: [Egress] }");
    let service = "{ apiVersion: v1, kind: Service, metadata: { name: s, namespace: b },
        spec: { selector: { app: web }, externalIPs: [8.8.8.8], ports: [ { port: 80 } ] } }";
    let inventory = load(&[&denies, service]);
    assert_eq!(ask(&inventory, "a/db", "8.8.8.8/32", "tcp/80"), Verdict::Unknown);
    assert_eq!(ask(&inventory, "a/db", "8.8.8.9/32", "tcp/80"), Verdict::Denied);
}

#[test]
fn pods_on_windows_may_be_open() {
    let denies = policy("{ podSelector: { matchLabels: { app: win } } }");
    let pod = |asks: &str| {
        format!(
            "{{ apiVersion: v1, kind: Pod, metadata: {{ name: win, namespace: a, labels: {{ app: win }} }},
              spec: {{ {asks}, containers: [ {{ name: c }} ] }} }}"
        )
    };
    let by_affinity = |operator: &str, os: &str| {
        format!(
            "affinity: {{ nodeAffinity: {{ requiredDuringSchedulingIgnoredDuringExecution: {{ nodeSelectorTerms: [
              {{ matchExpressions: [ {{ key: kubernetes.io/os, operator: {operator}, values: [{os}] }} ] }} ] }} }} }}"
        )
    };
    for (asks, verdict) in [
        ("nodeSelector: { kubernetes.io/os: windows }", Verdict::Unknown),
        ("nodeSelector: { kubernetes.io/os: linux }", Verdict::Denied),
        (&by_affinity("In", "windows"), Verdict::Unknown),
        (&by_affinity("NotIn", "windows"), Verdict::Denied),
        (&by_affinity("In", "linux"), Verdict::Denied),
    ] {
        assert_eq!(ask(&load(&[&denies, &pod(asks)]), "b/ads", "a/win", "tcp/1"), verdict, "{asks}");
    }
}

#[test]
fn names_of_ports_are_those_of_the_pods_where_a_connection_ends() {
    let named = "ports: [ { port: http }, { port: dns, protocol: UDP } ]";
    expect(
        &format!("{{ podSelector: {{}}, ingress: [ {{ {named} }} ] }}"),
        &[
            "b/ads a/web tcp/8080 allowed",
            "b/ads a/web udp/53 allowed",
            "b/ads a/web tcp/53 denied",
            "b/ads a/db tcp/9090 allowed",
            "b/ads a/db tcp/8080 denied",
        ],
    );
    expect(
        &format!("{{ podSelector: {{}}, policyTypes: [Egress], egress: [ {{ {named} }} ] }}"),
        &[
            "a/web a/db tcp/9090 allowed",
            "a/web a/db tcp/8080 denied",
            "a/web 8.8.8.8/32 tcp/1 unknown",
            "a/web b/ads tcp/1 denied",
        ],
    );
}

#[test]
fn pods_on_their_node_s_network_are_the_node() {
    // no policy selects them, and what may come from a pod's own node is never blocked
    expect(
        "{ podSelector: {}, policyTypes: [Ingress, Egress] }",
        &["b/agent a/db tcp/1 unknown", "a/db b/agent tcp/1 unknown", "b/ads b/agent tcp/1 allowed"],
    );
}

#[test]
fn what_is_not_known_of_a_policy_is_not_known_of_its_pods() {
    let other = "{ apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: { name: c, namespace: a }, spec: { endpointSelector: {}, ingress: [ {} ] } }";
    let inventory = load(&[&policy("{ podSelector: { matchLabels: { app: db } } }"), other]);
    assert_eq!(ask(&inventory, "b/ads", "a/db", "tcp/1"), Verdict::Unknown);
    expect(
        "{ podSelector: {}, ingress: [ { from: [ { podSelector: {}, serviceSelector: {} } ] } ] }",
        &["b/ads a/db tcp/1 unknown", "a/db b/ads tcp/1 unknown"],
    );
}

#[test]
fn running_pods_tell_what_templates_do_not() {
    let deployment = "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: api, namespace: a }, spec: { selector: { matchLabels: { app: api } },
        template: { metadata: { labels: { app: api } }, spec: { containers: [ { name: c } ] } } } }";
    let pod = |labels: &str, address: &str| {
        format!("{{ apiVersion: v1, kind: Pod, metadata: {{ name: api-{address}, namespace: a, labels: {{ app: api, pod-template-hash: x{labels} }},
            ownerReferences: [ {{ apiVersion: apps/v1, kind: ReplicaSet, name: api-x, uid: u, controller: true }} ] }},
            spec: {{ containers: [ {{ name: c }} ] }}, status: {{ phase: Running, podIP: {address} }} }}")
    };
    let calico = "{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: calico-node, namespace: kube-system }, spec: { template: { spec: { containers: [ { name: calico-node } ] } } } }";
    let lets = policy(
        "{ podSelector: { matchLabels: { app: db } }, ingress: [ { from: [ { podSelector: { matchLabels: { app: api, role: admin } } } ] } ] }",
    );
    let (plain, admin) = (pod("", "10.0.0.1"), pod(", role: admin", "10.0.0.2"));
    let inventory = load(&[deployment, &plain, &lets]);
    assert_eq!(ask(&inventory, "a/api", "a/db", "tcp/1"), Verdict::Unknown, "nothing tells what enforces policies");
    let inventory = load(&[deployment, &plain, &lets, calico]);
    assert_eq!(ask(&inventory, "a/api", "a/db", "tcp/1"), Verdict::Denied);
    // a label that somebody gave one pod lets that one in
    let inventory = load(&[deployment, &plain, &admin, &lets, calico]);
    assert_eq!(ask(&inventory, "a/api", "a/db", "tcp/1"), Verdict::Unknown);
    let by_block = policy(
        "{ podSelector: { matchLabels: { app: db } }, ingress: [ { from: [ { ipBlock: { cidr: 10.0.0.0/31 } } ] } ] }",
    );
    let inventory = load(&[deployment, &plain, &by_block, calico]);
    assert_eq!(ask(&inventory, "a/api", "a/db", "tcp/1"), Verdict::Allowed);
    let inventory = load(&[deployment, &plain, &admin, &by_block, calico]);
    assert_eq!(ask(&inventory, "a/api", "a/db", "tcp/1"), Verdict::Unknown, "one of two pods lies outside");
}

#[test]
fn a_block_says_nothing_of_pods_of_another_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let pod = |name: &str, address: &str| {
        format!(
            "{{ apiVersion: v1, kind: Pod, metadata: {{ name: {name}, namespace: a, labels: {{ app: {name} }} }},
              spec: {{ containers: [ {{ name: c }} ] }}, status: {{ phase: Running, podIP: {address} }} }}"
        )
    };
    let calico = "{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: calico-node, namespace: kube-system }, spec: { template: { spec: { containers: [ { name: calico-node } ] } } } }";
    let lets = policy(
        "{ podSelector: { matchLabels: { app: db } }, ingress: [ { from: [ { ipBlock: { cidr: 10.9.0.0/16 } } ] } ] }",
    );
    for (cluster, objects) in [
        ("one", [calico, &lets, &pod("db", "10.0.0.1"), &pod("web", "10.0.0.2")].join("\n---\n")),
        ("two", [calico, &pod("web", "10.1.0.2")].join("\n---\n")),
    ] {
        let home = folder.path().join("clusters").join(cluster);
        std::fs::create_dir_all(&home).unwrap();
        std::fs::write(home.join("all.yaml"), objects).unwrap();
    }
    let inventory = load::load(&[Source::Path(folder.path().to_owned())], None).unwrap();
    assert_eq!(ask(&inventory, "one/a/web", "one/a/db", "tcp/1"), Verdict::Denied);
    // it may leave under the address of its node
    assert_eq!(ask(&inventory, "two/a/web", "one/a/db", "tcp/1"), Verdict::Unknown);
}
