//! `zoneproof schema`: the published JSON schemas, generated from the types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::{CLEAN, CliError, output};
use crate::config::raw;
use crate::policy::facts;
use crate::report;

#[derive(clap::Args)]
pub struct Args {
    /// Which: config, diff-clusters, findings, flow-logs, reach-answer, reach-pairs, reach-question, or facts/<kind>; none lists them
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// All published schemas, by name.
pub fn published() -> Vec<(String, Value)> {
    let config = schemars::schema_for!(raw::File).to_value();
    let question = schemars::schema_for!(super::reach::Query).to_value();
    let facts = facts::kinds().into_iter().filter_map(|kind| Some((format!("facts/{kind}"), facts::schema(kind)?)));
    let named = [
        ("config", config),
        ("diff-clusters", written::<super::diff::Document<'_>>()),
        ("findings", written::<report::Document<'_>>()),
        ("flow-logs", written::<super::flow_logs::Item<'_>>()),
        ("reach-answer", written::<super::reach::Reply<'_>>()),
        ("reach-pairs", written::<Vec<facts::Pair>>()),
        ("reach-question", question),
    ];
    named.map(|(name, schema)| (name.to_owned(), schema)).into_iter().chain(facts).collect()
}

/// The schema of what is written, not of what could be read: fields that are left out when empty are not required.
fn written<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
}

pub fn run(args: Args) -> Result<u8, CliError> {
    let all = published();
    let Some(name) = args.name else {
        output::product(|out| all.iter().try_for_each(|(name, _)| writeln!(out, "{name}")))?;
        return Ok(CLEAN);
    };
    let Some((_, schema)) = all.iter().find(|(known, _)| *known == name) else {
        return Err(CliError::usage(format!("there is no schema `{name}`"), "`zoneproof schema` lists them"));
    };
    output::product(|out| {
        serde_json::to_writer_pretty(&mut *out, schema)?;
        out.write_all(b"\n")
    })?;
    Ok(CLEAN)
}
