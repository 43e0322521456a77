//! Which addresses are the internet's, written out for the second evaluator alone.
//!
//! Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries, column "Globally Reachable"; IANA IPv4 Multicast Address
//! Space Registry; IANA IPv6 Address Space Registry, "Global Unicast". Blocks for documentation (RFC 5737, RFC 3849, RFC
//! 9637) are left out: they stand for public addresses where dumps are masked.

use std::net::IpAddr;

use super::path::longest;

/// Blocks, and whether they are reached globally: the longest one that holds an address decides.
const SPECIAL: [(&str, bool); 24] = [
    ("0.0.0.0/8", false),
    ("10.0.0.0/8", false),
    ("100.64.0.0/10", false),
    ("127.0.0.0/8", false),
    ("169.254.0.0/16", false),
    ("172.16.0.0/12", false),
    ("192.0.0.0/24", false),
    ("192.0.0.9/32", true),
    ("192.0.0.10/32", true),
    ("192.168.0.0/16", false),
    ("198.18.0.0/15", false),
    ("224.0.0.0/4", false),
    ("240.0.0.0/4", false),
    ("::/0", false),
    ("2000::/3", true),
    ("2001::/23", false),
    ("2001:1::1/128", true),
    ("2001:1::2/128", true),
    ("2001:1::3/128", true),
    ("2001:3::/32", true),
    ("2001:4:112::/48", true),
    ("2001:20::/28", true),
    ("2001:30::/28", true),
    ("2001:db8::/32", true),
];

pub(super) fn is_public(address: IpAddr) -> bool {
    longest(SPECIAL.iter().map(|(block, reached)| (*reached, *block)), address).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use ipnet::IpNet;

    use super::*;
    use crate::reach::walk;

    /// Around each edge of a block, the engine's own list says the same, but for parts that it does not tell apart.
    #[test]
    fn the_engine_means_the_same_internet() {
        let coarse: [IpNet; 3] = ["192.0.0.9/32", "192.0.0.10/32", "2001::/23"].map(|block| block.parse().unwrap());
        let mut apart = 0;
        for (block, _) in SPECIAL {
            let (low, high) = match block.parse().unwrap() {
                IpNet::V4(net) => (IpAddr::from(net.network()), IpAddr::from(net.broadcast())),
                IpNet::V6(net) => (IpAddr::from(net.network()), IpAddr::from(net.broadcast())),
            };
            let next = |address: IpAddr, by: i8| match address {
                IpAddr::V4(address) => IpAddr::from(u32::from(address).wrapping_add_signed(by.into()).to_be_bytes()),
                IpAddr::V6(address) => IpAddr::from(u128::from(address).wrapping_add_signed(by.into()).to_be_bytes()),
            };
            for address in [low, high, next(low, -1), next(high, 1)] {
                let same = is_public(address) == walk::is_public(address);
                let known = coarse.iter().any(|block| block.contains(&address));
                assert!(same || known, "{address}");
                apart += usize::from(!same);
            }
        }
        assert!(apart > 0, "nothing is coarse any more");
    }
}
