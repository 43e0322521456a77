//! The shape of what departs from the rules: switches, waivers, accepted unknowns, assumptions.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::super::decode::{At, Decode, Needed, Problem, decode_struct, wanted};
use crate::node::{Node, Value};

/// How a rule differs from what it says of itself.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleSwitch {
    /// Another severity: critical, high, medium, low, info.
    #[schemars(default)]
    pub severity: Option<At<String>>,
    /// `false` switches the rule off: reports list it as not examined.
    #[schemars(default)]
    pub enabled: Option<At<bool>>,
    /// Why; needed where the rule is switched off.
    #[schemars(default)]
    pub reason: Option<String>,
}
decode_struct!(RuleSwitch { severity: optional, enabled: optional, reason: optional });

/// One pattern or several, of which one must fit; `*` stands for any run of characters.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Patterns(pub Vec<String>);

impl JsonSchema for Patterns {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Patterns".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
        })
    }
}

impl Decode for Patterns {
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.value {
            Value::Seq(_) => Vec::decode(node, problems).map(Self),
            Value::String(_) | Value::Number(_) => String::decode(node, problems).map(|one| Self(vec![one])),
            _ => wanted("a pattern or a list of them", node, problems),
        }
    }
}

/// The waivers themselves, or the file that holds them.
#[derive(Debug, Default)]
pub struct Waivers(pub Vec<Waiver>);

impl JsonSchema for Waivers {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Waivers".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = generator.subschema_for::<Vec<Waiver>>();
        schemars::json_schema!({ "anyOf": [{ "type": "string" }, list] })
    }
}

impl Decode for Waivers {
    /// A file's name has been replaced by what it holds by now; one that is left could not be read and was reported.
    fn decode(node: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        match &node.value {
            Value::String(_) => Some(Self::default()),
            Value::Seq(_) | Value::Null => Vec::decode(node, problems).map(Self),
            _ => wanted("a list of waivers, or the name of a file that holds one", node, problems),
        }
    }
}

/// A dated exception to a finding. All scope fields that are given must fit, one value of each.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Waiver {
    /// Ids of rules.
    pub rule: Needed<At<Patterns>>,
    /// Ids of assets, or their short forms.
    #[schemars(default)]
    pub asset: Patterns,
    /// AWS accounts.
    #[schemars(default)]
    pub account: Patterns,
    /// AWS Regions.
    #[schemars(default)]
    pub region: Patterns,
    /// Clusters.
    #[schemars(default)]
    pub cluster: Patterns,
    /// Namespaces.
    #[schemars(default)]
    pub namespace: Patterns,
    /// Zones of assets.
    #[schemars(default)]
    pub zone: Patterns,
    /// Environments of assets.
    #[schemars(default)]
    pub environment: Patterns,
    /// Borders as findings write them, `no-pci/prod -> pci/prod`.
    #[schemars(default)]
    pub border: Patterns,
    /// Why it is bearable.
    pub reason: Needed<String>,
    /// Who answers for it.
    pub owner: Needed<String>,
    /// Who approved it; one that its owner approves waives nothing.
    pub approved_by: Needed<String>,
    /// The compensating control.
    #[schemars(default)]
    pub control: Option<String>,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: Needed<At<String>>,
}
decode_struct!(Waiver {
    rule: needed,
    asset: optional,
    account: optional,
    region: optional,
    cluster: optional,
    namespace: optional,
    zone: optional,
    environment: optional,
    border: optional,
    reason: needed,
    owner: needed,
    approved_by: needed,
    control: optional,
    expires: needed,
});

/// Something undecided or not collected that is accepted for a while. It stays in every report as not examined.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AcceptedUnknown {
    /// Pattern over `rule/asset` of an undetermined finding, or over what a coverage gap names.
    pub what: Needed<At<String>>,
    /// Why it is bearable.
    pub reason: Needed<String>,
    /// Who answers for it.
    pub owner: Needed<String>,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: Needed<At<String>>,
}
decode_struct!(AcceptedUnknown { what: needed, reason: needed, owner: needed, expires: needed });

/// Something that is taken for granted without being seen. Answers say which assumptions they rest on.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Assumption {
    /// What is assumed, such as `network-policy-enforcer`.
    pub name: Needed<At<String>>,
    /// Clusters for which it holds; left out, all.
    #[schemars(default)]
    pub cluster: Option<String>,
    /// Why it may be assumed.
    pub reason: Needed<String>,
    /// Who answers for it.
    pub owner: Needed<String>,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: Needed<At<String>>,
}
decode_struct!(Assumption { name: needed, cluster: optional, reason: needed, owner: needed, expires: needed });
