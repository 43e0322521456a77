//! Whose address is it: VPC blocks, subnets of another zone inside them, and blocks that zones declare.

use std::sync::Arc;

use super::{Border, Zones};
use crate::config::Config;
use crate::model::{AddressSet, Inventory, Subnet, Vpc, short_of};

struct Entry {
    addresses: AddressSet,
    border: Border,
    /// The VPC, by its short id; none for a zone's own blocks.
    vpc: Option<String>,
    owner: Arc<str>,
}

/// A part of a set of addresses that lies behind one border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The border, as a source.
    pub border: Border,
    /// The addresses.
    pub addresses: AddressSet,
    /// Assets (or zones) whose addresses they are, sorted.
    pub owners: Vec<Arc<str>>,
}

/// All addresses whose zone is known.
pub struct AddressBook {
    entries: Vec<Entry>,
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
        Self { entries }
    }

    /// Cuts a set by whose addresses it holds, seen from a VPC: there, its own blocks are its own, whoever else uses
    /// the same ones (the local route always wins). What nobody bears is a piece of its own, unclassified.
    pub fn split(&self, addresses: &AddressSet, home: Option<&str>) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = addresses.clone();
        let (own, others): (Vec<&Entry>, Vec<&Entry>) = self
            .entries
            .iter()
            .filter(|entry| entry.addresses.overlaps(addresses))
            .partition(|entry| home.is_some() && entry.vpc.as_deref() == home);
        for entry in own {
            add(&mut pieces, entry, rest.intersect(&entry.addresses));
            rest = rest.subtract(&entry.addresses);
        }
        let mut unclaimed = rest.clone();
        for entry in others {
            add(&mut pieces, entry, rest.intersect(&entry.addresses));
            unclaimed = unclaimed.subtract(&entry.addresses);
        }
        if !unclaimed.is_empty() {
            pieces.push(Piece { border: Border::unclassified(), addresses: unclaimed, owners: vec![] });
        }
        pieces.sort_by(|a, b| (&a.border, &a.owners).cmp(&(&b.border, &b.owners)));
        pieces
    }
}

fn add(pieces: &mut Vec<Piece>, entry: &Entry, addresses: AddressSet) {
    if addresses.is_empty() {
        return;
    }
    let owner = Arc::clone(&entry.owner);
    // an untrusted VPC is not the same as addresses that nobody bears
    match pieces.iter_mut().find(|piece| piece.border == entry.border && !piece.owners.is_empty()) {
        Some(piece) => {
            piece.addresses = piece.addresses.union(&addresses);
            piece.owners.push(owner);
            piece.owners.sort();
        }
        None => pieces.push(Piece { border: entry.border.clone(), addresses, owners: vec![owner] }),
    }
}
