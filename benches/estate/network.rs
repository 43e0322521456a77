//! A synthetic network: accounts in two Regions, VPCs whose blocks overlap between transit gateways, subnets in three
//! zones, groups, load balancers, NAT gateways, endpoints, databases, nodes, peerings. Seeded, so the same each time.
//!
//! For each VPC: 6 subnets, 10 groups of 10 rules, 40 interfaces. Every twentieth VPC is PCI, every twentieth serves
//! tools, the rest is out of scope; every second of each kind is production. Every fourth VPC has IPv6.

#![allow(dead_code, clippy::indexing_slicing, reason = "each bench and example uses its part, and tables are short")]

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

/// VPCs that share a transit gateway: as many as have blocks of their own.
const SHARE: usize = 250;
const ACCOUNTS: usize = 10;
const REGIONS: [&str; 2] = ["eu-west-1", "us-west-2"];

/// A generator of numbers (Knuth's MMIX constants), so that no crate's next release changes the estate.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// Answers by account, Region and key.
type Answers = BTreeMap<(String, &'static str, &'static str), Vec<Value>>;

struct Vpc {
    number: usize,
    account: String,
    region: &'static str,
    v6: bool,
}

impl Vpc {
    fn of(number: usize) -> Self {
        // a transit gateway is one Region's
        let region = REGIONS[number / SHARE % REGIONS.len()];
        Self { number, account: format!("1111222200{:02}", number % ACCOUNTS), region, v6: number.is_multiple_of(4) }
    }

    fn id(&self, kind: &str, number: usize) -> String {
        format!("{kind}-{:012x}{number:05x}", self.number)
    }

    fn vpc(&self) -> String {
        self.id("vpc", 0)
    }

    fn zone(&self) -> &'static str {
        match self.number % 20 {
            0 => "pci",
            1 => "tools",
            _ => "no-pci",
        }
    }

    fn address(&self, subnet: usize, host: usize) -> String {
        format!("10.{}.{}.{host}", self.number % SHARE, subnet * 16)
    }

    fn gateway(&self) -> String {
        format!("tgw-{:017x}", self.number / SHARE)
    }

    /// Public addresses: of 52.0.0.0/8, since blocks for documentation are too small.
    fn public(&self, number: usize) -> String {
        format!("52.{}.{}.{}", self.number / 250, self.number % 250, number + 1)
    }

    fn arn(&self, rest: &str) -> String {
        format!("arn:aws:elasticloadbalancing:{}:{}:{rest}", self.region, self.account)
    }

    /// What interfaces of a load balancer say.
    fn door(&self, kind: &str) -> String {
        format!("ELB {kind}/name/{}", self.id("lb", 0))
    }

    /// The VPC that it is peered with: two neighbours of ten.
    fn peer(&self) -> Option<usize> {
        match self.number % 10 {
            2 => Some(self.number + 1),
            3 => Some(self.number - 1),
            _ => None,
        }
    }

    fn peering(&self) -> String {
        format!("pcx-{:017x}", self.number / 10)
    }

    fn tags(&self) -> Value {
        let environment = if (self.number / 20).is_multiple_of(2) { "prod" } else { "dev" };
        json!([{"Key": "pci-zone", "Value": self.zone()}, {"Key": "env", "Value": environment}])
    }
}

/// Writes the estate as AWS CLI dumps with a configuration beside them.
pub fn write(folder: &Path, vpcs: usize) -> std::io::Result<()> {
    let (mut all, mut dice) = (Answers::new(), Dice(20_261_125));
    for number in 0..vpcs {
        let vpc = Vpc::of(number);
        let mut add = |key: &'static str, value: Value| {
            all.entry((vpc.account.clone(), vpc.region, key)).or_default().push(value);
        };
        subnets(&vpc, &mut add);
        groups(&vpc, vpcs, &mut dice, &mut add);
        interfaces(&vpc, &mut dice, &mut add);
        joins(&vpc, vpcs, &mut add);
    }
    // what an estate has none of is told too
    for account in 0..ACCOUNTS.min(vpcs) {
        for region in REGIONS {
            for key in NONE {
                all.entry((format!("1111222200{account:02}"), region, key)).or_default();
            }
        }
    }
    for ((account, region, key), items) in all {
        let folder = folder.join(format!("aws/{account}/{region}"));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{key}.json")), serde_json::to_vec(&json!({ key: items }))?)?;
    }
    std::fs::write(folder.join("zoneproof.yaml"), CONFIG)
}

