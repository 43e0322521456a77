//! The AWS network of an inventory, indexed: interfaces, what guards them, and where their traffic goes.

use std::net::IpAddr;

use foldhash::{HashMap, HashMapExt, HashSet};
use ipnet::IpNet;

use super::guards::{Acl, Group};
use super::index::Index;
use super::routes::Table;
use super::transit::{Routes, Transit};
use crate::config;
use crate::model::{
    AddressSet, Asset, Connections, EgressOnlyInternetGateway, GapReason, Instance, InternetGateway, Inventory, Kind,
    NatGateway, NetworkAcl, NetworkInterface, RouteTable, SecurityGroup, SecurityGroupRule, Subnet, TransitGateway,
    TransitGatewayAttachment, Vpc, VpcPeeringConnection, VpnGateway,
};

/// An interface: of an instance, a load balancer, a database, a gateway …
#[derive(Debug)]
pub(super) struct Interface<'a> {
    /// The interface; the instance, where its interfaces were not collected.
    pub asset: &'a Asset,
    pub vpc: &'a str,
    pub subnet: &'a str,
    pub groups: &'a [String],
    pub private: &'a [IpAddr],
    /// Prefixes that are delegated to it, for pods.
    pub prefixes: &'a [IpNet],
    pub public: &'a [IpAddr],
    /// Private and public addresses that belong together.
    pub translations: &'a [(IpAddr, IpAddr)],
    pub guard: Guard,
    /// `interface`, `nat_gateway` …
    pub interface_type: &'a str,
    /// Whether it may send under any address.
    pub forwards: bool,
    /// The service that manages it.
    pub service: Option<&'a str>,
    /// The instance that it is attached to, by its short id.
    pub instance: Option<&'a str>,
}

impl Interface<'_> {
    /// Whether an address is one of its private ones.
    pub fn bears(&self, address: IpAddr) -> bool {
        self.private.contains(&address) || self.prefixes.iter().any(|prefix| prefix.contains(&address))
    }

    pub fn is_nat(&self) -> bool {
        self.interface_type == "nat_gateway"
    }
}

/// What guards an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Its groups; with none of them nothing is known of it.
    Groups,
    /// Nothing: gateways, and network load balancers without groups.
    Nothing,
}

/// A subnet with what decides over its traffic.
#[derive(Debug)]
pub(super) struct SubnetNode<'a> {
    pub asset: &'a Asset,
    pub body: &'a Subnet,
    /// None if no table of it was collected.
    pub table: Option<Table<'a>>,
    /// None if no ACL of it was collected.
    pub acl: Option<Acl<'a>>,
}

/// A change of one rule of a group: what it is about from then on. Nothing at all takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule's id.
    pub rule: String,
    /// Other connections than it has.
    pub connections: Option<Connections>,
    /// Other addresses than it has.
    pub addresses: Option<AddressSet>,
}

/// The network of an inventory.
#[derive(Debug)]
pub struct Network<'a> {
    pub(super) inventory: &'a Inventory,
    /// Networks that the configuration declares behind gateways.
    pub(super) declared: &'a [config::Network],
    pub(super) interfaces: Vec<Interface<'a>>,
    pub(super) subnets: HashMap<&'a str, SubnetNode<'a>>,
    pub(super) groups: HashMap<&'a str, Group<'a>>,
    pub(super) transits: HashMap<&'a str, Transit<'a>>,
    /// Route tables of transit gateways, by their short ids.
    pub(super) transit_routes: HashMap<&'a str, Routes<'a>>,
    pub(super) peerings: HashMap<&'a str, (&'a Asset, &'a VpcPeeringConnection)>,
    pub(super) index: Index<'a>,
    /// Tables with an edge association, by gateway.
    pub(super) edges: HashMap<&'a str, Table<'a>>,
}

/// The last part of an ARN, as other answers refer to the resource.
pub(super) fn short(asset: &Asset) -> &str {
    asset.id.rsplit('/').next().unwrap_or(&asset.id)
}

