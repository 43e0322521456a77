//! Shapes that real AWS dumps have: what AWS makes by itself, and how the answers come out of shells and tools.

use serde_json::{Value, json};

use crate::support::{findings, folder, keys, zoneproof};

const PLACE: &str = "aws/111122223333/ap-northeast-2";
const CONFIG: &str = "version: 1\nzones:\n  pci: { category: cde }\n  no-pci: { category: out-of-scope }\n";

/// An estate of a PCI VPC with one subnet, and more answers, each in a file of its own.
struct Estate(tempfile::TempDir);

fn estate(answers: &[Value]) -> Estate {
    let mut files = vec![("zoneproof.yaml".to_owned(), CONFIG.to_owned())];
    let base = json!({
        "Vpcs": [vpc("vpc-1", "10.0.0.0/16", "pci")],
        "Subnets": [{ "SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "111122223333", "CidrBlock": "10.0.1.0/24" }],
        "VpcBlockPublicAccessOptions": [],
    });
    for (at, answer) in std::iter::once(&base).chain(answers).enumerate() {
        files.push((format!("{PLACE}/{at}.json"), answer.to_string()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Estate(folder(&files))
}

fn vpc(id: &str, cidr: &str, zone: &str) -> Value {
    json!({ "VpcId": id, "OwnerId": "111122223333", "CidrBlock": cidr, "Tags": [
        { "Key": "pci-zone", "Value": zone }, { "Key": "env", "Value": "prod" }] })
}

fn group(permissions: &Value, egress: &Value) -> Value {
    json!({ "SecurityGroups": [{ "GroupId": "sg-1", "GroupName": "default", "Description": "default VPC security group",
        "VpcId": "vpc-1", "OwnerId": "111122223333", "IpPermissions": permissions, "IpPermissionsEgress": egress }] })
}

fn route_table(id: &str, associations: &Value, routes: &Value) -> Value {
    json!({ "RouteTableId": id, "VpcId": "vpc-1", "OwnerId": "111122223333", "Associations": associations, "Routes": routes })
}

fn interface() -> Value {
    json!({ "NetworkInterfaces": [{ "NetworkInterfaceId": "eni-1", "OwnerId": "111122223333", "VpcId": "vpc-1",
        "SubnetId": "subnet-1", "Groups": [{ "GroupId": "sg-1" }], "PrivateIpAddress": "10.0.1.10" }] })
}

impl Estate {
    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn document(&self) -> Value {
        findings(&[self.path()]).1
    }

    /// The documents of a kind.
    fn facts(&self, kind: &str) -> Vec<Value> {
        let run = zoneproof(&["facts", self.path(), "--kind", kind]);
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What a rule says: asset and outcome.
    fn said(&self, rule: &str) -> Vec<(String, String)> {
        let all = keys(&self.document()).into_iter().filter(|(id, ..)| id == rule);
        all.map(|(_, asset, outcome)| (asset.rsplit('/').next().unwrap().to_owned(), outcome)).collect()
    }
}

fn told(asset: &str, outcome: &str) -> Vec<(String, String)> {
    vec![(asset.to_owned(), outcome.to_owned())]
}

/// What, reason and detail of all gaps.
fn gaps(document: &Value) -> Vec<(String, String, String)> {
    let text = |gap: &Value, name: &str| gap[name].as_str().unwrap().to_owned();
    let all = document["coverage"].as_array().unwrap().iter();
    all.map(|gap| (text(gap, "what"), text(gap, "reason"), text(gap, "detail"))).collect()
}

#[test]
fn a_subnet_without_a_table_of_its_own_uses_the_main_one() {
    let open = json!([{ "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active" }]);
    let main = route_table("rtb-main", &json!([{ "Main": true, "RouteTableAssociationId": "rtbassoc-1" }]), &open);
    let tables = estate(&[json!({ "RouteTables": [main] })]);
    assert_eq!(tables.said("subnet-public-in-cde"), told("subnet-1", "violation"));
    // one of its own takes the main table's place
    let own = route_table("rtb-own", &json!([{ "Main": false, "SubnetId": "subnet-1" }]), &json!([]));
    let tables = estate(&[json!({ "RouteTables": [main, own] })]);
    assert_eq!(tables.said("subnet-public-in-cde"), []);
}

#[test]
fn the_local_route_leads_nowhere_outside() {
    let main = json!([{ "Main": true }]);
    for (target, said) in [("local", vec![]), ("igw-1", told("subnet-1", "violation"))] {
        let routes = json!([{ "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active",
            "Origin": "CreateRouteTable" }, { "DestinationIpv6CidrBlock": "::/0", "GatewayId": target, "State": "active" }]);
        let tables = estate(&[json!({ "RouteTables": [route_table("rtb-1", &main, &routes)] })]);
        assert_eq!(tables.said("subnet-public-in-cde"), said, "{target}");
        assert_eq!(tables.document()["run"]["assets"]["route-table"], 1);
    }
}

#[test]
fn the_default_acl_is_read_with_its_last_entries() {
    let entry = |number: i64, egress: bool, action: &str| json!({ "CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number });
    let entries = [
        entry(100, true, "allow"),
        entry(32767, true, "deny"),
        entry(100, false, "allow"),
        entry(32767, false, "deny"),
    ];
    let acl = json!({ "NetworkAcls": [{ "NetworkAclId": "acl-1", "VpcId": "vpc-1", "OwnerId": "111122223333",
        "IsDefault": true, "Associations": [{ "SubnetId": "subnet-1" }], "Entries": entries }] });
    let acls = estate(&[acl]);
    let facts = acls.facts("network-acl");
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0]["asset"]["default"], true);
    assert_eq!(facts[0]["asset"]["entries"].as_array().unwrap().len(), 4);
    assert_eq!(acls.said("nacl-open-on-cde"), told("acl-1", "violation"));
}

#[test]
fn the_default_group_and_its_rules_are_read() {
    let own = json!([{ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": "sg-1", "UserId": "111122223333" }] }]);
    let groups = estate(&[group(&own, &json!([])), interface()]);
    assert_eq!(groups.document()["run"]["assets"]["security-group-rule"], 1);
    assert_eq!(groups.said("default-group-in-use"), told("sg-1", "violation"));
}

#[test]
fn the_default_egress_rule_is_there_when_the_dump_says_so_alone() {
    let egress = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }], "Ipv6Ranges": [],
        "PrefixListIds": [], "UserIdGroupPairs": [] }]);
    let groups = estate(&[group(&json!([]), &egress)]);
    let rules = groups.facts("security-group-rule");
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["asset"]["direction"], "egress");
    assert_eq!(rules[0]["asset"]["protocol"], "-1");
    // removed, as Terraform does it: a dump shows what is, so none is made up
    let groups = estate(&[group(&json!([]), &json!([]))]);
    assert_eq!(groups.facts("security-group-rule").len(), 0);
    assert_eq!(groups.document()["run"]["assets"]["security-group"], 1);
}

#[test]
fn wrapper_keys_lists_of_answers_and_answers_one_after_the_other() {
    let instance =
        |id: &str| json!({ "InstanceId": id, "VpcId": "vpc-1", "SubnetId": "subnet-1", "SecurityGroups": [] });
    let reserved = json!([{ "Reservations": [{ "OwnerId": "111122223333", "Instances": [instance("i-1")] }] },
        { "Instances": [instance("i-2")], "ResponseMetadata": { "RequestId": "r-1" } }, { "Widgets": [] }]);
    let folder = estate(&[reserved]);
    let two = format!(
        "{}\n{}\n",
        json!({ "Vpcs": [vpc("vpc-2", "10.2.0.0/16", "no-pci")] }),
        json!({ "Vpcs": [vpc("vpc-3", "10.3.0.0/16", "no-pci")] })
    );
    std::fs::write(folder.0.path().join(PLACE).join("two.json"), two).unwrap();
    let document = folder.document();
    assert_eq!(document["run"]["assets"]["instance"], 2);
    assert_eq!(document["run"]["assets"]["vpc"], 3);
    assert_eq!(document["skipped"], json!({ "Widgets": 1 }));
}

#[test]
fn dates_as_objects_do_not_take_their_item_with_them() {
    let date = json!({ "$date": "2026-01-02T03:04:05Z" });
    let instances = json!({ "Reservations": [{ "OwnerId": "111122223333", "Instances": [{ "InstanceId": "i-1",
        "VpcId": "vpc-1", "SubnetId": "subnet-1", "SecurityGroups": [], "LaunchTime": date }] }] });
    let gateways = json!({ "NatGateways": [{ "NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
        "State": "available", "CreateTime": date }] });
    let balancers = json!({ "LoadBalancers": [{ "LoadBalancerName": "web", "Type": "network", "Scheme": "internal",
        "LoadBalancerArn": "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/net/web/1",
        "VpcId": "vpc-1", "CreatedTime": date, "AvailabilityZones": [] }] });
    let document = estate(&[instances, gateways, balancers]).document();
    for kind in ["instance", "nat-gateway", "load-balancer"] {
        assert_eq!(document["run"]["assets"][kind], 1, "{kind}: {:#}", document["coverage"]);
    }
    assert_eq!(gaps(&document), []);
}

#[test]
fn host_bits_of_a_block_are_cleared() {
    let open =
        json!([{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "2.2.2.2/28" }] }]);
    let groups = estate(&[group(&open, &json!([]))]);
    let rules = groups.facts("security-group-rule");
    assert_eq!(rules.len(), 1);
    assert!(rules[0]["asset"].to_string().contains("2.2.2.0/28"), "{}", rules[0]);
    assert_eq!(gaps(&groups.document()), []);
}

#[test]
fn ids_with_a_colon_still_join() {
    let estate = estate(&[json!({ "Vpcs": [vpc("vpc-2:shared", "10.2.0.0/16", "pci")], "Subnets": [{
        "SubnetId": "subnet-2:a", "VpcId": "vpc-2:shared", "OwnerId": "111122223333", "CidrBlock": "10.2.1.0/24" }] })]);
    assert_eq!(gaps(&estate.document()), []);
    let subnets = estate.facts("subnet");
    let zone = |id: &str| {
        subnets.iter().find(|subnet| subnet["id"].as_str().unwrap().ends_with(id)).unwrap()["zone"]["name"].clone()
    };
    assert_eq!(zone("/subnet-2:a"), "pci");
}

#[test]
fn a_null_list_is_no_empty_answer() {
    for (answer, said) in [(json!([]), "violation"), (Value::Null, "undetermined")] {
        let logs = estate(&[json!({ "FlowLogs": answer })]);
        assert_eq!(logs.said("flow-logs-missing"), told("vpc-1", said));
    }
    let groups = estate(&[group(&Value::Null, &json!([]))]);
    let told = gaps(&groups.document());
    assert!(
        told.iter().any(|(_, reason, detail)| reason == "malformed" && detail.contains("`IpPermissions` is null")),
        "{told:?}"
    );
    assert_eq!(groups.document()["run"]["assets"]["security-group"], 1);
}

#[test]
fn routes_by_a_prefix_list_that_was_not_read_are_kept() {
    let routes = json!([{ "DestinationPrefixListId": "pl-1", "GatewayId": "igw-1", "State": "active" }]);
    let tables = estate(&[json!({ "RouteTables": [route_table("rtb-1", &json!([{ "Main": true }]), &routes)] })]);
    assert_eq!(tables.said("subnet-public-in-cde"), told("subnet-1", "violation"));
    assert_eq!(tables.facts("subnet")[0]["public_routes"], json!(["pl-1 -> igw-1"]));
}

#[test]
fn overlapping_subnets_are_all_read() {
    let subnet = |id: &str, vpc: &str, cidr: &str| json!({ "SubnetId": id, "VpcId": vpc, "OwnerId": "111122223333", "CidrBlock": cidr });
    let more = json!({ "Vpcs": [vpc("vpc-2", "10.0.0.0/16", "no-pci")],
        "Subnets": [subnet("subnet-2", "vpc-1", "10.0.1.0/25"), subnet("subnet-3", "vpc-2", "10.0.1.0/24")] });
    let estate = estate(&[more]);
    let document = estate.document();
    assert_eq!(document["run"]["assets"]["subnet"], 3);
    assert_eq!(gaps(&document), []);
    let zones: Vec<Value> = estate.facts("subnet").into_iter().map(|subnet| subnet["zone"]["name"].clone()).collect();
    assert_eq!(zones, ["pci", "pci", "no-pci"], "the VPC tells the zone, not the block");
}

#[test]
fn an_instance_whose_subnet_was_not_read_is_a_gap() {
    let instances = json!({ "Reservations": [{ "OwnerId": "111122223333", "Instances": [{ "InstanceId": "i-1",
        "VpcId": "vpc-1", "SubnetId": "subnet-9", "SecurityGroups": [] }] }] });
    let document = estate(&[instances]).document();
    assert_eq!(document["run"]["assets"]["instance"], 1);
    let told: Vec<(String, String)> = gaps(&document).into_iter().map(|(what, reason, _)| (what, reason)).collect();
    assert_eq!(told, [("subnet subnet-9".to_owned(), "not-collected".to_owned())]);
}

#[test]
fn without_route_tables_routing_is_not_known() {
    assert_eq!(estate(&[]).said("subnet-public-in-cde"), told("subnet-1", "undetermined"));
    assert_eq!(
        estate(&[json!({ "RouteTables": null })]).said("subnet-public-in-cde"),
        told("subnet-1", "undetermined")
    );
    let main = route_table("rtb-1", &json!([{ "Main": true }]), &json!([]));
    assert_eq!(estate(&[json!({ "RouteTables": [main] })]).said("subnet-public-in-cde"), []);
}

#[test]
fn a_folder_name_is_no_account() {
    let files = |owner: Value| {
        let mut vpc = vpc("vpc-1", "10.0.0.0/16", "no-pci");
        vpc["OwnerId"] = owner;
        if vpc["OwnerId"].is_null() {
            vpc.as_object_mut().unwrap().remove("OwnerId");
        }
        let text = json!({ "Vpcs": [vpc] }).to_string();
        Estate(folder(&[("zoneproof.yaml", CONFIG), ("aws/wallet-production/ap-northeast-2/vpcs.json", &text)]))
    };
    let named = files(json!("111122223333"));
    assert_eq!(named.facts("vpc")[0]["account"], "111122223333");
    let nameless = files(Value::Null);
    assert_eq!(nameless.facts("vpc")[0]["account"], Value::Null);
    let counts = &nameless.document()["run"]["assets"];
    assert_eq!((&counts["vpc"], &counts["account"]), (&json!(1), &Value::Null));
}

#[test]
fn pages_in_several_files_are_one_answer() {
    let first = json!({ "NextToken": "abc", "FlowLogs": [] });
    let last = json!({ "FlowLogs": [] });
    let whole = estate(&[first.clone(), last]);
    assert_eq!(gaps(&whole.document()), []);
    assert_eq!(whole.said("flow-logs-missing"), told("vpc-1", "violation"));
    let cut = estate(&[first]);
    let reasons: Vec<String> = gaps(&cut.document()).into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!(reasons, ["cut-short"]);
    assert_eq!(cut.said("flow-logs-missing"), told("vpc-1", "undetermined"));
}

#[test]
fn the_same_object_twice_is_one_asset() {
    let twice = group(
        &json!([{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "IpRanges": [{ "CidrIp": "10.9.0.0/16" }] }]),
        &json!([]),
    );
    let document = estate(&[twice.clone(), twice]).document();
    assert_eq!(document["run"]["assets"]["security-group"], 1);
    assert_eq!(document["run"]["assets"]["security-group-rule"], 1);
    assert_eq!(gaps(&document), []);
}
