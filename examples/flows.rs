//! Finds all flows over borders of an estate and says what each step cost:
//! `cargo run --release --example flows -- SNAPSHOT CONFIG`.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../benches/estate/meter.rs"]
mod meter;

use std::path::Path;
use std::time::Instant;

use zoneproof::config::Config;
use zoneproof::load::{self, Source};
use zoneproof::policy::facts::{self, Context};
use zoneproof::reach::{Network, Verdict};
use zoneproof::zone::Zones;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn std::error::Error>;

/// Says what a step took since the last one.
fn step(name: &str, since: &mut (Instant, f64)) -> Result<(), Failed> {
    let cpu = meter::cpu()?;
    let (wall, peak, now) = (since.0.elapsed().as_secs_f64(), meter::status("VmHWM")?, meter::status("VmRSS")?);
    println!("{name:<24} {wall:>7.2} s {:>7.2} CPU s, peak {peak} MB, now {now} MB", cpu - since.1);
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
    Ok(())
}
