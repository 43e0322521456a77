//! Listeners of load balancers: what they take in the clear, and which TLS they still speak.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Of, Reason, Unknown};
use super::twins::{self, Twins};
use crate::model::{Kind, Listener, ListenerRule, short_of};
use crate::node::Node;
use crate::policy::pack::embedded_text;

/// A listener.
#[derive(Serialize, JsonSchema)]
pub(super) struct ListenerFact {
    /// The load balancer.
    balancer: String,
    /// Whether it takes HTTP in the clear and does more with it than send the client to HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<bool>,
    /// There if it ends TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Tls>,
    /// Sharing between clusters; left out where the default action forwards to one cluster only.
    #[serde(skip_serializing_if = "Option::is_none")]
    twins: Option<Twins>,
}

/// The TLS that a listener speaks.
#[derive(Serialize, JsonSchema)]
struct Tls {
    /// The security policy.
    policy: String,
    /// The oldest version that it allows, `1.2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<String>,
}

pub(super) fn listener(of: &Of<'_, Listener>, unknown: &mut Unknown) -> ListenerFact {
    let Of { context, asset, body: listener, .. } = *of;
    let (mut plaintext, mut tls) = (Some(false), None);
    match listener.protocol.as_str() {
        "HTTP" => plaintext = takes_plaintext(of, unknown),
        "HTTPS" | "TLS" => match &listener.tls_policy {
            Some(policy) => {
                let minimum = MINIMUM.get(policy).cloned();
                if minimum.is_none() {
                    unknown.say("tls.minimum", Reason::NotUnderstood, policy);
                }
                tls = Some(Tls { policy: policy.clone(), minimum });
            }
            None => unknown.say("tls", Reason::EntriesNotCollected, short_of(&asset.id)),
        },
        "TCP" | "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC" | "GENEVE" => {}
        other => {
            plaintext = None;
            for path in ["plaintext", "tls"] {
                unknown.say(path, Reason::NotUnderstood, other);
            }
        }
    }
    let twins = twins::twins(context, asset, listener.actions.as_ref(), &listener.forwards, unknown);
    ListenerFact { balancer: short_of(&listener.load_balancer), plaintext, tls, twins }
}

/// An HTTP listener is no opening if all that it and its rules do is redirect to HTTPS.
fn takes_plaintext(of: &Of<'_, Listener>, unknown: &mut Unknown) -> Option<bool> {
    let Of { context, asset, body: listener, .. } = *of;
    let rules = context.listeners.get(&*asset.id).into_iter().flatten();
    let rules = rules.filter_map(|at| ListenerRule::of(&context.inventory.assets().get(*at)?.body));
    let rules: Vec<&ListenerRule> = rules.collect();
    let all = std::iter::once(&listener.actions).chain(rules.iter().map(|rule| &rule.actions));
    let harmless = |deed: &String| deed == "redirect https";
    let mut told = true;
    for actions in all {
        match actions {
            Some(deeds) if !deeds.is_empty() && deeds.iter().all(harmless) => {}
            Some(deeds) if !deeds.is_empty() => return Some(true),
            _ => told = false,
        }
    }
    // ELBv2 API reference, DescribeRules: the default action is listed as a rule of its own, so one is always there
    if told && rules.iter().any(|rule| rule.priority == "default") {
        return Some(false);
    }
    unknown.say("plaintext", Reason::EntriesNotCollected, short_of(&asset.id));
    None
}

/// The oldest TLS version that each of Elastic Load Balancing's security policies allows.
static MINIMUM: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Table {
        minimum: BTreeMap<String, String>,
    }
    let text = embedded_text("policies/data/elb-tls-policies.yaml").unwrap_or_default();
    let node = Node::from_yaml(text, 1).ok().flatten();
    let table = node.as_ref().and_then(|node| node.get("elb-tls-policies")?.read::<Table>().ok());
    table.map(|table| table.minimum).unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::MINIMUM;

    #[test]
    fn the_table_of_policies_is_read() {
        assert_eq!(MINIMUM.get("ELBSecurityPolicy-2016-08").map(String::as_str), Some("1.0"));
        assert!(MINIMUM.len() > 20 && MINIMUM.values().all(|version| version.starts_with("1.")));
    }
}
