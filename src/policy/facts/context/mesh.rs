//! Joins over a mesh: clusters that run one, proxies that a selector finds, and where what reaches beyond its
//! namespace is judged.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::Context;
use crate::model::{Asset, Body, Namespace, Workload, kube_id};
use crate::policy::facts::routes;
use crate::reach;

impl Context<'_> {
    /// Whether a cluster runs a mesh.
    pub(in crate::policy::facts) fn is_meshed(&self, cluster: &Arc<str>) -> bool {
        let all: &HashSet<Arc<str>> = self.meshed.get_or_init(|| reach::meshed(self.inventory));
        all.contains(cluster)
    }

    /// The root namespace of a cluster's mesh.
    pub(in crate::policy::facts) fn root_of(&self, cluster: &Arc<str>) -> Arc<str> {
        self.mesh(cluster, "default").root_namespace.into()
    }

    /// Workloads of some namespaces, or of all of a cluster, that bear labels.
    pub(in crate::policy::facts) fn selected(
        &self,
        cluster: &Arc<str>,
        namespaces: Option<&[Arc<str>]>,
        labels: &BTreeMap<String, String>,
    ) -> Vec<(&Asset, &Workload)> {
        let every: Vec<Arc<str>> = match namespaces {
            Some(some) => some.to_vec(),
            None => self.namespaces.get(cluster).into_iter().flatten().map(|(_, name)| Arc::clone(name)).collect(),
        };
        let mut found = Vec::new();
        for namespace in &every {
            let inside = self.inside::<Workload>(cluster, namespace);
            found.extend(inside.filter(|(_, workload)| labels.iter().all(|(k, v)| workload.labels.get(k) == Some(v))));
        }
        found
    }

    /// The place in the inventory of what an asset of the mesh is judged as, where that is not itself: a Gateway as the
    /// most guarded of the proxies that it configures, a VirtualService as that of the hosts that it routes, an
    /// EnvoyFilter or WasmPlugin of the root namespace as that of its cluster.
    pub(super) fn wider(&self, at: usize) -> Option<usize> {
        let all: &HashMap<usize, usize> = self.wide.get_or_init(|| {
            let all = self.inventory.assets().iter().enumerate();
            all.filter_map(|(at, asset)| Some((at, self.most_guarded(at, asset)?))).collect()
        });
        all.get(&at).copied()
    }

    fn most_guarded(&self, at: usize, asset: &Asset) -> Option<usize> {
        let (cluster, namespace) = (asset.place.cluster.as_ref()?, asset.place.namespace.as_ref()?);
        let namespaces: Vec<Arc<str>> = match &asset.body {
            Body::IstioGateway(gateway) => {
                let found = self.selected(cluster, None, &gateway.selector);
                found.iter().filter_map(|(asset, _)| asset.place.namespace.clone()).collect()
            }
            Body::VirtualService(service) => {
                service.hosts.iter().filter_map(|host| routes::namespace_of(host, namespace)).collect()
            }
            Body::EnvoyFilter(_) | Body::WasmPlugin(_) => self.reach_of(cluster, namespace),
            _ => return None,
        };
        let ids = namespaces.iter().map(|name| kube_id(cluster, "", "Namespace", name));
        let found = ids.filter_map(|id| self.inventory.find::<Namespace>(&id)).map(|(at, ..)| at);
        found.chain([at]).min_by_key(|at| self.zones.of(*at).border.category.guard())
    }
}
