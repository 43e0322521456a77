//! Small random estates for the reach engine: a few VPCs and all that joins and parts them.

use std::net::IpAddr;

use ipnet::IpNet;
use zoneproof::model::*;

/// Where everything stands.
pub fn place() -> Place {
    Place { account: Some("111122223333".into()), region: Some("eu-west-1".into()), ..Place::default() }
}

/// Bytes that decide; where they end, the first choice is taken, so that short inputs are plain estates.
pub struct Dice<'a>(pub std::slice::Iter<'a, u8>);

impl Dice<'_> {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % sides
    }

    pub fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 1
    }

    pub fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        let at = self.roll(all.len());
        &all[at]
    }
}

/// An inventory of which everything was listed.
pub fn settled(assets: Vec<Asset>) -> Inventory {
    let mut inventory = Inventory::default();
    inventory.extend(assets);
    for kind in ["route-table", "security-group-rule", "network-interface", "internet-gateway", "block-public-access"] {
        let Place { account, region, .. } = place();
        let listing = Listing { kind: kind.to_owned(), account, region, cluster: None };
        inventory.coverage.list(listing, Listed::Whole);
    }
    inventory.settle();
    inventory
}

pub fn asset(resource: &str, body: impl Into<Body>) -> Asset {
    let id: std::sync::Arc<str> = arn_of("ec2", "eu-west-1", "111122223333", resource).into();
    Asset {
        id: id.clone(),
        origin: Origin::Arn { arn: id },
        place: place(),
        tags: Default::default(),
        body: body.into(),
    }
}

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

const VPCS: [&str; 4] = ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.0.0.0/16"];
const BLOCKS: [&str; 9] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.1.0.0/16",
    "10.1.0.0/24",
    "10.0.1.0/24",
    "10.1.0.10/32",
    "52.0.0.0/8",
    "8.8.8.0/24",
];

/// A random estate.
pub fn estate(dice: &mut Dice<'_>) -> Inventory {
    let vpcs = 1 + dice.roll(4);
    let mut assets = Vec::new();
    for (vpc, block) in VPCS.iter().enumerate().take(vpcs) {
        assets.push(asset(&format!("vpc/vpc-{vpc}"), Vpc { cidrs: nets(&[block]), default: false }));
        groups(dice, vpc, vpcs, &mut assets);
        subnets(dice, vpc, &mut assets);
        tables(dice, vpc, vpcs, &mut assets);
        if !dice.one_in(4) {
            let attached = InternetGateway { vpcs: vec![format!("vpc-{vpc}")] };
            assets.push(asset(&format!("internet-gateway/igw-{vpc}"), attached));
        }
    }
    peerings(dice, vpcs, &mut assets);
    transit(dice, vpcs, &mut assets);
    // something that nobody collected
    for _ in 0..dice.roll(8) {
        let gone = dice.roll(assets.len());
        if !matches!(assets[gone].body.kind(), "vpc" | "subnet" | "network-interface" | "internet-gateway") {
            assets.remove(gone);
        }
    }
    settled(assets)
}

