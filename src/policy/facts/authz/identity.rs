//! Identities that a source names, resolved to namespaces of the inventory.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::{End, Matcher, Requires};
use crate::model::{AddressSet, AuthSource, Namespace, glob_match};
use crate::policy::facts::context::{Context, NAMED};
use crate::zone::Border;

/// A namespace whose identities a source admits, and by which value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Peer {
    pub cluster: Arc<str>,
    pub namespace: Arc<str>,
    /// The service account, where the value names one exactly.
    pub account: Option<String>,
    /// The value as the policy writes it.
    pub value: String,
    /// Whether the value is a principal: trust domain, namespace and account.
    pub principal: bool,
}

/// Who is admitted from behind one border.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    pub identities: Vec<Peer>,
    pub addresses: AddressSet,
}

impl Admitted {
    pub fn absorb(&mut self, other: Self) {
        self.identities.extend(other.identities);
        self.identities.sort();
        self.identities.dedup();
        self.addresses = self.addresses.union(&other.addresses);
    }

    pub fn describe(&self) -> Vec<String> {
        let identities =
            self.identities.iter().map(|peer| format!("{}/{} (`{}`)", peer.cluster, peer.namespace, peer.value));
        let mut all: Vec<String> = identities.chain(self.addresses.describe(8)).collect();
        all.dedup();
        let more = all.len().saturating_sub(NAMED);
        all.truncate(NAMED);
        if more > 0 {
            all.push(format!("…{more} more"));
        }
        all
    }

    /// Whether all of them lie in an end of a flow.
    pub fn are_in(&self, end: &End, border: &Border) -> bool {
        let End::Where { cidr, matcher, workload, .. } = end else {
            return self.identities.is_empty() && self.addresses.subtract(&AddressSet::internet()).is_empty();
        };
        let Matcher { cluster, namespace, asset, .. } = matcher;
        let identity = |peer: &Peer| {
            cidr.is_none()
                && Matcher::fits(cluster.as_deref(), Some(&peer.cluster))
                && Matcher::fits(namespace.as_deref(), Some(&peer.namespace))
                && workload
                    .as_deref()
                    .is_none_or(|pattern| peer.account.as_deref().is_some_and(|account| glob_match(pattern, account)))
        };
        let addresses = self.addresses.is_empty()
            || match cidr {
                Some(net) => self.addresses.subtract(&AddressSet::from_nets([net])).is_empty(),
                None => !end.is_inside_cluster(),
            };
        end.holds_border(&border.zone, border.environment.as_deref())
            && asset.is_none()
            && self.identities.iter().all(identity)
            && addresses
    }

    /// Whether they bring what a flow requires. An identity is shown over mTLS only; an address is shown by anybody.
    pub fn satisfy(&self, requires: &Requires) -> bool {
        let principal =
            |peer: &Peer| peer.principal && requires.principals.iter().any(|pattern| glob_match(pattern, &peer.value));
        let identified = self.addresses.is_empty();
        (!requires.mtls || identified)
            && (requires.principals.is_empty() || (identified && self.identities.iter().all(principal)))
    }
}

/// Namespaces whose identities match all positive fields of a source, and values that match none that is known.
///
/// A namespace is looked for in the policy's own cluster first, then in clusters whose certificates its mesh takes:
/// those of the same trust domain or of an alias (Istio, "Trust Domain Migration").
pub(super) fn resolve(
    context: &Context<'_>,
    cluster: &Arc<str>,
    namespace: &Arc<str>,
    source: &AuthSource,
) -> (Vec<Peer>, Vec<String>) {
    let known = Known::of(context, cluster);
    let mut fields: Vec<Vec<Peer>> = Vec::new();
    let mut unresolved = Vec::new();
    let mut field = |values: &[String], find: &dyn Fn(&str) -> Vec<Peer>| {
        let values: Vec<&String> = values.iter().filter(|value| *value != "*").collect();
        if values.is_empty() {
            return;
        }
        let mut all = Vec::new();
        for value in values {
            let found = find(value);
            if found.is_empty() {
                unresolved.push(value.clone());
            }
            all.extend(found);
        }
        fields.push(all);
    };
    field(&source.principals, &|value| known.principals(value));
    field(&source.namespaces, &|value| known.matching(value, value, None, false));
    field(&source.service_accounts, &|value| {
        let (place, account) = value.split_once('/').unwrap_or((namespace, value));
        known.matching(place, value, Some(account), false)
    });
    let mut fields = fields.into_iter();
    let mut peers = fields.next().unwrap_or_default();
    for other in fields {
        peers.retain(|peer| other.iter().any(|o| o.cluster == peer.cluster && o.namespace == peer.namespace));
    }
    peers.retain(|peer| !source.not_namespaces.iter().any(|value| **value == *peer.namespace));
    let peers: BTreeSet<Peer> = peers.into_iter().collect();
    (peers.into_iter().collect(), unresolved)
}

