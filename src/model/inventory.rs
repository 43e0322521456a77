//! The inventory: all assets of an estate, unique by kind and id, in one canonical order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt};
use sha2::{Digest, Sha256};

use super::asset::{Asset, Body, Kind};
use super::coverage::{Coverage, Gap, GapReason};
use super::id::short_of;

/// All assets of an estate and what could not be read of it.
#[derive(Debug, Default)]
pub struct Inventory {
    assets: Vec<Asset>,
    by_kind: BTreeMap<&'static str, OfKind>,
    /// Gaps and what is not modelled.
    pub coverage: Coverage,
}

/// The assets of one kind. They stand together, by id.
#[derive(Debug, Default)]
struct OfKind {
    all: Range<usize>,
    /// The first asset of each short id. Made when first asked for: of a million rules nobody asks by short id.
    by_short: OnceLock<HashMap<Box<str>, usize>>,
}

impl Inventory {
    /// Adds assets. They count once [`Self::settle`] was called.
    pub fn extend(&mut self, mut assets: Vec<Asset>) {
        if self.assets.is_empty() {
            self.assets = assets;
        } else {
            self.assets.append(&mut assets);
        }
    }

    /// Sorts assets and gaps into canonical order and makes the former unique; to be called once all sources are read.
    ///
    /// Equal assets collapse. Of two that differ the first one read stays and the difference is a gap.
    pub fn settle(&mut self) {
        let order = |a: &Asset, b: &Asset| (a.body.kind(), &a.id).cmp(&(b.body.kind(), &b.id));
        // a snapshot's are sorted, and stable sorting keeps the first one read first
        if !self.assets.is_sorted_by(|a, b| order(a, b).is_le()) {
            self.assets.sort_by(order);
        }
        let gaps = &mut self.coverage.gaps;
        self.assets.dedup_by(|new, known| {
            let same = order(new, known).is_eq();
            if same {
                gaps.extend(merge(new, known));
            }
            same
        });
        self.by_kind = BTreeMap::new();
        for (at, asset) in self.assets.iter().enumerate() {
            self.by_kind
                .entry(asset.body.kind())
                .or_insert_with(|| OfKind { all: at..at, ..OfKind::default() })
                .all
                .end = at + 1;
        }
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
        let all = self.by_kind.get(K::NAME).map_or(0..0, |kind| kind.all.clone());
        all.filter_map(|at| self.typed(at))
    }

    /// The asset of a kind with this id (ARN) or short id (`vpc-…`, `sg-…`).
    pub fn find<K: Kind>(&self, id: &str) -> Option<(usize, &Asset, &K)> {
        let kind = self.by_kind.get(K::NAME)?;
        self.typed(self.by_id(kind, id).or_else(|| self.by_short(kind).get(id).copied())?)
    }

    /// The asset of this id, of whatever kind.
    pub fn any(&self, id: &str) -> Option<&Asset> {
        self.assets.get(self.by_kind.values().find_map(|kind| self.by_id(kind, id))?)
    }

    fn typed<K: Kind>(&self, at: usize) -> Option<(usize, &Asset, &K)> {
        let asset = self.assets.get(at)?;
        Some((at, asset, K::of(&asset.body)?))
    }

    fn by_id(&self, kind: &OfKind, id: &str) -> Option<usize> {
        let found = self.assets.get(kind.all.clone())?.binary_search_by(|asset| (*asset.id).cmp(id));
        found.ok().map(|at| kind.all.start + at)
    }

    fn by_short<'a>(&self, kind: &'a OfKind) -> &'a HashMap<Box<str>, usize> {
        kind.by_short.get_or_init(|| {
            let mut by_short = HashMap::with_capacity(kind.all.len());
            for (at, asset) in self.assets.iter().enumerate().skip(kind.all.start).take(kind.all.len()) {
                by_short.entry(short_of(&asset.id).into()).or_insert(at);
            }
            by_short
        })
    }

    /// How many assets of each kind there are, by name.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.by_kind.iter().map(|(kind, of)| (*kind, of.all.len())).collect()
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

/// What becomes of a second asset of one kind and id: the gap if the two contradict each other.
fn merge(new: &mut Asset, known: &mut Asset) -> Option<Gap> {
    if known.body == new.body && known.tags == new.tags && known.place == new.place {
        return None;
    }
    if let (Body::Namespace(old), Body::Namespace(told)) = (&known.body, &new.body)
        && old.implied != told.implied
    {
        // an object in a namespace told of it before its own object was read, or after
        if old.implied {
            std::mem::swap(known, new);
        }
        return None;
    }
    Some(Gap {
        what: new.id.to_string(),
        reason: GapReason::Conflict,
        detail: format!("two sources describe this {} differently; the first one read is used", new.body.kind()),
        mend: "give one source for it, or collect both at one time".to_owned(),
        at: new.origin.spot(""),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Namespace, Origin, Place, SecurityGroup, Vpc};
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

    fn settled(assets: Vec<Asset>) -> Inventory {
        let mut inventory = Inventory::default();
        for asset in assets {
            inventory.extend(vec![asset]);
        }
        inventory.settle();
        inventory
    }

    #[test]
    fn equal_assets_collapse_and_of_differing_ones_the_first_stays() {
        let inventory = settled(vec![vpc("b", true), vpc("a", false), vpc("a", false), vpc("b", true)]);
        assert_eq!((inventory.len(), inventory.coverage.gaps.len()), (2, 0));
        for first in [false, true] {
            let inventory = settled(vec![vpc("b", true), vpc("a", first), vpc("a", !first), vpc("a", first)]);
            assert_eq!((inventory.len(), inventory.coverage.gaps.len()), (2, 1));
            assert_eq!(inventory.find::<Vpc>("a").unwrap().2.default, first);
        }
    }

    #[test]
    fn an_implied_namespace_gives_way_to_its_object_in_either_order() {
        let namespace = |implied: bool| Asset { body: Namespace { implied }.into(), ..vpc("c//Namespace/n", false) };
        for order in [[true, false], [false, true]] {
            let inventory = settled(order.map(namespace).into());
            assert_eq!((inventory.len(), inventory.coverage.gaps.len()), (1, 0));
            assert!(!inventory.find::<Namespace>("n").unwrap().2.implied);
        }
    }

    #[test]
    fn the_digest_heeds_what_is_said_and_not_in_which_order() {
        let digest = |assets: Vec<Asset>| settled(assets).digest().unwrap();
        assert_eq!(digest(vec![vpc("a", false), vpc("b", true)]), digest(vec![vpc("b", true), vpc("a", false)]));
        assert_ne!(digest(vec![vpc("a", false)]), digest(vec![vpc("a", true)]));
    }

    #[test]
    fn short_ids_find_the_asset_of_the_asked_kind() {
        let arn = "arn:aws:ec2:eu-west-1:1:vpc/vpc-1";
        let group = Asset {
            body: SecurityGroup::default().into(),
            ..vpc("arn:aws:ec2:eu-west-1:1:security-group/sg-1", false)
        };
        let inventory = settled(vec![vpc(arn, false), group]);
        assert_eq!(inventory.find::<Vpc>("vpc-1").unwrap().0, inventory.find::<Vpc>(arn).unwrap().0);
        assert!(inventory.find::<SecurityGroup>("sg-1").is_some());
        assert!(inventory.find::<SecurityGroup>("vpc-1").is_none() && inventory.find::<SecurityGroup>(arn).is_none());
        assert_eq!(&*inventory.any(arn).unwrap().id, arn);
        assert!(inventory.any("vpc-1").is_none(), "short ids are a kind's");
    }
}
