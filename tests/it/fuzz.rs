//! Fuzz targets for everything that reads foreign text: no input may panic, hang or be dropped silently.
//!
//! They run on the stable toolchain as tests with random inputs, and under `cargo bolero test` with coverage guidance.
//! Random bytes alone never get past a parser, so inputs are real files with bytes changed, cut and doubled.

use std::path::PathBuf;
use std::sync::LazyLock;

use bolero::check;
use zoneproof::config::Config;
use zoneproof::load::load_text;
use zoneproof::model::{Connections, Inventory, NetworkInterface};
use zoneproof::policy::{message, metadata, reads};
use zoneproof::reach::logs::{Format, Line, Observed};
use zoneproof::reach::{End, Network, Question, Verdict};

use crate::support::root;

/// Small real files by ending.
fn corpus(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let all = walkdir::WalkDir::new(root().join(folder)).sort_by_file_name().into_iter();
    let paths = all.map(|entry| entry.unwrap().into_path()).filter(|path: &PathBuf| {
        path.to_string_lossy().ends_with(ending) && path.metadata().unwrap().len() < 10_000 && path.is_file()
    });
    let files: Vec<Vec<u8>> = paths.take(200).map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!files.is_empty(), "{folder} has no {ending}");
    files
}

/// One change: where, what, and with which byte.
type Change = (u16, u8, u8);

/// A file of the corpus with changes.
fn changed(corpus: &[Vec<u8>], pick: u16, changes: &[Change]) -> Vec<u8> {
    const MARKS: &[u8] = b"{}[]\":,&*-#|>\n\t '\\0\xff";
    let mut bytes = corpus[usize::from(pick) % corpus.len()].clone();
    for (at, what, byte) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = usize::from(*at) % bytes.len();
        match what % 6 {
            0 => bytes[at] = *byte,
            1 => bytes[at] = MARKS[usize::from(*byte) % MARKS.len()],
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, MARKS[usize::from(*byte) % MARKS.len()]),
            4 => bytes.truncate(at.max(1)),
            _ => {
                let piece = bytes[at..(at + usize::from(*byte)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

/// Whatever the loader makes of it, what it could not read is said: no asset, no gap and nothing skipped can only come
/// of a text that holds nothing.
fn load(name: &str, bytes: &[u8]) {
    let inventory = load_text(name, bytes);
    let silent = inventory.is_empty() && inventory.coverage.gaps.is_empty() && inventory.coverage.skipped.is_empty();
    if silent {
        let text = String::from_utf8_lossy(bytes);
        let meaning = text.lines().filter(|line| !line.trim_start().starts_with(['#', '%']));
        let words = meaning.flat_map(|line| line.chars()).filter(|c| c.is_alphanumeric()).count();
        assert!(words < 200, "{name} was dropped silently:\n{text}");
    }
    inventory.digest().unwrap();
    ask(&inventory);
}

/// Whatever the estate looks like, questions about it have answers, and a denial has a proof.
fn ask(inventory: &Inventory) {
    let network = Network::new(inventory, &[]);
    let own = inventory.of::<NetworkInterface>().map(|(_, asset, _)| &*asset.id).take(3);
    let ends: Vec<End> = own.filter_map(|id| network.end(id).ok()).chain([End::Internet]).collect();
    for src in &ends {
        for dst in &ends {
            let question =
                Question { src: src.clone(), dst: dst.clone(), connections: Connections::all(), src_port: None };
            let answer = network.answer(&question);
            assert!(answer.verdict != Verdict::Denied || !answer.hops.is_empty(), "{question:?}");
        }
    }
}

macro_rules! loader {
    ($test:ident, $name:literal, $folder:literal, $ending:literal) => {
        #[test]
        fn $test() {
            static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| corpus($folder, $ending));
            check!().with_type::<(u16, Vec<Change>)>().for_each(|(pick, changes)| {
                load($name, &changed(&CORPUS, *pick, changes));
            });
        }
    };
}

loader!(aws_dumps, "aws/111122223333/eu-west-1/x.json", "fixtures/rules", ".json");
loader!(manifests, "clusters/c/x.yaml", "fixtures/estates/wallet/clusters", ".yaml");

#[test]
fn snapshots() {
    let lines = [
        r#"{"schema":"zoneproof.inventory/1","tool":"0.1.0","scope":[],"start":"2026-11-20T00:00:00Z"}"#,
        r#"{"kind":"vpc","id":"arn:aws:ec2:r:1:vpc/vpc-1","origin":{"arn":"x"},"body":{"cidrs":["10.0.0.0/8"],"default":false}}"#,
        r#"{"kind":"namespace","id":"c//Namespace/n","origin":{"file":"f","line":1,"column":1},"place":{"cluster":"c","namespace":"n"},"tags":{"a":"b"},"body":{"implied":false}}"#,
        r#"{"skipped":{"Secret":2}}"#,
        r#"{"footer":{"assets":2,"coverage":1}}"#,
    ];
    let plain = [lines.join("\n").into_bytes()];
    let packed = [zstd::encode_all(plain[0].as_slice(), 3).unwrap()];
    check!().with_type::<Vec<Change>>().for_each(|changes| {
        load("x.jsonl", &changed(&plain, 0, changes));
        load("x.jsonl.zst", &changed(&packed, 0, changes));
    });
}

#[test]
fn configurations() {
    static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| corpus("fixtures/estates", "zoneproof.yaml"));
    check!().with_type::<(u16, Vec<Change>)>().for_each(|(pick, changes)| {
        let text = String::from_utf8_lossy(&changed(&CORPUS, *pick, changes)).into_owned();
        if let Err(error) = Config::parse("zoneproof.yaml", &text) {
            assert!(!error.problems.is_empty(), "an error without a problem: {text}");
        }
    });
}

#[test]
fn rules_and_messages() {
    static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| corpus("policies/rules", ".rego"));
    check!().with_type::<(u16, Vec<Change>)>().for_each(|(pick, changes)| {
        let text = String::from_utf8_lossy(&changed(&CORPUS, *pick, changes)).into_owned();
        let _ = metadata::read("x.rego", &text);
        reads::paths(&text);
        let names = message::places(&text);
        let rendered = message::render(&text, &Default::default());
        assert!(!names.is_empty() || rendered.len() <= text.len() * 2);
    });
}

/// Lines of flow logs, and what is made of them: each is a record, another kind of line, or an error.
#[test]
fn flow_logs() {
    static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| corpus("fixtures/flow-logs", ".log"));
    static ESTATE: LazyLock<zoneproof::model::Inventory> = LazyLock::new(|| {
        let folder = root().join("fixtures/flow-logs/agrees/estate/aws").to_string_lossy().into_owned();
        zoneproof::load::load(&[zoneproof::load::Source::parse(&folder)], None).unwrap()
    });
    check!().with_type::<(u16, Vec<Change>)>().for_each(|(pick, changes)| {
        let text = String::from_utf8_lossy(&changed(&CORPUS, *pick, changes)).into_owned();
        let (mut format, mut observed, mut flows) = (Format::default(), Observed::default(), 0);
        for (number, line) in text.lines().enumerate() {
            if let Ok(Line::Flow(record)) = format.read(line) {
                observed.add(&record, 0, number as u64 + 1);
                flows += 1;
            }
        }
        assert_eq!(observed.accepted + observed.rejected, flows);
        let network = zoneproof::reach::Network::new(&ESTATE, &[]);
        let replay = network.replay(observed);
        assert!(replay.accepted.len() as u64 <= flows);
    });
}
