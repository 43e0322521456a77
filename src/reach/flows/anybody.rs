//! Who else may send: what nobody looked at, what lies behind gateways and entrances, and under whose address is not known.

use ipnet::IpNet;

use super::classes::Class;
use super::outside::Outside;
use crate::model::{
    AddressSet, Direction, Kind, NetworkInterface, TransitGateway, TransitGatewayAttachment, VpcPeeringConnection,
    VpnGateway, short_of,
};
use crate::reach::band::Band;
use crate::reach::guards::{Far, Tri};
use crate::reach::network::{Network, short};

/// What leads into a VPC, and how people call it.
const GATEWAYS: [(&str, &str); 3] = [
    (TransitGatewayAttachment::NAME, "attachments to transit gateways"),
    (VpcPeeringConnection::NAME, "peering connections"),
    (VpnGateway::NAME, "virtual private gateways"),
];

impl<'a> Network<'a> {
    /// Who may send into a VPC beside those who are in the sources: what nobody looked at, and what lies behind gateways
    /// whose routes nobody declares.
    pub(super) fn anybody(&self, vpc: &str) -> Vec<Outside> {
        let mut found = Vec::new();
        let listed_of = |kind: &str, vpc: &str| {
            let place = self.vpc(vpc).map(|(asset, _)| &asset.place);
            place.is_some_and(|place| self.inventory.coverage.is_listed(kind, place))
        };
        if !listed_of(NetworkInterface::NAME, vpc) {
            found.push(Outside::nobody_knows(format!("interfaces of {vpc}, which were not collected")));
        }
        for (kind, what) in GATEWAYS {
            if !listed_of(kind, vpc) {
                found.push(Outside::nobody_knows(format!("{what} of {vpc}, which were not collected")));
            }
        }
        for (_, _, body) in self.inventory.of::<TransitGatewayAttachment>() {
            if body.resource == vpc && !self.transits.contains_key(body.gateway.as_str()) {
                found.push(Outside::nobody_knows(format!("{}, which was not collected", body.gateway)));
            }
        }
        for (asset, peering) in self.peerings.values() {
            let ends = [&peering.requester, &peering.accepter];
            let dead = matches!(peering.status.as_str(), "failed" | "expired" | "rejected" | "deleted");
            let (true, false) = (ends.iter().any(|end| end.vpc == vpc), dead) else { continue };
            for far in ends.into_iter().filter(|end| end.vpc != vpc && !self.is_whole(&end.vpc)) {
                let what = format!("{} over {}, of which interfaces were not collected", far.vpc, short(asset));
                let blocks = AddressSet::from_nets(&far.cidrs);
                let addresses = Some(blocks).filter(|blocks| !blocks.is_empty());
                found.push(Outside { addresses, ..Outside::nobody_knows(what) });
            }
        }
        for (id, transit) in &self.transits {
            if !transit.attachments.iter().any(|a| a.body.resource_type == "vpc" && a.body.resource == vpc) {
                continue;
            }
            // a participant is told its own attachments, the owner all of them
            let owner = self.inventory.find::<TransitGateway>(id).map(|(_, asset, _)| &asset.place);
            let coverage = &self.inventory.coverage;
            if !owner.is_some_and(|place| coverage.is_listed(TransitGatewayAttachment::NAME, place)) {
                found.push(Outside::nobody_knows(format!("attachments of {id}, which were not collected")));
            }
            for far in &transit.attachments {
                let resource = far.body.resource.as_str();
                let declared = self.declared.iter().any(|n| n.via == far.id || n.via == short_of(resource));
                let closed = far.body.carries() == Some(false)
                    || if far.body.resource_type == "vpc" {
                        resource == vpc || self.is_whole(resource)
                    } else {
                        declared
                    };
                if !closed {
                    found.push(Outside::nobody_knows(format!("what lies behind {} of {id}", far.id)));
                }
            }
        }
        for (_, gateway, body) in self.inventory.of::<VpnGateway>() {
            let id = short(gateway);
            if body.vpcs.iter().any(|own| own == vpc) && !(0..self.declared.len()).any(|at| self.behind(at, id)) {
                found.push(Outside::nobody_knows(format!("what lies behind {id}, which `networks` does not tell")));
            }
        }
        for (_, interface) in self.of_vpc(vpc) {
            if interface.private.is_empty() && interface.prefixes.is_empty() {
                let what = format!("{}, whose addresses were not collected", short(interface.asset));
                found.push(Outside::nobody_knows(what));
            }
        }
        found.extend(self.clients_of_entrances(vpc));
        found.sort_by(|a, b| a.what.cmp(&b.what));
        found
    }

    /// Who may come by an entrance of a service under an address of their own.
    ///
    /// Source: Global Accelerator, "Client IP address preservation".
    fn clients_of_entrances(&self, vpc: &str) -> Vec<Outside> {
        let entrances = self.of_vpc(vpc).filter_map(|(at, interface)| {
            let service = interface.service.filter(|service| self.is_entrance(at, service))?;
            Some(Outside::nobody_knows(format!("clients of {service} by {}", short(interface.asset))))
        });
        entrances.collect()
    }

    /// Whether all interfaces of a VPC are in the sources, with their addresses.
    pub(super) fn is_whole(&self, vpc: &str) -> bool {
        let place = self.vpc(vpc).map(|(asset, _)| &asset.place);
        place.is_some_and(|place| self.inventory.coverage.is_listed(NetworkInterface::NAME, place))
            && self.of_vpc(vpc).all(|(_, interface)| !interface.private.is_empty() || !interface.prefixes.is_empty())
    }

    /// What a class' groups may let in from addresses of which nothing is known.
    pub(super) fn let_in_from_anybody(&self, class: &Class<'_>, addresses: Option<&AddressSet>) -> Band {
        let anybody = self.whoever_asks(class.point);
        let Some(addresses) = addresses else { return Band::unknown().and(&anybody) };
        let groups = self.interfaces.get(class.at).map(|interface| interface.groups).unwrap_or_default();
        let groups = groups.iter().filter_map(|id| self.groups.get(id.as_str()));
        let blocks: Vec<IpNet> = groups.flat_map(|group| group.blocks()).collect();
        let parts = addresses.landmarks(&blocks).into_iter().map(|address| {
            let far = Far { address: Some(address), groups: None, referral: Tri::Unknown, over: None };
            self.group_band(class.at, Direction::Ingress, &far)
        });
        Band::unknown().and(&parts.fold(Band::shut(), |all, band| all.or(&band)))
    }
}
