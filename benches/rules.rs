//! The built-in rules over 1,000,000 documents: a tenth of them in the PCI zone, as in a large estate.
//!
//! `ROWS` sets another number of documents.

#![allow(clippy::expect_used, missing_docs, reason = "a bench that cannot be set up ends")]

mod estate;

use criterion::{Criterion, criterion_group, criterion_main};
use zoneproof::config::Config;
use zoneproof::load::{self, Source};
use zoneproof::policy::facts::Context;
use zoneproof::policy::{self, Lang, Pack};
use zoneproof::reach::Network;
use zoneproof::zone::Zones;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn rules(criterion: &mut Criterion) {
    let rows: usize = std::env::var("ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    // five ingress rules and one egress rule a group
    let size = estate::Size { vpcs: 100, groups: rows / 6, rules_per_group: 5 };
    estate::write(folder.path(), size).expect("an estate");
    let config = Config::read(&folder.path().join("zoneproof.yaml")).expect("a configuration");
    let inventory = load::load(&[Source::Path(folder.path().to_owned())], None).expect("an inventory");
    let zones = Zones::classify(&inventory, &config);
    let pack = Pack::built_in().expect("the built-in rules");
    let mut group = criterion.benchmark_group(format!("{} rules x {} assets", pack.rules.len(), inventory.len()));
    group.sample_size(10);
    group.bench_function("judge", |bench| {
        bench.iter(|| {
            let network = Network::new(&inventory, &config.networks);
            let context = Context::new(&inventory, &zones, &config, jiff::civil::date(2026, 11, 20), &network);
            policy::judge(&context, &pack, Lang::En, None).expect("findings")
        });
    });
    group.finish();
}

criterion_group!(benches, rules);
criterion_main!(benches);
