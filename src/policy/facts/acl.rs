//! Network ACLs: whether one guards anything at all.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::names;
use super::document::{Of, Reason, Unknown};
use crate::model::{AclEntry, AddressSet, Connections, NetworkAcl, Subnet};

/// A network ACL.
#[derive(Serialize, JsonSchema)]
pub(super) struct AclFact {
    /// Address families in which everything is let in from anywhere: `IPv4`, `IPv6`.
    open_to_all: Vec<&'static str>,
    /// Subnets in PCI DSS scope that it guards, some by name.
    subnets_in_scope: Vec<String>,
}

pub(super) fn acl(of: &Of<'_, NetworkAcl>, unknown: &mut Unknown) -> AclFact {
    let Of { context, body: acl, .. } = *of;
    let subnets: Vec<(usize, &str, &Subnet)> = acl
        .subnets
        .iter()
        .filter_map(|id| context.inventory.find::<Subnet>(id).map(|(at, asset, subnet)| (at, &*asset.id, subnet)))
        .collect();
    for id in acl.subnets.iter().filter(|id| context.inventory.find::<Subnet>(id).is_none()) {
        unknown.say("subnets_in_scope", Reason::NotInInventory, id);
    }
    let inside: Vec<_> = subnets.iter().filter(|(at, ..)| context.zones.of(*at).border.category.in_scope()).collect();
    let v6 = |net: &ipnet::IpNet| matches!(net, ipnet::IpNet::V6(_));
    let has_v6 = inside.iter().any(|(_, _, subnet)| subnet.cidrs.iter().any(v6));
    let mut open_to_all = Vec::new();
    for (family, everything, counts) in [("IPv4", "0.0.0.0/0", true), ("IPv6", "::/0", has_v6)] {
        match everything.parse().map(|net| lets_all_in(&acl.entries, &AddressSet::from_nets([&net]))) {
            Ok(Ok(true)) if counts => open_to_all.push(family),
            Ok(Err(entry)) if counts => {
                unknown.say("open_to_all", Reason::NotUnderstood, format!("entry {}", entry.number));
            }
            _ => {}
        }
    }
    AclFact { open_to_all, subnets_in_scope: names(inside.iter().map(|(_, id, _)| *id)) }
}

/// Whether entries let in everything from a whole address family before one of them denies any of it; else the entry
/// that cannot be read.
///
/// Source: VPC User Guide, "Network ACL rules": in the order of numbers the first entry that matches decides; what none
/// matches is denied.
fn lets_all_in<'a>(entries: &'a [AclEntry], family: &AddressSet) -> Result<bool, &'a AclEntry> {
    let mut rest = vec![(family.clone(), Connections::all())];
    for entry in entries.iter().filter(|entry| !entry.egress) {
        let Ok(net) = entry.cidr.parse() else { return Err(entry) };
        let addresses = AddressSet::from_nets([&net]);
        if !addresses.overlaps(family) {
            continue;
        }
        let ports = Connections::from_aws(&entry.protocol, entry.from_port, entry.to_port).ok_or(entry)?;
        let matches = rest.iter().any(|(set, left)| set.overlaps(&addresses) && !left.intersect(&ports).is_empty());
        if matches && !entry.allow {
            return Ok(false);
        }
        let cut = rest.into_iter().flat_map(|(set, left)| {
            [(set.intersect(&addresses), left.subtract(&ports)), (set.subtract(&addresses), left)]
        });
        rest = cut.filter(|(set, left)| !set.is_empty() && !left.is_empty()).collect();
        if rest.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
