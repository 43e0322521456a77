//! Whose address is it: VPC blocks, subnets of another zone inside them, blocks that zones declare, networks that are
//! declared behind gateways, and the public addresses of NAT gateways and Elastic IPs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Border, Zones, public};
use crate::config::{Config, Network};
use crate::model::{AddressSet, Inventory, Subnet, Vpc, short_of};

/// Addresses that have one owner.
pub(super) struct Entry {
    pub addresses: AddressSet,
    pub border: Border,
    /// The VPC, by its short id; none for a zone's own blocks, a declared network and public addresses.
    pub vpc: Option<String>,
    pub owner: Arc<str>,
}

/// What an owner that is a declared network begins with; the gateway's id follows.
const NETWORK: &str = "network ";

/// A part of a set of addresses that lies behind one border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The border, as a source.
    pub border: Border,
    /// The addresses.
    pub addresses: AddressSet,
    /// Assets, zones or declared networks whose addresses they are, sorted.
    pub owners: Vec<Arc<str>>,
}

impl Piece {
    /// Gateways of declared networks that some of the addresses lie behind.
    pub fn networks(&self) -> impl Iterator<Item = &str> {
        self.owners.iter().filter_map(|owner| owner.strip_prefix(NETWORK))
    }
}

/// All addresses whose zone is known.
pub struct AddressBook {
    entries: Vec<Entry>,
    /// Public addresses of assets; there are many, and nearly all that is asked about holds none of them.
    public: Vec<Entry>,
    /// All of them, by border.
    public_pieces: Vec<Piece>,
    all_public: AddressSet,
}

impl AddressBook {
    /// Collects the blocks of an inventory and its configuration.
    pub fn of(inventory: &Inventory, zones: &Zones, config: &Config) -> Self {
        let mut entries = Vec::new();
        for (at, asset, vpc) in inventory.of::<Vpc>() {
            let border = &zones.of(at).source;
            let name = short_of(&asset.id);
            let mut addresses = AddressSet::from_nets(&vpc.cidrs);
            for (at, subnet_asset, subnet) in inventory.of::<Subnet>() {
                let own = &zones.of(at).source;
                if subnet.vpc == name && own != border {
                    let set = AddressSet::from_nets(&subnet.cidrs);
                    addresses = addresses.subtract(&set);
                    let owner = Arc::clone(&subnet_asset.id);
                    entries.push(Entry { addresses: set, border: own.clone(), vpc: Some(name.clone()), owner });
                }
            }
            entries.push(Entry { addresses, border: border.clone(), vpc: Some(name), owner: Arc::clone(&asset.id) });
        }
        for zone in config.zones.iter().filter(|zone| !zone.cidrs.is_empty()) {
            let border = Border { zone: zone.name.as_str().into(), environment: None, category: zone.category };
            let owner = format!("zone {}", zone.name).into();
            entries.push(Entry { addresses: AddressSet::from_nets(&zone.cidrs), border, vpc: None, owner });
        }
        if !config.networks.is_empty() {
            // the more specific route wins: what VPCs hold is not reached through a wider block of a network
            let vpcs = inventory.of::<Vpc>().flat_map(|(_, _, vpc)| &vpc.cidrs);
            let vpcs = AddressSet::from_nets(vpcs);
            entries.extend(config.networks.iter().flat_map(|network| behind(network, config, &vpcs)));
        }
        let public = public::entries(inventory, zones);
        let all_public = AddressSet::union_of(public.iter().map(|entry| &entry.addresses));
        let mut pieces = Pieces::default();
        for entry in &public {
            pieces.add(&entry.border, &[Arc::clone(&entry.owner)], entry.addresses.clone());
        }
        Self { entries, public, public_pieces: pieces.together(), all_public }
    }

    /// Public addresses of NAT gateways and Elastic IPs.
    pub fn public(&self) -> &AddressSet {
        &self.all_public
    }

