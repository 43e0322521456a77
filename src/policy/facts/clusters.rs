//! Twins: clusters that do one job, and what differs in their isolation.
//!
//! Compared is what keeps zones apart: policies by what they say, the mesh's configuration, mTLS and injection in
//! force, groups of the nodes, what enforces NetworkPolicies, Kubernetes' version, namespaces. What is a cluster's own
//! (its name inside longer texts, its services' block, references to its own groups) is no difference.

mod document;
mod groups;
mod policies;
mod traffic;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Reason, Unknown};
use super::mesh;
use crate::model::{Addon, Asset, EksCluster, Kind, Namespace, Severity, Workload, short_of};
use crate::reach::is_enforcer;

pub(super) use document::{ClusterGroup, cluster_groups};
pub use traffic::{Feed, Traffic, TrafficState, traffic};

/// What of two clusters is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Policies and the mesh's configuration, by what they say.
    Policy,
    /// The mTLS mode in force.
    Mtls,
    /// Who is in the mesh.
    Injection,
    /// Security groups of nodes and of the control plane.
    SecurityGroup,
    /// What enforces NetworkPolicies.
    Enforcer,
    /// Kubernetes' version.
    Version,
    /// Namespaces.
    Namespace,
}

impl Aspect {
    /// How grave a difference is: the version and an additional namespace open nothing by themselves.
    pub fn severity(self) -> Severity {
        match self {
            Self::Policy | Self::Mtls | Self::Injection | Self::SecurityGroup | Self::Enforcer => Severity::High,
            Self::Version | Self::Namespace => Severity::Medium,
        }
    }

    /// All of them.
    const ALL: [Self; 7] = [
        Self::Policy,
        Self::Mtls,
        Self::Injection,
        Self::SecurityGroup,
        Self::Enforcer,
        Self::Version,
        Self::Namespace,
    ];
}

/// One thing that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Difference {
    /// How grave it is.
    pub severity: Severity,
    /// What kind of difference it is.
    pub aspect: Aspect,
    /// What it is about: a kind and a name.
    pub subject: String,
    /// What the first cluster has; left out where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// What the second cluster has; left out where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
}

/// Something that could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NotCompared {
    /// What of the clusters.
    pub aspect: Aspect,
    /// The cluster of which it is not known.
    pub cluster: String,
    /// Why.
    pub reason: Reason,
    /// What is not known.
    pub about: String,
}

/// What came of comparing two clusters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// What is not the same, the gravest first.
    pub differences: Vec<Difference>,
    /// What could not be compared.
    pub not_compared: Vec<NotCompared>,
}

impl Comparison {
    fn differ(&mut self, aspect: Aspect, subject: impl Into<String>, first: Option<String>, second: Option<String>) {
        let subject = subject.into();
        self.differences.push(Difference { severity: aspect.severity(), aspect, subject, first, second });
    }

    fn skip(&mut self, aspect: Aspect, cluster: &str, reason: Reason, about: impl Into<String>) {
        self.not_compared.push(NotCompared { aspect, cluster: cluster.to_owned(), reason, about: about.into() });
    }
}

/// One of two clusters that are compared.
struct Side<'a> {
    name: Arc<str>,
    /// What AWS says of it, if that was read.
    eks: Option<(&'a Asset, &'a EksCluster)>,
    /// Its Kubernetes objects.
    objects: Vec<&'a Asset>,
}

impl<'a> Side<'a> {
    fn of(context: &Context<'a>, name: &str) -> Self {
        let inventory = context.inventory;
        let eks = context.cluster(name).and_then(|at| {
            let asset = inventory.assets().get(at)?;
            Some((asset, EksCluster::of(&asset.body)?))
        });
        let inside = |asset: &&Asset| asset.place.cluster.as_deref() == Some(name) && asset.place.namespace.is_some();
        Self { name: name.into(), eks, objects: inventory.assets().iter().filter(inside).collect() }
    }

    /// Its objects of one kind.
    fn of_kind<K: Kind>(&self) -> impl Iterator<Item = (&'a Asset, &'a K)> {
        self.objects.iter().filter_map(|asset| Some((*asset, K::of(&asset.body)?)))
    }
}

/// Names of all clusters of which something was read.
pub fn clusters(context: &Context<'_>) -> BTreeSet<Arc<str>> {
    context.inventory.assets().iter().filter_map(|asset| asset.place.cluster.clone()).collect()
}

