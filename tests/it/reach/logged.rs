//! Logs of random estates, written by the second evaluator: what it lets through never contradicts the engine, and what it
//! stops does once a log says that it passed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;

use bolero::check;
use zoneproof::model::{Inventory, NetworkInterface, Protocol};
use zoneproof::reach::Network;
use zoneproof::reach::check::{Check, Packet, Say, Seat};
use zoneproof::reach::logs::{Observed, Record};

use super::agreement::{Known, PACKETS, ends, shown};
use super::estate::{Dice, estate};

/// Ports of clients, one of each part that the estates' ACLs tell apart.
const CLIENTS: [u16; 6] = [400, 443, 500, 2000, 35000, 50000];

/// A log that is written line by line.
#[derive(Default)]
struct Log {
    observed: Observed,
    lines: u64,
}

impl Log {
    /// What an interface logs of an accepted packet; the number of the line.
    fn write(&mut self, interface: &str, packet: Packet, tcp_flags: Option<u8>) -> u64 {
        let Packet { protocol, src, dst, .. } = packet;
        // logs have no ports of ICMP, and flags of TCP alone
        let (src_port, dst_port) = if protocol == 1 { (0, 0) } else { (packet.src_port, packet.dst_port) };
        let tcp_flags = tcp_flags.filter(|_| protocol == 6);
        let (interface, protocol) = (interface.to_owned(), Protocol(protocol));
        self.lines += 1;
        let record = Record { interface, src, dst, protocol, src_port, dst_port, accepted: true, tcp_flags, end: None };
        self.observed.add(&record, 0, self.lines);
        self.lines
    }
}

fn turned(packet: Packet) -> Packet {
    Packet { src: packet.dst, dst: packet.src, src_port: packet.dst_port, dst_port: packet.src_port, ..packet }
}

/// Pairs of ends of which one has an interface at least.
fn pairs<'e, 'a>(ends: &'e [Known<'a>]) -> impl Iterator<Item = (&'e Known<'a>, &'e Known<'a>)> {
    let pairs = ends.iter().flat_map(move |from| ends.iter().map(move |to| (from, to)));
    pairs.filter(|(from, to)| from.name != to.name && (from.seat, to.seat) != (Seat::Internet, Seat::Internet))
}

/// What both ends log of a packet, where its addresses stay what they are: at the sender, and at the receiver.
fn sites<'k>(from: &'k Known<'_>, to: &'k Known<'_>, packet: Packet) -> Vec<(&'k str, Packet)> {
    let mut all = Vec::new();
    if matches!(from.seat, Seat::Interface(_)) {
        all.push((from.name.as_str(), packet));
    }
    // an internet gateway or a NAT gateway would change the source
    let public = matches!(from.seat, Seat::Interface(_)) && packet.dst != to.dst[0];
    if matches!(to.seat, Seat::Interface(_)) && !public {
        all.push((to.name.as_str(), Packet { dst: to.dst[0], ..packet }));
    }
    all
}

/// Logs of what passes: whole ones, ones that began in the middle of all connections, and ones without flags.
fn passing(inventory: &Inventory, count: &Cell<u64>) {
    let (network, checker, ends) = (Network::new(inventory, &[]), Check(inventory), ends(inventory));
    let (mut whole, mut answers, mut plain) = (Log::default(), Log::default(), Log::default());
    for (from, to) in pairs(&ends) {
        for (protocol, src_port, dst_port) in PACKETS {
            for dst in &to.dst {
                let packet = Packet { protocol, src: from.src, dst: *dst, src_port, dst_port };
                if checker.connects(from.seat, to.seat, packet) != Say::Yes {
                    continue;
                }
                for (site, packet) in sites(from, to, packet) {
                    let answer = turned(packet);
                    whole.write(site, packet, Some(2));
                    whole.write(site, answer, Some(18));
                    answers.write(site, answer, Some(18));
                    plain.write(site, packet, None);
                    plain.write(site, answer, None);
                }
            }
        }
    }
    for log in [whole, answers, plain] {
        let replay = network.replay(log.observed);
        let bad = (&replay.contradictions, replay.stopped_later, &replay.undecided);
        assert!(bad.0.is_empty() && bad.1 == 0 && bad.2.is_empty(), "{bad:#?}\n{}", shown(inventory));
        assert_eq!(replay.agreed + replay.as_answers == 0, log.lines == 0);
        count.set(count.get() + replay.agreed);
    }
}