fn block(dice: &mut Dice<'_>) -> &'static str {
    BLOCKS[dice.roll(BLOCKS.len())]
}

fn ports(dice: &mut Dice<'_>) -> (&'static str, Option<i64>, Option<i64>) {
    *dice.pick(&[
        ("-1", None, None),
        ("6", Some(443), Some(443)),
        ("6", Some(0), Some(65535)),
        ("6", Some(1024), Some(65535)),
        ("17", Some(53), Some(53)),
        ("1", Some(-1), Some(-1)),
        ("1", Some(8), Some(-1)),
        ("6", Some(30000), Some(40000)),
    ])
}

fn groups(dice: &mut Dice<'_>, vpc: usize, vpcs: usize, assets: &mut Vec<Asset>) {
    for group in 0..2 {
        let id = format!("sg-{vpc}{group}");
        let body = SecurityGroup { vpc: format!("vpc-{vpc}"), name: id.clone(), description: String::new() };
        assets.push(asset(&format!("security-group/{id}"), body));
        for number in 0..1 + dice.roll(4) {
            let (protocol, from_port, to_port) = ports(dice);
            let peer = match dice.roll(4) {
                0 | 1 => Peer::Cidr(block(dice).parse().unwrap()),
                2 => Peer::Group(format!("sg-{}{}", dice.roll(vpcs), dice.roll(2))),
                _ if dice.one_in(8) => Peer::PrefixList("pl-gone".to_owned()),
                _ => Peer::Cidr("0.0.0.0/0".parse().unwrap()),
            };
            let direction = if dice.roll(2) == 0 { Direction::Ingress } else { Direction::Egress };
            let rule = SecurityGroupRule {
                group: id.clone(),
                direction,
                protocol: protocol.to_owned(),
                from_port,
                to_port,
                peer,
                peering: None,
                description: String::new(),
            };
            assets.push(asset(&format!("security-group-rule/sgr-{vpc}{group}{number}"), rule));
        }
        if dice.roll(3) != 1 {
            let all = |direction| SecurityGroupRule {
                group: id.clone(),
                direction,
                protocol: "-1".to_owned(),
                peer: Peer::Cidr("0.0.0.0/0".parse().unwrap()),
                ..SecurityGroupRule::default()
            };
            assets.push(asset(&format!("security-group-rule/sgr-{vpc}{group}out"), all(Direction::Egress)));
            if dice.roll(2) == 0 {
                assets.push(asset(&format!("security-group-rule/sgr-{vpc}{group}in"), all(Direction::Ingress)));
            }
        }
    }
}

fn subnets(dice: &mut Dice<'_>, vpc: usize, assets: &mut Vec<Asset>) {
    let home = VPCS[vpc].trim_end_matches("0.0/16").to_owned();
    for number in 0..2 {
        let subnet = format!("subnet-{vpc}{number}");
        let body = Subnet {
            vpc: format!("vpc-{vpc}"),
            cidrs: nets(&[&format!("{home}{number}.0/24")]),
            availability_zone: ["eu-west-1a", "eu-west-1b"][number].to_owned(),
            ..Subnet::default()
        };
        assets.push(asset(&format!("subnet/{subnet}"), body));
        for interface in 0..1 + dice.roll(2) {
            let address = |text: String| text.parse::<IpAddr>().unwrap();
            let mut groups = vec![format!("sg-{vpc}{}", dice.roll(2))];
            if dice.one_in(3) {
                groups.push(format!("sg-{vpc}{}", dice.roll(2)));
            }
            let public = dice.one_in(2).then(|| address(format!("52.{vpc}.{number}.{}", 10 + interface)));
            let body = NetworkInterface {
                vpc: format!("vpc-{vpc}"),
                subnet: subnet.clone(),
                groups,
                private_addresses: vec![address(format!("{home}{number}.{}", 10 + interface))],
                public_addresses: public.into_iter().collect(),
                interface_type: "interface".to_owned(),
                ..NetworkInterface::default()
            };
            assets.push(asset(&format!("network-interface/eni-{vpc}{number}{interface}"), body));
        }
        let mut entries: Vec<AclEntry> = Vec::new();
        for egress in [false, true] {
            for number in 0..dice.roll(3) {
                let (protocol, from_port, to_port) = ports(dice);
                let (cidr, allow) = (block(dice).to_owned(), dice.roll(2) == 0);
                let number = 10 + number as i64;
                entries.push(AclEntry {
                    egress,
                    number,
                    protocol: protocol.to_owned(),
                    cidr,
                    from_port,
                    to_port,
                    allow,
                });
            }
            // as AWS lists it: what nothing matches is denied
            let (protocol, cidr) = ("-1".to_owned(), "0.0.0.0/0".to_owned());
            entries.push(AclEntry {
                egress,
                number: 32767,
                protocol,
                cidr,
                from_port: None,
                to_port: None,
                allow: false,
            });
            if !dice.one_in(4) {
                let (protocol, cidr) = ("-1".to_owned(), "0.0.0.0/0".to_owned());
                entries.push(AclEntry {
                    egress,
                    number: 100,
                    protocol,
                    cidr,
                    from_port: None,
                    to_port: None,
                    allow: true,
                });
            }
        }
        let acl = NetworkAcl { vpc: format!("vpc-{vpc}"), default: false, subnets: vec![subnet], entries };
        assets.push(asset(&format!("network-acl/acl-{vpc}{number}"), acl));
    }
    if dice.one_in(2) {
        let body = NatGateway {
            vpc: format!("vpc-{vpc}"),
            subnet: format!("subnet-{vpc}0"),
            connectivity: "public".to_owned(),
            state: "available".to_owned(),
            interfaces: vec![format!("eni-{vpc}nat")],
            ..NatGateway::default()
        };
        assets.push(asset(&format!("natgateway/nat-{vpc}"), body));
        let door = NetworkInterface {
            vpc: format!("vpc-{vpc}"),
            subnet: format!("subnet-{vpc}0"),
            private_addresses: vec![format!("{home}0.200").parse().unwrap()],
            public_addresses: vec![format!("52.{vpc}.0.200").parse().unwrap()],
            interface_type: "nat_gateway".to_owned(),
            requester_managed: true,
            service: Some("nat-gateway".to_owned()),
            ..NetworkInterface::default()
        };
        assets.push(asset(&format!("network-interface/eni-{vpc}nat"), door));
    }
}

fn tables(dice: &mut Dice<'_>, vpc: usize, vpcs: usize, assets: &mut Vec<Asset>) {
    let route = |destination: &str, target: &str, state: &str| Route {
        destination: destination.to_owned(),
        target: target.to_owned(),
        state: state.to_owned(),
        source: "CreateRoute".to_owned(),
    };
    for number in 0..2 {
        let mut routes = vec![route(VPCS[vpc], "local", "active")];
        match dice.roll(4) {
            0 => {}
            1 => routes.push(route("0.0.0.0/0", &format!("nat-{vpc}"), "active")),
            2 if dice.one_in(3) => routes.push(route("0.0.0.0/0", "tgw-0", "active")),
            _ => routes.push(route("0.0.0.0/0", &format!("igw-{vpc}"), "active")),
        }
        let others: Vec<usize> = (0..vpcs).filter(|other| VPCS[*other] != VPCS[vpc]).collect();
        for other in others {
            let peering = format!("pcx-{}{}", vpc.min(other), vpc.max(other));
            let target = match dice.roll(5) {
                0 => continue,
                1 | 2 => peering,
                3 => "tgw-0".to_owned(),
                _ => ["eni-middlebox", "vgw-0", ""][dice.roll(3)].to_owned(),
            };
            let state = if target.is_empty() { "blackhole" } else { "active" };
            let destination =
                if dice.one_in(4) { VPCS[other].replace(".0.0/16", ".0.0/24") } else { VPCS[other].to_owned() };
            routes.push(route(&destination, &target, state));
        }
        routes.sort();
        routes.dedup_by(|a, b| a.destination == b.destination);
        let body = RouteTable {
            vpc: format!("vpc-{vpc}"),
            main: number == 0,
            subnets: if number == 1 { vec![format!("subnet-{vpc}1")] } else { vec![] },
            gateways: vec![],
            routes,
        };
        assets.push(asset(&format!("route-table/rtb-{vpc}{number}"), body));
    }
}

fn peerings(dice: &mut Dice<'_>, vpcs: usize, assets: &mut Vec<Asset>) {
    for a in 0..vpcs {
        for b in a + 1..vpcs {
            let side = |vpc: usize, region: &str| PeeringSide {
                vpc: format!("vpc-{vpc}"),
                account: "111122223333".to_owned(),
                region: region.to_owned(),
                cidrs: nets(&[VPCS[vpc]]),
            };
            let status = if dice.one_in(5) { "pending-acceptance" } else { "active" };
            let there = if dice.one_in(5) { "us-east-1" } else { "eu-west-1" };
            let (requester, accepter) = (side(a, "eu-west-1"), side(b, there));
            let body = VpcPeeringConnection { status: status.to_owned(), requester, accepter };
            assets.push(asset(&format!("vpc-peering-connection/pcx-{a}{b}"), body));
        }
    }
}

fn transit(dice: &mut Dice<'_>, vpcs: usize, assets: &mut Vec<Asset>) {
    let gateway = TransitGateway {
        state: "available".to_owned(),
        description: String::new(),
        security_group_referencing: dice.one_in(2),
    };
    assets.push(asset("transit-gateway/tgw-0", gateway));
    let mut propagations = Vec::new();
    for vpc in 0..vpcs {
        let subnets = match dice.roll(3) {
            0 => vec![format!("subnet-{vpc}0"), format!("subnet-{vpc}1")],
            number => vec![format!("subnet-{vpc}{}", number - 1)],
        };
        let body = TransitGatewayAttachment {
            gateway: "tgw-0".to_owned(),
            resource_type: "vpc".to_owned(),
            resource: format!("vpc-{vpc}"),
            resource_account: "111122223333".to_owned(),
            state: "available".to_owned(),
            subnets,
            route_table: Some("tgw-rtb-0".to_owned()),
        };
        // two attachments with one block would be two equal routes
        if vpc != 3 && !dice.one_in(4) {
            propagations.push(format!("tgw-attach-{vpc}"));
        }
        assets.push(asset(&format!("transit-gateway-attachment/tgw-attach-{vpc}"), body));
    }
    let mut routes = Vec::new();
    if dice.one_in(2) {
        let to = dice.roll(vpcs);
        let (destination, state) = (block(dice).to_owned(), *dice.pick(&["active", "blackhole"]));
        let target = if state == "active" { format!("tgw-attach-{to}") } else { String::new() };
        routes.push(Route { destination, target, state: state.to_owned(), source: "static".to_owned() });
    }
    let body = TransitGatewayRouteTable {
        gateway: "tgw-0".to_owned(),
        routes: Some(routes),
        propagations: Some(propagations),
    };
    assets.push(asset("transit-gateway-route-table/tgw-rtb-0", body));
}
