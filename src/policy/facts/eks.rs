//! EKS clusters and what belongs to them: who reaches the API server, how old it is, what it records and encrypts.

mod access;
mod nodes;
mod pools;
mod sharing;
mod versions;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) use access::{AccessFact, entry as access_entry};
pub(super) use nodes::{NodesFact, fargate_profile, node_group};

use super::context::{Context, names};
use super::cover::{self, Cover, GroupEnd, Role};
use super::document::{Of, Reason, Unknown};
use crate::model::{AddressSet, Asset, Connections, EksCluster, Protocol};
use crate::zone::Placement;

/// Public addresses from which an endpoint counts as open to anybody: a /8 of IPv4, a /16 of IPv6.
const ANY: (u64, u64) = (1 << 24, 1 << 48);

/// Control plane logs without which nobody can tell who did what: requests, their audit trail, and who they were.
///
/// Source: Amazon EKS User Guide, "Send control plane logs to CloudWatch Logs".
const LOGS: [&str; 3] = ["api", "audit", "authenticator"];

/// An EKS cluster.
#[derive(Serialize, JsonSchema)]
pub(super) struct ClusterFact {
    /// Openings of the public endpoint; left out where it is not known who reaches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_endpoint: Option<Endpoint>,
    /// How old the version is; left out where the version or its dates are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle: Option<versions::Lifecycle>,
    /// Control plane logs that are needed and off; left out where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    logs_missing: Option<Vec<&'static str>>,
    /// Under whose key Secrets are encrypted; left out where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets_key: Option<SecretsKey>,
    /// Who may use the API; left out where its access entries were not collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<access::Entries>,
    /// Namespaces of several borders on the same nodes.
    node_sharing: sharing::Sharing,
}

/// The public endpoint of an API server.
#[derive(Serialize, JsonSchema)]
struct Endpoint {
    /// There if it is open to so much of the internet that it is open to anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    any: Option<Cover>,
    /// The blocks that it is open to.
    cidrs: Vec<String>,
    /// Openings to another border, or to addresses that nobody bears; none if `any` is there.
    crossings: Vec<Crossing>,
}

#[derive(Serialize, JsonSchema)]
struct Crossing {
    /// The other border as messages write it.
    border: String,
    /// Its addresses.
    peers: Vec<String>,
    /// Whose they are.
    owners: Vec<String>,
    #[serde(flatten)]
    cover: Cover,
}

/// Whose key encrypts Secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum SecretsKey {
    /// A KMS key of the account.
    Own,
    /// A key that AWS owns and nobody else can revoke or audit.
    Aws,
    /// None: only the disk below is encrypted.
    None,
}

pub(super) fn cluster(of: &Of<'_, EksCluster>, unknown: &mut Unknown) -> ClusterFact {
    let Of { context, at, asset, body: cluster } = *of;
    let name = cluster.name.as_str();
    let mut missing = |path: &str| unknown.say(path, Reason::EntriesNotCollected, name);
    let logs_missing = cluster.logging.as_ref().map(|on| {
        let off = |log: &&'static str| !on.iter().any(|on| on == log);
        LOGS.into_iter().filter(off).collect()
    });
    if logs_missing.is_none() {
        missing("logs_missing");
    }
    let secrets_key = secrets_key(cluster);
    if secrets_key.is_none() {
        missing("secrets_key");
    }
    let lifecycle = versions::lifecycle(&cluster.version, context.config.clusters.upgrade_within_months, context.day);
    if lifecycle.is_none() {
        let (reason, about) = match cluster.version.as_str() {
            "" => (Reason::EntriesNotCollected, name.to_owned()),
            version => (Reason::NotUnderstood, format!("Kubernetes {version}")),
        };
        unknown.say("lifecycle", reason, about);
    }
    ClusterFact {
        public_endpoint: endpoint(context, context.judged(at), &asset.id, cluster, unknown),
        lifecycle,
        logs_missing,
        secrets_key,
        access: access::entries(context, asset, cluster, unknown),
        node_sharing: sharing::sharing(context, at, asset, unknown),
    }
}

/// Source: Amazon EKS User Guide, "Default envelope encryption for all Kubernetes API Data": from 1.28 on EKS encrypts
/// under a key of AWS's own where none is configured; before, only Secrets and only under a configured key.
fn secrets_key(cluster: &EksCluster) -> Option<SecretsKey> {
    let encrypted = cluster.encrypted.as_ref()?;
    if encrypted.iter().any(|what| what == "secrets") {
        return Some(SecretsKey::Own);
    }
    let (major, minor) = cluster.version.split_once('.')?;
    let version: (u32, u32) = (major.parse().ok()?, minor.parse().ok()?);
    Some(if version >= (1, 28) { SecretsKey::Aws } else { SecretsKey::None })
}

fn endpoint(
    context: &Context<'_>,
    placement: &Placement,
    id: &str,
    cluster: &EksCluster,
    unknown: &mut Unknown,
) -> Option<Endpoint> {
    let mut say = |reason: Reason, about: &str| unknown.say("public_endpoint", reason, about);
    let Some(public) = cluster.endpoint_public else {
        say(Reason::EntriesNotCollected, &cluster.name);
        return None;
    };
    let mut endpoint = Endpoint { any: None, cidrs: vec![], crossings: vec![] };
    if !public {
        return Some(endpoint);
    }
    let Some(cidrs) = &cluster.public_access_cidrs else {
        say(Reason::EntriesNotCollected, &cluster.name);
        return None;
    };
    let mut nets: Vec<IpNet> = Vec::new();
    for cidr in cidrs {
        match cidr.parse() {
            Ok(net) => nets.push(net),
            Err(_) => say(Reason::NotUnderstood, cidr),
        }
    }
    endpoint.cidrs = if cidrs.is_empty() { vec!["0.0.0.0/0".to_owned()] } else { cidrs.clone() };
    let all = AddressSet::from_nets(&nets);
    let (v4, v6) = all.public_size();
    let end = GroupEnd { border: &placement.border, id, attachments: &[], all_known: true };
    let open = Connections::ports(Protocol::TCP, 443, 443);
    // EKS API reference, VpcConfigRequest: where no block is given everybody may reach the endpoint
    if v4 >= ANY.0 || v6 >= ANY.1 || cidrs.is_empty() {
        endpoint.any = Some(cover::of_internet(context, &end, &open));
        return Some(endpoint);
    }
    for piece in context.book.split(&all, None).into_iter().filter(|piece| piece.border.crosses(end.border)) {
        let cover = cover::of_piece(context, Role::Destination, &end, &piece, &open);
        endpoint.crossings.push(Crossing {
            border: piece.border.to_string(),
            peers: piece.addresses.describe(3),
            owners: names(piece.owners.iter().map(|owner| &**owner)),
            cover,
        });
    }
    Some(endpoint)
}

/// The EKS cluster that something of EKS belongs to, with its place in the inventory.
fn cluster_of<'a>(context: &'a Context<'_>, asset: &Asset, name: &str) -> Option<(usize, &'a Asset)> {
    let same_place =
        |other: &Asset| other.place.account == asset.place.account && other.place.region == asset.place.region;
    let mut all = context.inventory.of::<EksCluster>();
    all.find(|(_, other, cluster)| cluster.name == name && same_place(other)).map(|(at, other, _)| (at, other))
}
