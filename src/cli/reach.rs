//! `zoneproof reach`: can connections pass from one end to another, through which hops, or what leaves nothing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::inputs::{self, Inputs, Read};
use super::{CLEAN, CliError, INCOMPLETE, output};
use crate::config::Config;
use crate::model::{Connections, Inventory, Protocol};
use crate::policy::facts::{self, Context};
use crate::reach::{ASSUMPTION, Answer, Clusters, EndError, Hop, Network, Place, Pods, Question, Verdict};
use crate::report::clean;

#[derive(clap::Args)]
#[command(
    override_usage = "zoneproof reach [OPTIONS] SRC DST [CONNECTIONS] [SOURCE]...\n       \
    zoneproof reach [OPTIONS] --queries FILE [SOURCE]...\n       \
    zoneproof reach [OPTIONS] --pairs [SOURCE]...\n       \
    zoneproof reach [OPTIONS] --flow-logs FILE [--flow-logs FILE]... [SOURCE]...",
    after_help = "SRC and DST: `internet`, an address, a CIDR block, the id or ARN of an interface, an instance, a load \
    balancer, a NAT gateway or an endpoint, a load balancer's name, or a workload as [CLUSTER/]NAMESPACE/NAME.\n\
    CONNECTIONS: `tcp/443`, `udp/53`, `icmp`, `all` … (default `all`): is there some connection of these?\n\
    Exit codes: 0 answered; 1 a flow log accepted what is called denied; 2 usage, configuration, input or tool error; 3 an \
    answer is unknown, something could not be read, or flow logs have no record."
)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Questions, one JSON object a line: id, src, dst, protocol, port, src_port, icmp_type, icmp_code
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// VPC flow logs to compare with the answers: text as AWS writes it, plain or .zst, files or folders; give the option
    /// once for each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["queries", "src_port"])]
    flow_logs: Vec<PathBuf>,
    /// All pairs between which something passes or may: what is not listed is denied
    #[arg(long, conflicts_with_all = ["queries", "flow_logs", "src_port"])]
    pairs: bool,
    /// The client's port; without it, whichever
    #[arg(long, value_name = "PORT", conflicts_with = "queries")]
    src_port: Option<u16>,
    /// What is printed on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// JSON Lines: one answer a line, with --flow-logs one item a line; with --pairs one list
    Json,
}

fn pairs(inputs: &Inputs, format: Format) -> Result<u8, CliError> {
    let Read { config, inventory, zones, .. } = inputs.read()?;
    let network = Network::new(&inventory, &config.networks);
    let day = inputs::day(inputs::clock()?);
    let clusters = clusters(&inventory, &config)?;
    let pairs = facts::pairs(&Context::new(&inventory, &zones, &config, day, &network), &clusters);
    output::gaps(&inventory.coverage);
    if clusters.stand_alone() {
        clusters.assumptions().iter().for_each(|assumption| output::note(&format!("assumed: {assumption}")));
    } else if !clusters.is_empty() {
        output::note("pairs of workloads are not listed: NetworkPolicies are not judged together with the network yet");
    }
    output::product(|out| match format {
        Format::Text => pairs.iter().try_for_each(|pair| writeln!(out, "{}", clean(&pair.text()))),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &pairs)?;
            out.write_all(b"\n")
        }
    })?;
    let unknown = pairs.iter().any(|pair| pair.verdict == Verdict::Unknown);
    Ok(if unknown || !inventory.coverage.gaps.is_empty() { INCOMPLETE } else { CLEAN })
}

/// The workloads of the sources.
fn clusters<'a>(inventory: &'a Inventory, config: &Config) -> Result<Clusters<'a>, CliError> {
    let day = inputs::day(inputs::clock()?);
    Ok(Clusters::new(inventory, &|cluster| config.assumes(ASSUMPTION, cluster, day)))
}

/// A question as a file has it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Given back with the answer.
    id: Option<Value>,
    /// Where connections begin.
    src: String,
    /// Where they end.
    dst: String,
    /// `tcp`, `udp`, `icmp`, `icmpv6` or a number; without it any.
    protocol: Option<Value>,
    /// The destination's port; without it any.
    port: Option<u16>,
    /// The client's port; without it any.
    src_port: Option<u16>,
    /// Without it any.
    icmp_type: Option<u8>,
    /// Without it any.
    icmp_code: Option<u8>,
}

