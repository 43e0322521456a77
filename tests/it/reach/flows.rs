//! Flows of whole estates say what single answers say: on the estates of `fixtures/reach` and on random ones.
//!
//! Each interface in turn is the only one whose zone is in scope, so that whatever passes to or from it crosses a border;
//! and once all pairs are asked for, whatever zones they are in.

use std::cell::Cell;

use bolero::check;
use zoneproof::config::Config;
use zoneproof::load::{self, Source};
use zoneproof::model::{AddressSet, Connections, ElasticIp, Inventory, NetworkInterface, short_of};
use zoneproof::reach::{End, Flow, Network, Party, Question, Verdict};
use zoneproof::zone::{AddressBook, Zones};

use super::agreement::shown;
use super::estate::{Dice, estate};
use crate::support::root;

/// How often an answer of each verdict was compared.
type Counts = [Cell<u64>; 3];

/// Services whose interfaces begin nothing of their own, or are followed as routes.
const RELAYS: [&str; 4] = ["load-balancer", "vpc-endpoint", "nat-gateway", "transit-gateway"];

/// A configuration in which one asset alone is in the CDE.
fn config(asset: &str, networks: &str) -> Config {
    let text = format!(
        "version: 1\nzones: {{ pci: {{ category: cde, title: T }} }}\nclassify:\n  zone:\n    tags: [none]\n    \
         values: {{ pci: [pci] }}\n    assign:\n      - {{ zone: pci, match: {{ asset: \"{asset}\" }} }}\n{networks}"
    );
    Config::parse("zoneproof.yaml", &text).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

fn is(party: &Party, id: &str) -> bool {
    matches!(party, Party::Interfaces { ids, .. } if ids.iter().any(|own| **own == *id))
}

/// Whether a party is addresses of the internet.
fn is_public(party: &Party) -> bool {
    let Party::Outside(outside) = party else { return false };
    let public = |addresses: &AddressSet| addresses.overlaps(&AddressSet::internet());
    outside.addresses.as_ref().map_or(&*outside.border.zone == "internet", public)
}

/// What flows that a test picks show together.
fn verdict<'f>(flows: impl Iterator<Item = &'f Flow>) -> Verdict {
    let mut found = Verdict::Denied;
    for flow in flows {
        match flow.verdict() {
            Verdict::Allowed => return Verdict::Allowed,
            _ => found = Verdict::Unknown,
        }
    }
    found
}

