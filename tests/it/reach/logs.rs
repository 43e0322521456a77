//! Flow logs against estates of which the answers are known.

use serde_json::Value;
use zoneproof::model::{
    Direction, Inventory, NetworkInterface, Peer, Protocol, SecurityGroup, SecurityGroupRule, Subnet, Vpc,
};
use zoneproof::reach::Network;
use zoneproof::reach::logs::{Observed, Record};

use super::estate::{asset, settled};
use crate::support::{Run, folder, program, root, run};

const HEADER: &str =
    "interface-id srcaddr dstaddr srcport dstport protocol tcp-flags pkt-srcaddr pkt-dstaddr end action";

fn replay(estate: &str, logs: &[String], format: &str) -> Run {
    let mut command = program();
    command.args(["reach", "--format", format]);
    for log in logs {
        command.args(["--flow-logs", log]);
    }
    run(command.arg(root().join(estate)))
}

fn items(run: &Run) -> Vec<Value> {
    let items: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(items.last().expect(&run.stderr)["what"], "summary", "{}", run.stdout);
    items
}

/// What becomes of the accepted connections of some lines: how many are of which kind.
fn becomes(estate: &str, log: &str) -> (String, String) {
    let files = folder(&[("x.log", log)]);
    let path = files.path().join("x.log").to_string_lossy().into_owned();
    let run = replay(&format!("fixtures/reach/{estate}/estate"), &[path], "json");
    let items = items(&run);
    let summary = items.last().unwrap();
    let kinds = ["agreed", "stopped_later", "unknown", "contradictions", "as_answers", "answers", "unreadable"];
    let told = kinds.iter().filter(|kind| summary[**kind] != 0).map(|kind| format!("{kind} {}", summary[*kind]));
    (told.collect::<Vec<_>>().join(", "), run.stdout)
}

