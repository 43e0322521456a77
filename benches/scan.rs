//! A whole scan of 10 VPCs and 2,000 groups of 5 rules, from files to findings; and its parts.

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

fn scan(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    estate::write(folder.path(), estate::Size { vpcs: 10, groups: 2000, rules_per_group: 5 }).expect("an estate");
    let sources = [Source::Path(folder.path().to_owned())];
    let config = Config::read(&folder.path().join("zoneproof.yaml")).expect("a configuration");
    let pack = Pack::built_in().expect("the built-in rules");
    let mut group = criterion.benchmark_group("2,000 groups x 5 rules");
    group.sample_size(10);
    group.bench_function("load", |bench| bench.iter(|| load::load(&sources, None).expect("an inventory")));
    let inventory = load::load(&sources, None).expect("an inventory");
    group.bench_function("classify", |bench| bench.iter(|| Zones::classify(&inventory, &config)));
    let zones = Zones::classify(&inventory, &config);
    group.bench_function("judge", |bench| {
        bench.iter(|| {
            let network = Network::new(&inventory, &config.networks);
            let context = Context::new(&inventory, &zones, &config, jiff::civil::date(2026, 11, 20), &network);
            policy::judge(&context, &pack, Lang::En, None).expect("findings")
        });
    });
    group.finish();
}

criterion_group!(benches, scan);
criterion_main!(benches);
