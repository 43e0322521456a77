//! `zoneproof explain`: a rule's metadata, for reading.

use super::{CLEAN, CliError, Language, inputs, output};
use crate::policy::{Lang, Pack, Rule, requirements};

#[derive(clap::Args)]
pub struct Args {
    /// The rule's id
    #[arg(value_name = "RULE")]
    rule: String,
    /// Language
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

/// The rule of this id, or the nearest one as advice.
pub fn find<'p>(pack: &'p Pack, id: &str) -> Result<&'p Rule, CliError> {
    pack.rule(id).ok_or_else(|| {
        let ids = pack.rules.iter().map(|rule| rule.meta.id.as_str());
        let best = ids.min_by_key(|known| strsim::damerau_levenshtein(known, id)).unwrap_or_default();
        CliError::usage(
            format!("there is no rule `{id}`"),
            format!("did you mean `{best}`? `zoneproof rules list` lists all"),
        )
    })
}

pub fn run(args: Args) -> Result<u8, CliError> {
    let lang = Lang::from(args.lang);
    let pack = inputs::pack(None)?;
    let meta = &find(&pack, &args.rule)?.meta;
    let catalogue = requirements();
    let (why, fix) = if lang == Lang::Ko { ("이유", "조치") } else { ("Why", "Fix") };
    output::product(|out| {
        writeln!(out, "{} ({}, {})\n", meta.title.get(lang), meta.id, meta.severity.as_str())?;
        if lang == Lang::En {
            writeln!(out, "{}\n", meta.description)?;
        }
        writeln!(out, "{why}: {}\n", meta.why.get(lang))?;
        writeln!(out, "{fix}: {}\n", meta.remediation.get(lang))?;
        for id in &meta.requirements {
            let text = catalogue.as_ref().and_then(|all| all.requirements.get(id)).map_or("", |text| text.get(lang));
            writeln!(out, "PCI DSS {id}: {text}")?;
        }
        Ok(())
    })?;
    Ok(CLEAN)
}
