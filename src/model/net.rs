//! Addresses and connections as exact sets.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::ranges::RangeSet;

/// A set of IPv4 and IPv6 addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressSet {
    v4: RangeSet<u32>,
    v6: RangeSet<u128>,
}

/// First and last addresses of blocks.
type Intervals<T> = Vec<(T, T)>;

fn intervals<'a>(nets: impl IntoIterator<Item = &'a IpNet>) -> (Intervals<u32>, Intervals<u128>) {
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for net in nets {
        match net {
            IpNet::V4(net) => v4.push((u32::from(net.network()), u32::from(net.broadcast()))),
            IpNet::V6(net) => v6.push((u128::from(net.network()), u128::from(net.broadcast()))),
        }
    }
    (v4, v6)
}

impl AddressSet {
    /// The union of CIDR blocks; host bits are cleared, as AWS does on input.
    pub fn from_nets<'a>(nets: impl IntoIterator<Item = &'a IpNet>) -> Self {
        let (v4, v6) = intervals(nets);
        Self { v4: RangeSet::from_intervals(v4), v6: RangeSet::from_intervals(v6) }
    }

    /// Every address of both families.
    pub fn everything() -> Self {
        Self { v4: RangeSet::of(0, u32::MAX), v6: RangeSet::of(0, u128::MAX) }
    }

    /// Every public unicast address: IANA's "globally reachable" space, which is what `internet` means in flows.
    ///
    /// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890); IPv6 global unicast is 2000::/3.
    pub fn internet() -> Self {
        const NOT_PUBLIC_V4: [([u8; 4], u8); 14] = [
            ([0, 0, 0, 0], 8),
            ([10, 0, 0, 0], 8),
            ([100, 64, 0, 0], 10),
            ([127, 0, 0, 0], 8),
            ([169, 254, 0, 0], 16),
            ([172, 16, 0, 0], 12),
            ([192, 0, 0, 0], 24),
            ([192, 0, 2, 0], 24),
            ([192, 168, 0, 0], 16),
            ([198, 18, 0, 0], 15),
            ([198, 51, 100, 0], 24),
            ([203, 0, 113, 0], 24),
            ([224, 0, 0, 0], 4),
            ([240, 0, 0, 0], 4),
        ];
        let private = NOT_PUBLIC_V4.map(|(octets, length)| {
            let low = u32::from(Ipv4Addr::from(octets));
            (low, low | (u32::MAX >> length))
        });
        let documentation = u128::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0));
        let global = RangeSet::of(0x2_u128 << 124, (0x4_u128 << 124) - 1);
        Self {
            v4: RangeSet::of(0, u32::MAX).subtract(&RangeSet::from_intervals(private)),
            v6: global.subtract(&RangeSet::of(documentation, documentation | (u128::MAX >> 32))),
        }
    }

    /// How much public space the set holds: IPv4 addresses and IPv6 /64 networks.
    pub fn public_size(&self) -> (u64, u64) {
        let public = self.intersect(&Self::internet());
        let v4 = public.v4.intervals().iter().map(|(low, high)| u64::from(high - low) + 1).sum();
        let v6 = public.v6.intervals().iter().map(|(low, high)| ((high - low) >> 64) as u64 + 1).sum();
        (v4, v6)
    }

    /// Addresses in either set.
    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// Addresses in any of many sets.
    pub fn union_of<'s>(sets: impl IntoIterator<Item = &'s Self>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for set in sets {
            v4.extend_from_slice(set.v4.intervals());
            v6.extend_from_slice(set.v6.intervals());
        }
        Self { v4: RangeSet::from_intervals(v4), v6: RangeSet::from_intervals(v6) }
    }

    /// Addresses in both sets.
    pub fn intersect(&self, other: &Self) -> Self {
        Self { v4: self.v4.intersect(&other.v4), v6: self.v6.intersect(&other.v6) }
    }

    /// Addresses of this set that are not in the other.
    pub fn subtract(&self, other: &Self) -> Self {
        Self { v4: self.v4.subtract(&other.v4), v6: self.v6.subtract(&other.v6) }
    }

    /// The smallest range of each family that holds the whole set.
    pub fn hull(&self) -> Self {
        Self { v4: self.v4.hull(), v6: self.v6.hull() }
    }

    /// Whether the set holds no address.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether the set holds every address of one family.
    pub fn is_whole(&self) -> bool {
        self.v4.intervals() == [(0, u32::MAX)] || self.v6.intervals() == [(0, u128::MAX)]
    }

    /// Whether the two sets share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.v4.overlaps(&other.v4) || self.v6.overlaps(&other.v6)
    }

    /// Whether an address is in the set.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.holds(address.into()),
            IpAddr::V6(address) => self.v6.holds(address.into()),
        }
    }

    /// One address of each part of the set that no block tells apart; of some parts more than one.
    pub fn landmarks(&self, blocks: &[IpNet]) -> Vec<IpAddr> {
        let (v4, v6) = intervals(blocks);
        let v4 = self.v4.landmarks(&v4).into_iter().map(|address| IpAddr::V4(address.into()));
        v4.chain(self.v6.landmarks(&v6).into_iter().map(|address| IpAddr::V6(address.into()))).collect()
    }

    /// The parts of the set that no block tells apart, each with its lowest address.
    pub fn parts(&self, blocks: &[IpNet]) -> Vec<(IpAddr, Self)> {
        let (own4, own6) = intervals(blocks);
        let v4 = self.v4.parts(&own4).into_iter().filter_map(|v4| {
            let (low, _) = *v4.intervals().first()?;
            Some((IpAddr::V4(low.into()), Self { v4, v6: RangeSet::default() }))
        });
        let v6 = self.v6.parts(&own6).into_iter().filter_map(|v6| {
            let (low, _) = *v6.intervals().first()?;
            Some((IpAddr::V6(low.into()), Self { v4: RangeSet::default(), v6 }))
        });
        v4.chain(v6).collect()
    }

    /// The fewest CIDR blocks that hold exactly this set, IPv4 first.
    pub fn to_nets(&self) -> Vec<IpNet> {
        let v4 = self
            .v4
            .intervals()
            .iter()
            .flat_map(|&(low, high)| Ipv4Subnets::new(Ipv4Addr::from(low), Ipv4Addr::from(high), 0).map(IpNet::V4));
        let v6 = self
            .v6
            .intervals()
            .iter()
            .flat_map(|&(low, high)| Ipv6Subnets::new(Ipv6Addr::from(low), Ipv6Addr::from(high), 0).map(IpNet::V6));
        v4.chain(v6).collect()
    }

    /// The blocks as text, at most `limit` of them and a count of the rest.
    pub fn describe(&self, limit: usize) -> Vec<String> {
        let nets = self.to_nets();
        let mut text: Vec<String> = nets.iter().take(limit).map(ToString::to_string).collect();
        if nets.len() > limit {
            text.push(format!("…{} more", nets.len() - limit));
        }
        text
    }
}

