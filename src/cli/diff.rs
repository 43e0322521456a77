//! `zoneproof diff --clusters`: what differs in isolation between two clusters, go or no-go before traffic moves.

use std::io::{self, Write};

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Serialize;

use super::inputs::{self, Inputs, Read};
use super::{CLEAN, CliError, INCOMPLETE, Language, VIOLATION, output};
use crate::model::Gap;
use crate::policy::facts::Context;
use crate::policy::facts::clusters::{self, Aspect, Comparison, Difference, Feed, NotCompared, Traffic, TrafficState};
use crate::reach::Network;
use crate::report::clean;

#[derive(clap::Args)]
#[command(
    after_help = "Exit codes: 0 go, nothing differs; 1 no-go, something differs; 2 usage, configuration, input or \
    tool error; 3 nothing differs as far as could be compared, but something could not."
)]
pub struct Args {
    /// The two clusters that are compared, by name
    #[arg(long, num_args = 2, value_names = ["A", "B"], required = true)]
    clusters: Vec<String>,
    #[command(flatten)]
    inputs: Inputs,
    /// What is printed on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Language of the text
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

/// What is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// JSON
    Json,
}

/// Whether traffic may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// Nothing differs.
    Go,
    /// Something differs.
    NoGo,
    /// Something could not be compared, and what could does not differ.
    Undetermined,
}

/// What `diff --clusters --format json` prints.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    /// The format's name and version.
    schema: &'static str,
    /// The two clusters.
    clusters: [&'a str; 2],
    verdict: Verdict,
    #[serde(flatten)]
    comparison: &'a Comparison,
    /// What feeds the two.
    traffic: &'a [Traffic],
    /// What could not be read of the sources; any of it may have been about one of the two.
    coverage: &'a [Gap],
}

pub fn run(args: Args) -> Result<u8, CliError> {
    let clock = inputs::clock()?;
    let Read { config, inventory, zones, .. } = args.inputs.read()?;
    let network = Network::new(&inventory, &config.networks);
    let context = Context::new(&inventory, &zones, &config, inputs::day(clock), &network);
    let [first, second] = args.clusters.as_slice() else {
        return Err(CliError::usage("two clusters are compared", "name both: `--clusters A B`"));
    };
    known(&context, first)?;
    known(&context, second)?;
    if first == second {
        return Err(CliError::usage(format!("cluster `{first}` is named twice"), "name two clusters"));
    }
    let comparison = clusters::compare(&context, first, second);
    let traffic = [first, second].map(|name| clusters::traffic(&context, name));
    let coverage = inventory.coverage.gaps.as_slice();
    let verdict = if !comparison.differences.is_empty() {
        Verdict::NoGo
    } else if !comparison.not_compared.is_empty() || !coverage.is_empty() {
        Verdict::Undetermined
    } else {
        Verdict::Go
    };
    let document = Document {
        schema: "zoneproof.diff-clusters/1",
        clusters: [first, second],
        verdict,
        comparison: &comparison,
        traffic: &traffic,
        coverage,
    };
    let words = if args.lang == Language::Ko { &KOREAN } else { &ENGLISH };
    output::product(|out| match args.format {
        Format::Text => text(&document, words, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &document)?;
            out.write_all(b"\n")
        }
    })?;
    Ok(match verdict {
        Verdict::Go => CLEAN,
        Verdict::NoGo => VIOLATION,
        Verdict::Undetermined => INCOMPLETE,
    })
}

/// A cluster of which nothing at all was read is most likely a slip of the pen.
fn known(context: &Context<'_>, name: &str) -> Result<(), CliError> {
    let all = clusters::clusters(context);
    if all.iter().any(|known| **known == *name) {
        return Ok(());
    }
    let near = all.iter().max_by(|a, b| strsim::jaro(a, name).total_cmp(&strsim::jaro(b, name)));
    let names = all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let help = match near.filter(|near| strsim::jaro(near, name) > 0.8) {
        Some(near) => format!("did you mean `{near}`? clusters: {names}"),
        None => format!("clusters: {names}"),
    };
    Err(CliError::usage(format!("no cluster `{name}` in the sources"), help))
}

