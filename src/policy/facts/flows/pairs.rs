//! All pairs of ends between which something passes or may: owners of interfaces, and addresses outside of the estate.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{AddressSet, Connections, short_of};
use crate::policy::facts::context::Context;
use crate::reach::{Clusters, Party, Place, Verdict, WorkloadPair, judged_protocols};

/// What passes from one end to another. A pair that is not listed is denied.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Pair {
    /// Where it begins.
    pub src: String,
    /// `load-balancer`, `node-group`, `instance`, `interfaces`, `workload` …; `addresses` for a range outside of the estate, `unknown`
    /// for what nobody knows the addresses of.
    pub src_kind: &'static str,
    /// Where it ends.
    pub dst: String,
    /// As `src_kind`.
    pub dst_kind: &'static str,
    /// What passes; with the verdict `unknown`, what may pass beyond that.
    pub connections: Vec<Ports>,
    /// `allowed`, or `unknown`: a row of its own.
    pub verdict: Verdict,
}

/// Ports of one protocol.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ports {
    /// `TCP`, `UDP`, `ICMP`, a protocol's number, or `All`.
    pub protocol: String,
    /// `80,90-95`; types and codes of ICMP; empty where the protocol has none or all are meant.
    pub ports: String,
}

/// An end: its kind and its name.
type End = (&'static str, String);

/// All pairs: those of the network, then those of workloads, each in the order of their names.
pub fn pairs(context: &Context<'_>, clusters: &Clusters<'_>) -> Vec<Pair> {
    let mut all = of_network(context);
    let one = clusters.is_one();
    let mut own: Vec<Pair> = clusters.pairs().iter().flat_map(|pair| of_workloads(pair, one)).collect();
    own.sort_by(|a, b| (&a.src, &a.dst, a.verdict.as_str()).cmp(&(&b.src, &b.dst, b.verdict.as_str())));
    all.extend(own);
    all
}

/// Rows of one pair: one for each two ranges of addresses outside. Workloads of one cluster need not say which.
fn of_workloads(pair: &WorkloadPair<'_, '_>, one: bool) -> Vec<Pair> {
    let ends = |place: &Place<'_, '_>| -> Vec<End> {
        match place {
            Place::Pods(pods) if one => vec![("workload", pods.name())],
            Place::Pods(pods) => vec![("workload", format!("{}/{}", pods.cluster(), pods.name()))],
            Place::Addresses(set) => ranges(set).into_iter().map(|range| ("addresses", range)).collect(),
        }
    };
    let to = ends(&pair.dst);
    let both = ends(&pair.src).into_iter().flat_map(|src| to.iter().map(move |dst| (src.clone(), dst.clone())));
    both.flat_map(|(src, dst)| rows(&src, &dst, &pair.must, &pair.may)).collect()
}

fn of_network(context: &Context<'_>) -> Vec<Pair> {
    let flows = context.reach.pairs(context.zones, &context.book);
    let outside = flows.iter().flat_map(|flow| [&flow.src, &flow.dst]).filter_map(|party| match party {
        Party::Outside(outside) => outside.addresses.as_ref(),
        Party::Interfaces { .. } => None,
    });
    // ranges that no flow tells apart, the same ones in all rows
    let blocks: BTreeSet<_> = outside.flat_map(AddressSet::to_nets).collect();
    let blocks: Vec<_> = blocks.into_iter().collect();
    let mut all: BTreeMap<(End, End), (Connections, Connections)> = BTreeMap::new();
    for flow in &flows {
        let (from, to) = (ends(context, &flow.src, &blocks), ends(context, &flow.dst, &blocks));
        for src in &from {
            for dst in to.iter().filter(|dst| *dst != src) {
                let (must, may) = all.entry((src.clone(), dst.clone())).or_default();
                (*must, *may) = (must.union(&flow.band.must), may.union(&flow.band.may));
            }
        }
    }
    all.iter().flat_map(|((src, dst), (must, may))| rows(src, dst, must, may)).collect()
}

/// A row for what passes, and one for what may beyond that.
fn rows(src: &End, dst: &End, must: &Connections, may: &Connections) -> Vec<Pair> {
    let row = |(open, verdict): (Connections, Verdict)| Pair {
        src: src.1.clone(),
        src_kind: src.0,
        dst: dst.1.clone(),
        dst_kind: dst.0,
        connections: told(&open),
        verdict,
    };
    let all = [(must.clone(), Verdict::Allowed), (may.subtract(must), Verdict::Unknown)];
    all.into_iter().filter(|(open, _)| !open.is_empty()).map(row).collect()
}

fn ends(context: &Context<'_>, party: &Party, blocks: &[ipnet::IpNet]) -> Vec<End> {
    let Party::Outside(outside) = party else {
        return context.owners().of(party).iter().map(|owner| (owner.kind, owner.id.clone())).collect();
    };
    let Some(addresses) = &outside.addresses else { return vec![("unknown", outside.what.to_string())] };
    addresses.parts(blocks).into_iter().flat_map(|(_, part)| ranges(&part)).map(|range| ("addresses", range)).collect()
}

/// Ranges `a-b`, or one address.
fn ranges(addresses: &AddressSet) -> Vec<String> {
    let mut all: Vec<(IpAddr, IpAddr)> = Vec::new();
    for net in addresses.to_nets() {
        match all.last_mut() {
            Some((_, high)) if follows(*high, net.network()) => *high = net.broadcast(),
            _ => all.push((net.network(), net.broadcast())),
        }
    }
    all.into_iter().map(|(low, high)| if low == high { low.to_string() } else { format!("{low}-{high}") }).collect()
}

fn follows(high: IpAddr, low: IpAddr) -> bool {
    match (high, low) {
        (IpAddr::V4(high), IpAddr::V4(low)) => u32::from(high).checked_add(1) == Some(low.into()),
        (IpAddr::V6(high), IpAddr::V6(low)) => u128::from(high).checked_add(1) == Some(low.into()),
        _ => false,
    }
}

/// What passes, by protocol: everything that policies judge is `All`.
fn told(open: &Connections) -> Vec<Ports> {
    if *open == judged_protocols() { ports(&Connections::all()) } else { ports(open) }
}

/// By protocol: `tcp/80` and `tcp/90-95` are `TCP` and `80,90-95`.
fn ports(open: &Connections) -> Vec<Ports> {
    let mut all: Vec<Ports> = Vec::new();
    for text in open.describe() {
        let (protocol, ports) = text.split_once('/').unwrap_or((&text, ""));
        let protocol = if protocol == "all" { "All".to_owned() } else { protocol.to_uppercase() };
        match all.last_mut().filter(|last| last.protocol == protocol) {
            Some(last) => last.ports = format!("{},{ports}", last.ports),
            None => all.push(Ports { protocol, ports: ports.to_owned() }),
        }
    }
    all
}

impl Pair {
    /// `src => dst : TCP 80,90-95`.
    pub fn text(&self) -> String {
        let said = |ports: &Ports| match (ports.protocol.as_str(), ports.ports.as_str()) {
            ("All", _) => "All Connections".to_owned(),
            (protocol, "") => protocol.to_owned(),
            (protocol, ports) => format!("{protocol} {ports}"),
        };
        let connections: Vec<String> = self.connections.iter().map(said).collect();
        let perhaps = if self.verdict == Verdict::Unknown { " (unknown)" } else { "" };
        let name = |id: &str| if id.starts_with("arn:") { short_of(id) } else { id.to_owned() };
        format!("{} => {} : {}{perhaps}", name(&self.src), name(&self.dst), connections.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_listed_by_protocol() {
        let open = ["tcp/80", "tcp/90-95", "udp"].map(|text| text.parse::<Connections>().unwrap());
        let open = open.iter().fold(Connections::default(), |all, one| all.union(one));
        let told: Vec<(String, String)> = ports(&open).into_iter().map(|p| (p.protocol, p.ports)).collect();
        assert_eq!(told, [("TCP".into(), "80,90-95".into()), ("UDP".into(), String::new())]);
        assert_eq!(ports(&Connections::all()), [Ports { protocol: "All".into(), ports: String::new() }]);
    }

    #[test]
    fn neighbouring_blocks_are_one_range() {
        let set =
            |nets: &[&str]| AddressSet::from_nets(&nets.iter().map(|net| net.parse().unwrap()).collect::<Vec<_>>());
        assert_eq!(ranges(&set(&["10.0.0.0/9", "10.128.0.0/10"])), ["10.0.0.0-10.191.255.255"]);
        assert_eq!(ranges(&set(&["10.0.0.1/32", "fd00::/127"])), ["10.0.0.1", "fd00::-fd00::1"]);
    }
}