fn compare(inventory: &Inventory, networks: &str, counts: &Counts) {
    let all: Vec<_> = inventory.of::<NetworkInterface>().map(|(_, asset, eni)| (asset, eni)).collect();
    let relay = |eni: &NetworkInterface| {
        eni.service.as_deref().is_some_and(|service| RELAYS.contains(&service))
            || eni.interface_type.contains("gateway")
    };
    let among_all = {
        let config = config("none", networks);
        let zones = Zones::classify(inventory, &config);
        let book = AddressBook::of(inventory, &zones, &config);
        Network::new(inventory, &config.networks).pairs(&zones, &book)
    };
    for (own, body) in all.iter().filter(|(_, body)| !relay(body)) {
        let config = config(&own.id, networks);
        let zones = Zones::classify(inventory, &config);
        let book = AddressBook::of(inventory, &zones, &config);
        let network = Network::new(inventory, &config.networks);
        let flows = network.flows(&zones, &book, &|_| 0);
        let answer = |src: &End, dst: &End| {
            let (src, dst) = (src.clone(), dst.clone());
            network.answer(&Question { src, dst, connections: Connections::all(), src_port: None })
        };
        let end = |id: &str| network.end(id).unwrap();
        let here = end(&own.id);
        let into = || flows.iter().filter(|flow| is(&flow.dst, &own.id));
        let from_outside = verdict(into().filter(|flow| matches!(flow.src, Party::Outside(_))));
        let agree = |who: &str, said: Verdict, found: Verdict, beside: Verdict, named: &str| {
            counts[said as usize].set(counts[said as usize].get() + 1);
            let fits = match said {
                Verdict::Denied => found == Verdict::Denied,
                Verdict::Allowed => found == Verdict::Allowed || beside == Verdict::Allowed,
                Verdict::Unknown => {
                    found == Verdict::Unknown || (found == Verdict::Denied && beside != Verdict::Denied)
                }
            };
            let told = || format!("{named}: answer {said:?}, flows {found:?}, beside {beside:?}, {who}");
            assert!(fits, "{}\n{}", told(), shown(inventory));
        };
        for (other, theirs) in all.iter().filter(|(other, theirs)| other.id != own.id && !relay(theirs)) {
            let named = format!("{} -> {}", short_of(&other.id), short_of(&own.id));
            let said = answer(&end(&other.id), &here).verdict;
            let found = verdict(into().filter(|flow| is(&flow.src, &other.id)));
            // over the internet one comes by a public address; a route that ends a way ends it for every sender's address
            let beside = if theirs.forwards && said == Verdict::Unknown { Verdict::Unknown } else { from_outside };
            agree("between interfaces", said, found, beside, &named);
            let found = verdict(among_all.iter().filter(|flow| is(&flow.src, &other.id) && is(&flow.dst, &own.id)));
            agree("among all pairs", said, found, beside, &named);
            let back = answer(&here, &end(&other.id)).verdict;
            let found = verdict(flows.iter().filter(|flow| is(&flow.src, &own.id) && is(&flow.dst, &other.id)));
            let public = flows.iter().filter(|flow| is(&flow.src, &own.id) && is_public(&flow.dst));
            let beside = match back {
                Verdict::Unknown if body.forwards => Verdict::Unknown,
                // what may come by entrances and from nowhere is told of the destination, which is in no zone here
                Verdict::Unknown => Verdict::Unknown,
                _ => verdict(public),
            };
            agree("back", back, found, beside, &named);
        }
        let said = answer(&End::Internet, &here).verdict;
        let found = verdict(into().filter(|flow| is_public(&flow.src)));
        agree("from the internet", said, found, from_outside, &short_of(&own.id));
        let said = answer(&here, &End::Internet).verdict;
        let found = verdict(flows.iter().filter(|flow| is(&flow.src, &own.id) && is_public(&flow.dst)));
        let hidden = inventory
            .of::<ElasticIp>()
            .any(|(_, _, elastic)| elastic.interface.as_deref() == Some(&*short_of(&own.id)));
        let beside = if body.forwards || hidden { Verdict::Unknown } else { Verdict::Denied };
        agree("to the internet", said, found, beside, &short_of(&own.id));
    }
}

#[test]
fn flows_of_small_estates_are_their_answers() {
    let counts: Counts = [const { Cell::new(0) }; 3];
    for folder in std::fs::read_dir(root().join("fixtures/reach")).unwrap() {
        let estate = folder.unwrap().path().join("estate");
        let inventory = load::load(&[Source::Path(estate.clone())], None).unwrap();
        let text = std::fs::read_to_string(estate.join("zoneproof.yaml")).unwrap_or_default();
        // the networks that the estate declares, and none of its zones
        let networks = text.find("\nnetworks:").map_or("", |at| &text[at + 1..]);
        compare(&inventory, networks, &counts);
    }
    let [allowed, denied, unknown] = counts.map(Cell::into_inner);
    assert!(allowed > 100 && denied > 100 && unknown > 100, "{allowed} allowed, {denied} denied, {unknown} unknown");
}

#[test]
fn flows_of_random_estates_are_their_answers() {
    let counts: Counts = [const { Cell::new(0) }; 3];
    let shared = std::panic::AssertUnwindSafe(&counts);
    check!().with_max_len(512).with_type::<Vec<u8>>().for_each(|bytes| {
        compare(&estate(&mut Dice(bytes.iter())), "", &shared);
    });
    let [allowed, denied, unknown] = counts.map(Cell::into_inner);
    assert!(allowed > 100 && denied > 100 && unknown > 10, "{allowed} allowed, {denied} denied, {unknown} unknown");
}
