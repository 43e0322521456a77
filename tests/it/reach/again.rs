//! After a change of one rule, finding only those flows again that it may change finds what finding all of them does.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bolero::check;
use zoneproof::config::Config;
use zoneproof::load::{self, Source};
use zoneproof::model::{Connections, Inventory, NetworkInterface, SecurityGroupRule};
use zoneproof::reach::{Change, Flow, Network, Party};
use zoneproof::zone::{AddressBook, Zones};

use super::agreement::shown;
use super::estate::{Dice, estate};
use crate::support::root;

/// Every second interface is in the CDE.
fn config(inventory: &Inventory) -> Config {
    let own = inventory.of::<NetworkInterface>().step_by(2);
    let assigned: String =
        own.map(|(_, asset, _)| format!("      - {{ zone: pci, match: {{ asset: \"{}\" }} }}\n", asset.id)).collect();
    let text = format!(
        "version: 1\nzones: {{ pci: {{ category: cde, title: T }} }}\nclassify:\n  zone:\n    tags: [none]\n    \
         values: {{ pci: [pci] }}\n    assign:\n{assigned}"
    );
    Config::parse("zoneproof.yaml", &text).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

fn ids(party: &Party) -> Vec<Arc<str>> {
    match party {
        Party::Interfaces { ids, .. } => ids.to_vec(),
        Party::Outside(outside) => {
            vec![format!("{} {:?}", outside.what, outside.addresses.as_ref().map(|set| set.describe(99))).into()]
        }
    }
}

/// By interface or place outside what passes and what may, over which relays.
type Passing = BTreeMap<(Arc<str>, Arc<str>, Vec<String>), (Connections, Connections)>;

fn passing<'f>(flows: impl Iterator<Item = &'f Flow>) -> Passing {
    let mut all = Passing::new();
    for flow in flows {
        for src in ids(&flow.src) {
            for dst in ids(&flow.dst) {
                let (must, may) = all.entry((Arc::clone(&src), dst, flow.via.clone())).or_default();
                (*must, *may) = (must.union(&flow.band.must), may.union(&flow.band.may));
            }
        }
    }
    all
}

fn near(flow: &Flow) -> Vec<Arc<str>> {
    if let Party::Interfaces { .. } = flow.dst { ids(&flow.dst) } else { ids(&flow.src) }
}

fn compare(inventory: &Inventory, count: &Cell<u64>) {
    if inventory.of::<NetworkInterface>().next().is_none() {
        return;
    }
    let config = config(inventory);
    let zones = Zones::classify(inventory, &config);
    let book = AddressBook::of(inventory, &zones, &config);
    let network = Network::new(inventory, &config.networks);
    let flows = network.flows(&zones, &book, &|_| 0);
    for (_, asset, rule) in inventory.of::<SecurityGroupRule>() {
        let change = Change { rule: asset.id.to_string(), connections: Some(Connections::default()), addresses: None };
        let changed = Network::with(inventory, &config.networks, &change);
        let met = network.met_by(&flows, &rule.group);
        let ends: BTreeSet<Arc<str>> =
            flows.iter().zip(&met).filter(|(_, met)| **met).flat_map(|(flow, _)| near(flow)).collect();
        let again = changed.flows_at(&zones, &book, &|_| 0, &ends);
        let others = flows.iter().filter(|flow| !near(flow).iter().any(|id| ends.contains(id)));
        let all = changed.flows(&zones, &book, &|_| 0);
        // addresses outside are told apart by the rule's block, and no longer once it is gone
        let inside = |flow: &&Flow| [&flow.src, &flow.dst].into_iter().all(|p| matches!(p, Party::Interfaces { .. }));
        let found = passing(again.iter().chain(others).filter(inside));
        assert_eq!(found, passing(all.iter().filter(inside)), "without {}:\n{}", asset.id, shown(inventory));
        let verdicts = |flows: &mut dyn Iterator<Item = &Flow>| {
            flows.filter(|flow| !inside(flow)).map(|flow| (near(flow), flow.verdict() as u8)).collect::<BTreeSet<_>>()
        };
        let others = flows.iter().filter(|flow| !near(flow).iter().any(|id| ends.contains(id)));
        assert_eq!(verdicts(&mut again.iter().chain(others)), verdicts(&mut all.iter()), "without {}", asset.id);
        count.set(count.get() + u64::from(passing(flows.iter()) != passing(all.iter())));
    }
}

#[test]
fn what_a_change_may_touch_is_all_that_it_touches() {
    let count = Cell::new(0);
    for folder in std::fs::read_dir(root().join("fixtures/reach")).unwrap() {
        compare(&load::load(&[Source::Path(folder.unwrap().path().join("estate"))], None).unwrap(), &count);
    }
    assert!(count.get() > 10, "{} changes changed anything", count.get());
    let shared = std::panic::AssertUnwindSafe(&count);
    check!().with_max_len(512).with_type::<Vec<u8>>().for_each(|bytes| {
        compare(&estate(&mut Dice(bytes.iter())), &shared);
    });
    assert!(count.get() > 100, "{} changes changed anything", count.get());
}
