//! From the file's shape to a [`Config`], with every problem reported.

use ipnet::IpNet;
use jiff::civil::Date;

use super::decode::{At, Problem, suggest};
use super::{Assign, Category, Classifier, Config, End, Flow, Matcher, Requires, Zone, raw};
use crate::model::{AddressSet, Connections, Severity, Spot};

/// What holds where `classify` leaves an aspect out.
const DEFAULT_ZONE: [(&str, &[&str]); 2] = [("pci", &["pci", "cde"]), ("no-pci", &["no-pci", "no pci", "nopci"])];
const DEFAULT_ENVIRONMENT: [(&str, &[&str]); 2] =
    [("prod", &["prod", "production"]), ("dev", &["dev", "development", "staging"])];

struct Check<'a> {
    problems: &'a mut Vec<Problem>,
}

pub(super) fn validate(file: &str, raw: raw::File, problems: &mut Vec<Problem>) -> Option<Config> {
    let mut check = Check { problems };
    if let Some(version) = raw.version.0.filter(|version| version.value != 1) {
        let message = format!("version `{}` of the format", version.value);
        check.say(version.spot, message, "this release reads version 1");
    }
    let zones = check.zones(raw.zones.0.unwrap_or_default());
    let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
    let zone = check.aspect(raw.classify.zone, "pci-zone", &DEFAULT_ZONE, Some(&names));
    let environment = check.aspect(raw.classify.environment, "env", &DEFAULT_ENVIRONMENT, None);
    let mut environments: Vec<String> = environment.values.iter().map(|(_, meant)| meant.clone()).collect();
    environments.dedup();
    let flows = check.flows(raw.flows, &names, &environments);
    let fail_on = raw.fail_on.and_then(|at| check.parse::<Severity>(&at, "use critical, high, medium, low or info"));
    Some(Config {
        file: Some(file.to_owned()),
        zones,
        zone,
        environment,
        flows,
        fail_on: fail_on.unwrap_or(Severity::High),
        files: raw.sources.files,
    })
}

