//! The inventory: all assets of an estate, unique by kind and id, in one canonical order.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use sha2::{Digest, Sha256};

use super::asset::{Asset, Body, Kind};
use super::coverage::{Coverage, Gap, GapReason};
use super::id::short_of;

/// What became of an asset that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// It was new.
    New,
    /// The same asset was there already, equal in all that counts.
    Equal,
    /// It was there and said something else: a coverage gap was recorded, the first stays.
    Differs,
}

/// All assets of an estate and what could not be read of it.
#[derive(Debug, Default)]
pub struct Inventory {
    assets: Vec<Asset>,
    by_id: HashMap<(&'static str, Arc<str>), usize>,
    by_short: HashMap<Box<str>, Vec<usize>>,
    by_kind: HashMap<&'static str, Vec<usize>>,
    /// Gaps and what is not modelled.
    pub coverage: Coverage,
}

impl Inventory {
    /// Adds an asset. Equal ones collapse; of two that differ the first stays and the difference is a gap.
    pub fn add(&mut self, asset: Asset) -> Merge {
        let key = (asset.body.kind(), Arc::clone(&asset.id));
        if let Some(known) = self.by_id.get(&key).and_then(|at| self.assets.get_mut(*at)) {
            if known.body == asset.body && known.tags == asset.tags && known.place == asset.place {
                return Merge::Equal;
            }
            if let (Body::Namespace(old), Body::Namespace(new)) = (&known.body, &asset.body)
                && old.implied != new.implied
            {
                // an object in a namespace told of it before its own object was read, or after
                if old.implied {
                    *known = asset;
                }
                return Merge::Equal;
            }
            self.coverage.gaps.push(Gap {
                what: asset.id.to_string(),
                reason: GapReason::Conflict,
                detail: format!("two sources describe this {} differently; the first one read is used", key.0),
                mend: "give one source for it, or collect both at one time".to_owned(),
                at: asset.origin.spot(""),
            });
            return Merge::Differs;
        }
        self.by_id.insert(key, self.assets.len());
        self.assets.push(asset);
        Merge::New
    }

    /// Sorts assets, gaps and indices into canonical order; to be called once all sources are read.
    pub fn settle(&mut self) {
        let mut assets = std::mem::take(&mut self.assets);
        assets.sort_by(|a, b| (a.body.kind(), &a.id).cmp(&(b.body.kind(), &b.id)));
        (self.by_short, self.by_kind) = Default::default();
        self.by_id = HashMap::with_capacity(assets.len());
        for (at, asset) in assets.iter().enumerate() {
            let kind = asset.body.kind();
            self.by_kind.entry(kind).or_default().push(at);
            self.by_short.entry(short_of(&asset.id).into()).or_default().push(at);
            self.by_id.insert((kind, Arc::clone(&asset.id)), at);
        }
        self.assets = assets;
        self.coverage.gaps.sort();
        self.coverage.gaps.dedup();
    }

    /// All assets, by kind and id once settled.
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// How many assets there are.
    pub fn len(&self) -> usize {
        self.assets.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    /// All assets of one kind, with their place in [`Self::assets`].
    pub fn of<K: Kind>(&self) -> impl Iterator<Item = (usize, &Asset, &K)> {
        let all = self.by_kind.get(K::NAME).map_or(&[][..], Vec::as_slice);
        all.iter().filter_map(|&at| {
            let asset = self.assets.get(at)?;
            Some((at, asset, K::of(&asset.body)?))
        })
    }

    /// The asset of a kind with this id (ARN) or short id (`vpc-…`, `sg-…`).
    pub fn find<K: Kind>(&self, id: &str) -> Option<(usize, &Asset, &K)> {
        let by_id = self.by_id.get(&(K::NAME, Arc::from(id))).copied();
        let mut all = by_id.into_iter().chain(self.by_short.get(id).into_iter().flatten().copied());
        all.find_map(|at| {
            let asset = self.assets.get(at)?;
            Some((at, asset, K::of(&asset.body)?))
        })
    }

    /// The asset of this id, of whatever kind.
    pub fn any(&self, id: &str) -> Option<&Asset> {
        let all = self.by_short.get(short_of(id).as_str())?;
        all.iter().filter_map(|at| self.assets.get(*at)).find(|asset| *asset.id == *id)
    }

    /// How many assets of each kind there are, by name.
    pub fn counts(&self) -> std::collections::BTreeMap<&'static str, usize> {
        self.by_kind.iter().map(|(kind, all)| (*kind, all.len())).collect()
    }

    /// SHA-256 over what the assets say, in canonical order. Where and when they were read does not count, so the same
    /// estate has the same digest however it was collected.
    pub fn digest(&self) -> serde_json::Result<String> {
        let mut hash = Sha256::new();
        for asset in &self.assets {
            let place = serde_json::to_string(&asset.place)?;
            let tags = serde_json::to_string(&asset.tags)?;
            for part in [asset.body.kind(), &*asset.id, &place, &tags, &asset.body.to_json()?] {
                // JSON strings and ids hold no raw line feed, so the parts cannot run into each other
                hash.update(part.as_bytes());
                hash.update(b"\n");
            }
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Origin, Place, SecurityGroup, Vpc};
    use super::*;

    fn vpc(id: &str, default: bool) -> Asset {
        Asset {
            id: id.into(),
            origin: Origin::Arn { arn: id.into() },
            place: Place::default(),
            tags: Default::default(),
            body: Vpc { cidrs: vec![], default }.into(),
        }
    }

    #[test]
    fn equal_assets_collapse_and_differing_ones_are_a_gap() {
        let mut inventory = Inventory::default();
        assert_eq!(inventory.add(vpc("a", false)), Merge::New);
        assert_eq!(inventory.add(vpc("a", false)), Merge::Equal);
        assert_eq!(inventory.add(vpc("a", true)), Merge::Differs);
        assert_eq!(inventory.len(), 1);
        assert_eq!(inventory.coverage.gaps.len(), 1);
    }

    #[test]
    fn the_digest_heeds_what_is_said_and_not_in_which_order() {
        let digest = |assets: Vec<Asset>| {
            let mut inventory = Inventory::default();
            for asset in assets {
                inventory.add(asset);
            }
            inventory.settle();
            inventory.digest().unwrap()
        };
        assert_eq!(digest(vec![vpc("a", false), vpc("b", true)]), digest(vec![vpc("b", true), vpc("a", false)]));
        assert_ne!(digest(vec![vpc("a", false)]), digest(vec![vpc("a", true)]));
    }

    #[test]
    fn short_ids_find_the_asset_of_the_asked_kind() {
        let mut inventory = Inventory::default();
        inventory.add(vpc("arn:aws:ec2:eu-west-1:1:vpc/vpc-1", false));
        inventory.settle();
        assert!(inventory.find::<Vpc>("vpc-1").is_some());
        assert!(inventory.find::<SecurityGroup>("vpc-1").is_none());
    }
}