/// The trust domain that points to the mesh's own one.
const POINTER: &str = "cluster.local";

/// Cluster, namespace and the cluster's trust domain.
type NamespaceOf = (Arc<str>, Arc<str>, String);

/// Namespaces that are known, with the trust domains of their clusters.
struct Known {
    own: Arc<str>,
    /// Trust domains whose certificates the policy's mesh takes.
    trusted: Vec<String>,
    all: Vec<NamespaceOf>,
}

impl Known {
    fn of(context: &Context<'_>, own: &Arc<str>) -> Self {
        let mesh = context.mesh(own, "default");
        let trusted = std::iter::once(mesh.trust_domain).chain(mesh.trust_domain_aliases).collect();
        let all = context.inventory.of::<Namespace>().filter_map(|(_, asset, _)| {
            let (cluster, namespace) = (asset.place.cluster.clone()?, asset.place.namespace.clone()?);
            let domain = context.mesh(&cluster, "default").trust_domain;
            Some((cluster, namespace, domain))
        });
        Self { own: Arc::clone(own), trusted, all: all.collect() }
    }

    /// An exact value is looked for in the own cluster first, in others only if it has no match; a pattern matches
    /// wherever it matches.
    fn pick(&self, value: &str, test: impl Fn(&NamespaceOf) -> bool) -> Vec<&NamespaceOf> {
        let own: Vec<_> = self.all.iter().filter(|known| known.0 == self.own && test(known)).collect();
        if own.is_empty() || value.contains('*') { self.all.iter().filter(|known| test(known)).collect() } else { own }
    }

    fn matching(&self, pattern: &str, value: &str, account: Option<&str>, principal: bool) -> Vec<Peer> {
        let found = self.pick(pattern, |(cluster, namespace, domain)| {
            glob_match(pattern, namespace) && (*cluster == self.own || self.trusted.contains(domain))
        });
        found.into_iter().map(|(cluster, namespace, _)| peer(cluster, namespace, account, value, principal)).collect()
    }

    /// `<trust domain>/ns/<namespace>/sa/<account>`, or with `*` at one end. A principal of a trust domain that the
    /// mesh does not take can never be shown, yet somebody meant to let it in: it is resolved all the same.
    fn principals(&self, value: &str) -> Vec<Peer> {
        let account = value.rsplit_once("/sa/").map(|(_, account)| account).filter(|account| !account.contains('*'));
        let found = self.pick(value, |(cluster, namespace, domain)| {
            // aliases are one domain under several names
            let mesh = *cluster == self.own || self.trusted.contains(domain);
            let mut domains: Vec<&str> = vec![domain];
            if mesh {
                domains.extend(self.trusted.iter().map(String::as_str));
                // Istio, "Trust Domain Migration": in policies it stands for the mesh's own trust domain
                domains.push(POINTER);
            } else if value.starts_with(POINTER) {
                return false;
            }
            domains.iter().any(|domain| may_match(value, &format!("{domain}/ns/{namespace}/sa/")))
        });
        found.into_iter().map(|(cluster, namespace, _)| peer(cluster, namespace, account, value, true)).collect()
    }
}

fn peer(cluster: &Arc<str>, namespace: &Arc<str>, account: Option<&str>, value: &str, principal: bool) -> Peer {
    Peer {
        cluster: Arc::clone(cluster),
        namespace: Arc::clone(namespace),
        account: account.map(str::to_owned),
        value: value.to_owned(),
        principal,
    }
}

/// Whether a principal value may match some account of a namespace, whose identities all begin with `base`.
fn may_match(value: &str, base: &str) -> bool {
    if let Some(prefix) = value.strip_suffix('*') {
        return base.starts_with(prefix) || prefix.starts_with(base);
    }
    if let Some(suffix) = value.strip_prefix('*') {
        return match suffix.rfind('/') {
            Some(slash) => base.ends_with(suffix.get(..=slash).unwrap_or_default()),
            None => true,
        };
    }
    value.strip_prefix(base).is_some_and(|account| !account.is_empty())
}

#[cfg(test)]
mod tests {
    use super::may_match;

    #[test]
    fn principals_match_by_namespace() {
        let base = "td/ns/ads/sa/";
        for (value, hit) in [
            ("td/ns/ads/sa/web", true),
            ("td/ns/ads/sa/*", true),
            ("td/ns/*", true),
            ("td/ns/ad*", true),
            ("*/ns/ads/sa/web", true),
            ("*/sa/web", true),
            ("*web", true),
            ("other/ns/ads/sa/web", false),
            ("td/ns/wallet/sa/*", false),
            ("*/ns/wallet/sa/web", false),
            ("td/ns/ads/sa/", false),
        ] {
            assert_eq!(may_match(value, base), hit, "{value}");
        }
    }
}
