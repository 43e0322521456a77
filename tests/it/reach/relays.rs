//! What leads to pods under another address than the client's is never denied by what policies say of the client.
//!
//! Source: Kubernetes, "Using Source IP", "Ingress"; Istio, Gateway reference; Elastic Load Balancing, "Target groups".

use zoneproof::load::{self, Source};
use zoneproof::reach::Verdict;

use super::policies::{ask, load as inventory_of, policy};
use crate::support::root;

#[test]
fn what_leads_to_pods_under_another_address_is_not_denied() {
    let denies = policy("{ podSelector: { matchLabels: { app: db } } }");
    let service = |kind: &str| {
        format!(
            "{{ apiVersion: v1, kind: Service, metadata: {{ name: db, namespace: a }},
              spec: {{ type: {kind}, selector: {{ app: db }}, ports: [ {{ port: 80 }} ] }} }}"
        )
    };
    let (inside, on_nodes) = (service("ClusterIP"), service("NodePort"));
    let ingress = "{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: i, namespace: a },
        spec: { rules: [ { http: { paths: [ { path: /, pathType: Prefix, backend: { service: { name: db, port: { number: 80 } } } } ] } } ] } }";
    let host_port = "{ apiVersion: v1, kind: Pod, metadata: { name: hp, namespace: a, labels: { app: db } },
        spec: { containers: [ { name: c, ports: [ { containerPort: 80, hostPort: 8080 } ] } ] } }";
    assert_eq!(ask(&inventory_of(&[&denies, host_port]), "b/ads", "a/hp", "tcp/80"), Verdict::Unknown);
    let route = "{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: v, namespace: b },
        spec: { hosts: [x.example], gateways: [g], http: [ { route: [ { destination: { host: db.a.svc.cluster.local } } ] } ] } }";
    for (objects, verdict) in [
        (vec![&*denies, &*inside], Verdict::Denied),
        (vec![&*denies, &*on_nodes], Verdict::Unknown),
        (vec![&*denies, &*inside, ingress], Verdict::Unknown),
        (vec![&*denies, &*inside, route], Verdict::Unknown),
    ] {
        let inventory = inventory_of(&objects);
        for from in ["b/ads", "8.8.8.8/32"] {
            assert_eq!(ask(&inventory, from, "a/db", "tcp/1"), verdict, "{from} {objects:?}");
        }
        assert_eq!(
            ask(&inventory, "a/db", "b/ads", "tcp/1"),
            if objects.contains(&route) { Verdict::Unknown } else { Verdict::Allowed }
        );
    }
}

#[test]
fn a_service_that_was_not_read_may_be_of_any_pods_of_its_namespace() {
    let denies = policy("{ podSelector: {} }");
    let ingress = "{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: i, namespace: a },
        spec: { defaultBackend: { service: { name: gone, port: { number: 80 } } } } }";
    assert_eq!(ask(&inventory_of(&[&denies]), "b/ads", "a/db", "tcp/80"), Verdict::Denied);
    assert_eq!(ask(&inventory_of(&[&denies, ingress]), "b/ads", "a/db", "tcp/80"), Verdict::Unknown);
    // without a selector its endpoints were made by hand, and may be anywhere
    let by_hand = "{ apiVersion: v1, kind: Service, metadata: { name: gone, namespace: b }, spec: { type: NodePort, ports: [ { port: 80 } ] } }";
    assert_eq!(ask(&inventory_of(&[&denies, by_hand]), "b/ads", "a/db", "tcp/80"), Verdict::Unknown);
    let passthrough = "{ apiVersion: networking.istio.io/v1, kind: Gateway, metadata: { name: g, namespace: b },
        spec: { selector: { app: web }, servers: [ { port: { number: 15443, protocol: TLS, name: tls }, hosts: ['*.local'], tls: { mode: AUTO_PASSTHROUGH } } ] } }";
    assert_eq!(ask(&inventory_of(&[&denies, passthrough]), "b/ads", "a/db", "tcp/80"), Verdict::Unknown);
}

#[test]
fn the_tunnel_of_an_ambient_mesh_carries_what_its_port_lets_in() {
    let mesh = "{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: m, namespace: a }, spec: { mtls: { mode: STRICT } } }";
    let lets =
        |port: u16| policy(&format!("{{ podSelector: {{}}, ingress: [ {{ ports: [ {{ port: {port} }} ] }} ] }}"));
    let (tunnel, other) = (lets(15008), lets(80));
    assert_eq!(ask(&inventory_of(&[&other]), "b/ads", "a/db", "tcp/443"), Verdict::Denied);
    assert_eq!(ask(&inventory_of(&[&other, mesh]), "b/ads", "a/db", "tcp/443"), Verdict::Denied);
    assert_eq!(ask(&inventory_of(&[&tunnel]), "b/ads", "a/db", "tcp/443"), Verdict::Denied);
    assert_eq!(ask(&inventory_of(&[&tunnel, mesh]), "b/ads", "a/db", "tcp/443"), Verdict::Unknown);
}

/// What the wallet's estate says of advertising and the vault of cards, with another target group of addresses.
fn with_targets(name: &str, targets: Option<&str>, more: Option<&str>) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let region = folder.path().join("aws/111122223333/ap-northeast-2");
    std::fs::create_dir_all(&region).unwrap();
    let arn = format!("arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/{name}/0123456789abcdef");
    let group = serde_json::json!({ "TargetGroups": [ { "TargetGroupArn": arn, "TargetGroupName": name, "Protocol": "TCP", "Port": 80,
        "VpcId": "vpc-01f1e62e85db661cc", "TargetType": "ip", "IpAddressType": "ipv4", "LoadBalancerArns": [] } ] });
    std::fs::write(region.join("more-target-groups.json"), group.to_string()).unwrap();
    if let Some(address) = targets {
        let health = serde_json::json!({ "LoadBalancerTargetHealth": [ { "TargetGroupArn": arn, "TargetHealthDescriptions": [
            { "Target": { "Id": address, "Port": 80 }, "TargetHealth": { "State": "healthy" } } ] } ] });
        std::fs::write(region.join("more-target-health.json"), health.to_string()).unwrap();
    }
    if let Some(binding) = more {
        let cluster = folder.path().join("clusters/wallet-a");
        std::fs::create_dir_all(&cluster).unwrap();
        std::fs::write(cluster.join("binding.yaml"), binding).unwrap();
    }
    let wallet = root().join("fixtures/estates/wallet");
    let inventory = load::load(&[Source::Path(wallet), Source::Path(folder.path().to_owned())], None).unwrap();
    ask(&inventory, "ads/vouchers/voucher-api", "wallet-a/cards/token-vault", "tcp")
}

#[test]
fn target_groups_of_addresses_lead_to_the_pods_that_bear_them() {
    assert_eq!(with_targets("others", Some("10.10.250.1"), None), Verdict::Denied, "nobody's address");
    assert_eq!(with_targets("vault", Some("10.10.17.13"), None), Verdict::Unknown, "the vault's address");
    assert_eq!(with_targets("untold", None, None), Verdict::Unknown, "its targets were not read");
    // what a binding puts there are pods of its service
    let binding =
        "{ apiVersion: elbv2.k8s.aws/v1beta1, kind: TargetGroupBinding, metadata: { name: b, namespace: wallet },
        spec: { targetGroupName: untold, serviceRef: { name: wallet-api, port: 80 }, targetType: ip } }";
    assert_eq!(with_targets("untold", None, Some(binding)), Verdict::Denied);
}
