//! What a process used so far.

/// User and system time in seconds: fields 14 and 15 of proc(5) `stat`, which counts a hundredth each.
pub fn cpu() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: Result<Vec<f64>, _> = fields.skip(11).take(2).map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() / 100.0)
}

/// A line of proc(5) `status`, in millions of bytes: `VmHWM` is what was resident at the most, `VmRSS` what is now.
pub fn status(name: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    let kibibytes: u64 = line.split_whitespace().nth(1).unwrap_or_default().parse()?;
    Ok(kibibytes * 1024 / 1_000_000)
}