/// What the second evaluator lets through, both ends may log, and no log of it is a contradiction.
#[test]
fn logs_of_what_passes_never_contradict() {
    let count = Cell::new(0);
    let seen = AssertUnwindSafe(&count);
    check!().with_max_len(512).with_type::<Vec<u8>>().for_each(|bytes| {
        passing(&estate(&mut Dice(bytes.iter())), &seen);
    });
    assert!(count.get() > 1000, "only {} connections", count.get());
}

/// Whose an address may be for an interface: in its own VPC whose it is there, and elsewhere whoever's it is.
fn bearers<'e, 'a>(ends: &'e [Known<'a>], own: &NetworkInterface, address: IpAddr) -> (Vec<&'e Known<'a>>, bool) {
    let all: Vec<_> = ends.iter().filter(|end| end.src == address || end.dst.contains(&address)).collect();
    let is_near = |end: &&&Known<'_>| matches!(end.seat, Seat::Interface(other) if other.vpc == own.vpc);
    let near: Vec<_> = all.iter().filter(is_near).copied().collect();
    if near.is_empty() { (all, false) } else { (near, true) }
}

/// Logs of what does not pass: each line, and whether nothing but a contradiction will do.
fn stopped(inventory: &Inventory, count: &Cell<u64>) {
    let (network, checker, ends) = (Network::new(inventory, &[]), Check(inventory), ends(inventory));
    let mut log = Log::default();
    let (mut known, mut demanded) = (BTreeSet::new(), Vec::new());
    let none = |from: &[&Known<'_>], to: &[&Known<'_>], protocol: u8, dst_port: u16| {
        let ports = if protocol == 6 { CLIENTS.as_slice() } else { &CLIENTS[5..] };
        let passes = |from: &Known<'_>, to: &Known<'_>, dst: IpAddr, src_port: u16| {
            checker.connects(from.seat, to.seat, Packet { protocol, src: from.src, dst, src_port, dst_port })
        };
        from.iter().all(|from| {
            let to = to.iter().flat_map(|to| to.dst.iter().map(move |dst| (to, *dst)));
            to.into_iter().all(|(to, dst)| ports.iter().all(|port| passes(from, to, dst, *port) == Say::No))
        })
    };
    for (from, to) in pairs(&ends) {
        for (protocol, _, dst_port) in PACKETS.into_iter().filter(|(protocol, ..)| *protocol != 1) {
            let packet = Packet { protocol, src: from.src, dst: to.dst[0], src_port: CLIENTS[5], dst_port };
            // a datagram that arrived needs no answer to show that the way there is open
            if let Seat::Interface(own) = to.seat
                && protocol == 17
                && known.insert((to.name.clone(), packet.src, packet.dst, dst_port))
                && none(&bearers(&ends, own, from.src).0, &[to], protocol, dst_port)
            {
                let line = log.write(&to.name, packet, None);
                // something else than the internet may lead to an address that nobody here bears
                demanded.extend(matches!(from.seat, Seat::Interface(_)).then_some(line));
            }
            if let Seat::Interface(own) = from.seat
                && protocol == 6
                && known.insert((from.name.clone(), packet.src, packet.dst, dst_port))
            {
                let (bearers, near) = bearers(&ends, own, packet.dst);
                if none(&[from], &bearers, protocol, dst_port) {
                    let line = log.write(&from.name, packet, Some(2));
                    log.write(&from.name, turned(packet), Some(18));
                    demanded.extend(near.then_some(line));
                }
            }
        }
    }
    let replay = network.replay(log.observed);
    let told: BTreeSet<u64> = replay.contradictions.iter().map(|found| found.flow.seen.first.line).collect();
    let missing: Vec<&u64> = demanded.iter().filter(|line| !told.contains(line)).collect();
    let rest = (replay.agreed, replay.as_answers, replay.stopped_later);
    assert!(missing.is_empty() && rest == (0, 0, 0), "{missing:?} {rest:?} {replay:#?}\n{}", shown(inventory));
    count.set(count.get() + demanded.len() as u64);
}

/// What the second evaluator stops, a log that says that it passed contradicts.
#[test]
fn logs_of_what_is_stopped_contradict() {
    let count = Cell::new(0);
    let seen = AssertUnwindSafe(&count);
    check!().with_max_len(512).with_type::<Vec<u8>>().for_each(|bytes| {
        stopped(&estate(&mut Dice(bytes.iter())), &seen);
    });
    assert!(count.get() > 1000, "only {} connections", count.get());
}