    /// Cuts a set by whose addresses it holds, seen from a VPC: there, its own blocks are its own, whoever else uses
    /// the same ones (the local route always wins). What nobody bears is a piece of its own, unclassified.
    pub fn split(&self, addresses: &AddressSet, home: Option<&str>) -> Vec<Piece> {
        let mut pieces = Pieces::default();
        let mut rest = addresses.clone();
        let overlapping = self.entries.iter().filter(|entry| entry.addresses.overlaps(addresses));
        let (own, others): (Vec<&Entry>, Vec<&Entry>) =
            overlapping.partition(|entry| home.is_some() && entry.vpc.as_deref() == home);
        for entry in own {
            pieces.add(&entry.border, &[Arc::clone(&entry.owner)], rest.intersect(&entry.addresses));
            rest = rest.subtract(&entry.addresses);
        }
        for entry in &others {
            pieces.add(&entry.border, &[Arc::clone(&entry.owner)], rest.intersect(&entry.addresses));
        }
        let mut unclaimed = rest.subtract(&AddressSet::union_of(others.iter().map(|entry| &entry.addresses)));
        if self.all_public.subtract(&rest).is_empty() {
            for piece in &self.public_pieces {
                pieces.add(&piece.border, &piece.owners, piece.addresses.clone());
            }
        } else if self.all_public.overlaps(&rest) {
            for entry in &self.public {
                pieces.add(&entry.border, &[Arc::clone(&entry.owner)], rest.intersect(&entry.addresses));
            }
        }
        unclaimed = unclaimed.subtract(&self.all_public);
        let mut pieces = pieces.together();
        if !unclaimed.is_empty() {
            pieces.push(Piece { border: Border::unclassified(), addresses: unclaimed, owners: vec![] });
        }
        pieces.sort_by(|a, b| (&a.border, &a.owners).cmp(&(&b.border, &b.owners)));
        pieces
    }
}

/// What lies behind a gateway, by zone: a network names no zone, so the zones' own blocks tell which it is of. The rest
/// is unclassified, and known by its network.
fn behind(network: &Network, config: &Config, vpcs: &AddressSet) -> Vec<Entry> {
    let owner: Arc<str> = format!("{NETWORK}{}", network.via).into();
    let mut rest = AddressSet::from_nets(&network.routes);
    let mut entries = Vec::new();
    for zone in &config.zones {
        let inside = rest.intersect(&AddressSet::from_nets(&zone.cidrs));
        rest = rest.subtract(&inside);
        let border = Border { zone: zone.name.as_str().into(), environment: None, category: zone.category };
        entries.push(Entry { addresses: inside, border, vpc: None, owner: Arc::clone(&owner) });
    }
    let addresses = rest.subtract(vpcs);
    entries.push(Entry { addresses, border: Border::unclassified(), vpc: None, owner });
    entries.retain(|entry| !entry.addresses.is_empty());
    entries
}

/// Parts of a set by border, while they are found.
#[derive(Default)]
struct Pieces(BTreeMap<Border, (Vec<AddressSet>, Vec<Arc<str>>)>);

impl Pieces {
    fn add(&mut self, border: &Border, owners: &[Arc<str>], addresses: AddressSet) {
        if addresses.is_empty() {
            return;
        }
        let (sets, all) = match self.0.get_mut(border) {
            Some(piece) => piece,
            None => self.0.entry(border.clone()).or_default(),
        };
        sets.push(addresses);
        all.extend(owners.iter().cloned());
    }

    /// One piece for each border. An untrusted VPC is not the same as addresses that nobody bears.
    fn together(self) -> Vec<Piece> {
        let one = |(border, (sets, mut owners)): (Border, (Vec<AddressSet>, Vec<Arc<str>>))| {
            owners.sort();
            Piece { border, addresses: AddressSet::union_of(&sets), owners }
        };
        self.0.into_iter().map(one).collect()
    }
}