impl<'a> Network<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory, declared: &'a [config::Network]) -> Self {
        Self::changed(inventory, declared, None)
    }

    /// Indexes an inventory as it would be with one rule of a group changed.
    pub fn with(inventory: &'a Inventory, declared: &'a [config::Network], change: &Change) -> Self {
        Self::changed(inventory, declared, Some(change))
    }

    /// How many interfaces it has.
    pub fn size(&self) -> usize {
        self.interfaces.len()
    }

    fn changed(inventory: &'a Inventory, declared: &'a [config::Network], change: Option<&Change>) -> Self {
        let mut network = Self {
            inventory,
            declared,
            interfaces: interfaces(inventory),
            subnets: HashMap::new(),
            groups: HashMap::new(),
            transits: HashMap::new(),
            transit_routes: HashMap::new(),
            peerings: inventory.of::<VpcPeeringConnection>().map(|(_, a, body)| (short(a), (a, body))).collect(),
            index: Index::default(),
            edges: HashMap::new(),
        };
        network.add_index();
        network.add_subnets();
        network.add_groups(change);
        for (_, asset, body) in inventory.of::<TransitGateway>() {
            network.transits.insert(short(asset), Transit::new(body));
        }
        for (_, asset, body) in inventory.of::<TransitGatewayAttachment>() {
            if let Some(transit) = network.transits.get_mut(body.gateway.as_str()) {
                transit.attach(asset, body);
            }
        }
        network.add_transit_routes();
        network
    }

    fn add_subnets(&mut self) {
        let inventory = self.inventory;
        let doubtful = contradicted(inventory);
        let (mut main, mut own) = (HashMap::new(), HashMap::new());
        for (_, asset, table) in inventory.of::<RouteTable>() {
            if table.main {
                main.insert(table.vpc.as_str(), (asset, table));
            }
            own.extend(table.subnets.iter().map(|subnet| (subnet.as_str(), (asset, table))));
            for gateway in &table.gateways {
                self.edges.insert(gateway, Table::new(inventory, asset, table));
            }
        }
        let mut acls = HashMap::new();
        for (_, asset, acl) in inventory.of::<NetworkAcl>() {
            acls.extend(acl.subnets.iter().map(|subnet| (subnet.as_str(), (asset, acl))));
        }
        for (_, asset, body) in inventory.of::<Subnet>() {
            let id = short(asset);
            // a table that was not collected may be this subnet's own: main is only for what no table names
            let listed = inventory.coverage.is_listed(RouteTable::NAME, &asset.place);
            let table = own.get(id).or_else(|| main.get(body.vpc.as_str()).filter(|_| listed));
            let sure = |asset: &Asset| !doubtful.contains(&*asset.id);
            let table = table.filter(|(asset, _)| sure(asset));
            let table = table.map(|(asset, table)| Table::new(inventory, asset, table));
            let acl = acls.get(id).filter(|(asset, _)| sure(asset)).map(|(asset, acl)| Acl::new(asset, acl));
            self.subnets.insert(id, SubnetNode { asset, body, table, acl });
        }
    }

    fn add_groups(&mut self, change: Option<&Change>) {
        for (_, asset, _) in self.inventory.of::<SecurityGroup>() {
            let known = self.inventory.coverage.is_listed(SecurityGroupRule::NAME, &asset.place);
            self.groups.insert(short(asset), Group::new(known));
        }
        let doubtful = contradicted(self.inventory);
        for (_, asset, rule) in self.inventory.of::<SecurityGroupRule>() {
            let group = self.groups.entry(&rule.group).or_default();
            group.add(self.inventory, asset, rule, change.filter(|change| change.rule == *asset.id));
            if doubtful.contains(&*asset.id) {
                group.doubt();
            }
        }
    }

    pub(super) fn vpc(&self, id: &str) -> Option<(&'a Asset, &'a Vpc)> {
        self.inventory.find::<Vpc>(id).map(|(_, asset, vpc)| (asset, vpc))
    }

    pub(super) fn nat(&self, id: &str) -> Option<(&'a Asset, &'a NatGateway)> {
        self.inventory.find::<NatGateway>(id).map(|(_, asset, nat)| (asset, nat))
    }

    /// Whether an internet gateway (or an egress-only one) is attached to a VPC; none if nobody looked.
    pub(super) fn attached(&self, gateway: &str, vpc: &str) -> Option<bool> {
        let igw = self.inventory.find::<InternetGateway>(gateway).map(|(_, _, body)| &body.vpcs);
        let egress = self.inventory.find::<EgressOnlyInternetGateway>(gateway).map(|(_, _, body)| &body.vpcs);
        let vgw = self.inventory.find::<VpnGateway>(gateway).map(|(_, _, body)| &body.vpcs);
        igw.or(egress).or(vgw).map(|vpcs| vpcs.iter().any(|attached| attached == vpc))
    }

    /// The internet gateway of a VPC: none inside if it surely has none, none outside if nobody looked.
    pub(super) fn internet_gateway(&self, vpc: &str) -> Option<Option<&'a Asset>> {
        let mut all = self.inventory.of::<InternetGateway>();
        if let Some((_, asset, _)) = all.find(|(_, _, body)| body.vpcs.iter().any(|attached| attached == vpc)) {
            return Some(Some(asset));
        }
        let (asset, _) = self.vpc(vpc)?;
        self.inventory.coverage.is_listed(InternetGateway::NAME, &asset.place).then_some(None)
    }
}

