//! NetworkPolicies and the selectors that they share with others.

use std::collections::BTreeMap;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Delivery;
use crate::model::AddressSet;

/// A label selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Labels that must be there with these values.
    pub match_labels: BTreeMap<String, String>,
    /// Further conditions, all of which must hold.
    pub match_expressions: Vec<LabelExpression>,
}

/// A condition of a label selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelExpression {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: String,
    /// Values to compare with.
    pub values: Vec<String>,
}

impl LabelSelector {
    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Whether labels match; none where an operator is not one of Kubernetes' four.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> Option<bool> {
        let mut all = self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        for expression in &self.match_expressions {
            let value = labels.get(&expression.key);
            let listed = value.is_some_and(|value| expression.values.contains(value));
            all &= match expression.operator.as_str() {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => return None,
            };
        }
        Some(all)
    }

    /// Whether labels match of which only those with some keys are known; none where others decide.
    pub fn matches_where(&self, labels: &BTreeMap<String, String>, known: impl Fn(&str) -> bool) -> Option<bool> {
        let mut sure = self.clone();
        sure.match_labels.retain(|key, _| known(key));
        sure.match_expressions.retain(|expression| known(&expression.key));
        match sure.matches(labels)? {
            false => Some(false),
            true => (sure == *self).then_some(true),
        }
    }
}

/// A peer of a NetworkPolicy rule, as the API gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicyPeer {
    /// Pods by label; in the policy's namespace unless a namespace selector stands beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_selector: Option<LabelSelector>,
    /// Namespaces by label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
    /// Addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_block: Option<IpBlock>,
}

/// A block of addresses with exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct IpBlock {
    /// The block.
    pub cidr: String,
    /// Blocks inside it that are left out.
    pub except: Vec<String>,
}

/// A port of a NetworkPolicy rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicyPort {
    /// `TCP` (the default), `UDP` or `SCTP`.
    pub protocol: Option<String>,
    /// Number or name; none is every port.
    pub port: Option<String>,
    /// Last port of a range.
    pub end_port: Option<u16>,
}

/// A rule of a NetworkPolicy, either direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkPolicyRule {
    /// Who; empty is everybody.
    pub peers: Vec<NetworkPolicyPeer>,
    /// Ports; empty is every port.
    pub ports: Vec<NetworkPolicyPort>,
}

impl NetworkPolicyPeer {
    /// Whether it is every pod of the cluster.
    ///
    /// Source: Kubernetes API reference, `NetworkPolicyPeer`: an empty namespace selector is all namespaces; a pod selector
    /// beside it narrows.
    pub fn is_every_pod(&self) -> bool {
        self.namespace_selector.as_ref().is_some_and(LabelSelector::is_everything)
            && self.pod_selector.as_ref().is_none_or(LabelSelector::is_everything)
    }
}

impl IpBlock {
    /// Its addresses without the exceptions; none where one of them is no CIDR block.
    pub fn addresses(&self) -> Option<AddressSet> {
        let block: IpNet = self.cidr.parse().ok()?;
        let except: Vec<IpNet> = self.except.iter().map(|block| block.parse()).collect::<Result<_, _>>().ok()?;
        Some(AddressSet::from_nets([&block]).subtract(&AddressSet::from_nets(&except)))
    }
}

impl NetworkPolicyRule {
    /// Whether it is about every port of TCP, whatever it says of other protocols.
    pub fn is_every_port(&self) -> bool {
        let whole = |port: &NetworkPolicyPort| match &port.port {
            None => true,
            Some(first) => matches!(first.as_str(), "0" | "1") && port.end_port == Some(u16::MAX),
        };
        let tcp = |port: &&NetworkPolicyPort| port.protocol.as_deref().is_none_or(|name| name == "TCP");
        self.ports.is_empty() || self.ports.iter().filter(tcp).any(whole)
    }
}

/// A NetworkPolicy (`networking.k8s.io`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkPolicy {
    /// Pods that it isolates.
    pub pod_selector: LabelSelector,
    /// Whether it isolates them from what comes in.
    pub ingress: bool,
    /// Whether it isolates them towards the outside.
    pub egress: bool,
    /// What it lets in.
    pub ingress_rules: Vec<NetworkPolicyRule>,
    /// What it lets out.
    pub egress_rules: Vec<NetworkPolicyRule>,
    /// Fields that this release does not know, as JSON pointers: with one of them, what the policy does is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_fields: Vec<String>,
    /// How it came into its cluster.
    #[serde(default, skip_serializing_if = "Delivery::is_nothing")]
    pub delivery: Delivery,
}
