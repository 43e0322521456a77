//! Ends of flows: who owns the interfaces, how people call them, and which of them hold cardholder data.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::{HashMap, HashMapExt, HashSet};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::model::{
    AddressSet, Asset, EksCluster, Instance, Inventory, LoadBalancer, NetworkInterface, VpcEndpoint, short_of,
};
use crate::policy::facts::context::{Bearer, Context, bearer_of, bearer_of_instance, node_cluster};
use crate::reach::{Flow, Party, public_addresses};
use crate::zone::{AddressBook, Border, Store, store};

/// The load balancer, node group or group of interfaces that something belongs to: it outlives any of its interfaces.
#[derive(Debug, Clone)]
pub(in crate::policy::facts) struct Owner {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: &'static str,
    /// Its place in the inventory, if it is an asset; else that of one of its interfaces.
    pub asset: usize,
}

impl Owner {
    /// How people call it.
    pub fn name(&self) -> String {
        if self.id.starts_with("arn:") { short_of(&self.id) } else { self.id.clone() }
    }
}

/// An interface, or an instance whose interfaces were not collected.
pub(super) struct Member<'a> {
    pub asset: &'a Asset,
    pub owner: Option<&'a Owner>,
    pub bearer: Bearer,
    pub addresses: &'a [IpAddr],
}

/// Interfaces, and their owners.
type Together = (Arc<[Arc<str>]>, Arc<[Arc<Owner>]>);

/// For so many interfaces their owners are remembered.
const MANY: usize = 16;

/// More blocks than these are counted.
const FEW: usize = 3;

/// Owners of interfaces.
pub(in crate::policy::facts) struct Owners {
    by_interface: HashMap<Arc<str>, Arc<Owner>>,
    /// The owners of many interfaces together, with those: flows that begin at the same ones share their list.
    of_many: Mutex<HashMap<usize, Together>>,
    /// Public addresses that nobody claims, IPv4 and IPv6.
    internet: [(IpNet, AddressSet); 2],
}

impl Owners {
    pub fn of_all(inventory: &Inventory, book: &AddressBook) -> Self {
        let mut balancers: HashMap<&str, (usize, &Asset)> = HashMap::new();
        for (at, asset, _) in inventory.of::<LoadBalancer>() {
            if let Some((_, name)) = asset.id.split_once(":loadbalancer/") {
                balancers.insert(name, (at, asset));
            }
        }
        let mut endpoints: HashMap<&str, (usize, &Asset)> = HashMap::new();
        for (at, asset, endpoint) in inventory.of::<VpcEndpoint>() {
            endpoints.extend(endpoint.interfaces.iter().map(|eni| (eni.as_str(), (at, asset))));
        }
        let clusters: HashMap<&str, usize> =
            inventory.of::<EksCluster>().map(|(at, _, cluster)| (cluster.name.as_str(), at)).collect();
        let mut by_interface: HashMap<Arc<str>, Arc<Owner>> = HashMap::new();
        // the first one read of an owner stands for it
        let mut all: HashMap<String, Arc<Owner>> = HashMap::new();
        let mut one = |owner: Owner| Arc::clone(all.entry(owner.id.clone()).or_insert_with(|| Arc::new(owner)));
        let named =
            |(at, asset): (usize, &Asset)| Owner { id: asset.id.to_string(), kind: asset.body.kind(), asset: at };
        for (at, asset, body) in inventory.of::<NetworkInterface>() {
            let balancer = body.description.strip_prefix("ELB ").and_then(|name| balancers.get(name));
            let endpoint = endpoints.get(short_of(&asset.id).as_str());
            let instance = body.instance.as_deref().and_then(|id| inventory.find::<Instance>(id));
            // Amazon EKS User Guide, "Cluster network interfaces": `Amazon EKS <cluster>`
            let plane = body.description.strip_prefix("Amazon EKS ").and_then(|name| Some((name, clusters.get(name)?)));
            let owner = match (balancer.or(endpoint), instance, plane) {
                (Some(owner), ..) => named(*owner),
                (_, Some((at, owner, _)), _) => of_instance(at, owner),
                (_, _, Some((name, cluster))) => {
                    Owner { id: format!("control plane of {name}"), kind: "control-plane", asset: *cluster }
                }
                _ => Owner { id: behind(body.service.as_deref(), &body.groups, asset), kind: "interfaces", asset: at },
            };
            by_interface.insert(Arc::clone(&asset.id), one(owner));
        }
        for (at, asset, _) in inventory.of::<Instance>() {
            by_interface.entry(Arc::clone(&asset.id)).or_insert_with(|| one(of_instance(at, asset)));
        }
        let pieces = book.split(public_addresses(), None);
        let claimed = pieces.iter().filter(|piece| !piece.owners.is_empty());
        let unclaimed = claimed.fold(public_addresses().clone(), |all, piece| all.subtract(&piece.addresses));
        let of = |family: IpNet| (family, unclaimed.intersect(&AddressSet::from_nets([&family])));
        Self {
            by_interface,
            of_many: Mutex::default(),
            internet: [Ipv4Net::default().into(), Ipv6Net::default().into()].map(of),
        }
    }