#[test]
fn what_a_record_shows_depends_on_where_it_was_made() {
    let flow = |interface: &str, src: &str, dst: &str, ports: (u16, u16)| {
        format!(
            "2 111122223333 {interface} {src} {dst} {} {} 6 1 60 1763600000 1763600060 ACCEPT OK\n",
            ports.0, ports.1
        )
    };
    let flags = |interface: &str, src: &str, dst: &str, ports: (u16, u16), flags: u8| {
        format!("{interface} {src} {dst} {} {} 6 {flags} - - 1763600060 ACCEPT\n", ports.0, ports.1)
    };
    let (https, https_back) = ((50000, 443), (443, 50000));
    let cases = [
        // groups and ACLs of the sender are what a record at the sender shows
        ("internet", flow("eni-private", "10.0.1.11", "8.8.8.8", https), "agreed 1"),
        ("internet", flow("eni-bare", "10.0.0.12", "1.1.1.1", https), "stopped_later 1"),
        ("internet", flow("eni-shut", "10.0.0.13", "1.1.1.1", https), "contradictions 1"),
        ("internet", flow("eni-walled", "10.0.6.11", "8.8.8.8", https), "contradictions 1"),
        // what arrived came the whole way
        ("internet", flow("eni-shut", "1.1.1.1", "10.0.0.13", https), "contradictions 1"),
        ("internet", flow("eni-bare", "1.1.1.1", "10.0.0.12", https), "contradictions 1"),
        ("internet", flow("eni-web", "1.1.1.1", "10.0.0.11", https), "agreed 1"),
        // by whatever way: its own groups let it in
        ("routes", flow("eni-store", "10.0.3.10", "10.0.4.10", (50000, 22)), "contradictions 1"),
        ("routes", flow("eni-inspected", "10.0.3.10", "10.0.4.10", (50000, 22)), "stopped_later 1"),
        // and what was answered came back
        (
            "internet",
            format!(
                "{HEADER}\n{}{}",
                flags("eni-bare", "10.0.0.12", "1.1.1.1", https, 2),
                flags("eni-bare", "1.1.1.1", "10.0.0.12", (443, 50000), 18)
            ),
            "contradictions 1, answers 1",
        ),
        // answers imply the connection of which the log lacks the beginning: at its client it came back, at its server it arrived
        ("internet", flow("eni-bare", "1.1.1.1", "10.0.0.12", https_back), "contradictions 1, answers 1"),
        ("internet", flow("eni-shut", "10.0.0.13", "1.1.1.1", https_back), "contradictions 1, answers 1"),
        ("internet", flow("eni-web", "10.0.0.11", "1.1.1.1", https_back), "agreed 1, answers 1"),
        (
            "internet",
            format!("{HEADER}\n{}", flags("eni-bare", "1.1.1.1", "10.0.0.12", (8443, 50000), 18)),
            "contradictions 1, answers 1",
        ),
        ("internet", flow("eni-nat", "10.0.2.11", "10.0.1.11", https_back), "unknown 1, answers 1"),
        // a way back that is missing stops answers only
        ("peering", flow("eni-spoke-b", "10.1.1.10", "10.0.0.10", https_back), "stopped_later 1, answers 1"),
        ("peering", flow("eni-spoke-b", "10.0.0.10", "10.1.1.10", https), "stopped_later 1"),
        (
            "peering",
            flow("eni-hub", "10.0.0.10", "10.1.1.10", https) + &flow("eni-hub", "10.1.1.10", "10.0.0.10", (443, 50000)),
            "contradictions 1, answers 1",
        ),
        // a NAT gateway's own records: the ends are other ones
        ("internet", flow("eni-nat", "10.0.1.11", "10.0.2.11", https), "unknown 1"),
        ("internet", flow("eni-nat", "1.1.1.1", "10.0.2.11", (50000, 22)), "stopped_later 1"),
        (
            "internet",
            format!("{HEADER}\neni-nat 10.0.1.11 10.0.2.11 50000 443 6 2 10.0.1.11 8.8.8.8 1763600060 ACCEPT\n"),
            "agreed 1",
        ),
        // one address in two VPCs: the interface tells which
        ("peering", flow("eni-twin-b", "10.0.1.10", "10.5.0.10", https), "agreed 1"),
        ("peering", flow("eni-twin-a", "10.0.1.10", "10.5.0.10", https), "contradictions 1"),
        // a load balancer's groups let in what no listener takes
        ("network-load-balancers", flow("eni-nlb-open", "10.0.1.20", "10.0.1.60", (50000, 5999)), "stopped_later 1"),
        (
            "network-load-balancers",
            format!("{HEADER}\n{}", flags("eni-nlb-open", "10.0.1.60", "10.0.1.20", (5999, 50000), 18)),
            "contradictions 1, answers 1",
        ),
        // a target sees the client's address and its own port
        ("network-load-balancers", flow("eni-reference", "10.0.1.10", "10.0.1.107", (50000, 6004)), "agreed 1"),
        ("network-load-balancers", flow("eni-reference", "10.0.1.20", "10.0.1.107", (50000, 6004)), "contradictions 1"),
        // which end began is not known: both readings have to be denied
        ("groups-and-acls", flow("eni-db", "10.0.1.11", "10.0.0.11", (5432, 1024)), "as_answers 1"),
        ("groups-and-acls", flow("eni-db", "10.0.0.11", "10.0.1.11", (6379, 6379)), "contradictions 1"),
        // what is not there, or neither end's
        ("groups-and-acls", flow("eni-gone", "10.0.0.11", "10.0.1.11", (50000, 5432)), "unknown 1"),
        ("groups-and-acls", flow("eni-quiet", "10.0.0.11", "10.0.1.11", (50000, 6379)), "unknown 1"),
        ("groups-and-acls", flow("eni-app1", "10.0.0.11", "169.254.1.1", https), "unknown 1"),
        // echo, its answer, or an error about another connection
        (
            "groups-and-acls",
            "2 111122223333 eni-db 10.0.0.11 10.0.1.11 0 0 1 4 336 1763600000 1763600060 ACCEPT OK\n".to_owned(),
            "unknown 1",
        ),
    ];
    let mut wrong = Vec::new();
    for (estate, log, expected) in cases {
        let (told, out) = becomes(estate, &log);
        if told != expected {
            wrong.push(format!("{estate}: {log}expected {expected}, but {told}\n{out}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two interfaces of one subnet, of which each lets in some ports from the other, and all out.
fn neighbours(into_a: (i64, i64), into_b: (i64, i64)) -> Inventory {
    let mut assets = vec![
        asset("vpc/vpc-0", Vpc { cidrs: vec!["10.0.0.0/16".parse().unwrap()], default: false }),
        asset("subnet/subnet-0", Subnet { vpc: "vpc-0".to_owned(), ..Subnet::default() }),
    ];
    for (name, address, (low, high)) in [("a", "10.0.0.10", into_a), ("b", "10.0.0.11", into_b)] {
        let group = format!("sg-{name}");
        let rule = |direction, protocol: &str, ports: Option<(i64, i64)>| SecurityGroupRule {
            group: group.clone(),
            direction,
            protocol: protocol.to_owned(),
            from_port: ports.map(|(low, _)| low),
            to_port: ports.map(|(_, high)| high),
            peer: Peer::Cidr("10.0.0.0/16".parse().unwrap()),
            ..SecurityGroupRule::default()
        };
        let body = NetworkInterface {
            vpc: "vpc-0".to_owned(),
            subnet: "subnet-0".to_owned(),
            groups: vec![group.clone()],
            private_addresses: vec![address.parse().unwrap()],
            interface_type: "interface".to_owned(),
            ..NetworkInterface::default()
        };
        assets.push(asset(&format!("network-interface/eni-{name}"), body));
        let body = SecurityGroup { vpc: "vpc-0".to_owned(), name: group.clone(), description: String::new() };
        assets.push(asset(&format!("security-group/{group}"), body));
        let into = rule(Direction::Ingress, "6", Some((low, high)));
        assets.push(asset(&format!("security-group-rule/sgr-{name}-in"), into));
        assets.push(asset(&format!("security-group-rule/sgr-{name}-out"), rule(Direction::Egress, "-1", None)));
    }
    settled(assets)
}

/// What `eni-b` logs of packets from `eni-a`, each from port to port, without flags.
fn from_a(ports: impl Iterator<Item = (u16, u16)>) -> Observed {
    let mut observed = Observed::default();
    for (line, (src_port, dst_port)) in (1..).zip(ports) {
        let record = Record {
            interface: "eni-b".to_owned(),
            src: "10.0.0.10".parse().unwrap(),
            dst: "10.0.0.11".parse().unwrap(),
            protocol: Protocol::TCP,
            src_port,
            dst_port,
            accepted: true,
            tcp_flags: None,
            end: None,
        };
        observed.add(&record, 0, line);
    }
    observed
}

/// Of any number of ports opposite one port, the one that is denied is told, with its own line.
#[test]
fn no_port_hides_behind_many_others() {
    const LAST: u16 = 8200;
    let contradictions = |inventory: &Inventory, observed: Observed| {
        let replay = Network::new(inventory, &[]).replay(observed);
        let told = replay.contradictions.iter().map(|found| {
            let first = found.flow.seen.first;
            (first.line, first.src_port, first.dst_port, found.flow.seen.records, found.either_way)
        });
        (told.collect::<Vec<_>>(), replay.agreed, replay.as_answers, replay.undecided.len())
    };
    // a client with one port and a server with many
    let many = neighbours((1, 1), (8000, i64::from(LAST) - 1));
    let found = contradictions(&many, from_a((8000..=LAST).map(|port| (7000, port))));
    assert_eq!(found, (vec![(201, 7000, LAST, 1, true)], 200, 0, 0));
    // and answers to one port of a client, the last of a port that does not serve
    let many = neighbours((8000, i64::from(LAST) - 1), (1, 1));
    let found = contradictions(&many, from_a((8000..=LAST).map(|port| (port, 7000))));
    assert_eq!(found, (vec![(201, LAST, 7000, 1, true)], 0, 200, 0));
}

fn case(name: &str, logs: &[&str]) -> (String, Vec<String>) {
    let folder = format!("fixtures/flow-logs/{name}");
    (format!("{folder}/estate"), logs.iter().map(|log| format!("{folder}/{log}")).collect())
}

#[test]
fn an_accept_that_is_called_denied_comes_first() {
    let (estate, logs) = case("group-closed-since", &["default.log", "flags.log"]);
    let run = replay(&estate, &logs, "json");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let items = items(&run);
    let told = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap().to_owned();
        let file = text("file").rsplit('/').next().unwrap().to_owned();
        format!("{file}:{} {} {} {}", item["line"], text("interface"), text("shown"), item["either_way"])
    };
    assert_eq!(told(&items[0]), "flags.log:2 eni-app1 answered false");
    assert_eq!(told(&items[1]), "default.log:1 eni-db arrived true");
    for item in &items[..2] {
        assert_eq!(item["what"], "contradiction");
        assert_eq!(item["connections"], serde_json::json!(["tcp/5432"]));
        assert_eq!(item["answer"]["hops"][0]["by"], "sg-dbgroup");
        assert_eq!(item["records"], 2);
    }
    let summary = items.last().unwrap();
    for (name, count) in [("accepted", 8), ("rejected", 1), ("no_data", 1), ("contradictions", 2), ("stopped_later", 1)]
    {
        assert_eq!(summary[name], count, "{name}: {summary}");
    }
    // the reject that the engine agrees with is no note
    assert_eq!(items.len(), 3, "{}", run.stdout);
    let text = replay(&estate, &logs, "text");
    assert_eq!(text.code, 1);
    assert!(
        text.stdout.starts_with("ACCEPTED, BUT CALLED DENIED: 10.0.0.11 -> 10.0.1.11  tcp/5432"),
        "{}",
        text.stdout
    );
}

#[test]
fn a_log_that_agrees_tells_when_flows_were_last_seen() {
    let (estate, logs) = case("agrees", &["default.log"]);
    let run = replay(&estate, &logs, "json");
    assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
    let items = items(&run);
    let flows: Vec<&Value> = items.iter().filter(|item| item["what"] == "flow").collect();
    assert_eq!(flows[0]["last"], "2025-11-20T00:54:20Z");
    assert_eq!((&flows[0]["seen"], &flows[1]["seen"]), (&Value::Bool(true), &Value::Bool(false)));
    let rejected: Vec<&Value> = items.iter().filter(|item| item["what"] == "rejected").collect();
    assert_eq!(rejected.len(), 1, "{}", run.stdout);
    assert_eq!((&rejected[0]["src"], &rejected[0]["line"]), (&"10.0.1.12".into(), &6.into()));
}

/// AWS rejects what comes after a connection has closed: that has the ports of one that was accepted.
#[test]
fn a_reject_is_late_only_where_its_own_ports_were_accepted() {
    let log = |ports: &[(u16, &str)]| {
        let line = |(client, action): &(u16, &str)| {
            format!(
                "2 111122223333 eni-db 10.0.0.11 10.0.1.11 {client} 5432 6 1 60 1763600000 1763600060 {action} OK\n"
            )
        };
        let files = folder(&[("x.log", &ports.iter().map(line).collect::<String>())]);
        let path = files.path().join("x.log").to_string_lossy().into_owned();
        let run = replay("fixtures/flow-logs/agrees/estate", &[path], "json");
        let all = items(&run).into_iter().filter(|item| item["what"] == "rejected");
        all.map(|item| (item["src_port"].clone(), item["records"].clone(), item["also_accepted"].clone()))
            .collect::<Vec<_>>()
    };
    let told = |port: u16, records: u16, also: bool| (Value::from(port), Value::from(records), Value::from(also));
    let both = [(49152, "ACCEPT"), (49153, "REJECT"), (49152, "REJECT"), (49154, "REJECT")];
    assert_eq!(log(&both), [told(49153, 2, false), told(49152, 1, true)]);
    assert_eq!(log(&[(49153, "REJECT"), (49152, "ACCEPT")]), [told(49153, 1, false)]);
}

#[test]
fn what_cannot_be_read_is_told_and_counted() {
    let good = std::fs::read_to_string(root().join("fixtures/flow-logs/agrees/default.log")).unwrap();
    let packed = zstd::encode_all(good.as_bytes(), 3).unwrap();
    let bad = format!("{}{good}", "2 1111 eni-a ???\n".repeat(30)) + &"x".repeat(200_000) + "\n" + &good;
    let files = folder(&[("bad.log", &bad), ("packed/x.log.gz", ""), ("broken.json", "{")]);
    let path = |name: &str| files.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("x.log.zst"), packed).unwrap();
    std::fs::write(path("packed/x.log.gz"), [0x1f, 0x8b, 8, 0]).unwrap();
    let estate = "fixtures/flow-logs/agrees/estate";

    let run = replay(estate, &[path("bad.log")], "json");
    assert_eq!(run.code, 3);
    let all = items(&run);
    let summary = all.last().unwrap();
    assert_eq!((&summary["unreadable"], &summary["accepted"]), (&31.into(), &10.into()));
    let told: Vec<&Value> = all.iter().filter(|item| item["what"] == "unreadable").collect();
    assert_eq!((told.len(), &told[2]["line"]), (20, &3.into()));
    assert!(told[0]["why"].as_str().unwrap().starts_with("4 fields where the format has 14"), "{}", told[0]);

    let plain = replay(estate, &["fixtures/flow-logs/agrees/default.log".to_owned()], "json");
    let same = replay(estate, &[path("x.log.zst")], "json");
    assert_eq!((same.code, items(&same).last()), (0, items(&plain).last()));

    for (given, says) in [("packed", "gunzip"), ("none.log", "none.log")] {
        let run = replay(estate, &[path(given)], "json");
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    let mut short = program();
    short.args(["reach", "--flow-logs", "fixtures/flow-logs/agrees/default.log", estate]).arg(path("broken.json"));
    let short = crate::support::run(&mut short);
    assert!(short.code == 3 && short.stderr.contains("not read:"), "a source is short: {}", short.stderr);

    // folders are walked as those of sources are: hidden names passed over, links followed, but not in circles
    let logs = folder(&[("day/.x.log.swp", "no log"), (".cache/x.log", "no log"), ("elsewhere/x.txt", &good)]);
    let at = |name: &str| logs.path().join(name);
    std::os::unix::fs::symlink(at("elsewhere/x.txt"), at("day/x.log")).unwrap();
    let read = replay(estate, &[at("day").to_string_lossy().into_owned()], "json");
    assert_eq!((read.code, items(&read).last()), (0, items(&plain).last()));
    std::os::unix::fs::symlink(logs.path(), at("day/up")).unwrap();
    let circle = replay(estate, &[at("day").to_string_lossy().into_owned()], "json");
    assert!(circle.code == 2 && circle.stderr.contains("leads back"), "{}", circle.stderr);
    let empty = folder(&[("x.log", "")]);
    let empty = empty.path().join("x.log").to_string_lossy().into_owned();
    assert_eq!(replay(estate, &[empty], "json").code, 3);
}
