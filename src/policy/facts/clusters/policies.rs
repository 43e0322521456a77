//! Policies by what they say: order, status and what is a cluster's own do not count.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde_json::{Map, Value};

use super::{Aspect, Comparison, Side, paired};
use crate::model::{Asset, short_of};
use crate::policy::facts::context::Context;
use crate::policy::facts::document::Reason;

/// Kinds that isolate, by their names in the inventory. In all of them order decides nothing (API references of
/// Kubernetes NetworkPolicy and of Istio's security kinds and Sidecar).
const KINDS: [&str; 6] = [
    "authorization-policy",
    "mesh-config",
    "network-policy",
    "peer-authentication",
    "request-authentication",
    "sidecar",
];

/// Fields that tell how and when an object was made.
const MADE: [&str; 2] = ["created", "delivery"];

/// Longest text of one side of a difference, in characters.
const LONGEST: usize = 240;

pub(super) fn compare(context: &Context<'_>, a: &Side<'_>, b: &Side<'_>, out: &mut Comparison) {
    for side in [a, b] {
        let place = crate::model::Place { cluster: Some(side.name.clone()), ..Default::default() };
        for kind in KINDS.iter().filter(|kind| context.inventory.coverage.fell_short(kind, &place)) {
            out.skip(Aspect::Policy, &side.name, Reason::EntriesNotCollected, *kind);
        }
    }
    for ((_, subject), (first, second)) in paired(said(a), said(b)) {
        match (first, second) {
            (Some(first), Some(second)) if first == second => {}
            (Some(first), Some(second)) => {
                let (first, second) = apart(&first, &second);
                out.differ(Aspect::Policy, subject, Some(first), Some(second));
            }
            (first, second) => {
                out.differ(Aspect::Policy, subject, first.map(|said| shown(&said)), second.map(|said| shown(&said)));
            }
        }
    }
}

type Said = BTreeMap<String, Value>;

/// What the policies of a side say, by kind and name.
fn said<'s>(side: &'s Side<'_>) -> impl Iterator<Item = ((&'static str, String), Said)> + 's {
    let own = Own::of(side);
    side.objects.iter().filter_map(move |asset| {
        let kind = asset.body.kind();
        KINDS
            .contains(&kind)
            .then(|| ((kind, format!("{} {}", kubernetes_kind(asset), short_of(&asset.id))), own.said(asset)))
    })
}

/// The kind as Kubernetes writes it, from the id.
fn kubernetes_kind(asset: &Asset) -> &str {
    asset.id.rsplit('/').nth(1).unwrap_or_default()
}

/// What is one cluster's own.
struct Own {
    name: String,
    services: Option<IpNet>,
}

impl Own {
    fn of(side: &Side<'_>) -> Self {
        let services = side.eks.and_then(|(_, eks)| eks.service_cidr.as_deref()?.parse().ok());
        Self { name: side.name.to_string(), services }
    }

    fn said(&self, asset: &Asset) -> Said {
        // INVARIANT: bodies are plain structs, which always serialise to an object
        let body = asset.body.to_json().and_then(|text| serde_json::from_str::<Map<String, Value>>(&text));
        let fields = body.unwrap_or_default().into_iter().filter(|(name, _)| !MADE.contains(&name.as_str()));
        fields.map(|(name, value)| (name, self.plain(value))).collect()
    }

    /// A value without order and without what is the cluster's own.
    fn plain(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => {
                let mut items: Vec<Value> = items.into_iter().map(|item| self.plain(item)).collect();
                items.sort_by_key(Value::to_string);
                items.dedup();
                Value::Array(items)
            }
            Value::Object(fields) => {
                let fields: BTreeMap<String, Value> =
                    fields.into_iter().map(|(name, value)| (name, self.plain(value))).collect();
                Value::Object(fields.into_iter().collect())
            }
            other => other,
        }
    }

    fn text(&self, text: &str) -> String {
        // an address among the cluster's services is the same service's in the twin
        if let (Some(services), Ok(net)) = (self.services, text.parse::<IpNet>())
            && services.contains(&net)
        {
            return match (services.network(), net.network()) {
                (std::net::IpAddr::V4(base), std::net::IpAddr::V4(own)) => {
                    format!("services+{}/{}", u32::from(own) - u32::from(base), net.prefix_len())
                }
                (std::net::IpAddr::V6(base), std::net::IpAddr::V6(own)) => {
                    format!("services+{}/{}", u128::from(own) - u128::from(base), net.prefix_len())
                }
                _ => text.to_owned(),
            };
        }
        own_name(text, &self.name)
    }
}

/// A text with the cluster's name replaced where it is one part of a longer text, such as a trust domain or host. A
/// namespace or service account of that name is no part of the cluster: it stays.
pub(super) fn own_name(text: &str, name: &str) -> String {
    if text == name || name.is_empty() {
        return text.to_owned();
    }
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, found) = rest.split_at(at);
        let after = found.get(name.len()..).unwrap_or_default();
        let so_far = format!("{out}{before}");
        let bounded = !so_far.ends_with(part) && !after.starts_with(part);
        let other = so_far.ends_with("/ns/") || so_far.ends_with("/sa/");
        out = if bounded && !other { format!("{so_far}<cluster>") } else { format!("{so_far}{name}") };
        rest = after;
    }
    out + rest
}

/// What each of two has that the other has not, field by field.
fn apart(first: &Said, second: &Said) -> (String, String) {
    let (mut here, mut there) = (Said::new(), Said::new());
    for name in first.keys().chain(second.keys()) {
        match (first.get(name), second.get(name)) {
            (a, b) if a == b => {}
            (Some(Value::Array(a)), Some(Value::Array(b))) => {
                let only = |all: &[Value], other: &[Value]| {
                    Value::Array(all.iter().filter(|item| !other.contains(item)).cloned().collect())
                };
                here.insert(name.clone(), only(a, b));
                there.insert(name.clone(), only(b, a));
            }
            (a, b) => {
                here.extend(a.map(|value| (name.clone(), value.clone())));
                there.extend(b.map(|value| (name.clone(), value.clone())));
            }
        }
    }
    (shown(&here), shown(&there))
}

fn shown(said: &Said) -> String {
    let text = said.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::own_name;

    #[test]
    fn only_a_whole_part_of_a_longer_text_is_the_clusters_own() {
        for (text, plain) in [
            ("wallet-a.example/ns/cards/sa/api", "<cluster>.example/ns/cards/sa/api"),
            ("wallet-a", "wallet-a"),
            ("x/ns/wallet-a/sa/api", "x/ns/wallet-a/sa/api"),
            ("wallet-alb.example", "wallet-alb.example"),
            ("my-wallet-a.example", "my-wallet-a.example"),
        ] {
            assert_eq!(own_name(text, "wallet-a"), plain);
        }
    }
}
