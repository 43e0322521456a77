//! Reads sources and says how long it took and how much memory it needed: `cargo run --release --example load -- SOURCE…`.
//!
//! CPU time is that of the process, user and system. Memory is what was resident at the most, and is at the end.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::Instant;

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

/// User and system time so far, in seconds: fields 14 and 15 of proc(5) `stat`, which counts a hundredth each.
fn cpu() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: Result<Vec<f64>, _> = fields.skip(11).take(2).map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() / 100.0)
}

/// A line of proc(5) `status`, in millions of bytes.
fn status(name: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    let kibibytes: u64 = line.split_whitespace().nth(1).unwrap_or_default().parse()?;
    Ok(kibibytes * 1024 / 1_000_000)
}