/// An IP protocol by its IANA number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Protocol(pub u8);

impl Protocol {
    /// Internet Control Message Protocol.
    pub const ICMP: Self = Self(1);
    /// Transmission Control Protocol.
    pub const TCP: Self = Self(6);
    /// User Datagram Protocol.
    pub const UDP: Self = Self(17);
    /// ICMP for IPv6.
    pub const ICMPV6: Self = Self(58);
    /// Stream Control Transmission Protocol.
    pub const SCTP: Self = Self(132);
    const NAMES: [(&'static str, Self); 5] =
        [("tcp", Self::TCP), ("udp", Self::UDP), ("icmp", Self::ICMP), ("icmpv6", Self::ICMPV6), ("sctp", Self::SCTP)];

    /// Whether its packets bear ports: TCP, UDP, SCTP.
    pub fn has_ports(self) -> bool {
        matches!(self, Self::TCP | Self::UDP | Self::SCTP)
    }

    /// By name (`tcp`, `udp`, `icmp`, `icmpv6`, `sctp`) or number.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        Self::NAMES.iter().find(|(name, _)| *name == lower).map(|(_, p)| *p).or_else(|| lower.parse().ok().map(Self))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.iter().find(|(_, p)| p == self) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "{}", self.0),
        }
    }
}

/// A set of connections: protocol and destination port on one line, `protocol << 16 | port`.
///
/// ICMP keeps its type in the upper and its code in the lower byte of the port bits. Protocols without ports fill
/// their whole stretch, so that containment works alike for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connections(RangeSet<u32>);

impl Connections {
    const TOP: u32 = 0x00ff_ffff;

    /// Every protocol, every port.
    pub fn all() -> Self {
        Self(RangeSet::of(0, Self::TOP))
    }

    /// Ports `low..=high` of one protocol.
    pub fn ports(protocol: Protocol, low: u16, high: u16) -> Self {
        let base = u32::from(protocol.0) << 16;
        Self(RangeSet::of(base | u32::from(low), base | u32::from(high)))
    }

