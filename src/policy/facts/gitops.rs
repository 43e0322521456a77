//! Argo CD: which clusters a management cluster deploys to, and which policies no application tracks.
//!
//! A destination is told by the name of a registration and the URL of an API server. The URL leads to an EKS cluster
//! that was read, or the destination is not known; a name alone proves nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use super::context::Context;
use crate::model::{
    AppProject, Application, ApplicationSet, Asset, ClusterRegistration, Destination, EksCluster, Workload, short_of,
};

mod management;
mod tracking;

pub(super) use management::{Management, management};
pub(super) use tracking::{Tracking, delivery, tracking};

/// What Argo CD calls the API server of its own cluster.
const OWN: [&str; 4] = [
    "https://kubernetes.default.svc",
    "https://kubernetes.default.svc.cluster.local",
    "https://kubernetes.default",
    "https://kubernetes",
];

/// A cluster that is deployed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// Its name.
    pub cluster: Arc<str>,
    /// The EKS cluster's place in the inventory; none where only its objects were read.
    pub at: Option<usize>,
}

/// One application, application set or registration of a management cluster.
struct Delivering {
    /// Its place in the inventory.
    at: usize,
    /// Where it deploys to, or what of it is not known.
    to: Result<Target, String>,
}

/// Group, kind, namespace and name of an object.
type Object = (String, String, String, String);

/// Which applications look after a cluster.
#[derive(Default)]
pub(super) struct Tracker {
    /// Their places in the inventory.
    applications: Vec<usize>,
    /// Those of which no status was read.
    silent: Vec<usize>,
    /// What they track: the application, and whether the object is in no manifest any more.
    objects: HashMap<Object, (usize, bool)>,
}

/// All that Argo CD does in an estate.
pub(in crate::policy) struct Gitops {
    /// What is delivered from each cluster that runs Argo CD, by the cluster's name.
    managers: BTreeMap<Arc<str>, Vec<Delivering>>,
    /// By the name of the cluster that is deployed to.
    trackers: HashMap<Arc<str>, Tracker>,
    /// Applications of which it is not known where they deploy to, by their short names.
    astray: Vec<String>,
}

/// Servers of registrations, by management cluster and name.
type Registrations<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a str>>;

impl Gitops {
    pub fn of(context: &Context<'_>) -> Self {
        let mut this = Self { managers: BTreeMap::new(), trackers: HashMap::default(), astray: vec![] };
        let mut registrations = Registrations::new();
        for (_, asset, registration) in context.inventory.of::<ClusterRegistration>() {
            let Some(cluster) = asset.place.cluster.as_deref() else { continue };
            registrations.entry((cluster, &registration.name)).or_default().push(&registration.server);
        }
        let mut deliver = |at: usize, asset: &Asset, to: Result<Target, String>| {
            let Some(cluster) = &asset.place.cluster else { return };
            this.managers.entry(Arc::clone(cluster)).or_default().push(Delivering { at, to });
        };
        for (at, asset, registration) in context.inventory.of::<ClusterRegistration>() {
            deliver(at, asset, by_server(context, asset, &registration.server));
        }
        for (at, asset, set) in context.inventory.of::<ApplicationSet>() {
            // a template says nothing itself: what it generates, and the registrations that it reads, do
            if ![&set.destination.name, &set.destination.server].iter().any(|text| text.contains("{{")) {
                deliver(at, asset, resolve(context, asset, &set.destination, &registrations));
            }
        }
        for (at, asset, application) in context.inventory.of::<Application>() {
            let to = resolve(context, asset, &application.destination, &registrations);
            match &to {
                Err(_) => this.astray.push(short_of(&asset.id)),
                Ok(target) => {
                    let tracker = this.trackers.entry(Arc::clone(&target.cluster)).or_default();
                    tracker.applications.push(at);
                    match &application.resources {
                        None => tracker.silent.push(at),
                        Some(all) => tracker.objects.extend(all.iter().map(|r| {
                            let key = (r.group.clone(), r.kind.clone(), r.namespace.clone(), r.name.clone());
                            (key, (at, r.requires_pruning))
                        })),
                    }
                }
            }
            let Some(cluster) = &asset.place.cluster else { continue };
            this.managers.entry(Arc::clone(cluster)).or_default().push(Delivering { at, to });
        }
        let projects = context.inventory.of::<AppProject>().map(|(_, asset, _)| asset);
        // Argo CD's own manifests name the container; the controller is what deploys
        let controllers = context.inventory.of::<Workload>().filter(|(_, _, workload)| {
            workload
                .containers
                .iter()
                .any(|name| name == "argocd-application-controller" || name == "application-controller")
        });
        for asset in projects.chain(controllers.map(|(_, asset, _)| asset)) {
            if let Some(cluster) = &asset.place.cluster {
                this.managers.entry(Arc::clone(cluster)).or_default();
            }
        }
        this
    }
}

/// Where something that stands in a management cluster deploys to.
fn resolve(
    context: &Context<'_>,
    asset: &Asset,
    destination: &Destination,
    registrations: &Registrations<'_>,
) -> Result<Target, String> {
    let Destination { name, server, .. } = destination;
    if name.is_empty() && server.is_empty() {
        return Err(format!("destination of {}", short_of(&asset.id)));
    }
    if name.is_empty() {
        return by_server(context, asset, server);
    }
    let own = asset.place.cluster.as_deref().unwrap_or_default();
    match registrations.get(&(own, name.as_str())).map(Vec::as_slice) {
        Some([first, rest @ ..]) if rest.iter().all(|server| server == first) => by_server(context, asset, first),
        Some(_) => Err(format!("cluster {name}, which several registrations name")),
        None if name == "in-cluster" => by_server(context, asset, OWN[0]),
        None => Err(format!("registration of cluster {name}")),
    }
}

/// The cluster behind the URL of an API server, or behind the ARN by which Argo CD as an EKS capability registers it.
fn by_server(context: &Context<'_>, asset: &Asset, server: &str) -> Result<Target, String> {
    let same = |url: &str| {
        let url = url.trim_end_matches('/').to_ascii_lowercase();
        url.strip_suffix(":443").map(str::to_owned).unwrap_or(url)
    };
    let wanted = same(server);
    if OWN.contains(&wanted.as_str()) {
        let Some(cluster) = &asset.place.cluster else { return Err(server.to_owned()) };
        return Ok(Target { cluster: Arc::clone(cluster), at: context.cluster(cluster) });
    }
    let all = context.inventory.of::<EksCluster>().filter(|(_, asset, cluster)| {
        *asset.id == *server || cluster.endpoint.as_deref().is_some_and(|endpoint| same(endpoint) == wanted)
    });
    match all.collect::<Vec<_>>().as_slice() {
        [(at, _, cluster)] => Ok(Target { cluster: cluster.name.as_str().into(), at: Some(*at) }),
        _ => Err(format!("API server {server}")),
    }
}
