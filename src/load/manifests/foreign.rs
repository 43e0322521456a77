//! Network policies of other kinds: that they are there, and as far as they say it, whom and what they are about.

use super::{Object, Read};
use crate::model::{Asset, ForeignNetworkPolicy};
use crate::node::{Node, Value};

/// Fields that say whom a policy is about: AdminNetworkPolicy and ClusterNetworkPolicy (`subject`), Calico (`selector`,
/// `namespaceSelector`), Cilium (`endpointSelector`, `nodeSelector`).
const SELECTORS: [&str; 5] = ["subject", "selector", "namespaceSelector", "endpointSelector", "nodeSelector"];

/// A policy in a namespace.
pub(super) fn namespaced(object: &mut Object<'_>) -> Read {
    let asset = object.namespaced(object.kind, &object.name(), false, body(object));
    add(object, asset)
}

/// A policy of the whole cluster.
pub(super) fn clustered(object: &mut Object<'_>) -> Read {
    let asset = object.clustered(object.kind, body(object));
    add(object, asset)
}

fn add(object: &mut Object<'_>, asset: Asset) -> Read {
    object.add(asset);
    Ok(())
}

fn body(object: &Object<'_>) -> ForeignNetworkPolicy {
    let spec = object.spec();
    // Cilium knows `specs` beside `spec`
    let all: Vec<&Node> =
        std::iter::once(&spec).chain(object.node.get("specs").into_iter().flat_map(Node::items)).collect();
    let selectors = all.iter().flat_map(|spec| SELECTORS.iter().filter_map(|name| Some((*name, spec.get(name)?))));
    let selectors: Vec<String> = selectors.map(|(name, node)| format!("{name}: {}", text(node))).collect();
    let types: Vec<&str> =
        all.iter().filter_map(|spec| spec.get("types")).flat_map(Node::items).filter_map(Node::as_str).collect();
    let about = |direction: &str, title: &str| {
        let given = |name: &str| all.iter().any(|spec| spec.get(name).is_some_and(|n| n.value != Value::Null));
        if given(direction) || given(&format!("{direction}Deny")) || types.contains(&title) {
            Some(true)
        } else {
            (!types.is_empty()).then_some(false)
        }
    };
    ForeignNetworkPolicy {
        flavour: format!("{}/{}", object.group, object.kind),
        selector: selectors.join("; "),
        ingress: about("ingress", "Ingress"),
        egress: about("egress", "Egress"),
    }
}

/// A value on one line.
fn text(node: &Node) -> String {
    match &node.value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) | Value::String(text) => text.clone(),
        Value::Seq(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| format!("{}: {}", key.name, text(node)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
