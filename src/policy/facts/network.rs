//! Joins over what VPCs hold: made once, when the first fact asks. Places in the inventory, so that they borrow nothing.

use std::net::IpAddr;

use foldhash::{HashMap, HashSet};

use super::context::Context;
use super::document::{Reason, Unknown};
use crate::model::{
    Asset, BlockPublicAccess, BlockPublicAccessExclusion, FlowLog, Instance, Inventory, Kind, NetworkInterface, Place,
    RouteTable, SecurityGroupRule, SecurityGroupVpcAssociation, Subnet, VpcEndpointConnection, VpcEndpointService,
    short_of,
};

type Places = HashMap<String, Vec<usize>>;

/// What lies where in VPCs.
#[derive(Default)]
pub(super) struct Network {
    /// Route tables by the subnet that is associated with them.
    explicit: Places,
    /// Main route tables by VPC.
    main: Places,
    subnets: Places,
    interfaces: Places,
    logs: Places,
    rules: HashMap<String, usize>,
    services: Places,
    connections: Places,
    associations: Places,
    exclusions: Places,
    /// Public addresses that interfaces bear, and those that instances do.
    borne: (HashSet<IpAddr>, HashSet<IpAddr>),
}

fn keep(places: &mut Places, key: &str, at: usize) {
    places.entry(key.to_owned()).or_default().push(at);
}

impl Network {
    pub fn of(inventory: &Inventory) -> Self {
        let mut this = Self::default();
        for (at, _, table) in inventory.of::<RouteTable>() {
            table.subnets.iter().for_each(|subnet| keep(&mut this.explicit, subnet, at));
            if table.main {
                keep(&mut this.main, &table.vpc, at);
            }
        }
        for (at, _, subnet) in inventory.of::<Subnet>() {
            keep(&mut this.subnets, &subnet.vpc, at);
        }
        for (at, _, interface) in inventory.of::<NetworkInterface>() {
            keep(&mut this.interfaces, &interface.subnet, at);
            this.borne.0.extend(&interface.public_addresses);
        }
        for (_, _, instance) in inventory.of::<Instance>() {
            this.borne.1.extend(&instance.public_addresses);
        }
        for (at, _, log) in inventory.of::<FlowLog>() {
            keep(&mut this.logs, &log.resource, at);
        }
        for (_, _, rule) in inventory.of::<SecurityGroupRule>() {
            *this.rules.entry(rule.group.clone()).or_default() += 1;
        }
        for (at, _, service) in inventory.of::<VpcEndpointService>() {
            keep(&mut this.services, &service.service, at);
        }
        for (at, _, connection) in inventory.of::<VpcEndpointConnection>() {
            keep(&mut this.connections, &connection.service, at);
        }
        for (at, _, association) in inventory.of::<SecurityGroupVpcAssociation>() {
            keep(&mut this.associations, &association.group, at);
        }
        for (at, _, exclusion) in inventory.of::<BlockPublicAccessExclusion>() {
            keep(&mut this.exclusions, &short_of(&exclusion.resource), at);
        }
        this
    }

    /// How many rules a group has.
    pub fn rules(&self, group: &str) -> usize {
        self.rules.get(group).copied().unwrap_or(0)
    }

    /// Whether an interface in the inventory bears this public address.
    pub fn on_interface(&self, address: &IpAddr) -> bool {
        self.borne.0.contains(address)
    }

    /// Whether an instance in the inventory says that it has this public address.
    pub fn on_instance(&self, address: &IpAddr) -> bool {
        self.borne.1.contains(address)
    }
}

impl<'a> Context<'a> {
    fn under<'k, K: Kind>(&'k self, places: &'k Places, key: &str) -> impl Iterator<Item = (usize, &'k Asset, &'k K)> {
        let all = places.get(key).map_or(&[][..], Vec::as_slice);
        all.iter().filter_map(|&at| {
            let asset = self.inventory.assets().get(at)?;
            Some((at, asset, K::of(&asset.body)?))
        })
    }

    /// Subnets of a VPC.
    pub(super) fn subnets(&self, vpc: &str) -> impl Iterator<Item = (usize, &Asset, &Subnet)> {
        self.under(&self.network().subnets, vpc)
    }

    /// Interfaces in a subnet.
    pub(super) fn interfaces(&self, subnet: &str) -> impl Iterator<Item = (usize, &Asset, &NetworkInterface)> {
        self.under(&self.network().interfaces, subnet)
    }

    /// Flow logs of a VPC, subnet or interface.
    pub(super) fn flow_logs(&self, resource: &str) -> impl Iterator<Item = (usize, &Asset, &FlowLog)> {
        self.under(&self.network().logs, resource)
    }

    /// The endpoint service of this name.
    pub(super) fn endpoint_service(&self, name: &str) -> Option<(usize, &Asset, &VpcEndpointService)> {
        self.under(&self.network().services, name).next()
    }

    /// Connections to an endpoint service.
    pub(super) fn endpoint_connections(
        &self,
        service: &str,
    ) -> impl Iterator<Item = (usize, &Asset, &VpcEndpointConnection)> {
        self.under(&self.network().connections, service)
    }

    /// Other VPCs that a group may be borne in.
    pub(super) fn group_associations(
        &self,
        group: &str,
    ) -> impl Iterator<Item = (usize, &Asset, &SecurityGroupVpcAssociation)> {
        self.under(&self.network().associations, group)
    }

    /// The route table that a subnet uses; none if that is not known.
    ///
    /// Source: VPC User Guide, "Subnet route tables": the explicit association, else the VPC's main table.
    pub(super) fn route_table(&self, id: &str, vpc: &str, place: &Place) -> Option<(usize, &Asset, &RouteTable)> {
        let network = self.network();
        let explicit = self.under(&network.explicit, id).next();
        // that there is no association is only known where all tables are
        explicit.or_else(|| self.under(&network.main, vpc).next().filter(|_| self.listed::<RouteTable>(place)))
    }

    /// Whether VPC Block Public Access keeps out what comes from internet gateways; none if that is not known.
    ///
    /// Source: VPC User Guide, "Block public access to VPCs and subnets": `block-ingress` and `block-bidirectional`
    /// both stop what comes in, except where an exclusion of mode `allow-bidirectional` lets it.
    pub(super) fn shut(&self, id: &str, vpc: &str, place: &Place, unknown: &mut Unknown) -> Option<bool> {
        let subnet = self.inventory.find::<Subnet>(id).and_then(|(_, _, subnet)| subnet.block_public_access.as_deref());
        let options = || {
            let all = self.inventory.of::<BlockPublicAccess>();
            let own = all
                .filter(|(_, asset, _)| (&asset.place.account, &asset.place.region) == (&place.account, &place.region));
            own.map(|(_, _, options)| options.mode.as_str()).next()
        };
        let mode = subnet.or_else(options).unwrap_or("off");
        if !matches!(mode, "block-ingress" | "block-bidirectional") {
            return Some(false);
        }
        let network = self.network();
        let opened = [id, vpc].into_iter().any(|resource| {
            let mut all = self.under::<BlockPublicAccessExclusion>(&network.exclusions, resource);
            all.any(|(_, _, e)| e.mode != "allow-egress" && !e.state.starts_with("delete"))
        });
        if opened {
            return Some(false);
        }
        if self.listed::<BlockPublicAccessExclusion>(place) {
            return Some(true);
        }
        unknown.say("blocked", Reason::EntriesNotCollected, "VpcBlockPublicAccessExclusions");
        None
    }
}
