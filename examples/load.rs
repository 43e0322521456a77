//! Reads sources and says how long it took and how much memory it needed: `cargo run --release --example load -- SOURCE…`.
//!
//! CPU time is that of the process, user and system. Memory is what was resident at the most, and is at the end.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../benches/estate/meter.rs"]
mod meter;

use std::time::Instant;

use meter::{cpu, status};
use zoneproof::load::{self, Source};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sources: Vec<Source> = std::env::args().skip(1).map(|source| Source::parse(&source)).collect();
    let start = Instant::now();
    let inventory = load::load(&sources, None)?;
    let wall = start.elapsed().as_secs_f64();
    println!(
        "{} assets, {} gaps, {wall:.2} s, {:.2} CPU s, peak {} MB, now {} MB",
        inventory.len(),
        inventory.coverage.gaps.len(),
        cpu()?,
        status("VmHWM")?,
        status("VmRSS")?
    );
    Ok(())
}