/// Compares the isolation of two clusters.
pub fn compare(context: &Context<'_>, first: &str, second: &str) -> Comparison {
    let mut out = Comparison::default();
    let (a, b) = (Side::of(context, first), Side::of(context, second));
    let mut read = true;
    for side in [&a, &b] {
        if side.objects.is_empty() {
            read = false;
            for aspect in Aspect::ALL.iter().filter(|a| !matches!(a, Aspect::Version | Aspect::SecurityGroup)) {
                out.skip(*aspect, &side.name, Reason::NotInInventory, "its Kubernetes objects");
            }
        }
    }
    if read {
        policies::compare(context, &a, &b, &mut out);
        namespaces(context, &a, &b, &mut out);
        workloads(context, &a, &b, &mut out);
        enforcers(&a, &b, &mut out);
    }
    versions(&a, &b, &mut out);
    addons(context, &a, &b, &mut out);
    groups::compare(context, &a, &b, &mut out);
    out.differences.sort();
    out.differences.dedup();
    out.not_compared.sort();
    out.not_compared.dedup();
    out
}

/// The parts of what two sides have by one key, where they are on either.
fn paired<K: Ord, V>(
    a: impl Iterator<Item = (K, V)>,
    b: impl Iterator<Item = (K, V)>,
) -> BTreeMap<K, (Option<V>, Option<V>)> {
    let mut all: BTreeMap<K, (Option<V>, Option<V>)> = BTreeMap::new();
    for (key, value) in a {
        all.entry(key).or_insert((None, None)).0 = Some(value);
    }
    for (key, value) in b {
        all.entry(key).or_insert((None, None)).1 = Some(value);
    }
    all
}

/// Who takes part in the mesh, and the mode in force, by namespace.
fn namespaces(context: &Context<'_>, a: &Side<'_>, b: &Side<'_>, out: &mut Comparison) {
    let by_name = |side: &Side<'_>| {
        let all = side.of_kind::<Namespace>();
        all.filter_map(|(asset, ns)| {
            let name = asset.place.namespace.clone()?;
            let enrolment = mesh::enrolment(context, asset, ns.implied);
            let mut unknown = Unknown::default();
            let mtls =
                mesh::namespace_mode(context, &side.name, &name, &enrolment.revision, enrolment.enrolled, &mut unknown);
            Some((name, (enrolment, mtls)))
        })
        .collect::<Vec<_>>()
    };
    for (name, found) in paired(by_name(a).into_iter(), by_name(b).into_iter()) {
        let ((first_in, first), (second_in, second)) = match found {
            (Some(first), Some(second)) => (first, second),
            (first, _) => {
                let there = |there: bool| there.then(|| "Namespace".to_owned());
                out.differ(
                    Aspect::Namespace,
                    format!("Namespace {name}"),
                    there(first.is_some()),
                    there(first.is_none()),
                );
                continue;
            }
        };
        let subject = format!("Namespace {name}");
        match (first_in.enrolled, second_in.enrolled) {
            (Some(first), Some(second)) if first == second => {}
            (Some(first), Some(second)) => {
                out.differ(Aspect::Injection, subject.clone(), Some(in_mesh(first)), Some(in_mesh(second)));
            }
            (first, _) => {
                let side = if first.is_none() { a } else { b };
                out.skip(Aspect::Injection, &side.name, Reason::LabelsNotCollected, subject.clone());
            }
        }
        // the mode says something where the mesh is
        if first_in.enrolled == Some(false) && second_in.enrolled == Some(false) {
            continue;
        }
        modes(a, b, subject, first.mode, second.mode, out);
    }
}

fn in_mesh(yes: bool) -> String {
    if yes { "in the mesh" } else { "not in the mesh" }.to_owned()
}

fn modes(
    a: &Side<'_>,
    b: &Side<'_>,
    subject: String,
    first: Option<String>,
    second: Option<String>,
    out: &mut Comparison,
) {
    for (side, mode) in [(a, &first), (b, &second)] {
        if mode.is_none() {
            out.skip(Aspect::Mtls, &side.name, Reason::Ambiguous, subject.clone());
        }
    }
    if first.is_some() && second.is_some() && first != second {
        out.differ(Aspect::Mtls, subject, first, second);
    }
}

