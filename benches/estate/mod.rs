//! A synthetic estate: as many VPCs, groups and rules as asked for, alternating between a PCI and a No-PCI zone.
//!
//! Every tenth VPC is PCI. Rules refer to their own VPC's block, so that nearly all of them pass: the price of silence
//! is what is measured. Every 500th rule of a PCI group opens another VPC's block, so that findings exist.
//! [`manifests`] writes the objects of Kubernetes applications, a file each.

#![allow(dead_code, reason = "each bench and example uses its part")]

pub mod network;

use std::fmt::Write as _;
use std::path::Path;

/// How large the estate is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// VPCs, every tenth of them PCI.
    pub vpcs: usize,
    /// Groups, spread over the VPCs.
    pub groups: usize,
    /// Ingress rules of each group.
    pub rules_per_group: usize,
}

const ACCOUNT: &str = "111122223333";

fn zone(vpc: usize) -> &'static str {
    if vpc.is_multiple_of(10) { "pci" } else { "no-pci" }
}

/// The block of a VPC: a /20 each, so that thousands fit.
fn block(vpc: usize) -> String {
    format!("10.{}.{}.0/20", vpc / 16, vpc % 16 * 16)
}

/// Writes the estate as AWS CLI dumps with a configuration beside them.
pub fn write(folder: &Path, size: Size) -> std::io::Result<()> {
    let dumps = folder.join(format!("aws/{ACCOUNT}/eu-west-1"));
    std::fs::create_dir_all(&dumps)?;
    std::fs::write(
        folder.join("zoneproof.yaml"),
        "version: 1\nzones:\n  pci: { category: cde }\n  no-pci: { category: out-of-scope }\n",
    )?;
    let vpcs = (0..size.vpcs).map(|vpc| {
        format!(
            r#"{{"VpcId": "vpc-{vpc:017x}", "OwnerId": "{ACCOUNT}", "CidrBlock": "{}", "IsDefault": false, "State": "available",
      "Tags": [{{"Key": "Name", "Value": "vpc-{vpc}"}}, {{"Key": "pci-zone", "Value": "{}"}}, {{"Key": "env", "Value": "prod"}}]}}"#,
            block(vpc),
            zone(vpc)
        )
    });
    std::fs::write(dumps.join("vpcs.json"), document("Vpcs", vpcs))?;
    let groups = (0..size.groups).map(|group| {
        let vpc = group % size.vpcs;
        let permissions = (0..size.rules_per_group).map(|rule| {
            let number = group * size.rules_per_group + rule;
            let peer = if number.is_multiple_of(500) { (vpc + 1) % size.vpcs } else { vpc };
            format!(
                r#"        {{"IpProtocol": "tcp", "FromPort": {0}, "ToPort": {0}, "IpRanges": [{{"CidrIp": "{1}", "Description": "clients"}}],
         "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}}"#,
                1024 + number % 60_000,
                block(peer)
            )
        });
        format!(
            r#"{{"GroupId": "sg-{group:017x}", "GroupName": "group-{group}", "Description": "service {group}", "OwnerId": "{ACCOUNT}",
      "VpcId": "vpc-{vpc:017x}", "IpPermissions": [
{}],
      "IpPermissionsEgress": [{{"IpProtocol": "-1", "IpRanges": [{{"CidrIp": "0.0.0.0/0"}}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}}],
      "Tags": [{{"Key": "Name", "Value": "group-{group}"}}]}}"#,
            permissions.collect::<Vec<_>>().join(",\n")
        )
    });
    std::fs::write(dumps.join("security-groups.json"), document("SecurityGroups", groups))
}

fn document(key: &str, items: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    let _ = write!(out, "{{\n  \"{key}\": [\n    ");
    for (number, item) in items.enumerate() {
        if number > 0 {
            out.push_str(",\n    ");
        }
        out.push_str(&item);
    }
    out.push_str("\n  ]\n}\n");
    out
}

