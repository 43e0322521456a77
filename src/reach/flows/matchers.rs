//! What tells addresses apart: every block that a group, an ACL, a route or a network of the configuration names.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use prefix_trie::PrefixSet;

use crate::model::AddressSet;

/// All blocks of a network. Two addresses whose innermost block is the same are in the same blocks: blocks nest or are
/// apart.
#[derive(Debug, Default)]
pub(super) struct Matchers {
    v4: PrefixSet<Ipv4Net>,
    v6: PrefixSet<Ipv6Net>,
}

impl Matchers {
    pub fn of(blocks: impl IntoIterator<Item = IpNet>) -> Self {
        let mut all = Self::default();
        for block in blocks {
            match block.trunc() {
                IpNet::V4(net) => all.v4.insert(net),
                IpNet::V6(net) => all.v6.insert(net),
            };
        }
        all
    }

    /// The innermost block that holds an address; none where no block does.
    pub fn innermost(&self, address: IpAddr) -> Option<IpNet> {
        match address {
            IpAddr::V4(address) => self.v4.get_lpm(&Ipv4Net::from(address)).map(IpNet::V4),
            IpAddr::V6(address) => self.v6.get_lpm(&Ipv6Net::from(address)).map(IpNet::V6),
        }
    }

    /// One address of each part of a block that is told apart.
    pub fn parts(&self, block: &IpNet) -> Vec<IpAddr> {
        let inside: Vec<IpNet> = match block {
            IpNet::V4(net) => self.v4.children(net).map(IpNet::V4).collect(),
            IpNet::V6(net) => self.v6.children(net).map(IpNet::V6).collect(),
        };
        AddressSet::from_nets([block]).landmarks(&inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_around_a_hole_are_one_part() {
        let nets = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24"].map(|net| net.parse::<IpNet>().unwrap());
        let matchers = Matchers::of(nets);
        let of = |text: &str| matchers.innermost(text.parse().unwrap());
        assert_eq!(of("10.0.0.1"), of("10.2.0.1"));
        assert_eq!(of("10.1.1.1"), of("10.1.3.1"));
        assert_ne!(of("10.1.1.1"), of("10.1.2.1"));
        assert_eq!(of("192.168.0.1"), None);
        let parts = matchers.parts(&"10.1.0.0/20".parse().unwrap());
        assert!(parts.iter().any(|address| of(&address.to_string()) == of("10.1.2.9")), "{parts:?}");
    }
}
