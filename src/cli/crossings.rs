//! Present crossings as declared flows that nobody has approved: they stay violations until somebody does.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Span;
use jiff::civil::Date;

use super::init::quoted;
use crate::policy::facts::{Crossing, CrossingEnd};

/// How long a proposed approval would hold.
///
/// Source: PCI DSS v4.0.1, 1.2.7: configurations of network security controls are reviewed every six months.
const MONTHS: i64 = 6;

/// Writes the list `flows`.
pub fn write(crossings: &[Crossing], day: Date, out: &mut dyn Write) -> io::Result<()> {
    if crossings.is_empty() {
        return writeln!(out, "# No crossing was found that is not declared.\nflows: []");
    }
    writeln!(
        out,
        "# What crosses borders on {day}. `approved-by: none` approves nothing: close what nobody needs, and have the rest\n\
         # approved by somebody else than its owner.\nflows:"
    )?;
    let expires = day.checked_add(Span::new().months(MONTHS)).unwrap_or(day);
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for crossing in crossings {
        for (from, to) in pairs(crossing) {
            let name = id(&format!("{}-to-{}", from.name, to.name));
            let count = ids.entry(name.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { name } else { format!("{name}-{count}") };
            let connections = crossing.connections.describe().join(", ");
            writeln!(
                out,
                "  - id: {}\n    from: {}\n    to: {}\n    connections: [{connections}]\n    reason: why is it needed?\n    \
                 owner: nobody\n    approved-by: none\n    approved: {day}\n    expires: {expires}",
                quoted(&name),
                from.yaml,
                to.yaml
            )?;
        }
    }
    Ok(())
}

/// An end as the configuration writes it.
#[derive(Clone)]
struct Written {
    name: String,
    yaml: String,
}

/// A flow names one block, so several are several flows.
fn pairs(crossing: &Crossing) -> Vec<(Written, Written)> {
    let (from, to) = (ends(&crossing.from), ends(&crossing.to));
    from.iter().flat_map(|from| to.iter().map(|to| (from.clone(), to.clone()))).collect()
}

fn ends(end: &CrossingEnd) -> Vec<Written> {
    match end {
        CrossingEnd::Internet => vec![Written { name: "internet".to_owned(), yaml: "internet".to_owned() }],
        CrossingEnd::Blocks(blocks) => blocks
            .iter()
            .map(|block| Written { name: block.to_string(), yaml: format!("{{ cidr: \"{block}\" }}") })
            .collect(),
        CrossingEnd::Zone { border, asset } => {
            let mut parts = Vec::new();
            if border.is_classified() {
                parts.push(format!("zone: {}", quoted(&border.zone)));
            }
            parts
                .extend(border.environment.as_ref().map(|environment| format!("environment: {}", quoted(environment))));
            parts.extend(asset.as_ref().map(|asset| format!("asset: {}", quoted(asset))));
            let name = asset.as_ref().map_or_else(|| border.to_string(), |asset| format!("{border}-{asset}"));
            vec![Written { name, yaml: format!("{{ {} }}", parts.join(", ")) }]
        }
    }
}

/// Lower case, digits and dashes.
fn id(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let dashed: String = text.chars().map(plain).collect();
    dashed.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