/// Workloads on both sides that are in the mesh on one only, or have a mode of their own.
fn workloads(context: &Context<'_>, a: &Side<'_>, b: &Side<'_>, out: &mut Comparison) {
    let by_name = |side: &Side<'_>| {
        let all = side.of_kind::<Workload>().map(|(asset, workload)| {
            let key = (workload.workload_kind.clone(), short_of(&asset.id));
            (key, mesh::of_workload(context, asset, workload, &mut Unknown::default()))
        });
        all.collect::<Vec<_>>()
    };
    for ((kind, name), found) in paired(by_name(a).into_iter(), by_name(b).into_iter()) {
        let (Some(first), Some(second)) = found else { continue };
        let subject = format!("{kind} {name}");
        match (first.in_mesh, second.in_mesh) {
            (Some(first), Some(second)) if first != second => {
                out.differ(Aspect::Injection, subject.clone(), Some(in_mesh(first)), Some(in_mesh(second)));
            }
            (Some(_), Some(_)) => {}
            (first, _) => {
                let side = if first.is_none() { a } else { b };
                out.skip(Aspect::Injection, &side.name, Reason::LabelsNotCollected, subject.clone());
            }
        }
        if first.in_mesh == Some(false) && second.in_mesh == Some(false) {
            continue;
        }
        if first.mtls.scope == "workload" || second.mtls.scope == "workload" {
            let open = |ports: &[String]| (!ports.is_empty()).then(|| ports.join(", "));
            let ports = (open(&first.mtls.open_ports), open(&second.mtls.open_ports));
            modes(a, b, subject.clone(), first.mtls.mode, second.mtls.mode, out);
            if ports.0 != ports.1 {
                out.differ(Aspect::Mtls, format!("{subject}, ports"), ports.0, ports.1);
            }
        }
    }
}

fn enforcers(a: &Side<'_>, b: &Side<'_>, out: &mut Comparison) {
    fn seen<'s>(side: &Side<'s>) -> Option<BTreeSet<&'s str>> {
        let daemons: Vec<&'s Workload> = side
            .of_kind::<Workload>()
            .map(|(_, workload)| workload)
            .filter(|w| w.workload_kind == "DaemonSet")
            .collect();
        let names = daemons.iter().flat_map(|workload| &workload.containers).map(String::as_str);
        (!daemons.is_empty()).then(|| names.filter(|name| is_enforcer(name)).collect())
    }
    let (first, second) = (seen(a), seen(b));
    for (side, seen) in [(a, &first), (b, &second)] {
        if seen.is_none() {
            out.skip(Aspect::Enforcer, &side.name, Reason::NotInInventory, "its DaemonSets");
        }
    }
    if let (Some(first), Some(second)) = (first, second)
        && first != second
    {
        let text = |all: BTreeSet<&str>| (!all.is_empty()).then(|| all.into_iter().collect::<Vec<_>>().join(", "));
        out.differ(Aspect::Enforcer, "NetworkPolicy", text(first), text(second));
    }
}

/// Whether the VPC CNI's add-on switches its enforcer on (Amazon EKS User Guide, "Limit Pod traffic with Kubernetes
/// network policies"), where its configuration was read of either.
fn addons(context: &Context<'_>, a: &Side<'_>, b: &Side<'_>, out: &mut Comparison) {
    let switch = |side: &Side<'_>| {
        let mut all = context.inventory.of::<Addon>().map(|(_, _, addon)| addon);
        all.find(|addon| addon.name == "vpc-cni" && *addon.cluster == *side.name).and_then(|addon| addon.network_policy)
    };
    let word = |on: bool| if on { "on" } else { "off" }.to_owned();
    match (switch(a), switch(b)) {
        (Some(first), Some(second)) if first != second => {
            out.differ(Aspect::Enforcer, "VPC CNI add-on", Some(word(first)), Some(word(second)));
        }
        (Some(_), None) => out.skip(Aspect::Enforcer, &b.name, Reason::EntriesNotCollected, "its VPC CNI add-on"),
        (None, Some(_)) => out.skip(Aspect::Enforcer, &a.name, Reason::EntriesNotCollected, "its VPC CNI add-on"),
        _ => {}
    }
}

fn versions(a: &Side<'_>, b: &Side<'_>, out: &mut Comparison) {
    let version = |side: &Side<'_>| side.eks.map(|(_, eks)| eks.version.clone()).filter(|version| !version.is_empty());
    let (first, second) = (version(a), version(b));
    for (side, version) in [(a, &first), (b, &second)] {
        if version.is_none() {
            out.skip(Aspect::Version, &side.name, Reason::NotInInventory, "its EKS cluster");
        }
    }
    if first.is_some() && second.is_some() && first != second {
        out.differ(Aspect::Version, "Kubernetes", first, second);
    }
}