/// An answer, with the question's id.
#[derive(Serialize, JsonSchema)]
pub struct Reply<'a> {
    /// The question's.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    #[serde(flatten)]
    answer: &'a Answer,
}

pub fn run(mut args: Args) -> Result<u8, CliError> {
    if !args.flow_logs.is_empty() {
        return super::flow_logs::run(&args.inputs, &args.flow_logs, args.format);
    }
    if args.pairs {
        return pairs(&args.inputs, args.format);
    }
    let queries = match &args.queries {
        Some(path) => read(path)?,
        None => vec![(None, asked(&mut args)?)],
    };
    let Read { config, inventory, .. } = args.inputs.read()?;
    let network = Network::new(&inventory, &config.networks);
    let clusters = clusters(&inventory, &config)?;
    let mut problems = Vec::new();
    let mut questions = Vec::new();
    for (place, query) in &queries {
        match question(&network, &clusters, query) {
            Ok(question) => questions.push((query, question)),
            Err(why) => problems.push(place.as_ref().map_or_else(|| why.clone(), |place| format!("{place}: {why}"))),
        }
    }
    if !problems.is_empty() {
        let help = "name an end by its id, ARN, address or CIDR block, or `internet`; see `zoneproof reach --help`";
        return Err(CliError::usage(problems.join("\n"), help));
    }
    let answers: Vec<(&Query, Answer)> =
        questions.iter().map(|(query, asked)| (*query, asked.answer(&network, &clusters))).collect();
    output::gaps(&inventory.coverage);
    output::product(|out| {
        for (query, answer) in &answers {
            match args.format {
                Format::Text => text(query, answer, out)?,
                Format::Json => {
                    serde_json::to_writer(&mut *out, &Reply { id: query.id.as_ref(), answer })?;
                    out.write_all(b"\n")?;
                }
            }
        }
        Ok(())
    })?;
    let open = answers.iter().any(|(_, answer)| answer.verdict == Verdict::Unknown);
    Ok(if open || !inventory.coverage.gaps.is_empty() { INCOMPLETE } else { CLEAN })
}

/// The question on the command line; what follows it are sources.
fn asked(args: &mut Args) -> Result<Query, CliError> {
    let words = &mut args.inputs.sources;
    if words.len() < 2 {
        return Err(CliError::usage(
            "a question has two ends",
            "write `zoneproof reach internet i-0abc tcp/443 SOURCE`, or give --queries FILE",
        ));
    }
    let (src, dst) = (words.remove(0), words.remove(0));
    let connections = words.first().filter(|word| word.parse::<Connections>().is_ok()).cloned();
    if connections.is_some() {
        words.remove(0);
    }
    let connections = connections.map(Value::String);
    let src_port = args.src_port;
    Ok(Query { id: None, src, dst, protocol: connections, port: None, src_port, icmp_type: None, icmp_code: None })
}

/// Reads a file of questions; all that are wrong are told at once.
fn read(path: &Path) -> Result<Vec<(Option<String>, Query)>, CliError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| CliError::Io { what: shown.clone(), error })?;
    let (mut queries, mut problems) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{shown}:{}", number + 1);
        match serde_json::from_str(line) {
            Ok(query) => queries.push((Some(place), query)),
            Err(error) => problems.push(format!("{place}:{}: {error}", error.column())),
        }
    }
    if !problems.is_empty() {
        let help = "one JSON object a line: {\"id\": 1, \"src\": \"internet\", \"dst\": \"i-0abc\", \"protocol\": \"tcp\", \"port\": 443}";
        return Err(CliError::usage(problems.join("\n"), help));
    }
    Ok(queries)
}

/// A question about the network, or one of which an end is a workload.
enum Asked<'c, 'a> {
    Network(Question),
    Workloads { src: Place<'c, 'a>, dst: Place<'c, 'a>, connections: Connections },
}

impl Asked<'_, '_> {
    fn answer<'a>(&self, network: &Network<'a>, clusters: &Clusters<'a>) -> Answer {
        match self {
            Self::Network(question) => network.answer(question),
            Self::Workloads { src, dst, connections } => clusters.answer(src, dst, connections),
        }
    }
}

