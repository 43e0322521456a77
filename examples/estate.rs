//! Writes a synthetic estate, to measure whole commands on: `cargo run --release --example estate -- DIR [VPCS GROUPS RULES]`.

#[path = "../benches/estate/mod.rs"]
mod estate;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().ok_or("usage: estate DIR [VPCS GROUPS RULES_PER_GROUP]")?;
    let number = |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |text| text.parse());
    let size = estate::Size { vpcs: number(1, 10)?, groups: number(2, 2000)?, rules_per_group: number(3, 5)? };
    estate::write(std::path::Path::new(folder), size)?;
    Ok(())
}