/// The objects that an application has, as they stand in a folder of manifests. Zone, name and number are filled in.
const OBJECTS: [(&str, &str); 5] = [
    ("deployment", include_str!("deployment.yaml")),
    ("service", include_str!("service.yaml")),
    ("service-account", include_str!("service-account.yaml")),
    ("network-policy", include_str!("network-policy.yaml")),
    ("authorization-policy", include_str!("authorization-policy.yaml")),
];

/// Writes `count` manifests, an object a file: Deployments, Services, service accounts and policies of both layers.
pub fn manifests(folder: &Path, count: usize) -> std::io::Result<()> {
    for (number, (name, text)) in OBJECTS.iter().cycle().take(count).enumerate() {
        let app = number / OBJECTS.len();
        let (cluster, namespace) = (app / 2000, app / 20);
        let folder = folder.join(format!("clusters/cluster-{cluster}/team-{namespace}"));
        std::fs::create_dir_all(&folder)?;
        let text = text.replace("NAMESPACE", &format!("team-{namespace}")).replace("APP", &format!("app-{app}"));
        std::fs::write(folder.join(format!("app-{app}-{name}.yaml")), text.replace("ZONE", zone(namespace)))?;
    }
    Ok(())
}

/// Writes what an interface of every group says, as AWS does: most of it is not kept.
pub fn interfaces(folder: &Path, size: Size) -> std::io::Result<()> {
    let interfaces = (0..size.groups).map(|group| {
        let vpc = group % size.vpcs;
        let (high, low) = (group / size.vpcs / 250, group / size.vpcs % 250 + 4);
        let address = format!("10.{}.{}.{low}", vpc / 16, vpc % 16 * 16 + high);
        format!(
            r#"{{"NetworkInterfaceId": "eni-{group:017x}", "OwnerId": "{ACCOUNT}", "VpcId": "vpc-{vpc:017x}",
      "SubnetId": "subnet-{vpc:017x}", "AvailabilityZone": "eu-west-1a", "InterfaceType": "interface", "Status": "in-use",
      "Groups": [{{"GroupId": "sg-{group:017x}", "GroupName": "group-{group}"}}], "PrivateIpAddress": "{address}",
      "PrivateIpAddresses": [{{"Primary": true, "PrivateIpAddress": "{address}"}}], "RequesterManaged": false,
      "Description": "interface of service {group}", "TagSet": [{{"Key": "Name", "Value": "node-{group}"}}]}}"#
        )
    });
    let dumps = folder.join(format!("aws/{ACCOUNT}/eu-west-1"));
    std::fs::write(dumps.join("network-interfaces.json"), document("NetworkInterfaces", interfaces))?;
    let subnets = (0..size.vpcs).map(|vpc| {
        format!(
            r#"{{"SubnetId": "subnet-{vpc:017x}", "VpcId": "vpc-{vpc:017x}", "OwnerId": "{ACCOUNT}",
      "AvailabilityZone": "eu-west-1a", "CidrBlock": "{}", "MapPublicIpOnLaunch": false, "Tags": []}}"#,
            block(vpc)
        )
    });
    std::fs::write(dumps.join("subnets.json"), document("Subnets", subnets))
}

/// Writes 25 Deployments of 40 replicas for each cluster, a file a cluster.
pub fn deployments(folder: &Path, clusters: usize) -> std::io::Result<()> {
    let (_, text) = OBJECTS[0];
    for cluster in 0..clusters {
        let path = folder.join(format!("clusters/cluster-{cluster}"));
        std::fs::create_dir_all(&path)?;
        let one = |app: usize| {
            let text = text.replace("NAMESPACE", &format!("team-{}", app % 5)).replace("APP", &format!("app-{app}"));
            text.replace("ZONE", zone(cluster)).replace("replicas: 3", "replicas: 40")
        };
        std::fs::write(path.join("deployments.yaml"), (0..25).map(one).collect::<Vec<_>>().join("---\n"))?;
    }
    Ok(())
}