/// Ids of assets that two sources describe differently.
fn contradicted(inventory: &Inventory) -> HashSet<&str> {
    let gaps = inventory.coverage.gaps.iter().filter(|gap| gap.reason == GapReason::Conflict);
    gaps.map(|gap| gap.what.as_str()).collect()
}

fn interfaces(inventory: &Inventory) -> Vec<Interface<'_>> {
    let doubtful = contradicted(inventory);
    let mut all: Vec<Interface<'_>> = inventory
        .of::<NetworkInterface>()
        .map(|(_, asset, body)| {
            let open = match body.interface_type.as_str() {
                "nat_gateway" | "transit_gateway" | "gateway_load_balancer" => true,
                // Network Load Balancers guide, "Security groups": without any, all traffic to listeners is let in
                "network_load_balancer" => body.groups.is_empty(),
                _ => false,
            };
            Interface {
                asset,
                vpc: &body.vpc,
                subnet: &body.subnet,
                // of two answers that contradict each other nobody knows which tells its groups
                groups: if doubtful.contains(&*asset.id) { &[] } else { &body.groups },
                private: &body.private_addresses,
                prefixes: &body.prefixes,
                public: &body.public_addresses,
                translations: &body.translations,
                guard: if open { Guard::Nothing } else { Guard::Groups },
                interface_type: &body.interface_type,
                // what a service manages is followed as what it is
                forwards: body.forwards && body.service.is_none(),
                service: body.service.as_deref(),
                instance: body.instance.as_deref(),
            }
        })
        .collect();
    let mut attached: HashMap<&str, Vec<&IpAddr>> = HashMap::new();
    for (_, _, body) in inventory.of::<NetworkInterface>() {
        if let Some(instance) = body.instance.as_deref() {
            attached.entry(instance).or_default().extend(&body.private_addresses);
        }
    }
    for (_, asset, body) in inventory.of::<Instance>() {
        let own = attached.get(short(asset)).map(Vec::as_slice).unwrap_or_default();
        // addresses that the instance tells and none of its interfaces: they were not read, or not all of them
        let missing = body.private_addresses.iter().any(|address| !own.contains(&address));
        if !missing && !inventory.coverage.fell_short(NetworkInterface::NAME, &asset.place) {
            continue;
        }
        // of several interfaces nobody knows which bears what
        let one = own.is_empty() && body.private_addresses.iter().filter(|address| address.is_ipv4()).count() < 2;
        all.push(Interface {
            asset,
            vpc: &body.vpc,
            subnet: if one { &body.subnet } else { "" },
            groups: if one { &body.groups } else { &[] },
            private: if missing { &body.private_addresses } else { &[] },
            prefixes: &[],
            public: &body.public_addresses,
            translations: &[],
            guard: Guard::Groups,
            interface_type: "interface",
            forwards: false,
            service: None,
            instance: Some(short(asset)),
        });
    }
    all
}