impl Check<'_> {
    fn say(&mut self, spot: Spot, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(message, spot).help(help));
    }

    fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, at: &At<String>, help: &str) -> Option<T> {
        let parsed = at.value.parse();
        parsed.map_err(|error| self.say(at.spot, format!("`{}` cannot be read: {error}", at.value), help)).ok()
    }

    fn zones(&mut self, raw: super::decode::Table<raw::Zone>) -> Vec<Zone> {
        let mut zones: Vec<Zone> = Vec::new();
        let mut taken: Vec<(String, AddressSet)> = Vec::new();
        for (name, zone) in raw.0 {
            let known: Vec<&str> = Category::NAMES.iter().map(|(name, _)| *name).collect();
            let category = zone.category.0.and_then(|written| {
                let found = Category::NAMES.iter().find(|(name, _)| *name == written.value).map(|(_, c)| *c);
                if found.is_none() {
                    let help = suggest(&written.value, &known);
                    self.say(written.spot, format!("unknown category `{}`", written.value), help);
                }
                found
            });
            let mut cidrs = Vec::new();
            for at in &zone.cidrs {
                let Some(net) = self.cidr(at) else { continue };
                let set = AddressSet::from_nets([&net]);
                if let Some((other, _)) =
                    taken.iter().find(|(other, theirs)| *other != name.value && theirs.overlaps(&set))
                {
                    self.say(
                        at.spot,
                        format!("`{net}` overlaps addresses of zone `{other}`"),
                        "an address is in one zone",
                    );
                }
                taken.push((name.value.clone(), set));
                cidrs.push(net);
            }
            let category = category.unwrap_or(Category::External);
            zones.push(Zone {
                title: zone.title.unwrap_or_else(|| name.value.clone()),
                name: name.value,
                category,
                cidrs,
            });
        }
        zones
    }

    fn cidr(&mut self, at: &At<String>) -> Option<IpNet> {
        let net: IpNet = self.parse(at, "write a block such as `10.0.0.0/16`")?;
        if net != net.trunc() {
            self.say(at.spot, format!("`{net}` has host bits set"), format!("write `{}`", net.trunc()));
        }
        Some(net.trunc())
    }

    /// `names` are what values may stand for; none: whatever `values` lists.
    fn aspect(
        &mut self,
        raw: Option<raw::Aspect>,
        key: &str,
        defaults: &[(&str, &[&str])],
        names: Option<&[&str]>,
    ) -> Classifier {
        let Some(raw) = raw else {
            let known = defaults.iter().filter(|(name, _)| names.is_none_or(|names| names.contains(name)));
            let values = known.flat_map(|(name, all)| all.iter().map(|v| ((*v).to_owned(), (*name).to_owned())));
            let mut values: Vec<(String, String)> = values.collect();
            add_own_names(&mut values, names);
            return Classifier { tags: vec![key.to_owned()], labels: vec![key.to_owned()], values, assign: vec![] };
        };
        let mut values: Vec<(String, String)> = Vec::new();
        for (name, written) in raw.values.0 {
            if let Some(names) = names
                && !names.contains(&name.value.as_str())
            {
                self.say(name.spot, format!("unknown zone `{}`", name.value), suggest(&name.value, names));
            }
            for text in written {
                let lower = text.value.to_lowercase();
                match values.iter().find(|(known, _)| *known == lower) {
                    Some((_, other)) if *other != name.value => {
                        let message = format!("`{}` stands for `{other}` already", text.value);
                        self.say(text.spot, message, "a value stands for one zone or environment");
                    }
                    _ => values.push((lower, name.value.clone())),
                }
            }
            let own = name.value.to_lowercase();
            if values.iter().all(|(known, _)| *known != own) {
                values.push((own, name.value));
            }
        }
        add_own_names(&mut values, names);
        let mut listed: Vec<String> = values.iter().map(|(_, meant)| meant.clone()).collect();
        listed.dedup();
        let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
        let known = names.unwrap_or(&listed);
        let assign = raw.assign.into_iter().filter_map(|assign| self.assign(assign, names.is_some(), known)).collect();
        Classifier { tags: raw.tags, labels: raw.labels, values, assign }
    }

    fn assign(&mut self, raw: raw::Assign, zone: bool, known: &[&str]) -> Option<Assign> {
        let (value, other, name) =
            if zone { (raw.zone, raw.environment, "zone") } else { (raw.environment, raw.zone, "environment") };
        if let Some(other) = other {
            self.say(other.spot, format!("an assignment here gives the {name} only"), "move it to the other aspect");
        }
        let Some(value) = value else {
            let spot = raw.r#match.0.map_or(Spot { line: 1, column: 1 }, |at| at.spot);
            self.say(spot, format!("the assignment names no {name}"), format!("add `{name}: …`"));
            return None;
        };
        if !known.contains(&value.value.as_str()) {
            self.say(value.spot, format!("unknown {name} `{}`", value.value), suggest(&value.value, known));
        }
        let At { value: m, spot } = raw.r#match.0?;
        let matcher =
            Matcher { account: m.account, vpc: m.vpc, cluster: m.cluster, namespace: m.namespace, asset: m.asset };
        if matcher == Matcher::default() {
            self.say(spot, "a match that names nothing", "name an account, vpc, cluster, namespace or asset");
        }
        Some(Assign { value: value.value, matcher, line: value.spot.line })
    }

    fn flows(&mut self, raw: Vec<raw::Flow>, zones: &[&str], environments: &[String]) -> Vec<Flow> {
        let mut ids: Vec<At<String>> = Vec::new();
        let mut flows = Vec::new();
        for flow in raw {
            if let Some(id) = flow.id.0.clone() {
                if let Some(twin) = ids.iter().find(|known| known.value == id.value) {
                    let message = format!("flow `{}` stands twice, first on line {}", id.value, twin.spot.line);
                    self.say(id.spot, message, "give each flow an id of its own");
                }
                ids.push(id);
            }
            flows.extend(self.flow(flow, zones, environments));
        }
        flows
    }

    fn flow(&mut self, raw: raw::Flow, zones: &[&str], environments: &[String]) -> Option<Flow> {
        if let (Some(owner), Some(approver)) = (&raw.owner.0, &raw.approved_by.0)
            && owner.value == approver.value
        {
            let message = format!("`{}` owns the flow and approves it", owner.value);
            self.say(approver.spot, message, "an approval is somebody else's (PCI DSS 1.2.5)");
        }
        let from = raw.from.0.and_then(|at| self.end(at, zones, environments));
        let to_spot = raw.to.0.as_ref().map(|at| at.spot);
        let to = raw.to.0.and_then(|at| self.end(at, zones, environments));
        if let (Some(from), Some(to), Some(spot)) = (&from, &to, to_spot) {
            if *from == End::Internet && *to == End::Internet {
                self.say(spot, "both ends are `internet`", "one end is the company's");
            }
            self.same_zone(from, to, spot);
        }
        let listed = raw.connections.0.as_ref();
        if let Some(list) = listed.filter(|list| list.value.is_empty()) {
            self.say(list.spot, "a flow without connections", "name them: `[tcp/443]`");
        }
        let help = "write `tcp/443`, `udp/100-200`, `icmp`, a protocol's number or `all`";
        let connections =
            listed.into_iter().flat_map(|list| &list.value).filter_map(|at| self.parse::<Connections>(at, help));
        let connections = connections.fold(Connections::default(), |all, one| all.union(&one));
        let approved = raw.approved.0.as_ref().and_then(|at| self.date(at));
        let reviewed = raw.reviewed.as_ref().and_then(|at| self.date(at));
        let expires = raw.expires.0.as_ref().and_then(|at| self.date(at));
        if let (Some(approved), Some(expires), Some(at)) = (approved, expires, &raw.expires.0)
            && expires < approved
        {
            self.say(at.spot, "it expires before it was approved", "mend one of the dates");
        }
        if let (Some(approved), Some(reviewed), Some(at)) = (approved, reviewed, &raw.reviewed)
            && reviewed < approved
        {
            self.say(at.spot, "it was reviewed before it was approved", "mend one of the dates");
        }
        let requires = raw.requires.unwrap_or_default();
        let requires = Requires {
            mtls: requires.mtls,
            principals: requires.principals,
            methods: requires.methods,
            paths: requires.paths,
            hosts: requires.hosts,
        };
        let id = raw.id.0?;
        Some(Flow { line: id.spot.line, id: id.value, from: from?, to: to?, connections, requires, expires: expires? })
    }

    /// Production and development of one zone are apart too: a flow inside a zone must say which environments it joins.
    fn same_zone(&mut self, from: &End, to: &End, spot: Spot) {
        if let (End::Where { zone: Some(a), environment: ea, .. }, End::Where { zone: Some(b), environment: eb, .. }) =
            (from, to)
            && a == b
            && (ea.is_none() || eb.is_none())
        {
            self.say(spot, format!("both ends are in zone `{a}`"), "name the environment of both ends");
        }
    }

    fn date(&mut self, at: &At<String>) -> Option<Date> {
        self.parse(at, "write a day as `2026-10-01`")
    }

    fn end(&mut self, raw: At<raw::End>, zones: &[&str], environments: &[String]) -> Option<End> {
        let raw::End::Where(end) = raw.value else { return Some(End::Internet) };
        if let Some(zone) = &end.zone
            && !zones.contains(&zone.value.as_str())
        {
            self.say(zone.spot, format!("unknown zone `{}`", zone.value), suggest(&zone.value, zones));
        }
        if let Some(environment) = &end.environment
            && !environments.contains(&environment.value)
        {
            let known: Vec<&str> = environments.iter().map(String::as_str).collect();
            let message = format!("unknown environment `{}`", environment.value);
            self.say(environment.spot, message, suggest(&environment.value, &known));
        }
        let cidr = end.cidr.as_ref().map(|at| self.cidr(at).ok_or(())).transpose().ok()?;
        if end.zone.is_none() && cidr.is_none() && end.asset.is_none() && end.cluster.is_none() {
            self.say(
                raw.spot,
                "an end that names no zone, cluster, cidr or asset",
                "say where it is, at least by `zone`",
            );
        }
        Some(End::Where {
            zone: end.zone.map(|at| at.value),
            environment: end.environment.map(|at| at.value),
            cidr,
            matcher: Matcher {
                account: None,
                vpc: None,
                cluster: end.cluster,
                namespace: end.namespace,
                asset: end.asset,
            },
            workload: end.workload,
        })
    }
}

/// A zone's own name stands for it, whatever else is listed.
fn add_own_names(values: &mut Vec<(String, String)>, names: Option<&[&str]>) {
    for name in names.into_iter().flatten() {
        let lower = name.to_lowercase();
        if values.iter().all(|(known, _)| *known != lower) {
            values.push((lower, (*name).to_owned()));
        }
    }
}
