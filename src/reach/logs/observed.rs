//! What logs say, by connection: of any number of records, each kind is kept once.
//!
//! Which end began a connection: a SYN without an ACK begins, a SYN-ACK answers. Without them, a port below 1024 opposite
//! one that systems give to clients (32768 and above) is the server's. Of any other record both readings stay open, and
//! every pair of ports is kept: each of the two may be the one that is denied.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use super::record::Record;
use super::sighting::{Seen, Sighting};
use crate::model::Protocol;

/// Which interface saw packets from where to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ends {
    /// The interface, by its number in [`Observed::interfaces`].
    pub interface: u32,
    pub src: IpAddr,
    pub dst: IpAddr,
    pub protocol: Protocol,
}

impl Ends {
    pub fn turned(self) -> Self {
        Self { src: self.dst, dst: self.src, ..self }
    }
}

/// All records of connections to one port.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// Packets of the client that were accepted.
    pub accepted: Option<Sighting>,
    /// Packets of the client that were rejected, by the client's port, and whether others of that port were accepted.
    pub rejected: BTreeMap<u16, (Sighting, bool)>,
    /// Packets of the server that were accepted, with the ports in the order of the connection.
    pub answers: Option<Sighting>,
    /// Whether one of them agreed to a connection.
    pub established: bool,
    /// The client's ports of which the beginning was accepted.
    clients: BTreeSet<u16>,
}

/// What logs say.
#[derive(Debug, Default)]
pub struct Observed {
    /// Ids of interfaces.
    pub(super) interfaces: Vec<String>,
    numbers: HashMap<String, u32>,
    /// Connections of which it is known which end began them, by the server's port.
    pub(super) groups: HashMap<(Ends, u16), Group>,
    /// Accepted packets of which it is not, by the sender's port and the receiver's: each pair is two questions of its own.
    pub(super) pairs: HashMap<Ends, BTreeMap<(u16, u16), Sighting>>,
    /// Records that were accepted.
    pub accepted: u64,
    /// Records that were rejected.
    pub rejected: u64,
    /// Accepted records that are answers.
    pub answers: u64,
}

/// What a record's packets are to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Begins,
    Answers,
    Either,
}

fn role(record: &Record) -> Role {
    /// Linux gives clients ports from here on, other systems from 49152.
    const CLIENTS: u16 = 32768;
    const SERVERS: u16 = 1024;
    if let (Protocol::TCP, Some(flags)) = (record.protocol, record.tcp_flags)
        && flags & 2 != 0
    {
        return if flags & 16 == 0 { Role::Begins } else { Role::Answers };
    }
    match (record.src_port, record.dst_port) {
        _ if !record.protocol.has_ports() => Role::Either,
        (CLIENTS.., port) if port < SERVERS => Role::Begins,
        (port, CLIENTS..) if port < SERVERS => Role::Answers,
        _ => Role::Either,
    }
}

impl Observed {
    /// Adds a record from a line of a file.
    pub fn add(&mut self, record: &Record, file: u32, line: u64) {
        let interface = self.number(&record.interface);
        let Record { src, dst, protocol, src_port, dst_port, end, .. } = *record;
        let ends = Ends { interface, src, dst, protocol };
        let seen = Sighting { first: Seen { file, line, src_port, dst_port }, records: 1, last: end };
        let role = role(record);
        if !record.accepted {
            self.rejected += 1;
            // what is rejected is a note at most: the lower port is taken for the server's
            if role == Role::Begins || (role == Role::Either && dst_port <= src_port) {
                let all = &mut self.groups.entry((ends, dst_port)).or_default().rejected;
                all.entry(src_port).and_modify(|(known, _)| known.add(seen)).or_insert((seen, false));
            }
            return;
        }
        self.accepted += 1;
        match role {
            Role::Begins => {
                let group = self.groups.entry((ends, dst_port)).or_default();
                seen.join(&mut group.accepted);
                group.clients.insert(src_port);
            }
            Role::Answers => {
                self.answers += 1;
                let group = self.groups.entry((ends.turned(), src_port)).or_default();
                seen.turned().join(&mut group.answers);
                group.established |= record.tcp_flags.is_some_and(|flags| flags & 18 == 18);
            }
            Role::Either => {
                let all = self.pairs.entry(ends).or_default();
                all.entry((src_port, dst_port)).and_modify(|known| known.add(seen)).or_insert(seen);
            }
        }
    }

