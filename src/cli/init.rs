//! `zoneproof init`: proposes a `zoneproof.yaml` from the tags and labels that are really there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use super::{CLEAN, CliError, INCOMPLETE, crossings, inputs, output};
use crate::config::Config;
use crate::load::{self, Source};
use crate::model::{Body, Inventory, counted};
use crate::policy::facts::{self, Context};
use crate::reach::Network;
use crate::zone::Zones;

#[derive(clap::Args)]
pub struct Args {
    /// Files or folders, as for `scan`
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<String>,
    /// Cluster of Kubernetes objects whose path does not name it
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// List what crosses borders today as flows that nobody has approved
    #[arg(long)]
    flows: bool,
    /// Configuration whose zones and flows hold, so that only what it does not declare is listed; else the proposed one
    #[arg(long, value_name = "FILE", requires = "flows")]
    config: Option<PathBuf>,
}

/// Values of one key, with how many compartments bear each.
type Values = BTreeMap<String, usize>;

/// What one aspect of the proposal is made of.
struct Aspect {
    tags: BTreeMap<String, Values>,
    labels: BTreeMap<String, Values>,
}

pub fn run(args: Args) -> Result<u8, CliError> {
    let sources: Vec<Source> = args.sources.iter().map(|source| Source::parse(source)).collect();
    let inventory = load::load(&sources, args.cluster.as_deref())?;
    let zone = aspect(&inventory, &["pci", "zone", "cde", "segment", "scope", "compliance"]);
    let environment = aspect(&inventory, &["env", "environment", "stage", "tier"]);
    if !args.flows {
        output::product(|mut out| propose(&inventory, &zone, &environment, &mut out).and_then(|()| nothing(&mut out)))?;
        return Ok(CLEAN);
    }
    let mut proposed = Vec::new();
    let config = match &args.config {
        Some(path) => Config::read(path)?,
        None => {
            propose(&inventory, &zone, &environment, &mut proposed)
                .map_err(|error| CliError::Io { what: "proposal".to_owned(), error })?;
            Config::parse("proposal", &String::from_utf8_lossy(&proposed))?
        }
    };
    let day = inputs::day(inputs::clock()?);
    let zones = Zones::classify(&inventory, &config);
    let network = Network::new(&inventory, &config.networks);
    let crossings = facts::crossings(&Context::new(&inventory, &zones, &config, day, &network));
    output::gaps(&inventory.coverage);
    output::product(|out| {
        out.write_all(&proposed)?;
        crossings::write(&crossings, day, out)
    })?;
    Ok(if inventory.coverage.gaps.is_empty() { CLEAN } else { INCOMPLETE })
}

fn nothing(out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "# The only traffic that may cross a border; none is declared yet.\nflows: []")
}

/// Keys on compartments whose name holds one of the words, with their values. Keys that AWS and Kubernetes set
/// themselves (`topology.kubernetes.io/zone`, `aws:…`) tell nothing of zones.
fn aspect(inventory: &Inventory, words: &[&str]) -> Aspect {
    let mut found = Aspect { tags: BTreeMap::new(), labels: BTreeMap::new() };
    for asset in inventory.assets() {
        let into = match asset.body {
            Body::Vpc(_) | Body::EksCluster(_) | Body::Account(_) => &mut found.tags,
            Body::Namespace(_) => &mut found.labels,
            _ => continue,
        };
        for (key, value) in &asset.tags {
            let lower = key.to_lowercase();
            let system =
                ["aws:", "kubernetes.io/", "k8s.io/", "istio.io/", "istio-"].iter().any(|part| lower.contains(part));
            if !system && words.iter().any(|word| lower.contains(word)) {
                *into.entry(key.clone()).or_default().entry(value.clone()).or_default() += 1;
            }
        }
    }
    found
}

impl Aspect {
    fn values(&self) -> BTreeSet<&str> {
        self.tags.values().chain(self.labels.values()).flat_map(BTreeMap::keys).map(String::as_str).collect()
    }

    /// Values by what they probably stand for: spellings of one word together.
    fn groups<'a>(&'a self, spellings: &[(&'a str, &[&str])]) -> BTreeMap<&'a str, Vec<&'a str>> {
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for value in self.values() {
            let lower = value.to_lowercase();
            let known = spellings.iter().find(|(_, all)| all.contains(&lower.as_str())).map(|(name, _)| *name);
            groups.entry(known.unwrap_or(value)).or_default().push(value);
        }
        groups
    }

    fn write(&self, name: &str, groups: &BTreeMap<&str, Vec<&str>>, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "  {name}:")?;
        for (word, keys) in [("tags", &self.tags), ("labels", &self.labels)] {
            let names: Vec<String> = keys.keys().map(|key| quoted(key)).collect();
            writeln!(out, "    {word}: [{}]", names.join(", "))?;
            for (key, values) in keys {
                let counted = values.iter().map(|(value, count)| format!("{} ×{count}", comment(value)));
                writeln!(out, "      # {}: {}", comment(key), counted.collect::<Vec<_>>().join(", "))?;
            }
        }
        writeln!(out, "    values:")?;
        for (group, values) in groups {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            writeln!(out, "      {}: [{}]", quoted(group), values.join(", "))?;
        }
        Ok(())
    }
}

const ZONES: [(&str, &[&str]); 2] = [
    ("pci", &["pci", "cde", "in-scope", "true", "yes"]),
    ("no-pci", &["no-pci", "nopci", "no pci", "non-pci", "out-of-scope", "false", "no"]),
];
const ENVIRONMENTS: [(&str, &[&str]); 2] = [
    ("prod", &["prod", "production", "prd", "live"]),
    ("dev", &["dev", "development", "staging", "stage", "test", "qa"]),
];

fn propose(inventory: &Inventory, zone: &Aspect, environment: &Aspect, out: &mut impl Write) -> std::io::Result<()> {
    let zones = zone.groups(&ZONES);
    let environments = environment.groups(&ENVIRONMENTS);
    writeln!(
        out,
        "# Proposed from {}. Read every line: a category is a claim that an assessor will ask about.",
        counted(inventory.len(), "asset")
    )?;
    writeln!(out, "version: 1\nzones:")?;
    if zones.is_empty() {
        writeln!(
            out,
            "  # no tag or label of a VPC, cluster, account or namespace looks like a zone: tag them, or assign below"
        )?;
        writeln!(out, "  pci: {{ category: cde }}")?;
    }
    for name in zones.keys() {
        let category = match *name {
            "pci" => "cde",
            "no-pci" => "out-of-scope",
            // what nobody has said to be out of scope is not proposed to be
            _ => "connected # cde, security-impacting, connected, out-of-scope or external?",
        };
        match category.split_once(" #") {
            Some((category, note)) => writeln!(out, "  {}: {{ category: {category} }} #{note}", quoted(name))?,
            None => writeln!(out, "  {}: {{ category: {category} }}", quoted(name))?,
        }
    }
    if !zones.is_empty() || !environments.is_empty() {
        writeln!(out, "classify:")?;
    }
    if !zones.is_empty() {
        zone.write("zone", &zones, out)?;
    }
    if !environments.is_empty() {
        environment.write("environment", &environments, out)?;
    }
    Ok(())
}

/// A YAML scalar for any text: tags and labels hold what people put there.
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && !matches!(text.to_lowercase().as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off");
    // a JSON string is a YAML scalar
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn comment(text: &str) -> String {
    crate::report::clean(text).into_owned()
}