struct Words {
    aspects: [(Aspect, &'static str); 7],
    none: &'static str,
    traffic: &'static str,
    carries: &'static str,
    drained: &'static str,
    unknown: &'static str,
    weight: &'static str,
    healthy: &'static str,
    not_compared: &'static str,
    go: &'static str,
    no_go: &'static str,
    undetermined: &'static str,
}

const ENGLISH: Words = Words {
    aspects: [
        (Aspect::Policy, "policy"),
        (Aspect::Mtls, "mTLS"),
        (Aspect::Injection, "injection"),
        (Aspect::SecurityGroup, "security group"),
        (Aspect::Enforcer, "enforcer"),
        (Aspect::Version, "version"),
        (Aspect::Namespace, "namespace"),
    ],
    none: "absent",
    traffic: "Traffic",
    carries: "carries traffic",
    drained: "drained: weight 0 and no healthy target",
    unknown: "not known",
    weight: "weight",
    healthy: "healthy",
    not_compared: "Not compared",
    go: "go: the isolation of both is the same",
    no_go: "no-go: the isolation of the two differs",
    undetermined: "undetermined: what could be compared is the same, but not everything could be compared",
};

const KOREAN: Words = Words {
    aspects: [
        (Aspect::Policy, "정책"),
        (Aspect::Mtls, "mTLS"),
        (Aspect::Injection, "사이드카 주입"),
        (Aspect::SecurityGroup, "보안 그룹"),
        (Aspect::Enforcer, "정책 적용 에이전트"),
        (Aspect::Version, "버전"),
        (Aspect::Namespace, "네임스페이스"),
    ],
    none: "없음",
    traffic: "트래픽",
    carries: "트래픽을 받고 있음",
    drained: "비워짐: 가중치 0, 정상 대상 없음",
    unknown: "알 수 없음",
    weight: "가중치",
    healthy: "정상",
    not_compared: "비교하지 못함",
    go: "진행 가능: 두 클러스터의 격리가 같습니다",
    no_go: "진행 불가: 두 클러스터의 격리가 다릅니다",
    undetermined: "판단 불가: 비교한 부분은 같으나 전부를 비교하지는 못했습니다",
};

impl Words {
    fn aspect(&self, aspect: Aspect) -> &'static str {
        self.aspects.iter().find(|(known, _)| *known == aspect).map_or("", |(_, word)| word)
    }
}

fn text(document: &Document<'_>, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let [first, second] = document.clusters.map(clean);
    for Difference { severity, aspect, subject, first: here, second: there } in &document.comparison.differences {
        writeln!(out, "{:<8} {}: {}", severity.as_str(), words.aspect(*aspect), clean(subject))?;
        for (name, said) in [(&first, here), (&second, there)] {
            writeln!(out, "         {name}: {}", said.as_deref().map_or(words.none.into(), clean))?;
        }
    }
    if !document.comparison.differences.is_empty() {
        writeln!(out)?;
    }
    if !document.comparison.not_compared.is_empty() || !document.coverage.is_empty() {
        writeln!(out, "{}", words.not_compared)?;
        for NotCompared { aspect, cluster, about, .. } in &document.comparison.not_compared {
            writeln!(out, "  {}: {}: {}", clean(cluster), words.aspect(*aspect), clean(about))?;
        }
        for gap in document.coverage {
            writeln!(out, "  {}: {}", clean(&gap.what), clean(&gap.detail))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", words.traffic)?;
    for Traffic { cluster, state, target_groups } in document.traffic {
        let state = match state {
            TrafficState::Carries => words.carries,
            TrafficState::Drained => words.drained,
            TrafficState::Unknown => words.unknown,
        };
        writeln!(out, "  {}: {state}", clean(cluster))?;
        for Feed { target_group, by, weight, healthy } in target_groups {
            let healthy = healthy.map_or_else(|| words.unknown.to_owned(), |healthy| healthy.to_string());
            let (name, by) = (clean(target_group), clean(by));
            writeln!(out, "    {name} ({by})  {} {weight}, {} {healthy}", words.weight, words.healthy)?;
        }
    }
    let verdict = match document.verdict {
        Verdict::Go => words.go,
        Verdict::NoGo => words.no_go,
        Verdict::Undetermined => words.undetermined,
    };
    writeln!(out, "\n{verdict}")
}