    /// All of one protocol.
    pub fn protocol(protocol: Protocol) -> Self {
        Self::ports(protocol, 0, u16::MAX)
    }

    /// An AWS rule's triple: `IpProtocol`, `FromPort`, `ToPort`.
    ///
    /// Source: EC2 API reference, `IpPermission`: `-1` is every protocol whatever the ports say; for ICMP the ports are
    /// type and code, `-1` any; for protocols without ports, the ports mean nothing.
    pub fn from_aws(protocol: &str, from: Option<i64>, to: Option<i64>) -> Option<Self> {
        if protocol == "-1" || protocol.eq_ignore_ascii_case("all") {
            return Some(Self::all());
        }
        let protocol = Protocol::parse(protocol)?;
        match protocol {
            Protocol::ICMP | Protocol::ICMPV6 => match (from.unwrap_or(-1), to.unwrap_or(-1)) {
                (-1, _) => Some(Self::protocol(protocol)),
                (kind, -1) => {
                    let kind = u16::from(u8::try_from(kind).ok()?) << 8;
                    Some(Self::ports(protocol, kind, kind | 0xff))
                }
                (kind, code) => {
                    let exact = u16::from(u8::try_from(kind).ok()?) << 8 | u16::from(u8::try_from(code).ok()?);
                    Some(Self::ports(protocol, exact, exact))
                }
            },
            Protocol::TCP | Protocol::UDP => match (from, to) {
                (None | Some(-1), None | Some(-1)) => Some(Self::protocol(protocol)),
                (from, to) => {
                    let (low, high) = (from.or(to)?, to.or(from)?);
                    if low > high {
                        return None;
                    }
                    Some(Self::ports(protocol, u16::try_from(low).ok()?, u16::try_from(high).ok()?))
                }
            },
            _ => Some(Self::protocol(protocol)),
        }
    }

    /// Connections in either set.
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    /// Connections of this set that are not in the other.
    pub fn subtract(&self, other: &Self) -> Self {
        Self(self.0.subtract(&other.0))
    }

    /// Connections in both sets.
    pub fn intersect(&self, other: &Self) -> Self {
        Self(self.0.intersect(&other.0))
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a port of a protocol is in the set.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.0.holds(u32::from(protocol.0) << 16 | u32::from(port))
    }

    /// One connection of the set: of TCP if it holds any, else the first.
    pub fn first(&self) -> Option<(Protocol, u16)> {
        let tcp = self.intersect(&Self::protocol(Protocol::TCP));
        let (low, _) = tcp.0.intervals().first().or_else(|| self.0.intervals().first())?;
        Some((Protocol((low >> 16) as u8), (low & 0xffff) as u16))
    }

    /// As people write them: `all`, `tcp/443`, `udp/100-200`, `icmp`, one entry an interval.
    pub fn describe(&self) -> Vec<String> {
        if *self == Self::all() {
            return vec!["all".to_owned()];
        }
        let mut out = Vec::new();
        for &(low, high) in self.0.intervals() {
            let (first, last) = ((low >> 16) as u8, (high >> 16) as u8);
            let (from, to) = ((low & 0xffff) as u16, (high & 0xffff) as u16);
            if first == last {
                out.push(describe_one(Protocol(first), from, to));
                continue;
            }
            // a part of the first protocol, whole ones between, a part of the last
            let (mut whole_first, mut whole_last) = (first, last);
            if from > 0 {
                out.push(describe_one(Protocol(first), from, u16::MAX));
                whole_first = first.saturating_add(1);
            }
            if to < u16::MAX {
                whole_last = last.saturating_sub(1);
            }
            match (whole_first, whole_last) {
                (a, b) if a > b => {}
                (a, b) if a == b => out.push(Protocol(a).to_string()),
                (a, b) => out.push(format!("protocols {a}-{b}")),
            }
            if to < u16::MAX {
                out.push(describe_one(Protocol(last), 0, to));
            }
        }
        out
    }
}

fn describe_one(protocol: Protocol, from: u16, to: u16) -> String {
    match (protocol, from, to) {
        (p, 0, u16::MAX) => p.to_string(),
        // ICMP has types and codes in the place of ports
        (p @ (Protocol::ICMP | Protocol::ICMPV6), low, high) => match (low & 0xff, high & 0xff) {
            (0, 0xff) if low >> 8 == high >> 8 => format!("{p}/{}", low >> 8),
            (0, 0xff) => format!("{p}/{}-{}", low >> 8, high >> 8),
            (code, _) if low == high => format!("{p}/{}.{code}", low >> 8),
            (from, to) => format!("{p}/{}.{from}-{}.{to}", low >> 8, high >> 8),
        },
        (p, low, high) if low == high => format!("{p}/{low}"),
        (p, low, high) => format!("{p}/{low}-{high}"),
    }
}

