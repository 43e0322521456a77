//! Things by the blocks that they are about.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use prefix_trie::PrefixMap;

/// Numbers of things by blocks, found by addresses.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    v4: PrefixMap<Ipv4Net, Vec<usize>>,
    v6: PrefixMap<Ipv6Net, Vec<usize>>,
}

impl Blocks {
    pub fn add(&mut self, block: IpNet, what: usize) {
        let all = match block.trunc() {
            IpNet::V4(net) => self.v4.entry(net).or_default(),
            IpNet::V6(net) => self.v6.entry(net).or_default(),
        };
        all.push(what);
    }

    /// What the innermost block that holds an address is of.
    pub fn innermost(&self, address: IpAddr) -> &[usize] {
        let found = match address {
            IpAddr::V4(address) => self.v4.get_lpm(&Ipv4Net::from(address)).map(|(_, all)| all),
            IpAddr::V6(address) => self.v6.get_lpm(&Ipv6Net::from(address)).map(|(_, all)| all),
        };
        found.map_or(&[], Vec::as_slice)
    }

    /// What any block that holds an address is of.
    pub fn around(&self, address: IpAddr) -> Vec<usize> {
        match address {
            IpAddr::V4(address) => self.v4.cover(&Ipv4Net::from(address)).flat_map(|(_, all)| all).copied().collect(),
            IpAddr::V6(address) => self.v6.cover(&Ipv6Net::from(address)).flat_map(|(_, all)| all).copied().collect(),
        }
    }
}
