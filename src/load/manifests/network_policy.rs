//! NetworkPolicy (`networking.k8s.io`).

use serde::Deserialize;

use super::{Object, Read};
use crate::model::{LabelSelector, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyRule};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    pod_selector: LabelSelector,
    policy_types: Option<Vec<String>>,
    ingress: Option<Vec<Rule>>,
    egress: Option<Vec<Rule>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rule {
    from: Vec<NetworkPolicyPeer>,
    to: Vec<NetworkPolicyPeer>,
    ports: Vec<NetworkPolicyPort>,
}

pub(super) fn network_policy(object: &mut Object<'_>) -> Read {
    let spec = object.spec();
    let (spec, unknown_fields): (Spec, _) = spec.read_known("/spec")?;
    // API reference: without policyTypes a policy is about ingress, and about egress if it has egress rules
    let (ingress, egress) = match &spec.policy_types {
        Some(types) if !types.is_empty() => {
            (types.iter().any(|name| name == "Ingress"), types.iter().any(|name| name == "Egress"))
        }
        _ => (true, spec.egress.as_ref().is_some_and(|rules| !rules.is_empty())),
    };
    let rules = |rules: Option<Vec<Rule>>, ingress: bool| {
        let rules = rules.unwrap_or_default().into_iter();
        rules
            .map(|rule| NetworkPolicyRule { peers: if ingress { rule.from } else { rule.to }, ports: rule.ports })
            .collect()
    };
    let body = NetworkPolicy {
        pod_selector: spec.pod_selector,
        ingress,
        egress,
        ingress_rules: rules(spec.ingress, true),
        egress_rules: rules(spec.egress, false),
        unknown_fields,
        delivery: object.delivery(),
    };
    let asset = object.namespaced("NetworkPolicy", &object.name(), true, body);
    object.add(asset);
    Ok(())
}