    /// The owners of a party's interfaces, each once, by their ids.
    pub fn of(&self, party: &Party) -> Arc<[Arc<Owner>]> {
        let Party::Interfaces { ids, .. } = party else { return Arc::new([]) };
        if ids.len() < MANY {
            return self.told(ids);
        }
        let key = ids.as_ptr().addr();
        let lock = || self.of_many.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, owners)) = lock().get(&key) {
            return Arc::clone(owners);
        }
        let owners = self.told(ids);
        // the list is kept with them, so that no other one can come to lie in its place
        lock().insert(key, (Arc::clone(ids), Arc::clone(&owners)));
        owners
    }

    fn told(&self, ids: &[Arc<str>]) -> Arc<[Arc<Owner>]> {
        let mut seen: HashSet<*const Owner> = HashSet::default();
        let all = ids.iter().filter_map(|id| self.by_interface.get(id));
        let mut all: Vec<Arc<Owner>> = all.filter(|owner| seen.insert(Arc::as_ptr(owner))).cloned().collect();
        all.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        all.into()
    }

    /// How people call a party: its owners, or its addresses.
    pub fn names(&self, party: &Party) -> Vec<String> {
        match party {
            Party::Interfaces { .. } => self.of(party).iter().map(|owner| owner.name()).collect(),
            Party::Outside(outside) => match &outside.addresses {
                Some(addresses) => self.described(addresses),
                None => vec![outside.what.to_string()],
            },
        }
    }

    /// Addresses as text: `0.0.0.0/0` stands for all that nobody claims, since that takes a hundred blocks to write, and
    /// `0.0.0.0/0 - 192.0.2.0/24` for all but a few blocks of it.
    pub fn described(&self, addresses: &AddressSet) -> Vec<String> {
        let (mut text, mut rest) = (Vec::new(), addresses.clone());
        for (family, all) in &self.internet {
            let missing = all.subtract(addresses).to_nets();
            if all.overlaps(addresses) && missing.len() <= FEW {
                let without: String = missing.iter().map(|block| format!(" - {block}")).collect();
                text.push(format!("{family}{without}"));
                rest = rest.subtract(&AddressSet::from_nets([family]));
            }
        }
        text.extend(rest.describe(FEW));
        text
    }
}

fn of_instance(at: usize, asset: &Asset) -> Owner {
    // Amazon EKS User Guide, "Tag your Amazon EKS resources"
    let (id, kind) = match (node_cluster(asset), asset.tags.get("eks:nodegroup-name")) {
        (Some(cluster), Some(group)) => (format!("node group {cluster}/{group}"), "node-group"),
        (Some(cluster), None) => (format!("nodes of {cluster}"), "node-group"),
        _ => (asset.id.to_string(), "instance"),
    };
    Owner { id, kind, asset: at }
}

/// Interfaces that nothing but their groups tells of.
fn behind(service: Option<&str>, groups: &[String], asset: &Asset) -> String {
    match (service, groups) {
        (None, []) => asset.id.to_string(),
        (Some(service), []) => format!("{service} {}", short_of(&asset.id)),
        (service, groups) => format!("{} behind {}", service.unwrap_or("interfaces"), groups.join(" ")),
    }
}

/// The interfaces of a party.
pub(super) fn members<'a>(context: &'a Context<'_>, party: &Party) -> Vec<Member<'a>> {
    let Party::Interfaces { ids, .. } = party else { return vec![] };
    let inventory = context.inventory;
    let of = |id: &Arc<str>| {
        let owner = context.owners().by_interface.get(id).map(|owner| &**owner);
        if let Some((_, asset, body)) = inventory.find::<NetworkInterface>(id) {
            let bearer = bearer_of(inventory, asset, body);
            return Some(Member { asset, owner, bearer, addresses: &body.private_addresses });
        }
        let (_, asset, body) = inventory.find::<Instance>(id)?;
        Some(Member { asset, owner, bearer: bearer_of_instance(asset), addresses: &body.private_addresses })
    };
    ids.iter().filter_map(of).collect()
}

/// The end of a flow that it is told by: where it ends, or begins if it leaves the estate.
pub(super) fn near(flow: &Flow) -> &Party {
    if let Party::Interfaces { .. } = flow.dst { &flow.dst } else { &flow.src }
}

/// The far end of a flow: where it begins, or where it leaves the estate.
pub(super) fn far(flow: &Flow) -> &Party {
    if let Party::Interfaces { .. } = flow.dst { &flow.src } else { &flow.dst }
}

/// Whether a party is addresses of the internet that no zone claims.
pub(super) fn is_internet(party: &Party) -> bool {
    matches!(party, Party::Outside(outside) if is_internet_border(&outside.border))
}

/// Whether a party is reached, or comes, over the internet, whosever its addresses are.
pub(super) fn is_over_internet(party: &Party) -> bool {
    matches!(party, Party::Outside(outside) if &*outside.what == "internet")
}

pub(super) fn is_internet_border(border: &Border) -> bool {
    &*border.zone == "internet"
}

/// Whether a path over network load balancers and endpoints, which pass on what they are sent as it is, leads from
/// behind a border that is out of scope to a store of cardholder data.
///
/// Source: PCI DSS v4.0.1, requirement 1.4.4: stored data is not directly accessible from untrusted networks.
pub(super) fn is_passed_on_to_store(context: &Context<'_>, flow: &Flow) -> bool {
    let inventory = context.inventory;
    let reads = |id: &String| {
        inventory.find::<LoadBalancer>(id).is_some_and(|(_, _, body)| body.balancer_type == "application")
    };
    !context.config.stores.is_empty()
        && !flow.src.border().category.in_scope()
        && !flow.is_judged_alone()
        && !flow.via.iter().any(reads)
        && !stores(context, &flow.dst).is_empty()
}

/// Interfaces of a party that belong to a store of cardholder data, or may do so.
pub(super) fn stores(context: &Context<'_>, party: &Party) -> Vec<(String, Store)> {
    let of = |member: Member<'_>| {
        let (_, _, body) = context.inventory.find::<NetworkInterface>(&member.asset.id)?;
        Some((short_of(&member.asset.id), store::of(body, context.config)))
    };
    members(context, party).into_iter().filter_map(of).filter(|(_, store)| *store != Store::None).collect()
}