fn question<'c, 'a>(network: &Network<'a>, clusters: &'c Clusters<'a>, query: &Query) -> Result<Asked<'c, 'a>, String> {
    let connections = connections(query)?;
    let workload = |text: &str| match clusters.end(text) {
        Some(Ok(pods)) => Ok(Some(pods)),
        // names of load balancers have slashes as well
        Some(Err(EndError::NotFound(_))) if network.end(text).is_ok() => Ok(None),
        Some(Err(error)) => Err(error.to_string()),
        None => Ok(None),
    };
    let (from, to) = (workload(&query.src)?, workload(&query.dst)?);
    let end = |text: &str| network.end(text).map_err(|error| error.to_string());
    if from.is_none() && to.is_none() {
        let (src, dst) = (end(&query.src)?, end(&query.dst)?);
        return Ok(Asked::Network(Question { src, dst, connections, src_port: query.src_port }));
    }
    let place = |pods: Option<&'c Pods<'a>>, text: &str| match pods {
        Some(pods) => Ok(Place::Pods(pods)),
        None => end(text).map(|end| Place::Addresses(network.addresses(&end))),
    };
    Ok(Asked::Workloads { src: place(from, &query.src)?, dst: place(to, &query.dst)?, connections })
}

fn connections(query: &Query) -> Result<Connections, String> {
    let any = || "expected `tcp`, `udp`, `icmp`, `icmpv6` or a number".to_owned();
    let base = match &query.protocol {
        None | Some(Value::Null) => Connections::all(),
        Some(Value::String(text)) => text.parse().map_err(|error| format!("`{text}`: {error}"))?,
        Some(Value::Number(number)) => {
            let number = number.as_u64().and_then(|number| u8::try_from(number).ok());
            Connections::protocol(Protocol(number.ok_or_else(any)?))
        }
        Some(_) => return Err(any()),
    };
    let mut asked = base;
    if let Some(port) = query.port {
        let ports = [Protocol::TCP, Protocol::UDP, Protocol(132)].map(|p| Connections::ports(p, port, port));
        asked = asked.intersect(&ports.iter().fold(Connections::default(), |all, one| all.union(one)));
    }
    if let Some(kind) = query.icmp_type {
        let code = query.icmp_code.map_or(-1, i64::from);
        let icmp = ["icmp", "icmpv6"].map(|name| Connections::from_aws(name, Some(kind.into()), Some(code)));
        let icmp = icmp.into_iter().flatten().fold(Connections::default(), |all, one| all.union(&one));
        asked = asked.intersect(&icmp);
    }
    if asked.is_empty() { Err("a port or an ICMP type that the protocol does not have".to_owned()) } else { Ok(asked) }
}

/// An answer as a line of hops.
fn text(query: &Query, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let asked = connections(query).map(|asked| asked.describe().join(", ")).unwrap_or_default();
    let verdict = answer.verdict.as_str();
    let conditional = if answer.conditional { ", on an assumption" } else { "" };
    writeln!(out, "{} -> {}  {asked}: {verdict}{conditional}", clean(&query.src), clean(&query.dst))?;
    if answer.verdict != Verdict::Denied {
        let what = if answer.verdict == Verdict::Allowed { "passes" } else { "may pass" };
        writeln!(out, "  {what}: {}", answer.connections.join(", "))?;
    }
    hops(answer, out)?;
    writeln!(out)
}

/// The hops of an answer, one a line, and what it rests on.
pub(super) fn hops(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let wide = answer.hops.iter().map(|hop| short(&hop.at).chars().count()).max().unwrap_or(0);
    for Hop { at, by, why } in &answer.hops {
        let by = if by.is_empty() { String::new() } else { format!("  [{}]", clean(&short(by))) };
        writeln!(out, "  {:<wide$}  {}{by}", clean(&short(at)), clean(why))?;
    }
    for assumption in &answer.assumptions {
        writeln!(out, "  assumed: {}", clean(assumption))?;
    }
    Ok(())
}

fn short(id: &str) -> String {
    if id.starts_with("arn:") { crate::model::short_of(id) } else { id.to_owned() }
}