const NONE: [&str; 11] = [
    "VpnGateways",
    "VpnConnections",
    "Addresses",
    "EgressOnlyInternetGateways",
    "ServiceConfigurations",
    "VpcEndpointConnections",
    "VpcPeeringConnections",
    "TransitGateways",
    "TransitGatewayAttachments",
    "TransitGatewayVpcAttachments",
    "ManagedPrefixLists",
];

const CONFIG: &str = "version: 1
zones:
  pci: { category: cde }
  tools: { category: security-impacting }
  no-pci: { category: out-of-scope }
classify:
  zone: { tags: [pci-zone], labels: [pci-zone], values: { pci: [pci], tools: [tools], no-pci: [no-pci] } }
  environment: { tags: [env], labels: [env], values: { prod: [prod], dev: [dev] } }
";

fn subnets(vpc: &Vpc, add: &mut impl FnMut(&'static str, Value)) {
    let (id, account) = (vpc.vpc(), &vpc.account);
    let block = format!("10.{}.0.0/16", vpc.number % SHARE);
    let v6 = |text: String| match vpc.v6 {
        true => json!([{"Ipv6CidrBlock": text, "Ipv6CidrBlockState": {"State": "associated"}}]),
        false => json!([]),
    };
    let wide = format!("2a05:{:x}::/56", vpc.number);
    let association = json!([{"CidrBlock": block, "CidrBlockState": {"State": "associated"}}]);
    add(
        "Vpcs",
        json!({"VpcId": id, "OwnerId": account, "CidrBlock": block, "IsDefault": false, "State": "available", "Tags": vpc.tags(),
            "CidrBlockAssociationSet": association, "Ipv6CidrBlockAssociationSet": v6(wide.clone())}),
    );
    let gateway = vpc.id("igw", 0);
    let attachments = json!([{"VpcId": id, "State": "available"}]);
    add("InternetGateways", json!({"InternetGatewayId": gateway, "OwnerId": account, "Attachments": attachments}));
    for number in 0..6 {
        let narrow = format!("2a05:{:x}:0:{number}::/64", vpc.number);
        let zone = format!("{}{}", vpc.region, ["a", "b", "c"][number % 3]);
        add(
            "Subnets",
            json!({"SubnetId": vpc.id("subnet", number), "VpcId": id, "OwnerId": account, "AvailabilityZone": zone, "Tags": [],
                "CidrBlock": format!("{}/20", vpc.address(number, 0)), "MapPublicIpOnLaunch": false,
                "Ipv6CidrBlockAssociationSet": v6(narrow)}),
        );
    }
    let route = |target: &str, destination: &str, id: &str| json!({"DestinationCidrBlock": destination, target: id, "State": "active", "Origin": "CreateRoute"});
    let mut table = |number: usize, subnets: &[usize], out: Value| {
        let of = |subnet: &usize| json!({"SubnetId": vpc.id("subnet", *subnet), "Main": false});
        let main = (number == 0).then(|| json!({"Main": true}));
        let associations: Vec<Value> = subnets.iter().map(of).chain(main).collect();
        let mut routes =
            vec![route("GatewayId", &block, "local"), route("TransitGatewayId", "10.0.0.0/8", &vpc.gateway()), out];
        if let Some(peer) = vpc.peer() {
            let block = format!("10.{}.0.0/16", peer % SHARE);
            routes.push(route("VpcPeeringConnectionId", &block, &vpc.peering()));
        }
        if vpc.v6 {
            let origin = "CreateRouteTable";
            routes.push(
                json!({"DestinationIpv6CidrBlock": wide, "GatewayId": "local", "State": "active", "Origin": origin}),
            );
        }
        let id = vpc.id("rtb", number);
        add(
            "RouteTables",
            json!({"RouteTableId": id, "VpcId": vpc.vpc(), "OwnerId": account, "Associations": associations, "Routes": routes,
                "PropagatingVgws": [], "Tags": []}),
        );
    };
    table(0, &[0, 1, 2], route("GatewayId", "0.0.0.0/0", &gateway));
    for zone in 0..3 {
        table(1 + zone, &[3 + zone], route("NatGatewayId", "0.0.0.0/0", &vpc.id("nat", zone)));
    }
    let entry = |number: usize, egress: bool, block: &str, action: &str| json!({"RuleNumber": number, "Egress": egress, "Protocol": "-1", "CidrBlock": block, "RuleAction": action});
    let both = |number: usize, action: &str| [false, true].map(|egress| entry(number, egress, "0.0.0.0/0", action));
    let mut entries: Vec<Value> = both(100, "allow").into_iter().chain(both(32767, "deny")).collect();
    if vpc.zone() == "pci" {
        let denied =
            |number: usize| entry(number + 1, number.is_multiple_of(2), &format!("10.{}.0.0/16", 200 + number), "deny");
        entries.extend((0..8).map(denied));
    }
    let of = |subnet: usize| json!({"NetworkAclId": vpc.id("acl", 0), "SubnetId": vpc.id("subnet", subnet)});
    let associations: Vec<Value> = (0..6).map(of).collect();
    add(
        "NetworkAcls",
        json!({"NetworkAclId": vpc.id("acl", 0), "VpcId": id, "OwnerId": account, "IsDefault": true, "Tags": [],
            "Associations": associations, "Entries": entries}),
    );
}

/// Ten groups of ten rules, the one that lets everything out among them.
fn groups(vpc: &Vpc, vpcs: usize, dice: &mut Dice, add: &mut impl FnMut(&'static str, Value)) {
    const PORTS: [usize; 9] = [443, 5432, 6379, 8080, 8443, 9092, 22, 3306, 53];
    let allow = |low: usize, high: usize, key: &str, peer: Value| {
        let mut permission = json!({"IpProtocol": "tcp", "FromPort": low, "ToPort": high, "IpRanges": [], "Ipv6Ranges": [],
            "PrefixListIds": [], "UserIdGroupPairs": []});
        permission[key] = json!([peer]);
        permission
    };
    for group in 0..10 {
        let mut permission = |rule: usize| {
            let port = PORTS[(rule + dice.below(3)) % 9];
            match (group, rule) {
                (0, 0) => allow(443, 443, "IpRanges", json!({"CidrIp": "0.0.0.0/0"})),
                (0, 1) if vpc.v6 => allow(443, 443, "Ipv6Ranges", json!({"CidrIpv6": "::/0"})),
                (_, 0..4) => {
                    let peer = json!({"GroupId": vpc.id("sg", dice.below(10)), "UserId": vpc.account});
                    allow(port, port, "UserIdGroupPairs", peer)
                }
                (_, 4..8) => {
                    let block = format!("10.{}.0.0/16", vpc.number % SHARE);
                    allow(port, port, "IpRanges", json!({"CidrIp": block}))
                }
                // another VPC's block
                _ => {
                    let block = format!("10.{}.{}.0/20", dice.below(vpcs.min(SHARE)), dice.below(6) * 16);
                    allow(20_000 + dice.below(100), 20_100, "IpRanges", json!({"CidrIp": block}))
                }
            }
        };
        let permissions: Vec<Value> = (0..9).map(&mut permission).collect();
        let mut egress = json!({"IpProtocol": "-1", "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []});
        egress["IpRanges"] = json!([{"CidrIp": "0.0.0.0/0"}]);
        add(
            "SecurityGroups",
            json!({"GroupId": vpc.id("sg", group), "GroupName": format!("group-{group}"), "Description": "of a service",
                "OwnerId": vpc.account, "VpcId": vpc.vpc(), "IpPermissions": permissions, "IpPermissionsEgress": [egress],
                "Tags": []}),
        );
    }
}

/// An interface to be written.
#[derive(Default)]
struct Eni {
    subnet: usize,
    description: String,
    kind: &'static str,
    group: Option<usize>,
    public: Option<String>,
    requester: &'static str,
    instance: Option<String>,
}

/// Forty interfaces: 24 nodes, two load balancers, NAT gateways, databases, caches.
fn interfaces(vpc: &Vpc, dice: &mut Dice, add: &mut impl FnMut(&'static str, Value)) {
    let mut all: Vec<Eni> = Vec::new();
    let managed = |subnet: usize, description: String, group: Option<usize>, requester: &'static str| Eni {
        subnet,
        description,
        kind: "interface",
        group,
        requester,
        ..Eni::default()
    };
    for zone in 0..3 {
        let nat = format!("Interface for NAT Gateway {}", vpc.id("nat", zone));
        let nat = managed(zone, nat, None, "amazon-nat");
        all.push(Eni { kind: "nat_gateway", public: Some(vpc.public(zone)), ..nat });
        let app = managed(zone, vpc.door("app"), Some(0), "amazon-elb");
        all.push(Eni { public: Some(vpc.public(10 + zone)), ..app });
        all.push(managed(3 + zone, vpc.door("net"), Some(1), "amazon-elb"));
        all.push(managed(3 + zone, format!("ElastiCache cache-{zone}"), Some(6), "amazon-elasticache"));
    }
    all.extend((0..4).map(|at| managed(3 + at % 3, "RDSNetworkInterface".to_owned(), Some(5), "amazon-rds")));
    for node in 0..NODES {
        let own = managed(3 + node % 3, String::new(), Some(2 + dice.below(3)), "");
        all.push(Eni { instance: Some(vpc.id("i", node)), ..own });
    }
    for (number, eni) in all.into_iter().enumerate() {
        add("NetworkInterfaces", eni.written(vpc, number));
    }
    for node in 0..NODES {
        let instance = json!({"InstanceId": vpc.id("i", node), "VpcId": vpc.vpc(), "State": {"Name": "running"},
            "SubnetId": vpc.id("subnet", 3 + node % 3), "SecurityGroups": [], "NetworkInterfaces": [],
            "Tags": [{"Key": "eks:cluster-name", "Value": format!("cluster-{}", vpc.number)},
                {"Key": "eks:nodegroup-name", "Value": format!("pool-{}", node % 3)}]});
        add("Reservations", json!({"OwnerId": vpc.account, "Instances": [instance]}));
    }
}

const NODES: usize = 24;

impl Eni {
    fn written(&self, vpc: &Vpc, number: usize) -> Value {
        let address = vpc.address(self.subnet, 10 + number);
        let v6 = format!("2a05:{:x}:0:{}::{:x}", vpc.number, self.subnet, number + 16);
        let v6 = if vpc.v6 { json!([{"Ipv6Address": v6}]) } else { json!([]) };
        let groups: Vec<Value> = self.group.iter().map(|group| json!({"GroupId": vpc.id("sg", *group)})).collect();
        let mut value = json!({"NetworkInterfaceId": vpc.id("eni", number), "OwnerId": vpc.account, "VpcId": vpc.vpc(),
            "SubnetId": vpc.id("subnet", self.subnet), "InterfaceType": self.kind, "Status": "in-use", "Groups": groups,
            "PrivateIpAddress": address, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": address}],
            "Ipv6Addresses": v6, "SourceDestCheck": self.kind != "nat_gateway", "Description": self.description,
            "RequesterManaged": !self.requester.is_empty(), "RequesterId": self.requester, "TagSet": []});
        if let Some(public) = &self.public {
            let association = json!({"PublicIp": public, "IpOwnerId": "amazon"});
            value["PrivateIpAddresses"][0]["Association"] = association.clone();
            value["Association"] = association;
        }
        if let Some(instance) = &self.instance {
            value["Attachment"] = json!({"InstanceId": instance, "InstanceOwnerId": vpc.account, "Status": "attached"});
        }
        value
    }
}

/// What joins subnets and VPCs: NAT gateways, load balancers, attachments to the transit gateway, peerings.
fn joins(vpc: &Vpc, vpcs: usize, add: &mut impl FnMut(&'static str, Value)) {
    for zone in 0..3 {
        // interfaces are written four for each zone, the NAT gateway's first
        let address = json!([{"NetworkInterfaceId": vpc.id("eni", zone * 4), "PublicIp": vpc.public(zone),
            "PrivateIp": vpc.address(zone, 10 + zone * 4)}]);
        add(
            "NatGateways",
            json!({"NatGatewayId": vpc.id("nat", zone), "VpcId": vpc.vpc(), "SubnetId": vpc.id("subnet", zone),
                "State": "available", "ConnectivityType": "public", "NatGatewayAddresses": address, "Tags": []}),
        );
    }
    for kind in ["app", "net"] {
        let (name, target) = (
            vpc.arn(&format!("loadbalancer/{kind}/name/{}", vpc.id("lb", 0))),
            vpc.arn(&format!("targetgroup/{kind}/{}", vpc.id("tg", 0))),
        );
        let (kind_name, scheme, group, protocol) = match kind {
            "app" => ("application", "internet-facing", 0, "HTTPS"),
            _ => ("network", "internal", 1, "TCP"),
        };
        add(
            "LoadBalancers",
            json!({"LoadBalancerArn": name, "LoadBalancerName": vpc.id(kind, 0), "Scheme": scheme, "Type": kind_name,
                "VpcId": vpc.vpc(), "State": {"Code": "active"}, "SecurityGroups": [vpc.id("sg", group)],
                "AvailabilityZones": [], "IpAddressType": "ipv4"}),
        );
        let listener = name.replace(":loadbalancer/", ":listener/") + "/1";
        let forward = json!([{"Type": "forward", "TargetGroupArn": target}]);
        let listener = json!({"ListenerArn": listener, "LoadBalancerArn": name, "Port": 443, "Protocol": protocol,
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "DefaultActions": forward});
        add("LoadBalancerListeners", json!({"LoadBalancerArn": name, "Listeners": [listener]}));
        add(
            "TargetGroups",
            json!({"TargetGroupArn": target, "TargetGroupName": kind, "Protocol": protocol, "Port": 8443, "VpcId": vpc.vpc(),
                "TargetType": "instance", "LoadBalancerArns": [name]}),
        );
        let of = |node: usize| json!({"Target": {"Id": vpc.id("i", node), "Port": 8443}, "TargetHealth": {"State": "healthy"}});
        let targets: Vec<Value> = (0..8).map(of).collect();
        add("LoadBalancerTargetHealth", json!({"TargetGroupArn": target, "TargetHealthDescriptions": targets}));
    }
    let (gateway, attachment) = (vpc.gateway(), vpc.id("tgw-attach", 0));
    let table = |guarded: bool| format!("tgw-rtb-{}-{guarded}", vpc.number / SHARE);
    let guarded = vpc.zone() == "pci";
    if vpc.number.is_multiple_of(SHARE) {
        let options = json!({"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable",
            "SecurityGroupReferencingSupport": "disable"});
        let arn = format!("arn:aws:ec2:{}:{}:transit-gateway/{gateway}", vpc.region, vpc.account);
        add(
            "TransitGateways",
            json!({"TransitGatewayId": gateway, "TransitGatewayArn": arn, "OwnerId": vpc.account, "State": "available", "Options": options}),
        );
        let members = |test: &dyn Fn(&Vpc) -> bool| -> Vec<Value> {
            let all = (vpc.number..vpcs.min(vpc.number + SHARE)).map(Vpc::of).filter(test);
            all.map(|vpc| json!({"TransitGatewayAttachmentId": vpc.id("tgw-attach", 0), "ResourceType": "vpc", "State": "enabled"})).collect()
        };
        for own in [true, false] {
            let id = table(own);
            add(
                "TransitGatewayRouteTables",
                json!({"TransitGatewayRouteTableId": id, "TransitGatewayId": gateway, "State": "available"}),
            );
            // the PCI table knows PCI and tools, the other one all but PCI
            let known = members(&|vpc| vpc.zone() == "tools" || (vpc.zone() == "pci") == own);
            add(
                "TransitGatewayPropagations",
                json!({"TransitGatewayRouteTableId": id, "TransitGatewayRouteTablePropagations": known}),
            );
            add("TransitGatewayStaticRoutes", json!({"TransitGatewayRouteTableId": id, "Routes": []}));
        }
    }
    // the owner of a gateway lists all that is attached to it
    let owner = Vpc::of(vpc.number / SHARE * SHARE).account;
    let subnets: Vec<String> = (3..6).map(|subnet| vpc.id("subnet", subnet)).collect();
    let of_vpc = json!({"TransitGatewayAttachmentId": attachment, "TransitGatewayId": gateway, "VpcId": vpc.vpc(), "TransitGatewayOwnerId": owner,
        "VpcOwnerId": vpc.account, "State": "available", "SubnetIds": subnets});
    add("TransitGatewayVpcAttachments", of_vpc);
    let association = json!({"TransitGatewayRouteTableId": table(guarded), "State": "associated"});
    let any = json!({"TransitGatewayAttachmentId": attachment, "TransitGatewayId": gateway, "TransitGatewayOwnerId": owner, "ResourceOwnerId": vpc.account,
        "ResourceType": "vpc", "ResourceId": vpc.vpc(), "State": "available", "Association": association});
    add("TransitGatewayAttachments", any);
    if let Some(peer) = vpc.peer().filter(|peer| vpc.number < *peer && *peer < vpcs) {
        let side = |vpc: &Vpc| {
            let block = format!("10.{}.0.0/16", vpc.number % SHARE);
            json!({"VpcId": vpc.vpc(), "OwnerId": vpc.account, "Region": vpc.region, "CidrBlock": block, "CidrBlockSet": [{"CidrBlock": block}]})
        };
        let (own, other) = (side(vpc), side(&Vpc::of(peer)));
        add(
            "VpcPeeringConnections",
            json!({"VpcPeeringConnectionId": vpc.peering(), "Status": {"Code": "active"}, "RequesterVpcInfo": own,
                "AccepterVpcInfo": other, "Tags": []}),
        );
    }
}