    fn number(&mut self, interface: &str) -> u32 {
        if let Some(number) = self.numbers.get(interface) {
            return *number;
        }
        let number = u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX);
        self.interfaces.push(interface.to_owned());
        self.numbers.insert(interface.to_owned(), number);
        number
    }

    /// Joins what shows its role in other records: packets of a connection of which the beginning was seen, and those
    /// that were rejected beside others that were accepted.
    pub(super) fn settle(&mut self) {
        let groups = &mut self.groups;
        for ((ends, port), group) in groups.iter_mut() {
            let pairs = self.pairs.get(ends);
            for (client, (_, also_accepted)) in &mut group.rejected {
                *also_accepted =
                    group.clients.contains(client) || pairs.is_some_and(|pairs| pairs.contains_key(&(*client, *port)));
            }
        }
        for (ends, pairs) in &mut self.pairs {
            pairs.retain(|(src_port, dst_port), seen| {
                // more for a port that is a server's: the same question, whichever port it comes from
                let begun = groups.get_mut(&(*ends, *dst_port)).filter(|group| group.accepted.is_some());
                if let Some(group) = begun {
                    seen.join(&mut group.accepted);
                    return false;
                }
                // from a server's port to one that no client was seen at, it may begin a connection of its own
                match groups.get_mut(&(ends.turned(), *src_port)).filter(|group| group.clients.contains(dst_port)) {
                    Some(group) => {
                        seen.turned().join(&mut group.answers);
                        self.answers += seen.records;
                        false
                    }
                    None => true,
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(src_port: u16, dst_port: u16, tcp_flags: Option<u8>) -> Record {
        Record {
            interface: "eni-a".to_owned(),
            src: "10.0.0.1".parse().unwrap(),
            dst: "10.0.0.2".parse().unwrap(),
            protocol: Protocol::TCP,
            src_port,
            dst_port,
            accepted: true,
            tcp_flags,
            end: None,
        }
    }

    #[test]
    fn flags_tell_roles_and_ports_do_where_they_are_clear() {
        for (src, dst, flags, expected) in [
            (50000, 8443, Some(2), Role::Begins),
            (50000, 8443, Some(3), Role::Begins),
            (8443, 50000, Some(18), Role::Answers),
            (8443, 50000, Some(19), Role::Answers),
            (50000, 443, Some(0), Role::Begins),
            (443, 50000, None, Role::Answers),
            (50000, 8443, None, Role::Either),
            (800, 2049, None, Role::Either),
            (2049, 800, None, Role::Either),
        ] {
            assert_eq!(role(&record(src, dst, flags)), expected, "{src} {dst} {flags:?}");
        }
    }

    #[test]
    fn later_packets_join_the_connection_that_began() {
        let mut all = Observed::default();
        all.add(&record(50000, 8443, Some(2)), 0, 1);
        all.add(&record(50000, 8443, Some(0)), 0, 2);
        let back = Record {
            src: "10.0.0.2".parse().unwrap(),
            dst: "10.0.0.1".parse().unwrap(),
            ..record(8443, 50000, Some(0))
        };
        all.add(&back, 0, 3);
        // from the same port, but to none that the client was seen at: no answer
        all.add(&Record { dst_port: 5432, ..back }, 0, 4);
        all.settle();
        let left: Vec<_> = all.pairs.values().flat_map(BTreeMap::keys).collect();
        assert_eq!(left, [&(8443, 5432)]);
        let group = all.groups.values().next().unwrap();
        let records = |seen: Option<Sighting>| seen.map(|seen| seen.records);
        assert_eq!((records(group.accepted), records(group.answers), group.established), (Some(2), Some(1), false));
    }
}
