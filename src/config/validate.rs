//! From the file's shape to a [`Config`], with every problem reported.

mod exceptions;
mod flows;

use ipnet::IpNet;
use jiff::civil::Date;

use super::decode::{At, Problem, suggest};
use super::{Assign, Category, Classifier, Config, Files, Matcher, Zone, raw};
use crate::model::{AddressSet, Severity, Spot};

/// What holds where `classify` leaves an aspect out.
const DEFAULT_ZONE: [(&str, &[&str]); 2] = [("pci", &["pci", "cde"]), ("no-pci", &["no-pci", "no pci", "nopci"])];
const DEFAULT_ENVIRONMENT: [(&str, &[&str]); 2] =
    [("prod", &["prod", "production"]), ("dev", &["dev", "development", "staging"])];
const DEFAULT_ROLE: [(&str, &[&str]); 1] = [("management", &["management"])];
/// Months after a version's release on EKS within which clusters have moved on, if the configuration says nothing.
pub(super) const UPGRADE_WITHIN_MONTHS: u64 = 12;

/// An aspect of assets that tags, labels and assignments tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aspect {
    Zone,
    Environment,
    Role,
}

impl Aspect {
    fn name(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Environment => "environment",
            Self::Role => "role",
        }
    }
}

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
    let zone = check.aspect(Aspect::Zone, raw.classify.zone, "pci-zone", &DEFAULT_ZONE, Some(&names));
    let environment = check.aspect(Aspect::Environment, raw.classify.environment, "env", &DEFAULT_ENVIRONMENT, None);
    let role = check.aspect(Aspect::Role, raw.classify.role, "role", &DEFAULT_ROLE, None);
    let mut environments: Vec<String> = environment.values.iter().map(|(_, meant)| meant.clone()).collect();
    environments.dedup();
    let flows = check.flows(raw.flows, &names, &environments);
    let fail_on = raw.fail_on.and_then(|at| check.parse::<Severity>(&at, SEVERITIES));
    Some(Config {
        file: Some(file.to_owned()),
        files_read: Files::default(),
        stores: check.stores(raw.classify.stores),
        networks: check.networks(raw.networks),
        clusters: check.clusters(raw.clusters),
        waivers: check.waivers(raw.waivers.0),
        accepted_unknowns: check.accepted(raw.accepted_unknowns),
        assumptions: check.assumptions(raw.assumptions),
        rules: check.switches(raw.rules),
        expect: check.expect(raw.sources.expect),
        zones,
        zone,
        environment,
        role,
        flows,
        fail_on: fail_on.unwrap_or(Severity::High),
        files: raw.sources.files,
    })
}

/// How severities are written.
const SEVERITIES: &str = "use critical, high, medium, low or info";

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
                spot: name.spot,
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
        aspect: Aspect,
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
            let keys = vec![key.to_owned()];
            return Classifier { tags: keys.clone(), labels: keys, values, assign: vec![], declared: false };
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
                        self.say(text.spot, message, format!("a value stands for one {}", aspect.name()));
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
        let assign = raw.assign.into_iter().filter_map(|assign| self.assign(assign, aspect, known)).collect();
        Classifier { tags: raw.tags, labels: raw.labels, values, assign, declared: true }
    }

    fn assign(&mut self, raw: raw::Assign, aspect: Aspect, known: &[&str]) -> Option<Assign> {
        let name = aspect.name();
        let all = [(Aspect::Zone, raw.zone), (Aspect::Environment, raw.environment), (Aspect::Role, raw.role)];
        let mut value = None;
        for (of, given) in all {
            if of == aspect {
                value = given;
            } else if let Some(other) = given {
                self.say(
                    other.spot,
                    format!("an assignment here gives the {name} only"),
                    "move it to the other aspect",
                );
            }
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
        Some(Assign { value: value.value, matcher, spot: value.spot })
    }

    fn date(&mut self, at: &At<String>) -> Option<Date> {
        self.parse(at, "write a day as `2026-10-01`")
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