/// Why a text is no set of connections.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a protocol with a port, a range of ports, or nothing")]
pub struct ParseConnectionsError;

impl FromStr for Connections {
    type Err = ParseConnectionsError;

    /// Reads `all`, `tcp`, `tcp/443`, `tcp/8000-8100`, `icmp`, `icmp/8`, `icmp/8.0` or a protocol number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || ParseConnectionsError;
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::all());
        }
        let (name, rest) = text.split_once('/').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let protocol = Protocol::parse(name).ok_or_else(bad)?;
        let Some(rest) = rest else { return Ok(Self::protocol(protocol)) };
        if matches!(protocol, Protocol::ICMP | Protocol::ICMPV6) {
            let (kind, code) = rest.split_once('.').map_or((rest, None), |(kind, code)| (kind, Some(code)));
            let kind: u8 = kind.parse().map_err(|_| bad())?;
            let code = code.map(str::parse::<u8>).transpose().map_err(|_| bad())?;
            return Self::from_aws(name, Some(kind.into()), Some(code.map_or(-1, i64::from))).ok_or_else(bad);
        }
        let (low, high) = rest.split_once('-').unwrap_or((rest, rest));
        let (low, high): (u16, u16) = (low.parse().map_err(|_| bad())?, high.parse().map_err(|_| bad())?);
        if low > high { Err(bad()) } else { Ok(Self::ports(protocol, low, high)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_print_as_they_are_read() {
        for text in ["all", "tcp", "tcp/443", "udp/100-200", "icmp", "icmp/8", "icmp/8.0", "50", "sctp/9"] {
            let set: Connections = text.parse().unwrap();
            assert_eq!(set.describe(), [text], "{set:?}");
        }
        for text in ["", "tcp/", "tcp/70000", "tcp/9-1", "tpc/443", "icmp/300"] {
            assert!(text.parse::<Connections>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_left_of_all_protocols_is_told_in_few_words() {
        let rest = |text: &str| Connections::all().subtract(&text.parse().unwrap()).describe();
        assert_eq!(rest("tcp"), ["protocols 0-5", "protocols 7-255"]);
        assert_eq!(rest("tcp/443"), ["protocols 0-5", "tcp/0-442", "tcp/444-65535", "protocols 7-255"]);
        assert_eq!(rest("icmp"), ["0", "protocols 2-255"]);
    }

    #[test]
    fn aws_triples_mean_what_the_api_reference_says() {
        let text = |p, from, to| Connections::from_aws(p, from, to).map(|c| c.describe());
        assert_eq!(text("-1", Some(22), Some(22)).unwrap(), ["all"]);
        assert_eq!(text("icmp", Some(8), Some(-1)).unwrap(), ["icmp/8"]);
        assert_eq!(text("icmp", Some(-1), Some(-1)).unwrap(), ["icmp"]);
        assert_eq!(text("tcp", Some(22), Some(25)).unwrap(), ["tcp/22-25"]);
        assert_eq!(text("50", Some(1), Some(2)).unwrap(), ["50"]);
        assert_eq!(text("tcp", Some(-5), Some(70_000)), None);
    }

    #[test]
    fn the_internet_is_what_is_globally_reachable() {
        let internet = AddressSet::internet();
        let net = |text: &str| AddressSet::from_nets([&text.parse().unwrap()]);
        for outside in ["10.1.2.3/32", "172.31.0.0/16", "192.168.1.1/32", "100.64.0.0/10", "fd00::/8", "2001:db8::/32"]
        {
            assert!(!net(outside).overlaps(&internet), "{outside}");
        }
        for inside in ["8.8.8.8/32", "172.32.0.0/16", "100.128.0.0/16", "2600::/16"] {
            assert!(net(inside).subtract(&internet).is_empty(), "{inside}");
        }
        assert_eq!(net("8.0.0.0/8").public_size(), (1 << 24, 0));
        assert_eq!(net("2600::/16").public_size(), (0, 1 << 48));
    }

    #[test]
    fn blocks_come_back_as_few_as_possible() {
        let set = AddressSet::from_nets(&["10.0.0.0/9".parse().unwrap(), "10.128.0.0/9".parse().unwrap()]);
        assert_eq!(set.describe(3), ["10.0.0.0/8"]);
    }
}
