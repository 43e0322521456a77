//! Kubernetes' published truth tables of NetworkPolicy: every pair of every case is answered as it is there.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Value, json};
use zoneproof::load::{self, Source};
use zoneproof::model::{Connections, Inventory};
use zoneproof::node::Node;
use zoneproof::reach::{Clusters, Place, Verdict};

use crate::support::root;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    pods: Vec<String>,
    /// Labels beside those that everybody has, of a pod or of a namespace.
    #[serde(default)]
    labels: HashMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    addresses: HashMap<String, String>,
    /// Specs by namespace.
    policies: BTreeMap<String, Vec<Value>>,
    /// Lines `SRC -> DST: yes|no` by what is probed.
    checks: BTreeMap<String, Vec<String>>,
}

impl Case {
    fn namespaces(&self) -> impl Iterator<Item = &str> {
        ["x", "y", "z"].into_iter()
    }

    /// A cluster that runs Calico, which heeds blocks of addresses for pods too.
    fn inventory(&self) -> Inventory {
        let mut objects = vec![
            json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "calico-node", "namespace": "kube-system"},
            "spec": {"template": {"spec": {"containers": [{"name": "calico-node"}]}}}}),
        ];
        let more = |name: &str| self.labels.get(name).cloned().unwrap_or_default();
        for namespace in self.namespaces() {
            let mut labels = more(namespace);
            labels.insert("ns".to_owned(), namespace.to_owned());
            objects.push(
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}),
            );
        }
        for pod in &self.pods {
            let (namespace, name) = pod.split_once('/').unwrap();
            let mut labels = more(pod);
            labels.insert("pod".to_owned(), name.to_owned());
            let ports: Vec<Value> = [80, 81]
                .iter()
                .flat_map(|port| ["TCP", "UDP", "SCTP"].map(|protocol| (port, protocol)))
                .map(|(port, protocol)| {
                    let name = format!("serve-{port}-{}", protocol.to_lowercase());
                    json!({"name": name, "containerPort": port, "protocol": protocol})
                })
                .collect();
            let status = self.addresses.get(pod).map(|ip| json!({"phase": "Running", "podIP": ip}));
            objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace, "labels": labels},
                "spec": {"containers": [{"name": "c", "ports": ports}]}, "status": status.unwrap_or(json!({"phase": "Running"}))}));
        }
        for (namespace, specs) in &self.policies {
            for (number, spec) in specs.iter().enumerate() {
                objects.push(json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                    "metadata": {"name": format!("p{number}"), "namespace": namespace}, "spec": spec}));
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
        std::fs::write(folder.path().join("all.json"), list.to_string()).unwrap();
        let inventory = load::load(&[Source::Path(folder.path().to_owned())], None).unwrap();
        assert!(inventory.coverage.gaps.is_empty(), "{}: {:?}", self.name, inventory.coverage.gaps);
        inventory
    }
}

/// Whether `x/a`, `x/*` or `*` stands for a pod.
fn is(pattern: &str, pod: &str) -> bool {
    pattern == "*" || pattern == pod || pattern.strip_suffix('*').is_some_and(|namespace| pod.starts_with(namespace))
}

/// What the lines say of a pair: the last one that is about it.
fn expected(lines: &[String], from: &str, to: &str) -> bool {
    let said = lines.iter().rev().find_map(|line| {
        let (ends, said) = line.split_once(": ").unwrap();
        let (src, dst) = ends.split_once(" -> ").unwrap();
        (is(src, from) && is(dst, to)).then_some(match said {
            "yes" => true,
            "no" => false,
            other => panic!("{other}"),
        })
    });
    said.unwrap_or(true)
}

#[test]
#[allow(clippy::print_stdout, reason = "the count is part of what it shows")]
fn every_pair_of_every_case_is_answered_as_kubernetes_tests_say() {
    let text = std::fs::read_to_string(root().join("fixtures/netpol/kubernetes-e2e.yaml")).unwrap();
    let node = Node::from_yaml(&text, 1).unwrap().unwrap();
    let cases: Vec<Case> = node.read().unwrap();
    let (mut pairs, mut denied) = (0, 0);
    for case in &cases {
        let inventory = case.inventory();
        let clusters = Clusters::new(&inventory, &|_| false);
        let pods = |name: &str| Place::Pods(clusters.end(name).unwrap().unwrap());
        for (probed, lines) in &case.checks {
            let asked: Connections = match probed.strip_prefix("sctp/") {
                Some(port) => {
                    Connections::ports(zoneproof::model::Protocol(132), port.parse().unwrap(), port.parse().unwrap())
                }
                None => probed.parse().unwrap(),
            };
            for from in &case.pods {
                for to in case.pods.iter().filter(|to| *to != from) {
                    let answer = clusters.answer(&pods(from), &pods(to), &asked);
                    let wanted = if expected(lines, from, to) { Verdict::Allowed } else { Verdict::Denied };
                    assert_eq!(answer.verdict, wanted, "{}: {from} -> {to} {probed}: {:?}", case.name, answer.hops);
                    pairs += 1;
                    denied += u32::from(wanted == Verdict::Denied);
                }
            }
        }
    }
    assert!(cases.len() > 50 && pairs > 500 && denied > 100, "{} cases, {pairs} pairs, {denied} denied", cases.len());
    println!("{} cases, {pairs} pairs, {denied} of them denied: no disagreement", cases.len());
}
