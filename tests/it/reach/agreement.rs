//! The engine and the second evaluator agree on random estates: every pair of interfaces, the internet on either side.

use std::cell::Cell;
use std::net::IpAddr;

use bolero::check;
use zoneproof::model::{Connections, Inventory, NetworkInterface, Protocol, short_of};
use zoneproof::reach::check::{Check, Packet, Say, Seat};
use zoneproof::reach::{Network, Question, Verdict};

use super::estate::{Dice, estate};

/// Packets that are tried between each pair.
pub(super) const PACKETS: [(u8, u16, u16); 4] = [(6, 40000, 443), (6, 2000, 30000), (17, 5000, 53), (1, 0, 8 << 8)];
const OUTSIDE: [&str; 2] = ["8.8.8.8", "52.200.0.1"];

pub(super) struct Known<'a> {
    pub name: String,
    pub seat: Seat<'a>,
    /// Source address, and the addresses that it is sent to.
    pub src: IpAddr,
    pub dst: Vec<IpAddr>,
}

pub(super) fn ends(inventory: &Inventory) -> Vec<Known<'_>> {
    let own = inventory.of::<NetworkInterface>().filter(|(_, _, eni)| eni.interface_type == "interface");
    let own = own.map(|(_, asset, eni)| Known {
        name: short_of(&asset.id),
        seat: Seat::Interface(eni),
        src: eni.private_addresses[0],
        dst: eni.private_addresses.iter().chain(&eni.public_addresses).copied().collect(),
    });
    let outside = OUTSIDE.iter().map(|text| {
        let address = text.parse().unwrap();
        Known { name: (*text).to_owned(), seat: Seat::Internet, src: address, dst: vec![address] }
    });
    own.chain(outside).collect()
}

/// Compares all pairs of an estate; how many there were, by verdict.
fn compare(inventory: &Inventory, counts: &[Cell<u64>; 3]) {
    let network = Network::new(inventory, &[]);
    let checker = Check(inventory);
    let ends = ends(inventory);
    for from in &ends {
        for to in &ends {
            if from.name == to.name || (from.seat, to.seat) == (Seat::Internet, Seat::Internet) {
                continue;
            }
            for (protocol, src_port, dst_port) in PACKETS {
                let packets =
                    to.dst.iter().map(|dst| Packet { protocol, src: from.src, dst: *dst, src_port, dst_port });
                let said = packets.map(|packet| checker.connects(from.seat, to.seat, packet)).fold(Say::No, Say::or);
                let question = Question {
                    src: network.end(&from.name).unwrap(),
                    dst: network.end(&to.name).unwrap(),
                    connections: Connections::ports(Protocol(protocol), dst_port, dst_port),
                    src_port: Some(src_port),
                };
                let answer = network.answer(&question);
                let expected = match said {
                    Say::Yes => Verdict::Allowed,
                    Say::No => Verdict::Denied,
                    Say::Unknown => Verdict::Unknown,
                };
                let told = || format!("{} -> {} {protocol}/{dst_port}: {said:?}\n{answer:#?}", from.name, to.name);
                assert_eq!(answer.verdict, expected, "{}\n{}", told(), shown(inventory));
                let count = &counts[answer.verdict as usize];
                count.set(count.get() + 1);
            }
        }
    }
}

/// The estate, for who has to look why.
pub(super) fn shown(inventory: &Inventory) -> String {
    let lines = inventory.assets().iter().map(|a| format!("{} {}", short_of(&a.id), a.body.to_json().unwrap()));
    lines.collect::<Vec<_>>().join("\n")
}

/// `tests/run` says how many estates: about 200 questions each. `BOLERO_RANDOM_ITERATIONS=50000` is a longer run.
#[test]
fn the_engine_and_the_second_evaluator_agree() {
    let counts = [const { Cell::new(0) }; 3];
    let estates = Cell::new(0);
    let (counts, estates) = (std::panic::AssertUnwindSafe(&counts), std::panic::AssertUnwindSafe(&estates));
    check!().with_max_len(512).with_type::<Vec<u8>>().for_each(|bytes| {
        compare(&estate(&mut Dice(bytes.iter())), &counts);
        estates.set(estates.get() + 1);
    });
    let [allowed, denied, unknown] = counts.0.each_ref().map(Cell::get);
    let (pairs, estates) = (allowed + denied + unknown, estates.get());
    assert!(pairs >= 100 * estates, "{pairs} questions in {estates} estates");
    assert!(
        allowed * 20 > pairs && unknown * 2000 > pairs,
        "{allowed} allowed, {unknown} unknown: the estates are too plain"
    );
}
