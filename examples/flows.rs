//! Finds all flows over borders of an estate and says what each step cost:
//! `cargo run --release --example flows -- SNAPSHOT CONFIG`.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../benches/estate/meter.rs"]
mod meter;

use std::path::Path;
use std::time::Instant;

use zoneproof::config::Config;
use zoneproof::load::{self, Source};
use zoneproof::model::{Connections, Direction, Inventory, NetworkInterface, SecurityGroupRule};
use zoneproof::policy::facts::{self, Context};
use zoneproof::reach::{Change, Network, Party, Question, Verdict};
use zoneproof::zone::{AddressBook, Zones};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn std::error::Error>;

/// Says what a step took since the last one.
fn step(name: &str, since: &mut (Instant, f64)) -> Result<(), Failed> {
    let cpu = meter::cpu()?;
    let (wall, peak, now) = (since.0.elapsed().as_secs_f64(), meter::status("VmHWM")?, meter::status("VmRSS")?);
    println!("{name:<24} {wall:>8.3} s {:>8.3} CPU s, peak {peak} MB, now {now} MB", cpu - since.1);
    *since = (Instant::now(), cpu);
    Ok(())
}

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [snapshot, config] = arguments.as_slice() else { return Err("usage: flows SNAPSHOT CONFIG".into()) };
    let mut since = (Instant::now(), meter::cpu()?);
    let config = Config::read(Path::new(config))?;
    let inventory = load::load(&[Source::parse(snapshot)], None)?;
    step("read", &mut since)?;
    let zones = Zones::classify(&inventory, &config);
    step("zones", &mut since)?;
    let network = Network::new(&inventory, &config.networks);
    step("index", &mut since)?;
    let context = Context::new(&inventory, &zones, &config, jiff::civil::date(2026, 11, 20), &network);
    step("joins", &mut since)?;
    let flows = context.flows();
    step("flows", &mut since)?;
    let matrix = facts::matrix(&context);
    step("matrix", &mut since)?;
    let unknown = flows.iter().filter(|flow| flow.verdict() == Verdict::Unknown).count();
    println!("{} assets, {} gaps", inventory.len(), inventory.coverage.gaps.len());
    println!("{} flows, {unknown} of them unknown; {} pairs of borders", flows.len(), matrix.len());
    changed(&context, &config, &zones, &mut since)?;
    asked(&inventory, &network, &mut since)
}

/// Decides again what one group's rules may change.
fn changed(context: &Context<'_>, config: &Config, zones: &Zones, since: &mut (Instant, f64)) -> Result<(), Failed> {
    let inventory = context.inventory;
    let book = AddressBook::of(inventory, zones, config);
    let rule = inventory.of::<SecurityGroupRule>().find(|(_, _, rule)| rule.direction == Direction::Ingress);
    let Some((_, asset, rule)) = rule else { return Ok(()) };
    let change = Change { rule: asset.id.to_string(), connections: Some(Connections::default()), addresses: None };
    *since = (Instant::now(), meter::cpu()?);
    let met = context.reach.met_by(context.flows(), &rule.group);
    let met = context.flows().iter().zip(met).filter(|(_, met)| *met);
    let ends = met.filter_map(|(flow, _)| match &flow.dst {
        Party::Interfaces { ids, .. } => Some(ids.iter().cloned()),
        Party::Outside(_) => None,
    });
    let ends = ends.flatten().collect();
    step("what a group meets", since)?;
    let network = Network::with(inventory, &config.networks, &change);
    step("index anew", since)?;
    let again = network.flows_at(zones, &book, &|_| 0, &ends);
    step("its flows again", since)?;
    println!("{} ends of flows, {} flows", ends.len(), again.len());
    Ok(())
}

/// Answers a question about two interfaces.
fn asked(inventory: &Inventory, network: &Network<'_>, since: &mut (Instant, f64)) -> Result<(), Failed> {
    let ids: Vec<String> = inventory.of::<NetworkInterface>().map(|(_, asset, _)| asset.id.to_string()).collect();
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(()) };
    *since = (Instant::now(), meter::cpu()?);
    let (src, dst) = (network.end(first)?, network.end(last)?);
    let answer = network.answer(&Question { src, dst, connections: Connections::all(), src_port: None });
    step("one question", since)?;
    println!("{:?}, {} hops", answer.verdict, answer.hops.len());
    Ok(())
}
