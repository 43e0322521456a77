//! The engine and the second evaluator agree about pods under random NetworkPolicies.

use std::cell::Cell;

use bolero::check;
use serde_json::{Value, json};
use zoneproof::load::{self, Source};
use zoneproof::model::{Connections, Inventory, Protocol};
use zoneproof::reach::check::{Probe, Say, passes_pods};
use zoneproof::reach::{Clusters, Place, Verdict};

use super::estate::Dice;

const KEYS: [&str; 3] = ["app", "tier", "kubernetes.io/metadata.name"];
const VALUES: [&str; 4] = ["a", "b", "n0", "n1"];
const PORTS: [u16; 4] = [80, 81, 8080, 9090];
const PROTOCOLS: [(&str, u8); 3] = [("TCP", 6), ("UDP", 17), ("SCTP", 132)];

fn labels(dice: &mut Dice<'_>) -> Value {
    let mut all = serde_json::Map::new();
    for key in &KEYS[..2] {
        if !dice.one_in(3) {
            all.insert((*key).to_owned(), json!(dice.pick(&VALUES)));
        }
    }
    Value::Object(all)
}

fn selector(dice: &mut Dice<'_>) -> Value {
    match dice.roll(4) {
        0 => json!({}),
        1 => json!({"matchLabels": {*dice.pick(&KEYS): dice.pick(&VALUES)}}),
        2 => {
            let operator = dice.pick(&["In", "NotIn"]);
            let values = [*dice.pick(&VALUES), *dice.pick(&VALUES)];
            json!({"matchExpressions": [{"key": dice.pick(&KEYS), "operator": operator, "values": values}]})
        }
        _ => {
            let operator = dice.pick(&["Exists", "DoesNotExist"]);
            let more = json!({*dice.pick(&KEYS): dice.pick(&VALUES)});
            let labels = if dice.one_in(2) { more } else { json!({}) };
            json!({"matchLabels": labels, "matchExpressions": [{"key": dice.pick(&KEYS), "operator": operator}]})
        }
    }
}

fn port(dice: &mut Dice<'_>) -> Value {
    let mut port = serde_json::Map::new();
    if !dice.one_in(3) {
        port.insert("protocol".to_owned(), json!(dice.pick(&PROTOCOLS).0));
    }
    match dice.roll(4) {
        0 => {}
        1 => {
            port.insert("port".to_owned(), json!(dice.pick(&["http", "dns", "none"])));
        }
        2 => {
            port.insert("port".to_owned(), json!(dice.pick(&PORTS)));
        }
        _ => {
            let (low, high) = (*dice.pick(&PORTS), *dice.pick(&PORTS));
            port.insert("port".to_owned(), json!(low.min(high)));
            port.insert("endPort".to_owned(), json!(low.max(high)));
        }
    }
    Value::Object(port)
}

fn rule(dice: &mut Dice<'_>, field: &str) -> Value {
    let peer = |dice: &mut Dice<'_>| match dice.roll(7) {
        0..=1 => json!({"podSelector": selector(dice)}),
        2..=3 => json!({"namespaceSelector": selector(dice)}),
        4..=5 => json!({"namespaceSelector": selector(dice), "podSelector": selector(dice)}),
        _ => json!({"ipBlock": {"cidr": "10.0.0.0/8"}}),
    };
    let peers: Vec<Value> = (0..dice.roll(3)).map(|_| peer(dice)).collect();
    let ports: Vec<Value> = (0..dice.roll(3)).map(|_| port(dice)).collect();
    json!({field: peers, "ports": ports})
}

/// Two or three namespaces, three to five pods, up to four policies, and Calico to enforce them.
fn cluster(dice: &mut Dice<'_>) -> Inventory {
    let mut objects = vec![
        json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "calico-node", "namespace": "kube-system"},
        "spec": {"template": {"spec": {"hostNetwork": true, "containers": [{"name": "calico-node"}]}}}}),
    ];
    let spaces = 2 + dice.roll(2);
    for number in 0..spaces {
        let mut labels = labels(dice);
        // as the API server does
        labels["kubernetes.io/metadata.name"] = json!(format!("n{number}"));
        objects.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": format!("n{number}"), "labels": labels}}));
    }
    for number in 0..3 + dice.roll(3) {
        let own: Vec<Value> = (0..dice.roll(3))
            .map(|at| json!({"name": (["http", "dns"][at % 2]), "containerPort": dice.pick(&PORTS), "protocol": dice.pick(&PROTOCOLS).0}))
            .collect();
        let space = format!("n{}", dice.roll(spaces));
        objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("p{number}"), "namespace": space, "labels": labels(dice)},
            "spec": {"hostNetwork": dice.one_in(6), "containers": [{"name": "c", "ports": own}]}}));
    }
    for number in 0..1 + dice.roll(5) {
        let mut spec = json!({"podSelector": selector(dice)});
        let (ingress, egress) = (dice.roll(3), dice.roll(3));
        if ingress > 0 {
            spec["ingress"] = (1..ingress).map(|_| rule(dice, "from")).collect();
        }
        if egress > 0 {
            spec["egress"] = (1..egress).map(|_| rule(dice, "to")).collect();
        }
        if dice.one_in(2) {
            spec["policyTypes"] = json!(dice.pick(&[vec!["Ingress"], vec!["Egress"], vec!["Ingress", "Egress"]]));
        }
        objects.push(json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": format!("q{number}"), "namespace": format!("n{}", dice.roll(spaces))}, "spec": spec}));
    }
    let folder = tempfile::tempdir().unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    std::fs::write(folder.path().join("all.json"), list.to_string()).unwrap();
    load::load(&[Source::Path(folder.path().to_owned())], None).unwrap()
}

#[test]
fn the_second_evaluator_agrees_about_pods() {
    let counts = [const { Cell::new(0_u64) }; 3];
    let shared = std::panic::AssertUnwindSafe(&counts);
    check!().with_max_len(512).with_type::<Vec<u8>>().for_each(|bytes| {
        let inventory = cluster(&mut Dice(bytes.iter()));
        let clusters = Clusters::new(&inventory, &|_| false);
        let ids: Vec<String> =
            inventory.of::<zoneproof::model::Workload>().map(|(_, asset, _)| asset.id.to_string()).collect();
        let pods = |id: &String| Place::Pods(clusters.end(id).unwrap().unwrap());
        for from in &ids {
            for to in &ids {
                for (_, protocol) in PROTOCOLS {
                    for port in PORTS {
                        let asked = Connections::ports(Protocol(protocol), port, port);
                        let said = clusters.answer(&pods(from), &pods(to), &asked).verdict;
                        let checked = passes_pods(&inventory, from, to, Probe { protocol, port });
                        let fits = match said {
                            Verdict::Allowed => checked == Say::Yes,
                            Verdict::Denied => checked == Say::No,
                            Verdict::Unknown => checked == Say::Unknown,
                        };
                        assert!(
                            fits,
                            "{from} -> {to} {protocol}/{port}: {said:?}, checked {checked:?}\n{:#?}",
                            inventory.assets()
                        );
                        shared[said as usize].set(shared[said as usize].get() + 1);
                    }
                }
            }
        }
    });
    let [allowed, denied, unknown] = counts.map(Cell::into_inner);
    assert!(allowed > 100 && denied > 100 && unknown > 100, "{allowed} allowed, {denied} denied, {unknown} unknown");
}
