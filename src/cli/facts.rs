//! `zoneproof facts`: the documents that rules see, so that stock `opa` can judge them too.

use super::inputs::{self, Inputs, Read};
use super::{CLEAN, CliError, output};
use crate::config::Category;
use crate::policy::facts::{self, Context};
use crate::policy::{self, Lang};
use crate::reach::Network;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Only documents of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only documents that this rule judges
    #[arg(long, value_name = "ID", conflicts_with = "kind")]
    rule: Option<String>,
}

pub fn run(args: Args) -> Result<u8, CliError> {
    let pack = inputs::pack(None)?;
    if let Some(kind) = args.kind.as_ref().filter(|kind| !facts::kinds().contains(&kind.as_str())) {
        let help = format!("kinds: {}", facts::kinds().join(", "));
        return Err(CliError::usage(format!("`{kind}` is no kind of documents"), help));
    }
    let rule = args.rule.as_deref().map(|id| super::explain::find(&pack, id)).transpose()?;
    let Read { config, inventory, zones, .. } = args.inputs.read()?;
    let network = Network::new(&inventory, &config.networks);
    let context = Context::new(&inventory, &zones, &config, inputs::day(inputs::clock()?), &network);
    let wanted = |kind: &str, category| match (&args.kind, rule) {
        (Some(only), _) => only == kind,
        (None, Some(rule)) => rule.judges(kind, category),
        (None, None) => true,
    };
    let mut facts = facts::build(&context, &wanted);
    if !config.waivers.is_empty() && Category::ALL.iter().any(|category| wanted(facts::WAIVER, *category)) {
        // what waivers cover is known once all is judged
        let mut switched = inputs::pack(None)?;
        switched.apply(&config.rules);
        let judged = policy::judge(&context, &switched, Lang::En, None)?;
        facts.extend(facts::waivers(&context, &judged.matched));
    }
    output::product(|out| {
        for fact in &facts {
            out.write_all(fact.document.to_json()?.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    Ok(CLEAN)
}
