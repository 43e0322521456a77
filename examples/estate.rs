//! Writes synthetic estates, to measure whole commands on (`cargo run --release --example estate -- …`):
//!
//! - `dumps DIR [VPCS GROUPS RULES]`: AWS CLI answers
//! - `manifests DIR [COUNT]`: Kubernetes objects, a file each
//! - `network DIR [VPCS]`: one snapshot of a network of so many VPCs, 40 interfaces each, and 25 workloads of 40 pods
//! - `snapshot DIR [MB]`: one snapshot of about so many million bytes of JSON Lines, plain and compressed

#[path = "../benches/estate/mod.rs"]
mod estate;

use std::path::Path;

use zoneproof::load::{self, Source, snapshot};

type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = "usage: estate dumps|manifests|network|snapshot DIR [NUMBERS]";
    let [what, folder, ..] = arguments.as_slice() else { return Err(usage.into()) };
    let number = |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |text| text.parse());
    let folder = Path::new(folder);
    match what.as_str() {
        "dumps" => {
            let size = estate::Size { vpcs: number(2, 10)?, groups: number(3, 2000)?, rules_per_group: number(4, 5)? };
            Ok(estate::write(folder, size)?)
        }
        "manifests" => Ok(estate::manifests(folder, number(2, 1000)?)?),
        "network" => network(folder, number(2, 1000)?),
        "snapshot" => whole(folder, number(2, 500)?),
        _ => Err(usage.into()),
    }
}

/// VPCs with all that the network is made of, and Deployments for a thousand pods in each.
fn network(folder: &Path, vpcs: usize) -> Done {
    std::fs::create_dir_all(folder)?;
    let (folder, sources) = (folder.canonicalize()?, tempfile::tempdir()?);
    estate::network::write(sources.path(), vpcs)?;
    std::fs::copy(sources.path().join("zoneproof.yaml"), folder.join("zoneproof.yaml"))?;
    estate::deployments(sources.path(), vpcs)?;
    packed(&folder, sources.path())
}

/// Reads sources, and writes what they hold as one snapshot.
fn packed(folder: &Path, sources: &Path) -> Done {
    // from inside, so that the snapshot names files alike wherever they lay
    std::env::set_current_dir(sources)?;
    let inventory = load::load(&[Source::Path(".".into())], None)?;
    let file = std::fs::File::create(folder.join("inventory.jsonl.zst"))?;
    snapshot::write(&inventory, &[], "2026-11-20T00:00:00Z", file)?;
    Ok(())
}

/// Groups with their rules and interfaces and, for every twenty groups, the objects of an application.
fn whole(folder: &Path, megabytes: usize) -> Done {
    std::fs::create_dir_all(folder)?;
    let (folder, sources) = (folder.canonicalize()?, tempfile::tempdir()?);
    let size = estate::Size { vpcs: 400, groups: megabytes * GROUPS_PER_MEGABYTE, rules_per_group: 5 };
    estate::write(sources.path(), size)?;
    estate::interfaces(sources.path(), size)?;
    estate::manifests(sources.path(), size.groups / 4)?;
    packed(&folder, sources.path())?;
    let packed = folder.join("inventory.jsonl.zst");
    let mut plain = std::fs::File::create(folder.join("inventory.jsonl"))?;
    zstd::stream::copy_decode(std::fs::File::open(packed)?, &mut plain)?;
    Ok(())
}

/// What makes a million bytes of JSON Lines, from how long the lines are.
const GROUPS_PER_MEGABYTE: usize = 226;
